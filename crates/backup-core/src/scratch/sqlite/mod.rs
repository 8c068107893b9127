//! SQLite as the scratch database, and as where `restore` puts tables that come without definitions.
//!
//! Tables are spread over several databases, large ones in [blocks] of records: while one database is
//! loaded or read on one core, another is on the next. A database that has more to load than fits into
//! one batch gets a thread that does it.

mod batch;
mod bind;
mod blocks;
mod database;
mod loading;
mod names;
mod rows;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::thread;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql};

use self::batch::Batch;
use self::blocks::Blocks;
use self::database::Database;
use self::loading::Loading;
use self::rows::{Selection, in_order};
use super::{ReadBack, Scratch};
use crate::archive::package::ColumnCounts;
use crate::error::{Error, ErrorKind, Result, ScratchCause};
use crate::record::{Cell, Digest, Record, Table};
use crate::sqlite::words;

/// Records are decoded by one thread, which keeps no more than a few others busy that load them.
const MAX_DATABASES: usize = 4;
/// More tables than this are kept in small pages.
const MANY_TABLES: usize = 256;
/// A table of more columns is all in one: those who read it keep a sample of every column each.
const MOST_SPREAD_COLUMNS: usize = 512;

/// SQLite databases, in memory, in unlinked temporary files, or one in a file that stays.
pub struct SqliteScratch {
    shelves: Vec<Shelf>,
    tables: Vec<Place>,
    /// By index: where a table stands among them.
    places: HashMap<usize, usize>,
    /// How another database is made, and how many there may be.
    make: fn() -> rusqlite::Result<Connection>,
    databases: usize,
    /// How many records of a table go to one database before the next one's turn.
    block: u64,
    /// Whether databases may be loaded by threads of their own.
    threads: bool,
    /// Whether there will be so many tables that each has to be small.
    many_tables: bool,
    path: Option<PathBuf>,
}

/// Where a table is.
struct Place {
    index: usize,
    table: Table,
    /// The shelf of its first block, and how many shelves the blocks go round.
    first: usize,
    shelves: usize,
    /// How many records it has so far.
    records: u64,
}

impl Place {
    /// The shelf of a block, counted from 0.
    fn shelf(&self, block: u64) -> usize {
        let round = (block % self.shelves as u64) as usize;
        (self.first + round) % self.shelves.max(self.first + 1)
    }

    /// What a shelf has whose first block is this one.
    fn blocks(&self, first: u64, records: u64) -> Blocks {
        Blocks { records, databases: self.shelves as u64, first }
    }
}

/// A database, and what is about to be put into it.
struct Shelf {
    state: State,
    batch: Batch,
    /// How much it was given.
    bytes: u64,
}

enum State {
    Here(Box<Database>),
    Away(Loading),
    /// Between the two, or lost in between by an error.
    Gone,
}

impl SqliteScratch {
    /// Databases that hold little in memory and the rest in temporary files without names,
    /// which no other program can open and no crash leaves behind.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Scratch`] if SQLite cannot make one.
    pub fn temporary() -> Result<Self> {
        // An empty name is SQLite's own word for such a database.
        Self::several(|| Connection::open(""))
    }

    /// Databases in memory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Scratch`] if SQLite cannot make one.
    pub fn in_memory() -> Result<Self> {
        Self::several(Connection::open_in_memory)
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
        Ok(Self { path: Some(path), ..Self::one(Database::new(connection)?) })
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
        // Others load the same database through the same connection.
        Ok(Self { threads: false, ..Self::one(Database::kept(connection, reserved)?) })
    }

    /// Sets how many databases there may be, and so how many threads load and read them: as many
    /// as there are cores by default, and never many. A database in a file is always one.
    pub fn threads(mut self, threads: usize) -> Self {
        if self.path.is_none() {
            self.databases = threads.clamp(1, MAX_DATABASES);
        }
        self
    }

    /// Sets how many records of a table go to one database before the next one's turn.
    #[doc(hidden)]
    pub fn block_records(mut self, records: u64) -> Self {
        self.block = records.max(1);
        self
    }

