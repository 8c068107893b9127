//! A column that may be a reference: what was collected of it.

use std::collections::BTreeMap;

use super::values::reference_stem;

/// So many cells show that a column holds no ids.
const JUDGED: u64 = 32;
/// Of a column that more keys than this have ids of, nothing is concluded from its ids.
const MOST_TARGETS: usize = 64;

/// What was collected of a column that may be a reference.
#[derive(Default)]
pub(super) struct Candidate {
    /// Whether it is labelled as references are. Then it is looked up even if it holds small numbers.
    is_labelled: bool,
    /// How many cells hold something.
    cells: u64,
    /// How many of them hold ids that no other column has by chance.
    distinctive: u64,
    /// The keys that it is named after: each with whether the name is that of the table, and not only
    /// that of a parent in the table itself.
    pub(super) named: BTreeMap<usize, bool>,
    /// How many of its ids each key has; of small numbers only keys that it is named after.
    pub(super) hits: BTreeMap<usize, u64>,
    /// Whether more keys have its ids than a reference has targets.
    pub(super) too_many: bool,
    /// Whether values alone show that it is a reference.
    pub(super) by_values: bool,
}

impl Candidate {
    pub(super) fn new(label: &str) -> Self {
        Self { is_labelled: reference_stem(label).is_some(), ..Self::default() }
    }

    pub(super) fn add_cell(&mut self, is_distinctive: bool) {
        self.cells += 1;
        self.distinctive += u64::from(is_distinctive);
    }

    /// Whether there are enough cells to see that the column holds no ids.
    pub(super) fn names_nothing(&self) -> bool {
        !self.is_labelled && self.cells >= JUDGED && self.distinctive * 2 < self.cells
    }

    /// Whether nearly all cells are such that no other column has them by chance.
    pub(super) fn is_distinctive(&self) -> bool {
        self.distinctive > 0 && self.distinctive * 20 >= self.cells * 19
    }

    /// Counts an id that these keys have.
    pub(super) fn add_hits(&mut self, keys: &[usize]) {
        for key in keys {
            let is_named = self.named.contains_key(key);
            if !is_named && (self.too_many || !self.is_distinctive()) {
                continue;
            }
            *self.hits.entry(*key).or_default() += 1;
            if self.hits.len() > MOST_TARGETS + self.named.len() {
                self.too_many = true;
                self.hits.retain(|key, _| self.named.contains_key(key));
            }
        }
    }
}
