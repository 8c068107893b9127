//! Names of SQLite tables and columns that have to differ.

use std::collections::{HashMap, HashSet};

use crate::sqlite::quoted;

/// Puts rows in the order in which they were added, by whichever of the row id's names no column
/// has taken; if all are taken, a table without indexes is read in that order anyway.
pub(super) fn order(columns: &[String]) -> String {
    let names = ["rowid", "_rowid_", "oid"];
    let taken =
        |name: &&&str| columns.iter().any(|column| column.eq_ignore_ascii_case(&quoted(name)));
    let free = names.iter().find(|name| !taken(name));
    free.map(|name| format!(" ORDER BY {name}")).unwrap_or_default()
}

/// Names that have to differ; SQLite does not tell case apart.
#[derive(Default)]
pub(super) struct Names {
    /// In lower case.
    taken: HashSet<String>,
    /// By what collided: the number to try next. What was not free before is not free now.
    numbers: HashMap<[String; 2], u64>,
}

impl Names {
    /// A name that SQLite takes and that is not taken.
    pub(super) fn unique(&mut self, wanted: &str, instead: &str) -> String {
        let wanted = wanted.replace('\0', "");
        let lower = wanted.to_lowercase();
        let wanted = match wanted.as_str() {
            "" => instead.to_owned(),
            _ if lower.starts_with("sqlite_") || lower.starts_with("backup: ") => {
                format!("_{wanted}")
            }
            _ => wanted,
        };
        let lower = wanted.to_lowercase();
        if self.taken.insert(lower.clone()) {
            return wanted;
        }
        let numbered = |number| format!("{wanted}_{number}");
        let next = self.numbers.entry([lower, numbered(2).to_lowercase()]).or_insert(2);
        while !self.taken.insert(numbered(*next).to_lowercase()) {
            *next += 1;
        }
        numbered(*next)
    }
}
