//! Gives the columns of a loaded table the types that the source declares.
//!
//! The server is asked first whether every value stays the same. If one would not, or if a type is
//! not known, the column keeps the type that it was loaded with, and a note says so.

use super::keeping::attempt;
use super::loading::piece_name;
use super::types::{Conversion, Target, of_no_values, target};
use crate::error::Result;
use crate::i18n::{Message, message};
use crate::scratch::kept::KeptTable;
use crate::scratch::layout::Layout;
use crate::server::postgres::Connection;

/// The number of columns that a note names.
const NAMED: usize = 8;

/// A column of the server, and the types that it may get.
type Typed<'a> = (usize, &'a Conversion);

/// Sets the types of the columns of a table. Returns a note on those that do not get theirs.
pub(super) fn set_types(
    connection: &mut Connection,
    table: &KeptTable,
    layout: &Layout,
) -> Result<Option<Message>> {
    let targets: Vec<_> = layout
        .columns
        .iter()
        .map(|column| match (layout.is_mixed(column.position), table.declared(column.position)) {
            (false, Some(declared)) => target(declared, column.kind),
            _ => Target::Loaded,
        })
        .collect();
    // The positions of columns that do not have the declared type.
    let mut others: Vec<_> = (0..table.columns.len())
        .filter(|position| layout.columns.iter().all(|column| column.position != *position))
        .filter(|position| table.declared(*position).is_some_and(|it| of_no_values(it).is_none()))
        .collect();
    for (piece, range) in layout.pieces.iter().enumerate() {
        let name = piece_name(table.index, piece);
        let mut chosen: Vec<Typed<'_>> = Vec::new();
        let mut open: Vec<(usize, &[Conversion])> = Vec::new();
        for at in range.clone() {
            match &targets[at] {
                Target::Loaded => {}
                Target::Other(types) => open.push((at, types)),
                Target::Unknown => others.push(layout.columns[at].position),
            }
        }
        while !open.is_empty() {
            let first: Vec<Typed<'_>> = open.iter().map(|(at, types)| (*at, &types[0])).collect();
            let fits = fitting(connection, &name, &first)?;
            let mut next = Vec::new();
            for ((at, types), fits) in open.into_iter().zip(fits) {
                match (fits, types) {
                    (true, types) => chosen.push((at, &types[0])),
                    (false, [_, rest @ ..]) if !rest.is_empty() => next.push((at, rest)),
                    (false, _) => others.push(layout.columns[at].position),
                }
            }
            open = next;
        }
        if !alter(connection, &name, &chosen)? {
            others.extend(chosen.iter().map(|(at, _)| layout.columns[*at].position));
        }
    }
    others.sort_unstable();
    Ok((!others.is_empty()).then(|| note(table, &others)))
}

/// Whether the values of columns stay the same with these types. All are looked at in one pass; only
/// if the server refuses a value, one after another.
fn fitting(connection: &mut Connection, table: &str, columns: &[Typed<'_>]) -> Result<Vec<bool>> {
    let condition = |(at, conversion): &Typed<'_>| {
        format!("bool_or({})", conversion.changes(&format!("c{at}")))
    };
    let conditions: Vec<_> = columns.iter().map(condition).collect();
    let sql = format!("SELECT {} FROM {table}", conditions.join(", "));
    let answer = attempt(connection, |connection| connection.rows(&sql))?;
    match (answer, columns) {
        (Ok(rows), _) => {
            let changes = |at| rows.first().is_none_or(|row| row.get(at) == Some("t"));
            Ok((0..columns.len()).map(|at| !changes(at)).collect())
        }
        (Err(_), [_]) => Ok(vec![false]),
        (Err(_), several) => {
            let each = several.chunks(1).map(|one| fitting(connection, table, one));
            Ok(each.collect::<Result<Vec<_>>>()?.concat())
        }
    }
}

/// Changes the types of columns. Returns whether the server did it.
fn alter(connection: &mut Connection, table: &str, columns: &[Typed<'_>]) -> Result<bool> {
    if columns.is_empty() {
        return Ok(true);
    }
    let action = |(at, conversion): &Typed<'_>| {
        let (type_name, value) = (&conversion.type_name, conversion.value(&format!("c{at}")));
        format!("ALTER c{at} TYPE {type_name} USING {value}")
    };
    let actions: Vec<_> = columns.iter().map(action).collect();
    let sql = format!("ALTER TABLE {table} {}", actions.join(", "));
    Ok(attempt(connection, |connection| connection.execute(&sql))?.is_ok())
}

fn note(table: &KeptTable, positions: &[usize]) -> Message {
    let named = positions.iter().take(NAMED).map(|position| {
        let declared = table.declared(*position).unwrap_or_default();
        format!("{} ({declared})", table.columns[*position])
    });
    let mut columns = named.collect::<Vec<_>>().join(", ");
    if positions.len() > NAMED {
        columns.push_str(", …");
    }
    let count = positions.len() as u64;
    message!("kept-types", table = &*table.name, count = count, columns = columns)
}
