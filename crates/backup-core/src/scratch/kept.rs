//! A database on a server that is loaded and proven like a scratch database, and then kept for the
//! user: with the names of the archive, and with the keys and references that are known.

use std::collections::{HashMap, HashSet};

use crate::model::{Manifest, Reference, Resource};

/// A table, with the names that it gets.
#[derive(Debug)]
pub(crate) struct KeptTable {
    /// The index of the table in the scratch database.
    pub(crate) index: usize,
    pub(crate) name: String,
    /// The name in the archive.
    pub(crate) title: String,
    /// The names of its columns, all different.
    pub(crate) columns: Vec<String>,
    /// The types that the source declares for them; empty text, or nothing, where it declares none.
    pub(crate) types: Vec<String>,
    /// The number of columns whose label is not their name.
    pub(crate) renamed: u64,
    /// The positions of the columns of each key; the first may be the primary key.
    pub(crate) keys: Vec<Vec<usize>>,
    pub(crate) references: Vec<KeptReference>,
    /// The number of references to tables that are not there.
    pub(crate) missing_targets: u64,
}

impl KeptTable {
    /// The type that the source declares for a column.
    pub(crate) fn declared(&self, position: usize) -> Option<&str> {
        self.types.get(position).map(String::as_str).filter(|declared| !declared.is_empty())
    }
}

/// A reference, by positions.
#[derive(Debug)]
pub(crate) struct KeptReference {
    pub(crate) columns: Vec<usize>,
    /// The position of the table among all.
    pub(crate) table: usize,
    pub(crate) target: Vec<usize>,
}

/// The tables of an archive that are wanted. A name of the server has at most `longest` bytes, and no
/// column may have one of the names in `own`.
pub(crate) fn tables(
    manifest: &Manifest,
    wants: impl Fn(&str) -> bool,
    longest: usize,
    own: &[&str],
) -> Vec<KeptTable> {
    let resources = manifest.resources.iter().enumerate();
    let wanted: Vec<_> = resources.filter(|(_, resource)| wants(&resource.title)).collect();
    let in_source = |resource: &Resource| {
        let origin = &resource.backup.origin;
        let name = origin.sheet.clone().unwrap_or_else(|| resource.title.clone());
        (origin.source.clone(), name)
    };
    let by_name: HashMap<_, _> =
        wanted.iter().enumerate().map(|(at, (_, resource))| (in_source(resource), at)).collect();
    let labels: Vec<Vec<String>> = wanted
        .iter()
        .map(|(_, resource)| {
            let columns = resource.table().map_or_else(Vec::new, |table| table.columns);
            columns.into_iter().map(|column| column.label).collect()
        })
        .collect();
    let positions = |table: usize, names: &[String]| -> Option<Vec<usize>> {
        let position = |name: &String| labels[table].iter().position(|label| label == name);
        names.iter().map(position).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
    };
    let mut names = UniqueNames::new(longest, &[]);
    let table = |(at, (index, resource)): (usize, &(usize, &Resource))| {
        let origin = &resource.backup.origin;
        let keys = origin.keys.iter().filter_map(|key| positions(at, &key.columns));
        let references = origin.references.iter().filter_map(|reference| {
            let target = *by_name.get(&(origin.source.clone(), reference.table.clone()))?;
            let columns = positions(at, &reference.columns)?;
            let own_key = wanted[target].1.backup.origin.keys.first();
            let named = match reference.target.as_slice() {
                [] => &own_key?.columns,
                named => named,
            };
            let target_columns = positions(target, named)?;
            Some(KeptReference { columns, table: target, target: target_columns })
        });
        let has_target = |reference: &&Reference| {
            by_name.contains_key(&(origin.source.clone(), reference.table.clone()))
        };
        let missing_targets = origin.references.iter().filter(|it| !has_target(it)).count() as u64;
        let mut unique = UniqueNames::new(longest, own);
        let columns = labels[at].iter().map(|label| unique.unique(label, "column"));
        let columns: Vec<String> = columns.collect();
        let renamed = columns.iter().zip(&labels[at]).filter(|(name, label)| name != label);
        KeptTable {
            index: *index,
            name: names.unique(&resource.title, "table"),
            title: resource.title.clone(),
            renamed: renamed.count() as u64,
            columns,
            types: match origin.types.len() == labels[at].len() {
                true => origin.types.clone(),
                false => Vec::new(),
            },
            keys: keys.collect(),
            references: references.collect(),
            missing_targets,
        }
    };
    wanted.iter().enumerate().map(table).collect()
}

/// Makes names that a server accepts, and that are all different.
pub(super) struct UniqueNames {
    longest: usize,
    taken: HashSet<String>,
}

impl UniqueNames {
    pub(super) fn new(longest: usize, taken: &[&str]) -> Self {
        Self { longest, taken: taken.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// A name like this one; `instead` if it is empty.
    pub(super) fn unique(&mut self, wanted: &str, instead: &str) -> String {
        let wanted = wanted.replace('\0', "");
        let wanted = if wanted.is_empty() { instead } else { &wanted };
        let cut = |most: usize| {
            let ends = wanted.char_indices().map(|(start, c)| start + c.len_utf8());
            &wanted[..ends.take_while(|end| *end <= most).last().unwrap_or_default()]
        };
        let mut name = cut(self.longest).to_owned();
        let mut number = 2u64;
        while !self.taken.insert(name.clone()) {
            let ending = format!("_{number}");
            name = format!("{}{ending}", cut(self.longest - ending.len()));
            number += 1;
        }
        name
    }
}
