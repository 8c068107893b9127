//! Which columns refer to which keys, concluded from names and values.
//!
//! The classic test for it is inclusion: nearly all values of the one are values of the other. Alone
//! it claims too much, as every column of small numbers is included in a key that counts from 1. So
//! it has to be either values that no two columns share by chance, or a name that says the same.

use std::collections::BTreeSet;

use super::ids::{Id, Sorted};
use super::sample::Sample;
use super::values::{names_one, reference_stem, singular};
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint};

/// This share of a sample's values has to be in the key: orphans are normal.
const NEARLY_ALL: f64 = 0.8;
/// Where the name says so too, this is enough of small numbers: so many orphans are what has to be
/// said.
const NAMED: f64 = 0.3;
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
    pub(super) ids: &'a Sorted<Id>,
}

/// What a candidate refers to.
#[derive(Default)]
pub(super) struct Inferred {
    /// One target, or several in their order; none if it refers to nothing.
    pub(super) targets: Vec<usize>,
    /// Whether the column is called after the target.
    pub(super) by_name: bool,
}

/// What each of the candidates refers to.
pub(super) fn infer(
    candidates: &[Candidate<'_>],
    targets: &[Target<'_>],
    monitor: &dyn Monitor,
) -> Result<Vec<Inferred>> {
    // All sampled ids in order, each with the candidate whose it is: one walk through each key does.
    let mut sampled: Vec<(Id, usize)> = Vec::new();
    for (candidate, Candidate { sample, .. }) in candidates.iter().enumerate() {
        sampled.extend(sample.values().flatten().map(|id| (*id, candidate)));
    }
    sampled.sort_unstable();
    let of = |candidate: &Candidate<'_>| Found {
        ids: candidate.sample.values().map(<[Id]>::len).sum(),
        is_distinctive: candidate.sample.is_distinctive(),
        ..Found::default()
    };
    let mut found: Vec<Found> = candidates.iter().map(of).collect();
    let called: Vec<Option<Called>> = candidates.iter().map(Called::of).collect();
    for (number, target) in targets.iter().enumerate() {
        checkpoint(monitor)?;
        let mut touched = BTreeSet::new();
        // Each place once: the walk goes through ids in order, and equal ones are together.
        let mut from = 0;
        target.ids.each(|key| {
            if from == sampled.len() || sampled[from].0 < key {
                // From the one place to the other in steps that grow.
                let mut step = 1;
                let before = |at: usize| sampled.get(at).is_some_and(|(id, _)| id.is_before(&key));
                while before(from + step) {
                    from += step;
                    step *= 2;
                }
                let end = (from + step).min(sampled.len());
                from += sampled[from..end].partition_point(|(id, _)| id.is_before(&key));
            }
            while let Some((_, candidate)) = sampled.get(from).filter(|(id, _)| id.is(&key)) {
                found[*candidate].hit(from);
                touched.insert(*candidate);
                from += 1;
            }
            Ok(())
        })?;
        let name = singular(target.name);
        for (at, called) in called.iter().enumerate() {
            let named = called.as_ref().and_then(|called| called.named(target, &name));
            if named.is_some() || touched.contains(&at) {
                found[at].end_target(number, named);
            }
        }
    }
    Ok(found.into_iter().map(|found| found.inferred(targets)).collect())
}

/// What was found of a candidate.
#[derive(Default)]
struct Found {
    /// How many ids its sample has.
    ids: usize,
    is_distinctive: bool,
    /// How many of them the current target has; and which, of ids that nothing shares by chance.
    hits: usize,
    places: Vec<usize>,
    /// Targets that it is called after and that have enough of the ids.
    named: Vec<usize>,
    /// Targets that it is called after and that have not.
    called: Vec<usize>,
    /// Targets that have nearly all of them.
    full: Vec<usize>,
    /// Targets that have some of them, and which.
    some: Vec<(usize, Vec<usize>)>,
}

impl Found {
    fn hit(&mut self, place: usize) {
        self.hits += 1;
        if self.is_distinctive {
            self.places.push(place);
        }
    }

    fn enough(&self, share: f64) -> usize {
        ((self.ids as f64 * share).ceil() as usize).max(1)
    }

    fn end_target(&mut self, target: usize, named: Option<Named>) {
        let (hits, places) = (std::mem::take(&mut self.hits), std::mem::take(&mut self.places));
        match named {
            Some(_) if hits >= self.enough(NAMED) => self.named.push(target),
            // A column of ids that is called after a table and has few of its keys, or none, has a lot
            // to say.
            Some(Named::Table) if self.is_distinctive && self.ids > 0 => self.called.push(target),
            _ => {}
        }
        if self.is_distinctive && hits >= self.enough(NEARLY_ALL) {
            self.full.push(target);
        }
        if self.is_distinctive && hits >= SOME {
            self.some.push((target, places));
        }
    }

    fn inferred(mut self, targets: &[Target<'_>]) -> Inferred {
        let enough = self.enough(NEARLY_ALL);
        // Of two keys of a table either will do.
        for several in [&mut self.named, &mut self.called, &mut self.full] {
            several.dedup_by_key(|target| targets[*target].table);
        }
        self.some.dedup_by_key(|(target, _)| targets[*target].table);
        match (&self.named[..], &self.full[..]) {
            ([one], _) => return Inferred { targets: vec![*one], by_name: true },
            ([], [one]) if self.ids > 1 => return Inferred { targets: vec![*one], by_name: false },
            ([], []) => {}
            // It fits several and nothing tells which: nothing is claimed.
            _ => return Inferred::default(),
        }
        let mut together: Vec<usize> =
            self.some.iter().flat_map(|(_, places)| places.iter().copied()).collect();
        together.sort_unstable();
        together.dedup();
        if together.len() < enough {
            return match self.called[..] {
                [one] => Inferred { targets: vec![one], by_name: true },
                _ => Inferred::default(),
            };
        }
        let targets = self.some.into_iter().map(|(target, _)| target).collect();
        Inferred { targets, by_name: false }
    }
}

/// What a column's name says of the table whose key it may hold.
enum Named {
    /// It is called after the table.
    Table,
    /// It is called a parent, in the table itself.
    Parent,
}

/// What a candidate is called without the word that says that it refers to something.
struct Called {
    stem: String,
    table: usize,
}

impl Called {
    fn of(candidate: &Candidate<'_>) -> Option<Self> {
        let stem = reference_stem(candidate.label)?;
        Some(Self { stem, table: candidate.table })
    }

    fn named(&self, target: &Target<'_>, singular: &str) -> Option<Named> {
        if names_one(&self.stem, singular) {
            return Some(Named::Table);
        }
        let is_parent = matches!(&*self.stem, "parent" | "上级" | "父");
        (is_parent && self.table == target.table).then_some(Named::Parent)
    }
}
