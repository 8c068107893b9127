//! Hints after an error or an unsuccessful report. They depend on kinds, never on text.

use backup_core::render::Language;
use backup_core::{
    CheckKind, Code, Command, Error, ErrorKind, Finding, Remedy, Report, ScratchCause, Severity,
    SkippedCheck, Step,
};

use crate::i18n::{Text, fl, text};

/// The hint after an error: that of the library, or one that names a flag.
pub(crate) fn of_error(error: &Error) -> Option<Text> {
    error.hint()?;
    Some(Text::of(|language| {
        flagged(error, language).or_else(|| error.hint_text(language)).unwrap_or_default()
    }))
}

fn flagged(error: &Error, language: Language) -> Option<String> {
    Some(match error.kind() {
        ErrorKind::Io { .. } if error.is_out_of_processes() => fl!(language, "hint-processes"),
        ErrorKind::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
            fl!(language, "hint-disk-full")
        }
        ErrorKind::Scratch { cause: ScratchCause::DiskFull, .. } => fl!(language, "hint-disk-full"),
        ErrorKind::NoKeyFits { passphrase: true } => fl!(language, "hint-passphrase"),
        ErrorKind::NoKeyFits { passphrase: false } => fl!(language, "hint-key"),
        ErrorKind::WrongPassphrase => fl!(language, "hint-wrong-passphrase"),
        ErrorKind::LockedKey { .. } => fl!(language, "hint-locked-key"),
        ErrorKind::Key { .. } => fl!(language, "hint-recipients"),
        ErrorKind::WorkFactor { found, .. } => fl!(language, "hint-work-factor", found = found),
        ErrorKind::Refused(finding) => match finding.code {
            Code::CutShort => fl!(language, "hint-cut-short"),
            Code::History => return None,
            _ => fl!(language, "hint-refused"),
        },
        ErrorKind::Exists { .. } => fl!(language, "hint-exists"),
        ErrorKind::Source { remedy: Some(remedy), .. } => return flags_of(*remedy, language),
        ErrorKind::AfterPublishing { .. } => fl!(language, "hint-after-publishing"),
        _ => return None,
    })
}

/// The flags that set how a source is read; `None` of settings that have none.
fn flags_of(remedy: Remedy, language: Language) -> Option<String> {
    Some(match remedy {
        Remedy::Encoding => fl!(language, "hint-encoding"),
        Remedy::HeaderRow => fl!(language, "hint-header-row"),
        Remedy::Escape => fl!(language, "hint-escape"),
        Remedy::ZipLimits => fl!(language, "hint-zip-limits"),
        _ => return None,
    })
}

/// The options for sources that were not read as they should be, if notes are about that.
pub(crate) fn of_notes(report: &Report, language: Language) -> Option<String> {
    let remedies: Vec<_> = report.findings().iter().filter_map(Finding::remedy).collect();
    let options = [
        (Remedy::Encoding, "--encoding NAME"),
        (Remedy::Delimiter, "--delimiter CHAR"),
        (Remedy::Escape, "--escape CHAR"),
        (Remedy::HeaderRow, "--header-row N"),
    ];
    let options = options.into_iter().filter(|(remedy, _)| remedies.contains(remedy));
    let options = options.map(|(_, option)| option).collect::<Vec<_>>().join(", ");
    (!options.is_empty()).then(|| fl!(language, "next-read-otherwise", options = options))
}

/// The hint if a source was not read as a table: the flags that the first such source needs, if a
/// setting may help.
fn unread_source(report: &Report) -> Text {
    let first = report.skipped_checks().first();
    if matches!(first, Some(SkippedCheck::Unread { is_stored: false, .. })) {
        return text!("hint-fix-first");
    }
    let remedies = report.skipped_checks().iter().map(|skipped| match skipped {
        SkippedCheck::Unread { error, .. } => match error.kind() {
            ErrorKind::Source { remedy, .. } => *remedy,
            _ => None,
        },
        SkippedCheck::UnclearEncoding { .. } => Some(Remedy::Encoding),
        _ => None,
    });
    let remedy = remedies.into_iter().next().flatten();
    Text::of(|language| {
        let flags = remedy.and_then(|remedy| flags_of(remedy, language));
        flags.unwrap_or_else(|| fl!(language, "hint-fix-source"))
    })
}

