//! Dumps of databases as SQL: of `pg_dump`, `mysqldump` and `mariadb-dump`, and of SQLite's
//! `.dump`; plain, or compressed with gzip or zstd.
//!
//! A dump is read twice. First, all of it is read without storing anything, because keys may stand
//! at its end, and because nothing can be taken back from an archive: a table that cannot be read
//! exactly is left out and named, and the others are stored. The second time, the records of each
//! table are read and stored. No statement is held in memory, only one record.
//!
//! The dump itself is stored too.

mod block;
mod catalog;
#[cfg(any(feature = "mysql", feature = "postgres"))]
mod cells;
mod charset;
mod compressed;
mod ddl;
mod dialect;
mod errors;
mod input;
mod layout;
mod lexer;
mod literals;
mod marks;
mod statements;
mod table;
mod tokens;
mod values;

use std::path::PathBuf;

use serde_json::json;

use self::catalog::{BETWEEN_QUESTIONS, Catalog, layout, next};
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(super) use self::cells::ServerValues;
pub(super) use self::compressed::Compression;
pub(super) use self::dialect::Dialect;
use self::dialect::Session;
use self::errors::{refused, unreadable};
use self::input::Input;
use self::lexer::Lexer;
use self::statements::{Reader, Statement};
use self::table::{DumpTable, Extent, TableName};
use super::location::FileLocation;
use super::stable_file::{Spread, StableFile};
use super::{FileHead, FileSource, MAX_RECORD_BYTES, Sink, Source, ZipLimits};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Location;
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{Key, LedgerEntry, Origin, Provenance, Reference, Role, SourceMetadata};
use crate::monitor::Monitor;
use crate::record::{Column, Digest, Record, Table};

/// The number of bytes whose text tells the dialect.
pub(super) const HEAD_BYTES: u64 = 4096;

/// If records of several tables are mixed, the dump is read again for each. This is the maximum of
/// all bytes that are read for tables, as a multiple of those of the dump, and of a small one.
const MAX_READINGS: u64 = 32;
const SMALL_BYTES: u64 = 1 << 20;

/// The factor that compressed dumps are assumed to unpack to, until it is known.
const USUAL_RATIO: u64 = 8;

/// A dump of a database as SQL.
///
/// Every table is read, with its declared keys and references. Its name is that of the table, with
/// its schema in front unless that is `public`, and with its database in front if there are several.
#[derive(Debug, Clone)]
pub struct DumpSource {
    location: FileLocation,
    name: String,
    limits: ZipLimits,
    max_record_bytes: u64,
}

