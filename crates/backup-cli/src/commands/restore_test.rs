//! `restore-test`: loads a scratch database, reads it back, compares.

use std::path::{Path, PathBuf};

use backup_core::archive::Identity;
use backup_core::check::Schema;
use backup_core::scratch::{Scratch, SqliteScratch};
use backup_core::source::Discovered;
use backup_core::{
    AgainstOptions, CheckKind, Command, Error, ErrorKind, ExpectedTotals, Limits, Report,
    RestoreTestOptions, ScratchCause, SkippedCheck, compare_with_sources, restore_test,
};

use super::keeping::Keeping;
use super::opening::not_opened;
use super::shared::{
    Databases, OwnFiles, completeness, each, find_sources, one_expected, profile_file, read_list,
    refuse_stream, verify_options,
};
use crate::cli::{LimitArgs, RestoreTestArgs, STDIN_NAME, ScratchPlace};
use crate::exit::Failure;
use crate::i18n::text;
use crate::keys;
use crate::outcome::Outcome;
use crate::servers;
use crate::session::Session;

pub(crate) fn run(args: &RestoreTestArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    one_expected(args.expect_id.is_some(), &args.archives)?;
    refuse_stream(&args.archives)?;
    if !args.against.is_empty() && args.archives.len() > 1 {
        return Err(Failure::usage(text!("against-one"), text!("against-one-hint")));
    }
    let mut keeping = Keeping::new(Command::RestoreTest, &args.keep, &args.archives, session)?;
    keeping.note_missing_folder(session);
    let prepared = prepare(args, session);
    let (test, mut sources) =
        prepared.map_err(|failure| keeping.record_all(&args.archives, failure))?;
    let limits = limits(&args.limits, session);
    let examined = each(&args.archives, |archive| {
        let tested = test.run(archive, sources.take(), session);
        let checked = tested.map(|mut report| {
            limits.check(&mut report);
            report
        });
        keeping.keep(archive, checked)
    });
    Ok(Outcome::Archives {
        command: Command::RestoreTest,
        examined,
        also: keeping.finish(),
        requires_complete: args.complete.require_complete,
    })
}

/// Prepares the test and the sources to compare with, so that missing files and wrong arguments are
/// reported before the long work begins.
fn prepare(
    args: &RestoreTestArgs,
    session: &mut Session<'_>,
) -> Result<(Test, Option<Discovered>), Failure> {
    let identities = keys::identities(&args.open, session)?;
    let options = RestoreTestOptions::default().verify(verify_options(args.expect_id, session));
    let mut options = options.completeness(completeness(&args.complete, args.no_keys, session)?);
    if let Some(path) = &args.schema {
        options = options.schema(read_list(path, session, |list| Schema::read_from(list, path))?);
    }
    if let Some(path) = &args.expect {
        let totals = read_list(path, session, |list| ExpectedTotals::read_from(list, path))?;
        options = options.expected(totals);
    }
    let sources = match args.against.as_slice() {
        [] => None,
        sources => {
            let others = [
                &args.report.file,
                &args.keep.history,
                &args.keep.metrics,
                &args.server.password_file,
            ];
            let others = others.into_iter().flatten().chain(&args.expect).chain(&args.schema);
            let others = others.chain(profile_file(&args.complete));
            let keys = args.open.identities.iter().chain(&args.open.passphrase.file);
            let own = OwnFiles { archives: &args.archives, others: others.chain(keys).collect() };
            let databases = Databases { tables: &[], args: &args.server };
            let reading = &args.reading;
            Some(find_sources(sources, STDIN_NAME, reading, &databases, &own, session)?)
        }
    };
    let mut against = AgainstOptions::default().require_equal(args.require_equal);
    for (table, name) in &args.map {
        against = against.map(table, name);
    }
    let scratch = match &args.scratch {
        ScratchPlace::Server(address) => {
            let address = servers::with_password((**address).clone(), &args.server, session)?;
            ScratchPlace::Server(Box::new(address))
        }
        place => place.clone(),
    };
    let test = Test { identities, options, scratch, against };
    Ok((test, sources))
}

fn limits(args: &LimitArgs, session: &Session<'_>) -> Limits {
    let mut limits = Limits::default();
    limits.max_age = args.max_age;
    limits.max_restore_time = args.max_restore_time;
    limits.now = session.context.now;
    limits
}

