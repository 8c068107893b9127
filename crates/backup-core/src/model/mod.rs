//! The manifest of an archive, and the rows of reports. Plain data that all layers above use.

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
pub use run::{LimitReport, Limited, Run, ScratchServer};

/// The name and version of this program.
pub(crate) const TOOL: &str = concat!("crm-backup ", env!("CARGO_PKG_VERSION"));
