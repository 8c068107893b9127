//! What no rule could decide.

use std::collections::BTreeSet;

use super::names::is_log;
use super::survey::Survey;
use super::tables::SurveyedTable;
use crate::i18n::{Message, message};
use crate::joined::JoinedTable;
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, Reconciled};
use crate::profile::{Assigned, Pattern, ProfileChoice, UnknownFact};
use crate::report::{Report, Undecided, UndecidedReason};

/// The result of the check of references, as far as it concerns completeness.
pub(super) enum References {
    /// It did not run to its end, or at all.
    NotChecked,
    /// The columns that are named like ids of other records, and for which no table was found.
    Checked { without_table: Vec<String> },
}

/// Everything that no rule could decide. `remarks` are the notes of the export.
pub(super) fn undecided(
    survey: &mut Survey,
    remarks: &[LedgerEntry],
    references: &References,
    report: &Report,
) -> Vec<Undecided> {
    let mut undecided = std::mem::take(&mut survey.cells.undecided);
    undecided.extend(without_profile(survey));
    undecided.extend(other_profiles(survey));
    undecided.extend(unknown(survey));
    match references {
        References::NotChecked => {
            let message = message!("undecided-references");
            undecided.push(Undecided::new(UndecidedReason::NotChecked, message));
        }
        References::Checked { without_table } => {
            undecided.extend(listed(
                UndecidedReason::NoTable,
                without_table.iter().cloned().collect(),
                |count| message!("undecided-ids", count = count),
            ));
        }
    }
    undecided.extend(not_read(survey, remarks, report));
    undecided.extend(without_rule(survey));
    undecided.extend(rules_without_table(survey, report));
    undecided.extend(without_users(report));
    undecided.extend(without_totals(survey, report));
    undecided
}

/// What is undecided for some names, if there are any.
fn listed(
    reason: UndecidedReason,
    names: BTreeSet<String>,
    message: impl FnOnce(u64) -> Message,
) -> Option<Undecided> {
    let is_some = !names.is_empty();
    is_some.then(|| Undecided::new(reason, message(names.len() as u64)).names(names))
}

/// No profile was used, one that fits nothing, or one that was recognised too late.
fn without_profile(survey: &Survey) -> Option<Undecided> {
    let choice = survey.profiles.choice();
    let message = match survey.profiles.main() {
        None if matches!(choice, ProfileChoice::None) => message!("undecided-profile-none"),
        None => message!("undecided-no-profile"),
        Some(_) if survey.is_late => message!("undecided-late"),
        Some(main) if main.by.is_empty() && !main.profile.recognise.is_empty() => {
            message!("undecided-other-crm", title = main.profile.title())
        }
        Some(_) => return None,
    };
    Some(Undecided::new(UndecidedReason::NoProfile, message))
}

/// The profiles that something in the export fits, and that were not used for it.
fn other_profiles(survey: &Survey) -> Option<Undecided> {
    let others = survey.profiles.all().flat_map(|assigned| &assigned.others);
    let names = others.map(|(title, first)| format!("{first} ({title})")).collect();
    listed(UndecidedReason::NoProfile, names, |_| message!("undecided-other-profiles"))
}

/// What the profiles say is not known of the CRM.
fn unknown(survey: &Survey) -> impl Iterator<Item = Undecided> {
    let rules = survey.profiles.all().flat_map(|assigned| {
        assigned.profile.unknown.iter().map(|rule| (assigned.profile.title(), rule))
    });
    rules.filter_map(|(title, rule)| {
        let has = |table: &&SurveyedTable| {
            let column = rule.column.as_ref();
            column.is_some_and(|column| table.labels.iter().any(|label| column.matches(label)))
        };
        let tables: Vec<_> =
            survey.tables.iter().filter(has).map(|table| table.name.clone()).collect();
        let message = match rule.what {
            UnknownFact::Attachments => message!("undecided-unknown-attachments", title = title),
            UnknownFact::References => message!("undecided-unknown-references", title = title),
        };
        let undecided = Undecided::new(UndecidedReason::NotKnown, message).names(tables);
        (rule.column.is_none() || !undecided.names.is_empty()).then_some(undecided)
    })
}

/// Whether the profile says that the file holds no records, or is an attachment.
fn is_known(survey: &Survey, path: &str) -> bool {
    let Some(profile) = survey.profiles.of(Some(path)) else { return false };
    let mut known = profile.other_files.iter();
    known.any(|pattern| pattern.matches(path)) || profile.attached(path).is_some()
}

