//! Errors of the scratch database.

use crate::error::{Error, ErrorKind, ScratchCause};
use crate::i18n::{Message, message};
use crate::sqlite::words;

/// Converts an error of SQLite. `doing` is the operation that failed.
pub(super) fn failed(doing: Message, error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{CannotOpen, DiskFull, SystemIoFailure};
    let cause = match error.sqlite_error_code() {
        Some(DiskFull) => ScratchCause::DiskFull,
        Some(SystemIoFailure | CannotOpen) => ScratchCause::Disk,
        _ => ScratchCause::Refused,
    };
    Error::new(ErrorKind::Scratch { doing, cause, why: words(&error).into(), hint: None })
}

pub(super) fn unknown_table() -> Error {
    Error::scratch(message!("scratch-find-table"), message!("scratch-not-created"))
}
