//! The metrics of one run.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use crate::command::Step;
use crate::finding::Severity;
use crate::report::{ErrorOutcome, Report, RunOutcome};

/// A value of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Metric {
    /// The time when the run ended, in seconds since 1970.
    LastRun,
    /// The time when a run last ended `proven`, in seconds since 1970.
    LastProven,
    /// 1 if this is the outcome of the run, 0 if not.
    Verdict(RunOutcome),
    /// The time that loading the scratch database took, in milliseconds.
    RestoreTime,
    /// The length of the archive, in bytes.
    ArchiveBytes,
    /// The time when the archive was created, in seconds since 1970.
    Created,
    /// The number of records in the archive.
    Records,
    /// The number of findings that are failures.
    Failures,
    /// The number of findings that are notes.
    Notes,
}

/// The metrics of the last run of one command on one archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The archive's file name.
    pub(super) archive: String,
    /// The command, as on the command line.
    pub(super) command: String,
    pub(super) values: BTreeMap<Metric, u64>,
}

impl Sample {
    /// The sample of a report. The run ended at `now`.
    pub fn of(report: &Report, now: SystemTime) -> Self {
        let archive = report.archive.name.as_deref().unwrap_or_default();
        let created = report.archive.created_at().map(seconds);
        let restore = report.run.timings.iter().find(|(step, _)| *step == Step::Restore);
        let count = |severity: Severity| {
            Some(report.findings.iter().filter(|one| one.severity == severity).count() as u64)
        };
        let outcome = RunOutcome::from(report);
        let mut sample = Self::of_run(report.command.as_str(), archive.as_ref(), outcome, now);
        let figures = [
            (Metric::LastProven, (outcome == RunOutcome::Proven).then(|| seconds(now))),
            (Metric::RestoreTime, restore.map(|(_, took)| took.as_millis() as u64)),
            (Metric::ArchiveBytes, report.archive.bytes),
            (Metric::Created, created),
            (Metric::Records, report.records()),
            (Metric::Failures, count(Severity::Failure)),
            (Metric::Notes, count(Severity::Remark)),
        ];
        let known = figures.into_iter().filter_map(|(metric, value)| Some((metric, value?)));
        sample.values.extend(known);
        sample
    }

    /// The sample of a run that ended with an error and has no report.
    pub fn of_error(command: &str, archive: &Path, outcome: ErrorOutcome, now: SystemTime) -> Self {
        Self::of_run(command, archive, outcome.into(), now)
    }

    fn of_run(command: &str, archive: &Path, outcome: RunOutcome, now: SystemTime) -> Self {
        let is = |one: RunOutcome| (Metric::Verdict(one), u64::from(one == outcome));
        let mut values: BTreeMap<_, _> = RunOutcome::ALL.map(is).into();
        values.insert(Metric::LastRun, seconds(now));
        let archive = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { archive, command: command.to_owned(), values }
    }

    /// The archive's file name.
    pub fn archive(&self) -> &str {
        &self.archive
    }

    /// The command, as on the command line.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// A value, if it is known.
    pub fn get(&self, metric: Metric) -> Option<u64> {
        self.values.get(&metric).copied()
    }

    /// The outcome of the run.
    pub fn outcome(&self) -> RunOutcome {
        let is = |one: &RunOutcome| self.get(Metric::Verdict(*one)) == Some(1);
        RunOutcome::ALL.into_iter().find(is).unwrap_or(RunOutcome::Error)
    }
}

/// The seconds since 1970.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}
