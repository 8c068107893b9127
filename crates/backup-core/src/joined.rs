//! Tables that are parts of one table, such as `Contacts_001` and `Contacts_002`.

use std::collections::HashMap;

use crate::model::{Manifest, Origin};
use crate::part_names::Numbered;
use crate::profile::Profile;
use crate::table_names::{Name, is_database};

/// What tells whole tables from others: their folders, and their names.
type Id = (Vec<String>, String);

/// The tables of an export. Parts of one table whose labels are equal are one table.
#[derive(Debug, Default)]
pub(crate) struct JoinedTables {
    by_whole: HashMap<Id, usize>,
    pub(crate) tables: Vec<JoinedTable>,
    /// The number of tables and parts that were added.
    added: usize,
}

/// A table that is no part, or the parts of one table.
#[derive(Debug)]
pub(crate) struct JoinedTable {
    /// The name of its first part, or the name of the whole table if it has several parts or the
    /// profile tells this name.
    pub(crate) name: String,
    /// The positions of its parts, among all tables in the order in which they were added.
    pub(crate) parts: Vec<usize>,
    /// The labels of the parts. Empty if it can have only one.
    labels: Vec<String>,
    /// What its parts have in common; `None` if it can have only one.
    whole: Option<Whole>,
}

/// Where a table was added.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// It is a table of its own, the last one.
    New,
    /// It is one more part of the table at this position.
    Part(usize),
    /// It is a table of its own, because its labels are not those of the table at this position.
    /// The labels are those that only one of the two has; none if only the order differs.
    OtherLabels(usize, Vec<String>),
}

impl JoinedTables {
    /// Adds a table that has the name `table` in an archive or an export, and may be a part of
    /// `whole`.
    pub(crate) fn add(&mut self, table: &str, whole: Option<Whole>, labels: &[String]) -> Added {
        let position = self.added;
        self.added += 1;
        let mut joined = JoinedTable {
            name: table.to_owned(),
            parts: vec![position],
            labels: Vec::new(),
            whole: None,
        };
        let Some(whole) = whole else {
            self.tables.push(joined);
            return Added::New;
        };
        if let Some(at) = self.by_whole.get(&whole.id()).copied() {
            let first = &mut self.tables[at];
            if first.labels == labels {
                first.parts.push(position);
                first.name = whole.name;
                return Added::Part(at);
            }
            let only = different(&first.labels, labels);
            self.tables.push(joined);
            return Added::OtherLabels(at, only);
        }
        if whole.is_stated {
            joined.name.clone_from(&whole.name);
        }
        self.by_whole.insert(whole.id(), self.tables.len());
        (joined.labels, joined.whole) = (labels.to_vec(), Some(whole));
        self.tables.push(joined);
        Added::New
    }
}

impl JoinedTable {
    /// Whether it has another name than its only part, or several parts.
    pub(crate) fn is_joined(&self) -> bool {
        self.parts.len() > 1 || self.whole.as_ref().is_some_and(|whole| whole.is_stated)
    }

    /// What its parts have in common; `None` if it can have only one.
    pub(crate) fn whole(&self) -> Option<&Whole> {
        self.whole.as_ref()
    }
}

/// The tables of an archive, with the parts of one together.
pub(crate) fn joined_in(manifest: &Manifest) -> Vec<JoinedTable> {
    let mut joined = JoinedTables::default();
    for resource in &manifest.resources {
        let columns = resource.table().map_or_else(Vec::new, |table| table.columns);
        let labels: Vec<_> = columns.into_iter().map(|column| column.label).collect();
        let whole = Whole::of(&resource.title, &resource.backup.origin, None);
        joined.add(&resource.title, whole, &labels);
    }
    joined.tables
}

/// The positions of the parts of the table with this name; none if there is no such table of
/// several parts, or if several have the name.
pub(crate) fn parts_of(manifest: &Manifest, name: &str) -> Vec<usize> {
    let mut named = joined_in(manifest).into_iter();
    let mut named = named.by_ref().filter(|it| it.parts.len() > 1 && it.name == name);
    let first = named.next().filter(|_| named.next().is_none());
    first.map(|joined| joined.parts).unwrap_or_default()
}

