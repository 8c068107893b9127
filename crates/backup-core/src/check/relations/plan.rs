//! Plans what is checked of each table: which columns are keys, or may be, and which are references.

use std::collections::HashMap;

use super::schema::{GivenTable, Schema};
use super::values::{KeyLabel, key_label};
use crate::model::{Key, Manifest, Provenance, Reference, Resource};
use crate::outcome::{ReferenceProblem, SkippedCheck};

/// How many keys and references of a table are checked: more than any table has that was not made
/// to take time.
const MOST_KEYS: usize = 64;
const MOST_REFERENCES: usize = 256;

/// What is checked of one table.
pub(super) struct TablePlan {
    pub(super) name: String,
    /// The source that it came from, and its name there.
    source: Option<String>,
    original: String,
    pub(super) labels: Vec<String>,
    pub(super) keys: Vec<KeyPlan>,
    /// The number of its first key among the keys of all tables.
    pub(super) first_key: usize,
    pub(super) references: Vec<ReferencePlan>,
    /// Texts that stand for null, beside the usual ones.
    pub(super) missing: Vec<String>,
}

/// Columns that are a key, or that references point at.
pub(super) struct KeyPlan {
    pub(super) columns: Vec<usize>,
    /// How it is known to be a key; `None` if references point at it and nothing else says so.
    pub(super) known: Option<Provenance>,
    /// Whether it is one only if every record has it and no two share it.
    pub(super) only_if_unique: bool,
}

/// Columns that are known to refer to another table.
pub(super) struct ReferencePlan {
    pub(super) columns: Vec<usize>,
    /// The other table, as the source or the user calls it, and the labels of its columns.
    pub(super) table: String,
    target: Vec<String>,
    pub(super) known: Provenance,
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

/// The most columns that one sentence names.
const MAX_NAMED: usize = 20;

/// Plans for all tables of an archive; what was given and cannot be checked goes to `skipped`.
pub(super) fn plans(
    manifest: &Manifest,
    schema: Option<&Schema>,
    skipped: &mut Vec<SkippedCheck>,
) -> Vec<TablePlan> {
    let mut given: HashMap<&str, &GivenTable> = schema
        .iter()
        .flat_map(|schema| &schema.tables)
        .map(|table| (table.name.as_str(), table))
        .collect();
    let plan = |resource: &Resource| {
        TablePlan::new(resource, given.remove(resource.title.as_str()), skipped)
    };
    let mut plans: Vec<TablePlan> = manifest.resources.iter().map(plan).collect();
    for table in schema.iter().flat_map(|schema| &schema.tables) {
        if given.contains_key(table.name.as_str()) {
            skipped.push(SkippedCheck::SchemaTable { table: table.name.clone() });
        }
    }
    let names = TableNames::new(&plans);
    for table in 0..plans.len() {
        for reference in 0..plans[table].references.len() {
            let to = names.find(&plans[table], &plans[table].references[reference]);
            let ReferencePlan { columns, target, .. } = &plans[table].references[reference];
            let (width, target) = (columns.len(), target.clone());
            let aim = to.map_or(Aim::NotExported, |to| match plans[to].key_of(&target, width) {
                Some(key) => Aim::Key(to, key),
                None => Aim::NoKey(to),
            });
            plans[table].references[reference].aim = aim;
            skipped.extend(why_skipped(&plans, table, reference));
        }
    }
    let mut keys = 0;
    for plan in &mut plans {
        plan.first_key = keys;
        keys += plan.keys.len();
    }
    plans
}

/// Why a reference that was given cannot be looked up.
fn why_skipped(plans: &[TablePlan], table: usize, reference: usize) -> Option<SkippedCheck> {
    let reference = &plans[table].references[reference];
    let problem = match reference.aim {
        _ if reference.known != Provenance::Given => return None,
        Aim::Key(..) => return None,
        Aim::NotExported => ReferenceProblem::NoTable,
        Aim::NoKey(to) => match plans[to].lacking(&reference.target) {
            none if none.is_empty() => ReferenceProblem::TooManyKeys,
            columns => ReferenceProblem::NoColumns { columns },
        },
    };
    let (table, target) = (plans[table].name.clone(), reference.table.clone());
    Some(SkippedCheck::Reference { table, target, problem })
}

/// The tables of an archive by their names, as they are and in lower case. Of several the first.
struct TableNames {
    /// By the source, and the name there.
    of_sources: HashMap<(Option<String>, String), usize>,
    of_archive: HashMap<String, usize>,
}

impl TableNames {
    fn new(plans: &[TablePlan]) -> Self {
        let mut names = Self { of_sources: HashMap::new(), of_archive: HashMap::new() };
        // An exact name comes first.
        for name in [str::to_owned, str::to_ascii_lowercase] {
            for (at, plan) in plans.iter().enumerate() {
                let of_source = (plan.source.clone(), name(&plan.original));
                names.of_sources.entry(of_source).or_insert(at);
                names.of_archive.entry(name(&plan.name)).or_insert(at);
            }
        }
        names
    }

