//! What a source passes on, and what was stored.

use super::contents::FileReport;
use super::manifest::Role;
use crate::record::Digest;

/// A table that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableSummary {
    /// The name in the archive.
    pub name: String,
    /// The number of records.
    pub rows: u64,
    /// The SHA-256 of its canonical CSV.
    pub digest: Digest,
    /// The length of its canonical CSV in bytes.
    pub bytes: u64,
}

/// What is known about a file before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileHead {
    /// The original path.
    pub path: String,
    /// The length in bytes.
    pub bytes: u64,
    /// When it was last changed: RFC 3339, UTC; without an offset if its time zone is not known.
    pub modified: Option<String>,
    /// Why it is stored.
    pub role: Role,
    /// The ZIP file that contained it, if that is stored too.
    pub within: Option<String>,
}

impl TableSummary {
    /// A table of `rows` records. `bytes` is the length of its canonical CSV.
    pub fn new(name: impl Into<String>, rows: u64, digest: Digest, bytes: u64) -> Self {
        Self { name: name.into(), rows, digest, bytes }
    }
}

impl FileHead {
    /// A file of `bytes` bytes, about which nothing else is known.
    pub fn new(path: impl Into<String>, bytes: u64, role: Role) -> Self {
        Self { path: path.into(), bytes, modified: None, role, within: None }
    }

    /// The file, after its content was stored.
    pub(crate) fn stored(&self, sha256: Digest) -> FileReport {
        let Self { path, bytes, modified, role, within } = self.clone();
        FileReport { path, bytes, sha256, modified, role, within }
    }
}
