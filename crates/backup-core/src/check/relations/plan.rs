//! What is asked of each table: which columns are keys, or may be, which are references, and what the
//! values of others have to be.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::schema::{GivenTable, Schema};
use super::types::Kind;
use super::values::{KeyLabel, key_label};
use crate::archive::package::{Key, Known, Manifest, Reference, Resource};
use crate::outcome::{ReferenceProblem, SkippedCheck};

/// How many keys and references of a table are looked at: more than any table has that was not made
/// to take time.
const MOST_KEYS: usize = 64;
const MOST_REFERENCES: usize = 256;
/// How many keys of all tables: some ids of each are in memory until all are known.
const MOST_KEYS_IN_ALL: usize = 1 << 14;
/// How many columns or words of a schema are named that were not looked at.
const MOST_NAMED: usize = 8;

/// What is asked of one table.
pub(super) struct TablePlan {
    pub(super) name: String,
    /// The source that it came from, and what it is called there.
    source: Option<String>,
    original: Option<String>,
    pub(super) labels: Vec<String>,
    pub(super) keys: Vec<KeyPlan>,
    pub(super) references: Vec<ReferencePlan>,
    /// Texts that stand for null, beside the usual ones.
    pub(super) missing: Vec<String>,
    pub(super) fields: Vec<FieldPlan>,
    /// The keys that are columns of which the user says that no value occurs twice.
    pub(super) unique: Vec<usize>,
}

/// A column of whose values the user says something.
pub(super) struct FieldPlan {
    pub(super) column: usize,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// Columns whose values are to be gathered.
pub(super) struct KeyPlan {
    pub(super) columns: Vec<usize>,
    /// How it is known to be a key; `None` if it is only what references point at.
    pub(super) known: Option<Known>,
    /// Whether it is one only if every record has it and no two share it.
    pub(super) only_if_unique: bool,
}

/// Columns that are known to refer to another table.
pub(super) struct ReferencePlan {
    pub(super) columns: Vec<usize>,
    /// The other table, as the source or the user calls it, and the labels of its columns.
    pub(super) table: String,
    target: Vec<String>,
    pub(super) known: Known,
    pub(super) aim: Aim,
}

/// What a reference points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// A table, and one of its keys.
    Key(usize, usize),
    /// A table that has no such key.
    NoKey(usize),
    /// A table that is not in the archive.
    NotExported,
}

/// Plans for all tables of an archive; what was given and cannot be looked at goes to `unable`.
pub(super) fn plans(
    manifest: &Manifest,
    schema: Option<&Schema>,
    unable: &mut Vec<SkippedCheck>,
) -> Vec<TablePlan> {
    let by_name: HashMap<&str, &GivenTable> = schema
        .iter()
        .flat_map(|schema| &schema.tables)
        .map(|table| (table.name.as_str(), table))
        .collect();
    let mut plans: Vec<TablePlan> = manifest
        .resources
        .iter()
        .map(|resource| plan(resource, by_name.get(&*resource.title).copied(), unable))
        .collect();
    let mut left = MOST_KEYS_IN_ALL;
    let too_many = plans.iter_mut().filter_map(|plan| plan.keep_keys(&mut left)).count();
    if too_many > 0 {
        unable.push(SkippedCheck::KeysOfTables { tables: too_many as u64 });
    }
    let names: HashSet<String> = plans.iter().map(|plan| plan.name.clone()).collect();
    for table in schema.iter().flat_map(|schema| &schema.tables) {
        if !names.contains(&table.name) {
            unable.push(SkippedCheck::SchemaTable { table: table.name.clone() });
        }
    }
    let tables = TableNames::of(&plans);
    for table in 0..plans.len() {
        for reference in 0..plans[table].references.len() {
            let aim = aim(&mut plans, &tables, table, reference, &mut left);
            let reference = &plans[table].references[reference];
            if reference.known == Known::Given && !matches!(aim, Aim::Key(..)) {
                let (of, target) = (plans[table].name.clone(), reference.table.clone());
                let missing = match aim {
                    Aim::NoKey(target) => plans[target].missing(&reference.target),
                    _ => Vec::new(),
                };
                let problem = match aim {
                    Aim::NoKey(_) if missing.is_empty() => ReferenceProblem::TooManyKeys,
                    Aim::NoKey(_) => ReferenceProblem::NoColumns(missing.join(", ")),
                    _ => ReferenceProblem::NoTable,
                };
                unable.push(SkippedCheck::Reference { table: of, target, problem });
            }
        }
    }
    plans
}

