//! SQLite's refusals as errors of this crate, decided by its result codes.

use rusqlite::ErrorCode;

use crate::error::Error;
use crate::i18n::message;
use crate::source::in_mib;
use crate::sqlite::words;

pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure)
    )
}

pub(super) fn damaged(detail: String) -> Error {
    Error::source(message!("database-damaged", detail = detail), message!("hint-database-damaged"))
}

/// SQLite cannot read the database, or something in it.
pub(super) fn unreadable(error: &rusqlite::Error) -> Error {
    if is_damage(error) {
        return damaged(words(error));
    }
    let why = message!("database-unreadable", error = words(error));
    Error::source(why, message!("hint-database-other-program"))
}

/// The same, or an error for a record that is too large: SQLite needs more memory than it may take, or a
/// value is longer than it may be.
pub(super) fn unreadable_record(error: &rusqlite::Error, max_record_bytes: u64) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::OutOfMemory | ErrorCode::TooBig) => too_large(max_record_bytes),
        _ => unreadable(error),
    }
}

/// SQLite cannot read the definitions. It calls them malformed if another build of it can read them,
/// with more columns for example.
pub(super) fn unreadable_definitions(error: &rusqlite::Error) -> Error {
    let why = message!("database-definitions", error = words(error));
    Error::source(why, message!("hint-database-other-program"))
}

/// The error for a record that is longer than `most` bytes, or cannot be told from one.
pub(super) fn too_large(most: u64) -> Error {
    let why = message!("database-large-record", most = in_mib(most));
    Error::source(why, message!("hint-database-large-record"))
}
