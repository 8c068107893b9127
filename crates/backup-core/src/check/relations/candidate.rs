//! A column that may be a reference, and what was counted in it.

use std::collections::{BTreeMap, BTreeSet};

use super::ids::Presence;
use super::labels::Form;
use super::values::{Separators, USUAL};
use crate::model::InferredFrom;
use crate::profile::Profile;
use crate::record::Cell;

/// In a column that is inferred to be a reference from its values alone, at most one in this many
/// cells may have no distinctive id.
const ONE_OTHER_IN: u64 = 20;
/// The number of cells without a distinctive id that are tolerated while the number of all cells
/// is not known.
const OTHERS_AT_FIRST: u64 = 1000;
/// The maximum number of keys whose hits are counted for a column, in addition to the keys that its
/// label names.
const MOST_COUNTED: usize = 64;

/// The maximum number of starts of ids that are noted for a column.
const MOST_PREFIXES: usize = 64;

/// How the label of a column names a key. The first kinds are the surest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Naming {
    /// The profile of the CRM states the table.
    Profile,
    /// The label is the name of the key's table, with a word for an id: `account_id`.
    Table,
    /// The label ends with the name of the table: `parent_account_id`.
    TableEnd,
    /// The label is that of the key.
    Key,
    /// The label ends with that of the key: `SizeUnitMeasureCode` and `UnitMeasureCode`.
    KeyEnd,
    /// The label means a record of the same table: `ReportsTo`.
    Parent,
    /// The label means a person, and the table holds the users or employees: `owner`.
    Person,
}

/// What the profile of a CRM states of a column that refers to records.
#[derive(Clone, Default)]
pub(super) struct Stated {
    /// Whether the profile says that it refers to records.
    pub(super) is_lookup: bool,
    /// The names of the tables that it refers to; label and values decide if there are none.
    pub(super) targets: Vec<String>,
    /// The part of the label that is the name of the record, in `Associated Company IDs`.
    pub(super) label: Option<String>,
    /// The column whose cells hold the names of the tables that the ids belong to.
    pub(super) target_column: Option<usize>,
    /// What separates several ids in a cell.
    pub(super) separator: Option<u8>,
    /// The number of leading characters of an id that tell its table.
    pub(super) prefix_length: usize,
}

/// What was counted in a column that may be a reference.
#[derive(Default)]
pub(super) struct Candidate {
    /// What its label says.
    pub(super) form: Form,
    /// The number of cells that are not null, if it is known in advance.
    pub(super) all_cells: Option<u64>,
    /// The number of cells with ids so far.
    pub(super) cells: u64,
    /// The number of these cells whose ids do not occur in another column by chance.
    distinctive: u64,
    /// The number of these cells with codes.
    codes: u64,
    /// What the profile states of it.
    pub(super) stated: Stated,
    /// The keys that the label names.
    pub(super) named: BTreeMap<usize, Naming>,
    /// For each key, the number of this column's ids that the key contains. If the ids are neither
    /// distinctive nor codes, only the keys in `named` are counted. Keys with few hits may be
    /// missing; see `uncounted`.
    pub(super) hits: BTreeMap<usize, u64>,
    /// The maximum number of hits that may be missing in `hits` for each key that the label does
    /// not name.
    pub(super) uncounted: u64,
    /// The first characters of its ids that tell tables.
    pub(super) prefixes: BTreeSet<String>,
    /// From what it was inferred that this is a reference; `None` if it was not.
    pub(super) basis: Option<InferredFrom>,
    /// The key that the label names, if the reference was inferred from values only. The column
    /// refers to this key, even if the key has none of its ids, if the values show no other target
    /// after all.
    pub(super) otherwise: Option<usize>,
}

impl Candidate {
    /// A candidate for a column with this label.
    pub(super) fn new(label: &str, all_cells: Option<u64>) -> Self {
        Self { form: Form::of(label), all_cells, ..Self::default() }
    }

    /// The separators of ids in a cell, and whether the profile states that its cells hold ids.
    pub(super) fn separators(&self) -> (Separators, bool) {
        let separators = self.stated.separator.map_or(USUAL, |separator| [separator; 2]);
        (separators, self.stated.is_lookup)
    }

