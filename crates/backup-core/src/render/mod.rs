//! Reports for people: the words of a report in each language, and the HTML page.
//!
//! Everything here is a pure function of what it is given: no clock, no environment, no files. The
//! command line writes its text with the same words.

mod checks;
mod html;
mod ledger;
mod sources;
mod units;
mod verdicts;
mod words;

pub use checks::known;
pub use html::{Drill, Page};
pub use ledger::{Alike, alike};
pub use sources::understood;
pub use units::{bytes, count, time};
pub use verdicts::{ending, meaning, no_records, source_differs, word};
pub use words::{Label, Noun};

pub use crate::finding::{place, sentence};
pub use crate::i18n::Language;
pub use crate::seen::clean;
