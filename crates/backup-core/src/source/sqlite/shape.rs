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
pub(crate) struct Shape {
    pub(crate) columns: Vec<ColumnShape>,
    /// The index that the primary key is, unless it is the rowid.
    pub(crate) key: Option<KeyIndex>,
    pub(crate) without_rowid: bool,
}

#[derive(Debug)]
pub(crate) struct ColumnShape {
    pub(crate) name: String,
    /// Its place in the primary key, counted from 1; 0 if it has none.
    key: i64,
    /// Whether it is computed whenever it is read.
    pub(crate) computed: bool,
}

#[derive(Debug)]
pub(crate) struct KeyIndex {
    pub(crate) parts: Vec<KeyPart>,
}

/// A column of an index.
#[derive(Debug, Clone)]
pub(crate) struct KeyPart {
    pub(crate) column: String,
    pub(crate) collation: String,
    pub(crate) descending: bool,
}

impl KeyPart {
    /// As an index is told of it; the column may be called otherwise there.
    pub(crate) fn sql(&self, column: &str) -> String {
        let direction = if self.descending { " DESC" } else { "" };
        format!("{} COLLATE {}{direction}", quoted(column), quoted(&self.collation))
    }
}

impl Shape {
    pub(crate) fn of(connection: &Connection, table: &str) -> Result<Self> {
        let mut key = None;
        let mut without_rowid = false;
        for (name, origin) in indexes(connection, table)? {
            if origin != "pk" {
                continue;
            }
            // An index leads to the rowid with its last column, except in a table without rowids.
            without_rowid = !index_columns(connection, &name, false)?.iter().any(Option::is_none);
            let parts = index_columns(connection, &name, true)?.into_iter().flatten().collect();
            key = Some(KeyIndex { parts });
        }
        Ok(Self { columns: columns(connection, table)?, key, without_rowid })
    }

    /// The names of the primary key's columns, in its order.
    pub(crate) fn key_columns(&self) -> Vec<&str> {
        let mut key: Vec<_> = self.columns.iter().filter(|column| column.key > 0).collect();
        key.sort_by_key(|column| column.key);
        key.into_iter().map(|column| column.name.as_str()).collect()
    }

    /// The column that is the rowid.
    pub(crate) fn integer_key(&self) -> Option<&str> {
        match self.key_columns()[..] {
            [column] if self.key.is_none() => Some(column),
            _ => None,
        }
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
    pub(crate) fn plan(&self, name: String) -> TablePlan {
        let rowid = self.rowid();
        let key = || self.key_columns().into_iter().map(quoted).collect::<Vec<_>>().join(", ");
        TablePlan {
            order: rowid.map_or_else(key, str::to_owned),
            rowid: rowid.filter(|_| self.integer_key().is_none()),
            columns: self.columns.iter().map(|column| column.name.clone()).collect(),
            keys: Vec::new(),
            references: Vec::new(),
            counts: Vec::new(),
            max_record_bytes: u64::MAX,
            name,
        }
    }
}

/// The indexes of a table, and whether each comes of a constraint (`u`), of the primary key (`pk`)
/// or by itself (`c`).
pub(crate) fn indexes(connection: &Connection, table: &str) -> Result<Vec<(String, String)>> {
    let sql = format!("PRAGMA main.index_list({})", quoted(table));
    ask(connection, &sql, |row| Ok((row.get("name")?, row.get("origin")?)))
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

/// The columns of an index, nothing where one is not a table's column; those of its key, or those
/// that come after.
pub(crate) fn index_columns(
    connection: &Connection,
    index: &str,
    key: bool,
) -> Result<Vec<Option<KeyPart>>> {
    let sql = format!("PRAGMA main.index_xinfo({})", quoted(index));
    let all = ask(connection, &sql, |row| {
        let of_key: bool = row.get("key")?;
        if row.get::<_, i64>("cid")? < 0 {
            return Ok((of_key, None));
        }
        let (column, collation) = (row.get("name")?, row.get("coll")?);
        Ok((of_key, Some(KeyPart { column, collation, descending: row.get("desc")? })))
    })?;
    Ok(all.into_iter().filter(|(of_key, _)| *of_key == key).map(|(_, part)| part).collect())
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