fn plan(
    resource: &Resource,
    given: Option<&GivenTable>,
    unable: &mut Vec<SkippedCheck>,
) -> TablePlan {
    let columns = resource.table().map_or_else(Vec::new, |table| table.columns);
    let origin = &resource.backup.origin;
    let mut plan = TablePlan {
        name: resource.title.clone(),
        source: origin.source.clone(),
        original: origin.sheet.clone(),
        labels: columns.into_iter().map(|column| column.label).collect(),
        keys: Vec::new(),
        references: Vec::new(),
        missing: given.map_or_else(Vec::new, |given| given.missing.clone()),
        fields: Vec::new(),
        unique: Vec::new(),
    };
    let keys = given.into_iter().flat_map(|given| &given.keys).chain(&origin.keys);
    let mut keys = keys.fuse();
    for Key { columns, known } in keys.by_ref().take(MOST_KEYS) {
        match plan.positions(columns) {
            Some(columns) => plan.add_key(columns, Some(*known)),
            None if *known == Known::Given => unable.push(plan.lacks_key(columns)),
            None => {}
        }
    }
    let mut too_many = keys.count();
    let references = given.into_iter().flat_map(|given| &given.references);
    let mut references = references.chain(&origin.references).fuse();
    for Reference { columns, table, target, known } in references.by_ref().take(MOST_REFERENCES) {
        let Some(positions) = plan.positions(columns) else {
            if *known == Known::Given {
                unable.push(plan.lacks_reference(columns));
            }
            continue;
        };
        // What is given says more than what is declared.
        let again = |other: &ReferencePlan| {
            let same = other.columns == positions && other.table == *table;
            same && (other.target == *target || other.known != *known)
        };
        if !plan.references.iter().any(again) {
            let (table, target, known) = (table.clone(), target.clone(), *known);
            let (columns, aim) = (positions, Aim::NotExported);
            plan.references.push(ReferencePlan { columns, table, target, known, aim });
        }
    }
    too_many += references.count();
    if too_many > 0 {
        let (table, count) = (plan.name.clone(), too_many as u64);
        unable.push(SkippedCheck::KeysOfTable { table, count });
    }
    if plan.keys.is_empty() {
        plan.add_likely_keys();
    }
    if let Some(given) = given {
        plan.add_fields(given, unable);
    }
    plan
}

/// A list that stays readable.
fn some_of(mut words: Vec<String>) -> String {
    let all = words.len();
    words.truncate(MOST_NAMED);
    let more =
        if all > MOST_NAMED { format!(" and {} more", all - MOST_NAMED) } else { String::new() };
    words.join(", ") + &more
}

/// What is not looked at, each with the columns that it is said of.
fn with_columns(unheeded: BTreeMap<String, Vec<String>>) -> Vec<String> {
    let with = |(words, columns): (String, Vec<String>)| match columns.as_slice() {
        [] => words,
        [column] => format!("{words} (column {column})"),
        _ => format!("{words} (columns {})", some_of(columns)),
    };
    unheeded.into_iter().map(with).collect()
}

/// Finds what a reference points at, and sees to it that it is gathered as keys are.
fn aim(
    plans: &mut [TablePlan],
    tables: &TableNames,
    table: usize,
    reference: usize,
    left: &mut usize,
) -> Aim {
    let from = &plans[table];
    let ReferencePlan { columns, target, .. } = &from.references[reference];
    let (width, target) = (columns.len(), target.clone());
    let aim = match tables.named(from, &from.references[reference]) {
        None => Aim::NotExported,
        Some(to) => match plans[to].key_of(&target, width, left) {
            Some(key) => Aim::Key(to, key),
            None => Aim::NoKey(to),
        },
    };
    plans[table].references[reference].aim = aim;
    aim
}

/// The tables of an archive by their names: as they are, and in whatever case. Of several the first.
#[derive(Default)]
struct TableNames {
    /// As the source calls them, and the source.
    there: HashMap<(String, Option<String>), usize>,
    there_alike: HashMap<(String, Option<String>), usize>,
    /// As the archive calls them.
    here: HashMap<String, usize>,
    here_alike: HashMap<String, usize>,
}

impl TableNames {
    fn of(plans: &[TablePlan]) -> Self {
        let mut names = Self::default();
        for (at, plan) in plans.iter().enumerate() {
            let (original, source) = (plan.original.as_ref().unwrap_or(&plan.name), &plan.source);
            let there = |name: String| (name, source.clone());
            names.there.entry(there(original.clone())).or_insert(at);
            names.there_alike.entry(there(original.to_ascii_lowercase())).or_insert(at);
            names.here.entry(plan.name.clone()).or_insert(at);
            names.here_alike.entry(plan.name.to_ascii_lowercase()).or_insert(at);
        }
        names
    }

    /// The table that a reference names: of what a source declares, a table of the same source, as that
    /// calls it; of what a user gives, the table of that name. An exact name comes first.
    fn named(&self, from: &TablePlan, reference: &ReferencePlan) -> Option<usize> {
        let (exact, alike) = (&reference.table, reference.table.to_ascii_lowercase());
        let found = match reference.known {
            Known::Declared => {
                let there = |name: String| (name, from.source.clone());
                let exact = self.there.get(&there(exact.clone()));
                exact.or_else(|| self.there_alike.get(&there(alike)))
            }
            _ => self.here.get(exact).or_else(|| self.here_alike.get(&alike)),
        };
        found.copied()
    }
}

