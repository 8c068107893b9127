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

pub use crate::seen::clean;

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
