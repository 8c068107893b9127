//! Makes safe paths for the tables and files of an archive, whatever their names are.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::archive::{TakenPaths, is_device};
use crate::seen::is_harmful;
use crate::source::database_of;

/// The maximum length of a path below the folder, in bytes. Most systems refuse longer paths.
const MAX_PATH_BYTES: usize = 3000;

/// The maximum length of a file or folder name, in bytes. Most systems take no longer one.
const MAX_NAME_BYTES: usize = 255;

/// The maximum length of the ending that a shortened name keeps, with its dot, in bytes.
const MAX_ENDING_BYTES: usize = 16;

/// The maximum depth of a path. Programs that remove a folder keep all of its parents open.
const MAX_FOLDERS: usize = 200;

/// The path of a name.
#[derive(Debug)]
pub(super) struct Claimed {
    pub(super) path: PathBuf,
    /// Whether the path is exactly that name.
    pub(super) is_exact: bool,
}

/// Gives each name a unique path below one folder.
#[derive(Debug)]
pub(super) struct Paths {
    root: PathBuf,
    taken: TakenPaths,
    /// For each path that is taken, the next number to try, so that no number is tried twice. All
    /// paths that are below a file share one counter, under the empty path.
    numbers: HashMap<String, u64>,
    /// The paths below the folder that are not the wanted ones, by the wanted ones.
    others: HashMap<String, String>,
}

impl Paths {
    pub(super) fn below(root: &Path) -> Self {
        let taken = TakenPaths::with_case(is_case_sensitive(root));
        let (numbers, others) = (HashMap::new(), HashMap::new());
        Self { root: root.to_path_buf(), taken, numbers, others }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The part of a path below the folder. The path is one that [`claim`](Self::claim) returned.
    pub(super) fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    /// A unique path for `name`, which may contain folders.
    ///
    /// No path leaves the folder: names such as `..` and characters that a system forbids are
    /// replaced. A path that is taken gets a number. A log stays beside its database, if that was
    /// claimed before: SQLite would read it with another database, or not at all.
    pub(super) fn claim(&mut self, folder: &str, name: &str) -> Claimed {
        let mut safe: Vec<String> = Vec::new();
        let mut bytes = 0;
        for part in name.rsplit('/') {
            let part = safe_name(part);
            bytes += part.len() + 1;
            // The first folders are left out, because the file name matters more.
            if bytes > MAX_PATH_BYTES || safe.len() > MAX_FOLDERS {
                break;
            }
            safe.push(part);
        }
        safe.reverse();
        let safe =
            if folder.is_empty() { safe.join("/") } else { format!("{folder}/{}", safe.join("/")) };
        let wanted = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let path = match self.beside_database(&wanted) {
            Some(path) => path,
            None if self.taken.take(&safe) => safe,
            None => self.numbered(&safe),
        };
        let is_exact = path == wanted;
        if !is_exact {
            self.others.insert(wanted, path.clone());
        }
        let path = path.split('/').fold(self.root.clone(), |path, name| path.join(name));
        Claimed { path, is_exact }
    }

    /// The path of a log beside its database, if the database has another path than it wanted.
    fn beside_database(&mut self, wanted: &str) -> Option<String> {
        let (database, suffix) = database_of(wanted)?;
        let path = format!("{}{suffix}", self.others.get(database)?);
        self.taken.take(&path).then_some(path)
    }

    /// Returns a path that is free: `STEM_N.EXTENSION`, or `N/PATH` if that one is refused, for
    /// example because a parent of the path is a file.
    fn numbered(&mut self, safe: &str) -> String {
        let (above, last) = match safe.rfind('/') {
            Some(at) => safe.split_at(at + 1),
            None => ("", safe),
        };
        let (stem, extension) = match last.rfind('.') {
            Some(at) => last.split_at(at),
            None => (last, ""),
        };
        let name = |number: u64| {
            let ending = format!("_{number}{extension}");
            let stem = beginning(stem, MAX_NAME_BYTES.saturating_sub(ending.len()));
            format!("{above}{stem}{ending}")
        };
        let folder = |number: u64| format!("{number}/{safe}");
        let key = match self.taken.is_below_a_file(safe) {
            true => String::new(),
            false => self.taken.comparable(safe),
        };
        let next = self.numbers.entry(key).or_insert(2);
        loop {
            for path in [name(*next), folder(*next)] {
                if self.taken.take(&path) {
                    return path;
                }
            }
            *next += 1;
        }
    }
}

/// Whether the file system distinguishes upper and lower case. This is tested with the name of the
/// folder itself.
fn is_case_sensitive(folder: &Path) -> bool {
    let flip = |c: char| {
        if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
    };
    let name = folder.file_name().map(|name| name.to_string_lossy());
    let name = name.filter(|name| name.contains(|c: char| c.is_ascii_alphabetic()));
    let flipped = name.map(|name| name.chars().map(flip).collect::<String>());
    folder.exists() && flipped.is_some_and(|name| !folder.with_file_name(name).exists())
}

/// A file name that every system accepts and that contains no misleading characters, as close to
/// `name` as possible.
pub(super) fn safe_name(name: &str) -> String {
    let is_odd = |c: char| is_harmful(c) || r#"/\:*?"<>|"#.contains(c);
    let plain: String = name.chars().map(|c| if is_odd(c) { '_' } else { c }).collect();
    let short = shortened(&plain);
    // Windows removes trailing dots and spaces.
    let short = short.trim_end_matches(['.', ' ']);
    if short.is_empty() || is_device(short) {
        format!("_{}", beginning(short, MAX_NAME_BYTES - 1))
    } else {
        short.to_owned()
    }
}

/// The name within the maximum length. It keeps its ending.
fn shortened(name: &str) -> String {
    if name.len() <= MAX_NAME_BYTES {
        return name.to_owned();
    }
    let ending = name.rfind('.').map_or("", |at| &name[at..]);
    let ending = if ending.len() <= MAX_ENDING_BYTES { ending } else { "" };
    format!("{}{ending}", beginning(name, MAX_NAME_BYTES - ending.len()))
}

/// Inserts a word before the extension: `NAME.WORD.EXTENSION`. A long name is shortened before it,
/// so that the word, and a number behind it, stay in the name.
pub(super) fn marked(path: &str, word: &str) -> String {
    const MAX_MARKED_BYTES: usize = MAX_NAME_BYTES - 8;
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(above, name)| (above, name));
    let (stem, extension) = match name.rfind('.') {
        Some(at) if name.len() - at <= MAX_ENDING_BYTES => name.split_at(at),
        _ => (name, ""),
    };
    let ending = format!(".{word}{extension}");
    let stem = beginning(stem, MAX_MARKED_BYTES.saturating_sub(ending.len()));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{stem}{ending}")
}

