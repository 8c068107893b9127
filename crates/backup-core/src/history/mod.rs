//! The history of exports and drills: a file of JSON lines that only ever grows.
//!
//! Each line ends with its own digest, and names the digest of the line before. So a line that was
//! changed, removed, put in or moved shows, and the first such line is named. What does not show by
//! itself is that the last lines were cut off, or that all of it was written anew: keep
//! [`History::head`] elsewhere, as in the ticket of the drill.
//!
//! ```
//! use backup_core::Ending;
//! use backup_core::history::{History, Occasion, Summary, What, record_ending};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("history.jsonl");
//! // What `record` does with the report of an export or a drill; here nobody could look.
//! let occasion = Occasion::default().ticket("OPS-7");
//! let archive = "crm.tar.zst.age".as_ref();
//! record_ending(What::RestoreTest, archive, Ending::Error, &path, &occasion, &())?;
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
mod summary;
mod time;

use std::path::Path;
use std::time::SystemTime;

pub use chain::History;
pub use entry::{Entry, What};
pub use summary::{Gap, KeyUse, RestoreTimes, Summary};

use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Detail, Finding};
use crate::monitor::{Monitor, Notice};
use crate::outcome::{Check, CheckKind};
use crate::report::{Ending, Report};
use file::Writer;

/// When something is recorded, and who stands behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Occasion {
    /// The time it is; what the system's clock says by default.
    pub now: Option<SystemTime>,
    /// Who ran it.
    pub operator: Option<String>,
    /// Who looked at what came of it.
    pub reviewer: Option<String>,
    /// The ticket it belongs to.
    pub ticket: Option<String>,
}

impl Occasion {
    /// Sets the time it is.
    pub fn now(mut self, now: SystemTime) -> Self {
        self.now = Some(now);
        self
    }

    /// Sets who ran it.
    pub fn operator(mut self, name: impl Into<String>) -> Self {
        self.operator = Some(name.into());
        self
    }

    /// Sets who looked at what came of it.
    pub fn reviewer(mut self, name: impl Into<String>) -> Self {
        self.reviewer = Some(name.into());
        self
    }

    /// Sets the ticket it belongs to.
    pub fn ticket(mut self, ticket: impl Into<String>) -> Self {
        self.ticket = Some(ticket.into());
        self
    }
}

/// Checks a history, compares a drill's archive with what it knows, and appends the report to it.
///
/// What is wrong is a finding of the report: a history whose lines do not follow from each other, to
/// which nothing is appended then; or one that knows the archive under another id, which is recorded
/// with the verdict `failed`. A history that is not there is begun.
///
/// # Errors
///
/// What kept the history from being read or written. Nothing of a line that could not be written
/// whole stays.
pub fn record(
    report: &mut Report,
    history: &Path,
    occasion: &Occasion,
    monitor: &dyn Monitor,
) -> Result<()> {
    let Some(what) = What::of(report) else {
        return Err(Error::new(ErrorKind::Option {
            why: format!("a history has no lines for {}", report.command),
            hint: "It is for exports and restore-tests.".into(),
        }));
    };
    let writer = Writer::open(history, monitor)?;
    if let Some(broken) = writer.history.broken() {
        report.findings.push(broken.clone());
        return Ok(());
    }
    let lines = writer.history.entries().len() as u64;
    report.checks.push(Check { kind: CheckKind::History, count: lines });
    if what == What::RestoreTest {
        report.findings.extend(compare(&writer.history, report));
    }
    let unsupported = writer.append(Entry::of(what, report, occasion))?;
    report.unsupported(unsupported);
    Ok(())
}

/// Appends how a run ended that gave no report.
///
/// # Errors
///
/// As [`record`], and [`ErrorKind::Refused`] if the lines of the history do not follow from each
/// other.
pub fn record_ending(
    what: What,
    archive: &Path,
    ending: Ending,
    history: &Path,
    occasion: &Occasion,
    monitor: &dyn Monitor,
) -> Result<()> {
    let writer = Writer::open(history, monitor)?;
    match writer.history.broken() {
        Some(broken) => Err(broken.clone().into()),
        None => {
            for one in writer.append(Entry::of_ending(what, archive, ending, occasion))? {
                monitor.notice(&Notice::Unsupported(&one));
            }
            Ok(())
        }
    }
}

/// What a history says of the archive that was tested.
fn compare(history: &History, report: &Report) -> Option<Finding> {
    let (id, name) = (report.archive_id?, entry::file_name(report.archive.as_ref()?.as_ref()));
    let exports = || {
        let exports = history.entries().iter().filter(|entry| entry.what == What::Export);
        exports.filter_map(|entry| Some((entry.archive.as_str(), entry.archive_id?)))
    };
    let named = || exports().filter(|(known, _)| *known == name).map(|(_, id)| id);
    if let Some(last) = named().next_back() {
        return match named().any(|known| known == id) {
            _ if last == id => None,
            // A stale copy restores well, and is not what has to be restored.
            true => Some(
                Finding::failure(
                    Code::History,
                    "the history knows a later export under this archive's name",
                )
                .detail(Detail::LaterExport)
                .expected(last, id),
            ),
            false => Some(
                Finding::failure(Code::History, "the history knows another archive of this name")
                    .detail(Detail::AnotherOfThisName)
                    .expected(last, id),
            ),
        };
    }
    let other = exports().rfind(|(_, known)| *known == id);
    Some(match other {
        Some((other, _)) => {
            let message = format!("the history knows this archive under the name {other}");
            Finding::remark(Code::History, message).detail(Detail::UnderAnotherName)
        }
        None => {
            let message = "the history does not know this archive: it has no export of it";
            Finding::remark(Code::History, message).detail(Detail::UnknownToHistory)
        }
    })
}
