//! How a table is built: its columns, its primary key, and whether its records have rowids.
//!
//! All of it is asked of pragmas about this one table. (`table_list` would also connect every
//! virtual table of the database, and so run what those are made of; and a pragma is a statement
//! here and not a function, as a table of the user's may have the function's name.)

use rusqlite::{Connection, Row};

use super::schema::TablePlan;
use super::{failed, quoted};
use crate::error::Result;

/// A table as SQLite describes it.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) columns: Vec<ColumnShape>,
    without_rowid: bool,
}

#[derive(Debug)]
pub(super) struct ColumnShape {
    pub(super) name: String,
    /// Its place in the primary key, counted from 1; 0 if it has none.
    key: i64,
    /// Whether it is computed whenever it is read.
    pub(super) computed: bool,
}

impl Shape {
    pub(super) fn of(connection: &Connection, table: &str) -> Result<Self> {
        let sql = format!("PRAGMA main.index_list({})", quoted(table));
        let indexes = ask(connection, &sql, |row| {
            Ok((row.get::<_, String>("name")?, row.get::<_, String>("origin")?))
        })?;
        let without_rowid = match indexes.into_iter().find(|(_, origin)| origin == "pk") {
            Some((index, _)) => !leads_to_rowid(connection, &index)?,
            None => false,
        };
        Ok(Self { columns: columns(connection, table)?, without_rowid })
    }

    /// The names of the primary key's columns, in its order.
    pub(super) fn key_columns(&self) -> Vec<&str> {
        let mut key: Vec<_> = self.columns.iter().filter(|column| column.key > 0).collect();
        key.sort_by_key(|column| column.key);
        key.into_iter().map(|column| column.name.as_str()).collect()
    }

    /// What the rowid is called, if a column has not taken all of its names.
    fn rowid(&self) -> Option<&'static str> {
        let shadowed =
            |alias: &str| self.columns.iter().any(|column| column.name.eq_ignore_ascii_case(alias));
        let alias = ["rowid", "_rowid_", "oid"].into_iter().find(|alias| !shadowed(alias));
        alias.filter(|_| !self.without_rowid)
    }

    /// How the table is read. Without an order, SQLite would give the records in that of whatever
    /// index holds them all.
    pub(super) fn plan(&self, name: String) -> TablePlan {
        let key = || self.key_columns().into_iter().map(quoted).collect::<Vec<_>>().join(", ");
        TablePlan {
            order: self.rowid().map_or_else(key, str::to_owned),
            columns: self.columns.iter().map(|column| column.name.clone()).collect(),
            keys: Vec::new(),
            references: Vec::new(),
            counts: Vec::new(),
            max_record_bytes: u64::MAX,
            name,
        }
    }
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<ColumnShape>> {
    let sql = format!("PRAGMA main.table_xinfo({})", quoted(table));
    let all = ask(connection, &sql, |row| {
        let hidden: i64 = row.get("hidden")?;
        let (name, key) = (row.get("name")?, row.get("pk")?);
        Ok((hidden, ColumnShape { name, key, computed: hidden == 2 }))
    })?;
    // 1 is a hidden column of a virtual table, which is no data.
    Ok(all.into_iter().filter(|(hidden, _)| *hidden != 1).map(|(_, column)| column).collect())
}

/// Whether an index ends with the rowid, as it does in every table that has rowids.
fn leads_to_rowid(connection: &Connection, index: &str) -> Result<bool> {
    let sql = format!("PRAGMA main.index_xinfo({})", quoted(index));
    let is_rowid = ask(connection, &sql, |row| {
        Ok(!row.get::<_, bool>("key")? && row.get::<_, i64>("cid")? < 0)
    })?;
    Ok(is_rowid.contains(&true))
}

pub(super) fn ask<T>(
    connection: &Connection,
    sql: &str,
    take: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let answer =
        || -> rusqlite::Result<Vec<T>> { connection.prepare(sql)?.query_map([], take)?.collect() };
    answer().map_err(|error| failed("read its definitions", &error))
}
