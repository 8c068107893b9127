//! Differences between what two readers make of the same thing: those that are accepted are listed
//! with their reasons, no others may occur, and each of them has to.

use std::collections::BTreeSet;

/// What differs and may, and why.
pub type Accepted = &'static [(&'static str, &'static str)];

/// The differences that were met.
pub struct Differences {
    accepted: Accepted,
    differences: BTreeSet<&'static str>,
}

impl Differences {
    /// None so far.
    pub fn new(accepted: Accepted) -> Self {
        Self { accepted, differences: BTreeSet::new() }
    }

    /// Notes a difference.
    ///
    /// # Panics
    ///
    /// If it is not on the list.
    #[track_caller]
    pub fn note(&mut self, code: &'static str, what: &str) {
        let listed = self.accepted.iter().any(|(accepted, _)| *accepted == code);
        assert!(listed, "{what}: the difference {code} is not accepted");
        self.differences.insert(code);
    }

    /// Holds the list against what was met.
    ///
    /// # Panics
    ///
    /// If something on it does not occur any more: it has to go from the list.
    pub fn finish(self) {
        for (code, reason) in self.accepted {
            assert!(
                self.differences.contains(code),
                "{code} is accepted ({reason}) and does not occur"
            );
        }
    }
}
