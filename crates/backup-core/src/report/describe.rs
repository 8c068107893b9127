//! What a manifest says, as a report.

use std::collections::BTreeSet;

use super::Report;
use crate::command::Command;
use crate::finding::{Code, Detail, Finding};
use crate::ledger_code::LedgerCode;
use crate::model::{
    FileReport, LedgerEntry, Manifest, RecoveryMethod, Role, SourceMetadata, TableReport,
};
use crate::outcome::SkippedCheck;

/// What a manifest says of the sources' own data, as findings that are no failures.
pub(crate) fn remarks(entries: &[LedgerEntry]) -> Vec<Finding> {
    let remark = |entry: &LedgerEntry| {
        let code = if entry.code == LedgerCode::Misread { Code::Misread } else { Code::Source };
        Finding {
            table: entry.table.clone(),
            path: entry.source.clone(),
            detail: Detail::of(&entry.code, entry.count),
            ..Finding::remark(code, &entry.message)
        }
    };
    entries.iter().map(remark).collect()
}

/// What stands above a header is nobody's business who reads a report.
pub(crate) fn without_text(sources: &mut [SourceMetadata]) {
    for source in sources {
        if let RecoveryMethod::Recipe(recipe) = &mut source.original {
            recipe.preamble.clear();
        }
    }
}

/// Fills in what a manifest says.
pub(crate) fn describe(report: &mut Report, manifest: &Manifest) {
    report.g_archive.created = Some(manifest.backup.created.clone());
    report.g_contents.sources.clone_from(&manifest.backup.sources);
    without_text(&mut report.g_contents.sources);
    report.g_contents.ledger.clone_from(&manifest.backup.ledger);
    // They were said when the archive was made, and are said again when somebody asks what is in it.
    let again = matches!(report.command, Command::Export | Command::Inspect);
    let (said, before): (Vec<_>, Vec<_>) = remarks(&manifest.backup.remarks)
        .into_iter()
        .partition(|remark| again || remark.code == Code::Misread);
    report.findings.extend(said);
    report.g_contents.notes_at_export = before.len() as u64;
    report.g_contents.files = manifest.backup.files.iter().map(FileReport::from).collect();
    report.g_contents.tables = manifest
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
                folder: TableReport::folder_of(&resource.path),
            })
        })
        .collect();
}

/// The sources of a manifest that could not be read as tables.
pub(crate) fn unread(manifest: &Manifest) -> impl Iterator<Item = SkippedCheck> {
    let files = manifest.backup.files.iter().filter(|file| file.role == Role::Unparsed);
    let entries = manifest.backup.ledger.iter().filter(|entry| entry.code == LedgerCode::Unread);
    let names: BTreeSet<&str> = files
        .map(|file| file.path.as_str())
        .chain(entries.filter_map(|entry| entry.source.as_deref()))
        .collect();
    names.into_iter().map(|name| SkippedCheck::UnreadAtExport { source: name.to_owned() })
}
