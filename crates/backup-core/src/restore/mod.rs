//! Restore: give the data back, as files in a folder or as a SQLite database.
//!
//! Restored files get their names only once the whole archive, or each table that was asked for, has
//! been checked.

#[cfg(feature = "sqlite")]
mod database;
mod folder;
mod loose;
mod note;
mod output;
mod paths;
mod request;
mod salvage;

use std::path::Path;
use std::time::Instant;

#[cfg(feature = "sqlite")]
pub use self::database::restore_database;
pub use self::request::RestoreOptions;

use self::request::{Request, list_nothing};
use crate::archive::{Identity, Visitor};
use crate::command::{Command, Step};
use crate::error::Result;
use crate::files::DraftFolder;
use crate::monitor::Monitor;
use crate::report::{Report, Verdict};

/// Restores into `folder`, which must be new or empty: `tables/NAME.csv`, `files/…` and
/// `schema/…`; or with [`RestoreOptions::originals`], the source files under their own paths.
///
/// # Errors
///
/// As [`verify`](crate::verify), and [`ErrorKind::Exists`](crate::ErrorKind::Exists) if there is something in the folder. What
/// is wrong with the archive is a finding in the report, and nothing is left in the folder then,
/// unless [`RestoreOptions::salvage`] asks for what is whole. What can be read but not proven is then
/// in the folder `unproven`: the beginnings of damaged members, and of an archive whose end cannot
/// be read, all its members. `SALVAGE.txt` in the folder lists what is missing.
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
    let request = Request { archive, identities, options, monitor };
    let filled = fill(request, draft.path(), &mut report);
    let is_kept = filled.map_err(|error| draft.named(error))?;
    report.run.timings.push((Step::Restore, started.elapsed()));
    if is_kept {
        report.name_empty_tables();
        report.unsupported(draft.publish()?);
        report.run.written.push(output.to_path_buf());
    } else {
        list_nothing(&mut report);
    }
    Ok(report)
}

/// Restores into a folder that does not have its name yet. Returns whether it gets its name.
fn fill(request: Request<'_>, folder: &Path, report: &mut Report) -> Result<bool> {
    if request.options.salvage {
        return salvage::restore(request, folder, report);
    }
    let mut give = |visitor: &mut dyn Visitor| match request.open(report)? {
        Some(mut reader) => request.give(&mut reader, visitor, report),
        None => Ok(()),
    };
    if request.options.originals {
        let mut originals = folder::Originals::new(folder);
        give(&mut originals)?;
        originals.finish(report);
    } else {
        give(&mut folder::Tables::new(folder, Default::default()))?;
    }
    Ok(report.verdict() != Some(Verdict::Failed))
}
