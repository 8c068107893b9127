//! What is kept of a run for a monitoring system.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::command::Step;
use crate::finding::Severity;
use crate::report::{ErrorOutcome, Report, RunOutcome};

/// What is told of the last run of one command on one archive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// The archive's file name.
    pub(super) archive: String,
    /// The command, as it is typed.
    pub(super) command: String,
    /// When the run ended, in seconds since 1970.
    pub(super) last_run: u64,
    /// When a run ended `proven` last, in seconds since 1970.
    pub(super) last_proven: Option<u64>,
    /// How the run ended.
    pub(super) outcome: RunOutcome,
    /// How long restoring took, in milliseconds.
    pub(super) restore_millis: Option<u64>,
    /// How long the archive's file is.
    pub(super) archive_bytes: Option<u64>,
    /// When the archive was begun, in seconds since 1970.
    pub(super) created: Option<u64>,
    /// How many records the archive holds.
    pub(super) records: Option<u64>,
    /// How many findings are failures.
    pub(super) failures: Option<u64>,
    /// How many findings are remarks.
    pub(super) remarks: Option<u64>,
}

impl Sample {
    /// What a report says, of a run that ended now.
    pub fn of(report: &Report, now: SystemTime) -> Self {
        let archive = report.archive.as_deref().unwrap_or_default();
        let created: Option<jiff::Timestamp> =
            report.created.as_deref().and_then(|text| text.parse().ok());
        let restore = report.timings.iter().find(|(step, _)| *step == Step::Restore);
        let count = |severity: Severity| {
            Some(report.findings.iter().filter(|one| one.severity == severity).count() as u64)
        };
        let base =
            Self::of_run(report.command.as_str(), archive.as_ref(), RunOutcome::from(report), now);
        Self {
            last_proven: (base.outcome == RunOutcome::Proven).then_some(base.last_run),
            restore_millis: restore.map(|(_, took)| took.as_millis() as u64),
            archive_bytes: report.archive_bytes,
            created: created.and_then(|created| u64::try_from(created.as_second()).ok()),
            records: report.records(),
            failures: count(Severity::Failure),
            remarks: count(Severity::Remark),
            ..base
        }
    }

    /// The sample of a run that ended with an error and gave no report.
    pub fn of_error(command: &str, archive: &Path, outcome: ErrorOutcome, now: SystemTime) -> Self {
        Self::of_run(command, archive, outcome.into(), now)
    }

    fn of_run(command: &str, archive: &Path, outcome: RunOutcome, now: SystemTime) -> Self {
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self {
            archive: archive.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            command: command.to_owned(),
            last_run: since.as_secs(),
            last_proven: None,
            outcome,
            restore_millis: None,
            archive_bytes: None,
            created: None,
            records: None,
            failures: None,
            remarks: None,
        }
    }

    /// The archive's file name.
    pub fn archive(&self) -> &str {
        &self.archive
    }

    /// The command, as it is typed.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// How the run ended.
    pub fn outcome(&self) -> RunOutcome {
        self.outcome
    }

    /// When the run ended, in seconds since 1970.
    pub fn last_run(&self) -> u64 {
        self.last_run
    }

    /// When a run last ended `proven`, in seconds since 1970.
    pub fn last_proven(&self) -> Option<u64> {
        self.last_proven
    }

    /// How long restoring took, in milliseconds.
    pub fn restore_millis(&self) -> Option<u64> {
        self.restore_millis
    }

    /// How long the archive's file is.
    pub fn archive_bytes(&self) -> Option<u64> {
        self.archive_bytes
    }

    /// When the archive was begun, in seconds since 1970.
    pub fn created(&self) -> Option<u64> {
        self.created
    }

    /// How many records the archive holds.
    pub fn records(&self) -> Option<u64> {
        self.records
    }

    /// How many findings are failures.
    pub fn failures(&self) -> Option<u64> {
        self.failures
    }

    /// How many findings are notes.
    pub fn remarks(&self) -> Option<u64> {
        self.remarks
    }
}
