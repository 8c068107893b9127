//! Determines the kind of a file, and matches names with patterns.

use crate::error::{ErrorKind, Result};
use crate::source::location::FileLocation;
use crate::source::stable_file::StableFile;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Csv,
    Workbook,
    Sqlite,
    Zip,
    Other,
}

impl FileKind {
    /// Decides by the extension. A file with any other extension is a database if it begins like one.
    pub(super) fn of(name: &str, location: &FileLocation) -> Result<Self> {
        let extension = last(name).rsplit_once('.').map_or("", |(_, extension)| extension);
        Ok(match extension.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Self::Csv,
            "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Self::Workbook,
            // Templates, which are workbooks too.
            "xltx" | "xltm" | "xlt" | "ots" => Self::Workbook,
            "sqlite" | "sqlite3" | "db3" => Self::Sqlite,
            "zip" => Self::Zip,
            _ if begins_as_sqlite(location)? => Self::Sqlite,
            _ => Self::Other,
        })
    }
}

/// The last part of a path.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn begins_as_sqlite(location: &FileLocation) -> Result<bool> {
    match StableFile::at(location)?.begins(16) {
        Ok(begins) => Ok(begins == b"SQLite format 3\0"),
        // Reading the file will return this error.
        Err(error) if matches!(error.kind(), ErrorKind::Source { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a pattern matches the whole name of a file, or its last part.
pub(super) fn names(pattern: &str, name: &str) -> bool {
    matches(pattern, name) || matches(pattern, last(name))
}

/// Whether `name` matches a pattern with `*` and `?`.
fn matches(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    // The lengths of the prefixes of `name` that match the pattern so far.
    let mut matching = vec![false; name.len() + 1];
    matching[0] = true;
    for c in pattern.chars() {
        if c == '*' {
            let first = matching.iter().position(|matches| *matches).unwrap_or(matching.len());
            matching[first..].fill(true);
        } else {
            for end in (1..=name.len()).rev() {
                matching[end] = matching[end - 1] && (c == '?' || c == name[end - 1]);
            }
            matching[0] = false;
        }
    }
    matching[name.len()]
}
