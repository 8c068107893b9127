//! One SQLite database: tables, whose records are put in by the batch.
//!
//! Columns have no affinity, as any other would change cells (`-0.0`, `'42'`); NaN, which SQLite
//! stores as NULL, is noted aside; a table wider than SQLite allows is split.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};

use super::batch::Batch;
use super::bind::Insert;
use super::names::{Names, order};
use super::rows::{Nans, Selection};
use super::tally::tally;
use super::{failed, unknown_table};
use crate::error::Result;
use crate::model::ColumnCounts;
use crate::record::{Cell, Column, Digest, Kind, Record, Table};
use crate::scratch::ReadBack;
use crate::sqlite::quoted;

/// The most columns of one SQLite table.
const MAX_SQLITE_COLUMNS: usize = 2000;
/// The most records, and about the most cells, that one statement inserts.
const RECORDS_A_STATEMENT: usize = 32;
const CELLS_A_STATEMENT: usize = 512;

/// Settings of a database that nobody opens again: large pages have fewer pages to look after; but each
/// table takes one at least, so that many tables get small ones.
const THROWN_AWAY: &str = "PRAGMA page_size = 65536; PRAGMA cache_size = -8192;";
const OF_MANY_TABLES: &str = "PRAGMA page_size = 4096; PRAGMA cache_size = -8192;";
/// Where the definitions of tables are until all of them are made, if others have to read them then.
const SCHEMA_ASIDE: &str =
    "CREATE TEMP TABLE [backup: schema](type, name, tbl_name, rootpage, sql);";
/// Notes there the definitions that were made last.
const SET_ASIDE: &str = "INSERT INTO temp.[backup: schema] \
                         SELECT type, name, tbl_name, rootpage, sql FROM main.sqlite_schema WHERE rowid > ?";
/// Settings of one that is kept.
const KEPT: &str = "PRAGMA cache_size = -32768;";

/// A database, and what stands in it.
pub(super) struct Database {
    pub(super) connection: Connection,
    tables: Vec<Loaded>,
    /// By index: where a table stands among them.
    places: HashMap<usize, usize>,
    /// The names that are taken, where tables have names of their own.
    names: Option<Names>,
    /// Whether no other connection can open it.
    is_nameless: bool,
    /// What had to be given back in another form, where tables have names of their own.
    pub(super) notes: Vec<String>,
}

/// A table as it stands in the database.
struct Loaded {
    index: usize,
    name: String,
    /// The SQLite tables it is split over; one, nearly always.
    pieces: Vec<Piece>,
    columns: usize,
    rows: i64,
    nans: u64,
}

struct Piece {
    /// The quoted name.
    table: String,
    /// The quoted names.
    columns: Vec<String>,
    /// Which of the table's columns comes first.
    start: usize,
}

impl Database {
    /// A database to load, and to throw away.
    pub(super) fn new(connection: Connection) -> Result<Self> {
        Self::prepare(connection, THROWN_AWAY, "", SCHEMA_ASIDE)
    }

    /// The same, of a database that no other connection can open.
    pub(super) fn nameless(connection: Connection, many_tables: bool) -> Result<Self> {
        let settings = if many_tables { OF_MANY_TABLES } else { THROWN_AWAY };
        Ok(Self { is_nameless: true, ..Self::prepare(connection, settings, "", "")? })
    }

    /// One that is kept: what only this program needs is noted outside of it.
    pub(super) fn kept(connection: Connection) -> Result<Self> {
        let names = Some(Names::default());
        Ok(Self { names, ..Self::prepare(connection, KEPT, "TEMP", SCHEMA_ASIDE)? })
    }

    fn prepare(connection: Connection, settings: &str, temp: &str, aside: &str) -> Result<Self> {
        connection
            // Nothing has to survive a crash: what is cut short is begun again.
            .execute_batch(&format!(
                "{settings} PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                 PRAGMA locking_mode = EXCLUSIVE;
                 PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = OFF;
                 CREATE {temp} TABLE [backup: tables](id INTEGER PRIMARY KEY, name TEXT);
                 CREATE {temp} TABLE [backup: columns](tab INTEGER, position INTEGER, label, kind,
                     PRIMARY KEY(tab, position)) WITHOUT ROWID;
                 CREATE {temp} TABLE [backup: files](path TEXT, bytes INTEGER, sha256 TEXT);
                 CREATE {temp} TABLE [backup: nans](tab INTEGER, record INTEGER, position INTEGER,
                     PRIMARY KEY(tab, record, position)) WITHOUT ROWID;
                 {aside} BEGIN;",
            ))
            .map_err(|e| failed("be prepared", e))?;
        connection.set_prepared_statement_cache_capacity(64);
        let (tables, places) = (Vec::new(), HashMap::new());
        let (names, notes, is_nameless) = (None, Vec::new(), false);
        Ok(Self { connection, tables, places, names, is_nameless, notes })
    }

