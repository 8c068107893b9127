//! Restore into a SQLite database.
//!
//! An archive of one SQLite database holds the database file. This file is restored: its tables,
//! indexes, views, triggers and rowids are those of the source. The tables of any other archive are
//! restored as plain tables, without types, keys or indexes.
//!
//! In both cases, the database is read back and compared with the manifest before the file gets its
//! final name. The database file of a forged archive may be malicious, so it is opened like any
//! source, and nothing in it is executed.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use super::joined::{self, Whole};
use super::request::{Request, RestoreOptions, list_nothing};
use crate::archive::{Identity, Reader, Visitor};
use crate::check::{Loader, prove};
use crate::command::{Command, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::files::{Draft, create_private};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::model::{
    FileMetadata, JoinedReport, Manifest, RecoveryMethod, Resource, Role, SourceMetadata,
};
use crate::monitor::{Monitor, Phase};
use crate::outcome::{Check, CheckKind};
use crate::record::Digest;
use crate::report::Report;
use crate::scratch::{Scratch as _, SqliteScratch};
use crate::source::ingest::{Ingest, Notes, Tally};
use crate::source::sqlite::{
    DATABASE_SIDECARS, RunningObjects, SqliteSource, beside, merge_sidecars,
};
use crate::source::{MAX_RECORD_BYTES, Source as _};

/// The maximum number of databases that a note names.
const MAX_NAMED: usize = 20;

/// Restores an archive into a new SQLite database. If the only source of the archive is a SQLite
/// database, the database file itself is restored, and its write-ahead log is applied. Otherwise,
/// or if only some tables are requested, tables are restored without types. Their names are kept as
/// far as SQLite allows. Parts of one table are tables, and a view joins them. The result is read
/// back and compared before the file gets its final name.
///
/// # Errors
///
/// As [`restore_folder`](crate::restore_folder), and [`ErrorKind::Scratch`] if the database fails.
pub fn restore_database(
    archive: &Path,
    identities: &[Identity],
    output: &Path,
    options: &RestoreOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let started = Instant::now();
    if options.salvage {
        let (why, hint) = (message!("salvage-database"), message!("hint-salvage-database"));
        return Err(Error::new(ErrorKind::Option { why, hint }));
    }
    let draft = Draft::create(output, false)?;
    let mut report = Report::new(Command::Restore);
    report.sweep([output], monitor);
    let tables = OnceCell::new();
    let request = Request { archive, identities, options, monitor, tables: &tables };
    if let Some(mut reader) = request.open(&mut report)? {
        let restored = match kept_database(reader.manifest(), options) {
            Some(kept) => restore_file(request, &draft, &mut reader, &kept, &mut report),
            None => load_tables(request, &draft, &mut reader, &mut report).map(|()| Vec::new()),
        };
        let restored = restored.map_err(|error| draft.named(error))?;
        let mut files = reader.manifest().backup.files.iter();
        let is_left_out =
            |file: &FileMetadata| file.role != Role::Schema && !restored.contains(&file.path);
        if options.tables.is_empty() && files.any(is_left_out) {
            let message = message!("restored-without-files");
            report.findings.push(Finding::remark(Code::Source, message));
        }
        report.run.timings.push((Step::Restore, started.elapsed()));
    }
    report.contents.files.clear();
    if report.has_failure() {
        list_nothing(&mut report);
        return Ok(report);
    }
    report.note_empty_tables();
    draft.sync()?;
    report.unsupported(draft.publish()?);
    report.run.written.push(output.to_path_buf());
    Ok(report)
}

/// The only source of an archive and the path of its file, if the source is a SQLite database whose
/// file the archive holds, and all tables are requested.
fn kept_database(
    manifest: &Manifest,
    options: &RestoreOptions,
) -> Option<(SourceMetadata, String)> {
    let [source] = &manifest.backup.sources[..] else { return None };
    let RecoveryMethod::Kept(path) = &source.original else { return None };
    let from_source =
        |resource: &Resource| resource.backup.origin.source.as_ref() == Some(&source.name);
    let is_whole = options.tables.is_empty() && manifest.resources.iter().all(from_source);
    (source.kind == "sqlite" && is_whole).then(|| (source.clone(), path.clone()))
}

/// Loads the tables into the draft as plain tables.
fn load_tables(
    request: Request<'_>,
    draft: &Draft,
    reader: &mut Reader<File>,
    report: &mut Report,
) -> Result<()> {
    let mut database = SqliteScratch::restoring(draft.path())?;
    request.give(reader, &mut Loader::new(&mut database), report)?;
    if report.has_failure() {
        return Ok(());
    }
    database.loaded()?;
    prove(reader, request.tables(), &mut (), &mut database, request.monitor, report)?;
    let manifest = reader.manifest();
    let wants = |at: usize| request.wants(&manifest.resources[at].title);
    let wholes = joined::wholes(manifest, wants);
    for Whole { report: JoinedReport { name, .. }, parts } in &wholes {
        database.join(name, parts)?;
    }
    joined::add_to(report, wholes.into_iter().map(|whole| whole.report).collect());
    let notes = database.notes().into_iter().chain(plain_note(request, reader.manifest()));
    report.findings.extend(notes.map(|note| Finding::remark(Code::Source, note)));
    Ok(())
}

/// A note on databases that are restored as plain tables although the archive holds the original
/// file.
fn plain_note(request: Request<'_>, manifest: &Manifest) -> Option<Message> {
    let tables = manifest.resources.iter().filter(|resource| request.wants(&resource.title));
    let sources: HashSet<_> =
        tables.filter_map(|resource| resource.backup.origin.source.as_ref()).collect();
    let is_noted = |source: &&SourceMetadata| {
        let is_lost = matches!(source.original, RecoveryMethod::Lost(_));
        source.kind == "sqlite" && !is_lost && sources.contains(&source.name)
    };
    let databases = manifest.backup.sources.iter().filter(is_noted);
    let mut names: Vec<_> = databases.map(|source| source.name.as_str()).collect();
    if names.len() > MAX_NAMED {
        names.splice(MAX_NAMED.., ["…"]);
    }
    (!names.is_empty()).then(|| message!("restored-plain", sources = names.join(", ")))
}

/// Writes the database file into the draft, and compares its tables with the manifest. Returns the
/// paths in the archive of the files that were used.
fn restore_file(
    request: Request<'_>,
    draft: &Draft,
    reader: &mut Reader<File>,
    (source, path): &(SourceMetadata, String),
    report: &mut Report,
) -> Result<Vec<String>> {
    let mut files = DatabaseFiles::create(draft, reader.manifest(), path)?;
    request.give(reader, &mut files, report)?;
    if report.has_failure() {
        return Ok(Vec::new());
    }
    let paths: Vec<_> = files.files.into_iter().map(|(path, _)| path).collect();
    let read_back = || read_back(request.monitor, draft, reader.manifest(), source);
    let refusal = match read_back() {
        Ok((database, objects)) => {
            compare(reader.manifest(), source, &database, paths.len() > 1, report);
            report.findings.extend(executable_objects_note(objects));
            return Ok(paths);
        }
        Err(error) => malformed_reason(error)?,
    };
    // SQLite also reports a malformed file if the disk fails, so the file is read again. A file
    // that is really malformed fails every time.
    let Err(error) = read_back() else {
        return Err(Error::scratch(message!("scratch-read"), refusal));
    };
    let message = message!("restored-unreadable", why = malformed_reason(error)?);
    report.findings.push(Finding::failure(Code::Contents, message));
    Ok(paths)
}

/// Merges the restored files, and reads the database like a source. Returns its digests, and the
/// objects that SQLite would execute.
fn read_back(
    monitor: &dyn Monitor,
    draft: &Draft,
    manifest: &Manifest,
    source: &SourceMetadata,
) -> Result<((Tally, Notes), RunningObjects)> {
    merge_sidecars(draft.path())?;
    let longest = |resource: &Resource| -> u64 {
        resource.backup.columns.iter().map(|column| column.longest).sum()
    };
    let longest = manifest.resources.iter().map(longest).max().unwrap_or_default();
    let mut database = SqliteSource::new(draft.path(), source.name.as_str())
        .max_record_bytes(MAX_RECORD_BYTES.max(longest));
    monitor.phase(Phase::Proving, database.bytes());
    let mut ingest = Ingest::new(Tally::default(), monitor);
    database.read(&mut ingest)?;
    Ok(((ingest.store, ingest.notes), database.running_objects()?))
}

/// The reason why a database is malformed. Returns other errors, such as those of the disk,
/// unchanged.
fn malformed_reason(error: Error) -> Result<Message> {
    match error.kind() {
        ErrorKind::Source { why, .. } => Ok(why.clone()),
        _ => Err(error),
    }
}

/// Compares the tables of a restored database with the manifest. Also compares the file, unless a
/// log was merged into it.
fn compare(
    manifest: &Manifest,
    source: &SourceMetadata,
    (restored, notes): &(Tally, Notes),
    is_merged: bool,
    report: &mut Report,
) {
    let tables = restored.tables.iter().map(|table| (&table.name, table.digest));
    let mut tables: HashMap<_, _> = tables.collect();
    for resource in &manifest.resources {
        let name = resource.backup.origin.sheet.as_ref().unwrap_or(&resource.title);
        let digest = tables.remove(name);
        let digest = digest.map_or("–".into(), |digest| format!("sha256:{digest}"));
        if digest != resource.hash {
            let finding = Finding::failure(Code::TableDigest, message!("restored-digest"));
            report.findings.push(finding.table(&resource.title).expected(&resource.hash, digest));
        }
    }
    let more = Finding::failure(Code::Contents, message!("restored-more-tables"));
    report.findings.extend(tables.into_keys().map(|name| more.clone().table(name)));
    let count = restored.tables.iter().map(|table| table.rows).sum();
    report.results.checks.push(Check { kind: CheckKind::RestoredRecords, count });
    if is_merged {
        return;
    }
    if notes.sources.iter().any(|file| file.sha256 == source.sha256) {
        report.results.checks.push(Check { kind: CheckKind::Originals, count: 1 });
    } else {
        let finding = Finding::failure(Code::FileDigest, message!("file-differs"));
        report.findings.push(finding.path(&source.name));
    }
}

/// A note on objects that SQLite executes when the database is used. Everyone who has the public
/// key can create an archive, so these objects may be malicious.
fn executable_objects_note(objects: RunningObjects) -> Option<Finding> {
    let RunningObjects { triggers, views, virtual_tables } = objects;
    let objects = [
        (triggers, message!("count-triggers", count = triggers)),
        (views, message!("count-views", count = views)),
        (virtual_tables, message!("count-virtual-tables", count = virtual_tables)),
    ];
    let some = objects.into_iter().filter(|(count, _)| *count > 0).map(|(_, message)| message);
    let all = some.reduce(|one, next| message!("joined-names", one = one, next = next))?;
    Some(Finding::remark(Code::Source, message!("restored-objects", objects = all)))
}

/// Writes the files of a database: the database into its draft, and its log and journal beside it.
struct DatabaseFiles {
    /// The files, with their paths in the archive.
    files: Vec<(String, File)>,
    /// The file that is being written.
    open: Option<usize>,
}

impl DatabaseFiles {
    fn create(draft: &Draft, manifest: &Manifest, path: &str) -> Result<Self> {
        let mut files = vec![(path.to_owned(), draft.handle()?)];
        for suffix in DATABASE_SIDECARS {
            let path = format!("{path}{suffix}");
            let is_it = |file: &FileMetadata| file.path == path && file.role == Role::Original;
            if manifest.backup.files.iter().any(is_it) {
                let sidecar = beside(draft.path(), suffix);
                let file = create_private(&sidecar);
                files.push((path, file.map_err(|error| Error::writing(sidecar, error))?));
            }
        }
        Ok(Self { files, open: None })
    }
}

impl Visitor for DatabaseFiles {
    fn begin_file(&mut self, _: usize, file: &FileMetadata) -> Result<()> {
        self.open = self.files.iter().position(|(path, _)| *path == file.path);
        Ok(())
    }

    fn content(&mut self, bytes: &[u8]) -> Result<()> {
        let Some((path, file)) = self.open.and_then(|open| self.files.get_mut(open)) else {
            return Ok(());
        };
        file.write_all(bytes).map_err(|error| Error::writing(&*path, error))
    }

    fn end_file(&mut self, _: Digest) -> Result<()> {
        self.open = None;
        Ok(())
    }
}
