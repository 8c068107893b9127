//! Files that are stored byte for byte.

use std::path::PathBuf;

use super::location::FileLocation;
use super::stable_file::StableFile;
use super::{Sink, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{RecoveryMethod, Role, SourceMetadata};

/// The suffixes that SQLite appends to the name of a database for its log and its journal.
pub(crate) const DATABASE_SIDECARS: [&str; 2] = ["-wal", "-journal"];

/// The name of the database that a log or a journal of this name belongs to, and the suffix.
pub(crate) fn database_of(name: &str) -> Option<(&str, &'static str)> {
    let mut suffixes = DATABASE_SIDECARS.into_iter();
    suffixes.find_map(|suffix| Some((name.strip_suffix(suffix)?, suffix)))
}

/// A file whose contents are not read: an attachment, or a source that cannot be read as a table.
#[derive(Debug, Clone)]
pub struct FileSource {
    location: FileLocation,
    name: String,
    role: Role,
    /// The log and the journal of a database.
    beside: Vec<FileSource>,
    /// The number of members, for a ZIP file whose members are sources.
    members: Option<u64>,
    /// The format, if it looks like data.
    opaque: Option<Message>,
}

impl FileSource {
    /// The file at `path`. Its name in the archive is `name`.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>, role: Role) -> Self {
        Self::at(FileLocation::named(path), name, role)
    }

    /// A file, or a member of a ZIP file.
    pub(super) fn at(location: FileLocation, name: impl Into<String>, role: Role) -> Self {
        Self { location, name: name.into(), role, beside: Vec::new(), members: None, opaque: None }
    }

    /// A ZIP file whose members are separate sources.
    pub(super) fn zip(location: FileLocation, name: &str, members: u64) -> Self {
        Self { members: Some(members), ..Self::at(location, name, Role::Original) }
    }

    /// Notes that the file looks like data in this format, and is not parsed.
    pub(super) fn opaque(self, format: Message) -> Self {
        Self { opaque: Some(format), ..self }
    }

    /// A SQLite database, with its log and its journal. Without them, the latest changes may be
    /// missing. For a member of a ZIP file, they are stored within the ZIP file.
    pub(super) fn database(location: &FileLocation, name: &str, role: Role) -> Self {
        let mut source = Self::at(location.clone(), name, role);
        if let FileLocation::File(file) = location {
            let beside = DATABASE_SIDECARS.map(|suffix| {
                Self::at(file.beside(suffix).into(), format!("{name}{suffix}"), role)
            });
            let holds_something =
                |file: &Self| StableFile::bytes_of(&file.location).is_some_and(|bytes| bytes > 0);
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
        StableFile::bytes_of(&self.location).map(|bytes| bytes + beside)
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let file = StableFile::at(&self.location)?;
        sink.monitor().working_on(&self.name);
        if let Some(remark) = remark(&self.name, &file.begins(4096)?) {
            sink.finding(remark.path(&self.name));
        }
        if let Some(format) = &self.opaque {
            let message = message!("source-opaque", format = format.clone());
            let remark = Finding::remark(Code::Source, message).noted(LedgerCode::Opaque, 1);
            sink.finding(remark.path(&self.name));
        }
        let sha256 = sink.file(&file.member(&self.name, self.role), &mut file.open()?)?;
        sink.monitor().advance(file.bytes);
        for file in &mut self.beside {
            file.read(sink)?;
        }
        file.check_unchanged()?;
        if let Some(members) = self.members {
            sink.source(SourceMetadata {
                name: self.name.clone(),
                kind: "zip".into(),
                bytes: Some(file.bytes),
                sha256: Some(sha256),
                modified: file.modified(),
                original: RecoveryMethod::Kept(self.name.clone()),
                details: [("members".to_owned(), members.into())].into_iter().collect(),
            });
        }
        Ok(())
    }

    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        // A member that cannot be unpacked is stored within its ZIP file.
        self.location.within()?;
        Some(Box::new(Placeholder::nothing(&self.name)))
    }
}

/// A source without data. Reading it returns its error, if there is one.
pub(crate) struct Placeholder {
    name: String,
    error: Option<Error>,
    /// The file that an export stores instead.
    file: Option<FileSource>,
    /// Whether it is stored within its ZIP file.
    is_within: bool,
}

impl Placeholder {
    /// Something that is stored as a part of something else, or not at all.
    pub(crate) fn nothing(name: impl Into<String>) -> Self {
        Self { name: name.into(), error: None, file: None, is_within: false }
    }

    /// Something that cannot be opened.
    pub(super) fn unreadable(name: impl Into<String>, error: Error) -> Self {
        Self { error: Some(error), ..Self::nothing(name) }
    }

    /// A file that cannot be opened as a source. Returns the error if the file is not to be stored
    /// instead.
    pub(super) fn file(location: FileLocation, name: &str, error: Error) -> Result<Self> {
        match error.kind() {
            ErrorKind::Source { .. } => Ok(Self::instead(location, name, error)),
            _ => Err(error),
        }
    }

    /// A file that is stored instead of what its name promises.
    pub(super) fn instead(location: FileLocation, name: &str, error: Error) -> Self {
        let file = Some(FileSource::at(location, name, Role::Unparsed));
        Self { file, ..Self::unreadable(name, error.in_source(name)) }
    }

    /// A member of a ZIP file that cannot be unpacked.
    pub(super) fn member(name: &str, why: Message) -> Self {
        let error = Error::source(message!("zip-closed", why = why), message!("zip-closed-hint"));
        Self { is_within: true, ..Self::unreadable(name, error) }
    }
}

impl Source for Placeholder {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        self.file.as_ref().map_or(Some(0), Source::bytes)
    }

    fn read(&mut self, _: &mut dyn Sink) -> Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }

    fn as_file(&self) -> Option<Box<dyn Source + Send>> {
        match &self.file {
            Some(file) => Some(Box::new(file.clone())),
            None => self.is_within.then(|| Box::new(Self::nothing(&self.name)) as _),
        }
    }
}

/// A remark about a file that may have been included by mistake.
fn remark(name: &str, beginning: &[u8]) -> Option<Finding> {
    let has = |words: &[u8]| beginning.windows(words.len()).any(|window| window == words);
    // A text about keys may contain this word without a key after it.
    let key = b"AGE-SECRET-KEY-1";
    let is_key = |window: &[u8]| {
        let (word, rest) = window.split_at(key.len());
        word.eq_ignore_ascii_case(key) && rest.iter().all(u8::is_ascii_alphanumeric)
    };
    // The text may be UTF-16.
    let narrow: Vec<u8> = beginning.iter().copied().filter(|byte| *byte != 0).collect();
    let has_key = narrow.windows(key.len() + 3).any(is_key);
    if has_key || (beginning.starts_with(b"-----BEGIN ") && has(b"PRIVATE KEY-----")) {
        let remark = Finding::remark(Code::Source, message!("source-secret-key", name = name));
        Some(remark.noted(LedgerCode::SecretKey, 1))
    } else if beginning.starts_with(b"age-encryption.org/v1") {
        Some(Finding::remark(Code::Source, message!("source-encrypted")))
    } else {
        None
    }
}
