//! Where the bytes of a source are: in a file of their own, or in a ZIP file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::opening::DiskFile;
use super::zip::Member;

/// Bytes that can be opened as often as is needed.
#[derive(Debug, Clone)]
pub(super) enum FileLocation {
    File(DiskFile),
    Member(Arc<Member>),
}

impl FileLocation {
    /// A file that a person named.
    pub(super) fn named(path: impl Into<PathBuf>) -> Self {
        Self::File(DiskFile::named(path))
    }

    /// The file on the disk: this one, or the ZIP file it is in.
    pub(super) fn on_disk(&self) -> &DiskFile {
        match self {
            Self::File(file) => file,
            Self::Member(member) => &member.root.0,
        }
    }

    /// The path of that.
    pub(super) fn path(&self) -> &Path {
        self.on_disk().path()
    }

    /// The ZIP file it is in, by its name in the archive.
    pub(super) fn within(&self) -> Option<&str> {
        match self {
            Self::File(_) => None,
            Self::Member(member) => Some(&member.root.1),
        }
    }
}

impl From<DiskFile> for FileLocation {
    fn from(file: DiskFile) -> Self {
        Self::File(file)
    }
}
