//! The sources as they are now, against an archive of how they were: which records were added,
//! removed and changed.
//!
//! While a source is read, each record leaves a hash of its key and one of itself, in runs on the disk.
//! Only tables that turn out different are read from the archive once more, and both sides go by each
//! other in the order of their hashes. So memory is the same for any number of records.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{Read, Seek};
use std::sync::Arc;

use super::changes::{Changes, Hashing, PAIRS};
use super::current::{Current, Seen};
use super::pairing::{MatchResult, Matches, Name, Pairing, is_of};
use super::relations::{KeyLabel, key_label};
use super::sorting::{Merge, Sorter};
use crate::archive::Reader;
use crate::error::Result;
use crate::finding::{Code, Detail, Finding};
use crate::model::{AgainstReport, FileReport, KeyReport, Manifest, Side, TableReport};
use crate::monitor::{Monitor, Phase, checkpoint};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::plan::Plan;
use crate::record::{Digest, Table};
use crate::report::Report;
use crate::source::Discovered;
use crate::source::ingest::{Ingest, Tally};

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

/// The first column that is called as keys are. Whether it is one is seen in its cells.
fn likely_key(table: &Table) -> Vec<usize> {
    let called = |wanted: KeyLabel| {
        let is = |label: &str| key_label(label, &table.name) == Some(wanted);
        table.columns.iter().position(|column| is(&column.label))
    };
    called(KeyLabel::Own).or_else(|| called(KeyLabel::Number)).into_iter().collect()
}

/// Compares an open archive with its sources as they are now, and adds to the report of the archive. An
/// error of the archive's contents leaves the report as it was.
pub(crate) fn compare<R: Read + Seek>(
    report: &mut Report,
    reader: &mut Reader<R>,
    found: Discovered,
    options: &AgainstOptions,
    monitor: &dyn Monitor,
) -> Result<()> {
    let compared = Comparison::new(report, options).run(reader, found, monitor)?;
    report.against = compared.tables;
    report.findings.extend(compared.findings);
    report.not_looked_at.extend(compared.not_looked_at);
    report.checks.push(Check { kind: CheckKind::Sources, count: compared.equal });
    Ok(())
}

/// Why a table or a file was not compared, and what may be done.
fn unclear(file: bool, name: &str) -> SkippedCheck {
    SkippedCheck::Ambiguous { file, name: name.to_owned() }
}

