//! Which columns refer to which keys, concluded from names and values.
//!
//! The classic test for it is inclusion: nearly all values of the one are values of the other. Alone
//! it claims too much, as every column of small numbers is included in a key that counts from 1. So
//! it has to be either values that no two columns share by chance, or a name that says the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::ids::Hash;
use super::sample::Sample;
use super::values::{names_one, reference_stem, singular};

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

/// A key of one column.
pub(super) struct Target<'a> {
    /// Its number among all keys.
    pub(super) key: usize,
    pub(super) table: usize,
    pub(super) name: &'a str,
}

/// A column of which nothing is known, its sample, and the keys that have some of its values.
pub(super) struct Candidate {
    pub(super) table: usize,
    pub(super) column: usize,
    /// How many ids its sample has.
    ids: usize,
    is_distinctive: bool,
    /// The keys that it is named after.
    named: BTreeMap<usize, Named>,
    /// For each key that has any of the ids, which; of small numbers only for keys that it is named
    /// after.
    hits: BTreeMap<usize, Vec<usize>>,
    too_many: bool,
}

/// What a column's name says of the table whose key it may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// It is named after the table.
    Table,
    /// It is called a parent, in the table itself.
    Parent,
}

/// What a candidate refers to.
pub(super) struct Inferred {
    /// The keys: one, or several in their order.
    pub(super) keys: Vec<usize>,
    /// Whether the column is named after the table.
    pub(super) by_name: bool,
}

impl Candidate {
    pub(super) fn new(
        (table, column): (usize, usize),
        label: &str,
        sample: &Sample,
        names: &TargetNames,
    ) -> Self {
        Self {
            table,
            column,
            ids: sample.ids().count(),
            is_distinctive: sample.is_distinctive(),
            named: names.named_by(label, table),
            hits: BTreeMap::new(),
            too_many: false,
        }
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

    /// The least number of hits that is this share of the ids.
    fn share(&self, share: f64) -> usize {
        ((self.ids as f64 * share).ceil() as usize).max(1)
    }

    /// What it refers to, if anything; `targets` are in order.
    pub(super) fn inferred(&self, targets: &[Target<'_>]) -> Option<Inferred> {
        let one = |key, by_name| Some(Inferred { keys: vec![key], by_name });
        let hits = |key: usize| self.hits.get(&key).map_or(0, Vec::len);
        let keys: BTreeSet<usize> = self.hits.keys().chain(self.named.keys()).copied().collect();
        let find = |key| targets.binary_search_by_key(&key, |target| target.key).ok();
        let found = keys.into_iter().filter_map(find).map(|at| &targets[at]);
        let found: Vec<&Target<'_>> = found.collect();
        let with_hits = |least: usize| {
            let distinctive = found.iter().filter(|_| self.is_distinctive);
            distinctive.filter(move |target| hits(target.key) >= least)
        };
        let (few, enough) = (self.share(NAMED), self.share(NEARLY_ALL));
        let named = found.iter().filter(|target| self.named.contains_key(&target.key));
        match OneOrMore::of(named.filter(|target| hits(target.key) >= few)) {
            OneOrMore::One(key) => return one(key, true),
            OneOrMore::More => return None,
            OneOrMore::None => {}
        }
        match OneOrMore::of(with_hits(enough)) {
            OneOrMore::One(key) if self.ids > 1 => return one(key, false),
            OneOrMore::None => {}
            // It fits several and nothing tells which: nothing is concluded.
            _ => return None,
        }
        let mut some: Vec<_> = with_hits(SOME).collect();
        some.dedup_by_key(|target| target.table);
        let keys: Vec<usize> = some.into_iter().map(|target| target.key).collect();
        let together: BTreeSet<usize> =
            keys.iter().flat_map(|key| &self.hits[key]).copied().collect();
        if together.len() >= enough && keys.len() <= MOST_TARGETS && !self.too_many {
            return Some(Inferred { keys, by_name: false });
        }
        // A column of ids that is named after a table and has few of its keys, or none: these are
        // orphans to be reported.
        let has_ids = self.is_distinctive && self.ids > 0;
        let by_table = |target: &&&Target<'_>| self.named.get(&target.key) == Some(&Named::Table);
        match OneOrMore::of(found.iter().filter(by_table)) {
            OneOrMore::One(key) if has_ids => one(key, true),
            _ => None,
        }
    }
}

/// Whether there is one key or more. Of two keys of a table either will do.
enum OneOrMore {
    None,
    One(usize),
    More,
}

impl OneOrMore {
    fn of<'a>(mut targets: impl Iterator<Item = &'a &'a Target<'a>>) -> Self {
        let Some(first) = targets.next() else { return Self::None };
        match targets.all(|target| target.table == first.table) {
            true => Self::One(first.key),
            false => Self::More,
        }
    }
}

/// The keys by the names of their tables.
pub(super) struct TargetNames {
    by_name: HashMap<String, Vec<usize>>,
    by_table: HashMap<usize, Vec<usize>>,
}

impl TargetNames {
    pub(super) fn new(targets: &[Target<'_>]) -> Self {
        let mut names = Self { by_name: HashMap::new(), by_table: HashMap::new() };
        for target in targets {
            names.by_name.entry(singular(target.name)).or_default().push(target.key);
            names.by_table.entry(target.table).or_default().push(target.key);
        }
        names
    }

    /// The keys that a column of this label is named after.
    fn named_by(&self, label: &str, table: usize) -> BTreeMap<usize, Named> {
        let Some(stem) = reference_stem(label) else { return BTreeMap::new() };
        let is_parent = matches!(&*stem, "parent" | "上级" | "父");
        let own = self.by_table.get(&table).into_iter().flatten().filter(|_| is_parent);
        let ends = stem.char_indices().rev().map(|(from, _)| &stem[from..]);
        let ends = ends.take_while(|end| end.len() <= MOST_NAME_BYTES);
        let ends = ends.filter(|end| names_one(&stem, end));
        let named = ends.filter_map(|end| self.by_name.get(end)).flatten();
        let own = own.map(|key| (*key, Named::Parent));
        own.chain(named.map(|key| (*key, Named::Table))).collect()
    }
}

/// The sampled ids of all candidates in order.
pub(super) struct SampledIds {
    ids: Vec<(Hash, usize)>,
    next: usize,
}

impl SampledIds {
    /// Of samples, each with the candidate that it belongs to.
    pub(super) fn new<'a>(samples: impl Iterator<Item = (usize, &'a Sample)>) -> Self {
        let ids = samples.flat_map(|(at, sample)| sample.ids().map(move |id| (*id, at)));
        let mut ids: Vec<_> = ids.collect();
        ids.sort_unstable();
        Self { ids, next: 0 }
    }

    /// Counts an id that these keys have; ids come in order.
    pub(super) fn count(&mut self, id: &Hash, keys: &[usize], candidates: &mut [Candidate]) {
        while self.ids.get(self.next).is_some_and(|(sampled, _)| sampled < id) {
            self.next += 1;
        }
        while let Some((_, at)) = self.ids.get(self.next).filter(|(sampled, _)| sampled == id) {
            keys.iter().for_each(|key| candidates[*at].hit(*key, self.next));
            self.next += 1;
        }
    }
}
