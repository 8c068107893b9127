//! The throw-away database that a restore-test loads, and asks again.

mod order;
mod read_back;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

#[cfg(feature = "sqlite")]
pub use sqlite::SqliteScratch;

pub(crate) use read_back::read_back;

use crate::archive::Visitor;
use crate::archive::package::{ColumnCounts, FileFacts, Manifest, Resource};
use crate::error::Result;
use crate::record::{Digest, Record, Table};

/// A database that takes tables and files, and gives them back from its own storage.
pub trait Scratch {
    /// So many tables will be made, of which there are none yet.
    ///
    /// Nothing by default.
    fn expect_tables(&mut self, _tables: usize) -> Result<()> {
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

    /// What can be read side by side, each on a thread of its own, once everything is loaded:
    /// together they hold every record. A table's records may all be in one of them, or some in each.
    ///
    /// Nothing by default; then [`read`](Self::read) and [`counts`](Self::counts) are asked for
    /// one table after the other.
    fn side_by_side(&mut self) -> Vec<Box<dyn ReadBack + Send + '_>> {
        Vec::new()
    }
}

/// What is done with each record, and its number.
pub type EachNumbered<'a> = dyn FnMut(u64, &Record) -> Result<()> + 'a;

/// A part of a scratch database that is read back while others are.
pub trait ReadBack {
    /// Whether it holds records of this table, or the table if that has none.
    fn holds(&self, table: usize) -> bool;

    /// Gives the records of a table that it holds, each with its number in the whole table, counted
    /// from 1. Numbers grow; what follows from them is the order that the table is put into.
    fn read(&mut self, table: usize, each: &mut EachNumbered<'_>) -> Result<()>;

    /// As [`Scratch::counts`], of the records that it holds.
    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>>;
}

impl<T: ReadBack + ?Sized> ReadBack for &mut T {
    fn holds(&self, table: usize) -> bool {
        (**self).holds(table)
    }

    fn read(&mut self, table: usize, each: &mut EachNumbered<'_>) -> Result<()> {
        (**self).read(table, each)
    }

    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>> {
        (**self).counts(table)
    }
}

/// Looks at the records of tables while they are read back. Several tables, and parts of one table, may be
/// read at the same time.
pub(crate) trait Observer: Sync {
    /// Begins a table, or the part of it that one reader reads.
    fn table<'a>(&'a self, table: &Table) -> Box<dyn TableObserver + 'a>;
}

/// Looks at the records of one table.
pub(crate) trait TableObserver {
    /// Takes a record; `number` is counted from 1 in the whole table.
    fn record(&mut self, number: u64, record: &Record);

    /// The reader has read all of its records.
    fn finish(self: Box<Self>);
}

/// Looks at nothing.
impl Observer for () {
    fn table<'a>(&'a self, _: &Table) -> Box<dyn TableObserver + 'a> {
        Box::new(())
    }
}

impl TableObserver for () {
    fn record(&mut self, _: u64, _: &Record) {}

    fn finish(self: Box<Self>) {}
}

/// All of a database that is read in one piece.
pub(crate) struct Whole<'a>(pub(crate) &'a mut dyn Scratch);

impl ReadBack for Whole<'_> {
    fn holds(&self, _: usize) -> bool {
        true
    }

    fn read(&mut self, table: usize, each: &mut EachNumbered<'_>) -> Result<()> {
        let mut number = 0;
        self.0.read(table, &mut |record| {
            number += 1;
            each(number, record)
        })
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
        self.scratch.expect_tables(manifest.resources.len())
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
