//! The whole outcome of a run, as data.

mod describe;
mod parts;

pub use parts::{ArchiveInfo, CheckResults, Contents, RunInfo};

pub(crate) use describe::{describe, remarks, unread, without_text};

use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize, Serializer};

use crate::command::Command;
use crate::error::{Error, ErrorKind};
use crate::files;
use crate::finding::{Code, Finding, Severity};
use crate::i18n::message;
use crate::model::{LedgerEntry, Run, TableReport};
use crate::monitor::{Monitor, Unsupported};
use crate::outcome::SkippedCheck;
use crate::record::Digest;

/// The name and version of a report's JSON form.
pub const SCHEMA: &str = "crm-backup/report/1";

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Verdict {
    /// Complete, consistent and restorable. It does not mean authentic: whoever has the public key
    /// can make an archive.
    Proven,
    /// The encrypted file is unchanged since it was written. Its contents were not checked.
    Intact,
    /// A requested check could not run, and no failure was found.
    Unverified,
    /// Something is wrong; see the findings.
    Failed,
}

impl std::fmt::Display for Verdict {
    /// The word, as in JSON.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

/// How a run ended, as histories and metrics record it: with a verdict, or with an error that prevented one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RunOutcome {
    /// [`Verdict::Proven`].
    Proven,
    /// [`Verdict::Intact`].
    Intact,
    /// [`Verdict::Unverified`].
    Unverified,
    /// [`Verdict::Failed`].
    Failed,
    /// Nothing was checked.
    Error,
}

impl RunOutcome {
    /// All of them, from the best to the worst.
    pub const ALL: [Self; 5] =
        [Self::Proven, Self::Intact, Self::Unverified, Self::Failed, Self::Error];
}

impl std::fmt::Display for RunOutcome {
    /// The word, as in JSON.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

/// How a run ended that gave no report: with an [`Error`].
///
/// There is no such value for a run that ended well: only a [`Report`] shows that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
    /// The outcome of the verdict; `unverified` without one.
    fn from(report: &Report) -> Self {
        report.verdict().unwrap_or(Verdict::Unverified).into()
    }
}

/// Evidence of what was checked.
///
/// Only the code that checks can make one, and only for its own report: it cannot be copied, and a
/// report whose archive is another one is not proven by it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Proof {
    extent: Extent,
    #[serde(skip)]
    archive_id: Option<Digest>,
    #[serde(skip)]
    content_id: Option<Digest>,
    #[serde(skip)]
    when: SystemTime,
}

/// What a proof covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Extent {
    /// The encrypted bytes, compared with their checksum, without a key.
    Sealed,
    /// Every layer, digest and count of the archive.
    Archive,
    /// The archive, and what a database returned after loading it.
    Restored,
}

impl Proof {
    /// What was proven.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// The archive that was checked; `None` if only its encrypted bytes were.
    pub fn archive_id(&self) -> Option<Digest> {
        self.archive_id
    }

    /// What the archive holds; `None` if only its encrypted bytes were checked.
    pub fn content_id(&self) -> Option<Digest> {
        self.content_id
    }

    /// When the check ended.
    pub fn when(&self) -> SystemTime {
        self.when
    }
}

/// The outcome of a run.
///
/// Its [`verdict`](Self::verdict) follows from what was checked and cannot be set.
#[derive(Debug, Default, Serialize)]
#[serde(remote = "Self")]
pub struct Report {
    pub(crate) command: Command,
    #[serde(flatten)]
    pub(crate) archive: ArchiveInfo,
    #[serde(flatten)]
    pub(crate) contents: Contents,
    #[serde(flatten)]
    pub(crate) results: CheckResults,
    #[serde(flatten)]
    pub(crate) run: RunInfo,
    proof: Option<Proof>,
    pub(crate) findings: Vec<Finding>,
    #[serde(rename = "not_looked_at", serialize_with = "sentences")]
    pub(crate) skipped: Vec<SkippedCheck>,
}

fn sentences<S: Serializer>(skipped: &[SkippedCheck], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(skipped.iter().map(ToString::to_string))
}

impl Report {
    pub(crate) fn new(command: Command) -> Self {
        Self { command, ..Self::default() }
    }

    /// Records that everything to this extent was checked, now.
    pub(crate) fn prove(&mut self, extent: Extent) {
        let (archive_id, content_id) = (self.archive.id, self.archive.content_id);
        self.proof = Some(Proof { extent, archive_id, content_id, when: SystemTime::now() });
    }

    /// The command that the report is of.
    pub fn command(&self) -> Command {
        self.command
    }

    /// Which archive it is about.
    pub fn archive(&self) -> &ArchiveInfo {
        &self.archive
    }

    /// What the archive holds.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The results of checks, beside findings.
    pub fn results(&self) -> &CheckResults {
        &self.results
    }

