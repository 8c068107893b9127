//! Plans the check of each table: which columns are keys or may be keys, and which are references.

use std::collections::{HashMap, HashSet};

use super::candidate::Candidate;
use super::schema::{Schema, TableSchema};
use super::values::{KeyLabel, key_label};
use crate::i18n::{Message, message};
use crate::model::{self, KeyReport, Manifest, Provenance, ReferenceReport, Resource, TableFacts};
use crate::outcome::{CheckKind, SkippedCheck};
use crate::table_names::{self, FoundTable};

/// The maximum numbers of keys and references of a table that are checked. They limit the time for
/// a hostile archive.
const MAX_KEYS: usize = 64;
const MAX_REFERENCES: usize = 256;
/// The maximum number of columns that one sentence names.
const MAX_NAMED: usize = 20;
/// The number of records with orphans that are named.
const EXAMPLES: usize = 5;

fn unchecked(why: Message) -> SkippedCheck {
    SkippedCheck::part(CheckKind::Keys, why)
}

/// The tables of an archive, and the keys and references that are checked.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) tables: Vec<TablePlan>,
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
}

/// What is checked in one table.
pub(super) struct TablePlan {
    pub(super) name: String,
    source: Option<String>,
    name_in_source: String,
    pub(super) labels: Vec<String>,
    /// How many cells of each column are not null.
    cells: Vec<u64>,
    /// The indexes of its keys in [`Plan::keys`].
    pub(super) keys: Vec<usize>,
    /// The indexes of its references, and of the columns that may be references, in
    /// [`Plan::references`].
    pub(super) references: Vec<usize>,
    /// Texts that stand for null, in addition to the usual ones.
    pub(super) null_texts: Vec<String>,
}

/// Columns that are or may be a key, or that are the target of a reference.
pub(super) struct Key {
    pub(super) table: usize,
    pub(super) columns: Vec<usize>,
    /// Whether it is or may be a key. If not, it is only the target of a reference.
    pub(super) is_key: bool,
    /// Whether it is accepted as a key only if it is never null and unique in every record.
    only_if_unique: bool,
    pub(super) report: KeyReport,
}

impl Key {
    pub(super) fn add_repeated(&mut self, record: u64) {
        let KeyReport { repeated, first_repeated, .. } = &mut self.report;
        *repeated += 1;
        *first_repeated = Some(first_repeated.map_or(record, |first| first.min(record)));
    }

    /// Whether references to it may be inferred.
    pub(super) fn is_target(&self) -> bool {
        self.is_key && self.columns.len() == 1
    }

    /// Drops an inferred key if its values are not unique or are missing. Unless `only_if_unique`
    /// is set, a key with a few such records is kept, and these are reported.
    pub(super) fn drop_unless_unique(&mut self) {
        let KeyReport { known, records, missing, repeated, .. } = self.report;
        let few = if self.only_if_unique { 0 } else { (records / 100).max(1) };
        let is_unique = repeated <= few && missing <= few && records > repeated + missing;
        self.is_key &= known != Provenance::Inferred || is_unique;
    }
}

/// Columns that refer to another table.
pub(super) struct Reference {
    pub(super) table: usize,
    pub(super) columns: Vec<usize>,
    /// The indexes of the target keys; empty if the archive does not have them.
    pub(super) keys: Vec<usize>,
    /// What was counted to infer whether it is a reference; `None` if it was declared or given.
    pub(super) candidate: Option<Candidate>,
    pub(super) report: ReferenceReport,
}

impl Reference {
    fn new(plan: &TablePlan, table: usize, columns: Vec<usize>, known: Provenance) -> Self {
        let (name, labels) = (plan.name.clone(), plan.labels_of(&columns));
        let report =
            ReferenceReport { table: name, columns: labels, known, ..ReferenceReport::default() };
        Self { table, columns, keys: Vec::new(), candidate: None, report }
    }

    pub(super) fn point_at(&mut self, targets: Vec<usize>, keys: &[Key]) {
        let tables = targets.iter().map(|key| keys[*key].report.table.clone());
        self.report.targets = tables.collect();
        (self.report.target_exported, self.report.looked_up) = (true, !targets.is_empty());
        self.keys = targets;
    }

    /// Counts an id of this record as resolved or as an orphan. `with_id` are the keys that have
    /// it.
    pub(super) fn look_up(&mut self, record: u64, with_id: &[usize]) {
        let ReferenceReport { resolved, orphans, orphan_records, .. } = &mut self.report;
        if self.keys.iter().any(|key| with_id.binary_search(key).is_ok()) {
            *resolved += 1;
            return;
        }
        *orphans += 1;
        // Ids are not ordered by record, and the first records are to be named.
        if let Err(at) = orphan_records.binary_search(&record) {
            orphan_records.insert(at, record);
            orphan_records.truncate(EXAMPLES);
        }
    }

