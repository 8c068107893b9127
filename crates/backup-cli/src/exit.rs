//! What a run ends with: the one place that turns kinds of errors and verdicts into exit codes.

use std::error::Error as _;

use backup_core::{Check, Code, Error, ErrorKind, Finding, Report, Severity, Verdict};

use crate::commands::UNRECORDED;

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
    pub(crate) message: String,
    /// What to try.
    pub(crate) hint: Option<String>,
    /// What was seen, if the archive was looked at and refused.
    pub(crate) finding: Option<Box<Finding>>,
    /// The message for whoever has just read the report that this comes from.
    pub(crate) above: Option<String>,
}

impl Failure {
    /// The command line asks for something that cannot be meant.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit: USAGE, ..Self::error(message, hint) }
    }

    /// Something kept us from looking.
    pub(crate) fn error(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let (message, hint) = (message.into(), Some(hint.into()));
        Self { exit: ERROR, message, hint, finding: None, above: None }
    }

    /// Somebody pressed Ctrl-C.
    pub(crate) fn interrupted() -> Self {
        let message = "interrupted; nothing half-made is left".into();
        Self { exit: INTERRUPTED, message, hint: None, finding: None, above: None }
    }

    /// What a person is told of a report that does not end well.
    pub(crate) fn of_report(report: &Report) -> Option<Self> {
        let exit = of_report(report);
        let (count, first, hint) = match exit {
            FAILED => {
                let failures =
                    || report.findings.iter().filter(|one| one.severity == Severity::Failure);
                (failures().count(), &failures().next()?.message, failed_hint(report))
            }
            UNVERIFIED => {
                (report.not_looked_at.len(), report.not_looked_at.first()?, unverified_hint(report))
            }
            _ => return None,
        };
        let message = match count {
            1 => first.clone(),
            _ => format!("{first} (and {} more)", count - 1),
        };
        let above = match exit {
            FAILED => "what is wrong stands above",
            _ => "what was not looked at stands above",
        };
        let above = Some(above.to_owned());
        let failure = Self { exit, above, ..Self::error(message, hint) };
        Some(match &report.archive {
            // An export's sentence is about a source.
            Some(archive) if report.command != "export" => failure.about(archive),
            _ => failure,
        })
    }

    /// The same failure, with the archive named that it is about.
    pub(crate) fn about(mut self, archive: &str) -> Self {
        let seen = matches!(self.exit, FAILED | UNVERIFIED);
        if seen && !self.message.contains(archive) {
            self.message = format!("{archive}: {}", self.message);
        }
        self.above = self.above.map(|above| format!("{archive}: {above}"));
        self
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
            ErrorKind::Refused(finding) => Some(Box::new(finding)),
            _ => None,
        };
        Self { exit, message, hint, finding, above: None }
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

/// What to try where the lines of a history do not follow from each other.
pub(crate) const BROKEN_HISTORY: &str = "Compare it with a copy of it. Nothing is added to it as it \
     is: mend it from the copy, or move it aside and begin another.";

fn failed_hint(report: &Report) -> &'static str {
    let wrong = |finding: &&Finding| finding.severity == Severity::Failure;
    let first = report.findings.iter().find(wrong);
    if let Some(hint) = first.and_then(beside_the_archive) {
        return hint;
    }
    let salvaged = |check: &Check| check.what == "members taken without a manifest";
    let about_the_data = |finding: &Finding| {
        finding.severity != Severity::Failure || matches!(finding.code, Code::Against | Code::Total)
    };
    let other = |finding: &Finding| finding.code == Code::ContentId;
    if report.command == "restore" && !report.written.is_empty() {
        "Look for another copy of this archive for what is missing."
    } else if report.command == "restore" && report.checks.iter().any(salvaged) {
        "Look for another copy of this archive: nothing is whole of what is left of this one."
    } else if report.findings.iter().any(other) {
        "This is not the archive that you expect; look for the one with that content id."
    } else if report.findings.iter().all(about_the_data) {
        "The archive is sound; what it holds is not what was asked for. Find out why, and export \
         again while the CRM is there."
    } else if report.proof.is_none()
        && report.command == "restore-test"
        && report.timings.iter().any(|(step, _)| *step == "prove")
    {
        "The archive itself may be sound: verify it, then test again; keep the CRM until it is proven."
    } else if report.findings.iter().any(|finding| finding.code == Code::CutShort) {
        "Compare its length with that of another copy, and copy it anew; `verify --sealed` compares \
         it with its .sha256 file. `restore --salvage` gives back what is still whole of this one."
    } else if report.content_id.is_some() {
        "Fetch another copy of this archive; its .sha256 file tells whether a copy is as it was \
         written. `restore --salvage` gives back what is still whole of this one, and `restore \
         --table NAME` a table that is."
    } else {
        "Fetch another copy of this archive; its .sha256 file tells whether a copy is as it was \
         written. `restore --salvage` gives back what is still whole of this one."
    }
}

/// What to try where nothing is wrong with the archive itself.
fn beside_the_archive(finding: &Finding) -> Option<&'static str> {
    Some(match finding.code {
        Code::Age => "Export anew and test that archive, or look for the one that was meant.",
        Code::RestoreTime => {
            "It restores, but not in time: test it on a machine like the one that it would be restored \
             on."
        }
        // It says of which archive it is, or which line it is about.
        Code::History if finding.path.is_none() => {
            "Look for the archive that was exported under this name, and ask who put this one there."
        }
        Code::History => BROKEN_HISTORY,
        _ => return None,
    })
}

fn unverified_hint(report: &Report) -> &'static str {
    match report.command {
        "export" if only_unrecorded(report) => {
            "The archive is whole and stays. Mend what keeps the history from being written."
        }
        "export" if report.proof.is_none() && report.archive.is_some() => {
            "Verify the archive before you rely on it."
        }
        "export" => {
            "Mend the source and export again, or say --as-file NAME if it need not be read as a \
             table. All else was read."
        }
        "verify" if report.content_id.is_none() => "Verify it with the key (-i) instead.",
        "restore" => "All else was restored.",
        _ => "All else was looked at, and nothing is wrong with it.",
    }
}

/// Whether all that could not be done is a line of the history.
fn only_unrecorded(report: &Report) -> bool {
    report.proof.is_some() && report.not_looked_at.iter().all(|why| why.starts_with(UNRECORDED))
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
