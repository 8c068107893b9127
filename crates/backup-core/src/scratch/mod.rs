//! The throw-away database that a restore-test loads, and asks again.

mod read_back;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

#[cfg(feature = "sqlite")]
pub use sqlite::SqliteScratch;

pub(crate) use read_back::read_back;

use crate::archive::Visitor;
use crate::error::Result;
use crate::model::{ColumnCounts, FileMetadata, Manifest, Resource};
use crate::record::{Digest, Record, Table};

/// A database that takes tables and files, and gives them back from its own storage.
pub trait Scratch {
    /// Tables will be made, of which there are none yet: by index, how many bytes each has as CSV.
    ///
    /// Nothing by default.
    fn expect_tables(&mut self, _bytes: &[u64]) -> Result<()> {
        Ok(())
    }

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
        let mut some = Record::new();
        self.read(table, &mut |record| {
            some.clear();
            for cell in columns.iter().filter_map(|column| record.get(*column)) {
                some.push(cell);
            }
            each(&some)
        })
    }

    /// What the database itself counts in a table's columns: it says of each value which type it
    /// has and how long it is, and nothing that [`read`](Self::read) is made of has a part in it.
    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>>;

    /// Parts that can be read side by side, each on a thread of its own, once everything is loaded.
    /// Each table is in one of them.
    ///
    /// Nothing by default; then [`read`](Self::read) and [`counts`](Self::counts) are asked for
    /// one table after the other.
    fn side_by_side(&mut self) -> Vec<Box<dyn ReadBack + Send + '_>> {
        Vec::new()
    }
}

/// A part of a scratch database that is read back while others are.
pub trait ReadBack {
    /// Whether this table is in it.
    fn holds(&self, table: usize) -> bool;

    /// As [`Scratch::read`].
    fn read(&mut self, table: usize, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()>;

    /// As [`Scratch::counts`].
    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>>;
}

/// Looks at the records of tables while they are read back, several tables at the same time.
pub(crate) trait Observer: Sync {
    /// Begins a table.
    fn table<'a>(&'a self, table: &Table) -> Box<dyn TableObserver + Send + 'a>;
}

/// Looks at the records of one table.
pub(crate) trait TableObserver {
    /// Takes a record; `number` is counted from 1.
    fn record(&mut self, number: u64, record: &Record);

    /// All records of the table were read.
    fn finish(self: Box<Self>);
}

/// Looks at nothing.
impl Observer for () {
    fn table<'a>(&'a self, _: &Table) -> Box<dyn TableObserver + Send + 'a> {
        Box::new(())
    }
}

impl TableObserver for () {
    fn record(&mut self, _: u64, _: &Record) {}

    fn finish(self: Box<Self>) {}
}

/// All of a database that is read in one piece.
struct Whole<'a>(&'a mut dyn Scratch);

impl ReadBack for Whole<'_> {
    fn holds(&self, _: usize) -> bool {
        true
    }

    fn read(&mut self, table: usize, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()> {
        self.0.read(table, each)
    }

    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>> {
        self.0.counts(table)
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
    fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        let bytes: Vec<u64> = manifest.resources.iter().map(|table| table.bytes).collect();
        self.scratch.expect_tables(&bytes)
    }

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