impl DumpSource {
    /// The dump at `path`. Its name in the archive is `name`.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self::at(FileLocation::named(path), name)
    }

    /// A file, or a member of a ZIP file.
    pub(super) fn at(location: FileLocation, name: impl Into<String>) -> Self {
        let (limits, max_record_bytes) = (ZipLimits::default(), MAX_RECORD_BYTES);
        Self { location, name: name.into(), limits, max_record_bytes }
    }

    /// Sets the limits to the unpacked size of a compressed dump: [`ZipLimits::ratio`] and
    /// [`ZipLimits::plain_bytes`].
    pub fn limits(mut self, limits: ZipLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the maximum length of a record in bytes, [`MAX_RECORD_BYTES`] by default. A table with
    /// a longer record is left out and named.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self
    }

    fn read_all(&self, sink: &mut dyn Sink) -> Result<()> {
        sink.monitor().working_on(&self.name);
        let file = StableFile::at(&self.location)?;
        let sha256 = file.digest(sink.monitor())?;
        let begins = file.begins(HEAD_BYTES)?;
        let compression = Compression::of(&begins);
        let dump = Dump { file, compression, limits: self.limits, most: self.max_record_bytes };
        let dialect = dump.dialect(begins)?;
        let mut reader = dump.reader(0, Session::new(dialect))?;
        let mut progress = Progress::new(&dump);
        let mut catalog = Catalog::read(&mut reader, &mut |at| progress.at(at, sink.monitor()))?;
        let bytes = reader.at();
        dump.file.check_unchanged()?;
        self.note(&mut catalog, sink);
        let tables = catalog.tables.len();
        progress.begin_tables(&catalog, bytes, sink.monitor());
        let budget = bytes.max(SMALL_BYTES).saturating_mul(MAX_READINGS);
        let mut stored = Stored { source: self, dump: &dump, reader, budget, progress };
        stored.tables(&mut catalog, sink)?;
        let Stored { reader, progress, .. } = stored;
        progress.spread.finish(sink.monitor());
        let path = format!("{}.schema.sql", self.name);
        let schema = FileHead::new(path, catalog.schema.len() as u64, Role::Schema);
        sink.file(&schema, &mut catalog.schema.as_slice())?;
        self.describe(&dump, dialect, &reader, tables, sha256, sink)
    }

    /// Notes what is missing, and what is no table.
    fn note(&self, catalog: &mut Catalog, sink: &mut dyn Sink) {
        for why in &catalog.missing {
            let entry = LedgerEntry::new(LedgerCode::MissingRecords, why.to_string());
            sink.ledger(entry.source(&self.name));
        }
        for entry in &catalog.ledger {
            sink.ledger(entry.clone().source(&self.name));
        }
        if !catalog.has_records() {
            let message = message!("dump-without-records").to_string();
            let entry = LedgerEntry::new(LedgerCode::EmptyDatabase, message);
            sink.ledger(entry.source(&self.name));
            catalog.tables.clear();
        }
    }

    fn describe(
        &self,
        dump: &Dump,
        dialect: Dialect,
        reader: &Reader,
        tables: usize,
        sha256: Digest,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let original = dump.file.store(&self.name, Role::Original, sha256, sink)?;
        let marks = &reader.lexer.marks;
        let details = [
            ("dialect", json!(dialect.name())),
            ("tables", json!(tables)),
            ("compression", json!(dump.compression.name())),
            ("encoding", json!(reader.lexer.session.charset.label())),
            ("server", json!(marks.server)),
            ("written_by", json!(marks.program)),
        ];
        sink.source(SourceMetadata {
            name: self.name.clone(),
            kind: "sql-dump".into(),
            bytes: Some(dump.file.bytes),
            sha256: Some(sha256),
            modified: dump.file.modified(),
            original,
            details: details.map(|(key, value)| (key.to_owned(), value)).into_iter().collect(),
        });
        Ok(())
    }

    /// Notes a table that cannot be read.
    fn refuse(&self, table: &str, error: Error, sink: &mut dyn Sink) {
        let place = Location { source: None, table: None, ..error.location().clone() };
        let message = error.at(place).to_string();
        let entry = LedgerEntry::new(LedgerCode::UnreadTable, message);
        sink.ledger(entry.source(&self.name).table(table));
    }
}

/// The file, and how it is unpacked.
struct Dump {
    file: StableFile,
    compression: Compression,
    limits: ZipLimits,
    most: u64,
}

impl Dump {
    /// Whether reading can begin at any offset.
    fn seeks(&self) -> bool {
        self.compression == Compression::None && self.file.is_on_disk()
    }

    fn dialect(&self, begins: Vec<u8>) -> Result<Dialect> {
        let head = match self.compression {
            Compression::None => begins,
            compression => compression.beginning(self.file.open()?, HEAD_BYTES),
        };
        if let Some(dialect) = Dialect::of(&head) {
            return Ok(dialect);
        }
        // Returns the error if it cannot be unpacked.
        self.reader(0, Session::new(Dialect::Sqlite))?.lexer.input.skip_to(HEAD_BYTES)?;
        Err(unreadable(message!("dump-unknown-dialect")))
    }

    /// A reader that begins at an offset of the unpacked dump, with these settings.
    fn reader(&self, at: u64, session: Session) -> Result<Reader> {
        let failed = |error| Error::read(error, Some(self.file.path()));
        let (content, start) =
            if self.seeks() { (self.file.open_at(at)?, at) } else { (self.file.open()?, 0) };
        let content = self.compression.unpack(content, self.file.bytes, self.limits);
        let mut input = Input::new(content.map_err(failed)?, start);
        if at == 0 && input.begins_with(b"\xef\xbb\xbf")? {
            input.advance(3);
        }
        input.skip_to(at)?;
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        Ok(Reader::new(Lexer::new(input, session, most), most))
    }
}

