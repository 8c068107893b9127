//! Receives tables and files from a source, and passes them to a store (an archive, or only
//! digests). Makes names unique, compares the column counts of the source with those of the store,
//! and handles cancellation.

use std::io::{self, Read, Write};

use super::names::UniqueNames;
use super::{FileHead, MAX_LABELS_BYTES, Sink, TableSummary};
use crate::archive::Writer;
use crate::archive::contents::Contents;
use crate::archive::text::TableText;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::{ColumnCounts, FileReport, LedgerEntry, Origin, SourceMetadata, TableReport};
use crate::monitor::{Monitor, checkpoint};
use crate::observer::Observer;
use crate::record::{Digest, Record, Sha256Writer, Table, TableDigest};

/// The destination of tables and files: an archive, or only their digests.
pub(crate) trait Store {
    fn begin(&mut self, table: Table, origin: Origin) -> Result<()>;
    fn record(&mut self, record: &Record) -> Result<()>;
    /// Ends the table. Also returns the counts of its columns.
    fn end(&mut self) -> Result<(TableSummary, Vec<ColumnCounts>)>;
    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest>;
}

impl<W: Write + Send + 'static> Store for Writer<W> {
    fn begin(&mut self, table: Table, origin: Origin) -> Result<()> {
        self.begin_table(table, origin)
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        Writer::record(self, record)
    }

    fn end(&mut self) -> Result<(TableSummary, Vec<ColumnCounts>)> {
        let counts = self.open_counts().to_vec();
        Ok((self.end_table()?, counts))
    }

    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        Writer::file(self, file, content)
    }
}

/// Information about the sources, in addition to their tables and files.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) ledger: Vec<LedgerEntry>,
    pub(crate) remarks: Vec<LedgerEntry>,
    pub(crate) sources: Vec<SourceMetadata>,
}

impl Notes {
    /// Adds the information to an archive.
    pub(crate) fn write<W: Write + Send + 'static>(self, writer: &mut Writer<W>) {
        self.ledger.into_iter().for_each(|entry| writer.ledger(entry));
        self.remarks.into_iter().for_each(|remark| writer.remark(remark));
        self.sources.into_iter().for_each(|source| writer.source(source));
    }
}

/// Digests of tables and files without an archive, for a dry run and for comparisons.
#[derive(Default)]
pub(crate) struct Tally {
    open: Option<(TableText, Origin, TableDigest)>,
    line: Vec<u8>,
    contents: Contents,
    pub(crate) tables: Vec<TableReport>,
    pub(crate) files: Vec<FileReport>,
}

impl Tally {
    /// The content id of an archive with the same tables and files.
    pub(crate) fn content_id(&self) -> Digest {
        self.contents.clone().into_id()
    }
}

fn nothing_open() -> Error {
    Error::record(message!("source-no-table"))
}

impl Store for Tally {
    fn begin(&mut self, table: Table, origin: Origin) -> Result<()> {
        crate::archive::check_table(&table)?;
        let text = TableText::new(table);
        let digest = TableDigest::new(&text.header());
        self.open = Some((text, origin, digest));
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        let (text, _, digest) = self.open.as_mut().ok_or_else(nothing_open)?;
        text.push(record, &mut self.line)?;
        // The records are hashed in large pieces. Hashing each record separately would take longer.
        if self.line.len() >= 64 * 1024 {
            digest.records(&self.line);
            self.line.clear();
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(TableSummary, Vec<ColumnCounts>)> {
        let (text, origin, mut digest) = self.open.take().ok_or_else(nothing_open)?;
        digest.records(&self.line);
        self.line.clear();
        let (digest, bytes) = digest.finish();
        self.contents.table(&text.table, text.rows, digest);
        self.tables.push(TableReport {
            name: text.table.name.clone(),
            rows: text.rows,
            digest,
            columns: text.table.columns.len() as u64,
            bytes,
            parts: 0,
            source: origin.source,
            sheet: origin.sheet,
            folder: None,
            nulls: Vec::new(),
        });
        let summary = TableSummary { name: text.table.name, rows: text.rows, digest, bytes };
        Ok((summary, text.counts))
    }

    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        let mut hash = Sha256Writer::new(io::sink());
        io::copy(content, &mut hash)
            .map_err(|error| crate::archive::read_failed(&file.path, error))?;
        let (sha256, bytes, _) = hash.finish();
        if bytes != file.bytes {
            return Err(Error::new(crate::ErrorKind::SourceChanged).in_source(&file.path));
        }
        self.contents.file(&file.path, bytes, sha256);
        self.files.push(file.stored(sha256));
        Ok(sha256)
    }
}

/// The sink that sources write to.
pub(crate) struct Ingest<'a, S> {
    pub(crate) store: S,
    pub(crate) notes: Notes,
    monitor: &'a dyn Monitor,
    observer: Option<&'a mut dyn Observer>,
    names: UniqueNames,
    paths: UniqueNames,
    described: Described,
    table: String,
    /// The source of the last table, and the name of the table in the source.
    wanted: (Option<String>, String),
    records: u64,
    /// The number of records of the current table.
    number: u64,
    received: u64,
    /// Whether a table was begun since a source was described.
    has_undescribed_table: bool,
}

