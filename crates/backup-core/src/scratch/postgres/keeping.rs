//! Keeps a loaded database: types, names, keys and references.

use super::PostgresScratch;
use super::loading::piece_name;
use super::savepoint::{attempt, execute};
use super::typing::set_types;
use crate::error::Result;
use crate::i18n::{Message, message};
use crate::scratch::kept::{KeptTable, UniqueNames};
use crate::scratch::layout::{Layout, ValueKind};
use crate::scratch::server::unreachable;
use crate::server::postgres::{Connection, quoted};

/// The maximum length of a name, in bytes.
pub(crate) const LONGEST_NAME: usize = 63;

/// Names that no column of a table may have.
pub(crate) const OWN_COLUMNS: [&str; 6] = ["cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"];

impl PostgresScratch {
    /// Gives tables and columns their names, adds keys and references, and keeps the database.
    /// Returns what could not be done exactly.
    pub(crate) fn keep(&mut self, tables: &[KeptTable]) -> Result<Vec<Message>> {
        self.reading = None;
        let connection = Connection::open(&self.own_address());
        let mut connection = connection.map_err(unreachable)?;
        let mut notes = Vec::new();
        for table in tables {
            if let Some(scratch) = self.tables.get(&table.index) {
                notes.extend(set_types(&mut connection, table, &scratch.layout)?);
            }
        }
        execute(
            &mut connection,
            "BEGIN; SET search_path = public; \
             DROP TABLE backup_tables, backup_columns, backup_files, backup_rest",
        )?;
        notes.extend(self.rename(&mut connection, tables)?);
        for table in tables.iter().filter(|table| self.is_whole(table)) {
            notes.extend(add_keys(&mut connection, table)?);
        }
        for table in tables.iter().filter(|table| self.is_whole(table)) {
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
        execute(&mut connection, "COMMIT")?;
        self.made.keep();
        // Without it, the server finds out later how to plan queries.
        let _ = connection.execute("ANALYZE");
        Ok(notes)
    }

    /// Whether a table is not split.
    fn is_whole(&self, table: &KeptTable) -> bool {
        self.tables.get(&table.index).is_some_and(|it| it.layout.pieces.len() == 1)
    }

    /// Gives tables and columns their names. Returns what is not as in the archive.
    fn rename(&self, connection: &mut Connection, tables: &[KeptTable]) -> Result<Vec<Message>> {
        let taken: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        let mut names = UniqueNames::new(LONGEST_NAME, &taken);
        let scratch = |table: &KeptTable| self.tables.get(&table.index);
        // Names of the user may be those of the loaded tables.
        for table in tables {
            let pieces = scratch(table).map_or(0, |it| it.layout.pieces.len());
            for piece in 0..pieces {
                let loaded = piece_name(table.index, piece);
                let sql = format!("ALTER TABLE {loaded} RENAME TO {}", temporary(table, piece));
                execute(connection, &sql)?;
            }
        }
        let mut notes = Vec::new();
        for table in tables {
            let Some(scratch) = scratch(table) else { continue };
            execute(connection, &renames(table, &scratch.layout, &mut names))?;
            let name = table.name.as_str();
            let is_split = scratch.layout.pieces.len() > 1;
            let is_mixed = scratch.layout.columns.len() > distinct(&scratch.layout);
            let (title, count) = (table.title.as_str(), table.renamed);
            let lost = table.missing_targets;
            for (is_so, note) in [
                (name != title, message!("restored-table-name", table = title, name = name)),
                (count > 0, message!("restored-column-names", count = count, table = name)),
                (is_split, message!("kept-split", table = name)),
                (is_mixed, message!("kept-mixed", table = name)),
                (scratch.has_rest, message!("kept-nul", table = name)),
                (lost > 0, message!("kept-without-targets", table = name, count = lost)),
            ] {
                notes.extend(is_so.then_some(note));
            }
        }
        Ok(notes)
    }
}

/// Adds the keys of a table. The first is the primary key, unless it may be null.
fn add_keys(connection: &mut Connection, table: &KeptTable) -> Result<Vec<Message>> {
    let mut notes = Vec::new();
    for (number, key) in table.keys.iter().enumerate() {
        let columns = columns(table, key);
        let primary = format!("PRIMARY KEY ({columns})");
        if number == 0 && constrain(connection, table, &primary)?.is_none() {
            continue;
        }
        notes.extend(constrain(connection, table, &format!("UNIQUE ({columns})"))?);
    }
    Ok(notes)
}

/// Adds a constraint. If the records do not fulfil it, the database stays without it; returns a
/// note.
fn constrain(
    connection: &mut Connection,
    table: &KeptTable,
    constraint: &str,
) -> Result<Option<Message>> {
    let sql = format!("ALTER TABLE {} ADD {constraint}", quoted(&table.name));
    let Err(why) = attempt(connection, |connection| connection.execute(&sql))? else {
        return Ok(None);
    };
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

/// The name of a piece of a table until it has its own, as it is written in SQL.
fn temporary(table: &KeptTable, piece: usize) -> String {
    quoted(&format!("crm_backup: {} {piece}", table.index))
}

/// The statements that give a table and its columns their names. If a column has values of several
/// kinds, the others are beside it.
fn renames(table: &KeptTable, layout: &Layout, names: &mut UniqueNames) -> String {
    let own: Vec<_> = table.columns.iter().map(String::as_str).chain(OWN_COLUMNS).collect();
    let mut others = UniqueNames::new(LONGEST_NAME, &own);
    // Tables that are split keep the number of the record.
    let number = others.unique("n", "n");
    let mut sql = String::new();
    for (piece, range) in layout.pieces.iter().enumerate() {
        let name = temporary(table, piece);
        let mut alter = |what: String| sql.push_str(&format!("ALTER TABLE {name} {what};"));
        match layout.pieces.len() {
            1 => alter("DROP COLUMN n".into()),
            _ if number == "n" => {}
            _ => alter(format!("RENAME n TO {}", quoted(&number))),
        }
        // Labels of the user may be the names of loaded columns.
        for at in range.clone() {
            alter(format!("RENAME c{at} TO \"crm_backup: {at}\""));
        }
        for at in range.clone() {
            let column = layout.columns[at];
            let is_first = at == 0 || layout.columns[at - 1].position != column.position;
            let label = &table.columns[column.position];
            let label = match is_first {
                true => label.clone(),
                false => others.unique(&format!("{label} ({})", kind_name(column.kind)), "column"),
            };
            alter(format!("RENAME \"crm_backup: {at}\" TO {}", quoted(&label)));
        }
        let own = match piece {
            0 => table.name.clone(),
            _ => names.unique(&format!("{} ({})", table.name, piece + 1), "table"),
        };
        alter(format!("RENAME TO {}", quoted(&own)));
    }
    sql
}

fn kind_name(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Integer => "integer",
        ValueKind::Real => "real",
        ValueKind::Text => "text",
        ValueKind::Blob => "bytes",
    }
}
