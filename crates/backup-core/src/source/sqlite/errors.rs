//! Converts errors of SQLite, by their result codes.

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

/// SQLite cannot read the database or a part of it.
pub(super) fn unreadable(error: &rusqlite::Error) -> Error {
    if is_damage(error) {
        return damaged(words(error));
    }
    let why = message!("database-unreadable", error = words(error));
    Error::source(why, message!("hint-database-other-program"))
}

/// As [`unreadable`], but also recognizes a record that is too large: SQLite needs more memory than
/// its limit, or a value is too long.
pub(super) fn unreadable_record(error: &rusqlite::Error, max_record_bytes: u64) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::OutOfMemory | ErrorCode::TooBig) => too_large(max_record_bytes),
        _ => unreadable(error),
    }
}

/// SQLite cannot read the definitions. It also calls definitions malformed that another build of
/// SQLite can read, for example with more columns.
pub(super) fn unreadable_definitions(error: &rusqlite::Error) -> Error {
    let why = message!("database-definitions", error = words(error));
    Error::source(why, message!("hint-database-other-program"))
}

/// The error for a record that is longer than `most` bytes, or that may be.
pub(super) fn too_large(most: u64) -> Error {
    let why = message!("database-large-record", most = in_mib(most));
    Error::source(why, message!("hint-database-large-record"))
}