    /// The table that a reference names: if a source declares it, a table of the same source by its name
    /// there; if a user gives it, the table of that name in the archive.
    fn find(&self, from: &TablePlan, reference: &ReferencePlan) -> Option<usize> {
        let find = |name: String| match reference.known {
            Provenance::Declared => self.of_sources.get(&(from.source.clone(), name)),
            _ => self.of_archive.get(&name),
        };
        let name = &reference.table;
        find(name.clone()).or_else(|| find(name.to_ascii_lowercase())).copied()
    }
}

impl TablePlan {
    fn new(
        resource: &Resource,
        given: Option<&GivenTable>,
        skipped: &mut Vec<SkippedCheck>,
    ) -> Self {
        let columns = resource.table().map_or_else(Vec::new, |table| table.columns);
        let origin = &resource.backup.origin;
        let mut plan = Self {
            name: resource.title.clone(),
            source: origin.source.clone(),
            original: origin.sheet.as_ref().unwrap_or(&resource.title).clone(),
            labels: columns.into_iter().map(|column| column.label).collect(),
            keys: Vec::new(),
            first_key: 0,
            references: Vec::new(),
            missing: given.map_or_else(Vec::new, |given| given.missing.clone()),
        };
        let keys = given.into_iter().flat_map(|given| &given.keys).chain(&origin.keys);
        let mut keys = keys.fuse();
        for Key { columns, known } in keys.by_ref().take(MOST_KEYS) {
            match plan.positions(columns) {
                Some(columns) => plan.add_key(columns, Some(*known)),
                None if *known == Provenance::Given => skipped.push(plan.lacks_key(columns)),
                None => {}
            }
        }
        let references = given.into_iter().flat_map(|given| &given.references);
        let mut references = references.chain(&origin.references).fuse();
        for reference in references.by_ref().take(MOST_REFERENCES) {
            match plan.positions(&reference.columns) {
                Some(columns) => plan.add_reference(columns, reference),
                None if reference.known == Provenance::Given => {
                    skipped.push(plan.lacks_reference(&reference.columns));
                }
                None => {}
            }
        }
        let more = keys.count() + references.count();
        if more > 0 {
            let (table, count) = (plan.name.clone(), more as u64);
            skipped.push(SkippedCheck::KeysOfTable { table, count });
        }
        let lacking = given.map_or(String::new(), |given| plan.lacking(&given.fields));
        if !lacking.is_empty() {
            skipped
                .push(SkippedCheck::SchemaColumns { table: plan.name.clone(), columns: lacking });
        }
        if let Some(given) = given.filter(|given| !given.unchecked.is_empty()) {
            let words = given.unchecked.join(", ");
            skipped.push(SkippedCheck::SchemaWords { table: plan.name.clone(), words });
        }
        if plan.keys.is_empty() {
            plan.keys = plan.likely_keys();
        }
        plan
    }

