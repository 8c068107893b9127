//! The sources as they are now, against an archive of how they were: which records were added,
//! removed and changed.
//!
//! While a source is read, each record leaves a hash of its key and one of itself, in runs on the disk.
//! Only tables that turn out different are read from the archive once more, and both sides go by each
//! other in the order of their hashes. So memory is the same for any number of records.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::{Read, Seek};
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::KeyReport;
use super::changes::{Changes, Hashing};
use super::now::{Now, Seen};
use super::runs::{Merge, Runs};
use crate::archive::{Identity, Reader};
use crate::error::Result;
use crate::finding::{Code, Finding};
use crate::monitor::{Monitor, Phase, checkpoint};
use crate::plan::Plan;
use crate::record::Table;
use crate::report::{Check, Report, TableReport};
use crate::source::Discovered;
use crate::source::intake::{Intake, Tally};
use crate::verify::{open, refused};

/// How an archive is compared with its sources as they are now.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct AgainstOptions {
    /// Whether a difference is a failure. Otherwise it is a remark: a live CRM moves on.
    pub require_equal: bool,
    /// The columns that tell a table's records apart, by their positions, counted from 0. A table that
    /// is not here is tried with a key that the report knows, or a column that is labelled as an id;
    /// none at all means no key.
    pub keys: BTreeMap<String, Vec<usize>>,
}

impl AgainstOptions {
    /// Sets whether a difference is a failure.
    pub fn require_equal(mut self, require: bool) -> Self {
        self.require_equal = require;
        self
    }

    /// Sets the columns that tell a table's records apart.
    pub fn key(mut self, table: impl Into<String>, columns: impl Into<Vec<usize>>) -> Self {
        self.keys.insert(table.into(), columns.into());
        self
    }

    /// The columns of a key, if there is one to try: what was set, or what the look at keys has found
    /// to be one, or what is called so.
    fn key_of(&self, table: &Table, found: &[KeyReport]) -> Vec<usize> {
        let set = self.keys.get(&table.name).cloned();
        let key = set.or_else(|| found_key(table, found)).unwrap_or_else(|| likely_key(table));
        if key.iter().all(|column| *column < table.columns.len()) { key } else { Vec::new() }
    }
}

/// The first key of a table that was found to be unique and present.
fn found_key(table: &Table, found: &[KeyReport]) -> Option<Vec<usize>> {
    let holds = |key: &&KeyReport| key.table == table.name && key.missing + key.repeated == 0;
    let key = found.iter().find(holds)?;
    let position = |name: &String| table.columns.iter().position(|column| column.label == *name);
    key.columns.iter().map(position).collect()
}

/// The first column that is labelled as CRMs label ids. Whether it is a key is seen in its cells.
fn likely_key(table: &Table) -> Vec<usize> {
    let is_id = |label: &str| match label.strip_prefix("(Do Not Modify) ") {
        // Beside the id of a record, its state is marked so.
        Some(rest) => !matches!(rest, "Row Checksum" | "Modified On"),
        None => {
            let ascii = ["id", "record id"].iter().any(|id| label.eq_ignore_ascii_case(id));
            ascii || matches!(label, "唯一性ID（必填）" | "唯一性ID")
        }
    };
    table.columns.iter().position(|column| is_id(&column.label)).into_iter().collect()
}

/// A table in the archive, against the same in the sources as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AgainstReport {
    /// The table.
    pub table: String,
    /// Whether the same records are there.
    pub equal: bool,
    /// Whether the same records are there, but in another order.
    pub other_order: bool,
    /// The only place that has this table, if the other has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_in: Option<Side>,
    /// How its columns differ; its records were not compared then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<ColumnChanges>,
    /// How many records were added since the export, if they were compared.
    pub added: Option<u64>,
    /// How many were removed.
    pub removed: Option<u64>,
    /// How many were changed; without a key, a changed record is one removed and one added.
    pub changed: Option<u64>,
    /// Whether a key told which record is which: it is unique in the archive, and nowhere null.
    pub by_key: bool,
}

/// One of the two that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The archive.
    Archive,
    /// The sources as they are now.
    Source,
}

