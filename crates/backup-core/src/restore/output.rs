//! Files that are being restored: many at once, few of them open.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};
use crate::files::close;

/// How many files are open at once. An archive may hold thousands of tables whose parts take turns;
/// those that this program writes have one table after the other.
const MAX_OPEN: usize = 16;

/// How many bytes of an open file wait in memory.
const BUFFER_BYTES: usize = 256 * 1024;

/// The files that are open. One that is written to again after others took its place is opened again.
#[derive(Clone, Default)]
pub(super) struct OpenFiles(Arc<Mutex<Pool>>);

#[derive(Default)]
struct Pool {
    /// Each with the time of its last use.
    open: HashMap<PathBuf, (BufWriter<File>, u64)>,
    time: u64,
}

impl OpenFiles {
    /// Creates a file that only its owner can read, and the folders above it.
    pub(super) fn create(&self, path: &Path) -> Result<Output> {
        if let Some(folder) = path.parent() {
            create_folders(folder).map_err(|error| Error::writing(path, error))?;
        }
        self.pool().open(path, true)?;
        Ok(Output { files: self.clone(), path: path.to_path_buf() })
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    /// The file of this path, opened if it is not.
    fn file(&mut self, path: &Path) -> Result<&mut BufWriter<File>> {
        if !self.open.contains_key(path) {
            self.open(path, false)?;
        }
        self.time += 1;
        let (file, used) = self.open.get_mut(path).expect("it was opened");
        *used = self.time;
        Ok(file)
    }

    fn open(&mut self, path: &Path, new: bool) -> Result<()> {
        if self.open.len() >= MAX_OPEN {
            let oldest = self.open.iter().min_by_key(|(_, (_, used))| *used);
            let oldest = oldest.map(|(path, _)| path.clone());
            oldest.map_or(Ok(()), |oldest| self.suspend(&oldest))?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create_new(new);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| Error::writing(path, error))?;
        let file = BufWriter::with_capacity(BUFFER_BYTES, file);
        self.open.insert(path.to_path_buf(), (file, self.time));
        Ok(())
    }

    /// Closes a file that will be opened again.
    fn suspend(&mut self, path: &Path) -> Result<()> {
        let Some((file, _)) = self.open.remove(path) else { return Ok(()) };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error);
        file.and_then(close).map_err(|error| Error::writing(path, error))
    }

    /// Flushes a file to the disk and closes it.
    fn close(&mut self, path: &Path) -> Result<()> {
        let file = self.file(path)?;
        let flushed = file.flush().and_then(|()| file.get_ref().sync_all());
        flushed.map_err(|error| Error::writing(path, error))?;
        self.suspend(path)
    }

    /// Gives a file up: what is written of it is not wanted any more.
    fn forget(&mut self, path: &Path) {
        if let Some((file, _)) = self.open.remove(path) {
            // What is in the buffer would be written when it is dropped.
            let _ = file.into_parts();
        }
    }
}

/// A file that is written, and its name for what goes wrong.
pub(super) struct Output {
    files: OpenFiles,
    path: PathBuf,
}

impl Output {
    /// Appends.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let mut pool = self.files.pool();
        let written = pool.file(&self.path)?.write_all(bytes);
        written.map_err(|error| Error::writing(&self.path, error))
    }

    /// Ends the file, which is on the disk then; returns its path.
    pub(super) fn close(self) -> Result<PathBuf> {
        self.files.pool().close(&self.path)?;
        Ok(self.path.clone())
    }

    /// Ends the file with so many of the bytes that were written, under another name.
    pub(super) fn close_at(self, bytes: u64, path: &Path) -> Result<()> {
        let failed = |error| Error::writing(&self.path, error);
        {
            let mut pool = self.files.pool();
            let file = pool.file(&self.path)?;
            file.flush().and_then(|()| file.get_ref().set_len(bytes)).map_err(failed)?;
            pool.close(&self.path)?;
        }
        let folder = path.parent().unwrap_or(path);
        create_folders(folder).map_err(|error| Error::writing(path, error))?;
        fs::rename(&self.path, path).map_err(|error| Error::writing(path, error))
    }

    /// Removes the file.
    pub(super) fn remove(self) -> Result<()> {
        self.files.pool().forget(&self.path);
        fs::remove_file(&self.path)
            .map_err(|error| Error::io(crate::Operation::Remove, &self.path, error))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.files.pool().forget(&self.path);
    }
}

/// For whoever knows no more than [`Write`]: what goes wrong still says its name.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes).map(|()| bytes.len()).map_err(io::Error::other)
    }

    /// What is written is flushed when the file is closed.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn create_folders(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
