//! Rows of reports about what an archive holds.

use serde::Serialize;

use super::manifest::{FileMetadata, Role};
use crate::record::Digest;

/// A table in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TableReport {
    /// Its name.
    pub name: String,
    /// How many records.
    pub rows: u64,
    /// The SHA-256 of its canonical CSV.
    pub digest: Digest,
    /// How many columns.
    pub columns: u64,
    /// How many bytes its canonical CSV has.
    pub bytes: u64,
    /// In how many parts it is kept.
    pub parts: u64,
    /// The source it came from.
    pub source: Option<String>,
    /// The folder of the archive that its parts are in; `None` if there is no archive yet.
    pub folder: Option<String>,
}

impl TableReport {
    /// The folder that the parts of a table are in; their paths are those of the manifest.
    pub(crate) fn folder_of(parts: &[String]) -> Option<String> {
        let (folder, _) = parts.first()?.rsplit_once('/')?;
        Some(format!("data/{folder}"))
    }

    /// The folder, unless it is called as the table is, behind its number.
    pub(crate) fn odd_folder(&self) -> Option<&str> {
        let folder = self.folder.as_deref()?;
        let (_, name) = folder.rsplit('/').next()?.split_once('-').unwrap_or(("", folder));
        (!name.eq_ignore_ascii_case(&self.name)).then_some(folder)
    }
}

/// A file in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FileReport {
    /// Its true path.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Digest,
    /// When it was last changed: RFC 3339, UTC; without an offset if its time zone is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Why it is in the archive.
    pub role: Role,
    /// The ZIP file that it was in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

impl From<&FileMetadata> for FileReport {
    fn from(file: &FileMetadata) -> Self {
        Self {
            path: file.path.clone(),
            bytes: file.bytes,
            sha256: file.sha256,
            modified: file.modified.clone(),
            role: file.role,
            within: file.within.clone(),
        }
    }
}
