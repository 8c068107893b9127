//! The records of a run: a line of the history for each archive, and metrics.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use backup_core::history::{History, Occasion, RunKind, record, record_error};
use backup_core::metrics::{Metrics, Sample};
use backup_core::{CheckKind, Command, Error, ErrorOutcome, Monitor, Report, SkippedCheck};

use crate::cli::KeepArgs;
use crate::exit::{self, Failure};
use crate::hints::broken_history;
use crate::i18n::{Text, fl, text};
use crate::outcome::{after, not_written};
use crate::progress::Watch;
use crate::session::Session;

/// The records to keep of a run.
#[derive(Default)]
pub(super) struct Keeping {
    command: Command,
    history: Option<PathBuf>,
    metrics: Option<PathBuf>,
    occasion: Occasion,
    samples: Vec<Sample>,
    watch: Option<Arc<Watch>>,
}

impl Keeping {
    /// The records of an export or a restore-test.
    pub(super) fn new(
        command: Command,
        args: &KeepArgs,
        archives: &[PathBuf],
        session: &Session<'_>,
    ) -> Result<Self, Failure> {
        if args.history.as_deref() == Some(Path::new("-")) {
            return Err(Failure::usage(text!("history-file"), text!("history-file-hint")));
        }
        if args.history.is_some() {
            names_are_text(|path| text!("history-name-text", path = path), archives)?;
        }
        let mut records = Self::of_metrics(command, args.metrics.as_deref(), archives, session)?;
        records.history.clone_from(&args.history);
        records.occasion.operator.clone_from(&args.operator);
        records.occasion.reviewer.clone_from(&args.reviewer);
        records.occasion.ticket.clone_from(&args.ticket);
        Ok(records)
    }

    /// Sets how much an export may be smaller than the last one in the history.
    pub(super) fn allow_shrink(&mut self, limit: Option<u8>, allow: bool) {
        self.occasion.shrink_limit = limit;
        self.occasion.allow_shrink = allow;
    }

    /// The records of a command without a history.
    pub(super) fn of_metrics(
        command: Command,
        metrics: Option<&Path>,
        archives: &[PathBuf],
        session: &Session<'_>,
    ) -> Result<Self, Failure> {
        if metrics == Some(Path::new("-")) {
            let message = text!("metrics-file", path = "-");
            return Err(Failure::usage(message, text!("metrics-file-hint")));
        }
        if metrics.is_some() {
            names_are_text(|path| text!("metrics-name-text", path = path), archives)?;
        }
        if let Some(path) =
            metrics.filter(|path| path.metadata().is_ok_and(|it| !it.is_file() && !it.is_dir()))
        {
            // Opening a pipe would block.
            let path = path.display().to_string();
            let message = text!("metrics-file", path = path.as_str());
            return Err(Failure::usage(message, text!("metrics-file-hint")));
        }
        let mut names = BTreeSet::new();
        if metrics.is_some() && !archives.iter().all(|archive| names.insert(archive.file_name())) {
            return Err(Failure::usage(text!("metrics-names"), text!("metrics-names-hint")));
        }
        let mut occasion = Occasion::default();
        occasion.now = session.context.now;
        let metrics = metrics.map(Path::to_path_buf);
        let watch = Some(session.watch.clone());
        Ok(Self { command, metrics, occasion, watch, ..Self::default() })
    }

    /// Notes before the work begins that the folder of the history does not exist.
    pub(super) fn note_missing_folder(&self, session: &mut Session<'_>) {
        let folder = self.history.as_deref().and_then(Path::parent);
        let missing = folder.filter(|path| !path.as_os_str().is_empty() && !path.exists());
        if let Some(path) = missing {
            let path = path.display().to_string();
            session.note(&fl!(session.language(), "history-no-folder", path = path));
        }
    }

    /// Refuses a broken history before anything is replaced, and records the failure in the
    /// metrics. A history that cannot be read is reported when it is written.
    pub(super) fn check_history(&mut self, archive: &Path) -> Result<(), Failure> {
        let read = |path| History::read(path, self.monitor()).ok();
        let history = self.history.as_deref().and_then(read);
        let Some(broken) = history.as_ref().and_then(History::broken) else { return Ok(()) };
        let now = self.occasion.now.unwrap_or_else(SystemTime::now);
        let command = self.command.as_str();
        self.samples.push(Sample::of_error(command, archive, ErrorOutcome::Refused, now));
        let failure = Failure::from(Error::from(broken.clone()));
        Err(self.beside(Failure { hint: Some(broken_history()), ..failure }))
    }

    /// Records the outcome of an archive, in the history at once. An error in doing so becomes part
    /// of the result.
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
                self.samples.push(Sample::of_error(self.command.as_str(), archive, outcome, now));
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
        let Some(history) = &self.history else { return };
        if let Err(error) = record(report, history, &self.occasion, self.monitor()) {
            let (kind, error) = (CheckKind::History, Some(error.into()));
            report.skip(SkippedCheck::Prevented { kind, error });
        }
    }

    fn record_error(&self, archive: &Path, outcome: ErrorOutcome, failure: Failure) -> Failure {
        let Some(history) = &self.history else { return failure };
        let what =
            if self.command == Command::Export { RunKind::Export } else { RunKind::RestoreTest };
        match record_error(what, archive, outcome, history, &self.occasion, self.monitor()) {
            Ok(()) => failure,
            Err(error) => joined(&failure, &text!("history-not-written"), &error.into()),
        }
    }

    /// Records for all archives an error that prevented every check.
    pub(super) fn record_all(&mut self, archives: &[PathBuf], failure: Failure) -> Failure {
        let mut kept = failure.clone();
        for archive in archives {
            kept = self.keep(archive, Err(failure.clone())).err().unwrap_or(kept);
        }
        self.beside(kept)
    }

    /// Writes the metrics after a failure, and adds an error in doing so to it.
    pub(super) fn beside(&mut self, failure: Failure) -> Failure {
        match self.write_metrics() {
            Ok(()) => failure,
            Err(also) => joined(&failure, &text!("metrics-not-written"), &also),
        }
    }

    /// Writes the metrics; returns the failure if that is not possible.
    pub(super) fn finish(&mut self) -> Option<Failure> {
        let failure = self.write_metrics().err()?;
        Some(not_written(&text!("metrics-not-written"), failure))
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

/// Refuses names that are not Unicode, because different ones may be written as the same text.
fn names_are_text(message: impl Fn(&str) -> Text, archives: &[PathBuf]) -> Result<(), Failure> {
    let is_text = |path: &&PathBuf| path.file_name().is_none_or(|name| name.to_str().is_some());
    match archives.iter().find(|path| !is_text(path)) {
        None => Ok(()),
        Some(path) => {
            let message = message(&path.display().to_string());
            Err(Failure::usage(message, text!("name-text-hint")))
        }
    }
}

/// Two failures as one.
fn joined(failure: &Failure, what: &Text, also: &Failure) -> Failure {
    let second = after(what, &also.message);
    let message = Text::of(|language| {
        let (first, second) = (failure.message.text(language), second.text(language));
        fl!(language, "joined", first = first, second = second)
    });
    Failure {
        exit: exit::worst([failure.exit, also.exit]),
        message,
        finding: failure.finding.clone().or_else(|| also.finding.clone()),
        ..failure.clone()
    }
}
