//! Whether a restored database holds what the archive holds.

use std::collections::{HashMap, HashSet};

use crate::archive::Reader;
use crate::archive::contents::Contents;
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::model::{ColumnCounts, Resource};
use crate::monitor::{Monitor, Phase};
use crate::outcome::{Check, CheckKind};
use crate::record::Table;
use crate::report::Report;
use crate::scratch::{Observer, Scratch, read_back};

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

    fn counts(&mut self, resource: &Resource, actual: &[ColumnCounts]) {
        let expected = &resource.backup.columns;
        for (field, (expected, actual)) in
            resource.schema.fields.iter().zip(expected.iter().zip(actual))
        {
            let what = format!("other kinds of cells in column {:?}", field.name);
            self.finding(Code::TableCounts, &what, &expected.to_string(), &actual.to_string());
        }
    }
}
