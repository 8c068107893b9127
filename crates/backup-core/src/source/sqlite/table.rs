//! Plans how a table is read: its columns, its order, its keys and references.
//!
//! All of this comes from pragmas about one table. `table_list` is not used, because it would
//! connect every virtual table of the database, and so execute their modules. Pragmas are used as
//! statements, not as functions, because a table of the user may have the name of the function.

use rusqlite::{Connection, Row};

use super::errors::unreadable_definitions;
use crate::error::Result;
use crate::model::{Key, Provenance, Reference};
use crate::sqlite::{Counted, quoted};

/// The plan for reading a table.
#[derive(Debug)]
pub(super) struct TablePlan {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// The terms of `ORDER BY`; empty if the table has no order.
    pub(super) order: String,
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
    pub(super) counts: Vec<Counted>,
    /// The maximum length of a record, in bytes.
    pub(super) max_record_bytes: u64,
}

impl TablePlan {
    /// Creates the plan for the table with this name, without counts.
    pub(super) fn new(
        connection: &Connection,
        name: String,
        max_record_bytes: u64,
    ) -> Result<Self> {
        let columns = columns(connection, &name)?;
        let mut key: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
        key.sort_by_key(|column| column.key);
        let key: Vec<String> = key.into_iter().map(|column| column.name.clone()).collect();
        let order = match rowid(connection, &name, &columns) {
            Some(rowid) => rowid.to_owned(),
            None => key.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", "),
        };
        Ok(Self {
            references: references(connection, &name)?,
            name,
            columns,
            order,
            keys: match key.is_empty() {
                true => Vec::new(),
                false => vec![Key { columns: key, known: Provenance::Declared }],
            },
            counts: Vec::new(),
            max_record_bytes,
        })
    }

    /// The number of records that SQLite counted.
    pub(super) fn records(&self) -> u64 {
        self.counts.first().map_or(0, Counted::records)
    }

    /// The quoted name for SQL.
    pub(super) fn from(&self) -> String {
        format!("main.{}", quoted(&self.name))
    }
}

#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// The position in the primary key, counted from 1; 0 if the column is not in it.
    key: i64,
    /// Whether the value is computed when it is read.
    pub(super) computed: bool,
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<Column>> {
    let sql = format!("PRAGMA main.table_xinfo({})", quoted(table));
    let all = ask(connection, &sql, |row| {
        let hidden: i64 = row.get("hidden")?;
        let (name, key) = (row.get("name")?, row.get("pk")?);
        Ok((hidden, Column { name, key, computed: hidden == 2 }))
    })?;
    // 1 means a hidden column of a virtual table. It is not data.
    Ok(all.into_iter().filter(|(hidden, _)| *hidden != 1).map(|(_, column)| column).collect())
}

/// A name of the rowid; `None` if the table has no rowid, or if columns have all of its names.
fn rowid(connection: &Connection, table: &str, columns: &[Column]) -> Option<&'static str> {
    let is_free =
        |alias: &&str| !columns.iter().any(|column| column.name.eq_ignore_ascii_case(alias));
    let alias = ["rowid", "_rowid_", "oid"].into_iter().find(is_free)?;
    // In a table without a rowid, this name does not exist.
    let sql = format!("SELECT {alias} FROM main.{}", quoted(table));
    connection.prepare(&sql).is_ok().then_some(alias)
}

fn references(connection: &Connection, table: &str) -> Result<Vec<Reference>> {
    let sql = format!("PRAGMA main.foreign_key_list({})", quoted(table));
    let mut parts = ask(connection, &sql, |row| {
        let at: (i64, i64) = (row.get("id")?, row.get("seq")?);
        let ends: (String, Option<String>) = (row.get("from")?, row.get("to")?);
        Ok((at, row.get::<_, String>("table")?, ends))
    })?;
    // SQLite numbers references from the last declared one to the first.
    parts.sort_by_key(|((id, seq), ..)| (-id, *seq));
    let mut references: Vec<Reference> = Vec::new();
    for ((_, seq), table, (from, to)) in parts {
        if seq == 0 {
            let (columns, target) = (Vec::new(), Vec::new());
            references.push(Reference { columns, table, target, known: Provenance::Declared });
        }
        if let Some(reference) = references.last_mut() {
            reference.columns.push(from);
            reference.target.extend(to);
        }
    }
    Ok(references)
}

/// Runs a query about definitions, and returns its rows.
pub(super) fn ask<T>(
    connection: &Connection,
    sql: &str,
    take: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let answer =
        || -> rusqlite::Result<Vec<T>> { connection.prepare(sql)?.query_map([], take)?.collect() };
    answer().map_err(|error| unreadable_definitions(&error))
}