    /// Discards a reference that was inferred from values only, if more than a fifth of its ids are
    /// orphans. Returns whether the label names a table instead, where the ids have to be looked
    /// up.
    pub(super) fn discard_wrong_inference(&mut self, keys: &[Key]) -> bool {
        let ReferenceReport { resolved, orphans, orphan_records, values, .. } = &mut self.report;
        let Some(candidate) = self.candidate.as_mut() else { return false };
        if !candidate.by_values || *orphans * 5 <= *values {
            return false;
        }
        (candidate.by_values, *resolved, *orphans) = (false, 0, 0);
        orphan_records.clear();
        let otherwise = candidate.otherwise;
        self.point_at(otherwise.into_iter().collect(), keys);
        otherwise.is_some()
    }

    /// Whether it is a reference. A candidate without an inferred target is not.
    pub(super) fn is_reference(&self) -> bool {
        self.candidate.is_none() || !self.keys.is_empty()
    }
}

impl Plan {
    /// Creates a plan for all tables of an archive. What the user gave and cannot be checked is
    /// added to `skipped`.
    pub(super) fn new(
        manifest: &Manifest,
        schema: Option<&Schema>,
        skipped: &mut Vec<SkippedCheck>,
    ) -> Self {
        let given = schema.map_or(&[][..], |schema| &schema.tables);
        let named = table_names::TableNames::new(manifest.names());
        let mut given_of: HashMap<usize, &TableSchema> = HashMap::new();
        for table in given {
            let name = &table.name;
            match named.find(name) {
                FoundTable::One(at) => drop(given_of.insert(at, table)),
                FoundTable::None => {
                    skipped.push(unchecked(message!("skipped-schema-table", table = name)));
                }
                FoundTable::Several(choices) => {
                    let why = message!("skipped-ambiguous-schema", table = name, names = choices);
                    skipped.push(unchecked(why));
                }
            }
        }
        let (mut plan, mut references) = (Self::default(), Vec::new());
        for (at, resource) in manifest.resources.iter().enumerate() {
            references.extend(plan.add_table(resource, given_of.get(&at).copied(), skipped));
        }
        let names = TableNames::new(&plan.tables, named);
        for (table, columns, reference) in references {
            let target = names.find(&plan.tables[table], reference);
            skipped.extend(plan.add_reference(table, columns, reference, target));
        }
        plan.add_candidates();
        plan
    }

    /// Adds every column that is neither a key nor a reference by itself, because it may be a
    /// reference.
    fn add_candidates(&mut self) {
        let keys = self.keys.iter().map(|key| (key.table, &key.columns));
        let references = self.references.iter().map(|it| (it.table, &it.columns));
        let known = keys.chain(references).filter(|(_, columns)| columns.len() == 1);
        let known: HashSet<_> = known.map(|(table, columns)| (table, columns[0])).collect();
        for (table, plan) in self.tables.iter().enumerate() {
            let columns = plan.labels.iter().enumerate();
            let unknown = columns.filter(|(column, _)| !known.contains(&(table, *column)));
            self.references.extend(unknown.map(|(column, label)| {
                let candidate = Some(Candidate::new(label, plan.cells[column]));
                let mut reference = Reference::new(plan, table, vec![column], Provenance::Inferred);
                reference.candidate = candidate;
                reference
            }));
        }
        self.references.sort_by_key(|reference| reference.table);
        for (at, reference) in self.references.iter().enumerate() {
            self.tables[reference.table].references.push(at);
        }
    }

    /// Adds the given and declared keys of a table, or else those that are likely.
    fn add_keys(
        &mut self,
        at: usize,
        resource: &Resource,
        given: Option<&TableSchema>,
        skipped: &mut Vec<SkippedCheck>,
    ) {
        let (table, keys) = (&resource.title, &resource.backup.origin.keys);
        let keys = given.into_iter().flat_map(|given| &given.keys).chain(keys);
        for model::Key { columns, known } in keys.take(MAX_KEYS) {
            let plan = &self.tables[at];
            if let Some(columns) = plan.positions(columns) {
                self.add_key(at, columns, Some(*known), false);
            } else if *known == Provenance::Given {
                let columns = plan.lacking(columns);
                let why = message!("skipped-key-columns", table = table, columns = columns);
                skipped.push(unchecked(why));
            }
        }
        if self.tables[at].keys.is_empty() {
            for (column, label) in self.tables[at].likely_keys() {
                let only_if_unique = label == KeyLabel::Number;
                self.add_key(at, vec![column], Some(Provenance::Inferred), only_if_unique);
            }
        }
    }

