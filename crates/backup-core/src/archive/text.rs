//! Encodes the records of a table and counts its cells. All writers of tables use this.

use crate::error::Result;
use crate::model::ColumnCounts;
use crate::record::{Encoder, Record, Table};

/// Encodes the records of one table, and counts the cells of each column.
#[derive(Debug)]
pub(crate) struct TableText {
    pub(crate) table: Table,
    pub(crate) encoder: Encoder,
    pub(crate) counts: Vec<ColumnCounts>,
    pub(crate) rows: u64,
}

impl TableText {
    pub(crate) fn new(table: Table) -> Self {
        let encoder = Encoder::new(&table);
        let counts = vec![ColumnCounts::default(); table.columns.len()];
        Self { table, encoder, counts, rows: 0 }
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
}
