//! A SQLite database as a source.
//!
//! Every ordinary table is read cell by cell, with the storage class each cell has; the
//! definitions are carried as SQL, and the database file itself is carried whole, as it is not
//! rebuilt byte for byte from its tables. The file is never changed: see `open.rs`.

mod counts;
mod heap;
mod journal;
mod merge;
mod open;
mod rows;
mod schema;
mod shape;

use std::path::PathBuf;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use self::heap::HeapLimit;
pub(crate) use self::merge::merge_sidecars;
pub(crate) use self::open::beside;
use self::open::{Database, Files, Header, failed};
use self::schema::Schema;
pub(crate) use super::file::DATABASE_SIDECARS;
use super::location::FileLocation;
use super::stable_file::Spread;
use super::zip::Beside;
use super::{FileHead, FileSource, MAX_RECORD_BYTES, Sink, Source};
use crate::error::Result;
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Origin, RecoveryMethod, Role, SourceMetadata};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Column, Digest, Table};
use crate::sqlite::quoted;
use crate::threads;

/// How much memory SQLite may take beside what records take: for pages, definitions and statements.
const HEAP_BYTES: u64 = 64 << 20;

/// A SQLite database file, with its write-ahead log if it has one.
///
/// Tables, their declared keys and references, and every cell's storage class come out as they
/// are; virtual tables and SQLite's own tables go to the ledger, views, indexes and triggers into
/// the schema file.
#[derive(Debug, Clone)]
pub struct SqliteSource {
    main: FileLocation,
    /// What lies beside it in a ZIP file: what is appended to its name for its log and journal there.
    beside: Vec<Beside>,
    name: String,
    max_record_bytes: u64,
}