/// The table that a table is a part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) folders: Vec<String>,
    pub(crate) name: String,
    /// Whether the profile tells it, not only the name of the part.
    pub(crate) is_stated: bool,
}

impl Whole {
    fn id(&self) -> Id {
        (self.folders.clone(), self.name.clone())
    }

    /// `None` if the table is no part. Tables of databases, and tables that the profile ignores, are
    /// none, whatever their names.
    pub(crate) fn of(table: &str, origin: &Origin, profile: Option<&Profile>) -> Option<Self> {
        let (source, sheet) = (origin.source.as_deref(), origin.sheet.as_deref());
        let is_ignored = profile.is_some_and(|profile| profile.ignores(source, sheet));
        if is_ignored || source.is_some_and(is_database) {
            return None;
        }
        let folders = |source| Profile::folders(profile, source);
        let mut folders = source.map(folders).unwrap_or_default();
        let stated = profile.zip(source).and_then(|(profile, source)| {
            let mut parts = profile.parts.iter();
            parts.find_map(|parts| Some(parts.pattern.captures(source)?.get("table")?.to_owned()))
        });
        if let Some(name) = stated {
            return Some(Self { folders, name, is_stated: true });
        }
        let Name { own, .. } = Name::of(table, source, origin.sheet.as_deref());
        // Sheets are parts only if they are in one workbook.
        if origin.sheet.as_ref() == Some(&own) {
            folders.extend(source.map(str::to_owned));
        }
        let numbered = Numbered::of(&own).filter(Numbered::is_part)?;
        Some(Self { folders, name: numbered.stem.to_owned(), is_stated: false })
    }
}

/// The labels that only one of two tables has.
fn different(one: &[String], other: &[String]) -> Vec<String> {
    let only = one.iter().filter(|label| !other.contains(label));
    only.chain(other.iter().filter(|label| !one.contains(label))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(source: &str, sheet: Option<&str>) -> Origin {
        let (source, sheet) = (Some(source.to_owned()), sheet.map(str::to_owned));
        Origin { source, sheet, ..Origin::default() }
    }

    #[test]
    fn parts_are_joined_if_their_labels_are_equal() {
        let mut tables = JoinedTables::default();
        let [labels, other] = [["id", "name"], ["id", "phone"]].map(|it| it.map(str::to_owned));
        let add = |tables: &mut JoinedTables, name: &str, labels: &[String]| {
            let whole = Whole::of(name, &origin(&format!("a/{name}.csv"), None), None);
            tables.add(name, whole, labels)
        };
        assert_eq!(add(&mut tables, "c_001", &labels), Added::New);
        assert_eq!(add(&mut tables, "d", &labels), Added::New);
        assert_eq!(add(&mut tables, "c_002", &labels), Added::Part(0));
        let only = vec!["name".to_owned(), "phone".to_owned()];
        assert_eq!(add(&mut tables, "c_003", &other), Added::OtherLabels(0, only));
        let names: Vec<_> = tables.tables.iter().map(|it| (&*it.name, &*it.parts)).collect();
        assert_eq!(names, [("c", &[0, 2][..]), ("d", &[1]), ("c_003", &[3])]);
    }

    #[test]
    fn sheets_are_parts_in_one_workbook_and_tables_of_databases_are_none() {
        let whole =
            |source: &str, sheet: &str| Whole::of(sheet, &origin(source, Some(sheet)), None);
        assert_eq!(whole("a.xlsx", "d_001"), whole("a.xlsx", "d_002"));
        assert_ne!(whole("a.xlsx", "d_001"), whole("b.xlsx", "d_001"));
        assert_eq!(whole("d_001.xlsx", "Sheet1"), whole("d_002.xlsx", "Sheet1"));
        assert_eq!(whole("crm.sqlite", "log_001"), None);
    }
}