/// How the columns of a table differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ColumnChanges {
    /// How many there are now and were not.
    pub added: u64,
    /// How many there were and are not now.
    pub removed: u64,
    /// How many may hold other kinds of cells, as a CSV file and a workbook differ.
    pub other_kinds: u64,
    /// Whether the same ones stand in another order.
    pub other_order: bool,
}

impl ColumnChanges {
    /// `None` if the columns are the same.
    pub(super) fn between(then: &Table, now: &Table) -> Option<Self> {
        if then.columns == now.columns {
            return None;
        }
        let labels = |table: &Table| -> Vec<String> {
            table.columns.iter().map(|column| column.label.clone()).collect()
        };
        if labels(then) == labels(now) {
            let pairs = then.columns.iter().zip(&now.columns);
            let other_kinds = pairs.filter(|(then, now)| then.kind != now.kind).count() as u64;
            return Some(Self { other_kinds, ..Self::default() });
        }
        let mut counts: HashMap<String, i64> = HashMap::new();
        labels(now).into_iter().for_each(|label| *counts.entry(label).or_default() += 1);
        labels(then).into_iter().for_each(|label| *counts.entry(label).or_default() -= 1);
        let many = |sign: i64| counts.values().map(|count| (sign * count).max(0) as u64).sum();
        let (added, removed) = (many(1), many(-1));
        Some(Self { added, removed, other_kinds: 0, other_order: added + removed == 0 })
    }
}

/// In words, such as `3 records added, 1 changed`.
impl fmt::Display for AgainstReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(columns) = &self.columns {
            return write!(f, "records not compared, as {columns}");
        }
        match self.only_in {
            Some(Side::Archive) => return f.write_str("the source no longer has it"),
            Some(Side::Source) => return f.write_str("the source has it, and the archive has not"),
            None if self.other_order => return f.write_str("the same records, in another order"),
            None if self.equal => return f.write_str("equal"),
            None => {}
        }
        let counts = [(self.added, "added"), (self.removed, "removed"), (self.changed, "changed")];
        list(f, counts.map(|(count, what)| (count.unwrap_or(0), what)), "record", "records")?;
        f.write_str(if self.by_key { "" } else { " (no key tells which of them were changed)" })
    }
}

impl fmt::Display for ColumnChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.other_order {
            return f.write_str("its columns stand in another order now");
        }
        let counts = [
            (self.added, "added"),
            (self.removed, "removed"),
            (self.other_kinds, "of other kinds"),
        ];
        f.write_str("its columns differ now: ")?;
        list(f, counts, "column", "columns")
    }
}

/// What there is any of, and of what only at the first.
fn list(
    f: &mut fmt::Formatter<'_>,
    counts: [(u64, &str); 3],
    one: &str,
    many: &str,
) -> fmt::Result {
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    for (at, (count, what)) in counts.enumerate() {
        let unit = if count == 1 { one } else { many };
        match at {
            0 => write!(f, "{count} {unit} {what}")?,
            _ => write!(f, ", {count} {what}")?,
        }
    }
    Ok(())
}

/// Reads the sources as they are now, and compares them with an archive that was proven, by the report
/// of [`restore_test`](crate::restore_test) or [`verify`](crate::verify) that it adds to.
///
/// Of each table it says whether it is equal, or how many records were added, removed and changed. A
/// difference is a remark, unless [`AgainstOptions::require_equal`] makes it a failure. Records in
/// another order are the same records. A source that cannot be read now, and a table that has other
/// columns now, were not compared, and the report is then `unverified`.
///
/// # Errors
///
/// Whatever keeps the sources, or the archive, from being read.
pub fn compare_with_sources(
    report: &mut Report,
    archive: &Path,
    identities: &[Identity],
    found: Discovered,
    options: &AgainstOptions,
    monitor: &dyn Monitor,
) -> Result<()> {
    let started = Instant::now();
    let mut reader = open(archive, identities)?;
    if let Some(tested) = report.archive_id.filter(|id| *id != reader.archive_id()) {
        let message = "another archive stands in the place of the one that was tested";
        let finding = Finding::failure(Code::ContentId, message);
        report.findings.push(finding.expected(tested, reader.archive_id()));
        return Ok(());
    }
    let compared = Comparison::new(report, options).run(&mut reader, found, monitor);
    let Some(compared) = refused(compared, report)? else { return Ok(()) };
    report.against = compared.tables;
    report.findings.extend(compared.findings);
    report.not_looked_at.extend(compared.not_looked_at);
    let what = "tables and files equal in the source as it is now";
    report.checks.push(Check { what, count: compared.equal });
    report.timings.push(("compare", started.elapsed()));
    Ok(())
}

