//! Paths that are safe to write, whatever an archive calls its tables and files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::archive::{TakenPaths, is_device};
use crate::seen::is_harmful;

/// The longest path below the folder: what is longer, most systems do not take.
const MAX_PATH_BYTES: usize = 3000;

/// The longest name of a file or folder.
const MAX_NAME_BYTES: usize = 200;

/// The most folders of a path: what removes a folder holds all of those above it open.
const MAX_FOLDERS: usize = 200;

/// Gives each name a path of its own below one folder.
#[derive(Debug)]
pub(super) struct Paths {
    root: PathBuf,
    taken: TakenPaths,
    /// For each path that collides, the number to try next. What was not free before is not free now, so each
    /// number is tried once. All paths below files share a number, under the empty path.
    numbers: HashMap<String, u64>,
}

impl Paths {
    pub(super) fn below(root: &Path) -> Self {
        let taken = TakenPaths::with_case(tells_case(root));
        Self { root: root.to_path_buf(), taken, numbers: HashMap::new() }
    }

    /// A path of [`claim`](Self::claim) as it is below the folder.
    pub(super) fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    /// A path for `name`, which may have folders in it; and whether it is exactly that name.
    ///
    /// Nothing leaves the folder: names like `..` and characters that a system forbids are
    /// replaced, and what collides gets a number.
    pub(super) fn claim(&mut self, folder: &str, name: &str) -> (PathBuf, bool) {
        let mut safe: Vec<String> = Vec::new();
        let mut bytes = 0;
        for part in name.rsplit('/').map(safe_name) {
            bytes += part.len() + 1;
            // The first folders go: the name counts.
            if bytes > MAX_PATH_BYTES || safe.len() > MAX_FOLDERS {
                break;
            }
            safe.push(part);
        }
        safe.reverse();
        let safe =
            if folder.is_empty() { safe.join("/") } else { format!("{folder}/{}", safe.join("/")) };
        let path = if self.taken.take(&safe) { safe } else { self.numbered(&safe) };
        let exact = path == name || path.strip_prefix(folder) == Some(&format!("/{name}"));
        (path.split('/').fold(self.root.clone(), |path, name| path.join(name)), exact)
    }

    /// Another name of its own; or, below a file that has the name of its folder, another folder.
    fn numbered(&mut self, safe: &str) -> String {
        let (stem, extension) = match safe.rsplit_once('.') {
            Some((stem, extension)) if !extension.contains('/') => (stem, format!(".{extension}")),
            _ => (safe, String::new()),
        };
        let name = |number: u64| format!("{stem}_{number}{extension}");
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

/// Whether the file system takes names that differ in case for different ones, judged by the
/// folder's own name.
fn tells_case(folder: &Path) -> bool {
    let flip = |c: char| {
        if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
    };
    let name = folder.file_name().map(|name| name.to_string_lossy());
    let name = name.filter(|name| name.contains(|c: char| c.is_ascii_alphabetic()));
    let flipped = name.map(|name| name.chars().map(flip).collect::<String>());
    folder.exists() && flipped.is_some_and(|name| !folder.with_file_name(name).exists())
}

/// A name that every system takes for a file, and people for what it is, as near to `name` as can be.
fn safe_name(name: &str) -> String {
    let is_odd = |c: char| is_harmful(c) || r#"/\:*?"<>|"#.contains(c);
    let plain: String = name.chars().map(|c| if is_odd(c) { '_' } else { c }).collect();
    // Most systems take at most 255 bytes.
    let end = (0..=plain.len().min(MAX_NAME_BYTES)).rev().find(|at| plain.is_char_boundary(*at));
    // Windows drops what stands there.
    let short = plain[..end.unwrap_or_default()].trim_end_matches(['.', ' ']);
    if short.is_empty() || is_device(short) { format!("_{short}") } else { short.to_owned() }
}
