//! The metrics file. It is read, changed and replaced under a lock.

use std::io::{self, Read};
use std::path::Path;

use super::sample::{Metric, Sample};
use super::text::{self, Samples};
use crate::error::{Error, Result};
use crate::files::{Draft, LOCK_TIMEOUT, NameLock};
use crate::i18n::message;
use crate::monitor::{Monitor, Notice};

/// The maximum size of a metrics file. This is enough for some hundred thousand archives.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The maximum time from the end of a run until its sample is added.
const MAX_WAIT_SECONDS: u64 = LOCK_TIMEOUT.as_secs();

/// The samples of a file: one for each pair of archive and command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics(Samples);

impl Metrics {
    /// Parses the text that [`Metrics::to_text`] returned.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) with the line if the text is anything else.
    pub fn parse(text: &str) -> Result<Self> {
        text::parse(text).map(Self).map_err(|line| foreign().at_line(line))
    }

    /// The samples, ordered by archive and command.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.0.values()
    }

    /// Adds the sample of a run. If the run did not end `proven`, the time of the last proof is
    /// kept.
    ///
    /// The existing sample is kept if its run ended later, or at the same time with a worse
    /// outcome. This happens if its run was added while this one waited for the lock. A time that
    /// is further in the future came from a wrong clock and is dropped, because it would hide every
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

    /// The text of the file.
    pub fn to_text(&self) -> String {
        text::write(&self.0)
    }

    /// Adds samples to a file. The file is replaced as a whole, and everybody may read it. Samples
    /// of other archives are kept. The file is locked while it is read and replaced.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if the file holds anything else; it is then
    /// not replaced, so that the time of the last proof is not lost.
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if the file is too long,
    /// [`ErrorKind::Locked`](crate::ErrorKind::Locked) if another run has locked it, and
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot be read or written.
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
        // Otherwise samples beyond the limit would be lost.
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
