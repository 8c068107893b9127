//! The whole outcome of a run, as data.

mod describe;

pub(crate) use describe::{describe, remarks, unread, without_text};

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use crate::command::{Command, Step};
use crate::error::{Error, ErrorKind};
use crate::files;
use crate::finding::{Code, Finding, Severity};
use crate::i18n::message;
use crate::model::{
    AgainstReport, FileReport, KeyReport, LedgerEntry, LimitReport, ReferenceReport, Run,
    SourceMetadata, TableReport, TotalReport,
};
use crate::monitor::{Monitor, Unsupported};
use crate::outcome::{Check, SkippedCheck};
use crate::record::Digest;

/// The name and version of a report's JSON form.
pub const SCHEMA: &str = "crm-backup/report/1";

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Complete, consistent and restorable. It does not mean authentic: whoever has the public key
    /// can make an archive.
    Proven,
    /// The sealed bytes are the ones that were written; nobody looked inside.
    Intact,
    /// Something that was asked for could not be looked at, and nothing wrong was seen.
    Unverified,
    /// Something is wrong; the findings say what.
    Failed,
}

impl Verdict {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Intact => "intact",
            Self::Unverified => "unverified",
            Self::Failed => "failed",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a run ended, for what is kept of it: with a verdict, or with an error that kept it from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunOutcome {
    /// [`Verdict::Proven`].
    Proven,
    /// [`Verdict::Intact`].
    Intact,
    /// [`Verdict::Unverified`].
    Unverified,
    /// [`Verdict::Failed`].
    Failed,
    /// Nothing was looked at.
    Error,
}

impl RunOutcome {
    /// All of them, from the best to the worst.
    pub const ALL: [Self; 5] =
        [Self::Proven, Self::Intact, Self::Unverified, Self::Failed, Self::Error];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Intact => "intact",
            Self::Unverified => "unverified",
            Self::Failed => "failed",
            Self::Error => "error",
        }
    }
}

/// How a run ended that gave no report: with an [`Error`].
///
/// There is no such value for a run that ended well: only a [`Report`] shows that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorOutcome {
    /// The archive was opened and is not what it has to be: recorded as [`RunOutcome::Failed`].
    Refused,
    /// Nothing was checked: recorded as [`RunOutcome::Error`].
    Error,
}

impl From<&Error> for ErrorOutcome {
    fn from(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Refused(_) => Self::Refused,
            _ => Self::Error,
        }
    }
}

impl From<ErrorOutcome> for RunOutcome {
    fn from(outcome: ErrorOutcome) -> Self {
        match outcome {
            ErrorOutcome::Refused => Self::Failed,
            ErrorOutcome::Error => Self::Error,
        }
    }
}

impl From<Verdict> for RunOutcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Proven => Self::Proven,
            Verdict::Intact => Self::Intact,
            Verdict::Unverified => Self::Unverified,
            Verdict::Failed => Self::Failed,
        }
    }
}

impl From<&Report> for RunOutcome {
    /// That of the verdict; without one, nobody looked.
    fn from(report: &Report) -> Self {
        report.verdict().unwrap_or(Verdict::Unverified).into()
    }
}

/// Evidence that every byte, digest and count of an archive was looked at.
///
/// Only the code that looks can make one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    extent: Extent,
}

/// How far a proof goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Extent {
    /// The sealed bytes against their checksum, without a key.
    Sealed,
    /// Every layer, digest and count of the archive.
    Archive,
    /// The archive, and what a database gave back after loading it.
    Restored,
}

impl Proof {
    pub(crate) fn new(extent: Extent) -> Self {
        Self { extent }
    }

    /// What was proven.
    pub fn extent(&self) -> Extent {
        self.extent
    }
}

