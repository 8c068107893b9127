//! Reads the scratch database back.

use std::ops::Range;

use mysql::{Row, Value};

use super::failure::read_failed;
use super::statements::piece_name;
use crate::error::Result;
use crate::model::ColumnCounts;
use crate::record::{Cell, Record};
use crate::scratch::layout::{Layout, ValueKind};
use crate::scratch::server::{self, Rest, RestCell, unreachable, wrong_answer};
use crate::server::ServerAddress;
use crate::server::mysql::{Connection, Rows};

/// The number of pieces that one statement joins. The server allows 61 tables and 4,096 columns.
const JOINED_AT_ONCE: usize = 20;

/// Pieces are read side by side, each in the order of its primary key. Without this, the server may
/// read a small table in another order and sort it in a temporary table, which cannot be as wide.
const BY_NUMBER: &str = "FORCE INDEX (PRIMARY)";

/// A row of a table of this program.
pub(super) struct OwnRow(Row);

impl OwnRow {
    pub(super) fn integer(&self, at: usize) -> Result<i64> {
        integer(&self.0, at)
    }

    fn bytes(&self, at: usize) -> Result<&[u8]> {
        match self.0.as_ref(at) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            _ => Err(wrong_answer()),
        }
    }

    pub(super) fn text(&self, at: usize) -> Result<String> {
        let text = std::str::from_utf8(self.bytes(at)?);
        Ok(text.map_err(|_| wrong_answer())?.to_owned())
    }
}

/// All rows of a query about tables of this program.
pub(super) fn own_rows(connection: &mut Connection, sql: &str) -> Result<Vec<OwnRow>> {
    let mut rows = connection.binary_query(sql).map_err(read_failed)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(read_failed)? {
        all.push(OwnRow(row));
    }
    Ok(all)
}

/// Reads the records of a table, in the order in which they were inserted. `rest` is a connection
/// for the cells that no column can hold, if there are some.
pub(super) fn records(
    address: &ServerAddress,
    table: usize,
    layout: &Layout,
    mut rest: Option<&mut Connection>,
    each: &mut dyn FnMut(&Record) -> Result<()>,
) -> Result<()> {
    let queries = queries(table, layout);
    let open = |_: &String| Connection::open(address).map_err(unreachable);
    let mut connections = queries.iter().map(open).collect::<Result<Vec<_>>>()?;
    let mut rows = Vec::new();
    for (connection, sql) in connections.iter_mut().zip(&queries) {
        rows.push(connection.binary_query(sql).map_err(read_failed)?);
    }
    let (mut record, mut cells) = (Record::new(), Rest::default());
    while let Some(parts) = next(&mut rows)? {
        fill(&mut record, &parts, layout)?;
        if let Some(connection) = &mut rest {
            let fetch = |numbers| rest_cells(connection, table, numbers);
            cells.put_back(integer(&parts[0], 0)?, &mut record, fetch)?;
        }
        each(&record)?;
    }
    Ok(())
}

/// The queries for the columns of a table. Their rows belong together.
fn queries(table: usize, layout: &Layout) -> Vec<String> {
    let mut queries = Vec::new();
    for first in (0..layout.pieces.len()).step_by(JOINED_AT_ONCE) {
        let pieces = first..layout.pieces.len().min(first + JOINED_AT_ONCE);
        let columns = layout.pieces[pieces.start].start..layout.pieces[pieces.end - 1].end;
        let columns: String = columns.map(|at| format!(", c{at}")).collect();
        let name = piece_name(table, first);
        let others = (first + 1..pieces.end)
            .map(|piece| format!(" JOIN {} {BY_NUMBER} USING (n)", piece_name(table, piece)));
        let others = others.collect::<String>();
        queries.push(format!(
            "SELECT STRAIGHT_JOIN {name}.n{columns} FROM {name} {BY_NUMBER}{others} \
             ORDER BY {name}.n"
        ));
    }
    queries
}

