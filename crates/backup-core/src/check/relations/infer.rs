//! Which columns refer to which keys, concluded from names and values.
//!
//! The classic test for it is inclusion: nearly all values of the one are values of the other. Alone
//! it claims too much, as every column of small numbers is included in a key that counts from 1. So
//! it has to be either values that no two columns share by chance, or a name that says the same.

use std::collections::HashMap;

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
/// Of a column that so many keys have some values of, nothing is claimed for them all together.
const MOST_TARGETS: usize = 64;
/// Names of tables that are longer are compared one by one, as there are few.
const MOST_LOOKED_UP: usize = 64;

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
    let mut found: Vec<Found> = candidates.iter().map(Found::of).collect();
    // Of small numbers, which every table has, only those are looked at whose column is called after
    // the table; of all others all, in one walk through each key.
    let ids_of = |(at, candidate): (usize, &Candidate<'_>)| {
        let ids: Vec<_> = candidate.sample.values().flatten().map(|id| (*id, at)).collect();
        ids
    };
    let distinctive = candidates.iter().enumerate().filter(|(at, _)| found[*at].is_distinctive);
    let mut sampled = Sampled::new(distinctive.flat_map(ids_of).collect());
    let called = called(candidates, targets);
    for (number, (target, called)) in targets.iter().zip(called).enumerate() {
        checkpoint(monitor)?;
        let numbers = called.iter().filter(|(at, _)| !found[*at].is_distinctive);
        let numbers = numbers.map(|(at, _)| (*at, &candidates[*at]));
        let mut numbers = Sampled::new(numbers.flat_map(ids_of).collect());
        sampled.from = 0;
        let mut touched = Vec::new();
        target.ids.each(|key| {
            for sampled in [&mut sampled, &mut numbers] {
                sampled.each_that_is(&key, |place, candidate| {
                    if found[candidate].hits == 0 {
                        touched.push(candidate);
                    }
                    found[candidate].hit(place);
                });
            }
            Ok(())
        })?;
        for (at, named) in called {
            found[at].end_target(number, Some(named), targets);
        }
        for at in touched {
            // Unless it was called so, and has ended.
            if found[at].hits > 0 {
                found[at].end_target(number, None, targets);
            }
        }
    }
    Ok(found.into_iter().map(Found::inferred).collect())
}

/// Sampled ids in order, each with the candidate whose it is, and how far a walk has come.
struct Sampled {
    ids: Vec<(Id, usize)>,
    from: usize,
}

impl Sampled {
    fn new(mut ids: Vec<(Id, usize)>) -> Self {
        ids.sort_unstable();
        Self { ids, from: 0 }
    }

    /// Goes on to this id of a key, and gives the places that have it, each with its candidate. Each
    /// place once: the walk goes through ids in order, and equal ones are together.
    fn each_that_is(&mut self, key: &Id, mut each: impl FnMut(usize, usize)) {
        let Self { ids, from } = self;
        if *from == ids.len() || ids[*from].0 < *key {
            // From the one place to the other in steps that grow.
            let mut step = 1;
            let before = |at: usize| ids.get(at).is_some_and(|(id, _)| id.is_before(key));
            while before(*from + step) {
                *from += step;
                step *= 2;
            }
            let end = (*from + step).min(ids.len());
            *from += ids[*from..end].partition_point(|(id, _)| id.is_before(key));
        }
        while let Some((_, candidate)) = ids.get(*from).filter(|(id, _)| id.is(key)) {
            each(*from, *candidate);
            *from += 1;
        }
    }
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
    named: OneOrMore,
    /// Targets that it is called after and that have not.
    called: OneOrMore,
    /// Targets that have nearly all of them.
    full: OneOrMore,
    /// Targets that have some of them, each of another table, and which; unless they are too many.
    some: Vec<(usize, Vec<usize>)>,
    /// The table of the last of them.
    last: Option<usize>,
}

/// Whether there is one target or more. Of two keys of a table either will do.
#[derive(Default, Clone, Copy)]
enum OneOrMore {
    #[default]
    None,
    One {
        target: usize,
        table: usize,
    },
    More,
}

impl OneOrMore {
    fn add(&mut self, target: usize, table: usize) {
        match self {
            Self::None => *self = Self::One { target, table },
            Self::One { table: known, .. } if *known == table => {}
            Self::One { .. } | Self::More => *self = Self::More,
        }
    }
}

