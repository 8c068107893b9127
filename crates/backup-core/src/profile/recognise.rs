//! Finds the profile that fits an export.

use super::{Pattern, Profile};

/// The profile of an export, and what shows it.
#[derive(Debug, Clone)]
pub(crate) struct Recognised<'p> {
    pub(crate) profile: &'p Profile,
    pub(crate) by: Vec<Evidence>,
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
    /// Counts `name` for the first of some rules that it fits.
    fn count<R>(all: &mut [Self], rules: &[R], name: &str, fits: impl Fn(&R) -> bool) {
        let Some(index) = rules.iter().position(fits) else { return };
        if all[index].count == 0 {
            name.clone_into(&mut all[index].first);
        }
        all[index].count += 1;
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
    for path in paths {
        for (rules, files, _) in &mut found {
            Matches::count(files, &rules.files, path, |pattern| pattern.matches(path));
        }
    }
    for (table, labels) in headers {
        for (rules, _, tables) in &mut found {
            Matches::count(tables, &rules.headers, table, |wanted| has_all(labels, wanted));
        }
    }
    let mut best = None;
    for (profile, (rules, files, tables)) in profiles.iter().zip(found) {
        let text = |pattern: &Pattern| pattern.as_str().to_owned();
        let files = rules.files.iter().zip(files).map(|(pattern, Matches { first, count })| {
            Evidence::Paths { pattern: text(pattern), first, count }
        });
        let tables = rules.headers.iter().zip(tables).map(|(labels, Matches { first, count })| {
            Evidence::Tables { labels: labels.iter().map(text).collect(), first, count }
        });
        let by: Vec<_> = files.chain(tables).filter(|one| one.count() > 0).collect();
        let total: u64 = by.iter().map(Evidence::count).sum();
        if total > best.as_ref().map_or(0, |(most, _)| *most) {
            best = Some((total, Recognised { profile, by }));
        }
    }
    best.map(|(_, recognised)| recognised)
}

/// Whether each pattern matches one of the labels.
fn has_all(labels: &[String], wanted: &[Pattern]) -> bool {
    wanted.iter().all(|pattern| labels.iter().any(|label| pattern.matches(label)))
}
