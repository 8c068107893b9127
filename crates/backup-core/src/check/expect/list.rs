//! Reads a list of totals, as a person or a spreadsheet program saves it.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use super::number::{Delimited, NumberError, decimal, whole};
use crate::error::{Error, Result};
use crate::i18n::{Message, message};
use crate::input;
use crate::record::{Cell, IndexPosition, Record, StructuralIndex};
use crate::report::Report;
use crate::source::csv::dialect::{self, Given};
use crate::source::csv::encoding::{Charset, Coding, Decoder};
use crate::source::csv::parse::{self, Dialect};

/// The maximum size of a list, and its encodings.
const FORM: input::Form = input::Form {
    most_bytes: 1 << 20,
    too_long: || refuse(message!("totals-too-long")),
    decode: decoded,
};
const MOST_LINES: usize = 10_000;

/// The columns of a list.
const COLUMNS: [&str; 4] = ["table", "rows", "column", "sum"];

/// The Chinese labels of each column.
const CHINESE_COLUMNS: [&[&str]; 4] = [
    &["表", "表名", "表名称", "数据表"],
    &["记录数", "行数", "记录数量", "条数"],
    &["列", "列名", "字段", "字段名"],
    &["合计", "总和", "总计", "求和"],
];

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
    pub(super) lines: Vec<Expected>,
}

#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) table: String,
    pub(super) rows: Option<u64>,
    /// The label of a column, and its sum in the shortest form.
    pub(super) sum: Option<(String, String)>,
}

impl ExpectedTotals {
    /// Reads a CSV file with the header `table,rows` or `table,rows,column,sum`.
    ///
    /// It may be in UTF-8, UTF-16 with a byte order mark, or GB18030; be delimited by semicolons or
    /// TABs; and have Chinese labels and numbers with separators of thousands, as spreadsheet
    /// programs save it.
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
        FORM.read(input, path, parsed)
    }

    /// Parses such a file. A line gives the number of records of a table, the sum of one of its
    /// columns, or both. Other cells are empty. A line with only a table gives no total, and is
    /// ignored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) with the line if the text is not such a list.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        FORM.text(bytes).and_then(|text| parsed(&text))
    }

    /// A list to fill in, with a line for each table of a report that the CRM shows a number of
    /// records for; a table of several parts has one line. The numbers are left empty, because they
    /// must come from the CRM.
    ///
    /// It is a CSV file in UTF-8, with a byte order mark and CRLF, so that spreadsheet programs
    /// open it.
    pub fn template(report: &Report) -> Vec<u8> {
        let tables: Vec<&String> = match &report.scope {
            Some(scope) => scope.counted.iter().collect(),
            None => report.contents.tables.iter().map(|table| &table.name).collect(),
        };
        let lines = tables.into_iter().map(|name| unfilled_line(name));
        let header = format!("\u{feff}{}\r\n", COLUMNS.join(","));
        std::iter::once(header).chain(lines).collect::<String>().into_bytes()
    }

    /// The number of lines that give a total.
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

/// Decodes a list: by its byte order mark, or else as UTF-8, or else as GB18030, which includes GBK
/// and is what spreadsheet programs on Chinese systems save. Text in another encoding either fails
/// or gives names that no table has.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>> {
    let marked = Charset::marked(bytes);
    if let (None, Ok(text)) = (&marked, std::str::from_utf8(bytes)) {
        return Ok(text.into());
    }
    let mark = marked.as_ref().map_or(0, |charset| charset.bom_bytes().len());
    let coding = marked.map_or(Coding::from(encoding_rs::GB18030), |charset| charset.coding);
    let mut text = String::new();
    match Decoder::starting_at(coding, 0).decode(&bytes[mark..], true, &mut text) {
        Ok(()) => Ok(text.into()),
        Err(_) => Err(refuse(message!("totals-encoding"))),
    }
}

/// Parses the text of a list.
fn parsed(text: &str) -> Result<ExpectedTotals> {
    let mut expected = ExpectedTotals::default();
    let mut columns = None;
    records(text.as_bytes(), |record, delimited| match &columns {
        None => {
            columns = Some(header(record)?);
            Ok(())
        }
        Some(columns) => {
            expected.lines.extend(line(record, columns, delimited)?);
            match expected.lines.len() > MOST_LINES {
                true => Err(refuse(message!("totals-too-many-lines"))),
                false => Ok(()),
            }
        }
    })?;
    match columns {
        Some(_) if !expected.lines.is_empty() => Ok(expected),
        _ => Err(refuse(message!("totals-empty"))),
    }
}

