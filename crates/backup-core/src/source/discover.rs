//! What is in the files and folders that a person names.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::csv::{CsvOptions, CsvSource};
#[cfg(feature = "workbook")]
use super::workbook::{WorkbookOptions, WorkbookSource};
use super::{FileSource, Source};
use crate::archive::package::{LedgerEntry, Role};
use crate::error::{Error, Result};

/// How named files and folders are looked at.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DiscoverOptions {
    /// Names that are carried as files without being looked into; `*` and `?` as in a shell,
    /// compared with the whole name and with its last part.
    pub as_file: Vec<String>,
    /// How CSV files are read.
    pub csv: CsvOptions,
    /// How workbooks are read.
    #[cfg(feature = "workbook")]
    pub workbook: WorkbookOptions,
}

impl DiscoverOptions {
    /// Adds a name that is carried as a file.
    pub fn as_file(mut self, pattern: impl Into<String>) -> Self {
        self.as_file.push(pattern.into());
        self
    }

    /// Sets how CSV files are read.
    pub fn csv(mut self, options: CsvOptions) -> Self {
        self.csv = options;
        self
    }

    /// Sets how workbooks are read.
    #[cfg(feature = "workbook")]
    pub fn workbook(mut self, options: WorkbookOptions) -> Self {
        self.workbook = options;
        self
    }
}

/// What was found.
#[derive(Default)]
pub struct Discovered {
    /// The sources, in order.
    pub sources: Vec<Box<dyn Source>>,
    /// What was passed over, and why.
    pub ledger: Vec<LedgerEntry>,
}

impl std::fmt::Debug for Discovered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.sources.iter().map(|source| source.name()).collect();
        f.debug_struct("Discovered").field("sources", &names).field("ledger", &self.ledger).finish()
    }
}

/// Finds the sources in `paths`, files and folders, in their order; within a folder by name.
///
/// A file is called by its name, a file in a folder by its path below that folder; where that name
/// is taken, the folder's own name is put before it.
///
/// # Errors
///
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if something cannot be listed,
/// [`ErrorKind::Source`](crate::ErrorKind::Source) if there is nothing, or a name is not Unicode.
pub fn discover(paths: &[PathBuf], options: &DiscoverOptions) -> Result<Discovered> {
    let mut walk = Walk { options, found: Discovered::default(), names: HashSet::new() };
    for path in paths {
        // What a person names is followed; what is found on the way is not.
        let metadata = path.metadata().map_err(|error| Error::io("read", path, error))?;
        if metadata.is_dir() {
            walk.folder(path, "", path)?;
        } else {
            let name = text(path.file_name().unwrap_or(path.as_os_str()), path)?;
            walk.file(path, name, path)?;
        }
    }
    if walk.found.sources.is_empty() {
        return Err(Error::source(
            "there is nothing to back up here",
            "Name the CSV files, workbooks or databases, or a folder that holds them.",
        ));
    }
    Ok(walk.found)
}

