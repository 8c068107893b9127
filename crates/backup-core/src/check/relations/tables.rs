//! The tables of a check: which of their columns are keys, or may be keys or references. Parts of
//! one table with equal headers are one table here.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::candidate::Candidate;
use super::ids::Hash;
use super::keys::{Key, Reference, Role};
use super::labels::{Form, KeyLabel, key_label};
use super::start::TableStart;
use crate::i18n::message;
use crate::joined::{Added, JoinedTables};
use crate::model::{self, KeyReport, Provenance};
use crate::outcome::SkippedCheck;
use crate::profile::Chosen;

/// The maximum numbers of keys and references of a table that are checked. They limit the time for
/// a hostile archive.
pub(super) const MAX_KEYS: usize = 64;
pub(super) const MAX_REFERENCES: usize = 256;
/// The maximum number of columns that one sentence names.
const MAX_NAMED: usize = 20;

/// The tables, and the keys and references that are checked.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) tables: Vec<TablePlan>,
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
    /// The declared and given references whose targets are not known yet, with their indexes in
    /// `references`.
    pub(super) pending: Vec<(usize, model::Reference)>,
    /// References of one column to the tables that another column names, by their column and this
    /// name.
    pub(super) by_target: HashMap<usize, HashMap<String, usize>>,
    /// The profiles of the tables and files.
    pub(super) profiles: Vec<Chosen>,
    /// The keys of files, by the rules of profiles.
    pub(super) file_keys: HashMap<FileRule, usize>,
    /// The ids of the files of each rule.
    pub(super) files: BTreeMap<FileRule, HashSet<Hash>>,
    /// The same tables, which may get more parts.
    joined: JoinedTables,
}

/// A rule for attachments: the positions of its profile, and of the rule there.
pub(super) type FileRule = (usize, usize);

/// What is checked in one table.
pub(super) struct TablePlan {
    /// The name in the archive, or that of all parts together.
    pub(super) name: String,
    pub(super) source: Option<String>,
    pub(super) name_in_source: String,
    pub(super) labels: Vec<String>,
    pub(super) profile: Option<Chosen>,
    /// The number of records that were read.
    pub(super) records: u64,
    /// The indexes of its keys in [`Plan::keys`].
    pub(super) keys: Vec<usize>,
    /// The indexes of its references, and of the columns that may be references, in
    /// [`Plan::references`].
    pub(super) references: Vec<usize>,
    /// Texts that stand for null, in addition to the usual ones.
    pub(super) null_texts: Vec<String>,
}

impl Plan {
    /// Adds a table, or a part of a table that was added before. Returns the index of the table.
    /// What the user gave and cannot be checked is added to `skipped`.
    pub(super) fn begin(
        &mut self,
        start: TableStart<'_>,
        skipped: &mut Vec<SkippedCheck>,
    ) -> usize {
        if let Added::Part(at) = self.joined.add(start.name, start.whole.clone(), &start.labels) {
            self.join(at, &start);
            return at;
        }
        let at = self.tables.len();
        let mut table = TablePlan::new(&start);
        table.name.clone_from(&self.joined.tables[at].name);
        self.tables.push(table);
        self.add_keys(at, &start, skipped);
        self.add_pending(at, &start, skipped);
        self.add_attachments(at, &start);
        self.add_candidates(at, &start);
        at
    }

    /// Adds a part to its table.
    fn join(&mut self, at: usize, start: &TableStart<'_>) {
        let (table, joined) = (&mut self.tables[at], &self.joined.tables[at]);
        if table.name != joined.name {
            table.name.clone_from(&joined.name);
            for key in &table.keys {
                self.keys[*key].report.table.clone_from(&joined.name);
            }
            for reference in &table.references {
                self.references[*reference].report.table.clone_from(&joined.name);
            }
        }
        for reference in &self.tables[at].references {
            let reference = &mut self.references[*reference];
            let candidate = reference.candidate.as_mut();
            if let (Some(Candidate { all_cells: Some(all), .. }), Some(cells)) =
                (candidate, &start.cells)
            {
                *all += cells.get(reference.columns[0]).copied().unwrap_or_default();
            }
        }
    }

