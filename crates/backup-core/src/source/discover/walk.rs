//! Walks through folders and ZIP files.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::kind::{FileKind, last, names};
use super::options::DiscoverOptions;
use super::own_files::OwnFiles;
use crate::error::{Error, Result};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Role};
use crate::source::Source;
#[cfg(feature = "bacpac")]
use crate::source::bacpac::BacpacSource;
use crate::source::csv::{CsvFolder, CsvSource};
use crate::source::dump::DumpSource;
use crate::source::entry::{Entry, EntryKind};
use crate::source::file::{DATABASE_SIDECARS, FileSource, Placeholder};
use crate::source::location::FileLocation;
use crate::source::name_encoding::NameEncoding;
use crate::source::names::UniqueNames;
use crate::source::opening::{self, DiskFile, Root};
#[cfg(feature = "sqlite")]
use crate::source::sqlite::SqliteSource;
use crate::source::stable_file::StableFile;
#[cfg(feature = "workbook")]
use crate::source::workbook::WorkbookSource;
use crate::source::zip::{Beside, Budget, Directory};

/// The sources that were found.
#[derive(Default)]
pub struct Discovered {
    /// The sources, in order.
    pub sources: Vec<Box<dyn Source + Send>>,
    /// What was left out, and why.
    pub ledger: Vec<LedgerEntry>,
    /// Patterns in the options that match nothing.
    pub unmatched: Vec<String>,
    /// The files and folders that the user named. An export never replaces them or anything in
    /// them.
    pub paths: Vec<PathBuf>,
}

impl std::fmt::Debug for Discovered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.sources.iter().map(|source| source.name()).collect();
        f.debug_struct("Discovered").field("sources", &names).field("ledger", &self.ledger).finish()
    }
}

pub(super) struct Walk<'a> {
    options: &'a DiscoverOptions,
    own: OwnFiles,
    found: Discovered,
    names: UniqueNames,
    /// The name of the folder of each source; `None` if it has no name.
    folders: HashMap<String, Option<String>>,
    /// Files and folders that cannot be opened or listed. They come first, so that an export fails
    /// at once.
    unreadable: Vec<Box<dyn Source + Send>>,
    /// The CSV files of each folder, by its path on the disk and its name.
    csv_folders: HashMap<(PathBuf, String), Arc<CsvFolder>>,
}

/// The place of entries.
enum Place<'a> {
    /// In a folder with this name; `None` if its path has no last name, as for `/` or `..`.
    Folder(Option<String>),
    /// In a ZIP file with this name.
    Zip(&'a str, &'a mut Budget),
}

impl<'a> Walk<'a> {
    /// `sources` are the files and folders that the user named, without links.
    pub(super) fn new(options: &'a DiscoverOptions, sources: &HashSet<&PathBuf>) -> Self {
        Self {
            options,
            own: OwnFiles::new(options, sources),
            found: Discovered::default(),
            names: UniqueNames::default(),
            folders: HashMap::new(),
            unreadable: Vec::new(),
            csv_folders: HashMap::new(),
        }
    }

    /// The encoding of the names in ZIP files that the options give.
    fn zip_names(&self) -> Option<NameEncoding> {
        self.options.zip_names.as_deref().and_then(NameEncoding::named)
    }

    pub(super) fn finish(mut self, paths: &[PathBuf]) -> Discovered {
        let patterns = self.options.as_file.iter();
        let patterns = patterns.chain(self.options.rules.iter().map(|(pattern, _)| pattern));
        let matches_nothing = |pattern: &&String| {
            *pattern != "*" && !self.names.iter().any(|name| names(pattern, name))
        };
        let unmatched = patterns.filter(matches_nothing).cloned().collect();
        self.unreadable.append(&mut self.found.sources);
        let (sources, paths) = (self.unreadable, paths.to_vec());
        Discovered { sources, unmatched, paths, ledger: self.found.ledger }
    }

