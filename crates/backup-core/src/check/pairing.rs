//! Matches the tables of the sources as they are now with the tables of the archive.
//!
//! A name alone does not identify a table: two databases may each have a table `accounts`, and the
//! first that is read keeps this name in the archive. So tables are matched by their source and
//! their name there; then by their name, if only one table has it. Ambiguous tables are reported as
//! skipped, and are not compared.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use crate::joined::Whole;
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::source::DATABASE_SIDECARS;
use crate::table_names::{Name, stem};

/// The suffix of the file with the definitions of a database.
pub(super) const DEFINITIONS: &str = ".schema.sql";

/// The archived table that a table of the sources matches, as far as this is known at its
/// beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MatchCandidate {
    /// The table with the same source and name, by its position.
    Same(usize),
    /// The only table with this name. It is from another source.
    SameName(usize),
    /// Several tables have this name, or it is not known which source this is.
    Unclear,
    /// The archive has no table with this name.
    New,
}

impl MatchCandidate {
    /// The table to compare it with.
    pub(super) fn table(self) -> Option<usize> {
        match self {
            Self::Same(at) | Self::SameName(at) => Some(at),
            Self::Unclear | Self::New => None,
        }
    }
}

/// The names of a table, or of all parts of one.
#[derive(Debug, Clone)]
pub(super) struct PairName {
    /// The name of the table, or of its first part.
    pub(super) first: Name,
    /// What identifies it: its name, or what its parts have in common.
    id: Name,
}

impl PairName {
    /// `whole` is what the parts have in common, if there may be several.
    pub(super) fn new(first: Name, whole: Option<&Whole>) -> Self {
        let id = whole.map(|Whole { folders, name, .. }| Name {
            source: Some(folders.join("/") + "/*"),
            own: name.clone(),
        });
        Self { id: id.unwrap_or_else(|| first.clone()), first }
    }

    fn source(&self) -> &str {
        self.first.source.as_deref().unwrap_or_default()
    }

    /// Whether it has this name: its own, that of its source, or both.
    fn is(&self, wanted: &str) -> bool {
        self.id.own == wanted || is_named(&self.first, wanted)
    }
}

/// Whether a table of the sources has this name: its own, that of its source, or both.
fn is_named(now: &Name, wanted: &str) -> bool {
    let source = now.source.as_deref().unwrap_or_default();
    let file = source.rsplit('/').next().unwrap_or(source);
    let is_file = !source.is_empty() && [source, file, stem(source)].contains(&wanted);
    now.own == wanted || now.in_full() == wanted || is_file
}

/// The tables of an archive, by their names.
pub(super) struct Pairing {
    then: Vec<PairName>,
    by_name: HashMap<Name, Vec<usize>>,
    by_own: HashMap<String, Vec<usize>>,
    /// By the own name without a date.
    by_undated: HashMap<String, Vec<usize>>,
    /// The tables of the archive for names that the user gave, and whether a table had the name.
    mapped: Vec<(String, usize)>,
    /// Sources whose names may now belong to other sources.
    unsure: HashSet<String>,
}

impl Pairing {
    /// Creates a pairing for the tables of an archive. `was` is the ledger of the archive, `is`
    /// that of the sources as they are now.
    pub(super) fn new(then: Vec<PairName>, was: &[LedgerEntry], is: &[LedgerEntry]) -> Self {
        let (mut by_name, mut by_own) = (HashMap::new(), HashMap::new());
        let mut by_undated = HashMap::new();
        for (at, PairName { id: name, .. }) in then.iter().enumerate() {
            by_name.entry(name.clone()).or_insert_with(Vec::new).push(at);
            by_own.entry(name.own.clone()).or_insert_with(Vec::new).push(at);
            by_undated.entry(without_date(&name.own)).or_insert_with(Vec::new).push(at);
        }
        let (mapped, unsure) = (Vec::new(), unsure(was, is));
        Self { then, by_name, by_own, by_undated, mapped, unsure }
    }

    /// Pairs a table of the archive with the table that has this name in the sources as they are
    /// now.
    pub(super) fn map(&mut self, archived: usize, current: &str) {
        self.mapped.push((current.to_owned(), archived));
    }

