//! Compares totals that the CRM itself shows with the restored database: numbers of records, and
//! sums of columns.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use super::decimal::Sum;
use crate::command::Step;
use crate::error::{Error, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::input;
use crate::monitor::{Monitor, Phase, checkpoint, checkpoint_every};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::record::{Cell, IndexPosition, Record, StructuralIndex, Table, safe_labels};
use crate::report::Report;
use crate::scratch::Scratch;
use crate::source::csv::dialect::{self, Given};
use crate::source::csv::parse::{self, Dialect};
use crate::suggestions::suggestions;
use crate::table_names::{FoundTable, TableNames};

pub(crate) use crate::model::{Reconciled, TotalReport};

/// The maximum size of a list, and the errors for a list that is too long or is not UTF-8.
const FORM: input::Form = input::Form {
    most_bytes: 1 << 20,
    too_long: || refuse(message!("totals-too-long")),
    not_utf8: || refuse(message!("totals-not-utf8")),
};
const MOST_LINES: usize = 10_000;

/// The maximum number of findings that list the existing names.
const MOST_NAMED: usize = 5;

/// The columns of a list.
const COLUMNS: [&str; 4] = ["table", "rows", "column", "sum"];

/// Totals that the CRM itself shows.
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
    /// The label of a column, and its sum in the shortest form.
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

    /// Reads the list from an open file. Errors contain `path`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_from(input: impl Read, path: &Path) -> Result<Self> {
        FORM.read(input, path, Self::parse_text)
    }

    /// Parses the text of such a file. A line gives the number of records of a table, the sum of
    /// one of its columns, or both. Other cells are empty.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) with the line if the text is not such a list.
    pub fn parse(text: &[u8]) -> Result<Self> {
        FORM.text(text).and_then(Self::parse_text)
    }

    fn parse_text(text: &str) -> Result<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes();
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

    /// The number of lines.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

fn refuse(why: Message) -> Error {
    input::refuse(why, message!("hint-totals"))
}

/// Passes each record of a text to `each`. Errors contain the line.
fn records(text: &[u8], mut each: impl FnMut(&Record) -> Result<()>) -> Result<()> {
    let given = Given { begins_with_header: true, ..Given::default() };
    let Dialect { delimiter, newline, .. } = dialect::detect(text, true, given).dialect;
    let dialect = Dialect { delimiter, newline, escape: None, is_wrapped: false };
    let start = IndexPosition::default();
    let mut index = StructuralIndex::resume(text, dialect.delimiter.first(), start);
    let mut record = Record::new();
    record.hold(text);
    let mut at = 0;
    while at < text.len() {
        let end = match parse::record(text, at, dialect, true, &mut index, &mut record) {
            Ok(Some((end, _))) => Ok(end),
            Ok(None) => Err(refuse(message!("totals-quotes"))),
            Err((why, _)) => Err(refuse(why)),
        };
        let is_blank = record.iter().all(|cell| cell == Cell::Null);
        let taken =
            end.and_then(|end| if is_blank { Ok(end) } else { each(&record).map(|()| end) });
        at = taken.map_err(|error| error.at_line(lines(&text[..at]) + 1))?;
    }
    Ok(())
}

/// The number of lines: line feeds, or carriage returns if there are no line feeds.
fn lines(text: &[u8]) -> u64 {
    let count = |end| memchr::memchr_iter(end, text).count() as u64;
    if count(b'\n') > 0 { count(b'\n') } else { count(b'\r') }
}

/// The index in [`COLUMNS`] of each cell of a line.
fn header(record: &Record) -> Result<Vec<usize>> {
    let mut columns = Vec::new();
    for cell in record.iter() {
        let label = text(cell).unwrap_or_default();
        let known = COLUMNS.iter().position(|column| label.eq_ignore_ascii_case(column));
        match known.filter(|known| !columns.contains(known)) {
            Some(known) => columns.push(known),
            None => return Err(refuse(message!("totals-columns"))),
        }
    }
    let [table, rows, column, sum] = [0, 1, 2, 3].map(|known| columns.contains(&known));
    if !table || column != sum || !(rows || sum) {
        return Err(refuse(message!("totals-header")));
    }
    Ok(columns)
}

