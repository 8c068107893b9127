//! Records that are inserted together.

use crate::record::{Digest, Record, Table};

/// A batch is inserted when it has so many bytes or cells, whichever comes first. Up to three batches are
/// in memory at once.
const BYTES: usize = 1 << 19;
const CELLS: usize = 16 * 1024;
/// A batch of more bytes is inserted before the next is filled.
const HUGE_BYTES: usize = 2 * BYTES;

/// Consecutive records of one table.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) table: usize,
    pub(super) cells: Record,
    pub(super) records: usize,
    /// Cells in each record.
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

/// Something to be inserted into a database, in order.
pub(super) enum Task {
    Table(usize, Table),
    Batch(Batch),
    File(String, u64, Digest),
}
