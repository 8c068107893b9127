//! What is said of keys, references and values.

use super::types::Kind;
use super::watch::Numbered;
use super::{Gathered, KeyReport, ReferenceReport};
use crate::archive::package::Known;
use crate::finding::{Code, Detail, Finding};
use crate::outcome::{Check, CheckKind};
use crate::report::Report;

/// Says what is worth saying, and what was looked at.
pub(super) fn all(report: &mut Report) {
    let findings: Vec<Finding> = report
        .keys
        .iter()
        .flat_map(of_key)
        .chain(report.references.iter().flat_map(of_reference))
        .collect();
    report.findings.extend(findings);
    let looked_up = || report.references.iter().filter(|reference| reference.looked_up);
    let checks = [
        Check { kind: CheckKind::Keys, count: report.keys.len() as u64 },
        Check { kind: CheckKind::References, count: looked_up().count() as u64 },
        Check {
            kind: CheckKind::Ids,
            count: looked_up().map(|reference| reference.values).fold(0, u64::saturating_add),
        },
    ];
    report.checks.extend(checks);
}

fn of_key(key: &KeyReport) -> Vec<Finding> {
    let name =
        format!("the {} key of table {} ({})", known(key.known), key.table, key.columns.join(", "));
    let mut said = Vec::new();
    if key.repeated > 0 {
        let first = key.first_repeated.unwrap_or_default();
        let message = format!(
            "{name} is repeated: in {} of {} records, first in record {first}",
            key.repeated, key.records
        );
        said.push((message, Detail::KeyRepeated));
    }
    if key.missing > 0 {
        let message = format!("{name} is missing in {} of {} records", key.missing, key.records);
        said.push((message, Detail::KeyMissing));
    }
    let finding =
        |(message, detail)| Finding::remark(Code::Key, message).detail(detail).table(&key.table);
    said.into_iter().map(finding).collect()
}

fn of_reference(reference: &ReferenceReport) -> Option<Finding> {
    let columns = reference.columns.join(", ");
    let targets = reference.targets.join(" or ");
    let table = &reference.table;
    let (message, detail) = if !reference.target_exported {
        let message = format!(
            "column {columns} of table {table} refers to {targets}, which is not in the archive"
        );
        (message, Detail::TargetNotExported)
    } else if !reference.looked_up {
        let message = format!(
            "column {columns} of table {table} refers to {targets}, which has no such key: nothing was \
             looked up"
        );
        (message, Detail::NotLookedUp)
    } else if reference.orphans > 0 {
        let records: Vec<_> = reference.orphan_records.iter().map(u64::to_string).collect();
        let message = format!(
            "{} of {} values in column {columns} of table {table} name no record of {targets}, as in the \
             source; first in record {}",
            reference.orphans,
            reference.values,
            records.join(", ")
        );
        (message, Detail::Orphans)
    } else {
        return None;
    };
    Some(Finding::remark(Code::Reference, message).detail(detail).table(table))
}

/// Says which values are not what the user says of their columns, and how many were looked at.
pub(super) fn of_values(table: &Gathered<'_>, report: &mut Report) {
    let (name, mut read) = (&table.plan.name, 0);
    let mut say = |column: usize, message: &dyn Fn(&str) -> String| {
        let message = message(&format!("column {} of table {name}", table.plan.labels[column]));
        report.findings.push(Finding::remark(Code::Value, message).table(name));
    };
    for (field, plan) in table.fields.iter().zip(&table.plan.fields) {
        let records = field.values + field.missing.count;
        if let Some(kind) = called(&plan.kind) {
            read += field.values;
            let Numbered { count, first } = field.odd;
            if count > 0 {
                let all = field.values;
                say(plan.column, &|column| {
                    format!(
                        "{count} of {all} values in {column} are no {kind}, first in record {first}"
                    )
                });
            }
        }
        let Numbered { count, first } = field.missing;
        if plan.required && count > 0 {
            say(plan.column, &|column| {
                format!(
                    "{column} is required, and has no value in {count} of {records} records, first in record {first}"
                )
            });
        }
    }
    for key in &table.plan.unique {
        let (key, column) = (&table.keys[*key], table.plan.keys[*key].columns[0]);
        if let (Some(first), repeated) = (key.first_repeated, key.repeated) {
            let records = key.records;
            say(column, &|column| {
                format!(
                    "{column} is to be unique, and {repeated} of {records} records repeat a value, first record {first}"
                )
            });
        }
    }
    if table.fields.iter().zip(&table.plan.fields).any(|(_, plan)| called(&plan.kind).is_some()) {
        let kind = CheckKind::Values;
        match report.checks.iter_mut().find(|check| check.kind == kind) {
            Some(check) => check.count += read,
            None => report.checks.push(Check { kind, count: read }),
        }
    }
}

fn called(kind: &Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Any => return None,
        Kind::Integer(_) => "integer",
        Kind::Number(_) => "number",
        Kind::Boolean(_) => "boolean",
        Kind::Date => "date",
        Kind::Time => "time",
        Kind::DateTime => "datetime",
        Kind::Year => "year",
    })
}

fn known(known: Known) -> &'static str {
    match known {
        Known::Declared => "declared",
        Known::Given => "given",
        Known::Inferred => "inferred",
    }
}