    /// The position of a profile.
    pub(super) fn profile(&mut self, profile: &Chosen) -> usize {
        let known = self.profiles.iter().position(|known| known.name() == profile.name());
        known.unwrap_or_else(|| {
            self.profiles.push(profile.clone());
            self.profiles.len() - 1
        })
    }

    /// Adds the given and declared keys of a table, or else those that are likely.
    fn add_keys(&mut self, at: usize, start: &TableStart<'_>, skipped: &mut Vec<SkippedCheck>) {
        let given = start.given.into_iter().flat_map(|given| &given.keys);
        for model::Key { columns, known } in given.chain(&start.origin.keys).take(MAX_KEYS) {
            let plan = &self.tables[at];
            if let Some(columns) = plan.positions(columns) {
                self.add_key(at, columns, *known, Role::Key);
            } else if *known == Provenance::Given {
                let (table, columns) = (start.name, plan.lacking(columns));
                let why = message!("skipped-key-columns", table = table, columns = columns);
                skipped.push(super::schema::not_checked(why));
            }
        }
        self.add_stated_key(at, start);
        if self.tables[at].keys.is_empty() {
            for (column, role) in self.tables[at].likely_keys() {
                self.add_key(at, vec![column], Provenance::Inferred, role);
            }
        }
    }

    /// Adds the declared and given references of a table. Their targets may be tables that are
    /// added later.
    fn add_pending(&mut self, at: usize, start: &TableStart<'_>, skipped: &mut Vec<SkippedCheck>) {
        let (table, origin, given) = (start.name, start.origin, start.given);
        let plan = &mut self.tables[at];
        let all = given.iter().flat_map(|given| &given.references).chain(&origin.references);
        let first = self.references.len();
        for reference in all.clone().take(MAX_REFERENCES) {
            let model::Reference { table: target, known, .. } = reference;
            let Some(columns) = plan.positions(&reference.columns) else {
                if *known == Provenance::Given {
                    let columns = plan.lacking(&reference.columns);
                    let why =
                        message!("skipped-reference-columns", table = table, columns = columns);
                    skipped.push(super::schema::not_checked(why));
                }
                continue;
            };
            // A reference that the user gave replaces a declared one.
            let replaces = |(at, other): &(usize, model::Reference)| {
                let is_same = other.known != *known || other.target == reference.target;
                self.references[*at].columns == columns && other.table == *target && is_same
            };
            let of_table = self.pending.iter().filter(|(at, _)| *at >= first);
            if !{ of_table }.any(replaces) {
                let index = self.references.len();
                self.pending.push((index, reference.clone()));
                self.references.push(plan.reference(at, columns, *known));
                plan.references.push(index);
            }
        }
        let keys = given.map_or(0, |given| given.keys.len()) + origin.keys.len();
        let count = keys.saturating_sub(MAX_KEYS) + all.skip(MAX_REFERENCES).count();
        if count > 0 {
            let why = message!("skipped-keys-of-table", table = table, count = count);
            skipped.push(super::schema::not_checked(why));
        }
        if let Some(given) = given {
            let (columns, words) = (plan.lacking(&given.fields), given.unchecked.join(", "));
            if !columns.is_empty() {
                let why = message!("skipped-schema-columns", table = table, columns = columns);
                skipped.push(super::schema::not_checked(why));
            }
            if !words.is_empty() {
                let why = message!("skipped-schema-words", table = table, words = words);
                skipped.push(super::schema::not_checked(why));
            }
        }
    }

    /// Adds every column that is neither a sure key nor a reference by itself, because it may be a
    /// reference.
    fn add_candidates(&mut self, at: usize, start: &TableStart<'_>) {
        let plan = &mut self.tables[at];
        let keys = plan.keys.iter().map(|key| &self.keys[*key]);
        let keys = keys.filter(|key| key.role == Role::Key).map(|key| &key.columns);
        let references = plan.references.iter().map(|reference| &self.references[*reference]);
        let references = references.filter(|reference| reference.files.is_none());
        let known: Vec<_> = keys
            .chain(references.map(|reference| &reference.columns))
            .filter(|columns| columns.len() == 1)
            .map(|columns| columns[0])
            .collect();
        for column in (0..plan.labels.len()).filter(|column| !known.contains(column)) {
            let cells = start.cells.as_ref().map(|cells| cells[column]);
            let mut reference = plan.reference(at, vec![column], Provenance::Inferred);
            let mut candidate = Candidate::new(&plan.labels[column], cells);
            if let Some(stated) = start.lookup(&plan.labels[column]) {
                (candidate.form, candidate.stated) = (Form::Lookup, stated);
            }
            reference.candidate = Some(candidate);
            plan.references.push(self.references.len());
            self.references.push(reference);
        }
    }