/// What is said of a source, without its name before it.
fn without<'a>(why: &'a str, name: &str) -> &'a str {
    let rest = why.strip_prefix(name).unwrap_or(why);
    rest.strip_prefix([',', ':']).unwrap_or(rest).trim_start()
}

/// What is compared, and what came of it.
struct Comparison<'a> {
    report: &'a Report,
    options: &'a AgainstOptions,
    outcome: Outcome,
}

#[derive(Default)]
struct Outcome {
    tables: Vec<AgainstReport>,
    findings: Vec<Finding>,
    not_looked_at: Vec<String>,
    equal: u64,
}

impl<'a> Comparison<'a> {
    fn new(report: &'a Report, options: &'a AgainstOptions) -> Self {
        Self { report, options, outcome: Outcome::default() }
    }

    fn run<R: Read + Seek>(
        mut self,
        reader: &mut Reader<R>,
        found: Discovered,
        monitor: &dyn Monitor,
    ) -> Result<Outcome> {
        let tables = reader.tables().to_vec();
        let then: HashMap<&str, Then<'_>> = self
            .report
            .tables
            .iter()
            .filter_map(|report| {
                let table = tables.iter().find(|table| table.name == report.name)?;
                let key = self.options.key_of(table, &self.report.keys);
                Some((report.name.as_str(), Then { table, report, key }))
            })
            .collect();
        let mut plan = Plan::to_compare(found);
        let now = loop {
            if let Some(now) = plan.read(Intake::new(Now::new(&then)?, monitor), monitor)? {
                break now;
            }
        };
        // What cannot be read now was not compared: neither equal, nor gone, nor new.
        let why = plan.unread().map(|(name, why)| {
            format!("{name}, as it is now, cannot be read and compared: {}", without(why, name))
        });
        self.outcome.not_looked_at.extend(why);
        let unread: Vec<&str> = plan.unread().map(|(name, _)| name).collect();
        self.tables(&then, &now, &unread, reader, monitor)?;
        self.files(&now.tally, &unread);
        Ok(self.outcome)
    }

    fn tables<R: Read + Seek>(
        &mut self,
        then: &HashMap<&str, Then<'_>>,
        now: &Now<'_>,
        unread: &[&str],
        reader: &mut Reader<R>,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        let again = |was: &&TableReport| matches!(now.seen.get(&was.name), Some(Seen::Records(_)));
        let bytes = self.report.tables.iter().filter(again).map(|was| was.bytes).sum();
        monitor.phase(Phase::Comparing, Some(bytes));
        for was in &self.report.tables {
            let Some(then) = then.get(was.name.as_str()) else { continue };
            if was.source.as_deref().is_some_and(|source| unread.contains(&source)) {
                continue;
            }
            let mut table = AgainstReport::of(&was.name);
            match now.seen.get(&was.name) {
                None => (table.only_in, table.removed) = (Some(Side::Archive), Some(was.rows)),
                Some(Seen::Equal) => table.set_equal(),
                Some(Seen::Columns(changes)) => table.columns = Some(*changes),
                Some(Seen::Records(ranges)) => {
                    let now = now.runs.merge(ranges.clone())?;
                    table.set(&then.changes(reader, now, monitor)?);
                }
            }
            let is = now.tally.tables.iter().find(|is| is.name == was.name);
            self.say(table, Some(was.rows), is.map(|is| is.rows));
        }
        for is in now.tally.tables.iter().filter(|is| !then.contains_key(is.name.as_str())) {
            let (only_in, added) = (Some(Side::Source), Some(is.rows));
            self.say(AgainstReport { only_in, added, ..AgainstReport::of(&is.name) }, None, None);
        }
        Ok(())
    }

