//! What an archive is read from: anything that can be read, sought, and opened again after an error.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Result;

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

/// A reader of the caller's, which all handles share. Each handle has a position of its own.
pub(crate) struct SharedReader<R> {
    inner: Arc<Mutex<(R, u64)>>,
    position: u64,
    name: PathBuf,
}

impl<R: Read + Seek> SharedReader<R> {
    /// Goes to the beginning of `reader`.
    pub(crate) fn new(mut reader: R, name: &str) -> Result<Self> {
        let name = PathBuf::from(name);
        reader.rewind().map_err(|error| crate::Error::reading(&name, error))?;
        Ok(Self { inner: Arc::new(Mutex::new((reader, 0))), position: 0, name })
    }

    /// Gives the reader and its position to `work`, and keeps the position that `work` leaves.
    fn with<T>(&self, work: impl FnOnce(&mut R, &mut u64) -> io::Result<T>) -> io::Result<T> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (reader, position) = &mut *inner;
        work(reader, position)
    }
}

impl<R: Read + Seek + Send> Input for SharedReader<R> {
    type Handle = Self;

    fn path(&self) -> &Path {
        &self.name
    }

    fn bytes(&self) -> Result<u64> {
        let mut handle = self.open()?;
        handle.seek(SeekFrom::End(0)).map_err(|error| crate::Error::reading(&self.name, error))
    }

    fn open(&self) -> Result<Self> {
        Ok(Self { inner: self.inner.clone(), position: 0, name: self.name.clone() })
    }
}

impl<R: Read + Seek> Read for SharedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.position;
        let count = self.with(|reader, position| {
            if *position != wanted {
                *position = reader.seek(SeekFrom::Start(wanted))?;
            }
            let count = reader.read(buffer)?;
            *position += count as u64;
            Ok(count)
        })?;
        self.position += count as u64;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for SharedReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
            SeekFrom::End(_) => Some(self.with(|reader, position| {
                *position = reader.seek(to)?;
                Ok(*position)
            })?),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
