//! Turns reports into documents for people. A [`Document`] is in one language; it can be printed as
//! an HTML page or on a terminal.
//!
//! Everything here is a pure function of its arguments: no clock, no environment, no files.

mod by_hand;
mod completeness;
mod contents;
mod document;
mod findings;
mod history;
mod html;
mod ledger;
mod report;
mod sources;
mod summary;
#[cfg(test)]
mod tests;
mod units;
mod verdicts;

pub use document::{
    Banner, Block, Column, ColumnKind, Content, Detail, Document, Item, Line, Mark, Part, Section,
    Span, Table,
};
pub use units::{bytes, count, time};
pub use verdicts::{no_records, outcome_word};

pub use crate::finding::{place, sentence};
pub use crate::i18n::Language;
pub use crate::seen::clean;
