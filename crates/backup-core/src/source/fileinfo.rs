//! What is known of a source file before and after it is read.

use std::path::Path;

use crate::error::{Error, Result};

/// A file's size and time, taken before it is read and compared after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileInfo {
    pub(crate) bytes: u64,
    /// RFC 3339, UTC.
    pub(crate) modified: Option<String>,
}

impl FileInfo {
    pub(crate) fn of(path: &Path) -> Result<Self> {
        let metadata = path.metadata().map_err(|error| Error::io("read", path, error))?;
        let modified = metadata.modified().ok();
        let modified = modified.and_then(|time| jiff::Timestamp::try_from(time).ok());
        Ok(Self { bytes: metadata.len(), modified: modified.map(|time| time.to_string()) })
    }

    /// An error if the file is not as it was.
    pub(crate) fn unchanged(&self, path: &Path) -> Result<()> {
        if *self == Self::of(path)? {
            return Ok(());
        }
        Err(moved())
    }
}

/// A source that was written to while it was read.
pub(crate) fn moved() -> Error {
    Error::new(crate::ErrorKind::Moved)
}
