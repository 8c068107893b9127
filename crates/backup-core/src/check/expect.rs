//! What the CRM's own screens say, against what the restored database holds: numbers of records, and
//! sums of columns.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use super::decimal::Sum;
use super::pairing::Name;
use crate::command::Step;
use crate::error::{Error, ErrorKind, InputProblem, Result};
use crate::finding::{Code, Detail, Finding};
use crate::monitor::{Monitor, Phase, checkpoint};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::record::{Cell, IndexPosition, Record, StructuralIndex, Table, safe_labels};
use crate::report::Report;
use crate::scratch::Scratch;
use crate::source::csv::parse;
use crate::suggestions::Suggestions;

pub(crate) use crate::model::{Reconciled, TotalReport};

/// More than this is no list that somebody wrote.
const MAX_BYTES: u64 = 1 << 20;
const MOST_LINES: usize = 10_000;

/// Of how many names that are not there it is said which there are.
const MOST_NAMED: usize = 5;

/// The columns of such a list.
const COLUMNS: [&str; 4] = ["table", "rows", "column", "sum"];

/// Totals as the CRM's own screens say them.
///
/// ```
/// use backup_core::ExpectedTotals;
///
/// let expected = ExpectedTotals::parse(b"table,rows,column,sum\naccounts,40,revenue,1234.50\n")?;
/// assert_eq!(expected.len(), 1);
/// # Ok::<(), backup_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ExpectedTotals {
    lines: Vec<Expected>,
}

#[derive(Debug, Clone)]
struct Expected {
    table: String,
    rows: Option<u64>,
    /// A column's label, and its sum in its one shortest form.
    sum: Option<(String, String)>,
}

impl ExpectedTotals {
    /// Reads a CSV file with the header `table,rows` or `table,rows,column,sum`, in UTF-8.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot be read, and as [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Error::reading(path, error))?;
        Self::read_from(file, path)
    }

    /// The same, from a file that is open; `path` is what errors call it.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_from(input: impl Read, path: &Path) -> Result<Self> {
        let mut text = Vec::new();
        input
            .take(MAX_BYTES + 1)
            .read_to_end(&mut text)
            .map_err(|error| Error::reading(path, error))?;
        Self::parse(&text).map_err(|error| error.in_source(path.display().to_string()))
    }

    /// The same, from a text. A line gives a table's number of records, the sum of one of its columns,
    /// or both; what is not given stays empty.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) with the line if it is not such a list.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        if text.len() as u64 > MAX_BYTES {
            return Err(odd(InputProblem::TotalsTooLong));
        }
        if std::str::from_utf8(text).is_err() {
            return Err(odd(InputProblem::TotalsNotUtf8));
        }
        let mut expected = Self::default();
        let mut columns = None;
        records(text, |record| match &columns {
            None => {
                columns = Some(header(record)?);
                Ok(())
            }
            Some(_) if expected.lines.len() == MOST_LINES => {
                Err(odd(InputProblem::TotalsTooManyLines))
            }
            Some(columns) => {
                expected.lines.push(line(record, columns)?);
                Ok(())
            }
        })?;
        match columns {
            Some(_) if !expected.lines.is_empty() => Ok(expected),
            _ => Err(odd(InputProblem::TotalsEmpty)),
        }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

fn odd(problem: InputProblem) -> Error {
    Error::new(ErrorKind::Input(problem))
}

/// Gives the records of a text, and says of an error on which line it is.
fn records(text: &[u8], mut each: impl FnMut(&Record) -> Result<()>) -> Result<()> {
    let dialect = parse::detect(text, None);
    let mut index = StructuralIndex::resume(text, dialect.delimiter, IndexPosition::default());
    let mut record = Record::new();
    record.hold(text);
    let (mut at, mut number) = (0, 1);
    while at < text.len() {
        let end = match parse::record(text, at, dialect, true, &mut index, &mut record) {
            Ok(Some((end, _))) => end,
            Ok(None) | Err(_) => return Err(odd(InputProblem::TotalsQuotes).at_line(number)),
        };
        let is_blank = record.iter().all(|cell| cell == Cell::Null);
        if !is_blank {
            each(&record).map_err(|error| error.at_line(number))?;
        }
        let taken = &text[at..end];
        let lines = memchr::memchr_iter(b'\n', taken).count();
        let lone = if lines == 0 { memchr::memchr_iter(b'\r', taken).count() } else { 0 };
        number += (lines + lone) as u64;
        at = end;
    }
    Ok(())
}

