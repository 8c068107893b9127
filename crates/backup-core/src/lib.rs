//! Seal a CRM's export into one encrypted archive, verify it, and prove that it restores.

pub mod archive;
mod error;
mod export;
mod finding;
mod monitor;
pub mod record;
mod report;
mod restore;
mod restore_test;
pub mod scratch;
pub mod source;
mod verify;

pub use export::{ExportOptions, Sidecars, dry_run, export};
#[cfg(feature = "sqlite")]
pub use restore::restore_database;
pub use restore::{RestoreOptions, restore_folder};
pub use restore_test::{compare_with_sources, restore_test};
pub use verify::{VerifyOptions, inspect, verify, verify_sealed};
pub use error::{Error, ErrorKind, Location, Result};
pub use finding::{Code, Finding, Severity};
pub use monitor::{Monitor, Phase};
pub use report::{Check, Extent, FileReport, Proof, Report, TableReport, Verdict, SCHEMA};
