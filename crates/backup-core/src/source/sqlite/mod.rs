//! SQLite databases.
//!
//! Every ordinary table is read cell by cell, with the storage class of each value. The definitions
//! are stored as SQL. The database file itself is stored too, because it cannot be rebuilt byte for
//! byte from its tables. The file is never changed: see `open.rs`.

mod errors;
mod files;
mod heap;
mod journal;
mod log;
mod merge;
mod open;
mod rows;
mod schema;
mod table;

use std::path::PathBuf;

use rusqlite::Connection;

use self::errors::unreadable_definitions;
pub(crate) use self::files::beside;
use self::files::{Files, WAL, header_details};
use self::heap::{HEAP_BYTES, HeapLimit};
use self::log::ignored_frames;
pub(crate) use self::merge::merge_sidecars;
use self::open::Database;
use self::schema::Schema;
use self::table::TablePlan;
pub(crate) use super::file::DATABASE_SIDECARS;
use super::location::FileLocation;
use super::stable_file::Spread;
use super::zip::Beside;
use super::{FileHead, FileSource, MAX_RECORD_BYTES, Sink, Source};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::i18n::Message;
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Origin, Role, SourceMetadata};
use crate::monitor::checkpoint;
use crate::record::{Column, Table};
use crate::threads::interruptible;

/// A SQLite database file, with its write-ahead log if it has one.
///
/// Tables, their declared keys and references, and the storage class of every value are stored.
/// Virtual tables and SQLite's own tables are listed in the ledger. Views, indexes and triggers are
/// in the schema file.
#[derive(Debug, Clone)]
pub struct SqliteSource {
    main: FileLocation,
    /// Its log and journal in a ZIP file, with the suffixes of their names.
    beside: Vec<Beside>,
    name: String,
    max_record_bytes: u64,
}

