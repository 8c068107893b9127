//! SQLite as the scratch database, and as the target for restoring tables without SQL definitions.
//!
//! If there is more than one batch of records, a second thread inserts them.

mod batch;
mod database;
mod failure;
mod loading;
mod names;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use self::batch::{Batch, Task};
use self::database::Database;
use self::failure::{failed, unknown_table};
use self::loading::Loading;
use super::Scratch;
use crate::error::{Error, ErrorKind, Result};
use crate::files::create_private;
use crate::i18n::{Message, message};
use crate::model::ColumnCounts;
use crate::record::{Digest, Record, Table};

/// A SQLite database in memory, in an unlinked temporary file, or in a named file.
pub struct SqliteScratch {
    loading: Loading,
    /// Records to be inserted.
    batch: Batch,
    /// The number of columns of each table, by its index.
    columns: HashMap<usize, usize>,
    /// The file of a database that is opened again after the load.
    path: Option<PathBuf>,
}

impl SqliteScratch {
    /// A database in an unnamed temporary file. Other programs cannot open it, and it does not
    /// remain after a crash. Small databases stay in memory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Scratch`] if SQLite cannot create the database, or no temporary file.
    pub fn temporary() -> Result<Self> {
        // SQLite would create the file when its memory is full, which may be hours later.
        const FILL_SMALL_MEMORY: &str =
            "PRAGMA cache_size = 1; CREATE TABLE t(a); INSERT INTO t VALUES (zeroblob(200000));";
        let tried = Connection::open("").and_then(|it| it.execute_batch(FILL_SMALL_MEMORY));
        tried.map_err(|error| failed(message!("scratch-no-file"), error))?;
        // SQLite creates such a database for an empty name.
        Self::over(Connection::open(""), Database::new)
    }

    /// A database in memory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Scratch`] if SQLite cannot create the database.
    pub fn in_memory() -> Result<Self> {
        Self::over(Connection::open_in_memory(), Database::new)
    }

    /// A database in a new file, which is kept. It holds the records unencrypted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] if the file exists, [`ErrorKind::Io`] or [`ErrorKind::Scratch`] if it
    /// cannot be created.
    pub fn at(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        create_private(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Error::new(ErrorKind::Exists { path: path.clone() })
            }
            _ => Error::writing(&path, error),
        })?;
        let scratch = Self::over(Connection::open(&path), Database::new)?;
        Ok(Self { path: Some(path), ..scratch })
    }

    /// A database for the user. Tables and columns keep their names as far as SQLite allows, and no
    /// table of this program remains in it.
    pub(crate) fn restoring(path: &Path) -> Result<Self> {
        Self::over(Connection::open(path), Database::restored)
    }

    fn over(
        connection: rusqlite::Result<Connection>,
        prepare: fn(Connection) -> Result<Database>,
    ) -> Result<Self> {
        let connection = connection.map_err(|error| failed(message!("scratch-open"), error))?;
        let (loading, batch) = (Loading::new(prepare(connection)?), Batch::default());
        Ok(Self { loading, batch, columns: HashMap::new(), path: None })
    }

    /// Adds a view of this name with all records of these tables, one after the other.
    pub(crate) fn join(&mut self, name: &str, tables: &[usize]) -> Result<()> {
        self.loading.join()?.join(name, tables)
    }

    /// What could not be restored exactly: names that SQLite does not allow, and NaN.
    pub(crate) fn notes(&self) -> Vec<Message> {
        self.loading.database().map(Database::notes).unwrap_or_default()
    }

    fn flush(&mut self) -> Result<()> {
        if self.batch.records == 0 {
            return Ok(());
        }
        self.loading.put(Task::Batch(std::mem::take(&mut self.batch)))
    }
}

impl Scratch for SqliteScratch {
    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        self.columns.insert(index, table.columns.len());
        self.loading.put(Task::Table(index, table.clone()))
    }

    fn insert(&mut self, table: usize, record: &Record) -> Result<()> {
        if self.batch.table != table {
            self.flush()?;
            self.batch.table = table;
        }
        // All records of a batch belong to one table.
        if self.batch.records == 0 {
            self.batch.columns = *self.columns.get(&table).ok_or_else(unknown_table)?;
        }
        if record.len() != self.batch.columns {
            return Err(Error::scratch(message!("scratch-insert"), message!("scratch-cells")));
        }
        self.batch.add(record);
        if !self.batch.is_full() {
            return Ok(());
        }
        // Only one batch of very large records is in memory at a time.
        match self.batch.is_huge() {
            true => drop(self.loading.join()?),
            false => self.loading.start(),
        }
        self.flush()
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.loading.put(Task::File(path.to_owned(), bytes, sha256))
    }

    fn loaded(&mut self) -> Result<()> {
        self.flush()?;
        self.loading.join()?.loaded(self.path.as_deref())
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        self.loading.database()?.tables()
    }

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        self.loading.database()?.files()
    }

    fn read(
        &mut self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>> {
        self.loading.database()?.read(table, each)
    }
}

#[cfg(test)]
mod tests;