    /// The position of the column with this label.
    fn position(&self, name: &str) -> Option<usize> {
        // SQLite ignores the case of names.
        let exact = self.labels.iter().position(|label| label == name);
        exact.or_else(|| self.labels.iter().position(|label| label.eq_ignore_ascii_case(name)))
    }

    fn positions(&self, names: &[String]) -> Option<Vec<usize>> {
        let columns: Option<Vec<usize>> = names.iter().map(|name| self.position(name)).collect();
        columns.filter(|columns| !columns.is_empty())
    }

    /// Those of these columns that the table does not have.
    fn lacking(&self, names: &[String]) -> String {
        let lacking = names.iter().filter(|name| self.position(name).is_none());
        let mut lacking: Vec<_> = lacking.map(String::as_str).collect();
        if lacking.len() > MAX_NAMED {
            lacking.truncate(MAX_NAMED);
            lacking.push("…");
        }
        lacking.join(", ")
    }

    fn lacks_key(&self, columns: &[String]) -> SkippedCheck {
        let columns = self.lacking(columns);
        SkippedCheck::KeyColumns { table: self.name.clone(), columns }
    }

    fn lacks_reference(&self, columns: &[String]) -> SkippedCheck {
        let columns = self.lacking(columns);
        SkippedCheck::ReferenceColumns { table: self.name.clone(), columns }
    }

    fn add_key(&mut self, columns: Vec<usize>, known: Option<Provenance>) {
        match self.keys.iter_mut().find(|key| key.columns == columns) {
            Some(key) => key.known = key.known.or(known),
            None => self.keys.push(KeyPlan { columns, known, only_if_unique: false }),
        }
    }

    fn add_reference(&mut self, columns: Vec<usize>, reference: &Reference) {
        let Reference { table, target, known, .. } = reference;
        // What is given replaces what is declared.
        let repeats = |other: &ReferencePlan| {
            let same = other.columns == columns && other.table == *table;
            same && (other.target == *target || other.known != *known)
        };
        if !self.references.iter().any(repeats) {
            let (table, target, known) = (table.clone(), target.clone(), *known);
            let aim = Aim::NotExported;
            self.references.push(ReferencePlan { columns, table, target, known, aim });
        }
    }

    /// The columns that are named as keys are; of those that are named as numbers of whatever kind of
    /// records, the first.
    fn likely_keys(&self) -> Vec<KeyPlan> {
        let labels = self.labels.iter().map(|label| key_label(label, &self.name));
        let labels: Vec<_> = labels.enumerate().collect();
        let named = |wanted: KeyLabel, most: usize| {
            let columns = labels.iter().filter(move |(_, label)| *label == Some(wanted)).take(most);
            columns.map(move |(column, _)| KeyPlan {
                columns: vec![*column],
                known: Some(Provenance::Inferred),
                only_if_unique: wanted == KeyLabel::Number,
            })
        };
        let keys: Vec<_> = named(KeyLabel::Own, MOST_KEYS).collect();
        if keys.is_empty() { named(KeyLabel::Number, 1).collect() } else { keys }
    }

    /// The labels of these columns.
    pub(super) fn names(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().map(|column| self.labels[*column].clone()).collect()
    }

    /// The key of these columns, or the table's own if none are named, if it has so many.
    fn key_of(&mut self, names: &[String], width: usize) -> Option<usize> {
        if names.is_empty() {
            let is_sure =
                |key: &KeyPlan| matches!(key.known, Some(Provenance::Declared | Provenance::Given));
            let own = self.keys.iter().position(is_sure)?;
            return (self.keys[own].columns.len() == width).then_some(own);
        }
        let columns = self.positions(names).filter(|columns| columns.len() == width)?;
        if self.keys.len() < MOST_KEYS + MOST_REFERENCES {
            self.add_key(columns.clone(), None);
        }
        self.keys.iter().position(|key| key.columns == columns)
    }
}
