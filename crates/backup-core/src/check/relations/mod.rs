//! What is asked of a restored database beside whether it is the same: are its keys unique and
//! present, does every reference name a record, and are values what the user says of them?
//!
//! ```text
//! archive's manifest ┐
//! the user's schema  ├─▶ plan ─▶ watch (while tables are read back) ─▶ infer ─▶ count ─▶ report
//! names of columns   ┘
//! ```
//!
//! Nothing here can fail a backup: the content id proves that what is in the database is what was in
//! the source, so an orphan was there before. Only record numbers are ever told, never cells.

mod ids;
mod infer;
mod plan;
mod references;
mod sample;
mod say;
mod schema;
mod threads;
mod types;
mod values;
mod watch;

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

pub use self::schema::Schema;
pub(crate) use self::values::{KeyLabel, key_label};
pub(crate) use self::watch::TableWatch;

use self::ids::{Hashing, Sorted};
use self::infer::{Candidate, Inferred, Target, infer};
use self::plan::{Aim, TablePlan, plans};
use self::references::{Counted, Counting};
use self::threads::side_by_side;
use self::watch::{FieldWatch, Gathering};
use crate::archive::package::{Known, Manifest};
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint};
use crate::record::Table;
use crate::report::Report;
use crate::scratch::Scratch;

/// How many ids of all keys (a few of each, beyond 4,096 keys), and how many of all references of a table, are held in memory; 24 bytes
/// each.
const MOST_IDS: usize = 1 << 20;

/// A key, and what was found of it in the restored database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyReport {
    /// The table.
    pub table: String,
    /// The labels of its columns.
    pub columns: Vec<String>,
    /// How it is known to be a key.
    pub known: Known,
    /// How many records there are.
    pub records: u64,
    /// How many of them have a cell in it that is null or empty.
    pub missing: u64,
    /// How many of them have a key that a record before them has.
    pub repeated: u64,
    /// The first such record, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_repeated: Option<u64>,
}

/// A reference, and what was found of it in the restored database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReferenceReport {
    /// The table.
    pub table: String,
    /// The labels of its columns.
    pub columns: Vec<String>,
    /// How it is known to be a reference.
    pub known: Known,
    /// The tables that it refers to: one, mostly.
    pub targets: Vec<String>,
    /// Whether one of them, at least, is in the archive.
    pub target_exported: bool,
    /// Whether the ids were looked up: not without a table, or if that has no such key.
    pub looked_up: bool,
    /// How many records refer to nothing: their cell is null or empty.
    pub null: u64,
    /// How many do, by a text that stands for null.
    pub null_by_sentinel: u64,
    /// How many ids there are; a cell may hold several.
    pub values: u64,
    /// How many of them name a record.
    pub resolved: u64,
    /// How many of them name none.
    pub orphans: u64,
    /// The first records that hold such, counted from 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orphan_records: Vec<u64>,
}

/// What is asked of keys and references.
pub(crate) struct Asked {
    plans: Vec<TablePlan>,
    /// By the name of the table: where its plan stands among them.
    places: HashMap<String, usize>,
    gathering: Gathering,
}

/// A table in the database, and what was gathered of it.
pub(crate) struct Watched {
    pub(crate) index: usize,
    pub(crate) table: String,
    pub(crate) watch: TableWatch,
}

impl Asked {
    /// Of the tables of an archive; what was given and cannot be looked at is noted in the report.
    pub(crate) fn of(
        manifest: &Manifest,
        schema: Option<&Schema>,
        threads: usize,
        report: &mut Report,
    ) -> Self {
        let plans = plans(manifest, schema, &mut report.not_looked_at);
        let keys: usize = plans.iter().map(|plan| plan.keys.len()).sum();
        let most = (MOST_IDS / keys.max(1)).next_power_of_two() / 2;
        let columns = plans.iter().map(|plan| plan.labels.len()).sum();
        let (hashing, spill) = (Hashing::new(), Arc::default());
        let gathering = Gathering { hashing, spill, most, columns, threads };
        let names = plans.iter().enumerate();
        let places = names.map(|(at, plan)| (plan.name.clone(), at)).collect();
        Self { plans, places, gathering }
    }

