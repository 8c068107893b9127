//! The file of a history. One run at a time may write to it.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::chain::History;
use super::entry::{Entry, MAX_LINE_BYTES};
use crate::error::{Error, Result};
use crate::files::{LockMode, close, folder_of, lock_file, sync_folder};
use crate::i18n::message;
use crate::monitor::{Monitor, Unsupported};

/// A locked history. One line can be appended. Other runs wait until this is dropped.
pub(super) struct Writer {
    file: File,
    path: PathBuf,
    pub(super) history: History,
    unsupported: Option<Unsupported>,
}

impl Writer {
    /// Opens or creates a history, and reads it.
    pub(super) fn open(path: &Path, monitor: &dyn Monitor) -> Result<Self> {
        let failed = |error| Error::writing(path, error);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(failed)?;
        let unsupported = lock_file(&file, path, LockMode::Exclusive, monitor)?;
        let history = History::follow(&file, path)?;
        Ok(Self { file, path: path.to_path_buf(), history, unsupported })
    }

    /// Appends a line with one write, and flushes it to the disk. The history must not be broken.
    /// Returns what the file system does not support.
    pub(super) fn append(mut self, mut entry: Entry) -> Result<Vec<Unsupported>> {
        debug_assert!(self.history.broken().is_none(), "nothing may follow a broken line");
        entry.previous = self.history.head();
        let mut line = entry.to_line();
        line.push('\n');
        if line.len() > MAX_LINE_BYTES {
            let (bytes, limit) = (line.len(), MAX_LINE_BYTES);
            return Err(Error::limit(message!("history-line-limit", bytes = bytes, limit = limit)));
        }
        let failed = |error| Error::writing(&self.path, error);
        let before = self.file.metadata().map_err(failed)?.len();
        let mut unsupported = Vec::from_iter(self.unsupported);
        if before == 0 {
            unsupported.extend(sync_folder(folder_of(&self.path))?);
        }
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_all());
        if let Err(error) = written {
            // An incomplete line must not remain.
            let _ = self.file.set_len(before);
            return Err(failed(error));
        }
        close(self.file).map_err(failed)?;
        Ok(unsupported)
    }
}
