//! The records of one table, from whoever embeds the writer.

use std::io::Write;

use serde::Serialize;

use super::{Writer, no_table};
use crate::error::Result;
use crate::record::{Record, to_record};
use crate::source::TableSummary;

/// Takes the records of one table.
pub struct TableWriter<'a, W> {
    writer: &'a mut Writer<W>,
    record: Record,
}

impl<'a, W: Write + Send + 'static> TableWriter<'a, W> {
    pub(super) fn new(writer: &'a mut Writer<W>) -> Self {
        Self { writer, record: Record::new() }
    }

    /// Adds a record.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Record`](crate::ErrorKind::Record) if the table cannot hold it,
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails.
    pub fn record(&mut self, record: &Record) -> Result<()> {
        self.writer.record(record)
    }

    /// Adds a record of the embedder's own type; see [`to_record`].
    ///
    /// # Errors
    ///
    /// As [`TableWriter::record`], and if the value is no record.
    pub fn row<T: Serialize + ?Sized>(&mut self, row: &T) -> Result<()> {
        let open = self.writer.open.as_ref().ok_or_else(no_table)?;
        to_record(&open.text.table, row, &mut self.record)?;
        self.writer.record(&self.record)
    }

    /// Ends the table.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails.
    pub fn finish(self) -> Result<TableSummary> {
        self.writer.end_table()
    }
}