    /// Adds a table and its keys. Returns its references, whose targets may be tables that are
    /// added later.
    fn add_table<'a>(
        &mut self,
        resource: &'a Resource,
        given: Option<&'a TableSchema>,
        skipped: &mut Vec<SkippedCheck>,
    ) -> Vec<(usize, Vec<usize>, &'a model::Reference)> {
        let (at, origin) = (self.tables.len(), &resource.backup.origin);
        self.tables.push(TablePlan::new(resource, given));
        self.add_keys(at, resource, given, skipped);
        let table = &resource.title;
        let plan = &self.tables[at];
        let all = given.into_iter().flat_map(|given| &given.references).chain(&origin.references);
        let mut references: Vec<(usize, Vec<usize>, &model::Reference)> = Vec::new();
        for reference in all.clone().take(MAX_REFERENCES) {
            let model::Reference { table: target, known, .. } = reference;
            let Some(columns) = plan.positions(&reference.columns) else {
                if *known == Provenance::Given {
                    let columns = plan.lacking(&reference.columns);
                    let why =
                        message!("skipped-reference-columns", table = table, columns = columns);
                    skipped.push(unchecked(why));
                }
                continue;
            };
            // A reference that the user gave replaces a declared one.
            let replaces = |(_, other_columns, other): &(usize, Vec<usize>, &model::Reference)| {
                let is_same = other.known != *known || other.target == reference.target;
                *other_columns == columns && other.table == *target && is_same
            };
            if !references.iter().any(replaces) {
                references.push((at, columns, reference));
            }
        }
        let keys = given.map_or(0, |given| given.keys.len()) + origin.keys.len();
        let count = keys.saturating_sub(MAX_KEYS) + all.skip(MAX_REFERENCES).count();
        if count > 0 {
            let why = message!("skipped-keys-of-table", table = table, count = count);
            skipped.push(unchecked(why));
        }
        if let Some(given) = given {
            let (columns, words) = (plan.lacking(&given.fields), given.unchecked.join(", "));
            if !columns.is_empty() {
                let why = message!("skipped-schema-columns", table = table, columns = columns);
                skipped.push(unchecked(why));
            }
            if !words.is_empty() {
                let why = message!("skipped-schema-words", table = table, words = words);
                skipped.push(unchecked(why));
            }
        }
        references
    }

    /// The key with these columns of a table.
    fn find_key(&self, table: usize, columns: &[usize]) -> Option<usize> {
        let mut keys = self.tables[table].keys.iter().copied();
        keys.find(|key| self.keys[*key].columns == columns)
    }

    /// Adds a key unless the table has it already. Returns its index. `known` is `None` if it is
    /// only the target of references.
    fn add_key(
        &mut self,
        table: usize,
        columns: Vec<usize>,
        known: Option<Provenance>,
        only_if_unique: bool,
    ) -> usize {
        if let Some(key) = self.find_key(table, &columns) {
            return key;
        }
        let plan = &mut self.tables[table];
        let report = KeyReport {
            table: plan.name.clone(),
            columns: plan.labels_of(&columns),
            known: known.unwrap_or_default(),
            ..KeyReport::default()
        };
        plan.keys.push(self.keys.len());
        self.keys.push(Key { table, columns, is_key: known.is_some(), only_if_unique, report });
        self.keys.len() - 1
    }

    /// Adds a reference that was declared or given. If the user gave it and it cannot be looked up,
    /// returns the reason.
    fn add_reference(
        &mut self,
        table: usize,
        columns: Vec<usize>,
        reference: &model::Reference,
        target: Option<usize>,
    ) -> Option<SkippedCheck> {
        let model::Reference { target: names, known, .. } = reference;
        let key = target.and_then(|target| self.key_of(target, names, columns.len()));
        let name = target.map_or(&reference.table, |target| &self.tables[target].name).clone();
        let mut added = Reference::new(&self.tables[table], table, columns, *known);
        added.point_at(key.into_iter().collect(), &self.keys);
        added.report.targets = vec![name];
        added.report.target_exported = target.is_some();
        self.references.push(added);
        if key.is_some() || *known != Provenance::Given {
            return None;
        }
        let (table, to) = (&self.tables[table].name, &reference.table);
        Some(unchecked(match target.map(|target| self.tables[target].lacking(names)) {
            None => message!("skipped-reference-no-table", table = table, target = to),
            Some(none) if none.is_empty() => {
                message!("skipped-reference-too-many-keys", table = table, target = to)
            }
            Some(columns) => message!(
                "skipped-reference-no-columns",
                table = table,
                target = to,
                columns = columns
            ),
        }))
    }

    /// The key with these columns of a table; if `names` is empty, the table's own key. `None` if
    /// its number of columns is not `width`.
    fn key_of(&mut self, table: usize, names: &[String], width: usize) -> Option<usize> {
        let plan = &self.tables[table];
        if names.is_empty() {
            let is_sure = |key: &&usize| {
                let Key { is_key, report, .. } = &self.keys[**key];
                *is_key && report.known != Provenance::Inferred
            };
            let own = plan.keys.iter().find(is_sure)?;
            return (self.keys[*own].columns.len() == width).then_some(*own);
        }
        let columns = plan.positions(names).filter(|columns| columns.len() == width)?;
        let has_room = plan.keys.len() < MAX_KEYS + MAX_REFERENCES;
        self.find_key(table, &columns)
            .or_else(|| has_room.then(|| self.add_key(table, columns, None, false)))
    }
}

