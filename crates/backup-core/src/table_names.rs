//! Names of tables: one rule decides which table of an archive a name stands for, wherever it is
//! given.
//!
//! A table can be named as in the archive, as in its source, or as both: `NAME (SOURCE)`. If a
//! source has only one table, the source's file name stands for it too. A name that fits several
//! tables stands for none, and the choices are listed.

use std::collections::{BTreeSet, HashMap};

/// The maximum number of choices that are listed.
const MAX_CHOICES: usize = 5;

/// The endings of databases and of dumps. Their tables may have any name, `Sheet1` too.
const DATABASES: [&str; 9] =
    ["sqlite", "sqlite3", "db", "db3", "bacpac", "sql", "dump", "gz", "zst"];

/// The names that spreadsheet programs give to the first sheet.
const FIRST_SHEETS: [&str; 17] = [
    "sheet1",
    "sheet",
    "sheet 1",
    "sheet0",
    "工作表1",
    "表1",
    "시트1",
    "シート1",
    "tabelle1",
    "feuil1",
    "feuille1",
    "hoja1",
    "foglio1",
    "planilha1",
    "лист1",
    "arkusz1",
    "blad1",
];

/// Whether a spreadsheet program has chosen this name of a sheet, which says nothing.
pub(crate) fn is_first_sheet(sheet: &str) -> bool {
    FIRST_SHEETS.contains(&&*sheet.to_lowercase())
}

/// The file name of a source, without its ending.
pub(crate) fn stem(source: &str) -> &str {
    let name = file_name(source);
    name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}

fn file_name(source: &str) -> &str {
    source.rsplit('/').next().unwrap_or(source)
}

/// The source of a table, and its name there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) source: Option<String>,
    pub(crate) own: String,
}

impl Name {
    /// The name of a table that has the name `table` in an archive or an export.
    pub(crate) fn of(table: &str, source: Option<&str>, sheet: Option<&str>) -> Self {
        let own = match (sheet, source) {
            (Some(sheet), Some(source)) if is_first_sheet(sheet) && !is_database(source) => {
                stem(source)
            }
            (Some(sheet), _) => sheet,
            (None, Some(source)) => without_source(table, source),
            (None, None) => table,
        };
        Self { source: source.map(str::to_owned), own: own.to_owned() }
    }

    /// The name with its source. A table gets this name if its own name is taken.
    pub(crate) fn in_full(&self) -> String {
        match &self.source {
            Some(source) => format!("{} ({source})", self.own),
            None => self.own.clone(),
        }
    }
}

/// Whether a source is a database, by its ending.
pub(crate) fn is_database(source: &str) -> bool {
    let ending = source.rsplit_once('.').map_or("", |(_, ending)| ending);
    DATABASES.iter().any(|database| ending.eq_ignore_ascii_case(database))
}

/// Removes the source: `accounts` of `accounts (crm.csv)` and of `accounts (crm.csv, 2)`.
fn without_source<'a>(table: &'a str, source: &str) -> &'a str {
    let own = || {
        let (own, number) = table.strip_suffix(')')?.rsplit_once(&format!(" ({source}"))?;
        let is_number = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit());
        let is_source = number.is_empty() || number.strip_prefix(", ").is_some_and(is_number);
        is_source.then_some(own)
    };
    own().unwrap_or(table)
}

/// The table that a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FoundTable {
    /// This table, by its position.
    One(usize),
    /// No table.
    None,
    /// Several tables. These names are unambiguous.
    Several(String),
}

/// The tables of an archive, by all names that they can be given.
#[derive(Debug, Default)]
pub(crate) struct TableNames {
    /// The names of each table that are offered: that in the archive, its full name, and its file
    /// with its name there.
    titles: Vec<[String; 3]>,
    by_title: HashMap<String, usize>,
    by_full_name: HashMap<String, BTreeSet<usize>>,
    by_own: HashMap<String, BTreeSet<usize>>,
    /// By their files and their names there, in lower case.
    by_path: HashMap<String, BTreeSet<usize>>,
    /// By other names, in lower case.
    by_other: HashMap<String, BTreeSet<usize>>,
}

impl TableNames {
    /// The tables, each with its name in the archive, its source and its name there.
    pub(crate) fn new<'a>(
        tables: impl IntoIterator<Item = (&'a str, Option<&'a str>, Option<&'a str>)>,
    ) -> Self {
        let mut names = Self::default();
        for (at, (title, source, sheet)) in tables.into_iter().enumerate() {
            let name = Name::of(title, source, sheet);
            let others = [Some(title), Some(&*name.own), sheet, source];
            let files = source.into_iter().flat_map(|source| {
                let ending = file_name(source).len() - stem(source).len();
                [file_name(source), stem(source), &source[..source.len() - ending]]
            });
            let others = others.into_iter().flatten().chain(files).map(str::to_lowercase);
            let paths = source.into_iter().flat_map(|source| {
                [source, file_name(source)]
                    .map(|file| format!("{file}/{}", name.own).to_lowercase())
            });
            for other in others.chain(paths) {
                names.by_other.entry(other).or_default().insert(at);
            }
            let path = |file: &str| format!("{file}/{}", sheet.unwrap_or(&name.own));
            for file in source.into_iter().flat_map(|source| [source, file_name(source)]) {
                names.by_path.entry(path(file).to_lowercase()).or_default().insert(at);
            }
            names.by_title.insert(title.to_owned(), at);
            names.by_full_name.entry(name.in_full()).or_default().insert(at);
            let path = source.map_or_else(|| name.in_full(), path);
            names.titles.push([title.to_owned(), name.in_full(), path]);
            names.by_own.entry(name.own).or_default().insert(at);
        }
        names
    }

