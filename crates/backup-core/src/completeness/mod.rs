//! Whether an export is complete: the second answer beside the verdict.
//!
//! ```text
//! profile ──────────────┐
//! paths, tables, files ─┼─▶ survey (beside the records) ─▶ rules ─▶ findings, and what is undecided
//! records ──────────────┘
//! ```
//!
//! The survey sees what an export stores, or what a restore-test reads back. It holds names, counts
//! and hashes of ids, never records. None of its rules makes a backup fail.

mod api_names;
mod cells;
mod described;
mod names;
mod rules;
mod survey;
mod tables;
mod undecided;

use std::sync::Arc;

pub(crate) use self::survey::{Survey, profiles_of};
use crate::profile::{Profile, ProfileChoice};

/// Options of the question whether an export is complete.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CompletenessOptions {
    /// The profile of the CRM; detected by default.
    pub profile: ProfileChoice,
    /// Whether the references between tables are looked up; `true` by default.
    pub references: bool,
}

impl Default for CompletenessOptions {
    fn default() -> Self {
        Self { profile: ProfileChoice::default(), references: true }
    }
}

impl CompletenessOptions {
    /// Sets the profile.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = ProfileChoice::Given(Arc::new(profile));
        self
    }

    /// Uses no profile.
    pub fn without_profile(mut self) -> Self {
        self.profile = ProfileChoice::None;
        self
    }

    /// Sets whether the references between tables are looked up.
    pub fn references(mut self, references: bool) -> Self {
        self.references = references;
        self
    }
}
