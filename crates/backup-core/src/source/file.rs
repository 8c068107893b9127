//! Files that are carried as they are.

use std::path::PathBuf;

use super::location::FileLocation;
use super::stable_file::StableFile;
use super::{Sink, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Detail, Finding};
use crate::model::Role;

/// What SQLite appends to a database's name for its log and its journal.
pub(crate) const DATABASE_SIDECARS: [&str; 2] = ["-wal", "-journal"];

/// A file that is not looked into: an attachment, or a source that cannot be read as a table.
#[derive(Debug, Clone)]
pub struct FileSource {
    location: FileLocation,
    name: String,
    role: Role,
    /// Files that mean nothing without this one, and it little without them.
    beside: Vec<FileSource>,
}

impl FileSource {
    /// The file at `path`, called `name` in the archive.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>, role: Role) -> Self {
        Self::at(FileLocation::named(path), name, role)
    }

    /// A file, or a member of a ZIP file.
    pub(super) fn at(location: FileLocation, name: impl Into<String>, role: Role) -> Self {
        Self { location, name: name.into(), role, beside: Vec::new() }
    }

    /// The same, with the log and the journal that a SQLite database has beside it: without them
    /// it may lack what was written last. What lies beside a member of a ZIP file is in the archive with that.
    pub(super) fn database(location: &FileLocation, name: &str, role: Role) -> Self {
        let mut source = Self::at(location.clone(), name, role);
        if let FileLocation::File(file) = location {
            let beside = DATABASE_SIDECARS.map(|suffix| {
                Self::at(file.beside(suffix).into(), format!("{name}{suffix}"), role)
            });
            let holds_something =
                |file: &Self| StableFile::at(&file.location).is_ok_and(|file| file.bytes > 0);
            source.beside = beside.into_iter().filter(holds_something).collect();
        }
        source
    }
}

impl Source for FileSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        let beside: u64 = self.beside.iter().filter_map(Source::bytes).sum();
        StableFile::at(&self.location).ok().map(|file| file.bytes + beside)
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let kept = StableFile::at(&self.location)?;
        sink.monitor().working_on(&self.name);
        if let Some((remark, detail)) = remark(&kept.begins(4096)?) {
            let message = format!("{} {remark}", self.name);
            let remark = Finding::remark(Code::Source, message).path(&self.name);
            sink.finding(Finding { detail, ..remark });
        }
        sink.file(&kept.member(&self.name, self.role), &mut kept.open()?)?;
        sink.monitor().advance(kept.bytes);
        for file in &mut self.beside {
            file.read(sink)?;
        }
        kept.check_unchanged()
    }

    fn as_file(&self) -> Option<Box<dyn Source>> {
        // A member that cannot even be unpacked is in the archive with its ZIP file.
        self.location.within()?;
        Some(Box::new(Nothing { name: self.name.clone() }))
    }
}

/// What cannot be read, or is not opened: reading it says why.
pub(super) struct Unreadable {
    name: String,
    error: Option<Error>,
    instead: Instead,
}

/// What an export carries of something that cannot be read.
enum Instead {
    /// There are no bytes to carry.
    Impossible,
    File(FileLocation),
    /// It is in the archive with its ZIP file.
    Nothing,
}

impl Unreadable {
    pub(super) fn new(name: impl Into<String>, error: Error) -> Self {
        Self { name: name.into(), error: Some(error), instead: Instead::Impossible }
    }

    /// What `error` keeps from being opened; the error if that is no reason to carry it as a file.
    pub(super) fn file(location: FileLocation, name: &str, error: Error) -> Result<Self> {
        match error.kind() {
            ErrorKind::Source { .. } => {
                Ok(Self { instead: Instead::File(location), ..Self::new(name, error) })
            }
            _ => Err(error),
        }
    }

    /// A member of a ZIP file that cannot be unpacked.
    pub(super) fn member(name: &str, why: &str) -> Self {
        let hint = "Unpack the ZIP file with the program that made it, and export what comes out.";
        let error = Error::source(format!("the member {why}"), hint);
        Self { instead: Instead::Nothing, ..Self::new(name, error) }
    }
}

impl Source for Unreadable {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        match &self.instead {
            Instead::File(location) => StableFile::at(location).ok().map(|file| file.bytes),
            Instead::Impossible | Instead::Nothing => Some(0),
        }
    }

    fn read(&mut self, _: &mut dyn Sink) -> Result<()> {
        let error = self.error.take().unwrap_or_else(|| Error::source("it cannot be read", ""));
        Err(error)
    }

    fn as_file(&self) -> Option<Box<dyn Source>> {
        let name = self.name.clone();
        match &self.instead {
            Instead::Impossible => None,
            Instead::File(location) => {
                Some(Box::new(FileSource::at(location.clone(), name, Role::Unparsed)))
            }
            Instead::Nothing => Some(Box::new(Nothing { name })),
        }
    }
}

/// What is carried as a part of something else.
pub(crate) struct Nothing {
    pub(crate) name: String,
}

impl Source for Nothing {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        Some(0)
    }

    fn read(&mut self, _: &mut dyn Sink) -> Result<()> {
        Ok(())
    }
}

/// What a person should know of a file that they may not have meant to carry.
fn remark(begins: &[u8]) -> Option<(&'static str, Option<Detail>)> {
    let has = |words: &[u8]| begins.windows(words.len()).any(|window| window == words);
    // A text about keys has the word, and no key behind it.
    let key = b"AGE-SECRET-KEY-1";
    let is_key = |window: &[u8]| {
        window.starts_with(key) && window[key.len()..].iter().all(u8::is_ascii_alphanumeric)
    };
    let has_key = begins.windows(key.len() + 3).any(is_key);
    if has_key || (begins.starts_with(b"-----BEGIN ") && has(b"PRIVATE KEY-----")) {
        let danger =
            "holds a secret key: whoever can open the archive will have it; move it elsewhere";
        Some((danger, Some(Detail::SecretKey)))
    } else if begins.starts_with(b"age-encryption.org/v1") {
        Some(("is sealed itself, an earlier archive perhaps: it is carried as it is", None))
    } else {
        None
    }
}
