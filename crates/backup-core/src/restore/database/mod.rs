//! Restore into a SQLite database.
//!
//! Tables of a SQLite source come back as they were defined, with everything else that was defined
//! beside them; all others as plain tables. What does not come as it was defined shows only when
//! its records are there: then the restore begins again with that as a plain table, which is rare
//! and much simpler than taking it back.

mod defined;
mod model;
mod plan;
mod room;
mod spool;
mod statements;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::InterruptHandle;
use rusqlite::limits::Limit;

use self::defined::Defined;
use self::plan::Avoid;
use self::room::is_about_the_disk;
use super::{RestoreOptions, begin, give, list_nothing};
use crate::archive::package::{ColumnCounts, Resource, Role};
use crate::archive::{Identity, Reader};
use crate::command::{Command, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::files::Draft;
use crate::finding::{Code, Finding, Severity};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Digest, Record, Table};
use crate::report::{Report, Verdict};
use crate::scratch::sqlite::failed;
use crate::scratch::{Loader, Scratch, SqliteScratch};
use crate::threads;

/// Restores into a new SQLite database. The tables of a SQLite source come back with their
/// definitions, indexes, views, triggers, rowids and counters; other tables under their own names,
/// or as near as SQLite allows, and without types. What was written is read back and compared
/// before the file gets its name.
///
/// # Errors
///
/// As [`restore_folder`](crate::restore_folder), and [`ErrorKind::Scratch`] if the database refuses.
pub fn restore_database(
    archive: &Path,
    identities: &[Identity],
    output: &Path,
    options: &RestoreOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let started = Instant::now();
    if options.salvage {
        let why = "what is whole of a damaged archive is restored into a folder, not a database";
        let hint = "Name a new folder with -o; its tables are CSV files.";
        return Err(Error::new(ErrorKind::Option { why: why.into(), hint: hint.into() }));
    }
    // What cannot be written is said before anything is read.
    drop(Draft::create(output, false)?);
    let mut opened = Report::new(Command::Restore);
    opened.sweep([output], monitor);
    let Some(mut reader) = begin(archive, identities, options, monitor, &mut opened)? else {
        list_nothing(&mut opened);
        return Ok(opened);
    };
    let mut avoid = Avoid::default();
    loop {
        let mut report = opened.clone();
        let draft = Draft::create(output, false)?;
        let job = Job { archive, options, monitor, path: draft.path() };
        // What is wrong with the database is wrong with the file that is written.
        let in_output = |error: Error| match error.kind() {
            ErrorKind::Scratch { .. } => error.in_source(output.display().to_string()),
            _ => error,
        };
        if !job.attempt(&mut reader, &mut avoid, &mut report).map_err(in_output)? {
            continue;
        }
        report.timings.push((Step::Restore, started.elapsed()));
        if report.verdict() != Some(Verdict::Failed) {
            draft.sync()?;
            report.unsupported(draft.publish()?);
            report.written.push(output.display().to_string());
        } else {
            list_nothing(&mut report);
        }
        return Ok(report);
    }
}

struct Job<'a> {
    archive: &'a Path,
    options: &'a RestoreOptions,
    monitor: &'a dyn Monitor,
    path: &'a Path,
}

