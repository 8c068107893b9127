//! What a source provides, and what was stored of it.

use super::manifest::Role;
use crate::record::Digest;

/// A table that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableSummary {
    /// The name it was given.
    pub name: String,
    /// How many records it has.
    pub rows: u64,
    /// The SHA-256 of its canonical CSV.
    pub digest: Digest,
    /// How many bytes that is of.
    pub bytes: u64,
}

/// What is known of a file before its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileHead {
    /// Its true path.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
    /// When it was last changed: RFC 3339, UTC; without an offset if its time zone is not known.
    pub modified: Option<String>,
    /// Why it is carried.
    pub role: Role,
    /// The file that it was in, a ZIP file, if that is carried whole as well.
    pub within: Option<String>,
}

impl TableSummary {
    /// A table of so many records; `bytes` is the length of its canonical CSV.
    pub fn new(name: impl Into<String>, rows: u64, digest: Digest, bytes: u64) -> Self {
        Self { name: name.into(), rows, digest, bytes }
    }
}

impl FileHead {
    /// A file of that many bytes, of which no more is known.
    pub fn new(path: impl Into<String>, bytes: u64, role: Role) -> Self {
        Self { path: path.into(), bytes, modified: None, role, within: None }
    }
}
