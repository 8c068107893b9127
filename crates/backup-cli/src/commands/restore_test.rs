//! `restore-test`: load a scratch database, read it back, prove.

use std::path::Path;

use backup_core::archive::Identity;
use backup_core::scratch::{Scratch, SqliteScratch};
use backup_core::source::Discovered;
use backup_core::{
    ErrorKind, Limits, Report, Verdict, VerifyOptions, compare_with_sources, restore_test,
};

use super::keeping::Keeping;
use super::{Outcome, each, find_sources, one_expected, verify_options};
use crate::cli::{LimitArgs, RestoreTestArgs, STDIN_NAME, ScratchKind};
use crate::exit::Failure;
use crate::keys;
use crate::session::Session;

const NAME: &str = "restore-test";

pub(crate) fn run(args: &RestoreTestArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    one_expected(args.expect_id.is_some(), &args.archives)?;
    if !args.against.is_empty() && args.archives.len() > 1 {
        let message = "--against is for one archive, and several are named";
        return Err(Failure::usage(message, "Test each archive by a command of its own."));
    }
    let mut keeping = Keeping::new(NAME, &args.keep, &args.archives, session)?;
    let prepared = prepare(args, session);
    let (identities, mut against) =
        prepared.map_err(|failure| keeping.of_none(&args.archives, failure))?;
    let options = verify_options(args.expect_id, session);
    let limits = limits(&args.limits, session);
    let examined = each(&args.archives, |archive| {
        let tested = test(archive, &identities, &options, args.scratch, against.take(), session);
        let held = tested.map(|mut report| {
            limits.hold(&mut report);
            report
        });
        keeping.keep(archive, held)
    });
    Ok(Outcome::Archives { command: NAME, examined, also: keeping.finish() })
}

/// What opens the archives, and the sources to compare with: what is not there is said before the
/// long work begins.
fn prepare(
    args: &RestoreTestArgs,
    session: &mut Session<'_>,
) -> Result<(Vec<Identity>, Option<Discovered>), Failure> {
    let identities = keys::identities(&args.open, session)?;
    let against = match args.against.as_slice() {
        [] => None,
        sources => Some(find_sources(sources, STDIN_NAME, &args.reading, session)?),
    };
    Ok((identities, against))
}

fn limits(args: &LimitArgs, session: &Session<'_>) -> Limits {
    let mut limits = Limits::default();
    limits.max_age = args.max_age;
    limits.max_restore_time = args.max_restore_time;
    limits.now = session.context.now;
    limits
}

fn test(
    archive: &Path,
    identities: &[Identity],
    options: &VerifyOptions,
    kind: ScratchKind,
    against: Option<Discovered>,
    session: &mut Session<'_>,
) -> Result<Report, Failure> {
    let mut scratch = scratch(kind, session)?;
    let watch = session.watch.clone();
    let mut report = restore_test(archive, identities, &mut *scratch, options, &*watch)?;
    drop(scratch);
    if let Some(sources) = against {
        compare(&mut report, sources, session)?;
    }
    Ok(report)
}

fn scratch(kind: ScratchKind, session: &mut Session<'_>) -> backup_core::Result<Box<dyn Scratch>> {
    match (&mut session.context.scratch, kind) {
        (Some(make), _) => make(),
        (None, ScratchKind::Memory) => Ok(Box::new(SqliteScratch::in_memory()?)),
        (None, ScratchKind::Disk) => Ok(Box::new(SqliteScratch::temporary()?)),
    }
}

/// Compares with the sources as they are now. What is known of the archive by then is not lost if
/// they cannot be read.
fn compare(
    report: &mut Report,
    sources: Discovered,
    session: &mut Session<'_>,
) -> Result<(), Failure> {
    if report.verdict() == Some(Verdict::Failed) {
        let why = "the sources as they are now: the archive itself has failed".into();
        report.not_looked_at.push(why);
        return Ok(());
    }
    let watch = session.watch.clone();
    match compare_with_sources(report, sources, &*watch) {
        Err(error) if !matches!(error.kind(), ErrorKind::Cancelled) => {
            let why = Failure::from(error).message;
            report.not_looked_at.push(format!("the sources as they are now: {why}"));
            Ok(())
        }
        result => Ok(result?),
    }
}