impl<'a, S: Store> Ingest<'a, S> {
    pub(crate) fn new(store: S, monitor: &'a dyn Monitor) -> Self {
        Self {
            store,
            notes: Notes::default(),
            monitor,
            observer: None,
            names: UniqueNames::default(),
            paths: UniqueNames::default(),
            described: Described::default(),
            table: String::new(),
            wanted: Default::default(),
            records: 0,
            number: 0,
            received: 0,
            has_undescribed_table: false,
        }
    }

    /// Passes everything that is stored to `observer` too.
    pub(crate) fn observed(mut self, observer: &'a mut dyn Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The number of calls that passed data on. If it is unchanged, nothing has to be undone.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Ends a source. If it passed tables on and no metadata, a remark is added, because the
    /// archive does not contain what the tables were read from.
    pub(crate) fn end_source(&mut self, name: &str) {
        if std::mem::take(&mut self.has_undescribed_table) {
            let message = message!("source-undescribed", source = name).to_string();
            self.notes.remarks.push(LedgerEntry::new(LedgerCode::Remark, message).source(name));
        }
    }

    /// Whether these names, which a source gives, are those of the current table, which may have
    /// been renamed.
    fn is_current(&self, source: &Option<String>, table: &Option<String>) -> bool {
        let (current_source, current) = &self.wanted;
        table.as_ref() == Some(current) && (source.is_none() || source == current_source)
    }
}

/// The size of the tables' descriptions in the manifest. Readers refuse a manifest with more
/// objects or text than the format allows.
#[derive(Debug, Default)]
struct Described {
    objects: u64,
    label_bytes: u64,
}

/// Three quarters of the objects that a manifest may have. The rest is for files and sources.
const MOST_OBJECTS: u64 = 3 * (1 << 18);

/// The number of manifest objects for a table, with its source and its first part.
const TABLE_OBJECTS: u64 = 10;
/// The number of manifest objects for each of its columns.
const COLUMN_OBJECTS: u64 = 2;

/// The manifest may have 256 MiB, and contains each label up to twice, with escapes.
const MOST_LABEL_BYTES: u64 = 32 << 20;

impl Described {
    fn add(&mut self, table: &Table) -> Result<()> {
        let bytes: u64 = table.columns.iter().map(|column| column.label.len() as u64).sum();
        if bytes > MAX_LABELS_BYTES {
            let most = MAX_LABELS_BYTES;
            return Err(Error::limit(message!("source-long-labels", bytes = bytes, most = most)));
        }
        let objects = self.objects + TABLE_OBJECTS + COLUMN_OBJECTS * table.columns.len() as u64;
        let label_bytes = self.label_bytes + bytes;
        if objects > MOST_OBJECTS || label_bytes > MOST_LABEL_BYTES {
            return Err(Error::limit(message!("source-many-columns")));
        }
        // A table that is refused does not count.
        (self.objects, self.label_bytes) = (objects, label_bytes);
        Ok(())
    }
}

impl<S: Store> Sink for Ingest<'_, S> {
    fn begin_table(&mut self, table: &Table, origin: Origin) -> Result<()> {
        checkpoint(self.monitor)?;
        self.described.add(table).map_err(|error| error.in_table(&table.name))?;
        self.received += 1;
        self.has_undescribed_table = true;
        let (wanted, source) = (&table.name, origin.source.as_deref().unwrap_or("another source"));
        let name = self.names.take(wanted, |number| match number {
            2 => format!("{wanted} ({source})"),
            _ => format!("{wanted} ({source}, {})", number - 1),
        });
        if name != *wanted {
            let message = message!("source-renamed-table", name = wanted, unique = &name);
            let mut entry = LedgerEntry::new(LedgerCode::RenamedTable, message.to_string());
            entry.table = Some(name.clone());
            entry.source.clone_from(&origin.source);
            self.notes.ledger.push(entry);
        }
        self.monitor.working_on(&name);
        self.table.clone_from(&name);
        self.wanted = (origin.source.clone(), table.name.clone());
        self.number = 0;
        let table = Table { name, columns: table.columns.clone() };
        if let Some(observer) = &mut self.observer {
            observer.begin_table(&table, Some(&origin));
        }
        self.store.begin(table, origin)
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        self.records += 1;
        if self.records.is_multiple_of(1024) {
            checkpoint(self.monitor)?;
        }
        self.number += 1;
        if let Some(observer) = &mut self.observer {
            observer.record(self.number, record);
        }
        self.store.record(record)
    }

