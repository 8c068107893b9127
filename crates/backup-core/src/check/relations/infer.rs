//! Infers from names and values which columns refer to which keys.
//!
//! The classic test is inclusion: nearly all values of a column are values of the key. Inclusion
//! alone finds too many references, because every column of small numbers is included in a key that
//! counts from 1. So a reference also needs values that no two columns share by chance, or a
//! matching name. A label that names a table is enough by itself: then all ids may be missing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidate::{Candidate, Naming};
use super::ids::join;
use super::keys::{Key, Reference, Role};
use super::labels::{self, Form, is_common, is_parent, is_person, is_staff, normal, singular};
use super::tables::{Plan, TablePlan};
use crate::check::sorting::Sorted;
use crate::error::Result;
use crate::model::InferredFrom;
use crate::monitor::Monitor;
use crate::profile::Profile;

/// The minimum share of a column's ids that the key must contain. Orphans are normal.
const NEARLY_ALL: f64 = 0.8;
/// The minimum share if the label ends with the name of the table. The other ids are reported as
/// orphans.
const NAMED_SHARE: f64 = 0.3;
/// The minimum share of small numbers and codes, which occur in several columns by chance.
const ALMOST_ALL: f64 = 0.95;
/// The minimum share of a column's ids that a key must contain to be one of several targets. It
/// must also contain at least two ids.
const ONE_OF_SEVERAL: f64 = 1.0 / 256.0;
/// If more keys than this have a name, it names none of them.
const MOST_NAMESAKES: usize = 64;
/// The maximum length of the name of a table or key that is found in column labels, in bytes.
const MOST_NAME_BYTES: usize = 64;

/// Finds the keys that the labels of candidates name.
pub(super) fn name_candidates(plan: &mut Plan) {
    let Plan { tables, keys, references, .. } = plan;
    let names = TargetNames::new(tables, keys);
    for reference in references.iter_mut() {
        let label = &tables[reference.table].labels[reference.columns[0]];
        if let Some(candidate) = &mut reference.candidate {
            candidate.named = names.named_by(label, candidate.form, reference.table);
            let stated = candidate.stated.targets.iter().filter_map(|name| names.of_table(name));
            let labelled = candidate.stated.label.iter().filter_map(|name| names.of_label(name));
            let by_prefix =
                candidate.tables_of_prefixes(tables[reference.table].profile.as_deref());
            let by_prefix = by_prefix.filter_map(|name| names.of_table(name));
            let stated: Vec<usize> =
                stated.chain(labelled).chain(by_prefix).flatten().copied().collect();
            candidate.named.extend(stated.into_iter().map(|key| (key, Naming::Profile)));
        }
    }
}

/// Counts repeated keys, and infers what the candidates refer to.
pub(super) fn infer(plan: &mut Plan, ids: &Sorted<2>, monitor: &dyn Monitor) -> Result<()> {
    let Plan { tables, keys, references, .. } = plan;
    let repeated = |key: usize, record| keys[key].add_repeated(record);
    join(ids, monitor, repeated, |id| {
        let reference = &mut references[id.reference];
        match &mut reference.candidate {
            Some(candidate) => candidate.add_hits(id.keys),
            None => reference.look_up(&id),
        }
    })?;
    keys.iter_mut().for_each(Key::drop_unless_unique);
    for reference in references {
        let targets = Targets { tables, keys, reference };
        let found = targets.find();
        let Some(candidate) = &mut reference.candidate else { continue };
        if let Some((targets, basis, otherwise)) = found {
            (candidate.basis, candidate.otherwise) = (Some(basis), otherwise);
            reference.report.inferred_from = Some(basis);
            reference.point_at(targets, keys);
        }
    }
    Ok(())
}

/// The keys a candidate refers to, why, and the key that the label names.
type Found = (Vec<usize>, InferredFrom, Option<usize>);

/// Finds the targets of one candidate.
struct Targets<'a> {
    tables: &'a [TablePlan],
    keys: &'a [Key],
    reference: &'a Reference,
}

