//! A folder that is written atomically.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::guard::{TempGuard, publishing};
use super::{create_private_folder, folder_of, renamed, sync_folder, sync_name};
use crate::error::{Error, ErrorKind, Result};
use crate::monitor::Unsupported;
use crate::uninterrupted::uninterrupted;

/// The name of the folder within its guard.
const CONTENT: &str = "content";

/// A folder that is written in a hidden folder next to its final path. It is removed if it is not
/// published.
#[derive(Debug)]
pub(crate) struct DraftFolder {
    guard: TempGuard,
    path: PathBuf,
    target: PathBuf,
}

impl DraftFolder {
    /// Creates the draft. Only its owner can access it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if `target` exists and is not an empty folder, and [`ErrorKind::Io`].
    pub(crate) fn create(target: &Path) -> Result<Self> {
        let exists = target.symlink_metadata().is_ok() && !is_empty_folder(target);
        // A path without a name, such as `.`, cannot be replaced at the end.
        if exists || target.file_name().is_none() {
            return Err(Error::new(ErrorKind::Exists { path: target.to_path_buf() }));
        }
        let failed = |error| Error::writing_to(folder_of(target), error);
        let guard = TempGuard::beside(target).map_err(failed)?;
        let path = guard.path().join(CONTENT);
        create_private_folder(&path).map_err(failed)?;
        Ok(Self { guard, path, target: target.to_path_buf() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the path in an error by the final path of the file.
    pub(crate) fn named(&self, error: Error) -> Error {
        renamed(error, &self.path, |rest| self.target.join(rest))
    }

    /// Flushes all folders to the disk, and renames the folder to its final name. The files in it
    /// are already flushed. Returns what the file system does not support.
    pub(crate) fn publish(self) -> Result<Vec<Unsupported>> {
        let failed = |error| Error::writing_to(&self.target, error);
        let synced = sync_folders(&self.path).map_err(|error| self.named(error))?;
        let mut unsupported = Vec::from_iter(synced);
        // `cleanup_all` waits for this lock, so it removes a draft completely or not at all.
        let _publishing = publishing();
        if cfg!(not(unix)) && self.target.is_dir() {
            // On Unix, a rename replaces an empty folder.
            fs::remove_dir(&self.target).map_err(failed)?;
        }
        fs::rename(&self.path, &self.target).map_err(failed)?;
        let _ = self.guard.remove();
        if unsupported.is_empty() {
            unsupported.extend(sync_name(self.target)?);
        }
        Ok(unsupported)
    }
}

fn is_empty_folder(path: &Path) -> bool {
    let is_folder = path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    is_folder && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Flushes a folder and its subfolders to the disk. Stops if the file system does not support this.
fn sync_folders(folder: &Path) -> Result<Option<Unsupported>> {
    let failed = |error: io::Error| Error::reading(folder, error);
    for entry in uninterrupted(|| fs::read_dir(folder)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_type().map_err(failed)?.is_dir()
            && let Some(unsupported) = sync_folders(&entry.path())?
        {
            return Ok(Some(unsupported));
        }
    }
    sync_folder(folder)
}
