//! An open file for several readers, each with its own position.
//!
//! All read the same bytes, even if the file is renamed. A file that another process opened can be
//! used too.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use rawzip::{FileReader, ReaderAt};

use crate::uninterrupted::uninterrupted;

/// A stream of bytes.
pub(super) type Content = Box<dyn Read + Send>;

/// A reader of a file, with its own position.
#[derive(Debug, Clone)]
pub(super) struct SharedFile {
    file: Arc<FileReader>,
    bytes: u64,
    at: u64,
}

impl SharedFile {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let bytes = uninterrupted(|| file.metadata())?.len();
        Ok(Self { file: Arc::new(file.into()), bytes, at: 0 })
    }

    /// The length of the file when it was opened.
    pub(super) fn size(&self) -> u64 {
        self.bytes
    }

    /// A reader of the same file, at its beginning.
    #[cfg_attr(not(any(feature = "bacpac", feature = "workbook")), allow(dead_code))]
    pub(super) fn again(&self) -> Self {
        Self { at: 0, ..self.clone() }
    }
}

impl ReaderAt for SharedFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        uninterrupted(|| self.file.read_at(buffer, offset))
    }
}

impl Read for SharedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for SharedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
