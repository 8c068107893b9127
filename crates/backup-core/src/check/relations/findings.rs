//! Findings about keys and references.

use super::{KeyReport, ReferenceReport};
use crate::finding::{Code, Detail, Finding};
use crate::model::Provenance;
use crate::outcome::{Check, CheckKind};
use crate::report::Report;

/// Adds the findings about the keys and references of a report, and what was checked.
pub(super) fn add(report: &mut Report) {
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

fn known(known: Provenance) -> &'static str {
    match known {
        Provenance::Declared => "declared",
        Provenance::Given => "given",
        Provenance::Inferred => "inferred",
    }
}
