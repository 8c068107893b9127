//! Compare: an archive against its sources as they are now.

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

/// Reads the sources as they are now, and compares them with an archive that was proven, by the report
/// of [`restore_test`](crate::restore_test) or [`verify`](crate::verify) that it adds to.
///
/// Of each table it says whether it is equal, or how many records were added, removed and changed. A
/// difference is a remark, unless [`AgainstOptions::require_equal`] makes it a failure. Records in
/// another order are the same records. A source that cannot be read now, and a table that has other
/// columns now, were not compared, and the report is then `unverified`.
///
/// # Errors
///
/// Whatever keeps the sources, or the archive, from being read.
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