/// The whole outcome of a run.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    /// What the report is of.
    pub command: Command,
    /// The archive's file, as it was named.
    pub archive: Option<String>,
    /// How long the archive is.
    pub archive_bytes: Option<u64>,
    /// The archive's own id: the SHA-256 of `tagmanifest-sha256.txt`.
    pub archive_id: Option<Digest>,
    /// When the archive was begun.
    pub created: Option<String>,
    /// The public name of the identity that opened the archive.
    pub opened_by: Option<String>,
    /// What the archive holds: the SHA-256 of `contents.jsonl`.
    pub content_id: Option<Digest>,
    /// The content id that it was to have, if one was given.
    pub expected_id: Option<Digest>,
    /// How the run was asked for, if whoever read its arguments said so.
    pub run: Option<Run>,
    /// What was proven, if anything was.
    pub proof: Option<Proof>,
    /// What was looked at and found wrong, or is worth saying.
    pub findings: Vec<Finding>,
    /// How many remarks on the sources were made when the archive was, and are not made again.
    pub remarks_at_export: u64,
    /// What was asked for and could not be looked at, and why.
    pub not_looked_at: Vec<SkippedCheck>,
    /// What was looked at.
    pub checks: Vec<Check>,
    /// The tables.
    pub tables: Vec<TableReport>,
    /// The keys that were looked at.
    pub keys: Vec<KeyReport>,
    /// The references that were looked at.
    pub references: Vec<ReferenceReport>,
    /// The files.
    pub files: Vec<FileReport>,
    /// The sources that were read when the archive was made.
    pub sources: Vec<SourceMetadata>,
    /// What a source held and the archive does not, or holds in another form.
    pub ledger: Vec<LedgerEntry>,
    /// The limits that it was held to.
    pub limits: Vec<LimitReport>,
    /// The tables, against the sources as they are now, if that was asked for.
    pub against: Vec<AgainstReport>,
    /// The totals that were expected, if any were.
    pub totals: Vec<TotalReport>,
    /// How long each step took.
    pub timings: Vec<(Step, Duration)>,
    /// What was written, in order.
    pub written: Vec<String>,
    /// What runs that were killed had left behind, and was removed.
    pub swept: Vec<String>,
}

impl Report {
    pub(crate) fn new(command: Command) -> Self {
        Self { command, ..Self::default() }
    }

