//! Findings as sentences.

use std::fmt;

use super::{Finding, Location};
use crate::i18n::{Language, fl};

/// A finding as one sentence, with where it stands.
pub fn sentence(finding: &Finding, language: Language) -> String {
    let what = finding.message.text(language);
    match place(finding, language) {
        place if place.is_empty() => what,
        place => fl!(language, "error-at", place = place, what = what),
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentence(self, Language::English))
    }
}

/// Where a finding stands: its table, part, path, record and byte, but for what its message names.
pub fn place(finding: &Finding, language: Language) -> String {
    let unnamed = |name: &String| !finding.message.names(name);
    let mut location = Location::from(finding);
    location.table = location.table.filter(unnamed);
    location.path = location.path.filter(unnamed);
    location.part = location.part.filter(|part| unnamed(&part.to_string()));
    location.text(language)
}
