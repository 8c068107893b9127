//! Reads the records of a table, and lets PostgreSQL count them.

use std::io::BufRead;

use crate::error::{Error, Result};
use crate::i18n::message;
use crate::model::ColumnCounts;
use crate::record::Record;
use crate::server::postgres::{Connection, failed, quoted, stream_failed};
use crate::source::Sink;
use crate::source::dump::{Dialect, ServerValues};
use crate::source::server::{Passing, ServerColumn, ServerTable, too_large};
use crate::source::sql_types::SqlType;
use crate::source::stable_file::Spread;

use super::catalog::ask;

/// PostgreSQL allows 1,664 result columns; each column needs two, and the table one.
const COUNTED_AT_ONCE: usize = 800;

/// A line of `COPY` may be longer than its record by this factor, because each byte may be escaped
/// with four characters.
const LONGEST_ESCAPE: u64 = 4;

/// The beginnings of the names of types that a cast to text writes as `COPY` does. For numbers this takes
/// two thirds of the time of `concat`, which does so for each type.
const SAME_AS_TEXT: [&str; 5] = ["numeric", "uuid", "timestamp", "date", "json"];

/// Lets the server count every column, independently of the code that reads the records. It is not
/// asked for the longest value: it would write each number once more, and the bytes of all are known.
pub(super) fn count(
    connection: &mut Connection,
    table: &ServerTable,
    is_utf8: bool,
) -> Result<Vec<ColumnCounts>> {
    let mut counts = Vec::with_capacity(table.columns.len());
    for columns in table.columns.chunks(COUNTED_AT_ONCE) {
        let mut answers = vec!["count(*)".to_owned()];
        for column in columns {
            answers.push(format!("count({})", quoted(&column.name)));
            if let Some(bytes) = length(column, is_utf8) {
                answers.push(format!("coalesce(sum({bytes}), 0)"));
            }
        }
        let sql = format!("SELECT {} FROM ONLY {}", answers.join(", "), table.sql);
        let row = ask(connection, &sql)?.pop().unwrap_or_default();
        let mut row = row.iter().map(|value| value.parse::<u64>().unwrap_or_default());
        let rows = row.next().unwrap_or_default();
        for column in columns {
            let mut next = || row.next().unwrap_or_default();
            let values = next();
            let mut column_counts =
                ColumnCounts { nulls: rows.saturating_sub(values), ..ColumnCounts::default() };
            match column.kind {
                SqlType::Integer | SqlType::Boolean => column_counts.integers = values,
                SqlType::Real => column_counts.reals = values,
                SqlType::Blob => column_counts.blobs = values,
                _ => column_counts.texts = values,
            }
            if length(column, is_utf8).is_some() {
                column_counts.bytes = next();
            }
            counts.push(column_counts);
        }
    }
    Ok(counts)
}

/// The expression for the length of a value in UTF-8, in bytes; `None` for numbers.
fn length(column: &ServerColumn, is_utf8: bool) -> Option<String> {
    let name = quoted(&column.name);
    let type_name = column.type_name.as_str();
    let is_array = type_name.ends_with(']');
    let is_text = type_name == "text" || type_name.starts_with("character varying") && !is_array;
    let text = match column.kind {
        SqlType::Integer | SqlType::Boolean | SqlType::Real => return None,
        SqlType::Blob => return Some(format!("octet_length({name})")),
        _ if is_text => name,
        // A type of the user has its schema in front.
        _ if !type_name.contains('.')
            && !is_array
            && SAME_AS_TEXT.iter().any(|same| type_name.starts_with(same)) =>
        {
            format!("{name}::text")
        }
        // `concat` writes a value as `COPY` does. A cast to text would, for example, drop the
        // padding of `char(10)`.
        _ => format!("concat({name})"),
    };
    Some(match is_utf8 {
        true => format!("octet_length({text})"),
        false => format!("octet_length(convert_to({text}, 'UTF8'))"),
    })
}

/// Sends every record of the table to the sink, in the order in which the server stores them.
pub(super) fn send(
    connection: &mut Connection,
    table: &ServerTable,
    max_record_bytes: u64,
    spread: &mut Spread,
    sink: &mut dyn Sink,
) -> Result<()> {
    let columns: Vec<_> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    let copy = format!("COPY {} ({}) TO STDOUT", table.sql, columns.join(", "));
    let mut lines = connection.copy_out(&copy).map_err(|error| failed(&error))?;
    let mut values = ServerValues::new(Dialect::Postgres);
    let mut record = Record::new();
    let mut passing = Passing { sink, spread, max_record_bytes, rows: 0 };
    let mut pass = |line: &[u8]| {
        let number = passing.rows + 1;
        fill(&mut record, line, table, &mut values)
            .and_then(|()| passing.record(&record))
            .map_err(|error| error.at_record(number))
    };
    // The beginning of a line whose end is not read yet.
    let mut begun = Vec::new();
    loop {
        let read = lines.fill_buf().map_err(|error| stream_failed(&error))?;
        if read.is_empty() {
            return if begun.is_empty() { Ok(()) } else { pass(&begun) };
        }
        let end = memchr::memchr(b'\n', read);
        let used = match end {
            Some(end) if begun.is_empty() => {
                pass(&read[..end])?;
                end + 1
            }
            Some(end) => {
                begun.extend_from_slice(&read[..end]);
                pass(&begun)?;
                begun.clear();
                end + 1
            }
            None => {
                begun.extend_from_slice(read);
                read.len()
            }
        };
        lines.consume(used);
        if begun.len() as u64 > max_record_bytes.saturating_mul(LONGEST_ESCAPE) {
            return Err(too_large(max_record_bytes));
        }
    }
}

/// Reads the fields of a line.
fn fill(
    record: &mut Record,
    line: &[u8],
    table: &ServerTable,
    values: &mut ServerValues,
) -> Result<()> {
    record.clear();
    let wrong = || Error::source(message!("server-value"), message!("hint-server-value"));
    // One search is faster than one for each field.
    let has_escapes = memchr::memchr(b'\\', line).is_some();
    let mut fields = line.split(|byte| *byte == b'\t');
    for (number, column) in (1..).zip(&table.columns) {
        let field = fields.next().ok_or_else(wrong)?;
        let pushed = match has_escapes {
            true => values.copied(record, column.kind, field),
            false => values.text(record, column.kind, field),
        };
        pushed.map_err(|error| error.at_column(number))?;
    }
    match fields.next() {
        None => Ok(()),
        Some(_) => Err(wrong()),
    }
}