    /// Finds the sources in a file or folder. A link that the user named is followed. Links in a
    /// folder are not.
    pub(super) fn named(&mut self, path: &Path) -> Result<()> {
        let failed = |error| Error::reading(path, error);
        let metadata = path.metadata().map_err(failed)?;
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        if metadata.is_dir() {
            let mut entries = Vec::new();
            match Root::open(path) {
                Ok(root) => self.list(&Arc::new(root), Path::new(""), path, &mut entries),
                Err(error) => self.fail(path.file_name().unwrap_or_default(), failed(error)),
            }
            let mut entries = decoded(entries);
            if let Some(folder) = name(path).filter(|_| self.options.folder_names) {
                for Entry { name, raw_name, .. } in &mut entries {
                    name.insert_str(0, &format!("{folder}/"));
                    if let Some(raw_name) = raw_name {
                        raw_name.splice(..0, format!("{folder}/").into_bytes());
                    }
                }
            }
            self.entries(entries, &mut Place::Folder(name(path)));
        } else if metadata.is_file() {
            let own = PathBuf::from(path.file_name().unwrap_or(path.as_os_str()));
            let kind = EntryKind::File(FileLocation::named(path));
            let mut place = Place::Folder(path.parent().and_then(name));
            for Entry { name, kind, raw_name } in decoded(vec![(own, kind)]) {
                if let EntryKind::File(location) = kind {
                    self.file(name, raw_name, location, Vec::new(), &mut place)?;
                }
            }
        } else {
            let why = message!("source-special", path = path.display().to_string());
            return Err(Error::source(why, message!("source-special-hint")));
        }
        Ok(())
    }

    /// Notes a path that another named path covers.
    pub(super) fn named_twice(&mut self, path: &Path) {
        self.skip_entry(LedgerCode::NamedTwice, &path.display().to_string());
    }

    /// Lists a folder and its subfolders. `path` is the path of the folder in messages.
    fn list(&mut self, root: &Arc<Root>, below: &Path, path: &Path, entries: &mut Vec<Found>) {
        let found = match root.list(below) {
            Ok(found) => found,
            Err(error) => return self.fail(below.as_os_str(), Error::read(error, Some(path))),
        };
        if found.is_empty() && below != Path::new("") {
            entries.push((below.to_owned(), EntryKind::EmptyFolder));
        }
        for (name, kind) in found {
            if self.own.is_hidden(&name.to_string_lossy()) {
                self.skip_entry(LedgerCode::OwnFile, &below.join(&name).to_string_lossy());
                continue;
            }
            let (path, name) = (path.join(&name), below.join(&name));
            let kind = match kind {
                Ok(opening::EntryType::Folder) => {
                    self.list(root, &name, &path, entries);
                    continue;
                }
                Ok(opening::EntryType::File) => {
                    EntryKind::File(DiskFile::found(root, name.clone()).into())
                }
                Ok(opening::EntryType::Link) => EntryKind::Link,
                Ok(opening::EntryType::Other) => EntryKind::Special,
                Err(error) => {
                    self.fail(name.as_os_str(), Error::reading(&path, error));
                    continue;
                }
            };
            entries.push((name, kind));
        }
    }

    fn fail(&mut self, name: &OsStr, error: Error) {
        let name = name.to_string_lossy();
        self.unreadable.push(Box::new(Placeholder::unreadable(name, error)));
    }

    /// Adds an entry with the text of its code to the ledger.
    fn skip_entry(&mut self, code: LedgerCode, name: &str) {
        self.found.ledger.push(LedgerEntry::of(code).source(name));
    }

    /// Adds an entry with another text to the ledger.
    fn note(&mut self, code: LedgerCode, message: Message, name: &str) {
        self.found.ledger.push(LedgerEntry::new(code, message.to_string()).source(name));
    }

