//! Reading the rows of a table, each cell with its storage class.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Rows, Statement};

use super::super::Sink;
use super::super::stable_file::Spread;
use super::open::{is_too_large, too_large};
use super::schema::{Encoding, TablePlan};
use super::{failed, quoted};
use crate::error::{Error, Result};
use crate::record::Record;
use crate::sqlite::push_value;

/// How many records go by before the monitor is told, and asked whether to go on.
const BETWEEN_TELLS: u64 = 4096;

/// What was read of the text in a column of a database that keeps UTF-16.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// As the database keeps it.
    pub(super) stored_bytes: u64,
    /// As UTF-8.
    pub(super) bytes: u64,
    /// The longest, as UTF-8.
    pub(super) longest: u64,
    /// How many cells are not valid UTF-16.
    pub(super) lone: u64,
}

/// The statements that read a table. They say the same rows in the same order.
pub(super) struct Reading<'c> {
    values: Statement<'c>,
    /// The bytes of the text where SQLite's own conversion to UTF-8 would make other characters
    /// of what is not valid.
    stored: Option<Statement<'c>>,
}

/// Prepares to read the table; fails if SQLite cannot read one of its columns.
pub(super) fn prepare<'c>(
    connection: &'c Connection,
    table: &TablePlan,
    encoding: Encoding,
) -> Result<Reading<'c>> {
    let select = |expression: &dyn Fn(String) -> String| {
        let columns: Vec<_> = table.columns.iter().map(|name| expression(quoted(name))).collect();
        let order = match table.order.as_str() {
            "" => String::new(),
            order => format!(" ORDER BY {order}"),
        };
        // Without an order of its own, a table is read as it stands, and not as some index does.
        let unordered = if order.is_empty() { " NOT INDEXED" } else { "" };
        let (columns, from) = (columns.join(", "), table.from());
        let sql = format!("SELECT {columns} FROM {from}{unordered}{order}");
        connection.prepare(&sql).map_err(|error| failed("read the table", &error))
    };
    let values = select(&|column| column)?;
    let stored = match encoding {
        Encoding::Utf8 => None,
        Encoding::Utf16Le | Encoding::Utf16Be => Some(select(&|column| {
            format!("CASE typeof({column}) WHEN 'text' THEN CAST({column} AS BLOB) END")
        })?),
    };
    Ok(Reading { values, stored })
}

/// Sends every record of the table; the tallies are there if the database keeps UTF-16.
pub(super) fn send(
    connection: &Connection,
    table: &TablePlan,
    encoding: Encoding,
    spread: &mut Spread,
    sink: &mut dyn Sink,
) -> Result<Option<Vec<Tally>>> {
    let mut reading = prepare(connection, table, encoding)?;
    let mut values = query(&mut reading.values)?;
    let mut stored = reading.stored.as_mut().map(query).transpose()?;
    let width = table.columns.len();
    let mut tallies = stored.as_ref().map(|_| vec![Tally::default(); width]);
    let mut record = Record::new();
    for number in 1u64.. {
        let more = match (&mut stored, &mut tallies) {
            (Some(stored), Some(tallies)) => {
                fill_utf16(&mut record, &mut values, stored, encoding, tallies, table)
            }
            _ => fill(&mut record, &mut values, width, table),
        };
        if !more.map_err(|error| error.at_record(number))? {
            break;
        }
        if number.is_multiple_of(BETWEEN_TELLS) {
            spread.seen(BETWEEN_TELLS, sink.monitor())?;
        }
        sink.record(&record).map_err(|error| error.at_record(number))?;
    }
    Ok(tallies)
}

fn query<'s>(statement: &'s mut Statement<'_>) -> Result<Rows<'s>> {
    statement.query([]).map_err(|error| failed("read the table", &error))
}

fn next<'r>(rows: &'r mut Rows<'_>, table: &TablePlan) -> Result<Option<&'r Row<'r>>> {
    rows.next().map_err(|error| match is_too_large(&error) {
        true => too_large(table.max_record_bytes),
        false => failed("read the table", &error),
    })
}

fn cell<'r>(row: &'r Row<'_>, index: usize) -> Result<ValueRef<'r>> {
    row.get_ref(index).map_err(|error| failed("read a cell", &error))
}

/// Reads the next row into the record; `false` after the last.
fn fill(record: &mut Record, rows: &mut Rows<'_>, width: usize, table: &TablePlan) -> Result<bool> {
    let Some(row) = next(rows, table)? else {
        return Ok(false);
    };
    record.clear();
    for index in 0..width {
        push_value(record, cell(row, index)?);
        check_room(record, table)?;
    }
    Ok(true)
}

/// What was counted may have been counted of other records, and text that is UTF-16 there is longer here.
fn check_room(record: &Record, table: &TablePlan) -> Result<()> {
    match record.bytes() as u64 > table.max_record_bytes {
        true => Err(too_large(table.max_record_bytes)),
        false => Ok(()),
    }
}

fn fill_utf16(
    record: &mut Record,
    values: &mut Rows<'_>,
    stored: &mut Rows<'_>,
    encoding: Encoding,
    tallies: &mut [Tally],
    table: &TablePlan,
) -> Result<bool> {
    let (values, stored) = match (next(values, table)?, next(stored, table)?) {
        (Some(values), Some(stored)) => (values, stored),
        (None, None) => return Ok(false),
        _ => return Err(out_of_step()),
    };
    record.clear();
    for (index, tally) in tallies.iter_mut().enumerate() {
        match (cell(values, index)?, cell(stored, index)?) {
            (ValueRef::Text(_), ValueRef::Blob(bytes)) => {
                push_utf16(record, bytes, encoding, tally)
                    .map_err(|error| error.at_column(index as u64 + 1))?;
            }
            (ValueRef::Text(_), _) | (_, ValueRef::Blob(_)) => return Err(out_of_step()),
            (value, _) => push_value(record, value),
        }
        check_room(record, table)?;
    }
    Ok(true)
}

fn out_of_step() -> Error {
    Error::source(
        "SQLite gave other rows when it was asked again",
        "Check the database with sqlite3's integrity_check.",
    )
}

fn push_utf16(
    record: &mut Record,
    bytes: &[u8],
    encoding: Encoding,
    tally: &mut Tally,
) -> Result<()> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Error::source(
            "UTF-16 text has an odd number of bytes",
            "Check the database with sqlite3's integrity_check.",
        ));
    }
    let unit = |bytes: &[u8; 2]| match encoding {
        Encoding::Utf16Be => u16::from_be_bytes(*bytes),
        Encoding::Utf16Le | Encoding::Utf8 => u16::from_le_bytes(*bytes),
    };
    let (text, lone) = generalised_utf8(units.iter().map(unit));
    tally.stored_bytes += bytes.len() as u64;
    tally.bytes += text.len() as u64;
    tally.longest = tally.longest.max(text.len() as u64);
    tally.lone += u64::from(lone);
    record.push_text_bytes(&text);
    Ok(())
}

/// UTF-8 where the text is valid; a surrogate without its other half becomes the three bytes that
/// UTF-8 would have for it, so that nothing is lost and no reader takes the result for UTF-8.
fn generalised_utf8(units: impl Iterator<Item = u16>) -> (Vec<u8>, bool) {
    let mut text = Vec::new();
    let mut lone = false;
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(character) => {
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Err(error) => {
                lone = true;
                let unit = error.unpaired_surrogate();
                let low_six = |bits: u16| 0x80 | (bits & 0x3f) as u8;
                text.extend([0xe0 | (unit >> 12) as u8, low_six(unit >> 6), low_six(unit)]);
            }
        }
    }
    (text, lone)
}
