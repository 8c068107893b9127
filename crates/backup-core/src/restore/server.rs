//! Restore into a new database on a server.

use std::cell::OnceCell;
use std::path::Path;
use std::time::Instant;

use super::request::{Request, RestoreOptions, list_nothing};
use crate::archive::Identity;
use crate::check::{Loader, prove};
use crate::command::{Command, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::model::Role;
use crate::monitor::Monitor;
use crate::report::Report;
use crate::scratch::kept::{KeptDatabase as _, tables};
use crate::scratch::postgres::LONGEST_NAME;
use crate::scratch::{PostgresScratch, Scratch as _};
use crate::server::{ServerAddress, ServerKind};

/// Restores the tables of an archive into a new database on a server of PostgreSQL. The address names the
/// database, which must not exist. It is loaded, read back and compared like a scratch database;
/// then tables and columns get their names, and keys and references that the archive declares are
/// added. If anything fails, the database is dropped.
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
        request.give(&mut reader, &mut Loader::new(&mut database), &mut report)?;
        if !report.has_failure() {
            database.loaded()?;
            let only = request.tables();
            prove(&reader, only, &mut (), &mut database, monitor, &mut report)?;
        }
        if !report.has_failure() {
            let tables = tables(reader.manifest(), |title| request.wants(title), LONGEST_NAME);
            let notes = database.keep(&tables)?;
            report.findings.extend(notes.into_iter().map(|it| Finding::remark(Code::Source, it)));
        }
        database.remove()?;
        let mut files = reader.manifest().backup.files.iter();
        if options.tables.is_empty() && files.any(|file| file.role != Role::Schema) {
            let message = message!("restored-without-files");
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
