//! Goes through every value of the columns that refer to others, and counts what became of them.

use std::sync::Arc;

use super::ids::{Hashing, Id, Ids, Sorted, Spill, each_in, holding, text_of};
use super::threads::side_by_side;
use super::values::{is_sentinel, parts};
use super::watch::{Buffers, Gathering, Named, id_of};
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint};
use crate::record::Record;
use crate::scratch::Scratch;

/// How many records of orphans are named.
const EXAMPLES: usize = 5;
/// How many records go by between two questions to the monitor.
const BETWEEN_ASKING: u64 = 16_384;

/// A reference to be counted.
pub(super) struct Counting<'a> {
    pub(super) columns: Vec<usize>,
    /// Whether a cell may hold several ids.
    pub(super) several: bool,
    /// Texts that stand for null, beside the usual ones.
    pub(super) missing: &'a [String],
    /// The keys that it points at; none if their tables are not here.
    pub(super) targets: Vec<&'a Sorted<Id>>,
}

/// What the values of a reference came to.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) null: u64,
    pub(super) sentinel: u64,
    pub(super) values: u64,
    pub(super) resolved: u64,
    pub(super) orphans: u64,
    /// The first records that hold orphans, counted from 1.
    pub(super) orphan_records: Vec<u64>,
}

/// Counts all references of one table; at most so many ids are held in memory.
pub(super) fn count(
    table: usize,
    references: &[Counting<'_>],
    gathering: &Gathering,
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
) -> Result<Vec<Counted>> {
    let Gathering { hashing, spill, most, threads, .. } = gathering;
    let most = most / references.len().max(1);
    let mut gathered: Vec<_> =
        references.iter().map(|_| (Counted::default(), holding(most, 1, spill))).collect();
    let mut columns: Vec<usize> =
        references.iter().flat_map(|reference| reference.columns.iter().copied()).collect();
    columns.sort_unstable();
    columns.dedup();
    // The columns are numbered anew among those that are read.
    let places: Vec<Vec<usize>> = references
        .iter()
        .map(|reference| {
            let place = |column: &usize| columns.iter().position(|it| it == column);
            reference.columns.iter().filter_map(place).collect()
        })
        .collect();
    let (mut number, mut buffers) = (0, Buffers::default());
    let mut text = Vec::new();
    scratch.read_columns(table, &columns, &mut |record| {
        number += 1;
        if number % BETWEEN_ASKING == 0 {
            checkpoint(monitor)?;
        }
        let each = references.iter().zip(&places).zip(&mut gathered);
        for ((reference, places), (counted, ids)) in each {
            let take = Take { reference, places, number, hashing };
            take.record(record, counted, ids, &mut buffers, &mut text)?;
        }
        Ok(())
    })?;
    let ids = gathered.iter().map(|(_, ids)| ids.held()).sum();
    let tasks: Vec<_> = gathered.into_iter().zip(references).collect();
    side_by_side(tasks, ids, *threads, |((mut counted, ids), reference)| {
        resolve(ids, reference, most, spill, &mut counted)?;
        Ok(counted)
    })
}

/// Takes what a reference has in one record.
struct Take<'a> {
    reference: &'a Counting<'a>,
    places: &'a [usize],
    number: u64,
    hashing: &'a Hashing,
}

impl Take<'_> {
    fn record(
        &self,
        record: &Record,
        counted: &mut Counted,
        ids: &mut Ids,
        buffers: &mut Buffers,
        text: &mut Vec<u8>,
    ) -> Result<()> {
        let Self { reference, places, number, hashing } = self;
        if let ([place], true) = (places, reference.several) {
            let Some(cell) = record.get(*place).and_then(|cell| text_of(cell, text)) else {
                counted.null += 1;
                return Ok(());
            };
            if is_sentinel(cell, reference.missing) {
                counted.sentinel += 1;
                return Ok(());
            }
            for part in parts(cell) {
                counted.values += 1;
                ids.push(hashing.id(part, *number))?;
            }
            return Ok(());
        }
        match id_of(record, places, *number, hashing, buffers, reference.missing) {
            Named::Null => counted.null += 1,
            Named::Sentinel => counted.sentinel += 1,
            Named::Id(id) => {
                counted.values += 1;
                ids.push(id)?;
            }
        }
        Ok(())
    }
}

/// Looks the ids up in one key after the other; what is in none is an orphan.
fn resolve(
    ids: Ids,
    reference: &Counting<'_>,
    most: usize,
    spill: &Arc<Spill>,
    counted: &mut Counted,
) -> Result<()> {
    if reference.targets.is_empty() {
        return Ok(());
    }
    let mut rest = ids.sorted();
    for target in &reference.targets {
        let mut missing = holding(most, 1, spill);
        each_in(&rest, target, |id, is_there| {
            if is_there {
                counted.resolved += 1;
                return Ok(());
            }
            missing.push(id)
        })?;
        rest = missing.sorted();
    }
    rest.each(|id| {
        counted.orphans += 1;
        let records = &mut counted.orphan_records;
        // The first ones, as ids are in no order of records.
        if let Err(at) = records.binary_search(&id.record) {
            records.insert(at, id.record);
            records.truncate(EXAMPLES);
        }
        Ok(())
    })
}
