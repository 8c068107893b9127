//! What a database defines: which tables are read, in which order, and what they declare.

use rusqlite::{Connection, Row};

use super::{counts, virtual_tables};
use super::{failed, quoted, rows};
use crate::archive::package::{Key, Known, LedgerEntry, Reference};
use crate::error::{Error, Result};
use crate::sqlite::Counted;

/// How a database keeps its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16le",
            Self::Utf16Be => "UTF-16be",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        [Self::Utf8, Self::Utf16Le, Self::Utf16Be]
            .into_iter()
            .find(|encoding| encoding.as_str() == text)
            .ok_or_else(|| Error::source(format!("the text encoding {text} is unknown"), ""))
    }
}

/// Everything that is known before the first record.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) encoding: Encoding,
    pub(super) page_size: i64,
    pub(super) user_version: i64,
    pub(super) application_id: i64,
    pub(super) tables: Vec<TablePlan>,
    pub(super) ledger: Vec<LedgerEntry>,
    /// The definitions, as SQL.
    pub(super) definitions: Vec<u8>,
}

/// A table that will be read.
#[derive(Debug)]
pub(super) struct TablePlan {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// What `ORDER BY` says; empty if there is nothing to order by.
    pub(super) order: String,
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
    pub(super) counts: Vec<Counted>,
}

#[derive(Debug)]
struct ColumnPlan {
    name: String,
    /// Its place in the primary key, counted from 1; 0 if it has none.
    key: i64,
    /// Whether it is computed whenever it is read.
    computed: bool,
}

impl Schema {
    /// Reads all definitions, and asks for the counts of every table: what cannot be read shows
    /// before anything is carried.
    pub(super) fn read(connection: &Connection) -> Result<Self> {
        let number = |pragma: &str| -> Result<i64> {
            let sql = format!("PRAGMA main.{pragma}");
            ask(connection, &sql, |row| row.get(0))?.pop().ok_or_else(|| unanswered(pragma))
        };
        let encoding: String = ask(connection, "PRAGMA main.encoding", |row| row.get(0))?
            .pop()
            .ok_or_else(|| unanswered("encoding"))?;
        let mut schema = Self {
            encoding: Encoding::parse(&encoding)?,
            page_size: number("page_size")?,
            user_version: number("user_version")?,
            application_id: number("application_id")?,
            tables: Vec::new(),
            ledger: Vec::new(),
            definitions: Vec::new(),
        };
        schema.definitions = schema.definitions(connection)?;
        schema.plan_tables(connection)?;
        Ok(schema)
    }

    fn plan_tables(&mut self, connection: &Connection) -> Result<()> {
        const TABLES: &str = "SELECT name, coalesce(rootpage, 0) = 0, sql FROM main.sqlite_schema \
                              WHERE type = 'table' ORDER BY rowid";
        let tables = ask(connection, TABLES, |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?))
        })?;
        let modules: Vec<String> = ask(connection, "PRAGMA module_list", |row| row.get(0))?;
        for (name, is_virtual, sql) in tables {
            if is_internal(&name) {
                let message = "SQLite's own table is kept in the database file alone";
                self.ledger.push(LedgerEntry::new("internal-table", message).table(name));
            } else if is_virtual {
                let module = sql.as_deref().and_then(virtual_tables::module);
                let message = virtual_tables::said(module.as_deref(), &modules);
                self.ledger.push(LedgerEntry::new("virtual-table", message).table(name));
            } else {
                let plan = self
                    .plan_table(connection, name.clone())
                    .map_err(|error| error.in_table(name))?;
                self.tables.push(plan);
            }
        }
        Ok(())
    }

    fn plan_table(&mut self, connection: &Connection, name: String) -> Result<TablePlan> {
        let mut columns = columns(connection, &name)?;
        let mut plan = TablePlan {
            order: order(connection, &name, &columns)?,
            keys: keys(&columns),
            references: references(connection, &name)?,
            columns: names(&columns),
            counts: Vec::new(),
            name,
        };
        if plan.order.is_empty() {
            let message = "nothing in the table gives its records an order; they come as SQLite \
                           keeps them";
            self.ledger.push(LedgerEntry::new("no-order", message).table(&plan.name));
        }
        if let Err(error) = plan.ask_counts(connection, self.encoding) {
            // A computed column may call for a function that only its own program has.
            let computed = columns.iter().filter(|column| column.computed).count();
            columns.retain(|column| !column.computed);
            plan.columns = names(&columns);
            if computed == 0 || plan.ask_counts(connection, self.encoding).is_err() {
                return Err(error);
            }
            let message = "generated columns that this SQLite cannot compute are left out";
            let entry = LedgerEntry::new("generated-column", message).table(&plan.name);
            self.ledger.push(entry.count(computed as u64));
        }
        Ok(plan)
    }

    /// The definitions as SQL that can be run. SQLite's own tables it makes by itself.
    fn definitions(&self, connection: &Connection) -> Result<Vec<u8>> {
        const DEFINITIONS: &str = "SELECT name, sql FROM main.sqlite_schema \
                                   WHERE sql IS NOT NULL ORDER BY rowid";
        let mut text = format!(
            "PRAGMA user_version={};\nPRAGMA application_id={};\nPRAGMA encoding=\"{}\";\n",
            self.user_version,
            self.application_id,
            self.encoding.as_str()
        )
        .into_bytes();
        let bytes = |row: &Row<'_>, index| -> rusqlite::Result<Vec<u8>> {
            Ok(row.get_ref(index)?.as_bytes()?.to_vec())
        };
        let definitions = ask(connection, DEFINITIONS, |row| Ok((bytes(row, 0)?, bytes(row, 1)?)))?;
        for (name, sql) in definitions {
            if !is_internal(&String::from_utf8_lossy(&name)) {
                text.extend_from_slice(&sql);
                text.extend_from_slice(b";\n");
            }
        }
        Ok(text)
    }
}

