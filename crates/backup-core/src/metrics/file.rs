//! The file of metrics: read, changed and replaced under a lock.

use std::io::{self, Read};
use std::path::Path;

use super::sample::{Metric, Sample};
use super::text::{self, Samples};
use crate::error::{Error, Result};
use crate::files::{Draft, LOCK_TIMEOUT, NameLock};
use crate::i18n::message;
use crate::monitor::{Monitor, Notice};

/// The longest file that is read; it holds some hundred thousand archives.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The longest time between the end of a run and the moment when it is added.
const MAX_WAIT_SECONDS: u64 = LOCK_TIMEOUT.as_secs();

/// The samples of a file: one for each archive and command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics(Samples);

impl Metrics {
    /// Reads what [`Metrics::to_text`] wrote.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if it did not write this.
    pub fn parse(text: &str) -> Result<Self> {
        text::parse(text).map(Self).map_err(|line| foreign().at_line(line))
    }

    /// The samples, by archive and command.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.0.values()
    }

    /// Adds a run. If it did not end `proven`, the time of the last proof stays.
    ///
    /// A run that ended while this one waited to be added stays, if it ended later or worse. A time
    /// that lies further in the future came from a wrong clock and is dropped: it would hide every
    /// failure until then.
    pub fn add(&mut self, mut sample: Sample) {
        let key = (sample.archive.clone(), sample.command.clone());
        if let Some(before) = self.0.remove(&key) {
            let ended = |one: &Sample| one.get(Metric::LastRun).unwrap_or(0);
            let latest = ended(&sample) + MAX_WAIT_SECONDS;
            let proven = before.get(Metric::LastProven).filter(|proven| *proven <= latest);
            let proven = sample.get(Metric::LastProven).max(proven);
            let later = |one: &Sample| (ended(one), one.outcome());
            if ended(&before) <= latest && later(&before) > later(&sample) {
                sample = before;
            }
            sample.values.remove(&Metric::LastProven);
            sample.values.extend(proven.map(|proven| (Metric::LastProven, proven)));
        }
        self.0.insert(key, sample);
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        text::write(&self.0)
    }

    /// Adds runs to a file, which is replaced whole and which everybody may read. Samples of other
    /// archives stay. The file is locked from reading to replacing it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if there is a file that holds something else,
    /// which then stays as it is, so that the time of the last proof is not lost;
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
    Error::source(message!("metrics-foreign"), message!("hint-metrics-foreign"))
}

fn read(path: &Path) -> Result<Option<String>> {
    let failed = |error| Error::reading(path, error);
    let file = match std::fs::File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let mut text = String::new();
    match file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text) {
        // Samples beyond the limit would be lost.
        Ok(_) if text.len() as u64 > MAX_FILE_BYTES => {
            let (path, limit) = (path.display().to_string(), MAX_FILE_BYTES >> 20);
            Err(Error::limit(message!("metrics-too-long", path = path, limit = limit)))
        }
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(foreign().in_source(path.display().to_string()))
        }
        Err(error) => Err(failed(error)),
    }
}
