//! Compares an archive with its current sources.

use std::path::Path;
use std::time::Instant;

use crate::archive::Identity;
use crate::check::against::{AgainstOptions, compare};
use crate::command::Step;
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::monitor::Monitor;
use crate::report::Report;
use crate::source::Discovered;
use crate::verify::{open, refused};

/// Reads the current sources, compares them with an archive, and adds the results to the report
/// that [`restore_test`](crate::restore_test) or [`verify`](crate::verify) returned for this
/// archive.
///
/// For each table, the report lists how many records were added, removed and changed. A difference
/// is a note, unless [`AgainstOptions::require_equal`] makes it a failure. The order of records
/// does not matter. A source that cannot be read, or a table whose columns have changed, is not
/// compared; the report is then `unverified`.
///
/// # Errors
///
/// If the sources or the archive cannot be read.
pub fn compare_with_sources(
    report: &mut Report,
    archive: &Path,
    identities: &[Identity],
    found: Discovered,
    options: &AgainstOptions,
    monitor: &dyn Monitor,
) -> Result<()> {
    let started = Instant::now();
    let mut reader = open(archive, identities)?;
    if let Some(tested) = report.archive.id.filter(|id| *id != reader.archive_id()) {
        let message = message!("archive-replaced");
        let finding = Finding::failure(Code::ContentId, message);
        report.findings.push(finding.expected(tested, reader.archive_id()));
        return Ok(());
    }
    let compared = compare(report, &mut reader, found, options, monitor);
    if refused(compared, report)?.is_some() {
        report.run.timings.push((Step::Compare, started.elapsed()));
    }
    Ok(())
}