impl Targets<'_> {
    /// The first rule that finds keys decides:
    ///
    /// 1. a key that the label names and that has enough of the ids for this [`Naming`], with
    ///    others that have distinctive ids of the column,
    /// 2. all keys with some of the ids, if the label has a form that only references have, and the
    ///    ids are distinctive ([`Candidate::is_distinctive`]),
    /// 3. one key that has `NEARLY_ALL` of the ids, if these are distinctive,
    /// 4. several keys that together have `NEARLY_ALL` of the ids, if these are distinctive,
    /// 5. the table that the label names, even if it has none of the ids,
    /// 6. no key, if the label has a form that only references have, or the profile states that it
    ///    is a reference.
    fn find(&self) -> Option<Found> {
        let candidate = self.reference.candidate.as_ref()?;
        if candidate.cells == 0 || candidate.cannot_be_reference() {
            return None;
        }
        if let Some(named) = self.named_with_ids(candidate) {
            let others = self.others(candidate, &named);
            let all = named.into_iter().chain(others).collect();
            return Some((all, InferredFrom::NameAndValues, None));
        }
        let is_lookup = candidate.form == Form::Lookup;
        if is_lookup && candidate.is_distinctive() {
            let some = self.with_ids(candidate, self.share(ONE_OF_SEVERAL).max(2));
            if !some.is_empty() {
                return Some((some, InferredFrom::NameAndValues, None));
            }
        }
        let named = self.named_alone(candidate);
        if let Some(found) = self.by_values(candidate) {
            return Some((found, InferredFrom::Values, named.first().copied()));
        }
        (is_lookup || !named.is_empty()).then_some((named, InferredFrom::Name, None))
    }

    /// The number of ids that a share of the column's ids is; at least 1.
    fn share(&self, share: f64) -> u64 {
        ((self.reference.report.values as f64 * share).ceil() as u64).max(1)
    }

    /// The keys of the surest naming that have enough of the ids.
    fn named_with_ids(&self, candidate: &Candidate) -> Option<Vec<usize>> {
        let hits = |key: &usize| candidate.hits.get(key).copied().unwrap_or_default();
        for naming in [
            Naming::Profile,
            Naming::Table,
            Naming::TableEnd,
            Naming::Key,
            Naming::KeyEnd,
            Naming::Parent,
            Naming::Person,
        ] {
            let named = self.named(candidate, naming);
            let least = match naming {
                Naming::Profile => 1,
                Naming::Table | Naming::TableEnd => self.share(NAMED_SHARE),
                Naming::Key if candidate.form == Form::Id => self.share(NAMED_SHARE),
                Naming::Key | Naming::KeyEnd | Naming::Parent => self.share(NEARLY_ALL),
                Naming::Person => self.share(ALMOST_ALL),
            };
            // A profile may state several tables, and all of them are targets.
            if naming == Naming::Profile && named.iter().any(|key| hits(key) >= least) {
                return Some(named);
            }
            let with: Vec<usize> = named.into_iter().filter(|key| hits(key) >= least).collect();
            match with[..] {
                [] => {}
                [_] => return Some(with),
                // One table was exported twice, or in pieces.
                _ if naming == Naming::Table => return Some(with),
                _ => return None,
            }
        }
        None
    }

    /// The keys of other tables that have some of the ids, if these are distinctive.
    fn others(&self, candidate: &Candidate, named: &[usize]) -> Vec<usize> {
        let counted: u64 =
            named.iter().map(|key| candidate.hits.get(key).copied().unwrap_or(0)).sum();
        if !candidate.is_distinctive() || counted >= self.reference.report.values {
            return Vec::new();
        }
        let is_other = |key: &usize| {
            named.iter().all(|named| self.keys[*named].table != self.keys[*key].table)
        };
        self.with_ids(candidate, self.share(ONE_OF_SEVERAL).max(2))
            .into_iter()
            .filter(is_other)
            .collect()
    }

    /// The keys with at least so many of the ids, one for each table. First columns may be
    /// references too, so they count only for codes.
    fn with_ids(&self, candidate: &Candidate, least: u64) -> Vec<usize> {
        let is_key = |key: &Key| match key.role {
            Role::Silent => candidate.has_codes() && key.is_unique(),
            _ => key.is_target(),
        };
        let with = candidate.hits.iter().filter(|(_, hits)| **hits >= least);
        let with = with.map(|(key, _)| *key).filter(|key| is_key(&self.keys[*key]));
        let mut with: Vec<usize> = with.collect();
        with.dedup_by_key(|key| self.keys[*key].table);
        with
    }

    /// The keys that have the ids, by values alone.
    fn by_values(&self, candidate: &Candidate) -> Option<Vec<usize>> {
        let ids = self.reference.report.values;
        if candidate.has_codes() && self.own_key().is_none() {
            let with = self.closest(self.with_ids(candidate, self.share(ALMOST_ALL)));
            let with: Vec<_> = with.into_iter().filter(|key| self.keys[*key].is_unique()).collect();
            return (with.len() == 1).then_some(with);
        }
        if !candidate.is_distinctive() || self.own_key().is_some_and(|role| role != Role::Silent) {
            return None;
        }
        let with = self.closest(self.with_ids(candidate, self.share(NEARLY_ALL)));
        match with[..] {
            [] => {}
            [key] if ids > 1 => {
                let others = self.others(candidate, &[key]);
                return Some(std::iter::once(key).chain(others).collect());
            }
            // Several keys match, and nothing decides between them: no reference is inferred.
            _ => return None,
        }
        let at_least = self.share(ONE_OF_SEVERAL).max(2);
        let some = self.with_ids(candidate, at_least);
        // An id that several keys contain is counted once for each, so the sum may be too high. The
        // lookup then finds many orphans, and `discard_wrong_inference` undoes this.
        let together: u64 = some.iter().map(|key| candidate.hits[key]).sum();
        let is_enough = together >= self.share(NEARLY_ALL) && candidate.uncounted < at_least;
        is_enough.then_some(some)
    }

    /// The keys of the tables that the profile states, or of the one that the label names, whatever
    /// ids they have.
    fn named_alone(&self, candidate: &Candidate) -> Vec<usize> {
        let some = |naming| Some(self.named(candidate, naming)).filter(|keys| !keys.is_empty());
        let only = |naming| some(naming).filter(|keys| keys.len() == 1);
        let ending = || only(Naming::TableEnd).filter(|_| candidate.is_distinctive());
        let stated = some(Naming::Profile).or_else(|| some(Naming::Table));
        let exact = stated.or_else(|| only(Naming::Key));
        let is_id = matches!(candidate.form, Form::Id | Form::Lookup);
        exact.or_else(ending).filter(|_| is_id).unwrap_or_default()
    }

    /// The keys that the label names in this way, one for each table, of the tables that are
    /// closest to that of the reference.
    fn named(&self, candidate: &Candidate, naming: Naming) -> Vec<usize> {
        let named = candidate.named.iter().filter(|(_, other)| **other == naming);
        let named = named.map(|(key, _)| *key).filter(|key| {
            let key = &self.keys[*key];
            let may_be_own = !matches!(naming, Naming::Table | Naming::Key | Naming::KeyEnd);
            let is_sure = !matches!(naming, Naming::Key | Naming::KeyEnd) || key.is_unique();
            key.is_target() && is_sure && (may_be_own || key.table != self.reference.table)
        });
        let mut named: Vec<usize> = named.collect();
        named.dedup_by_key(|key| self.keys[*key].table);
        if self.own_key().is_some() && !matches!(naming, Naming::Profile | Naming::Table) {
            return Vec::new();
        }
        self.closest(named)
    }

    /// The keys whose tables lie closest to that of the reference: in the same workbook or folder.
    fn closest(&self, keys: Vec<usize>) -> Vec<usize> {
        let own = path(&self.tables[self.reference.table]);
        let closeness = |key: &usize| {
            let other = path(&self.tables[self.keys[*key].table]);
            own.iter().zip(&other).take_while(|(one, other)| one == other).count()
        };
        let most = keys.iter().map(closeness).max();
        keys.into_iter().filter(|key| Some(closeness(key)) == most).collect()
    }

    /// The role of the column as a unique key of its own table.
    fn own_key(&self) -> Option<Role> {
        let Reference { table, columns, .. } = self.reference;
        let mut own = self.tables[*table].keys.iter().map(|key| &self.keys[*key]);
        own.find(|key| key.columns == *columns && key.is_target() && key.is_unique())
            .map(|key| key.role)
    }
}

