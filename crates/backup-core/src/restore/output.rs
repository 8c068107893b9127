//! A file that is being restored.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A file that is written, and its name for what goes wrong.
pub(super) struct Output {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Output {
    /// Creates a file that only its owner can read, and the folders above it.
    pub(super) fn create(path: &Path) -> Result<Self> {
        let failed = |error| Error::io("write", path, error);
        if let Some(folder) = path.parent() {
            create_folders(folder).map_err(failed)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = BufWriter::with_capacity(256 * 1024, options.open(path).map_err(failed)?);
        Ok(Self { path: path.to_path_buf(), file })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes on.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| Error::io("write", &self.path, error))
    }

    /// Ends the file; gives its path.
    pub(super) fn close(self) -> Result<PathBuf> {
        let Self { path, file } = self;
        match file.into_inner() {
            Ok(_) => Ok(path),
            Err(error) => Err(Error::io("write", path, error.into_error())),
        }
    }

    /// Keeps so many of the bytes that were written.
    pub(super) fn close_at(self, bytes: u64) -> Result<()> {
        let Self { path, mut file } = self;
        let cut = file.flush().and_then(|()| file.get_ref().set_len(bytes));
        cut.map_err(|error| Error::io("write", path, error))
    }
}

/// For whoever knows no more than [`Write`]: what goes wrong still says its name.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes).map(|()| bytes.len()).map_err(io::Error::other)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        flushed.map_err(|error| io::Error::other(Error::io("write", &self.path, error)))
    }
}

fn create_folders(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
