//! What a file is, and whether a name matches a pattern.

use std::io::Read as _;

use crate::error::{Error, ErrorKind, Result};
use crate::source::place::Place;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Csv,
    Workbook,
    Sqlite,
    Zip,
    Other,
}

impl Sort {
    /// Tells what a file is by its name, and for databases by how it begins.
    pub(super) fn of(name: &str, place: &Place) -> Result<Self> {
        let extension = last(name).rsplit_once('.').map_or("", |(_, extension)| extension);
        Ok(match extension.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Self::Csv,
            "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Self::Workbook,
            "sqlite" | "sqlite3" | "db3" => Self::Sqlite,
            "zip" => Self::Zip,
            _ if begins_as_sqlite(place)? => Self::Sqlite,
            _ => Self::Other,
        })
    }
}

/// The last part of a path.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn begins_as_sqlite(place: &Place) -> Result<bool> {
    let mut begins = Vec::new();
    match place.open()?.take(16).read_to_end(&mut begins) {
        Ok(_) => Ok(begins == b"SQLite format 3\0"),
        Err(error) => match Error::read(error, Some(place.path())) {
            // What is wrong with it shows when all of it is read.
            error if matches!(error.kind(), ErrorKind::Source { .. }) => Ok(false),
            error => Err(error),
        },
    }
}

/// Whether a pattern is meant for a file of this name: it matches all of it, or its last part.
pub(super) fn names(pattern: &str, name: &str) -> bool {
    matches(pattern, name) || matches(pattern, last(name))
}

/// Whether `name` matches a pattern of `*` and `?`.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<_>, Vec<_>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where the last star stood, and what it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}