/// The first characters of a text, up to this number of bytes.
fn beginning(text: &str, most: usize) -> &str {
    let end = (0..=text.len().min(most)).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_collide_are_kept_apart() {
        // The case of names in a folder that does not exist is unknown, so it is ignored.
        let mut paths = Paths::below(Path::new("/nowhere/at/all"));
        let names = ["Deals.csv", "deals.csv", "a?.csv", "a*.csv", "b.csv"];
        let claimed = names.map(|name| paths.claim("tables", name));
        let expected = ["Deals.csv", "deals_2.csv", "a_.csv", "a__2.csv", "b.csv"];
        let expected = expected.map(|name| Path::new("/nowhere/at/all/tables").join(name));
        assert_eq!(claimed.each_ref().map(|claimed| claimed.path.clone()), expected);
        let exact = claimed.map(|claimed| claimed.is_exact);
        assert_eq!(exact, [true, false, false, false, true]);
    }

    #[test]
    fn a_log_stays_beside_its_database() {
        let mut paths = Paths::below(Path::new("/nowhere/at/all"));
        let names = ["Crm.db", "crm.db", "crm.db-wal", "other.db-wal", "a?.db", "a?.db-journal"];
        let claimed = names.map(|name| paths.claim("files", name).path);
        let expected =
            ["Crm.db", "crm_2.db", "crm_2.db-wal", "other.db-wal", "a_.db", "a_.db-journal"];
        let expected = expected.map(|name| Path::new("/nowhere/at/all/files").join(name));
        assert_eq!(claimed, expected);
    }

    #[test]
    fn a_long_name_keeps_the_word_that_marks_it() {
        let long = format!("tables/{}.csv", "n".repeat(251));
        let mut paths = Paths::below(Path::new("/nowhere/at/all"));
        for ending in ["n.incomplete.csv", "n.incomplete_2.csv"] {
            let path = paths.claim("", &marked(&long, "incomplete")).path;
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
            assert!(name.ends_with(ending), "{name}");
        }
        assert_eq!(marked("a.b/c", "x"), "a.b/c.x");
        assert_eq!(marked("a/c.csv", "x"), "a/c.x.csv");
    }
}
