//! What the two processes say: a byte for the sort of message, its length, and its content.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::archive::package::Origin;
use crate::error::{Error, ErrorKind};
use crate::finding::{Code, Detail, Finding};
use crate::ledger_code::LedgerCode;
use crate::uninterrupted::uninterrupted;

/// How long a message may be beside a record that it holds.
const MAX_BYTES: u64 = 64 << 20;

/// The longest message of a process whose records take at most so many bytes: in canonical form each of
/// them may be a quote that is doubled.
pub(super) fn max_bytes(max_record_bytes: u64) -> u64 {
    max_record_bytes.saturating_mul(2).saturating_add(MAX_BYTES)
}

/// The sorts of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A [`TableHead`].
    Table = 1,
    /// Whole records of that table, in canonical form.
    Records = 2,
    EndTable = 3,
    /// A [`LedgerEntry`](crate::archive::package::LedgerEntry).
    Ledger = 4,
    /// A [`Said`], which is a remark.
    Remark = 5,
    /// How many bytes were read since the last one, as 8 bytes.
    Progress = 6,
    /// The last one, if all was read: what was found out about the source.
    Done = 7,
    /// The last one, if it cannot be read: a [`Failure`].
    Failed = 8,
}

impl Sort {
    fn of(byte: u8) -> Option<Self> {
        use Sort::*;
        [Table, Records, EndTable, Ledger, Remark, Progress, Done, Failed]
            .into_iter()
            .find(|sort| *sort as u8 == byte)
    }
}

pub(super) fn write(output: &mut impl Write, sort: Sort, content: &[u8]) -> io::Result<()> {
    output.write_all(&[sort as u8])?;
    output.write_all(&(content.len() as u64).to_le_bytes())?;
    output.write_all(content)
}

/// The next message, of so many bytes at most; `None` at the end.
pub(super) fn read(input: &mut impl Read, max_bytes: u64) -> io::Result<Option<(Sort, Vec<u8>)>> {
    let mut head = [0; 9];
    if uninterrupted(|| input.read(&mut head[..1]))? == 0 {
        return Ok(None);
    }
    input.read_exact(&mut head[1..])?;
    let [sort, length @ ..] = head;
    let length = u64::from_le_bytes(length);
    let sort = Sort::of(sort).filter(|_| length <= max_bytes);
    let sort = sort.ok_or(io::ErrorKind::InvalidData)?;
    let mut content = Vec::new();
    // Memory grows with what is there, not with what is claimed.
    if input.take(length).read_to_end(&mut content)? as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some((sort, content)))
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TableHead {
    pub(super) name: String,
    /// Its columns' labels; all of them hold cells of every kind.
    pub(super) labels: Vec<String>,
    pub(super) origin: Origin,
}

/// A finding about the source's own data.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Said {
    message: String,
    path: Option<String>,
    table: Option<String>,
    expected: Option<String>,
    actual: Option<String>,
    /// The code and the count of its detail.
    detail: Option<(LedgerCode, u64)>,
}

impl From<Finding> for Said {
    fn from(finding: Finding) -> Self {
        let Finding { message, path, table, expected, actual, detail, .. } = finding;
        let detail = detail.and_then(Detail::code);
        Self { message, path, table, expected, actual, detail }
    }
}

impl From<Said> for Finding {
    fn from(said: Said) -> Self {
        let Said { message, path, table, expected, actual, detail } = said;
        let detail = detail.and_then(|(code, count)| Detail::of(&code, count));
        Self { path, table, expected, actual, detail, ..Self::remark(Code::Source, message) }
    }
}

/// Why a source cannot be read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Failure {
    why: Why,
    table: Option<String>,
    record: Option<u64>,
    column: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Why {
    Source { why: String, hint: String },
    Misread(Said),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let location = error.location().clone();
        let hint = error.hint().unwrap_or_default();
        // The place is said anew on the other side.
        let why = match error.into_kind() {
            ErrorKind::Misread(finding) => Why::Misread(finding.into()),
            kind => Why::Source { why: kind.to_string(), hint },
        };
        Self { why, table: location.table, record: location.record, column: location.column }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let mut error = match failure.why {
            Why::Source { why, hint } => Self::source(why, hint),
            Why::Misread(said) => Self::new(ErrorKind::Misread(said.into())),
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
