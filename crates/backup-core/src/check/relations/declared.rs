//! The targets of declared and given references, and which tables of a user's schema are meant.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::keys::{Key, Role};
use super::schema::{Schema, TableSchema, not_checked};
use super::tables::{MAX_KEYS, MAX_REFERENCES, Plan, TablePlan};
use crate::i18n::message;
use crate::joined::joined_in;
use crate::model::{self, Manifest, Provenance};
use crate::outcome::SkippedCheck;
use crate::table_names::{self, FoundTable};

/// The tables of a user's schema, by their positions in the manifest. A table that the archive does
/// not have is added to `skipped`.
pub(super) fn given<'a>(
    manifest: &Manifest,
    schema: Option<&'a Schema>,
    skipped: &mut Vec<SkippedCheck>,
) -> HashMap<usize, &'a TableSchema> {
    let named = table_names::TableNames::new(manifest.names());
    let joined = joined_in(manifest);
    // What is given for a table, or for any of its parts, is about its first part.
    let parts = joined.iter().flat_map(|it| it.parts.iter().map(move |part| (*part, it.parts[0])));
    let first_parts: HashMap<usize, usize> = parts.collect();
    let mut given_of = HashMap::new();
    let mut give = |at: usize, table: &'a TableSchema| {
        let at = first_parts.get(&at).copied().unwrap_or(at);
        match given_of.entry(at) {
            Entry::Vacant(entry) => {
                entry.insert(table);
                None
            }
            Entry::Occupied(_) => {
                Some(not_checked(message!("skipped-schema-part", table = &table.name)))
            }
        }
    };
    for table in schema.map_or(&[][..], |schema| &schema.tables) {
        let name = &table.name;
        match named.find(name) {
            FoundTable::One(at) => skipped.extend(give(at, table)),
            FoundTable::None => {
                let mut wholes = joined.iter().filter(|it| it.parts.len() > 1 && it.name == *name);
                match (wholes.next(), wholes.next()) {
                    (Some(whole), None) => skipped.extend(give(whole.parts[0], table)),
                    _ => {
                        skipped.push(not_checked(message!("skipped-schema-table", table = name)));
                    }
                }
            }
            FoundTable::Several(choices) => {
                let why = message!("skipped-ambiguous-schema", table = name, names = choices);
                skipped.push(not_checked(why));
            }
        }
    }
    given_of
}

impl Plan {
    /// Finds the targets of declared and given references, after all tables were added. `given` are
    /// the names of the archive's tables, and the table of the plan for each. If `may_add`, the
    /// ids of a target are collected although no key has these columns.
    pub(super) fn resolve(
        &mut self,
        given: &(table_names::TableNames, Vec<usize>),
        may_add: bool,
        skipped: &mut Vec<SkippedCheck>,
    ) {
        let names = TableNames::new(&self.tables, given);
        for (at, reference) in std::mem::take(&mut self.pending) {
            let target = names.find(&self.tables[self.references[at].table], &reference);
            skipped.extend(self.point(at, &reference, target, may_add));
        }
    }

    /// Points a declared or given reference at its target table. If the user gave it and it cannot
    /// be looked up, returns the reason.
    fn point(
        &mut self,
        at: usize,
        reference: &model::Reference,
        target: Option<usize>,
        may_add: bool,
    ) -> Option<SkippedCheck> {
        let model::Reference { target: names, known, .. } = reference;
        let width = self.references[at].columns.len();
        let key = target.and_then(|target| self.key_of(target, names, width, may_add));
        let name = target.map_or(&reference.table, |target| &self.tables[target].name).clone();
        let pointing = &mut self.references[at];
        pointing.point_at(key.into_iter().collect(), &self.keys);
        pointing.report.targets = vec![name];
        pointing.report.target_exported = target.is_some();
        if key.is_some() || *known != Provenance::Given {
            return None;
        }
        let (table, to) = (&self.tables[pointing.table].name, &reference.table);
        Some(not_checked(match target.map(|target| self.tables[target].lacking(names)) {
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
    fn key_of(
        &mut self,
        table: usize,
        names: &[String],
        width: usize,
        may_add: bool,
    ) -> Option<usize> {
        let plan = &self.tables[table];
        if names.is_empty() {
            let is_sure = |key: &&usize| {
                let Key { role, report, .. } = &self.keys[**key];
                *role == Role::Key && report.known != Provenance::Inferred
            };
            let own = plan.keys.iter().find(is_sure)?;
            return (self.keys[*own].columns.len() == width).then_some(*own);
        }
        let columns = plan.positions(names).filter(|columns| columns.len() == width)?;
        let has_room = plan.keys.len() < MAX_KEYS + MAX_REFERENCES;
        self.find_key(table, &columns).or_else(|| {
            let adds = may_add && has_room;
            adds.then(|| self.add_key(table, columns, Provenance::Declared, Role::Target))
        })
    }
}

/// The tables by name, as references name them.
struct TableNames<'a> {
    /// By the source and the name there: as it is, and in lower case. If several have the same
    /// name, the first is used.
    declared: HashMap<(Option<String>, String), usize>,
    given: &'a (table_names::TableNames, Vec<usize>),
}

impl<'a> TableNames<'a> {
    fn new(tables: &[TablePlan], given: &'a (table_names::TableNames, Vec<usize>)) -> Self {
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
            let (names, tables) = self.given;
            return match names.find(&reference.table) {
                FoundTable::One(at) => tables.get(at).copied(),
                FoundTable::None | FoundTable::Several(_) => None,
            };
        }
        let find = |name| self.declared.get(&(from.source.clone(), name)).copied();
        find(reference.table.clone()).or_else(|| find(reference.table.to_ascii_lowercase()))
    }
}
