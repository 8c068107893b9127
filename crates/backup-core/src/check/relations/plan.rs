//! What is asked of each table: which columns are keys, or may be, and which are references.

use super::schema::{GivenTable, Schema};
use super::values::is_key_label;
use crate::archive::package::{Known, Manifest, Reference, Resource};

/// What is asked of one table.
pub(super) struct TablePlan {
    pub(super) name: String,
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
    pub(super) table: String,
    pub(super) target: Vec<String>,
    pub(super) known: Known,
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
    watch_targets(&mut plans, unable);
    plans
}

fn plan(resource: &Resource, given: Option<&GivenTable>, unable: &mut Vec<String>) -> TablePlan {
    let columns = resource.table().map_or_else(Vec::new, |table| table.columns);
    let labels = columns.into_iter().map(|column| column.label).collect();
    let mut plan = TablePlan {
        name: resource.title.clone(),
        keys: Vec::new(),
        references: Vec::new(),
        missing: given.map_or_else(Vec::new, |given| given.missing.clone()),
        labels,
    };
    let origin = &resource.backup.origin;
    let keys = given.into_iter().flat_map(|given| &given.keys).chain(&origin.keys);
    for key in keys {
        match plan.positions(&key.columns) {
            Some(columns) => plan.add_key(columns, Some(key.known)),
            None => unable.push(lacks(&plan.name, "key", &key.columns)),
        }
    }
    let references = given.into_iter().flat_map(|given| &given.references);
    for Reference { columns: names, table, target, known } in references.chain(&origin.references) {
        let Some(columns) = plan.positions(names) else {
            unable.push(lacks(&plan.name, "reference", names));
            continue;
        };
        if plan.references.iter().any(|known| known.columns == columns && known.table == *table) {
            continue;
        }
        let (table, target, known) = (table.clone(), target.clone(), *known);
        plan.references.push(ReferencePlan { columns, table, target, known });
    }
    if plan.keys.is_empty() {
        let candidates = plan.labels.iter().enumerate();
        let candidates = candidates.filter(|(_, label)| is_key_label(label, &plan.name));
        let columns: Vec<usize> = candidates.map(|(column, _)| column).collect();
        for column in columns {
            plan.add_key(vec![column], Some(Known::Inferred));
        }
    }
    plan
}

fn lacks(table: &str, what: &str, columns: &[String]) -> String {
    format!("a {what} of table {table}: it has no column {}", columns.join(", "))
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

    /// Which of the keys has these columns.
    pub(super) fn key(&self, names: &[String]) -> Option<usize> {
        if names.is_empty() {
            return self.keys.iter().position(|key| key.known.is_some());
        }
        let columns = self.positions(names)?;
        self.keys.iter().position(|key| key.columns == columns)
    }
}

/// Sees to it that the columns which references point at are gathered as keys are.
fn watch_targets(plans: &mut [TablePlan], unable: &mut Vec<String>) {
    let targets: Vec<(String, Vec<String>)> = plans
        .iter()
        .flat_map(|plan| &plan.references)
        .map(|reference| (reference.table.clone(), reference.target.clone()))
        .collect();
    for (table, names) in targets {
        let Some(plan) = plans.iter_mut().find(|plan| same_table(&plan.name, &table)) else {
            continue;
        };
        match plan.positions(&names) {
            Some(columns) => plan.add_key(columns, None),
            None if names.is_empty() && plan.key(&[]).is_some() => {}
            None if names.is_empty() => {
                unable.push(format!("references to table {table}: it has no key"));
            }
            None => unable.push(lacks(&table, "reference's target", &names)),
        }
    }
}

/// Whether a table is the one that a reference names.
pub(super) fn same_table(table: &str, named: &str) -> bool {
    table == named || table.eq_ignore_ascii_case(named)
}
