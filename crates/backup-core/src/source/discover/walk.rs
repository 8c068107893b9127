//! Going through folders and ZIP files.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::sort::{Sort, last, names};
use super::{DiscoverOptions, Discovered};
use crate::archive::package::{LedgerEntry, Role};
use crate::check::RENAMED_SOURCE;
use crate::error::{Error, Result};
use crate::source::Source;
use crate::source::csv::CsvSource;
use crate::source::file::{DATABASE_SIDECARS, FileSource, Unreadable};
use crate::source::place::Place;
use crate::source::zip::{Directory, Inside, Kind, Member, NameCoding, Unopened, ZipSource};
use crate::uninterrupted::uninterrupted;

pub(super) struct Walk<'a> {
    options: &'a DiscoverOptions,
    found: Discovered,
    names: HashSet<String>,
    /// What the folder is called that each file is in, or was named by; `None` if it has no name.
    folders: HashMap<String, Option<String>>,
    /// The next number for a name that several members of ZIP files have.
    numbers: HashMap<String, u64>,
    /// What cannot even be opened or listed. It comes first, so that nobody waits for it.
    unreadable: Vec<Box<dyn Source>>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(options: &'a DiscoverOptions) -> Self {
        Self {
            options,
            found: Discovered::default(),
            names: HashSet::new(),
            folders: HashMap::new(),
            unreadable: Vec::new(),
            numbers: HashMap::new(),
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
        let metadata = path.metadata().map_err(|error| Error::io("read", path, error))?;
        if metadata.is_dir() {
            self.folder(path, "", path);
            return Ok(());
        }
        if !metadata.is_file() {
            return Err(special(path));
        }
        let name = text(path.file_name().unwrap_or(path.as_os_str()), path)?;
        self.file(path, name, path)
    }

    fn folder(&mut self, folder: &Path, below: &str, root: &Path) {
        let list = || {
            let entries = std::fs::read_dir(folder)?;
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()
        };
        let listed = uninterrupted(list);
        let mut entries = match listed {
            Ok(entries) => entries,
            Err(error) => {
                let above = below.rsplit_once('/').map_or("", |(above, _)| above);
                return self.fail(above, folder, Error::io("read", folder, error));
            }
        };
        entries.sort();
        if entries.is_empty() && !below.is_empty() {
            self.pass_over("empty-folder", "an empty folder is not kept", below);
        }
        for path in entries {
            if let Err(error) = self.entry(&path, below, root) {
                self.fail(below, &path, error);
            }
        }
    }

    fn entry(&mut self, path: &Path, below: &str, root: &Path) -> Result<()> {
        let name = text(path.file_name().unwrap_or_default(), path)?;
        let name = if below.is_empty() { name } else { format!("{below}/{name}") };
        let metadata = path.symlink_metadata().map_err(|error| Error::io("read", path, error))?;
        if metadata.is_dir() {
            self.folder(path, &name, root);
        } else if metadata.is_file() {
            self.file(path, name, root)?;
        } else if metadata.is_symlink() {
            self.pass_over("link", "a symbolic link is not followed", &name);
        } else {
            self.pass_over("special-file", "a device, pipe or socket is not read", &name);
        }
        Ok(())
    }

    fn fail(&mut self, below: &str, path: &Path, error: Error) {
        let last = path.file_name().unwrap_or_default().to_string_lossy();
        let name = if below.is_empty() { last.into_owned() } else { format!("{below}/{last}") };
        self.unreadable.push(Box::new(Unreadable::new(name, error)));
    }

    fn pass_over(&mut self, code: &str, why: &str, name: &str) {
        self.found.ledger.push(LedgerEntry::new(code, why).source(name));
    }

    fn file(&mut self, path: &Path, name: String, root: &Path) -> Result<()> {
        let bytes = path.metadata().map_err(|error| Error::io("read", path, error))?.len();
        if is_lock_file(&name, bytes) && !self.is_file(&name) {
            self.pass_over("lock-file", LOCK_FILE, &name);
            return Ok(());
        }
        if path != root && is_part_of_database(path)? {
            // A log or journal goes along with its database.
            if name.ends_with(WAL_INDEX) {
                self.pass_over("wal-index", WAL_INDEX_SAID, &name);
            }
            return Ok(());
        }
        let folder = if root.is_dir() { Some(root) } else { root.parent() };
        let folder =
            folder.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let unique = self.unique(&name, folder.as_deref().unwrap_or("other"));
        if unique != name {
            let why = format!("another source is called {name}; this one is called {unique}");
            let mut entry = LedgerEntry::new(RENAMED_SOURCE, why).source(&unique);
            if let (Some(Some(has_it)), Some(own)) = (self.folders.get(&name), &folder) {
                entry.folders = vec![has_it.clone(), own.clone()];
            }
            self.found.ledger.push(entry);
        }
        self.folders.insert(unique.clone(), folder);
        let name = unique;
        let place = Place::from(path);
        let source: Box<dyn Source> = match (Sort::of(&name, &place)?, self.is_file(&name)) {
            (Sort::Sqlite, true) => Box::new(FileSource::database(path, &name, Role::Attachment)),
            (_, true) => Box::new(FileSource::new(path, &name, Role::Attachment)),
            (Sort::Sqlite, false) => sqlite(path, &name),
            (Sort::Zip, false) => {
                let mut inside = Inside::of(path, &name, self.options.zip)?;
                return self.zip(place, name, &mut inside);
            }
            (sort, false) => self.source(sort, place, &name),
        };
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

    fn source(&self, sort: Sort, place: Place, name: &str) -> Box<dyn Source> {
        match sort {
            Sort::Csv => Box::new(CsvSource::at(place, name, self.options.csv_for(name))),
            Sort::Workbook => workbook(place, name, self.options),
            _ => Box::new(FileSource::at(place, name, Role::Attachment)),
        }
    }

    fn zip(&mut self, place: Place, name: String, inside: &mut Inside) -> Result<()> {
        let directory = match inside.enter(&place) {
            Ok(directory) => directory,
            Err(error) => {
                let unopened = Unopened::zip(place, name.clone(), error)?;
                self.add(name, Box::new(unopened));
                return Ok(());
            }
        };
        let members = directory.entries.len() as u64;
        match &place {
            Place::File(path) => {
                self.add(name.clone(), Box::new(ZipSource::new(path, &name, members)));
            }
            Place::Member(_) => {
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
                let entry = LedgerEntry::new("member-names", message).source(name);
                self.found.ledger.push(entry.count(count as u64));
            }
        }
        if directory.unlisted_bytes > 0 {
            let message = "bytes that belong to no member are kept in the ZIP file alone";
            let entry = LedgerEntry::new("unlisted-bytes", message).source(name);
            self.found.ledger.push(entry.count(directory.unlisted_bytes));
        }
        let mut filled = HashSet::new();
        for entry in &directory.entries {
            let name = entry.name.trim_end_matches('/');
            filled.extend(name.match_indices('/').map(|(end, _)| &name[..end]));
        }
        for entry in &directory.entries {
            let is_empty = !filled.contains(entry.name.trim_end_matches('/'));
            if matches!(entry.kind, Kind::Folder) && is_empty {
                let why = "an empty folder is kept in the ZIP file alone";
                self.pass_over("empty-folder", why, &format!("{name}/{}", entry.name));
            }
        }
    }

    fn members(&mut self, directory: Directory, zip: &str, inside: &mut Inside) -> Result<()> {
        let databases = databases(&directory)?;
        for entry in directory.entries {
            let name = format!("{zip}/{}", entry.name);
            match entry.kind {
                Kind::Folder => {}
                Kind::Link => self.pass_over("link", "a symbolic link is not followed", &name),
                Kind::File(member) if is_lock_file(&name, member.bytes) && !self.is_file(&name) => {
                    self.pass_over("lock-file", LOCK_FILE, &name);
                }
                Kind::Closed(why) if self.is_file(&name) => {
                    let why = format!("the member {why}: it is kept in the ZIP file alone");
                    self.pass_over("within-zip", &why, &name);
                }
                Kind::Closed(why) => {
                    self.add(name.clone(), Box::new(Unopened::member(name, why)));
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
        beside: Vec<(&'static str, Arc<Member>)>,
        inside: &mut Inside,
    ) -> Result<()> {
        let place = Place::Member(member.clone());
        let sort = Sort::of(&name, &place)?;
        let unique = self.unique_member(&name);
        if unique != name {
            let why = format!("another member is called {name}; this one is called {unique}");
            self.pass_over("renamed-member", &why, &unique);
        }
        let name = unique;
        let source: Box<dyn Source> = match sort {
            _ if self.is_file(&name) => Box::new(FileSource::at(place, &name, Role::Attachment)),
            Sort::Zip => return self.zip(place, name, inside),
            Sort::Sqlite => zipped_sqlite(member, beside, &name),
            sort => self.source(sort, place, &name),
        };
        self.add(name, source);
        Ok(())
    }

    fn unique(&self, name: &str, folder: &str) -> String {
        if !self.names.contains(name) {
            return name.to_owned();
        }
        let candidate = format!("{folder}/{name}");
        if !self.names.contains(&candidate) {
            return candidate;
        }
        (2u64..)
            .map(|number| format!("{folder}-{number}/{name}"))
            .find(|candidate| !self.names.contains(candidate))
            .expect("there are more numbers than sources")
    }

    fn unique_member(&mut self, name: &str) -> String {
        if !self.names.contains(name) {
            return name.to_owned();
        }
        // However many have the same name, each number is tried once.
        let next = self.numbers.entry(name.to_owned()).or_insert(2);
        loop {
            let candidate = format!("{name} ({next})");
            *next += 1;
            if !self.names.contains(&candidate) {
                return candidate;
            }
        }
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
            if Sort::of(database, &Place::Member(Arc::clone(main)))? == Sort::Sqlite {
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
    fn beside(&self, database: &str) -> Vec<(&'static str, Arc<Member>)> {
        let parts = DATABASE_SIDECARS.into_iter().filter_map(|suffix| {
            let member = self.parts.get(&format!("{database}{suffix}"))?;
            (member.bytes > 0).then(|| (suffix, Arc::clone(member)))
        });
        parts.collect()
    }
}

#[cfg(feature = "workbook")]
fn workbook(place: Place, name: &str, options: &DiscoverOptions) -> Box<dyn Source> {
    Box::new(crate::source::workbook::WorkbookSource::at(place, name, options.workbook_for(name)))
}

#[cfg(not(feature = "workbook"))]
fn workbook(place: Place, name: &str, _: &DiscoverOptions) -> Box<dyn Source> {
    Box::new(FileSource::at(place, name, Role::Unread))
}

#[cfg(feature = "sqlite")]
fn sqlite(path: &Path, name: &str) -> Box<dyn Source> {
    Box::new(crate::source::sqlite::SqliteSource::new(path, name))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(path: &Path, name: &str) -> Box<dyn Source> {
    Box::new(FileSource::new(path, name, Role::Unread))
}

#[cfg(feature = "sqlite")]
fn zipped_sqlite(
    member: Arc<Member>,
    beside: Vec<(&'static str, Arc<Member>)>,
    name: &str,
) -> Box<dyn Source> {
    Box::new(crate::source::sqlite::SqliteSource::zipped(member, beside, name))
}

#[cfg(not(feature = "sqlite"))]
fn zipped_sqlite(
    member: Arc<Member>,
    _: Vec<(&'static str, Arc<Member>)>,
    name: &str,
) -> Box<dyn Source> {
    Box::new(FileSource::at(Place::Member(member), name, Role::Unread))
}

/// Whether this is the log, the journal or the index of a database beside it.
fn is_part_of_database(path: &Path) -> Result<bool> {
    let Some(name) = path.to_str() else { return Ok(false) };
    let database = parts_of_databases().find_map(|suffix| name.strip_suffix(suffix));
    match database.map(Path::new) {
        Some(database) if database.is_file() => {
            let name = database.file_name().and_then(OsStr::to_str).unwrap_or_default();
            Ok(Sort::of(name, &Place::from(database))? == Sort::Sqlite)
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