/// The trimmed text of a cell; `None` if there is none.
fn text(cell: Cell<'_>) -> Option<&str> {
    let Cell::Text(text) = cell else { return None };
    text.to_str().map(str::trim).filter(|text| !text.is_empty())
}

fn line(record: &Record, columns: &[usize]) -> Result<Expected> {
    let mut cells = [None; 4];
    for (at, cell) in record.iter().enumerate() {
        let column = columns.get(at).ok_or_else(|| refuse(message!("totals-cells")))?;
        cells[*column] = text(cell);
    }
    let [table, rows, column, sum] = cells;
    let table = table.ok_or_else(|| refuse(message!("totals-table")))?.to_owned();
    let rows = rows.map(|rows| rows.parse().map_err(|_| refuse(message!("totals-rows"))));
    let sum = match (column, sum) {
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

/// Compares expected totals with the database that a [`restore_test`](crate::restore_test) has
/// loaded, and adds the results to its report. Sums are exact.
///
/// A total that differs is a failure, and so is a missing table or column. A table is named as in
/// the archive, or as `NAME (SOURCE)`. If tables of several sources have the same name, totals of
/// this name are skipped. Cells that are not plain decimal numbers are counted, reported, and
/// excluded from the sum; a sum that differs and lacks such cells is skipped too.
///
/// # Errors
///
/// [`ErrorKind::Scratch`](crate::ErrorKind::Scratch) if the database fails, and
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
pub fn reconcile_totals(
    report: &mut Report,
    scratch: &mut dyn Scratch,
    expected: &ExpectedTotals,
    monitor: &dyn Monitor,
) -> Result<()> {
    let started = Instant::now();
    monitor.phase(Phase::Proving, None);
    let tables = scratch.tables()?;
    let names = names(&tables, report);
    let mut by_table: BTreeMap<&str, Vec<(usize, &Expected)>> = BTreeMap::new();
    for line in expected.lines.iter().enumerate() {
        by_table.entry(&line.1.table).or_default().push(line);
    }
    // Totals are reported in the order of the list, and only if there is no error.
    let (mut skipped, mut totals) = (Vec::new(), BTreeMap::new());
    for (name, lines) in by_table {
        checkpoint(monitor)?;
        let table = match names.find(name) {
            FoundTable::One(at) => Some(&tables[at]),
            FoundTable::None => None,
            FoundTable::Several(choices) => {
                let why = message!("skipped-ambiguous-total", table = name, example = choices);
                skipped.push(SkippedCheck::part(CheckKind::Totals, why));
                continue;
            }
        };
        let column = |(_, line): &(_, &Expected)| find_column(&table?.1, &line.sum.as_ref()?.0);
        let columns: Vec<_> = lines.iter().map(column).collect();
        let (rows, sums) = match table {
            Some((index, table)) => {
                let (rows, sums) = total(*index, table, &columns, scratch, monitor)?;
                (Some(rows), sums)
            }
            None => (None, vec![None; lines.len()]),
        };
        for ((at, line), sum) in lines.into_iter().zip(sums) {
            totals.insert(at, (line.compare(rows, sum), table.map(|(_, table)| table)));
        }
    }
    report.skipped.extend(skipped);
    let (mut named, mut agree) = (0, 0);
    for (total, table) in totals.into_values() {
        // If every name of the list is wrong, the existing names are not repeated for each.
        let others = (total.is_missing() && named < MOST_NAMED).then(|| {
            named += 1;
            total.others(table, &tables)
        });
        let findings = total.findings(table.is_some(), others).into_iter();
        report.findings.extend(findings.map(|finding| finding.table(&total.table)));
        report.skipped.extend(total.uncounted());
        agree += u64::from(total.rows.as_ref().is_some_and(Reconciled::agrees));
        agree += u64::from(total.sum.as_ref().is_some_and(Reconciled::agrees));
        report.results.totals.push(total);
    }
    report.results.checks.push(Check { kind: CheckKind::Totals, count: agree });
    report.run.timings.push((Step::Totals, started.elapsed()));
    Ok(())
}

/// The tables of the database, by the names that a list of totals may use.
fn names(tables: &[(usize, Table)], report: &Report) -> TableNames {
    let reports = report.contents.tables.iter().map(|table| (table.name.as_str(), table.names()));
    let reports: HashMap<_, _> = reports.collect();
    TableNames::new(
        tables.iter().map(|(_, table)| {
            reports.get(&*table.name).copied().unwrap_or((&table.name, None, None))
        }),
    )
}

/// The column with this label: the unique label in the archive's CSV, or else the label in the
/// source.
fn find_column(table: &Table, label: &str) -> Option<usize> {
    let labels = || table.columns.iter().map(|column| column.label.as_str());
    let same = safe_labels(labels()).iter().position(|safe| safe == label);
    same.or_else(|| labels().position(|other| other.trim() == label))
}

/// The sum of a column, and the number of its cells that are not numbers.
type ColumnSum = (Sum, u64);

/// The number of records of a table, and the sums of these columns.
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
    /// Compares the expected values with the number of records, and with the sum if the column
    /// exists.
    fn compare(&self, rows: Option<u64>, sum: Option<ColumnSum>) -> TotalReport {
        let (sum, not_numbers) = sum.map(|(sum, count)| (sum.to_string(), count)).unzip();
        let (column, expected_sum) = self.sum.clone().unzip();
        TotalReport {
            table: self.table.clone(),
            rows: self.rows.map(|expected| Reconciled { expected, actual: rows }),
            column,
            sum: expected_sum.map(|expected| Reconciled { expected, actual: sum }),
            not_numbers: not_numbers.unwrap_or_default(),
        }
    }
}

impl TotalReport {
    /// Whether its table or column is missing.
    fn is_missing(&self) -> bool {
        let no_table = self.rows.as_ref().is_some_and(|rows| rows.actual.is_none());
        no_table || self.sum.as_ref().is_some_and(|sum| sum.actual.is_none())
    }

    /// A message that lists the existing tables or columns.
    fn others(&self, table: Option<&Table>, tables: &[(usize, Table)]) -> Message {
        let (names, others) = match (table, &self.column) {
            (Some(table), Some(wanted)) => {
                suggestions(wanted, table.columns.iter().map(|it| it.label.as_str()))
            }
            _ => suggestions(&self.table, tables.iter().map(|(_, it)| it.name.as_str())),
        };
        let is_empty = names.is_empty();
        let names = message!("names-and-others", names = names, count = others);
        match table {
            None if is_empty => message!("total-no-tables"),
            None => message!("total-tables", names = names),
            Some(_) => message!("total-columns", names = names),
        }
    }

    /// The skipped check of a sum that differs, if it lacks cells that are not numbers.
    fn uncounted(&self) -> Option<SkippedCheck> {
        let Reconciled { expected, actual: Some(actual) } = self.sum.as_ref()? else { return None };
        let (table, column) = (&self.table, self.column.as_deref().unwrap_or_default());
        (expected != actual && self.not_numbers > 0).then(|| {
            let why = message!(
                "skipped-sum",
                table = table,
                column = column,
                count = self.not_numbers,
                expected = expected,
                actual = actual
            );
            SkippedCheck::part(CheckKind::Totals, why)
        })
    }

    /// Findings about differences, and about cells that are not in the sum.
    fn findings(&self, has_table: bool, others: Option<Message>) -> Vec<Finding> {
        let Self { table, rows, column, sum, not_numbers } = self;
        let column = column.as_deref().unwrap_or_default();
        let with_others = |message: Message| match &others {
            Some(others) => message!("joined-by-semicolon", one = message, next = others.clone()),
            None => message,
        };
        let failure = |message| Finding::failure(Code::Total, message);
        if !has_table {
            return vec![failure(with_others(message!("total-no-table", table = table)))];
        }
        let mut findings = Vec::new();
        if let Some(Reconciled { expected, actual: Some(actual) }) = rows
            && expected != actual
        {
            findings.push(failure(message!("total-rows")).expected(expected, actual));
        }
        match sum {
            Some(Reconciled { actual: None, .. }) => {
                findings.push(failure(with_others(message!("total-no-column", column = column))));
            }
            Some(Reconciled { expected, actual: Some(actual) })
                if expected != actual && *not_numbers == 0 =>
            {
                let differs = failure(message!("total-sum", column = column));
                findings.push(differs.expected(expected, actual));
            }
            _ => {}
        }
        if *not_numbers > 0 {
            let message = message!("total-no-numbers", column = column, count = *not_numbers);
            findings.push(Finding::remark(Code::Total, message));
        }
        findings
    }
}
