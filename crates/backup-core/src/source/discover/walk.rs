//! Going through folders and ZIP files.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use super::kind::{FileKind, last, names};
use super::{DiscoverOptions, Discovered};
use crate::error::{Error, Result};
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Role};
use crate::source::Source;
use crate::source::csv::CsvSource;
use crate::source::file::{DATABASE_SIDECARS, FileSource, Unreadable};
use crate::source::ingest::Names;
use crate::source::location::FileLocation;
use crate::source::opening::{self, DiskFile, Root};
use crate::source::zip::{Beside, Directory, Inside, Kind, Member, NameCoding, ZipSource};

pub(super) struct Walk<'a> {
    options: &'a DiscoverOptions,
    found: Discovered,
    names: Names<(String, String)>,
    /// What the folder is called that each file is in, or was named by; `None` if it has no name.
    folders: HashMap<String, Option<String>>,
    /// What cannot even be opened or listed. It comes first, so that nobody waits for it.
    unreadable: Vec<Box<dyn Source>>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(options: &'a DiscoverOptions) -> Self {
        Self {
            options,
            found: Discovered::default(),
            names: Names::default(),
            folders: HashMap::new(),
            unreadable: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> Discovered {
        let patterns = self.options.as_file.iter();
        let patterns = patterns.chain(self.options.rules.iter().map(|(pattern, _)| pattern));
        let is_nothings = |pattern: &&String| {
            *pattern != "*" && !self.names.iter().any(|name| names(pattern, name))
        };
        let unmatched = patterns.filter(is_nothings).cloned().collect();
        self.unreadable.append(&mut self.found.sources);
        Discovered { sources: self.unreadable, unmatched, ..self.found }
    }

    /// What a person names is followed; what is found on the way is not.
    pub(super) fn named(&mut self, path: &Path) -> Result<()> {
        let failed = |error| Error::reading(path, error);
        let metadata = path.metadata().map_err(failed)?;
        if metadata.is_dir() {
            match Root::open(path) {
                Ok(root) => self.folder(&Arc::new(root), "", path),
                Err(error) => self.fail("", path, failed(error)),
            }
            return Ok(());
        }
        if !metadata.is_file() {
            return Err(special(path));
        }
        let name = text(path.file_name().unwrap_or(path.as_os_str()), path)?;
        let folder = path.parent().and_then(Path::file_name);
        self.file(DiskFile::named(path), metadata.len(), name, folder)
    }

    /// `path` is what it is called in messages.
    fn folder(&mut self, root: &Arc<Root>, below: &str, path: &Path) {
        let entries = match root.list(Path::new(below)) {
            Ok(entries) => entries,
            Err(error) => {
                let above = below.rsplit_once('/').map_or("", |(above, _)| above);
                return self.fail(above, path, Error::reading(path, error));
            }
        };
        if entries.is_empty() && !below.is_empty() {
            self.pass_over(LedgerCode::EmptyFolder, "an empty folder is not kept", below);
        }
        for name in entries {
            let path = path.join(&name);
            if let Err(error) = self.entry(root, below, &name, &path) {
                self.fail(below, &path, error);
            }
        }
    }

    fn entry(&mut self, root: &Arc<Root>, below: &str, name: &OsStr, path: &Path) -> Result<()> {
        let name = text(name, path)?;
        let name = if below.is_empty() { name } else { format!("{below}/{name}") };
        let below = Path::new(&name);
        match root.look(below).map_err(|error| Error::reading(path, error))? {
            opening::Kind::Folder => self.folder(root, &name, path),
            opening::Kind::File { bytes } => {
                let file = DiskFile::found(root, below.to_path_buf());
                self.file(file, bytes, name, root.path().file_name())?;
            }
            opening::Kind::Link => {
                self.pass_over(LedgerCode::Link, "a symbolic link is not followed", &name);
            }
            opening::Kind::Other => {
                self.pass_over(
                    LedgerCode::SpecialFile,
                    "a device, pipe or socket is not read",
                    &name,
                );
            }
        }
        Ok(())
    }

    fn fail(&mut self, below: &str, path: &Path, error: Error) {
        let last = path.file_name().unwrap_or_default().to_string_lossy();
        let name = if below.is_empty() { last.into_owned() } else { format!("{below}/{last}") };
        self.unreadable.push(Box::new(Unreadable::new(name, error)));
    }

    fn pass_over(&mut self, code: LedgerCode, why: &str, name: &str) {
        self.found.ledger.push(LedgerEntry::new(code, why).source(name));
    }

    /// `folder` is what the folder is called that it was found in, or is in if it was named.
    fn file(
        &mut self,
        file: DiskFile,
        bytes: u64,
        name: String,
        folder: Option<&OsStr>,
    ) -> Result<()> {
        if is_lock_file(&name, bytes) && !self.is_file(&name) {
            self.pass_over(LedgerCode::LockFile, LOCK_FILE, &name);
            return Ok(());
        }
        if is_part_of_database(&file)? {
            // A log or journal goes along with its database.
            if name.ends_with(WAL_INDEX) {
                self.pass_over(LedgerCode::WalIndex, WAL_INDEX_SAID, &name);
            }
            return Ok(());
        }
        let folder = folder.map(|name| name.to_string_lossy().into_owned());
        let unique = self.unique(&name, folder.as_deref().unwrap_or("other"));
        if unique != name {
            let why = format!("another source is called {name}; this one is called {unique}");
            let mut entry = LedgerEntry::new(LedgerCode::RenamedSource, why).source(&unique);
            if let (Some(Some(has_it)), Some(own)) = (self.folders.get(&name), &folder) {
                entry.folders = vec![has_it.clone(), own.clone()];
            }
            self.found.ledger.push(entry);
        }
        self.folders.insert(unique.clone(), folder);
        let name = unique;
        let location = FileLocation::from(file.clone());
        let kind = FileKind::of(&name, &location)?;
        if kind == FileKind::Zip && !self.is_file(&name) {
            let mut inside = Inside::of(&file, &name, self.options.zip)?;
            return self.zip(location, name, &mut inside);
        }
        let source = self.source(kind, location, Vec::new(), &name);
        self.add(name, source);
        Ok(())
    }

    fn add(&mut self, name: String, source: Box<dyn Source>) {
        self.found.sources.push(source);
        self.names.insert(name);
    }

    /// Whether somebody asked for it to be carried as a file.
    fn is_file(&self, name: &str) -> bool {
        self.options.as_file.iter().any(|pattern| names(pattern, name))
    }

    fn source(
        &self,
        kind: FileKind,
        location: FileLocation,
        beside: Vec<Beside>,
        name: &str,
    ) -> Box<dyn Source> {
        match kind {
            FileKind::Sqlite if self.is_file(name) => {
                Box::new(FileSource::database(&location, name, Role::Attachment))
            }
            _ if self.is_file(name) => Box::new(FileSource::at(location, name, Role::Attachment)),
            FileKind::Csv => Box::new(CsvSource::at(location, name, self.options.csv_for(name))),
            FileKind::Workbook => workbook(location, name, self.options),
            FileKind::Sqlite => sqlite(location, beside, name, self.options),
            FileKind::Zip | FileKind::Other => {
                Box::new(FileSource::at(location, name, Role::Attachment))
            }
        }
    }

    fn zip(&mut self, location: FileLocation, name: String, inside: &mut Inside) -> Result<()> {
        let directory = match inside.enter(&location) {
            Ok(directory) => directory,
            Err(error) => {
                let unopened = Unreadable::file(location, &name, error)?;
                self.add(name, Box::new(unopened));
                return Ok(());
            }
        };
        let members = directory.entries.len() as u64;
        match &location {
            FileLocation::File(_) => {
                self.add(name.clone(), Box::new(ZipSource::new(location.clone(), &name, members)));
            }
            FileLocation::Member(_) => {
                self.names.insert(name.clone());
            }
        }
        self.say_of_directory(&directory, &name);
        self.members(directory, &name, inside)?;
        inside.leave();
        Ok(())
    }

    /// What is not in the members themselves.
    fn say_of_directory(&mut self, directory: &Directory, name: &str) {
        for coding in [NameCoding::Gb18030, NameCoding::Cp437] {
            let count = directory.entries.iter().filter(|entry| entry.coding == coding).count();
            if count > 0 {
                let message = format!(
                    "names of members that are not UTF-8 and do not say what they are, are read \
                     as {}",
                    coding.as_str()
                );
                let entry = LedgerEntry::new(LedgerCode::MemberNames, message).source(name);
                self.found.ledger.push(entry.count(count as u64));
            }
        }
        if directory.unlisted_bytes > 0 {
            let message = "bytes that belong to no member are kept in the ZIP file alone";
            let entry = LedgerEntry::new(LedgerCode::UnlistedBytes, message).source(name);
            self.found.ledger.push(entry.count(directory.unlisted_bytes));
        }
        let names: BTreeSet<&str> =
            directory.entries.iter().map(|entry| entry.name.trim_end_matches('/')).collect();
        for entry in &directory.entries {
            let inside = format!("{}/", entry.name.trim_end_matches('/'));
            // What is in a folder comes next after its name.
            let next = names.range(inside.as_str()..).next();
            let is_empty = next.is_none_or(|next| !next.starts_with(&inside));
            if matches!(entry.kind, Kind::Folder) && is_empty {
                let why = "an empty folder is kept in the ZIP file alone";
                self.pass_over(LedgerCode::EmptyFolder, why, &format!("{name}/{}", entry.name));
            }
        }
    }

    fn members(&mut self, directory: Directory, zip: &str, inside: &mut Inside) -> Result<()> {
        let databases = databases(&directory)?;
        for entry in directory.entries {
            let name = format!("{zip}/{}", entry.name);
            match entry.kind {
                Kind::Folder => {}
                Kind::Link => {
                    self.pass_over(LedgerCode::Link, "a symbolic link is not followed", &name)
                }
                Kind::File(member) if is_lock_file(&name, member.bytes) && !self.is_file(&name) => {
                    self.pass_over(LedgerCode::LockFile, LOCK_FILE, &name);
                }
                Kind::Closed(why) if self.is_file(&name) => {
                    let why = format!("the member {why}: it is kept in the ZIP file alone");
                    self.pass_over(LedgerCode::WithinZip, &why, &name);
                }
                Kind::Closed(why) => {
                    let source = Unreadable::member(&name, why);
                    self.add(name, Box::new(source));
                }
                Kind::File(_) if databases.is_part(&entry.name) => {}
                Kind::File(member) => {
                    let beside = databases.beside(&entry.name);
                    self.member(member, name, beside, inside)?;
                }
            }
        }
        Ok(())
    }

    fn member(
        &mut self,
        member: Arc<Member>,
        name: String,
        beside: Vec<Beside>,
        inside: &mut Inside,
    ) -> Result<()> {
        let location = FileLocation::Member(member);
        let kind = FileKind::of(&name, &location)?;
        let unique = self.unique_member(&name);
        if unique != name {
            let why = format!("another member is called {name}; this one is called {unique}");
            self.pass_over(LedgerCode::RenamedMember, &why, &unique);
        }
        let name = unique;
        if kind == FileKind::Zip && !self.is_file(&name) {
            return self.zip(location, name, inside);
        }
        let source = self.source(kind, location, beside, &name);
        self.add(name, source);
        Ok(())
    }

    fn unique(&mut self, name: &str, folder: &str) -> String {
        let key = || (folder.to_owned(), name.to_owned());
        self.names.free(name, key, |number| match number {
            2 => format!("{folder}/{name}"),
            _ => format!("{folder}-{}/{name}", number - 1),
        })
    }

    fn unique_member(&mut self, name: &str) -> String {
        // A folder's name is never empty.
        let key = || (String::new(), name.to_owned());
        self.names.free(name, key, |number| format!("{name} ({number})"))
    }
}

const WAL_INDEX: &str = "-shm";
const WAL_INDEX_SAID: &str = "SQLite makes the index of a log anew whenever it needs one";

const LOCK_FILE: &str = "a lock file of Excel holds no data";

/// Whether it is what Excel keeps beside a workbook that somebody has open: their name, in 165 bytes.
/// What is longer is somebody's data under an odd name.
fn is_lock_file(name: &str, bytes: u64) -> bool {
    last(name).starts_with("~$") && bytes <= 512
}

/// How the names of what lies beside a database end.
fn parts_of_databases() -> impl Iterator<Item = &'static str> {
    DATABASE_SIDECARS.into_iter().chain([WAL_INDEX])
}