    /// The names that the user gave and that no table of the sources has, or several have, with
    /// these tables.
    pub(super) fn unmapped<'a>(
        &'a self,
        now: &[(&'a PairName, MatchCandidate)],
    ) -> Vec<(&'a str, Vec<&'a Name>)> {
        let found = |wanted: &'a str| -> (&'a str, Vec<&'a Name>) {
            let names = now.iter().map(|(name, _)| *name).filter(|name| name.is(wanted));
            (wanted, names.map(|name| &name.first).collect())
        };
        let found = self.mapped.iter().map(|(current, _)| found(current));
        found.filter(|(_, tables)| tables.len() != 1).collect()
    }

    /// The name of a table of the archive, or of its first part.
    pub(super) fn then(&self, at: usize) -> &Name {
        &self.then[at].first
    }

    /// Whether this name may now belong to another source. It is the name of a source, of something
    /// in a source, or of a file made from one.
    pub(super) fn is_unsure(&self, name: &str) -> bool {
        is_of(&self.unsure, name)
    }

    pub(super) fn of(&self, now: &PairName) -> MatchCandidate {
        if let Some((_, at)) = self.mapped.iter().find(|(current, _)| now.is(current)) {
            return MatchCandidate::Same(*at);
        }
        match self.by_names(now) {
            MatchCandidate::Same(at) | MatchCandidate::SameName(at) if self.is_mapped(at) => {
                MatchCandidate::New
            }
            found => found,
        }
    }

    fn is_mapped(&self, archived: usize) -> bool {
        self.mapped.iter().any(|(_, at)| *at == archived)
    }

    fn by_names(&self, now: &PairName) -> MatchCandidate {
        let is_unsure = self.is_unsure(now.source());
        match (self.by_name.get(&now.id).map(Vec::as_slice), self.alike(now)) {
            (Some([one]), _) if !is_unsure => MatchCandidate::Same(*one),
            (Some([_, _, ..]), _) => MatchCandidate::Unclear,
            (_, []) => MatchCandidate::New,
            (_, [one]) => MatchCandidate::SameName(*one),
            (_, _) => MatchCandidate::Unclear,
        }
    }

    /// The tables of the archive with this own name, or with the same one but for a date.
    fn alike(&self, now: &PairName) -> &[usize] {
        let own = &now.id.own;
        let same = self.by_own.get(own);
        same.or_else(|| self.by_undated.get(&without_date(own))).map_or(&[], Vec::as_slice)
    }

    /// Matches all tables, after all sources were read. `unread` are sources that cannot be read
    /// now. Their tables match nothing, because a table with the same name is a different one.
    pub(super) fn match_all(
        &self,
        now: &[(&PairName, MatchCandidate)],
        unread: &HashSet<&str>,
    ) -> Matches {
        let mut matches = Matches::default();
        let (mut same, mut alike) = (HashMap::new(), HashMap::new());
        let mut unclear: HashSet<usize> = HashSet::new();
        let mut unclear_names: HashSet<&str> = HashSet::new();
        for (at, (name, likeness)) in now.iter().enumerate() {
            match likeness {
                MatchCandidate::Same(then) => same.entry(*then).or_insert_with(Vec::new).push(at),
                MatchCandidate::SameName(then) => {
                    alike.entry(*then).or_insert_with(Vec::new).push(at);
                }
                MatchCandidate::Unclear if unclear_names.insert(&name.id.own) => {
                    unclear.extend(self.alike(name));
                }
                MatchCandidate::Unclear => {}
                MatchCandidate::New => {}
            }
        }
        // An unreadable source with an unsure name may be any of the sources with that name.
        let unsure_unread = unread.iter().any(|name| self.is_unsure(name));
        let mut paired = vec![false; now.len()];
        let mut ambiguous_names: HashSet<&str> = HashSet::new();
        for (then, name) in self.then.iter().enumerate() {
            let source = name.source();
            let (same, is_unsure) = (same.get(&then), self.is_unsure(source));
            let found = same.or_else(|| alike.get(&then)).map(Vec::as_slice);
            matches.archived.push(match found {
                _ if same.is_none() && !is_unsure && is_of(unread, source) => MatchResult::Unread,
                Some([one]) => {
                    paired[*one] = true;
                    MatchResult::Current(*one)
                }
                None if !(unclear.contains(&then) || is_unsure && unsure_unread) => {
                    MatchResult::Gone
                }
                _ => {
                    ambiguous_names.insert(&name.id.own);
                    MatchResult::Unclear
                }
            });
        }
        let is_unclear = |then: &usize| matches.archived[*then] == MatchResult::Unclear;
        let is_new = |(at, (name, likeness)): (usize, &(&PairName, MatchCandidate))| {
            let may_be_old = match likeness {
                MatchCandidate::Same(then) | MatchCandidate::SameName(then) => is_unclear(then),
                MatchCandidate::Unclear => self.alike(name).iter().any(is_unclear),
                MatchCandidate::New => false,
            };
            (!paired[at] && !may_be_old && !ambiguous_names.contains(&*name.id.own)).then_some(at)
        };
        matches.new = now.iter().enumerate().filter_map(is_new).collect();
        matches
    }
}

