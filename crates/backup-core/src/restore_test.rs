//! Restore-test: verify, load a scratch database, read it back, and prove that it is the same.

use std::path::Path;
use std::time::Instant;

use crate::archive::contents::Contents;
use crate::archive::package::Resource;
use crate::archive::{Identity, Reader};
use crate::error::Result;
use crate::export::unread;
use crate::finding::{Code, Finding};
use crate::monitor::{Monitor, Phase};
use crate::report::{Check, Extent, Proof, Report};
use crate::restore::Recipes;
use crate::scratch::{Loader, Scratch, read_back};
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
    options: &VerifyOptions,
    monitor: &dyn Monitor,
) -> Result<Report> {
    let mut report = Report::new("restore-test");
    let started = Instant::now();
    let mut loader = Loader::new(scratch);
    let mut recipes = Recipes::beside(&mut loader);
    let reader =
        examine(archive, identities, options, Phase::Loading, monitor, &mut recipes, &mut report)?;
    recipes.finish(&mut report);
    let Some(reader) = reader else { return Ok(report) };
    scratch.loaded()?;
    report.timings.push(("restore", started.elapsed()));
    let proving = Instant::now();
    prove(&reader, &[], scratch, monitor, &mut report)?;
    report.timings.push(("prove", proving.elapsed()));
    report.not_looked_at.extend(unread(reader.manifest()));
    if !report.has_failure() {
        report.proof = Some(Proof::new(Extent::Restored));
    }
    Ok(report)
}

/// Rebuilds the contents from the database alone, and compares; or only those of some tables.
pub(crate) fn prove<R: std::io::Read + std::io::Seek>(
    reader: &Reader<R>,
    only: &[String],
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
    report: &mut Report,
) -> Result<()> {
    let resources: Vec<&Resource> = reader
        .manifest()
        .resources
        .iter()
        .filter(|resource| only.is_empty() || only.contains(&resource.title))
        .collect();
    let total = resources.iter().map(|resource| resource.bytes).sum();
    monitor.phase(Phase::Proving, Some(total));
    let mut contents = Contents::new();
    let mut records = 0;
    let tables = scratch.tables()?;
    for resource in &resources {
        if !tables.iter().any(|(_, table)| table.name == resource.title) {
            report.findings.push(
                Finding::failure(Code::TableRows, "the restored database lacks this table")
                    .table(&resource.title),
            );
        }
    }
    for (seen, table) in read_back(&tables, scratch, monitor)?.into_iter().zip(&tables) {
        let table = &table.1;
        records += seen.rows;
        contents.table(table, seen.rows, seen.digest);
        let resource = resources.iter().find(|resource| resource.title == table.name);
        let mut differs = Differs { table: &table.name, findings: &mut report.findings };
        match resource {
            Some(resource) => {
                differs.rows(resource.backup.rows, seen.rows);
                differs.digest(&resource.hash, &format!("sha256:{}", seen.digest));
                differs.counts(resource, &seen.counts);
            }
            None => differs.rows(0, seen.rows),
        }
    }
    let what = "records read back from the database and compared";
    report.checks.push(Check { what, count: records });
    if only.is_empty() {
        prove_contents(reader, contents, scratch, report)?;
    }
    Ok(())
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
        Check { what: "files compared", count: files_count },
        Check { what: "content id rebuilt from the database alone", count: 1 },
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
