//! Compares an export with the last one in a history, to find tables that lost most of their
//! records.

use std::collections::{BTreeMap, HashMap};

use super::entry::{Entry, RunKind};
use super::exported::{ExportedTable, Shrunk};
use super::time;
use crate::check::without_date;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::part_names::Numbered;
use crate::report::{Report, RunOutcome};

/// Compares an export with the last one of the same data. A table, the files, and a column must
/// have at least `percent` of what they had.
pub(super) fn findings(
    entries: &[Entry],
    now: &Entry,
    report: &Report,
    percent: u8,
) -> Vec<Finding> {
    let Some(now_tables) = &now.tables else { return Vec::new() };
    let now_tables = by_undated_name(now_tables);
    let Some((before, tables)) = last_of_same_data(entries, now, &now_tables) else {
        return Vec::new();
    };
    let then_tables = by_undated_name(tables);
    let (then_tables, now_tables) =
        (joined(&then_tables, &now_tables), joined(&now_tables, &then_tables));
    let (when, share) = (|| time::text(before.when), u64::from(percent));
    let shrunk = |message| Finding::remark(Code::Shrunk, message).gap();
    let joined = report.results.joined.iter();
    let first_parts: HashMap<_, _> =
        joined.filter_map(|whole| Some((&whole.name, whole.parts.first()?))).collect();
    let tables = report.contents.tables.iter();
    let reports: HashMap<_, _> = tables.map(|table| (&table.name, table)).collect();
    let mut findings = Vec::new();
    for (undated, then) in then_tables {
        let Some(now) = now_tables.get(&undated) else {
            let finding = shrunk(message!("shrunk-no-table", when = when()));
            findings.push(finding.table(then.name).expected(then.records, 0));
            continue;
        };
        if is_less(now.records, then.records, percent) {
            let finding = shrunk(message!("shrunk-table", percent = share, when = when()));
            findings.push(finding.table(now.name).expected(then.records, now.records));
        }
        if let (Some(then), Some(now)) = (then.alone, now.alone) {
            let labels = reports.get(first_parts.get(now.0).copied().unwrap_or(now.0));
            for (column, (label, _)) in labels.iter().flat_map(|it| &it.nulls).enumerate() {
                if has_lost_values(then.1, now.1, column, percent) {
                    let message = message!("shrunk-column", column = label, when = when());
                    let nulls = [then.1, now.1].map(|it| it.nulls(column));
                    findings.push(shrunk(message).table(now.0).expected(nulls[0], nulls[1]));
                }
            }
        }
    }
    let [then, now] = [before, now].map(|entry| entry.files.unwrap_or_default());
    if is_less(now, then, percent) {
        let message = message!("shrunk-files", percent = share, when = when());
        findings.push(shrunk(message).expected(then, now));
    }
    findings
}

/// The tables whose names are equal but for dates.
#[derive(Clone, Copy)]
struct SameTables<'a> {
    /// The name of the last of them.
    name: &'a String,
    records: u64,
    /// The table, if there is only one. Only then, columns can be compared.
    alone: Option<(&'a String, &'a ExportedTable)>,
}

fn by_undated_name(tables: &BTreeMap<String, ExportedTable>) -> BTreeMap<String, SameTables<'_>> {
    let mut same: BTreeMap<String, SameTables<'_>> = BTreeMap::new();
    for (name, table) in tables {
        let (records, alone) = (table.records, Some((name, table)));
        add(&mut same, without_date(name), SameTables { name, records, alone });
    }
    same
}

fn add<'a>(tables: &mut BTreeMap<String, SameTables<'a>>, undated: String, table: SameTables<'a>) {
    let add = |it: &mut SameTables<'a>| {
        let records = it.records.saturating_add(table.records);
        *it = SameTables { records, alone: None, ..table };
    };
    tables.entry(undated).and_modify(add).or_insert(table);
}

/// The tables of an export. Parts are one table if the other export has this table as a whole.
fn joined<'a>(
    tables: &BTreeMap<String, SameTables<'a>>,
    others: &BTreeMap<String, SameTables<'_>>,
) -> BTreeMap<String, SameTables<'a>> {
    let mut joined = BTreeMap::new();
    for (undated, table) in tables {
        add(&mut joined, name_in(others, undated).to_owned(), *table);
    }
    joined
}

/// The undated name of a table, or that of the table that it is a part of, if these tables have it
/// as a whole.
fn name_in<'a>(tables: &BTreeMap<String, SameTables<'_>>, undated: &'a str) -> &'a str {
    let part = Numbered::of(undated).filter(Numbered::is_part);
    match part.filter(|part| tables.contains_key(part.stem)) {
        Some(part) if !tables.contains_key(undated) => part.stem,
        _ => undated,
    }
}

