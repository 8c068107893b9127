//! Restore: writes the data as files in a folder, or as a database: of SQLite, or on a server.
//!
//! Restored files get their final names only after the whole archive, or each requested table, has
//! been checked.

#[cfg(feature = "sqlite")]
mod database;
mod folder;
mod joined;
mod loose;
mod note;
mod output;
mod paths;
mod recorded;
mod request;
mod salvage;
#[cfg(feature = "postgres")]
mod server;

use std::cell::OnceCell;
use std::path::Path;
use std::time::Instant;

#[cfg(feature = "sqlite")]
pub use self::database::restore_database;
pub use self::request::RestoreOptions;
#[cfg(feature = "postgres")]
pub use self::server::restore_server;

use self::request::{Request, list_nothing};
use crate::archive::{Identity, Visitor};
use crate::command::{Command, Step};
use crate::error::Result;
use crate::files::DraftFolder;
use crate::monitor::Monitor;
use crate::report::{Report, Verdict};

/// Restores an archive into `folder`, which must be new or empty. It writes `tables/NAME.csv`,
/// `files/…` and `schema/…`; parts of one table are one file. With [`RestoreOptions::originals`], it writes the source files under
/// their original paths instead.
///
/// # Errors
///
/// As [`verify`](crate::verify), and [`ErrorKind::Exists`](crate::ErrorKind::Exists) if the folder
/// is not empty. Damage to the archive is a finding in the report, and the folder is then not
/// written. [`RestoreOptions::salvage`] restores the intact parts of a damaged archive. Data that
/// can be read but not proven is then in the folder `unproven`: the beginnings of damaged members,
/// and all members if the end of the archive cannot be read. `SALVAGE.txt` in the folder lists what
/// is missing.
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
    let tables = OnceCell::new();
    let request = Request { archive, identities, options, monitor, tables: &tables };
    let filled = fill(request, draft.path(), &mut report);
    let is_kept = filled.map_err(|error| draft.named(error))?;
    report.run.timings.push((Step::Restore, started.elapsed()));
    if is_kept {
        report.note_empty_tables();
        report.unsupported(draft.publish()?);
        report.run.written.push(output.to_path_buf());
    } else {
        list_nothing(&mut report);
    }
    Ok(report)
}

/// Restores into a folder without its final name. Returns whether the folder is to be published.
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
        let mut tables = folder::Tables::new(request, folder, Default::default());
        give(&mut tables)?;
        tables.finish(report);
    }
    Ok(report.verdict() != Some(Verdict::Failed))
}
