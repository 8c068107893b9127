//! Reads and counts the rows of a table, with the storage class of each value.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Statement};

use super::super::Sink;
use super::super::stable_file::Spread;
use super::super::utf16::Utf16Decoder;
use super::errors::{too_large, unreadable, unreadable_record};
use super::table::TablePlan;
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::model::ColumnCounts;
use crate::record::Record;
use crate::sqlite::{Counted, count_columns, push_value, quoted};

/// The number of records between two reports of progress and checks for cancellation.
const BETWEEN_QUESTIONS: u64 = 4096;

/// The encoding of the text in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// Counts of the text in a column of a UTF-16 database.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Utf16Counts {
    /// The length as stored in the database, in bytes.
    stored_bytes: u64,
    /// The length as UTF-8, in bytes.
    bytes: u64,
    /// The length of the longest text as UTF-8, in bytes.
    longest: u64,
    /// The number of cells that are not valid UTF-16.
    pub(super) lone: u64,
}

/// Lets SQLite count every column of the table, independently of the code that reads the records.
pub(super) fn count(connection: &Connection, table: &TablePlan) -> Result<Vec<Counted>> {
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    count_columns(connection, &table.from(), &columns)
        .map_err(|error| unreadable_record(&error, table.max_record_bytes))
}

/// The counts of a table's columns in an archive.
///
/// In a UTF-16 database, SQLite cannot count the bytes of text as UTF-8. Instead, its count of
/// stored bytes is compared with the text that was read, and the length of the resulting UTF-8 is
/// used.
pub(super) fn reconcile(
    counted: &[Counted],
    counts: &[Utf16Counts],
    encoding: Encoding,
) -> Result<Vec<ColumnCounts>> {
    let columns = (1..).zip(counted.iter().zip(counts));
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

/// Prepares a query for the columns of the table. In a UTF-16 database, it returns the bytes of
/// each text, and whether they are text. The conversion to UTF-8 by SQLite would replace invalid
/// characters.
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
        // A table without an order is read in storage order, not in the order of an index.
        "" => "NOT INDEXED".to_owned(),
        order => format!("ORDER BY {order}"),
    };
    let sql = format!("SELECT {columns} FROM {} {order}", table.from());
    connection.prepare(&sql).map_err(|error| unreadable(&error))
}

/// Sends every record of the table to the sink. Returns the counts of the text in each column, for
/// a UTF-16 database.
pub(super) fn send(
    connection: &Connection,
    table: &TablePlan,
    encoding: Encoding,
    spread: &mut Spread,
    sink: &mut dyn Sink,
) -> Result<Vec<Utf16Counts>> {
    let mut statement = select(connection, table, encoding)?;
    let mut rows = statement.query([]).map_err(|error| unreadable(&error))?;
    let mut counts = vec![Utf16Counts::default(); table.columns.len()];
    let mut record = Record::new();
    for number in 1u64.. {
        let row = rows.next().map_err(|error| unreadable_record(&error, table.max_record_bytes));
        let Some(row) = row.map_err(|error| error.at_record(number))? else { break };
        fill(&mut record, row, encoding, &mut counts, table.max_record_bytes)
            .map_err(|error| error.at_record(number))?;
        if number.is_multiple_of(BETWEEN_QUESTIONS) {
            spread.seen(BETWEEN_QUESTIONS, sink.monitor())?;
        }
        sink.record(&record).map_err(|error| error.at_record(number))?;
    }
    Ok(counts)
}

/// Reads a row into `record`.
fn fill(
    record: &mut Record,
    row: &Row<'_>,
    encoding: Encoding,
    counts: &mut [Utf16Counts],
    max_bytes: u64,
) -> Result<()> {
    let get = |index| row.get_ref(index).map_err(|error| unreadable_record(&error, max_bytes));
    record.clear();
    for (index, tally) in counts.iter_mut().enumerate() {
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
    tally: &mut Utf16Counts,
) -> Result<()> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Error::source(message!("database-odd-utf16"), message!("hint-database-check")));
    }
    let unit = |bytes: &[u8; 2]| match encoding {
        Encoding::Utf16Be => u16::from_be_bytes(*bytes),
        Encoding::Utf16Le | Encoding::Utf8 => u16::from_le_bytes(*bytes),
    };
    let (mut text, mut decoder) = (Vec::new(), Utf16Decoder::default());
    decoder.push(units.iter().map(unit), &mut text);
    let lone = decoder.finish(&mut text);
    tally.stored_bytes += bytes.len() as u64;
    tally.bytes += text.len() as u64;
    tally.longest = tally.longest.max(text.len() as u64);
    tally.lone += u64::from(lone);
    record.push_text_bytes(&text);
    Ok(())
}
