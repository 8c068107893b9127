//! Opens files and folders without following links that another process may have created.
//!
//! A path that the user named may be a link. An entry of a folder may not: between listing and
//! opening it, another process may replace it by a link, or by a pipe whose opening blocks forever.
//! So the named folder is opened once, and its entries are opened relative to it, name by name,
//! without following links and without blocking.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(not(unix))]
use self::other as system;
#[cfg(unix)]
use self::unix as system;
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::uninterrupted::uninterrupted;

/// The type of a directory entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryType {
    Folder,
    File,
    Link,
    Other,
}

/// The maximum nesting depth of folders. The whole path is opened again for each file.
const MAX_DEPTH: usize = 500;

/// A folder that the user named.
#[derive(Debug)]
pub(super) struct Root {
    path: PathBuf,
    handle: system::Handle,
}

impl Root {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_path_buf(), handle: uninterrupted(|| system::open_root(path))? })
    }

    /// The entries of a folder below it, sorted by name.
    pub(super) fn list(&self, below: &Path) -> io::Result<Listing> {
        if below.components().count() > MAX_DEPTH {
            let why = message!("source-too-deep", most = MAX_DEPTH);
            let error = Error::source(why, message!("source-too-deep-hint"));
            return Err(io::Error::other(error));
        }
        let mut listing = uninterrupted(|| system::list(&self.handle, below))?;
        listing.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(listing)
    }
}

/// The names in a folder, and their types.
pub(super) type Listing = Vec<(OsString, io::Result<EntryType>)>;

/// A file on the disk: one that the user named, or one that was found in a named folder.
#[derive(Debug, Clone)]
pub(super) struct DiskFile {
    path: PathBuf,
    found: Option<(Arc<Root>, PathBuf)>,
}

