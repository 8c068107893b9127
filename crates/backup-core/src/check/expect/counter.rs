//! Counts the records and sums the columns that a list of totals names, while they are read.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::list::{Expected, ExpectedTotals};
use crate::check::decimal::Sum;
use crate::finding::Severity;
use crate::i18n::message;
use crate::model::{JoinedReport, Origin, Reconciled, TotalReport};
use crate::observer::Observer;
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::record::{Cell, Record, Table, safe_labels};
use crate::report::Report;
use crate::table_names::{FoundTable, Name, TableNames};

/// The maximum number of findings that list the existing names.
const MOST_NAMED: usize = 5;

/// The maximum length of the name of a table that has parts, in characters.
const MOST_NAME_CHARS: usize = 256;

/// What counts as the records and tables of the CRM.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    /// How many records of tables are none of the CRM, such as a description of the columns.
    pub(crate) not_records: HashMap<String, u64>,
    /// The tables of several parts.
    pub(crate) joined: Vec<JoinedReport>,
}

/// Counts the tables that a list of totals may mean. Which one a name means is decided when all
/// tables are known.
pub(crate) struct TotalsCounter<'a> {
    expected: &'a ExpectedTotals,
    /// The lines of the list, by the names of their tables in lower case.
    lines: HashMap<String, Vec<&'a Expected>>,
    /// The origins of tables that are read back from a database.
    origins: HashMap<String, Origin>,
    tables: Vec<CountedTable>,
    /// The sums of the current table. Each takes some KiB, so only the results are kept.
    open: Vec<OpenSum>,
}

/// A table, and what was counted in it.
struct CountedTable {
    /// Without columns if no line of the list can mean it.
    table: Table,
    origin: Origin,
    rows: u64,
    /// The sums of columns, by the index of the column.
    sums: BTreeMap<usize, ColumnSum>,
}

/// The sum of a column, and the number of its cells that are not numbers.
type ColumnSum = (String, u64);

struct OpenSum {
    column: usize,
    sum: Sum,
    not_numbers: u64,
}

impl<'a> TotalsCounter<'a> {
    /// A counter for the tables of sources.
    pub(crate) fn new(expected: &'a ExpectedTotals) -> Self {
        let mut lines: HashMap<String, Vec<&Expected>> = HashMap::new();
        for line in &expected.lines {
            lines.entry(line.table.to_lowercase()).or_default().push(line);
        }
        Self { expected, lines, origins: HashMap::new(), tables: Vec::new(), open: Vec::new() }
    }

    /// A counter for the restored tables of this archive.
    pub(crate) fn of_restored(expected: &'a ExpectedTotals, archive: &Report) -> Self {
        let origins = archive.contents.tables.iter().map(|table| {
            let (name, source, sheet) = table.names();
            let [source, sheet] = [source, sheet].map(|it| it.map(str::to_owned));
            (name.to_owned(), Origin { source, sheet, ..Origin::default() })
        });
        Self { origins: origins.collect(), ..Self::new(expected) }
    }

    /// The table of this name whose parts are several tables. `None` if several tables have this
    /// name.
    fn whole(&self, name: &str, joined: &[JoinedReport]) -> Option<CountedTable> {
        let mut named = joined.iter().filter(|joined| joined.name.eq_ignore_ascii_case(name));
        let joined = named.next().filter(|_| named.next().is_none())?;
        let parts: HashSet<&str> = joined.parts.iter().map(String::as_str).collect();
        let mut parts = self.tables.iter().filter(|it| parts.contains(it.table.name.as_str()));
        let first = parts.next()?;
        let mut whole = CountedTable {
            table: Table { name: joined.name.clone(), columns: first.table.columns.clone() },
            origin: Origin::default(),
            rows: first.rows,
            sums: first.sums.clone(),
        };
        for part in parts {
            whole.rows += part.rows;
            for (column, (sum, not_numbers)) in &mut whole.sums {
                let Some((other, others)) = part.sums.get(column) else { continue };
                let mut both = Sum::new();
                both.add(sum.as_bytes());
                both.add(other.as_bytes());
                *sum = both.to_string();
                *not_numbers += others;
            }
        }
        Some(whole)
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        let sums = self.open.drain(..);
        table.sums.extend(sums.map(|it| (it.column, (it.sum.to_string(), it.not_numbers))));
    }

