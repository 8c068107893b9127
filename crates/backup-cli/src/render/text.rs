//! Outcomes as text. The verdict comes last, where a person looks first.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use backup_core::render::{self, Label, Language, clean};
use backup_core::{Command, Verdict};

use super::layout::{padded, paragraph};
use super::report::{heading, report, sources};
use super::{Style, Tone, demo, history};
use crate::exit::{self, Failure};
use crate::i18n::fl;
use crate::outcome::{Examined, Outcome, Told};

/// How much of a report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// The content id, and what was seen.
    Brief,
    /// What was seen, and which tables there are.
    Seen,
    /// All of it, but for what only a program wants.
    Full,
}

/// An outcome, whole.
pub(crate) fn outcome(outcome: &Outcome, style: Style, detail: Detail) -> String {
    match outcome {
        Outcome::Report(told) => report_told(told, style, detail),
        Outcome::Archives { examined, .. } => archives(examined, style, detail.min(Detail::Seen)),
        Outcome::History(recounted) => history::text(recounted, style),
        Outcome::Key(_) => String::new(),
        Outcome::Demo(demonstration) => demo::text(demonstration, style),
    }
}

/// The verdict and nothing else: the same word in every language, for scripts.
pub(crate) fn quiet(outcome: &Outcome, style: Style) -> String {
    let style = Style { language: Language::English, ..style };
    let line = |verdict: Option<Verdict>| {
        verdict.map(|verdict| format!("{}\n", word(verdict, style))).unwrap_or_default()
    };
    match outcome {
        Outcome::Report(told) => line(told.report.verdict()),
        Outcome::Archives { examined, .. } if examined.len() == 1 => line(examined[0].verdict()),
        Outcome::Archives { examined, .. } => {
            examined.iter().map(|one| summary(one, style) + "\n").collect()
        }
        Outcome::History(recounted) => line(recounted.history.broken().map(|_| Verdict::Failed)),
        Outcome::Key(_) => String::new(),
        Outcome::Demo(demo) => line(Some(demo.verdict)),
    }
}

/// An error for standard error, with what to try set apart. What is not proven is no error: it is
/// a warning.
pub(crate) fn failure(failure: &Failure, style: Style) -> String {
    let language = style.language;
    let (tone, word) = match failure.exit {
        exit::UNVERIFIED => (Tone::Doubtful, fl!(language, "warning")),
        _ => (Tone::Bad, fl!(language, "error")),
    };
    let mut text = String::new();
    let mut line = |tone: Tone, word: &str, said: &str| {
        let gap = Label::Space.text(language);
        let said = paragraph(&clean(said), word.width() + gap.len(), style.width);
        let _ = writeln!(text, "{}{gap}{said}", style.paint(tone, word));
    };
    line(tone, &word, failure.message.text(language));
    if let Some(hint) = &failure.hint {
        line(Tone::Title, &fl!(language, "hint"), hint.text(language));
    }
    text
}

pub(super) fn word(verdict: Verdict, style: Style) -> String {
    let tone = match verdict {
        Verdict::Proven | Verdict::Intact => Tone::Good,
        Verdict::Failed => Tone::Bad,
        Verdict::Unverified => Tone::Doubtful,
    };
    style.paint(tone, &render::word(verdict, style.language))
}

/// The worst verdict. There is none of all archives if one could not be looked at, unless another has
/// failed.
pub(crate) fn worst_verdict(examined: &[Examined]) -> Option<Verdict> {
    let all = || examined.iter().map(Examined::verdict);
    if all().any(|verdict| verdict.is_none())
        && !all().any(|verdict| verdict == Some(Verdict::Failed))
    {
        return None;
    }
    all().flatten().max()
}

impl Examined {
    fn verdict(&self) -> Option<Verdict> {
        match &self.result {
            Ok(report) => report.verdict(),
            Err(failure) => failure.finding.as_ref().map(|_| Verdict::Failed),
        }
    }
}

fn archives(examined: &[Examined], style: Style, detail: Detail) -> String {
    let mut text = String::new();
    for one in examined {
        if let Ok(found) = &one.result {
            text.push_str(&report(found, style, detail));
            if examined.len() > 1 {
                text.push('\n');
            }
        }
    }
    if examined.len() > 1 {
        heading(&mut text, Label::AllArchives.text(style.language), style);
        for one in examined {
            let none = one.result.as_ref().ok();
            let none = none.and_then(|report| render::no_records(report, style.language));
            let comma = Label::Comma.text(style.language);
            let none = none.map(|none| format!("{comma}{none}")).unwrap_or_default();
            let _ = writeln!(text, "  {}{none}", summary(one, style));
        }
    }
    text
}

/// How wide the verdicts are that stand before the names of archives, and a gap.
const COLUMN: usize = 12;
const WIDE_COLUMN: usize = 24;

fn summary(one: &Examined, style: Style) -> String {
    // Standard error says what kept it from being looked at.
    let error = fl!(style.language, "history-error");
    let verdict = one.verdict();
    let plain =
        verdict.map_or_else(|| error.clone(), |verdict| render::word(verdict, style.language));
    let column = if style.language == Language::English { COLUMN } else { WIDE_COLUMN };
    let padding = &padded(&plain, column)[plain.len()..];
    let name = one.archive.display().to_string();
    let verdict =
        verdict.map_or_else(|| style.paint(Tone::Bad, &error), |verdict| word(verdict, style));
    format!("{verdict}{padding}{}", clean(&name))
}

fn report_told(told: &Told, style: Style, detail: Detail) -> String {
    let detail =
        if told.report.command == Command::Restore { detail.min(Detail::Seen) } else { detail };
    let mut text = report(&told.report, style, detail);
    if told.dry_run {
        sources(&mut text, &told.report, style);
        let _ = writeln!(text, "{}", Label::NothingWritten.text(style.language));
    }
    if let Some(next) = told.next.as_ref().filter(|_| detail == Detail::Full) {
        let _ = writeln!(text, "\n{}", clean_lines(next));
    }
    text
}

fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}