    fn end_table(&mut self, counts: Option<&[ColumnCounts]>) -> Result<TableSummary> {
        let (summary, received) = self.store.end()?;
        let counts = counts.unwrap_or(&received);
        let mut columns = 0..counts.len().max(received.len());
        let is_same = |column: &usize| match (counts.get(*column), received.get(*column)) {
            (Some(counts), Some(received)) => counts.agrees_with(received),
            (counts, received) => counts == received,
        };
        match columns.find(|column| !is_same(column)) {
            None => Ok(summary),
            Some(column) => {
                // A column that one side does not have has no cells.
                let of = |counts: &[ColumnCounts]| counts.get(column).copied().unwrap_or_default();
                let (expected, received) = (of(counts).to_string(), of(&received).to_string());
                let why = message!("source-other-counts", expected = expected, received = received);
                Err(Error::source(why, message!("source-other-counts-hint"))
                    .in_table(&self.table)
                    .at_column(column as u64 + 1))
            }
        }
    }

    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        checkpoint(self.monitor)?;
        self.received += 1;
        let path = self.paths.take(&file.path, |number| format!("{} ({number})", file.path));
        if path != file.path {
            let message = message!("source-renamed-file", name = &file.path, unique = &path);
            self.notes.ledger.push(LedgerEntry::new(LedgerCode::RenamedFile, message.to_string()));
        }
        let file = FileHead { path, ..file.clone() };
        let wants = |observer: &mut &mut dyn Observer| observer.begin_file(&file.path);
        let observer = match self.observer.as_mut().is_some_and(wants) {
            true => self.observer.as_deref_mut(),
            false => None,
        };
        let mut content = Checked { inner: content, monitor: self.monitor, observer };
        let sha256 = self.store.file(&file, &mut content)?;
        if let Some(observer) = &mut self.observer {
            observer.file(&file.stored(sha256));
        }
        Ok(sha256)
    }

    fn ledger(&mut self, mut entry: LedgerEntry) {
        self.received += 1;
        if self.is_current(&entry.source, &entry.table) {
            entry.table = Some(self.table.clone());
        }
        self.notes.ledger.push(entry);
    }

    fn finding(&mut self, mut finding: Finding) {
        self.received += 1;
        if self.is_current(&finding.path, &finding.table) {
            finding.table = Some(self.table.clone());
        }
        let (code, count) = finding.noted.unwrap_or((LedgerCode::Remark, 1));
        self.notes.remarks.push(LedgerEntry {
            code,
            source: finding.path,
            table: finding.table,
            count,
            message: finding.message.to_string(),
            folders: Vec::new(),
            name_bytes: None,
        });
    }

    fn source(&mut self, source: SourceMetadata) {
        self.received += 1;
        self.has_undescribed_table = false;
        self.notes.sources.push(source);
    }

    fn monitor(&self) -> &dyn Monitor {
        self.monitor
    }
}

/// A reader that fails when the monitor cancels the run, and passes the bytes to an observer.
struct Checked<'a, 'o> {
    inner: &'a mut dyn Read,
    monitor: &'a dyn Monitor,
    observer: Option<&'a mut (dyn Observer + 'o)>,
}

impl Read for Checked<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.monitor.should_continue() {
            return Err(io::Error::other(Error::new(crate::ErrorKind::Cancelled)));
        }
        let bytes = self.inner.read(buffer)?;
        if let Some(observer) = &mut self.observer {
            observer.content(&buffer[..bytes]);
        }
        Ok(bytes)
    }
}
