//! Files that are carried as they are.

use std::path::PathBuf;

use super::kept::KeptFile;
use super::{Sink, Source};
use crate::archive::package::Role;
use crate::error::Result;

/// A file that is not looked into: an attachment, or a source that cannot be read as a table.
#[derive(Debug, Clone)]
pub struct FileSource {
    path: PathBuf,
    name: String,
    role: Role,
}

impl FileSource {
    /// The file at `path`, called `name` in the archive.
    pub fn new(path: impl Into<PathBuf>, name: impl Into<String>, role: Role) -> Self {
        Self { path: path.into(), name: name.into(), role }
    }
}

impl Source for FileSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        self.path.metadata().ok().map(|metadata| metadata.len())
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let kept = KeptFile::of(&self.path)?;
        sink.monitor().working_on(&self.name);
        sink.file(&kept.member(&self.name, self.role), &mut kept.open()?)?;
        sink.monitor().advance(kept.bytes);
        kept.check_unmoved()
    }
}
