//! Reads the records of a table, and lets the server count them.

use mysql::{Row, Value};

use super::catalog::{MysqlTable, ask};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::model::ColumnCounts;
use crate::record::Record;
use crate::server::mysql::{Connection, failed, quoted};
use crate::source::Sink;
use crate::source::dump::{Dialect, ServerValues};
use crate::source::server::{Passing, ServerColumn, ServerTable};
use crate::source::sql_types::SqlType;
use crate::source::stable_file::Spread;

/// The server allows 4,096 result columns; each column needs four, and the table one.
const COUNTED_AT_ONCE: usize = 500;

/// Character sets whose text has the same bytes in UTF-8.
const SAME_IN_UTF8: [&str; 5] = ["utf8mb4", "utf8mb3", "utf8", "ascii", "binary"];

/// What the server says about a table.
pub(super) struct Counted {
    pub(super) rows: u64,
    pub(super) counts: Vec<ColumnCounts>,
}

/// Lets the server count every column, independently of the code that reads the records.
pub(super) fn count(connection: &mut Connection, table: &MysqlTable) -> Result<Counted> {
    let table = &table.table;
    let mut counted = Counted { rows: 0, counts: Vec::with_capacity(table.columns.len()) };
    for columns in table.columns.chunks(COUNTED_AT_ONCE) {
        let answers: String = columns.iter().map(Answers::query).collect();
        let sql = format!("SELECT COUNT(*){answers} FROM {}", table.sql);
        let row = ask(connection, &sql)?.pop().unwrap_or_default();
        let mut numbers = row.iter().map(|value| value.parse::<u64>().unwrap_or_default());
        let mut next = || numbers.next().unwrap_or_default();
        counted.rows = next();
        for column in columns {
            let answers = Answers { values: next(), texts: next(), bytes: next(), longest: next() };
            counted.counts.push(answers.counts(counted.rows, column.kind));
        }
    }
    Ok(counted)
}

/// What the server answers about a column.
struct Answers {
    /// The number of values that are not null.
    values: u64,
    /// The number of integers that are beyond 64 bits with a sign, and become text.
    texts: u64,
    /// The lengths of text and bytes, of all and of the longest.
    bytes: u64,
    longest: u64,
}

impl Answers {
    /// The expressions that give these answers.
    fn query(column: &ServerColumn) -> String {
        let name = quoted(&column.name);
        let is_large = format!("{name} + 0 > {}", i64::MAX);
        let (texts, length) = match column.kind {
            SqlType::Integer | SqlType::Bits if may_be_large(column) => {
                // Without the zeros that fill a number.
                (format!("SUM({is_large})"), format!("IF({is_large}, LENGTH({name} + 0), 0)"))
            }
            SqlType::Integer | SqlType::Bits | SqlType::Boolean | SqlType::Real => {
                return format!(", COUNT({name}), 0, 0, 0");
            }
            SqlType::Blob => ("0".to_owned(), format!("LENGTH({name})")),
            SqlType::Text | SqlType::Own | SqlType::Unknown => {
                let charset = column.type_name.rsplit_once(" CHARACTER SET ").map(|(_, name)| name);
                let converted = match charset {
                    Some(charset) if !SAME_IN_UTF8.contains(&charset) => {
                        format!("LENGTH(CONVERT({name} USING utf8mb4))")
                    }
                    _ => format!("LENGTH({name})"),
                };
                ("0".to_owned(), converted)
            }
        };
        format!(
            ", COUNT({name}), COALESCE({texts}, 0), COALESCE(SUM({length}), 0), \
             COALESCE(MAX({length}), 0)"
        )
    }

    fn counts(&self, rows: u64, kind: SqlType) -> ColumnCounts {
        let mut counts = ColumnCounts {
            nulls: rows.saturating_sub(self.values),
            bytes: self.bytes,
            longest: self.longest,
            ..ColumnCounts::default()
        };
        match kind {
            SqlType::Integer | SqlType::Bits | SqlType::Boolean => {
                counts.integers = self.values.saturating_sub(self.texts);
                counts.texts = self.texts;
            }
            SqlType::Real => counts.reals = self.values,
            SqlType::Blob => counts.blobs = self.values,
            SqlType::Text | SqlType::Own | SqlType::Unknown => counts.texts = self.values,
        }
        counts
    }
}

/// Whether a column may have integers beyond 64 bits with a sign.
fn may_be_large(column: &ServerColumn) -> bool {
    let name = column.type_name.to_ascii_lowercase();
    name == "bit(64)" || name.starts_with("bigint") && name.contains("unsigned")
}

/// Sends every record of the table to the sink, in the order in which the server returns them to a
/// dump.
pub(super) fn send(
    connection: &mut Connection,
    table: &ServerTable,
    max_record_bytes: u64,
    spread: &mut Spread,
    sink: &mut dyn Sink,
) -> Result<()> {
    let column = |column: &ServerColumn| match is_float(column) {
        // As text, it would have six digits only.
        true => format!("{} + 0E0", quoted(&column.name)),
        false => quoted(&column.name),
    };
    let columns = table.columns.iter().map(column).collect::<Vec<_>>().join(", ");
    let select = format!("SELECT /*!40001 SQL_NO_CACHE */ {columns} FROM {}", table.sql);
    let mut rows = connection.query(&select).map_err(|error| failed(&error))?;
    let values = ServerValues::new(Dialect::Mysql);
    let mut record = Record::new();
    let mut passing = Passing { sink, spread, max_record_bytes, rows: 0 };
    while let Some(row) = rows.next().map_err(|error| failed(&error))? {
        let number = passing.rows + 1;
        fill(&mut record, &row, table, &values)
            .and_then(|()| passing.record(&record))
            .map_err(|error| error.at_record(number))?;
    }
    Ok(())
}

/// Turns a row into a record.
fn fill(record: &mut Record, row: &Row, table: &ServerTable, values: &ServerValues) -> Result<()> {
    let wrong = || Error::source(message!("server-value"), message!("hint-server-value"));
    record.clear();
    for (at, column) in table.columns.iter().enumerate() {
        match row.as_ref(at) {
            Some(Value::NULL) => record.push_null(),
            Some(Value::Bytes(bytes)) if is_float(column) => {
                record.push_real(single(bytes).ok_or_else(wrong)?);
            }
            Some(Value::Bytes(bytes)) => values
                .text(record, column.kind, bytes)
                .map_err(|error| error.at_column(at as u64 + 1))?,
            _ => return Err(wrong()),
        }
    }
    Ok(())
}

/// Whether a column holds numbers of single precision.
fn is_float(column: &ServerColumn) -> bool {
    column.type_name.to_ascii_lowercase().starts_with("float")
}

/// A number of single precision, which the server writes as one of double precision: the shortest
/// text that stands for it, read as a double. This is also what dumps have, as far as six digits are
/// enough.
fn single(bytes: &[u8]) -> Option<f64> {
    let double: f64 = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    (double as f32).to_string().parse().ok()
}
