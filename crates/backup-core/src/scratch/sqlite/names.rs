//! Names of SQLite tables and columns that have to differ.

use std::collections::HashSet;

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

/// A name that SQLite takes and that is not taken; SQLite does not tell case apart.
pub(super) fn unique_name(wanted: &str, instead: &str, taken: &mut HashSet<String>) -> String {
    let wanted = wanted.replace('\0', "");
    let lower = wanted.to_lowercase();
    let wanted = match wanted.as_str() {
        "" => instead.to_owned(),
        _ if lower.starts_with("sqlite_") || lower.starts_with("backup: ") => format!("_{wanted}"),
        _ => wanted,
    };
    (1u64..)
        .map(|number| if number == 1 { wanted.clone() } else { format!("{wanted}_{number}") })
        .find(|name| taken.insert(name.to_lowercase()))
        .expect("there are more numbers than names")
}