/// Where each of the columns stands.
type Columns = [Option<usize>; 4];

fn header(record: &Record) -> Result<Columns> {
    let mut columns = Columns::default();
    for (at, cell) in record.iter().enumerate() {
        let label = text(Some(cell)).unwrap_or_default();
        let known = COLUMNS.iter().position(|column| label.eq_ignore_ascii_case(column));
        match known.map(|known| &mut columns[known]) {
            Some(column @ None) => *column = Some(at),
            _ => {
                return Err(odd(InputProblem::TotalsColumns));
            }
        }
    }
    let [table, rows, column, sum] = columns.map(|column| column.is_some());
    if !table || column != sum || !(rows || sum) {
        return Err(odd(InputProblem::TotalsHeader));
    }
    Ok(columns)
}

/// A cell's text, unless there is none.
fn text(cell: Option<Cell<'_>>) -> Option<&str> {
    let Some(Cell::Text(text)) = cell else { return None };
    text.to_str().map(str::trim).filter(|text| !text.is_empty())
}

fn line(record: &Record, columns: &Columns) -> Result<Expected> {
    if record.len() > columns.iter().flatten().count() {
        return Err(odd(InputProblem::TotalsCells));
    }
    let cell = |column: usize| columns[column].and_then(|at| text(record.get(at)));
    let table = cell(0).ok_or_else(|| odd(InputProblem::TotalsTable))?.to_owned();
    let rows = cell(1).map(|rows| rows.parse().map_err(|_| odd(InputProblem::TotalsRows)));
    let sum = match (cell(2), cell(3)) {
        (None, None) => None,
        (Some(column), Some(number)) => {
            let mut sum = Sum::new();
            if !sum.add(number.as_bytes()) {
                return Err(odd(InputProblem::TotalsSum));
            }
            Some((column.to_owned(), sum.to_string()))
        }
        _ => return Err(odd(InputProblem::TotalsHalf)),
    };
    if rows.is_none() && sum.is_none() {
        return Err(odd(InputProblem::TotalsNothing));
    }
    Ok(Expected { table, rows: rows.transpose()?, sum })
}

/// Reconciles expected totals with what the database holds that a
/// [`restore_test`](crate::restore_test) has loaded, and adds to its report. Sums are exact.
///
/// A total that differs, and a table or a column that is not there, is a failure. A table is called as
/// the archive calls it, or `NAME (SOURCE)`; what is said of a name that tables of several sources have
/// was not looked at. Cells that are no
/// plain decimal numbers are counted and said, and left out of the sum.
///
/// # Errors
///
/// [`ErrorKind::Scratch`](crate::ErrorKind::Scratch) if the database refuses, and [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
pub fn reconcile_totals(
    report: &mut Report,
    scratch: &mut dyn Scratch,
    expected: &ExpectedTotals,
    monitor: &dyn Monitor,
) -> Result<()> {
    let started = Instant::now();
    monitor.phase(Phase::Proving, None);
    let tables = scratch.tables()?;
    let mut totals: Vec<Option<TotalReport>> = vec![None; expected.lines.len()];
    let (called, mut unclear) = (Called::of(&tables, report), Vec::new());
    let names: BTreeSet<&str> = expected.lines.iter().map(|line| line.table.as_str()).collect();
    for name in names {
        checkpoint(monitor)?;
        let table = match called.named(name) {
            Ok(table) => table,
            Err(why) => {
                unclear.push(why);
                continue;
            }
        };
        let lines = expected.lines.iter().zip(&mut totals).filter(|(line, _)| line.table == name);
        let mut lines: Vec<_> = lines.collect();
        let wanted = |line: &Expected| {
            line.sum.as_ref().zip(table).and_then(|((label, _), table)| find(&table.1, label))
        };
        let columns: Vec<Option<usize>> = lines.iter().map(|(line, _)| wanted(line)).collect();
        let held = match table {
            Some((index, table)) => Some(hold(*index, table, &columns, scratch, monitor)?),
            None => None,
        };
        for (at, (line, total)) in lines.iter_mut().enumerate() {
            **total = Some(line.against(held.as_ref().map(|held| (held.rows, &held.sums[at]))));
        }
    }
    report.not_looked_at.extend(unclear);
    let mut named = 0;
    for total in totals.into_iter().flatten() {
        let table = called.named(&total.table).ok().flatten().map(|(_, table)| table);
        // Whoever has every name wrong need not read the right ones again and again.
        let instead = (total.lacks() && named < MOST_NAMED).then(|| total.instead(table, &tables));
        named += usize::from(instead.is_some());
        total.say(table.is_some(), instead, report);
        report.totals.push(total);
    }
    report.timings.push((Step::Totals, started.elapsed()));
    Ok(())
}

