//! Records that are inserted together.

use crate::record::{Digest, Record, Table};

/// A batch is inserted when it has this many bytes or cells. Up to three batches are in memory at
/// the same time.
const BYTES: usize = 1 << 19;
const CELLS: usize = 16 * 1024;
/// A batch with more bytes than this is inserted before the next one is filled.
const HUGE_BYTES: usize = 2 * BYTES;

/// Consecutive records of one table.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) table: usize,
    pub(super) cells: Record,
    pub(super) records: usize,
    /// The number of cells in each record.
    pub(super) columns: usize,
}

impl Batch {
    pub(super) fn add(&mut self, record: &Record) {
        self.cells.append(record);
        self.records += 1;
    }

    /// Whether it should be inserted now.
    pub(super) fn is_full(&self) -> bool {
        self.cells.bytes() >= BYTES || self.cells.len() >= CELLS
    }

    /// Whether it is so large that no other batch should be in memory.
    pub(super) fn is_huge(&self) -> bool {
        self.cells.bytes() > HUGE_BYTES
    }
}

/// An item to insert into a database. The order matters.
pub(super) enum Task {
    Table(usize, Table),
    Batch(Batch),
    File(String, u64, Digest),
}
