//! What a monitoring system is told of runs: a file in the text format of Prometheus, as its node
//! exporter collects them from a folder.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//!
//! use backup_core::Ending;
//! use backup_core::metrics::{Metrics, Sample};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("crm-backup.prom");
//! let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
//! // `Sample::of` takes one from a report; here nobody could look.
//! let archive = "crm.tar.zst.age".as_ref();
//! let sample = Sample::of_ending("restore-test", archive, Ending::Error, now);
//! Metrics::add_to_file(&path, [sample], &())?;
//!
//! let text = std::fs::read_to_string(&path).unwrap();
//! let line = "crm_backup_verdict{archive=\"crm.tar.zst.age\",command=\"restore-test\",\
//!             verdict=\"error\"} 1\n";
//! assert!(text.contains(line));
//! // It was never proven, so nothing says when it was.
//! assert!(!text.contains("crm_backup_last_proven_timestamp_seconds"));
//! # Ok::<(), backup_core::Error>(())
//! ```

mod parse;
mod text;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::command::Step;
use crate::error::{Error, Result};
use crate::files::{Draft, LOCK_TIMEOUT, NameLock};
use crate::finding::Severity;
use crate::monitor::{Monitor, Notice};
use crate::report::{Ending, Report};

/// Far more than the samples of all archives of anybody have.
const MOST_BYTES: u64 = 64 << 20;

/// How long a run may wait for the file after it ended.
const MAX_WAIT_SECONDS: u64 = LOCK_TIMEOUT.as_secs();

/// What is told of the last run of one command on one archive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// The archive's file name.
    pub archive: String,
    /// The command, as it is typed.
    pub command: String,
    /// When the run ended, in seconds since 1970.
    pub last_run: u64,
    /// When a run ended `proven` last, in seconds since 1970.
    pub last_proven: Option<u64>,
    /// How the run ended.
    pub ending: Ending,
    /// How long restoring took, in milliseconds.
    pub restore_millis: Option<u64>,
    /// How long the archive's file is.
    pub archive_bytes: Option<u64>,
    /// When the archive was begun, in seconds since 1970.
    pub created: Option<u64>,
    /// How many records the archive holds.
    pub records: Option<u64>,
    /// How many findings are failures.
    pub failures: Option<u64>,
    /// How many findings are remarks.
    pub remarks: Option<u64>,
}

impl Sample {
    /// What a report says, of a run that ended now.
    pub fn of(report: &Report, now: SystemTime) -> Self {
        let archive = report.archive.as_deref().unwrap_or_default();
        let created: Option<jiff::Timestamp> =
            report.created.as_deref().and_then(|text| text.parse().ok());
        let restore = report.timings.iter().find(|(step, _)| *step == Step::Restore);
        let count = |severity: Severity| {
            Some(report.findings.iter().filter(|one| one.severity == severity).count() as u64)
        };
        let base =
            Self::of_ending(report.command.as_str(), archive.as_ref(), Ending::from(report), now);
        Self {
            last_proven: (base.ending == Ending::Proven).then_some(base.last_run),
            restore_millis: restore.map(|(_, took)| took.as_millis() as u64),
            archive_bytes: report.archive_bytes,
            created: created.and_then(|created| u64::try_from(created.as_second()).ok()),
            records: report.records(),
            failures: count(Severity::Failure),
            remarks: count(Severity::Remark),
            ..base
        }
    }

    /// What there is to say of a run that gave no report.
    pub fn of_ending(command: &str, archive: &Path, ending: Ending, now: SystemTime) -> Self {
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self {
            archive: archive.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            command: command.to_owned(),
            last_run: since.as_secs(),
            last_proven: None,
            ending,
            restore_millis: None,
            archive_bytes: None,
            created: None,
            records: None,
            failures: None,
            remarks: None,
        }
    }
}

/// The samples of a file: one for each archive and command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics(BTreeMap<(String, String), Sample>);

impl Metrics {
    /// Reads what [`Metrics::to_text`] wrote.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if it did not write this.
    pub fn parse(text: &str) -> Result<Self> {
        parse::parse(text).map(Self).map_err(|line| foreign().at_line(line))
    }

    /// The samples, by archive and command.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.0.values()
    }

    /// Takes in a run. If it did not end `proven`, the time when one did last stays what it was.
    ///
    /// A run that ended while this one waited to be added stays, if it ended later or worse. A time
    /// that lies further in the future is one of a clock that was wrong, and is dropped: it would
    /// hide every failure until then.
    pub fn add(&mut self, mut sample: Sample) {
        let key = (sample.archive.clone(), sample.command.clone());
        if let Some(before) = self.0.remove(&key) {
            let latest = sample.last_run + MAX_WAIT_SECONDS;
            let proven = before.last_proven.filter(|proven| *proven <= latest);
            let proven = sample.last_proven.max(proven);
            let later = |one: &Sample| (one.last_run, one.ending);
            if before.last_run <= latest && later(&before) > later(&sample) {
                sample = before;
            }
            sample.last_proven = proven;
        }
        self.0.insert(key, sample);
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        text::text(self.0.values())
    }

    /// Takes runs into a file, which appears whole or not at all, and which everybody may read. What
    /// it says of other archives stays. The file is locked from reading to replacing it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if there is a file that holds something else,
    /// which then stays as it is: when an archive was last proven is not to be forgotten;
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if it is longer than any is;
    /// [`ErrorKind::Locked`](crate::ErrorKind::Locked) if another run holds it. And what kept it from being read or written.
    pub fn add_to_file(
        path: &Path,
        samples: impl IntoIterator<Item = Sample>,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        let lock = NameLock::acquire(path, monitor)?;
        let mut metrics = match read(path)? {
            Some(text) => {
                Self::parse(&text).map_err(|error| error.in_source(path.display().to_string()))?
            }
            None => Self::default(),
        };
        for sample in samples {
            metrics.add(sample);
        }
        Draft::sweep(path, monitor);
        let draft = Draft::with_content(path, true, metrics.to_text().as_bytes())?;
        draft.make_readable_for_all();
        let published = draft.publish()?;
        for unsupported in lock.unsupported().into_iter().chain(&published) {
            monitor.notice(&Notice::Unsupported(unsupported));
        }
        Ok(())
    }
}

fn foreign() -> Error {
    let why = "this is no file of metrics as this program writes them";
    Error::source(why, "Name another file, or remove this one if nothing needs it.")
}

fn read(path: &Path) -> Result<Option<String>> {
    let failed = |error| Error::reading(path, error);
    let file = match std::fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let mut text = String::new();
    match file.take(MOST_BYTES + 1).read_to_string(&mut text) {
        // What is cut off would be forgotten.
        Ok(_) if text.len() as u64 > MOST_BYTES => Err(Error::limit(format!(
            "the file of metrics {} has more than {} MiB, and nobody has so many: it stays as it is",
            path.display(),
            MOST_BYTES >> 20
        ))),
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(foreign().in_source(path.display().to_string()))
        }
        Err(error) => Err(failed(error)),
    }
}