impl SqliteSource {
    /// The database at `path`. Its name in the archive is `name`.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self::at(FileLocation::named(path), Vec::new(), name)
    }

    /// A database on the disk or in a ZIP file. On the disk, its log and journal are found
    /// automatically; in a ZIP file, they are `beside`.
    pub(super) fn at(main: FileLocation, beside: Vec<Beside>, name: impl Into<String>) -> Self {
        Self { main, beside, name: name.into(), max_record_bytes: MAX_RECORD_BYTES }
    }

    /// Sets the maximum length of a record in bytes, [`MAX_RECORD_BYTES`] by default. While the
    /// database is read, SQLite may allocate twice this limit plus 64 MiB. This memory limit is for
    /// the whole process, so other uses of SQLite in the process share it.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self
    }

    fn files(&self) -> Result<Files> {
        match &self.main {
            FileLocation::File(file) => Files::find(file),
            FileLocation::Member(main) => Files::zipped(main, &self.beside),
        }
    }

    /// Notes the frames of the log that SQLite ignores.
    fn note_damaged_log(&self, files: &Files, sink: &mut dyn Sink) -> Result<()> {
        let log = files.sidecars.iter().find(|(suffix, _)| *suffix == WAL);
        let Some((suffix, log)) = log else { return Ok(()) };
        if let Some(count) = ignored_frames(log.open()?, log.path(), sink.monitor())? {
            let code = LedgerCode::DamagedLog;
            let message = Message::of_variant("detail-", &code).with("count", count);
            let remark = Finding::remark(Code::Source, message);
            sink.finding(remark.path(format!("{}{suffix}", self.name)).noted(code, count));
        }
        Ok(())
    }

    fn read_all(&self, sink: &mut dyn Sink) -> Result<()> {
        sink.monitor().working_on(&self.name);
        let files = self.files()?;
        let header = header_details(&files.main)?;
        let digests = files.digests(sink.monitor())?;
        let heap_bytes = self.max_record_bytes.saturating_mul(2).saturating_add(HEAP_BYTES);
        let _heap = HeapLimit::of(heap_bytes);
        let database = Database::open(&files, self.max_record_bytes, sink.monitor())?;
        // The files that were copied, and those that will be read, are the files that were hashed.
        files.check_unchanged()?;

        let interrupt = database.connection.get_interrupt_handle();
        let interrupt = || interrupt.interrupt();
        let (remarks, schema) = interruptible(sink.monitor(), interrupt, || {
            let remarks = database.check(&self.name)?;
            checkpoint(sink.monitor())?;
            Ok((remarks, Schema::read(&database.connection, self.max_record_bytes)?))
        })?;
        remarks.into_iter().for_each(|remark| sink.finding(remark));
        self.note_damaged_log(&files, sink)?;
        if files.main.bytes == 0 {
            sink.ledger(LedgerEntry::of(LedgerCode::EmptyFile).source(&self.name));
        } else if schema.tables.is_empty() {
            sink.ledger(LedgerEntry::of(LedgerCode::EmptyDatabase).source(&self.name));
        }
        for entry in &schema.ledger {
            sink.ledger(entry.clone().source(&self.name));
        }
        let records = schema.tables.iter().map(TablePlan::records).sum();
        let mut spread = Spread::new(files.bytes(), records);
        for table in &schema.tables {
            self.read_table(&database.connection, &schema, table, &mut spread, sink)
                .map_err(|error| error.in_table(&table.name))?;
        }
        let path = format!("{}.schema.sql", self.name);
        let definitions = FileHead::new(path, schema.definitions.len() as u64, Role::Schema);
        sink.file(&definitions, &mut schema.definitions.as_slice())?;
        let mut kept = Vec::new();
        for ((suffix, file), digest) in files.all().zip(&digests) {
            let name = format!("{}{suffix}", self.name);
            kept.push(file.store(&name, Role::Original, *digest, sink)?);
        }
        files.check_unchanged()?;
        spread.finish(sink.monitor());
        let details = schema.details.into_iter().chain(header);
        sink.source(SourceMetadata {
            name: self.name.clone(),
            kind: "sqlite".into(),
            bytes: Some(files.main.bytes),
            sha256: Some(digests[0]),
            modified: files.main.modified(),
            original: kept.swap_remove(0),
            details: details.map(|(key, value)| (key.to_owned(), value)).collect(),
        });
        Ok(())
    }

    fn read_table(
        &self,
        connection: &Connection,
        schema: &Schema,
        table: &TablePlan,
        spread: &mut Spread,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let columns = table.columns.iter().map(|column| Column::any(column.name.as_str()));
        let origin = Origin {
            source: Some(self.name.clone()),
            sheet: Some(table.name.clone()),
            keys: table.keys.clone(),
            references: table.references.clone(),
            // SQLite does not hold values to the type of their column.
            types: Vec::new(),
        };
        sink.begin_table(&Table::new(table.name.as_str(), columns), origin)?;
        let tallies = rows::send(connection, table, schema.encoding, spread, sink)?;
        let counts = rows::reconcile(&table.counts, &tallies, schema.encoding)?;
        let summary = sink.end_table(Some(&counts))?;
        let lone: u64 = tallies.iter().map(|tally| tally.lone).sum();
        if lone > 0 {
            let entry = LedgerEntry::of(LedgerCode::LoneSurrogate);
            sink.ledger(entry.source(&self.name).table(summary.name).count(lone));
        }
        Ok(())
    }
}

/// The numbers of objects in a database that SQLite executes when the database is used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunningObjects {
    pub(crate) triggers: u64,
    pub(crate) views: u64,
    pub(crate) virtual_tables: u64,
}

impl SqliteSource {
    /// Counts the objects that SQLite would execute.
    pub(crate) fn running_objects(&self) -> Result<RunningObjects> {
        const COUNT: &str = "SELECT count(*) FILTER (WHERE type = 'trigger'), \
                             count(*) FILTER (WHERE type = 'view'), \
                             count(*) FILTER (WHERE type = 'table' AND coalesce(rootpage, 0) = 0) \
                             FROM main.sqlite_schema";
        let _heap = HeapLimit::of(HEAP_BYTES);
        let database = Database::open(&self.files()?, self.max_record_bytes, &())?;
        let counted = database.connection.query_row(COUNT, [], |row| {
            let count = |index| row.get(index).map(i64::unsigned_abs);
            Ok(RunningObjects { triggers: count(0)?, views: count(1)?, virtual_tables: count(2)? })
        });
        counted.map_err(|error| unreadable_definitions(&error))
    }
}

impl Source for SqliteSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        self.files().ok().map(|files| files.bytes())
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let read = self.read_all(sink);
        // An interrupted statement is not an error of the database.
        checkpoint(sink.monitor())?;
        read.map_err(|error| error.in_source(self.name.as_str()))
    }

    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        Some(Box::new(FileSource::database(&self.main, &self.name, Role::Unparsed)))
    }
}