/// The folders of a table, and its source.
fn path(table: &TablePlan) -> Vec<String> {
    let Some(source) = &table.source else { return Vec::new() };
    let folders = Profile::folders(table.profile.as_deref(), source);
    folders.into_iter().chain([source.clone()]).collect()
}

/// Keys of one column, by the names of their tables and their own.
struct TargetNames<'a> {
    keys: &'a [Key],
    by_table_name: HashMap<String, Vec<usize>>,
    by_label: HashMap<String, Vec<usize>>,
    by_table: HashMap<usize, Vec<usize>>,
}

impl<'a> TargetNames<'a> {
    fn new(tables: &[TablePlan], keys: &'a [Key]) -> Self {
        let (by_table_name, by_label, by_table) = Default::default();
        let mut names = Self { keys, by_table_name, by_label, by_table };
        let prefix = common_prefix(tables);
        for (at, key) in keys.iter().enumerate().filter(|(_, key)| key.is_target()) {
            let table = &tables[key.table];
            let full = singular(&table.name);
            let own = singular(&table.name_in_source);
            let bare = prefix.and_then(|prefix| table.name_in_source.get(prefix.len()..));
            for name in BTreeSet::from([full, own, bare.map(singular).unwrap_or_default()]) {
                names.by_table_name.entry(name).or_default().push(at);
            }
            let label = normal(&table.labels[key.columns[0]]);
            if !is_common(&label) {
                names.by_label.entry(label).or_default().push(at);
            }
            names.by_table.entry(key.table).or_default().push(at);
        }
        names.by_table_name.remove("");
        names
    }

