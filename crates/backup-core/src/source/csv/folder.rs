//! The CSV files of one folder: one exporter has written them, mostly in one encoding.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::detect::detect;
use super::encoding::{Charset, Coding};
use super::examined::Examined;
use super::options::CsvOptions;
use crate::monitor::Monitor;
use crate::source::location::FileLocation;
use crate::source::stable_file::StableFile;

/// The maximum number of files, and of bytes in all of them, that are examined for another file.
const MOST_FILES: usize = 50;
const MOST_BYTES: u64 = 32 << 20;

/// The CSV files of one folder.
#[derive(Default)]
pub(in crate::source) struct CsvFolder {
    /// Each file, and its encoding if that is given.
    files: Mutex<Vec<(FileLocation, Option<String>)>>,
    usual: OnceLock<Option<Coding>>,
}

impl CsvFolder {
    /// Adds a file.
    pub(in crate::source) fn add(&self, location: &FileLocation, options: &CsvOptions) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.push((location.clone(), options.encoding.clone()));
    }

    /// The encoding of the other files that are not UTF-8, if it is clear and the same in all of
    /// them.
    pub(super) fn usual(&self, monitor: &dyn Monitor) -> Option<Coding> {
        *self.usual.get_or_init(|| {
            let files = self.files.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let mut bytes_left = MOST_BYTES;
            let mut usual = files.iter().take(MOST_FILES).filter_map(|(location, given)| {
                let coding = match given {
                    Some(name) => Charset::spelled(name, b"").ok()?.coding,
                    None => clear_coding(location, &mut bytes_left, monitor)?,
                };
                (coding != Charset::UTF_8.coding).then_some(coding)
            });
            let first = usual.next()?;
            usual.all(|coding| coding == first).then_some(first)
        })
    }
}

/// The encoding of a file, if it is clear.
fn clear_coding(
    location: &FileLocation,
    bytes_left: &mut u64,
    monitor: &dyn Monitor,
) -> Option<Coding> {
    let file = StableFile::at(location).ok()?;
    if !monitor.should_continue() {
        return None;
    }
    *bytes_left = bytes_left.checked_sub(file.bytes)?;
    let detected = detect(Examined::File(&file), &|| None, monitor).ok()?;
    let is_clear = detected.unclear("").is_none() && detected.doubt.is_some();
    is_clear.then_some(detected.charset.coding)
}
