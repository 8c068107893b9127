//! Files of the backup itself that lie in a source folder. They are left out of the archive: the
//! archive that is being written, older ones with the same pattern of names, the files beside them,
//! and keys.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::options::DiscoverOptions;
use crate::archive::{Identity, MAX_SIDECAR_BYTES, is_age, is_checksum, is_readme, sidecar_names};
use crate::ledger_code::LedgerCode;
use crate::source::location::FileLocation;
use crate::source::stable_file::StableFile;

/// The maximum size of a file that may be an identity file.
const MAX_KEY_BYTES: u64 = 4 << 10;

/// Recognizes the files of the backup itself.
pub(super) struct OwnFiles {
    /// The patterns of the names of an archive, of its checksum and of its README.
    patterns: Vec<[String; 3]>,
    /// Other files of the run, by their paths without links.
    files: Vec<PathBuf>,
    /// The beginnings of the names of drafts and locks of all these files.
    hidden: Vec<String>,
}

impl OwnFiles {
    pub(super) fn new(options: &DiscoverOptions) -> Self {
        let names = options.archives.iter().filter_map(|path| path.file_name()?.to_str());
        let patterns: Vec<[String; 3]> = names
            .map(|name| {
                let [checksum, readme] = sidecar_names(name);
                [name, &checksum, &readme].map(pattern)
            })
            .collect();
        let own_names = options.own_files.iter().filter_map(|path| path.file_name()?.to_str());
        let hidden = patterns.iter().flatten().cloned().chain(own_names.map(pattern));
        let hidden = hidden.map(|name| format!(".{name}.")).collect();
        let files = options.own_files.iter().filter_map(|path| path.canonicalize().ok()).collect();
        Self { patterns, files, hidden }
    }

    /// Whether a file or folder with this name is a draft or a lock of this run, or of one that was
    /// killed.
    pub(super) fn is_hidden(&self, name: &str) -> bool {
        (name.ends_with(".partial") || name.ends_with(".crm-backup-lock"))
            && self.hidden.iter().any(|hidden| pattern(name).starts_with(hidden))
    }

    /// The code of the ledger for a file in a folder that is left out; `None` for a source.
    pub(super) fn code(&self, location: &FileLocation) -> Option<LedgerCode> {
        let FileLocation::File(file) = location else { return None };
        let name = file.path().file_name()?;
        let has_name = |own: &PathBuf| own.file_name() == Some(name);
        if self.files.iter().any(has_name)
            && file.path().canonicalize().is_ok_and(|path| self.files.contains(&path))
        {
            return Some(LedgerCode::OwnFile);
        }
        if self.is_of_an_archive(&name.to_string_lossy(), location) {
            return Some(LedgerCode::OwnFile);
        }
        is_key_file(location).then_some(LedgerCode::KeyFile)
    }

    /// Whether the name and the content are those of an archive, or of a file beside one.
    fn is_of_an_archive(&self, name: &str, location: &FileLocation) -> bool {
        let pattern = pattern(name);
        let forms = [is_age, is_checksum, is_readme];
        let of_pattern = |own: &[String; 3]| own.iter().position(|one| *one == pattern);
        let Some(form) = self.patterns.iter().find_map(of_pattern) else { return false };
        let content = StableFile::at(location).and_then(|file| file.begins(MAX_SIDECAR_BYTES));
        content.is_ok_and(|content| forms[form](&content))
    }
}

/// A name with `#` for each number in it: the pattern of the names of archives that differ in their
/// dates.
fn pattern(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len());
    for c in name.chars() {
        match c.is_ascii_digit() {
            true if pattern.ends_with('#') => {}
            true => pattern.push('#'),
            false => pattern.push(c),
        }
    }
    pattern
}

/// Whether the whole file is an identity file of age. A text that only mentions a key is a source.
fn is_key_file(location: &FileLocation) -> bool {
    if StableFile::bytes_of(location).is_none_or(|bytes| bytes > MAX_KEY_BYTES) {
        return false;
    }
    let content = StableFile::at(location).and_then(|file| file.begins(MAX_KEY_BYTES));
    let Ok(content) = content.map(Zeroizing::new) else { return false };
    let has_key =
        content.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"AGE-SECRET-KEY-1"));
    has_key && Identity::parse(&content).is_ok()
}
