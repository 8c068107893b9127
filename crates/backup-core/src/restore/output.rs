//! Files that are being restored: any number at once, none of them open longer than it takes to append
//! to it.

use std::cell::RefCell;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::error::{Error, Operation, Result};
use crate::files::close;

/// How many bytes of the file that was written to last wait in memory.
const BUFFER_BYTES: usize = 256 * 1024;

/// Creates files, which share one buffer: an archive may hold thousands of tables whose parts take turns.
#[derive(Clone, Default)]
pub(super) struct Files(Rc<RefCell<Buffer>>);

/// The bytes that were not written yet of the file that was written to last.
#[derive(Default)]
struct Buffer {
    path: Rc<PathBuf>,
    bytes: Vec<u8>,
}

impl Files {
    /// Creates a file that only its owner can read, and the folders above it.
    pub(super) fn create(&self, path: &Path) -> Result<Output> {
        let create = || {
            create_folders(path.parent().unwrap_or(path))?;
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            close(options.open(path)?)
        };
        create().map_err(|error| Error::writing(path, error))?;
        Ok(Output { buffer: self.0.clone(), path: Rc::new(path.to_path_buf()) })
    }
}

impl Buffer {
    fn flush(&mut self) -> Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let append = || {
            let mut file = OpenOptions::new().append(true).open(&*self.path)?;
            file.write_all(&self.bytes)?;
            close(file)
        };
        append().map_err(|error| Error::writing(&*self.path, error))?;
        self.bytes.clear();
        self.bytes.shrink_to(2 * BUFFER_BYTES);
        Ok(())
    }
}

/// A file that is being written.
pub(super) struct Output {
    buffer: Rc<RefCell<Buffer>>,
    path: Rc<PathBuf>,
}

impl Output {
    /// Appends.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<()> {
        let buffer = &mut *self.buffer.borrow_mut();
        if !Rc::ptr_eq(&buffer.path, &self.path) {
            buffer.flush()?;
            buffer.path = self.path.clone();
        }
        buffer.bytes.extend_from_slice(bytes);
        if buffer.bytes.len() >= BUFFER_BYTES { buffer.flush() } else { Ok(()) }
    }

    /// Ends the file, which is on the disk then; returns its path.
    pub(super) fn close(self) -> Result<PathBuf> {
        self.finish(|_| Ok(()))?;
        Ok(self.path.to_path_buf())
    }

    /// Ends the file with so many of the bytes that were written, under another name.
    pub(super) fn close_at(self, bytes: u64, path: &Path) -> Result<()> {
        self.finish(|file| file.set_len(bytes))?;
        let rename = || {
            create_folders(path.parent().unwrap_or(path))?;
            fs::rename(&*self.path, path)
        };
        rename().map_err(|error| Error::writing(path, error))
    }

    fn finish(&self, change: impl FnOnce(&File) -> io::Result<()>) -> Result<()> {
        self.buffer.borrow_mut().flush()?;
        let finish = || {
            let file = OpenOptions::new().write(true).open(&*self.path)?;
            change(&file)?;
            file.sync_all()?;
            close(file)
        };
        finish().map_err(|error| Error::writing(&*self.path, error))
    }

    /// Removes the file.
    pub(super) fn remove(self) -> Result<()> {
        self.buffer.borrow_mut().flush()?;
        fs::remove_file(&*self.path)
            .map_err(|error| Error::io(Operation::Remove, &*self.path, error))
    }
}

/// An error keeps the path of the file.
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
