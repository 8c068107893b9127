//! A SQLite database: its tables, and the insertion of batches of records.
//!
//! Columns have no affinity, because any affinity would change cells (`-0.0`, `'42'`). SQLite
//! stores NaN as NULL, so NaN is noted in a separate table. A table that is wider than SQLite
//! allows is split.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, params};

use super::batch::{Batch, Task};
use super::failure::{failed, unknown_table};
use super::names::{Names, order};
use crate::error::{Error, Result};
use crate::i18n::{Message, message};
use crate::model::ColumnCounts;
use crate::record::{Cell, Column, Digest, Kind, Record, Table};
use crate::sqlite::{push_value, quoted};

/// The maximum number of columns of a SQLite table.
const MAX_SQLITE_COLUMNS: usize = 2000;

/// The number of records that one statement inserts, if there are enough. One statement for each
/// record takes 25 % longer. SQLite allows 32,766 parameters in a statement; that is enough for
/// [`MAX_SQLITE_COLUMNS`] in each record.
const GROUP: usize = 16;

/// The maximum number of selections in one compound selection; SQLite allows 500.
const SELECTS: usize = 250;

/// A database, and the tables in it.
pub(super) struct Database {
    pub(super) connection: Connection,
    /// The tables, by their index.
    tables: HashMap<usize, Loaded>,
    /// The names that are taken; `None` in a temporary database.
    names: Option<Names>,
    /// What could not be restored exactly.
    notes: Vec<Message>,
}

/// A table in the database.
struct Loaded {
    name: String,
    /// The SQLite tables into which it is split. Usually there is only one.
    pieces: Vec<TableSlice>,
    rows: u64,
    nans: u64,
}

struct TableSlice {
    /// The name as it is written in SQL.
    table: String,
    /// The names of its columns as they are written in SQL.
    columns: Vec<String>,
    /// The positions of these columns in the table.
    positions: Range<usize>,
}

impl Database {
    /// A temporary database.
    pub(super) fn new(connection: Connection) -> Result<Self> {
        Self::prepare(connection, "", None)
    }

    /// A database for the user. No table of this program remains in it.
    pub(super) fn restored(connection: Connection) -> Result<Self> {
        Self::prepare(connection, "TEMP", Some(Names::default()))
    }

