//! Records on their way to a database.

use crate::record::Record;

/// When a batch goes on its way: at so many bytes or cells, whichever comes first. A few batches of each
/// of a few databases are under way at once; together they are to take a part of what a small archive
/// may take in all.
const BYTES: usize = 1 << 19;
const CELLS: usize = 16 * 1024;
/// What a buffer may keep from the largest batch that it held.
const KEPT_BYTES: usize = 2 * BYTES;

/// Records of one table, one after the other.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) table: usize,
    pub(super) cells: Record,
    pub(super) records: usize,
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
        self.cells.bytes() > KEPT_BYTES
    }

    /// Forgets the records; keeps the memory, unless it is much.
    pub(super) fn clear(&mut self) {
        match self.is_huge() {
            true => self.cells = Record::new(),
            false => self.cells.clear(),
        }
        self.records = 0;
    }
}
