//! A sink that records everything, for tests of sources.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

use std::io::{Read, Write as _};

use backup_core::model::{ColumnCounts, LedgerEntry, Origin, SourceMetadata};
use backup_core::record::{Cell, Column, Digest, Record, Table};
use backup_core::source::csv::{CsvOptions, CsvSource};
use backup_core::source::{FileHead, Sink, Source, TableSummary};
use backup_core::{Error, ErrorKind, Finding, Monitor};

/// A cell, distinguished bit for bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owned {
    Null,
    Integer(i64),
    Real(u64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

pub fn text(text: &str) -> Owned {
    Owned::Text(text.as_bytes().to_vec())
}

pub fn real(value: f64) -> Owned {
    Owned::Real(value.to_bits())
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

#[derive(Debug)]
pub struct RecordedTable {
    pub name: String,
    pub columns: Vec<Column>,
    pub origin: Origin,
    pub rows: Vec<Vec<Owned>>,
    pub counts: Option<Vec<ColumnCounts>>,
}

impl RecordedTable {
    pub fn labels(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.label.as_str()).collect()
    }

    /// Everything received, counted as an archive counts it.
    pub fn received(&self) -> Vec<ColumnCounts> {
        let mut counts = vec![ColumnCounts::default(); self.columns.len()];
        for row in &self.rows {
            for (cell, count) in row.iter().zip(&mut counts) {
                let bytes = match cell {
                    Owned::Text(bytes) | Owned::Blob(bytes) => bytes.len() as u64,
                    _ => 0,
                };
                count.bytes += bytes;
                count.longest = count.longest.max(bytes);
                match cell {
                    Owned::Null => count.nulls += 1,
                    Owned::Integer(_) => count.integers += 1,
                    Owned::Real(_) => count.reals += 1,
                    Owned::Text(_) => count.texts += 1,
                    Owned::Blob(_) => count.blobs += 1,
                }
            }
        }
        counts
    }
}

#[derive(Debug, Default)]
pub struct Recorder {
    pub tables: Vec<RecordedTable>,
    pub files: Vec<(FileHead, Vec<u8>)>,
    pub ledger: Vec<LedgerEntry>,
    pub findings: Vec<Finding>,
    pub sources: Vec<SourceMetadata>,
    /// Whether the monitor cancels.
    pub stop: bool,
    /// A file that is appended to when the first table ends.
    pub touched: Option<std::path::PathBuf>,
    /// After how many records of a table the sink refuses more.
    pub stop_after: Option<usize>,
}

impl Recorder {
    pub fn table(&self, name: &str) -> &RecordedTable {
        let found = self.tables.iter().find(|table| table.name == name);
        found.unwrap_or_else(|| panic!("table {name} was not received"))
    }

    pub fn file(&self, path: &str) -> &[u8] {
        let found = self.files.iter().find(|(head, _)| head.path == path);
        &found.unwrap_or_else(|| panic!("file {path} was not received")).1
    }

    /// How often the ledger holds `code` for `table`.
    pub fn ledger_count(&self, code: &str, table: &str) -> u64 {
        let matches = |entry: &&LedgerEntry| {
            entry.code == code.into() && entry.table.as_deref() == Some(table)
        };
        self.ledger.iter().filter(matches).map(|entry| entry.count).sum()
    }
}

struct Stopping(bool);

impl Monitor for Stopping {
    fn should_continue(&self) -> bool {
        !self.0
    }
}

static GOING: Stopping = Stopping(false);
static STOPPED: Stopping = Stopping(true);

impl Sink for Recorder {
    fn begin_table(&mut self, table: &Table, origin: Origin) -> Result<(), Error> {
        let (name, columns) = (table.name.clone(), table.columns.clone());
        self.tables.push(RecordedTable { name, columns, origin, rows: Vec::new(), counts: None });
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<(), Error> {
        let table = self.tables.last_mut().expect("a record comes after its table was begun");
        assert_eq!(
            record.len(),
            table.columns.len(),
            "a record with a different width than its table"
        );
        if self.stop_after == Some(table.rows.len()) {
            return Err(Error::record("the recorder refuses more"));
        }
        table.rows.push(record.iter().map(Owned::from).collect());
        Ok(())
    }

    fn end_table(&mut self, counts: Option<&[ColumnCounts]>) -> Result<TableSummary, Error> {
        if let Some(path) = self.touched.take() {
            let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("opens");
            file.write_all(b"more").expect("is written to");
        }
        let table = self.tables.last_mut().expect("a table was begun");
        table.counts = counts.map(<[_]>::to_vec);
        let rows = table.rows.len() as u64;
        Ok(TableSummary::new(&table.name, rows, Digest::of(b""), 0))
    }

    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest, Error> {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).expect("a file can be read");
        assert_eq!(bytes.len() as u64, file.bytes, "{} has a different length", file.path);
        let digest = Digest::of(&bytes);
        self.files.push((file.clone(), bytes));
        Ok(digest)
    }

    fn ledger(&mut self, entry: LedgerEntry) {
        self.ledger.push(entry);
    }

    fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn source(&mut self, facts: SourceMetadata) {
        self.sources.push(facts);
    }

    fn monitor(&self) -> &dyn Monitor {
        if self.stop { &STOPPED } else { &GOING }
    }
}

/// Reads a source that must be readable.
pub fn read(source: &mut dyn Source) -> Recorder {
    let mut recorder = Recorder::default();
    source.read(&mut recorder).unwrap_or_else(|error| panic!("{error}: {:?}", error.hint()));
    recorder
}

/// The error of a source about a file that changes while it is read.
pub fn read_while_written(source: &mut dyn Source, path: &std::path::Path) -> String {
    let mut recorder = Recorder { touched: Some(path.to_path_buf()), ..Recorder::default() };
    let error = source.read(&mut recorder).expect_err("a changing source is refused");
    assert!(recorder.sources.is_empty(), "a changed source is not described as read");
    error.to_string()
}

/// The error for a stream of CSV, or the labels and the number of records of its table.
pub fn stream(bytes: &[u8], options: CsvOptions) -> Result<(Vec<String>, usize), String> {
    let input = Box::new(std::io::Cursor::new(bytes.to_vec()));
    let mut recorder = Recorder::default();
    CsvSource::from_reader(input, "s.csv", options)
        .read(&mut recorder)
        .map_err(|error| error.to_string())?;
    let table = &recorder.tables[0];
    Ok((table.labels().into_iter().map(str::to_owned).collect(), table.rows.len()))
}

/// The text of the refusal of an unreadable source.
pub fn refusal(source: &mut dyn Source) -> String {
    let error = source.read(&mut Recorder::default()).expect_err("the source is unreadable");
    assert!(
        matches!(error.kind(), ErrorKind::Source { .. }),
        "an unreadable source must return this error: {error:?}"
    );
    assert_eq!(error.location().source.as_deref(), Some(source.name()), "where it happened");
    error.to_string()
}