    /// What is to be gathered of a table.
    pub(crate) fn watch(&self, table: &Table) -> TableWatch {
        self.places.get(&table.name).map_or_else(TableWatch::nothing, |at| {
            TableWatch::new(&self.plans[*at], &self.gathering)
        })
    }

    /// Concludes from what was gathered, looks at every reference, and says what there is.
    pub(crate) fn answer(
        self,
        watched: Vec<Watched>,
        scratch: &mut dyn Scratch,
        monitor: &dyn Monitor,
        report: &mut Report,
    ) -> Result<()> {
        let mut tables: Vec<Option<Gathered<'_>>> = self.plans.iter().map(|_| None).collect();
        let keys = watched.iter().flat_map(|it| &it.watch.keys);
        let ids = keys.map(|key| key.ids.held()).sum();
        let gathered = side_by_side(
            watched,
            ids,
            self.gathering.threads,
            |Watched { index, table, mut watch }| {
                checkpoint(monitor)?;
                if let Some(error) = watch.failed.take() {
                    return Err(error);
                }
                let at = self.places.get(&table).copied();
                at.map(|at| Ok((at, Gathered::of(index, &self.plans[at], watch)?))).transpose()
            },
        )?;
        for (at, table) in gathered.into_iter().flatten() {
            tables[at] = Some(table);
        }
        // A table that was not read back has failed the proof already.
        let Some(tables) = tables.into_iter().collect::<Option<Vec<_>>>() else { return Ok(()) };
        let mut inferred_of: Vec<Vec<Reference>> = tables.iter().map(|_| Vec::new()).collect();
        for reference in inferred(&tables, monitor)? {
            inferred_of[reference.table].push(reference);
        }
        let gathering = Gathering { most: MOST_IDS, ..self.gathering };
        let mut found = Vec::new();
        for (at, table) in tables.iter().enumerate() {
            checkpoint(monitor)?;
            let mut references = known_of(at, &tables);
            references.append(&mut inferred_of[at]);
            if references.is_empty() {
                continue;
            }
            let counting: Vec<_> = references.iter().map(|one| one.counting(&tables)).collect();
            let counted = references::count(table.index, &counting, &gathering, scratch, monitor)?;
            let reports = references.iter().zip(counted);
            found.extend(reports.filter_map(|(it, counted)| it.report(&tables, counted)));
        }
        report.keys = tables.iter().flat_map(Gathered::reports).collect();
        report.references = found;
        say::all(report);
        tables.iter().for_each(|table| say::of_values(table, report));
        Ok(())
    }
}

/// A table, and its keys in order.
struct Gathered<'a> {
    index: usize,
    plan: &'a TablePlan,
    keys: Vec<GatheredKey>,
    watch: Vec<Option<sample::Sample>>,
    fields: Vec<FieldWatch>,
}

struct GatheredKey {
    ids: Sorted<ids::Id>,
    records: u64,
    missing: u64,
    repeated: u64,
    first_repeated: Option<u64>,
    /// `None` if it is no key after all, or only what references point at.
    known: Option<Known>,
}

impl<'a> Gathered<'a> {
    fn of(index: usize, plan: &'a TablePlan, watch: TableWatch) -> Result<Self> {
        let mut keys = Vec::new();
        for (key, asked) in watch.keys.into_iter().zip(&plan.keys) {
            let ids = key.ids.sorted();
            let (mut repeated, mut first_repeated, mut last) = (0, None::<u64>, None::<ids::Id>);
            ids.each(|id| {
                if last.is_some_and(|last| last.is(&id)) {
                    repeated += 1;
                    first_repeated = Some(first_repeated.unwrap_or(id.record).min(id.record));
                }
                last = Some(id);
                Ok(())
            })?;
            // What is called a key and nearly is one has something to be said about.
            let few = if asked.only_if_unique { 0 } else { (key.records / 100).max(1) };
            let is_one =
                repeated <= few && key.missing <= few && key.records > repeated + key.missing;
            let known = asked.known.filter(|known| *known != Known::Inferred || is_one);
            let (records, missing) = (key.records, key.missing);
            keys.push(GatheredKey { ids, records, missing, repeated, first_repeated, known });
        }
        Ok(Self { index, plan, keys, watch: watch.samples, fields: watch.fields })
    }

