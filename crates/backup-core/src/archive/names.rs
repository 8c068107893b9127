//! Creates portable paths for members: case, Unicode normalization, length, reserved words and
//! special bytes of a name cause no collision, and no error in other tools. The manifest contains
//! the original names.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::model::Role;

/// The maximum length of a slug.
const MAX_SLUG_BYTES: usize = 40;

/// The maximum length of a path that a file keeps.
const MAX_PORTABLE_BYTES: usize = 150;

/// The ASCII letters and digits of `name` in lower case. A hyphen replaces each run of other
/// characters. `instead` if nothing is left.
pub(crate) fn slug(name: &str, instead: &str) -> String {
    let mut slug = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == MAX_SLUG_BYTES {
            break;
        }
    }
    match slug.trim_end_matches('-') {
        "" => instead.to_owned(),
        slug => slug.to_owned(),
    }
}

/// The top folder of an archive, derived from its file name.
pub(crate) fn top_folder(file_name: &str) -> String {
    let stem = file_name.strip_suffix(".age").unwrap_or(file_name);
    let stem = stem.strip_suffix(".zst").unwrap_or(stem);
    let stem = stem.strip_suffix(".tar").unwrap_or(stem);
    let top = if is_portable_name(stem) && stem.len() <= MAX_SLUG_BYTES {
        stem.to_owned()
    } else {
        slug(stem, "backup")
    };
    // Otherwise the folder could not be unpacked next to the archive.
    if top == file_name { format!("{top}-bag") } else { top }
}

/// The path of a member of a ZIP file: next to the ZIP file, because a folder cannot have the same
/// name as a file.
pub(crate) fn beside<'a>(path: &'a str, within: Option<&str>) -> Cow<'a, str> {
    match within.and_then(|zip| Some((zip, path.strip_prefix(zip)?))) {
        Some((zip, below)) => format!("{zip}.unpacked{below}").into(),
        None => path.into(),
    }
}

/// Paths that are taken. By default, case is ignored.
#[derive(Debug, Default)]
pub(crate) struct TakenPaths {
    case_sensitive: bool,
    /// In lower case unless `case_sensitive`. `folders` are the parents of `files`.
    files: HashSet<String>,
    folders: HashSet<String>,
}

impl TakenPaths {
    /// Creates an empty set for a file system that distinguishes case or ignores it.
    pub(crate) fn with_case(case_sensitive: bool) -> Self {
        Self { case_sensitive, ..Self::default() }
    }

    /// Takes a path. Returns `false` if the path is taken, is a parent of a taken path, or is below
    /// a taken path.
    pub(crate) fn take(&mut self, path: &str) -> bool {
        let path = self.comparable(path);
        let ends = path.match_indices('/').map(|(at, _)| at);
        let folders: Vec<String> = ends.map(|at| path[..at].to_owned()).collect();
        if self.files.contains(&path)
            || self.folders.contains(&path)
            || folders.iter().any(|folder| self.files.contains(folder))
        {
            return false;
        }
        self.folders.extend(folders);
        self.files.insert(path)
    }

    /// Whether a parent of a path is the path of a file. Then every name below this parent is
    /// refused.
    pub(crate) fn is_below_a_file(&self, path: &str) -> bool {
        let path = self.comparable(path);
        path.match_indices('/').any(|(at, _)| self.files.contains(&path[..at]))
    }

    /// The form of a path in which the file system compares it.
    pub(crate) fn comparable(&self, path: &str) -> String {
        if self.case_sensitive { path.to_owned() } else { path.to_lowercase() }
    }
}

/// The folder in the bag for files of this role.
pub(super) fn folder_of(role: Role) -> &'static str {
    if role == Role::Schema { "data/schema/" } else { "data/files/" }
}

/// Creates the paths of files in the bag.
#[derive(Debug, Default)]
pub(crate) struct FileNames {
    taken: TakenPaths,
    made: u32,
}

impl FileNames {
    /// The path of the member for a file with this original path. It is the same path if that is
    /// portable and free. Otherwise it is made of an index and a slug.
    pub(crate) fn member(&mut self, folder: &str, path: &str) -> String {
        if is_portable_path(path) && self.taken.take(&format!("{folder}{path}")) {
            return format!("{folder}{path}");
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if is_extension(extension) => {
                (stem, format!(".{}", extension.to_ascii_lowercase()))
            }
            _ => (name, String::new()),
        };
        loop {
            self.made += 1;
            let made = format!("{folder}{:04}-{}{extension}", self.made, slug(stem, "file"));
            if self.taken.take(&made) {
                return made;
            }
        }
    }
}

fn is_extension(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_portable_path(path: &str) -> bool {
    path.len() <= MAX_PORTABLE_BYTES && path.split('/').all(is_portable_name)
}

/// Whether every system and tool accepts this as a file name.
fn is_portable_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=100).contains(&name.len())
        && name.bytes().all(plain)
        && !name.starts_with(['.', '-'])
        && !name.ends_with('.')
        && !is_device(name)
}

/// Whether Windows treats this name as a device in any folder. Only the text before the first dot
/// counts, without spaces at its end.
pub(crate) fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ').to_ascii_lowercase();
    let named = ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"];
    let number = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_port = |number: &str| {
        let mut digits = number.chars();
        let digit = digits.next().filter(|_| digits.next().is_none());
        // Windows accepts the superscript digits of Latin-1.
        digit.is_some_and(|digit| digit.is_ascii_digit() || "¹²³".contains(digit))
    };
    named.contains(&stem.as_str()) || number.is_some_and(is_port)
}

#[cfg(test)]
mod tests {
    use super::is_device;

    #[test]
    fn windows_device_names_are_distinguished_from_file_names() {
        let devices = [
            "con",
            "CON.txt",
            "nul.tar.gz",
            "NUL .txt",
            "aux ",
            "COM1",
            "com0.csv",
            "COM¹",
            "LPT³.x",
            "lpt²",
            "CONIN$",
            "conout$.txt",
            "CLOCK$",
        ];
        for name in devices {
            assert!(is_device(name), "{name:?} is not taken for a device");
        }
        for name in ["cons", "com", "com10", "COM⁴", "nul_", ".con", "conin", "a con", "合同"] {
            assert!(!is_device(name), "{name:?} is taken for a device");
        }
    }
}