impl TablePlan {
    /// Where the column of this label stands.
    fn position(&self, name: &String) -> Option<usize> {
        // SQLite takes names in whatever case.
        let same = |label: &String| label == name;
        let alike = |label: &String| label.eq_ignore_ascii_case(name);
        let exact = self.labels.iter().position(same);
        exact.or_else(|| self.labels.iter().position(alike))
    }

    /// Where columns of these labels stand.
    fn positions(&self, names: &[String]) -> Option<Vec<usize>> {
        let columns: Option<Vec<usize>> = names.iter().map(|name| self.position(name)).collect();
        columns.filter(|columns| !columns.is_empty())
    }

    /// Those of these columns that it has not.
    fn missing(&self, names: &[String]) -> Vec<String> {
        names.iter().filter(|name| self.position(name).is_none()).cloned().collect()
    }

    fn lacks_key(&self, columns: &[String]) -> SkippedCheck {
        let columns = self.missing(columns).join(", ");
        SkippedCheck::KeyColumns { table: self.name.clone(), columns }
    }

    fn lacks_reference(&self, columns: &[String]) -> SkippedCheck {
        let columns = self.missing(columns).join(", ");
        SkippedCheck::ReferenceColumns { table: self.name.clone(), columns }
    }

    fn add_key(&mut self, columns: Vec<usize>, known: Option<Known>) {
        match self.keys.iter_mut().find(|key| key.columns == columns) {
            Some(key) => key.known = key.known.or(known),
            None => self.keys.push(KeyPlan { columns, known, only_if_unique: false }),
        }
    }

    /// The columns that are called as keys are; of those that are called as numbers of whatever kind
    /// of records, the first.
    fn add_likely_keys(&mut self) {
        let labels = self.labels.iter().map(|label| key_label(label, &self.name)).enumerate();
        let called = |wanted: KeyLabel| {
            let labels = labels.clone();
            labels.filter(move |(_, label)| *label == Some(wanted)).map(|(column, _)| column)
        };
        let own: Vec<usize> = called(KeyLabel::Own).take(MOST_KEYS).collect();
        let number = called(KeyLabel::Number).next().filter(|_| own.is_empty());
        for column in own {
            self.add_key(vec![column], Some(Known::Inferred));
        }
        if let Some(column) = number {
            let (columns, known) = (vec![column], Some(Known::Inferred));
            self.keys.push(KeyPlan { columns, known, only_if_unique: true });
        }
    }

    /// Keeps as many keys as are left to be looked at; gives how many are not, if any.
    fn keep_keys(&mut self, left: &mut usize) -> Option<usize> {
        let kept = self.keys.len().min(*left);
        *left -= kept;
        let dropped = self.keys.len() - kept;
        self.keys.truncate(kept);
        self.unique.retain(|key| *key < kept);
        (dropped > 0).then_some(dropped)
    }

    /// What the user says of the values in columns.
    fn add_fields(&mut self, given: &GivenTable, unable: &mut Vec<SkippedCheck>) {
        let name = self.name.clone();
        let mut lacking = Vec::new();
        let words = given.unheeded.iter().map(|words| (words.clone(), Vec::new()));
        let mut unheeded: BTreeMap<String, Vec<String>> = words.collect();
        for field in &given.fields {
            for words in &field.unheeded {
                unheeded.entry(words.clone()).or_default().push(field.name.clone());
            }
            let Some(column) = self.positions(std::slice::from_ref(&field.name)) else {
                lacking.push(field.name.clone());
                continue;
            };
            if field.asks() {
                let (column, kind) = (column[0], field.kind.clone());
                self.fields.push(FieldPlan { column, kind, required: field.required });
            }
            if field.unique && self.keys.len() < MOST_KEYS {
                self.add_key(column.clone(), None);
                let place = self.keys.iter().position(|key| key.columns == column);
                self.unique.extend(place);
            } else if field.unique {
                unheeded.entry("unique".into()).or_default().push(field.name.clone());
            }
        }
        if !lacking.is_empty() {
            let (table, columns) = (name.clone(), some_of(lacking));
            unable.push(SkippedCheck::SchemaColumns { table, columns });
        }
        if !unheeded.is_empty() {
            let words = some_of(with_columns(unheeded));
            unable.push(SkippedCheck::SchemaWords { table: name, words });
        }
    }

    /// The labels of these columns.
    pub(super) fn names(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().map(|column| self.labels[*column].clone()).collect()
    }

    /// The key of these columns, or the table's own if none are named, if it has so many.
    fn key_of(&mut self, names: &[String], width: usize, left: &mut usize) -> Option<usize> {
        let sure = |key: &KeyPlan| matches!(key.known, Some(Known::Declared | Known::Given));
        if names.is_empty() {
            let own = self.keys.iter().position(sure)?;
            return (self.keys[own].columns.len() == width).then_some(own);
        }
        let columns = self.positions(names).filter(|columns| columns.len() == width)?;
        let before = self.keys.len();
        if before < MOST_KEYS + MOST_REFERENCES && *left > 0 {
            self.add_key(columns.clone(), None);
            *left -= self.keys.len() - before;
        }
        self.keys.iter().position(|key| key.columns == columns)
    }
}