impl Found {
    fn of(candidate: &Candidate<'_>) -> Self {
        Self {
            ids: candidate.sample.values().map(<[Id]>::len).sum(),
            is_distinctive: candidate.sample.is_distinctive(),
            ..Self::default()
        }
    }

    fn hit(&mut self, place: usize) {
        self.hits += 1;
        if self.is_distinctive {
            self.places.push(place);
        }
    }

    fn enough(&self, share: f64) -> usize {
        ((self.ids as f64 * share).ceil() as usize).max(1)
    }

    fn end_target(&mut self, target: usize, named: Option<Named>, targets: &[Target<'_>]) {
        let (hits, places) = (std::mem::take(&mut self.hits), std::mem::take(&mut self.places));
        let table = targets[target].table;
        match named {
            Some(_) if hits >= self.enough(NAMED) => self.named.add(target, table),
            // A column of ids that is called after a table and has few of its keys, or none, has a lot
            // to say.
            Some(Named::Table) if self.is_distinctive && self.ids > 0 => {
                self.called.add(target, table);
            }
            _ => {}
        }
        if self.is_distinctive && hits >= self.enough(NEARLY_ALL) {
            self.full.add(target, table);
        }
        let is_another = self.last != Some(table) && self.some.len() <= MOST_TARGETS;
        if self.is_distinctive && hits >= SOME && is_another {
            self.some.push((target, places));
            self.last = Some(table);
        }
    }

    fn inferred(self) -> Inferred {
        let enough = self.enough(NEARLY_ALL);
        match (self.named, self.full) {
            (OneOrMore::One { target, .. }, _) => {
                return Inferred { targets: vec![target], by_name: true };
            }
            (OneOrMore::None, OneOrMore::One { target, .. }) if self.ids > 1 => {
                return Inferred { targets: vec![target], by_name: false };
            }
            (OneOrMore::None, OneOrMore::None) => {}
            // It fits several and nothing tells which: nothing is claimed.
            _ => return Inferred::default(),
        }
        let mut together: Vec<usize> =
            self.some.iter().flat_map(|(_, places)| places.iter().copied()).collect();
        together.sort_unstable();
        together.dedup();
        if together.len() < enough || self.some.len() > MOST_TARGETS {
            return match self.called {
                OneOrMore::One { target, .. } => Inferred { targets: vec![target], by_name: true },
                _ => Inferred::default(),
            };
        }
        let targets = self.some.into_iter().map(|(target, _)| target).collect();
        Inferred { targets, by_name: false }
    }
}

/// What a column's name says of the table whose key it may hold.
#[derive(Clone, Copy)]
enum Named {
    /// It is called after the table.
    Table,
    /// It is called a parent, in the table itself.
    Parent,
}

/// For each target, the candidates that are called after it.
fn called(candidates: &[Candidate<'_>], targets: &[Target<'_>]) -> Vec<Vec<(usize, Named)>> {
    let singulars: Vec<String> = targets.iter().map(|target| singular(target.name)).collect();
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut by_table: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut long = Vec::new();
    for (number, (target, singular)) in targets.iter().zip(&singulars).enumerate() {
        by_table.entry(target.table).or_default().push(number);
        match singular.len() <= MOST_LOOKED_UP {
            true => by_name.entry(singular).or_default().push(number),
            false => long.push(number),
        }
    }
    let mut called: Vec<Vec<(usize, Named)>> = targets.iter().map(|_| Vec::new()).collect();
    for (at, candidate) in candidates.iter().enumerate() {
        let Some(stem) = reference_stem(candidate.label) else { continue };
        let ends = stem.char_indices().rev().map(|(from, _)| &stem[from..]);
        let ends = ends.take_while(|end| end.len() <= MOST_LOOKED_UP);
        let named = ends.filter_map(|end| by_name.get(end)).flatten().chain(&long).copied();
        for target in named.filter(|target| names_one(&stem, &singulars[*target])) {
            called[target].push((at, Named::Table));
        }
        if matches!(&*stem, "parent" | "上级" | "父") {
            for target in by_table.get(&candidate.table).into_iter().flatten() {
                if !names_one(&stem, &singulars[*target]) {
                    called[*target].push((at, Named::Parent));
                }
            }
        }
    }
    called
}