    /// Notes the table that the start of an id tells.
    pub(super) fn add_prefix(&mut self, cell: Cell<'_>) {
        let length = self.stated.prefix_length;
        if length == 0 || self.prefixes.len() >= MOST_PREFIXES {
            return;
        }
        if let Cell::Text(text) = cell
            && let Some(prefix) = text.to_str().and_then(|text| text.get(..length))
            && !self.prefixes.contains(prefix)
        {
            self.prefixes.insert(prefix.to_owned());
        }
    }

    /// The names of the tables that the starts of its ids tell.
    pub(super) fn tables_of_prefixes<'a>(
        &'a self,
        profile: Option<&'a Profile>,
    ) -> impl Iterator<Item = &'a String> {
        let known = profile.and_then(|profile| profile.prefixes.as_ref());
        self.prefixes.iter().filter_map(move |prefix| known?.tables.get(prefix))
    }

    pub(super) fn add_cell(&mut self, cell: Presence) {
        self.cells += 1;
        self.distinctive += u64::from(cell == Presence::Distinctive);
        self.codes += u64::from(cell == Presence::Code);
    }

    /// Whether it cannot be a reference any more, whatever the remaining cells hold. The first
    /// cells alone do not decide this, because old records often have the ids of an earlier CRM.
    pub(super) fn cannot_be_reference(&self) -> bool {
        let most = match self.all_cells {
            Some(all) => all / ONE_OTHER_IN,
            None => OTHERS_AT_FIRST.max(self.cells / ONE_OTHER_IN),
        };
        self.form == Form::Other
            && self.named.is_empty()
            && self.cells - self.distinctive.max(self.codes) > most
    }

    /// Whether nearly all cells have values that do not occur in another column by chance.
    pub(super) fn is_distinctive(&self) -> bool {
        self.distinctive > 0 && self.cells - self.distinctive <= self.cells / ONE_OTHER_IN
    }

    /// Whether nearly all cells have codes.
    pub(super) fn has_codes(&self) -> bool {
        self.codes > 1 && self.cells - self.codes <= self.cells / ONE_OTHER_IN
    }

    pub(super) fn is_by_values_only(&self) -> bool {
        self.basis == Some(InferredFrom::Values)
    }

    /// Replaces the inference from values by that from the label. Returns the key that it names.
    pub(super) fn fall_back(&mut self) -> Option<usize> {
        let is_named = self.otherwise.is_some() || self.form == Form::Lookup;
        self.basis = is_named.then_some(InferredFrom::Name);
        self.otherwise
    }

    /// Counts an id that these keys contain.
    pub(super) fn add_hits(&mut self, keys: &[usize]) {
        let is_counted = self.is_distinctive() || self.has_codes();
        for key in keys {
            let Self { named, hits, uncounted, .. } = self;
            let is_named = named.contains_key(key);
            if !is_named && !is_counted {
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
            candidate.add_cell(if is_distinctive { Presence::Distinctive } else { Presence::Ids });
            is_kept
        });
        added.count() as u64
    }

    #[test]
    fn a_column_is_dropped_as_soon_as_it_cannot_be_a_reference() {
        let mut mixed = Candidate::new("owner", Some(1_000));
        assert_eq!(add(&mut mixed, false, 50) + add(&mut mixed, true, 950), 1_000);
        assert!(mixed.is_distinctive(), "50 of 1,000 cells are old numbers");
        let mut names = Candidate::new("owner", Some(1_000));
        assert_eq!(add(&mut names, false, 1_000), 51, "no more cells are kept");
        assert!(!names.is_distinctive());
        let mut labelled = Candidate::new("owner_id", Some(1_000));
        assert_eq!(add(&mut labelled, false, 1_000), 1_000, "its label is enough");
    }

    #[test]
    fn a_column_of_unknown_length_is_dropped_after_its_first_cells() {
        let mut names = Candidate::new("owner", None);
        assert_eq!(add(&mut names, false, 10_000), 1_001);
        let mut mixed = Candidate::new("owner", None);
        assert_eq!(add(&mut mixed, true, 99_000) + add(&mut mixed, false, 4_000), 103_000);
    }

    #[test]
    fn keys_with_many_ids_are_counted_among_any_number_of_others() {
        let mut candidate = Candidate::new("owner", Some(20_000));
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
