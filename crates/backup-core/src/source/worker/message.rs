//! What a worker tells its parent: one line of JSON for each message. The text of records follows its line.

use std::io::{self, BufRead, Read as _, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};
use crate::finding::{Code, Finding};
use crate::model::{LedgerEntry, Origin};

/// How long the line of a message may be, and a batch of records beside the last record in it.
const MAX_BYTES: u64 = 64 << 20;

/// A step of reading a source.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Message {
    /// A table begins. All of its columns hold cells of every kind.
    Table {
        name: String,
        labels: Vec<String>,
        origin: Origin,
    },
    /// Whole records of that table follow in canonical form, in so many bytes.
    Records(u64),
    EndTable,
    Ledger(LedgerEntry),
    /// A finding about the source's own data, as a manifest has it.
    Remark(LedgerEntry),
    /// How many bytes were read since the last one.
    Progress(u64),
    /// The last message, if all was read: what was found out about the source.
    Done(Map<String, Value>),
    /// The last message, if the source cannot be read.
    Failed(Failure),
}

impl Message {
    pub(super) fn write(&self, output: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *output, self)?;
        output.write_all(b"\n")
    }

    /// The next message and the text behind it, of records that may take so many bytes each; `None` at the
    /// end.
    pub(super) fn read(
        input: &mut impl BufRead,
        max_record_bytes: u64,
    ) -> io::Result<Option<(Self, String)>> {
        let (mut line, mut text) = (Vec::new(), String::new());
        input.take(MAX_BYTES).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        if !line.ends_with(b"\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let message = serde_json::from_slice(&line).map_err(|_| io::ErrorKind::InvalidData)?;
        if let Self::Records(bytes) = message {
            // In canonical form each byte of a record may be a quote that is doubled.
            if bytes > max_record_bytes.saturating_mul(2).saturating_add(MAX_BYTES) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            // Memory grows with what is there, not with what is claimed.
            if input.take(bytes).read_to_string(&mut text)? as u64 != bytes {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(Some((message, text)))
    }
}

/// Why a source cannot be read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failure {
    message: String,
    hint: String,
    misread: Option<Misread>,
    table: Option<String>,
    record: Option<u64>,
    column: Option<u64>,
}

/// What the source holds by another account, and what its reader gave.
#[derive(Debug, Serialize, Deserialize)]
struct Misread {
    table: Option<String>,
    expected: Option<String>,
    actual: Option<String>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let location = error.location().clone();
        let (message, hint) = (error.kind().to_string(), error.hint().unwrap_or_default());
        let misread = match error.into_kind() {
            ErrorKind::Misread(Finding { table, expected, actual, .. }) => {
                Some(Misread { table, expected, actual })
            }
            _ => None,
        };
        let (table, record, column) = (location.table, location.record, location.column);
        Self { message, hint, misread, table, record, column }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let mut error = match failure.misread {
            None => Self::source(failure.message, failure.hint),
            Some(Misread { table, expected, actual }) => {
                let finding = Finding::remark(Code::Misread, failure.message);
                Self::new(ErrorKind::Misread(Finding { table, expected, actual, ..finding }))
            }
        };
        if let Some(table) = failure.table {
            error = error.in_table(table);
        }
        if let Some(record) = failure.record {
            error = error.at_record(record);
        }
        match failure.column {
            Some(column) => error.at_column(column),
            None => error,
        }
    }
}