/// The tables by name, as references name them.
struct TableNames {
    /// By the source and the name there: as it is, and in lower case. If several have the same
    /// name, the first is used.
    declared: HashMap<(Option<String>, String), usize>,
    given: table_names::TableNames,
}

impl TableNames {
    fn new(tables: &[TablePlan], given: table_names::TableNames) -> Self {
        let mut declared = HashMap::new();
        // Exact names take precedence.
        for name in [str::to_owned, str::to_ascii_lowercase] {
            for (at, table) in tables.iter().enumerate() {
                let in_source = (table.source.clone(), name(&table.name_in_source));
                declared.entry(in_source).or_insert(at);
            }
        }
        Self { declared, given }
    }

    /// The target table of a reference. If the source declares the reference, it is the table with
    /// this name in the same source; if the user gave it, the table that this name stands for.
    fn find(&self, from: &TablePlan, reference: &model::Reference) -> Option<usize> {
        if reference.known != Provenance::Declared {
            return match self.given.find(&reference.table) {
                FoundTable::One(at) => Some(at),
                FoundTable::None | FoundTable::Several(_) => None,
            };
        }
        let find = |name| self.declared.get(&(from.source.clone(), name)).copied();
        find(reference.table.clone()).or_else(|| find(reference.table.to_ascii_lowercase()))
    }
}

impl TablePlan {
    fn new(resource: &Resource, given: Option<&TableSchema>) -> Self {
        let columns = resource.table().map_or_else(Vec::new, |table| table.columns);
        let TableFacts { rows, columns: counts, origin, .. } = &resource.backup;
        let nulls = |column: usize| counts.get(column).map_or(0, |counts| counts.nulls);
        let cells = |column| rows.saturating_sub(nulls(column));
        Self {
            name: resource.title.clone(),
            source: origin.source.clone(),
            name_in_source: origin.sheet.as_ref().unwrap_or(&resource.title).clone(),
            cells: (0..columns.len()).map(cells).collect(),
            labels: columns.into_iter().map(|column| column.label).collect(),
            keys: Vec::new(),
            references: Vec::new(),
            null_texts: given.map_or_else(Vec::new, |given| given.null_texts.clone()),
        }
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

    /// The names in `names` that are no columns of the table, as a list.
    fn lacking(&self, names: &[String]) -> String {
        let lacking = names.iter().filter(|name| self.position(name).is_none());
        let mut lacking: Vec<_> = lacking.map(String::as_str).collect();
        if lacking.len() > MAX_NAMED {
            lacking.truncate(MAX_NAMED);
            lacking.push("…");
        }
        lacking.join(", ")
    }

    /// The columns whose labels are those of the table's own keys. If there are none, the first
    /// column whose label is that of another key.
    fn likely_keys(&self) -> Vec<(usize, KeyLabel)> {
        let named = |wanted: KeyLabel, most: usize| {
            let columns = self.labels.iter().enumerate();
            let columns = columns.filter(|(_, label)| key_label(label, &self.name) == Some(wanted));
            columns.map(|(column, _)| (column, wanted)).take(most).collect::<Vec<_>>()
        };
        let keys = named(KeyLabel::Own, MAX_KEYS);
        if keys.is_empty() { named(KeyLabel::Number, 1) } else { keys }
    }

    fn labels_of(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().map(|column| self.labels[*column].clone()).collect()
    }
}
