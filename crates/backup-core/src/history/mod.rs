//! The history of exports and drills: a file of JSON lines that only ever grows.
//!
//! Each line ends with its own digest, and names the digest of the line before. So a line that was
//! changed, removed, put in or moved shows, and the first such line is named. What does not show by
//! itself is that the last lines were cut off, or that all of it was written anew: keep
//! [`History::head`] elsewhere, as in the ticket of the drill.
//!
//! ```
//! use backup_core::ErrorOutcome;
//! use backup_core::history::{History, Occasion, Summary, What, record_error};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("history.jsonl");
//! // `record` appends the report of an export or a drill; this drill ended with an error.
//! let occasion = Occasion::default().ticket("OPS-7");
//! let archive = "crm.tar.zst.age".as_ref();
//! record_error(What::RestoreTest, archive, ErrorOutcome::Error, &path, &occasion, &())?;
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
mod file;
mod occasion;
mod record;
mod summary;
mod time;

pub use chain::History;
pub use entry::{Entry, What};
pub use occasion::Occasion;
pub use record::{record, record_error};
pub use summary::{Gap, KeyUse, RestoreTimes, Summary};