/// The databases in a ZIP file, and what lies beside them.
struct Databases {
    /// Logs and journals, by name.
    parts: HashMap<String, Arc<Member>>,
}

fn databases(directory: &Directory) -> Result<Databases> {
    let members: HashMap<&str, &Arc<Member>> = directory
        .entries
        .iter()
        .filter_map(|entry| match &entry.kind {
            Kind::File(member) => Some((entry.name.as_str(), member)),
            _ => None,
        })
        .collect();
    let mut parts = HashMap::new();
    for (name, member) in &members {
        for suffix in parts_of_databases() {
            let Some(database) = name.strip_suffix(suffix) else { continue };
            let Some(main) = members.get(database) else { continue };
            if FileKind::of(database, &FileLocation::Member(Arc::clone(main)))? == FileKind::Sqlite
            {
                parts.insert((*name).to_owned(), Arc::clone(member));
            }
        }
    }
    Ok(Databases { parts })
}

impl Databases {
    /// Whether it goes along with its database.
    fn is_part(&self, name: &str) -> bool {
        self.parts.contains_key(name)
    }

    /// The log and the journal of a database, where they hold anything.
    fn beside(&self, database: &str) -> Vec<Beside> {
        let parts = DATABASE_SIDECARS.into_iter().filter_map(|suffix| {
            let member = self.parts.get(&format!("{database}{suffix}"))?;
            (member.bytes > 0).then(|| (suffix, Arc::clone(member)))
        });
        parts.collect()
    }
}

