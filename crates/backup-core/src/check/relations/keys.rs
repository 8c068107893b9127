//! Columns that are keys or references, and what was counted in them.

use std::collections::BTreeSet;

use super::candidate::{Candidate, Stated};
use super::ids::Found;
use super::labels::{Form, is_person, stem};
use super::values::FileCells;
use crate::model::{KeyReport, Provenance, ReferenceReport};
use crate::profile::Profile;
use crate::record::{Cell, Record};

/// The number of records with orphans that are named.
const EXAMPLES: usize = 5;

/// Columns that are or may be a key, or that are the target of a reference.
pub(super) struct Key {
    pub(super) table: usize,
    pub(super) columns: Vec<usize>,
    pub(super) role: Role,
    /// Whether it is a key whatever its values are: it is declared, given, or stated by a profile.
    pub(super) is_sure: bool,
    /// Whether several records have the same key on purpose.
    pub(super) may_repeat: bool,
    pub(super) report: KeyReport,
}

/// Why the ids of columns are collected as those of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A declared or given key, or one whose label is that of an id.
    Key,
    /// It is a key only if it is never null and unique in every record.
    IfUnique,
    /// As `IfUnique`, and it is listed only if a reference points at it: the first column of a
    /// table.
    Silent,
    /// It is only the target of a reference.
    Target,
    /// It is no key, as its values are not unique.
    No,
}

impl Key {
    pub(super) fn add_repeated(&mut self, record: u64) {
        let KeyReport { repeated, first_repeated, .. } = &mut self.report;
        *repeated += 1;
        *first_repeated = Some(first_repeated.map_or(record, |first| first.min(record)));
    }

    /// Whether references to it may be inferred.
    pub(super) fn is_target(&self) -> bool {
        !matches!(self.role, Role::Target | Role::No) && self.columns.len() == 1
    }

    /// Whether every record has its own value.
    pub(super) fn is_unique(&self) -> bool {
        let KeyReport { records, missing, repeated, .. } = self.report;
        records > 0 && missing == 0 && repeated == 0
    }

    /// Drops an inferred key if its values are not unique or are missing. A key with the label of
    /// an id and with a few such records is kept, and these are reported.
    pub(super) fn drop_unless_unique(&mut self) {
        if self.may_repeat {
            self.report.repeated = 0;
        }
        let KeyReport { records, missing, repeated, .. } = self.report;
        let few = if self.role == Role::Key { (records / 100).max(1) } else { 0 };
        let is_empty_key = records == 0 && self.role == Role::Key;
        let is_unique = repeated <= few && missing <= few && records > repeated + missing;
        if !self.is_sure && !is_unique && !is_empty_key {
            self.role = Role::No;
        }
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
    /// How the cells name files, if this is a reference to files.
    pub(super) files: Option<FileCells>,
    /// The number of different ids that name no record, and of those that name one.
    pub(super) distinct: [u64; 2],
    pub(super) report: ReferenceReport,
}

impl Reference {
    /// A reference of these columns of table number `table`, with this name and these labels.
    pub(super) fn new(
        (table, name): (usize, &str),
        (columns, labels): (Vec<usize>, Vec<String>),
        known: Provenance,
    ) -> Self {
        let report = ReferenceReport {
            table: name.to_owned(),
            columns: labels,
            known,
            ..ReferenceReport::default()
        };
        let (keys, candidate, files, distinct) = (Vec::new(), None, None, [0; 2]);
        Self { table, columns, keys, candidate, files, distinct, report }
    }

    /// The name of the table that another cell of the record states as the target.
    pub(super) fn target<'a>(&self, record: &'a Record) -> Option<&'a str> {
        let column = self.candidate.as_ref()?.stated.target_column?;
        match record.get(column)? {
            Cell::Text(text) => text.to_str().map(str::trim).filter(|name| !name.is_empty()),
            _ => None,
        }
    }

    /// The reference of the same column to the table with this name.
    pub(super) fn to_table(&self, name: &str) -> Self {
        let stated = Stated {
            targets: vec![name.to_owned()],
            ..self.candidate.as_ref().map(|it| it.stated.clone()).unwrap_or_default()
        };
        let mut candidate = Candidate::default();
        (candidate.form, candidate.stated) = (Form::Lookup, stated);
        let ReferenceReport { table, columns, known, .. } = self.report.clone();
        Self {
            table: self.table,
            columns: self.columns.clone(),
            keys: Vec::new(),
            candidate: Some(candidate),
            files: None,
            distinct: [0; 2],
            report: ReferenceReport { table, columns, known, ..ReferenceReport::default() },
        }
    }

    pub(super) fn point_at(&mut self, targets: Vec<usize>, keys: &[Key]) {
        let tables = targets.iter().map(|key| keys[*key].report.table.clone());
        self.report.targets = tables.collect();
        (self.report.target_exported, self.report.looked_up) =
            (!targets.is_empty(), !targets.is_empty());
        self.keys = targets;
    }

    /// Whether its ids were counted when hits were: the targets of declared references are known
    /// before, and a candidate whose only key has all ids has no orphans.
    pub(super) fn is_looked_up(&mut self) -> bool {
        let (Some(candidate), [key]) = (&self.candidate, &self.keys[..]) else {
            return self.candidate.is_none() || self.keys.is_empty();
        };
        let hits = candidate.hits.get(key).copied().unwrap_or_default();
        let is_complete = hits == self.report.values;
        if is_complete {
            self.report.resolved = hits;
        }
        is_complete
    }

    /// Counts an id as resolved or as an orphan.
    pub(super) fn look_up(&mut self, id: &Found<'_>) {
        let ReferenceReport { resolved, orphans, orphan_records, .. } = &mut self.report;
        let record = id.record;
        let is_resolved = self.keys.iter().any(|key| id.keys.binary_search(key).is_ok());
        self.distinct[usize::from(is_resolved)] += u64::from(id.is_first);
        if is_resolved {
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
        if !candidate.is_by_values_only() || *orphans * 5 <= *values {
            return false;
        }
        (*resolved, *orphans, self.distinct) = (0, 0, [0; 2]);
        orphan_records.clear();
        let otherwise = candidate.fall_back();
        self.report.inferred_from = candidate.basis;
        self.point_at(otherwise.into_iter().collect(), keys);
        !self.keys.is_empty()
    }

    /// If the export has no table for this candidate, all ids are orphans; the starts of the ids may
    /// tell the tables.
    pub(super) fn end_without_table(&mut self, profile: Option<&Profile>) {
        let Some(candidate) = self.candidate.as_ref().filter(|_| self.keys.is_empty()) else {
            return;
        };
        self.report.orphans = self.report.values;
        let stated = candidate.stated.targets.iter();
        let targets: BTreeSet<_> =
            stated.chain(candidate.tables_of_prefixes(profile)).cloned().collect();
        let labels = &mut self.report.columns.iter();
        self.report.is_of_persons = labels.any(|label| is_person(&stem(label)));
        self.report.targets = targets.into_iter().collect();
    }

    /// Whether the label is that of ids, and no table was found that has them.
    pub(super) fn may_lack_table(&self) -> bool {
        let candidate = self.candidate.as_ref();
        candidate.is_some_and(|it| it.form == Form::Id && it.basis.is_none() && it.cells > 1)
    }

    /// Whether it is a reference. A candidate without a target is one only if its label says so.
    pub(super) fn is_reference(&self) -> bool {
        match &self.candidate {
            Some(candidate) => candidate.basis.is_some() && self.report.values > 0,
            None => self.files.is_none(),
        }
    }
}