/// The progress: half of the bytes while the dump is read for the first time, and half while its
/// records are stored.
struct Progress {
    spread: Spread,
    last: u64,
}

impl Progress {
    fn new(dump: &Dump) -> Self {
        let ratio = if dump.compression == Compression::None { 1 } else { USUAL_RATIO };
        let expected = dump.file.bytes.saturating_mul(ratio);
        Self { spread: Spread::new(dump.file.bytes, expected.saturating_mul(2)), last: 0 }
    }

    /// The number of bytes is known now.
    fn begin_tables(&mut self, catalog: &Catalog, bytes: u64, monitor: &dyn Monitor) {
        let extents = catalog.tables.iter().filter_map(|table| table.extent.as_ref());
        let stored = extents.map(|extent| extent.end - extent.start).sum();
        self.spread.expect(bytes.saturating_add(stored), bytes, monitor);
    }

    /// The reader is at this offset.
    fn at(&mut self, at: u64, monitor: &dyn Monitor) -> Result<()> {
        // Asking after each short statement would take longer than reading it.
        if at < self.last {
            self.last = at;
        } else if at - self.last >= 64 << 10 {
            self.spread.seen(at - self.last, monitor)?;
            self.last = at;
        }
        Ok(())
    }
}

/// Stores the tables.
struct Stored<'a> {
    source: &'a DumpSource,
    dump: &'a Dump,
    reader: Reader,
    /// The number of bytes that may still be read.
    budget: u64,
    progress: Progress,
}

