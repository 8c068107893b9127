//! Totals that the CRM itself shows, compared with what the restored database holds: numbers of records,
//! and sums of columns.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use super::decimal::Sum;
use super::input;
use super::pairing::Name;
use crate::command::Step;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::monitor::{Monitor, Phase, checkpoint, checkpoint_every};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::record::{Cell, IndexPosition, Record, StructuralIndex, Table, safe_labels};
use crate::report::Report;
use crate::scratch::Scratch;
use crate::source::csv::parse;
use crate::suggestions::suggestions;

pub(crate) use crate::model::{Reconciled, TotalReport};

/// A longer list is none that somebody wrote.
const MAX_BYTES: u64 = 1 << 20;
const MOST_LINES: usize = 10_000;

/// For so many names that are not there, those that are there are named.
const MOST_NAMED: usize = 5;

/// The columns of such a list.
const COLUMNS: [&str; 4] = ["table", "rows", "column", "sum"];

/// Totals that a CRM itself shows.
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
        Self::read_from(input::open(path)?, path)
    }

    /// The same, from a file that is open; `path` is what errors call it.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_from(input: impl Read, path: &Path) -> Result<Self> {
        input::parse(input, path, MAX_BYTES, Self::parse)
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
            return Err(refuse(message!("totals-too-long")));
        }
        if std::str::from_utf8(text).is_err() {
            return Err(refuse(message!("totals-not-utf8")));
        }
        let mut expected = Self::default();
        let mut columns = None;
        records(text, |record| match &columns {
            None => {
                columns = Some(header(record)?);
                Ok(())
            }
            Some(_) if expected.lines.len() == MOST_LINES => {
                Err(refuse(message!("totals-too-many-lines")))
            }
            Some(columns) => {
                expected.lines.push(line(record, columns)?);
                Ok(())
            }
        })?;
        match columns {
            Some(_) if !expected.lines.is_empty() => Ok(expected),
            _ => Err(refuse(message!("totals-empty"))),
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

fn refuse(why: Message) -> Error {
    input::refuse(why, message!("hint-totals"))
}

/// Gives the records of a text. Errors name the line.
fn records(text: &[u8], mut each: impl FnMut(&Record) -> Result<()>) -> Result<()> {
    let dialect = parse::detect(text, None);
    let mut index = StructuralIndex::resume(text, dialect.delimiter, IndexPosition::default());
    let mut record = Record::new();
    record.hold(text);
    let (mut at, mut number) = (0, 1);
    while at < text.len() {
        let end = match parse::record(text, at, dialect, true, &mut index, &mut record) {
            Ok(Some((end, _))) => end,
            Ok(None) | Err(_) => return Err(refuse(message!("totals-quotes")).at_line(number)),
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
            _ => return Err(refuse(message!("totals-columns"))),
        }
    }
    let [table, rows, column, sum] = columns.map(|column| column.is_some());
    if !table || column != sum || !(rows || sum) {
        return Err(refuse(message!("totals-header")));
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
        return Err(refuse(message!("totals-cells")));
    }
    let cell = |column: usize| columns[column].and_then(|at| text(record.get(at)));
    let table = cell(0).ok_or_else(|| refuse(message!("totals-table")))?.to_owned();
    let rows = cell(1).map(|rows| rows.parse().map_err(|_| refuse(message!("totals-rows"))));
    let sum = match (cell(2), cell(3)) {
        (None, None) => None,
        (Some(column), Some(number)) => {
            let mut sum = Sum::new();
            if !sum.add(number.as_bytes()) {
                return Err(refuse(message!("totals-sum")));
            }
            Some((column.to_owned(), sum.to_string()))
        }
        _ => return Err(refuse(message!("totals-half"))),
    };
    if rows.is_none() && sum.is_none() {
        return Err(refuse(message!("totals-nothing")));
    }
    Ok(Expected { table, rows: rows.transpose()?, sum })
}

/// Reconciles expected totals with what the database holds that a
/// [`restore_test`](crate::restore_test) has loaded, and adds to its report. Sums are exact.
///
/// A total that differs, and a table or a column that is not there, is a failure. A table has the name
/// that the archive gives it, or `NAME (SOURCE)`; totals of a name that tables of several sources have
/// are skipped. Cells that are no plain decimal numbers are counted and reported, and left out of the
/// sum.
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
    let names = TableNames::new(&tables, report);
    let (mut skipped, mut totals) = (Vec::new(), vec![None; expected.lines.len()]);
    let wanted: BTreeSet<&str> = expected.lines.iter().map(|line| line.table.as_str()).collect();
    for name in wanted {
        checkpoint(monitor)?;
        let table = match names.find(name) {
            Ok(table) => table,
            Err(why) => {
                skipped.push(why);
                continue;
            }
        };
        let lines = expected.lines.iter().zip(&mut totals).filter(|(line, _)| line.table == name);
        let lines: Vec<_> = lines.collect();
        let column = |line: &Expected| find_column(&table?.1, &line.sum.as_ref()?.0);
        let columns: Vec<Option<usize>> = lines.iter().map(|(line, _)| column(line)).collect();
        let actual = match table {
            Some((index, table)) => Some(total(*index, table, &columns, scratch, monitor)?),
            None => None,
        };
        for (at, (line, total)) in lines.into_iter().enumerate() {
            let actual = actual.as_ref().map(|(rows, sums)| (*rows, sums[at].as_ref()));
            *total = Some((line.compare(actual), table.map(|(_, table)| table)));
        }
    }
    report.skipped.extend(skipped);
    let mut named = 0;
    for (total, table) in totals.into_iter().flatten() {
        // Whoever has every name wrong need not read the right ones again and again.
        let others = (total.is_missing() && named < MOST_NAMED).then(|| {
            named += 1;
            total.others(table, &tables)
        });
        total.report(table.is_some(), others, report);
        report.results.totals.push(total);
    }
    report.run.timings.push((Step::Totals, started.elapsed()));
    Ok(())
}