/// The last export of the same data, with its tables: into the same folder, with the same name but
/// for its date; if there is none, the last one that has at least half of its tables in common with
/// this one. An export that failed, or that was reported as smaller, does not count.
fn last_of_same_data<'a>(
    entries: &'a [Entry],
    now: &Entry,
    now_tables: &BTreeMap<String, SameTables<'_>>,
) -> Option<(&'a Entry, &'a BTreeMap<String, ExportedTable>)> {
    let is_complete = |entry: &&Entry| {
        entry.what == RunKind::Export
            && matches!(entry.verdict, RunOutcome::Proven | RunOutcome::Unverified)
            && entry.shrunk != Some(Shrunk::Reported)
    };
    let exports = || {
        let exports = entries.iter().rev().filter(is_complete);
        exports.filter_map(|entry| Some((entry, entry.tables.as_ref()?)))
    };
    let name = undated_archive(&now.archive);
    let is_same =
        |entry: &Entry| entry.folder == now.folder && undated_archive(&entry.archive) == name;
    let mut undated: HashMap<&String, String> = HashMap::new();
    let mut has_half = |tables: &'a BTreeMap<String, ExportedTable>| {
        let is_known = |name: &&'a String| {
            let name = undated.entry(name).or_insert_with(|| without_date(name));
            now_tables.contains_key(name_in(now_tables, name))
        };
        !tables.is_empty() && 2 * tables.keys().filter(is_known).count() >= tables.len()
    };
    exports()
        .find(|(entry, _)| is_same(entry))
        .or_else(|| exports().find(|(_, tables)| has_half(tables)))
}

/// The name of an archive without its ending and its date.
fn undated_archive(name: &str) -> String {
    let stem = [".age", ".zst", ".tar"]
        .into_iter()
        .fold(name, |name, ending| name.strip_suffix(ending).unwrap_or(name));
    without_date(stem)
}

/// Whether `now` is less than `percent` of `then`.
fn is_less(now: u64, then: u64, percent: u8) -> bool {
    u128::from(now) * 100 < u128::from(then) * u128::from(percent)
}

/// Whether a column had values in at least `percent` of the records, and this share is now less
/// than `percent` of what it was.
fn has_lost_values(then: &ExportedTable, now: &ExportedTable, column: usize, percent: u8) -> bool {
    let are_same_columns = then.labels.is_some() && then.labels == now.labels;
    let filled = |table: &ExportedTable| table.records.saturating_sub(table.nulls(column));
    let (filled_then, filled_now) = (u128::from(filled(then)), u128::from(filled(now)));
    let (records_then, records_now) = (u128::from(then.records), u128::from(now.records));
    are_same_columns
        && !is_less(filled(then), then.records, percent)
        && filled_now * 100 * records_then < u128::from(percent) * filled_then * records_now
}

#[cfg(test)]
mod tests {
    use super::super::occasion::Occasion;
    use super::*;
    use crate::command::Command;

    fn export(tables: &[(&str, u64)]) -> Entry {
        let occasion = Occasion::default();
        let path = "crm.tar".as_ref();
        let mut entry = Entry::new(RunKind::Export, path, RunOutcome::Proven, None, &occasion);
        let table = |records| ExportedTable { records, ..ExportedTable::default() };
        let tables = tables.iter().map(|(name, records)| ((*name).to_owned(), table(*records)));
        entry.tables = Some(tables.collect());
        entry
    }

    #[test]
    fn parts_in_an_older_line_are_compared_with_the_whole_table() {
        let tables = |then: &[(&str, u64)], now: &[(&str, u64)]| {
            let report = Report::new(Command::Export);
            let found = findings(&[export(then)], &export(now), &report, 50);
            found.into_iter().map(|it| it.table.unwrap_or_default()).collect::<Vec<_>>()
        };
        let parts = [("Deals_001", 100), ("Deals_002", 100), ("Deals_003", 5)];
        assert!(tables(&parts, &[("Deals", 199)]).is_empty());
        assert_eq!(tables(&parts, &[("Deals", 99)]), ["Deals"]);
        assert!(tables(&[("Deals", 205)], &parts).is_empty(), "they are no longer joined");
        assert_eq!(tables(&parts, &parts[..1]), ["Deals_002", "Deals_003"]);
        assert_eq!(tables(&parts, &[("Leads", 205)]), ["Deals_001", "Deals_002", "Deals_003"]);
    }
}
