//! Restore-test: verify, load a scratch database, read it back, and prove that it is the same.

use std::io::{Read, Seek};
use std::path::Path;
use std::time::Instant;

use crate::archive::Identity;
use crate::check::{CheckPlan, Database, Loader, Schema, prove};
use crate::command::{Command, Step};
use crate::error::{ErrorKind, Result};
use crate::monitor::{Monitor, Phase};
use crate::outcome::SkippedCheck;
use crate::report::{Extent, Report, unread};
use crate::scratch::{Observer, Scratch};
use crate::verify::{Input, VerifyOptions, examine};

/// Verifies an archive while loading it into `scratch`, then reads the database back and compares
/// what it holds with the archive, cell for cell.
///
/// The content id is rebuilt from the database alone.
///
/// # Errors
///
/// As [`verify`](crate::verify), and [`ErrorKind::Scratch`](crate::ErrorKind::Scratch) if the
/// database refuses.
pub fn restore_test(
    archive: &Path,
    identities: &[Identity],
    scratch: &mut dyn Scratch,
    options: impl Into<RestoreTestOptions>,
    monitor: &dyn Monitor,
) -> Result<Report> {
    test_input(Input::open(archive)?, identities, scratch, options.into(), monitor)
}

/// As [`restore_test`], of anything that can be read from any position; see
/// [`verify_reader`](crate::verify_reader).
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
    let RestoreTestOptions { verify, look_for_keys, schema } = options;
    let mut report = Report::new(Command::RestoreTest);
    let started = Instant::now();
    let mut loader = Loader::new(scratch).rebuilding();
    let reader =
        examine(archive, identities, &verify, Phase::Loading, monitor, &mut loader, &mut report)?;
    loader.finish(&mut report);
    let Some(reader) = reader else { return Ok(report) };
    scratch.loaded()?;
    report.run.timings.push((Step::Restore, started.elapsed()));
    let proving = Instant::now();
    let plan = || CheckPlan::new(reader.manifest(), schema.as_ref(), &mut report);
    let mut plan = look_for_keys.then(plan);
    let observer: &mut dyn Observer = match &mut plan {
        Some(plan) => plan,
        None => &mut (),
    };
    let tables = prove(&reader, &[], observer, scratch, monitor, &mut report)?;
    report.run.timings.push((Step::Prove, proving.elapsed()));
    if let Some(plan) = plan {
        let relating = Instant::now();
        let database = Database { scratch, tables: &tables };
        match plan.finish(database, monitor, &mut report) {
            Err(error) if matches!(error.kind(), ErrorKind::Cancelled) => return Err(error),
            // It takes nothing from what is proven.
            Err(error) => {
                let (schema, error) = (schema.is_some(), error.into());
                report.skipped.push(SkippedCheck::Relations { schema, error });
            }
            Ok(()) => {}
        }
        report.run.timings.push((Step::KeysAndReferences, relating.elapsed()));
    }
    report.skipped.extend(unread(reader.manifest()));
    if !report.has_failure() {
        report.prove(Extent::Restored);
        report.name_all_that_is_empty();
    }
    Ok(report)
}

/// How an archive is tested.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RestoreTestOptions {
    /// How it is verified.
    pub verify: VerifyOptions,
    /// Whether keys and references are looked at; they are by default.
    pub look_for_keys: bool,
    /// What the user says of keys and references, beside what the archive knows and what names and
    /// values tell. It is used only with `look_for_keys`. Types and constraints of its fields are not
    /// checked, and named among what was not looked at.
    pub schema: Option<Schema>,
}

impl Default for RestoreTestOptions {
    fn default() -> Self {
        Self { verify: VerifyOptions::default(), look_for_keys: true, schema: None }
    }
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
    /// Sets how it is verified.
    pub fn verify(mut self, options: VerifyOptions) -> Self {
        self.verify = options;
        self
    }

    /// Sets whether keys and references are looked at.
    pub fn look_for_keys(mut self, look: bool) -> Self {
        self.look_for_keys = look;
        self
    }

    /// Sets what the user says of keys and references.
    pub fn schema(mut self, schema: Schema) -> Self {
        self.schema = Some(schema);
        self
    }
}
