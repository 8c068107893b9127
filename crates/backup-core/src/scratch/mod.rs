//! The temporary database that a restore-test loads and reads back.

#[cfg(feature = "postgres")]
pub(crate) mod kept;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod layout;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod read_back;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod server;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

#[cfg(feature = "mysql")]
pub use mysql::MysqlScratch;
#[cfg(feature = "postgres")]
pub use postgres::PostgresScratch;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteScratch;

pub(crate) use read_back::{RestoredTable, read_back};

use crate::error::Result;
use crate::model::{ColumnCounts, ScratchServer};
use crate::record::{Digest, Record, Table};

/// A database that stores tables and the digests of files, and returns them from its own storage.
pub trait Scratch {
    /// Receives the counts of the columns of the table that is created next, so that a database
    /// with types can choose those of its columns.
    fn expect(&mut self, _counts: &[ColumnCounts]) {}

    /// Creates a table; `index` identifies it in later calls.
    fn create_table(&mut self, index: usize, table: &Table) -> Result<()>;

    /// Adds a record to a table.
    fn insert(&mut self, table: usize, record: &Record) -> Result<()>;

    /// Stores the path, length and digest of a file. Its content stays in the archive.
    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()>;

    /// Ends the load.
    fn loaded(&mut self) -> Result<()>;

    /// Reads the tables and their indexes from the database.
    fn tables(&mut self) -> Result<Vec<(usize, Table)>>;

    /// Reads the files from the database.
    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>>;

    /// Calls `each` with the records of a table from the database, in the order in which they were
    /// inserted.
    ///
    /// Returns the counts of each column as the database reports them: the number of values of each
    /// type, and their lengths. They must not be computed from the records that are passed to
    /// `each`.
    fn read(
        &mut self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>>;

    /// The server that holds the database, if there is one. Reports show it.
    fn server(&self) -> Option<ScratchServer> {
        None
    }

    /// Removes the database, if it would otherwise remain. It is not used afterwards.
    fn remove(&mut self) -> Result<()> {
        Ok(())
    }
}