    fn entries(&mut self, entries: Vec<Entry>, place: &mut Place<'_>) {
        let parts = parts_of_databases(&entries);
        for Entry { name, kind, raw_name } in entries {
            let full = match place {
                Place::Folder(_) => name.clone(),
                Place::Zip(zip, _) => format!("{zip}/{name}"),
            };
            match kind {
                EntryKind::EmptyFolder => match place {
                    Place::Folder(_) => self.skip_entry(LedgerCode::EmptyFolder, &full),
                    Place::Zip(..) => {
                        self.note(LedgerCode::EmptyFolder, message!("zip-empty-folder"), &full);
                    }
                },
                EntryKind::Link => self.skip_entry(LedgerCode::Link, &full),
                EntryKind::Special => self.skip_entry(LedgerCode::SpecialFile, &full),
                EntryKind::Closed(why) if self.is_file(&full) => {
                    let message = message!("zip-closed-member", why = why);
                    self.note(LedgerCode::WithinZip, message, &full);
                }
                EntryKind::Closed(why) => {
                    self.names.insert(full.clone());
                    self.found.sources.push(Box::new(Placeholder::member(&full, why)));
                }
                // Logs and journals are read with their database.
                EntryKind::File(_) if parts.contains_key(&name) => {
                    if matches!(place, Place::Folder(_)) && name.ends_with(WAL_INDEX) {
                        self.skip_entry(LedgerCode::WalIndex, &full);
                    }
                }
                EntryKind::File(location) => {
                    let own = self.own.code(&location);
                    if let Some(code) = own.filter(|_| !self.is_file(&full)) {
                        self.skip_entry(code, &full);
                        continue;
                    }
                    let beside = beside(&name, &parts);
                    let read = self.file(full.clone(), raw_name, location, beside, place);
                    if let Err(error) = read {
                        self.unreadable.push(Box::new(Placeholder::unreadable(full, error)));
                    }
                }
            }
        }
    }

    fn file(
        &mut self,
        name: String,
        raw_name: Option<Vec<u8>>,
        location: FileLocation,
        beside: Vec<Beside>,
        place: &mut Place<'_>,
    ) -> Result<()> {
        if !self.is_file(&name) && is_lock_file(&name, &location) {
            self.skip_entry(LedgerCode::LockFile, &name);
            return Ok(());
        }
        let kind = FileKind::of(&name, &location)?;
        let decoded = name;
        let name = self.unique(decoded.clone(), place);
        if let Some(raw_name) = raw_name {
            self.note_bytes(&name, &decoded, &raw_name);
        }
        if kind == FileKind::System && !self.is_file(&name) {
            self.skip_entry(LedgerCode::SystemFile, &name);
        }
        if kind == FileKind::Zip && !self.is_file(&name) {
            return match place {
                Place::Zip(_, budget) => self.zip(location, name, budget),
                Place::Folder(_) => {
                    let mut budget = Budget::new(self.options.zip, &location, &name)?;
                    self.zip(location, name, &mut budget)
                }
            };
        }
        let source = self.source(kind, location, beside, &name);
        self.found.sources.push(source);
        Ok(())
    }

    /// Notes the bytes of a name that is not Unicode. A restore uses them again.
    fn note_bytes(&mut self, name: &str, decoded: &str, raw_name: &[u8]) {
        // A folder may have been put before the name.
        let before = name.strip_suffix(decoded).unwrap_or_default();
        let bytes = before.bytes().chain(raw_name.iter().copied());
        let name_bytes = bytes.map(|byte| format!("{byte:02x}")).collect();
        let entry = LedgerEntry::of(LedgerCode::DecodedName).source(name);
        self.found.ledger.push(LedgerEntry { name_bytes: Some(name_bytes), ..entry });
    }

    /// The unique name of a source: its own name, or another one if that is taken.
    fn unique(&mut self, name: String, place: &Place<'_>) -> String {
        let Place::Folder(folder) = place else {
            let unique = self.names.take(&name, |number| format!("{name} ({number})"));
            if unique != name {
                let message = message!("zip-renamed-member", name = &name, unique = &unique);
                self.note(LedgerCode::RenamedMember, message, &unique);
            }
            return unique;
        };
        let prefix = folder.as_deref().unwrap_or("other");
        let unique = self.names.take(&name, |number| match number {
            2 => format!("{prefix}/{name}"),
            _ => format!("{prefix}-{}/{name}", number - 1),
        });
        if unique != name {
            let message = message!("source-renamed", name = &name, unique = &unique);
            let entry = LedgerEntry::new(LedgerCode::RenamedSource, message.to_string());
            let folders = match (self.folders.get(&name), folder) {
                (Some(Some(other)), Some(own)) => vec![other.clone(), own.clone()],
                _ => Vec::new(),
            };
            self.found.ledger.push(LedgerEntry { folders, ..entry.source(&unique) });
        }
        self.folders.insert(unique.clone(), folder.clone());
        unique
    }

