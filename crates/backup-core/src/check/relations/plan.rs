//! What is asked of each table: which columns are keys, or may be, and which are references.

use super::schema::{GivenTable, Schema};
use super::values::is_key_label;
use crate::archive::package::{Key, Known, Manifest, Reference, Resource};

/// How many keys and references of a table are looked at: more than any table has that was not made
/// to take time.
const MOST_KEYS: usize = 64;
const MOST_REFERENCES: usize = 256;

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
}

/// Columns whose values are to be gathered.
pub(super) struct KeyPlan {
    pub(super) columns: Vec<usize>,
    /// How it is known to be a key; `None` if it is only what references point at.
    pub(super) known: Option<Known>,
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
    unable: &mut Vec<String>,
) -> Vec<TablePlan> {
    let given = |title: &str| schema?.tables.iter().find(|table| table.name == title);
    let mut plans: Vec<TablePlan> = manifest
        .resources
        .iter()
        .map(|resource| plan(resource, given(&resource.title), unable))
        .collect();
    for table in schema.iter().flat_map(|schema| &schema.tables) {
        if !plans.iter().any(|plan| plan.name == table.name) {
            unable.push(format!("the schema's table {}: the archive has none", table.name));
        }
    }
    for table in 0..plans.len() {
        for reference in 0..plans[table].references.len() {
            let aim = aim(&mut plans, table, reference);
            let reference = &plans[table].references[reference];
            if reference.known == Known::Given && !matches!(aim, Aim::Key(..)) {
                let (of, to) = (&plans[table].name, &reference.table);
                unable.push(match aim {
                    Aim::NoKey(_) => format!(
                        "a reference of table {of} to table {to}: it has no such columns ({})",
                        reference.target.join(", ")
                    ),
                    _ => format!("a reference of table {of} to table {to}: the archive has none"),
                });
            }
        }
    }
    plans
}

fn plan(resource: &Resource, given: Option<&GivenTable>, unable: &mut Vec<String>) -> TablePlan {
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
    };
    let keys = given.into_iter().flat_map(|given| &given.keys).chain(&origin.keys);
    for Key { columns, known } in keys.take(MOST_KEYS) {
        match plan.positions(columns) {
            Some(columns) => plan.add_key(columns, Some(*known)),
            None if *known == Known::Given => unable.push(lacks(&plan.name, "key", columns)),
            None => {}
        }
    }
    let references = given.into_iter().flat_map(|given| &given.references);
    for Reference { columns, table, target, known } in
        references.chain(&origin.references).take(MOST_REFERENCES)
    {
        let Some(positions) = plan.positions(columns) else {
            if *known == Known::Given {
                unable.push(lacks(&plan.name, "reference", columns));
            }
            continue;
        };
        let again = |known: &ReferencePlan| known.columns == positions && known.table == *table;
        if !plan.references.iter().any(again) {
            let (table, target, known) = (table.clone(), target.clone(), *known);
            let (columns, aim) = (positions, Aim::NotExported);
            plan.references.push(ReferencePlan { columns, table, target, known, aim });
        }
    }
    if plan.keys.is_empty() {
        let candidates = plan.labels.iter().enumerate();
        let candidates = candidates.filter(|(_, label)| is_key_label(label, &plan.name));
        let columns: Vec<usize> = candidates.map(|(column, _)| column).take(MOST_KEYS).collect();
        for column in columns {
            plan.add_key(vec![column], Some(Known::Inferred));
        }
    }
    plan
}

fn lacks(table: &str, what: &str, columns: &[String]) -> String {
    format!("a {what} of table {table}: it has no column {}", columns.join(", "))
}

/// Finds what a reference points at, and sees to it that it is gathered as keys are.
fn aim(plans: &mut [TablePlan], table: usize, reference: usize) -> Aim {
    let from = &plans[table];
    let ReferencePlan { columns, target, .. } = &from.references[reference];
    let (width, target) = (columns.len(), target.clone());
    let aim = match table_named(plans, from, &from.references[reference]) {
        None => Aim::NotExported,
        Some(to) => match plans[to].key_of(&target, width) {
            Some(key) => Aim::Key(to, key),
            None => Aim::NoKey(to),
        },
    };
    plans[table].references[reference].aim = aim;
    aim
}

/// The table that a reference names: of what a source declares, a table of the same source, as that
/// calls it; of what a user gives, the table of that name. An exact name comes first.
fn table_named(plans: &[TablePlan], from: &TablePlan, reference: &ReferencePlan) -> Option<usize> {
    let named = &reference.table;
    let there = |plan: &TablePlan, alike: bool| {
        let name = plan.original.as_ref().unwrap_or(&plan.name);
        let same = if alike { name.eq_ignore_ascii_case(named) } else { name == named };
        same && plan.source == from.source
    };
    let here = |plan: &TablePlan, alike: bool| match alike {
        true => plan.name.eq_ignore_ascii_case(named),
        false => plan.name == *named,
    };
    let find = |by: &dyn Fn(&TablePlan, bool) -> bool| {
        let find = |alike| plans.iter().position(|plan| by(plan, alike));
        find(false).or_else(|| find(true))
    };
    match reference.known {
        Known::Declared => find(&there),
        _ => find(&here),
    }
}

impl TablePlan {
    /// Where columns of these labels stand.
    fn positions(&self, names: &[String]) -> Option<Vec<usize>> {
        // SQLite takes names in whatever case.
        let position = |name: &String| {
            let same = |label: &String| label == name;
            let alike = |label: &String| label.eq_ignore_ascii_case(name);
            let exact = self.labels.iter().position(same);
            exact.or_else(|| self.labels.iter().position(alike))
        };
        let columns: Option<Vec<usize>> = names.iter().map(position).collect();
        columns.filter(|columns| !columns.is_empty())
    }

    fn add_key(&mut self, columns: Vec<usize>, known: Option<Known>) {
        match self.keys.iter_mut().find(|key| key.columns == columns) {
            Some(key) => key.known = key.known.or(known),
            None => self.keys.push(KeyPlan { columns, known }),
        }
    }

    /// The labels of these columns.
    pub(super) fn names(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().map(|column| self.labels[*column].clone()).collect()
    }

    /// The key of these columns, or the table's own if none are named, if it has so many.
    fn key_of(&mut self, names: &[String], width: usize) -> Option<usize> {
        let sure = |key: &KeyPlan| matches!(key.known, Some(Known::Declared | Known::Given));
        if names.is_empty() {
            let own = self.keys.iter().position(sure)?;
            return (self.keys[own].columns.len() == width).then_some(own);
        }
        let columns = self.positions(names).filter(|columns| columns.len() == width)?;
        if self.keys.len() < MOST_KEYS + MOST_REFERENCES {
            self.add_key(columns.clone(), None);
        }
        self.keys.iter().position(|key| key.columns == columns)
    }
}
