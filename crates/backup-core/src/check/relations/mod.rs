//! What is asked of a restored database beside whether it is the same: are its keys unique and
//! present, and does every reference name a record?
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
mod schema;
mod values;
mod watch;

use serde::Serialize;

pub use self::schema::Schema;
pub(crate) use self::watch::TableWatch;

use self::ids::{Hashing, Sorted};
use self::infer::{Candidate, Target, infer};
use self::plan::{TablePlan, plans, same_table};
use self::references::{Counted, Counting};
use crate::archive::package::{Known, Manifest};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::monitor::{Monitor, checkpoint};
use crate::record::Table;
use crate::report::{Check, Report};
use crate::scratch::Scratch;

/// How many ids of all keys, and how many of all references of a table, are held in memory; 24 bytes
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
    /// Whether one of them, at least, is in the archive; without any, nothing was looked up.
    pub target_exported: bool,
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
    hashing: Hashing,
    keys: usize,
}

/// A table in the database, and what was gathered of it.
pub(crate) struct Watched {
    pub(crate) index: usize,
    pub(crate) table: String,
    pub(crate) watch: TableWatch,
}

impl Asked {
    /// Of the tables of an archive; what was given and cannot be looked at is noted in the report.
    pub(crate) fn of(manifest: &Manifest, schema: Option<&Schema>, report: &mut Report) -> Self {
        let plans = plans(manifest, schema, &mut report.not_looked_at);
        let keys = plans.iter().map(|plan| plan.keys.len()).sum();
        Self { plans, hashing: Hashing::new(), keys }
    }

