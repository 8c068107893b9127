//! Gives the columns of a loaded table the types that the source declares.
//!
//! The server is asked first whether every value stays the same. If one would not, or if a type is
//! not known, the column keeps the type that it was loaded with, and a note says so.

use super::loading::piece_name;
use super::savepoint::{attempt, execute};
use super::types::{ColumnType, Conversion, of_no_values, target};
use crate::error::Result;
use crate::i18n::{Message, message};
use crate::scratch::kept::KeptTable;
use crate::scratch::layout::Layout;
use crate::server::postgres::Connection;

/// The number of columns that a note names, and of characters of each type.
const NAMED: usize = 8;
const MOST_CHARACTERS: usize = 64;

/// A column of the server, and the types that it may get.
type Typed<'a> = (usize, &'a Conversion);

/// Sets the types of the columns of a table. Returns a note on those that do not get their type.
///
/// Each table has its own transaction: a change of types needs locks until its end, and those of all
/// tables may be more than the server has.
pub(super) fn set_types(
    connection: &mut Connection,
    table: &KeptTable,
    layout: &Layout,
) -> Result<Option<Message>> {
    if table.types.is_empty() {
        return Ok(None);
    }
    execute(connection, "BEGIN")?;
    let mut others = Vec::new();
    for piece in 0..layout.pieces.len() {
        others.extend(set_piece(connection, table, layout, piece)?);
    }
    execute(connection, "COMMIT")?;
    others.sort_unstable();
    let positions: Vec<_> = others.into_iter().map(|at| layout.columns[at].position).collect();
    Ok((!positions.is_empty()).then(|| note(table, &positions)))
}

/// Sets the types of the columns of a piece. Returns those that do not get theirs.
fn set_piece(
    connection: &mut Connection,
    table: &KeptTable,
    layout: &Layout,
    piece: usize,
) -> Result<Vec<usize>> {
    let name = piece_name(table.index, piece);
    let columns: Vec<_> = layout.pieces[piece]
        .clone()
        .filter(|at| !is_mixed(layout, *at))
        .filter_map(|at| {
            let column = layout.columns[at];
            let declared = table.declared(column.position)?;
            Some(match column.is_empty {
                true => (at, of_no_values(declared)),
                false => (at, target(declared, column.kind)),
            })
        })
        .collect();
    let (mut others, mut chosen) = (Vec::new(), Vec::new());
    let mut open: Vec<(usize, &[Conversion])> = Vec::new();
    for (at, declared) in &columns {
        match declared {
            ColumnType::Loaded => {}
            ColumnType::Other(types) => open.push((*at, types)),
            ColumnType::Unknown => others.push(*at),
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
                (false, _) => others.push(at),
            }
        }
        open = next;
    }
    others.extend(alter(connection, &name, &chosen)?);
    Ok(others)
}

/// Whether a column of the server is one of several for the same column of the archive's table. These
/// are next to each other.
fn is_mixed(layout: &Layout, at: usize) -> bool {
    let position = |at: usize| layout.columns.get(at).map(|column| column.position);
    position(at + 1) == position(at) || at > 0 && position(at - 1) == position(at)
}

/// Whether the values of columns stay the same with these types. All are looked at in one pass; if
/// the server refuses a value, each half in its own.
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
            let halves = several.chunks(several.len().div_ceil(2));
            let fits = halves.map(|half| fitting(connection, table, half));
            Ok(fits.collect::<Result<Vec<_>>>()?.concat())
        }
    }
}

/// Changes the types of columns, all at once or in halves. Returns those whose type the server does
/// not have, or with which a record would be too long.
fn alter(connection: &mut Connection, table: &str, columns: &[Typed<'_>]) -> Result<Vec<usize>> {
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let action = |(at, conversion): &Typed<'_>| {
        let (type_name, value) = (&conversion.type_name, conversion.value(&format!("c{at}")));
        format!("ALTER c{at} TYPE {type_name} USING {value}")
    };
    let actions: Vec<_> = columns.iter().map(action).collect();
    let sql = format!("ALTER TABLE {table} {}", actions.join(", "));
    match (attempt(connection, |connection| connection.execute(&sql))?, columns) {
        (Ok(()), _) => Ok(Vec::new()),
        (Err(_), [(at, _)]) => Ok(vec![*at]),
        (Err(_), several) => {
            let halves = several.chunks(several.len().div_ceil(2));
            let refused = halves.map(|half| alter(connection, table, half));
            Ok(refused.collect::<Result<Vec<_>>>()?.concat())
        }
    }
}

fn note(table: &KeptTable, positions: &[usize]) -> Message {
    let named = positions.iter().take(NAMED).map(|position| {
        let declared = table.declared(*position).unwrap_or_default().chars();
        let declared: String = declared.take(MOST_CHARACTERS).collect();
        format!("{} ({declared})", table.columns[*position])
    });
    let mut columns = named.collect::<Vec<_>>().join(", ");
    if positions.len() > NAMED {
        columns.push_str(", …");
    }
    let count = positions.len() as u64;
    message!("kept-types", table = &*table.name, count = count, columns = columns)
}