    /// How the run was asked for, and what it did.
    pub fn run(&self) -> &RunInfo {
        &self.run
    }

    /// What was proven, if anything was.
    pub fn proof(&self) -> Option<&Proof> {
        self.proof.as_ref()
    }

    /// What is wrong, and notes.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The requested checks that could not run.
    pub fn skipped_checks(&self) -> &[SkippedCheck] {
        &self.skipped
    }

    /// Adds a check of the caller's that could not run; the report is no longer proven.
    pub fn skip(&mut self, check: SkippedCheck) {
        self.skipped.push(check);
    }

    /// Sets how the run was asked for.
    pub fn set_request(&mut self, request: Run) {
        self.run.request = Some(request);
    }

    /// Removes the drafts that killed runs left beside these files, and reports them.
    pub(crate) fn sweep<'a>(
        &mut self,
        targets: impl IntoIterator<Item = &'a Path>,
        monitor: &dyn Monitor,
    ) {
        let swept = targets.into_iter().flat_map(|target| files::sweep(target, monitor));
        let swept = swept.chain(files::sweep_private(monitor));
        self.run.removed.extend(swept);
    }

    /// Adds a note for each thing that a file system cannot do, once.
    pub(crate) fn unsupported(&mut self, unsupported: impl IntoIterator<Item = Unsupported>) {
        for note in unsupported.into_iter().map(|one| one.note()) {
            if !self.findings.contains(&note) {
                self.findings.push(note);
            }
        }
    }

    /// How many records the archive holds, if that is known.
    pub fn records(&self) -> Option<u64> {
        self.archive.content_id.map(|_| {
            self.contents.tables.iter().map(|table| table.rows).fold(0, u64::saturating_add)
        })
    }

    /// Whether the archive, or the planned one, holds no records. It may hold files.
    pub fn is_without_records(&self) -> bool {
        self.records() == Some(0)
    }

    /// Whether the archive holds only files: no table, and no source that was too empty to be one.
    pub fn is_of_files_alone(&self) -> bool {
        self.contents.tables.is_empty()
            && !self.contents.files.is_empty()
            && self.empty_sources().next().is_none()
    }

    /// The entries of the ledger for files and sheets that hold nothing.
    fn empty_sources(&self) -> impl Iterator<Item = &LedgerEntry> {
        self.contents.ledger.iter().filter(|entry| entry.code.is_of_nothing())
    }

    /// Adds a note for each table without records: it is proven like any other, but may be a mistake.
    pub(crate) fn name_empty_tables(&mut self) {
        let empty = self.contents.tables.iter().filter(|table| table.rows == 0);
        let remark = |TableReport { name, .. }: &TableReport| {
            Finding::remark(Code::Source, message!("table-without-records", table = name))
                .table(name)
        };
        self.findings.extend(empty.map(remark));
    }

    /// Adds the same notes, and one for each file or sheet that is too empty to be a table.
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

    /// The requested checks that could not run, and why, in English, as in JSON.
    pub fn skipped(&self) -> Vec<String> {
        self.skipped.iter().map(ToString::to_string).collect()
    }

    /// Whether something is wrong.
    pub fn has_failure(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Failure)
    }

    /// The verdict; `None` if none was asked for and nothing is wrong.
    ///
    /// A failure makes it `failed`, a skipped check `unverified`.
    pub fn verdict(&self) -> Option<Verdict> {
        if self.has_failure() {
            return Some(Verdict::Failed);
        }
        if !self.skipped.is_empty() {
            return Some(Verdict::Unverified);
        }
        let proof = self.proof.as_ref()?;
        let is_of_this =
            (proof.archive_id, proof.content_id) == (self.archive.id, self.archive.content_id);
        Some(match proof.extent {
            _ if !is_of_this => Verdict::Unverified,
            Extent::Sealed => Verdict::Intact,
            Extent::Archive | Extent::Restored => Verdict::Proven,
        })
    }
}

impl Serialize for Report {
    /// The JSON form: its fields, its version and its verdict.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            schema: &'static str,
            verdict: Option<Verdict>,
            #[serde(flatten, serialize_with = "Report::serialize")]
            report: &'a Report,
        }
        Form { schema: SCHEMA, verdict: self.verdict(), report: self }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The programs of `tests/src/forgeries.rs` do not compile because these fields are private: if one
    /// is renamed here, it has to be renamed there.
    #[test]
    fn the_fields_that_forgeries_name_exist() {
        let mut report = Report::new(Command::Verify);
        report.prove(Extent::Archive);
        let Report { proof, findings, skipped, .. } = report;
        let Proof { extent: _, archive_id, content_id, when: _ } = proof.expect("it is proven");
        assert_eq!((archive_id, content_id, findings.len(), skipped.len()), (None, None, 0, 0));
    }
}