impl SqliteSource {
    /// The database at `path`, called `name`.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self::at(FileLocation::named(path), Vec::new(), name)
    }

    /// A database in a file, with its log and journal beside it; or in a ZIP file, with what lies beside it
    /// there.
    pub(super) fn at(main: FileLocation, beside: Vec<Beside>, name: impl Into<String>) -> Self {
        Self { main, beside, name: name.into(), max_record_bytes: MAX_RECORD_BYTES }
    }

    /// Sets how many bytes one record may take, [`MAX_RECORD_BYTES`] by default. While it is read, SQLite may take
    /// twice that and 64 MiB; as it knows such a limit for a process alone, whatever else in this process uses
    /// SQLite at that time has to come to terms with what is left of it.
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

    fn read_all(&self, sink: &mut dyn Sink) -> Result<()> {
        sink.monitor().working_on(&self.name);
        let files = self.files()?;
        let header = Header::of(&files)?;
        let digests = files.digests(sink.monitor())?;
        let heap_bytes = self.max_record_bytes.saturating_mul(2).saturating_add(HEAP_BYTES);
        let _heap = HeapLimit::of(heap_bytes);
        let database = Database::open(&files, self.max_record_bytes, sink.monitor())?;
        // What was copied, or is about to be read, is what was looked at.
        files.check_unchanged()?;

        let (remarks, schema) = interruptible(&database.connection, sink.monitor(), || {
            let remarks = database.check(&self.name)?;
            checkpoint(sink.monitor())?;
            Ok((remarks, Schema::read(&database.connection, self.max_record_bytes)?))
        })?;
        remarks.into_iter().for_each(|remark| sink.finding(remark));
        for entry in &schema.ledger {
            sink.ledger(entry.clone().source(&self.name));
        }
        let records = schema.tables.iter().map(schema::TablePlan::records).sum();
        let mut spread = Spread::new(files.bytes(), records);
        for table in &schema.tables {
            self.read_table(&database.connection, &schema, table, &mut spread, sink)
                .map_err(|error| error.in_table(&table.name))?;
        }
        self.carry_definitions(&schema, sink)?;
        let original = self.carry_files(&files, &digests, sink)?;
        files.check_unchanged()?;
        spread.finish(sink.monitor());
        sink.source(self.facts(&files, &header, &schema, digests[0], original));
        Ok(())
    }

    fn read_table(
        &self,
        connection: &Connection,
        schema: &Schema,
        table: &schema::TablePlan,
        spread: &mut Spread,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let columns = table.columns.iter().map(|column| Column::any(column.as_str()));
        let origin = Origin {
            source: Some(self.name.clone()),
            sheet: Some(table.name.clone()),
            keys: table.keys.clone(),
            references: table.references.clone(),
        };
        sink.begin_table(&Table::new(table.name.as_str(), columns), origin)?;
        let tallies = rows::send(connection, table, schema.encoding, spread, sink)?;
        let counts = counts::reconcile(&table.counts, tallies.as_deref())?;
        let summary = sink.end_table(Some(&counts))?;
        let lone: u64 = tallies.iter().flatten().map(|tally| tally.lone).sum();
        if lone > 0 {
            let entry = LedgerEntry::new(
                LedgerCode::LoneSurrogate,
                "text that is not valid UTF-16 is carried as the bytes of generalised UTF-8",
            );
            sink.ledger(entry.source(&self.name).table(summary.name).count(lone));
        }
        Ok(())
    }

    fn carry_definitions(&self, schema: &Schema, sink: &mut dyn Sink) -> Result<()> {
        let path = format!("{}.schema.sql", self.name);
        let head = FileHead::new(path, schema.definitions.len() as u64, Role::Schema);
        sink.file(&head, &mut schema.definitions.as_slice())?;
        Ok(())
    }

    /// Carries the database and what is beside it; says where the database itself is kept.
    fn carry_files(
        &self,
        files: &Files,
        digests: &[Digest],
        sink: &mut dyn Sink,
    ) -> Result<RecoveryMethod> {
        let mut kept = Vec::new();
        for ((suffix, file), digest) in files.all().zip(digests) {
            let name = format!("{}{suffix}", self.name);
            kept.push(file.carry(&name, Role::Original, *digest, sink)?);
        }
        Ok(kept.swap_remove(0))
    }

    fn facts(
        &self,
        files: &Files,
        header: &Header,
        schema: &Schema,
        sha256: Digest,
        original: RecoveryMethod,
    ) -> SourceMetadata {
        let details: [(&str, Value); 6] = [
            ("encoding", json!(schema.encoding.as_str())),
            ("page_size", json!(schema.page_size)),
            ("user_version", json!(schema.user_version)),
            ("application_id", json!(schema.application_id)),
            ("journal_mode", json!(if header.wal { "wal" } else { "rollback" })),
            ("written_by", json!(header.written_by())),
        ];
        SourceMetadata {
            name: self.name.clone(),
            kind: "sqlite".into(),
            bytes: files.main.bytes,
            sha256,
            modified: files.main.modified(),
            original,
            details: details.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<_, _>>(),
        }
    }
}

/// How often the monitor is asked while a statement of SQLite does not come to an end.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(100);

/// Does `work`, and interrupts SQLite in it once the monitor says to stop: checking or counting a large table,
/// or one whose generated columns take long, is one statement.
fn interruptible<T>(
    connection: &Connection,
    monitor: &dyn Monitor,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let interrupt = connection.get_interrupt_handle();
    let (working, done) = crossbeam_channel::bounded::<()>(0);
    std::thread::scope(|scope| {
        // Without the thread the work is done all the same, and asks the monitor less often.
        let _ = threads::spawn_scoped(scope, (), move |()| {
            while done.recv_timeout(BETWEEN_QUESTIONS) == Err(RecvTimeoutError::Timeout) {
                if !monitor.should_continue() {
                    interrupt.interrupt();
                }
            }
        });
        let _working = working;
        work()
    })
}

/// How many objects a database defines that SQLite runs when somebody uses it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunningObjects {
    pub(crate) triggers: u64,
    pub(crate) views: u64,
    pub(crate) virtual_tables: u64,
}

impl SqliteSource {
    /// Counts what SQLite would run.
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
        counted.map_err(|error| failed("read its definitions", &error))
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
        // What was interrupted is no fault of the database.
        checkpoint(sink.monitor())?;
        read.map_err(|error| error.in_source(self.name.as_str()))
    }

    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        Some(Box::new(FileSource::database(&self.main, &self.name, Role::Unparsed)))
    }
}
