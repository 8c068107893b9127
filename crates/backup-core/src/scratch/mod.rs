//! The throw-away database that a restore-test loads, and asks again.

mod read_back;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

#[cfg(feature = "sqlite")]
pub use sqlite::SqliteScratch;

pub(crate) use read_back::{RestoredTable, read_back};

use crate::error::Result;
use crate::model::ColumnCounts;
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
    ///
    /// Returns what the database itself says of each column: how many values have which type, and how long
    /// they are. Nothing that the records are made by has a part in it.
    fn read(
        &mut self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>>;
}

/// Receives the records of all tables while they are read back, one table after the other.
pub(crate) trait Observer: Send {
    /// A table begins.
    fn begin_table(&mut self, table: &Table);

    /// A record of the table; `number` is counted from 1.
    fn record(&mut self, number: u64, record: &Record);
}

/// Ignores the records.
impl Observer for () {
    fn begin_table(&mut self, _: &Table) {}

    fn record(&mut self, _: u64, _: &Record) {}
}
