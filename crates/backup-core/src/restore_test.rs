//! Restore-test: verifies an archive, loads it into a scratch database, reads the database back,
//! and compares both.

use std::io::{Read, Seek};
use std::path::Path;
use std::time::Instant;

use crate::archive::Identity;
use crate::check::expect::{ExpectedTotals, TotalsCounter};
use crate::check::{Loader, Schema, prove};
use crate::command::{Command, Step};
use crate::completeness::{CompletenessOptions, Survey, profiles_of};
use crate::error::Result;
use crate::model::Manifest;
use crate::monitor::{Monitor, Phase};
use crate::outcome::{CheckKind, SkippedCheck};
use crate::report::{Extent, Report, incomplete, opaque, unclear, unread};
use crate::scratch::Scratch;
use crate::verify::{Input, VerifyOptions, examine};

/// Verifies an archive while loading it into `scratch`, then reads the database back and compares
/// it with the archive cell by cell. The content id is computed again from the database only.
///
/// # Errors
///
/// As [`verify`](crate::verify), and [`ErrorKind::Scratch`](crate::ErrorKind::Scratch) if the
/// database fails.
pub fn restore_test(
    archive: &Path,
    identities: &[Identity],
    scratch: &mut dyn Scratch,
    options: impl Into<RestoreTestOptions>,
    monitor: &dyn Monitor,
) -> Result<Report> {
    test_input(Input::open(archive)?, identities, scratch, options.into(), monitor)
}

/// Runs a [`restore_test`] of an archive in any reader that can seek, as
/// [`verify_reader`](crate::verify_reader) does.
///
/// # Errors
///
/// As [`restore_test`].
pub fn restore_test_reader<R: Read + Seek + Send>(
    reader: R,
    name: &str,
    identities: &[Identity],
    scratch: &mut dyn Scratch,
    options: impl Into<RestoreTestOptions>,
    monitor: &dyn Monitor,
) -> Result<Report> {
    test_input(Input::new(reader, name), identities, scratch, options.into(), monitor)
}

fn test_input<R: Read + Seek + Send>(
    archive: Input<R>,
    identities: &[Identity],
    scratch: &mut dyn Scratch,
    options: RestoreTestOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let RestoreTestOptions { verify, completeness, schema, expected } = options;
    let mut report = Report::new(Command::RestoreTest);
    let started = Instant::now();
    let choose = |manifest: &Manifest| profiles_of(manifest, &completeness);
    let mut loader = Loader::new(scratch).rebuilding().comparing(&choose);
    let reader =
        examine(archive, identities, &verify, Phase::Loading, monitor, &mut loader, &mut report)?;
    let (profiles, contents) = loader.finish(&mut report);
    let Some(reader) = reader else {
        report.skipped.extend(expected.map(|_| TOTALS_PREVENTED));
        return Ok(report);
    };
    scratch.loaded()?;
    report.note_server(scratch.server());
    report.run.timings.push((Step::Restore, started.elapsed()));
    let proving = Instant::now();
    let survey = Survey::of_archive(
        reader.manifest(),
        schema.as_ref(),
        &completeness,
        profiles,
        &mut report,
    )
    .with_contents(contents);
    let totals = expected.as_ref().map(|expected| TotalsCounter::of_restored(expected, &report));
    let mut observers = (survey, totals);
    prove(&reader, &[], &mut observers, scratch, monitor, &mut report)?;
    let (survey, totals) = observers;
    report.run.timings.push((Step::Prove, proving.elapsed()));
    report.skipped.extend(unread(reader.manifest()));
    report.skipped.extend(incomplete(&reader.manifest().backup.ledger));
    let (manifest, has_tables) = (reader.manifest(), !reader.tables().is_empty());
    report.skipped.extend(opaque(has_tables, &manifest.backup.remarks));
    report.skipped.extend(unclear(&manifest.backup.remarks));
    if !report.has_failure() {
        report.prove(Extent::Restored);
        report.note_empty_data();
    }
    match totals {
        Some(_) if report.has_failure() => report.skipped.push(TOTALS_PREVENTED),
        Some(totals) => totals.finish(&survey.counted(), &mut report),
        None => {}
    }
    let relating = Instant::now();
    survey.finish(&reader.manifest().backup.remarks, monitor, &mut report)?;
    if completeness.references {
        report.run.timings.push((Step::KeysAndReferences, relating.elapsed()));
    }
    Ok(report)
}

/// Totals are not compared if the archive itself failed.
const TOTALS_PREVENTED: SkippedCheck =
    SkippedCheck::Prevented { kind: CheckKind::Totals, error: None };

/// Options of [`restore_test`].
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RestoreTestOptions {
    /// Options of the verification.
    pub verify: VerifyOptions,
    /// Whether keys and references are checked, and the profile of the CRM.
    pub completeness: CompletenessOptions,
    /// A schema of the user. If references are checked, its keys and references are checked in
    /// addition to those that the archive lists and those that are inferred. The types and
    /// constraints of its fields are not checked, and are listed as skipped.
    pub schema: Option<Schema>,
    /// Totals of the CRM that are compared with the restored database.
    pub expected: Option<ExpectedTotals>,
}

impl From<&VerifyOptions> for RestoreTestOptions {
    fn from(verify: &VerifyOptions) -> Self {
        Self { verify: verify.clone(), ..Self::default() }
    }
}

impl From<VerifyOptions> for RestoreTestOptions {
    fn from(verify: VerifyOptions) -> Self {
        Self { verify, ..Self::default() }
    }
}

impl RestoreTestOptions {
    /// Sets the options of the verification.
    pub fn verify(mut self, options: VerifyOptions) -> Self {
        self.verify = options;
        self
    }

    /// Sets whether keys and references are checked.
    pub fn look_for_keys(mut self, look: bool) -> Self {
        self.completeness.references = look;
        self
    }

    /// Sets how the completeness of the export is checked.
    pub fn completeness(mut self, options: CompletenessOptions) -> Self {
        self.completeness = options;
        self
    }

    /// Sets the keys and references given by the user.
    pub fn schema(mut self, schema: Schema) -> Self {
        self.schema = Some(schema);
        self
    }

    /// Sets the totals that the restored database must have. A total that differs is a failure.
    pub fn expected(mut self, totals: ExpectedTotals) -> Self {
        self.expected = Some(totals);
        self
    }
}
