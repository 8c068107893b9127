//! Where the bytes of a source are: in a file of their own, or in a ZIP file.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::opening::FilePlace;
use super::zip::Member;
use crate::error::{Error, Result};
use crate::uninterrupted::{Uninterrupted, uninterrupted};

/// Bytes from their beginning to their end.
pub(super) type Content = Box<dyn Read + Send>;

/// Bytes that can be opened as often as is needed.
#[derive(Debug, Clone)]
pub(super) enum Place {
    File(FilePlace),
    Member(Arc<Member>),
}

impl Place {
    /// A file that a person named.
    pub(super) fn named(path: impl Into<PathBuf>) -> Self {
        Self::File(FilePlace::named(path))
    }

    /// The bytes, from their beginning.
    pub(super) fn open(&self) -> Result<Content> {
        match self {
            Self::File(file) => Ok(Box::new(Uninterrupted(file.open()?))),
            Self::Member(member) => member.open(),
        }
    }

    /// The bytes as a file, for readers that go back and forth. A member of a ZIP file is unpacked
    /// into one that has no name, so that nothing of it is left behind.
    pub(super) fn file(&self) -> Result<File> {
        match self {
            Self::File(file) => file.open(),
            Self::Member(member) => {
                let failed = |error| Error::read(error, None);
                let mut file = tempfile::tempfile().map_err(|error| {
                    Error::io(crate::Operation::CreateIn, std::env::temp_dir(), error)
                })?;
                io::copy(&mut member.open()?, &mut file).map_err(failed)?;
                uninterrupted(|| file.rewind()).map_err(failed)?;
                Ok(file)
            }
        }
    }

    /// The file on the disk: this one, or the ZIP file it is in.
    pub(super) fn on_disk(&self) -> &FilePlace {
        match self {
            Self::File(file) => file,
            Self::Member(member) => member.root(),
        }
    }

    /// What that is called.
    pub(super) fn path(&self) -> &Path {
        self.on_disk().path()
    }

    /// The ZIP file it is in, by its name in the archive.
    pub(super) fn within(&self) -> Option<&str> {
        match self {
            Self::File(_) => None,
            Self::Member(member) => Some(member.zip()),
        }
    }
}

impl From<FilePlace> for Place {
    fn from(file: FilePlace) -> Self {
        Self::File(file)
    }
}
