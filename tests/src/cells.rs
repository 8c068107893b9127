//! Cells distinguished bit for bit, as a source gives them and as an archive gives them back.

use std::io::Read;
use std::path::Path;

use backup_core::archive::Reader;
use backup_core::model::{ColumnCounts, LedgerEntry, Origin, SourceMetadata};
use backup_core::record::{Cell, Digest, Record, Table};
use backup_core::source::{FileHead, Sink, Source, TableSummary};
use backup_core::{Error, Finding, Monitor};

use crate::Keys;

/// A cell that owns what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owned {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A real number, by its bits.
    Real(u64),
    /// Text, whether it is UTF-8 or not.
    Text(Vec<u8>),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<Cell<'_>> for Owned {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Integer(value) => Self::Integer(value),
            Cell::Real(value) => Self::Real(value.to_bits()),
            Cell::Text(text) => Self::Text(text.as_bytes().to_vec()),
            Cell::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

impl From<&str> for Owned {
    fn from(text: &str) -> Self {
        Self::Text(text.as_bytes().to_vec())
    }
}

/// A table and all of its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    /// The table's name.
    pub name: String,
    /// The columns' own labels.
    pub labels: Vec<String>,
    /// The records.
    pub rows: Vec<Vec<Owned>>,
}

impl Cells {
    fn of(table: &Table) -> Self {
        let labels = table.columns.iter().map(|column| column.label.clone());
        Self { name: table.name.clone(), labels: labels.collect(), rows: Vec::new() }
    }

    fn push(&mut self, record: &Record) {
        self.rows.push(record.iter().map(Owned::from).collect());
    }
}

/// What a source pushes.
#[derive(Debug, Default)]
pub struct Pushed {
    /// The tables.
    pub tables: Vec<Cells>,
    /// The messages of the ledger.
    pub ledger: Vec<LedgerEntry>,
}

impl Pushed {
    /// Reads a source.
    ///
    /// # Errors
    ///
    /// If the source cannot be read.
    pub fn from(source: &mut dyn Source) -> Result<Self, Error> {
        let mut pushed = Self::default();
        source.read(&mut pushed).map(|()| pushed)
    }
}

impl Sink for Pushed {
    fn begin_table(&mut self, table: &Table, _: Origin) -> Result<(), Error> {
        self.tables.push(Cells::of(table));
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<(), Error> {
        self.tables.last_mut().expect("a table was begun").push(record);
        Ok(())
    }

    fn end_table(&mut self, _: Option<&[ColumnCounts]>) -> Result<TableSummary, Error> {
        let table = self.tables.last().expect("a table was begun");
        let (name, rows) = (table.name.clone(), table.rows.len() as u64);
        Ok(TableSummary::new(name, rows, Digest::of(b""), 0))
    }

    fn file(&mut self, _: &FileHead, content: &mut dyn Read) -> Result<Digest, Error> {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).expect("a file can be read");
        Ok(Digest::of(&bytes))
    }

    fn ledger(&mut self, entry: LedgerEntry) {
        self.ledger.push(entry);
    }

    fn finding(&mut self, _: Finding) {}

    fn source(&mut self, _: SourceMetadata) {}

    fn monitor(&self) -> &dyn Monitor {
        &()
    }
}

/// Every table of an archive.
#[track_caller]
pub fn archived(archive: &Path, keys: &Keys) -> Vec<Cells> {
    let file = std::fs::File::open(archive).expect("the archive is there");
    let mut reader = Reader::open(file, &keys.identities).expect("the archive opens");
    let mut tables: Vec<_> = reader.tables().iter().map(Cells::of).collect();
    for table in &mut tables {
        let name = table.name.clone();
        let push = |record: &Record| {
            table.push(record);
            Ok(())
        };
        reader.records(&name, push).expect("its records are read");
    }
    tables
}
