//! Infers from names and values which columns refer to which keys.
//!
//! The classic test is inclusion: nearly all values of a column are values of the key. Inclusion
//! alone finds too many references, because every column of small numbers is included in a key that
//! counts from 1. So a reference also needs values that no two columns share by chance, or a
//! matching name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidate::Candidate;
use super::ids::join;
use super::plan::{Key, Plan};
use super::values::{names_one, reference_stem, singular};
use crate::check::sorting::Sorted;
use crate::error::Result;
use crate::monitor::Monitor;

/// The minimum share of a column's ids that the key must contain. Orphans are normal.
const NEARLY_ALL: f64 = 0.8;
/// The minimum share if the name matches. The other ids are reported as orphans.
const NAMED_SHARE: f64 = 0.3;
/// The minimum share of a column's ids that a key must contain to be one of several targets. It
/// must also contain at least two ids.
const ONE_OF_SEVERAL: f64 = 1.0 / 256.0;
/// The maximum length of a table name that is found in column labels, in bytes.
const MOST_NAME_BYTES: usize = 64;

/// Counts repeated keys, and infers what the candidates refer to.
pub(super) fn infer(plan: &mut Plan, ids: &Sorted, monitor: &dyn Monitor) -> Result<()> {
    let Plan { tables, keys, references } = plan;
    let names = TargetNames::new(keys);
    for reference in references.iter_mut() {
        let label = &tables[reference.table].labels[reference.columns[0]];
        if let Some(candidate) = &mut reference.candidate {
            candidate.named = names.named_by(label, reference.table);
        }
    }
    let repeated = |key: usize, record| keys[key].add_repeated(record);
    join(ids, monitor, repeated, |reference, _, keys| {
        if let Some(candidate) = &mut references[reference].candidate {
            candidate.add_hits(keys);
        }
    })?;
    keys.iter_mut().for_each(Key::drop_unless_unique);
    for reference in references {
        let Some(candidate) = &mut reference.candidate else { continue };
        let ids = reference.report.values;
        candidate.otherwise = named_after(candidate, ids, keys);
        if let Some((targets, by_values)) = targets(candidate, ids, keys) {
            candidate.by_values = by_values;
            reference.point_at(targets, keys);
        }
    }
    Ok(())
}

/// The keys that a candidate with `ids` ids refers to, in order, and whether values alone show
/// this. The first rule that finds keys decides:
///
/// 1. one key that the label names and that has `NAMED_SHARE` of the ids,
/// 2. one key that has `NEARLY_ALL` of the ids, if these are distinctive
///    ([`Candidate::is_distinctive`]),
/// 3. several keys that together have `NEARLY_ALL` of the ids, if these are distinctive,
/// 4. the one table that the label names, even if it has none of the ids.
fn targets(candidate: &Candidate, ids: u64, keys: &[Key]) -> Option<(Vec<usize>, bool)> {
    let Candidate { named, hits, .. } = candidate;
    let hits = |key: &usize| hits.get(key).copied().unwrap_or_default();
    let share = |share: f64| ((ids as f64 * share).ceil() as u64).max(1);
    let keys_with = |least: u64, wanted: &dyn Fn(&usize) -> bool| -> Vec<usize> {
        let all = candidate.hits.keys().chain(named.keys()).copied().collect::<BTreeSet<_>>();
        let with = all.into_iter().filter(|key| keys[*key].is_target());
        let mut with: Vec<usize> = with.filter(|key| wanted(key) && hits(key) >= least).collect();
        // One key per table is enough.
        with.dedup_by_key(|key| keys[*key].table);
        with
    };
    let is_distinctive = |_: &usize| candidate.is_distinctive();
    match &keys_with(share(NAMED_SHARE), &|key| named.contains_key(key))[..] {
        [] => {}
        [key] => return Some((vec![*key], false)),
        _ => return None,
    }
    match &keys_with(share(NEARLY_ALL), &is_distinctive)[..] {
        [] => {}
        [key] if ids > 1 => return Some((vec![*key], true)),
        // Several keys match, and nothing decides between them: no reference is inferred.
        _ => return None,
    }
    let at_least = share(ONE_OF_SEVERAL).max(2);
    let some = keys_with(at_least, &is_distinctive);
    // An id that several keys contain is counted once for each, so the sum may be too high. The
    // lookup then finds many orphans, and `discard_wrong_inference` undoes this.
    let together: u64 = some.iter().map(hits).sum();
    if together >= share(NEARLY_ALL) && candidate.uncounted < at_least {
        return Some((some, true));
    }
    candidate.otherwise.map(|key| (vec![key], false))
}

/// If the label names exactly one table, and the ids are distinctive: the key of this table. It may
/// contain none of the ids; then all are reported as orphans.
fn named_after(candidate: &Candidate, ids: u64, keys: &[Key]) -> Option<usize> {
    let named =
        candidate.named.iter().filter(|(key, of_table)| **of_table && keys[**key].is_target());
    let mut named: Vec<usize> = named.map(|(key, _)| *key).collect();
    named.dedup_by_key(|key| keys[*key].table);
    match named[..] {
        [key] if ids > 0 && candidate.is_distinctive() => Some(key),
        _ => None,
    }
}

/// Keys of one column, by the names of their tables.
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

    /// The keys that a column with this label is named after; see [`Candidate::named`].
    fn named_by(&self, label: &str, table: usize) -> BTreeMap<usize, bool> {
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
