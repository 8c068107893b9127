//! Reads a history line by line, and checks each line against the one before.

use std::fs::{File, Metadata};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::entry::{Entry, MAX_LINE_BYTES, NOTHING_BEFORE};
use crate::error::{Error, Result};
use crate::files::{LockMode, lock_file};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::monitor::Monitor;
use crate::record::Digest;

/// The maximum size of a history. This is enough for a hundred runs a day for years. The history is
/// held in memory.
const MOST_BYTES: u64 = 128 << 20;

/// The entries of a history before the first invalid line.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    entries: Vec<Entry>,
    head: Digest,
    broken: Option<Finding>,
}

impl History {
    /// Reads a history and checks every line of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot be read,
    /// [`ErrorKind::Locked`](crate::ErrorKind::Locked) if another run has locked it. An invalid
    /// line is not an error; see [`History::broken`].
    pub fn read(path: &Path, monitor: &dyn Monitor) -> Result<Self> {
        let failed = |error| Error::reading(path, error);
        check_regular(&path.metadata().map_err(failed)?, path)?;
        let file = File::open(path).map_err(failed)?;
        lock_file(&file, path, LockMode::Shared, monitor)?;
        Self::follow(&file, path)
    }

    /// Reads a history from a locked file.
    pub(super) fn follow(file: &File, path: &Path) -> Result<Self> {
        let failed = |error| Error::reading(path, error);
        let metadata = file.metadata().map_err(failed)?;
        check_regular(&metadata, path)?;
        if metadata.len() > MOST_BYTES {
            let path = path.display().to_string();
            return Err(Error::limit(message!(
                "history-too-long",
                path = path,
                limit = MOST_BYTES >> 20
            )));
        }
        let mut history = Self { entries: Vec::new(), head: NOTHING_BEFORE, broken: None };
        let mut lines = BufReader::new(file);
        let mut line = Vec::new();
        while history.broken.is_none() {
            line.clear();
            let most = MAX_LINE_BYTES as u64 + 1;
            lines.by_ref().take(most).read_until(b'\n', &mut line).map_err(failed)?;
            if line.is_empty() {
                break;
            }
            history.take(&line, path);
        }
        Ok(history)
    }

    fn take(&mut self, line: &[u8], path: &Path) {
        let number = self.entries.len() + 1;
        let entry = match line.strip_suffix(b"\n") {
            Some(line) => Entry::of_line(line).map(|entry| (entry, Digest::of(line))),
            None if line.len() > MAX_LINE_BYTES => Err(message!("history-line-too-long")),
            None => Err(message!("history-line-torn")),
        };
        let (why, previous) = match entry {
            Ok((entry, digest)) if entry.previous == self.head => {
                self.entries.push(entry);
                self.head = digest;
                return;
            }
            Ok((entry, _)) if number == 1 => {
                (message!("history-line-not-first"), Some(entry.previous))
            }
            Ok((entry, _)) => (message!("history-line-out-of-order"), Some(entry.previous)),
            Err(why) => (why, None),
        };
        let path = path.display().to_string();
        let message = message!("history-line", line = number.to_string(), path = &path, why = why);
        let finding = Finding::failure(Code::History, message).path(path);
        self.broken = Some(match previous {
            Some(previous) => finding.expected(self.head, previous),
            None => finding,
        });
    }

    /// The entries before the first invalid line.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The SHA-256 of the last valid line. The next line will contain it. Zeros if there is no
    /// line.
    pub fn head(&self) -> Digest {
        self.head
    }

    /// The failure of the first invalid line, if there is one.
    pub fn broken(&self) -> Option<&Finding> {
        self.broken.as_ref()
    }
}

/// Refuses anything that is not a regular file. A pipe may never end.
fn check_regular(metadata: &Metadata, path: &Path) -> Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let error = Error::source(message!("not-a-regular-file"), message!("hint-regular-file"));
    Err(error.in_source(path.display().to_string()))
}