/// The names of sources as they are now whose tables were paired with those of a source that has
/// another name in the archive, and that name.
#[derive(Debug, Default)]
pub(super) struct RenamedSources<'a>(HashMap<&'a str, &'a str>);

impl<'a> RenamedSources<'a> {
    /// `pairs` are the names of paired tables: in the archive, and now.
    pub(super) fn of(pairs: impl Iterator<Item = (&'a Name, &'a Name)>) -> Self {
        let mut renamed = HashMap::new();
        for (then, now) in pairs {
            let (Some(mut then), Some(mut now)) = (then.source.as_deref(), now.source.as_deref())
            else {
                continue;
            };
            renamed.entry(now).or_insert(then);
            // The ZIP files and folders above them are paired too.
            while let (Some((above_then, last_then)), Some((above_now, last_now))) =
                (then.rsplit_once('/'), now.rsplit_once('/'))
                && last_then == last_now
            {
                (then, now) = (above_then, above_now);
                renamed.entry(now).or_insert(then);
            }
        }
        renamed.retain(|now, then| now != then);
        Self(renamed)
    }

    /// The path in the archive of a file that is now at `path`: of a source, of something in one,
    /// or of a file made from one.
    pub(super) fn then(&self, path: &str) -> Option<String> {
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        let suffixes = DATABASE_SIDECARS.into_iter().chain([DEFINITIONS]);
        let stems = suffixes.filter_map(|suffix| Some(path.strip_suffix(suffix)?.len()));
        let mut ends: Vec<usize> = ends.chain(stems).collect();
        ends.sort_unstable();
        let known = |end: usize| Some(format!("{}{}", self.0.get(&path[..end])?, &path[end..]));
        ends.into_iter().rev().find_map(known)
    }
}

/// The result of matching all tables.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Matches {
    /// The match of each table of the archive.
    pub(super) archived: Vec<MatchResult>,
    /// The tables of the sources that are not in the archive.
    pub(super) new: Vec<usize>,
}

impl Matches {
    /// The tables that are compared: in the archive, and now.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        self.archived.iter().enumerate().filter_map(|(then, result)| match result {
            MatchResult::Current(now) => Some((then, *now)),
            _ => None,
        })
    }
}

/// The match of a table of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MatchResult {
    /// This table of the sources.
    Current(usize),
    /// No table matches.
    Gone,
    /// It cannot be decided which table matches, if any.
    Unclear,
    /// Its source cannot be read now, which is reported for the source.
    Unread,
}

/// Whether `name` is one of these sources, a member of one, or the file of definitions of one.
pub(super) fn is_of<S: Borrow<str> + Eq + Hash>(sources: &HashSet<S>, name: &str) -> bool {
    let above = name.match_indices('/').map(|(end, _)| &name[..end]);
    let mut all = above.chain([name]).chain(name.strip_suffix(DEFINITIONS));
    !sources.is_empty() && all.any(|source| sources.contains(source))
}

/// The names of sources that share a file name, unless their folders show that they are the same
/// sources in the archive and now. For example, the same two files are `crm.sqlite` and
/// `b/crm.sqlite` in one order, and `crm.sqlite` and `a/crm.sqlite` in the other.
fn unsure(was: &[LedgerEntry], is: &[LedgerEntry]) -> HashSet<String> {
    let (was, is) = (shared(was), shared(is));
    let names: BTreeSet<&str> = was.keys().chain(is.keys()).copied().collect();
    let none = Sharing::new();
    let mut unsure = HashSet::new();
    for name in names {
        let (was, is) = (was.get(name).unwrap_or(&none), is.get(name).unwrap_or(&none));
        let both = was.union(is);
        let are_known = have_distinct_folders(was) && have_distinct_folders(is);
        let these = both.filter(|one| !(are_known && was.contains(*one) && is.contains(*one)));
        unsure.extend(these.map(|(called, _)| (*called).to_owned()));
    }
    unsure
}

