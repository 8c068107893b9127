//! What no rule could decide.

use std::collections::{BTreeSet, HashMap};

use super::survey::Survey;
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::profile::ProfileChoice;
use crate::report::{Report, Undecided, UndecidedReason};

/// Everything that no rule could decide. `remarks` are the notes of the export.
pub(super) fn undecided(
    survey: &mut Survey,
    remarks: &[LedgerEntry],
    is_prevented: bool,
    report: &Report,
) -> Vec<Undecided> {
    let mut undecided = std::mem::take(&mut survey.cells.undecided);
    if survey.profiles.main().is_none() {
        let message = match survey.profiles.choice() {
            ProfileChoice::None => message!("undecided-profile-none"),
            _ => message!("undecided-no-profile"),
        };
        undecided.push(Undecided::new(UndecidedReason::NoProfile, message));
    }
    if !survey.options.references || is_prevented {
        let message = message!("undecided-references");
        undecided.push(Undecided::new(UndecidedReason::NotChecked, message));
    }
    undecided.extend(not_read(survey, remarks, report));
    undecided.extend(without_rule(survey));
    undecided.extend(without_users(report));
    undecided.extend(without_totals(survey, report));
    undecided
}

/// Whether the profile says that the file holds no records.
fn is_known(survey: &Survey, path: &str) -> bool {
    let profile = survey.profiles.of(Some(path));
    let mut known = profile.into_iter().flat_map(|profile| &profile.other_files);
    known.any(|pattern| pattern.matches(path))
}

/// The files that no rule of a profile is about. Without a profile, there are no rules.
fn without_rule(survey: &Survey) -> Option<Undecided> {
    let has_rule = |path: &&String| {
        let Some(profile) = survey.profiles.of(Some(path)) else { return true };
        let mut files = profile.attachments.iter().filter_map(|rule| rule.file.as_ref());
        files.any(|pattern| pattern.matches(path)) || is_known(survey, path)
    };
    let names: BTreeSet<_> =
        survey.attachments.iter().filter(|path| !has_rule(path)).cloned().collect();
    (!names.is_empty()).then(|| {
        let message = message!("undecided-files", count = names.len() as u64);
        Undecided::new(UndecidedReason::NoRule, message).names(names)
    })
}

/// The files that were stored and not read, and may contain records.
fn not_read(survey: &Survey, remarks: &[LedgerEntry], report: &Report) -> Option<Undecided> {
    let opaque = remarks.iter().filter(|remark| remark.code == LedgerCode::Opaque);
    let unread = report.contents.ledger.iter().filter(|entry| entry.code == LedgerCode::Unread);
    let names = opaque.chain(unread).filter_map(|it| it.source.clone());
    let names: BTreeSet<_> = names.filter(|name| !is_known(survey, name)).collect();
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
    let counted = survey.tables.iter().filter(|table| !table.is_ignored());
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
