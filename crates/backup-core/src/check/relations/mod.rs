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
//! their types, and two tables may lie in two databases. Ids are hashed, and all keys and all references
//! sorted once each.

mod collect;
mod findings;
mod ids;
mod infer;
mod plan;
mod sample;
mod schema;
mod values;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

pub use self::schema::Schema;
pub(crate) use self::values::{KeyLabel, key_label};

use self::collect::{Collected, IDS_HELD, TableCollected, TableCollector};
use self::ids::{Buffers, Hashing, KeyIds, Presence, entry, parts_of};
use self::infer::{Candidate, SampledIds, Target, TargetNames};
use self::plan::{Aim, TablePlan, plans};
use super::sorting::{Sorted, Sorter};
use crate::error::Result;
use crate::model::{KeyReport, Manifest, Provenance, ReferenceReport};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Record, Table};
use crate::report::Report;
use crate::scratch::{Observer, Scratch, TableObserver};

/// How many records with orphans are named.
const EXAMPLES: usize = 5;
/// How many records or ids are processed between two calls of the monitor.
const CHECKPOINT: u64 = 16_384;

/// What is checked of keys and references, and what was collected for it.
pub(crate) struct CheckPlan {
    tables: Vec<TablePlan>,
    /// The places of the tables by their names.
    places: HashMap<String, usize>,
    /// How many columns all tables have.
    columns: usize,
    hashing: Hashing,
    collected: Collected,
}

/// A restored database, and its tables with their indexes.
pub(crate) struct Database<'a> {
    pub(crate) scratch: &'a mut dyn Scratch,
    pub(crate) tables: &'a [(usize, Table)],
}

impl Observer for CheckPlan {
    fn table<'a>(&'a self, table: &Table) -> Box<dyn TableObserver + Send + 'a> {
        match self.places.get(&table.name) {
            Some(at) => {
                let Self { tables, columns, hashing, collected, .. } = self;
                let plan = &tables[*at];
                Box::new(TableCollector::new(plan, *at, *columns, hashing, collected))
            }
            None => Box::new(()),
        }
    }
}

impl CheckPlan {
    /// Plans for the tables of an archive; what was given and cannot be checked is noted in the report.
    pub(crate) fn new(manifest: &Manifest, schema: Option<&Schema>, report: &mut Report) -> Self {
        let tables = plans(manifest, schema, &mut report.not_looked_at);
        let names = tables.iter().enumerate().map(|(at, plan)| (plan.name.clone(), at));
        Self {
            places: names.collect(),
            columns: tables.iter().map(|plan| plan.labels.len()).sum(),
            hashing: Hashing::new(),
            collected: Collected::new(tables.len()),
            tables,
        }
    }

    /// Concludes from what was collected, looks up every reference, and reports what was found.
    pub(crate) fn finish(
        self,
        database: Database<'_>,
        monitor: &dyn Monitor,
        report: &mut Report,
    ) -> Result<()> {
        let Self { tables, hashing, collected, .. } = self;
        let (ids, collected) = collected.finish()?;
        // A table that was not read back has failed the proof already.
        let Some(collected) = collected.into_iter().collect::<Option<Vec<_>>>() else {
            return Ok(());
        };
        let mut keys = keys(&tables, &collected);
        let inferred = infer(&tables, &collected, &ids, &mut keys, monitor)?;
        drop(collected);
        let mut references: Vec<Vec<Reference>> =
            (0..tables.len()).map(|at| declared_or_given(&tables, at)).collect();
        for reference in inferred {
            references[reference.table].push(reference);
        }
        let mut references: Vec<Reference> = references.into_iter().flatten().collect();
        look_up(&tables, &mut references, &ids, &hashing, database, monitor)?;
        references.retain(Reference::is_one);
        report.references = references.into_iter().map(|it| it.report).collect();
        report.keys = keys.into_iter().filter(|key| key.is_key).map(|key| key.report).collect();
        findings::add(report);
        Ok(())
    }
}

/// What was found of a key.
struct Key {
    table: usize,
    /// Of one column, which is known or may be a key.
    is_target: bool,
    only_if_unique: bool,
    /// Whether it is a key, and not only what references point at.
    is_key: bool,
    report: KeyReport,
}

