//! Rows of reports about the contents of an archive.

use serde::Serialize;

use super::manifest::{FileMetadata, Role};
use crate::record::Digest;

/// A table in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TableReport {
    /// Its name.
    pub name: String,
    /// The number of records.
    pub rows: u64,
    /// The SHA-256 of its canonical CSV.
    pub digest: Digest,
    /// The number of columns.
    pub columns: u64,
    /// The length of its canonical CSV in bytes.
    pub bytes: u64,
    /// The number of parts.
    pub parts: u64,
    /// The source of the table.
    pub source: Option<String>,
    /// The name of the table in its source, if the source has several.
    #[serde(skip)]
    pub(crate) sheet: Option<String>,
    /// The folder of its parts in the archive; `None` if there is no archive yet.
    pub folder: Option<String>,
    /// The label of each column, and the number of its nulls. Known only of an export.
    #[serde(skip)]
    pub(crate) nulls: Vec<(String, u64)>,
}

impl TableReport {
    /// Its name in the archive, its source, and its name there.
    pub(crate) fn names(&self) -> (&str, Option<&str>, Option<&str>) {
        (&self.name, self.source.as_deref(), self.sheet.as_deref())
    }

    /// The folder of a table's parts. `parts` are the paths in the manifest.
    pub(crate) fn folder_of(parts: &[String]) -> Option<String> {
        let (folder, _) = parts.first()?.rsplit_once('/')?;
        Some(format!("data/{folder}"))
    }

    /// The folder, if its name without the number is not the name of the table.
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
    /// The original path.
    pub path: String,
    /// The length in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Digest,
    /// When it was last changed: RFC 3339, UTC; without an offset if its time zone is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Why it is in the archive.
    pub role: Role,
    /// The ZIP file that contained it.
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