struct Walk<'a> {
    options: &'a DiscoverOptions,
    found: Discovered,
    names: HashSet<String>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, below: &str, root: &Path) -> Result<()> {
        let listed = |error| Error::io("read", folder, error);
        let mut entries = std::fs::read_dir(folder)
            .map_err(listed)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<std::io::Result<Vec<_>>>()
            .map_err(listed)?;
        entries.sort();
        if entries.is_empty() && !below.is_empty() {
            self.pass_over("empty-folder", "an empty folder is not kept", below.to_owned());
        }
        for path in entries {
            let name = text(path.file_name().unwrap_or_default(), &path)?;
            let name = if below.is_empty() { name } else { format!("{below}/{name}") };
            let metadata =
                path.symlink_metadata().map_err(|error| Error::io("read", &path, error))?;
            if metadata.is_dir() {
                self.folder(&path, &name, root)?;
            } else if metadata.is_file() {
                self.file(&path, name, root)?;
            } else if metadata.is_symlink() {
                self.pass_over("link", "a symbolic link is not followed", name);
            } else {
                self.pass_over("special-file", "a device, pipe or socket is not read", name);
            }
        }
        Ok(())
    }

    fn pass_over(&mut self, code: &str, why: &str, name: String) {
        self.found.ledger.push(LedgerEntry::new(code, why).source(name));
    }

    fn file(&mut self, path: &Path, name: String, root: &Path) -> Result<()> {
        let last = name.rsplit('/').next().unwrap_or(&name);
        if last.starts_with("~$") {
            self.pass_over("lock-file", "a lock file of Excel holds no data", name);
            return Ok(());
        }
        if path != root && is_part_of_database(path)? {
            // It goes along with its database.
            return Ok(());
        }
        let name = self.unique(name, root);
        let asked = |pattern: &String| {
            matches(pattern, &name) || matches(pattern, name.rsplit('/').next().unwrap_or(&name))
        };
        let source: Box<dyn Source> = if self.options.as_file.iter().any(asked) {
            match sort(path)? {
                Sort::Sqlite => Box::new(FileSource::database(path, &name, Role::Attachment)),
                _ => Box::new(FileSource::new(path, &name, Role::Attachment)),
            }
        } else {
            self.source(path, &name)?
        };
        self.found.sources.push(source);
        self.names.insert(name);
        Ok(())
    }

    fn source(&mut self, path: &Path, name: &str) -> Result<Box<dyn Source>> {
        Ok(match sort(path)? {
            Sort::Csv => Box::new(CsvSource::new(path, name, self.options.csv.clone())),
            Sort::Workbook => workbook(path, name, self.options),
            Sort::Sqlite => sqlite(path, name),
            Sort::Zip => {
                let why = "a ZIP file is carried whole; the tables in it are not read";
                self.pass_over("zip-not-opened", why, name.to_owned());
                Box::new(FileSource::new(path, name, Role::Attachment))
            }
            Sort::Other => Box::new(FileSource::new(path, name, Role::Attachment)),
        })
    }

    fn unique(&self, name: String, root: &Path) -> String {
        if !self.names.contains(&name) {
            return name;
        }
        let folder = if root.is_dir() { Some(root) } else { root.parent() };
        let folder = folder.and_then(Path::file_name).map(|name| name.to_string_lossy());
        let folder = folder.as_deref().unwrap_or("other");
        let candidate = format!("{folder}/{name}");
        if !self.names.contains(&candidate) {
            return candidate;
        }
        (2u64..)
            .map(|number| format!("{folder}-{number}/{name}"))
            .find(|candidate| !self.names.contains(candidate))
            .expect("there are more numbers than sources")
    }
}

#[cfg(feature = "workbook")]
fn workbook(path: &Path, name: &str, options: &DiscoverOptions) -> Box<dyn Source> {
    Box::new(WorkbookSource::new(path, name, options.workbook.clone()))
}

#[cfg(not(feature = "workbook"))]
fn workbook(path: &Path, name: &str, _: &DiscoverOptions) -> Box<dyn Source> {
    Box::new(FileSource::new(path, name, Role::Unread))
}

#[cfg(feature = "sqlite")]
fn sqlite(path: &Path, name: &str) -> Box<dyn Source> {
    Box::new(super::sqlite::SqliteSource::new(path, name))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(path: &Path, name: &str) -> Box<dyn Source> {
    Box::new(FileSource::new(path, name, Role::Unread))
}

/// Whether this is the log, the journal or the index of a database beside it.
fn is_part_of_database(path: &Path) -> Result<bool> {
    let Some(name) = path.to_str() else { return Ok(false) };
    let database = ["-wal", "-journal", "-shm"].iter().find_map(|suffix| name.strip_suffix(suffix));
    match database.map(Path::new) {
        Some(database) if database.is_file() => Ok(matches!(sort(database)?, Sort::Sqlite)),
        _ => Ok(false),
    }
}

enum Sort {
    Csv,
    Workbook,
    Sqlite,
    Zip,
    Other,
}

/// Tells what a file is by its name, and for databases by how it begins.
fn sort(path: &Path) -> Result<Sort> {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    Ok(match extension.to_ascii_lowercase().as_str() {
        "csv" | "tsv" => Sort::Csv,
        "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Sort::Workbook,
        "sqlite" | "sqlite3" | "db3" => Sort::Sqlite,
        "zip" => Sort::Zip,
        _ if begins_as_sqlite(path)? => Sort::Sqlite,
        _ => Sort::Other,
    })
}

fn begins_as_sqlite(path: &Path) -> Result<bool> {
    let mut begins = [0; 16];
    let mut file = File::open(path).map_err(|error| Error::io("read", path, error))?;
    Ok(file.read_exact(&mut begins).is_ok() && begins == *b"SQLite format 3\0")
}

fn text(name: &OsStr, path: &Path) -> Result<String> {
    name.to_str().map(str::to_owned).ok_or_else(|| {
        Error::source(
            format!("the name of {} is not Unicode", path.display()),
            "Rename the file; an archive holds names as Unicode.",
        )
    })
}

/// Whether `name` matches a pattern of `*` and `?`.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<_>, Vec<_>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where the last star stood, and what it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}
