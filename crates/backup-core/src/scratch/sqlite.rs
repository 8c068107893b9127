//! SQLite as the scratch database, and as where `restore` puts tables that come without definitions.
//!
//! Columns have no affinity, as any other would change cells (`-0.0`, `'42'`); NaN, which SQLite
//! stores as NULL, is noted aside; a table wider than SQLite allows is split.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params};

use super::Scratch;
use crate::archive::package::ColumnCounts;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Cell, Column, Digest, Kind, Record, Table};
use crate::sqlite::{Counted, count_columns, quoted, words};

/// The most columns of one SQLite table.
const MAX_SQLITE_COLUMNS: usize = 2000;

/// A SQLite database, in memory, in an unlinked temporary file, or in a file that stays.
pub struct SqliteScratch {
    connection: Connection,
    path: Option<PathBuf>,
    tables: Vec<Loaded>,
    /// The names that are taken, in lower case, where tables have names of their own.
    names: Option<HashSet<String>>,
    /// What had to be given back in another form, where tables have names of their own.
    notes: Vec<String>,
}

/// A table as it stands in the database.
struct Loaded {
    index: usize,
    /// The SQLite tables it is split over; one, nearly always.
    pieces: Vec<Piece>,
    rows: i64,
    nans: u64,
}

struct Piece {
    /// The quoted name.
    table: String,
    /// The quoted names.
    columns: Vec<String>,
    insert: String,
    select: String,
}

impl SqliteScratch {
    /// A database that holds little in memory and the rest in a temporary file without a name,
    /// which no other program can open and no crash leaves behind.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Scratch`] if SQLite cannot make one.
    pub fn temporary() -> Result<Self> {
        // An empty name is SQLite's own word for such a database.
        Self::prepare(Connection::open("").map_err(|e| failed("be made", e))?, None)
    }

    /// A database in memory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Scratch`] if SQLite cannot make one.
    pub fn in_memory() -> Result<Self> {
        Self::prepare(Connection::open_in_memory().map_err(|e| failed("be made", e))?, None)
    }

    /// A database in a new file, which stays. It holds the records in clear.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if the file is there, [`ErrorKind::Io`] or [`ErrorKind::Scratch`] if
    /// it cannot be made.
    pub fn at(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        create_private(&path)?;
        let connection = Connection::open(&path).map_err(|e| failed("be opened", e))?;
        Self::prepare(connection, Some(path))
    }