impl Job<'_> {
    /// Restores once; `false` if it has to be begun again, with something to avoid.
    fn attempt(
        &self,
        reader: &mut Reader<File>,
        avoid: &mut Avoid,
        report: &mut Report,
    ) -> Result<bool> {
        let mut notes = Vec::new();
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let plan = plan::read(reader, &self.options.tables, avoid, folder, &mut notes);
        let Some(definitions) = crate::verify::refused(plan, report)? else { return Ok(true) };
        let mut database = Restored::create(self.path, definitions)?;
        let resources = &reader.manifest().resources;
        database.limit(resources).map_err(|error| failed("be limited", error))?;
        let handle = database.plain.connection().get_interrupt_handle();
        let restored =
            interruptible(self.monitor, &handle, || self.fill(reader, &mut database, report));
        checkpoint(self.monitor)?;
        if database.has_definitions()
            && let Some(again) = database.refusal(&restored, report)
        {
            match again {
                (Some(index), why) => avoid.tables.insert(index, why).map(drop),
                (None, why) => avoid.all.replace(why).map(drop),
            };
            return Ok(false);
        }
        restored?;
        notes.extend(database.notes());
        let remark = |note: String| Finding::remark(Code::Source, note);
        report.findings.extend(notes.into_iter().map(remark));
        if !report.has_failure() {
            report.findings.extend(database.defined.iter().filter_map(Defined::what_runs));
        }
        let files = &reader.manifest().backup.files;
        if self.options.tables.is_empty() && files.iter().any(|file| file.role != Role::Schema) {
            let message = "a database holds no files: restore into a folder to get them as well";
            report.findings.push(remark(message.into()));
        }
        if !report.has_failure() {
            report.name_empty_tables();
        }
        report.files.clear();
        Ok(true)
    }

    fn fill(
        &self,
        reader: &mut Reader<File>,
        database: &mut Restored,
        report: &mut Report,
    ) -> Result<()> {
        let (options, monitor) = (self.options, self.monitor);
        let mut loader = Loader::new(database);
        give(self.archive, reader, options, monitor, &mut loader, report)?;
        if report.has_failure() {
            return Ok(());
        }
        database.loading = false;
        database.loaded()?;
        crate::restore_test::prove(reader, &options.tables, None, database, monitor, report)?;
        match &database.defined {
            Some(defined) => defined.prove(monitor, report),
            None => Ok(()),
        }
    }
}

/// Does `work`, and has SQLite stop whatever it is doing once the monitor says so.
fn interruptible<T>(
    monitor: &dyn Monitor,
    handle: &InterruptHandle,
    work: impl FnOnce() -> T,
) -> T {
    const BETWEEN_QUESTIONS: Duration = Duration::from_millis(50);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        // Without a thread SQLite comes to the end of what it does before anybody is asked.
        let watch = threads::spawn_scoped(scope, (), |()| {
            while !done.load(Ordering::Relaxed) {
                if !monitor.go_on() {
                    handle.interrupt();
                }
                thread::park_timeout(BETWEEN_QUESTIONS);
            }
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        if let Ok(watch) = &watch {
            watch.thread().unpark();
        }
        result
    })
}

/// A database that is given back: some tables as they were defined, others plain.
struct Restored {
    plain: SqliteScratch,
    defined: Option<Defined>,
    path: std::path::PathBuf,
    /// The archive is still being read: what is wrong now is wrong with that.
    loading: bool,
}

impl Restored {
    fn create(path: &Path, definitions: Option<plan::Definitions>) -> Result<Self> {
        let mut names = HashSet::new();
        let mut encoding = "UTF-8";
        if let Some(definitions) = &definitions {
            let tables = definitions.tables.iter().map(|table| &table.plan.name);
            let others = definitions.others.iter().map(|other| &other.name);
            names.extend(tables.chain(others).map(|name| name.to_lowercase()));
            encoding = definitions.encoding.as_str();
        }
        let plain = SqliteScratch::restoring(path, encoding, names)?;
        let defined = definitions
            .map(|definitions| Defined::begin(definitions, plain.connection()))
            .transpose()?;
        Ok(Self { plain, defined, path: path.to_path_buf(), loading: true })
    }

