//! Documents about histories: the restore-tests, the times between them, and the keys that were
//! used.

use std::time::{Duration, SystemTime};

use super::document::{Banner, Content, Detail, Document, Line, Part, Rows, Section, Span, listed};
use super::units::time;
use crate::command::Command;
use crate::history::{Entry, Gap, History, KeyUse, RunKind, Summary};
use crate::i18n::{Language, fl};
use crate::report::RunOutcome;

/// The maximum number of restore-tests that are shown. The newest are shown first.
const TESTS: usize = 100;

impl Document {
    /// Adds the restore-tests of a history. `entries` are ordered from the oldest to the newest.
    pub fn with_history(mut self, entries: &[Entry]) -> Self {
        let section = restore_tests(entries, self.language);
        self.history = section.map(|section| Part::new(Banner::default(), vec![section]));
        self
    }

    /// A document about a history and its summary. `file` is the path of the history.
    pub fn of_history(
        file: &str,
        history: &History,
        summary: &Summary,
        language: Language,
    ) -> Self {
        let entries = history.entries();
        let lines = format!("  ({})", fl!(language, "count-line", count = entries.len()));
        let exports = fl!(language, "count-export", count = summary.exports);
        let tests = fl!(language, "count-test", count = summary.drills);
        let proven = fl!(language, "count-proven", count = summary.proven);
        let holds = listed([exports, tests, proven], language);
        let facts = vec![
            (fl!(language, "history"), [Span::name(file), lines.into()].into()),
            (fl!(language, "last-line"), Span::code(history.head()).into()),
            (fl!(language, "history-holds"), holds.into()),
        ];
        let mut identity = Section::new("identity", fl!(language, "history"), Detail::Brief);
        let lead = match history.broken() {
            Some(_) => {
                let line = (entries.len() + 1).to_string();
                let broken = fl!(language, "history-broken", line = line);
                identity = identity.paragraph(Detail::Brief, broken.clone());
                broken
            }
            None => fl!(language, "history-in-order", count = entries.len()),
        };
        let mut sections = vec![identity.facts(Detail::Brief, facts)];
        sections.extend(restore_tests(entries, language));
        sections.push(times(summary, language));
        sections.extend(keys(&summary.keys, language));
        let outcome = history.broken().map(|_| RunOutcome::Failed);
        let banner = Banner { outcome, ..Banner::default() }.lead(lead);
        let mut document = Self::new(Command::Inspect, "", language);
        document.parts.push(Part::new(banner, sections));
        document
    }
}

fn restore_tests(entries: &[Entry], language: Language) -> Option<Section> {
    let tests: Vec<_> = entries.iter().filter(|entry| entry.what == RunKind::RestoreTest).collect();
    let (earlier, shown) = tests.split_at(tests.len().saturating_sub(TESTS));
    let bar =
        |test: &&Entry| (test.restore_seconds().unwrap_or(0.0), test.verdict == RunOutcome::Proven);
    let bars: Vec<_> = shown.iter().map(bar).collect();
    let longest = bars.iter().map(|(took, _)| *took).fold(0.0, f64::max);
    let bars = Content::Bars(bars, fl!(language, "history-bars", time = seconds(longest)));
    let title = fl!(language, "restore-tests");
    let section = Section::new("history", &title, Detail::Brief).table(
        Rows::new(title, shown.iter().rev().copied())
            .text(fl!(language, "when"), |test| minute(test.when))
            .text(fl!(language, "archive"), |test| Span::name(&test.archive))
            .number(fl!(language, "restored-in"), |test| test.restore_seconds().map(seconds))
            .number(fl!(language, "records"), |test| test.records)
            .text(fl!(language, "ticket"), |test| test.ticket.as_deref().map(Span::name))
            .text(fl!(language, "verdict"), |test| Span::Outcome(test.verdict)),
    );
    let section = section.with(Detail::Brief, bars);
    (!shown.is_empty()).then(|| match earlier.len() {
        0 => section,
        more => section.paragraph(Detail::Brief, fl!(language, "count-earlier-test", count = more)),
    })
}

/// The section about the times between proven restore-tests, and the times that restores took.
fn times(summary: &Summary, language: Language) -> Section {
    let days = |gap: &Gap| match gap.long.as_secs() / (24 * 60 * 60) {
        0 | 1 => time(gap.long),
        days => fl!(language, "count-day", count = days),
    };
    let mut facts: Vec<(String, Line)> = Vec::new();
    if let Some(gap) = &summary.longest_gap {
        let (from, to) = (at(gap.from), at(gap.to));
        let longest = fl!(language, "history-gap", days = days(gap), from = from, to = to);
        facts.push((fl!(language, "history-longest"), longest.into()));
    }
    let now = match &summary.since_last_proven {
        Some(gap) => {
            fl!(language, "history-gap-open", days = days(gap), from = at(gap.from))
        }
        None => fl!(language, "history-never-proven"),
    };
    facts.push((fl!(language, "history-until-now"), now.into()));
    if let Some(times) = &summary.restore_times {
        let [least, median, last] = [times.least, times.median, times.last].map(seconds);
        let took = fl!(language, "history-times", least = least, median = median, last = last);
        facts.push((fl!(language, "restored-in"), took.into()));
    }
    let section = Section::new("times", fl!(language, "history-proven-tests"), Detail::Brief);
    section.facts(Detail::Brief, facts)
}

fn keys(uses: &[KeyUse], language: Language) -> Option<Section> {
    let mut section = Section::new("keys", fl!(language, "history-keys"), Detail::Brief);
    let mut sorted: Vec<_> = uses.iter().collect();
    sorted.sort_by_key(|used| &used.key);
    for uses in sorted.chunk_by(|one, next| one.key == next.key) {
        let key = &uses[0].key;
        section = section.paragraph(Detail::Brief, Span::code(key)).table(
            Rows::new(key, uses.iter().copied())
                .text(fl!(language, "archive"), |used| Span::name(&used.archive))
                .number(fl!(language, "times"), |used| used.times)
                .text(fl!(language, "first"), |used| minute(used.first))
                .text(fl!(language, "last"), |used| minute(used.last)),
        );
    }
    (!uses.is_empty()).then_some(section)
}

fn at(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).map_or_else(|_| "–".into(), |time| time.to_string())
}

/// A time in UTC, to the minute, so that narrow terminals have room for the other columns.
fn minute(time: SystemTime) -> Option<String> {
    let time = jiff::Timestamp::try_from(time).ok()?;
    Some(time.strftime("%Y-%m-%d %H:%M").to_string())
}

fn seconds(seconds: f64) -> String {
    time(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}
