//! Results of checks: something wrong, or worth a note.

mod location;
mod text;

use serde::{Serialize, Serializer};

pub use self::location::Location;
pub use self::text::{place, sentence};
use crate::i18n::Message;
use crate::ledger_code::LedgerCode;

/// The result of a check: something wrong, or worth a note. A report holds all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The kind of finding; stable, for programs.
    pub code: Code,
    /// Whether it makes the verdict `failed`.
    pub severity: Severity,
    /// The table it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The part of the table, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<u64>,
    /// The first and the last record of the table that the part holds, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<[u64; 2]>,
    /// The member of the archive, or the file of the source, it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The record, counted from 1 within its part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// The byte, counted from 0: within the member, or within the tar if no member is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte: Option<u64>,
    /// What had to be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// One sentence for a person, in JSON in English; it never quotes a cell.
    #[serde(serialize_with = "english")]
    pub message: Message,
    /// The code and count of the note that an archive keeps of it, if it is one on a source's own data.
    #[serde(skip)]
    pub(crate) noted: Option<(LedgerCode, u64)>,
}

/// Whether a finding is about the backup or about the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// The backup is not what it has to be: the verdict is `failed`.
    Failure,
    /// A note: nothing is wrong with the backup.
    Remark,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Code {
    /// The file is cut short, or its end is not the one that was written.
    CutShort,
    /// Encrypted bytes that do not authenticate.
    Seal,
    /// A zstd frame, or the table of frames, that does not have the expected digest.
    Frame,
    /// A tar member that does not have the expected digest.
    Member,
    /// A tag file of the bag that does not have the expected digest.
    Bag,
    /// A manifest that does not have the expected digest.
    Manifest,
    /// A format version that this program does not know.
    Version,
    /// A member whose bytes are not those that were written.
    MemberDigest,
    /// Table text that the canonical form does not allow.
    Canonical,
    /// A table with another number of records.
    TableRows,
    /// A table with another digest.
    TableDigest,
    /// A table's restored kinds, nulls or lengths that are not the ones of the source.
    TableCounts,
    /// An attachment with other bytes.
    FileDigest,
    /// `contents.jsonl` that is not what the archive holds.
    Contents,
    /// The content id is not the expected one.
    ContentId,
    /// Encrypted bytes that do not match the `.sha256` file.
    SealedDigest,
    /// The current source differs from the archive.
    Against,
    /// An archive that is older than it may be, or from the future.
    Age,
    /// A restore that took longer than it may.
    RestoreTime,
    /// A history that is not what was written, or that knows the archive as another.
    History,
    /// A total that is not the one that the CRM shows.
    Total,
    /// Something about the source's own data.
    Source,
    /// A key that is repeated or missing, as it was in the source.
    Key,
    /// A reference to no record, or to a table that is not in the archive.
    Reference,
    /// What the file system that was written to cannot do.
    FileSystem,
    /// A source that its reader does not give as the file has it; it was stored as a file.
    Misread,
}

impl Finding {
    /// A finding that makes the verdict `failed`.
    pub fn failure(code: Code, message: impl Into<Message>) -> Self {
        Self {
            code,
            severity: Severity::Failure,
            table: None,
            part: None,
            records: None,
            path: None,
            record: None,
            byte: None,
            expected: None,
            actual: None,
            message: message.into(),
            noted: None,
        }
    }

    /// A note: nothing is wrong with the backup.
    pub fn remark(code: Code, message: impl Into<Message>) -> Self {
        Self { severity: Severity::Remark, ..Self::failure(code, message) }
    }

    /// Sets the code and count of the note that an archive keeps of it.
    pub(crate) fn noted(mut self, code: LedgerCode, count: u64) -> Self {
        self.noted = Some((code, count));
        self
    }

    /// Whether it is the note that a secret key is among the sources.
    pub fn is_of_a_secret_key(&self) -> bool {
        matches!(self.noted, Some((LedgerCode::SecretKey, _)))
    }

    /// The table it concerns.
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = Some(table.into());
        self
    }

    /// The member or file it concerns.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The part of the table, counted from 1.
    pub(crate) fn part(mut self, part: u64) -> Self {
        self.part = Some(part);
        self
    }

    /// The byte where it stands.
    pub(crate) fn at_byte(mut self, byte: u64) -> Self {
        self.byte = Some(byte);
        self
    }

    /// The record and byte where it stands.
    pub fn at(mut self, record: u64, byte: u64) -> Self {
        self.record = Some(record);
        self.byte = Some(byte);
        self
    }

    /// What had to be there, and what is.
    pub fn expected(mut self, expected: impl ToString, actual: impl ToString) -> Self {
        self.expected = Some(expected.to_string());
        self.actual = Some(actual.to_string());
        self
    }
}

impl From<&Finding> for Location {
    fn from(finding: &Finding) -> Self {
        Self {
            table: finding.table.clone(),
            part: finding.part,
            path: finding.path.clone(),
            record: finding.record,
            byte: finding.byte,
            ..Self::default()
        }
    }
}

/// Whether the end of the archive is gone, and not only something before it.
pub(crate) fn is_cut_short(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.code == Code::CutShort)
}

fn english<S: Serializer>(message: &Message, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(message)
}
