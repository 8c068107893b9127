//! Records on their way to a database.

use crate::record::{Digest, Record, Table};

/// When a batch goes on its way: at so many bytes or cells, whichever comes first. A few batches
/// are under way at once; together they are to take a part of what a small archive may take in all.
const BYTES: usize = 1 << 19;
const CELLS: usize = 16 * 1024;
/// A batch of more bytes is inserted before another is begun.
const HUGE_BYTES: usize = 2 * BYTES;

/// Records of one table, one after the other.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) table: usize,
    pub(super) cells: Record,
    pub(super) records: usize,
    /// How many cells each of them has.
    pub(super) columns: usize,
}

impl Batch {
    pub(super) fn add(&mut self, record: &Record) {
        self.cells.append(record);
        self.records += 1;
    }

    /// Whether it should go.
    pub(super) fn is_full(&self) -> bool {
        self.cells.bytes() >= BYTES || self.cells.len() >= CELLS
    }

    /// Whether it is so large that there should be one of it only.
    pub(super) fn is_huge(&self) -> bool {
        self.cells.bytes() > HUGE_BYTES
    }
}

/// What is put into a database, in the order in which it comes.
pub(super) enum Task {
    Table(usize, Table),
    Batch(Batch),
    File(String, u64, Digest),
}
