//! Reports for people: the words of a report in each language, and the HTML page.
//!
//! Everything here is a pure function of what it is given: no clock, no environment, no files. The
//! command line writes its text with the same words.

mod checks;
mod differences;
mod errors;
mod findings;
mod html;
mod ledger;
mod sources;
#[cfg(test)]
mod spoken;
mod units;
mod verdicts;
mod words;

use std::borrow::Cow;
use std::fmt::Write as _;

pub use checks::{check, checked, known, reason, step};
pub use differences::difference;
pub use errors::{error, hint};
pub use findings::{place, sentence};
pub use html::{Drill, Page, Words};
pub use ledger::{Alike, alike};
pub use sources::understood;
pub use units::{bytes, count, time};
pub use verdicts::{ending, meaning, no_records, word};
pub use words::{Label, Noun};

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, in simplified characters.
    Chinese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The language's tag, as HTML and browsers know it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// Of two texts, the one in this language.
    pub fn of<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

/// Whether a character would move a cursor, break a line, or reverse the direction of reading.
pub(crate) fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Text that an archive or a file system gave, harmless to a terminal and to a page: what would move
/// the cursor, change colours or reverse the direction of reading is written out.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return text.into();
    }
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) {
            let _ = write!(cleaned, "{}", c.escape_unicode());
        } else {
            cleaned.push(c);
        }
    }
    cleaned.into()
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_name_cannot_drive_the_terminal() {
        assert_eq!(clean("合同 2026"), "合同 2026", "an ordinary name was changed");
        assert_eq!(clean("a\x1b[31m\nb\u{202e}"), "a\\u{1b}[31m\\u{a}b\\u{202e}");
    }
}
