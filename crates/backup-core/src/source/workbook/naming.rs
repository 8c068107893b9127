//! Names tables after the workbook if the name of a sheet says nothing: `Sheet1` of `contacts.xlsx`
//! is the table `contacts`.

use std::io::Read;

use crate::error::Result;
use crate::finding::Finding;
use crate::model::{ColumnCounts, FileHead, LedgerEntry, Origin, SourceMetadata, TableSummary};
use crate::monitor::Monitor;
use crate::record::{Digest, Record, Table};
use crate::source::Sink;
use crate::table_names::{is_first_sheet, stem};

/// Passes the tables of a workbook on under their names.
pub(super) struct Naming<'a> {
    pub(super) workbook: &'a str,
    pub(super) sink: &'a mut dyn Sink,
}

impl Naming<'_> {
    fn name(&self, sheet: &str) -> String {
        let stem = stem(self.workbook);
        if is_first_sheet(sheet) && !stem.trim().is_empty() { stem } else { sheet }.to_owned()
    }
}

impl Sink for Naming<'_> {
    fn begin_table(&mut self, table: &Table, origin: Origin) -> Result<()> {
        let name = self.name(&table.name);
        if name == table.name {
            return self.sink.begin_table(table, origin);
        }
        self.sink.begin_table(&Table::new(name, table.columns.clone()), origin)
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        self.sink.record(record)
    }

    fn end_table(&mut self, counts: Option<&[ColumnCounts]>) -> Result<TableSummary> {
        self.sink.end_table(counts)
    }

    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        self.sink.file(file, content)
    }

    fn ledger(&mut self, mut entry: LedgerEntry) {
        entry.table = entry.table.map(|table| self.name(&table));
        self.sink.ledger(entry);
    }

    fn finding(&mut self, mut finding: Finding) {
        finding.table = finding.table.map(|table| self.name(&table));
        self.sink.finding(finding);
    }

    fn source(&mut self, metadata: SourceMetadata) {
        self.sink.source(metadata);
    }

    fn monitor(&self) -> &dyn Monitor {
        self.sink.monitor()
    }
}
