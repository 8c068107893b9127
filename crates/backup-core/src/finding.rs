//! Results of checks: failures and notes.

mod location;
mod remedy;
mod text;

use serde::{Serialize, Serializer};

pub use self::location::Location;
pub use self::remedy::Remedy;
pub use self::text::{place, sentence};
use crate::i18n::Message;
use crate::ledger_code::LedgerCode;

/// The result of a check: a failure or a note. A report holds all findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The kind of finding. Codes are stable, so programs can use them.
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
    /// The member of the archive, or the file of the source, that it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The record, counted from 1 within its part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// The byte, counted from 0: within the member, or within the tar if no member is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte: Option<u64>,
    /// The expected value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The actual value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// Whether it shows that the export does not contain what the CRM does.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gap: bool,
    /// One sentence for people. JSON contains the English one. It never quotes a cell.
    #[serde(serialize_with = "english")]
    pub message: Message,
    /// The code and count of the note that the archive stores, if this is a note on the data of a
    /// source.
    #[serde(skip)]
    pub(crate) noted: Option<(LedgerCode, u64)>,
}

/// Whether a finding makes the verdict `failed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// The verdict is `failed`.
    Failure,
    /// A note. It does not change the verdict.
    Remark,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Code {
    /// The file is truncated, or its end is not the one that was written.
    CutShort,
    /// Encrypted bytes that do not authenticate.
    Seal,
    /// An invalid zstd frame, or an invalid seek table.
    Frame,
    /// An invalid tar member.
    Member,
    /// An invalid tag file of the bag.
    Bag,
    /// An invalid manifest.
    Manifest,
    /// A format version that this program does not know.
    Version,
    /// The bytes of a member are not those that were written.
    MemberDigest,
    /// Table text that is not in canonical form.
    Canonical,
    /// The number of records in a table is not the expected one.
    TableRows,
    /// The digest of a table is not the expected one.
    TableDigest,
    /// The kinds, nulls or lengths that were counted in a restored table are not those of the
    /// source.
    TableCounts,
    /// The digest of a file is not the expected one.
    FileDigest,
    /// `contents.jsonl` does not match the contents of the archive.
    Contents,
    /// The content id is not the expected one.
    ContentId,
    /// Encrypted bytes that do not match the `.sha256` file.
    SealedDigest,
    /// The current source differs from the archive.
    Against,
    /// The archive is older than allowed, or its date is in the future.
    Age,
    /// A restore took longer than allowed.
    RestoreTime,
    /// A history that was changed after it was written, or that records another archive under this
    /// name.
    History,
    /// A total differs from the one that the CRM shows.
    Total,
    /// A note on the source's own data.
    Source,
    /// A key is repeated or missing, as it was in the source.
    Key,
    /// A reference to a record that does not exist, or to a table that is not in the archive.
    Reference,
    /// A part of a table has another header than the others, so they are not one table.
    Headers,
    /// A part of a table, or a numbered file, is missing between others, or the database of a log.
    MissingPart,
    /// A table has exactly as many records as a file of this kind can have, or a cell as many ids; or
    /// a part has fewer although another one follows.
    Limit,
    /// A file that a record names is missing, or its content is not the right one.
    Attachment,
    /// Several files have the same content.
    Duplicate,
    /// Links that open only as long as the account exists.
    Links,
    /// The export has no records.
    NoRecords,
    /// A line of a table is no record, such as a title, totals, or types of columns.
    Layout,
    /// Ids that a spreadsheet program has rounded or padded.
    Ids,
    /// The file system does not support an operation.
    FileSystem,
    /// Earlier runs left scratch databases on the server.
    Scratch,
    /// The reader of a source returned other cells than the file contains. The source was stored as
    /// a file.
    Misread,
    /// An export has much less of something than the last one in the history.
    Shrunk,
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
            gap: false,
            message: message.into(),
            noted: None,
        }
    }

    /// A note. The backup is not wrong.
    pub fn remark(code: Code, message: impl Into<Message>) -> Self {
        Self { severity: Severity::Remark, ..Self::failure(code, message) }
    }

    /// Marks it as a gap of the export.
    pub(crate) fn gap(mut self) -> Self {
        self.gap = true;
        self
    }

    /// Sets the code and count of the note that the archive stores.
    pub(crate) fn noted(mut self, code: LedgerCode, count: u64) -> Self {
        self.noted = Some((code, count));
        self
    }

    /// Whether this is the note that a source contains a secret key.
    pub fn is_secret_key_note(&self) -> bool {
        matches!(self.noted, Some((LedgerCode::SecretKey, _)))
    }

    /// Whether this is the note that a restored file has another name.
    pub fn is_renamed_note(&self) -> bool {
        matches!(self.noted, Some((LedgerCode::RenamedFile, _)))
    }

    /// Sets the table that it concerns.
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = Some(table.into());
        self
    }

    /// Sets the member or file that it concerns.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets the part of the table, counted from 1.
    pub(crate) fn part(mut self, part: u64) -> Self {
        self.part = Some(part);
        self
    }

    /// Sets the byte, counted from 0.
    pub(crate) fn at_byte(mut self, byte: u64) -> Self {
        self.byte = Some(byte);
        self
    }

    /// Sets the record, counted from 1, and the byte, counted from 0.
    pub fn at(mut self, record: u64, byte: u64) -> Self {
        self.record = Some(record);
        self.byte = Some(byte);
        self
    }

    /// Sets the expected and the actual value.
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

/// Whether the end of the archive is missing, not only something before it.
pub(crate) fn is_cut_short(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.code == Code::CutShort)
}

fn english<S: Serializer>(message: &Message, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(message)
}
