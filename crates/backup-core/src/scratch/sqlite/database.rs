//! One SQLite database: tables of which it holds every record, put in by the batch.
//!
//! Columns have no affinity, as any other would change cells (`-0.0`, `'42'`); NaN, which SQLite
//! stores as NULL, is noted aside; a table wider than SQLite allows is split.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, params};

use super::batch::Batch;
use super::bind::Insert;
use super::names::{order, unique_name};
use super::tally::tally;
use super::{failed, unknown_table};
use crate::archive::package::ColumnCounts;
use crate::error::Result;
use crate::record::{Cell, Column, Digest, Kind, Record, Table};
use crate::scratch::ReadBack;
use crate::sqlite::{push_value, quoted};

/// The most columns of one SQLite table.
const MAX_SQLITE_COLUMNS: usize = 2000;
/// The most records, and about the most cells, that one statement inserts.
const RECORDS_A_STATEMENT: usize = 32;
const CELLS_A_STATEMENT: usize = 512;

/// Settings of a database that nobody opens again: large pages have fewer pages to look after.
const THROWN_AWAY: &str = "PRAGMA page_size = 65536; PRAGMA cache_size = -8192;";
/// Settings of one that is kept.
const KEPT: &str = "PRAGMA cache_size = -32768;";

/// A database, and what stands in it.
pub(super) struct Database {
    connection: Connection,
    tables: Vec<Loaded>,
    /// The names that are taken, in lower case, where tables have names of their own.
    pub(super) names: Option<HashSet<String>>,
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
        Self::prepare(connection, THROWN_AWAY, "")
    }

    /// One that is kept: what only this program needs is noted outside of it.
    pub(super) fn kept(connection: Connection, names: HashSet<String>) -> Result<Self> {
        Ok(Self { names: Some(names), ..Self::prepare(connection, KEPT, "TEMP")? })
    }

    fn prepare(connection: Connection, settings: &str, temp: &str) -> Result<Self> {
        connection
            // Nothing has to survive a crash: what is cut short is begun again.
            .execute_batch(&format!(
                "{settings} PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                 PRAGMA locking_mode = EXCLUSIVE;
                 PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = OFF;
                 CREATE {temp} TABLE [backup: tables](id INTEGER PRIMARY KEY, name TEXT);
                 CREATE {temp} TABLE [backup: columns](tab INTEGER, position INTEGER, label, kind);
                 CREATE {temp} TABLE [backup: files](path TEXT, bytes INTEGER, sha256 TEXT);
                 CREATE {temp} TABLE [backup: nans](tab INTEGER, record INTEGER, position INTEGER);
                 BEGIN;",
            ))
            .map_err(|e| failed("be prepared", e))?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection, tables: Vec::new(), names: None, notes: Vec::new() })
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Makes room for a table.
    pub(super) fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        let mut pieces = Vec::new();
        for (number, start) in (0..table.columns.len()).step_by(MAX_SQLITE_COLUMNS).enumerate() {
            pieces.push(self.piece(index, table, number, start));
        }
        let make = || -> rusqlite::Result<()> {
            for Piece { table, columns, .. } in &pieces {
                let create = format!("CREATE TABLE {table}({})", columns.join(","));
                self.connection.execute(&create, [])?;
            }
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
        self.tables.push(Loaded { index, name, pieces, columns, rows: 0, nans: 0 });
        Ok(())
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
        let name = unique_name(&wanted, "table", names);
        let mut taken = HashSet::new();
        let labels: Vec<_> = table.columns[start..end].iter().map(|column| &column.label).collect();
        let columns: Vec<_> =
            labels.iter().map(|label| unique_name(label, "column", &mut taken)).collect();
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
        self.tables.iter().find(|table| table.index == index).ok_or_else(unknown_table)
    }

    /// Adds the records of a batch.
    pub(super) fn insert(&mut self, batch: &Batch) -> Result<()> {
        let connection = &self.connection;
        let loaded = self
            .tables
            .iter_mut()
            .find(|known| known.index == batch.table)
            .ok_or_else(unknown_table)?;
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
    fn nans(&self, table: usize) -> Result<HashSet<(i64, i64)>> {
        let read = || -> rusqlite::Result<HashSet<(i64, i64)>> {
            self.connection
                .prepare("SELECT record, position FROM [backup: nans] WHERE tab = ?")?
                .query_map([table as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        read().map_err(|e| failed("list what is not a number", e))
    }
}

impl Database {
    /// As [`ReadBack::read`], of these columns alone. All are read of a table that is split, or that has
    /// cells which are not numbers.
    pub(super) fn read_columns(
        &mut self,
        table: usize,
        columns: &[usize],
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        let loaded = self.loaded_table(table)?;
        let ([piece], 0) = (&loaded.pieces[..], loaded.nans) else {
            return self.read(table, &mut |record| {
                let mut some = Record::new();
                columns.iter().filter_map(|at| record.get(*at)).for_each(|cell| some.push(cell));
                each(&some)
            });
        };
        let failed = |e| failed("give its records back", e);
        let names: Option<Vec<&str>> =
            columns.iter().map(|at| piece.columns.get(*at).map(String::as_str)).collect();
        let names = names.ok_or_else(unknown_table)?.join(",");
        let sql = format!("SELECT {names} FROM {}{}", piece.table, order(&piece.columns));
        let mut statement = self.connection.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut record = Record::new();
        while let Some(row) = rows.next().map_err(failed)? {
            record.clear();
            for column in 0..columns.len() {
                push_value(&mut record, row.get_ref(column).map_err(failed)?);
            }
            each(&record)?;
        }
        Ok(())
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

    fn select(&self) -> String {
        format!("SELECT {} FROM {}{}", self.columns.join(","), self.table, order(&self.columns))
    }
}

impl ReadBack for Database {
    fn holds(&self, table: usize) -> bool {
        self.loaded_table(table).is_ok()
    }

    fn read(&mut self, table: usize, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()> {
        let loaded = self.loaded_table(table)?;
        let failed = |e| failed("give its records back", e);
        let nans = if loaded.nans > 0 { self.nans(table)? } else { HashSet::new() };
        let mut statements = Vec::new();
        for piece in &loaded.pieces {
            statements.push(self.connection.prepare(&piece.select()).map_err(failed)?);
        }
        let mut pieces = Vec::new();
        for (statement, piece) in statements.iter_mut().zip(&loaded.pieces) {
            pieces.push((statement.query([]).map_err(failed)?, piece.columns.len()));
        }
        let mut record = Record::new();
        for number in 1.. {
            record.clear();
            let mut ended = 0;
            for (rows, columns) in &mut pieces {
                let Some(row) = rows.next().map_err(failed)? else {
                    ended += 1;
                    continue;
                };
                for column in 0..*columns {
                    match row.get_ref(column).map_err(failed)? {
                        ValueRef::Null if nans.contains(&(number, record.len() as i64)) => {
                            record.push_real(f64::NAN);
                        }
                        value => push_value(&mut record, value),
                    }
                }
            }
            if ended == pieces.len() {
                break;
            }
            each(&record)?;
        }
        Ok(())
    }

    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>> {
        let loaded = self.loaded_table(table)?;
        let mut counts = Vec::new();
        for piece in &loaded.pieces {
            let counted = tally(&self.connection, &piece.table, &piece.columns);
            counts.extend(counted.map_err(|e| failed("count its cells", e))?);
        }
        for (_, position) in self.nans(table)? {
            if let Some(column) = counts.get_mut(position as usize) {
                column.nulls -= 1;
                column.reals += 1;
            }
        }
        Ok(counts)
    }
}
