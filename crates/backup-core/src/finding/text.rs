//! Findings as sentences. The English one is the finding's own message; others are made of its code and
//! its data.

use std::fmt;

use super::{Finding, Location};
use crate::i18n::{Language, Message, fl};

/// A finding as one sentence, with where it stands. The English is the finding's own message.
pub fn sentence(finding: &Finding, language: Language) -> String {
    let is_english_only = language != Language::English && finding.message.is_own();
    let what = match is_english_only {
        true => {
            let general = Message::of_variant("finding-", &finding.code).text(language);
            fl!(language, "finding-sentence", what = general)
        }
        false => finding.message.text(language),
    };
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

/// Where a finding stands: its table, part, path, record and byte, but for what its message says already.
pub fn place(finding: &Finding, language: Language) -> String {
    // In English, a sentence that is not in the message files may name the place.
    let own = match (language, finding.message.is_own()) {
        (Language::English, true) => finding.message.to_string(),
        _ => String::new(),
    };
    let unsaid = |name: &String| !finding.message.names(name) && !own.contains(name);
    let mut location = Location::from(finding);
    location.table = location.table.filter(unsaid);
    location.path = location.path.filter(unsaid);
    location.part = location.part.filter(|part| !finding.message.names(&part.to_string()));
    location.text(language)
}
