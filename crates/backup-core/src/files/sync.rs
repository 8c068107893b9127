//! Flushes folders to the disk, and closes files without ignoring errors of `close`.

use std::fs::File;
use std::io;
use std::path::Path;

#[cfg(unix)]
use nix::errno::Errno;

#[cfg(unix)]
use super::is_unsupported;
use crate::error::{Error, Result};
use crate::monitor::Unsupported;

/// Closes a file. Some file systems report a failed write only here.
#[cfg(unix)]
pub(crate) fn close(file: File) -> io::Result<()> {
    match nix::unistd::close(file) {
        // The descriptor is closed nevertheless. A second call could close another file.
        Ok(()) | Err(Errno::EINTR) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

#[cfg(not(unix))]
pub(crate) fn close(file: File) -> io::Result<()> {
    drop(file);
    Ok(())
}

/// Flushes the entries of a folder to the disk. Returns what the file system does not support.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> Result<Option<Unsupported>> {
    match File::open(folder).and_then(|handle| handle.sync_all()) {
        Ok(()) => Ok(None),
        // A folder with write permission but without read permission cannot be opened. Many network
        // file systems return `EINVAL` or a similar error.
        Err(error) if is_unsupported(&error, &[Errno::ENOTTY, Errno::EBADF, Errno::EACCES]) => {
            Ok(Some(Unsupported::FolderSync(folder.to_path_buf())))
        }
        Err(error) => Err(Error::writing_to(folder, error)),
    }
}

/// Windows cannot flush the entries of a folder.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> Result<Option<Unsupported>> {
    Ok(None)
}
