//! What a run ends with: the one place that turns kinds of errors and verdicts into exit codes.

use std::error::Error as _;

use backup_core::{Error, ErrorKind, Finding, Report, Verdict};

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
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: u8,
    /// What happened, in one sentence, with its causes.
    pub(crate) message: String,
    /// What to try.
    pub(crate) hint: Option<String>,
    /// What was seen, if the archive was looked at and refused.
    pub(crate) finding: Option<Finding>,
}

impl Failure {
    /// The command line asks for something that cannot be meant.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit: USAGE, ..Self::error(message, hint) }
    }

    /// Something kept us from looking.
    pub(crate) fn error(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let (message, hint) = (message.into(), Some(hint.into()));
        Self { exit: ERROR, message, hint, finding: None }
    }

    /// Somebody pressed Ctrl-C.
    pub(crate) fn interrupted() -> Self {
        let message = "interrupted; nothing half-made is left".into();
        Self { exit: INTERRUPTED, message, hint: None, finding: None }
    }

    /// The same failure with another hint, if this is about a file that is there already: only
    /// export replaces files.
    pub(crate) fn never_replacing(mut self, error_exists: bool, hint: &str) -> Self {
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
        let hint = error.hint();
        let finding = match error.into_kind() {
            ErrorKind::Refused(finding) => Some(finding),
            _ => None,
        };
        Self { exit, message, hint, finding }
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
