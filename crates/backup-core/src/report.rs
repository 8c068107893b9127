//! The result of a run, as data.

mod completeness;
mod describe;
mod parts;

pub use completeness::{
    ApiName, Completeness, DescribedColumn, FolderProfile, ProfileReport, RecognisedBy, Scope,
    Undecided, UndecidedReason,
};
pub use parts::{ArchiveInfo, CheckResults, Contents, RunInfo};

pub(crate) use describe::{describe, incomplete, opaque, remarks, unclear, unread, without_text};

use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize, Serializer};

use crate::command::Command;
use crate::error::{Error, ErrorKind};
use crate::files;
use crate::finding::{Code, Finding, Severity};
use crate::i18n::message;
use crate::model::{LedgerEntry, Run, ScratchServer, TableReport};
use crate::monitor::{Monitor, Unsupported};
use crate::outcome::SkippedCheck;
use crate::record::Digest;

/// The name and version of a report's JSON form.
pub const SCHEMA: &str = "crm-backup/report/1";

/// The verdict of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Verdict {
    /// The archive is complete, consistent and restorable. This does not mean authentic: everyone
    /// who has the public key can create an archive.
    Proven,
    /// The encrypted file is unchanged since it was written. Its contents were not checked.
    Intact,
    /// A requested check could not run, and no failure was found.
    Unverified,
    /// A check failed. The findings say which.
    Failed,
}

impl std::fmt::Display for Verdict {
    /// The name, as in JSON.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

/// How a run ended: with a verdict, or with an error that prevented one. Histories and metrics
/// record it.
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
    /// An error prevented the checks.
    Error,
}

impl RunOutcome {
    /// All outcomes, from the best to the worst.
    pub const ALL: [Self; 5] =
        [Self::Proven, Self::Intact, Self::Unverified, Self::Failed, Self::Error];
}

impl std::fmt::Display for RunOutcome {
    /// The name, as in JSON.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

/// How a run ended that returned an [`Error`] instead of a report.
///
/// There is no value for success, because only a [`Report`] can show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorOutcome {
    /// The archive was opened, and a check of it failed. Recorded as [`RunOutcome::Failed`].
    Refused,
    /// An error prevented the checks. Recorded as [`RunOutcome::Error`].
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
    /// The outcome of the verdict; `unverified` if there is no verdict.
    fn from(report: &Report) -> Self {
        report.verdict().unwrap_or(Verdict::Unverified).into()
    }
}

