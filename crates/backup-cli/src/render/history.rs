//! A history as text: the drills, what lies between them, and which key opened what.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use backup_core::history::{Entry, Gap, RestoreTimes, What};
use backup_core::render::{self, Label, Language, Noun, clean, count, time};
use backup_core::{RunOutcome, Verdict, history};

use super::layout::Flush::{Left, Right};
use super::layout::{padded, paragraph};
use super::report::{SHOWN, heading, table};
use super::{Style, Tone};
use crate::i18n::fl;
use crate::outcome::Recounted;

/// What a bar of each height looks like.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How much further in than its key stands what it opened.
const INDENT: &str = "  ";

/// In how many columns the time of a drill is shown with its day, which is so long.
const ROOMY: usize = 100;
const DAY: usize = "2026-01-31".len();

/// How many bars are shown.
const MOST_BARS: usize = 40;

pub(super) fn text(recounted: &Recounted, style: Style) -> String {
    let mut text = String::new();
    if recounted.history.broken().is_some() {
        let line = recounted.history.entries().len() as u64 + 1;
        let said = fl!(style.language, "history-broken", line = line);
        let _ = writeln!(text, "{}\n", style.paint(Tone::Bad, &paragraph(&said, 0, style.width)));
    }
    facts(&mut text, recounted, style);
    drills(&mut text, recounted.history.entries(), style);
    gaps(&mut text, &recounted.summary, style);
    if let Some(times) = &recounted.summary.restore_times {
        restore_times(&mut text, times, style);
    }
    keys(&mut text, &recounted.summary, style);
    if recounted.history.broken().is_some() {
        let failed = style.paint(Tone::Bad, &render::word(Verdict::Failed, style.language));
        let before = Label::BeforeBroken.text(style.language);
        let _ = writeln!(text, "\n{failed}\n{before}");
    }
    text
}

fn facts(text: &mut String, recounted: &Recounted, style: Style) {
    let language = style.language;
    let summary = &recounted.summary;
    let lines = Noun::Line.some(recounted.history.entries().len() as u64, language);
    let file = recounted.file.display();
    let exports = Noun::Export.some(summary.exports, language);
    let drills = Noun::Drill.some(summary.drills, language);
    let proven = summary.proven;
    let facts = [
        (Label::HistoryFile, format!("{file}  ({lines})")),
        (Label::LastLine, recounted.history.head().to_string()),
        (
            Label::Holding,
            fl!(language, "history-holds", exports = exports, drills = drills, proven = proven),
        ),
    ];
    for (label, value) in facts {
        let name = style.paint(Tone::Faint, &padded(label.text(language), 10));
        let _ = writeln!(text, "{name} {}", paragraph(&clean(&value), 11, style.width));
    }
}

fn drills(text: &mut String, entries: &[Entry], style: Style) {
    let drills: Vec<_> = entries.iter().filter(|entry| entry.what == What::RestoreTest).collect();
    if drills.is_empty() {
        return;
    }
    heading(text, Label::Drills.text(style.language), style);
    let hidden = drills.len().saturating_sub(SHOWN);
    if hidden > 0 {
        let said = fl!(style.language, "history-hidden", hidden = hidden);
        let _ = writeln!(text, "  … {said}");
    }
    // The day is enough where there is little room.
    let narrow = style.width.is_some_and(|width| width < ROOMY);
    let when = |time| at(time).chars().take(if narrow { DAY } else { usize::MAX }).collect();
    let labels = [
        Label::Archive,
        Label::When,
        Label::RestoreTime,
        Label::Records,
        Label::Ticket,
        Label::Verdict,
    ];
    let rows = drills[hidden..].iter().map(|drill| {
        vec![
            clean(&drill.archive).into_owned(),
            when(drill.when),
            drill.restore_seconds().map(seconds).unwrap_or_default(),
            drill.records.map(count).unwrap_or_default(),
            clean(drill.ticket.as_deref().unwrap_or_default()).into_owned(),
            word(drill.verdict, style),
        ]
    });
    table(text, &labels, &[Left, Left, Right, Right, Left, Left], rows, style);
}

fn word(ending: RunOutcome, style: Style) -> String {
    let tone = match ending {
        RunOutcome::Proven | RunOutcome::Intact => Tone::Good,
        RunOutcome::Unverified => Tone::Doubtful,
        RunOutcome::Failed | RunOutcome::Error => Tone::Bad,
    };
    // Here the word in one language is enough.
    let word = match ending {
        RunOutcome::Proven => fl!(style.language, "history-proven"),
        RunOutcome::Intact => fl!(style.language, "history-intact"),
        RunOutcome::Unverified => fl!(style.language, "history-unverified"),
        RunOutcome::Failed => fl!(style.language, "history-failed"),
        RunOutcome::Error => fl!(style.language, "history-error"),
    };
    style.paint(tone, &word)
}

