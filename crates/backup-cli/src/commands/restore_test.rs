//! `restore-test`: load a scratch database, read it back, prove.

use std::path::Path;

use backup_core::archive::Identity;
use backup_core::scratch::{Scratch, SqliteScratch};
use backup_core::source::Discovered;
use backup_core::{
    AgainstOptions, ErrorKind, ExpectedTotals, Report, VerifyOptions, compare_with_sources,
    reconcile_totals, restore_test,
};

use super::{Outcome, each, find_sources, one_expected, verify_options};
use crate::cli::{RestoreTestArgs, STDIN_NAME, ScratchKind};
use crate::exit::Failure;
use crate::keys;
use crate::session::Session;

pub(crate) fn run(args: &RestoreTestArgs, session: &mut Session<'_>) -> Result<Outcome, Failure> {
    one_expected(args.expect_id.is_some(), &args.archives)?;
    if !args.against.is_empty() && args.archives.len() > 1 {
        let message = "--against is for one archive, and several are named";
        return Err(Failure::usage(message, "Test each archive by a command of its own."));
    }
    let identities = keys::identities(&args.open, session)?;
    // What was asked for and cannot be meant is said before the long work begins.
    let expected = args.expect.as_deref().map(ExpectedTotals::read).transpose()?;
    let mut against = match args.against.as_slice() {
        [] => None,
        sources => Some(find_sources(sources, STDIN_NAME, &args.reading, session)?),
    };
    let test = Test {
        identities,
        options: verify_options(args.expect_id, session),
        scratch: args.scratch,
        expected,
        against: AgainstOptions::default().require_equal(args.require_equal),
    };
    Ok(each("restore-test", &args.archives, |archive| test.run(archive, against.take(), session)))
}

/// What each archive is put to.
struct Test {
    identities: Vec<Identity>,
    options: VerifyOptions,
    scratch: ScratchKind,
    expected: Option<ExpectedTotals>,
    against: AgainstOptions,
}

impl Test {
    fn run(
        &self,
        archive: &Path,
        sources: Option<Discovered>,
        session: &mut Session<'_>,
    ) -> Result<Report, Failure> {
        let mut scratch = scratch(self.scratch, session)?;
        let watch = session.watch.clone();
        let Self { identities, options, .. } = self;
        let mut report = restore_test(archive, identities, &mut *scratch, options, &*watch)?;
        let is_sound = !report.has_failure();
        if let Some(expected) = &self.expected {
            let told =
                is_sound.then(|| reconcile_totals(&mut report, &mut *scratch, expected, &*watch));
            not_lost(&mut report, "the expected totals", told)?;
        }
        drop(scratch);
        if let Some(found) = sources {
            let told = is_sound.then(|| {
                let report = &mut report;
                compare_with_sources(report, archive, identities, found, &self.against, &*watch)
            });
            not_lost(&mut report, "the sources as they are now", told)?;
        }
        Ok(report)
    }
}

/// What is known of an archive is not lost if something else that was asked for could not be looked
/// at, or was not, as the archive itself has failed.
fn not_lost(
    report: &mut Report,
    what: &str,
    outcome: Option<backup_core::Result<()>>,
) -> Result<(), Failure> {
    let why = match outcome {
        Some(Ok(())) => return Ok(()),
        Some(Err(error)) if matches!(error.kind(), ErrorKind::Cancelled) => {
            return Err(error.into());
        }
        Some(Err(error)) => Failure::from(error).message,
        None => "the archive itself has failed".into(),
    };
    report.not_looked_at.push(format!("{what}: {why}"));
    Ok(())
}

fn scratch(kind: ScratchKind, session: &mut Session<'_>) -> backup_core::Result<Box<dyn Scratch>> {
    match (&mut session.context.scratch, kind) {
        (Some(make), _) => make(),
        (None, ScratchKind::Memory) => Ok(Box::new(SqliteScratch::in_memory()?)),
        (None, ScratchKind::Disk) => Ok(Box::new(SqliteScratch::temporary()?)),
    }
}
