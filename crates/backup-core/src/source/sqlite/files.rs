//! The files of a database: the main file, its log and its journal.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::super::file::DATABASE_SIDECARS;
use super::super::location::FileLocation;
use super::super::opening::DiskFile;
use super::super::stable_file::StableFile;
use super::super::zip::{Beside, Member};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::monitor::Monitor;
use crate::record::Digest;

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

pub(super) const WAL: &str = "-wal";
pub(super) const JOURNAL: &str = "-journal";

/// The files of a database.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) main: StableFile,
    /// The file as it was named or found, and its path without links, by which SQLite opens it.
    /// `None` for a member of a ZIP file.
    pub(super) real: Option<(DiskFile, PathBuf)>,
    /// The log and the journal, if they are not empty.
    pub(super) sidecars: Vec<(&'static str, StableFile)>,
}

impl Files {
    pub(super) fn find(file: &DiskFile) -> Result<Self> {
        let main = StableFile::at(&file.clone().into())?;
        let failed = |error| Error::reading(file.path(), error);
        let beside = file.real().map_err(failed)?;
        let real = std::fs::canonicalize(beside.path()).map_err(failed)?;
        let mut sidecars = Vec::new();
        for suffix in DATABASE_SIDECARS {
            match StableFile::find(beside.beside(suffix))? {
                Some(file) if file.bytes > 0 => sidecars.push((suffix, file)),
                _ => {}
            }
        }
        Ok(Self { main, real: Some((file.clone(), real)), sidecars })
    }

    /// A database in a ZIP file, with its log and journal there.
    pub(super) fn zipped(main: &Arc<Member>, beside: &[Beside]) -> Result<Self> {
        let file = |member: &Arc<Member>| StableFile::at(&FileLocation::Member(member.clone()));
        let holds_something = |(_, member): &&Beside| member.bytes > 0;
        let sidecars = beside.iter().filter(holds_something);
        let sidecars = sidecars.map(|(suffix, member)| Ok((*suffix, file(member)?)));
        Ok(Self { main: file(main)?, real: None, sidecars: sidecars.collect::<Result<_>>()? })
    }

    /// The main file, the log and the journal, each with the suffix of its name.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &StableFile)> {
        let sidecars = self.sidecars.iter().map(|(suffix, file)| (*suffix, file));
        std::iter::once(("", &self.main)).chain(sidecars)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.all().map(|(_, file)| file.bytes).sum()
    }

    /// The SHA-256 of each of [`Files::all`].
    pub(super) fn digests(&self, monitor: &dyn Monitor) -> Result<Vec<Digest>> {
        self.all().map(|(_, file)| file.digest(monitor)).collect()
    }

    /// Returns an error if a file has changed, or if a log or journal was created or removed.
    pub(super) fn check_unchanged(&self) -> Result<()> {
        if let Some((file, _)) = &self.real {
            // The checks below detect a main file that was removed.
            let now = Self::find(file).map(|now| now.sidecars.len());
            if now.is_ok_and(|now| now != self.sidecars.len()) {
                return Err(self.main.changed());
            }
        }
        self.all().try_for_each(|(_, file)| file.check_unchanged())
    }
}

/// The path of the file next to a database with this suffix.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Checks the header of the main file. Returns the details that are only in the header. An empty
/// file is an empty database.
pub(super) fn header_details(main: &StableFile) -> Result<Vec<(&'static str, Json)>> {
    if main.bytes == 0 {
        return Ok(Vec::new());
    }
    let head = main.begins(100)?;
    let (Some(magic), Some(version)) = (head.get(..16), head.get(96..100)) else {
        return Err(Error::source(message!("no-database-short"), message!("hint-store-as-file")));
    };
    if magic != MAGIC {
        return Err(Error::source(message!("no-database"), message!("hint-no-database")));
    }
    let journal_mode = if head[18] == 2 { "wal" } else { "rollback" };
    // The version of SQLite that wrote the file last.
    let version = version.iter().fold(0, |version, byte| version << 8 | u32::from(*byte));
    let (major, rest) = (version / 1_000_000, version % 1_000_000);
    let version = (version > 0).then(|| format!("{major}.{}.{}", rest / 1_000, rest % 1_000));
    Ok(vec![("journal_mode", json!(journal_mode)), ("written_by", json!(version))])
}