    /// Makes room for a table.
    pub(super) fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        let mut pieces = Vec::new();
        for (number, start) in (0..table.columns.len()).step_by(MAX_SQLITE_COLUMNS).enumerate() {
            pieces.push(self.piece(index, table, number, start));
        }
        let make = || -> rusqlite::Result<()> {
            let last = "SELECT coalesce(max(rowid), 0) FROM main.sqlite_schema";
            let last: i64 =
                self.connection.prepare_cached(last)?.query_row([], |row| row.get(0))?;
            for Piece { table, columns, .. } in &pieces {
                let create = format!("CREATE TABLE {table}({})", columns.join(","));
                self.connection.execute(&create, [])?;
            }
            self.set_aside(last)?;
            self.connection.execute(
                "INSERT INTO [backup: tables] VALUES (?, ?)",
                params![index as i64, table.name],
            )?;
            let mut insert = self
                .connection
                .prepare_cached("INSERT INTO [backup: columns] VALUES (?, ?, ?, ?)")?;
            for (position, column) in table.columns.iter().enumerate() {
                let kind = column.kind.as_str();
                insert.execute(params![index as i64, position as i64, column.label, kind])?;
            }
            Ok(())
        };
        make().map_err(|e| failed("make a table", e).in_table(&table.name))?;
        let columns = table.columns.len();
        let name = table.name.clone();
        self.places.insert(index, self.tables.len());
        self.tables.push(Loaded { index, name, pieces, columns, rows: 0, nans: 0 });
        Ok(())
    }

    /// Keeps the definitions of the tables that were made last from being read again: after each table
    /// that is made, SQLite reads all that are in the schema's table. This connection has them in
    /// memory, and for others they are put back in the end.
    fn set_aside(&self, last: i64) -> rusqlite::Result<()> {
        self.change_schema(|connection| {
            if !self.is_nameless {
                connection.prepare_cached(SET_ASIDE)?.execute([last])?;
            }
            connection
                .prepare_cached("DELETE FROM main.sqlite_schema WHERE rowid > ?")?
                .execute([last])
        })
    }

    fn change_schema(
        &self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<usize>,
    ) -> rusqlite::Result<()> {
        let connection = &self.connection;
        let defensive = connection.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, true)?;
        let changed = change(connection);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_WRITABLE_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, defensive)?;
        changed.map(drop)
    }

    /// The SQLite table for a piece of a table, and the names of its columns.
    fn piece(&mut self, index: usize, table: &Table, number: usize, start: usize) -> Piece {
        let end = (start + MAX_SQLITE_COLUMNS).min(table.columns.len());
        let Some(names) = &mut self.names else {
            let columns = (1..=end - start).map(|n| format!("c{n}")).collect();
            return Piece { table: format!("t{index}_{number}"), columns, start };
        };
        let suffix = if number == 0 { String::new() } else { format!(" ({})", number + 1) };
        let wanted = format!("{}{suffix}", table.name);
        let name = names.unique(&wanted, "table");
        let mut taken = Names::default();
        let labels: Vec<_> = table.columns[start..end].iter().map(|column| &column.label).collect();
        let columns: Vec<_> = labels.iter().map(|label| taken.unique(label, "column")).collect();
        let renamed = labels.iter().zip(&columns).filter(|(label, name)| **label != *name);
        let renamed = renamed.count();
        if name != table.name {
            self.notes.push(format!("table {} is called {name} in the database", table.name));
        }
        if renamed > 0 {
            let columns = if renamed == 1 { "column is" } else { "columns are" };
            self.notes.push(format!("{renamed} {columns} called otherwise in table {name}"));
        }
        let columns = columns.iter().map(|name| quoted(name)).collect();
        Piece { table: quoted(&name), columns, start }
    }

    fn loaded_table(&self, index: usize) -> Result<&Loaded> {
        self.places.get(&index).map(|at| &self.tables[*at]).ok_or_else(unknown_table)
    }

    /// Adds the records of a batch.
    pub(super) fn insert(&mut self, batch: &Batch) -> Result<()> {
        let connection = &self.connection;
        let at = *self.places.get(&batch.table).ok_or_else(unknown_table)?;
        let loaded = &mut self.tables[at];
        let mut nans = Vec::new();
        for piece in &loaded.pieces {
            // What fails is one of the records that a statement inserts together.
            piece.insert(connection, batch, loaded.columns, &mut nans).map_err(|(record, e)| {
                let record = loaded.rows as u64 + record as u64 + 1;
                failed("take a record", e).in_table(&loaded.name).at_record(record)
            })?;
        }
        let note = || -> rusqlite::Result<()> {
            let mut insert =
                connection.prepare_cached("INSERT INTO [backup: nans] VALUES (?, ?, ?)")?;
            for (record, position) in &nans {
                let record = loaded.rows + *record as i64 + 1;
                insert.execute(params![loaded.index as i64, record, *position as i64])?;
            }
            Ok(())
        };
        if !nans.is_empty() {
            note().map_err(|e| failed("note what is not a number", e))?;
        }
        loaded.nans += nans.len() as u64;
        loaded.rows += batch.records as i64;
        Ok(())
    }

    pub(super) fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.connection
            .prepare_cached("INSERT INTO [backup: files] VALUES (?, ?, ?)")
            .and_then(|mut insert| insert.execute(params![path, bytes as i64, sha256.to_string()]))
            .map_err(|e| failed("note a file", e))?;
        Ok(())
    }

    /// Everything is loaded.
    pub(super) fn loaded(&mut self) -> Result<()> {
        if !self.is_nameless {
            let put_back = "INSERT INTO main.sqlite_schema \
                            SELECT type, name, tbl_name, rootpage, sql FROM [backup: schema] ORDER BY rowid";
            self.change_schema(|connection| connection.execute(put_back, []))
                .map_err(|e| failed("keep what was loaded", e))?;
        }
        self.connection.flush_prepared_statement_cache();
        self.connection.execute_batch("COMMIT").map_err(|e| failed("keep what was loaded", e))
    }

    /// Opens the file that it stands in afresh, so that nothing is answered from what the loader
    /// still holds.
    pub(super) fn reopen(&mut self, path: &Path) -> Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        self.connection =
            Connection::open_with_flags(path, flags).map_err(|e| failed("be opened again", e))?;
        Ok(())
    }

    /// The tables, with their indexes, as the database has them.
    pub(super) fn tables(&self) -> Result<Vec<(usize, Table)>> {
        let read = || -> rusqlite::Result<Vec<(usize, Table)>> {
            let mut tables =
                self.connection.prepare("SELECT id, name FROM [backup: tables] ORDER BY id")?;
            let mut columns = self.connection.prepare(
                "SELECT label, kind FROM [backup: columns] WHERE tab = ? ORDER BY position",
            )?;
            let column = |row: &rusqlite::Row<'_>| {
                let kind: String = row.get(1)?;
                let kind = if kind == Kind::Text.as_str() { Kind::Text } else { Kind::Any };
                Ok(Column { label: row.get(0)?, kind })
            };
            let named = tables.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let named: Vec<(i64, String)> = named.collect::<rusqlite::Result<_>>()?;
            named
                .into_iter()
                .map(|(id, name)| {
                    let columns =
                        columns.query_map([id], column)?.collect::<Result<Vec<_>, _>>()?;
                    Ok((id as usize, Table { name, columns }))
                })
                .collect()
        };
        read().map_err(|e| failed("list its tables", e))
    }

    /// The files, as the database has them; digests as they stand there.
    pub(super) fn files(&self) -> Result<Vec<(String, i64, String)>> {
        self.connection
            .prepare("SELECT path, bytes, sha256 FROM [backup: files] ORDER BY rowid")
            .and_then(|mut files| {
                files
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                    .collect::<rusqlite::Result<_>>()
            })
            .map_err(|e| failed("list its files", e))
    }

    /// How many cells are NULL that were NaN.
    pub(super) fn nans_lost(&self) -> u64 {
        self.tables.iter().map(|table| table.nans).sum()
    }

    /// Where the NaNs stand: record, counted from 1, and position, counted from 0.
    fn nans(&self, table: usize) -> Result<Nans> {
        let read = || -> rusqlite::Result<Nans> {
            self.connection
                .prepare("SELECT record, position FROM [backup: nans] WHERE tab = ?")?
                .query_map([table as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        read().map_err(|e| failed("list what is not a number", e))
    }
}

impl Database {
    /// Asks for the records of a table: all of their cells, or those of these columns of a table that
    /// is not split.
    fn select(&self, table: usize, columns: Option<&[usize]>) -> Result<Selection<'_>> {
        let loaded = self.loaded_table(table)?;
        let nans = if loaded.nans > 0 { self.nans(table)? } else { Nans::new() };
        let mut pieces = Vec::new();
        for piece in &loaded.pieces {
            let all: Vec<usize>;
            let positions = match columns {
                Some(columns) => columns,
                None => {
                    all = (piece.start..piece.start + piece.columns.len()).collect();
                    &all
                }
            };
            let sql = piece.select(positions).ok_or_else(unknown_table)?;
            let prepared = self.connection.prepare(&sql);
            let statement = prepared.map_err(|e| failed("give its records back", e))?;
            pieces.push((statement, positions.to_vec()));
        }
        Ok(Selection { pieces, nans })
    }

    /// Gives these columns of a table's records.
    pub(super) fn read_columns(
        &self,
        table: usize,
        columns: &[usize],
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        if self.loaded_table(table)?.pieces.len() == 1 {
            return self.select(table, Some(columns))?.read(each);
        }
        let mut some = Record::new();
        self.select(table, None)?.read(&mut |record| {
            some.clear();
            columns.iter().filter_map(|at| record.get(*at)).for_each(|cell| some.push(cell));
            each(&some)
        })
    }
}

impl Piece {
    /// Inserts this piece of a batch's records, each of so many columns in all, and notes which
    /// cells are not numbers. An error comes with the first record that the failed statement had.
    fn insert(
        &self,
        connection: &Connection,
        batch: &Batch,
        width: usize,
        nans: &mut Vec<(usize, usize)>,
    ) -> Result<(), (usize, rusqlite::Error)> {
        let columns = self.columns.len();
        // Only records that are all of one piece lie side by side.
        let together = if columns == width { CELLS_A_STATEMENT / columns } else { 1 };
        let together = together.clamp(1, RECORDS_A_STATEMENT);
        let prepare = |records: usize| {
            let marks = format!("({})", vec!["?"; columns].join(","));
            let values = vec![marks; records].join(",");
            Insert::prepare(connection, &format!("INSERT INTO {} VALUES {values}", self.table))
        };
        let mut first = 0;
        for records in [together, 1] {
            if first + records > batch.records {
                continue;
            }
            let mut insert = prepare(records).map_err(|e| (first, e))?;
            while first + records <= batch.records {
                let start = first * width + self.start;
                let end = (first + records - 1) * width + self.start + columns;
                let cells = batch.cells.range(start..end).enumerate().map(|(at, cell)| {
                    if matches!(cell, Cell::Real(value) if value.is_nan()) {
                        nans.push(((start + at) / width, (start + at) % width));
                    }
                    cell
                });
                insert.execute(cells).map_err(|e| (first, e))?;
                first += records;
            }
        }
        Ok(())
    }

    /// Asks for the cells at these positions, if they are all here.
    fn select(&self, positions: &[usize]) -> Option<String> {
        let name = |position: &usize| {
            self.columns.get(position.checked_sub(self.start)?).map(String::as_str)
        };
        let names: Option<Vec<&str>> = positions.iter().map(name).collect();
        let order = order(&self.columns);
        Some(format!("SELECT {} FROM {}{order}", names?.join(","), self.table))
    }
}

impl ReadBack for &mut Database {
    fn holds(&self, table: usize) -> bool {
        self.loaded_table(table).is_ok()
    }

    fn read(&mut self, table: usize, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()> {
        self.select(table, None)?.read(each)
    }

    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>> {
        let loaded = self.loaded_table(table)?;
        let mut counts = Vec::new();
        for piece in &loaded.pieces {
            let counted = tally(&self.connection, &piece.table, &piece.columns);
            counts.extend(counted.map_err(|e| failed("count its cells", e))?);
        }
        for (_, position) in self.nans(table)? {
            // There is no NULL for it if somebody took the record away.
            if let Some(column) = counts.get_mut(position as usize).filter(|it| it.nulls > 0) {
                column.nulls -= 1;
                column.reals += 1;
            }
        }
        Ok(counts)
    }
}
