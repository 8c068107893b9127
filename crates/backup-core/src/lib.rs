//! Seal a CRM's export into one encrypted archive, verify it, and prove that it restores.
//!
//! What a CRM gives out (CSV files, workbooks, SQLite databases, attachments) becomes one
//! zstd-compressed, age-encrypted, checksummed file. [`verify`] checks every byte of it;
//! [`restore_test`] loads it into a scratch database, reads that back, and compares: the same
//! content id at both ends is the proof. An archive is made of published standards only and opens
//! without this crate; `FORMAT.md` says how.
//!
//! # A round
//!
//! ```
//! use backup_core::archive::KeyPair;
//! use backup_core::source::{DiscoverOptions, discover};
//! use backup_core::{ExportOptions, Verdict, VerifyOptions, export, verify};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! # let folder = folder.path();
//! std::fs::write(folder.join("accounts.csv"), "id,name\n0042,\"Ng, Ltd\"\n").unwrap();
//!
//! // A key: the public half seals, the identity opens. Keep it apart from the archives.
//! let key = KeyPair::generate();
//! let (recipients, identities) = ([key.to_recipient()], [key.identity()]);
//!
//! // Export reads the archive back from disk and verifies it before it gets its name.
//! let found = discover(&[folder.join("accounts.csv")], &DiscoverOptions::default())?;
//! let archive = folder.join("crm.tar.zst.age");
//! let exported = export(found, &recipients, &archive, &ExportOptions::default(), &())?;
//!
//! // At any later time, anywhere:
//! let verified = verify(&archive, &identities, &VerifyOptions::default(), &())?;
//! assert_eq!(verified.verdict(), Some(Verdict::Proven));
//! assert_eq!(verified.content_id, exported.content_id);
//!
//! // And the proof that it restores.
//! # #[cfg(feature = "sqlite")] {
//! use backup_core::{restore_test, scratch::SqliteScratch};
//! let mut scratch = SqliteScratch::temporary()?;
//! let tested =
//!     restore_test(&archive, &identities, &mut scratch, &VerifyOptions::default(), &())?;
//! assert_eq!(tested.verdict(), Some(Verdict::Proven));
//! # }
//! # Ok::<(), backup_core::Error>(())
//! ```
//!
//! # What is where
//!
//! - The verbs: [`export`], [`dry_run`], [`verify`], [`verify_sealed`], [`restore_test`],
//!   [`restore_folder`], [`restore_database`], [`inspect`]; and, upon a restore-test,
//!   [`compare_with_sources`] and [`reconcile_totals`]. Each gives a [`Report`], whose
//!   [`Verdict`] follows from what was seen.
//! - [`record`]: tables, records, cells, and their canonical form.
//! - [`source`]: where records come from, and the two traits to write a source of your own.
//! - [`archive`]: push tables and rows of your own types into an archive with
//!   [`archive::Writer`], and read them back typed with [`archive::Reader`].
//! - [`scratch`]: the database of a restore-test, and the trait to use another one.
//! - [`render`]: a report for people, as one HTML page, in English or Chinese.
//! - [`Limits`], [`history`], [`metrics`]: what a drill is held to, and what is kept of it.
//! - [`Monitor`]: progress out, cancellation in.
//!
//! An [`Error`] is what kept us from looking; a [`Finding`] is what was looked at and is wrong. A
//! check that could not run is never reported as passed.
//!
//! # Limits to know
//!
//! The crate never prints, and reads neither the environment nor a terminal. Reading a workbook
//! trusts a third-party parser with the process's memory: a hostile or damaged one can make it
//! abort. Read workbooks that you do not trust in a child process.

pub mod archive;
#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod bench;
pub mod check;
mod command;
mod compare;
mod error;
mod export;
mod files;
mod finding;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod history;
mod i18n;
mod ledger_code;
mod limits;
pub mod metrics;
pub mod model;
mod monitor;
mod outcome;
mod plan;
pub mod record;
pub mod render;
mod report;
mod restore;
mod restore_test;
pub mod scratch;
mod seen;
mod sidecars;
pub mod source;
#[cfg(feature = "sqlite")]
mod sqlite;
mod suggestions;
mod threads;
mod uninterrupted;
mod verify;

pub use check::against::AgainstOptions;
pub use check::expect::{ExpectedTotals, reconcile_totals};
pub use command::{Command, Step};
pub use compare::compare_with_sources;
pub use error::{Error, ErrorKind, InputProblem, Location, Operation, Result, ScratchCause};
pub use export::{ExportOptions, dry_run, export, export_to};
pub use files::{Draft, cleanup_all};
pub use finding::{Code, Finding, Severity};
pub use i18n::{Language, Message};
pub use ledger_code::LedgerCode;
pub use limits::Limits;
pub use model::{
    AgainstReport, ColumnChanges, FileReport, LimitReport, Limited, Reconciled, Run, Side,
    TableReport, TotalReport,
};
pub use monitor::{Monitor, Notice, Phase, Unsupported};
pub use outcome::{Check, CheckKind, ChecksumProblem, ReferenceProblem, SkipCause, SkippedCheck};
pub use report::{ErrorOutcome, Extent, Proof, Report, RunOutcome, SCHEMA, Verdict};
#[cfg(feature = "sqlite")]
pub use restore::restore_database;
pub use restore::{RestoreOptions, restore_folder};
pub use restore_test::{RestoreTestOptions, restore_test, restore_test_reader};
pub use sidecars::Sidecars;
pub use verify::{VerifyOptions, inspect, verify, verify_reader, verify_sealed};