    /// Compares the totals with what was counted, and adds the results to the report.
    ///
    /// A total that differs is a failure, and so is a missing table or column. If tables of several
    /// sources have the same name, totals of this name are skipped. Cells that are not plain decimal
    /// numbers are counted, reported, and excluded from the sum; a sum that differs and lacks such
    /// cells is skipped too.
    ///
    /// `counted` are the records and parts of tables, as they count in the CRM.
    pub(crate) fn finish(mut self, counted: &Counted, report: &mut Report) {
        self.end_table();
        for table in &mut self.tables {
            let none = counted.not_records.get(&table.table.name).copied().unwrap_or_default();
            table.rows = table.rows.saturating_sub(none);
        }
        let lines = self.expected.lines.iter();
        let wholes: Vec<_> = lines.map(|line| self.whole(&line.table, &counted.joined)).collect();
        let names = TableNames::new(self.tables.iter().map(CountedTable::names));
        let mut ambiguous = BTreeSet::new();
        let mut totals = Vec::new();
        for (line, whole) in self.expected.lines.iter().zip(&wholes) {
            match names.find(&line.table) {
                FoundTable::One(at) => totals.push((line, Some(&self.tables[at]))),
                FoundTable::None => totals.push((line, whole.as_ref())),
                FoundTable::Several(choices) => {
                    if ambiguous.insert(&line.table) {
                        let why = message!(
                            "skipped-ambiguous-total",
                            table = &line.table,
                            example = choices
                        );
                        report.skipped.push(SkippedCheck::part(CheckKind::Totals, why));
                    }
                }
            }
        }
        let (mut named, mut agree) = (0, 0);
        let mut names_of: HashMap<String, &str> = HashMap::new();
        for (line, table) in totals {
            let total = line.compare(table);
            // Two CRMs may have such tables, and only one of them was exported under this name.
            if let Some(archived) = total.archived.as_ref().filter(|_| total.rows.is_some()) {
                let first = *names_of.entry(archived.clone()).or_insert(&line.table);
                if first != line.table {
                    let why = message!(
                        "skipped-two-names",
                        first = first,
                        second = &line.table,
                        table = archived
                    );
                    report.skipped.push(SkippedCheck::part(CheckKind::Totals, why));
                    continue;
                }
            }
            // If every name of the list is wrong, the existing names are not repeated for each.
            let others = (total.is_missing() && named < MOST_NAMED).then(|| {
                named += 1;
                let tables = self.tables.iter().map(|it| it.table.name.as_str());
                total.others(table.map(|it| &it.table), tables)
            });
            let findings = total.findings(table.is_some(), others).into_iter();
            // Notes on cells that are not numbers are no gaps.
            let findings = findings.map(|it| match it.severity {
                Severity::Failure => it.gap(),
                Severity::Remark => it,
            });
            report.findings.extend(findings.map(|finding| finding.table(&total.table)));
            report.skipped.extend(total.uncounted());
            agree += u64::from(total.rows.as_ref().is_some_and(Reconciled::agrees));
            agree += u64::from(total.sum.as_ref().is_some_and(Reconciled::agrees));
            report.results.totals.push(total);
        }
        report.results.checks.push(Check { kind: CheckKind::Totals, count: agree });
    }
}

impl Observer for TotalsCounter<'_> {
    fn begin_table(&mut self, table: &Table, origin: Option<&Origin>) {
        self.end_table();
        let known = self.origins.get(&table.name);
        let origin = origin.or(known).cloned().unwrap_or_default();
        let mut counted = CountedTable {
            table: Table { name: table.name.clone(), columns: Vec::new() },
            origin,
            rows: 0,
            sums: BTreeMap::new(),
        };
        let mut names: BTreeSet<String> = TableNames::new([counted.names()]).all().collect();
        names.extend(counted.may_be_parts_of());
        let lines: Vec<_> =
            names.iter().filter_map(|name| self.lines.get(name)).flatten().collect();
        if !lines.is_empty() {
            counted.table.columns.clone_from(&table.columns);
        }
        let column = |line: &&&Expected| find_column(table, &line.sum.as_ref()?.0);
        let columns: BTreeSet<usize> = lines.iter().filter_map(column).collect();
        let open = |column| OpenSum { column, sum: Sum::new(), not_numbers: 0 };
        self.open = columns.into_iter().map(open).collect();
        self.tables.push(counted);
    }

    fn record(&mut self, number: u64, record: &Record) {
        if let Some(table) = self.tables.last_mut() {
            table.rows = number;
        }
        for OpenSum { column, sum, not_numbers } in &mut self.open {
            let cell = record.get(*column).unwrap_or(Cell::Null);
            let is_empty = match cell {
                Cell::Null => true,
                Cell::Text(text) => text.as_bytes().is_empty(),
                _ => false,
            };
            if !is_empty && !sum.add_cell(cell) {
                *not_numbers += 1;
            }
        }
    }

    fn restart(&mut self) {
        self.tables.clear();
        self.open.clear();
    }
}

impl CountedTable {
    /// The names in lower case of all tables that this may be a part of: the beginnings of its own.
    fn may_be_parts_of(&self) -> impl Iterator<Item = String> {
        let (name, source, sheet) = self.names();
        let own = Name::of(name, source, sheet).own.to_lowercase();
        let ends: Vec<_> = own.char_indices().map(|(at, _)| at).take(MOST_NAME_CHARS).collect();
        ends.into_iter().skip(1).map(move |end| own[..end].to_owned())
    }

    /// Its name in the archive, its source, and its name there.
    fn names(&self) -> (&str, Option<&str>, Option<&str>) {
        (&self.table.name, self.origin.source.as_deref(), self.origin.sheet.as_deref())
    }
}

impl Expected {
    /// Compares the expected values with those of the table, if it exists.
    fn compare(&self, counted: Option<&CountedTable>) -> TotalReport {
        let (column, expected_sum) = self.sum.clone().unzip();
        let sum = counted.zip(column.as_deref()).and_then(|(counted, label)| {
            counted.sums.get(&find_column(&counted.table, label)?).cloned()
        });
        let (sum, not_numbers) = sum.unzip();
        TotalReport {
            table: self.table.clone(),
            archived: counted.map(|it| it.table.name.clone()),
            rows: self.rows.map(|expected| {
                // A table that is not there has no records.
                let none = (expected == 0).then_some(0);
                Reconciled { expected, actual: counted.map(|it| it.rows).or(none) }
            }),
            column,
            sum: expected_sum.map(|expected| Reconciled { expected, actual: sum }),
            not_numbers: not_numbers.unwrap_or_default(),
        }
    }
}

/// The column with this label: the unique label in the archive's CSV, or else the label in the
/// source.
fn find_column(table: &Table, label: &str) -> Option<usize> {
    let labels = || table.columns.iter().map(|column| column.label.as_str());
    let same = safe_labels(labels()).iter().position(|safe| safe == label);
    same.or_else(|| labels().position(|other| other.trim() == label))
}
