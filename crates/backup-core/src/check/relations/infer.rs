//! Which columns refer to which keys, concluded from names and values.
//!
//! The classic test for it is inclusion: nearly all values of the one are values of the other. Alone
//! it claims too much, as every column of small numbers is included in a key that counts from 1. So
//! it has to be either values that no two columns share by chance, or a name that says the same.

use super::ids::{Id, Sorted};
use super::sample::Sample;
use super::values::{names_table, reference_stem};
use crate::error::Result;

/// Of so many values of a sample, all but this share have to be in the key: orphans are normal.
const NEARLY_ALL: f64 = 0.8;
/// A key that so many of the sampled values are in is one of several that a column refers to.
const SOME: usize = 2;

/// A column of which nothing is known, and a sample of it.
pub(super) struct Candidate<'a> {
    pub(super) table: usize,
    pub(super) column: usize,
    pub(super) label: &'a str,
    pub(super) sample: &'a Sample,
}

/// A key that references may point at.
pub(super) struct Target<'a> {
    pub(super) table: usize,
    pub(super) name: &'a str,
    pub(super) ids: &'a Sorted,
}

/// For each candidate, the targets that it refers to, in their order: one, or several, or none.
pub(super) fn infer(
    candidates: &[Candidate<'_>],
    targets: &[Target<'_>],
) -> Result<Vec<Vec<usize>>> {
    // All sampled ids in order, each with the candidate whose it is: one walk through each key does.
    let mut sampled: Vec<(Id, usize, usize)> = Vec::new();
    for (candidate, Candidate { sample, .. }) in candidates.iter().enumerate() {
        for (value, ids) in sample.values.iter().enumerate() {
            sampled.extend(ids.iter().map(|id| (*id, candidate, value)));
        }
    }
    sampled.sort_unstable();
    let mut found = vec![Found::default(); candidates.len()];
    for (one, count) in found.iter_mut().zip(candidates) {
        one.ids = count.sample.values.iter().map(Vec::len).sum();
    }
    for (number, target) in targets.iter().enumerate() {
        let mut walk = target.ids.walk()?;
        let mut key = walk.next()?;
        for (at, (id, candidate, _)) in sampled.iter().enumerate() {
            while key.is_some_and(|key| key < *id && !key.is(id)) {
                key = walk.next()?;
            }
            if key.is_some_and(|key| key.is(id)) {
                found[*candidate].hits.push((number, at));
            }
        }
    }
    let decide = |(candidate, found): (&Candidate<'_>, Found)| found.targets(candidate, targets);
    Ok(candidates.iter().zip(found).map(decide).collect())
}

/// What was found of a candidate.
#[derive(Clone, Default)]
struct Found {
    /// How many ids its sample has.
    ids: usize,
    /// Which targets have which of the sampled ids.
    hits: Vec<(usize, usize)>,
}

impl Found {
    fn targets(self, candidate: &Candidate<'_>, targets: &[Target<'_>]) -> Vec<usize> {
        let enough = (self.ids as f64 * NEARLY_ALL).ceil() as usize;
        let hits = |target: usize| self.hits.iter().filter(|(at, _)| *at == target).count();
        let named = |target: &usize| is_named(candidate, &targets[*target]);
        let full: Vec<usize> =
            (0..targets.len()).filter(|target| self.ids > 0 && hits(*target) >= enough).collect();
        let by_name: Vec<usize> = full.iter().copied().filter(named).collect();
        match (&by_name[..], &full[..]) {
            ([one], _) => return vec![*one],
            ([], [one]) if candidate.sample.is_distinctive() && self.ids > 1 => return vec![*one],
            ([], []) => {}
            // It fits several and nothing tells which: nothing is claimed.
            _ => return Vec::new(),
        }
        if !candidate.sample.is_distinctive() {
            return Vec::new();
        }
        let some: Vec<usize> = (0..targets.len()).filter(|target| hits(*target) >= SOME).collect();
        let mut together: Vec<usize> = self
            .hits
            .iter()
            .filter(|(target, _)| some.contains(target))
            .map(|(_, at)| *at)
            .collect();
        together.sort_unstable();
        together.dedup();
        if self.ids > 0 && together.len() >= enough { some } else { Vec::new() }
    }
}

/// Whether a column is called after the table whose key it may hold.
fn is_named(candidate: &Candidate<'_>, target: &Target<'_>) -> bool {
    let own = candidate.table == target.table;
    let parent = || {
        let stem = reference_stem(candidate.label);
        stem.is_some_and(|stem| matches!(&*stem, "parent" | "上级" | "父"))
    };
    names_table(candidate.label, target.name) || (own && parent())
}
