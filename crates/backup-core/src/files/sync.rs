//! Flushing folders to the disk, and closing files with the error that `close` returns.

use std::fs::File;
use std::io;
use std::path::Path;

#[cfg(unix)]
use nix::errno::Errno;

#[cfg(unix)]
use super::is_unsupported;
use crate::error::{Error, Result};
use crate::monitor::Unsupported;

/// Closes a file. Some file systems report only here that what was written is lost.
#[cfg(unix)]
pub(crate) fn close(file: File) -> io::Result<()> {
    match nix::unistd::close(file) {
        // The descriptor is gone all the same: to close it once more could close another file.
        Ok(()) | Err(Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

#[cfg(not(unix))]
pub(crate) fn close(file: File) -> io::Result<()> {
    drop(file);
    Ok(())
}

/// Flushes the entries of a folder to the disk; returns what the file system cannot do.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> Result<Option<Unsupported>> {
    match File::open(folder).and_then(|handle| handle.sync_all()) {
        Ok(()) => Ok(None),
        // A folder that may be written to but not read cannot be opened, and many network file systems
        // answer `EINVAL` or the like.
        Err(error) if is_unsupported(&error, &[Errno::ENOTTY, Errno::EBADF, Errno::EACCES]) => {
            Ok(Some(Unsupported::FolderSync(folder.to_path_buf())))
        }
        Err(error) => Err(Error::writing_to(folder, error)),
    }
}

/// Windows has no way to flush a folder's entries.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> Result<Option<Unsupported>> {
    Ok(None)
}