    /// A database that is given back: tables and columns have their own names, as near as SQLite
    /// allows, and nothing else stays in it. It keeps text in `encoding`; `reserved` are names that
    /// something else has, in lower case.
    pub(crate) fn restoring(
        path: &Path,
        encoding: &str,
        reserved: HashSet<String>,
    ) -> Result<Self> {
        let connection = Connection::open(path).map_err(|e| failed("be opened", e))?;
        // The encoding can be set only before there is anything.
        connection
            .pragma_update(None, "encoding", encoding)
            .map_err(|e| failed("be prepared", e))?;
        let mut database = Self::prepare_with(connection, "TEMP")?;
        database.names = Some(reserved);
        Ok(database)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// What could not be given back as it was: names that SQLite has no room for, and NaN.
    pub(crate) fn notes(&self) -> Vec<String> {
        let nans: u64 = self.tables.iter().map(|table| table.nans).sum();
        let lost = (nans > 0).then(|| format!("NaN is NULL in SQLite: {nans} cells"));
        self.notes.iter().cloned().chain(lost).collect()
    }

    fn prepare(connection: Connection, path: Option<PathBuf>) -> Result<Self> {
        Ok(Self { path, ..Self::prepare_with(connection, "")? })
    }

    /// `temp` is where what only this program needs is noted.
    fn prepare_with(connection: Connection, temp: &str) -> Result<Self> {
        connection
            // Nothing has to survive a crash: what is cut short is begun again.
            .execute_batch(&format!(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
                 PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -32768;
                 PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = OFF;
                 CREATE {temp} TABLE [backup: tables](id INTEGER PRIMARY KEY, name TEXT);
                 CREATE {temp} TABLE [backup: columns](tab INTEGER, position INTEGER, label, kind);
                 CREATE {temp} TABLE [backup: files](path TEXT, bytes INTEGER, sha256 TEXT);
                 CREATE {temp} TABLE [backup: nans](tab INTEGER, record INTEGER, position INTEGER);
                 BEGIN;",
            ))
            .map_err(|e| failed("be prepared", e))?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection, path: None, tables: Vec::new(), names: None, notes: Vec::new() })
    }

    /// The SQLite table for a piece of a table, and the names of its columns.
    fn piece(&mut self, index: usize, table: &Table, number: usize, start: usize) -> Piece {
        let end = (start + MAX_SQLITE_COLUMNS).min(table.columns.len());
        match &mut self.names {
            None => {
                let columns = (1..=end - start).map(|n| format!("c{n}")).collect();
                Piece::new(format!("t{index}_{number}"), columns)
            }
            Some(names) => {
                let suffix = if number == 0 { String::new() } else { format!(" ({})", number + 1) };
                let wanted = format!("{}{suffix}", table.name);
                let name = unique_name(&wanted, "table", names);
                let mut taken = HashSet::new();
                let labels: Vec<_> =
                    table.columns[start..end].iter().map(|column| &column.label).collect();
                let columns: Vec<_> =
                    labels.iter().map(|label| unique_name(label, "column", &mut taken)).collect();
                let renamed = labels.iter().zip(&columns).filter(|(label, name)| **label != *name);
                let renamed = renamed.count();
                if name != table.name {
                    self.notes
                        .push(format!("table {} is called {name} in the database", table.name));
                }
                if renamed > 0 {
                    let columns = if renamed == 1 { "column is" } else { "columns are" };
                    let note = format!("{renamed} {columns} called otherwise in table {name}");
                    self.notes.push(note);
                }
                let columns = columns.iter();
                Piece::new(quoted(&name), columns.map(|name| quoted(name)).collect())
            }
        }
    }

    fn loaded_table(&self, index: usize) -> Result<&Loaded> {
        self.tables.iter().find(|table| table.index == index).ok_or_else(unknown_table)
    }
}

fn unknown_table() -> Error {
    Error::new(ErrorKind::Scratch { doing: "find a table", why: "it was not created".into() })
}

pub(crate) fn failed(doing: &'static str, error: rusqlite::Error) -> Error {
    Error::new(ErrorKind::Scratch { doing, why: words(&error) })
}

/// Makes an empty file that only its owner can read, unless there is one.
pub(crate) fn create_private(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Error::new(ErrorKind::Exists { path: path.to_path_buf() }))
        }
        Err(error) => Err(Error::io("write", path, error)),
    }
}

impl Piece {
    fn new(table: String, columns: Vec<String>) -> Self {
        let marks = vec!["?"; columns.len()].join(",");
        Self {
            insert: format!("INSERT INTO {table} VALUES ({marks})"),
            select: format!("SELECT {} FROM {table}{}", columns.join(","), order(&columns)),
            table,
            columns,
        }
    }
}

/// Puts rows in the order in which they were added, by whichever of the row id's names no column
/// has taken; if all are taken, a table without indexes is read in that order anyway.
fn order(columns: &[String]) -> String {
    let names = ["rowid", "_rowid_", "oid"];
    let taken =
        |name: &&&str| columns.iter().any(|column| column.eq_ignore_ascii_case(&quoted(name)));
    let free = names.iter().find(|name| !taken(name));
    free.map(|name| format!(" ORDER BY {name}")).unwrap_or_default()
}

/// A name that SQLite takes and that is not taken; SQLite does not tell case apart.
fn unique_name(wanted: &str, instead: &str, taken: &mut HashSet<String>) -> String {
    let wanted = wanted.replace('\0', "");
    let lower = wanted.to_lowercase();
    let wanted = match wanted.as_str() {
        "" => instead.to_owned(),
        _ if lower.starts_with("sqlite_") || lower.starts_with("backup: ") => format!("_{wanted}"),
        _ => wanted,
    };
    (1u64..)
        .map(|number| if number == 1 { wanted.clone() } else { format!("{wanted}_{number}") })
        .find(|name| taken.insert(name.to_lowercase()))
        .expect("there are more numbers than names")
}

