//! Which columns refer to which keys, concluded from names and values.
//!
//! The classic test for it is inclusion: nearly all values of the one are values of the other. Alone
//! it claims too much, as every column of small numbers is included in a key that counts from 1. So
//! it has to be either values that no two columns share by chance, or a name that says the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::collect::Samples;
use super::ids::KeyIds;
use super::plan::{Key, Plan, Reference};
use super::sample::Sample;
use super::values::{names_one, reference_stem, singular};
use crate::check::sorting::Sorted;
use crate::error::Result;
use crate::model::Provenance;
use crate::monitor::{Monitor, checkpoint_every};

/// This share of a sample's values has to be in the key: orphans are normal.
const NEARLY_ALL: f64 = 0.8;
/// Where the name says so too, this is enough of small numbers: so many orphans are what has to be
/// reported.
const NAMED: f64 = 0.3;
/// A key that so many of the sampled values are in is one of several that a column refers to.
const SOME: usize = 2;
/// Of a column that more keys than this have values of, nothing is concluded from its values.
const MOST_TARGETS: usize = 64;
/// The longest name of a table that columns are named after, in bytes.
const MOST_NAME_BYTES: usize = 64;

/// Finds which keys repeat, and adds references that follow from names and samples.
pub(super) fn infer(
    plan: &mut Plan,
    samples: &Samples,
    ids: &Sorted,
    monitor: &dyn Monitor,
) -> Result<()> {
    let names = TargetNames::new(&plan.keys);
    let (mut candidates, mut sampled) = (Vec::new(), Vec::new());
    for (table, samples) in samples {
        for (column, sample) in samples.iter().enumerate() {
            let Some(sample) = sample else { continue };
            sampled.extend(sample.ids().map(|id| (*id, candidates.len())));
            let named = names.named_by(&plan.tables[*table].labels[column], *table);
            candidates.push(Candidate::new(*table, column, sample, named));
        }
    }
    sampled.sort_unstable();
    let mut sampled = sampled.iter().enumerate().peekable();
    let mut key_ids = KeyIds::new(ids)?;
    for count in 0u64.. {
        checkpoint_every(count, monitor)?;
        let keys = &mut plan.keys;
        let repeated = |key: usize, record| keys[key].add_repeated(record);
        let Some(id) = key_ids.next(repeated)? else { break };
        while let Some((place, (sampled_id, candidate))) =
            sampled.next_if(|(_, (sampled, _))| *sampled <= id)
        {
            if *sampled_id == id {
                key_ids.keys.iter().for_each(|key| candidates[*candidate].hit(*key, place));
            }
        }
    }
    plan.keys.iter_mut().for_each(Key::judge);
    let inferred = candidates.iter().filter_map(|candidate| candidate.reference(plan));
    let inferred: Vec<Reference> = inferred.collect();
    plan.references.extend(inferred);
    // Those of one table stand together.
    plan.references.sort_by_key(|reference| reference.table);
    Ok(())
}

/// A column of which nothing is known, its sample, and the keys that have some of its values.
struct Candidate {
    table: usize,
    column: usize,
    /// How many ids its sample has.
    ids: usize,
    is_distinctive: bool,
    named: NamedKeys,
    /// For each key that has any of the ids, which; of small numbers only for keys that it is named
    /// after.
    hits: BTreeMap<usize, Vec<usize>>,
    too_many: bool,
}

/// The keys that a column is named after: each with whether the name is that of the table, and not only
/// that of a parent in the table itself.
type NamedKeys = BTreeMap<usize, bool>;

impl Candidate {
    fn new(table: usize, column: usize, sample: &Sample, named: NamedKeys) -> Self {
        let (ids, is_distinctive) = (sample.ids().count(), sample.is_distinctive());
        let (hits, too_many) = (BTreeMap::new(), false);
        Self { table, column, ids, is_distinctive, named, hits, too_many }
    }

    fn hit(&mut self, key: usize, place: usize) {
        let is_named = self.named.contains_key(&key);
        if !is_named && (self.too_many || !self.is_distinctive) {
            return;
        }
        self.hits.entry(key).or_default().push(place);
        if self.hits.len() > MOST_TARGETS + self.named.len() {
            self.too_many = true;
            self.hits.retain(|key, _| self.named.contains_key(key));
        }
    }

