//! Appends runs to a history.

use std::path::Path;

use super::chain::History;
use super::entry::{Entry, What, file_name};
use super::file::Writer;
use super::occasion::Occasion;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::monitor::{Monitor, Notice};
use crate::outcome::{Check, CheckKind};
use crate::report::{ErrorOutcome, Report};

/// Checks a history, compares the archive of a drill with the exports in it, and appends the report.
///
/// Problems are findings of the report. If a line is invalid, nothing is appended. If the archive has
/// another id than the last export with its name, the run is recorded with the verdict `failed`. A
/// history that does not exist is created.
///
/// # Errors
///
/// Any error of reading or writing the history. An incomplete line is removed.
pub fn record(
    report: &mut Report,
    history: &Path,
    occasion: &Occasion,
    monitor: &dyn Monitor,
) -> Result<()> {
    let Some(what) = What::of(report) else {
        return Err(Error::new(ErrorKind::Option {
            why: message!("history-command", command = report.command.as_str()),
            hint: message!("hint-history-command"),
        }));
    };
    let writer = Writer::open(history, monitor)?;
    if let Some(broken) = writer.history.broken() {
        report.findings.push(broken.clone());
        return Ok(());
    }
    let lines = writer.history.entries().len() as u64;
    report.results.checks.push(Check { kind: CheckKind::History, count: lines });
    if what == What::RestoreTest {
        report.findings.extend(compare(&writer.history, report));
    }
    let archive = report.archive.name.as_deref().unwrap_or_default();
    let entry = Entry::new(what, archive.as_ref(), (&*report).into(), Some(report), occasion);
    let unsupported = writer.append(entry)?;
    report.unsupported(unsupported);
    Ok(())
}

/// Appends a run that ended with an error and has no report.
///
/// # Errors
///
/// As [`record`], and [`ErrorKind::Refused`] if a line of the history is invalid.
pub fn record_error(
    what: What,
    archive: &Path,
    outcome: ErrorOutcome,
    history: &Path,
    occasion: &Occasion,
    monitor: &dyn Monitor,
) -> Result<()> {
    let writer = Writer::open(history, monitor)?;
    match writer.history.broken() {
        Some(broken) => Err(broken.clone().into()),
        None => {
            let entry = Entry::new(what, archive, outcome.into(), None, occasion);
            for one in writer.append(entry)? {
                monitor.notice(&Notice::Unsupported(&one));
            }
            Ok(())
        }
    }
}

/// Compares the archive of a drill with the exports in a history.
fn compare(history: &History, report: &Report) -> Option<Finding> {
    let (id, name) = (report.archive.id?, file_name(report.archive.name.as_ref()?.as_ref()));
    let exports = || {
        let exports = history.entries().iter().filter(|entry| entry.what == What::Export);
        exports.filter_map(|entry| Some((entry.archive.as_str(), entry.archive_id?)))
    };
    let named = || exports().filter(|(known, _)| *known == name).map(|(_, id)| id);
    if let Some(last) = named().next_back() {
        // An old copy can be restored, but it is the wrong archive.
        let message = match named().any(|known| known == id) {
            true => message!("history-later-export"),
            false => message!("history-other-archive"),
        };
        let finding = Finding::failure(Code::History, message).expected(last, id);
        return (last != id).then_some(finding);
    }
    let other = exports().rfind(|(_, known)| *known == id);
    let message = match other {
        Some((other, _)) => message!("history-other-name", name = other),
        None => message!("history-unknown-archive"),
    };
    Some(Finding::remark(Code::History, message))
}