fn keys(tables: &[TablePlan], collected: &[TableCollected]) -> Vec<Key> {
    let mut keys = Vec::new();
    for (table, (plan, collected)) in tables.iter().zip(collected).enumerate() {
        for (key, missing) in plan.keys.iter().zip(&collected.missing) {
            keys.push(Key {
                table,
                is_target: key.known.is_some() && key.columns.len() == 1,
                only_if_unique: key.only_if_unique,
                is_key: key.known.is_some(),
                report: KeyReport {
                    table: plan.name.clone(),
                    columns: plan.names(&key.columns),
                    known: key.known.unwrap_or(Provenance::Inferred),
                    records: collected.records,
                    missing: *missing,
                    repeated: 0,
                    first_repeated: None,
                },
            });
        }
    }
    keys
}

impl Key {
    fn add_repeated(&mut self, record: u64) {
        let KeyReport { repeated, first_repeated, .. } = &mut self.report;
        *repeated += 1;
        *first_repeated = Some(first_repeated.map_or(record, |first| first.min(record)));
    }

    /// Drops what is named as a key is, and is none. One that nearly is has something to report.
    fn judge(&mut self) {
        let KeyReport { known, records, missing, repeated, .. } = self.report;
        let few = if self.only_if_unique { 0 } else { (records / 100).max(1) };
        let is_unique = repeated <= few && missing <= few && records > repeated + missing;
        self.is_key &= known != Provenance::Inferred || is_unique;
    }
}

/// A reference, and what was found of it.
struct Reference {
    table: usize,
    columns: Vec<usize>,
    /// The keys that it points at; none if their tables are not in the archive.
    keys: Vec<usize>,
    /// Whether nothing but values says so.
    by_values: bool,
    report: ReferenceReport,
}

impl Reference {
    fn new(
        tables: &[TablePlan],
        table: usize,
        columns: &[usize],
        known: Provenance,
        keys: Vec<usize>,
    ) -> Self {
        let plan = &tables[table];
        let report = ReferenceReport {
            table: plan.name.clone(),
            columns: plan.names(columns),
            known,
            targets: Vec::new(),
            target_exported: true,
            looked_up: !keys.is_empty(),
            null: 0,
            null_by_sentinel: 0,
            values: 0,
            resolved: 0,
            orphans: 0,
            orphan_records: Vec::new(),
        };
        Self { table, columns: columns.to_vec(), keys, by_values: false, report }
    }

    fn add_orphan(&mut self, record: u64) {
        let ReferenceReport { orphans, orphan_records, .. } = &mut self.report;
        *orphans += 1;
        // The first ones, as ids are in no order of records.
        if let Err(at) = orphan_records.binary_search(&record) {
            orphan_records.insert(at, record);
            orphan_records.truncate(EXAMPLES);
        }
    }

    /// Whether it is one: not if it was inferred from a sample, and all values say otherwise.
    fn is_one(&self) -> bool {
        let ReferenceReport { orphans, values, .. } = self.report;
        !(self.by_values && orphans.saturating_mul(5) > values)
    }
}

/// The references of a table that were declared or given.
fn declared_or_given(tables: &[TablePlan], table: usize) -> Vec<Reference> {
    let references = tables[table].references.iter().map(|plan| {
        let (name, key) = match plan.aim {
            Aim::Key(to, key) => (&tables[to].name, Some(tables[to].first_key + key)),
            Aim::NoKey(to) => (&tables[to].name, None),
            Aim::NotExported => (&plan.table, None),
        };
        let keys = key.into_iter().collect();
        let mut reference = Reference::new(tables, table, &plan.columns, plan.known, keys);
        reference.report.targets = vec![name.clone()];
        reference.report.target_exported = plan.aim != Aim::NotExported;
        reference
    });
    references.collect()
}

