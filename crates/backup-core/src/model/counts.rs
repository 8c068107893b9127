//! Counts of the cells of a column.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::record::Cell;

/// The counts of a column's cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ColumnCounts {
    /// Cells that are null.
    pub nulls: u64,
    /// Cells that are whole numbers.
    pub integers: u64,
    /// Cells that are reals.
    pub reals: u64,
    /// Cells that are text.
    pub texts: u64,
    /// Cells that are bytes.
    pub blobs: u64,
    /// The bytes of all text (as UTF-8) and all blobs together.
    pub bytes: u64,
    /// The bytes of the longest text or blob.
    pub longest: u64,
}

impl ColumnCounts {
    /// Counts a cell.
    pub fn add(&mut self, cell: Cell<'_>) {
        let bytes = match cell {
            Cell::Null => return self.nulls += 1,
            Cell::Integer(_) => return self.integers += 1,
            Cell::Real(_) => return self.reals += 1,
            Cell::Text(text) => {
                self.texts += 1;
                text.as_bytes().len() as u64
            }
            Cell::Blob(blob) => {
                self.blobs += 1;
                blob.len() as u64
            }
        };
        self.bytes += bytes;
        self.longest = self.longest.max(bytes);
    }

    /// Whether counts that a source determined are these. It may not know the longest value.
    pub(crate) fn agrees_with(&self, counted: &Self) -> bool {
        let is_longest_known = self.longest > 0 || self.bytes == 0;
        let longest = if is_longest_known { self.longest } else { counted.longest };
        Self { longest, ..*self } == *counted
    }
}

impl fmt::Display for ColumnCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} null, {} integer, {} real, {} text, {} blob; {} bytes, the longest {}",
            self.nulls, self.integers, self.reals, self.texts, self.blobs, self.bytes, self.longest
        )
    }
}
