//! What an archive describes: its manifest, and the rows of reports about it. Plain data that every
//! layer above uses.

mod checks;
mod contents;
mod counts;
mod incoming;
pub(crate) mod json;
mod manifest;
mod run;

pub use checks::*;
pub use contents::{FileReport, TableReport};
pub use counts::ColumnCounts;
pub use incoming::{FileHead, TableSummary};
pub use manifest::*;
pub(crate) use run::file_argument;
pub use run::{LimitReport, Limited, Run};

/// This program and its version.
pub(crate) const TOOL: &str = concat!("crm-backup ", env!("CARGO_PKG_VERSION"));
