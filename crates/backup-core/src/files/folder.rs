//! A folder that appears whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::guard::{TempGuard, publishing};
use super::{create_private_folder, folder_of, renamed, sync_folder, sync_name};
use crate::error::{Error, ErrorKind, Result};
use crate::monitor::Unsupported;
use crate::uninterrupted::uninterrupted;

/// The name of the folder that is filled within its guard.
const CONTENT: &str = "content";

/// A folder that is filled in a hidden folder beside its name, and removed if it is not published.
#[derive(Debug)]
pub(crate) struct DraftFolder {
    guard: TempGuard,
    path: PathBuf,
    target: PathBuf,
}

impl DraftFolder {
    /// Creates the draft, open to its owner only.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if `target` is there and is no empty folder; [`ErrorKind::Io`].
    pub(crate) fn create(target: &Path) -> Result<Self> {
        let exists = target.symlink_metadata().is_ok() && !is_empty_folder(target);
        // A folder that is its own name, such as `.`, cannot be put in its place at the end.
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

    /// The same error, with the name that the file would have had.
    pub(crate) fn named(&self, error: Error) -> Error {
        renamed(error, &self.path, |rest| self.target.join(rest))
    }

    /// Flushes all folders to the disk, whose files are there already, and gives the folder its own
    /// name. Returns what the file system does not support.
    pub(crate) fn publish(self) -> Result<Vec<Unsupported>> {
        let failed = |error| Error::writing_to(&self.target, error);
        let synced = sync_folders(&self.path).map_err(|error| self.named(error))?;
        let mut unsupported = Vec::from_iter(synced);
        // A process that is cleaned up removes a draft whole, or not at all.
        let _publishing = publishing();
        if cfg!(not(unix)) && self.target.is_dir() {
            // Elsewhere a rename takes the place of an empty folder.
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

/// Flushes a folder and those below it to the disk; stops where the file system cannot do that.
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
