//! Seal a CRM's export into one encrypted archive, verify it, and prove that it restores.

pub mod archive;
mod error;
mod finding;
mod monitor;
pub mod record;
mod report;
pub mod source;

pub use error::{Error, ErrorKind, Location, Result};
pub use finding::{Code, Finding, Severity};
pub use monitor::{Monitor, Phase};
pub use report::{Check, Extent, FileReport, Proof, Report, TableReport, Verdict, SCHEMA};