    fn prepare(connection: Connection, temp: &str, names: Option<Names>) -> Result<Self> {
        connection
            // After a crash the load starts again, so nothing has to be durable.
            .execute_batch(&format!(
                "PRAGMA page_size = 16384; PRAGMA cache_size = -16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                 PRAGMA locking_mode = EXCLUSIVE;
                 PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = OFF;
                 CREATE {temp} TABLE [backup: tables](id INTEGER PRIMARY KEY, name TEXT);
                 CREATE {temp} TABLE [backup: columns](tab INTEGER, position INTEGER, label, kind,
                     PRIMARY KEY(tab, position)) WITHOUT ROWID;
                 CREATE {temp} TABLE [backup: files](path TEXT, bytes INTEGER, sha256 TEXT);
                 CREATE {temp} TABLE [backup: nans](tab INTEGER, record INTEGER, position INTEGER,
                     PRIMARY KEY(tab, record, position)) WITHOUT ROWID;
                 CREATE TEMP TABLE [backup: schema](type, name, tbl_name, rootpage, sql);
                 BEGIN;",
            ))
            .map_err(|error| failed(message!("scratch-prepare"), error))?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection, tables: HashMap::new(), names, notes: Vec::new() })
    }

    pub(super) fn put(&mut self, task: Task) -> Result<()> {
        match task {
            Task::Table(index, table) => self.create_table(index, &table),
            Task::Batch(batch) => self.insert(&batch),
            Task::File(path, bytes, sha256) => self.add_file(&path, bytes, sha256),
        }
    }

    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        let all = table.columns.len();
        let starts = (0..all).step_by(MAX_SQLITE_COLUMNS).enumerate();
        let pieces = starts.map(|(number, start)| {
            self.piece(index, table, number, start..(start + MAX_SQLITE_COLUMNS).min(all))
        });
        let pieces: Vec<TableSlice> = pieces.collect();
        let make = || -> rusqlite::Result<()> {
            let connection = &self.connection;
            for TableSlice { table, columns, .. } in &pieces {
                connection.execute(&format!("CREATE TABLE {table}({})", columns.join(",")), [])?;
            }
            self.set_definitions_aside()?;
            let insert = "INSERT INTO [backup: tables] VALUES (?, ?)";
            connection.prepare_cached(insert)?.execute(params![index as i64, table.name])?;
            let mut insert =
                connection.prepare_cached("INSERT INTO [backup: columns] VALUES (?, ?, ?, ?)")?;
            for (position, Column { label, kind }) in table.columns.iter().enumerate() {
                insert.execute(params![index as i64, position as i64, label, kind.as_str()])?;
            }
            Ok(())
        };
        make().map_err(|error| {
            failed(message!("scratch-create-table"), error).in_table(&table.name)
        })?;
        let name = table.name.clone();
        self.tables.insert(index, Loaded { name, pieces, rows: 0, nans: 0 });
        Ok(())
    }

    /// Moves the definitions of new tables into another table until the load ends. Whenever a table
    /// is created, SQLite reads all definitions in its schema. The total time would be quadratic in
    /// the number of tables. Records can still be inserted, because this connection has the
    /// definitions in memory.
    fn set_definitions_aside(&self) -> rusqlite::Result<()> {
        self.change_schema(
            "INSERT INTO temp.[backup: schema]
                 SELECT type, name, tbl_name, rootpage, sql FROM main.sqlite_schema
                 WHERE substr(name, 1, 8) <> 'backup: ';
             DELETE FROM main.sqlite_schema WHERE substr(name, 1, 8) <> 'backup: ';",
        )
    }

    fn change_schema(&self, sql: &str) -> rusqlite::Result<()> {
        let connection = &self.connection;
        let defensive = connection.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, true)?;
        let changed = connection.execute_batch(sql);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, defensive)?;
        changed
    }

    /// Creates the SQLite table for some columns of a table.
    fn piece(
        &mut self,
        index: usize,
        table: &Table,
        number: usize,
        positions: Range<usize>,
    ) -> TableSlice {
        let Some(names) = &mut self.names else {
            let columns = (1..=positions.len()).map(|number| format!("c{number}")).collect();
            return TableSlice { table: format!("t{index}_{number}"), columns, positions };
        };
        let wanted = match number {
            0 => table.name.clone(),
            _ => format!("{} ({})", table.name, number + 1),
        };
        let name = names.unique(&wanted, "table");
        let (mut taken, mut renamed) = (Names::default(), 0u64);
        let columns = table.columns[positions.clone()].iter().map(|Column { label, .. }| {
            let column = taken.unique(label, "column");
            renamed += u64::from(column != *label);
            quoted(&column)
        });
        let columns = columns.collect();
        if name != table.name {
            self.notes.push(message!("restored-table-name", table = &table.name, name = &name));
        }
        if renamed > 0 {
            self.notes.push(message!("restored-column-names", count = renamed, table = &name));
        }
        TableSlice { table: quoted(&name), columns, positions }
    }

    /// Adds views of all records of these tables, one after the other. Tables that are split have a
    /// view for each piece.
    pub(super) fn join(&mut self, name: &str, tables: &[usize]) -> Result<()> {
        let all: Vec<&Loaded> = tables.iter().filter_map(|at| self.tables.get(at)).collect();
        let pieces = all.iter().map(|loaded| loaded.pieces.len()).min().unwrap_or_default();
        let mut names = self.names.take().unwrap_or_default();
        for piece in 0..pieces {
            let selects: Vec<_> =
                all.iter().map(|it| it.pieces[piece].select_unordered()).collect();
            let wanted =
                if piece == 0 { name.to_owned() } else { format!("{name} ({})", piece + 1) };
            let view = quoted(&names.unique(&wanted, "table"));
            let created =
                self.connection.execute_batch(&format!("CREATE VIEW {view} AS {}", union(selects)));
            created
                .map_err(|error| failed(message!("scratch-create-table"), error).in_table(name))?;
        }
        self.names = Some(names);
        Ok(())
    }

    fn insert(&mut self, batch: &Batch) -> Result<()> {
        let loaded = self.tables.get_mut(&batch.table).ok_or_else(unknown_table)?;
        let insert = loaded.note_nans(&self.connection, batch);
        let insert = insert.and_then(|()| loaded.insert(&self.connection, batch));
        insert.map_err(|error| {
            let error = failed(message!("scratch-insert"), error);
            error.in_table(&loaded.name).at_record(loaded.rows + 1)
        })
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.connection
            .prepare_cached("INSERT INTO [backup: files] VALUES (?, ?, ?)")
            .and_then(|mut insert| insert.execute(params![path, bytes as i64, sha256.to_string()]))
            .map_err(|error| failed(message!("scratch-add-file"), error))?;
        Ok(())
    }

    /// Ends the load. A database in a file is opened again, so that it is not read from the cache
    /// of the connection that loaded it.
    pub(super) fn loaded(&mut self, path: Option<&Path>) -> Result<()> {
        let mut end = || {
            self.change_schema(
                "INSERT INTO main.sqlite_schema
                     SELECT type, name, tbl_name, rootpage, sql FROM [backup: schema] ORDER BY rowid",
            )?;
            self.connection.flush_prepared_statement_cache();
            self.connection.execute_batch("COMMIT")?;
            if let Some(path) = path {
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
                self.connection = Connection::open_with_flags(path, flags)?;
            }
            Ok(())
        };
        end().map_err(|error| failed(message!("scratch-finish"), error))
    }

    /// Reads the tables and their indexes from the database.
    pub(super) fn tables(&self) -> Result<Vec<(usize, Table)>> {
        let read = || -> rusqlite::Result<Vec<(usize, Table)>> {
            let mut tables = Vec::new();
            let mut select =
                self.connection.prepare("SELECT id, name FROM [backup: tables] ORDER BY id")?;
            let mut columns = self.connection.prepare(
                "SELECT label, kind FROM [backup: columns] WHERE tab = ? ORDER BY position",
            )?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let columns = columns.query_map([id], |row| {
                    let is_text = row.get_ref(1)?.as_str()? == Kind::Text.as_str();
                    let kind = if is_text { Kind::Text } else { Kind::Any };
                    Ok(Column { label: row.get(0)?, kind })
                })?;
                let columns = columns.collect::<rusqlite::Result<_>>()?;
                tables.push((id as usize, Table { name: row.get(1)?, columns }));
            }
            Ok(tables)
        };
        read().map_err(|error| failed(message!("scratch-list-tables"), error))
    }

    /// Reads the files from the database.
    pub(super) fn files(&self) -> Result<Vec<(String, u64, Digest)>> {
        let list = || -> rusqlite::Result<Vec<(String, i64, String)>> {
            self.connection
                .prepare("SELECT path, bytes, sha256 FROM [backup: files] ORDER BY rowid")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        };
        let files = list().map_err(|error| failed(message!("scratch-list-files"), error))?;
        let malformed =
            |_| Error::scratch(message!("scratch-list-files"), message!("scratch-digest"));
        let file = |(path, bytes, digest): (String, i64, String)| {
            Ok((path, bytes as u64, digest.parse().map_err(malformed)?))
        };
        files.into_iter().map(file).collect()
    }

    /// What could not be restored exactly.
    pub(super) fn notes(&self) -> Vec<Message> {
        let nans: u64 = self.tables.values().map(|table| table.nans).sum();
        let lost = (nans > 0).then(|| message!("restored-nan", count = nans));
        self.notes.iter().cloned().chain(lost).collect()
    }

    /// Reads the records of a table. Returns counts of each column, by the types and lengths that
    /// SQLite reports.
    pub(super) fn read(
        &self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>> {
        let not_read = |error| failed(message!("scratch-read"), error);
        let loaded = self.tables.get(&table).ok_or_else(unknown_table)?;
        let nans = self.nans(table, loaded).map_err(not_read)?;
        let (mut statements, mut counts) = (Vec::new(), Vec::new());
        for piece in &loaded.pieces {
            let statement = self.connection.prepare(&piece.select()).map_err(not_read)?;
            counts.resize(counts.len() + piece.columns.len(), ColumnCounts::default());
            statements.push((statement, piece.positions.clone()));
        }
        let mut pieces = Vec::new();
        for (statement, positions) in &mut statements {
            pieces.push((statement.query([]).map_err(not_read)?, positions));
        }
        let mut record = Record::new();
        for number in 1.. {
            record.clear();
            let mut column_counts = counts.iter_mut();
            for (rows, positions) in &mut pieces {
                let Some(row) = rows.next().map_err(not_read)? else { continue };
                for ((column, position), counts) in
                    positions.clone().enumerate().zip(&mut column_counts)
                {
                    let value = match row.get_ref(column).map_err(not_read)? {
                        ValueRef::Null if nans.contains(&(number, position as i64)) => {
                            ValueRef::Real(f64::NAN)
                        }
                        value => value,
                    };
                    count(counts, value);
                    push_value(&mut record, value);
                }
            }
            if record.is_empty() {
                break;
            }
            each(&record)?;
        }
        Ok(counts)
    }

    /// The cells that are NaN: the number of the record, counted from 1, and the position of the
    /// cell.
    fn nans(&self, table: usize, loaded: &Loaded) -> rusqlite::Result<HashSet<(i64, i64)>> {
        if loaded.nans == 0 {
            return Ok(HashSet::new());
        }
        self.connection
            .prepare("SELECT record, position FROM [backup: nans] WHERE tab = ?")?
            .query_map([table as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }
}

/// All records of several selections, one after the other. SQLite limits how many one compound
/// selection may have, so they are nested.
fn union(selects: Vec<String>) -> String {
    let mut selects = selects;
    while selects.len() > SELECTS {
        let some = selects.chunks(SELECTS);
        selects =
            some.map(|some| format!("SELECT * FROM ({})", some.join(" UNION ALL "))).collect();
    }
    selects.join(" UNION ALL ")
}

/// Counts a value by the type and length that SQLite reports, independently of the code that
/// creates and encodes records.
fn count(counts: &mut ColumnCounts, value: ValueRef<'_>) {
    let (count, bytes) = match value {
        ValueRef::Null => (&mut counts.nulls, 0),
        ValueRef::Integer(_) => (&mut counts.integers, 0),
        ValueRef::Real(_) => (&mut counts.reals, 0),
        ValueRef::Text(text) => (&mut counts.texts, text.len() as u64),
        ValueRef::Blob(blob) => (&mut counts.blobs, blob.len() as u64),
    };
    *count += 1;
    counts.bytes += bytes;
    counts.longest = counts.longest.max(bytes);
}

impl Loaded {
    fn insert(&mut self, connection: &Connection, batch: &Batch) -> rusqlite::Result<()> {
        let mut inserts = Vec::new();
        for piece in &self.pieces {
            let insert = |records| connection.prepare_cached(&piece.insert(records));
            let group = (batch.records >= GROUP).then(|| insert(GROUP)).transpose()?;
            inserts.push((piece.positions.clone(), insert(1)?, group));
        }
        let mut next = 0;
        while next < batch.records {
            let count = if batch.records - next < GROUP { 1 } else { GROUP };
            let inserted = insert_records(&mut inserts, batch, next..next + count);
            if inserted.is_err() && count > 1 {
                // The records are inserted again one by one, to find the one that fails. If the
                // disk is full, a different record may fail now, because the records that the group
                // inserted before it failed are not rolled back.
                let mut one_by_one = next..next + count;
                let fails = one_by_one.position(|record| {
                    insert_records(&mut inserts, batch, record..record + 1).is_err()
                });
                self.rows += fails.unwrap_or_default() as u64;
            }
            inserted?;
            next += count;
            self.rows += count as u64;
        }
        Ok(())
    }

    /// Notes which cells are NaN, because SQLite stores NaN as NULL.
    fn note_nans(&mut self, connection: &Connection, batch: &Batch) -> rusqlite::Result<()> {
        for (at, cell) in batch.cells.iter().enumerate() {
            if matches!(cell, Cell::Real(value) if value.is_nan()) {
                let (record, position) = (at / batch.columns, at % batch.columns);
                let record = self.rows as i64 + record as i64 + 1;
                connection
                    .prepare_cached("INSERT INTO [backup: nans] VALUES (?, ?, ?)")?
                    .execute([batch.table as i64, record, position as i64])?;
                self.nans += 1;
            }
        }
        Ok(())
    }
}

/// Inserts one record of a batch, or [`GROUP`] records with one statement.
fn insert_records<'c>(
    inserts: &mut [(Range<usize>, CachedStatement<'c>, Option<CachedStatement<'c>>)],
    batch: &Batch,
    records: Range<usize>,
) -> rusqlite::Result<()> {
    for (positions, one, group) in inserts {
        let insert = group.as_mut().filter(|_| records.len() > 1).unwrap_or(one);
        let mut parameter = 0;
        for record in records.clone() {
            let start = record * batch.columns;
            for cell in batch.cells.range(start + positions.start..start + positions.end) {
                parameter += 1;
                insert.raw_bind_parameter(parameter, value_of(cell))?;
            }
        }
        insert.raw_execute()?;
    }
    Ok(())
}

/// Converts a cell to a value of SQLite. SQLite stores NaN as NULL.
fn value_of(cell: Cell<'_>) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(match cell {
        Cell::Null => ValueRef::Null,
        Cell::Integer(value) => ValueRef::Integer(value),
        Cell::Real(value) => ValueRef::Real(value),
        Cell::Text(text) => ValueRef::Text(text.as_bytes()),
        Cell::Blob(bytes) => ValueRef::Blob(bytes),
    })
}

impl TableSlice {
    /// The statement that inserts `records` records.
    fn insert(&self, records: usize) -> String {
        let record = format!("({})", vec!["?"; self.columns.len()].join(","));
        format!("INSERT INTO {} VALUES {}", self.table, vec![record; records].join(","))
    }

    /// The query for all cells, in the order in which records were inserted.
    fn select(&self) -> String {
        format!("{}{}", self.select_unordered(), order(&self.columns))
    }

    fn select_unordered(&self) -> String {
        format!("SELECT {} FROM {}", self.columns.join(","), self.table)
    }
}
