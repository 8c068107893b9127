//! A folder with archives of generated records, made at a time that the test chooses, and restore tests.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use backup_core::archive::WriterOptions;
use backup_core::scratch::SqliteScratch;
use backup_core::{Report, VerifyOptions, restore_test};

use crate::{Keys, export_to};

/// A day.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// This many days after the first of January 2026.
pub fn day(number: u32) -> SystemTime {
    SystemTime::UNIX_EPOCH + DAY * (20_454 + number)
}

/// A folder, and a key for its archives.
pub struct Drills {
    /// The folder.
    pub folder: tempfile::TempDir,
    /// The key.
    pub keys: Keys,
}

impl Drills {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder, keys: Keys::generate() }
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Exports one record on a given day; the archives of two days differ.
    pub fn export(&self, name: &str, number: u32) -> Report {
        let source = self.path("source.csv");
        std::fs::write(&source, format!("id,name\n{number},Ada\n")).expect("the source is written");
        let options = WriterOptions::default().created(day(number));
        export_to(&self.path(name), &[source], &self.keys, options)
    }

    /// Restore-tests an archive.
    pub fn test(&self, name: &str) -> Report {
        let mut scratch = SqliteScratch::in_memory().expect("a scratch database");
        let options = VerifyOptions::default();
        restore_test(&self.path(name), &self.keys.identities, &mut scratch, &options, &())
            .expect("the archive is checked")
    }
}

impl Default for Drills {
    fn default() -> Self {
        Self::new()
    }
}