impl Stored<'_> {
    fn tables(&mut self, catalog: &mut Catalog, sink: &mut dyn Sink) -> Result<()> {
        let naming = catalog.naming();
        let tables = std::mem::take(&mut catalog.tables);
        // The marks at the end of the dump describe it.
        let marks = self.reader.lexer.marks.clone();
        let session = self.reader.lexer.session.clone();
        for mut table in tables {
            let name = naming(&table.name);
            if let Some(error) = table.problem.take() {
                self.source.refuse(&name, error, sink);
                continue;
            }
            if let Some(extent) = &table.extent
                && !self.go_to(extent)?
            {
                let why = refused(message!("dump-mixed-records"));
                self.source.refuse(&name, why, sink);
                continue;
            }
            let rows = self.table(&table, &name, &naming, sink);
            if rows.map_err(|error| error.in_table(name))? != table.rows {
                return Err(self.dump.file.changed());
            }
        }
        (self.reader.lexer.marks, self.reader.lexer.session) = (marks, session);
        Ok(())
    }

    /// Goes to the records of a table. Returns whether that is possible.
    fn go_to(&mut self, extent: &Extent) -> Result<bool> {
        let is_behind = self.reader.at() > extent.start || self.reader.lexer.is_cut;
        let seeks = self.dump.seeks();
        let from = match (seeks, is_behind) {
            (true, _) => extent.start,
            (false, true) => 0,
            (false, false) => self.reader.at(),
        };
        match self.budget.checked_sub(extent.end - from) {
            Some(left) => self.budget = left,
            None => return Ok(false),
        }
        if is_behind || seeks {
            self.reader = self.dump.reader(extent.start, extent.session.clone())?;
        } else {
            self.reader.restart(extent.start, extent.session.clone())?;
        }
        self.progress.last = extent.start;
        Ok(true)
    }

    /// Stores a table. Returns the number of its records.
    fn table(
        &mut self,
        table: &DumpTable,
        name: &str,
        naming: &dyn Fn(&TableName) -> String,
        sink: &mut dyn Sink,
    ) -> Result<u64> {
        let stored = table.stored();
        let columns = table.columns.iter().zip(&stored).filter(|(_, is)| **is);
        let columns: Vec<_> =
            columns.map(|(column, _)| Column::any(column.name.as_str())).collect();
        sink.begin_table(&Table::new(name, columns), self.origin(table, name, naming))?;
        let mut rows = 0;
        while let Some(extent) = &table.extent {
            let statement = self.reader.next()?;
            if self.reader.start >= extent.end {
                break;
            }
            let (of, listed, is_copy) = match statement {
                Statement::Insert(of, listed) => (of, listed, false),
                Statement::Copy(of, listed) => (of, listed, true),
                Statement::Eof => break,
                Statement::Other(_) | Statement::Refused(..) => continue,
            };
            if self.reader.is_same(&of, &table.name) {
                rows = self.records(table, listed.as_deref(), is_copy, &stored, rows, sink)?;
            }
            if self.reader.at() >= extent.end {
                break;
            }
        }
        let stored_name = sink.end_table(None)?.name;
        self.note(table, &stored, &stored_name, sink);
        Ok(rows)
    }

    /// Stores the records of a statement. Returns the number of records of the table so far.
    fn records(
        &mut self,
        table: &DumpTable,
        listed: Option<&[String]>,
        is_copy: bool,
        stored: &[bool],
        mut rows: u64,
        sink: &mut dyn Sink,
    ) -> Result<u64> {
        let layout = layout(table, listed, is_copy, &self.reader, stored)?;
        let mut record = Record::new();
        while next(&mut self.reader, is_copy, &layout, &mut record)
            .map_err(|error| error.at_record(rows + 1))?
        {
            rows += 1;
            sink.record(&record).map_err(|error| error.at_record(rows))?;
            if rows.is_multiple_of(BETWEEN_QUESTIONS) {
                self.progress.at(self.reader.at(), sink.monitor())?;
            }
        }
        self.progress.at(self.reader.at(), sink.monitor())?;
        Ok(rows)
    }

    fn origin(
        &self,
        table: &DumpTable,
        name: &str,
        naming: &dyn Fn(&TableName) -> String,
    ) -> Origin {
        let stored = table.columns.iter().zip(table.stored()).filter(|(_, is_stored)| *is_stored);
        let types: Vec<_> = stored.map(|(column, _)| column.declared.clone()).collect();
        let is_declared = types.iter().any(|declared| !declared.is_empty());
        let known = Provenance::Declared;
        let keys = table.keys.iter().map(|columns| Key { columns: columns.clone(), known });
        let references = table.references.iter().map(|reference| Reference {
            columns: reference.columns.clone(),
            table: naming(&reference.table),
            target: reference.target.clone(),
            known,
        });
        Origin {
            source: Some(self.source.name.clone()),
            sheet: Some(name.to_owned()),
            types: if is_declared { types } else { Vec::new() },
            keys: keys.collect(),
            references: references.collect(),
        }
    }

    /// Notes what the archive does not have of a table that was stored.
    fn note(&self, table: &DumpTable, stored: &[bool], name: &str, sink: &mut dyn Sink) {
        let mut note =
            |entry: LedgerEntry| sink.ledger(entry.source(&self.source.name).table(name));
        let computed = stored.iter().filter(|is| !**is).count() as u64;
        if computed > 0 {
            note(LedgerEntry::of(LedgerCode::ComputedColumn).count(computed));
        }
        let mut remark = |code: LedgerCode, message: Message| {
            note(LedgerEntry::new(code, message.to_string()));
        };
        if table.omits_columns {
            remark(LedgerCode::PaddedRecords, message!("dump-omitted-columns"));
        }
        if table.is_undefined {
            remark(LedgerCode::UndefinedTable, message!("dump-undefined-types"));
        }
        if table.is_cut {
            remark(LedgerCode::MissingRecords, message!("dump-cut-table"));
        }
    }
}

impl Source for DumpSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        StableFile::bytes_of(&self.location)
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        self.read_all(sink).map_err(|error| match error.kind() {
            ErrorKind::SourceChanged => error,
            _ => error.in_source(self.name.as_str()),
        })
    }

    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        Some(Box::new(FileSource::at(self.location.clone(), &self.name, Role::Unparsed)))
    }
}