    /// What is to be gathered of a table while it is read.
    pub(crate) fn watch(&self, table: &Table) -> TableWatch {
        let plan = self.plans.iter().position(|plan| plan.name == table.name);
        let most = (MOST_IDS / self.keys.max(1)).next_power_of_two() / 2;
        plan.map_or_else(TableWatch::nothing, |at| {
            TableWatch::new(&self.plans[at], &self.hashing, most, at as u64 * 0x1_0001)
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
        let mut tables = Vec::new();
        for Watched { index, table, watch } in watched {
            checkpoint(monitor)?;
            let Some(plan) = self.plans.iter().find(|plan| plan.name == table) else { continue };
            tables.push(Gathered::of(index, plan, watch)?);
        }
        report.keys = tables.iter().flat_map(Gathered::reports).collect();
        let inferred = inferred(&tables)?;
        for (at, table) in tables.iter().enumerate() {
            checkpoint(monitor)?;
            let references = references_of(at, &tables, &inferred);
            if references.is_empty() {
                continue;
            }
            let counting: Vec<_> = references.iter().map(|one| one.counting(&tables)).collect();
            let counted = references::count(
                table.index,
                &counting,
                MOST_IDS,
                &self.hashing,
                scratch,
                monitor,
            )?;
            let reports = references
                .iter()
                .zip(counted)
                .filter_map(|(it, counted)| it.report(&tables, counted));
            report.references.extend(reports);
        }
        say(report);
        Ok(())
    }
}

/// A table, and its keys in order.
struct Gathered<'a> {
    index: usize,
    plan: &'a TablePlan,
    keys: Vec<GatheredKey>,
    watch: Vec<Option<sample::Sample>>,
}

struct GatheredKey {
    ids: Sorted,
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
            let few = (key.records / 100).max(1);
            let is_one =
                repeated <= few && key.missing <= few && key.records > repeated + key.missing;
            let known = asked.known.filter(|known| *known != Known::Inferred || is_one);
            let (records, missing) = (key.records, key.missing);
            keys.push(GatheredKey { ids, records, missing, repeated, first_repeated, known });
        }
        Ok(Self { index, plan, keys, watch: watch.samples })
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
        if self.known == Known::Inferred && counted.orphans * 5 > counted.values {
            return None;
        }
        let plan = tables[self.table].plan;
        Some(ReferenceReport {
            table: plan.name.clone(),
            columns: plan.names(&self.columns),
            known: self.known,
            targets: self.named.clone(),
            target_exported: !self.targets.is_empty(),
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
fn inferred(tables: &[Gathered<'_>]) -> Result<Vec<Reference>> {
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
    let found = infer(&candidates, &targets)?;
    let reference = |(candidate, found): (&Candidate<'_>, Vec<usize>)| {
        (!found.is_empty()).then(|| Reference {
            table: candidate.table,
            columns: vec![candidate.column],
            known: Known::Inferred,
            named: found.iter().map(|target| targets[*target].name.to_owned()).collect(),
            targets: found.iter().map(|target| keys[*target]).collect(),
        })
    };
    Ok(candidates.iter().zip(found).filter_map(reference).collect())
}

/// All references of a table: those that were declared or given, and those that were inferred.
fn references_of(at: usize, tables: &[Gathered<'_>], inferred: &[Reference]) -> Vec<Reference> {
    let known = tables[at].plan.references.iter().map(|reference| {
        let target = tables.iter().position(|it| same_table(&it.plan.name, &reference.table));
        let key = target.and_then(|target| {
            let key = tables[target].plan.key(&reference.target)?;
            Some((target, key))
        });
        Reference {
            table: at,
            columns: reference.columns.clone(),
            known: reference.known,
            named: vec![reference.table.clone()],
            targets: key.into_iter().collect(),
        }
    });
    let inferred = inferred.iter().filter(|reference| reference.table == at);
    let inferred = inferred.map(|reference| Reference {
        table: at,
        columns: reference.columns.clone(),
        known: reference.known,
        named: reference.named.clone(),
        targets: reference.targets.clone(),
    });
    known.chain(inferred).collect()
}

/// Says what is worth saying, and what was looked at.
fn say(report: &mut Report) {
    let mut findings = Vec::new();
    for key in &report.keys {
        let columns = key.columns.join(", ");
        if key.repeated > 0 {
            let first = key.first_repeated.unwrap_or_default();
            let message = format!(
                "the {} key of table {} ({columns}) is repeated: in {} of {} records, first in record {first}",
                known(key.known),
                key.table,
                key.repeated,
                key.records
            );
            findings.push(Finding::remark(Code::Key, message).table(&key.table));
        }
        if key.missing > 0 {
            let message = format!(
                "the {} key of table {} ({columns}) is missing in {} of {} records",
                known(key.known),
                key.table,
                key.missing,
                key.records
            );
            findings.push(Finding::remark(Code::Key, message).table(&key.table));
        }
    }
    for reference in &report.references {
        let columns = reference.columns.join(", ");
        let targets = reference.targets.join(" or ");
        if !reference.target_exported {
            let message = format!(
                "column {columns} of table {} refers to {targets}, which is not in the archive",
                reference.table
            );
            findings.push(Finding::remark(Code::Reference, message).table(&reference.table));
        } else if reference.orphans > 0 {
            let records: Vec<_> = reference.orphan_records.iter().map(u64::to_string).collect();
            let message = format!(
                "{} of {} values in column {columns} of table {} name no record of {targets}, as in the \
                 source; first in record {}",
                reference.orphans,
                reference.values,
                reference.table,
                records.join(", ")
            );
            findings.push(Finding::remark(Code::Reference, message).table(&reference.table));
        }
    }
    report.findings.extend(findings);
    let values = report.references.iter().map(|reference| reference.values).sum();
    report.checks.extend([
        Check { what: "keys looked at: unique and present", count: report.keys.len() as u64 },
        Check { what: "references looked at", count: report.references.len() as u64 },
        Check { what: "ids in references looked up", count: values },
    ]);
}

fn known(known: Known) -> &'static str {
    match known {
        Known::Declared => "declared",
        Known::Given => "given",
        Known::Inferred => "inferred",
    }
}