#[cfg(feature = "workbook")]
fn workbook(location: FileLocation, name: &str, options: &DiscoverOptions) -> Box<dyn Source> {
    Box::new(crate::source::workbook::WorkbookSource::at(
        location,
        name,
        options.workbook_for(name),
    ))
}

#[cfg(not(feature = "workbook"))]
fn workbook(location: FileLocation, name: &str, _: &DiscoverOptions) -> Box<dyn Source> {
    Box::new(FileSource::at(location, name, Role::Unparsed))
}

#[cfg(feature = "sqlite")]
fn sqlite(
    location: FileLocation,
    beside: Vec<Beside>,
    name: &str,
    options: &DiscoverOptions,
) -> Box<dyn Source> {
    let source = crate::source::sqlite::SqliteSource::at(location, beside, name);
    Box::new(source.max_record_bytes(options.max_record_bytes))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(
    location: FileLocation,
    _: Vec<Beside>,
    name: &str,
    _: &DiscoverOptions,
) -> Box<dyn Source> {
    Box::new(FileSource::at(location, name, Role::Unparsed))
}

/// Whether this is the log, the journal or the index of a database beside it.
fn is_part_of_database(file: &DiskFile) -> Result<bool> {
    let database = parts_of_databases().find_map(|suffix| file.without(suffix));
    match database {
        Some(database) if database.is_file() => {
            let name = database.path().file_name().and_then(OsStr::to_str).unwrap_or_default();
            Ok(FileKind::of(name, &FileLocation::from(database.clone()))? == FileKind::Sqlite)
        }
        _ => Ok(false),
    }
}

/// A pipe may never end, or never begin; and a source is read more than once.
fn special(path: &Path) -> Error {
    Error::source(
        format!("{} is a device, pipe or socket, and none is read", path.display()),
        "Save it as a file first; a CSV may also come on standard input, with - as its name.",
    )
}

fn text(name: &OsStr, path: &Path) -> Result<String> {
    name.to_str().map(str::to_owned).ok_or_else(|| {
        Error::source(
            format!("the name of {} is not Unicode", path.display()),
            "Rename the file; an archive holds names as Unicode.",
        )
    })
}
