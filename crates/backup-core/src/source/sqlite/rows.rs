//! Reading and counting the rows of a table, each cell with its storage class.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Statement};

use super::super::Sink;
use super::super::stable_file::Spread;
use super::errors::{too_large, unreadable, unreadable_record};
use super::table::TablePlan;
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::model::ColumnCounts;
use crate::record::Record;
use crate::sqlite::{Counted, count_columns, push_value, quoted};

/// How many records go by before progress is reported and the monitor is asked whether to continue.
const BETWEEN_QUESTIONS: u64 = 4096;

/// How a database keeps its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// Counts of the text that was read from a column of a database that keeps UTF-16.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// As the database keeps it.
    stored_bytes: u64,
    /// As UTF-8.
    bytes: u64,
    /// The longest, as UTF-8.
    longest: u64,
    /// How many cells are not valid UTF-16.
    pub(super) lone: u64,
}

/// Has SQLite itself count every column of the table, outside of what reads its records.
pub(super) fn count(connection: &Connection, table: &TablePlan) -> Result<Vec<Counted>> {
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    count_columns(connection, &table.from(), &columns)
        .map_err(|error| unreadable_record(&error, table.max_record_bytes))
}

/// The counts of a table's columns as an archive has them.
///
/// Where the database keeps UTF-16, SQLite cannot count the bytes of the text as UTF-8. Then its count
/// of stored bytes must be that of the text that was read, and the length is that of the result.
pub(super) fn reconcile(
    counted: &[Counted],
    tallies: &[Tally],
    encoding: Encoding,
) -> Result<Vec<ColumnCounts>> {
    let columns = (1..).zip(counted.iter().zip(tallies));
    let reconciled = columns.map(|(number, (column, tally))| {
        let (counted, given) = (column.text_bytes, tally.stored_bytes);
        match encoding {
            Encoding::Utf8 => Ok(column.with_text(counted, column.longest_text)),
            _ if given == counted => Ok(column.with_text(tally.bytes, tally.longest)),
            _ => {
                let why = message!("database-text-bytes", counted = counted, given = given);
                Err(Error::source(why, message!("hint-database-check")).at_column(number))
            }
        }
    });
    reconciled.collect()
}

/// Prepares to read the columns of the table, in its order. A database that keeps UTF-16 is asked for the
/// bytes of a text, and then whether they are one: SQLite's own conversion to UTF-8 would make other
/// characters of what is not valid.
fn select<'c>(
    connection: &'c Connection,
    table: &TablePlan,
    encoding: Encoding,
) -> Result<Statement<'c>> {
    let columns = table.columns.iter().map(|column| quoted(&column.name));
    let columns = columns.map(|column| match encoding {
        Encoding::Utf8 => column,
        _ => format!(
            "CASE typeof({column}) WHEN 'text' THEN CAST({column} AS BLOB) ELSE {column} END, \
             typeof({column}) = 'text'"
        ),
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    let order = match table.order.as_str() {
        // Without an order of its own, a table is read as it is stored, and not as some index is.
        "" => "NOT INDEXED".to_owned(),
        order => format!("ORDER BY {order}"),
    };
    let sql = format!("SELECT {columns} FROM {} {order}", table.from());
    connection.prepare(&sql).map_err(|error| unreadable(&error))
}

/// Sends every record of the table. Returns what was read of each column's text if the database keeps UTF-16.
pub(super) fn send(
    connection: &Connection,
    table: &TablePlan,
    encoding: Encoding,
    spread: &mut Spread,
    sink: &mut dyn Sink,
) -> Result<Vec<Tally>> {
    let mut statement = select(connection, table, encoding)?;
    let mut rows = statement.query([]).map_err(|error| unreadable(&error))?;
    let mut tallies = vec![Tally::default(); table.columns.len()];
    let mut record = Record::new();
    for number in 1u64.. {
        let row = rows.next().map_err(|error| unreadable_record(&error, table.max_record_bytes));
        let Some(row) = row.map_err(|error| error.at_record(number))? else { break };
        fill(&mut record, row, encoding, &mut tallies, table.max_record_bytes)
            .map_err(|error| error.at_record(number))?;
        if number.is_multiple_of(BETWEEN_QUESTIONS) {
            spread.seen(BETWEEN_QUESTIONS, sink.monitor())?;
        }
        sink.record(&record).map_err(|error| error.at_record(number))?;
    }
    Ok(tallies)
}

/// Reads a row into the record.
fn fill(
    record: &mut Record,
    row: &Row<'_>,
    encoding: Encoding,
    tallies: &mut [Tally],
    max_bytes: u64,
) -> Result<()> {
    let get = |index| row.get_ref(index).map_err(|error| unreadable_record(&error, max_bytes));
    record.clear();
    for (index, tally) in tallies.iter_mut().enumerate() {
        match encoding {
            Encoding::Utf8 => push_value(record, get(index)?),
            _ => match (get(2 * index)?, get(2 * index + 1)?) {
                (ValueRef::Blob(bytes), ValueRef::Integer(1)) => {
                    push_utf16(record, bytes, encoding, tally)
                        .map_err(|error| error.at_column(index as u64 + 1))?;
                }
                (value, _) => push_value(record, value),
            },
        }
        if record.bytes() as u64 > max_bytes {
            return Err(too_large(max_bytes));
        }
    }
    Ok(())
}

fn push_utf16(
    record: &mut Record,
    bytes: &[u8],
    encoding: Encoding,
    tally: &mut Tally,
) -> Result<()> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Error::source(message!("database-odd-utf16"), message!("hint-database-check")));
    }
    let unit = |bytes: &[u8; 2]| match encoding {
        Encoding::Utf16Be => u16::from_be_bytes(*bytes),
        Encoding::Utf16Le | Encoding::Utf8 => u16::from_le_bytes(*bytes),
    };
    let (text, lone) = generalized_utf8(units.iter().map(unit));
    tally.stored_bytes += bytes.len() as u64;
    tally.bytes += text.len() as u64;
    tally.longest = tally.longest.max(text.len() as u64);
    tally.lone += u64::from(lone);
    record.push_text_bytes(&text);
    Ok(())
}

/// UTF-8 where the text is valid; a surrogate without its other half becomes the three bytes that
/// UTF-8 would have for it, so that nothing is lost and no reader takes the result for UTF-8.
fn generalized_utf8(units: impl Iterator<Item = u16>) -> (Vec<u8>, bool) {
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
