//! Restores what is still whole of a damaged archive.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use super::folder::{Originals, Tables};
use super::loose::Loose;
use super::note;
use super::paths::Paths;
use super::request::Request;
use crate::archive::{EncryptedReader, Reader, Survey, Visitor, scan};
use crate::error::{Error, Result};
use crate::finding::{Code, Finding, is_cut_short};
use crate::i18n::message;
use crate::monitor::Phase;
use crate::outcome::SkippedCheck;
use crate::report::Report;
use crate::verify::{self, open_archive};

/// Restores into a folder; returns whether anything in it is worth keeping.
pub(super) fn restore(request: Request<'_>, folder: &Path, report: &mut Report) -> Result<bool> {
    Salvage { request }.restore(folder, report)
}

/// The restore of what is still whole of an archive.
struct Salvage<'a> {
    request: Request<'a>,
}

impl Salvage<'_> {
    fn restore(&self, folder: &Path, report: &mut Report) -> Result<bool> {
        let Request { archive, options, monitor, .. } = self.request;
        let opened = verify::refused(self.request.open(report), report)?.flatten();
        let Some(mut reader) = opened else { return self.scan(folder, report) };
        reader.check_tables(&options.tables)?;
        if report.findings.iter().any(|finding| finding.code == Code::ContentId) {
            // It is another archive than the one that was asked for.
            return Ok(false);
        }
        let survey = verify::survey(archive, &mut reader, monitor, report)?;
        let (mut paths, whole) = if options.originals {
            let mut originals = Originals::new(folder);
            self.give(&mut reader, &survey, &mut originals, report)?;
            originals.finish(report)
        } else {
            let all = 0..survey.parts.len();
            let incomplete = all.filter(|table| !survey.has_all_of(*table)).collect();
            let mut tables = Tables::new(folder, incomplete);
            self.give(&mut reader, &survey, &mut tables, report)?;
            tables.finish(report)
        };
        self.verify_the_rest(&mut reader, report)?;
        let wanted = |(table, _): &(usize, _)| self.request.wants(&reader.tables()[*table].name);
        let parts = survey.parts.iter().enumerate().filter(wanted);
        let files = survey.files.iter().filter(|_| options.tables.is_empty());
        let wanted: Vec<_> = parts.flat_map(|(_, parts)| parts).chain(files).collect();
        let mut anything = wanted.iter().any(|one| one.is_none());
        let hurt = wanted.into_iter().flatten().filter_map(|finding| finding.path.clone());
        let hurt: HashSet<_> = hurt.collect();
        if !hurt.is_empty() {
            let mut beginnings = Loose::new(paths, Some(hurt));
            self.scan_with(&mut beginnings, report)?;
            let begun;
            (paths, begun) = beginnings.finish(report);
            anything |= begun;
        }
        if report.has_failure() {
            note::write(&mut paths, Some(&whole), report)?;
        }
        Ok(anything)
    }

    fn give(
        &self,
        reader: &mut Reader<File>,
        survey: &Survey,
        visitor: &mut dyn Visitor,
        report: &mut Report,
    ) -> Result<()> {
        let Request { options, monitor, .. } = self.request;
        let wanted = |table: &str| self.request.wants(table);
        reader.give_whole(survey, wanted, options.originals, visitor, monitor)?;
        // What is listed as restored is all there.
        let complete: HashSet<&str> = reader
            .tables()
            .iter()
            .enumerate()
            .filter(|(index, _)| survey.has_all_of(*index))
            .map(|(_, table)| table.name.as_str())
            .collect();
        report.contents.tables.retain(|table| complete.contains(table.name.as_str()));
        let files = reader.manifest().backup.files.iter().zip(&survey.files);
        let whole = files.filter(|(_, hurt)| hurt.is_none()).map(|(file, _)| file.path.as_str());
        let whole: HashSet<&str> = whole.collect();
        report.contents.files.retain(|file| whole.contains(file.path.as_str()));
        Ok(())
    }

    /// Verifies the rest of an archive of which nothing that was restored is damaged.
    fn verify_the_rest(&self, reader: &mut Reader<File>, report: &mut Report) -> Result<()> {
        let Request { archive, options, monitor, .. } = self.request;
        if report.has_failure() || !options.tables.is_empty() {
            return Ok(());
        }
        verify::pass_over(archive, reader, &options.verify, monitor, &mut (), report).map(drop)
    }

    /// Takes the members one after the other, as the archive's end does not say where they are.
    fn scan(&self, folder: &Path, report: &mut Report) -> Result<bool> {
        let mut loose = Loose::new(Paths::below(folder), None);
        let Some(hurt) = self.scan_with(&mut loose, report)? else { return Ok(false) };
        let (tables, files) = loose.holds();
        let (mut paths, anything) = loose.finish(report);
        if hurt > 0 {
            let message = message!("chunks-unreadable", count = hurt);
            report.findings.push(Finding::failure(Code::Seal, message));
        }
        if !anything {
            report.skipped.push(SkippedCheck::NothingLeft);
            return Ok(false);
        }
        if !self.request.options.tables.is_empty() {
            report.skipped.push(SkippedCheck::UnnamedParts);
        }
        let cut_short = is_cut_short(&report.findings);
        let (tables, files) = (tables as u64, files);
        report.skipped.push(SkippedCheck::Unproven { tables, files, cut_short });
        note::write(&mut paths, None, report)?;
        Ok(true)
    }

    /// Takes the members one after the other; gives how many sealed chunks cannot be read, if the
    /// archive can be opened at all.
    fn scan_with(&self, loose: &mut Loose, report: &mut Report) -> Result<Option<u64>> {
        let Request { archive, identities, monitor, .. } = self.request;
        let reopen = || open_archive(archive);
        let sealed_bytes =
            archive.metadata().map_err(|error| Error::opening(archive, error))?.len();
        let opened = EncryptedReader::open(reopen()?, identities);
        let Some(mut sealed) = verify::refused(opened, report)? else { return Ok(None) };
        monitor.phase(Phase::Restoring, Some(sealed_bytes));
        scan(&mut sealed, sealed_bytes, &reopen, loose, monitor).map(Some)
    }
}