/// The tables of the database, as a list of totals may call them.
struct Called<'a> {
    tables: &'a [(usize, Table)],
    /// By what they are called where they came from.
    own: HashMap<String, Vec<String>>,
    /// By what the archive calls them, or with their sources behind their own names.
    by_name: HashMap<String, usize>,
}

impl<'a> Called<'a> {
    fn of(tables: &'a [(usize, Table)], report: &Report) -> Self {
        let sources: HashMap<&str, Option<&str>> =
            report.tables.iter().map(|it| (it.name.as_str(), it.source.as_deref())).collect();
        let mut called = Self { tables, own: HashMap::new(), by_name: HashMap::new() };
        for (at, (_, table)) in tables.iter().enumerate() {
            let source = sources.get(table.name.as_str()).copied().flatten();
            let name = Name::of(&table.name, source, None);
            called.by_name.entry(name.in_full()).or_insert(at);
            called.own.entry(name.own.clone()).or_default().push(name.in_full());
        }
        // The archive's own names come before all others.
        let names = tables.iter().enumerate().map(|(at, (_, table))| (table.name.clone(), at));
        called.by_name.extend(names);
        called
    }

    /// The table of that name, or why it cannot be told which it is: of several that have it, the
    /// archive calls the one so that came first.
    fn named(&self, name: &str) -> std::result::Result<Option<&'a (usize, Table)>, SkippedCheck> {
        if let Some([first, _, ..]) = self.own.get(name).map(Vec::as_slice) {
            let (table, example) = (name.to_owned(), first.clone());
            return Err(SkippedCheck::AmbiguousTotal { table, example });
        }
        Ok(self.by_name.get(name).map(|at| &self.tables[*at]))
    }
}

/// The column of that label: as the archive's CSV has it, where no two are the same, or as the source
/// has it.
fn find(table: &Table, label: &str) -> Option<usize> {
    let labels = || table.columns.iter().map(|column| column.label.as_str());
    let safe = safe_labels(labels());
    let same = safe.iter().position(|safe| safe == label);
    same.or_else(|| labels().position(|other| other.trim() == label))
}

/// What a table of the database holds.
struct Held {
    rows: u64,
    /// For each line that is about the table: its column's sum, and how many cells are no numbers.
    sums: Vec<Option<(Sum, u64)>>,
}

fn hold(
    index: usize,
    table: &Table,
    columns: &[Option<usize>],
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
) -> Result<Held> {
    monitor.working_on(&table.name);
    let mut rows = 0u64;
    let mut sums: Vec<_> =
        columns.iter().map(|column| column.map(|column| (column, Sum::new(), 0))).collect();
    scratch.read(index, &mut |record| {
        rows += 1;
        if rows.is_multiple_of(1024) {
            checkpoint(monitor)?;
        }
        for (column, sum, not_numbers) in sums.iter_mut().flatten() {
            let cell = record.get(*column).unwrap_or(Cell::Null);
            let is_nothing = match cell {
                Cell::Null => true,
                Cell::Text(text) => text.as_bytes().is_empty(),
                _ => false,
            };
            if !is_nothing && !sum.add_cell(cell) {
                *not_numbers += 1;
            }
        }
        Ok(())
    })?;
    let sums = sums.into_iter().map(|it| it.map(|(_, sum, odd)| (sum, odd))).collect();
    Ok(Held { rows, sums })
}

