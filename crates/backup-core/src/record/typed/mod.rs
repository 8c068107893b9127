//! Converts records from and to the types of an embedder, with serde.
//!
//! A record is a flat struct, map, tuple or sequence of scalars. `None` and `()` are null. A
//! boolean is the text `true` or `false`. A unit variant is its name. A sequence of `u8` is a blob:
//! `Vec<u8>`, `&[u8]`, `[u8; N]`. An empty sequence of any type is an empty blob.

mod de_record;
mod error;
mod ser_record;

use serde::Serialize;
use serde::de::DeserializeOwned;

use de_record::Value;
use error::TypedError;
use ser_record::{Level, RecordSerializer};

use super::{Cell, Record, Table};
use crate::error::{Error, Result};
use crate::i18n::message;

/// Converts a value to a record of `table`.
///
/// Bytes (`Vec<u8>`, `&[u8]`, `[u8; N]`) become a blob. The fields of a struct are assigned to the
/// columns with their names, in any order, and columns without a field become null. The elements of
/// a tuple or sequence are assigned to the columns in order.
///
/// ```
/// use backup_core::record::{Cell, Column, Record, Table, to_record};
///
/// #[derive(serde::Serialize)]
/// struct Account<'a> { id: u32, name: &'a str, revenue: Option<f64> }
///
/// let table = Table::new("accounts", ["id", "name", "revenue"].map(Column::any));
/// let mut record = Record::new();
/// to_record(&table, &Account { id: 7, name: "Øre", revenue: None }, &mut record)?;
/// assert_eq!(record.get(0), Some(Cell::Integer(7)));
/// assert_eq!(record.get(2), Some(Cell::Null));
/// # Ok::<(), backup_core::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Record`](crate::ErrorKind::Record) if the value is nested, has a field without a
/// column, or contains an integer that does not fit into 64 bits.
pub fn to_record<T: Serialize + ?Sized>(
    table: &Table,
    value: &T,
    record: &mut Record,
) -> Result<()> {
    record.clear();
    let mut named = None;
    value
        .serialize(RecordSerializer { record, named: &mut named, level: Level::Record })
        .map_err(|TypedError(why)| Error::record(why))?;
    if let Some(labels) = named {
        *record = order_by_label(table, &labels, record)?;
    }
    Ok(())
}

fn order_by_label(table: &Table, labels: &[String], given: &Record) -> Result<Record> {
    let is_column = |label: &str| table.columns.iter().any(|column| column.label == label);
    if let Some(unknown) = labels.iter().find(|label| !is_column(label)) {
        return Err(Error::record(message!("record-no-column", column = unknown)));
    }
    let cell_of = |label: &str| {
        let index = labels.iter().position(|given| given == label)?;
        given.get(index)
    };
    Ok(table.columns.iter().map(|column| cell_of(&column.label).unwrap_or(Cell::Null)).collect())
}

/// Converts a record of `table` to a value: a struct by the labels of the columns, a tuple or
/// sequence by their order.
///
/// Text is also parsed as a number or a boolean if the type requires one, because CSV contains only
/// text.
///
/// # Errors
///
/// [`ErrorKind::Record`](crate::ErrorKind::Record) if a cell cannot be converted to the type.
pub fn from_record<T: DeserializeOwned>(table: &Table, record: &Record) -> Result<T> {
    T::deserialize(Value::Record(table, record)).map_err(|TypedError(why)| Error::record(why))
}
