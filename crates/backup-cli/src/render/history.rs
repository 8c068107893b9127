//! A history as text: the drills, what lies between them, and which key opened what.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use backup_core::history::{Entry, Gap, RestoreTimes, What};
use backup_core::render::{clean, count, time};
use backup_core::{Ending, Verdict, history};

use super::layout::columns;
use super::text::{SHOWN, heading};
use super::{Style, Tone};
use crate::commands::Recounted;

/// What a bar of each height looks like.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How many bars are shown.
const MOST_BARS: usize = 40;

pub(super) fn text(recounted: &Recounted, style: Style) -> String {
    let mut text = String::new();
    facts(&mut text, recounted, style);
    drills(&mut text, recounted.history.entries(), style);
    gaps(&mut text, &recounted.summary, style);
    if let Some(times) = &recounted.summary.restore_times {
        restore_times(&mut text, times, style);
    }
    keys(&mut text, &recounted.summary, style);
    if recounted.history.broken().is_some() {
        let failed = style.paint(Tone::Bad, Verdict::Failed.as_str());
        let _ = writeln!(text, "\n{failed}\nThis is what stands before the line that is wrong.");
    }
    text
}

fn facts(text: &mut String, recounted: &Recounted, style: Style) {
    let summary = &recounted.summary;
    let lines = some(recounted.history.entries().len() as u64, "line", "lines");
    let drills = some(summary.drills, "drill", "drills");
    let facts = [
        ("History", format!("{}  ({lines})", recounted.file.display())),
        ("Last line", recounted.history.head().to_string()),
        (
            "Holds",
            format!(
                "{}, {drills}, of which {} proven",
                some(summary.exports, "export", "exports"),
                count(summary.proven)
            ),
        ),
    ];
    for (name, value) in facts {
        let name = style.paint(Tone::Faint, &format!("{name:<10}"));
        let _ = writeln!(text, "{name} {}", clean(&value));
    }
}

fn drills(text: &mut String, entries: &[Entry], style: Style) {
    let drills: Vec<_> = entries.iter().filter(|entry| entry.what == What::RestoreTest).collect();
    if drills.is_empty() {
        return;
    }
    heading(text, "Drills", style);
    let hidden = drills.len().saturating_sub(SHOWN);
    if hidden > 0 {
        let _ = writeln!(text, "  … {} before these, see --json", count(hidden as u64));
    }
    let mut rows =
        vec![["  Archive", "When", "Restore", "Records", "Ticket", "Verdict"].map(str::to_owned)];
    rows.extend(drills[hidden..].iter().map(|drill| {
        [
            format!("  {}", clean(&drill.archive)),
            at(drill.when),
            drill.restore_seconds().map(seconds).unwrap_or_default(),
            drill.records.map(count).unwrap_or_default(),
            clean(drill.ticket.as_deref().unwrap_or_default()).into_owned(),
            word(drill.verdict, style),
        ]
    }));
    table(text, &rows, style);
}

fn table<const N: usize>(text: &mut String, rows: &[[String; N]], style: Style) {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.to_vec()).collect();
    for (index, line) in columns(&rows, style.width).iter().enumerate() {
        let line = if index == 0 { style.paint(Tone::Faint, line) } else { line.clone() };
        let _ = writeln!(text, "{line}");
    }
}

fn word(ending: Ending, style: Style) -> String {
    let tone = match ending {
        Ending::Proven | Ending::Intact => Tone::Good,
        Ending::Unverified => Tone::Doubtful,
        Ending::Failed | Ending::Error => Tone::Bad,
    };
    style.paint(tone, ending.as_str())
}

fn gaps(text: &mut String, summary: &history::Summary, style: Style) {
    heading(text, "Time without a proven drill", style);
    let mut gap = |name: &str, gap: &Gap, until: &str| {
        let _ = writeln!(text, "  {name:<9} {}, from {} {until}", days(gap.long), at(gap.from));
    };
    match (&summary.longest_gap, &summary.since_last_proven) {
        (longest, Some(since)) => {
            if let Some(longest) = longest {
                gap("longest", longest, &format!("to {}", at(longest.to)));
            }
            gap("until now", since, "on");
        }
        _ => {
            let _ = writeln!(text, "  always: no drill was proven yet");
        }
    }
}

fn restore_times(text: &mut String, times: &RestoreTimes, style: Style) {
    heading(text, "Time to restore, of proven drills", style);
    let RestoreTimes { least, median, last, all, .. } = times;
    let [least, median, last] = [least, median, last].map(|time| seconds(*time));
    let _ = writeln!(text, "  least {least}, median {median}, last {last}");
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
    heading(text, "Which key opened what", style);
    let mut known: Vec<&str> = Vec::new();
    for used in &summary.keys {
        if !known.contains(&used.key.as_str()) {
            known.push(&used.key);
        }
    }
    for key in known {
        let _ = writeln!(text, "  {}", clean(key));
        let of_key = summary.keys.iter().filter(|used| used.key == key);
        let mut rows = vec![["    Archive", "Times", "First", "Last"].map(str::to_owned)];
        rows.extend(of_key.map(|used| {
            let archive = format!("    {}", clean(&used.archive));
            [archive, count(used.times), at(used.first), at(used.last)]
        }));
        table(text, &rows, style);
    }
}

/// `1 file`, `2 files`
fn some(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

fn at(time: SystemTime) -> String {
    let seconds = jiff::Timestamp::try_from(time).map_or(0, jiff::Timestamp::as_second);
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

fn seconds(seconds: f64) -> String {
    time(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// `91 days`; what is less than two days in hours, or less.
fn days(long: Duration) -> String {
    match long.as_secs() / (24 * 60 * 60) {
        0 | 1 => time(long),
        days => some(days, "day", "days"),
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
        assert_eq!(days(Duration::from_secs(91 * 86_400 + 5)), "91 days");
        assert_eq!(days(Duration::from_secs(47 * 3600)), "47 h 0 min");
    }
}
