//! What is kept of a run: a line of the history for each archive, and metrics.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use backup_core::history::{History, Occasion, What, record, record_error};
use backup_core::metrics::{Metrics, Sample};
use backup_core::{ErrorOutcome, Monitor, Report};

use crate::cli::KeepArgs;
use crate::exit::{self, Failure};
use crate::hints::BROKEN_HISTORY;
use crate::progress::Watch;
use crate::said::Both;
use crate::session::Session;

/// What is kept of a run.
#[derive(Default)]
pub(super) struct Keeping {
    command: &'static str,
    history: Option<(What, PathBuf)>,
    metrics: Option<PathBuf>,
    occasion: Occasion,
    samples: Vec<Sample>,
    watch: Option<Arc<Watch>>,
}

impl Keeping {
    /// What is asked for of an export or a restore-test.
    pub(super) fn new(
        command: &'static str,
        args: &KeepArgs,
        archives: &[PathBuf],
        session: &Session<'_>,
    ) -> Result<Self, Failure> {
        let what = if command == "export" { What::Export } else { What::RestoreTest };
        let mut occasion = Occasion::default();
        occasion.operator.clone_from(&args.operator);
        occasion.reviewer.clone_from(&args.reviewer);
        occasion.ticket.clone_from(&args.ticket);
        occasion.now = session.context.now;
        let history = args.history.clone().map(|history| (what, history));
        if history.is_some() {
            names_are_text("a history tells", archives)?;
        }
        let keeping = Self::of_metrics(command, args.metrics.as_deref(), archives, session)?;
        Ok(Self { history, occasion, ..keeping })
    }

    /// What is asked for of a command that has no history.
    pub(super) fn of_metrics(
        command: &'static str,
        metrics: Option<&Path>,
        archives: &[PathBuf],
        session: &Session<'_>,
    ) -> Result<Self, Failure> {
        if metrics.is_some() {
            names_are_text("metrics tell", archives)?;
        }
        if let Some(path) =
            metrics.filter(|path| path.metadata().is_ok_and(|it| !it.is_file() && !it.is_dir()))
        {
            // A pipe that nobody writes to would be waited for.
            let message = format!("--metrics {} is no regular file", path.display());
            return Err(Failure::usage(message, "Name a file; it is replaced as a whole."));
        }
        let mut names = BTreeSet::new();
        if metrics.is_some() && !archives.iter().all(|archive| names.insert(archive.file_name())) {
            let message = "metrics tell archives apart by their file names, and two are the same";
            let hint = "Examine them by commands of their own, with a file of metrics each.";
            return Err(Failure::usage(message, hint));
        }
        let occasion = match session.context.now {
            Some(now) => Occasion::default().now(now),
            None => Occasion::default(),
        };
        let metrics = metrics.map(Path::to_path_buf);
        let watch = Some(session.watch.clone());
        Ok(Self { command, metrics, occasion, watch, ..Self::default() })
    }

    /// Refuses a history that is broken, before anything is replaced. One that cannot be read is said
    /// when it is to be written. The metrics say that the run has failed.
    pub(super) fn check_history(&mut self, archive: &Path) -> Result<(), Failure> {
        let read = |(_, path): &(_, PathBuf)| History::read(path, self.monitor()).ok();
        let history = self.history.as_ref().and_then(read);
        let Some(broken) = history.as_ref().and_then(History::broken) else { return Ok(()) };
        let now = self.occasion.now.unwrap_or_else(SystemTime::now);
        self.samples.push(Sample::of_error(self.command, archive, ErrorOutcome::Refused, now));
        let failure = Failure::from(backup_core::Error::from(broken.clone()));
        Err(self.beside(Failure { hint: Some(BROKEN_HISTORY.into()), ..failure }))
    }