/// The test of each archive.
struct Test {
    identities: Vec<Identity>,
    options: RestoreTestOptions,
    scratch: ScratchPlace,
    against: AgainstOptions,
}

impl Test {
    fn run(
        &self,
        archive: &Path,
        sources: Option<Discovered>,
        session: &mut Session<'_>,
    ) -> Result<Report, Failure> {
        let mut scratch = scratch(&self.scratch, session)
            .map_err(|error| in_scratch(error, &self.scratch, session))?;
        let watch = session.watch.clone();
        let Self { identities, options, .. } = self;
        let tested = restore_test(archive, identities, &mut *scratch, options.clone(), &*watch);
        let removed = scratch.remove();
        drop(scratch);
        let tested = tested.map_err(|error| match error.kind() {
            ErrorKind::Scratch { .. } => in_scratch(error, &self.scratch, session),
            _ => not_opened(error, archive, &*watch),
        });
        let mut report = match (tested, removed) {
            (Ok(report), Ok(())) => report,
            // Records of customers must not remain on a server without a word.
            (Ok(_), Err(remains)) => return Err(in_scratch(remains, &self.scratch, session)),
            (Err(failure), Ok(())) => return Err(failure),
            (Err(failure), Err(remains)) => {
                return Err(Failure { hint: Some(Failure::from(remains).message), ..failure });
            }
        };
        if let Some(found) = sources {
            // Totals that differ do not make the archive unsound.
            let is_sound = report.proof().is_some();
            let outcome = is_sound.then(|| {
                let report = &mut report;
                compare_with_sources(report, archive, identities, found, &self.against, &*watch)
            });
            or_skipped(&mut report, CheckKind::Sources, outcome)?;
        }
        Ok(report)
    }
}

/// Records a check as skipped if an error prevented it, or if the archive itself failed, so that
/// the report of the archive is kept.
fn or_skipped(
    report: &mut Report,
    kind: CheckKind,
    outcome: Option<backup_core::Result<()>>,
) -> Result<(), Failure> {
    let error = match outcome {
        Some(Ok(())) => return Ok(()),
        Some(Err(error)) if matches!(error.kind(), ErrorKind::Cancelled) => {
            return Err(error.into());
        }
        Some(Err(error)) => Some(error.into()),
        None => None,
    };
    report.skip(SkippedCheck::Prevented { kind, error });
    Ok(())
}

fn scratch(
    place: &ScratchPlace,
    session: &mut Session<'_>,
) -> backup_core::Result<Box<dyn Scratch>> {
    if let Some(make) = &mut session.context.scratch {
        return make();
    }
    Ok(match place {
        ScratchPlace::Memory => Box::new(SqliteScratch::in_memory()?),
        ScratchPlace::Disk => Box::new(SqliteScratch::temporary()?),
        ScratchPlace::Server(address) => servers::scratch(address)?,
    })
}

/// Adds the folder of the scratch database, whose file has no name, to an error.
fn in_scratch(error: Error, place: &ScratchPlace, session: &Session<'_>) -> Failure {
    let ErrorKind::Scratch { cause, .. } = error.kind() else { return error.into() };
    if !matches!(place, ScratchPlace::Disk) || session.context.scratch.is_some() {
        return error.into();
    }
    let about_the_disk = matches!(cause, ScratchCause::DiskFull | ScratchCause::Disk);
    let folder = temporary_folder(session);
    let failure = Failure::from(error.in_source(folder.display().to_string()));
    if !about_the_disk {
        return failure;
    }
    Failure { hint: Some(text!("scratch-hint")), ..failure }
}

/// Where SQLite puts unnamed files.
fn temporary_folder(session: &Session<'_>) -> PathBuf {
    let variables = ["SQLITE_TMPDIR", "TMPDIR"].map(|name| (session.context.variable)(name));
    let usual = ["/var/tmp", "/usr/tmp", "/tmp"].map(|folder| Some(folder.to_owned()));
    let folders = variables.into_iter().chain(usual).flatten().map(PathBuf::from);
    let mut there = folders.filter(|folder| folder.is_dir());
    there.next().unwrap_or_else(std::env::temp_dir)
}
