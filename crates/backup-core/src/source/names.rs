//! Names that are each there once.

use std::collections::{HashMap, HashSet};

/// Names, each of which is there once.
#[derive(Debug, Default)]
pub(super) struct UniqueNames {
    taken: HashSet<String>,
    /// By the second choice for a name: the number of the next choice, as those before are taken.
    next: HashMap<String, u64>,
}

impl UniqueNames {
    /// Takes the wanted name, or the first that is free of those that `choice` gives for 2, 3, 4 …
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
