//! The messages from a worker to its parent process. Each is one line of JSON. A message about
//! records is followed by their text.

use std::io::{self, BufRead, Read as _, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};
use crate::finding::{Code, Finding, Location, Remedy};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Origin};
use crate::record::{MAX_CELL_BYTES, Table};

/// The maximum length of a line. A table with the longest labels that the manifest allows is much
/// shorter.
const MAX_LINE_BYTES: u64 = 64 << 20;

/// The maximum length of the records in one message. A worker sends them as soon as they have 64
/// KiB, so only the last one can be large.
const MAX_RECORDS_BYTES: u64 = 2 * MAX_CELL_BYTES as u64;

/// A message about a step of reading a source.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum WorkerMessage {
    /// A table begins.
    Table(Table, Origin),
    /// Complete records of the current table follow, as this number of bytes of canonical text.
    Records(u64),
    EndTable,
    Ledger(LedgerEntry),
    /// A finding about the source data, with the code and count that a manifest stores.
    Remark {
        message: Message,
        path: Option<String>,
        table: Option<String>,
        code: LedgerCode,
        count: u64,
    },
    /// The number of bytes that were read since the last message of this kind.
    Progress(u64),
    /// The last message if everything was read: the details for the metadata of the source.
    Done(Map<String, Value>),
    /// The last message if the source cannot be read.
    Failed {
        cause: Failure,
        location: Location,
    },
}

impl WorkerMessage {
    pub(super) fn write(&self, output: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *output, self)?;
        output.write_all(b"\n")
    }

    /// Reads the next message, and the text after it; `None` at the end.
    pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<(Self, String)>> {
        let (mut line, mut text) = (String::new(), String::new());
        match input.take(MAX_LINE_BYTES).read_line(&mut line)? as u64 {
            0 => return Ok(None),
            MAX_LINE_BYTES => return Err(io::ErrorKind::InvalidData.into()),
            _ => {}
        }
        let message = serde_json::from_str(&line)?;
        if let Self::Records(bytes) = message {
            if bytes > MAX_RECORDS_BYTES {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if input.take(bytes).read_to_string(&mut text)? as u64 != bytes {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(Some((message, text)))
    }
}

/// Why a source cannot be read. The parent process handles these kinds differently.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Failure {
    Source { why: Message, hint: Message, remedy: Option<Remedy> },
    Misread { message: Message, table: Option<String>, counts: [Option<String>; 2] },
}

impl From<Error> for WorkerMessage {
    fn from(error: Error) -> Self {
        let location = error.location().clone();
        let as_file =
            |why| Failure::Source { why, hint: message!("hint-store-as-file"), remedy: None };
        let cause = match error.into_kind() {
            ErrorKind::Source { why, hint, remedy } => Failure::Source { why, hint, remedy },
            ErrorKind::Misread(Finding { message, table, expected, actual, .. }) => {
                Failure::Misread { message, table, counts: [expected, actual] }
            }
            ErrorKind::Limit { what } => as_file(what),
            kind => as_file(message!("worker-failed", error = kind.to_string())),
        };
        Self::Failed { cause, location }
    }
}

impl From<Failure> for ErrorKind {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Source { why, hint, remedy } => Self::Source { why, hint, remedy },
            Failure::Misread { message, table, counts: [expected, actual] } => {
                let finding = Finding::remark(Code::Misread, message);
                Self::Misread(Finding { table, expected, actual, ..finding })
            }
        }
    }
}