/// The tables of the database by the names that a list of totals may give them.
struct TableNames<'a> {
    tables: &'a [(usize, Table)],
    /// For each name in a source, the tables that have it, with their sources behind their names.
    in_sources: HashMap<String, Vec<String>>,
    /// By their names in the archive, or with their sources behind their own names.
    by_name: HashMap<String, usize>,
}

impl<'a> TableNames<'a> {
    fn new(tables: &'a [(usize, Table)], report: &Report) -> Self {
        let sources: HashMap<&str, Option<&str>> = report
            .contents
            .tables
            .iter()
            .map(|it| (it.name.as_str(), it.source.as_deref()))
            .collect();
        let (mut in_sources, mut by_name) = (HashMap::new(), HashMap::new());
        for (at, (_, table)) in tables.iter().enumerate() {
            let source = sources.get(table.name.as_str()).copied().flatten();
            let name = Name::of(&table.name, source, None);
            by_name.entry(name.in_full()).or_insert(at);
            in_sources.entry(name.own.clone()).or_insert_with(Vec::new).push(name.in_full());
        }
        // The archive's own names come before all others.
        by_name.extend(tables.iter().enumerate().map(|(at, (_, table))| (table.name.clone(), at)));
        Self { tables, in_sources, by_name }
    }

    /// The table of that name. Several sources may have it, and the archive gives it to the first of these.
    fn find(&self, name: &str) -> Result<Option<&'a (usize, Table)>, SkippedCheck> {
        if let Some([first, _, ..]) = self.in_sources.get(name).map(Vec::as_slice) {
            let (table, example) = (name.to_owned(), first.clone());
            return Err(SkippedCheck::AmbiguousTotal { table, example });
        }
        Ok(self.by_name.get(name).map(|at| &self.tables[*at]))
    }
}

/// The column of that label: as the archive's CSV has it, where no two are the same, or as the source
/// has it.
fn find_column(table: &Table, label: &str) -> Option<usize> {
    let labels = || table.columns.iter().map(|column| column.label.as_str());
    let same = safe_labels(labels()).iter().position(|safe| safe == label);
    same.or_else(|| labels().position(|other| other.trim() == label))
}