    /// Every name that may stand for a table, in lower case.
    pub(crate) fn all(&self) -> impl Iterator<Item = String> + '_ {
        let names = [&self.by_full_name, &self.by_own, &self.by_path, &self.by_other];
        names.into_iter().flat_map(HashMap::keys).map(|name| name.to_lowercase())
    }

    /// The table that this name stands for.
    pub(crate) fn find(&self, name: &str) -> FoundTable {
        let tables = self.tables(name);
        match (tables.first(), tables.len()) {
            (None, _) => FoundTable::None,
            (Some(at), 1) => FoundTable::One(*at),
            _ => FoundTable::Several(self.choices(&tables)),
        }
    }

    /// The tables that this name may stand for.
    fn tables(&self, name: &str) -> BTreeSet<usize> {
        let own = self.by_own.get(name);
        if let Some(same) = own.filter(|same| same.len() > 1) {
            return same.clone();
        }
        if let Some(at) = self.by_title.get(name) {
            return BTreeSet::from([*at]);
        }
        let lower = name.to_lowercase();
        let (path, other) = (self.by_path.get(&lower), self.by_other.get(&lower));
        let others = [self.by_full_name.get(name), own, path, other];
        others.into_iter().flatten().next().cloned().unwrap_or_default()
    }

    /// Names of these tables that are unambiguous.
    fn choices(&self, tables: &BTreeSet<usize>) -> String {
        let name = |at: &usize| {
            let [title, others @ ..] = &self.titles[*at];
            let is_clear = |name: &&String| self.tables(name).iter().eq([at]);
            [title].into_iter().chain(others).find(is_clear).unwrap_or(title).as_str()
        };
        let mut names: Vec<&str> = tables.iter().take(MAX_CHOICES).map(name).collect();
        if tables.len() > MAX_CHOICES {
            names.push("…");
        }
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_its_own_name_whatever_the_archive_calls_it() {
        for (table, source, sheet, own) in [
            ("accounts", Some("a.sqlite"), Some("accounts"), "accounts"),
            ("accounts (b.sqlite)", Some("b.sqlite"), Some("accounts"), "accounts"),
            ("accounts (b/accounts.csv)", Some("b/accounts.csv"), None, "accounts"),
            ("accounts (accounts.csv, 2)", Some("accounts.csv"), None, "accounts"),
            ("accounts (old)", Some("accounts (old).csv"), None, "accounts (old)"),
            ("accounts (x, y)", Some("x"), None, "accounts (x, y)"),
            (")", Some(""), None, ")"),
            ("accounts", None, None, "accounts"),
            ("Sheet1", Some("x/contacts.xlsx"), Some("Sheet1"), "contacts"),
            ("contacts", Some("x/contacts.xlsx"), Some("Sheet1"), "contacts"),
            ("Sheet1", Some("crm.sqlite"), Some("Sheet1"), "Sheet1"),
        ] {
            assert_eq!(Name::of(table, source, sheet).own, own, "{table} of {source:?}");
        }
    }

    #[test]
    fn a_name_stands_for_one_table_or_is_refused_with_the_choices() {
        let names = TableNames::new([
            ("accounts", Some("a/accounts.csv"), None),
            ("accounts (b/accounts.csv)", Some("b/accounts.csv"), None),
            ("Deals", Some("crm.xlsx"), Some("Deals")),
            ("Leads", Some("crm.xlsx"), Some("Leads")),
            ("contacts", Some("out/contacts-2026.csv"), None),
            ("notes", None, None),
        ]);
        let choices = "accounts (a/accounts.csv), accounts (b/accounts.csv)".to_owned();
        for name in ["accounts", "accounts.csv", "ACCOUNTS"] {
            assert_eq!(names.find(name), FoundTable::Several(choices.clone()), "{name}");
        }
        for (name, at) in [
            ("accounts (a/accounts.csv)", 0),
            ("accounts (b/accounts.csv)", 1),
            ("b/accounts.csv", 1),
            ("b/accounts", 1),
            ("deals", 2),
            ("crm.xlsx/Leads", 3),
            ("contacts-2026.csv", 4),
            ("contacts-2026", 4),
            ("out/contacts-2026.csv", 4),
            ("notes", 5),
        ] {
            assert_eq!(names.find(name), FoundTable::One(at), "{name}");
        }
        assert_eq!(names.find("crm.xlsx"), FoundTable::Several("Deals, Leads".to_owned()));
        assert_eq!(names.find("orders"), FoundTable::None);
    }

    #[test]
    fn every_choice_stands_for_its_table() {
        let names = TableNames::new([
            ("contacts", Some("a/contacts.xlsx"), Some("Sheet1")),
            ("contacts (contacts.xlsx)", Some("a/contacts.xlsx"), Some("contacts")),
            ("contacts (b/contacts.csv)", Some("b/contacts.csv"), None),
        ]);
        let FoundTable::Several(choices) = names.find("contacts") else { panic!("ambiguous") };
        let found: Vec<_> = choices.split(", ").map(|choice| names.find(choice)).collect();
        assert_eq!(found, [0, 1, 2].map(FoundTable::One), "{choices}");
    }
}
