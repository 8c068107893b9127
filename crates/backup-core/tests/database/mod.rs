//! Shared by the tests of SQLite databases: databases made by SQL, which reading must not change.
#![allow(unreachable_pub, reason = "it is a module of tests")]

use std::fs;
use std::path::{Path, PathBuf};

use backup_core::record::Digest;
use backup_core::source::sqlite::SqliteSource;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::recording::{Recorder, read};

pub struct Fixture {
    pub folder: TempDir,
    pub path: PathBuf,
}

impl Fixture {
    /// A database made by these statements.
    pub fn new(sql: &str) -> Self {
        let fixture = Self::empty();
        fixture.connect().execute_batch(sql).expect("the fixture's SQL runs");
        fixture
    }

    pub fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the fixture");
        let path = folder.path().join("crm 客户 100%.sqlite");
        Self { folder, path }
    }

    pub fn connect(&self) -> Connection {
        Connection::open(&self.path).expect("the fixture opens")
    }

    pub fn source(&self) -> SqliteSource {
        SqliteSource::new(&self.path, "crm.sqlite")
    }

    pub fn read(&self) -> Recorder {
        let before = listing(self.folder.path());
        let recorder = read(&mut self.source());
        assert_eq!(listing(self.folder.path()), before, "reading changed the source's folder");
        recorder
    }
}

/// Every file of a folder, with its content.
pub fn listing(folder: &Path) -> Vec<(PathBuf, Digest)> {
    let entries = fs::read_dir(folder).expect("the folder lists");
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("the folder lists").path();
            let digest = Digest::of(&fs::read(&path).expect("a file reads"));
            (path, digest)
        })
        .collect();
    files.sort();
    files
}

pub fn assert_counts(recorder: &Recorder) {
    for table in &recorder.tables {
        assert_eq!(
            table.counts.as_deref(),
            Some(table.received().as_slice()),
            "the counts of SQLite in {} differ from the records read",
            table.name
        );
    }
}

pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
