//! Collects the ids of keys, and samples of all other columns, while tables are read back from the
//! database. Several tables are read at the same time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ids::{Buffers, Hashing, Presence, entry};
use super::plan::TablePlan;
use super::sample::{Sample, priority};
use super::values::reference_stem;
use crate::check::sorting::{Entry, Sorted, Sorter};
use crate::error::{Error, Result};
use crate::record::Record;
use crate::scratch::TableObserver;

/// How many ids are held in memory at a time: 16 MiB of keys, and as many of references.
pub(super) const IDS_HELD: usize = 1 << 19;
/// How many ids a reader collects before it hands them over.
const BATCH: usize = 4096;

/// What was collected of all tables.
pub(super) struct Collected {
    shared: Mutex<Shared>,
}

struct Shared {
    ids: Sorter,
    tables: Vec<Option<TableCollected>>,
    /// Why the ids are incomplete: the records are read all the same.
    failed: Option<Error>,
}

/// What was collected of one table.
#[derive(Default)]
pub(super) struct TableCollected {
    pub(super) records: u64,
    /// For each key, the records where one of its cells is null or empty.
    pub(super) missing: Vec<u64>,
    /// For each column, unless nothing can be concluded from it.
    pub(super) samples: Vec<Option<Sample>>,
}

impl Collected {
    pub(super) fn new(tables: usize) -> Self {
        let ids = Sorter::holding(IDS_HELD, &Arc::default());
        let tables = (0..tables).map(|_| None).collect();
        Self { shared: Mutex::new(Shared { ids, tables, failed: None }) }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ids in order, and what else was collected of each table that was read.
    pub(super) fn finish(self) -> Result<(Sorted, Vec<Option<TableCollected>>)> {
        let shared = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        match shared.failed {
            Some(error) => Err(error),
            None => Ok((shared.ids.sorted(), shared.tables)),
        }
    }
}

/// Collects from the records of one table.
pub(super) struct TableCollector<'a> {
    plan: &'a TablePlan,
    at: usize,
    hashing: &'a Hashing,
    collected: &'a Collected,
    batch: Vec<Entry>,
    found: TableCollected,
    buffers: Buffers,
}

impl<'a> TableCollector<'a> {
    /// For the table at this place; all tables together have so many columns.
    pub(super) fn new(
        plan: &'a TablePlan,
        at: usize,
        columns: usize,
        hashing: &'a Hashing,
        collected: &'a Collected,
    ) -> Self {
        let is_known = |column: usize| {
            let keys = plan.keys.iter().map(|key| &key.columns);
            let references = plan.references.iter().map(|reference| &reference.columns);
            keys.chain(references).any(|columns| *columns == [column])
        };
        let sample = |column| (!is_known(column)).then(|| Sample::new(columns));
        let found = TableCollected {
            records: 0,
            missing: vec![0; plan.keys.len()],
            samples: (0..plan.labels.len()).map(sample).collect(),
        };
        let (batch, buffers) = (Vec::new(), Buffers::default());
        Self { plan, at, hashing, collected, batch, found, buffers }
    }

    fn hand_over(&mut self) {
        let mut shared = self.collected.lock();
        if shared.failed.is_none() {
            shared.failed = self.batch.iter().try_for_each(|id| shared.ids.push(*id)).err();
        }
        self.batch.clear();
    }
}

impl TableObserver for TableCollector<'_> {
    fn record(&mut self, number: u64, record: &Record) {
        let Self { plan, hashing, batch, found, buffers, .. } = self;
        found.records += 1;
        let keys = (plan.first_key..).zip(&plan.keys).zip(&mut found.missing);
        for ((number_of_key, key), missing) in keys {
            let push = |hash| {
                batch.push(entry(hash, number_of_key, number));
                Ok(())
            };
            let ids = hashing.ids(record, &key.columns, false, &plan.missing, buffers, push);
            *missing += u64::from(!matches!(ids, Ok(Presence::Ids)));
        }
        let priority = priority(number);
        for (cell, sample) in record.iter().zip(&mut found.samples) {
            if let Some(sample) = sample {
                sample.add(cell, priority, hashing, &plan.missing);
            }
        }
        if self.batch.len() >= BATCH {
            self.hand_over();
        }
    }

    fn finish(mut self: Box<Self>) {
        self.hand_over();
        for (sample, label) in self.found.samples.iter_mut().zip(&self.plan.labels) {
            // What is called a reference is looked up even if it holds small numbers.
            sample.take_if(|it| it.names_nothing() && reference_stem(label).is_none());
        }
        self.collected.lock().tables[self.at] = Some(self.found);
    }
}
