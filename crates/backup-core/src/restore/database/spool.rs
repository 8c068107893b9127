//! A file without a name, for what is read from an archive before it is needed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use crate::archive::Reader;
use crate::error::{Error, Result};

/// No other program can open it, and no crash leaves it behind.
pub(super) struct Spool {
    file: Arc<File>,
    bytes: u64,
}

impl Spool {
    pub(super) fn within(folder: &Path) -> Result<Self> {
        let file = tempfile::tempfile_in(folder)
            .map_err(|error| Error::io(crate::Operation::WriteToFolder, folder, error))?;
        Ok(Self { file: Arc::new(file), bytes: 0 })
    }

    /// Reads a file of the archive, which is proven by its digest, and keeps it.
    pub(super) fn keep(&mut self, reader: &mut Reader<File>, path: &str) -> Result<Spooled> {
        let failed = |error| Error::io(crate::Operation::Keep, path, error);
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.bytes)).map_err(failed)?;
        let mut out = io::BufWriter::new(file);
        reader.file(path, &mut out)?;
        out.into_inner().map_err(|error| failed(error.into_error()))?;
        let begin = self.bytes;
        self.bytes = (&*self.file).stream_position().map_err(failed)?;
        Ok(Spooled { file: Arc::clone(&self.file), at: begin, end: self.bytes })
    }
}

/// What was kept, read from its beginning.
pub(super) struct Spooled {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Spooled {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = &*self.file;
        // Others read the same file meanwhile.
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.take(self.end - self.at).read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}
