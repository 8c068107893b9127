//! Paths that are safe to write, whatever an archive calls its tables and files.

use std::path::{Path, PathBuf};

use crate::archive::{TakenPaths, is_device};

/// The longest path below the folder: what is longer, most systems do not take.
const MAX_PATH_BYTES: usize = 3000;

/// The most folders of a path: what removes a folder holds all of those above it open.
const MAX_FOLDERS: usize = 200;

/// Gives each name a path of its own below one folder.
#[derive(Debug)]
pub(super) struct Paths {
    root: PathBuf,
    taken: TakenPaths,
}

impl Paths {
    pub(super) fn below(root: &Path) -> Self {
        let taken = TakenPaths::telling_case(tells_case(root));
        Self { root: root.to_path_buf(), taken }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
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
        let (stem, extension) = match safe.rsplit_once('.') {
            Some((stem, extension)) if !extension.contains('/') => (stem, format!(".{extension}")),
            _ => (safe.as_str(), String::new()),
        };
        // Another name of its own; or, below a file that has the name of its folder, another folder.
        let numbered = |number| [format!("{stem}_{number}{extension}"), format!("{number}/{safe}")];
        let path = std::iter::once(safe.clone())
            .chain((2u64..).flat_map(numbered))
            .find(|path| self.taken.take(path))
            .expect("there are more numbers than files");
        let exact = path == name || path.strip_prefix(folder) == Some(&format!("/{name}"));
        (path.split('/').fold(self.root.clone(), |path, name| path.join(name)), exact)
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

/// A name that every system takes for a file, as near to `name` as can be.
fn safe_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c })
        .collect();
    let plain = plain.trim_end_matches(['.', ' ']);
    let mut short = String::new();
    for c in plain.chars() {
        // Most systems take at most 255 bytes.
        if short.len() + c.len_utf8() > 200 {
            break;
        }
        short.push(c);
    }
    if short.is_empty() || is_device(&short) { format!("_{short}") } else { short }
}
