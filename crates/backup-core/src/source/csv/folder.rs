//! The CSV files of one folder: one exporter has written them, mostly in one encoding.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::detect::detect;
use super::encoding::{Charset, Coding};
use crate::monitor::Monitor;
use crate::source::location::FileLocation;
use crate::source::stable_file::StableFile;

/// The maximum number of files, and of bytes in each, that are examined for another file.
const MOST_FILES: usize = 50;
const MOST_BYTES: u64 = 16 << 20;

/// The CSV files of one folder.
#[derive(Default)]
pub(in crate::source) struct CsvFolder {
    files: Mutex<Vec<FileLocation>>,
    usual: OnceLock<Option<Coding>>,
}

impl CsvFolder {
    /// Adds a file.
    pub(in crate::source) fn add(&self, location: &FileLocation) {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).push(location.clone());
    }

    /// The encoding of the other files that are not UTF-8, if it is clear and the same in all of
    /// them.
    pub(super) fn usual(&self, monitor: &dyn Monitor) -> Option<Coding> {
        *self.usual.get_or_init(|| {
            let files = self.files.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let mut usual = files.iter().take(MOST_FILES).filter_map(|location| {
                let file = StableFile::at(location).ok()?;
                if file.bytes > MOST_BYTES || !monitor.should_continue() {
                    return None;
                }
                let detected = detect(&file, &|| None, monitor).ok()?;
                let is_clear = detected.near.is_empty() && detected.doubt.is_some();
                let coding = detected.charset.coding;
                (is_clear && coding != Charset::UTF_8.coding).then_some(coding)
            });
            let first = usual.next()?;
            usual.all(|coding| coding == first).then_some(first)
        })
    }
}