    fn reports(&self) -> impl Iterator<Item = KeyReport> {
        self.keys.iter().zip(&self.plan.keys).filter_map(|(key, asked)| {
            Some(KeyReport {
                table: self.plan.name.clone(),
                columns: self.plan.names(&asked.columns),
                known: key.known?,
                records: key.records,
                missing: key.missing,
                repeated: key.repeated,
                first_repeated: key.first_repeated,
            })
        })
    }
}

/// A key, by its table and its place there.
type KeyAt = (usize, usize);

/// A reference, of whatever origin.
struct Reference {
    table: usize,
    columns: Vec<usize>,
    known: Known,
    /// What the tables are called that it refers to.
    named: Vec<String>,
    targets: Vec<KeyAt>,
    /// Whether one of the tables is there.
    target_exported: bool,
    /// Whether nothing but values says so.
    by_values: bool,
}

impl Reference {
    fn counting<'a>(&self, tables: &'a [Gathered<'a>]) -> Counting<'a> {
        Counting {
            columns: self.columns.clone(),
            several: self.known == Known::Inferred,
            missing: &tables[self.table].plan.missing,
            targets: self
                .targets
                .iter()
                .map(|(table, key)| &tables[*table].keys[*key].ids)
                .collect(),
        }
    }

    /// What to say of it; nothing if it was inferred from a sample, and all values say otherwise.
    fn report(&self, tables: &[Gathered<'_>], counted: Counted) -> Option<ReferenceReport> {
        if self.by_values && counted.orphans.saturating_mul(5) > counted.values {
            return None;
        }
        let plan = tables[self.table].plan;
        Some(ReferenceReport {
            table: plan.name.clone(),
            columns: plan.names(&self.columns),
            known: self.known,
            targets: self.named.clone(),
            target_exported: self.target_exported,
            looked_up: !self.targets.is_empty(),
            null: counted.null,
            null_by_sentinel: counted.sentinel,
            values: counted.values,
            resolved: counted.resolved,
            orphans: counted.orphans,
            orphan_records: counted.orphan_records,
        })
    }
}

/// The references that names and values tell of.
fn inferred(tables: &[Gathered<'_>], monitor: &dyn Monitor) -> Result<Vec<Reference>> {
    let mut targets = Vec::new();
    let mut keys: Vec<KeyAt> = Vec::new();
    let mut candidates = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        for (number, (key, asked)) in table.keys.iter().zip(&table.plan.keys).enumerate() {
            if key.known.is_some() && asked.columns.len() == 1 {
                keys.push((at, number));
                targets.push(Target { table: at, name: &table.plan.name, ids: &key.ids });
            }
        }
        for (column, sample) in table.watch.iter().enumerate() {
            if let (Some(sample), label) = (sample, &table.plan.labels[column]) {
                candidates.push(Candidate { table: at, column, label, sample });
            }
        }
    }
    let found = infer(&candidates, &targets, monitor)?;
    let reference = |(candidate, found): (&Candidate<'_>, Inferred)| {
        (!found.targets.is_empty()).then(|| Reference {
            table: candidate.table,
            columns: vec![candidate.column],
            known: Known::Inferred,
            named: found.targets.iter().map(|target| targets[*target].name.to_owned()).collect(),
            targets: found.targets.iter().map(|target| keys[*target]).collect(),
            target_exported: true,
            by_values: !found.by_name,
        })
    };
    Ok(candidates.iter().zip(found).filter_map(reference).collect())
}

/// The references of a table that were declared or given.
fn known_of(at: usize, tables: &[Gathered<'_>]) -> Vec<Reference> {
    let known = tables[at].plan.references.iter().map(|reference| Reference {
        table: at,
        columns: reference.columns.clone(),
        known: reference.known,
        named: vec![match reference.aim {
            Aim::Key(table, _) | Aim::NoKey(table) => tables[table].plan.name.clone(),
            Aim::NotExported => reference.table.clone(),
        }],
        targets: match reference.aim {
            Aim::Key(table, key) => vec![(table, key)],
            _ => Vec::new(),
        },
        target_exported: reference.aim != Aim::NotExported,
        by_values: false,
    });
    known.collect()
}