    /// Keeps definitions from making more of the records than there can be: an index of an expression
    /// may compute anything.
    fn limit(&self, resources: &[Resource]) -> rusqlite::Result<()> {
        let bytes: u64 = resources.iter().map(|resource| resource.bytes).sum();
        let longest = |resource: &Resource| -> u64 {
            resource.backup.columns.iter().map(|column| column.longest).sum()
        };
        let longest = resources.iter().map(longest).max().unwrap_or_default();
        let indexes = self.defined.as_ref().map_or(0, |defined| {
            let definitions = &defined.definitions;
            let of_tables: usize = definitions.tables.iter().map(|table| table.indexes.len()).sum();
            (of_tables + definitions.others.len()) as u64
        });
        // Text may take twice its bytes, and whatever takes little may take a little more.
        let length = longest.saturating_mul(4).saturating_add(16 << 20).min(i32::MAX as u64);
        let room = bytes.saturating_mul(8).saturating_add(256 << 20);
        let pages = room.saturating_mul(1 + indexes) / 4096;
        let connection = self.plain.connection();
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, length as i32)?;
        let pages = pages.min(u64::from(u32::MAX) - 2) as i64;
        connection.pragma_update(None, "max_page_count", pages)
    }

    fn has_definitions(&self) -> bool {
        self.defined.is_some()
    }

    fn as_defined(&mut self, table: usize) -> Option<&mut Defined> {
        self.defined.as_mut().filter(|defined| defined.has(table))
    }

    /// The table, or everything, that does not come as it is defined, and why.
    fn refusal(
        &mut self,
        restored: &Result<()>,
        report: &Report,
    ) -> Option<(Option<usize>, String)> {
        let defined = self.defined.as_mut()?;
        let refused = defined.refused.take();
        match restored {
            Err(error) if matches!(error.kind(), ErrorKind::Scratch { .. }) => {
                let why = error.kind().to_string();
                if is_about_the_disk(self.plain.connection(), &why) {
                    return None;
                }
                return Some(refused.map_or((None, why), |(index, why)| (Some(index), why)));
            }
            Err(_) => return None,
            Ok(()) if self.loading => return None,
            Ok(()) => {}
        }
        let failures = report.findings.iter().filter(|f| f.severity == Severity::Failure);
        let tables = defined.definitions.tables.iter();
        let tables: HashMap<&str, &plan::DefinedTable> =
            tables.map(|table| (table.archived.name.as_str(), table)).collect();
        let mut why = None;
        for failure in failures {
            if let Some(table) = failure.table.as_deref().and_then(|name| tables.get(name)) {
                let computed = "SQLite computes its generated columns otherwise than they were";
                let message = if table.computed { computed } else { &failure.message };
                return Some((Some(table.index), message.to_owned()));
            }
            why.get_or_insert_with(|| failure.message.clone());
        }
        why.map(|why| (None, why))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.plain.notes();
        notes.extend(self.defined.iter().flat_map(|defined| defined.notes.clone()));
        notes
    }
}

impl Scratch for Restored {
    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        match self.as_defined(index) {
            Some(defined) => defined.create(index),
            None => self.plain.create_table(index, table)?,
        }
        Ok(())
    }

    fn insert(&mut self, table: usize, record: &Record) -> Result<()> {
        match &mut self.defined {
            Some(defined) if defined.has(table) => {
                defined.insert(self.plain.connection(), table, record)
            }
            _ => self.plain.insert(table, record),
        }
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.plain.add_file(path, bytes, sha256)
    }

    fn loaded(&mut self) -> Result<()> {
        self.plain.loaded()?;
        match &mut self.defined {
            Some(defined) => defined.finish(self.plain.connection(), &self.path),
            None => Ok(()),
        }
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        let mut tables = self.plain.tables()?;
        tables.extend(self.defined.iter().flat_map(Defined::tables));
        Ok(tables)
    }

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        self.plain.files()
    }

    fn read(&mut self, table: usize, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()> {
        match self.as_defined(table) {
            Some(defined) => defined.read(table, each),
            None => self.plain.read(table, each),
        }
    }

    fn counts(&mut self, table: usize) -> Result<Vec<ColumnCounts>> {
        match self.as_defined(table) {
            Some(defined) => defined.counts(table),
            None => self.plain.counts(table),
        }
    }
}
