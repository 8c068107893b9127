//! Finds the profile that fits an export.

use std::collections::BTreeMap;

use super::{Pattern, Profile, Recognise};

/// The profile of an export, and what shows it.
#[derive(Debug, Clone)]
pub(crate) struct Recognised<'p> {
    pub(crate) profile: &'p Profile,
    pub(crate) by: Vec<Evidence>,
    /// Other profiles, each with the first path or table that fits it and not this one.
    pub(crate) others: Vec<(&'p Profile, String)>,
}

/// What shows that an export comes from a CRM: one pattern of paths, or one list of labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// Paths that match a pattern.
    Paths { pattern: String, first: String, count: u64 },
    /// Tables with these labels, as patterns.
    Tables { labels: Vec<String>, first: String, count: u64 },
}

impl Evidence {
    /// How many paths or tables match.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::Paths { count, .. } | Self::Tables { count, .. } => *count,
        }
    }
}

/// How often something matches, and what matches first.
#[derive(Clone, Default)]
struct Matches {
    first: String,
    count: u64,
}

impl Matches {
    /// Counts `name` for the first of some rules that it fits. Returns whether there is one.
    fn count<R>(all: &mut [Self], rules: &[R], name: &str, fits: impl Fn(&R) -> bool) -> bool {
        let Some(index) = rules.iter().position(fits) else { return false };
        if all[index].count == 0 {
            name.clone_into(&mut all[index].first);
        }
        all[index].count += 1;
        true
    }
}

/// The profile that most paths and tables fit; of several, the earlier one. `paths` are those of
/// sources, attachments and ZIP files; `headers` are the names of tables and their labels.
pub(crate) fn recognise<'p, 'a, 'b>(
    profiles: &'p [Profile],
    paths: impl Iterator<Item = &'a str>,
    headers: impl Iterator<Item = (&'b str, &'b [String])>,
) -> Option<Recognised<'p>> {
    let none = |rules: usize| vec![Matches::default(); rules];
    let rules = profiles.iter().map(|profile| &profile.recognise);
    let mut found: Vec<_> =
        rules.clone().map(|of| (of, none(of.files.len()), none(of.headers.len()))).collect();
    // The first name that fits each set of profiles.
    let mut sets: BTreeMap<Vec<usize>, String> = BTreeMap::new();
    let mut add = |name: &str, fitting: Vec<usize>| {
        if !fitting.is_empty() && !sets.contains_key(&fitting) {
            sets.insert(fitting, name.to_owned());
        }
    };
    for path in paths {
        let fits = |(rules, files, _): &mut (&Recognise, Vec<Matches>, _)| {
            Matches::count(files, &rules.files, path, |pattern| pattern.matches(path))
        };
        let all = found.iter_mut().enumerate();
        add(path, all.filter_map(|(at, one)| fits(one).then_some(at)).collect());
    }
    for (table, labels) in headers {
        let fits = |(rules, _, tables): &mut (&Recognise, _, Vec<Matches>)| {
            Matches::count(tables, &rules.headers, table, |wanted| has_all(labels, wanted))
        };
        let all = found.iter_mut().enumerate();
        add(table, all.filter_map(|(at, one)| fits(one).then_some(at)).collect());
    }
    let mut best: Option<(u64, usize, Vec<Evidence>)> = None;
    for (at, (rules, files, tables)) in found.into_iter().enumerate() {
        let text = |pattern: &Pattern| pattern.as_str().to_owned();
        let files = rules.files.iter().zip(files).map(|(pattern, Matches { first, count })| {
            Evidence::Paths { pattern: text(pattern), first, count }
        });
        let tables = rules.headers.iter().zip(tables).map(|(labels, Matches { first, count })| {
            Evidence::Tables { labels: labels.iter().map(text).collect(), first, count }
        });
        let by: Vec<_> = files.chain(tables).filter(|one| one.count() > 0).collect();
        let total: u64 = by.iter().map(Evidence::count).sum();
        if total > best.as_ref().map_or(0, |(most, ..)| *most) {
            best = Some((total, at, by));
        }
    }
    let (_, best, by) = best?;
    let mut others: BTreeMap<usize, String> = BTreeMap::new();
    for (fitting, name) in sets.iter().filter(|(fitting, _)| !fitting.contains(&best)) {
        for at in fitting {
            others.entry(*at).or_insert_with(|| name.clone());
        }
    }
    let others = others.into_iter().map(|(at, name)| (&profiles[at], name)).collect();
    Some(Recognised { profile: &profiles[best], by, others })
}

/// Whether each pattern matches one of the labels.
fn has_all(labels: &[String], wanted: &[Pattern]) -> bool {
    wanted.iter().all(|pattern| labels.iter().any(|label| pattern.matches(label)))
}