    fn several(make: fn() -> rusqlite::Result<Connection>) -> Result<Self> {
        let first = Database::nameless(make().map_err(|e| failed("be made", e))?, false)?;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { make, ..Self::one(first) }.threads(cores))
    }

    fn one(database: Database) -> Self {
        Self {
            shelves: vec![Shelf::new(database)],
            tables: Vec::new(),
            places: HashMap::new(),
            make: Connection::open_in_memory,
            databases: 1,
            block: blocks::RECORDS,
            threads: true,
            many_tables: false,
            path: None,
        }
    }

    /// The database that is given back.
    pub(crate) fn connection(&self) -> &Connection {
        self.shelves[0].here().expect("no thread of its own loads it").connection()
    }

    /// What could not be given back as it was: names that SQLite has no room for, and NaN.
    pub(crate) fn notes(&self) -> Vec<String> {
        let databases = || self.shelves.iter().filter_map(|shelf| shelf.here().ok());
        let nans: u64 = databases().map(Database::nans_lost).sum();
        let lost = (nans > 0).then(|| format!("NaN is NULL in SQLite: {nans} cells"));
        databases().flat_map(|database| database.notes.clone()).chain(lost).collect()
    }

    /// Where another table goes: where there is least, which is a new database while there may be.
    fn emptiest(&mut self) -> Result<usize> {
        let begun = self.tables.len();
        if begun >= self.shelves.len() && self.shelves.len() < self.databases {
            self.add_shelf()?;
            return Ok(self.shelves.len() - 1);
        }
        let least = self.shelves.iter().enumerate().min_by_key(|(_, shelf)| shelf.bytes);
        Ok(least.map_or(0, |(at, _)| at))
    }

    fn add_shelf(&mut self) -> Result<()> {
        let connection = (self.make)().map_err(|e| failed("be made", e))?;
        self.shelves.push(Shelf::new(Database::nameless(connection, self.many_tables)?));
        Ok(())
    }
}

impl Shelf {
    fn new(database: Database) -> Self {
        Self { state: State::Here(Box::new(database)), batch: Batch::default(), bytes: 0 }
    }

    fn here(&self) -> Result<&Database> {
        match &self.state {
            State::Here(database) => Ok(database),
            _ => Err(still_loading()),
        }
    }

    fn here_mut(&mut self) -> Result<&mut Database> {
        match &mut self.state {
            State::Here(database) => Ok(database),
            _ => Err(still_loading()),
        }
    }

    fn create_table(&mut self, index: usize, table: &Table, blocks: Blocks) -> Result<()> {
        match &mut self.state {
            State::Here(database) => database.create_table(index, table, blocks),
            State::Away(loading) => loading.create_table(index, table, blocks),
            State::Gone => Err(still_loading()),
        }
    }

    fn insert(&mut self, table: usize, record: &Record, threads: bool) -> Result<()> {
        if self.batch.table != table {
            self.flush()?;
            self.batch.table = table;
        }
        self.batch.add(record);
        if !self.batch.is_full() {
            return Ok(());
        }
        self.bytes += self.batch.cells.bytes() as u64;
        if threads && let State::Here(_) = &self.state {
            let database = std::mem::replace(&mut self.state, State::Gone);
            if let State::Here(database) = database {
                // Without a thread it is loaded here.
                self.state = Loading::start(*database)
                    .map_or_else(|refused| State::Here(refused.state), State::Away);
            }
        }
        self.flush()
    }

    /// Puts what has gathered into the database.
    fn flush(&mut self) -> Result<()> {
        if self.batch.records == 0 {
            return Ok(());
        }
        let table = self.batch.table;
        match &mut self.state {
            State::Here(database) => {
                let inserted = database.insert(&self.batch);
                self.batch.clear();
                inserted?;
            }
            State::Away(loading) => loading.insert(&mut self.batch)?,
            State::Gone => return Err(still_loading()),
        }
        self.batch.table = table;
        Ok(())
    }

    /// Waits until everything is in the database.
    fn loaded(&mut self) -> Result<()> {
        self.flush()?;
        if let State::Away(loading) = &mut self.state {
            self.state = State::Here(Box::new(loading.join()?));
        }
        self.here_mut()?.loaded()
    }
}

pub(crate) fn failed(doing: &'static str, error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{CannotOpen, DiskFull, SystemIoFailure};
    let cause = match error.sqlite_error_code() {
        Some(DiskFull) => ScratchCause::DiskFull,
        Some(SystemIoFailure | CannotOpen) => ScratchCause::Disk,
        _ => ScratchCause::Refused,
    };
    Error::new(ErrorKind::Scratch { doing, cause, why: words(&error) })
}

fn unable(doing: &'static str, why: &str) -> Error {
    Error::scratch(doing, why)
}

fn unknown_table() -> Error {
    unable("find a table", "it was not created")
}

