//! The sections about findings and skipped checks.

use std::collections::HashMap;

use super::document::{Content, Detail, Item, Line, MOST_ROWS, Mark, Section, Span, shown};
use super::verdicts::{all_checks_ran, not_covered};
use crate::finding::{Code, Finding, Severity, sentence};
use crate::i18n::{Language, fl};
use crate::report::Report;

/// The failures of a table: their number, and the position of the first among all failures.
#[derive(Clone, Copy)]
pub(super) struct Problems {
    pub(super) count: u64,
    pub(super) first: usize,
}

impl Problems {
    pub(super) fn count(self, language: Language) -> String {
        fl!(language, "count-problem", count = self.count)
    }

    /// The anchor of the first finding.
    pub(super) fn anchor(self) -> String {
        match self.first {
            shown if shown < MOST_ROWS => format!("finding-{}", shown + 1),
            _ => "findings".into(),
        }
    }
}

/// The tables with failures, by name.
pub(super) fn problems(report: &Report) -> HashMap<&str, Problems> {
    let mut problems: HashMap<&str, Problems> = HashMap::new();
    for (first, finding) in of_severity(report, Severity::Failure).into_iter().enumerate() {
        if let Some(name) = finding.table.as_deref() {
            problems.entry(name).or_insert(Problems { count: 0, first }).count += 1;
        }
    }
    problems
}

/// The findings of a severity, those that are gaps first. Remarks about the differences of tables are left out, because
/// another section has a row for each.
pub(super) fn of_severity(report: &Report, severity: Severity) -> Vec<&Finding> {
    let is_a_row = |one: &Finding| {
        one.severity == Severity::Remark && one.code == Code::Against && one.table.is_some()
    };
    let is_shown = |one: &&Finding| one.severity == severity && !is_a_row(one);
    let mut found: Vec<_> = report.findings.iter().filter(is_shown).collect();
    found.sort_by_key(|one| !one.gap);
    found
}

pub(super) fn findings(report: &Report, language: Language) -> Section {
    let mut section = Section::new("findings", fl!(language, "findings"), Detail::Brief);
    if report.findings.is_empty() {
        section = section.paragraph(Detail::Page, fl!(language, "findings-none"));
    }
    for (severity, is_gap, mark, anchor, title) in [
        (Severity::Remark, true, Mark::Skipped, "gaps", fl!(language, "findings-gaps")),
        (Severity::Failure, false, Mark::Failure, "wrong", fl!(language, "findings-wrong")),
        (Severity::Remark, false, Mark::Note, "notes", fl!(language, "findings-notes")),
    ] {
        let mut found = of_severity(report, severity);
        found.retain(|one| one.gap == is_gap || severity == Severity::Failure);
        if !found.is_empty() {
            section = section.with(Detail::Brief, Content::Heading(anchor, title));
            section = section.with(Detail::Brief, items(mark, &found, |one| item(one, language)));
        }
    }
    match report.contents.notes_at_export {
        0 => section,
        notes => {
            section.paragraph(Detail::Brief, fl!(language, "notes-from-export", count = notes))
        }
    }
}

pub(super) fn items<T>(mark: Mark, all: &[T], item: impl Fn(&T) -> Item) -> Content {
    let shown = all.iter().take(MOST_ROWS).map(item).collect();
    Content::Items(mark, shown, all.len().saturating_sub(MOST_ROWS))
}

fn item(finding: &Finding, language: Language) -> Item {
    let values = [
        (fl!(language, "expected"), &finding.expected),
        (fl!(language, "actual"), &finding.actual),
    ];
    let values =
        values.into_iter().filter_map(|(label, value)| Some((label, shown(value.as_ref()?))));
    Item { text: Span::sentence(&sentence(finding, language)).into(), values: values.collect() }
}

pub(super) fn skipped(report: &Report, language: Language) -> Section {
    let skipped = &report.skipped;
    let from = if skipped.is_empty() { Detail::Page } else { Detail::Brief };
    let section = Section::new("skipped", fl!(language, "skipped-checks"), from);
    let section = match skipped.is_empty() {
        true => section.paragraph(from, all_checks_ran(report, language)),
        false => section.with(
            from,
            items(Mark::Skipped, skipped, |why| Item {
                text: Span::sentence(&why.text(language)).into(),
                values: Vec::new(),
            }),
        ),
    };
    let title = fl!(language, "not-covered");
    let not_covered = not_covered(report, language).into_iter().map(Line::from).collect();
    section
        .with(Detail::Page, Content::Heading("not-covered", title))
        .with(Detail::Page, Content::List(not_covered))
}
