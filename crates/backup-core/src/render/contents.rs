//! The sections about the contents of an archive, and about what they were compared with.
//!
//! A column of a table is one call, with its heading and a function that returns its cell.

use super::document::{Detail, Line, Rows, Section, Span, listed};
use super::findings::problems;
use super::ledger::merge_equal_texts;
use super::sources::read_as;
use super::units::{bytes, count};
use super::verdicts::{named, yes_or_no};
use crate::command::Command;
use crate::i18n::{Language, fl};
use crate::model::{KeyReport, Reconciled, ReferenceReport, TableReport};
use crate::report::Report;

/// The number of records in all tables.
pub(super) fn records(report: &Report) -> u64 {
    report.contents.tables.iter().map(|table| table.rows).fold(0, u64::saturating_add)
}

pub(super) fn tables(report: &Report, language: Language) -> Section {
    let problems = problems(report);
    let name = |table: &TableReport| {
        let mut name = vec![Span::name(&table.name)];
        if let Some(folder) = table.odd_folder() {
            name.push(Span::aside([fl!(language, "table-folder").into(), Span::code(folder)]));
        }
        if let Some(problems) = problems.get(table.name.as_str()) {
            let count = Span::Fault(problems.count(language));
            name.push(Span::aside(Span::link(problems.anchor(), count)));
        }
        Line(name)
    };
    let tables = fl!(language, "count-table", count = report.contents.tables.len());
    let records = fl!(language, "count-records", count = records(report));
    let title = listed([tables, records], language);
    let section = unconfirmed(Section::new("tables", title, Detail::Normal), report, language);
    if report.contents.tables.is_empty() {
        return section.note(fl!(language, "none"));
    }
    let is_sound = |table: &TableReport| !problems.contains_key(table.name.as_str());
    section.note(fl!(language, "table-digest-means")).table(
        Rows::new(fl!(language, "tables"), worst_first(&report.contents.tables, is_sound))
            .text(fl!(language, "name"), name)
            .number(fl!(language, "records"), |table| table.rows)
            .number(fl!(language, "columns"), |table| table.columns)
            .number(fl!(language, "size"), |table| bytes(table.bytes))
            .digest(fl!(language, "sha256"), |table| Span::code(table.digest)),
    )
}

pub(super) fn files(report: &Report, language: Language) -> Section {
    let size = report.contents.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
    let title = fl!(language, "count-file", count = report.contents.files.len());
    let title = listed([title, bytes(size)], language);
    if report.contents.files.is_empty() {
        return Section::new("files", title, Detail::Page).note(fl!(language, "none"));
    }
    unconfirmed(Section::new("files", title, Detail::Normal), report, language).table_from(
        Detail::Full,
        Rows::new(fl!(language, "files"), &report.contents.files)
            .text(fl!(language, "path"), |file| Span::name(&file.path))
            .text(fl!(language, "role"), |file| named("role-", &file.role, language))
            .number(fl!(language, "size"), |file| bytes(file.bytes))
            .digest(fl!(language, "sha256"), |file| Span::code(file.sha256)),
    )
}

/// Adds a note that the contents come only from the manifest, if nothing was proven.
fn unconfirmed(section: Section, report: &Report, language: Language) -> Section {
    match report.proof() {
        Some(_) => section,
        None => section.note(fl!(language, "as-manifest-says")),
    }
}

pub(super) fn sources(report: &Report, language: Language) -> Section {
    let title = fl!(language, "sources");
    // A user checks what an export will read before it runs.
    let is_planned = report.command == Command::Export && report.archive.name.is_none();
    let from = if is_planned { Detail::Brief } else { Detail::Page };
    let section = Section::new("sources", &title, from);
    if report.contents.sources.is_empty() {
        return section.note(fl!(language, "none"));
    }
    section.table(
        Rows::new(title, &report.contents.sources)
            .text(fl!(language, "name"), |source| Span::name(&source.name))
            .text(fl!(language, "read-as"), |source| Span::sentence(&read_as(source, language)))
            .text(fl!(language, "recovery"), |source| {
                named("recovery-", &source.original, language)
            })
            .page_only()
            .number(fl!(language, "size"), |source| {
                source.bytes.map(|size| Span::from(bytes(size)))
            })
            .page_only()
            .digest(fl!(language, "sha256"), |source| source.sha256.map(Span::code))
            .page_only(),
    )
}

pub(super) fn ledger(report: &Report, language: Language) -> Section {
    let title = fl!(language, "ledger-entries", count = report.contents.ledger.len());
    if report.contents.ledger.is_empty() {
        return Section::new("ledger", title, Detail::Page).note(fl!(language, "ledger-empty"));
    }
    let entries = merge_equal_texts(&report.contents.ledger);
    Section::new("ledger", title, Detail::Normal).note(fl!(language, "ledger-means")).table_from(
        Detail::Full,
        Rows::new(fl!(language, "ledger"), &entries)
            .text(fl!(language, "ledger-where"), |one| Span::name(&one.place(language)))
            .text(fl!(language, "ledger-what"), |one| {
                let text = one.text(language);
                let own = Some(&one.entry.message).filter(|message| **message != text);
                let own = own.map(|own| Span::aside(Span::sentence(own)));
                Line([Span::sentence(&text)].into_iter().chain(own).collect())
            })
            .number(fl!(language, "ledger-times"), |one| one.entry.count),
    )
}