    /// Whether a pattern says that this file is stored without being parsed.
    fn is_file(&self, name: &str) -> bool {
        self.options.as_file.iter().any(|pattern| names(pattern, name))
    }

    #[cfg_attr(not(feature = "sqlite"), allow(unused_variables))]
    fn source(
        &mut self,
        kind: FileKind,
        location: FileLocation,
        beside: Vec<Beside>,
        name: &str,
    ) -> Box<dyn Source + Send> {
        let file = |role| Box::new(FileSource::at(location.clone(), name, role));
        match kind {
            FileKind::Sqlite if self.is_file(name) => {
                Box::new(FileSource::database(&location, name, Role::Attachment))
            }
            _ if self.is_file(name) => file(Role::Attachment),
            FileKind::Csv => {
                // Folders that were named separately may have the same names.
                let on_disk = location.path().parent().unwrap_or(Path::new("")).to_owned();
                let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
                let folder = self.csv_folders.entry((on_disk, folder.to_owned())).or_default();
                let options = self.options.csv_for(name);
                folder.add(&location, &options);
                let source = CsvSource::at(location, name, options);
                Box::new(source.in_folder(folder.clone()))
            }
            #[cfg(feature = "workbook")]
            FileKind::Workbook => {
                Box::new(WorkbookSource::at(location, name, self.options.workbook_for(name)))
            }
            #[cfg(feature = "sqlite")]
            FileKind::Sqlite => {
                let source = SqliteSource::at(location, beside, name);
                Box::new(source.max_record_bytes(self.options.max_record_bytes))
            }
            #[cfg(feature = "bacpac")]
            FileKind::Bacpac => {
                let source = BacpacSource::at(location, name).limits(self.options.zip);
                Box::new(source.max_record_bytes(self.options.max_record_bytes))
            }
            FileKind::Dump => {
                let source = DumpSource::at(location, name).limits(self.options.zip);
                Box::new(source.max_record_bytes(self.options.max_record_bytes))
            }
            FileKind::Misnamed(format) => {
                let why = message!("source-misnamed", format = format.message());
                let error = Error::source(why, message!("source-misnamed-hint"));
                Box::new(Placeholder::instead(location, name, error))
            }
            FileKind::Opaque(format) => {
                let source = FileSource::at(location, name, Role::Attachment);
                Box::new(source.opaque(format.message()))
            }
            FileKind::Zip | FileKind::System | FileKind::Other => file(Role::Attachment),
            #[cfg(not(all(feature = "bacpac", feature = "sqlite", feature = "workbook")))]
            _ => file(Role::Unparsed),
        }
    }

    fn zip(&mut self, location: FileLocation, name: String, budget: &mut Budget) -> Result<()> {
        let directory = match Directory::open(&location, budget, self.zip_names()) {
            Ok(directory) => directory,
            Err(error) => {
                let unopened = Placeholder::file(location, &name, error)?;
                self.found.sources.push(Box::new(unopened));
                return Ok(());
            }
        };
        if location.within().is_none() {
            let source = FileSource::zip(location, &name, directory.members);
            self.found.sources.push(Box::new(source));
        }
        let Directory { entries, guessed_names, undecodable_names, unlisted_bytes, .. } = directory;
        if let Some((encoding, count)) = guessed_names {
            let message = message!("zip-guessed-names", encoding = encoding).to_string();
            let entry = LedgerEntry::new(LedgerCode::MemberNames, message).source(&name);
            self.found.ledger.push(entry.count(count));
        }
        if let Some((encoding, count)) = undecodable_names {
            let message = message!("zip-undecodable-names", encoding = encoding).to_string();
            let entry = LedgerEntry::new(LedgerCode::MemberNames, message).source(&name);
            self.found.ledger.push(entry.count(count));
        }
        if unlisted_bytes > 0 {
            let entry = LedgerEntry::of(LedgerCode::UnlistedBytes).source(&name);
            self.found.ledger.push(entry.count(unlisted_bytes));
        }
        self.entries(entries, &mut Place::Zip(&name, budget));
        budget.leave();
        Ok(())
    }
}

