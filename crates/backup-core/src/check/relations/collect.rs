//! Collects the ids of keys, of references, and of all columns that may be references, while tables
//! are read back from the database.

use std::collections::HashMap;

use super::ids::{Hashing, Presence, key_entry, reference_entry};
use super::plan::Plan;
use super::schema::Schema;
use crate::check::sorting::Sorter;
use crate::error::{Error, Result};
use crate::model::{Manifest, Origin};
use crate::observer::Observer;
use crate::record::{Record, Table};
use crate::report::Report;

/// The number of ids in memory: 32 MiB.
const IDS_HELD: usize = 1 << 20;

/// The plan of the check of keys and references, and the collected ids.
pub(crate) struct CheckPlan {
    pub(super) plan: Plan,
    hashing: Hashing,
    /// The ids of all keys, of all references, and of all columns that may be references.
    pub(super) ids: Sorter,
    /// The error that stopped the collection. Reading the records continues.
    pub(super) failed: Option<Error>,
    /// The indexes of the tables that were not read yet, by name.
    pub(super) places: HashMap<String, usize>,
    /// The table that is being read.
    open: Option<usize>,
}

impl CheckPlan {
    /// Creates a plan for the tables of an archive. What the user gave and cannot be checked is
    /// added to the skipped checks of the report.
    pub(crate) fn new(manifest: &Manifest, schema: Option<&Schema>, report: &mut Report) -> Self {
        let plan = Plan::new(manifest, schema, &mut report.skipped);
        let names = plan.tables.iter().enumerate().map(|(at, table)| (table.name.clone(), at));
        Self {
            places: names.collect(),
            hashing: Hashing::default(),
            ids: Sorter::holding(IDS_HELD),
            failed: None,
            open: None,
            plan,
        }
    }

    fn collect(&mut self, table: usize, number: u64, record: &Record) -> Result<()> {
        let Self { plan: Plan { tables, keys, references }, hashing, ids, .. } = self;
        let table = &tables[table];
        let null = &table.null_texts;
        for at in &table.keys {
            let key = &mut keys[*at];
            let push = |id| ids.push(key_entry(id, *at, number));
            let found = hashing.ids(record, &key.columns, false, null, push)?;
            key.report.records += 1;
            key.report.missing += u64::from(matches!(found, Presence::Null | Presence::Sentinel));
        }
        for at in &table.references {
            let reference = &mut references[*at];
            if reference.candidate.as_ref().is_some_and(|it| it.cannot_be_reference()) {
                continue;
            }
            let (is_candidate, report) = (reference.candidate.is_some(), &mut reference.report);
            let has_target = is_candidate || !reference.keys.is_empty();
            let push = |id| {
                report.values += 1;
                if has_target { ids.push(reference_entry(id, *at, number)) } else { Ok(()) }
            };
            let found = hashing.ids(record, &reference.columns, is_candidate, null, push)?;
            match (found, &mut reference.candidate) {
                (Presence::Null, _) => report.null += 1,
                (Presence::Sentinel, _) => report.null_by_sentinel += 1,
                (_, Some(candidate)) => candidate.add_cell(found == Presence::Distinctive),
                (_, None) => {}
            }
        }
        Ok(())
    }
}

impl Observer for CheckPlan {
    fn begin_table(&mut self, table: &Table, _: Option<&Origin>) {
        self.open = self.places.remove(&table.name);
    }

    fn record(&mut self, number: u64, record: &Record) {
        // After an error, the collected ids are useless, and collecting more would fail too.
        if let (Some(table), None) = (self.open, &self.failed) {
            self.failed = self.collect(table, number, record).err();
        }
    }
}