/// A cell, as SQLite takes it; text that is not UTF-8 as it is.
pub(crate) struct Bound<'a>(pub(crate) Cell<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Null => ToSqlOutput::Owned(Value::Null),
            Cell::Integer(value) => ToSqlOutput::Owned(Value::Integer(value)),
            Cell::Real(value) if value.is_nan() => ToSqlOutput::Owned(Value::Null),
            Cell::Real(value) => ToSqlOutput::Owned(Value::Real(value)),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

impl Scratch for SqliteScratch {
    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
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
        self.tables.push(Loaded { index, pieces, rows: 0, nans: 0 });
        Ok(())
    }

    fn insert(&mut self, table: usize, record: &Record) -> Result<()> {
        let connection = &self.connection;
        let loaded =
            self.tables.iter_mut().find(|known| known.index == table).ok_or_else(unknown_table)?;
        loaded.rows += 1;
        let mut cells = record.iter();
        let mut add = || -> rusqlite::Result<()> {
            for piece in &loaded.pieces {
                let mut insert = connection.prepare_cached(&piece.insert)?;
                for position in 1..=piece.columns.len() {
                    let cell = cells.next().unwrap_or(Cell::Null);
                    insert.raw_bind_parameter(position, Bound(cell))?;
                }
                insert.raw_execute()?;
            }
            for (position, cell) in record.iter().enumerate() {
                if matches!(cell, Cell::Real(value) if value.is_nan()) {
                    loaded.nans += 1;
                    connection
                        .prepare_cached("INSERT INTO [backup: nans] VALUES (?, ?, ?)")?
                        .execute(params![table as i64, loaded.rows, position as i64])?;
                }
            }
            Ok(())
        };
        add().map_err(|e| failed("take a record", e).at_record(loaded.rows as u64))
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.connection
            .prepare_cached("INSERT INTO [backup: files] VALUES (?, ?, ?)")
            .and_then(|mut insert| insert.execute(params![path, bytes as i64, sha256.to_string()]))
            .map_err(|e| failed("note a file", e))?;
        Ok(())
    }

    fn loaded(&mut self) -> Result<()> {
        self.connection.flush_prepared_statement_cache();
        self.connection.execute_batch("COMMIT").map_err(|e| failed("keep what was loaded", e))?;
        // A file is opened afresh, so that nothing is answered from what the loader still holds.
        if let Some(path) = &self.path {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
            self.connection = Connection::open_with_flags(path, flags)
                .map_err(|e| failed("be opened again", e))?;
        }
        Ok(())
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
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

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        let read = || -> rusqlite::Result<Vec<(String, i64, String)>> {
            self.connection
                .prepare("SELECT path, bytes, sha256 FROM [backup: files] ORDER BY rowid")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        };
        let files = read().map_err(|e| failed("list its files", e))?;
        let odd = || {
            Error::new(ErrorKind::Scratch {
                doing: "list its files",
                why: "a digest is malformed".into(),
            })
        };
        files
            .into_iter()
            .map(|(path, bytes, hex)| Ok((path, bytes as u64, hex.parse().map_err(|_| odd())?)))
            .collect()
    }

    fn read(&mut self, table: usize, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()> {
        let loaded = self.loaded_table(table)?;
        let failed = |e| failed("give its records back", e);
        let nans = if loaded.nans > 0 { self.nans(table)? } else { HashSet::new() };
        let mut statements = Vec::new();
        for piece in &loaded.pieces {
            statements.push(self.connection.prepare(&piece.select).map_err(failed)?);
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
                        ValueRef::Null => record.push_null(),
                        ValueRef::Integer(value) => record.push_integer(value),
                        ValueRef::Real(value) => record.push_real(value),
                        ValueRef::Text(bytes) => record.push_text_bytes(bytes),
                        ValueRef::Blob(bytes) => record.push_blob(bytes),
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
            let counted = count_columns(&self.connection, &piece.table, &piece.columns);
            let counted = counted.map_err(|e| failed("count its cells", e))?;
            counts.extend(counted.iter().map(Counted::utf8));
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

impl SqliteScratch {
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