/// Evidence that a check passed.
///
/// Only the code that checks can create a proof, and only for its own report. A proof cannot be
/// copied, and does not prove a report about another archive.
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

    /// The id of the archive that was checked; `None` if only its encrypted bytes were.
    pub fn archive_id(&self) -> Option<Digest> {
        self.archive_id
    }

    /// The content id of the archive; `None` if only its encrypted bytes were checked.
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
    /// `None` if the command does not ask whether the export is complete.
    #[serde(flatten)]
    pub(crate) scope: Option<Scope>,
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

    /// Records that all checks of this extent have passed now.
    pub(crate) fn prove(&mut self, extent: Extent) {
        let (archive_id, content_id) = (self.archive.id, self.archive.content_id);
        self.proof = Some(Proof { extent, archive_id, content_id, when: SystemTime::now() });
    }

    /// The command that created the report.
    pub fn command(&self) -> Command {
        self.command
    }

    /// The archive that was checked.
    pub fn archive(&self) -> &ArchiveInfo {
        &self.archive
    }

    /// What the archive holds.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The results of checks, except findings.
    pub fn results(&self) -> &CheckResults {
        &self.results
    }

    /// How the run was requested, and what it did.
    pub fn run(&self) -> &RunInfo {
        &self.run
    }

    /// What was checked to find out whether the export is complete; `None` for commands that do not
    /// ask this.
    pub fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref()
    }

    /// Whether the export holds what the CRM holds; `None` for commands that do not ask this.
    pub fn completeness(&self) -> Option<Completeness> {
        let scope = self.scope.as_ref()?;
        Some(if self.findings.iter().any(|finding| finding.gap) {
            Completeness::Gaps
        } else if scope.profile.is_none() || !scope.undecided.is_empty() {
            Completeness::Unknown
        } else {
            Completeness::Complete
        })
    }

    /// The findings that show what is missing from the export.
    pub fn gaps(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.gap)
    }

    /// The proof, if there is one.
    pub fn proof(&self) -> Option<&Proof> {
        self.proof.as_ref()
    }

    /// Failures and notes.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The requested checks that could not run.
    pub fn skipped_checks(&self) -> &[SkippedCheck] {
        &self.skipped
    }

    /// Adds a skipped check of the caller. The report is then no longer proven.
    pub fn skip(&mut self, check: SkippedCheck) {
        self.skipped.push(check);
    }

    /// Sets how the run was requested.
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

    /// Adds one note for each operation that a file system does not support.
    pub(crate) fn unsupported(&mut self, unsupported: impl IntoIterator<Item = Unsupported>) {
        for note in unsupported.into_iter().map(|one| one.note()) {
            if !self.findings.contains(&note) {
                self.findings.push(note);
            }
        }
    }

    /// The number of records in the archive, if it is known.
    pub fn records(&self) -> Option<u64> {
        self.archive.content_id.map(|_| {
            self.contents.tables.iter().map(|table| table.rows).fold(0, u64::saturating_add)
        })
    }

    /// Whether the archive, or the planned one, holds no records. It may hold files.
    pub fn is_without_records(&self) -> bool {
        self.records() == Some(0)
    }

    /// Whether the archive holds only files: no table, and no source that was too empty to be a
    /// table.
    pub fn has_only_files(&self) -> bool {
        self.contents.tables.is_empty()
            && !self.contents.files.is_empty()
            && self.empty_sources().next().is_none()
    }

    /// The ledger entries for empty files and empty sheets.
    fn empty_sources(&self) -> impl Iterator<Item = &LedgerEntry> {
        self.contents.ledger.iter().filter(|entry| entry.code.is_about_empty_source())
    }

    /// Adds a note for each table without records. Such a table is proven too, but may be a
    /// mistake.
    pub(crate) fn note_empty_tables(&mut self) {
        let empty = self.contents.tables.iter().filter(|table| table.rows == 0);
        let remark = |TableReport { name, .. }: &TableReport| {
            Finding::remark(Code::Source, message!("table-without-records", table = name))
                .table(name)
        };
        self.findings.extend(empty.map(remark));
    }

    /// Notes the server of the scratch database, and the databases that earlier runs left there.
    pub(crate) fn note_server(&mut self, server: Option<ScratchServer>) {
        if let Some(ScratchServer { left_behind, .. }) = &server
            && !left_behind.is_empty()
        {
            let (count, names) = (left_behind.len() as u64, left_behind.join(", "));
            let message = message!("scratch-left-behind", count = count, names = names);
            self.findings.push(Finding::remark(Code::Scratch, message));
        }
        self.run.scratch = server;
    }

    /// Adds a note for each table without records, and for each file or sheet that is too empty to
    /// be a table.
    pub(crate) fn note_empty_data(&mut self) {
        let remark = |entry: &LedgerEntry| Finding {
            path: entry.source.clone(),
            table: entry.table.clone(),
            ..Finding::remark(
                Code::Source,
                message!("source-without-table").with_english(&entry.message),
            )
        };
        // They come first, as a long list is cut.
        let others = std::mem::take(&mut self.findings);
        self.findings = self.empty_sources().map(remark).collect();
        self.note_empty_tables();
        self.findings.extend(others);
    }

    /// The requested checks that could not run, with the reasons. English, as in JSON.
    pub fn skipped(&self) -> Vec<String> {
        self.skipped.iter().map(ToString::to_string).collect()
    }

    /// Whether there is a failure.
    pub fn has_failure(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Failure)
    }

    /// The verdict; `None` if the command gives none and there is no failure.
    ///
    /// A failure makes it `failed`. Otherwise a skipped check makes it `unverified`.
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
    /// Serializes the fields, the schema and the verdict.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            schema: &'static str,
            verdict: Option<Verdict>,
            completeness: Option<Completeness>,
            #[serde(flatten, serialize_with = "Report::serialize")]
            report: &'a Report,
        }
        let (verdict, completeness) = (self.verdict(), self.completeness());
        Form { schema: SCHEMA, verdict, completeness, report: self }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The programs of `tests/src/forgeries.rs` must not compile, because these fields are private.
    /// If you rename a field here, rename it there.
    #[test]
    fn the_fields_that_forgeries_name_exist() {
        let mut report = Report::new(Command::Verify);
        report.prove(Extent::Archive);
        let Report { proof, findings, skipped, .. } = report;
        let Proof { extent: _, archive_id, content_id, when: _ } = proof.expect("it is proven");
        assert_eq!((archive_id, content_id, findings.len(), skipped.len()), (None, None, 0, 0));
    }
}
