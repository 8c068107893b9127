//! What is said of keys and references.

use super::{KeyReport, ReferenceReport};
use crate::archive::package::Known;
use crate::finding::{Code, Finding};
use crate::report::{Check, Report};

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
        Check { what: "keys looked at", count: report.keys.len() as u64 },
        Check { what: "references looked at", count: looked_up().count() as u64 },
        Check {
            what: "ids in references looked up",
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
        said.push(format!(
            "{name} is repeated: in {} of {} records, first in record {first}",
            key.repeated, key.records
        ));
    }
    if key.missing > 0 {
        said.push(format!("{name} is missing in {} of {} records", key.missing, key.records));
    }
    let finding = |message| Finding::remark(Code::Key, message).table(&key.table);
    said.into_iter().map(finding).collect()
}

fn of_reference(reference: &ReferenceReport) -> Option<Finding> {
    let columns = reference.columns.join(", ");
    let targets = reference.targets.join(" or ");
    let table = &reference.table;
    let message = if !reference.target_exported {
        format!(
            "column {columns} of table {table} refers to {targets}, which is not in the archive"
        )
    } else if !reference.looked_up {
        format!(
            "column {columns} of table {table} refers to {targets}, which has no such key: nothing was \
             looked up"
        )
    } else if reference.orphans > 0 {
        let records: Vec<_> = reference.orphan_records.iter().map(u64::to_string).collect();
        format!(
            "{} of {} values in column {columns} of table {table} name no record of {targets}, as in the \
             source; first in record {}",
            reference.orphans,
            reference.values,
            records.join(", ")
        )
    } else {
        return None;
    };
    Some(Finding::remark(Code::Reference, message).table(table))
}

fn known(known: Known) -> &'static str {
    match known {
        Known::Declared => "declared",
        Known::Given => "given",
        Known::Inferred => "inferred",
    }
}
