//! Outcomes as text.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use backup_core::render::{Detail, Language, clean, no_records};
use backup_core::{Command, Report, RunOutcome, Verdict};

use super::document::{self, outcome_painted};
use super::layout::{padded, paragraph};
use super::{Style, Tone};
use crate::exit::{self, Failure};
use crate::i18n::fl;
use crate::outcome::{Demonstration, Examined, Outcome, ReportView};

/// An outcome as text, with at most this level of detail.
pub(crate) fn outcome(outcome: &Outcome, style: Style, detail: Detail) -> String {
    let detail = match outcome {
        Outcome::Report(view) if view.report.command() == Command::Restore => Detail::Normal,
        Outcome::Archives { .. } => Detail::Normal,
        _ => Detail::Full,
    }
    .min(detail);
    let document = outcome.document("", None, style.language);
    // A preview is for checking every source.
    let lists_all = matches!(outcome, Outcome::Report(view) if view.dry_run);
    let text = document.map(|it| document::text(&it, style, detail, lists_all));
    let mut text = text.unwrap_or_default();
    match outcome {
        Outcome::Report(view) => add_to_report(&mut text, view, style, detail),
        Outcome::Demo(demo) => text = demonstration(demo, style),
        _ => {}
    }
    text
}

fn add_to_report(text: &mut String, view: &ReportView, style: Style, detail: Detail) {
    if view.dry_run {
        let _ = writeln!(text, "\n{}", fl!(style.language, "nothing-written"));
    }
    if let Some(next) = view.next.as_ref().filter(|_| detail == Detail::Full) {
        let next = next.lines().map(clean).collect::<Vec<_>>().join("\n");
        let _ = writeln!(text, "\n{next}");
    }
}

/// The end of the demonstration.
fn demonstration(demo: &Demonstration, style: Style) -> String {
    let mut text = String::from("\n");
    for name in &demo.differences {
        let differs = fl!(style.language, "demo-differs", name = clean(name));
        let _ = writeln!(text, "  {} {differs}", style.paint(Tone::Bad, "✗"));
    }
    let ending = match demo.verdict {
        Verdict::Proven => fl!(style.language, "demo-proven", files = demo.compared),
        _ => fl!(style.language, "demo-failed"),
    };
    let _ = writeln!(text, "{ending}\n\n{}", outcome_painted(demo.verdict.into(), style));
    text
}

/// Only the verdict, and whether there are no records: the same words in every language, for scripts.
pub(crate) fn quiet(outcome: &Outcome, style: Style) -> String {
    let style = Style { language: Language::English, ..style };
    let line = |verdict: Option<Verdict>, report: Option<&Report>| {
        let word = verdict.map(|verdict| outcome_painted(verdict.into(), style));
        let none = report.map(|report| beside(report, style)).unwrap_or_default();
        word.map(|word| word + &none + "\n").unwrap_or_default()
    };
    match outcome {
        Outcome::Report(view) => line(view.report.verdict(), Some(&view.report)),
        Outcome::Archives { examined, .. } if examined.len() == 1 => {
            line(examined[0].verdict(), examined[0].result.as_deref().ok())
        }
        Outcome::Archives { examined, .. } => {
            examined.iter().map(|one| quiet_line(one, style)).collect()
        }
        Outcome::History(view) => line(view.history.broken().map(|_| Verdict::Failed), None),
        Outcome::Key(_) | Outcome::Text(_) => String::new(),
        Outcome::Demo(demo) => line(Some(demo.verdict), None),
    }
}

/// `, no records`, if an archive has none.
fn beside(report: &Report, style: Style) -> String {
    let none = no_records(report, style.language);
    none.map(|none| fl!(style.language, "comma") + &none).unwrap_or_default()
}

/// The width of the verdicts before the names of archives, and of a gap.
const VERDICT: usize = 12;

fn quiet_line(one: &Examined, style: Style) -> String {
    let word = match one.verdict() {
        Some(verdict) => outcome_painted(verdict.into(), style),
        None => style.paint(Tone::Bad, &RunOutcome::Error.to_string()),
    };
    let none = one.result.as_deref().map(|report| beside(report, style)).unwrap_or_default();
    let name = one.archive.display().to_string();
    let word = padded(&format!("{word}{none}"), VERDICT);
    let gap = if none.is_empty() { "" } else { "  " };
    format!("{word}{gap}{}\n", clean(&name))
}

/// An error for standard error, with its hint on a separate line. An archive that is not proven is
/// not an error but a warning.
pub(crate) fn failure(failure: &Failure, style: Style) -> String {
    let language = style.language;
    let (tone, word) = match failure.exit {
        exit::UNVERIFIED => (Tone::Doubtful, fl!(language, "warning")),
        _ => (Tone::Bad, fl!(language, "error")),
    };
    let hint = failure.hint.as_ref().map(|hint| (Tone::Title, fl!(language, "hint"), hint));
    let lines = std::iter::once((tone, word, &failure.message)).chain(hint);
    let lines = lines.map(|(tone, word, message)| {
        let gap = fl!(language, "gap");
        let indent = word.width() + gap.width();
        let message = paragraph(&clean(message.text(language)), indent, style.width);
        format!("{}{gap}{message}\n", style.paint(tone, &word))
    });
    lines.collect()
}