impl DiskFile {
    /// A file that the user named. Links are followed.
    pub(super) fn named(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), found: None }
    }

    /// A file that was found in a folder. Links are not followed, neither the file nor a folder
    /// above it.
    pub(super) fn found(root: &Arc<Root>, below: PathBuf) -> Self {
        Self { path: root.path.join(&below), found: Some((root.clone(), below)) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file with the same name and a suffix.
    pub(super) fn beside(&self, suffix: &str) -> Self {
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        let found = self.found.as_ref().map(|(root, below)| (root.clone(), with(below)));
        Self { path: with(&self.path), found }
    }

    /// The same file, by its path without links.
    pub(super) fn real(&self) -> io::Result<Self> {
        match self.found {
            Some(_) => Ok(self.clone()),
            None => Ok(Self::named(std::fs::canonicalize(&self.path)?)),
        }
    }

    /// The size of the file in bytes, without opening it; `None` if it does not exist or is not a
    /// regular file.
    pub(super) fn bytes(&self) -> Option<u64> {
        match &self.found {
            Some((root, below)) => {
                uninterrupted(|| system::bytes_below(&root.handle, below)).ok()?
            }
            None => self.path.metadata().ok().filter(Metadata::is_file).map(|file| file.len()),
        }
    }

    /// Opens the file. Does not block, and opens only regular files.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot be opened,
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if it is not a regular file.
    pub(super) fn open(&self) -> Result<File> {
        let failed = |error| Error::reading(&self.path, error);
        let path = self.path.display().to_string();
        let opened = match &self.found {
            Some((root, below)) => uninterrupted(|| system::open_below(&root.handle, below)),
            None => uninterrupted(|| system::open_named(&self.path)),
        };
        match opened {
            Ok(file) if file.metadata().map_err(failed)?.is_file() => Ok(file),
            Ok(_) => {
                let why = message!("source-not-a-file", path = path);
                Err(Error::source(why, message!("source-not-a-file-hint")))
            }
            Err(error) if self.found.is_some() && system::is_link(&error) => {
                let why = message!("source-link", path = path);
                Err(Error::source(why, message!("source-link-hint")))
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// The device and inode of a file. Different files have different values at the same time.
pub(super) type Identity = Option<(u64, u64)>;

/// The identity of an open file; `None` if the system has no such numbers.
pub(super) fn identity(metadata: &Metadata) -> Identity {
    system::identity(metadata)
}

/// Whether a file does not exist any more, or a parent of it is not a folder any more.
pub(super) fn is_no_longer_there(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;

    use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, open, openat, statat};

    use super::{EntryType, Identity, Listing};
    use crate::uninterrupted::uninterrupted;

    pub(super) type Handle = OwnedFd;

    const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
    /// Pipes and devices are opened without blocking, and no terminal becomes the controlling one.
    const FILE: OFlags =
        OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

    pub(super) fn open_root(path: &Path) -> io::Result<OwnedFd> {
        Ok(open(path, FOLDER, Mode::empty())?)
    }

    pub(super) fn open_named(path: &Path) -> io::Result<File> {
        Ok(open(path, FILE, Mode::empty())?.into())
    }

    /// Opens the parent folder of a path, and calls `with` with it and the last name of the path.
    fn within<T>(
        root: &OwnedFd,
        below: &Path,
        with: impl FnOnce(BorrowedFd<'_>, &OsStr) -> rustix::io::Result<T>,
    ) -> io::Result<T> {
        let mut folder: Option<OwnedFd> = None;
        let mut names = below.iter();
        let name = names.next_back().unwrap_or(OsStr::new("."));
        for name in names {
            let above = folder.as_ref().unwrap_or(root);
            folder = Some(openat(above, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())?);
        }
        Ok(with(folder.as_ref().unwrap_or(root).as_fd(), name)?)
    }

    pub(super) fn open_below(root: &OwnedFd, below: &Path) -> io::Result<File> {
        within(root, below, |folder, name| {
            openat(folder, name, FILE | OFlags::NOFOLLOW, Mode::empty())
        })
        .map(File::from)
    }

    /// The size of a file in bytes; `None` if it is not a regular file.
    pub(super) fn bytes_below(root: &OwnedFd, below: &Path) -> io::Result<Option<u64>> {
        let stat =
            within(root, below, |folder, name| statat(folder, name, AtFlags::SYMLINK_NOFOLLOW))?;
        let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        Ok(u64::try_from(stat.st_size).ok().filter(|_| is_file))
    }

    pub(super) fn list(root: &OwnedFd, below: &Path) -> io::Result<Listing> {
        let folder = within(root, below, |folder, name| {
            openat(folder, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())
        })?;
        let mut listing = Vec::new();
        for entry in Dir::read_from(&folder)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                listing.push((name.to_owned(), kind(&folder, name)));
            }
        }
        Ok(listing)
    }

    fn kind(folder: &OwnedFd, name: &OsStr) -> io::Result<EntryType> {
        let stat = uninterrupted(|| Ok(statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?))?;
        Ok(match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => EntryType::Folder,
            FileType::RegularFile => EntryType::File,
            FileType::Symlink => EntryType::Link,
            _ => EntryType::Other,
        })
    }

    pub(super) fn identity(metadata: &std::fs::Metadata) -> Identity {
        use std::os::unix::fs::MetadataExt as _;
        Some((metadata.dev(), metadata.ino()))
    }

    /// Whether a link was refused. BSD systems have a separate error for this.
    pub(super) fn is_link(error: &io::Error) -> bool {
        use rustix::io::Errno;
        let code = error.raw_os_error();
        [Errno::LOOP, Errno::MLINK].iter().any(|errno| code == Some(errno.raw_os_error()))
    }
}

/// If folders cannot be held open, entries are first examined and then opened.
#[cfg(not(unix))]
mod other {
    use std::fs::{DirEntry, File, FileType, Metadata};
    use std::io;
    use std::path::{Path, PathBuf};

    use super::{EntryType, Identity, Listing};

    pub(super) type Handle = PathBuf;

    pub(super) fn open_root(path: &Path) -> io::Result<PathBuf> {
        std::fs::read_dir(path).map(|_| path.to_path_buf())
    }

    pub(super) fn open_named(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    pub(super) fn open_below(root: &Path, below: &Path) -> io::Result<File> {
        let path = root.join(below);
        match kind(path.symlink_metadata()?.file_type()) {
            EntryType::File => File::open(path),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    pub(super) fn bytes_below(root: &Path, below: &Path) -> io::Result<Option<u64>> {
        let metadata = root.join(below).symlink_metadata()?;
        Ok(Some(metadata.len()).filter(|_| metadata.is_file()))
    }

    pub(super) fn list(root: &Path, below: &Path) -> io::Result<Listing> {
        let entry = |entry: io::Result<DirEntry>| {
            let entry = entry?;
            Ok((entry.file_name(), entry.file_type().map(kind)))
        };
        std::fs::read_dir(root.join(below))?.map(entry).collect()
    }

    fn kind(found: FileType) -> EntryType {
        match found {
            kind if kind.is_dir() => EntryType::Folder,
            kind if kind.is_file() => EntryType::File,
            kind if kind.is_symlink() => EntryType::Link,
            _ => EntryType::Other,
        }
    }

    pub(super) fn identity(_: &Metadata) -> Identity {
        None
    }

    pub(super) fn is_link(_: &io::Error) -> bool {
        false
    }
}
