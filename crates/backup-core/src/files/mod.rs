//! Writing files so that they appear whole or not at all, next to other runs that do the same.
//!
//! [`Draft`] and [`DraftFolder`] are filled inside a [`guard::TempGuard`], a folder that only this
//! run uses, and get their name at the end by a rename. [`NameLock`] keeps two runs from writing
//! to one name. What a file system cannot do is done without, and returned as [`Unsupported`].

mod cleanup;
mod draft;
mod folder;
mod guard;
mod lock;
mod sync;

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

pub use cleanup::cleanup_all;
pub use draft::Draft;
pub(crate) use folder::DraftFolder;
pub(crate) use guard::{TempGuard, publishing, sweep, sweep_private};
pub(crate) use lock::{LOCK_TIMEOUT, LockMode, NameLock, lock_file};
pub(crate) use sync::{close, sync_folder};

use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Detail, Finding};

/// What a file system cannot do, and was done without.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unsupported {
    /// A folder's entries cannot be flushed to the disk: after a power failure, a new name in it may be
    /// missing.
    FolderSync(PathBuf),
    /// Files in this folder cannot be locked: nothing keeps two runs from writing one at a time.
    Locks(PathBuf),
    /// A file cannot be renamed so that nothing is replaced: it was checked before that nothing was
    /// there.
    RenameWithoutReplacing(PathBuf),
}

impl Unsupported {
    /// The folder.
    pub fn folder(&self) -> &Path {
        match self {
            Self::FolderSync(folder)
            | Self::Locks(folder)
            | Self::RenameWithoutReplacing(folder) => folder,
        }
    }

    /// The same as a note of a report.
    pub(crate) fn note(&self) -> Finding {
        let detail = match self {
            Self::FolderSync(_) => Detail::NoFolderSync,
            Self::Locks(_) => Detail::NoLocks,
            Self::RenameWithoutReplacing(_) => Detail::NoExclusiveRename,
        };
        let note = Finding::remark(Code::FileSystem, self.to_string()).detail(detail);
        note.path(self.folder().display().to_string())
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder().display();
        match self {
            Self::FolderSync(_) => write!(
                f,
                "the entries of the folder {folder} cannot be flushed to the disk; if the power fails \
                 in the next minute, check that the new files are there"
            ),
            Self::Locks(_) => write!(
                f,
                "files in the folder {folder} cannot be locked; do not let two runs write to the same \
                 name there at the same time"
            ),
            Self::RenameWithoutReplacing(_) => write!(
                f,
                "the file system of {folder} cannot rename without replacing; it was checked just \
                 before that no file of that name was there"
            ),
        }
    }
}

/// Creates a file that only its owner can read.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The folder that a file stands in.
pub(crate) fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// What went wrong after a file or folder had got its name.
fn not_flushed(path: PathBuf, error: Error) -> Error {
    Error::new(ErrorKind::NotFlushed { path, source: Box::new(error) })
}

/// The same, if it is there.
fn existing_folder_of(target: &Path) -> Result<&Path> {
    let folder = folder_of(target);
    if folder.is_dir() {
        return Ok(folder);
    }
    let missing = io::Error::from(io::ErrorKind::NotFound);
    Err(Error::io(crate::Operation::WriteToFolder, folder, missing))
}

/// The name of a hidden file beside `target`, not longer than file systems allow: long names are cut.
fn hidden_name(target: &Path, suffix: &str) -> String {
    const MAX_NAME_BYTES: usize = 200;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let mut end = name.len().min(MAX_NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!(".{}.{suffix}", &name[..end])
}
