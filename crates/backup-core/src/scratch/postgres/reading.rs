//! Reads the scratch database back.

use std::ops::Range;

use super::binary::Tuples;
use super::failure::read_failed;
use super::loading::piece_name;
use crate::error::Result;
use crate::model::ColumnCounts;
use crate::record::Record;
use crate::scratch::layout::{Layout, ValueKind};
use crate::scratch::server::{self, Rest, RestCell};
use crate::server::postgres::{Connection, CopyOut};

/// Reads the records of a table, in the order in which they were inserted. `rest` is a connection
/// for the cells that no column can hold, if there are some.
pub(super) fn records(
    connection: &mut Connection,
    table: usize,
    layout: &Layout,
    mut rest: Option<Connection>,
    each: &mut dyn FnMut(&Record) -> Result<()>,
) -> Result<()> {
    let mut tuples = tuples(connection, &query(table, layout))?;
    let (mut record, mut cells) = (Record::new(), Rest::default());
    while tuples.next()? {
        let kinds = (1..).zip(&layout.columns);
        if layout.is_plain() {
            record.clear();
            for (at, column) in kinds {
                record.push(tuples.cell(at, column.kind)?);
            }
        } else {
            let values = kinds.map(|(at, column)| tuples.cell(at, column.kind));
            layout.assemble(&values.collect::<Result<Vec<_>>>()?, &mut record);
        }
        if let Some(connection) = &mut rest {
            let fetch = |numbers| rest_cells(connection, table, numbers);
            cells.put_back(tuples.integer(0)?, &mut record, fetch)?;
        }
        each(&record)?;
    }
    Ok(())
}

/// The statement that reads a table.
fn query(table: usize, layout: &Layout) -> String {
    let columns: String = (0..layout.columns.len()).map(|at| format!(", c{at}")).collect();
    let first = piece_name(table, 0);
    // A copy of a table has the order in which it is stored.
    let copied = match layout.pieces.len() {
        1 => format!("{first} (n{columns})"),
        pieces => {
            let others =
                (1..pieces).map(|piece| format!(" JOIN {} USING (n)", piece_name(table, piece)));
            format!("(SELECT n{columns} FROM {first}{} ORDER BY n)", others.collect::<String>())
        }
    };
    format!("COPY {copied} TO STDOUT (FORMAT binary)")
}

/// The cells of some records that no column can hold, in descending order.
fn rest_cells(
    connection: &mut Connection,
    table: usize,
    numbers: Range<i64>,
) -> Result<Vec<RestCell>> {
    let Range { start, end } = numbers;
    let query = format!(
        "COPY (SELECT n, position, value FROM public.backup_rest WHERE tab = {table} \
         AND n >= {start} AND n < {end} ORDER BY n DESC, position DESC) \
         TO STDOUT (FORMAT binary)"
    );
    let mut tuples = tuples(connection, &query)?;
    let mut cells = Vec::new();
    while tuples.next()? {
        cells.push(RestCell {
            number: tuples.integer(0)?,
            position: tuples.integer(1)? as usize,
            kind: ValueKind::Text,
            value: tuples.field(2).unwrap_or_default().to_vec(),
        });
    }
    Ok(cells)
}

/// Lets the server count the columns of a table.
pub(super) fn count(
    connection: &mut Connection,
    table: usize,
    layout: &Layout,
    has_rest: bool,
) -> Result<Vec<ColumnCounts>> {
    let rest = format!(
        "SELECT position, 0, count(*), sum(octet_length(value)), max(octet_length(value)) \
         FROM public.backup_rest WHERE tab = {table} GROUP BY position"
    );
    let name = |piece| piece_name(table, piece);
    server::count(layout, name, has_rest.then_some(rest), |sql| numbers(connection, sql))
}

/// The tuples that a statement returns.
pub(super) fn tuples<'c>(
    connection: &'c mut Connection,
    copy: &str,
) -> Result<Tuples<CopyOut<'c>>> {
    Tuples::new(connection.copy_out(copy).map_err(read_failed)?)
}

/// The only number that a query returns.
pub(super) fn number(connection: &mut Connection, sql: &str) -> Result<u64> {
    Ok(numbers(connection, sql)?.concat().first().copied().unwrap_or_default())
}

/// The numbers that a query returns.
fn numbers(connection: &mut Connection, sql: &str) -> Result<Vec<Vec<u64>>> {
    let rows = connection.rows(sql).map_err(read_failed)?;
    let numbers = |row: &tokio_postgres::SimpleQueryRow| {
        let value = |at| row.get(at).and_then(|text| text.parse().ok()).unwrap_or_default();
        (0..row.len()).map(value).collect()
    };
    Ok(rows.iter().map(numbers).collect())
}
