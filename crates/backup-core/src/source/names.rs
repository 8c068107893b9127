//! Unique names.

use std::collections::{HashMap, HashSet};

/// A set of unique names.
#[derive(Debug, Default)]
pub(super) struct UniqueNames {
    taken: HashSet<String>,
    /// For each wanted name, by its second choice: the number of the next choice to try.
    next: HashMap<String, u64>,
}

impl UniqueNames {
    /// Takes the wanted name. If it is taken, takes the first free name among `choice(2)`,
    /// `choice(3)`, …
    pub(super) fn take(&mut self, wanted: &str, choice: impl Fn(u64) -> String) -> String {
        if self.taken.insert(wanted.to_owned()) {
            return wanted.to_owned();
        }
        let next = self.next.entry(choice(2)).or_insert(2);
        loop {
            let name = choice(*next);
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }

    pub(super) fn insert(&mut self, name: String) {
        self.taken.insert(name);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &String> {
        self.taken.iter()
    }
}
