//! What a verdict says, in a word, in a line, and to a person who is no engineer.

use super::{Label, Language, Noun};
use crate::command::Command;
use crate::finding::{Code, Finding, Severity, is_cut_short};
use crate::i18n::fl;
use crate::outcome::{Check, CheckKind};
use crate::report::{Extent, Report, RunOutcome, Verdict};

/// The verdict's word; in Chinese with the English one, which programs and documents use.
pub fn word(verdict: Verdict, language: Language) -> String {
    match verdict {
        Verdict::Proven => fl!(language, "verdict-proven"),
        Verdict::Intact => fl!(language, "verdict-intact"),
        Verdict::Unverified => fl!(language, "verdict-unverified"),
        Verdict::Failed => fl!(language, "verdict-failed"),
    }
}

/// What a verdict's line says beside the word where an archive is all right and holds no record: a proof
/// of nothing looks like any other. `None` if it holds some, or if something is wrong.
pub fn no_records(report: &Report, language: Language) -> Option<String> {
    let is_right = matches!(report.verdict(), Some(Verdict::Proven | Verdict::Unverified));
    if !is_right || !report.is_without_records() {
        return None;
    }
    let none = fl!(language, "no-records");
    Some(match report.files.len() as u64 {
        0 => none,
        files => {
            format!("{none}{}{}", fl!(language, "comma"), Noun::File.some(files, language))
        }
    })
}

/// How a run ended: its verdict's word, or that there is none.
pub fn ending(ending: RunOutcome, language: Language) -> String {
    word(
        match ending {
            RunOutcome::Proven => Verdict::Proven,
            RunOutcome::Intact => Verdict::Intact,
            RunOutcome::Unverified => Verdict::Unverified,
            RunOutcome::Failed => Verdict::Failed,
            RunOutcome::Error => return Label::NoVerdict.text(language).to_owned(),
        },
        language,
    )
}

/// What a report's verdict means, in one line.
pub fn meaning(report: &Report, verdict: Verdict, language: Language) -> String {
    let restore = report.command == Command::Restore;
    match (verdict, report.proof.as_ref().map(|proof| proof.extent())) {
        // Without its list nothing says what it is.
        (Verdict::Failed, _)
            if restore
                && !report.written.is_empty()
                && report.content_id.is_none()
                && !is_cut_short(&report.findings) =>
        {
            fl!(language, "meaning-unreadable")
        }
        (Verdict::Failed, _)
            if restore && !report.written.is_empty() && report.content_id.is_none() =>
        {
            fl!(language, "meaning-cut-short")
        }
        (Verdict::Failed, _) if restore && !report.written.is_empty() => {
            fl!(language, "meaning-damaged")
        }
        (Verdict::Failed, _) if restore && only_another(report) => {
            fl!(language, "meaning-another")
        }
        (Verdict::Failed, _) if restore => fl!(language, "meaning-nothing-restored"),
        (Verdict::Failed, _) => fl!(language, "meaning-failed"),
        (Verdict::Unverified, _) => fl!(language, "meaning-unverified"),
        (Verdict::Intact, _) => fl!(language, "meaning-intact"),
        (Verdict::Proven, Some(Extent::Restored)) => fl!(language, "meaning-restored"),
        (Verdict::Proven, _) if report.command == Command::Export => {
            fl!(language, "meaning-exported")
        }
        (Verdict::Proven, _) => fl!(language, "meaning-proven"),
    }
}

/// Whether nothing is wrong but that it is not the archive that was asked for.
fn only_another(report: &Report) -> bool {
    let mut failures = report.findings.iter().filter(|it| it.severity == Severity::Failure);
    failures.all(|finding| finding.code == Code::ContentId)
}

/// What follows from a report's verdict, for a person who is no engineer.
pub(super) fn explained(report: &Report, verdict: Verdict, language: Language) -> String {
    let another = report.findings.iter().any(|finding| finding.code == Code::ContentId);
    match (verdict, report.proof.as_ref().map(|proof| proof.extent())) {
        (Verdict::Proven, Some(Extent::Restored)) => fl!(language, "explained-restored"),
        (Verdict::Proven, _) if report.command == Command::Export => {
            fl!(language, "explained-exported")
        }
        (Verdict::Proven, _) => fl!(language, "explained-proven"),
        (Verdict::Intact, _) => fl!(language, "explained-intact"),
        (Verdict::Unverified, _) => fl!(language, "explained-unverified"),
        (Verdict::Failed, _) if another => fl!(language, "explained-another"),
        (Verdict::Failed, _) if is_sound(report) => fl!(language, "explained-sound"),
        (Verdict::Failed, _) => fl!(language, "explained-failed"),
    }
}

/// In how many places the source, as it is now, differs from the archive, if it does.
pub fn source_differs(report: &Report, language: Language) -> Option<String> {
    let differs = |finding: &&Finding| finding.code == Code::Against;
    let places = report.findings.iter().filter(differs).count() as u64;
    (places > 0).then(|| fl!(language, "source-differs", places = places))
}

/// How the source, as it is now, stands to the archive, if they were compared.
pub(super) fn moved(report: &Report, language: Language) -> Option<String> {
    if let Some(differs) = source_differs(report, language) {
        return Some(differs);
    }
    let compared = |check: &Check| check.kind == CheckKind::Sources && check.count > 0;
    report.checks.iter().any(compared).then(|| match report.not_looked_at.is_empty() {
        true => fl!(language, "source-equal"),
        false => fl!(language, "source-equal-in-part"),
    })
}

/// Whether what is wrong is not the archive: it was looked at as a whole, and is what was sealed.
pub(super) fn is_sound(report: &Report) -> bool {
    let about_the_archive = |finding: &Finding| {
        finding.severity == Severity::Failure
            && !matches!(
                finding.code,
                Code::ContentId
                    | Code::Total
                    | Code::Against
                    | Code::Age
                    | Code::RestoreTime
                    | Code::History
            )
    };
    report.proof.is_some() && !report.findings.iter().any(about_the_archive)
}

/// What is said of a run that ended in an error.
pub(super) fn not_carried_out(command: Command, language: Language) -> String {
    match command {
        Command::Export => fl!(language, "no-verdict-export"),
        Command::RestoreTest => fl!(language, "no-verdict-restore-test"),
        _ => fl!(language, "no-verdict-check"),
    }
}

/// What a check of this extent does not say, whatever its verdict.
pub(super) fn beyond(report: &Report, language: Language) -> Vec<String> {
    let mut beyond = Vec::new();
    let compared = report.checks.iter().any(|check| check.kind == CheckKind::Sources);
    // Without a key nothing is opened; with one, what keeps an archive from being opened is a finding.
    let not_opened = report.content_id.is_none();
    let sealed_only =
        not_opened && report.findings.iter().all(|finding| finding.code == Code::SealedDigest);
    if sealed_only {
        beyond.push(fl!(language, "beyond-content"));
    } else if report.command != Command::RestoreTest {
        beyond.push(fl!(language, "beyond-database"));
    }
    if report.command == Command::Export {
        beyond.push(fl!(language, "beyond-keys"));
    } else if !not_opened && !compared {
        beyond.push(fl!(language, "beyond-source"));
    }
    if report.totals.is_empty() {
        beyond.push(fl!(language, "beyond-crm"));
    }
    beyond.push(fl!(language, "beyond-author"));
    beyond
}
