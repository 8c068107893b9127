//! Metrics of runs for a monitoring system. They are written to a file in the text format of
//! Prometheus, which the node exporter of Prometheus collects from a folder.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//!
//! use backup_core::ErrorOutcome;
//! use backup_core::metrics::{Metrics, Sample};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("crm-backup.prom");
//! let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
//! // `Sample::of` creates a sample of a report. This run ended with an error.
//! let archive = "crm.tar.zst.age".as_ref();
//! let sample = Sample::of_error("restore-test", archive, ErrorOutcome::Error, now);
//! Metrics::add_to_file(&path, [sample], &())?;
//!
//! let text = std::fs::read_to_string(&path).unwrap();
//! let line = "crm_backup_verdict{archive=\"crm.tar.zst.age\",command=\"restore-test\",\
//!             verdict=\"error\"} 1\n";
//! assert!(text.contains(line));
//! // It was never proven, so there is no time of the last proof.
//! assert!(!text.contains("crm_backup_last_proven_timestamp_seconds"));
//! # Ok::<(), backup_core::Error>(())
//! ```

mod file;
mod sample;
mod text;

pub use file::Metrics;
pub use sample::{Metric, Sample};
