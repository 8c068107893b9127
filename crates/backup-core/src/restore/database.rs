//! Restore into a SQLite database.
//!
//! An archive of one SQLite database holds the database file. That file is given back: its tables,
//! indexes, views, triggers and rowids are the source's own. The tables of any other archive come as
//! plain tables, without types, keys or indexes.
//!
//! Either is read back and compared with the manifest before it gets its name. The file of a forged
//! archive may be made to do harm, so it is opened as any source is, and nothing in it runs.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use super::request::{Request, RestoreOptions, list_nothing};
use crate::archive::{Identity, Reader, Visitor};
use crate::check::{Loader, prove};
use crate::command::{Command, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::files::{Draft, create_private};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::model::{FileMetadata, Manifest, RecoveryMethod, Resource, Role, SourceMetadata};
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

/// The most databases that a note names.
const MAX_NAMED: usize = 20;

/// Restores into a new SQLite database. If the archive's only source is a SQLite database, the database
/// file itself comes back, its write-ahead log applied. Otherwise, or if only some tables are wanted,
/// tables come under their own names, or as near as SQLite allows, and without types. What was
/// written is read back and compared before the file gets its name.
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
        let (why, hint) = (message!("salvage-database"), message!("hint-salvage-database"));
        return Err(Error::new(ErrorKind::Option { why, hint }));
    }
    let draft = Draft::create(output, false)?;
    let mut report = Report::new(Command::Restore);
    report.sweep([output], monitor);
    let request = Request { archive, identities, options, monitor };
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
    report.name_empty_tables();
    draft.sync()?;
    report.unsupported(draft.publish()?);
    report.run.written.push(output.to_path_buf());
    Ok(report)
}

/// The database that is an archive's only source, and the path of its file, if the archive holds that and
/// all of it is wanted.
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
    prove(reader, &request.options.tables, &mut (), &mut database, request.monitor, report)?;
    let notes = database.notes().into_iter().chain(plain_note(request, reader.manifest()));
    report.findings.extend(notes.map(|note| Finding::remark(Code::Source, note)));
    Ok(())
}

/// A note on databases whose tables come as plain ones, though the archive holds the original file.
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

/// Writes the file of the database into the draft and compares its tables with the manifest. Returns
/// the paths of the archive's files that it is made of.
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
            report.findings.extend(what_runs(objects));
            return Ok(paths);
        }
        Err(error) => of_the_file(error)?,
    };
    // SQLite also calls a file malformed if the disk fails to read it. A file that is malformed is so
    // whenever it is read.
    let Err(error) = read_back() else {
        return Err(Error::scratch(message!("scratch-read"), refusal));
    };
    let message = message!("restored-unreadable", why = of_the_file(error)?);
    report.findings.push(Finding::failure(Code::Contents, message));
    Ok(paths)
}

/// Merges the restored files and reads the database as a source is read: its digests, and what SQLite
/// would run in it.
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

/// What is wrong with a database; an error if the disk failed.
fn of_the_file(error: Error) -> Result<Message> {
    match error.kind() {
        ErrorKind::Source { why, .. } => Ok(why.clone()),
        _ => Err(error),
    }
}

/// Compares a restored database with the manifest: its tables, and the file too unless a log was merged
/// into it.
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

/// A note on what SQLite runs when somebody uses the database. Whoever has the public key can make an
/// archive, so it may have been made to do harm.
fn what_runs(objects: RunningObjects) -> Option<Finding> {
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

/// Writes the files of a database into its draft: the database, and beside it the log and the journal.
struct DatabaseFiles {
    /// Each with its path in the archive.
    files: Vec<(String, File)>,
    /// The one whose bytes come now.
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
