//! Merges a database with its journal and its write-ahead log into one file.
//!
//! The files are untrusted. They are in a private folder, and nothing that they define is executed.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::errors::unreadable;
use super::files::{JOURNAL, WAL, beside};
use super::heap::{HEAP_BYTES, HeapLimit};
use super::journal::roll_back;
use super::open::restrict;
use crate::error::{Error, Result};
use crate::source::MAX_RECORD_BYTES;
use crate::sqlite::words;

/// Rolls the database at `path` back with its journal, and then writes its log into it.
///
/// # Errors
///
/// [`ErrorKind::Source`](crate::ErrorKind::Source) if the database is damaged,
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot be written.
pub(crate) fn merge_sidecars(path: &Path) -> Result<()> {
    let in_folder = |error| Error::writing(path, error);
    let journal = beside(path, JOURNAL);
    if journal.try_exists().map_err(in_folder)? {
        let mut main = File::options().read(true).write(true).open(path).map_err(in_folder)?;
        let rolled_back = roll_back(&mut main, &mut File::open(&journal).map_err(in_folder)?);
        rolled_back.map_err(|error| error.downcast().unwrap_or_else(in_folder))?;
        // Otherwise SQLite would roll back again.
        fs::remove_file(&journal).map_err(in_folder)?;
    }
    let log = beside(path, WAL);
    if log.try_exists().map_err(in_folder)? {
        let _heap = HeapLimit::of(HEAP_BYTES);
        checkpoint(path).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::OutOfMemory) => {
                unreadable(&error)
            }
            Some(ErrorCode::DiskFull) => in_folder(io::ErrorKind::StorageFull.into()),
            _ => in_folder(io::Error::other(words(&error))),
        })?;
        // SQLite removes the log, but does not report an error if it cannot.
        match fs::remove_file(&log) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(in_folder(error)),
            _ => {}
        }
    }
    Ok(())
}

/// Writes the log into the database.
fn checkpoint(path: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    restrict(&connection, MAX_RECORD_BYTES)?;
    // No other connection shares the index of the log. The whole file is flushed later, before it
    // is published.
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF;")?;
    connection.query_row("PRAGMA main.wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)
}