/// Finds which keys repeat, and infers references from names and samples.
fn infer(
    tables: &[TablePlan],
    collected: &[TableCollected],
    ids: &Sorted,
    keys: &mut [Key],
    monitor: &dyn Monitor,
) -> Result<Vec<Reference>> {
    let targets = |keys: &[Key], is_target: fn(&Key) -> bool| -> Vec<Target<'_>> {
        let targets = keys.iter().enumerate().filter(|(_, key)| is_target(key));
        let target = |(key, it): (usize, &Key)| {
            let table = it.table;
            Target { key, table, name: &tables[table].name }
        };
        targets.map(target).collect()
    };
    let names = TargetNames::new(&targets(keys, |key| key.is_target));
    let (mut candidates, mut samples) = (Vec::new(), Vec::new());
    for (table, (plan, collected)) in tables.iter().zip(collected).enumerate() {
        for (column, sample) in collected.samples.iter().enumerate() {
            let Some(sample) = sample else { continue };
            samples.push((candidates.len(), sample));
            let label = &plan.labels[column];
            candidates.push(Candidate::new((table, column), label, sample, &names));
        }
    }
    let mut sampled = SampledIds::new(samples.into_iter());
    let mut all = KeyIds::new(ids)?;
    for count in 0u64.. {
        if count.is_multiple_of(CHECKPOINT) {
            checkpoint(monitor)?;
        }
        let Some(id) = all.next(|key, record| keys[key].add_repeated(record))? else { break };
        sampled.count(&id, &all.keys, &mut candidates);
    }
    keys.iter_mut().for_each(Key::judge);
    let targets = targets(keys, |key| key.is_target && key.is_key);
    let reference = |candidate: &Candidate| {
        let found = candidate.inferred(&targets)?;
        let Candidate { table, column, .. } = *candidate;
        let named = found.keys.iter().map(|key| tables[keys[*key].table].name.clone()).collect();
        let mut reference =
            Reference::new(tables, table, &[column], Provenance::Inferred, found.keys);
        reference.report.targets = named;
        reference.by_values = !found.by_name;
        Some(reference)
    };
    Ok(candidates.iter().filter_map(reference).collect())
}

/// Reads the columns of all references, and looks their ids up among the ids of keys.
fn look_up(
    plans: &[TablePlan],
    references: &mut [Reference],
    keys: &Sorted,
    hashing: &Hashing,
    database: Database<'_>,
    monitor: &dyn Monitor,
) -> Result<()> {
    let Database { scratch, tables } = database;
    let indexes: HashMap<&str, usize> =
        tables.iter().map(|(index, table)| (table.name.as_str(), *index)).collect();
    let mut ids = Sorter::holding(IDS_HELD, &Arc::default());
    let mut first = 0;
    for references in references.chunk_by_mut(|one, other| one.table == other.table) {
        let plan = &plans[references[0].table];
        if let Some(index) = indexes.get(plan.name.as_str()) {
            let columns: BTreeSet<usize> =
                references.iter().flat_map(|reference| &reference.columns).copied().collect();
            let columns: Vec<usize> = columns.into_iter().collect();
            let mut reader = ReferenceReader::new(plan, references, first, &columns, hashing);
            let mut number = 0;
            scratch.read_columns(*index, &columns, &mut |record| {
                number += 1;
                if number % CHECKPOINT == 0 {
                    checkpoint(monitor)?;
                }
                reader.record(number, record, &mut ids)
            })?;
        }
        first += references.len();
    }
    let (ids, mut keys) = (ids.sorted(), KeyIds::new(keys)?);
    let mut ids = ids.merge()?;
    let mut key_id = keys.next(|_, _| ())?;
    for count in 0u64.. {
        if count.is_multiple_of(CHECKPOINT) {
            checkpoint(monitor)?;
        }
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

/// Takes the ids of all references of one table.
struct ReferenceReader<'a> {
    plan: &'a TablePlan,
    references: &'a mut [Reference],
    /// The number of the first of them among all references.
    first: usize,
    /// For each, the places of its columns among those that are read.
    places: Vec<Vec<usize>>,
    hashing: &'a Hashing,
    buffers: Buffers,
}

impl<'a> ReferenceReader<'a> {
    fn new(
        plan: &'a TablePlan,
        references: &'a mut [Reference],
        first: usize,
        columns: &[usize],
        hashing: &'a Hashing,
    ) -> Self {
        let place = |column: &usize| columns.binary_search(column).ok();
        let places = |reference: &Reference| reference.columns.iter().filter_map(place).collect();
        let places = references.iter().map(places).collect();
        Self { plan, references, first, places, hashing, buffers: Buffers::default() }
    }

    fn record(&mut self, number: u64, record: &Record, ids: &mut Sorter) -> Result<()> {
        let Self { plan, references, first, places, hashing, buffers } = self;
        for (at, (reference, places)) in (*first..).zip(references.iter_mut().zip(places)) {
            let Reference { keys, report, .. } = reference;
            // Inferred references were looked for in cells with several ids.
            let several = report.known == Provenance::Inferred;
            let push = |id| {
                report.values += 1;
                if keys.is_empty() { Ok(()) } else { ids.push(entry(id, at, number)) }
            };
            match hashing.ids(record, places, several, &plan.missing, buffers, push)? {
                Presence::Ids => {}
                Presence::Null => report.null += 1,
                Presence::Sentinel => report.null_by_sentinel += 1,
            }
        }
        Ok(())
    }
}
