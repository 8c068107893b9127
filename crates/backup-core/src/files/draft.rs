//! A file that appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::guard::{TempGuard, publishing, sweep};
#[cfg(unix)]
use super::is_unsupported;
use super::{close, create_private, existing_folder_of, folder_of, renamed, sync_name};
use crate::error::{Error, ErrorKind, Result};
use crate::monitor::{Monitor, Unsupported};

/// The name of the file within its folder.
const CONTENT: &str = "content";

/// A file that is being written in a hidden folder beside its name.
///
/// Until it is published, there is no file with its own name. Dropped, it is removed.
#[derive(Debug)]
pub struct Draft {
    guard: TempGuard,
    file: File,
    path: PathBuf,
    target: PathBuf,
    replace: bool,
}

impl Draft {
    /// Creates the draft, readable by its owner only.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if `target` is there and `replace` is false, before the work is done in
    /// vain; [`ErrorKind::Io`] if the folder cannot be written to.
    pub fn create(target: impl Into<PathBuf>, replace: bool) -> Result<Self> {
        let target = target.into();
        if !replace && target.symlink_metadata().is_ok() {
            return Err(Error::new(ErrorKind::Exists { path: target }));
        }
        let folder = existing_folder_of(&target)?;
        let failed = |error| Error::writing_to(folder, error);
        let guard = TempGuard::beside(&target).map_err(failed)?;
        let path = guard.path().join(CONTENT);
        let file = create_private(&path).map_err(failed)?;
        Ok(Self { guard, file, path, target, replace })
    }

    /// A second handle to the file, to write with.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] if the system has no handle left.
    pub fn handle(&self) -> Result<File> {
        let handle = self.file.try_clone();
        handle.map_err(|error| Error::writing(&self.target, error))
    }

    /// Closes a [`Draft::handle`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] if the file system reports only now that something was not written.
    pub fn close_handle(&self, handle: File) -> Result<()> {
        close(handle).map_err(|error| Error::writing(&self.target, error))
    }

    /// The path of the draft.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same error, with the name that the file will have.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    pub(crate) fn named(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Scratch { .. } => error.in_source(self.target.display().to_string()),
            _ => renamed(error, self.guard.path(), |_| self.target.clone()),
        }
    }

    /// Flushes what was written to the disk, and drops it from the system's cache where that can be
    /// done, so that what is read next comes from the disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`]; it is final, as a second try may succeed without the bytes being safe.
    pub fn sync(&self) -> Result<()> {
        self.file.sync_all().map_err(|error| Error::writing(&self.target, error))?;
        forget_cached(&self.file);
        Ok(())
    }

    /// Gives the file its own name; replaces a file only if `replace` was set. Returns what the file
    /// system does not support.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if a file has appeared there meanwhile, [`ErrorKind::Io`].
    pub fn publish(self) -> Result<Vec<Unsupported>> {
        let _publishing = publishing();
        self.publish_among_others()
    }

    /// The same, for a caller that holds [`publishing`] already.
    pub(crate) fn publish_among_others(self) -> Result<Vec<Unsupported>> {
        let target = self.target.clone();
        let mut unsupported = Vec::from_iter(self.rename()?);
        unsupported.extend(sync_name(target)?);
        Ok(unsupported)
    }

    /// As [`Draft::publish`], but the folder that holds the name is not flushed to the disk.
    pub(crate) fn rename(self) -> Result<Option<Unsupported>> {
        let Self { guard, file, path, target, replace } = self;
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => Error::new(ErrorKind::Exists { path: target.clone() }),
            _ => Error::writing(&target, error),
        };
        close(file).map_err(failed)?;
        let renamed = match replace {
            true => fs::rename(&path, &target).map(|()| None),
            false => rename_without_replacing(&path, &target),
        };
        let unsupported = renamed.map_err(failed)?;
        // The file has its name, even if the empty folder stays.
        let _ = guard.remove();
        Ok(unsupported)
    }

    /// Removes the drafts of this file that killed runs left behind, each announced to the monitor
    /// before; returns what was removed.
    pub fn sweep(target: &Path, monitor: &dyn Monitor) -> Vec<PathBuf> {
        sweep(target, monitor)
    }

    /// Creates, writes and publishes a small file.
    ///
    /// # Errors
    ///
    /// As [`Draft::create`] and [`Draft::publish`].
    pub fn write(
        target: impl Into<PathBuf>,
        replace: bool,
        content: &[u8],
    ) -> Result<Vec<Unsupported>> {
        Self::with_content(target, replace, content)?.publish()
    }

    /// Lets everybody read the file once it has its name, where files have modes.
    pub(crate) fn make_readable_for_all(&self) {
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
            let _ = self.file.set_permissions(mode);
        }
    }

    /// The draft of a small file, written and flushed to the disk.
    pub(crate) fn with_content(
        target: impl Into<PathBuf>,
        replace: bool,
        content: &[u8],
    ) -> Result<Self> {
        let draft = Self::create(target, replace)?;
        let written = (&draft.file).write_all(content);
        written.map_err(|error| Error::writing(&draft.target, error))?;
        draft.sync()?;
        Ok(draft)
    }
}

/// Renames a file, and fails with `AlreadyExists` if something is there.
fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<Option<Unsupported>> {
    let exclusive = tempfile::TempPath::try_from_path(from)?.persist_noclobber(to);
    let Err(error) = exclusive else { return Ok(None) };
    // It would remove the draft, which its guard does.
    let _ = error.path.keep();
    let exists = to.symlink_metadata().is_ok();
    if exists {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    // Some file systems support neither renaming without replacing nor hard links.
    #[cfg(unix)]
    let is_known = !is_unsupported(&error.error, &[nix::errno::Errno::EMLINK]);
    #[cfg(not(unix))]
    let is_known = true;
    if is_known {
        return Err(error.error);
    }
    // Two runs may come here at once: only one can create the file that it then replaces.
    File::options().write(true).create_new(true).open(to)?;
    if let Err(error) = fs::rename(from, to) {
        let _ = fs::remove_file(to);
        return Err(error);
    }
    Ok(Some(Unsupported::RenameWithoutReplacing(folder_of(to).to_path_buf())))
}

#[cfg(target_os = "linux")]
fn forget_cached(file: &File) {
    // Advice only: where it is not followed, the read-back reads what the system holds.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
fn forget_cached(_: &File) {}
