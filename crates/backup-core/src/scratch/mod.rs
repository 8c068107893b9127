//! The throw-away database that a restore-test loads, and asks again.

mod read_back;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

#[cfg(feature = "sqlite")]
pub use sqlite::SqliteScratch;

pub(crate) use read_back::{RestoredTable, read_back};

use crate::archive::Visitor;
use crate::error::Result;
use crate::model::{ColumnCounts, FileMetadata, Resource};
use crate::record::{Digest, Record, Table};

/// A database that takes tables and files, and gives them back from its own storage.
pub trait Scratch {
    /// Makes room for a table; `index` is how it is called from now on.
    fn create_table(&mut self, index: usize, table: &Table) -> Result<()>;

    /// Adds a record to a table.
    fn insert(&mut self, table: usize, record: &Record) -> Result<()>;

    /// Notes a file; its bytes stay in the archive.
    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()>;

    /// Everything is loaded.
    fn loaded(&mut self) -> Result<()>;

    /// The tables, with their indexes, as the database has them.
    fn tables(&mut self) -> Result<Vec<(usize, Table)>>;

    /// The files, as the database has them.
    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>>;

    /// Gives a table's records as the database has them, in the order in which they were added.
    fn read(&mut self, table: usize, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()>;

    /// Gives these columns of a table's records, as [`read`](Self::read) gives all of them.
    fn read_columns(
        &mut self,
        table: usize,
        columns: &[usize],
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        self.read(table, &mut pick(columns, each))
    }

    /// What the database itself counts in a table's columns: it says of each value which type it
    /// has and how long it is, and nothing that [`read`](Self::read) is made of has a part in it.
    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>>;
}

/// Receives the records of all tables while they are read back, one table after the other.
pub(crate) trait Observer: Send {
    /// A table begins.
    fn begin_table(&mut self, table: &Table);

    /// A record of the table; `number` is counted from 1.
    fn record(&mut self, number: u64, record: &Record);

    /// All records of the table were read.
    fn end_table(&mut self);
}

/// Ignores the records.
impl Observer for () {
    fn begin_table(&mut self, _: &Table) {}

    fn record(&mut self, _: u64, _: &Record) {}

    fn end_table(&mut self) {}
}

/// Calls `each` with these columns of the records that the function is called with.
fn pick<'a>(
    columns: &'a [usize],
    each: &'a mut dyn FnMut(&Record) -> Result<()>,
) -> impl FnMut(&Record) -> Result<()> + 'a {
    let mut picked = Record::new();
    move |record| {
        picked.clear();
        columns.iter().filter_map(|at| record.get(*at)).for_each(|cell| picked.push(cell));
        each(&picked)
    }
}

/// Loads what an archive holds into a database, while the archive is checked.
pub(crate) struct Loader<'a> {
    scratch: &'a mut dyn Scratch,
    file: Option<(String, u64)>,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(scratch: &'a mut dyn Scratch) -> Self {
        Self { scratch, file: None }
    }
}

impl Visitor for Loader<'_> {
    fn begin_table(&mut self, index: usize, table: &Table, _: &Resource) -> Result<()> {
        self.scratch.create_table(index, table)
    }

    fn record(&mut self, table: usize, record: &Record) -> Result<()> {
        self.scratch.insert(table, record)
    }

    fn end_table(&mut self, _: usize) -> Result<()> {
        Ok(())
    }

    fn begin_file(&mut self, _: usize, file: &FileMetadata) -> Result<()> {
        self.file = Some((file.path.clone(), 0));
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        if let Some((_, length)) = &mut self.file {
            *length += bytes.len() as u64;
        }
        Ok(())
    }

    fn end_file(&mut self, sha256: Digest) -> Result<()> {
        match self.file.take() {
            Some((path, bytes)) => self.scratch.add_file(&path, bytes, sha256),
            None => Ok(()),
        }
    }
}
