//! Files of the backup itself that lie in a source folder. They are left out of the archive: the
//! archive that is being written, older ones with the same pattern of names, the files beside them,
//! and keys.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use memchr::memmem::find;
use zeroize::Zeroizing;

use super::options::DiscoverOptions;
use crate::archive::{Identity, MAX_SIDECAR_BYTES, is_age, is_checksum, is_readme, sidecar_names};
use crate::ledger_code::LedgerCode;
use crate::source::location::FileLocation;
use crate::source::opening;
use crate::source::stable_file::StableFile;

/// The maximum size of a file that may be an identity file.
const MAX_KEY_BYTES: u64 = 4 << 10;

/// Recognizes the files of the backup itself.
pub(super) struct OwnFiles {
    /// The patterns of the names of each archive that lies in a source folder, of its checksum and
    /// of its README. Elsewhere, a file with such a name is a source.
    patterns: Vec<[String; 3]>,
    /// Other files of the run, by their paths without links, and by device and inode.
    files: Vec<PathBuf>,
    identities: HashSet<(u64, u64)>,
    /// The beginnings of the names of drafts and locks of all these files.
    hidden: Vec<String>,
}

impl OwnFiles {
    /// `sources` are the files and folders that the user named, without links.
    pub(super) fn new(options: &DiscoverOptions, sources: &HashSet<&PathBuf>) -> Self {
        let is_within = |path: &&PathBuf| {
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            let folder = folder.unwrap_or(Path::new(".")).canonicalize();
            folder.is_ok_and(|folder| folder.ancestors().any(|at| sources.contains(&at.to_owned())))
        };
        let name = |path: &PathBuf| Some(path.file_name()?.to_string_lossy().into_owned());
        let archives = options.archives.iter().filter(is_within).filter_map(name);
        let patterns: Vec<[String; 3]> = archives
            .map(|name| {
                let [checksum, readme] = sidecar_names(&name);
                [name, checksum, readme].map(|name| pattern(&name))
            })
            .collect();
        let own_names = options.own_files.iter().filter_map(name);
        let own_names = own_names.map(|name| pattern(&name));
        let hidden = patterns.iter().flatten().cloned().chain(own_names);
        let hidden = hidden.map(|name| format!(".{name}.")).collect();
        let own = options.own_files.iter().chain(&options.archives);
        let files = own.clone().filter_map(|path| path.canonicalize().ok()).collect();
        let identity = |path: &PathBuf| opening::identity(&path.metadata().ok()?);
        Self { patterns, files, identities: own.filter_map(identity).collect(), hidden }
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
        let path = file.path();
        let is_own = self.is_of_the_run(path) || self.is_of_an_archive(path, location);
        match is_own {
            true => Some(LedgerCode::OwnFile),
            false => is_key_file(location).then_some(LedgerCode::KeyFile),
        }
    }

    fn is_of_the_run(&self, path: &Path) -> bool {
        let identity = path.metadata().ok().and_then(|metadata| opening::identity(&metadata));
        identity.is_some_and(|identity| self.identities.contains(&identity))
            || self.files.iter().any(|own| own.file_name() == path.file_name())
                && path.canonicalize().is_ok_and(|path| self.files.contains(&path))
    }

    /// Whether the name and the content are those of an archive, or of a file beside one.
    fn is_of_an_archive(&self, path: &Path, location: &FileLocation) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let pattern = pattern(&name);
        let forms = [is_age, is_checksum, is_readme];
        let of_pattern = |own: &[String; 3]| {
            let form = own.iter().position(|one| *one == pattern)?;
            Some((form, has_letters(&own[0])))
        };
        let Some((form, is_clear)) = self.patterns.iter().find_map(of_pattern) else {
            return false;
        };
        let content = StableFile::at(location).and_then(|file| file.begins(MAX_SIDECAR_BYTES));
        // Archives of other programs may be called `2026-10-01.age` too.
        let is_named = || match form {
            0 => {
                let [checksum, _] = sidecar_names(&name);
                let checksum = std::fs::read(path.with_file_name(checksum)).unwrap_or_default();
                is_checksum(&checksum) && find(&checksum, name.as_bytes()).is_some()
            }
            _ => true,
        };
        content.is_ok_and(|content| forms[form](&content)) && (is_clear || is_named())
    }
}

/// Whether the name of an archive has letters before its endings.
fn has_letters(pattern: &str) -> bool {
    pattern.split('.').next().unwrap_or_default().contains(char::is_alphabetic)
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
    let key = b"AGE-SECRET-KEY-1";
    let has_key = content
        .split(|byte| *byte == b'\n')
        .any(|line| line.get(..key.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(key)));
    has_key && Identity::parse(&content).is_ok()
}