    /// Notes a table, and says what there is to say.
    fn say(&mut self, table: AgainstReport, was: Option<u64>, is: Option<u64>) {
        if table.equal {
            self.outcome.equal += 1;
        }
        if !table.equal || table.other_order {
            let message = format!("the source as it is now, table {}: {table}", table.table);
            let mut finding = match table.equal {
                true => Finding::remark(Code::Against, message),
                false => self.difference(message),
            };
            if let (Some(was), Some(is)) = (was, is)
                && was != is
            {
                finding = finding.expected(format!("{was} records"), format!("{is} records"));
            }
            self.outcome.findings.push(finding.table(&table.table));
        }
        if table.columns.is_some() {
            let why = format!("the records of table {}: it has other columns now", table.table);
            self.outcome.not_looked_at.push(why);
        }
        self.outcome.tables.push(table);
    }

    fn difference(&self, message: String) -> Finding {
        match self.options.require_equal {
            true => Finding::failure(Code::Against, message),
            false => Finding::remark(Code::Against, message),
        }
    }

    fn files(&mut self, now: &Tally, unread: &[&str]) {
        let report = self.report;
        let mut differs = |what: &str, path: &str| {
            let finding = self.difference(format!("{what}: file {path}")).path(path);
            self.outcome.findings.push(finding);
        };
        let mut equal = 0;
        for file in report.files.iter().filter(|file| !unread.contains(&file.path.as_str())) {
            match now.files.iter().find(|other| other.path == file.path) {
                Some(other) if other.sha256 == file.sha256 => equal += 1,
                Some(_) => differs("the source has changed", &file.path),
                None => differs("the source no longer has", &file.path),
            }
        }
        for other in now.files.iter().filter(|file| !unread.contains(&file.path.as_str())) {
            if !report.files.iter().any(|file| file.path == other.path) {
                differs("the source now has another", &other.path);
            }
        }
        self.outcome.equal += equal;
    }
}

impl AgainstReport {
    fn of(table: &str) -> Self {
        Self {
            table: table.to_owned(),
            equal: false,
            other_order: false,
            only_in: None,
            columns: None,
            added: None,
            removed: None,
            changed: None,
            by_key: false,
        }
    }

    fn set_equal(&mut self) {
        self.equal = true;
        (self.added, self.removed, self.changed) = (Some(0), Some(0), Some(0));
    }

    fn set(&mut self, changes: &Changes) {
        let Changes { added, removed, changed, unique } = *changes;
        self.by_key = unique;
        // Without a key it cannot be told which record became which.
        let both = if unique { 0 } else { changed };
        self.added = Some(added + both);
        self.removed = Some(removed + both);
        self.changed = Some(changed - both);
        // It is known to differ: if not in its records, then in their order.
        self.equal = added + removed + changed == 0;
        self.other_order = self.equal;
    }
}

/// A table as the archive has it.
pub(super) struct Then<'a> {
    pub(super) table: &'a Table,
    pub(super) report: &'a TableReport,
    pub(super) key: Vec<usize>,
}

impl Then<'_> {
    /// Reads the table from the archive again, and compares its records with those of now.
    fn changes<R: Read + Seek>(
        &self,
        reader: &mut Reader<R>,
        now: Merge<'_>,
        monitor: &dyn Monitor,
    ) -> Result<Changes> {
        monitor.working_on(&self.table.name);
        let (mut hashing, mut runs) = (Hashing::new(self.table, &self.key), Runs::new()?);
        let (mut records, mut bytes) = (0u64, 0);
        reader.records(&self.table.name, |record| {
            runs.add(hashing.pair(record)?)?;
            (records, bytes) = (records + 1, bytes + hashing.text.len() as u64);
            if records.is_multiple_of(1024) {
                checkpoint(monitor)?;
                monitor.advance(std::mem::take(&mut bytes));
            }
            Ok(())
        })?;
        monitor.advance(bytes);
        let ranges = runs.finish()?;
        let is_key = !self.key.is_empty() && !hashing.null_key;
        Changes::between(runs.merge(ranges)?, now, is_key, monitor)
    }
}
