//! Documents of histories: the restore-tests, the time between them, and the keys that were used.

use std::time::{Duration, SystemTime};

use super::document::{
    Banner, Column, Content, Detail, Document, Fact, Part, Section, Span, Table, listed,
};
use super::units::time;
use crate::command::Command;
use crate::history::{Entry, Gap, History, KeyUse, Summary, What};
use crate::i18n::{Language, fl};
use crate::report::RunOutcome;

/// How many restore-tests are shown: the last ones, the newest first.
const TESTS: usize = 100;

impl Document {
    /// Adds the restore-tests of a history, the oldest first.
    pub fn with_history(mut self, entries: &[Entry]) -> Self {
        let section = restore_tests(entries, self.language);
        self.history = section.map(|section| Part::new(None, vec![section]));
        self
    }

    /// A history and its summary; `file` is where it is.
    pub fn of_history(
        file: &str,
        history: &History,
        summary: &Summary,
        language: Language,
    ) -> Self {
        let entries = history.entries();
        let lines = fl!(language, "count-line", count = entries.len());
        let file = vec![Span::name(file), Span::Text(format!("  ({lines})"))];
        let holds = [
            fl!(language, "count-export", count = summary.exports),
            fl!(language, "count-test", count = summary.drills),
            fl!(language, "count-proven", count = summary.proven),
        ];
        let holds = Span::Text(listed(holds, language));
        let fact = |label, value| Fact { from: Detail::Brief, label, value };
        let facts = vec![
            fact(fl!(language, "history"), file),
            fact(fl!(language, "last-line"), Span::code(history.head()).into()),
            fact(fl!(language, "history-holds"), holds.into()),
        ];
        let mut sections = vec![
            Section::new("identity", fl!(language, "history"), Detail::Brief)
                .with(Content::Facts(facts)),
        ];
        sections.extend(restore_tests(entries, language));
        sections.push(times(summary, language));
        sections.extend(keys(&summary.keys, language));
        let (outcome, lead) = match history.broken() {
            Some(_) => {
                let line = (entries.len() + 1).to_string();
                (Some(RunOutcome::Failed), fl!(language, "history-broken", line = line))
            }
            None => (None, fl!(language, "history-in-order", count = entries.len())),
        };
        let lead = Span::Text(lead).into();
        let banner = Banner { outcome, beside: None, lead, blocks: Vec::new() };
        let mut document = Self::new(Command::Inspect, "", language);
        document.parts.push(Part::new(Some(banner), sections));
        document
    }
}

fn restore_tests(entries: &[Entry], language: Language) -> Option<Section> {
    let tests: Vec<_> = entries.iter().filter(|entry| entry.what == What::RestoreTest).collect();
    let (earlier, shown) = tests.split_at(tests.len().saturating_sub(TESTS));
    if shown.is_empty() {
        return None;
    }
    let longest = shown.iter().filter_map(|test| test.restore_seconds()).fold(0.0, f64::max);
    let bars = shown
        .iter()
        .map(|test| (test.restore_seconds().unwrap_or(0.0), test.verdict == RunOutcome::Proven));
    let bars =
        Content::Bars(bars.collect(), fl!(language, "history-bars", time = seconds(longest)));
    let rows = shown.iter().rev().map(|test| {
        vec![
            moment(test.when).into(),
            Span::name(&test.archive).into(),
            test.restore_seconds()
                .map_or_else(Span::unknown, |took| Span::Text(seconds(took)))
                .into(),
            test.records.map_or_else(Span::unknown, Span::number).into(),
            Span::name(test.ticket.as_deref().unwrap_or_default()).into(),
            Span::Outcome(test.verdict).into(),
        ]
    });
    let columns = [
        Column::text(fl!(language, "when")),
        Column::text(fl!(language, "archive")),
        Column::number(fl!(language, "restored-in")),
        Column::number(fl!(language, "records")),
        Column::text(fl!(language, "ticket")),
        Column::text(fl!(language, "verdict")),
    ];
    let title = fl!(language, "restore-tests");
    let table = Content::Table(Table::new(&title, columns, rows));
    let mut section = Section::new("history", title, Detail::Brief).with(table).with(bars);
    if !earlier.is_empty() {
        let earlier = fl!(language, "count-earlier-test", count = earlier.len());
        section = section.with(Content::Paragraph(Span::Text(earlier).into()));
    }
    Some(section)
}

/// How long restoring took, and how long no restore-test was proven.
fn times(summary: &Summary, language: Language) -> Section {
    let gap = |gap: &Gap, open: bool| {
        let days = match gap.long.as_secs() / (24 * 60 * 60) {
            0 | 1 => time(gap.long),
            days => fl!(language, "count-day", count = days),
        };
        let (from, to) = (at(gap.from), at(gap.to));
        Span::Text(match open {
            true => fl!(language, "history-gap-open", days = days, from = from),
            false => fl!(language, "history-gap", days = days, from = from, to = to),
        })
    };
    let never = || Span::Text(fl!(language, "history-never-proven"));
    let now = summary.since_last_proven.as_ref().map_or_else(never, |since| gap(since, true));
    let longest = summary.longest_gap.as_ref();
    let took = summary.restore_times.as_ref().map(|times| {
        let [least, median, last] = [times.least, times.median, times.last].map(seconds);
        Span::Text(fl!(language, "history-times", least = least, median = median, last = last))
    });
    let facts = [
        longest.map(|longest| (fl!(language, "history-longest"), gap(longest, false))),
        Some((fl!(language, "history-until-now"), now)),
        took.map(|took| (fl!(language, "restored-in"), took)),
    ];
    let fact = |(label, value): (_, Span)| Fact { from: Detail::Brief, label, value: value.into() };
    let facts = facts.into_iter().flatten().map(fact).collect();
    Section::new("times", fl!(language, "history-proven-tests"), Detail::Brief)
        .with(Content::Facts(facts))
}

fn keys(uses: &[KeyUse], language: Language) -> Option<Section> {
    let mut section = Section::new("keys", fl!(language, "history-keys"), Detail::Brief);
    let mut keys: Vec<&str> = Vec::new();
    for used in uses {
        if !keys.contains(&used.key.as_str()) {
            keys.push(&used.key);
        }
    }
    for key in keys {
        let rows = uses.iter().filter(|used| used.key == key).map(|used| {
            vec![
                Span::name(&used.archive).into(),
                Span::number(used.times).into(),
                moment(used.first).into(),
                moment(used.last).into(),
            ]
        });
        let columns = [
            Column::text(fl!(language, "archive")),
            Column::number(fl!(language, "times")),
            Column::text(fl!(language, "first")),
            Column::text(fl!(language, "last")),
        ];
        let table = Content::Table(Table::new(key, columns, rows));
        section = section.with(Content::Paragraph(Span::code(key).into())).with(table);
    }
    (!section.blocks.is_empty()).then_some(section)
}

fn at(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).map_or_else(|_| "–".into(), |time| time.to_string())
}

fn moment(time: SystemTime) -> Span {
    Span::moment(&at(time))
}

fn seconds(seconds: f64) -> String {
    time(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}
