//! Errors of the server, for a scratch database.

use crate::error::{Error, ErrorKind, Result, ScratchCause};
use crate::i18n::{Message, message};
use crate::server::mysql::{Connection, code, words};

/// The errors of a server whose disk is full.
const DISK_FULL: [u16; 3] = [1021, 1114, 3675];

/// The errors for a user who may not use a database, execute a statement on a table, or in general.
const NO_PRIVILEGE: [u16; 3] = [1044, 1142, 1227];

/// Converts an error of the server. `doing` is the operation that failed.
pub(super) fn failed(doing: Message, error: &mysql::Error) -> Error {
    let cause = match code(error) {
        Some(code) if DISK_FULL.contains(&code) => ScratchCause::DiskFull,
        Some(code) if NO_PRIVILEGE.contains(&code) => ScratchCause::Privilege,
        _ => ScratchCause::Refused,
    };
    Error::new(ErrorKind::Scratch { doing, cause, why: words(error).into(), hint: None })
}

/// Converts an error of a query.
pub(super) fn read_failed(error: mysql::Error) -> Error {
    failed(message!("scratch-read"), &error)
}

/// Executes a statement without results. `doing` is what it does.
pub(super) fn execute(connection: &mut Connection, sql: &str, doing: Message) -> Result<()> {
    connection.execute(sql).map_err(|error| failed(doing, &error))
}