    /// The keys of the tables with this name.
    fn of_table(&self, name: &str) -> Option<&Vec<usize>> {
        self.by_table_name.get(&singular(name))
    }

    /// The keys of the table whose name is this label, or ends with it: `all-companies` and
    /// `Company`.
    fn of_label(&self, label: &str) -> Option<&Vec<usize>> {
        let name = labels::stem(label);
        let mut ending = self.by_table_name.iter().filter(|(table, _)| table.ends_with(&name));
        let only = ending.next().filter(|_| ending.next().is_none()).map(|(_, keys)| keys);
        self.by_table_name.get(&name).or(only)
    }

    /// The keys that a column with this label is named after.
    fn named_by(&self, label: &str, form: Form, table: usize) -> BTreeMap<usize, Naming> {
        let (stem, label) = (labels::stem(label), normal(label));
        let mut named = BTreeMap::new();
        let mut add = |keys: Option<&Vec<usize>>, naming: Naming| {
            for key in keys.filter(|keys| keys.len() <= MOST_NAMESAKES).into_iter().flatten() {
                let known = named.entry(*key).or_insert(naming);
                *known = naming.min(*known);
            }
        };
        add(self.by_table_name.get(&stem), Naming::Table);
        if form != Form::Other {
            // The longest name is meant: `sales_order_id` is of sales orders, not of orders.
            let long =
                ends(&stem).filter(|end| end.chars().count() >= if end.is_ascii() { 3 } else { 2 });
            let longest = long.filter_map(|end| self.by_table_name.get(end)).next();
            add(longest, Naming::TableEnd);
        }
        add(self.by_label.get(&label), Naming::Key);
        if form != Form::Other {
            let longest = ends(&label).filter(|end| end.chars().count() > 4);
            add(longest.filter_map(|end| self.by_label.get(end)).next(), Naming::KeyEnd);
        }
        if is_person(&stem) {
            let staff = self.by_table_name.iter().filter(|(name, _)| is_staff(name));
            staff.for_each(|(_, keys)| add(Some(keys), Naming::Person));
        }
        if is_parent(&stem) {
            add(self.by_table.get(&table), Naming::Parent);
        }
        named.retain(|key, _| self.keys[*key].columns.len() == 1);
        named
    }
}

/// The ends of a text that are shorter, the longest first. Only those that may be a name are in it.
fn ends(text: &str) -> impl Iterator<Item = &str> {
    let first = text.len().saturating_sub(MOST_NAME_BYTES).max(1);
    (first..text.len()).filter_map(|at| text.get(at..))
}

/// What the names of all tables start with, up to a `_`: `crm_` of `crm_account` and `crm_deal`.
fn common_prefix(tables: &[TablePlan]) -> Option<&str> {
    let first = tables.first().filter(|_| tables.len() > 2)?;
    let end = first.name_in_source.find('_')? + 1;
    let prefix = &first.name_in_source[..end];
    let mut others = tables.iter();
    others
        .all(|table| table.name_in_source.len() > end && table.name_in_source.starts_with(prefix))
        .then_some(prefix)
}