/// The hint for a broken history.
pub(crate) fn broken_history() -> Text {
    text!("hint-broken-history")
}

/// The hint for a failed check; `salvaged` with `--salvage`.
pub(crate) fn failed(report: &Report, salvaged: bool) -> Text {
    let wrong = |finding: &&Finding| finding.severity == Severity::Failure;
    let failures = || report.findings().iter().filter(wrong);
    if let Some(hint) = failures().next().and_then(hint_outside_archive) {
        return hint;
    }
    let about_the_data = |finding: &Finding| matches!(finding.code, Code::Against | Code::Total);
    let was_proving = report.run().timings.iter().any(|(step, _)| *step == Step::Prove);
    if failures().any(|finding| finding.code == Code::ContentId) {
        text!("hint-another-archive")
    } else if report.command() == Command::Restore && !report.run().written.is_empty() {
        text!("hint-missing")
    } else if salvaged {
        text!("hint-nothing-intact")
    } else if failures().all(|finding| finding.code == Code::Total) && only_names_differ(report) {
        if report.command() == Command::Export {
            text!("hint-names-exported")
        } else {
            text!("hint-names")
        }
    } else if failures().all(|one| about_the_data(one) || hint_outside_archive(one).is_some()) {
        match report.command() {
            Command::Export if report.archive().id.is_some() => text!("hint-data-exported"),
            Command::Export => text!("hint-data-sources"),
            _ => text!("hint-data"),
        }
    } else if report.proof().is_none() && report.command() == Command::RestoreTest && was_proving {
        text!("hint-prove-again")
    } else if report.findings().iter().any(|finding| finding.code == Code::CutShort) {
        text!("hint-cut-short")
    } else if report.archive().content_id.is_some() {
        text!("hint-another-copy-or-table")
    } else {
        text!("hint-another-copy")
    }
}

/// Whether each total that differs names a table or a column that the archive does not have.
fn only_names_differ(report: &Report) -> bool {
    report.results().totals.iter().all(|total| {
        let rows = total.rows.as_ref().is_none_or(|rows| rows.agrees() || rows.actual.is_none());
        let sum = total.sum.as_ref().is_none_or(|sum| sum.agrees() || sum.actual.is_none());
        rows && sum
    })
}

/// The hint for a failure that does not concern the archive itself; `None` for other failures.
fn hint_outside_archive(finding: &Finding) -> Option<Text> {
    Some(match finding.code {
        Code::Age => text!("hint-age"),
        Code::RestoreTime => text!("hint-restore-time"),
        // A finding with a path is about a line of the history.
        Code::History if finding.path.is_none() => text!("hint-replaced"),
        Code::History => broken_history(),
        _ => return None,
    })
}

/// The hint for a skipped check.
pub(crate) fn unverified(report: &Report) -> Text {
    let of_history =
        |one: &_| matches!(one, SkippedCheck::Prevented { kind: CheckKind::History, .. });
    let unrecorded = report.proof().is_some() && report.skipped_checks().iter().all(of_history);
    match report.command() {
        Command::Export if unrecorded => text!("hint-unrecorded-export"),
        _ if unrecorded => text!("hint-unrecorded"),
        Command::Export if matches!(report.skipped_checks(), [SkippedCheck::ReadBack]) => {
            text!("hint-verify-first")
        }
        Command::Export => unread_source(report),
        Command::Verify if report.archive().content_id.is_none() => text!("hint-verify-with-key"),
        Command::Restore => text!("hint-rest-restored"),
        _ => text!("hint-rest-checked"),
    }
}
