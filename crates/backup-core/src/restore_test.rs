//! Restore-test: verify, load a scratch database, read it back, and prove that it is the same.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Instant;

use crate::archive::contents::Contents;
use crate::archive::package::Resource;
use crate::archive::{Identity, Reader};
use crate::check::{CheckPlan, Database, Schema};
use crate::command::{Command, Step};
use crate::error::{ErrorKind, Result};
use crate::export::unread;
use crate::finding::{Code, Finding};
use crate::monitor::{Monitor, Phase};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::record::Table;
use crate::report::{Extent, Proof, Report};
use crate::restore::Recipes;
use crate::scratch::{Loader, Observer, Scratch, read_back};
use crate::verify::{VerifyOptions, examine};

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
    let RestoreTestOptions { verify, look_for_keys, schema } = options.into();
    let mut report = Report::new(Command::RestoreTest);
    let started = Instant::now();
    let mut loader = Loader::new(scratch);
    let mut recipes = Recipes::beside(&mut loader);
    let reader =
        examine(archive, identities, &verify, Phase::Loading, monitor, &mut recipes, &mut report)?;
    recipes.finish(&mut report);
    let Some(reader) = reader else { return Ok(report) };
    scratch.loaded()?;
    report.timings.push((Step::Restore, started.elapsed()));
    let proving = Instant::now();
    let plan = || CheckPlan::new(reader.manifest(), schema.as_ref(), &mut report);
    let plan = look_for_keys.then(plan);
    let observer: &dyn Observer = match &plan {
        Some(plan) => plan,
        None => &(),
    };
    let tables = prove(&reader, &[], observer, scratch, monitor, &mut report)?;
    report.timings.push((Step::Prove, proving.elapsed()));
    if let Some(plan) = plan {
        let relating = Instant::now();
        let database = Database { scratch, tables: &tables };
        match plan.finish(database, monitor, &mut report) {
            Err(error) if matches!(error.kind(), ErrorKind::Cancelled) => return Err(error),
            // It takes nothing from what is proven.
            Err(error) => {
                let (schema, error) = (schema.is_some(), error.into());
                report.not_looked_at.push(SkippedCheck::Relations { schema, error });
            }
            Ok(()) => {}
        }
        report.timings.push((Step::KeysAndReferences, relating.elapsed()));
    }
    report.not_looked_at.extend(unread(reader.manifest()));
    if !report.has_failure() {
        report.proof = Some(Proof::new(Extent::Restored));
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

/// Rebuilds the contents from the database alone, and compares; or only those of some tables. Gives
/// the tables as the database has them; `observer` looks at all of their records.
pub(crate) fn prove<R: std::io::Read + std::io::Seek>(
    reader: &Reader<R>,
    only: &[String],
    observer: &dyn Observer,
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
    report: &mut Report,
) -> Result<Vec<(usize, Table)>> {
    let only: HashSet<&str> = only.iter().map(String::as_str).collect();
    let resources = reader.manifest().resources.iter();
    let resources: Vec<&Resource> = resources
        .filter(|resource| only.is_empty() || only.contains(resource.title.as_str()))
        .collect();
    let total = resources.iter().map(|resource| resource.bytes).sum();
    monitor.phase(Phase::Proving, Some(total));
    let mut contents = Contents::new();
    let mut records = 0;
    let tables = scratch.tables()?;
    let there: HashSet<&str> = tables.iter().map(|(_, table)| table.name.as_str()).collect();
    for resource in &resources {
        if !there.contains(resource.title.as_str()) {
            report.findings.push(
                Finding::failure(Code::TableRows, "the restored database lacks this table")
                    .table(&resource.title),
            );
        }
    }
    let named: HashMap<&str, &Resource> =
        resources.iter().map(|resource| (resource.title.as_str(), *resource)).collect();
    let seen = read_back(&tables, observer, scratch, monitor)?;
    for (seen, (_, table)) in seen.into_iter().zip(&tables) {
        records += seen.rows;
        contents.table(table, seen.rows, seen.digest);
        let mut differs = Differs { table: &table.name, findings: &mut report.findings };
        match named.get(table.name.as_str()) {
            Some(resource) => {
                differs.rows(resource.backup.rows, seen.rows);
                differs.digest(&resource.hash, &format!("sha256:{}", seen.digest));
                differs.counts(resource, &seen.counts);
            }
            None => differs.rows(0, seen.rows),
        }
    }
    report.checks.push(Check { kind: CheckKind::RestoredRecords, count: records });
    if only.is_empty() {
        prove_contents(reader, contents, scratch, report)?;
    }
    Ok(tables)
}

fn prove_contents<R: std::io::Read + std::io::Seek>(
    reader: &Reader<R>,
    mut contents: Contents,
    scratch: &mut dyn Scratch,
    report: &mut Report,
) -> Result<()> {
    let files = scratch.files()?;
    let files_count = files.len() as u64;
    for (path, bytes, sha256) in files {
        contents.file(&path, bytes, sha256);
    }
    let rebuilt = contents.into_id();
    if rebuilt != reader.content_id() {
        report.findings.push(
            Finding::failure(
                Code::Contents,
                "the content id rebuilt from the restored database is another",
            )
            .expected(reader.content_id(), rebuilt),
        );
    }
    report.checks.extend([
        Check { kind: CheckKind::RestoredFiles, count: files_count },
        Check { kind: CheckKind::RestoredContentId, count: 1 },
    ]);
    Ok(())
}

struct Differs<'a> {
    table: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl Differs<'_> {
    fn finding(&mut self, code: Code, what: &str, expected: &str, actual: &str) {
        if expected != actual {
            self.findings.push(
                Finding::failure(code, format!("the restored table {} has {what}", self.table))
                    .table(self.table)
                    .expected(expected, actual),
            );
        }
    }

    fn rows(&mut self, expected: u64, actual: u64) {
        let (expected, actual) = (expected.to_string(), actual.to_string());
        self.finding(Code::TableRows, "another number of records", &expected, &actual);
    }

    fn digest(&mut self, expected: &str, actual: &str) {
        self.finding(Code::TableDigest, "other records", expected, actual);
    }

    fn counts(&mut self, resource: &Resource, actual: &[crate::archive::package::ColumnCounts]) {
        let expected = &resource.backup.columns;
        for (field, (expected, actual)) in
            resource.schema.fields.iter().zip(expected.iter().zip(actual))
        {
            let what = format!("other kinds of cells in column {:?}", field.name);
            self.finding(Code::TableCounts, &what, &expected.to_string(), &actual.to_string());
        }
    }
}