fn digests(files: &[FileReport]) -> HashMap<&str, Digest> {
    files.iter().map(|file| (file.path.as_str(), file.sha256)).collect()
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
    not_looked_at: Vec<SkippedCheck>,
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
        let manifest = reader.manifest().clone();
        let then: Vec<Archived<'_>> = self.then(&tables);
        let pairing = self.pairing(&then, &manifest, &found);
        let mut plan = Plan::to_compare(found);
        let now = loop {
            let now = Current::new(&then, &pairing);
            if let Some(now) = plan.read(Ingest::new(now, monitor), monitor)? {
                break now;
            }
        };
        // What cannot be read now was not compared: neither equal, nor gone, nor new.
        let why = plan.unread().map(|(name, why)| SkippedCheck::UnreadableNow {
            source: name.to_owned(),
            error: why.clone(),
        });
        self.outcome.not_looked_at.extend(why);
        let unread: HashSet<&str> = plan.unread().map(|(name, _)| name).collect();
        let matches = pairing.match_all(&now.tables, &unread);
        self.tables(&then, &now, &matches, reader, monitor)?;
        self.files(&now.tally, &pairing, &unread);
        Ok(self.outcome)
    }

    /// The tables of the archive, with the columns to tell their records apart.
    fn then<'t>(&self, tables: &'t [Table]) -> Vec<Archived<'t>>
    where
        'a: 't,
    {
        let by_name: HashMap<&str, &Table> =
            tables.iter().map(|table| (table.name.as_str(), table)).collect();
        let then = |report: &'a TableReport| {
            let table = *by_name.get(report.name.as_str())?;
            let key = self.options.key_of(table, &self.report.keys);
            Some(Archived { table, report, key })
        };
        self.report.tables.iter().filter_map(then).collect()
    }

    fn pairing(&self, then: &[Archived<'_>], manifest: &Manifest, found: &Discovered) -> Pairing {
        let sheets: HashMap<&str, Option<&str>> = manifest
            .resources
            .iter()
            .map(|table| (table.title.as_str(), table.backup.origin.sheet.as_deref()))
            .collect();
        let name = |then: &Archived<'_>| {
            let sheet = sheets.get(then.table.name.as_str()).copied().flatten();
            Name::of(&then.table.name, then.report.source.as_deref(), sheet)
        };
        let names = then.iter().map(name).collect();
        Pairing::new(names, &manifest.backup.ledger, &found.ledger)
    }

    fn tables<R: Read + Seek>(
        &mut self,
        then: &[Archived<'_>],
        now: &Current<'_>,
        matches: &Matches,
        reader: &mut Reader<R>,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        let seen = |fate: &MatchResult| match fate {
            MatchResult::Current(at) => now.seen[*at].as_ref(),
            _ => None,
        };
        let fates = || then.iter().zip(&matches.then);
        let again = fates().filter(|(_, fate)| matches!(seen(fate), Some(Seen::Records(_))));
        let bytes = again.map(|(then, _)| then.report.bytes).sum();
        monitor.phase(Phase::Comparing, Some(bytes));
        for (then, fate) in fates() {
            let was = then.report;
            let mut table = AgainstReport::of(&was.name);
            let is = match fate {
                MatchResult::Current(at) => now.tally.tables.get(*at).map(|is| is.rows),
                MatchResult::Gone => None,
                MatchResult::Unread => continue,
                MatchResult::Unclear => {
                    self.outcome.not_looked_at.push(unclear(false, &was.name));
                    continue;
                }
            };
            match seen(fate) {
                None => (table.only_in, table.removed) = (Some(Side::Archive), Some(was.rows)),
                Some(Seen::Equal) => table.set_equal(),
                Some(Seen::Columns(changes)) => table.columns = Some(*changes),
                Some(Seen::Records(now)) => {
                    table.set(&then.changes(reader, now.merge()?, monitor)?);
                }
            }
            self.say(table, Some(was.rows), is);
        }
        let names: HashSet<&str> = then.iter().map(|then| then.table.name.as_str()).collect();
        for at in &matches.new {
            let is = &now.tally.tables[*at];
            let name = if names.contains(is.name.as_str()) {
                now.tables[*at].0.in_full()
            } else {
                is.name.clone()
            };
            let (only_in, added) = (Some(Side::Source), Some(is.rows));
            self.say(AgainstReport { only_in, added, ..AgainstReport::of(&name) }, None, None);
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
            finding.detail = match table.only_in {
                Some(Side::Archive) => Some(Detail::Gone),
                Some(Side::Source) => Some(Detail::New),
                None => None,
            };
            self.outcome.findings.push(finding.table(&table.table));
        }
        if table.columns.is_some() {
            let skipped = SkippedCheck::OtherColumns { table: table.table.clone() };
            self.outcome.not_looked_at.push(skipped);
        }
        self.outcome.tables.push(table);
    }

    fn difference(&self, message: String) -> Finding {
        match self.options.require_equal {
            true => Finding::failure(Code::Against, message),
            false => Finding::remark(Code::Against, message),
        }
    }

    fn files(&mut self, now: &Tally, pairing: &Pairing, unread: &HashSet<&str>) {
        let report = self.report;
        let unsure = |path: &str| pairing.is_unsure(path);
        let mut unclear_files = BTreeSet::new();
        let mut differs = |what: &str, path: &str, detail: Detail| {
            let finding = self.difference(format!("{what}: file {path}")).path(path).detail(detail);
            self.outcome.findings.push(finding);
        };
        let mut equal = 0;
        let was: HashMap<&str, Digest> = digests(&report.files);
        let is: HashMap<&str, Digest> = digests(&now.files);
        for file in report.files.iter().filter(|file| !unread.contains(file.path.as_str())) {
            match is.get(file.path.as_str()) {
                Some(other) if *other == file.sha256 => equal += 1,
                _ if unsure(&file.path) => {
                    unclear_files.insert(file.path.as_str());
                }
                Some(_) => differs("the source has changed", &file.path, Detail::Changed),
                None if is_of(unread, &file.path) => {}
                None => differs("the source no longer has", &file.path, Detail::Gone),
            }
        }
        for other in now.files.iter().filter(|file| !unread.contains(file.path.as_str())) {
            match was.contains_key(other.path.as_str()) {
                false if unsure(&other.path) => {
                    unclear_files.insert(&other.path);
                }
                false => differs("the source now has another", &other.path, Detail::New),
                true => {}
            }
        }
        let why = unclear_files.into_iter().map(|path| unclear(true, path));
        self.outcome.not_looked_at.extend(why);
        self.outcome.equal += equal;
    }
}

/// A table as the archive has it.
pub(super) struct Archived<'a> {
    pub(super) table: &'a Table,
    pub(super) report: &'a TableReport,
    pub(super) key: Vec<usize>,
}

impl Archived<'_> {
    /// Reads the table from the archive again, and compares its records with those of now.
    fn changes<R: Read + Seek>(
        &self,
        reader: &mut Reader<R>,
        now: Merge<'_>,
        monitor: &dyn Monitor,
    ) -> Result<Changes> {
        monitor.working_on(&self.table.name);
        let mut hashing = Hashing::new(self.table, &self.key);
        let mut pairs = Sorter::holding(PAIRS, &Arc::default());
        let (mut records, mut bytes) = (0u64, 0);
        reader.records(&self.table.name, |record| {
            pairs.push(hashing.pair(record)?)?;
            (records, bytes) = (records + 1, bytes + hashing.text.len() as u64);
            if records.is_multiple_of(1024) {
                checkpoint(monitor)?;
                monitor.advance(std::mem::take(&mut bytes));
            }
            Ok(())
        })?;
        monitor.advance(bytes);
        let then = pairs.sorted();
        let is_key = !self.key.is_empty() && !hashing.null_key;
        Changes::between(then.merge()?, now, is_key, monitor)
    }
}