fn gaps(text: &mut String, summary: &history::Summary, style: Style) {
    let language = style.language;
    heading(text, Label::WithoutDrill.text(language), style);
    let Some(since) = &summary.since_last_proven else {
        let _ = writeln!(text, "  {}", Label::NeverProven.text(language));
        return;
    };
    let mut gap = |label: Label, gap: &Gap, to: Option<String>| {
        let (long, from) = (days(gap.long, language), at(gap.from));
        let said = match to {
            Some(to) => fl!(language, "history-gap", days = long, from = from, to = to),
            None => fl!(language, "history-gap-open", days = long, from = from),
        };
        let name = padded(label.text(language), 9);
        let _ = writeln!(text, "  {name} {}", paragraph(&said, 12, style.width));
    };
    if let Some(longest) = &summary.longest_gap {
        gap(Label::LongestGap, longest, Some(at(longest.to)));
    }
    gap(Label::UntilNow, since, None);
}

fn restore_times(text: &mut String, times: &RestoreTimes, style: Style) {
    let language = style.language;
    heading(text, Label::RestoreTimes.text(language), style);
    let RestoreTimes { least, median, last, all, .. } = times;
    let said = [(Label::Least, least), (Label::Median, median), (Label::Last, last)];
    let said = said.map(|(label, time)| format!("{} {}", label.text(language), seconds(*time)));
    let _ = writeln!(text, "  {}", said.join(Label::Comma.text(language)));
    if all.len() > 1 {
        let _ = writeln!(text, "  {}", bars(&all[all.len().saturating_sub(MOST_BARS)..]));
    }
}

/// A bar for each number; the highest is that of the largest, and there is none of nothing.
fn bars(numbers: &[f64]) -> String {
    let most = numbers.iter().copied().fold(0.0, f64::max);
    let height = |number: &f64| match number / most * BARS.len() as f64 {
        height if height.is_finite() => (height.ceil() as usize).clamp(1, BARS.len()),
        _ => 1,
    };
    numbers.iter().map(|number| BARS[height(number) - 1]).collect()
}

fn keys(text: &mut String, summary: &history::Summary, style: Style) {
    if summary.keys.is_empty() {
        return;
    }
    heading(text, Label::KeysUsed.text(style.language), style);
    let mut known: Vec<&str> = Vec::new();
    for used in &summary.keys {
        if !known.contains(&used.key.as_str()) {
            known.push(&used.key);
        }
    }
    for key in known {
        let _ = writeln!(text, "  {}", clean(key));
        let of_key = summary.keys.iter().filter(|used| used.key == key);
        let rows = of_key.map(|used| {
            let archive = clean(&used.archive).into_owned();
            vec![archive, count(used.times), at(used.first), at(used.last)]
        });
        let labels = [Label::Archive, Label::Opened, Label::First, Label::Latest];
        let mut uses = String::new();
        let narrower =
            Style { width: style.width.map(|width| width.saturating_sub(INDENT.len())), ..style };
        table(&mut uses, &labels, &[Left, Right, Left, Left], rows, narrower);
        uses.lines().for_each(|line| {
            let _ = writeln!(text, "{INDENT}{line}");
        });
    }
}

fn at(time: SystemTime) -> String {
    let seconds = jiff::Timestamp::try_from(time).map_or(0, jiff::Timestamp::as_second);
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

fn seconds(seconds: f64) -> String {
    time(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// `91 days`; what is less than two days in hours, or less.
fn days(long: Duration, language: Language) -> String {
    match long.as_secs() / (24 * 60 * 60) {
        0 | 1 => time(long),
        days => Noun::Day.some(days, language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_their_numbers() {
        assert_eq!(bars(&[1.0, 4.0, 8.0]), "▁▄█");
        assert_eq!(bars(&[0.0, 0.0]), "▁▁", "nothing at all");
        assert_eq!(bars(&[2.5]), "█");
    }

    #[test]
    fn long_times_are_said_in_days() {
        let long = Duration::from_secs(91 * 86_400 + 5);
        assert_eq!(days(long, Language::English), "91 days");
        assert_eq!(days(long, Language::Chinese), "91 天");
        assert_eq!(days(Duration::from_secs(47 * 3600), Language::English), "47 h 0 min");
    }
}
