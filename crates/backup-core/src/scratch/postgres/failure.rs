//! Errors of the server, for a scratch database.

use std::io;

use tokio_postgres::Error as ServerError;
use tokio_postgres::error::SqlState;

use crate::error::{Error, ErrorKind, ScratchCause};
use crate::i18n::{Message, message};
use crate::server::postgres::words;

/// Converts an error of the server. `doing` is the operation that failed.
pub(super) fn failed(doing: Message, error: &ServerError) -> Error {
    let cause = match error.code() {
        Some(code) if *code == SqlState::DISK_FULL => ScratchCause::DiskFull,
        Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => ScratchCause::Privilege,
        _ => ScratchCause::Refused,
    };
    Error::new(ErrorKind::Scratch { doing, cause, why: words(error).into(), hint: None })
}

/// Converts an error of a query.
pub(super) fn read_failed(error: ServerError) -> Error {
    failed(message!("scratch-read"), &error)
}

/// Converts an error of a stream of tuples.
pub(super) fn stream_failed(doing: Message, error: io::Error) -> Error {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<ServerError>());
    match cause {
        Some(error) => failed(doing, error),
        None => Error::scratch(doing, error.to_string()),
    }
}

/// The error for a database that exists already.
pub(super) fn exists(database: &str) -> Error {
    Error::new(ErrorKind::Scratch {
        doing: message!("scratch-create-database"),
        cause: ScratchCause::Refused,
        why: message!("kept-exists", database = database),
        hint: Some(message!("hint-kept-exists")),
    })
}
