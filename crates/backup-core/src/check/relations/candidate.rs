//! A column that may be a reference, and what was counted in it.

use std::collections::BTreeMap;

use super::values::reference_stem;

/// In a column that is inferred to be a reference from its values alone, at most one in this many
/// cells may have no distinctive id.
const ONE_OTHER_IN: u64 = 20;
/// The maximum number of keys whose hits are counted for a column, in addition to the keys that its
/// label names.
const MOST_COUNTED: usize = 64;

/// What was counted in a column that may be a reference.
#[derive(Default)]
pub(super) struct Candidate {
    /// Whether its label is that of a reference. Then it is looked up even if it holds small
    /// numbers.
    is_labelled: bool,
    /// The number of cells that are not null, from the manifest.
    all_cells: u64,
    /// The number of cells with ids so far.
    cells: u64,
    /// The number of these cells whose ids do not occur in another column by chance.
    distinctive: u64,
    /// The keys that the label names. The value is `true` if the label contains the name of their
    /// table, and `false` if it only means a parent in the same table.
    pub(super) named: BTreeMap<usize, bool>,
    /// For each key, the number of this column's ids that the key contains. If the ids are not
    /// distinctive, only the keys in `named` are counted. Keys with few hits may be missing; see
    /// `uncounted`.
    pub(super) hits: BTreeMap<usize, u64>,
    /// The maximum number of hits that may be missing in `hits` for each key that the label does
    /// not name.
    pub(super) uncounted: u64,
    /// Whether the reference was inferred from values only.
    pub(super) by_values: bool,
    /// The key of the only table that the label names, if the ids of the column are distinctive.
    /// The column refers to this key, even if the key has none of its ids, unless its values show
    /// another target.
    pub(super) otherwise: Option<usize>,
}

impl Candidate {
    /// A candidate for a column with this label. `all_cells` is the number of its cells that are
    /// not null.
    pub(super) fn new(label: &str, all_cells: u64) -> Self {
        Self { is_labelled: reference_stem(label).is_some(), all_cells, ..Self::default() }
    }

    pub(super) fn add_cell(&mut self, is_distinctive: bool) {
        self.cells += 1;
        self.distinctive += u64::from(is_distinctive);
    }

    /// Whether it cannot be a reference any more, whatever the remaining cells hold. The first
    /// cells alone do not decide this, because old records often have the ids of an earlier CRM.
    pub(super) fn cannot_be_reference(&self) -> bool {
        !self.is_labelled && self.cells - self.distinctive > self.all_cells / ONE_OTHER_IN
    }

    /// Whether nearly all cells have values that do not occur in another column by chance.
    pub(super) fn is_distinctive(&self) -> bool {
        self.distinctive > 0 && self.cells - self.distinctive <= self.cells / ONE_OTHER_IN
    }

    /// Counts an id that these keys contain.
    pub(super) fn add_hits(&mut self, keys: &[usize]) {
        let is_distinctive = self.is_distinctive();
        for key in keys {
            let Self { named, hits, uncounted, .. } = self;
            let is_named = named.contains_key(key);
            if !is_named && !is_distinctive {
                continue;
            }
            *hits.entry(*key).or_default() += 1;
            // The Misra-Gries algorithm: if too many keys are counted, one hit of each is
            // subtracted, and keys without hits are removed. A key with many hits always remains.
            if hits.len() > MOST_COUNTED + named.len() {
                *uncounted += 1;
                hits.retain(|key, hits| {
                    *hits -= u64::from(!named.contains_key(key));
                    *hits > 0
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds up to this number of cells. Returns the number of cells that were added before the
    /// candidate could not be a reference any more.
    fn add(candidate: &mut Candidate, is_distinctive: bool, cells: u64) -> u64 {
        let added = (0..cells).take_while(|_| {
            let is_kept = !candidate.cannot_be_reference();
            candidate.add_cell(is_distinctive);
            is_kept
        });
        added.count() as u64
    }

    #[test]
    fn a_column_is_dropped_as_soon_as_it_cannot_be_a_reference() {
        let mut mixed = Candidate::new("owner", 1_000);
        assert_eq!(add(&mut mixed, false, 50) + add(&mut mixed, true, 950), 1_000);
        assert!(mixed.is_distinctive(), "50 of 1,000 cells are old numbers");
        let mut names = Candidate::new("owner", 1_000);
        assert_eq!(add(&mut names, false, 1_000), 51, "no more cells are kept");
        assert!(!names.is_distinctive());
        let mut labelled = Candidate::new("owner_id", 1_000);
        assert_eq!(add(&mut labelled, false, 1_000), 1_000, "its label is enough");
    }

    #[test]
    fn keys_with_many_ids_are_counted_among_any_number_of_others() {
        let mut candidate = Candidate::new("owner", 20_000);
        add(&mut candidate, true, 20_000);
        for number in 0..10_000 {
            candidate.add_hits(&[1, 10 + number]);
            candidate.add_hits(&[2]);
        }
        assert!(candidate.hits.len() <= MOST_COUNTED, "{} keys", candidate.hits.len());
        for key in [1, 2] {
            let counted = candidate.hits[&key] + candidate.uncounted;
            assert_eq!(counted, 10_000, "hits of {key} that are counted, or known to be missing");
        }
        assert!(candidate.uncounted < 200, "{} are missing", candidate.uncounted);
    }
}
