//! The throw-away database that a restore-test loads, and asks again.

#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

#[cfg(feature = "sqlite")]
pub use sqlite::SqliteScratch;

use crate::archive::Visitor;
use crate::archive::package::{ColumnCounts, FileFacts, Resource};
use crate::error::Result;
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

    /// What the database's own functions count in a table's columns.
    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>>;
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

    fn begin_file(&mut self, _: usize, file: &FileFacts) -> Result<()> {
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
