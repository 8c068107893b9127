//! Restore into a new database on a server.

use std::cell::OnceCell;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use super::request::{Request, RestoreOptions, list_nothing};
use crate::archive::{Identity, Reader};
use crate::check::{Loader, prove};
use crate::command::{Command, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::model::Role;
use crate::monitor::Monitor;
use crate::report::Report;
use crate::scratch::kept::tables;
use crate::scratch::postgres::{LONGEST_NAME, OWN_COLUMNS};
use crate::scratch::{PostgresScratch, Scratch as _};
use crate::server::{ServerAddress, ServerKind};

/// Restores the tables of an archive into a new database on a server of PostgreSQL. The address
/// names the database, which must not exist. It is loaded, read back and compared like a scratch
/// database; then tables and columns get their names, and keys and references that the archive
/// declares are added. If anything fails, the database is dropped; if that fails too, the error says
/// so.
///
/// # Errors
///
/// As [`restore_folder`](crate::restore_folder), [`ErrorKind::Option`] if the address has no
/// database, and [`ErrorKind::Scratch`] if the server refuses something.
pub fn restore_server(
    archive: &Path,
    identities: &[Identity],
    address: &ServerAddress,
    options: &RestoreOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let started = Instant::now();
    if address.database().is_empty() || options.salvage || options.originals {
        let (why, hint) = (message!("kept-no-database"), message!("hint-kept-no-database"));
        return Err(Error::new(ErrorKind::Option { why, hint }));
    }
    if address.kind() != ServerKind::Postgres {
        let (why, hint) = (message!("kept-other-server"), message!("hint-kept-other-server"));
        return Err(Error::new(ErrorKind::Option { why, hint }));
    }
    let mut report = Report::new(Command::Restore);
    let wanted = OnceCell::new();
    let request = Request { archive, identities, options, monitor, tables: &wanted };
    if let Some(mut reader) = request.open(&mut report)? {
        let mut database = PostgresScratch::restoring(address)?;
        let restored = restore(request, &mut reader, &mut database, &mut report);
        // Records of customers must not remain on a server without a word.
        match (restored, database.remove()) {
            (Ok(()), Ok(())) => {}
            (Ok(()), Err(remains)) => return Err(remains),
            (Err(error), Ok(())) => return Err(error),
            (Err(error), Err(remains)) => {
                let remains = match remains.kind() {
                    ErrorKind::Scratch { why, .. } => why.to_string(),
                    _ => remains.to_string(),
                };
                let error = error.to_string();
                let why = message!("restored-remains", remains = remains, error = error);
                return Err(Error::scratch(message!("scratch-drop"), why));
            }
        }
        let mut files = reader.manifest().backup.files.iter();
        if options.tables.is_empty() && files.any(|file| file.role != Role::Schema) {
            let message = message!("restored-without-files");
            report.findings.push(Finding::remark(Code::Source, message));
        }
        let definitions = reader.manifest().backup.files.iter();
        let definitions = definitions.filter(|file| file.role == Role::Schema);
        let definitions: Vec<_> = definitions.map(|file| file.path.as_str()).collect();
        if !definitions.is_empty() {
            let message = message!("restored-definitions", files = definitions.join(", "));
            report.findings.push(Finding::remark(Code::Source, message));
        }
        report.run.timings.push((Step::Restore, started.elapsed()));
    }
    report.contents.files.clear();
    if report.has_failure() {
        list_nothing(&mut report);
        return Ok(report);
    }
    report.note_empty_tables();
    report.run.written.push(address.to_string().into());
    Ok(report)
}

/// Loads, compares and keeps the database.
fn restore(
    request: Request<'_>,
    reader: &mut Reader<File>,
    database: &mut PostgresScratch,
    report: &mut Report,
) -> Result<()> {
    request.give(reader, &mut Loader::new(database), report)?;
    if report.has_failure() {
        return Ok(());
    }
    database.loaded()?;
    prove(reader, request.tables(), &mut (), database, request.monitor, report)?;
    if report.has_failure() {
        return Ok(());
    }
    let wants = |title: &str| request.wants(title);
    let tables = tables(reader.manifest(), wants, LONGEST_NAME, &OWN_COLUMNS);
    let notes = database.keep(&tables)?;
    report.findings.extend(notes.into_iter().map(|note| Finding::remark(Code::Source, note)));
    Ok(())
}
