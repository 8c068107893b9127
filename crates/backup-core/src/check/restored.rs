//! Checks that a restored database holds what the archive holds.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use crate::archive::Reader;
use crate::archive::contents::Contents;
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::model::{ColumnCounts, Resource};
use crate::monitor::{Monitor, Phase};
use crate::observer::Observer;
use crate::outcome::{Check, CheckKind};
use crate::record::Table;
use crate::report::Report;
use crate::scratch::{RestoredTable, Scratch, read_back};

/// Computes the content id from the database only, and compares it with the archive. If `only` is
/// not empty, compares only these tables. `observer` receives all records that are read.
pub(crate) fn prove<R: Read + Seek>(
    reader: &Reader<R>,
    only: &[String],
    observer: &mut dyn Observer,
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
    report: &mut Report,
) -> Result<()> {
    let only: HashSet<&str> = only.iter().map(String::as_str).collect();
    let resources = reader.manifest().resources.iter();
    let resources = resources.filter(|it| only.is_empty() || only.contains(it.title.as_str()));
    let mut expected: HashMap<&str, &Resource> =
        resources.map(|resource| (resource.title.as_str(), resource)).collect();
    monitor.phase(Phase::Proving, Some(expected.values().map(|resource| resource.bytes).sum()));
    let mut contents = Contents::new();
    let mut count = 0;
    let tables = scratch.tables()?;
    let restored = read_back(&tables, observer, scratch, monitor)?;
    for ((_, table), restored) in tables.iter().zip(&restored) {
        count += restored.rows;
        contents.table(table, restored.rows, restored.digest);
        compare(table, restored, expected.remove(table.name.as_str()), &mut report.findings);
    }
    let mut missing: Vec<&str> = expected.into_keys().collect();
    missing.sort_unstable();
    report.findings.extend(missing.into_iter().map(|table| {
        Finding::failure(Code::TableRows, message!("restored-no-table")).table(table)
    }));
    report.results.checks.push(Check { kind: CheckKind::RestoredRecords, count });
    if only.is_empty() {
        prove_contents(reader, contents, scratch, report)?;
    }
    Ok(())
}

fn prove_contents<R: Read + Seek>(
    reader: &Reader<R>,
    mut contents: Contents,
    scratch: &mut dyn Scratch,
    report: &mut Report,
) -> Result<()> {
    let files = scratch.files()?;
    report.results.checks.extend([
        Check { kind: CheckKind::RestoredFiles, count: files.len() as u64 },
        Check { kind: CheckKind::RestoredContentId, count: 1 },
    ]);
    for (path, bytes, sha256) in files {
        contents.file(&path, bytes, sha256);
    }
    let rebuilt = contents.into_id();
    if rebuilt != reader.content_id() {
        let finding = Finding::failure(Code::Contents, message!("restored-content-id"));
        report.findings.push(finding.expected(reader.content_id(), rebuilt));
    }
    Ok(())
}

/// Compares a restored table with the one in the archive. A table that the archive does not have
/// must be empty.
fn compare(
    table: &Table,
    restored: &RestoredTable,
    expected: Option<&Resource>,
    findings: &mut Vec<Finding>,
) {
    let mut compare = |code, message, expected: String, actual: String| {
        if expected != actual {
            let finding = Finding::failure(code, message).table(&table.name);
            findings.push(finding.expected(expected, actual));
        }
    };
    let rows = expected.map_or(0, |resource| resource.backup.rows);
    let message = message!("restored-rows");
    compare(Code::TableRows, message, rows.to_string(), restored.rows.to_string());
    let Some(expected) = expected else { return };
    let digest = format!("sha256:{}", restored.digest);
    compare(Code::TableDigest, message!("restored-digest"), expected.hash.clone(), digest);
    // If the database returns no counts, they are treated as zero and differ from those of the
    // archive.
    let none = ColumnCounts::default();
    let counts = restored.counts.iter().chain(std::iter::repeat(&none));
    let counts = expected.backup.columns.iter().zip(counts);
    for (field, (expected, actual)) in expected.schema.fields.iter().zip(counts) {
        let message = message!("restored-counts", column = &field.name);
        compare(Code::TableCounts, message, expected.to_string(), actual.to_string());
    }
}
