//! The history of exports and drills: an append-only file of JSON lines.
//!
//! Each line contains the digest of the line before and ends with its own digest. So a line that
//! was changed, removed, inserted or moved is detected, and the first such line is reported. The
//! file alone does not show that its last lines were removed, or that it was rewritten completely:
//! keep [`History::head`] in another place, such as the ticket of the drill.
//!
//! ```
//! use backup_core::ErrorOutcome;
//! use backup_core::history::{History, Occasion, Summary, RunKind, record_error};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("history.jsonl");
//! // `record` appends the report of an export or a drill; this drill ended with an error.
//! let occasion = Occasion::default().ticket("OPS-7");
//! let archive = "crm.tar.zst.age".as_ref();
//! record_error(RunKind::RestoreTest, archive, ErrorOutcome::Error, &path, &occasion, &())?;
//!
//! let history = History::read(&path, &())?;
//! assert!(history.broken().is_none());
//! assert_eq!(history.entries()[0].ticket.as_deref(), Some("OPS-7"));
//! let summary = Summary::of(history.entries(), std::time::SystemTime::now());
//! assert_eq!((summary.drills, summary.proven), (1, 0));
//! # Ok::<(), backup_core::Error>(())
//! ```

mod chain;
mod entry;
mod exported;
mod file;
mod occasion;
mod record;
mod shrink;
mod summary;
mod time;

pub use chain::History;
pub use entry::{Entry, RunKind};
pub use exported::{ExportedTable, Shrunk};
pub use occasion::Occasion;
pub use record::{record, record_error};
pub use summary::{Gap, KeyUse, RestoreTimes, Summary};
