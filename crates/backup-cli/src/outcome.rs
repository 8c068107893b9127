//! The outcome of a command: data for text, JSON and page, and for the exit code.

use std::path::PathBuf;

use backup_core::archive::Secret;
use backup_core::history::{History, Summary};
use backup_core::render::{Document, Language};
use backup_core::{Report, Run, RunOutcome, Verdict};
use serde_json::Value;

use crate::exit::{self, Failure, finding_text};
use crate::hints;
use crate::i18n::{Text, fl, text};

/// The outcome of a command.
pub(crate) enum Outcome {
    /// A report on one archive, or on what an export would write.
    Report(Box<ReportView>),
    /// Archives that were examined, one after the other.
    Archives {
        command: backup_core::Command,
        examined: Vec<Examined>,
        also: Option<Failure>,
        /// Whether `--require-complete` was given.
        requires_complete: bool,
    },
    /// A history, and its summary.
    History(Box<HistoryView>),
    /// A new key.
    Key(NewKey),
    /// A text that is printed as it is.
    Text(String),
    /// The demonstration.
    Demo(Demonstration),
}

/// A report, and what its command adds to it.
pub(crate) struct ReportView {
    pub(crate) report: Report,
    /// Whether the report is of a dry run.
    pub(crate) dry_run: bool,
    /// The exit code, where the verdict alone does not decide it.
    pub(crate) exit: Option<u8>,
    /// The next steps.
    pub(crate) next: Option<String>,
    /// Whether `--salvage` was given.
    pub(crate) salvaged: bool,
    /// What failed in addition to the checks, such as writing metrics.
    pub(crate) also: Option<Failure>,
    /// Whether `--require-complete` was given.
    pub(crate) requires_complete: bool,
}

impl ReportView {
    pub(crate) fn new(report: Report) -> Self {
        Self {
            report,
            dry_run: false,
            exit: None,
            next: None,
            salvaged: false,
            also: None,
            requires_complete: false,
        }
    }
}

/// An archive, with its report or an error.
pub(crate) struct Examined {
    pub(crate) archive: PathBuf,
    pub(crate) result: Result<Box<Report>, Failure>,
}

impl Examined {
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        match &self.result {
            Ok(report) => report.verdict(),
            Err(failure) => failure.finding.as_ref().map(|_| Verdict::Failed),
        }
    }
}

/// The worst verdict of several archives. There is none if one could not be checked, unless another
/// has failed.
pub(crate) fn worst_verdict(examined: &[Examined]) -> Option<Verdict> {
    let all = || examined.iter().map(Examined::verdict);
    let failed = all().any(|verdict| verdict == Some(Verdict::Failed));
    if !failed && all().any(|verdict| verdict.is_none()) {
        return None;
    }
    all().flatten().max_by_key(|verdict| RunOutcome::from(*verdict))
}

/// A new key. The secret is here only if it is to be printed.
pub(crate) struct NewKey {
    pub(crate) public: String,
    pub(crate) file: Option<PathBuf>,
    pub(crate) identity: Option<Secret>,
}

impl Outcome {
    /// Adds the options and arguments of the run to the reports.
    pub(crate) fn of_run(mut self, run: &Run) -> Self {
        match &mut self {
            Self::Report(view) => view.report.set_request(run.clone()),
            Self::Archives { examined, .. } => {
                for report in examined.iter_mut().filter_map(|one| one.result.as_mut().ok()) {
                    report.set_request(run.clone());
                }
            }
            Self::History(_) | Self::Key(_) | Self::Text(_) | Self::Demo(_) => {}
        }
        self
    }

    /// Whether the command did more than to print this: it checked or wrote something.
    pub(crate) fn is_more_than_text(&self) -> bool {
        match self {
            Self::Report(view) => {
                view.report.command() != backup_core::Command::Inspect && !view.dry_run
            }
            Self::Archives { .. } | Self::Demo(_) => true,
            Self::Key(key) => key.file.is_some(),
            Self::History(_) | Self::Text(_) => false,
        }
    }

    /// All reports.
    pub(crate) fn reports(&self) -> Vec<&Report> {
        match self {
            Self::Report(view) => vec![&view.report],
            Self::Archives { examined, .. } => {
                examined.iter().filter_map(|one| one.result.as_deref().ok()).collect()
            }
            Self::History(_) | Self::Key(_) | Self::Text(_) | Self::Demo(_) => Vec::new(),
        }
    }