fn still_loading() -> Error {
    unable("be read", "it is still being loaded")
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
        Err(error) => Err(Error::writing(path, error)),
    }
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
    fn expect_tables(&mut self, tables: usize) -> Result<()> {
        let is_nameless = self.shelves[0].here().is_ok_and(Database::is_nameless);
        self.many_tables = is_nameless && tables > MANY_TABLES;
        if self.many_tables && self.tables.is_empty() {
            self.shelves.clear();
            self.add_shelf()?;
        }
        Ok(())
    }

    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        let first = self.emptiest()?;
        let spread = table.columns.len() <= MOST_SPREAD_COLUMNS;
        // Not fewer than there are, should the number have been set after the first table.
        let shelves = if spread { self.databases.max(self.shelves.len()) } else { 1 };
        let place = Place { index, table: table.clone(), first, shelves, records: 0 };
        self.shelves[first].create_table(index, table, place.blocks(0, self.block))?;
        self.places.insert(index, self.tables.len());
        self.tables.push(place);
        Ok(())
    }

    fn insert(&mut self, table: usize, record: &Record) -> Result<()> {
        // The table of the record is nearly always the one that was made last.
        let last = self.tables.last().filter(|place| place.index == table);
        let last = last.map(|_| self.tables.len() - 1);
        let at = last.or_else(|| self.places.get(&table).copied()).ok_or_else(unknown_table)?;
        if record.len() != self.tables[at].table.columns.len() {
            return Err(unable("take a record", "it has not a cell for each column"));
        }
        let shelf = self.make_room(at)?;
        self.tables[at].records += 1;
        self.shelves[shelf].insert(table, record, self.threads)
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        match &mut self.shelves[0].state {
            State::Here(database) => database.add_file(path, bytes, sha256),
            State::Away(loading) => loading.add_file(path, bytes, sha256),
            State::Gone => Err(still_loading()),
        }
    }

    fn loaded(&mut self) -> Result<()> {
        self.shelves.iter_mut().try_for_each(Shelf::loaded)?;
        match &self.path {
            Some(path) => self.shelves[0].here_mut()?.reopen(path),
            None => Ok(()),
        }
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        let mut tables = Vec::new();
        for shelf in &self.shelves {
            tables.extend(shelf.here()?.tables()?);
        }
        tables.sort_by_key(|(index, _)| *index);
        tables.dedup();
        if tables.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(unable("list its tables", "its databases do not agree about one of them"));
        }
        Ok(tables)
    }

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        let odd = || unable("list its files", "a digest is malformed");
        let files = self.shelves[0].here()?.files()?.into_iter();
        files
            .map(|(path, bytes, hex)| Ok((path, bytes as u64, hex.parse().map_err(|_| odd())?)))
            .collect()
    }

    fn read(&mut self, table: usize, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()> {
        self.read_selected(table, None, each)
    }

    fn read_columns(
        &mut self,
        table: usize,
        columns: &[usize],
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        if self.holders(table)?.iter().all(|database| database.is_in_one_piece(table)) {
            return self.read_selected(table, Some(columns), each);
        }
        let mut some = Record::new();
        self.read(table, &mut |record| {
            some.clear();
            columns.iter().filter_map(|at| record.get(*at)).for_each(|cell| some.push(cell));
            each(&some)
        })
    }

    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>> {
        let mut counts: Option<Vec<ColumnCounts>> = None;
        for shelf in &mut self.shelves {
            let database = shelf.here_mut()?;
            if !database.holds(table) {
                continue;
            }
            let here = database.counts(table)?;
            match &mut counts {
                Some(all) => all.iter_mut().zip(&here).for_each(|(all, here)| all.merge(here)),
                none => *none = Some(here),
            }
        }
        counts.ok_or_else(unknown_table)
    }

    fn side_by_side(&mut self) -> Vec<Box<dyn ReadBack + Send + '_>> {
        let databases = self.shelves.iter_mut().filter_map(|shelf| shelf.here_mut().ok());
        databases.map(|it| Box::new(it) as Box<dyn ReadBack + Send + '_>).collect()
    }
}

impl SqliteScratch {
    /// Where a table's next record goes: makes room there if it is the first.
    fn make_room(&mut self, at: usize) -> Result<usize> {
        let place = &self.tables[at];
        let block = place.records / self.block;
        let shelf = place.shelf(block);
        let begins_block = place.records.is_multiple_of(self.block);
        if begins_block && (1..place.shelves as u64).contains(&block) {
            while self.shelves.len() <= shelf {
                self.add_shelf()?;
            }
            let place = &self.tables[at];
            let blocks = place.blocks(block, self.block);
            self.shelves[shelf].create_table(place.index, &place.table, blocks)?;
        }
        Ok(shelf)
    }

    /// The databases that have records of a table.
    fn holders(&self, table: usize) -> Result<Vec<&Database>> {
        let mut holders = Vec::new();
        for shelf in &self.shelves {
            holders.extend(Some(shelf.here()?).filter(|database| database.holds(table)));
        }
        if holders.is_empty() { Err(unknown_table()) } else { Ok(holders) }
    }

    fn read_selected(
        &self,
        table: usize,
        columns: Option<&[usize]>,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        let holders = self.holders(table)?.into_iter();
        let selections = holders.map(|database| database.select(table, columns));
        let mut selections = selections.collect::<Result<Vec<_>>>()?;
        let rows = selections.iter_mut().map(Selection::rows).collect::<Result<Vec<_>>>()?;
        in_order(rows, each)
    }
}
