//! What is read to detect an encoding: a file, or the beginning of a stream.

use std::io::{Cursor, Read};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::source::stable_file::StableFile;

/// What can be read several times.
#[derive(Clone, Copy)]
pub(super) enum Examined<'a> {
    File(&'a StableFile),
    Beginning(&'a Arc<[u8]>),
}

impl Examined<'_> {
    pub(super) fn open(self) -> Result<Box<dyn Read + Send>> {
        match self {
            Self::File(file) => Ok(file.open()?),
            Self::Beginning(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
        }
    }

    /// The first bytes. There may be fewer.
    pub(super) fn begins(self, most: u64) -> Result<Vec<u8>> {
        match self {
            Self::File(file) => file.begins(most),
            Self::Beginning(bytes) => Ok(bytes.iter().take(most as usize).copied().collect()),
        }
    }

    /// The error if it has changed since it was read.
    pub(super) fn changed(self) -> Error {
        match self {
            Self::File(file) => file.changed(),
            Self::Beginning(_) => Error::new(ErrorKind::SourceChanged),
        }
    }
}
