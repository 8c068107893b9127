//! Differences between two readers of the same input. The accepted ones are listed with their reasons; no
//! others may occur, and each listed one must occur.

use std::collections::BTreeSet;

/// An accepted difference, and the reason.
pub type Accepted = &'static [(&'static str, &'static str)];

/// The differences found so far.
pub struct Differences {
    accepted: Accepted,
    differences: BTreeSet<&'static str>,
}

impl Differences {
    /// None so far.
    pub fn new(accepted: Accepted) -> Self {
        Self { accepted, differences: BTreeSet::new() }
    }

    /// Records a difference.
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

    /// Compares the list with the differences found.
    ///
    /// # Panics
    ///
    /// If a listed difference no longer occurs: it must be removed from the list.
    pub fn finish(self) {
        for (code, reason) in self.accepted {
            assert!(
                self.differences.contains(code),
                "{code} is accepted ({reason}) and does not occur"
            );
        }
    }
}
