//! Restore: give the data back, as files in a folder or as a SQLite database.
//!
//! What is given back appears under its name only once the whole archive, or each table that was
//! asked for, has been checked.

mod folder;
mod paths;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use crate::archive::{Identity, Reader, Visitor};
use crate::error::{ErrorKind, Result};
use crate::monitor::{Monitor, Phase};
use crate::report::{Report, Verdict};
use crate::verify::{VerifyOptions, examine, open};

/// What is restored.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RestoreOptions {
    /// These tables only, read without the others; all of them, and all files, if there are none.
    pub tables: Vec<String>,
    /// The source files, byte for byte, instead of the tables.
    pub originals: bool,
    /// How the archive is verified meanwhile.
    pub verify: VerifyOptions,
}

impl RestoreOptions {
    /// Adds a table that is restored.
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.tables.push(name.into());
        self
    }

    /// Sets whether the source files are restored, byte for byte.
    pub fn originals(mut self, originals: bool) -> Self {
        self.originals = originals;
        self
    }

    /// Sets how the archive is verified meanwhile.
    pub fn verify(mut self, options: VerifyOptions) -> Self {
        self.verify = options;
        self
    }
}

/// Restores into `folder`, which must be new or empty: `tables/NAME.csv`, `files/…` and
/// `schema/…`; or with [`RestoreOptions::originals`], the source files under their own paths.
///
/// # Errors
///
/// As [`verify`](crate::verify), and [`ErrorKind::Exists`] if there is something in the folder. What
/// is wrong with the archive is a finding in the report, and nothing is left in the folder then.
pub fn restore_folder(
    archive: &Path,
    identities: &[Identity],
    output: &Path,
    options: &RestoreOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let mut report = Report::new("restore");
    let started = Instant::now();
    let draft = folder::DraftFolder::create(output)?;
    if options.originals {
        let mut originals = folder::Originals::new(draft.path());
        run(archive, identities, options, monitor, &mut originals, &mut report)?;
        originals.finish(&mut report);
    } else {
        let mut tables = folder::Tables::new(draft.path());
        run(archive, identities, options, monitor, &mut tables, &mut report)?;
    }
    report.timings.push(("restore", started.elapsed()));
    if report.verdict() != Some(Verdict::Failed) {
        draft.publish()?;
        report.written.push(output.display().to_string());
    }
    Ok(report)
}

/// Restores into a new SQLite database: its tables under their own names, or as near as SQLite
/// allows. What was written is read back and compared before the file gets its name.
///
/// # Errors
///
/// As [`restore_folder`], and [`ErrorKind::Scratch`] if the database refuses.
#[cfg(feature = "sqlite")]
pub fn restore_database(
    archive: &Path,
    identities: &[Identity],
    output: &Path,
    options: &RestoreOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    use crate::archive::publish::Draft;
    use crate::finding::{Code, Finding};
    use crate::scratch::{Loader, Scratch, SqliteScratch};

    let mut report = Report::new("restore");
    let started = Instant::now();
    let draft = Draft::create(output, false)?;
    let mut database = SqliteScratch::restoring(draft.path())?;
    let mut loader = Loader::new(&mut database);
    let reader = run(archive, identities, options, monitor, &mut loader, &mut report)?;
    let Some(reader) = reader else { return Ok(report) };
    database.loaded()?;
    crate::restore_test::prove(&reader, &options.tables, &mut database, monitor, &mut report)?;
    let remark = |note: String| Finding::remark(Code::Source, note);
    report.findings.extend(database.notes().into_iter().map(remark));
    if options.tables.is_empty() && !reader.manifest().backup.files.is_empty() {
        let message = "a database holds no files: restore into a folder to get them as well";
        report.findings.push(remark(message.into()));
    }
    report.timings.push(("restore", started.elapsed()));
    drop(database);
    if report.verdict() != Some(Verdict::Failed) {
        draft.sync()?;
        draft.publish()?;
        report.written.push(output.display().to_string());
    }
    Ok(report)
}

/// Gives everything, or the tables that were asked for, to `visitor`; what is wrong stands in the
/// report. Gives the reader if nothing is.
fn run(
    archive: &Path,
    identities: &[Identity],
    options: &RestoreOptions,
    monitor: &dyn Monitor,
    visitor: &mut dyn Visitor,
    report: &mut Report,
) -> Result<Option<Reader<File>>> {
    if options.tables.is_empty() {
        let (verify, phase) = (&options.verify, Phase::Restoring);
        return examine(archive, identities, verify, phase, monitor, visitor, report);
    }
    let mut reader = open(archive, identities)?;
    let wanted: BTreeSet<&String> = options.tables.iter().collect();
    report.archive = Some(archive.display().to_string());
    report.archive_id = Some(reader.archive_id());
    report.content_id = Some(reader.content_id());
    crate::export::describe(report, reader.manifest());
    report.files.clear();
    report.tables.retain(|table| options.tables.contains(&table.name));
    monitor.phase(Phase::Restoring, Some(report.tables.iter().map(|table| table.bytes).sum()));
    for name in wanted {
        match reader.visit_table(name, visitor, monitor) {
            Ok(()) => {}
            Err(error) => match error.kind() {
                ErrorKind::Refused(finding) => report.findings.push(finding.clone()),
                _ => return Err(error),
            },
        }
    }
    Ok((!report.has_failure()).then_some(reader))
}