    /// The reports and errors for people, in a language. `made` is when the command ran, and `run`
    /// has the arguments, which only pages show.
    pub(crate) fn document(
        &self,
        made: &str,
        run: Option<&Run>,
        language: Language,
    ) -> Option<Document> {
        match self {
            Self::Report(view) => {
                let document = Document::new(view.report.command(), made, language);
                Some(document.report(&view.report))
            }
            Self::Archives { command, examined, .. } => {
                let document = Document::new(*command, made, language);
                Some(examined.iter().fold(document, |document, one| match &one.result {
                    Ok(report) => document.report(report),
                    Err(failure) => failure.add_to(document, &one.archive, run),
                }))
            }
            Self::History(view) => {
                let file = view.file.display().to_string();
                Some(Document::of_history(&file, &view.history, &view.summary, language))
            }
            Self::Key(_) | Self::Text(_) | Self::Demo(_) => None,
        }
    }

    pub(crate) fn exit(&self) -> u8 {
        match self {
            Self::Report(view) => {
                let exit = view.exit.unwrap_or_else(|| exit::of_report(&view.report));
                let incomplete =
                    view.requires_complete.then(|| exit::of_completeness(&view.report));
                let others = view.also.iter().map(|also| also.exit).chain(incomplete);
                exit::worst(others.chain([exit]))
            }
            Self::Archives { examined, also, requires_complete, .. } => {
                let exits = examined.iter().map(|examined| match &examined.result {
                    Ok(report) if *requires_complete => {
                        exit::worst([exit::of_report(report), exit::of_completeness(report)])
                    }
                    Ok(report) => exit::of_report(report),
                    Err(failure) => failure.exit,
                });
                exit::worst(also.iter().map(|also| also.exit).chain(exits))
            }
            Self::History(view) => view.broken().map_or(exit::DONE, |it| it.exit),
            Self::Key(_) | Self::Text(_) => exit::DONE,
            Self::Demo(demo) => demo.exit,
        }
    }

    /// The text for standard error: why archives could not be checked, and what
    /// is wrong with those that were.
    pub(crate) fn complaints(&self) -> Vec<Failure> {
        match self {
            Self::Report(view) => {
                // With a requested exit code, there is no error to report.
                let asked = view.exit.is_some();
                let of_report = Failure::of_report(&view.report, view.salvaged);
                let of_report = of_report.filter(|_| !asked);
                let incomplete = Failure::of_completeness(&view.report);
                let incomplete = incomplete.filter(|_| view.requires_complete);
                of_report.into_iter().chain(incomplete).chain(view.also.clone()).collect()
            }
            Self::History(view) => view.broken().into_iter().collect(),
            Self::Archives { examined, also, requires_complete, .. } => {
                let complaints = |one: &Examined| match &one.result {
                    Ok(report) => {
                        let incomplete = Failure::of_completeness(report);
                        let incomplete = incomplete.filter(|_| *requires_complete);
                        Failure::of_report(report, false).into_iter().chain(incomplete).collect()
                    }
                    Err(failure) => vec![failure.clone()],
                };
                examined.iter().flat_map(complaints).chain(also.clone()).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The outcome of the demonstration.
pub(crate) struct Demonstration {
    pub(crate) exit: u8,
    pub(crate) verdict: Verdict,
    /// The document of each command.
    pub(crate) steps: Vec<Value>,
    /// How many files were compared.
    pub(crate) compared: u64,
    /// The files that differ after the restore.
    pub(crate) differences: Vec<String>,
}

/// A history, and its summary.
pub(crate) struct HistoryView {
    pub(crate) file: PathBuf,
    pub(crate) history: History,
    pub(crate) summary: Summary,
}

impl HistoryView {
    /// The failure, if the history is broken.
    pub(crate) fn broken(&self) -> Option<Failure> {
        let finding = self.history.broken()?.clone();
        let failure = Failure::error(finding_text(&finding), hints::broken_history());
        Some(Failure { exit: exit::FAILED, finding: Some(Box::new(finding)), ..failure })
    }
}

/// Something in addition to the archive that could not be written after all checks ran.
pub(crate) fn not_written(what: &Text, failure: Failure) -> Failure {
    let stands = text!("result-stands");
    let hint =
        failure.hint.as_ref().map_or_else(|| stands.clone(), |hint| hint.clone().and(&stands));
    let message = after(what, &failure.message);
    Failure { exit: exit::UNVERIFIED, message, hint: Some(hint), finding: None, above: None }
}

/// What was not done, and the reason.
pub(crate) fn after(what: &Text, why: &Text) -> Text {
    Text::of(|language| {
        fl!(language, "after", what = what.text(language), why = why.text(language))
    })
}