    /// The reference that the column is, if it is one.
    fn reference(&self, plan: &Plan) -> Option<Reference> {
        let (keys, by_values) = self.targets(plan)?;
        let mut reference =
            plan.reference(self.table, vec![self.column], Provenance::Inferred, keys);
        reference.by_values = by_values;
        Some(reference)
    }

    /// The keys that it refers to: one, or several in their order; and whether values alone say so.
    fn targets(&self, plan: &Plan) -> Option<(Vec<usize>, bool)> {
        let all: BTreeSet<usize> = self.hits.keys().chain(self.named.keys()).copied().collect();
        let keys: Vec<usize> = all.into_iter().filter(|key| plan.keys[*key].is_target()).collect();
        let hits = |key: &usize| self.hits.get(key).map_or(0, Vec::len);
        let share = |share: f64| ((self.ids as f64 * share).ceil() as usize).max(1);
        let keys_with = |least: usize, wanted: &dyn Fn(&usize) -> bool| -> Vec<usize> {
            let keys = keys.iter().filter(|key| wanted(key) && hits(key) >= least);
            // Of two keys of a table either will do.
            let mut keys: Vec<usize> = keys.copied().collect();
            keys.dedup_by_key(|key| plan.keys[*key].table);
            keys
        };
        let is_named = |key: &usize| self.named.contains_key(key);
        let is_distinctive = |_: &usize| self.is_distinctive;
        match &keys_with(share(NAMED), &is_named)[..] {
            [] => {}
            [key] => return Some((vec![*key], false)),
            _ => return None,
        }
        match &keys_with(share(NEARLY_ALL), &is_distinctive)[..] {
            [] => {}
            [key] if self.ids > 1 => return Some((vec![*key], true)),
            // It fits several and nothing tells which: nothing is concluded.
            _ => return None,
        }
        let some = keys_with(SOME, &is_distinctive);
        let together: BTreeSet<usize> =
            some.iter().flat_map(|key| &self.hits[key]).copied().collect();
        let is_enough = together.len() >= share(NEARLY_ALL);
        if is_enough && some.len() <= MOST_TARGETS && !self.too_many {
            return Some((some, true));
        }
        // A column of ids that is named after a table and has few of its keys, or none: these are
        // orphans to be reported.
        let has_ids = self.is_distinctive && self.ids > 0;
        match &keys_with(0, &|key| self.named.get(key) == Some(&true))[..] {
            [key] if has_ids => Some((vec![*key], false)),
            _ => None,
        }
    }
}

/// The keys of one column by the names of their tables.
struct TargetNames {
    by_name: HashMap<String, Vec<usize>>,
    by_table: HashMap<usize, Vec<usize>>,
}

impl TargetNames {
    fn new(keys: &[Key]) -> Self {
        let mut names = Self { by_name: HashMap::new(), by_table: HashMap::new() };
        for (at, key) in keys.iter().enumerate().filter(|(_, key)| key.is_target()) {
            names.by_name.entry(singular(&key.report.table)).or_default().push(at);
            names.by_table.entry(key.table).or_default().push(at);
        }
        names
    }

    /// The keys that a column of this label is named after.
    fn named_by(&self, label: &str, table: usize) -> NamedKeys {
        let Some(stem) = reference_stem(label) else { return BTreeMap::new() };
        let is_parent = matches!(&*stem, "parent" | "上级" | "父");
        let own = self.by_table.get(&table).into_iter().flatten().filter(|_| is_parent);
        let ends = stem.char_indices().rev().map(|(from, _)| &stem[from..]);
        let ends = ends.take_while(|end| end.len() <= MOST_NAME_BYTES);
        let ends = ends.filter(|end| names_one(&stem, end));
        let named = ends.filter_map(|end| self.by_name.get(end)).flatten();
        own.map(|key| (*key, false)).chain(named.map(|key| (*key, true))).collect()
    }
}
