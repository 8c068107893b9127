//! Merges a database with its journal and its write-ahead log, so that one file holds everything.
//!
//! The files are untrusted. They lie in a private folder, and nothing that they define runs.

use std::fs::{self, File};
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::HEAP_BYTES;
use super::heap::HeapLimit;
use super::journal::roll_back;
use super::open::{JOURNAL, WAL, beside, failed, restrict};
use crate::error::{Error, ErrorKind, Result};
use crate::source::MAX_RECORD_BYTES;
use crate::sqlite::words;

/// Rolls the database at `path` back from the journal beside it, and writes the log beside it into it.
///
/// # Errors
///
/// [`ErrorKind::Source`] if the database is damaged, [`ErrorKind::Scratch`] or [`ErrorKind::Io`] if
/// it cannot be written.
pub(crate) fn merge_sidecars(path: &Path) -> Result<()> {
    let failed_write = |error| Error::io("write", path, error);
    let journal = beside(path, JOURNAL);
    if journal.exists() {
        let mut main = File::options().read(true).write(true).open(path).map_err(failed_write)?;
        let rolled_back = roll_back(&mut main, &mut File::open(&journal).map_err(failed_write)?);
        rolled_back.map_err(|error| error.downcast().unwrap_or_else(failed_write))?;
        // SQLite would roll it back once more.
        fs::remove_file(&journal).map_err(failed_write)?;
    }
    if beside(path, WAL).exists() {
        let _heap = HeapLimit::of(HEAP_BYTES);
        checkpoint(path).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::OutOfMemory) => {
                failed("read its log", &error)
            }
            _ => {
                let why = words(&error);
                Error::new(ErrorKind::Scratch { doing: "take its log in", why })
            }
        })?;
    }
    Ok(())
}

/// Writes the log into the database and removes it.
fn checkpoint(path: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    restrict(&connection, MAX_RECORD_BYTES)?;
    // A database that only this connection uses needs no shared index of its log.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.query_row("PRAGMA main.wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)
}