impl TablePlan {
    fn ask_counts(&mut self, connection: &Connection, encoding: Encoding) -> Result<()> {
        rows::prepare(connection, self, encoding)?;
        self.counts = counts::ask(connection, self)?;
        Ok(())
    }

    /// How many records SQLite counted.
    pub(super) fn records(&self) -> u64 {
        self.counts.first().map_or(0, Counted::records)
    }

    /// What is selected from, as SQL.
    pub(super) fn from(&self) -> String {
        format!("main.{}", quoted(&self.name))
    }
}

fn is_internal(name: &str) -> bool {
    name.get(..7).is_some_and(|beginning| beginning.eq_ignore_ascii_case("sqlite_"))
}

fn names(columns: &[ColumnPlan]) -> Vec<String> {
    columns.iter().map(|column| column.name.clone()).collect()
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<ColumnPlan>> {
    let sql = format!("PRAGMA main.table_xinfo({})", quoted(table));
    let all = ask(connection, &sql, |row| {
        let hidden: i64 = row.get("hidden")?;
        let (name, key) = (row.get("name")?, row.get("pk")?);
        Ok((hidden, ColumnPlan { name, key, computed: hidden == 2 }))
    })?;
    // 1 is a hidden column of a virtual table, which is no data.
    Ok(all.into_iter().filter(|(hidden, _)| *hidden != 1).map(|(_, column)| column).collect())
}

/// The names of the primary key's columns, in its order.
fn key_columns(columns: &[ColumnPlan]) -> Vec<&str> {
    let mut key: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
    key.sort_by_key(|column| column.key);
    key.into_iter().map(|column| column.name.as_str()).collect()
}

fn keys(columns: &[ColumnPlan]) -> Vec<Key> {
    let columns: Vec<_> = key_columns(columns).into_iter().map(str::to_owned).collect();
    if columns.is_empty() { Vec::new() } else { vec![Key { columns, known: Known::Declared }] }
}

/// Without an order, SQLite would give the records in that of whatever index holds them all.
fn order(connection: &Connection, table: &str, columns: &[ColumnPlan]) -> Result<String> {
    let sql = format!("PRAGMA main.table_list({})", quoted(table));
    let without_rowid = ask(connection, &sql, |row| row.get::<_, bool>("wr"))?.contains(&true);
    let shadowed =
        |alias: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(alias));
    let rowid = ["rowid", "_rowid_", "oid"].into_iter().find(|alias| !shadowed(alias));
    Ok(match rowid {
        Some(alias) if !without_rowid => alias.to_owned(),
        _ => key_columns(columns).into_iter().map(quoted).collect::<Vec<_>>().join(", "),
    })
}

fn references(connection: &Connection, table: &str) -> Result<Vec<Reference>> {
    let sql = format!("PRAGMA main.foreign_key_list({})", quoted(table));
    let mut parts = ask(connection, &sql, |row| {
        let at: (i64, i64) = (row.get("id")?, row.get("seq")?);
        let ends: (String, Option<String>) = (row.get("from")?, row.get("to")?);
        Ok((at, row.get::<_, String>("table")?, ends))
    })?;
    // SQLite numbers references from the last one declared to the first.
    parts.sort_by_key(|((id, seq), ..)| (-id, *seq));
    let mut references: Vec<(i64, Reference)> = Vec::new();
    for ((id, _), table, (from, to)) in parts {
        if references.last().is_none_or(|(last, _)| *last != id) {
            let (columns, target) = (Vec::new(), Vec::new());
            references.push((id, Reference { columns, table, target, known: Known::Declared }));
        }
        if let Some((_, reference)) = references.last_mut() {
            reference.columns.push(from);
            reference.target.extend(to);
        }
    }
    Ok(references.into_iter().map(|(_, reference)| reference).collect())
}

fn ask<T>(
    connection: &Connection,
    sql: &str,
    take: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let answer =
        || -> rusqlite::Result<Vec<T>> { connection.prepare(sql)?.query_map([], take)?.collect() };
    answer().map_err(|error| failed("read its definitions", &error))
}

fn unanswered(what: &str) -> Error {
    Error::source(format!("SQLite does not say the {what} of the database"), "")
}
