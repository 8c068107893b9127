//! Collects the ids of keys, and samples of all other columns, while tables are read back from the
//! database.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::ids::{Buffers, Hashing, Presence, entry};
use super::plan::Plan;
use super::sample::{Sample, priority};
use super::schema::Schema;
use super::values::reference_stem;
use crate::check::sorting::Sorter;
use crate::error::Error;
use crate::model::Manifest;
use crate::record::{Record, Table};
use crate::report::Report;
use crate::scratch::Observer;

/// How many ids are held in memory at a time: 16 MiB of keys, and as many of references.
pub(super) const IDS_HELD: usize = 1 << 19;

/// For each table that was read, a sample of each of its columns, unless nothing can be concluded from it.
pub(super) type Samples = BTreeMap<usize, Vec<Option<Sample>>>;

/// What is checked of keys and references, and what was collected for it.
pub(crate) struct CheckPlan {
    pub(super) plan: Plan,
    pub(super) hashing: Hashing,
    /// The ids of all keys.
    pub(super) ids: Sorter,
    /// Why the ids are incomplete. The records are read all the same.
    pub(super) failed: Option<Error>,
    pub(super) samples: Samples,
    /// The tables and columns that are a key or a reference by themselves.
    known: HashSet<(usize, usize)>,
    /// The places of the tables by their names.
    places: HashMap<String, usize>,
    /// How many columns all tables have.
    columns: usize,
    /// The table that is being read.
    open: Option<usize>,
    buffers: Buffers,
}

impl CheckPlan {
    /// Plans for the tables of an archive; what was given and cannot be checked is noted in the report.
    pub(crate) fn new(manifest: &Manifest, schema: Option<&Schema>, report: &mut Report) -> Self {
        let plan = Plan::new(manifest, schema, &mut report.skipped);
        let names = plan.tables.iter().enumerate().map(|(at, table)| (table.name.clone(), at));
        let keys = plan.keys.iter().map(|key| (key.table, &key.columns));
        let references = plan.references.iter().map(|it| (it.table, &it.columns));
        let known = keys.chain(references).filter(|(_, columns)| columns.len() == 1);
        Self {
            known: known.map(|(table, columns)| (table, columns[0])).collect(),
            places: names.collect(),
            columns: plan.tables.iter().map(|table| table.labels.len()).sum(),
            hashing: Hashing::new(),
            ids: Sorter::holding(IDS_HELD),
            failed: None,
            samples: Samples::new(),
            open: None,
            buffers: Buffers::default(),
            plan,
        }
    }
}

impl Observer for CheckPlan {
    fn begin_table(&mut self, table: &Table) {
        self.open = self.places.get(&table.name).copied();
        if let Some(at) = self.open {
            let columns = 0..self.plan.tables[at].labels.len();
            let is_known = |column| self.known.contains(&(at, column));
            let sample = |column| (!is_known(column)).then(|| Sample::new(self.columns));
            self.samples.insert(at, columns.map(sample).collect());
        }
    }

    fn record(&mut self, number: u64, record: &Record) {
        let Self { plan: Plan { tables, keys, .. }, hashing, ids, failed, buffers, .. } = self;
        let Some(at) = self.open else { return };
        let table = &tables[at];
        // After an error the ids are of no use, and each more would be tried in vain.
        let table_keys = if failed.is_some() { &[][..] } else { &table.keys[..] };
        for key in table_keys {
            let push = |id| ids.push(entry(id, *key, number));
            let columns = &keys[*key].columns;
            let found = hashing.ids(record, columns, false, &table.null_texts, buffers, push);
            let report = &mut keys[*key].report;
            report.records += 1;
            match found {
                Ok(Presence::Ids) => {}
                Ok(_) => report.missing += 1,
                Err(error) => drop(failed.get_or_insert(error)),
            }
        }
        let priority = priority(number);
        let samples = self.samples.get_mut(&at).into_iter().flatten();
        for (cell, sample) in record.iter().zip(samples) {
            if let Some(sample) = sample {
                sample.add(cell, priority, hashing, &table.null_texts);
            }
        }
    }

    fn end_table(&mut self) {
        let Some(at) = self.open.take() else { return };
        let samples = self.samples.get_mut(&at).into_iter().flatten();
        for (sample, label) in samples.zip(&self.plan.tables[at].labels) {
            // A column that is named like a reference is looked up even if it holds small numbers.
            sample.take_if(|it| it.names_nothing() && reference_stem(label).is_none());
        }
    }
}
