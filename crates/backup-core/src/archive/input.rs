//! What an archive is read from: anything that can be read, sought, and opened again after an error.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// What an archive is read from.
pub(crate) trait Input {
    /// An open archive.
    type Handle: Read + Seek + Send;

    /// The path in reports and errors.
    fn path(&self) -> &Path;

    /// The length in bytes.
    fn bytes(&self) -> Result<u64>;

    /// Opens it from the beginning.
    fn open(&self) -> Result<Self::Handle>;
}

/// A reader of the caller's. All handles share it and its position, so only the one that was opened
/// last may be used.
pub(crate) struct SharedReader<R> {
    inner: Arc<Mutex<R>>,
    name: PathBuf,
}

impl<R: Read + Seek> SharedReader<R> {
    pub(crate) fn new(reader: R, name: &str) -> Self {
        Self { inner: Arc::new(Mutex::new(reader)), name: name.into() }
    }

    fn lock(&self) -> MutexGuard<'_, R> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn go_to(&self, position: SeekFrom) -> Result<u64> {
        self.lock().seek(position).map_err(|error| Error::reading(&self.name, error))
    }
}

impl<R: Read + Seek + Send> Input for SharedReader<R> {
    type Handle = Self;

    fn path(&self) -> &Path {
        &self.name
    }

    fn bytes(&self) -> Result<u64> {
        self.go_to(SeekFrom::End(0))
    }

    fn open(&self) -> Result<Self> {
        self.go_to(SeekFrom::Start(0))?;
        Ok(Self { inner: self.inner.clone(), name: self.name.clone() })
    }
}

impl<R: Read + Seek> Read for SharedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.lock().read(buffer)
    }
}

impl<R: Read + Seek> Seek for SharedReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.lock().seek(to)
    }
}
