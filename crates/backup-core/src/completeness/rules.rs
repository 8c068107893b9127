//! Applies the rules to what a survey has counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::names::Names;
use super::survey::Survey;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, RecoveryMethod};
use crate::monitor::Monitor;
use crate::outcome::{CheckKind, SkippedCheck};
use crate::profile::{Evidence, Profile, ProfileChoice};
use crate::report::{ProfileReport, RecognisedBy, Report, Scope, Undecided, UndecidedReason};

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
        let mut prevented = None;
        match self.relations.take().map(|relations| relations.finish(monitor, report)) {
            Some(Err(error)) if matches!(error.kind(), ErrorKind::Cancelled) => return Err(error),
            // The archive is proven nevertheless.
            Some(Err(error)) => prevented = Some(error),
            Some(Ok(())) | None => {}
        }
        apply(self, remarks, prevented.is_some(), report);
        report.skipped.extend(prevented.map(|error: Error| {
            let (kind, error) = (CheckKind::Keys, Some(error.into()));
            SkippedCheck::Prevented { kind, error }
        }));
        Ok(())
    }
}

/// Adds the findings of all rules to the report, and what no rule could decide.
fn apply(mut survey: Survey, remarks: &[LedgerEntry], is_prevented: bool, report: &mut Report) {
    let profile = survey.profile.clone();
    let profile = profile.as_deref();
    let names = Names::new(countable(&survey, report), profile);
    report.findings.extend(names.missing());
    report.findings.extend(names.cut(&survey.tables, profile));
    report.findings.extend(survey.tables.iter().flat_map(|table| table.findings()));
    report.findings.append(&mut survey.cells.findings);
    report.findings.extend(same_tables(report));
    report.findings.extend(missing_records(&report.contents.ledger));
    let of_crm = survey.tables.iter().map(|table| table.records - table.not_records());
    let records: u64 = of_crm.sum();
    if records == 0 {
        report.findings.push(Finding::remark(Code::NoRecords, message!("gap-no-records")).gap());
    }
    let mut undecided = std::mem::take(&mut survey.cells.undecided);
    if profile.is_none() {
        let message = match survey.options.profile {
            ProfileChoice::None => message!("undecided-profile-none"),
            _ => message!("undecided-no-profile"),
        };
        undecided.push(Undecided::new(UndecidedReason::NoProfile, message));
    }
    if !survey.options.references || is_prevented {
        let message = message!("undecided-references");
        undecided.push(Undecided::new(UndecidedReason::NotChecked, message));
    }
    undecided.extend(not_read(remarks, profile, report));
    undecided.extend(without_users(report));
    undecided.extend(without_totals(&survey, report));
    let profile = profile.map(|profile| describe(profile, &survey));
    let api_names = survey.labels.names;
    report.scope = Some(Scope { profile, undecided, api_names });
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
    zips.chain(sources).chain(read.map(|source| source.name.as_str())).collect()
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

/// The files that were stored and not read, and may contain records.
fn not_read(
    remarks: &[LedgerEntry],
    profile: Option<&Profile>,
    report: &Report,
) -> Option<Undecided> {
    let known = profile.map_or(&[][..], |profile| &profile.other_files);
    let opaque = remarks.iter().filter(|remark| remark.code == LedgerCode::Opaque);
    let unread = report.contents.ledger.iter().filter(|entry| entry.code == LedgerCode::Unread);
    let names = opaque.chain(unread).filter_map(|it| it.source.clone());
    let ledger = report.contents.ledger.iter();
    let tables = ledger.filter(|entry| entry.code == LedgerCode::UnreadTable);
    let names = names.chain(tables.filter_map(|it| it.table.clone()));
    let names: BTreeSet<_> =
        names.filter(|name| !known.iter().any(|pattern| pattern.matches(name))).collect();
    (!names.is_empty()).then(|| {
        let message = message!("undecided-not-read", count = names.len() as u64);
        Undecided::new(UndecidedReason::NotRead, message).names(names)
    })
}

/// The columns that name users, if no table holds these. Many CRMs do not export users.
fn without_users(report: &Report) -> Option<Undecided> {
    let references = report.results.references.iter();
    let users = references.filter(|it| !it.target_exported && it.is_of_persons);
    let names: BTreeSet<_> =
        users.map(|it| format!("{}: {}", it.table, it.columns.join(", "))).collect();
    (!names.is_empty())
        .then(|| Undecided::new(UndecidedReason::NoUsers, message!("undecided-users")).names(names))
}

/// The tables for which no number of records was given.
fn without_totals(survey: &Survey, report: &Report) -> Option<Undecided> {
    let joined = &report.results.joined;
    let given = report.results.totals.iter().filter(|total| total.rows.is_some());
    let given_for: BTreeSet<&str> = given.filter_map(|total| total.archived.as_deref()).collect();
    let parts = joined.iter().flat_map(|it| it.parts.iter().map(|part| (&**part, &it.name)));
    let wholes: HashMap<&str, &String> = parts.collect();
    let whole = |name: &str| wholes.get(name).map_or(name, |whole| whole.as_str()).to_owned();
    let profile = survey.profile.as_deref();
    let counted = survey.tables.iter().filter(|table| !table.is_ignored(profile));
    let lacking = counted.filter(|table| {
        let whole = whole(&table.name);
        !given_for.contains(table.name.as_str()) && !given_for.contains(whole.as_str())
    });
    let lacking: BTreeSet<_> = lacking.map(|table| whole(&table.name)).collect();
    (!lacking.is_empty()).then(|| {
        let message = message!("undecided-totals", count = lacking.len() as u64);
        Undecided::new(UndecidedReason::NoTotals, message).names(lacking)
    })
}

/// The profile, what it was recognised by, and what it assumes.
fn describe(profile: &Profile, survey: &Survey) -> ProfileReport {
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
        given: matches!(survey.options.profile, ProfileChoice::Given(_)),
        recognised_by: survey.evidence.iter().map(recognised).collect(),
        assumed: profile.assumptions(),
    }
}
