//! What a worker sends to its parent: one line of JSON for each message. The text of records follows its line.

use std::io::{self, BufRead, Read as _, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Remedy};
use crate::finding::Location;
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Origin};

/// How many bytes the line of a message may have, and a batch of records beside the last record in it.
const MAX_BYTES: u64 = 64 << 20;

/// A step of reading a source.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum WorkerMessage {
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
    /// A finding about the source's own data, with the code and count that a manifest keeps of it.
    Remark {
        message: Message,
        path: Option<String>,
        table: Option<String>,
        code: LedgerCode,
        count: u64,
    },
    /// How many bytes were read since the last one.
    Progress(u64),
    /// The last message, if all was read: details that describe the source.
    Done(Map<String, Value>),
    /// The last message, if the source cannot be read.
    Failed(Failure),
}

impl WorkerMessage {
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

/// Why a source cannot be read, and where.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failure {
    why: Message,
    hint: Message,
    remedy: Option<Remedy>,
    /// The table of a source that is misread, and what was expected and given.
    misread: Option<[Option<String>; 3]>,
    table: Option<String>,
    record: Option<u64>,
    column: Option<u64>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let Location { table, record, column, .. } = error.location().clone();
        let hint = message!("hint-carry-as-file");
        let mut remedy = None;
        let (why, hint, misread) = match error.into_kind() {
            ErrorKind::Source { why, hint, remedy: setting } => {
                remedy = setting;
                (why, hint, None)
            }
            ErrorKind::Misread(finding) => {
                let Finding { table, expected, actual, message, .. } = finding;
                (message, hint, Some([table, expected, actual]))
            }
            ErrorKind::Limit { what } => (what, hint, None),
            kind => (message!("worker-failed", error = kind.to_string()), hint, None),
        };
        Self { why, hint, remedy, misread, table, record, column }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let Failure { why, hint, remedy, misread, table, record, column } = failure;
        let mut error = match misread {
            None => Self::source(why, hint),
            Some([table, expected, actual]) => {
                let finding = Finding::remark(Code::Misread, why);
                Self::new(ErrorKind::Misread(Finding { table, expected, actual, ..finding }))
            }
        };
        if let Some(remedy) = remedy {
            error = error.remedy(remedy);
        }
        if let Some(table) = table {
            error = error.in_table(table);
        }
        if let Some(record) = record {
            error = error.at_record(record);
        }
        match column {
            Some(column) => error.at_column(column),
            None => error,
        }
    }
}
