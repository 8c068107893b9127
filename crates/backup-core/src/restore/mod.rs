//! Restore: give the data back, as files in a folder or as a SQLite database.
//!
//! What is given back appears under its name only once the whole archive, or each table that was
//! asked for, has been checked.

#[cfg(feature = "sqlite")]
mod database;
mod folder;
mod loose;
mod note;
mod output;
mod paths;
mod salvage;

#[cfg(feature = "sqlite")]
pub use database::restore_database;

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use crate::archive::{Identity, Reader, Visitor};
use crate::command::{Command, Step};
use crate::error::Result;
use crate::files::DraftFolder;
use crate::monitor::{Monitor, Phase};
use crate::report::{Report, Verdict};
use crate::verify::{self, VerifyOptions};

/// What is restored.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RestoreOptions {
    /// These tables only, read without the others; all of them, and all files, if there are none.
    pub tables: Vec<String>,
    /// The source files, byte for byte, instead of the tables.
    pub originals: bool,
    /// Whatever is still whole of a damaged archive; what is not is in the report's findings.
    pub salvage: bool,
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

    /// Sets whether what is still whole of a damaged archive is restored.
    pub fn salvage(mut self, salvage: bool) -> Self {
        self.salvage = salvage;
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
/// As [`verify`](crate::verify), and [`ErrorKind::Exists`](crate::ErrorKind::Exists) if there is something in the folder. What
/// is wrong with the archive is a finding in the report, and nothing is left in the folder then,
/// unless [`RestoreOptions::salvage`] asks for what is whole. What is left but cannot be proven any
/// more is in the folder `unproven`: the beginnings of what is hurt; and of an archive whose end cannot
/// be read, its members as they stand in it. What is missing stands in `SALVAGE.txt` in the folder.
pub fn restore_folder(
    archive: &Path,
    identities: &[Identity],
    output: &Path,
    options: &RestoreOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let mut report = Report::new(Command::Restore);
    let started = Instant::now();
    let draft = DraftFolder::create(output)?;
    report.sweep([output], monitor);
    let filled = fill(archive, identities, draft.path(), options, monitor, &mut report);
    let worth_keeping = filled.map_err(|error| draft.named(error))?;
    report.timings.push((Step::Restore, started.elapsed()));
    if worth_keeping {
        report.name_empty_tables();
        report.unsupported(draft.publish()?);
        report.written.push(output.display().to_string());
    } else {
        list_nothing(&mut report);
    }
    Ok(report)
}

/// What a report lists was restored.
fn list_nothing(report: &mut Report) {
    report.tables.clear();
    report.files.clear();
}

/// Restores into a folder that has another name yet; `false` if it is not to get its own.
fn fill(
    archive: &Path,
    identities: &[Identity],
    folder: &Path,
    options: &RestoreOptions,
    monitor: &dyn Monitor,
    report: &mut Report,
) -> Result<bool> {
    if options.salvage {
        let wanted = options.tables.iter().map(String::as_str).collect();
        return salvage::Salvaging { archive, identities, options, wanted, monitor }
            .restore(folder, report);
    }
    if options.originals {
        let mut originals = folder::Originals::new(folder);
        run(archive, identities, options, monitor, &mut originals, report)?;
        originals.finish(report);
    } else {
        let mut tables = folder::Tables::new(folder);
        run(archive, identities, options, monitor, &mut tables, report)?;
    }
    Ok(report.verdict() != Some(Verdict::Failed))
}

/// Gives everything, or the tables that were asked for, to `visitor`; what is wrong stands in the
/// report.
fn run(
    archive: &Path,
    identities: &[Identity],
    options: &RestoreOptions,
    monitor: &dyn Monitor,
    visitor: &mut dyn Visitor,
    report: &mut Report,
) -> Result<()> {
    match begin(archive, identities, options, monitor, report)? {
        Some(mut reader) => give(archive, &mut reader, options, monitor, visitor, report),
        None => Ok(()),
    }
}

/// Opens the archive and says what will be looked at.
fn begin(
    archive: &Path,
    identities: &[Identity],
    options: &RestoreOptions,
    monitor: &dyn Monitor,
    report: &mut Report,
) -> Result<Option<Reader<File>>> {
    if options.tables.is_empty() {
        let (verify, phase) = (&options.verify, Phase::Restoring);
        return verify::begin(archive, identities, verify, phase, monitor, report);
    }
    let reader = verify::open(archive, identities)?;
    report.archive = Some(archive.display().to_string());
    report.archive_id = Some(reader.archive_id());
    report.content_id = Some(reader.content_id());
    verify::compare_id(&options.verify, &reader, report);
    crate::report::describe(report, reader.manifest());
    report.files.clear();
    let wanted: HashSet<&String> = options.tables.iter().collect();
    report.tables.retain(|table| wanted.contains(&table.name));
    monitor.phase(Phase::Restoring, Some(report.tables.iter().map(|table| table.bytes).sum()));
    Ok(Some(reader))
}

/// Gives everything, or the tables that were asked for, to `visitor`.
fn give(
    archive: &Path,
    reader: &mut Reader<File>,
    options: &RestoreOptions,
    monitor: &dyn Monitor,
    visitor: &mut dyn Visitor,
    report: &mut Report,
) -> Result<()> {
    if options.tables.is_empty() {
        if !verify::pass_over(archive, reader, &options.verify, monitor, visitor, report)? {
            verify::say_what_is_whole(archive, reader, monitor, report)?;
        }
        return Ok(());
    }
    let wanted: BTreeSet<&String> = options.tables.iter().collect();
    for name in wanted {
        verify::refused(reader.visit_table(name, visitor, monitor), report)?;
    }
    Ok(())
}
