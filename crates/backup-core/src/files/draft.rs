//! A file that is written atomically.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::guard::{TempGuard, publishing, sweep};
#[cfg(unix)]
use super::is_unsupported;
use super::{close, create_private, existing_folder_of, folder_of, renamed, sync_name};
use crate::error::{Error, ErrorKind, Result};
use crate::monitor::{Monitor, Unsupported};

/// The name of the file in its hidden folder.
const CONTENT: &str = "content";

/// A file that is written in a hidden folder next to its final path.
///
/// The file does not have its final name until it is published. If the draft is dropped, it is
/// removed.
#[derive(Debug)]
pub struct Draft {
    guard: TempGuard,
    file: File,
    path: PathBuf,
    target: PathBuf,
    replace: bool,
}

impl Draft {
    /// Creates the draft. Only its owner can read it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if `target` exists and `replace` is `false`. This is checked before
    /// any work is done. [`ErrorKind::Io`] if the folder cannot be written to.
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

    /// A second handle for writing to the file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] if the system has no more handles.
    pub fn handle(&self) -> Result<File> {
        let handle = self.file.try_clone();
        handle.map_err(|error| Error::writing(&self.target, error))
    }

    /// Closes a [`Draft::handle`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] if the file system only now reports a failed write.
    pub fn close_handle(&self, handle: File) -> Result<()> {
        close(handle).map_err(|error| Error::writing(&self.target, error))
    }

    /// The path of the draft.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Replaces the path in an error by the final path of the file.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    pub(crate) fn named(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Scratch { .. } => error.in_source(self.target.display().to_string()),
            _ => renamed(error, self.guard.path(), |_| self.target.clone()),
        }
    }

    /// Flushes the file to the disk. On Linux, also asks the system to drop it from its cache, so
    /// that the next read is from the disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`]. Do not retry: a second call may succeed although the bytes are not on the
    /// disk.
    pub fn sync(&self) -> Result<()> {
        self.file.sync_all().map_err(|error| Error::writing(&self.target, error))?;
        forget_cached(&self.file);
        Ok(())
    }

    /// Renames the file to its final name. Replaces an existing file only if `replace` was set.
    /// Returns what the file system does not support.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if the target was created in the meantime, and [`ErrorKind::Io`].
    pub fn publish(self) -> Result<Vec<Unsupported>> {
        let _publishing = publishing();
        self.publish_locked()
    }

    /// As [`Draft::publish`], for a caller that already holds the lock of [`publishing`].
    pub(crate) fn publish_locked(self) -> Result<Vec<Unsupported>> {
        let target = self.target.clone();
        let mut unsupported = Vec::from_iter(self.rename()?);
        unsupported.extend(sync_name(target)?);
        Ok(unsupported)
    }

    /// As [`Draft::publish`], but does not flush the parent folder to the disk.
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
        // The file has its final name, even if the empty folder remains.
        let _ = guard.remove();
        Ok(unsupported)
    }

    /// Removes the drafts of this file that killed runs left. The monitor is notified before each
    /// removal. Returns the removed paths.
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

    /// Makes the file readable for everybody, if files have modes.
    pub(crate) fn make_readable_for_all(&self) {
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
            let _ = self.file.set_permissions(mode);
        }
    }

    /// Creates the draft of a small file, and flushes it to the disk.
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

/// Renames a file. Fails with `AlreadyExists` if the target exists.
fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<Option<Unsupported>> {
    let exclusive = tempfile::TempPath::try_from_path(from)?.persist_noclobber(to);
    let Err(error) = exclusive else { return Ok(None) };
    // Otherwise dropping this path would remove the file, which is renamed below or removed by its
    // guard.
    let _ = error.path.keep();
    let exists = to.symlink_metadata().is_ok();
    if exists {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    // Some file systems support neither renaming without replacing nor hard links.
    #[cfg(unix)]
    let is_other_error = !is_unsupported(&error.error, &[nix::errno::Errno::EMLINK]);
    #[cfg(not(unix))]
    let is_other_error = true;
    if is_other_error {
        return Err(error.error);
    }
    // Two runs may be here at the same time. Only one of them can create the file, and then
    // replaces it.
    File::options().write(true).create_new(true).open(to)?;
    if let Err(error) = fs::rename(from, to) {
        let _ = fs::remove_file(to);
        return Err(error);
    }
    Ok(Some(Unsupported::RenameWithoutReplacing(folder_of(to).to_path_buf())))
}

#[cfg(target_os = "linux")]
fn forget_cached(file: &File) {
    // This is only advice. If the system ignores it, the read-back reads from the cache.
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
fn forget_cached(_: &File) {}
