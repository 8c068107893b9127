//! Keeps a loaded database: names, keys and references.

use super::PostgresScratch;
use super::failure::failed;
use super::loading::piece_name;
use crate::error::Result;
use crate::i18n::{Message, message};
use crate::scratch::kept::{KeptDatabase, KeptTable, UniqueNames};
use crate::scratch::layout::{Layout, ValueKind};
use crate::scratch::server::unreachable;
use crate::server::postgres::{Connection, quoted, words};

/// The maximum length of a name, in bytes.
pub(crate) const LONGEST_NAME: usize = 63;

impl KeptDatabase for PostgresScratch {
    fn keep(&mut self, tables: &[KeptTable]) -> Result<Vec<Message>> {
        self.reading = None;
        let connection = Connection::open(&self.own_address());
        let mut connection = connection.map_err(|error| unreachable(&self.address, &error))?;
        let mut notes = Vec::new();
        let execute = |connection: &mut Connection, sql: &str| {
            let executed = connection.execute(sql);
            executed.map_err(|error| failed(message!("scratch-finish"), &error))
        };
        execute(&mut connection, "BEGIN; SET search_path = public")?;
        for table in tables {
            let Some(scratch) = self.tables.get(&table.index) else { continue };
            execute(&mut connection, &renames(table, &scratch.layout))?;
            let is_split = scratch.layout.pieces.len() > 1;
            let mixed = scratch.layout.columns.len() > distinct(&scratch.layout);
            for (is_so, note) in [
                (is_split, message!("kept-split", table = &*table.name)),
                (mixed, message!("kept-mixed", table = &*table.name)),
                (scratch.has_rest, message!("kept-nul", table = &*table.name)),
            ] {
                notes.extend(is_so.then_some(note));
            }
        }
        for table in tables {
            let is_whole =
                self.tables.get(&table.index).is_some_and(|it| it.layout.pieces.len() == 1);
            for (number, key) in table.keys.iter().enumerate().filter(|_| is_whole) {
                let kind = if number == 0 { "PRIMARY KEY" } else { "UNIQUE" };
                let sql = format!("{kind} ({})", columns(table, key));
                notes.extend(constrain(&mut connection, table, &sql)?);
            }
        }
        for table in tables {
            for reference in &table.references {
                let target = &tables[reference.table];
                let sql = format!(
                    "FOREIGN KEY ({}) REFERENCES {} ({})",
                    columns(table, &reference.columns),
                    quoted(&target.name),
                    columns(target, &reference.target)
                );
                notes.extend(constrain(&mut connection, table, &sql)?);
            }
        }
        execute(
            &mut connection,
            "DROP TABLE backup_tables, backup_columns, backup_files, backup_rest; COMMIT; ANALYZE",
        )?;
        self.made.keep();
        Ok(notes)
    }
}

/// Adds a constraint. If the records do not fulfil it, the database stays without it, and a note
/// says so.
fn constrain(
    connection: &mut Connection,
    table: &KeptTable,
    constraint: &str,
) -> Result<Option<Message>> {
    let failed = |error: &postgres::Error| failed(message!("scratch-finish"), error);
    connection.execute("SAVEPOINT before").map_err(|error| failed(&error))?;
    let sql = format!("ALTER TABLE {} ADD {constraint}", quoted(&table.name));
    let Err(refused) = connection.execute(&sql) else { return Ok(None) };
    if refused.is_closed() {
        return Err(failed(&refused));
    }
    connection.execute("ROLLBACK TO before").map_err(|error| failed(&error))?;
    let why = words(&refused);
    Ok(Some(message!("kept-without", table = &*table.name, constraint = constraint, why = why)))
}

fn columns(table: &KeptTable, positions: &[usize]) -> String {
    let names = positions.iter().map(|at| quoted(&table.columns[*at]));
    names.collect::<Vec<_>>().join(", ")
}

/// The number of columns of the archive that have a column in the database.
fn distinct(layout: &Layout) -> usize {
    let mut positions: Vec<_> = layout.columns.iter().map(|column| column.position).collect();
    positions.dedup();
    positions.len()
}

/// The statements that give a table and its columns their names. A column without any value becomes
/// one of text. If a column has values of several kinds, the others are beside it.
fn renames(table: &KeptTable, layout: &Layout) -> String {
    let mut names = UniqueNames::new(LONGEST_NAME);
    let own: Vec<_> = table.columns.iter().map(|name| names.unique(name, "column")).collect();
    let mut sql = String::new();
    let mut last = None;
    for (piece, range) in layout.pieces.iter().enumerate() {
        let piece_of = piece_name(table.index, piece);
        for at in range.clone() {
            let column = layout.columns[at];
            let name = match last.replace(column.position) == Some(column.position) {
                false => own[column.position].clone(),
                true => {
                    let kind = match column.kind {
                        ValueKind::Integer => "integer",
                        ValueKind::Real => "real",
                        ValueKind::Text => "text",
                        ValueKind::Blob => "bytes",
                    };
                    let name = format!("{} ({kind})", own[column.position]);
                    names.unique(&name, "column")
                }
            };
            sql.push_str(&format!("ALTER TABLE {piece_of} RENAME c{at} TO {};", quoted(&name)));
        }
        let name = match piece {
            0 => table.name.clone(),
            _ => format!("{} ({})", table.name, piece + 1),
        };
        if layout.pieces.len() == 1 {
            sql.push_str(&format!("ALTER TABLE {piece_of} DROP COLUMN n;"));
        }
        for (position, name) in own.iter().enumerate() {
            let is_empty = layout.columns.iter().all(|column| column.position != position);
            if piece == 0 && is_empty {
                sql.push_str(&format!("ALTER TABLE {piece_of} ADD COLUMN {} text;", quoted(name)));
            }
        }
        sql.push_str(&format!("ALTER TABLE {piece_of} RENAME TO {};", quoted(&name)));
    }
    sql
}
