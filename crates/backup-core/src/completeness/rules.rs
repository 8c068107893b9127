//! Applies the rules to what a survey has counted.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use super::survey::{OtherHeader, Survey};
use super::undecided::{References, counted, undecided};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, RecoveryMethod};
use crate::monitor::Monitor;
use crate::outcome::{CheckKind, SkippedCheck};
use crate::profile::{Assigned, Evidence, ProfileChoice};
use crate::report::{FolderProfile, ProfileReport, RecognisedBy, Report, Scope};

/// The most tables that a finding lists.
const MOST_NAMES: usize = 20;

impl Survey {
    /// Ends the survey: looks up references, applies all rules, and adds what they find to the
    /// report, which has the verdict's findings already. `remarks` are the notes of the export.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Cancelled`]. Other errors make references a skipped check.
    pub(crate) fn finish(
        mut self,
        remarks: &[LedgerEntry],
        monitor: &dyn Monitor,
        report: &mut Report,
    ) -> Result<()> {
        self.cells.end();
        let (mut prevented, mut references) = (None, References::NotChecked);
        match self.relations.take().map(|relations| relations.finish(monitor, report)) {
            Some(Err(error)) if matches!(error.kind(), ErrorKind::Cancelled) => return Err(error),
            // The archive is proven nevertheless.
            Some(Err(error)) => prevented = Some(error),
            Some(Ok(without_table)) => references = References::Checked { without_table },
            None => {}
        }
        apply(self, remarks, &references, report);
        report.skipped.extend(prevented.map(|error: Error| {
            let (kind, error) = (CheckKind::Keys, Some(error.into()));
            SkippedCheck::Prevented { kind, error }
        }));
        Ok(())
    }
}

/// Adds the findings of all rules to the report, and what no rule could decide.
fn apply(
    mut survey: Survey,
    remarks: &[LedgerEntry],
    references: &References,
    report: &mut Report,
) {
    report.results.joined = survey.joined();
    let names = Names::new(countable(&survey, report), &survey.profiles);
    report.findings.extend(names.missing());
    report.findings.extend(names.cut(&survey.tables, &report.results));
    report.findings.extend(survey.other_headers.drain(..).map(OtherHeader::finding));
    report.findings.extend(survey.tables.iter().flat_map(|table| table.findings()));
    report.findings.append(&mut survey.cells.findings);
    report.findings.extend(same_tables(report));
    report.findings.extend(missing_records(&report.contents.ledger));
    let of_crm =
        survey.tables.iter().map(|table| table.records.saturating_sub(table.not_records()));
    let records: u64 = of_crm.sum();
    if records == 0 {
        report.findings.push(Finding::remark(Code::NoRecords, message!("gap-no-records")).gap());
    }
    let undecided = undecided(&mut survey, remarks, references, report);
    let given = matches!(survey.profiles.choice(), ProfileChoice::Given(_));
    let profile = survey.profiles.main().map(|assigned| describe(assigned, given));
    let of_folder = |(folder, assigned): (&str, &Assigned)| FolderProfile {
        folder: folder.to_owned(),
        profile: describe(assigned, given),
    };
    let of_folders = survey.profiles.others().map(of_folder).collect();
    let counted = counted(&survey).map(|joined| joined.name.clone()).collect();
    report.scope =
        Some(Scope { profile, of_folders, undecided, counted, api_names: survey.labels.names });
}

/// The paths whose numbers count: ZIP files, and sources of tables. Attachments have the numbers
/// that people gave them.
fn countable<'a>(survey: &'a Survey, report: &'a Report) -> BTreeSet<&'a str> {
    let is_zip = |path: &&str| {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        ending.eq_ignore_ascii_case("zip")
    };
    let zips = survey.paths.iter().map(String::as_str).filter(is_zip);
    let sources = survey.tables.iter().filter_map(|table| table.source.as_deref());
    let read = report.contents.sources.iter().filter(|source| {
        // Not a file that is only stored.
        matches!(source.original, RecoveryMethod::Recipe(_))
    });
    let all = zips.chain(sources).chain(read.map(|source| source.name.as_str()));
    let is_attached = |path: &&str| {
        survey.profiles.of(Some(path)).is_some_and(|profile| profile.attached(path).is_some())
    };
    all.filter(|path| !is_attached(path)).collect()
}

/// Tables of different sources with equal records: the same file was probably exported twice.
fn same_tables(report: &Report) -> Vec<Finding> {
    let mut by_digest: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for table in report.contents.tables.iter().filter(|table| table.rows > 0) {
        by_digest.entry(table.digest.to_string()).or_default().push(&table.name);
    }
    let same = by_digest.into_values().filter(|names| names.len() > 1);
    let finding = |names: Vec<&str>| {
        let first: Vec<_> = names.iter().copied().take(MOST_NAMES).collect();
        let more = if names.len() > MOST_NAMES { ", …" } else { "" };
        let message = message!("same-tables", names = first.join(", ") + more);
        Finding::remark(Code::Duplicate, message).table(first[0])
    };
    same.map(finding).collect()
}

/// The records that sources state and do not contain.
fn missing_records(ledger: &[LedgerEntry]) -> Vec<Finding> {
    let missing = ledger.iter().filter(|entry| entry.code == LedgerCode::MissingRecords);
    let finding = |entry: &LedgerEntry| {
        let message = message!("gap-missing-records").with_english(&entry.message);
        let finding = Finding::remark(Code::MissingPart, message).gap();
        Finding { table: entry.table.clone(), path: entry.source.clone(), ..finding }
    };
    missing.map(finding).collect()
}

/// A profile, what it was recognised by, and what it assumes.
fn describe(Assigned { profile, by, .. }: &Assigned, given: bool) -> ProfileReport {
    let recognised = |evidence: &Evidence| match evidence {
        Evidence::Paths { pattern, first, count } => {
            RecognisedBy { pattern: pattern.clone(), first: first.clone(), count: *count }
        }
        Evidence::Tables { labels, first, count } => {
            RecognisedBy { pattern: labels.join(", "), first: first.clone(), count: *count }
        }
    };
    ProfileReport {
        name: profile.name.clone(),
        title: profile.title.clone(),
        given,
        recognised_by: by.iter().map(recognised).collect(),
        assumed: profile.assumptions(),
    }
}
