//! Appends runs to a history.

use std::collections::BTreeMap;
use std::path::Path;

use super::chain::History;
use super::entry::{Entry, RunKind, file_name, folder};
use super::exported::Shrunk;
use super::file::Writer;
use super::occasion::Occasion;
use super::shrink;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::monitor::{Monitor, Notice};
use crate::outcome::{Check, CheckKind};
use crate::report::{ErrorOutcome, Report};

/// The share of records that a table must keep, in percent, if none is given.
const SHRINK_LIMIT: u8 = 50;

/// Checks a history, compares the archive of a drill with the exports in it, or an export with the
/// last one of the same data, and appends the report.
///
/// Problems are findings of the report. If a line is invalid, nothing is appended. If the archive
/// has another id than the last export with its name, the run is recorded with the verdict
/// `failed`. If an export has less than half of the records, of the files, or of the values in a
/// column that the last one had, this is a note; see [`Occasion::shrink_limit()`]. A history that does
/// not exist is created.
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
    let Some(what) = RunKind::of(report) else {
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
    if what == RunKind::RestoreTest {
        report.findings.extend(compare(&writer.history, report));
    }
    let archive = report.archive.name.as_deref().unwrap_or_default();
    let mut entry = Entry::new(what, archive.as_ref(), (&*report).into(), Some(report), occasion);
    if what == RunKind::Export {
        compare_exports(&writer.history, &mut entry, report, occasion);
    }
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
    what: RunKind,
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

/// Compares an export with the last one of the same data in a history, and notes what is much
/// smaller, unless that is allowed.
fn compare_exports(history: &History, entry: &mut Entry, report: &mut Report, occasion: &Occasion) {
    let percent = occasion.shrink_limit.unwrap_or(SHRINK_LIMIT);
    let shrunk = shrink::findings(history.entries(), entry, report, percent);
    entry.shrunk = match (shrunk.is_empty(), occasion.allow_shrink) {
        (true, _) => None,
        (false, true) => Some(Shrunk::Allowed),
        (false, false) => {
            report.findings.extend(shrunk);
            Some(Shrunk::Reported)
        }
    };
    if entry.shorten() {
        let message = message!("history-without-tables");
        report.findings.push(Finding::remark(Code::History, message));
    }
}

/// Compares the archive of a drill with the exports in a history.
fn compare(history: &History, report: &Report) -> Option<Finding> {
    let (id, name) = (report.archive.id?, file_name(report.archive.name.as_ref()?.as_ref()));
    let exports = || {
        let exports = history.entries().iter().filter(|entry| entry.what == RunKind::Export);
        exports.filter_map(|entry| Some((entry, entry.archive_id?)))
    };
    let named = || exports().filter(|(entry, _)| entry.archive == name);
    // Archives of several folders may have one name. If the archive was moved since, each of the
    // last exports may be it.
    let own = folder(report.archive.name.as_ref()?.as_ref());
    let is_here = |entry: &Entry| own.is_some() && entry.folder == own;
    let is_moved = !named().any(|(entry, _)| is_here(entry));
    let mut last = BTreeMap::new();
    for (entry, id) in named().filter(|(entry, _)| is_moved || is_here(entry)) {
        last.insert(&entry.folder, id);
    }
    if let Some((_, expected)) = named().rfind(|(entry, _)| is_moved || is_here(entry)) {
        // An old copy can be restored, but it is the wrong archive.
        let message = match named().any(|(_, known)| known == id) {
            true => message!("history-later-export"),
            false => message!("history-other-archive"),
        };
        let finding = Finding::failure(Code::History, message).expected(expected, id);
        return (!last.values().any(|last| *last == id)).then_some(finding);
    }
    let other = exports().rfind(|(_, known)| *known == id);
    let message = match other {
        Some((other, _)) => message!("history-other-name", name = &other.archive),
        None => message!("history-unknown-archive"),
    };
    Some(Finding::remark(Code::History, message))
}
