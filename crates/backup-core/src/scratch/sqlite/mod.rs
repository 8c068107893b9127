//! SQLite as the scratch database, and as where `restore` puts tables that come without definitions.
//!
//! Tables are spread over several databases by their sizes, so that they can be read side by side. What
//! is more than one batch of records is loaded by a thread of its own.

mod batch;
mod bind;
mod database;
mod databases;
mod loading;
mod names;
mod rows;
mod tally;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::thread;

use rusqlite::Connection;

use self::batch::Batch;
use self::database::Database;
use self::databases::Databases;
use self::loading::{Loading, Task};
use super::{ReadBack, Scratch};
use crate::error::{Error, ErrorKind, Result, ScratchCause};
use crate::files::create_private;
use crate::model::ColumnCounts;
use crate::record::{Digest, Record, Table};
use crate::sqlite::words;

/// More databases than this are not read faster.
const MAX_DATABASES: usize = 4;

/// SQLite databases, in memory, in unlinked temporary files, or one in a file that stays.
pub struct SqliteScratch {
    state: State,
    /// Records that are about to be put into a database.
    batch: Batch,
    /// By a table's index: how many columns it has.
    columns: HashMap<usize, usize>,
    /// How many databases there may be.
    most: usize,
    path: Option<PathBuf>,
}

enum State {
    Here(Databases),
    Loading(Loading),
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
        create_private(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Error::new(ErrorKind::Exists { path: path.clone() })
            }
            _ => Error::writing(&path, error),
        })?;
        let connection = Connection::open(&path).map_err(|e| failed("be opened", e))?;
        let databases = Databases::one(Database::new(connection)?);
        Ok(Self { path: Some(path), ..Self::over(databases, 1) })
    }

    /// A database that is restored: tables and columns have their own names, as near as SQLite allows,
    /// and nothing else stays in it.
    pub(crate) fn restoring(path: &Path) -> Result<Self> {
        let connection = Connection::open(path).map_err(|e| failed("be opened", e))?;
        Ok(Self::over(Databases::one(Database::kept(connection)?), 1))
    }

    /// Sets how many databases there may be, and so how many threads read them: as many as there are
    /// cores by default, and never many. A database in a file is always one.
    pub fn threads(mut self, threads: usize) -> Self {
        if self.path.is_none() {
            self.most = threads.clamp(1, MAX_DATABASES);
        }
        self
    }

    fn several(make: fn() -> rusqlite::Result<Connection>) -> Result<Self> {
        let mut databases = Databases::made_by(make);
        // The first is made now, so that it shows whether that can be done.
        databases.at(0)?;
        databases.all.clear();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Ok(Self::over(databases, 1).threads(cores))
    }

    fn over(databases: Databases, most: usize) -> Self {
        Self {
            state: State::Here(databases),
            batch: Batch::default(),
            columns: HashMap::new(),
            most,
            path: None,
        }
    }

    fn here(&self) -> Result<&Databases> {
        match &self.state {
            State::Here(databases) => Ok(databases),
            _ => Err(still_loading()),
        }
    }

    fn here_mut(&mut self) -> Result<&mut Databases> {
        match &mut self.state {
            State::Here(databases) => Ok(databases),
            _ => Err(still_loading()),
        }
    }

    /// What could not be given back as it was: names that SQLite has no room for, and NaN.
    pub(crate) fn notes(&self) -> Vec<String> {
        let databases = || self.here().into_iter().flat_map(|databases| &databases.all);
        let nans: u64 = databases().map(Database::nans_lost).sum();
        let lost = (nans > 0).then(|| format!("NaN is NULL in SQLite: {nans} cells"));
        databases().flat_map(|database| database.notes.clone()).chain(lost).collect()
    }

    /// Has the databases do something, or the thread that loads them.
    fn task(&mut self, task: Task) -> Result<()> {
        match &mut self.state {
            State::Here(databases) => databases.take(task),
            State::Loading(loading) => loading.send(task),
            State::Gone => Err(still_loading()),
        }
    }

    /// Puts the records that have gathered on their way to their database.
    fn flush(&mut self) -> Result<()> {
        if self.batch.records == 0 {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.batch);
        self.task(Task::Batch(batch))
    }

    /// From now on, a thread loads the databases, if one can be started.
    fn start_loading(&mut self) {
        match std::mem::replace(&mut self.state, State::Gone) {
            State::Here(databases) => {
                let loading = Loading::start(databases);
                self.state =
                    loading.map_or_else(|refused| State::Here(*refused.state), State::Loading);
            }
            state => self.state = state,
        }
    }

    /// Waits for the thread that loads the databases.
    fn stop_loading(&mut self) -> Result<()> {
        if let State::Loading(loading) = &mut self.state {
            self.state = State::Here(loading.join()?);
        }
        Ok(())
    }
}

fn failed(doing: &'static str, error: rusqlite::Error) -> Error {
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

impl Scratch for SqliteScratch {
    fn expect_tables(&mut self, bytes: &[u64]) -> Result<()> {
        let most = self.most;
        self.here_mut()?.spread(bytes, most);
        Ok(())
    }

    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        self.columns.insert(index, table.columns.len());
        self.task(Task::Table(index, table.clone()))
    }

    fn insert(&mut self, table: usize, record: &Record) -> Result<()> {
        if self.batch.table != table {
            self.flush()?;
            self.batch.table = table;
        }
        // All records of a batch are of one table, so the first tells.
        if self.batch.records == 0 {
            self.batch.columns = *self.columns.get(&table).ok_or_else(unknown_table)?;
        }
        if record.len() != self.batch.columns {
            return Err(unable("take a record", "it has not a cell for each column"));
        }
        self.batch.add(record);
        if !self.batch.is_full() {
            return Ok(());
        }
        // Of records as large as can be, one at a time is enough to hold.
        match self.batch.is_huge() {
            true => self.stop_loading()?,
            false => self.start_loading(),
        }
        self.flush()
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.task(Task::File(path.to_owned(), bytes, sha256))
    }

    fn loaded(&mut self) -> Result<()> {
        self.flush()?;
        self.stop_loading()?;
        let path = self.path.clone();
        let databases = self.here_mut()?;
        databases.at(0)?;
        databases.all.iter_mut().try_for_each(Database::loaded)?;
        match path {
            Some(path) => databases.at(0)?.reopen(&path),
            None => Ok(()),
        }
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        let mut tables = Vec::new();
        for database in &self.here()?.all {
            tables.extend(database.tables()?);
        }
        tables.sort_by_key(|(index, _)| *index);
        if tables.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(unable("list its tables", "two of its databases have the same one"));
        }
        Ok(tables)
    }

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        let odd = || unable("list its files", "a digest is malformed");
        let files = self.here_mut()?.at(0)?.files()?.into_iter();
        files
            .map(|(path, bytes, hex)| Ok((path, bytes as u64, hex.parse().map_err(|_| odd())?)))
            .collect()
    }

    fn read(&mut self, table: usize, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()> {
        self.here_mut()?.of(table)?.read(table, each)
    }

    fn read_columns(
        &mut self,
        table: usize,
        columns: &[usize],
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        self.here_mut()?.of(table)?.read_columns(table, columns, each)
    }

    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>> {
        self.here_mut()?.of(table)?.counts(table)
    }

    fn side_by_side(&mut self) -> Vec<Box<dyn ReadBack + Send + '_>> {
        let databases = self.here_mut().into_iter().flat_map(|databases| &mut databases.all);
        databases.map(|it| Box::new(it) as Box<dyn ReadBack + Send + '_>).collect()
    }
}

#[cfg(test)]
mod tests;