    /// The key with these columns of a table.
    pub(super) fn find_key(&self, table: usize, columns: &[usize]) -> Option<usize> {
        let mut keys = self.tables[table].keys.iter().copied();
        keys.find(|key| self.keys[*key].columns == columns)
    }

    /// Adds a key unless the table has it already. Returns its index.
    pub(super) fn add_key(
        &mut self,
        table: usize,
        columns: Vec<usize>,
        known: Provenance,
        role: Role,
    ) -> usize {
        if let Some(key) = self.find_key(table, &columns) {
            return key;
        }
        let plan = &mut self.tables[table];
        let report = KeyReport {
            table: plan.name.clone(),
            columns: plan.labels_of(&columns),
            known,
            ..KeyReport::default()
        };
        plan.keys.push(self.keys.len());
        let is_sure = known != Provenance::Inferred;
        self.keys.push(Key { table, columns, role, is_sure, may_repeat: false, report });
        self.keys.len() - 1
    }
}

impl TablePlan {
    fn new(start: &TableStart<'_>) -> Self {
        let TableStart { name, labels, origin, .. } = start;
        Self {
            name: (*name).to_owned(),
            source: origin.source.clone(),
            name_in_source: origin.sheet.clone().unwrap_or_else(|| start.own_name()),
            labels: labels.clone(),
            profile: start.profile.clone(),
            records: 0,
            keys: Vec::new(),
            references: Vec::new(),
            null_texts: start.null_texts(),
        }
    }

    /// The position of the column with this label.
    fn position(&self, name: &str) -> Option<usize> {
        // SQLite ignores the case of names.
        let exact = self.labels.iter().position(|label| label == name);
        exact.or_else(|| self.labels.iter().position(|label| label.eq_ignore_ascii_case(name)))
    }

    pub(super) fn positions(&self, names: &[String]) -> Option<Vec<usize>> {
        let columns: Option<Vec<usize>> = names.iter().map(|name| self.position(name)).collect();
        columns.filter(|columns| !columns.is_empty())
    }

    /// The names in `names` that are no columns of the table, as a list.
    pub(super) fn lacking(&self, names: &[String]) -> String {
        let lacking = names.iter().filter(|name| self.position(name).is_none());
        let mut lacking: Vec<_> = lacking.map(String::as_str).collect();
        if lacking.len() > MAX_NAMED {
            lacking.truncate(MAX_NAMED);
            lacking.push("…");
        }
        lacking.join(", ")
    }

    /// The columns whose labels are those of the table's own keys. If there are none, the first
    /// column whose label is that of a business number, and the first column.
    fn likely_keys(&self) -> Vec<(usize, Role)> {
        let labels = || self.labels.iter().enumerate();
        let labelled = |wanted: KeyLabel| {
            labels()
                .filter(move |(_, label)| key_label(label, &self.name_in_source) == Some(wanted))
        };
        let own: Vec<_> =
            labelled(KeyLabel::Own).map(|(at, _)| (at, Role::Key)).take(MAX_KEYS).collect();
        if !own.is_empty() {
            return own;
        }
        let number = labelled(KeyLabel::Number).map(|(at, _)| (at, Role::IfUnique)).take(1);
        let first = labels().take(1);
        let mut keys: Vec<_> = number.chain(first.map(|(at, _)| (at, Role::Silent))).collect();
        keys.dedup_by_key(|(at, _)| *at);
        keys
    }

    /// A reference of these columns. This is table number `table`.
    pub(super) fn reference(
        &self,
        table: usize,
        columns: Vec<usize>,
        known: Provenance,
    ) -> Reference {
        let labels = self.labels_of(&columns);
        Reference::new((table, &self.name), (columns, labels), known)
    }

    pub(super) fn labels_of(&self, columns: &[usize]) -> Vec<String> {
        columns.iter().map(|column| self.labels[*column].clone()).collect()
    }
}
