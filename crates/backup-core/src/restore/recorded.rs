//! What the manifest records of each file beside its bytes: the bytes of a name that is not
//! Unicode, and the modification time.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::tz::TimeZone;

use super::paths::safe_name;
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Manifest};
use crate::source::database_of;

/// The recorded facts of files, by their paths in the archive.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    names: HashMap<String, Vec<u8>>,
    times: HashMap<String, SystemTime>,
    /// The paths that [`path`](Self::path) has returned.
    taken: HashSet<PathBuf>,
}

impl Recorded {
    pub(super) fn of(manifest: &Manifest) -> Self {
        let backup = &manifest.backup;
        let name = |entry: &LedgerEntry| {
            let bytes = from_hex(entry.name_bytes.as_deref()?)?;
            let is_name = entry.code == LedgerCode::DecodedName;
            is_name.then_some((entry.source.clone()?, bytes))
        };
        let sources = backup.sources.iter().map(|source| (&source.name, &source.modified));
        let files = backup.files.iter().map(|file| (&file.path, &file.modified));
        let time = |(path, modified): (&String, &Option<String>)| {
            Some((path.clone(), SystemTime::from(timestamp(modified.as_deref()?)?)))
        };
        Self {
            names: backup.ledger.iter().filter_map(name).collect(),
            times: sources.chain(files).filter_map(time).collect(),
            taken: HashSet::new(),
        }
    }

    /// When the file was last changed.
    pub(super) fn modified(&self, path: &str) -> Option<SystemTime> {
        self.times.get(path).copied()
    }

    /// The original bytes of the name of a file, if they are not Unicode. The log of a database has
    /// the name of the database.
    pub(super) fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        if let Some(bytes) = self.names.get(path) {
            return Some(bytes.clone());
        }
        let (database, suffix) = database_of(path)?;
        Some([self.names.get(database)?, suffix.as_bytes()].concat())
    }

    /// The path below `folder` of a file whose name has these original bytes; `None` if the path is
    /// taken or may not be used, or if the system has only Unicode.
    pub(super) fn path(&mut self, folder: &Path, path: &str, bytes: &[u8]) -> Option<PathBuf> {
        let path = folder.join(original(path, bytes)?);
        self.taken.insert(path.clone()).then_some(path)
    }
}

/// A recorded time. A member of a ZIP file may have a time of an unknown time zone, which is read
/// as UTC: wrong by hours at most, and not by years as the time of the restore would be.
fn timestamp(text: &str) -> Option<jiff::Timestamp> {
    let civil = || {
        Some(text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(civil)
}

/// The original path. Everyone who has the public key can create an archive, so the bytes are used
/// only where they are not Unicode, as such a name is neither `..` nor any other path, or where
/// they are the shown name and that is safe.
#[cfg(unix)]
fn original(shown: &str, bytes: &[u8]) -> Option<PathBuf> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let (shown, parts) = (shown.split('/'), bytes.split(|byte| *byte == b'/'));
    if shown.clone().count() != parts.clone().count() {
        return None;
    }
    let part = |(shown, bytes): (&str, &[u8])| {
        let is_foreign = std::str::from_utf8(bytes).is_err();
        let is_harmless = bytes.len() <= 255 && !bytes.iter().any(|byte| *byte < b' ');
        let is_shown = shown.as_bytes() == bytes && safe_name(shown) == shown;
        let is_usable = is_shown || is_foreign && is_harmless;
        is_usable.then(|| OsStr::from_bytes(bytes).to_owned())
    };
    shown.zip(parts).map(part).collect()
}

#[cfg(not(unix))]
fn original(_: &str, _: &[u8]) -> Option<PathBuf> {
    None
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let is_hex = digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
    let byte = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok();
    if is_hex { digits.chunks_exact(2).map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn only_names_that_are_not_unicode_are_restored_from_their_bytes() {
        use super::original;

        assert!(original("客户/a.csv", b"\xbf\xcd\xbb\xa7/a.csv").is_some());
        for (shown, bytes) in [
            ("客户.csv", &b"../\xbf\xcd.csv"[..]),
            ("客户/a.csv", b"\xbf\xcd\xbb\xa7/.."),
            ("../客户.csv", b"../\xbf\xcd\xbb\xa7.csv"),
            ("/客户.csv", b"/\xbf\xcd\xbb\xa7.csv"),
            ("客户.csv", b"other.csv"),
            ("客户.csv", b"\xbf\xcd\0.csv"),
            ("客户.csv", b""),
        ] {
            assert_eq!(original(shown, bytes), None, "{bytes:?}");
        }
    }
}
