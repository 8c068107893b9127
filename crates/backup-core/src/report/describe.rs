//! Fills a report from the manifest of an archive.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Report;
use crate::command::Command;
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{
    FileReport, LedgerEntry, Manifest, RecoveryMethod, Resource, Role, SourceMetadata, TableReport,
};
use crate::outcome::{CheckKind, SkippedCheck};
use crate::seen;

/// The notes of a manifest on the source data, as findings.
pub(crate) fn remarks(entries: &[LedgerEntry], sources: &[SourceMetadata]) -> Vec<Finding> {
    let remark = |entry: &LedgerEntry| {
        let code = if entry.code == LedgerCode::Misread { Code::Misread } else { Code::Source };
        let source = sources.iter().find(|source| Some(&source.name) == entry.source.as_ref());
        let detail = |key: &str| match source.and_then(|source| source.details.get(key)) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => "none".to_owned(),
        };
        let exact = Message::of_variant("detail-", &entry.code)
            .with("count", entry.count)
            .with("encoding", detail("encoding"))
            .with("delimiter", &*seen::delimiter(&detail("delimiter")))
            .with("row", detail("header_row"))
            .with("others", detail("other_encodings"));
        let message = if exact.exists() { exact } else { Message::of_variant("finding-", &code) };
        Finding {
            table: entry.table.clone(),
            path: entry.source.clone(),
            ..Finding::remark(code, message.with_english(&entry.message))
        }
        .noted(entry.code.clone(), entry.count)
    };
    entries.iter().map(remark).collect()
}

/// Removes the text above headers. It may contain data, and reports contain none.
pub(crate) fn without_text(sources: &mut [SourceMetadata]) {
    for source in sources {
        if let RecoveryMethod::Recipe(recipe) = &mut source.original {
            recipe.preamble.clear();
        }
    }
}

/// Adds the contents of a manifest.
pub(crate) fn describe(report: &mut Report, manifest: &Manifest) {
    report.archive.created = Some(manifest.backup.created.clone());
    report.contents.sources.clone_from(&manifest.backup.sources);
    without_text(&mut report.contents.sources);
    report.contents.ledger.clone_from(&manifest.backup.ledger);
    // An export and an inspection repeat all notes of the export. Other commands repeat only those
    // on misread sources, and count the others.
    let repeats_notes = matches!(report.command, Command::Export | Command::Inspect);
    let (repeated, omitted): (Vec<_>, Vec<_>) =
        remarks(&manifest.backup.remarks, &manifest.backup.sources)
            .into_iter()
            .partition(|remark| repeats_notes || remark.code == Code::Misread);
    report.findings.extend(repeated);
    report.contents.notes_at_export = omitted.len() as u64;
    if report.command == Command::Restore {
        report.findings.extend(unread_names(manifest).into_iter().map(|name| {
            let message = message!("skipped-unread-at-export", source = name);
            Finding::remark(Code::Source, message).path(name)
        }));
        let entries = manifest.backup.ledger.iter();
        let unread = entries.filter(|entry| entry.code == LedgerCode::UnreadTable);
        let finding = |entry: &LedgerEntry| Finding::remark(Code::Source, lacking(entry));
        report.findings.extend(unread.map(finding));
    }
    report.contents.files = manifest.backup.files.iter().map(FileReport::from).collect();
    report.contents.tables = manifest
        .resources
        .iter()
        .filter_map(|resource| {
            Some(TableReport {
                name: resource.title.clone(),
                rows: resource.backup.rows,
                digest: resource.digest()?,
                columns: resource.schema.fields.len() as u64,
                bytes: resource.bytes,
                parts: resource.path.len() as u64,
                source: resource.backup.origin.source.clone(),
                sheet: resource.backup.origin.sheet.clone(),
                folder: TableReport::folder_of(&resource.path),
                nulls: if report.command == Command::Export { nulls(resource) } else { Vec::new() },
            })
        })
        .collect();
}

fn nulls(resource: &Resource) -> Vec<(String, u64)> {
    let labels = resource.schema.fields.iter().map(|field| field.name.clone());
    labels.zip(resource.backup.columns.iter().map(|counts| counts.nulls)).collect()
}

/// The sources whose encoding is not clear, by the notes on them.
pub(crate) fn unclear(remarks: &[LedgerEntry]) -> impl Iterator<Item = SkippedCheck> {
    let unclear = remarks.iter().filter(|remark| remark.code == LedgerCode::UnclearEncoding);
    unclear.map(|remark| SkippedCheck::UnclearEncoding {
        source: remark.source.clone().unwrap_or_default(),
    })
}

/// The tables that could not be read, and those whose records are not complete in the source.
pub(crate) fn incomplete(ledger: &[LedgerEntry]) -> impl Iterator<Item = SkippedCheck> {
    let of_code = |entry: &&LedgerEntry| {
        matches!(entry.code, LedgerCode::UnreadTable | LedgerCode::MissingRecords)
    };
    ledger.iter().filter(of_code).map(|entry| SkippedCheck::part(CheckKind::Tables, lacking(entry)))
}

/// What a table or a source lacks, as a sentence.
fn lacking(entry: &LedgerEntry) -> Message {
    let source = entry.source.as_deref().unwrap_or_default();
    let why = entry.message.as_str();
    match (&entry.code, entry.table.as_deref()) {
        (LedgerCode::UnreadTable, table) => {
            let table = table.unwrap_or_default();
            message!("skipped-unread-table", source = source, table = table, why = why)
        }
        (_, Some(table)) => {
            message!("skipped-missing-records", source = source, table = table, why = why)
        }
        (_, None) => message!("skipped-missing-anywhere", source = source, why = why),
    }
}

/// The sources of a manifest that could not be read as tables.
pub(crate) fn unread(manifest: &Manifest) -> impl Iterator<Item = SkippedCheck> {
    unread_names(manifest).into_iter().map(|name| {
        SkippedCheck::part(CheckKind::Tables, message!("skipped-unread-at-export", source = name))
    })
}

fn unread_names(manifest: &Manifest) -> BTreeSet<&str> {
    let files = manifest.backup.files.iter().filter(|file| file.role == Role::Unparsed);
    let entries = manifest.backup.ledger.iter().filter(|entry| entry.code == LedgerCode::Unread);
    let names = entries.filter_map(|entry| entry.source.as_deref());
    files.map(|file| file.path.as_str()).chain(names).collect()
}

/// If nothing is a table: the files that look like data and were not read. `remarks` are the notes
/// of the export.
pub(crate) fn opaque(has_tables: bool, remarks: &[LedgerEntry]) -> Vec<SkippedCheck> {
    let opaque = remarks.iter().filter(|entry| !has_tables && entry.code == LedgerCode::Opaque);
    let names = opaque.filter_map(|entry| entry.source.as_deref());
    let skipped = |name: &str| {
        SkippedCheck::part(CheckKind::Tables, message!("skipped-opaque", source = name))
    };
    names.map(skipped).collect()
}
