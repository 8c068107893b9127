//! Files that are carried as they are.

use std::fs::File;
use std::path::PathBuf;

use super::fileinfo::FileInfo;
use super::{Sink, Source};
use crate::archive::package::Role;
use crate::error::{Error, Result};

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
        let info = FileInfo::of(&self.path)?;
        let mut file =
            File::open(&self.path).map_err(|error| Error::io("read", &self.path, error))?;
        sink.monitor().working_on(&self.name);
        sink.file(&info.head(&self.name, self.role), &mut file)?;
        sink.monitor().advance(info.bytes);
        info.unchanged(&self.path).map_err(|error| error.in_source(&self.name))
    }
}