    /// Removes what killed runs left behind of these files, and notes it.
    pub(crate) fn sweep<'a>(
        &mut self,
        targets: impl IntoIterator<Item = &'a Path>,
        monitor: &dyn Monitor,
    ) {
        let swept = targets.into_iter().flat_map(|target| files::sweep(target, monitor));
        let swept = swept.chain(files::sweep_private(monitor));
        self.swept.extend(swept.map(|path| path.display().to_string()));
    }

    /// Notes what a file system cannot do, each once.
    pub(crate) fn unsupported(&mut self, unsupported: impl IntoIterator<Item = Unsupported>) {
        for note in unsupported.into_iter().map(|one| one.note()) {
            if !self.findings.contains(&note) {
                self.findings.push(note);
            }
        }
    }

    /// How many records the archive holds, if that is known.
    pub fn records(&self) -> Option<u64> {
        self.content_id
            .map(|_| self.tables.iter().map(|table| table.rows).fold(0, u64::saturating_add))
    }

    /// Whether it is of an archive, or of what would be one, that holds no record at all. It may hold
    /// files.
    pub fn is_without_records(&self) -> bool {
        self.records() == Some(0)
    }

    /// Whether files are all that was to be in the archive: no table, and no source that is too empty to
    /// have one.
    pub fn is_of_files_alone(&self) -> bool {
        self.tables.is_empty() && !self.files.is_empty() && self.empty_sources().next().is_none()
    }

    /// The entries of the ledger for files and sheets that hold nothing.
    fn empty_sources(&self) -> impl Iterator<Item = &LedgerEntry> {
        self.ledger.iter().filter(|entry| entry.code.is_of_nothing())
    }

    /// Remarks on each table without records, which is proven as any other is, and may not be what was
    /// meant to be exported.
    pub(crate) fn name_empty_tables(&mut self) {
        let empty = self.tables.iter().filter(|table| table.rows == 0);
        let remark = |TableReport { name, .. }: &TableReport| {
            Finding::remark(Code::Source, message!("table-without-records", table = name))
                .table(name)
        };
        self.findings.extend(empty.map(remark));
    }

    /// The same, and on what is so empty that there is not even a table.
    pub(crate) fn name_all_that_is_empty(&mut self) {
        let remark = |entry: &LedgerEntry| Finding {
            path: entry.source.clone(),
            table: entry.table.clone(),
            ..Finding::remark(
                Code::Source,
                message!("source-without-table").with_english(&entry.message),
            )
        };
        let remarks: Vec<_> = self.empty_sources().map(remark).collect();
        self.findings.extend(remarks);
        self.name_empty_tables();
    }

    /// What was asked for and could not be checked, and why, in English: as in JSON.
    pub fn skipped(&self) -> Vec<String> {
        self.not_looked_at.iter().map(ToString::to_string).collect()
    }

    /// Whether something is wrong.
    pub fn has_failure(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Failure)
    }

    /// The verdict; `None` if none was asked for and nothing is wrong.
    ///
    /// It follows from what was seen and cannot be set: any failure makes it `failed`, anything
    /// that was asked for and not looked at makes it `unverified`.
    pub fn verdict(&self) -> Option<Verdict> {
        if self.has_failure() {
            return Some(Verdict::Failed);
        }
        if !self.not_looked_at.is_empty() {
            return Some(Verdict::Unverified);
        }
        match self.proof.as_ref()?.extent {
            Extent::Sealed => Some(Verdict::Intact),
            Extent::Archive | Extent::Restored => Some(Verdict::Proven),
        }
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            schema: &'static str,
            command: Command,
            verdict: Option<Verdict>,
            archive: &'a Option<String>,
            archive_bytes: Option<u64>,
            archive_id: Option<Digest>,
            created: &'a Option<String>,
            opened_by: &'a Option<String>,
            content_id: Option<Digest>,
            expected_id: Option<Digest>,
            run: &'a Option<Run>,
            proof: &'a Option<Proof>,
            findings: &'a [Finding],
            remarks_at_export: u64,
            not_looked_at: Vec<String>,
            checks: &'a [Check],
            tables: &'a [TableReport],
            keys: &'a [KeyReport],
            references: &'a [ReferenceReport],
            files: &'a [FileReport],
            ledger: &'a [LedgerEntry],
            limits: &'a [LimitReport],
            against: &'a [AgainstReport],
            totals: &'a [TotalReport],
            sources: &'a [SourceMetadata],
            timings_seconds: serde_json::Map<String, serde_json::Value>,
            written: &'a [String],
            swept: &'a [String],
        }
        let seconds =
            |(step, took): &(Step, Duration)| (step.as_str().to_owned(), took.as_secs_f64().into());
        Form {
            schema: SCHEMA,
            command: self.command,
            verdict: self.verdict(),
            archive: &self.archive,
            archive_bytes: self.archive_bytes,
            archive_id: self.archive_id,
            created: &self.created,
            opened_by: &self.opened_by,
            content_id: self.content_id,
            expected_id: self.expected_id,
            run: &self.run,
            proof: &self.proof,
            findings: &self.findings,
            remarks_at_export: self.remarks_at_export,
            not_looked_at: self.skipped(),
            checks: &self.checks,
            tables: &self.tables,
            keys: &self.keys,
            references: &self.references,
            files: &self.files,
            ledger: &self.ledger,
            limits: &self.limits,
            against: &self.against,
            totals: &self.totals,
            sources: &self.sources,
            timings_seconds: self.timings.iter().map(seconds).collect(),
            written: &self.written,
            swept: &self.swept,
        }
        .serialize(serializer)
    }
}
