//! A folder with archives of invented records, made when a test says, and drills of them.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use backup_core::archive::WriterOptions;
use backup_core::scratch::SqliteScratch;
use backup_core::{Report, VerifyOptions, restore_test};

use crate::{Keys, export_to};

/// A day.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// So many days after the first of 2026.
pub fn day(number: u32) -> SystemTime {
    SystemTime::UNIX_EPOCH + DAY * (20_454 + number)
}

/// A folder, and a key for what is in it.
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

    /// Something in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Exports one record, on a day; the archives of two days are not the same.
    pub fn export(&self, name: &str, number: u32) -> Report {
        let source = self.path("source.csv");
        std::fs::write(&source, format!("id,name\n{number},Ada\n")).expect("the source is written");
        let options = WriterOptions::default().created(day(number));
        export_to(&self.path(name), &[source], &self.keys, options)
    }

    /// Tests an archive.
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