/// Sources with the same file name: the name of each, and the name of its folder if it is known.
type Sharing<'a> = BTreeSet<(&'a str, Option<&'a str>)>;

/// Whether all folders are known and have different names. `x/b` and `y/b` have the same name.
fn have_distinct_folders(sharing: &Sharing<'_>) -> bool {
    let folders: BTreeSet<&str> = sharing.iter().filter_map(|(_, folder)| *folder).collect();
    folders.len() == sharing.len()
}

/// The file names that several sources have, and these sources.
fn shared(ledger: &[LedgerEntry]) -> HashMap<&str, Sharing<'_>> {
    let mut shared: HashMap<&str, Sharing<'_>> = HashMap::new();
    for entry in ledger.iter().filter(|entry| entry.code == LedgerCode::RenamedSource) {
        // The name of a folder contains no slash.
        if let Some((full, (_, name))) =
            entry.source.as_deref().and_then(|full| Some((full, full.split_once('/')?)))
        {
            let (has_it, own) = match entry.folders.as_slice() {
                [has_it, own] => (Some(has_it.as_str()), Some(own.as_str())),
                _ => (None, None),
            };
            shared.entry(name).or_default().extend([(name, has_it), (full, own)]);
        }
    }
    shared
}

/// Month names in dates such as `Oct-2026`.
const MONTHS: [&str; 24] = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "sept",
    "october",
    "november",
    "december",
];

/// The own name of a table without the date of its export, in lower case: `contacts` of
/// `contacts-2026-10-01`, `20261001_contacts` and `Contacts Oct-2026`. It is never empty.
pub(crate) fn without_date(own: &str) -> String {
    let is_unit = |c: char| matches!(c, '年' | '月' | '日' | '时' | '分' | '秒');
    let is_separator = |c: char| is_unit(c) || "-_. :()".contains(c);
    let is_letter = |c: char| c.is_alphabetic() && !is_unit(c);
    let lower = own.to_lowercase();
    let (mut name, mut run, mut digits) = (String::new(), String::new(), 0);
    // A year and a month at least; fewer digits are a number.
    let end_run = |name: &mut String, run: &mut String, digits: &mut usize| {
        name.push_str(if *digits < 6 { &*run } else { "-" });
        run.clear();
        *digits = 0;
    };
    let mut rest = &*lower;
    while let Some(first) = rest.chars().next() {
        let is_word = is_letter(first);
        let end = rest.find(|c| is_letter(c) != is_word).unwrap_or(rest.len());
        let (token, after) = rest.split_at(if is_word { end } else { first.len_utf8() });
        // The letters of a time in ISO 8601 follow a digit.
        let is_time = matches!(token, "t" | "z") && run.ends_with(|c: char| c.is_ascii_digit());
        let is_month = MONTHS.contains(&token);
        if !is_word && !is_separator(first) && !first.is_ascii_digit()
            || is_word && !is_time && !is_month
        {
            end_run(&mut name, &mut run, &mut digits);
            name.push_str(token);
        } else {
            run.push_str(token);
            digits += if is_month { 2 } else { usize::from(first.is_ascii_digit()) };
        }
        rest = after;
    }
    end_run(&mut name, &mut run, &mut digits);
    let name = name.trim_matches(is_separator);
    if name.is_empty() { lower } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::without_date;

    #[test]
    fn the_date_of_an_export_is_no_part_of_the_name() {
        for (own, name) in [
            ("contacts-2026-10-01", "contacts"),
            ("Contacts_2026_03_17", "contacts"),
            ("contacts 20261001", "contacts"),
            ("contacts-2026-10-01T12-30-00Z", "contacts"),
            ("contacts_20261001_1200 (1)", "contacts"),
            ("客户_2026年10月01日", "客户"),
            ("2026-10-01 contacts", "contacts"),
            ("20261001_contacts", "contacts"),
            ("contacts Oct-2026", "contacts"),
            ("contacts 1 October 2026", "contacts"),
            ("crm_2026-10-01_contacts", "crm-contacts"),
            ("contacts May", "contacts may"),
            ("Accounts_001", "accounts_001"),
            ("accounts", "accounts"),
            ("2026-10-01", "2026-10-01"),
        ] {
            assert_eq!(without_date(own), name, "{own}");
        }
    }
}
