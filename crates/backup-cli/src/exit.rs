//! What a run ends with: the one place that turns kinds of errors and verdicts into exit codes.

use std::error::Error as _;

use backup_core::render::{self, Language};
use backup_core::{Error, ErrorKind, Finding, Report, Severity, Verdict};

use crate::hints;
use crate::said::{Both, Said};

/// Done; the verdict, if one was asked for, is `proven` or `intact`.
pub(crate) const DONE: u8 = 0;
/// An error, and nothing was looked at.
pub(crate) const ERROR: u8 = 1;
/// Wrong usage.
pub(crate) const USAGE: u8 = 2;
/// Looked, and it is wrong.
pub(crate) const FAILED: u8 = 3;
/// Looked, but not at everything that was asked for.
pub(crate) const UNVERIFIED: u8 = 4;
/// Interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a command did not come to a report.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: u8,
    /// What happened, in one sentence, with its causes.
    pub(crate) message: Said,
    /// What to try.
    pub(crate) hint: Option<Said>,
    /// What was seen, if the archive was looked at and refused.
    pub(crate) finding: Option<Box<Finding>>,
    /// The message for whoever has just read the report that this comes from.
    pub(crate) above: Option<Box<Said>>,
}

impl Failure {
    /// The command line asks for something that cannot be meant.
    pub(crate) fn usage(message: impl Into<Said>, hint: impl Into<Said>) -> Self {
        Self { exit: USAGE, ..Self::error(message, hint) }
    }

    /// Something kept us from looking.
    pub(crate) fn error(message: impl Into<Said>, hint: impl Into<Said>) -> Self {
        let (message, hint) = (message.into(), Some(hint.into()));
        Self { exit: ERROR, message, hint, finding: None, above: None }
    }

    /// Somebody pressed Ctrl-C.
    pub(crate) fn interrupted() -> Self {
        let message =
            Both("interrupted; nothing half-made is left", "已中断；没有留下半成品").into();
        Self { exit: INTERRUPTED, message, hint: None, finding: None, above: None }
    }

    /// What a person is told of a report that does not end well; `salvaged` if whatever is still whole
    /// was asked for.
    pub(crate) fn of_report(report: &Report, salvaged: bool) -> Option<Self> {
        let exit = of_report(report);
        let (message, hint, above) = match exit {
            FAILED => (
                first_wrong(report)?,
                hints::failed(report, salvaged),
                Both("what is wrong stands above", "问题见上文"),
            ),
            UNVERIFIED => (
                first_not_looked_at(report)?,
                hints::unverified(report),
                Both("what was not looked at stands above", "未能检查的内容见上文"),
            ),
            _ => return None,
        };
        let failure =
            Self { exit, above: Some(Box::new(above.into())), ..Self::error(message, hint) };
        Some(match &report.archive {
            // An export's sentence is about a source.
            Some(archive) if report.command != "export" => failure.about(archive),
            _ => failure,
        })
    }

    /// The same failure, with the archive named that it is about.
    pub(crate) fn about(mut self, archive: &str) -> Self {
        if matches!(self.exit, FAILED | UNVERIFIED) {
            self.message = self.message.about(archive);
        }
        self.above = self.above.map(|above| Box::new(above.about(archive)));
        self
    }

    /// The same failure with another hint, if this is about a file that is there already: only
    /// export replaces files.
    pub(crate) fn never_replacing(mut self, error_exists: bool, hint: Both) -> Self {
        if error_exists {
            self.hint = Some(hint.into());
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
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            message = format!("{message}: {inner}");
            cause = inner.source();
        }
        let chinese = match error.kind() {
            ErrorKind::Refused(finding) => render::sentence(finding, Language::Chinese),
            _ => render::error(&error, Language::Chinese),
        };
        let message = Said::both(message, chinese);
        let hint = render::hint(&error, Language::English).map(|english| {
            let chinese = render::hint(&error, Language::Chinese);
            Said { english, chinese }
        });
        let finding = match error.into_kind() {
            ErrorKind::Refused(finding) => Some(Box::new(finding)),
            _ => None,
        };
        Self { exit, message, hint, finding, above: None }
    }
}

fn first_wrong(report: &Report) -> Option<Said> {
    let wrong = |one: &&Finding| one.severity == Severity::Failure;
    let first = report.findings.iter().find(wrong)?;
    let more = report.findings.iter().filter(wrong).count() - 1;
    let chinese = render::sentence(first, Language::Chinese);
    Some(with_more(first.message.clone(), chinese, more))
}

fn first_not_looked_at(report: &Report) -> Option<Said> {
    let first = report.not_looked_at.first()?;
    let chinese = render::reason(first, Language::Chinese);
    // The English stands below it.
    let chinese = chinese.split("英文详情").next().unwrap_or(&chinese).to_owned();
    Some(with_more(first.clone(), chinese, report.not_looked_at.len() - 1))
}

fn with_more(english: String, chinese: String, more: usize) -> Said {
    match more {
        0 => Said::both(english, chinese),
        _ => Said::both(
            format!("{english} (and {more} more)"),
            format!("{chinese}（另有 {more} 项）"),
        ),
    }
}

/// The exit code of an error.
fn of_error(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Cancelled => INTERRUPTED,
        // It was opened and looked at: that is no longer "nothing was looked at".
        ErrorKind::Refused(_) => FAILED,
        _ => ERROR,
    }
}

/// The exit code of a report.
pub(crate) fn of_report(report: &Report) -> u8 {
    match report.verdict() {
        None | Some(Verdict::Proven | Verdict::Intact) => DONE,
        Some(Verdict::Failed) => FAILED,
        Some(Verdict::Unverified) => UNVERIFIED,
    }
}

/// The one exit code of several: what is wrong comes before what could not be looked at, and that
/// before what was looked at in part.
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