/// A line that gives no total for this table yet.
fn unfilled_line(table: &str) -> String {
    let is_plain = !table.contains([',', ';', '\t', '"', '\r', '\n']);
    match is_plain {
        true => format!("{table},,,\r\n"),
        false => format!("\"{}\",,,\r\n", table.replace('"', "\"\"")),
    }
}

/// Passes each record of a text to `each`. Errors contain the line.
fn records(text: &[u8], mut each: impl FnMut(&Record, Delimited) -> Result<()>) -> Result<()> {
    let given = Given { begins_with_header: true, ..Given::default() };
    let Dialect { delimiter, newline, .. } = dialect::detect(text, true, given).dialect;
    let dialect = Dialect { delimiter, newline, escape: None, is_wrapped: false };
    let delimited = match delimiter.as_bytes() == b"," {
        true => Delimited::ByCommas,
        false => Delimited::Otherwise,
    };
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
        let is_blank = record.iter().all(|cell| text_of(cell).is_none());
        let taken = end.and_then(|end| match is_blank {
            true => Ok(end),
            false => each(&record, delimited).map(|()| end),
        });
        at = taken.map_err(|error| error.at_line(lines(&text[..at]) + 1))?;
    }
    Ok(())
}

/// The number of lines: line feeds, or carriage returns if there are no line feeds.
fn lines(text: &[u8]) -> u64 {
    let count = |end| memchr::memchr_iter(end, text).count() as u64;
    if count(b'\n') > 0 { count(b'\n') } else { count(b'\r') }
}

/// The index in [`COLUMNS`] of each cell of a line. Empty cells at the end are no columns.
fn header(record: &Record) -> Result<Vec<usize>> {
    let mut columns = Vec::new();
    for at in 0..filled(record) {
        let label = record.get(at).and_then(text_of).unwrap_or_default();
        let known = COLUMNS.iter().zip(CHINESE_COLUMNS).position(|(column, others)| {
            label.eq_ignore_ascii_case(column) || others.contains(&label)
        });
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

/// The number of cells up to the last one that is not empty.
fn filled(record: &Record) -> usize {
    let is_filled = |cell| text_of(cell).is_some();
    record
        .iter()
        .enumerate()
        .filter(|(_, cell)| is_filled(*cell))
        .last()
        .map_or(0, |(at, _)| at + 1)
}

/// The trimmed text of a cell; `None` if there is none.
fn text_of(cell: Cell<'_>) -> Option<&str> {
    let Cell::Text(text) = cell else { return None };
    text.to_str().map(str::trim).filter(|text| !text.is_empty())
}

/// The totals of a line; `None` if it only names a table.
fn line(record: &Record, columns: &[usize], delimited: Delimited) -> Result<Option<Expected>> {
    let mut cells = [None; 4];
    for at in 0..filled(record) {
        let column = columns.get(at).ok_or_else(|| refuse(message!("totals-cells")))?;
        cells[*column] = record.get(at).and_then(text_of);
    }
    let [table, rows, column, sum] = cells;
    let table = table.ok_or_else(|| refuse(message!("totals-table")))?.to_owned();
    let whole = |text| whole(text).ok_or_else(|| refuse(message!("totals-rows")));
    let rows = rows.map(whole).transpose()?;
    let sum = match (column, sum) {
        (None, None) => None,
        (Some(column), Some(sum)) => {
            let sum = decimal(sum, delimited).map_err(|error| match error {
                NumberError::Invalid => refuse(message!("totals-sum")),
                NumberError::Ambiguous([whole, fraction]) => {
                    refuse(message!("totals-ambiguous", whole = whole, fraction = fraction))
                }
            })?;
            Some((column.to_owned(), sum))
        }
        _ => return Err(refuse(message!("totals-half"))),
    };
    let gives_none = rows.is_none() && sum.is_none();
    Ok((!gives_none).then_some(Expected { table, rows, sum }))
}