const WAL_INDEX: &str = "-shm";

/// Whether this is a lock file, which Excel creates next to an open workbook. It holds the name of
/// the user in 165 bytes; a longer file with such a name is data. Only its size is read, because
/// Excel may have locked it.
fn is_lock_file(name: &str, location: &FileLocation) -> bool {
    last(name).starts_with("~$") && StableFile::bytes_of(location).is_some_and(|bytes| bytes <= 512)
}

/// The logs, journals and indexes of databases among the entries.
fn parts_of_databases(entries: &[Entry]) -> HashMap<String, FileLocation> {
    let files = entries.iter().filter_map(|entry| match &entry.kind {
        EntryKind::File(location) => Some((entry.name.as_str(), location)),
        _ => None,
    });
    let files: HashMap<&str, &FileLocation> = files.collect();
    let is_database = |name: &str| {
        let main = files.get(name).map(|location| FileKind::of(name, location));
        matches!(main, Some(Ok(FileKind::Sqlite)))
    };
    let is_part = |name: &str| {
        let mut suffixes = DATABASE_SIDECARS.into_iter().chain([WAL_INDEX]);
        suffixes.any(|suffix| name.strip_suffix(suffix).is_some_and(is_database))
    };
    // An empty log or journal is a file like others, as its database is complete without it.
    let holds_data = |location: &FileLocation| StableFile::bytes_of(location) != Some(0);
    let parts = files.iter().filter(|(name, location)| is_part(name) && holds_data(location));
    parts.map(|(name, location)| ((*name).to_owned(), (*location).clone())).collect()
}

/// The log and the journal of a database in a ZIP file, if they are not empty. For a database on
/// the disk, its reader finds them.
fn beside(database: &str, parts: &HashMap<String, FileLocation>) -> Vec<Beside> {
    let found = DATABASE_SIDECARS.into_iter().filter_map(|suffix| {
        match parts.get(&format!("{database}{suffix}"))? {
            FileLocation::Member(member) if member.bytes > 0 => Some((suffix, member.clone())),
            _ => None,
        }
    });
    found.collect()
}

/// The path of an entry below the folder that the user named, and its kind.
type Found = (PathBuf, EntryKind);

/// Decodes the paths in a folder. Those that are not Unicode were written by one program, so one
/// encoding is chosen for all of them.
fn decoded(found: Vec<Found>) -> Vec<Entry> {
    let raw =
        |path: &Path| path.to_str().is_none().then(|| path.as_os_str().as_encoded_bytes().to_vec());
    let foreign: Vec<Vec<u8>> = found.iter().filter_map(|(path, _)| raw(path)).collect();
    let parts = || {
        let parts = foreign.iter().flat_map(|path| path.split(|byte| *byte == b'/'));
        parts.filter(|part| std::str::from_utf8(part).is_err())
    };
    let encoding = (!foreign.is_empty()).then(|| NameEncoding::guess(parts()));
    let decode = |part: &[u8]| match (std::str::from_utf8(part), encoding) {
        (Err(_), Some(encoding)) => encoding.decode_any(part),
        _ => String::from_utf8_lossy(part).into_owned(),
    };
    let entry = |(path, kind): Found| {
        let raw_name = raw(&path);
        let name = match &raw_name {
            // A decoded character never separates folders.
            Some(bytes) => {
                let parts = bytes.split(|byte| *byte == b'/').map(decode);
                parts.map(|part| part.replace(['/', '\0'], "_")).collect::<Vec<_>>().join("/")
            }
            None => path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"),
        };
        Entry { name, kind, raw_name }
    };
    found.into_iter().map(entry).collect()
}
