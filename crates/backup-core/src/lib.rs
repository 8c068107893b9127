//! Stores the exports of a CRM in one encrypted archive, verifies it, and proves that it can be
//! restored.
//!
//! CSV files, workbooks, SQLite databases and attachments go into one zstd-compressed,
//! age-encrypted, checksummed file. [`verify`] checks every byte of it. [`restore_test`] loads it
//! into a scratch database, reads the database back, and compares both. If both have the same
//! content id, the archive is proven. An archive uses published standards only and can be opened
//! without this crate; `FORMAT.md` describes how.
//!
//! # Quick start
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
//! // The public key encrypts, the identity decrypts. Store the identity apart from the archives.
//! let key = KeyPair::generate();
//! let (recipients, identities) = ([key.to_recipient()], [key.identity()]);
//!
//! // Export reads the archive back from the disk and verifies it before it gets its name.
//! let found = discover(&[folder.join("accounts.csv")], &DiscoverOptions::default())?;
//! let archive = folder.join("crm.tar.zst.age");
//! let exported = export(found, &recipients, &archive, &ExportOptions::default(), &())?;
//!
//! // At any later time, on any machine:
//! let verified = verify(&archive, &identities, &VerifyOptions::default(), &())?;
//! assert_eq!(verified.verdict(), Some(Verdict::Proven));
//! assert_eq!(verified.archive().content_id, exported.archive().content_id);
//!
//! // And the proof that it restores:
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
//! # Four scenarios
//!
//! - **Back up files.** [`source::discover`] finds the sources in files and folders, [`dry_run`] lists
//!   what an export would hold, [`export`] writes the archive. Example: `export_and_prove`.
//! - **Back up records of your program.** Push tables, records and files into an [`archive::Writer`], as
//!   values of your own types, and read them back with [`archive::Reader`]. Example: `typed_records`.
//! - **Write a source of your own.** Implement [`source::Source`], and give it to [`export`].
//!   Example: `own_source`.
//! - **Test restores regularly.** [`restore_test`] proves an archive; [`Limits`] adds thresholds for its
//!   age and the time of the restore; [`compare_with_sources`] and [`ExpectedTotals`] compare it with
//!   the CRM; [`history`] and [`metrics`] record the run; [`render`] makes an HTML page of the report.
//!   Examples: `progress`, `verify_stream`.
//!
//! Data comes back with [`restore_folder`] and [`restore_database`]; [`inspect`] lists what an
//! archive holds.
//!
//! # Reports, findings, errors
//!
//! Each of these functions returns a [`Report`]. Its [`Verdict`] follows from what was checked. A
//! [`Finding`] is the result of a check: something wrong, or a note. A [`SkippedCheck`] is a
//! requested check that could not run, and is never reported as passed. An [`Error`] prevented the
//! whole run. All of them are data, and texts are available in each [`Language`].
//!
//! A [`Monitor`] gets the progress of a run, and can cancel it.
//!
//! # Features
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `bacpac` | yes | exports of SQL Server and Azure SQL (`.bacpac`) as sources |
//! | `sqlite` | yes | SQLite databases as sources, the scratch database, [`restore_database`] |
//! | `postgres` | no | PostgreSQL databases as sources and as scratch databases |
//! | `mysql` | no | MySQL and MariaDB databases as sources and as scratch databases |
//! | `workbook` | yes | Excel and OpenDocument workbooks as sources |
//! | `ssh` | yes | SSH keys as recipients and identities |
//!
//! # Limits
//!
//! The crate never prints, and reads neither the environment nor a terminal. It is synchronous. A
//! third-party parser reads workbooks in the memory of the process; a hostile workbook can make it
//! abort. Read untrusted workbooks in a child process, see [`source::workbook`].

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod archive;
pub mod check;
mod command;
mod compare;
mod completeness;
mod error;
mod export;
mod files;
mod finding;
pub mod history;
mod i18n;
mod input;
#[doc(hidden)]
pub mod internals;
mod joined;
mod ledger_code;
mod limits;
pub mod metrics;
pub mod model;
mod monitor;
mod observer;
mod outcome;
mod part_names;
mod plan;
mod profile;
pub mod record;
pub mod render;
mod report;
mod restore;
mod restore_test;
pub mod scratch;
mod seen;
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub mod server;
mod sidecars;
pub mod source;
#[cfg(feature = "sqlite")]
mod sqlite;
mod suggestions;
mod table_names;
mod threads;
mod uninterrupted;
mod verify;

pub use check::against::AgainstOptions;
pub use check::expect::ExpectedTotals;
pub use command::{Command, Step};
pub use compare::compare_with_sources;
pub use completeness::CompletenessOptions;
pub use error::{Error, ErrorKind, Operation, Result, ScratchCause};
pub use export::{ExportOptions, dry_run, dry_run_with, export, export_to};
pub use files::{Draft, cleanup_all};
pub use finding::{Code, Finding, Location, Remedy, Severity};
pub use i18n::{Language, Message};
pub use ledger_code::LedgerCode;
pub use limits::Limits;
pub use model::{
    AgainstReport, ColumnChanges, FileReport, InferredFrom, JoinedReport, LimitReport, Limited,
    Reconciled, Run, ScratchServer, Side, TableReport, TotalReport,
};
pub use monitor::{Monitor, Notice, Phase, Unsupported};
pub use outcome::{Check, CheckKind, SkippedCheck};
pub use profile::{Profile, ProfileChoice};
pub use report::{
    ApiName, ArchiveInfo, CheckResults, Completeness, Contents, DescribedColumn, ErrorOutcome,
    Extent, FolderProfile, ProfileReport, Proof, RecognisedBy, Report, RunInfo, RunOutcome, SCHEMA,
    Scope, Undecided, UndecidedReason, Verdict,
};
#[cfg(feature = "sqlite")]
pub use restore::restore_database;
#[cfg(feature = "postgres")]
pub use restore::restore_server;
pub use restore::{RestoreOptions, restore_folder};
pub use restore_test::{RestoreTestOptions, restore_test, restore_test_reader};
pub use sidecars::Sidecars;
pub use verify::{VerifyOptions, inspect, verify, verify_reader, verify_sealed, verify_stream};
