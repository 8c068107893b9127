//! Checks on the restored database other than equality: are its keys unique and present, and does every
//! reference name a record?
//!
//! ```text
//! archive's manifest ┐
//! the user's schema  ├─▶ plan ─▶ collect (while tables are read back) ─▶ infer ─▶ look up ─▶ report
//! names of columns   ┘
//! ```
//!
//! Nothing here can fail a backup: the content id proves that what is in the database is what was in
//! the source, so an orphan was there before. Only record numbers are reported, never cells.
//!
//! The scratch database is not asked to join: what is the same id depends on the text of cells, whatever
//! their types. Ids are hashed, and all keys and all references sorted once each.

mod collect;
mod findings;
mod ids;
mod infer;
mod plan;
mod sample;
mod schema;
mod values;

use std::collections::{BTreeSet, HashMap};

pub(crate) use self::collect::CheckPlan;
pub use self::schema::{Schema, TableSchema};
pub(crate) use self::values::{KeyLabel, key_label};

use self::collect::IDS_HELD;
use self::ids::{Buffers, Hashing, KeyIds, Presence, entry, parts_of};
use self::plan::{Plan, Reference};
use super::sorting::{Sorted, Sorter};
use crate::error::Result;
use crate::model::Provenance;
use crate::monitor::{Monitor, checkpoint_every};
use crate::record::Table;
use crate::report::Report;
use crate::scratch::Scratch;

/// A restored database, and its tables with their indexes.
pub(crate) struct Database<'a> {
    pub(crate) scratch: &'a mut dyn Scratch,
    pub(crate) tables: &'a [(usize, Table)],
}

impl CheckPlan {
    /// Concludes from what was collected, looks up every reference, and reports what was found.
    pub(crate) fn finish(
        self,
        database: Database<'_>,
        monitor: &dyn Monitor,
        report: &mut Report,
    ) -> Result<()> {
        let Self { mut plan, hashing, ids, failed, samples, .. } = self;
        failed.map_or(Ok(()), Err)?;
        // A table that was not read back has failed the proof already.
        if samples.len() < plan.tables.len() {
            return Ok(());
        }
        let ids = ids.sorted()?;
        infer::infer(&mut plan, &samples, &ids, monitor)?;
        drop(samples);
        look_up(&mut plan, &ids, &hashing, database, monitor)?;
        let references = plan.references.into_iter().filter(Reference::is_reference);
        report.results.references = references.map(|reference| reference.report).collect();
        report.results.keys =
            plan.keys.into_iter().filter(|key| key.is_key).map(|key| key.report).collect();
        findings::add(report);
        Ok(())
    }
}

/// Reads the columns of all references, and looks their ids up among the ids of keys.
fn look_up(
    plan: &mut Plan,
    keys: &Sorted,
    hashing: &Hashing,
    Database { scratch, tables }: Database<'_>,
    monitor: &dyn Monitor,
) -> Result<()> {
    let Plan { tables: plans, references, .. } = plan;
    let indexes: HashMap<&str, usize> =
        tables.iter().map(|(index, table)| (table.name.as_str(), *index)).collect();
    let mut ids = Sorter::holding(IDS_HELD);
    let (mut first, mut buffers) = (0, Buffers::default());
    for references in references.chunk_by_mut(|one, other| one.table == other.table) {
        let plan = &plans[references[0].table];
        let columns = references.iter().flat_map(|reference| &reference.columns).copied();
        let columns: Vec<usize> = columns.collect::<BTreeSet<_>>().into_iter().collect();
        // The places of the columns of each reference among those that are read.
        let places = references.iter().map(|reference| -> Vec<usize> {
            reference
                .columns
                .iter()
                .filter_map(|column| columns.binary_search(column).ok())
                .collect()
        });
        let places: Vec<_> = places.collect();
        let mut number = 0;
        scratch.read_columns(indexes[plan.name.as_str()], &columns, &mut |record| {
            number += 1;
            checkpoint_every(number, monitor)?;
            for (at, (reference, places)) in (first..).zip(references.iter_mut().zip(&places)) {
                let Reference { keys, report, .. } = reference;
                // Inferred references were looked for in cells with several ids.
                let several = report.known == Provenance::Inferred;
                let push = |id| {
                    report.values += 1;
                    if keys.is_empty() { Ok(()) } else { ids.push(entry(id, at, number)) }
                };
                let null = &plan.null_texts;
                match hashing.ids(record, places, several, null, &mut buffers, push)? {
                    Presence::Ids => {}
                    Presence::Null => report.null += 1,
                    Presence::Sentinel => report.null_by_sentinel += 1,
                }
            }
            Ok(())
        })?;
        first += references.len();
    }
    let (ids, mut keys) = (ids.sorted()?, KeyIds::new(keys)?);
    let mut ids = ids.merge()?;
    let mut key_id = keys.next(|_, _| ())?;
    for count in 0u64.. {
        checkpoint_every(count, monitor)?;
        let Some((id, reference, record)) = ids.next()?.map(parts_of) else { break };
        while key_id.is_some_and(|key_id| key_id < id) {
            key_id = keys.next(|_, _| ())?;
        }
        let reference = &mut references[reference];
        let has_it = |key| key_id == Some(id) && keys.keys.binary_search(key).is_ok();
        match reference.keys.iter().any(has_it) {
            true => reference.report.resolved += 1,
            false => reference.add_orphan(record),
        }
    }
    Ok(())
}