pub(super) fn keys(report: &Report, language: Language) -> Section {
    let is_sound = |key: &KeyReport| key.repeated == 0 && key.missing == 0;
    let title = fl!(language, "count-key", count = report.results.keys.len());
    let section = Section::new("keys", title, Detail::Normal);
    section.note(fl!(language, "relations-mean")).table(
        Rows::new(fl!(language, "keys"), worst_first(&report.results.keys, is_sound))
            .text(fl!(language, "key"), |key| columns(&key.table, &key.columns))
            .number(fl!(language, "repeated"), |key| Span::fault(key.repeated))
            .number(fl!(language, "missing"), |key| Span::fault(key.missing))
            .number(fl!(language, "records"), |key| key.records)
            .text(fl!(language, "basis"), |key| named("basis-", &key.known, language)),
    )
}

pub(super) fn references(report: &Report, language: Language) -> Section {
    let is_sound = |one: &ReferenceReport| one.orphans == 0 && one.looked_up;
    let target = |one: &ReferenceReport| {
        let here = match one.target_exported {
            true => String::new(),
            false => format!(" {}", fl!(language, "not-in-archive")),
        };
        let targets = Span::name(&listed(one.targets.iter().cloned(), language));
        Line::from([targets, here.into()])
    };
    let orphans = |one: &ReferenceReport| one.looked_up.then(|| Span::fault(one.orphans));
    let title = fl!(language, "count-reference", count = report.results.references.len());
    let section = Section::new("references", title, Detail::Normal);
    section.note(fl!(language, "relations-mean")).table(
        Rows::new(fl!(language, "references"), worst_first(&report.results.references, is_sound))
            .text(fl!(language, "reference"), |one| columns(&one.table, &one.columns))
            .text(fl!(language, "refers-to"), target)
            .number(fl!(language, "orphans"), orphans)
            .number(fl!(language, "found"), |one| one.looked_up.then_some(one.resolved))
            .number(fl!(language, "ids"), |one| one.values)
            .page_only()
            .number(fl!(language, "nulls"), |one| one.null + one.null_by_sentinel)
            .text(fl!(language, "basis"), |one| match one.inferred_from {
                Some(from) => named("inferred-", &from, language),
                None => named("basis-", &one.known, language),
            }),
    )
}

/// An expected total: the records of a table, or the sum of a column.
struct Total<'a> {
    table: &'a str,
    of: Span,
    figure: Reconciled<String>,
    not_numbers: u64,
}

/// The section about the expected totals.
pub(super) fn totals(report: &Report, language: Language) -> Section {
    let mut totals = Vec::new();
    for total in &report.results.totals {
        let table = total.table.as_str();
        if let Some(rows) = &total.rows {
            let actual = rows.actual.map(count);
            let figure = Reconciled { expected: count(rows.expected), actual };
            let of = fl!(language, "records").into();
            totals.push(Total { table, of, figure, not_numbers: 0 });
        }
        if let (Some(column), Some(sum)) = (&total.column, &total.sum) {
            let (of, not_numbers) = (Span::name(column), total.not_numbers);
            totals.push(Total { table, of, figure: sum.clone(), not_numbers });
        }
    }
    let title = fl!(language, "totals");
    let section = Section::new("totals", &title, Detail::Brief);
    let (mean, actual) = match report.command {
        Command::Export => (fl!(language, "totals-mean-export"), fl!(language, "exported-figure")),
        _ => (fl!(language, "totals-mean"), fl!(language, "restored-figure")),
    };
    section.note(mean).table(
        Rows::new(title, worst_first(&totals, |total| total.figure.agrees()))
            .text(fl!(language, "table"), |total| Span::name(total.table))
            .text(fl!(language, "total-of"), |total| total.of.clone())
            .figure(fl!(language, "crm-figure"), |total| total.figure.expected.clone())
            .figure(actual, |total| total.figure.actual.clone())
            .text(fl!(language, "agrees"), |total| yes_or_no(total.figure.agrees(), language))
            .number(fl!(language, "not-numbers"), |total| total.not_numbers),
    )
}

/// The section about the comparison with the current sources.
pub(super) fn against(report: &Report, language: Language) -> Section {
    let title = fl!(language, "against");
    Section::new("against", &title, Detail::Brief).table(
        Rows::new(title, worst_first(&report.results.against, |table| table.equal))
            .text(fl!(language, "table"), |table| Span::name(&table.table))
            .text(fl!(language, "difference"), |table| Span::sentence(&table.text(language))),
    )
}

/// Moves the rows with a fault to the front. The order is kept otherwise.
fn worst_first<'a, T>(
    all: &'a [T],
    is_sound: impl Fn(&T) -> bool + Copy + 'a,
) -> impl Iterator<Item = &'a T> {
    let wrong = all.iter().filter(move |one| !is_sound(one));
    wrong.chain(all.iter().filter(move |one| is_sound(one)))
}

/// The columns of a table as text: `deals.account_id`.
fn columns(table: &str, columns: &[String]) -> Span {
    Span::name(&format!("{table}.{}", columns.join("+")))
}
