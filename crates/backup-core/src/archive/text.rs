//! A table's records made into canonical CSV and counted: what every writer of tables shares.

use super::package::ColumnCounts;
use crate::error::Result;
use crate::record::{Cell, Encoder, Lengths, Record, Slot, Table, canonical_records};

/// Encodes the records of one table, and counts what is in them.
#[derive(Debug)]
pub(crate) struct TableText {
    pub(crate) table: Table,
    pub(crate) encoder: Encoder,
    pub(crate) counts: Vec<ColumnCounts>,
    pub(crate) rows: u64,
    lengths: Lengths,
}

impl TableText {
    pub(crate) fn new(table: Table) -> Self {
        let encoder = Encoder::new(&table);
        let counts = vec![ColumnCounts::default(); table.columns.len()];
        Self { table, encoder, counts, rows: 0, lengths: Lengths::default() }
    }

    /// The header line.
    pub(crate) fn header(&self) -> Vec<u8> {
        let mut header = Vec::new();
        self.encoder.header(&mut header);
        header
    }

    /// Appends a record's text to `out`.
    pub(crate) fn push(&mut self, record: &Record, out: &mut Vec<u8>) -> Result<()> {
        self.encoder
            .record(record, out)
            .map_err(|error| error.in_table(&self.table.name).at_record(self.rows + 1))?;
        self.rows += 1;
        for (cell, counts) in record.iter().zip(&mut self.counts) {
            counts.add(cell);
        }
        Ok(())
    }

    /// Counts the records at the start of `text` that are canonical already, until one is not or
    /// they take at least `enough` bytes; gives their text.
    pub(crate) fn take_canonical<'t>(&mut self, text: &'t str, enough: usize) -> &'t [u8] {
        let Self { encoder, counts, rows, lengths, .. } = self;
        let bytes = canonical_records(encoder.kinds(), text, enough, lengths, |lengths| {
            for ((slot, bytes), counts) in lengths.iter().zip(counts.iter_mut()) {
                counts.count(slot, bytes);
            }
            *rows += 1;
        });
        &text.as_bytes()[..bytes]
    }
}

impl ColumnCounts {
    /// Counts a cell.
    pub fn add(&mut self, cell: Cell<'_>) {
        match cell {
            Cell::Null => self.count(Slot::Null, 0),
            Cell::Integer(_) => self.count(Slot::Integer, 0),
            Cell::Real(_) => self.count(Slot::Real, 0),
            Cell::Text(text) => self.count(Slot::Text, text.as_bytes().len()),
            Cell::Blob(blob) => self.count(Slot::Blob, blob.len()),
        }
    }

    /// Counts a cell of that kind; the length is that of text and blobs.
    pub(crate) fn count(&mut self, slot: Slot, bytes: usize) {
        match slot {
            Slot::Null => self.nulls += 1,
            Slot::Integer => self.integers += 1,
            Slot::Real => self.reals += 1,
            Slot::Text | Slot::RawText => {
                self.texts += 1;
                self.measure(bytes);
            }
            Slot::Blob => {
                self.blobs += 1;
                self.measure(bytes);
            }
        }
    }

    /// Adds what was counted of other records.
    pub(crate) fn merge(&mut self, other: &Self) {
        let Self { nulls, integers, reals, texts, blobs, bytes, longest } = other;
        self.nulls += nulls;
        self.integers += integers;
        self.reals += reals;
        self.texts += texts;
        self.blobs += blobs;
        self.bytes += bytes;
        self.longest = self.longest.max(*longest);
    }

    fn measure(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        self.longest = self.longest.max(bytes as u64);
    }
}
