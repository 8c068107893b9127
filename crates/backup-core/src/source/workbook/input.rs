//! The bytes of a workbook: its file, or a copy in memory in the layout that the library reads.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use crate::source::shared::SharedFile;

/// A reader of a workbook, with its own position.
#[derive(Debug, Clone)]
pub(super) enum Input {
    File(SharedFile),
    Bytes(Cursor<Bytes>),
}

/// Bytes that several readers share.
#[derive(Debug, Clone)]
pub(super) struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Input {
    pub(super) fn bytes(bytes: Vec<u8>) -> Self {
        Self::Bytes(Cursor::new(Bytes(bytes.into())))
    }

    /// A reader of the same workbook, at its beginning.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::File(file) => Self::File(file.again()),
            Self::Bytes(bytes) => Self::Bytes(Cursor::new(bytes.get_ref().clone())),
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Bytes(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Bytes(bytes) => bytes.seek(to),
        }
    }
}
