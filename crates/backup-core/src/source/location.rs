//! The location of a source's bytes: a file on the disk, or a member of a ZIP file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::opening::DiskFile;
use super::zip::Member;

/// The location of bytes. They can be opened any number of times.
#[derive(Debug, Clone)]
pub(super) enum FileLocation {
    File(DiskFile),
    Member(Arc<Member>),
}

impl FileLocation {
    /// A file that the user named.
    pub(super) fn named(path: impl Into<PathBuf>) -> Self {
        Self::File(DiskFile::named(path))
    }

    /// The file on the disk: this file, or the ZIP file that contains it.
    pub(super) fn on_disk(&self) -> &DiskFile {
        match self {
            Self::File(file) => file,
            Self::Member(member) => &member.root.0,
        }
    }

    /// The path of the file on the disk.
    pub(super) fn path(&self) -> &Path {
        self.on_disk().path()
    }

    /// The ZIP file that contains it, by its name in the archive.
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
