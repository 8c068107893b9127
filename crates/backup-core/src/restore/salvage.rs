//! Restores the intact parts of a damaged archive.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use super::folder::{Originals, Tables};
use super::loose::ScannedMembers;
use super::note;
use super::paths::Paths;
use super::request::Request;
use crate::archive::{EncryptedReader, Reader, Survey, Visitor, scan};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding, is_cut_short};
use crate::i18n::{Message, message};
use crate::monitor::Phase;
use crate::outcome::{CheckKind, SkippedCheck};
use crate::report::Report;
use crate::verify::{self, Input};

/// Restores into a folder. Returns whether the folder is worth keeping.
pub(super) fn restore(request: Request<'_>, folder: &Path, report: &mut Report) -> Result<bool> {
    let Request { options, monitor, .. } = request;
    let opened = verify::refused(request.open(report), report)?.flatten();
    let Some(mut reader) = opened else { return scan_all(request, folder, report) };
    if report.findings.iter().any(|finding| finding.code == Code::ContentId) {
        // This is not the expected archive.
        return Ok(false);
    }
    let survey = verify::survey(&mut reader, monitor, report)?;
    let (mut paths, whole) = if options.originals {
        let mut originals = Originals::new(folder);
        give(request, &mut reader, &survey, &mut originals, report)?;
        originals.finish(report)
    } else {
        let all = 0..survey.parts.len();
        let incomplete = all.filter(|table| !survey.has_all_of(*table)).collect();
        let mut tables = Tables::new(request, folder, incomplete);
        give(request, &mut reader, &survey, &mut tables, report)?;
        tables.finish(report)
    };
    // All tables and files are intact. The rest of the archive may be damaged, so all of it is
    // checked.
    if !report.has_failure() && options.tables.is_empty() {
        verify::check_all(request.archive, &mut reader, &options.verify, monitor, &mut (), report)?;
    }
    let wanted = |(table, _): &(usize, _)| request.wants(&reader.tables()[*table].name);
    let parts = survey.parts.iter().enumerate().filter(wanted);
    let files = survey.files.iter().filter(|_| options.tables.is_empty());
    let wanted: Vec<_> = parts.flat_map(|(_, parts)| parts).chain(files).collect();
    let mut anything = wanted.iter().any(|one| one.is_none());
    let damaged = wanted.into_iter().flatten().filter_map(|finding| finding.path.clone());
    let damaged: HashSet<_> = damaged.collect();
    if !damaged.is_empty() {
        let mut beginnings = ScannedMembers::new(paths, Some(damaged));
        scan_into(request, &mut beginnings, report)?;
        let begun;
        (paths, begun) = beginnings.finish(report);
        anything |= begun;
    }
    if report.has_failure() {
        note::write(&mut paths, Some(&whole), report)?;
    }
    Ok(anything)
}

/// Passes the intact parts and files to a visitor, and removes all others from the report's lists
/// of restored data.
fn give(
    request: Request<'_>,
    reader: &mut Reader<File>,
    survey: &Survey,
    visitor: &mut dyn Visitor,
    report: &mut Report,
) -> Result<()> {
    let Request { options, monitor, .. } = request;
    reader.give_whole(survey, request.tables(), options.originals, visitor, monitor)?;
    // The report lists everything in the manifest, or the requested tables.
    let damaged_tables = reader.tables().iter().zip(0..).filter(|(_, i)| !survey.has_all_of(*i));
    let damaged_tables: HashSet<_> = damaged_tables.map(|(table, _)| &table.name).collect();
    report.contents.tables.retain(|table| !damaged_tables.contains(&table.name));
    let files = reader.manifest().backup.files.iter().zip(&survey.files);
    let damaged_files = files.filter(|(_, damage)| damage.is_some()).map(|(file, _)| &file.path);
    let damaged_files: HashSet<_> = damaged_files.collect();
    report.contents.files.retain(|file| !damaged_files.contains(&file.path));
    Ok(())
}

/// Reads the members in order, because the manifest cannot be read.
fn scan_all(request: Request<'_>, folder: &Path, report: &mut Report) -> Result<bool> {
    let mut loose = ScannedMembers::new(Paths::below(folder), None);
    let Some(unreadable) = scan_into(request, &mut loose, report)? else { return Ok(false) };
    let (tables, files) = loose.holds();
    let (mut paths, anything) = loose.finish(report);
    if unreadable > 0 {
        let message = message!("chunks-unreadable", count = unreadable);
        report.findings.push(Finding::failure(Code::Seal, message));
    }
    if !anything {
        report.skipped.push(unproven(message!("skipped-nothing-left")));
        return Ok(false);
    }
    if !request.options.tables.is_empty() {
        report.skipped.push(unproven(message!("skipped-unnamed-parts")));
    }
    let cut_short = is_cut_short(&report.findings).to_string();
    report.skipped.push(unproven(message!(
        "skipped-unproven",
        tables = tables,
        files = files,
        cut_short = cut_short
    )));
    note::write(&mut paths, None, report)?;
    Ok(true)
}

/// Reads the members in order. Returns the number of encrypted chunks that cannot be read, or
/// `None` if the archive cannot be opened.
fn scan_into(
    request: Request<'_>,
    loose: &mut ScannedMembers,
    report: &mut Report,
) -> Result<Option<u64>> {
    let Request { archive, identities, monitor, .. } = request;
    let file = Input::open(archive)?.file;
    let bytes = file.metadata().map_err(|error| Error::opening(archive, error))?.len();
    let opened = EncryptedReader::open(file, identities);
    let Some(mut encrypted) = verify::refused(opened, report)? else { return Ok(None) };
    monitor.phase(Phase::Restoring, Some(bytes));
    scan(&mut encrypted, bytes, loose, monitor).map(Some)
}

/// A skipped check, because data of a damaged archive cannot be proven.
fn unproven(why: Message) -> SkippedCheck {
    SkippedCheck::part(CheckKind::WholeParts, why)
}
