//! Unique names of SQLite tables and columns.

use std::collections::{HashMap, HashSet};

use crate::sqlite::quoted;

/// The ORDER BY clause for insertion order. It uses a name of the row id that no column has. If
/// columns have all of these names, SQLite reads a table without indexes in this order anyway.
pub(super) fn order(columns: &[String]) -> String {
    let names = ["rowid", "_rowid_", "oid"];
    let taken =
        |name: &&&str| columns.iter().any(|column| column.eq_ignore_ascii_case(&quoted(name)));
    let free = names.iter().find(|name| !taken(name));
    free.map(|name| format!(" ORDER BY {name}")).unwrap_or_default()
}

/// Unique names; SQLite ignores their case.
#[derive(Default)]
pub(super) struct Names {
    /// In lower case.
    taken: HashSet<String>,
    /// The number to try next for a name that was taken.
    numbers: HashMap<[String; 2], u64>,
}

impl Names {
    /// A name that SQLite accepts and that is not taken yet.
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
