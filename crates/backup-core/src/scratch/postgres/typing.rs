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
use crate::server::postgres::{Connection, quoted};

/// The number of columns that a note names, and of characters of each type.
const NAMED: usize = 8;
const MOST_CHARACTERS: usize = 64;

/// A column of the server, and the types that it may get.
type Typed<'a> = (usize, &'a Conversion);

/// Sets the types of the columns of a table, and adds the columns without any value, as
/// [`empty_name`] names them. Returns a note on those that do not get their type.
///
/// Each table has its own transaction: a change of types needs locks until its end, and those of all
/// tables may be more than the server has.
pub(super) fn set_types(
    connection: &mut Connection,
    table: &KeptTable,
    layout: &Layout,
) -> Result<Option<Message>> {
    execute(connection, "BEGIN")?;
    let mut others = add_empty(connection, table, layout)?;
    for piece in 0..layout.pieces.len() {
        others.extend(set_piece(connection, table, layout, piece)?);
    }
    execute(connection, "COMMIT")?;
    others.sort_unstable();
    Ok((!others.is_empty()).then(|| note(table, &others)))
}

/// The name of a column without values until it gets its own, as it is written in SQL.
pub(super) fn empty_name(position: usize) -> String {
    quoted(&format!("crm_backup: e{position}"))
}

/// Adds the columns without any value. Returns the positions of those that do not have their type.
fn add_empty(
    connection: &mut Connection,
    table: &KeptTable,
    layout: &Layout,
) -> Result<Vec<usize>> {
    let mut has_values = vec![false; table.columns.len()];
    layout.columns.iter().for_each(|column| has_values[column.position] = true);
    let (mut others, mut columns) = (Vec::new(), Vec::new());
    for position in (0..has_values.len()).filter(|position| !has_values[*position]) {
        let declared = table.declared(position);
        let type_name = declared.and_then(of_no_values);
        others.extend((declared.is_some() && type_name.is_none()).then_some(position));
        columns.push((position, type_name.unwrap_or_else(|| "text".into())));
    }
    others.extend(add(connection, &piece_name(table.index, 0), &columns)?);
    Ok(others)
}

/// Adds columns; as text, if the server does not have the type. Returns the positions of these.
fn add(
    connection: &mut Connection,
    table: &str,
    columns: &[(usize, String)],
) -> Result<Vec<usize>> {
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let actions = columns
        .iter()
        .map(|(position, type_name)| format!("ADD {} {type_name}", empty_name(*position)));
    let sql = format!("ALTER TABLE {table} {}", actions.collect::<Vec<_>>().join(", "));
    let added = attempt(connection, |connection| connection.execute(&sql))?;
    match (added, columns) {
        (Ok(()), _) => Ok(Vec::new()),
        (Err(_), [(position, _)]) => {
            let name = empty_name(*position);
            execute(connection, &format!("ALTER TABLE {table} ADD {name} text"))?;
            Ok(vec![*position])
        }
        (Err(_), several) => {
            let halves = several.chunks(several.len().div_ceil(2));
            let others = halves.map(|half| add(connection, table, half));
            Ok(others.collect::<Result<Vec<_>>>()?.concat())
        }
    }
}

/// Sets the types of the columns of a piece. Returns the positions of those that do not get theirs.
fn set_piece(
    connection: &mut Connection,
    table: &KeptTable,
    layout: &Layout,
    piece: usize,
) -> Result<Vec<usize>> {
    let name = piece_name(table.index, piece);
    let columns: Vec<_> = layout.pieces[piece]
        .clone()
        .filter(|at| !layout.is_mixed(*at))
        .map(|at| (at, layout.columns[at]))
        .filter_map(|(at, it)| Some((at, target(table.declared(it.position)?, it.kind))))
        .collect();
    let (mut others, mut chosen) = (Vec::new(), Vec::new());
    let mut open: Vec<(usize, &[Conversion])> = Vec::new();
    for (at, declared) in &columns {
        match declared {
            ColumnType::Loaded => {}
            ColumnType::Other(types) => open.push((*at, types)),
            ColumnType::Unknown => others.push(layout.columns[*at].position),
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
    Ok(others)
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

/// Changes the types of columns. Returns whether the server did it: with other types, a record may be
/// too long.
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
