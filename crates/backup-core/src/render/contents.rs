//! The sections on what an archive holds, and what that was compared with.
//!
//! To add a column to a table, add it to the list of columns and to each row.

use super::document::{Column, Content, Detail, Line, Section, Span, Table, listed};
use super::ledger::alike;
use super::report::Writer;
use super::sources::read_as;
use super::units::{bytes, count};
use crate::command::Command;
use crate::i18n::{Language, fl};
use crate::model::{
    KeyReport, Provenance, RecoveryMethod, ReferenceReport, Role, TableReport, TotalReport,
};
use crate::report::Report;

/// How many records the tables have.
pub(super) fn records(report: &Report) -> u64 {
    report.tables.iter().map(|table| table.rows).fold(0, u64::saturating_add)
}

impl Writer<'_> {
    pub(super) fn tables(&self) -> Section {
        let (report, language) = (self.report, self.language);
        let problems = self.problems();
        let is_sound = |table: &TableReport| !problems.contains_key(table.name.as_str());
        let rows = worst_first(&report.tables, is_sound).map(|table| {
            let mut name = vec![Span::name(&table.name)];
            if let Some(folder) = table.odd_folder() {
                let label = Span::Text(fl!(language, "table-folder"));
                name.push(Span::Aside(vec![label, Span::code(folder)]));
            }
            if let Some(problems) = problems.get(table.name.as_str()) {
                let count = Span::Fault(fl!(language, "count-problem", count = problems.count));
                name.push(Span::Aside(Span::link(&problems.anchor, count).into()));
            }
            vec![
                name,
                Span::number(table.rows).into(),
                Span::number(table.columns).into(),
                Span::Text(bytes(table.bytes)).into(),
                Span::code(table.digest).into(),
            ]
        });
        let columns = [
            Column::text(fl!(language, "name")),
            Column::number(fl!(language, "records")),
            Column::number(fl!(language, "columns")),
            Column::number(fl!(language, "size")),
            Column::digest(fl!(language, "sha256")),
        ];
        let table = Table::new(fl!(language, "tables"), columns, rows);
        let title = listed(
            [
                fl!(language, "count-table", count = report.tables.len()),
                fl!(language, "count-records", count = records(report)),
            ],
            language,
        );
        let section = self.unconfirmed(Section::new("tables", title, Detail::Normal));
        self.table_or_none(section.note(fl!(language, "table-digest-means")), Detail::Normal, table)
    }

    pub(super) fn files(&self) -> Section {
        let (report, language) = (self.report, self.language);
        let rows = report.files.iter().map(|file| {
            vec![
                Span::name(&file.path).into(),
                Span::Text(role(file.role, language)).into(),
                Span::Text(bytes(file.bytes)).into(),
                Span::code(file.sha256).into(),
            ]
        });
        let columns = [
            Column::text(fl!(language, "path")),
            Column::text(fl!(language, "role")),
            Column::number(fl!(language, "size")),
            Column::digest(fl!(language, "sha256")),
        ];
        let table = Table::new(fl!(language, "files"), columns, rows);
        let size = report.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
        let title = fl!(language, "count-file", count = report.files.len());
        let title = listed([title, bytes(size)], language);
        let from = if report.files.is_empty() { Detail::Page } else { Detail::Normal };
        let section = self.unconfirmed(Section::new("files", title, from));
        self.table_or_none(section, Detail::Full, table)
    }

    /// What was not proven is only what the archive's manifest says.
    fn unconfirmed(&self, section: Section) -> Section {
        match &self.report.proof {
            Some(_) => section,
            None => section.note(fl!(self.language, "as-manifest-says")),
        }
    }

    fn table_or_none(&self, section: Section, from: Detail, table: Table) -> Section {
        match table.rows.is_empty() {
            true => section.note(fl!(self.language, "none")),
            false => section.with_from(from, Content::Table(table)),
        }
    }

    pub(super) fn sources(&self) -> Section {
        let (report, language) = (self.report, self.language);
        let rows = report.sources.iter().map(|source| {
            let recovery = match &source.original {
                RecoveryMethod::Recipe(_) => fl!(language, "recovery-recipe"),
                RecoveryMethod::Kept(_) => fl!(language, "recovery-kept"),
                RecoveryMethod::Within(_) => fl!(language, "recovery-within"),
                RecoveryMethod::Lost(_) => fl!(language, "recovery-none"),
            };
            vec![
                Span::name(&source.name).into(),
                Span::sentence(&read_as(source, language)).into(),
                Span::Text(recovery).into(),
                Span::Text(bytes(source.bytes)).into(),
                Span::code(source.sha256).into(),
            ]
        });
        let columns = [
            Column::text(fl!(language, "name")),
            Column::text(fl!(language, "read-as")),
            Column::text(fl!(language, "recovery")).page_only(),
            Column::number(fl!(language, "size")).page_only(),
            Column::digest(fl!(language, "sha256")).page_only(),
        ];
        let title = fl!(language, "sources");
        let table = Table::new(&title, columns, rows);
        // What an export would read is checked before it runs.
        let planned = report.command == Command::Export && report.archive.is_none();
        let from = if planned { Detail::Brief } else { Detail::Page };
        self.table_or_none(Section::new("sources", title, from), from, table)
    }

    pub(super) fn ledger(&self) -> Section {
        let (report, language) = (self.report, self.language);
        let entries = alike(&report.ledger);
        let rows = entries.iter().map(|one| {
            let text = one.text(language);
            let mut what = vec![Span::sentence(&text)];
            if text != one.entry.message {
                what.push(Span::Aside(Span::sentence(&one.entry.message).into()));
            }
            vec![
                Span::name(&one.place(language)).into(),
                what,
                Span::number(one.entry.count).into(),
            ]
        });
        let columns = [
            Column::text(fl!(language, "ledger-where")),
            Column::text(fl!(language, "ledger-what")),
            Column::number(fl!(language, "ledger-times")),
        ];
        let label = fl!(language, "ledger");
        let table = Table::new(&label, columns, rows);
        if report.ledger.is_empty() {
            return Section::new("ledger", label, Detail::Page).note(fl!(language, "ledger-empty"));
        }
        let title = fl!(language, "ledger-entries", count = report.ledger.len());
        Section::new("ledger", title, Detail::Normal)
            .note(fl!(language, "ledger-means"))
            .with_from(Detail::Full, Content::Table(table))
    }

    /// Keys and references, if they were checked.
    pub(super) fn relations(&self) -> Option<Section> {
        let (report, language) = (self.report, self.language);
        let title = listed(
            [
                fl!(language, "count-key", count = report.keys.len()),
                fl!(language, "count-reference", count = report.references.len()),
            ],
            language,
        );
        let mut section =
            Section::new("relations", title, Detail::Normal).note(fl!(language, "relations-mean"));
        if !report.keys.is_empty() {
            section = section.with(Content::Table(self.keys()));
        }
        if !report.references.is_empty() {
            section = section.with(Content::Table(self.references()));
        }
        (!report.keys.is_empty() || !report.references.is_empty()).then_some(section)
    }

    fn keys(&self) -> Table {
        let language = self.language;
        let is_sound = |key: &KeyReport| key.repeated == 0 && key.missing == 0;
        let rows = worst_first(&self.report.keys, is_sound).map(|key| {
            vec![
                columns_of(&key.table, &key.columns),
                Span::fault(key.repeated).into(),
                Span::fault(key.missing).into(),
                Span::number(key.records).into(),
                basis(key.known, language),
            ]
        });
        let columns = [
            Column::text(fl!(language, "key")),
            Column::number(fl!(language, "repeated")),
            Column::number(fl!(language, "missing")),
            Column::number(fl!(language, "records")),
            Column::text(fl!(language, "basis")),
        ];
        Table::new(fl!(language, "keys"), columns, rows)
    }

    fn references(&self) -> Table {
        let language = self.language;
        let is_sound = |one: &ReferenceReport| one.orphans == 0 && one.looked_up;
        let rows = worst_first(&self.report.references, is_sound).map(|reference| {
            let targets = reference.targets.iter().cloned();
            let mut target = vec![Span::name(&listed(targets, language))];
            if !reference.target_exported {
                target.push(Span::Text(format!(" {}", fl!(language, "not-in-archive"))));
            }
            // Without a lookup, the numbers are not known.
            let found = |span: fn(u64) -> Span, number| match reference.looked_up {
                true => span(number).into(),
                false => Span::unknown().into(),
            };
            vec![
                columns_of(&reference.table, &reference.columns),
                target,
                found(Span::fault, reference.orphans),
                found(Span::number, reference.resolved),
                Span::number(reference.values).into(),
                Span::number(reference.null + reference.null_by_sentinel).into(),
                basis(reference.known, language),
            ]
        });
        let columns = [
            Column::text(fl!(language, "reference")),
            Column::text(fl!(language, "refers-to")),
            Column::number(fl!(language, "orphans")),
            Column::number(fl!(language, "found")),
            Column::number(fl!(language, "ids")).page_only(),
            Column::number(fl!(language, "nulls")),
            Column::text(fl!(language, "basis")),
        ];
        Table::new(fl!(language, "references"), columns, rows)
    }

    /// Each total that was expected, if any was.
    pub(super) fn totals(&self) -> Option<Section> {
        let language = self.language;
        let agrees = |total: &TotalReport| {
            let rows = total.rows.as_ref().is_none_or(|rows| rows.agrees());
            rows && total.sum.as_ref().is_none_or(|sum| sum.agrees())
        };
        let rows = worst_first(&self.report.totals, agrees).flat_map(|total| {
            let rows = total.rows.as_ref().map(|rows| {
                let (expected, actual) = (count(rows.expected), rows.actual.map(count));
                self.total(&total.table, Span::Text(fl!(language, "records")), &expected, actual, 0)
            });
            let sum = total.column.as_ref().zip(total.sum.as_ref()).map(|(column, sum)| {
                let (column, actual) = (Span::name(column), sum.actual.clone());
                self.total(&total.table, column, &sum.expected, actual, total.not_numbers)
            });
            rows.into_iter().chain(sum)
        });
        let columns = [
            Column::text(fl!(language, "table")),
            Column::text(fl!(language, "total-of")),
            Column::figure(fl!(language, "crm-figure")),
            Column::figure(fl!(language, "restored-figure")),
            Column::text(fl!(language, "agrees")),
            Column::number(fl!(language, "not-numbers")),
        ];
        let title = fl!(language, "totals");
        let table = Content::Table(Table::new(&title, columns, rows));
        let section = || Section::new("totals", title, Detail::Brief);
        (!self.report.totals.is_empty())
            .then(|| section().note(fl!(language, "totals-mean")).with(table))
    }

    fn total(
        &self,
        table: &str,
        what: Span,
        expected: &str,
        actual: Option<String>,
        not_numbers: u64,
    ) -> Vec<Line> {
        let agrees = self.yes_or_no(actual.as_deref() == Some(expected));
        vec![
            Span::name(table).into(),
            what.into(),
            Span::text(expected).into(),
            actual.map_or_else(Span::unknown, Span::Text).into(),
            agrees.into(),
            Span::number(not_numbers).into(),
        ]
    }

    /// Each table, compared with the sources as they are now, if they were compared.
    pub(super) fn against(&self) -> Option<Section> {
        let language = self.language;
        let rows = worst_first(&self.report.against, |table| table.equal).map(|table| {
            let difference = table.text(language);
            let difference = match table.equal {
                true => Span::sentence(&difference),
                false => Span::Fault(Span::shown(&difference)),
            };
            vec![Span::name(&table.table).into(), difference.into()]
        });
        let columns =
            [Column::text(fl!(language, "table")), Column::text(fl!(language, "difference"))];
        let title = fl!(language, "against");
        let table = Content::Table(Table::new(&title, columns, rows));
        let section = || Section::new("against", title, Detail::Brief).with(table);
        (!self.report.against.is_empty()).then(section)
    }
}

/// What is wrong before what is not, each in the order that it has.
fn worst_first<'a, T>(
    all: &'a [T],
    is_sound: impl Fn(&T) -> bool + Copy + 'a,
) -> impl Iterator<Item = &'a T> {
    let wrong = all.iter().filter(move |one| !is_sound(one));
    wrong.chain(all.iter().filter(move |one| is_sound(one)))
}

/// Columns of a table: `deals.account_id`.
fn columns_of(table: &str, columns: &[String]) -> Line {
    Span::name(&format!("{table}.{}", columns.join("+"))).into()
}

/// How a key or a reference is known.
fn basis(known: Provenance, language: Language) -> Line {
    Line::from(Span::Text(match known {
        Provenance::Declared => fl!(language, "basis-declared"),
        Provenance::Given => fl!(language, "basis-given"),
        Provenance::Inferred => fl!(language, "basis-inferred"),
    }))
}

fn role(role: Role, language: Language) -> String {
    match role {
        Role::Attachment => fl!(language, "role-attachment"),
        Role::Original => fl!(language, "role-original"),
        Role::Unparsed => fl!(language, "role-unparsed"),
        Role::Schema => fl!(language, "role-schema"),
    }
}
