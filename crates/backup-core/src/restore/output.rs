//! Output files of a restore. Any number can be written in turn; only the last one is open.

use std::cell::RefCell;
use std::fs::{self, DirBuilder, File};
use std::io::{self, BufWriter, IntoInnerError, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use crate::error::{Error, Operation, Result};
use crate::files::{close, create_private};

/// The size of the write buffer.
const BUFFER_BYTES: usize = 256 * 1024;

/// Creates files. Only one is open at a time, because an archive may hold thousands of interleaved
/// tables.
#[derive(Clone, Default)]
pub(super) struct Files(Rc<RefCell<Option<OpenFile>>>);

type OpenFile = (Rc<PathBuf>, BufWriter<File>);

impl Files {
    /// Creates a file that only its owner can read, and its parent folders.
    pub(super) fn create(&self, path: &Path) -> Result<Output> {
        let create = || {
            create_folders(path)?;
            create_private(path)
        };
        let path = Rc::new(path.to_path_buf());
        self.open(&path, create)?;
        Ok(Output { files: self.clone(), path, modified: None })
    }

    /// Closes the open file, and opens another.
    fn open(&self, path: &Rc<PathBuf>, open: impl FnOnce() -> io::Result<File>) -> Result<()> {
        self.close()?;
        let file = open().map_err(|error| Error::writing(&**path, error))?;
        self.0.replace(Some((path.clone(), BufWriter::with_capacity(BUFFER_BYTES, file))));
        Ok(())
    }

    /// Flushes the buffer, and closes the open file.
    pub(super) fn close(&self) -> Result<()> {
        let Some((path, file)) = self.0.take() else { return Ok(()) };
        let closed = file.into_inner().map_err(IntoInnerError::into_error).and_then(close);
        closed.map_err(|error| Error::writing(&*path, error))
    }
}

/// A file that is being written.
pub(super) struct Output {
    files: Files,
    path: Rc<PathBuf>,
    modified: Option<SystemTime>,
}

impl Output {
    /// Calls `write` with the file. The file is opened again if another was opened in the meantime.
    fn with(&self, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
        let is_open = |(path, _): &OpenFile| Rc::ptr_eq(path, &self.path);
        if !self.files.0.borrow().as_ref().is_some_and(is_open) {
            self.files.open(&self.path, || File::options().append(true).open(&*self.path))?;
        }
        let written = self.files.0.borrow_mut().as_mut().map_or(Ok(()), |(_, file)| write(file));
        written.map_err(|error| Error::writing(&*self.path, error))
    }

    /// Sets the modification time that the file gets when it is closed.
    pub(super) fn modified(self, modified: Option<SystemTime>) -> Self {
        Self { modified, ..self }
    }

    /// Appends bytes.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<()> {
        self.with(|file| file.write_all(bytes))
    }

    /// Closes the file after flushing it to the disk. Returns its path.
    pub(super) fn close(self) -> Result<PathBuf> {
        self.with(|file| {
            file.flush()?;
            if let Some(time) = self.modified {
                // A file system may have no such time. The bytes are right nevertheless.
                let _ = file.get_ref().set_modified(time);
            }
            file.get_ref().sync_all()
        })?;
        self.files.close()?;
        Ok(self.path.to_path_buf())
    }

    /// Truncates the file to `bytes` bytes, closes it, and renames it to `path`.
    pub(super) fn close_at(self, bytes: u64, path: &Path) -> Result<()> {
        self.with(|file| file.flush().and_then(|()| file.get_ref().set_len(bytes)))?;
        let from = self.close()?;
        let renamed = create_folders(path).and_then(|()| fs::rename(from, path));
        renamed.map_err(|error| Error::writing(path, error))
    }

    /// Removes the file.
    pub(super) fn remove(self) -> Result<()> {
        self.files.close()?;
        fs::remove_file(&*self.path)
            .map_err(|error| Error::io(Operation::Remove, &*self.path, error))
    }
}

/// Errors contain the path of the file.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes).map(|()| bytes.len()).map_err(io::Error::other)
    }

    /// Does nothing. The file is flushed when it is closed.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Creates the parent folders of a file.
fn create_folders(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    path.parent().map_or(Ok(()), |folder| builder.create(folder))
}