impl Expected {
    /// With what there is of it: the number of records, and the sum if the column is there.
    fn against(&self, held: Option<(u64, &Option<(Sum, u64)>)>) -> TotalReport {
        let sum = held.and_then(|(_, sum)| sum.as_ref());
        TotalReport {
            table: self.table.clone(),
            rows: self
                .rows
                .map(|expected| Reconciled { expected, actual: held.map(|(rows, _)| rows) }),
            column: self.sum.as_ref().map(|(column, _)| column.clone()),
            sum: self.sum.as_ref().map(|(_, expected)| Reconciled {
                expected: expected.clone(),
                actual: sum.map(|(sum, _)| sum.to_string()),
            }),
            not_numbers: sum.map_or(0, |(_, not_numbers)| *not_numbers),
        }
    }
}

impl TotalReport {
    /// Whether its table, or its column, is not there.
    fn lacks(&self) -> bool {
        let no_table = self.rows.as_ref().is_some_and(|rows| rows.actual.is_none());
        no_table || self.sum.as_ref().is_some_and(|sum| sum.actual.is_none())
    }

    /// What there is instead of the table, or of the column, that is not there.
    fn instead(&self, table: Option<&Table>, tables: &[(usize, Table)]) -> Suggestions {
        let wanted = self.column.as_deref().unwrap_or_default();
        match table {
            None => {
                Suggestions::of(&self.table, tables.iter().map(|(_, table)| table.name.as_str()))
            }
            Some(table) => {
                let labels = table.columns.iter().map(|column| column.label.as_str());
                Suggestions::of(wanted, labels)
            }
        }
    }

    /// Adds to a report what there is to say.
    fn say(&self, has_table: bool, instead: Option<Suggestions>, report: &mut Report) {
        let Self { table, column, not_numbers, .. } = self;
        let column = column.as_deref().unwrap_or_default();
        let mut find = |finding: Finding| report.findings.push(finding.table(table));
        if !has_table {
            let has = match &instead {
                Some(none) if none.shown.is_empty() => "; the archive has no tables".into(),
                Some(instead) => format!("; the archive has {instead}"),
                None => String::new(),
            };
            let message = format!("there is no table {table}, of which a total was expected{has}");
            let finding = Finding::failure(Code::Total, message).detail(Detail::NoSuchTable);
            return find(finding.instead(instead));
        }
        let mut agree = 0;
        if let Some(rows) = &self.rows {
            match rows.actual.filter(|_| !rows.agrees()) {
                None => agree += 1,
                Some(actual) => {
                    let message = format!("table {table} has another number of records");
                    let finding =
                        Finding::failure(Code::Total, message).detail(Detail::OtherNumber);
                    find(finding.expected(rows.expected, actual));
                }
            }
        }
        match &self.sum {
            Some(Reconciled { actual: None, .. }) => {
                let has = instead.as_ref().map(|instead| format!("; it has {instead}"));
                let message = format!(
                    "table {table} has no column {column:?}, whose sum was expected{}",
                    has.unwrap_or_default()
                );
                let finding = Finding::failure(Code::Total, message).detail(Detail::NoSuchColumn);
                find(finding.instead(instead));
            }
            Some(sum) if sum.agrees() => agree += 1,
            Some(Reconciled { expected, actual: Some(actual) }) => {
                let message = format!("column {column:?} of table {table} comes to another sum");
                let finding = Finding::failure(Code::Total, message).detail(Detail::OtherSum);
                find(finding.expected(expected, actual));
            }
            None => {}
        }
        if *not_numbers > 0 {
            let cells = if *not_numbers == 1 { "cell is" } else { "cells are" };
            let message = format!(
                "column {column:?} of table {table}: {not_numbers} {cells} not a plain decimal \
                 number, and not in its sum"
            );
            find(Finding::remark(Code::Total, message).detail(Detail::NoNumbers));
        }
        let kind = CheckKind::Totals;
        match report.checks.iter_mut().find(|check| check.kind == kind) {
            Some(check) => check.count += agree,
            None => report.checks.push(Check { kind, count: agree }),
        }
    }
}