/// The sum of a column, and how many of its cells are no numbers.
type ColumnSum = (Sum, u64);

/// The number of a table's records, and the sums of these columns.
fn total(
    index: usize,
    table: &Table,
    columns: &[Option<usize>],
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
) -> Result<(u64, Vec<Option<ColumnSum>>)> {
    monitor.working_on(&table.name);
    let mut rows = 0;
    let mut sums: Vec<_> = columns.iter().map(|column| column.map(|_| (Sum::new(), 0))).collect();
    scratch.read(index, &mut |record| {
        rows += 1;
        checkpoint_every(rows, monitor)?;
        for (column, sum) in columns.iter().zip(&mut sums) {
            let (Some(column), Some((sum, not_numbers))) = (column, sum) else { continue };
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
        Ok(())
    })?;
    Ok((rows, sums))
}

impl Expected {
    /// Compares it with the number of records, and the sum if the column is there.
    fn compare(&self, actual: Option<(u64, Option<&ColumnSum>)>) -> TotalReport {
        let sum = actual.and_then(|(_, sum)| sum);
        let rows = |expected| Reconciled { expected, actual: actual.map(|(rows, _)| rows) };
        TotalReport {
            table: self.table.clone(),
            rows: self.rows.map(rows),
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
    fn is_missing(&self) -> bool {
        let no_table = self.rows.as_ref().is_some_and(|rows| rows.actual.is_none());
        no_table || self.sum.as_ref().is_some_and(|sum| sum.actual.is_none())
    }

    /// The tables, or the columns, that are there.
    fn others(&self, table: Option<&Table>, tables: &[(usize, Table)]) -> Message {
        let wanted = self.column.as_deref().unwrap_or_default();
        match table {
            None => match suggestions(&self.table, tables.iter().map(|(_, it)| it.name.as_str())) {
                Some(names) => message!("total-tables", names = names),
                None => message!("total-no-tables"),
            },
            Some(table) => {
                let labels = table.columns.iter().map(|it| it.label.as_str());
                let names = suggestions(wanted, labels).unwrap_or_else(|| "".into());
                message!("total-columns", names = names)
            }
        }
    }

    /// Adds to a report what differs, and counts what agrees.
    fn report(&self, has_table: bool, others: Option<Message>, report: &mut Report) {
        let Self { table, column, not_numbers, .. } = self;
        let column = column.as_deref().unwrap_or_default();
        let mut find = |finding: Finding| report.findings.push(finding.table(table));
        let with_others = |message: Message| match &others {
            Some(others) => message!("joined-by-semicolon", one = message, next = others.clone()),
            None => message,
        };
        if !has_table {
            return find(Finding::failure(
                Code::Total,
                with_others(message!("total-no-table", table = table)),
            ));
        }
        let mut agree = 0;
        if let Some(rows) = &self.rows {
            match rows.actual.filter(|_| !rows.agrees()) {
                None => agree += 1,
                Some(actual) => {
                    let finding = Finding::failure(Code::Total, message!("total-rows"));
                    find(finding.expected(rows.expected, actual));
                }
            }
        }
        match &self.sum {
            Some(Reconciled { actual: None, .. }) => {
                let message = with_others(message!("total-no-column", column = column));
                find(Finding::failure(Code::Total, message));
            }
            Some(sum) if sum.agrees() => agree += 1,
            Some(Reconciled { expected, actual: Some(actual) }) => {
                let message = message!("total-sum", column = column);
                find(Finding::failure(Code::Total, message).expected(expected, actual));
            }
            None => {}
        }
        if *not_numbers > 0 {
            let message = message!("total-no-numbers", column = column, count = *not_numbers);
            find(Finding::remark(Code::Total, message));
        }
        let kind = CheckKind::Totals;
        match report.results.checks.iter_mut().find(|check| check.kind == kind) {
            Some(check) => check.count += agree,
            None => report.results.checks.push(Check { kind, count: agree }),
        }
    }
}