/// The files that were stored and not read, and may contain records.
fn not_read(survey: &Survey, remarks: &[LedgerEntry], report: &Report) -> Option<Undecided> {
    let opaque = remarks.iter().filter(|remark| remark.code == LedgerCode::Opaque);
    let unread = report.contents.ledger.iter().filter(|entry| entry.code == LedgerCode::Unread);
    let names = opaque.chain(unread).filter_map(|it| it.source.clone());
    // Logs without their databases are gaps.
    let names = names.filter(|name| !is_known(survey, name) && !is_log(name));
    let ledger = report.contents.ledger.iter();
    let tables = ledger
        .filter(|entry| matches!(entry.code, LedgerCode::UnreadTable | LedgerCode::LeftOutTable));
    let names = names.chain(tables.filter_map(|it| it.table.clone())).collect();
    listed(UndecidedReason::NotRead, names, |count| message!("undecided-not-read", count = count))
}

/// The files that no rule of a profile is about. Without a profile, there are no rules.
fn without_rule(survey: &Survey) -> Option<Undecided> {
    let files = survey.attachments.iter().filter(|(_, profile)| profile.is_some());
    let names = files.map(|(path, _)| path).filter(|path| !is_known(survey, path)).cloned();
    let message = |count: u64| message!("undecided-files", count = count);
    listed(UndecidedReason::NoRule, names.collect(), message)
}

/// The tables that rules of the profiles are about, and the export does not have, unless a total
/// says that the CRM has no such records.
fn rules_without_table(survey: &Survey, report: &Report) -> Option<Undecided> {
    let none = report.results.totals.iter();
    let none = none.filter(|total| total.rows.as_ref().is_some_and(|rows| rows.expected == 0));
    let empty: Vec<&str> = none.map(|total| total.table.as_str()).collect();
    let mut names = BTreeSet::new();
    for Assigned { profile, .. } in survey.profiles.all() {
        let is_of = |table: &&SurveyedTable| {
            table.profile.as_ref().is_some_and(|it| it.name() == profile.name())
        };
        let has =
            |pattern: &Pattern| survey.tables.iter().filter(is_of).any(|it| it.is_named(pattern));
        let missing = profile
            .tables()
            .filter(|pattern| !empty.iter().any(|table| pattern.matches(table)) && !has(pattern));
        names.extend(missing.map(|pattern| pattern.as_str().to_owned()));
        // A rule whose column is in no such table.
        let columns = profile.attachments.iter().map(|rule| (&rule.table, &rule.column));
        let conditions = profile.attachments.iter();
        let conditions =
            conditions.filter_map(|rule| Some((&rule.table, rule.where_column.as_ref()?)));
        let columns = columns.chain(conditions);
        let columns =
            columns.chain(profile.embedded.iter().map(|rule| (&rule.table, &rule.column)));
        for (table, column) in columns.filter(|(table, _)| has(table)) {
            let mut tables = survey.tables.iter().filter(is_of).filter(|it| it.is_named(table));
            if !tables.any(|it| it.labels.iter().any(|label| column.matches(label))) {
                names.insert(format!("{}: {}", table.as_str(), column.as_str()));
            }
        }
    }
    listed(UndecidedReason::NoTable, names, |count| message!("undecided-rules", count = count))
}

/// The columns that name users, if no table holds these. Many CRMs do not export users.
fn without_users(report: &Report) -> Option<Undecided> {
    let references = report.results.references.iter();
    let users = references.filter(|it| !it.target_exported && it.is_of_persons);
    let names = users.map(|it| format!("{}: {}", it.table, it.columns.join(", "))).collect();
    listed(UndecidedReason::NoUsers, names, |_| message!("undecided-users"))
}

/// The tables for which no number of records was given, or not the right one.
fn without_totals(survey: &Survey, report: &Report) -> Option<Undecided> {
    let given = report.results.totals.iter().filter(|total| {
        let sum = total.sum.as_ref();
        total.rows.as_ref().is_some_and(Reconciled::agrees) && sum.is_none_or(Reconciled::agrees)
    });
    let given_for: BTreeSet<&str> = given.filter_map(|total| total.archived.as_deref()).collect();
    let lacking = counted(survey).filter(|(joined, name)| {
        let mut parts = joined.parts.iter().map(|at| survey.tables[*at].name.as_str());
        !given_for.contains(name.as_str()) && !parts.all(|part| given_for.contains(part))
    });
    let lacking = lacking.map(|(_, name)| name).collect();
    listed(UndecidedReason::NoTotals, lacking, |count| message!("undecided-totals", count = count))
}

/// The tables that the CRM shows a number of records for, with their names.
pub(super) fn counted(survey: &Survey) -> impl Iterator<Item = (&JoinedTable, String)> {
    let is_counted = |at: &usize| {
        let table = &survey.tables[*at];
        !table.is_ignored() && !table.is_metadata()
    };
    let named = survey.joined.tables.iter().zip(survey.names());
    named.filter(move |(joined, _)| joined.parts.iter().any(is_counted))
}