    /// Records what an archive came to, in the history at once. What keeps it from being recorded
    /// becomes part of the result.
    pub(super) fn keep(
        &mut self,
        archive: &Path,
        result: Result<Report, Failure>,
    ) -> Result<Report, Failure> {
        let now = self.occasion.now.unwrap_or_else(SystemTime::now);
        match result {
            Ok(mut report) => {
                self.record(&mut report);
                self.samples.push(Sample::of(&report, now));
                Ok(report)
            }
            Err(failure) if matches!(failure.exit, exit::USAGE | exit::INTERRUPTED) => Err(failure),
            Err(failure) => {
                let refused = failure.finding.is_some();
                let outcome = if refused { ErrorOutcome::Refused } else { ErrorOutcome::Error };
                self.samples.push(Sample::of_error(self.command, archive, outcome, now));
                Err(self.record_error(archive, outcome, failure))
            }
        }
    }

    fn monitor(&self) -> &dyn Monitor {
        match &self.watch {
            Some(watch) => &**watch,
            None => &(),
        }
    }

    fn record(&self, report: &mut Report) {
        let Some((_, history)) = &self.history else { return };
        if let Err(error) = record(report, history, &self.occasion, self.monitor()) {
            let why = Failure::from(error).message.english;
            report.not_looked_at.push(format!("{UNRECORDED}: {why}"));
        }
    }

    fn record_error(&self, archive: &Path, outcome: ErrorOutcome, failure: Failure) -> Failure {
        let Some((what, history)) = &self.history else { return failure };
        match record_error(*what, archive, outcome, history, &self.occasion, self.monitor()) {
            Ok(()) => failure,
            Err(error) => joined(failure, NOT_RECORDED, &error.into()),
        }
    }

    /// Records for all archives what kept them from being looked at.
    pub(super) fn of_none(&mut self, archives: &[PathBuf], failure: Failure) -> Failure {
        let mut kept = failure.clone();
        for archive in archives {
            kept = self.keep(archive, Err(failure.clone())).err().unwrap_or(kept);
        }
        self.beside(kept)
    }

    /// Writes the metrics beside a failure, and says in it if that cannot be done.
    pub(super) fn beside(&mut self, failure: Failure) -> Failure {
        match self.write_metrics() {
            Ok(()) => failure,
            Err(also) => joined(failure, NOT_MEASURED, &also),
        }
    }

    /// Writes the metrics; gives what keeps them from being written.
    pub(super) fn finish(&mut self) -> Option<Failure> {
        let failure = self.write_metrics().err()?;
        Some(not_written(NOT_MEASURED, failure))
    }

    fn write_metrics(&mut self) -> Result<(), Failure> {
        let samples = std::mem::take(&mut self.samples);
        match &self.metrics {
            Some(path) if !samples.is_empty() => {
                Ok(Metrics::add_to_file(path, samples, self.monitor())?)
            }
            _ => Ok(()),
        }
    }
}

/// Two names that are no Unicode may look the same where they are written.
fn names_are_text(who: &str, archives: &[PathBuf]) -> Result<(), Failure> {
    let is_text = |path: &&PathBuf| path.file_name().is_none_or(|name| name.to_str().is_some());
    match archives.iter().find(|path| !is_text(path)) {
        None => Ok(()),
        Some(path) => {
            let path = path.display();
            let message =
                format!("{who} archives apart by their file names, and {path} is not Unicode");
            Err(Failure::usage(message, "Give the archive another name."))
        }
    }
}

/// How it begins what a report says of a history that was not written.
pub(crate) const UNRECORDED: &str = "the history was not written";

const NOT_RECORDED: Both = Both(UNRECORDED, "历史记录未能写入");
const NOT_MEASURED: Both = Both("the metrics were not written", "监控指标未能写入");

/// What was asked for beside the verdict and could not be written, once all was looked at.
pub(crate) fn not_written(what: Both, failure: Failure) -> Failure {
    let stands =
        Both("What the archive came to stands all the same.", "对归档的检查结果不受影响。");
    let hint = match failure.hint {
        Some(hint) => hint.and(stands),
        None => stands.into(),
    };
    Failure {
        exit: exit::UNVERIFIED,
        message: failure.message.after(what),
        hint: Some(hint),
        finding: None,
        above: None,
    }
}

/// A failure, and another beside it.
fn joined(failure: Failure, what: Both, also: &Failure) -> Failure {
    Failure {
        exit: exit::worst([failure.exit, also.exit]),
        message: failure.message.joined(&also.message.clone().after(what)),
        finding: failure.finding.or_else(|| also.finding.clone()),
        ..failure
    }
}
