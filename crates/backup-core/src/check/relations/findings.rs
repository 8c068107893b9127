//! Findings about keys and references.

use super::keys::Reference;
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::model::{InferredFrom, KeyReport, ReferenceReport};
use crate::outcome::{Check, CheckKind};
use crate::profile::Attachments;
use crate::report::{CheckResults, Report};

/// Adds findings about the keys and references of a report, and the numbers of checks.
///
/// `normal` are the shares of the ids of each reference that name no record in a complete export.
pub(super) fn add(report: &mut Report, normal: &[f64]) {
    let CheckResults { keys, references, checks, .. } = &mut report.results;
    let findings = &mut report.findings;
    findings.extend(keys.iter().flat_map(of_key));
    let with_normal = references.iter().zip(normal);
    findings.extend(with_normal.filter_map(|(it, normal)| of_reference(it, *normal)));
    let looked_up = || references.iter().filter(|reference| reference.looked_up);
    let ids = looked_up().map(|reference| reference.values).fold(0, u64::saturating_add);
    checks.extend([
        Check { kind: CheckKind::Keys, count: keys.len() as u64 },
        Check { kind: CheckKind::References, count: looked_up().count() as u64 },
        Check { kind: CheckKind::Ids, count: ids },
    ]);
}

fn of_key(key: &KeyReport) -> impl Iterator<Item = Finding> {
    let KeyReport { records, missing, repeated, .. } = *key;
    let name = || Message::of_variant("key-", &key.known).with("columns", key.columns.join(", "));
    let repeats = (repeated > 0).then(|| {
        let first = key.first_repeated.unwrap_or_default().to_string();
        message!("key-repeated", key = name(), count = repeated, all = records, first = first)
    });
    let misses = (missing > 0)
        .then(|| message!("key-missing", key = name(), count = missing, all = records));
    let finding = |message| Finding::remark(Code::Key, message).table(&key.table);
    repeats.into_iter().chain(misses).map(finding)
}

fn of_reference(reference: &ReferenceReport, normal: f64) -> Option<Finding> {
    let columns = reference.columns.join(", ");
    let targets = one_of(&reference.targets);
    let message = if reference.targets.is_empty() {
        message!("reference-no-table", columns = columns, count = reference.values)
    } else if !reference.target_exported {
        message!("reference-not-exported", columns = columns, targets = targets)
    } else if !reference.looked_up {
        message!("reference-no-key", columns = columns, targets = targets)
    } else if reference.orphans > 0 && reference.resolved == 0 {
        message!("reference-none", columns = columns, targets = targets, all = reference.values)
    } else if reference.orphans > 0 {
        let records: Vec<_> = reference.orphan_records.iter().map(u64::to_string).collect();
        message!(
            "reference-orphans",
            columns = columns,
            targets = targets,
            count = reference.orphans,
            all = reference.values,
            records = records.join(", ")
        )
    } else {
        return None;
    };
    let mut finding = Finding::remark(Code::Reference, message).table(&reference.table);
    let ReferenceReport { inferred_from, orphans, values, is_of_persons, .. } = reference;
    // What values alone show may be wrong, and many exports have no table of users.
    let is_sure = *inferred_from != Some(InferredFrom::Values);
    let may_lack = *is_of_persons && !reference.target_exported;
    finding.gap = is_sure && !may_lack && *orphans as f64 > *values as f64 * normal;
    Some(finding)
}

/// A finding about the files that a column names, if some are missing.
pub(super) fn of_files(reference: &Reference) -> Option<Finding> {
    let Reference { files: Some(_), report, distinct: [missing, named], .. } = reference else {
        return None;
    };
    let records: Vec<_> = report.orphan_records.iter().map(u64::to_string).collect();
    let message = message!(
        "attachments-missing",
        columns = report.columns.join(", "),
        count = *missing,
        all = *missing + *named,
        pattern = report.targets.join(", "),
        records = records.join(", ")
    );
    let finding = Finding::remark(Code::Attachment, message).table(&report.table).gap();
    (*missing > 0).then(|| finding.expected(missing + named, named))
}

/// A finding about files that no record names, unless these are normal.
pub(super) fn of_spare_files(rule: &Attachments, spare: u64) -> Option<Finding> {
    let pattern = rule.file.as_ref()?.as_str();
    let message = message!("attachments-spare", count = spare, pattern = pattern);
    let finding = Finding::remark(Code::Attachment, message).gap();
    (spare > 0 && !rule.spare_files).then_some(finding)
}

/// `A or B or C`.
fn one_of(names: &[String]) -> Message {
    let names = names.iter().map(Message::from);
    let joined = names.reduce(|one, other| message!("one-or-other", one = one, other = other));
    joined.unwrap_or_else(|| Message::from(""))
}
