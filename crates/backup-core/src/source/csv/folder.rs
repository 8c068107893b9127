//! The CSV files of one folder: one exporter has written them, mostly in one encoding.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::detect::detect;
use super::encoding::Charset;
use super::examined::Examined;
use super::guess::Usual;
use super::legacy::Legacy;
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
    usual: OnceLock<Vec<Usual>>,
}

impl CsvFolder {
    /// Adds a file.
    pub(in crate::source) fn add(&self, location: &FileLocation, options: &CsvOptions) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.push((location.clone(), options.encoding.clone()));
    }

    /// The encodings of the files that are not UTF-8, each once.
    pub(super) fn usual(&self, monitor: &dyn Monitor) -> &[Usual] {
        self.usual.get_or_init(|| {
            let files = self.files.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let mut bytes_left = MOST_BYTES;
            let usual = files.iter().take(MOST_FILES).filter_map(|(location, given)| {
                let usual = match given {
                    Some(name) => {
                        Usual { coding: Charset::spelled(name, b"").ok()?.coding, is_clear: true }
                    }
                    None => coding_of(location, &mut bytes_left, monitor)?,
                };
                (usual.coding != Charset::UTF_8.coding).then_some(usual)
            });
            usual.fold(Vec::new(), |mut all, one| {
                if !all.contains(&one) {
                    all.push(one);
                }
                all
            })
        })
    }
}

/// The encoding of a file, unless several are almost equally likely.
fn coding_of(
    location: &FileLocation,
    bytes_left: &mut u64,
    monitor: &dyn Monitor,
) -> Option<Usual> {
    let file = StableFile::at(location).ok()?;
    if !monitor.should_continue() {
        return None;
    }
    *bytes_left = bytes_left.checked_sub(file.bytes)?;
    let Ok(detected) = detect(Examined::File(&file), &|| &[], monitor) else {
        // An encoding that is never chosen is evidence too.
        let coding = Legacy::survey(Examined::File(&file), monitor).ok()?.likeliest()?;
        return Some(Usual { coding, is_clear: false });
    };
    let is_clear = detected.unclear("").is_none() && detected.doubt.is_some();
    is_clear.then_some(Usual { coding: detected.charset.coding, is_clear })
}
