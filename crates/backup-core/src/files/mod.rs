//! Writes files and folders atomically, also if several runs do this at the same time.
//!
//! [`Draft`] and [`DraftFolder`] are written inside a [`guard::TempGuard`], a folder that only this
//! run uses, and are renamed to their final name at the end. [`NameLock`] prevents two runs from
//! writing to one name. Operations that a file system does not support are skipped, and returned as
//! [`Unsupported`].

mod cleanup;
mod draft;
mod folder;
mod guard;
mod lock;
mod sync;

use std::fs::{DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};

#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(crate) use cleanup::AtEnd;
pub use cleanup::cleanup_all;
pub use draft::Draft;
pub(crate) use folder::DraftFolder;
#[cfg(feature = "sqlite")]
pub(crate) use guard::TempGuard;
pub(crate) use guard::{publishing, sweep, sweep_private};
pub(crate) use lock::{LOCK_TIMEOUT, LockMode, NameLock, lock_file};
pub(crate) use sync::{close, sync_folder};

use crate::error::{Error, ErrorKind, Result};
use crate::monitor::Unsupported;

/// Creates a file that only its owner can read.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens a file for reading and writing. May create it. Does not follow a link, and does not block
/// on a pipe.
fn open_unfollowed(path: &Path, create: bool) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(create).truncate(false);
    #[cfg(unix)]
    {
        use nix::fcntl::OFlag;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags((OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK).bits());
    }
    options.open(path)
}

/// Creates a folder that only its owner can read.
fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The parent folder of a file.
pub(crate) fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Flushes the name of a published file or folder to the disk. Returns what the file system does
/// not support.
fn sync_name(path: PathBuf) -> Result<Option<Unsupported>> {
    sync_folder(folder_of(&path))
        .map_err(|error| Error::new(ErrorKind::NotFlushed { path, source: Box::new(error) }))
}

/// Changes the path of an error, if it is `folder` or a path below it. `to` creates the new path
/// from the rest of the old one.
fn renamed(error: Error, folder: &Path, to: impl FnOnce(&Path) -> PathBuf) -> Error {
    let ErrorKind::Io { path: Some(path), .. } = error.kind() else { return error };
    let Ok(rest) = path.strip_prefix(folder) else { return error };
    let path = to(rest);
    match error.into_kind() {
        ErrorKind::Io { doing, source, .. } => Error::io(doing, path, source),
        kind => Error::new(kind),
    }
}

/// Whether an operation failed because the file system does not support it. `others` are additional
/// error codes with this meaning for this operation.
#[cfg(unix)]
fn is_unsupported(error: &io::Error, others: &[nix::errno::Errno]) -> bool {
    use nix::errno::Errno;
    let known = [Errno::EINVAL, Errno::ENOSYS, Errno::ENOTSUP, Errno::EOPNOTSUPP, Errno::EPERM];
    known.iter().chain(others).any(|errno| error.raw_os_error() == Some(*errno as i32))
}

/// The parent folder of a file, if it exists.
fn existing_folder_of(target: &Path) -> Result<&Path> {
    let folder = folder_of(target);
    if folder.is_dir() {
        return Ok(folder);
    }
    let missing = io::Error::from(io::ErrorKind::NotFound);
    Err(Error::io(crate::Operation::WriteToFolder, folder, missing))
}

/// The name of a hidden file next to `target`. Long names are truncated, because file systems limit
/// their length.
fn hidden_name(target: &Path, suffix: &str) -> String {
    const MAX_NAME_BYTES: usize = 200;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let mut end = name.len().min(MAX_NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!(".{}.{suffix}", &name[..end])
}
