//! The texts of a verdict: a word, a line, and an explanation for people who are not engineers.

use serde::Serialize;

use super::document::{Span, listed};
use crate::command::Command;
use crate::finding::{Code, Finding, Severity, is_cut_short};
use crate::i18n::{Language, Message, fl};
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::outcome::{Check, CheckKind};
use crate::report::{Extent, Report, RunOutcome, Verdict};

/// The word for an outcome. In Chinese, the English word follows it, because programs and documents
/// use the English one.
pub fn outcome_word(outcome: RunOutcome, language: Language) -> String {
    named("verdict-", &outcome, language)
}

/// A text next to the verdict of a sound archive without records, so that its proof is not mistaken
/// for a proof of data. `None` if the archive holds records, or if the verdict is another one. A
/// dry run of an export has no verdict.
pub fn no_records(report: &Report, language: Language) -> Option<String> {
    let is_sound = match report.verdict() {
        None => report.command == Command::Export,
        Some(verdict) => matches!(verdict, Verdict::Proven | Verdict::Unverified),
    };
    if !is_sound || !report.is_without_records() {
        return None;
    }
    let none = fl!(language, "no-records");
    let files = report.contents.files.len();
    let files = (files > 0).then(|| fl!(language, "count-file", count = files));
    Some(listed([none].into_iter().chain(files), language))
}

/// What a report's verdict means, in one line.
pub(super) fn meaning(report: &Report, verdict: Verdict, language: Language) -> String {
    let extent = report.proof().map(|proof| proof.extent());
    match verdict {
        Verdict::Failed if report.command == Command::Restore => restore_failed(report, language),
        Verdict::Failed => fl!(language, "meaning-failed"),
        Verdict::Unverified => fl!(language, "meaning-unverified"),
        Verdict::Intact => fl!(language, "meaning-intact"),
        Verdict::Proven if extent == Some(Extent::Restored) => fl!(language, "meaning-restored"),
        Verdict::Proven if report.command == Command::Export => fl!(language, "meaning-exported"),
        Verdict::Proven => fl!(language, "meaning-proven"),
    }
}

/// What a failed restore has restored.
fn restore_failed(report: &Report, language: Language) -> String {
    // If the manifest cannot be read, the contents of the archive are unknown.
    let is_listed = report.archive.content_id.is_some();
    match report.run.written.is_empty() {
        true if only_another(report) => fl!(language, "meaning-another"),
        true => fl!(language, "meaning-nothing-restored"),
        false if is_listed => fl!(language, "meaning-damaged"),
        false if is_cut_short(&report.findings) => fl!(language, "meaning-cut-short"),
        false => fl!(language, "meaning-unreadable"),
    }
}

/// Whether the only failure is a content id other than the expected one.
fn only_another(report: &Report) -> bool {
    let mut failures = report.findings.iter().filter(|it| it.severity == Severity::Failure);
    failures.all(|finding| finding.code == Code::ContentId)
}

/// What follows from a report's verdict, for people who are not engineers.
pub(super) fn explained(report: &Report, verdict: Verdict, language: Language) -> String {
    let another = report.findings.iter().any(|finding| finding.code == Code::ContentId);
    let extent = report.proof().map(|proof| proof.extent());
    match verdict {
        Verdict::Proven if extent == Some(Extent::Restored) => fl!(language, "explained-restored"),
        Verdict::Proven if report.command == Command::Export => fl!(language, "explained-exported"),
        Verdict::Proven => fl!(language, "explained-proven"),
        Verdict::Intact => fl!(language, "explained-intact"),
        Verdict::Unverified => fl!(language, "explained-unverified"),
        Verdict::Failed if another => fl!(language, "explained-another"),
        Verdict::Failed if is_sound(report) => fl!(language, "explained-sound"),
        Verdict::Failed => fl!(language, "explained-failed"),
    }
}

/// The result of the comparison with the current source, if it ran.
pub(super) fn compared_with_source(report: &Report, language: Language) -> Option<String> {
    let differs = |finding: &&Finding| finding.code == Code::Against;
    let places = report.findings.iter().filter(differs).count();
    if places > 0 {
        return Some(fl!(language, "source-differs", places = places));
    }
    let compared = |check: &Check| check.kind == CheckKind::Sources && check.count > 0;
    let left_out = |entry: &LedgerEntry| entry.code == LedgerCode::LeftOutTable;
    let is_all = report.skipped.is_empty() && !report.contents.ledger.iter().any(left_out);
    report.results.checks.iter().any(compared).then(|| match is_all {
        true => fl!(language, "source-equal"),
        false => fl!(language, "source-equal-in-part"),
    })
}

/// A sentence that all checks ran, for a report without skipped checks. After a failure, some may
/// not have run.
pub(super) fn all_checks_ran(report: &Report, language: Language) -> String {
    match report.verdict() {
        Some(Verdict::Failed) if !is_sound(report) => fl!(language, "may-have-stopped"),
        _ => fl!(language, "all-checks-ran"),
    }
}

/// Whether the archive itself is sound: everything was checked, and no failure is about the
/// archive.
fn is_sound(report: &Report) -> bool {
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
    report.proof().is_some() && !report.findings.iter().any(about_the_archive)
}

/// What this kind of check does not cover, independently of the verdict.
pub(super) fn not_covered(report: &Report, language: Language) -> Vec<String> {
    let mut not_covered = Vec::new();
    let compared = report.results.checks.iter().any(|check| check.kind == CheckKind::Sources);
    // Without a key nothing is opened; with a key, an archive that cannot be opened has findings.
    let not_opened = report.archive.content_id.is_none();
    let sealed_only =
        not_opened && report.findings.iter().all(|finding| finding.code == Code::SealedDigest);
    if sealed_only {
        not_covered.push(fl!(language, "not-covered-content"));
    } else if report.command != Command::RestoreTest {
        not_covered.push(fl!(language, "not-covered-database"));
    }
    if report.command == Command::Export {
        not_covered.push(fl!(language, "not-covered-keys"));
    } else if !not_opened && !compared {
        not_covered.push(fl!(language, "not-covered-source"));
    }
    if report.results.totals.is_empty() {
        not_covered.push(fl!(language, "not-covered-crm"));
    }
    not_covered.push(fl!(language, "not-covered-author"));
    not_covered
}

/// The name of an enum variant in a language. Its message id is the name in JSON, after `prefix`.
pub(super) fn named(prefix: &str, variant: &impl Serialize, language: Language) -> String {
    Message::of_variant(prefix, variant).text(language)
}

/// Yes, or no as a fault.
pub(super) fn yes_or_no(yes: bool, language: Language) -> Span {
    match yes {
        true => fl!(language, "yes").into(),
        false => Span::Fault(fl!(language, "no")),
    }
}
