//! A SQLite database in a ZIP file.
//!
//! SQLite reads files that have a name, so the database and its log are unpacked into a private
//! folder, as one with a log is copied anyway, and removed after.

use std::fs::File;
use std::io;
use std::sync::Arc;

use super::Member;
use crate::archive::package::Role;
use crate::error::{Error, Result};
use crate::source::kept::KeptFile;
use crate::source::place::Place;
use crate::source::sqlite::{SqliteSource, private_folder};
use crate::source::{FileSource, Sink, Source};

/// A database, and the log or journal that lies beside it.
pub(in crate::source) struct ZippedDatabase {
    name: String,
    main: Arc<Member>,
    beside: Vec<(&'static str, Arc<Member>)>,
}

impl ZippedDatabase {
    /// A database called `name`, and what is appended to that name for its log and journal.
    pub(in crate::source) fn new(
        name: String,
        main: Arc<Member>,
        beside: Vec<(&'static str, Arc<Member>)>,
    ) -> Self {
        Self { name, main, beside }
    }
}

impl Source for ZippedDatabase {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        Some(self.main.bytes + self.beside.iter().map(|(_, member)| member.bytes).sum::<u64>())
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let kept = KeptFile::at(&Place::Member(self.main.clone()))?;
        let folder = private_folder()
            .map_err(|error| Error::io("create a folder in", std::env::temp_dir(), error))?;
        let path = folder.path().join("unpacked.sqlite");
        let beside = self.beside.iter().map(|(suffix, member)| (*suffix, member));
        for (suffix, member) in std::iter::once(("", &self.main)).chain(beside) {
            let mut path = path.clone().into_os_string();
            path.push(suffix);
            let failed = |error| Error::read(error, None).in_source(&self.name);
            let mut file = File::create_new(path).map_err(failed)?;
            io::copy(&mut member.open()?, &mut file).map_err(failed)?;
        }
        SqliteSource::new(path, &self.name)
            .within(self.main.zip(), self.main.modified.clone())
            .read(sink)?;
        kept.check_unmoved()
    }

    fn as_file(&self) -> Option<Box<dyn Source>> {
        let place = Place::Member(self.main.clone());
        Some(Box::new(FileSource::at(place, &self.name, Role::Unread)))
    }
}
