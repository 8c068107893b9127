//! One open file, read by several readers that each keep a place of their own.
//!
//! The reader and its witness look at the same bytes, whatever is renamed meanwhile, and a file
//! that was opened by somebody else can be handed over.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use crate::uninterrupted::uninterrupted;

/// What the readers of workbooks are given.
pub(super) type Input = BufReader<Shared>;

/// A place in the file.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    file: Arc<Mutex<File>>,
    bytes: u64,
    at: u64,
}

impl Shared {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let bytes = uninterrupted(|| file.metadata())?.len();
        Ok(Self { file: Arc::new(Mutex::new(file)), bytes, at: 0 })
    }

    /// How long the file is.
    pub(super) fn size(&self) -> u64 {
        self.bytes
    }

    /// The same file from its beginning.
    pub(super) fn again(&self) -> Input {
        BufReader::new(Self { at: 0, ..self.clone() })
    }
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        uninterrupted(|| file.seek(SeekFrom::Start(self.at)))?;
        let read = uninterrupted(|| file.read(buffer))?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Shared {
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