/// The next row of every query; `None` after the last one.
fn next(queries: &mut [Rows<'_, mysql::Binary>]) -> Result<Option<Vec<Row>>> {
    let expected = queries.len();
    let mut parts = Vec::with_capacity(expected);
    for rows in queries {
        parts.extend(rows.next().map_err(read_failed)?);
    }
    match parts.len() {
        0 => Ok(None),
        count if count == expected => Ok(Some(parts)),
        _ => Err(wrong_answer()),
    }
}

/// Turns rows that belong together into a record.
fn fill(record: &mut Record, parts: &[Row], layout: &Layout) -> Result<()> {
    let values = parts.iter().flat_map(|row| (1..row.len()).map(move |at| row.as_ref(at)));
    let mut cells = values.zip(&layout.columns).map(|(value, column)| cell(value, column.kind));
    if layout.is_plain() {
        record.clear();
        return cells.try_for_each(|cell| {
            record.push(cell?);
            Ok(())
        });
    }
    layout.assemble(&cells.collect::<Result<Vec<_>>>()?, record);
    Ok(())
}

fn cell(value: Option<&Value>, kind: ValueKind) -> Result<Cell<'_>> {
    Ok(match (value, kind) {
        (Some(Value::NULL), _) => Cell::Null,
        (Some(Value::Int(value)), ValueKind::Integer) => Cell::Integer(*value),
        (Some(Value::Double(value)), ValueKind::Real) => Cell::Real(*value),
        (Some(Value::Bytes(bytes)), ValueKind::Text) => {
            Cell::Text(std::str::from_utf8(bytes).map_err(|_| wrong_answer())?.into())
        }
        (Some(Value::Bytes(bytes)), ValueKind::Blob) => Cell::Blob(bytes),
        _ => return Err(wrong_answer()),
    })
}

fn integer(row: &Row, at: usize) -> Result<i64> {
    match row.as_ref(at) {
        Some(Value::Int(value)) => Ok(*value),
        _ => Err(wrong_answer()),
    }
}

/// The cells of some records that no column can hold, in descending order.
fn rest_cells(
    connection: &mut Connection,
    table: usize,
    numbers: Range<i64>,
) -> Result<Vec<RestCell>> {
    let Range { start, end } = numbers;
    let sql = format!(
        "SELECT n, position, is_real, value FROM backup_rest \
         WHERE tab = {table} AND n >= {start} AND n < {end} ORDER BY n DESC, position DESC"
    );
    let rows = own_rows(connection, &sql)?;
    let cell = |row: &OwnRow| {
        Ok(RestCell {
            number: row.integer(0)?,
            position: row.integer(1)? as usize,
            kind: if row.integer(2)? == 1 { ValueKind::Real } else { ValueKind::Text },
            value: row.bytes(3)?.to_vec(),
        })
    };
    rows.iter().map(cell).collect()
}

/// Lets the server count the columns of a table.
pub(super) fn count(
    connection: &mut Connection,
    table: usize,
    layout: &Layout,
    has_rest: bool,
) -> Result<Vec<ColumnCounts>> {
    let rest = format!(
        "SELECT position, is_real, COUNT(*), SUM(LENGTH(value)), MAX(LENGTH(value)) \
         FROM backup_rest WHERE tab = {table} GROUP BY position, is_real"
    );
    let name = |piece| piece_name(table, piece);
    server::count(layout, name, has_rest.then_some(rest), |sql| numbers(connection, sql))
}

/// The only number that a query returns.
pub(super) fn number(connection: &mut Connection, sql: &str) -> Result<u64> {
    Ok(numbers(connection, sql)?.concat().first().copied().unwrap_or_default())
}

/// The numbers that a query returns.
fn numbers(connection: &mut Connection, sql: &str) -> Result<Vec<Vec<u64>>> {
    let rows = connection.rows(sql).map_err(read_failed)?;
    let numbers =
        |row: Vec<String>| row.iter().map(|value| value.parse().unwrap_or_default()).collect();
    Ok(rows.into_iter().map(numbers).collect())
}
