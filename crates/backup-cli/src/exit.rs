//! Exit codes: the one place that derives them from kinds of errors and from verdicts.

use std::path::Path;

use backup_core::render;
use backup_core::render::Document;
use backup_core::{
    Command, Completeness, Error, ErrorKind, Finding, Report, Run, Severity, Verdict,
};

use crate::hints;
use crate::i18n::{Text, fl, text};

/// Done; the verdict, if the command gives one, is `proven` or `intact`.
pub(crate) const DONE: u8 = 0;
/// An error, and no check failed.
pub(crate) const ERROR: u8 = 1;
/// A usage error.
pub(crate) const USAGE: u8 = 2;
/// A check failed.
pub(crate) const FAILED: u8 = 3;
/// Not all requested checks ran.
pub(crate) const UNVERIFIED: u8 = 4;
/// Interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a command has no report.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: u8,
    /// What happened, in one sentence, with its causes.
    pub(crate) message: Text,
    /// The hint.
    pub(crate) hint: Option<Text>,
    /// The finding, if the archive was opened and refused.
    pub(crate) finding: Option<Box<Finding>>,
    /// The message for a terminal that has just shown the report.
    pub(crate) above: Option<Box<Text>>,
}

impl Failure {
    /// The arguments contradict each other, or cannot be used.
    pub(crate) fn usage(message: impl Into<Text>, hint: impl Into<Text>) -> Self {
        Self { exit: USAGE, ..Self::error(message, hint) }
    }

    /// An error.
    pub(crate) fn error(message: impl Into<Text>, hint: impl Into<Text>) -> Self {
        let (message, hint) = (message.into(), Some(hint.into()));
        Self { exit: ERROR, message, hint, finding: None, above: None }
    }

    /// The run was interrupted.
    pub(crate) fn interrupted() -> Self {
        let message = text!("interrupted");
        Self { exit: INTERRUPTED, message, hint: None, finding: None, above: None }
    }

    /// The error for a report that is `failed` or `unverified`. `salvaged` is whether `--salvage`
    /// was given.
    pub(crate) fn of_report(report: &Report, salvaged: bool) -> Option<Self> {
        let exit = of_report(report);
        let (message, hint, above) = match exit {
            FAILED => {
                (first_wrong(report)?, hints::failed(report, salvaged), text!("see-findings-above"))
            }
            UNVERIFIED => {
                (first_skipped(report)?, hints::unverified(report), text!("see-skipped-above"))
            }
            _ => return None,
        };
        let failure = Self { exit, above: Some(Box::new(above)), ..Self::error(message, hint) };
        Some(failure.of_archive(report))
    }

    /// The same failure with the archive's name, unless it is of an export, whose message is about a
    /// source.
    fn of_archive(self, report: &Report) -> Self {
        match &report.archive().name {
            Some(archive) if report.command() != Command::Export => self.about(archive),
            _ => self,
        }
    }

    /// The error for a report that has to be complete and is not.
    pub(crate) fn of_completeness(report: &Report) -> Option<Self> {
        let exit = of_completeness(report);
        let (message, above) = match exit {
            DONE => return None,
            FAILED => {
                let mut gaps = report.gaps();
                let first = finding_text(gaps.next()?);
                (with_more(first, gaps.count()), text!("see-gaps-above"))
            }
            _ => {
                let undecided = &report.scope()?.undecided;
                let first = undecided.first()?;
                let mut message = Text::of(|language| first.message.text(language));
                if let [name] = first.names.as_slice() {
                    message = message.about(name);
                }
                (with_more(message, undecided.len() - 1), text!("see-undecided-above"))
            }
        };
        let failure = Self::error(message, text!("incomplete-hint"));
        let failure = Self { exit, above: Some(Box::new(above)), ..failure };
        Some(failure.of_archive(report))
    }

    /// The same failure, with the archive's name.
    pub(crate) fn about(mut self, archive: &str) -> Self {
        if matches!(self.exit, FAILED | UNVERIFIED) {
            self.message = self.message.about(archive);
        }
        self.above = self.above.map(|above| Box::new(above.about(archive)));
        self
    }

    /// Adds an archive to a document, with this failure instead of a report.
    pub(crate) fn add_to(&self, document: Document, archive: &Path, run: Option<&Run>) -> Document {
        let language = document.language;
        let hint = self.hint.as_ref().map(|hint| hint.text(language));
        let message = self.message.text(language);
        document.error(&archive.display().to_string(), self.exit == FAILED, message, hint, run)
    }

    /// The same failure with another hint, if a file exists already: only export replaces files.
    pub(crate) fn never_replacing(mut self, error_exists: bool, hint: Text) -> Self {
        if error_exists {
            self.hint = Some(hint);
        }
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = of_error(&error);
        if exit == INTERRUPTED {
            return Self::interrupted();
        }
        let message = Text::of(|language| error.text_with_causes(language));
        let hint = hints::of_error(&error);
        let finding = match error.into_kind() {
            ErrorKind::Refused(finding) => Some(Box::new(finding)),
            _ => None,
        };
        Self { exit, message, hint, finding, above: None }
    }
}

/// A finding as one sentence.
pub(crate) fn finding_text(finding: &Finding) -> Text {
    Text::of(|language| render::sentence(finding, language))
}

fn first_wrong(report: &Report) -> Option<Text> {
    let wrong = |one: &&Finding| one.severity == Severity::Failure;
    let first = report.findings().iter().find(wrong)?;
    let more = report.findings().iter().filter(wrong).count() - 1;
    Some(with_more(finding_text(first), more))
}

fn first_skipped(report: &Report) -> Option<Text> {
    let (first, others) = report.skipped_checks().split_first()?;
    Some(with_more(Text::of(|language| first.text(language)), others.len()))
}

fn with_more(text: Text, more: usize) -> Text {
    match more {
        0 => text,
        _ => {
            Text::of(|language| fl!(language, "with-more", text = text.text(language), more = more))
        }
    }
}

/// The exit code of an error.
fn of_error(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Cancelled => INTERRUPTED,
        // The archive was opened, and a check of it failed.
        ErrorKind::Refused(_) => FAILED,
        ErrorKind::Option { .. } => USAGE,
        _ => ERROR,
    }
}

/// The exit code of a report.
pub(crate) fn of_report(report: &Report) -> u8 {
    match report.verdict() {
        None | Some(Verdict::Proven | Verdict::Intact) => DONE,
        Some(Verdict::Failed) => FAILED,
        Some(_) => UNVERIFIED,
    }
}

/// The exit code of a report that has to be complete.
pub(crate) fn of_completeness(report: &Report) -> u8 {
    match report.completeness() {
        None | Some(Completeness::Complete) => DONE,
        Some(Completeness::Gaps) => FAILED,
        Some(_) => UNVERIFIED,
    }
}

/// The worst of several exit codes: a failed check, then an error, then a skipped check.
pub(crate) fn worst(codes: impl IntoIterator<Item = u8>) -> u8 {
    let rank = |code: &u8| match *code {
        DONE => 0,
        UNVERIFIED => 1,
        ERROR => 2,
        FAILED => 3,
        _ => 4,
    };
    codes.into_iter().max_by_key(rank).unwrap_or(DONE)
}
