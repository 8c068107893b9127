//! Compares an archive with its current sources: which records were added, removed and changed.
//!
//! While the sources are read, a hash of its key and a hash of its contents are stored for each
//! record. The hashes are sorted in runs on the disk. Only tables that differ are read from the
//! archive again. Then the hashes of both sides are merged in order, so the memory does not depend
//! on the number of records.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{Read, Seek};

use super::changes::{Changes, PAIRS, Pairs};
use super::current::{Archived, Current};
use super::left_out::LeftOut;
use super::pairing::{
    MatchCandidate, MatchResult, Matches, PairName, Pairing, RenamedSources, is_of,
};
use super::relations::{Hashing, KeyLabel, key_label};
use super::sorting::Sorter;
use crate::archive::Reader;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::joined::{JoinedTables, Whole};
use crate::ledger_code::LedgerCode;
use crate::model::{AgainstReport, FileReport, KeyReport, Origin, Side};
use crate::monitor::{Monitor, Phase, checkpoint_every};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::plan::Plan;
use crate::record::{Digest, Table};
use crate::report::{Report, incomplete, remarks};
use crate::source::Discovered;
use crate::source::ingest::Ingest;
use crate::suggestions::suggestions;
use crate::table_names::{FoundTable, Name, TableNames};

/// How an archive is compared with its current sources.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct AgainstOptions {
    /// Whether a difference is a failure. Otherwise it is a note, because a live CRM changes.
    pub require_equal: bool,
    /// The key columns of tables: positions, counted from 0. An empty list means that the table has
    /// no key. For a table that is not listed, a key is used that the report found to be unique, or
    /// else the first column whose label suggests a key, such as `id`.
    pub keys: BTreeMap<String, Vec<usize>>,
    /// Tables of the archive, and the names that they have in the sources now. A name is that of a
    /// table or of a source with one table.
    pub map: Vec<(String, String)>,
}

impl AgainstOptions {
    /// Sets whether a difference is a failure.
    pub fn require_equal(mut self, require: bool) -> Self {
        self.require_equal = require;
        self
    }

    /// Sets the key columns of a table.
    pub fn key(mut self, table: impl Into<String>, columns: impl Into<Vec<usize>>) -> Self {
        self.keys.insert(table.into(), columns.into());
        self
    }

    /// Pairs a table of the archive with a table of the sources that has another name now.
    pub fn map(mut self, archived: impl Into<String>, current: impl Into<String>) -> Self {
        self.map.push((archived.into(), current.into()));
        self
    }

    /// The key columns of a table of this name, or of all its parts: those that were set, a unique
    /// key in the report, or the first column whose label suggests a key. Empty if there is none, or
    /// if a column does not exist.
    fn key_of(&self, name: &str, table: &Table, found: &[KeyReport]) -> Vec<usize> {
        let set = self.keys.get(name).or_else(|| self.keys.get(&table.name)).cloned();
        let key =
            set.or_else(|| found_key(name, table, found)).unwrap_or_else(|| likely_key(table));
        if key.iter().all(|column| *column < table.columns.len()) { key } else { Vec::new() }
    }
}

/// The first key of a table that the check found to be unique and never null.
fn found_key(name: &str, table: &Table, found: &[KeyReport]) -> Option<Vec<usize>> {
    let holds = |key: &&KeyReport| key.table == name && key.missing + key.repeated == 0;
    let key = found.iter().find(holds)?;
    let position = |name: &String| table.columns.iter().position(|column| column.label == *name);
    key.columns.iter().map(position).collect()
}

/// The first column whose label suggests a key.
fn likely_key(table: &Table) -> Vec<usize> {
    let labelled = |wanted: KeyLabel| {
        let mut columns = table.columns.iter();
        columns.position(|column| key_label(&column.label, &table.name) == Some(wanted))
    };
    labelled(KeyLabel::Own).or_else(|| labelled(KeyLabel::Number)).into_iter().collect()
}

/// Compares an open archive with its sources as they are now, and adds the results to the archive's
/// report. If the contents of the archive cause an error, the report is not changed.
pub(crate) fn compare<R: Read + Seek>(
    report: &mut Report,
    reader: &mut Reader<R>,
    found: Discovered,
    options: &AgainstOptions,
    monitor: &dyn Monitor,
) -> Result<()> {
    let tables = reader.tables().to_vec();
    let by_name: HashMap<&str, &Table> =
        tables.iter().map(|table| (table.name.as_str(), table)).collect();
    let hashing = Hashing::default();
    let (mut joined, mut parts) = (JoinedTables::default(), Vec::new());
    for report_of in &report.contents.tables {
        let Some(table) = by_name.get(report_of.name.as_str()) else { continue };
        let [source, sheet] = [&report_of.source, &report_of.sheet].map(Clone::clone);
        let labels: Vec<_> = table.columns.iter().map(|column| column.label.clone()).collect();
        let origin = Origin { source, sheet, ..Origin::default() };
        joined.add(&table.name, Whole::of(&table.name, &origin, None), &labels);
        parts.push((*table, report_of));
    }
    let archived = joined.tables.iter().map(|whole| Archived {
        name: &whole.name,
        parts: whole.parts.iter().map(|at| parts[*at]).collect(),
        key: options.key_of(&whole.name, parts[whole.parts[0]].0, &report.results.keys),
        hashing: &hashing,
    });
    let archived: Vec<_> = archived.collect();
    let then = archived.iter().zip(&joined.tables).map(|(table, joined)| {
        let (title, source, sheet) = table.parts[0].1.names();
        PairName::new(Name::of(title, source, sheet), joined.whole())
    });
    let mut pairing = Pairing::new(then.collect(), &reader.manifest().backup.ledger, &found.ledger);
    for (table, current) in &options.map {
        pairing.map(mapped(table, &archived)?, current);
    }
    let mut plan = Plan::to_compare(found);
    let (mut current, mut notes) = loop {
        let current = Current::new(&archived, &pairing);
        if let Some(read) = plan.read(Ingest::new(current, monitor), monitor)? {
            break read;
        }
    };
    notes.remarks.retain(|remark| remark.code == LedgerCode::Unmatched);
    // A source that cannot be read now is not compared: its tables are neither equal, nor removed,
    // nor new.
    let unreadable = plan.unread().map(|(name, error)| SkippedCheck::UnreadableNow {
        source: name.to_owned(),
        error: error.clone(),
    });
    let unread: HashSet<&str> = plan.unread().map(|(name, _)| name).collect();
    // If a part cannot be read, the whole table is not compared.
    let unread_wholes: HashSet<usize> = archived
        .iter()
        .enumerate()
        .filter_map(|(at, it)| {
            let mut sources = it.parts.iter().filter_map(|(_, report)| report.source.as_deref());
            (it.parts.len() > 1 && sources.any(|source| is_of(&unread, source))).then_some(at)
        })
        .collect();
    let now = current.tables.iter().map(|table| (&table.name, table.likeness));
    let now: Vec<_> = now.collect();
    let mut matches = pairing.match_all(&now, &unread);
    unread_wholes.into_iter().for_each(|at| matches.archived[at] = MatchResult::Unread);
    // The same holds for a table that cannot be read now.
    let tables = notes.ledger.iter().filter(|entry| entry.code == LedgerCode::UnreadTable);
    let tables =
        tables.filter_map(|entry| Some((entry.source.as_deref(), entry.table.as_deref()?)));
    let tables: HashSet<_> = tables.collect();
    for (then, result) in matches.archived.iter_mut().enumerate() {
        let Name { source, own } = pairing.then(then);
        if *result == MatchResult::Gone && tables.contains(&(source.as_deref(), own)) {
            *result = MatchResult::Unread;
        }
    }
    let unmapped =
        pairing.unmapped(&now).into_iter().map(|(name, found)| unmapped(name, &found, &now));
    let skipped: Vec<_> = unreadable.chain(incomplete(&notes.ledger)).chain(unmapped).collect();
    let mut outcome =
        Outcome { require_equal: options.require_equal, skipped, ..Outcome::default() };
    let pairs = matches.pairs();
    let pairs = pairs.map(|(then, now)| (pairing.then(then), &current.tables[now].name.first));
    let renamed = RenamedSources::of(pairs);
    // What the export left out, such as keys, is not new.
    let ledger = reader.manifest().backup.ledger.clone();
    let left_out = LeftOut::of(&ledger);
    matches.new.retain(|at| {
        let source = current.tables[*at].name.first.source.as_deref();
        !source.is_some_and(|source| left_out.has_file(source))
    });
    let new = matches.new.len();
    matches.new.retain(|at| !left_out.has_table(&current.tables[*at].name.first, &renamed));
    outcome.findings.extend(left_out.note(new - matches.new.len()));
    let mut files = std::mem::take(&mut current.tally.files);
    files.retain(|file| !left_out.has_file(&file.path));
    let files = translated(files, &report.contents.files, &renamed);
    outcome.tables(&archived, current, &matches, reader, monitor)?;
    let definitions = left_out.definitions();
    let not_compared = unread.iter().copied().chain(definitions.iter().map(String::as_str));
    outcome.files(&report.contents.files, &files, &pairing, &not_compared.collect());
    report.results.against = outcome.tables;
    report.findings.extend(remarks(&notes.remarks, &notes.sources));
    report.findings.extend(outcome.findings);
    report.skipped.extend(outcome.skipped);
    report.results.checks.push(Check { kind: CheckKind::Sources, count: outcome.equal });
    Ok(())
}

/// The files as they are now, by their paths in the archive. A file that has its path there keeps
/// it.
fn translated(
    mut files: Vec<FileReport>,
    archived: &[FileReport],
    renamed: &RenamedSources<'_>,
) -> Vec<FileReport> {
    let archived: HashSet<&str> = archived.iter().map(|file| file.path.as_str()).collect();
    let mut taken: HashSet<String> = files.iter().map(|file| file.path.clone()).collect();
    for file in files.iter_mut().filter(|file| !archived.contains(file.path.as_str())) {
        let then = renamed.then(&file.path).filter(|then| archived.contains(then.as_str()));
        if let Some(then) = then.filter(|then| taken.insert(then.clone())) {
            file.path = then;
        }
    }
    files
}

/// The table of the archive that the user named for a pair.
fn mapped(name: &str, archived: &[Archived<'_>]) -> Result<usize> {
    let is_whole = |table: &Archived<'_>| table.parts.len() > 1 && table.name == name;
    if let Some(at) = archived.iter().position(is_whole) {
        return Ok(at);
    }
    let wholes = archived.iter().enumerate();
    let parts: Vec<_> =
        wholes.flat_map(|(at, it)| it.parts.iter().map(move |(_, part)| (at, *part))).collect();
    let names = TableNames::new(parts.iter().map(|(_, part)| part.names()));
    match names.find(name) {
        FoundTable::One(at) => Ok(parts[at].0),
        FoundTable::Several(choices) => Err(Error::new(ErrorKind::NotFound {
            what: message!("ambiguous-table-of", name = name, names = &choices),
            hint: message!("hint-ambiguous-table", names = choices),
        })),
        FoundTable::None => {
            let all = archived.iter().map(|table| table.name);
            let (names, others) = suggestions(name, all);
            let names = message!("names-and-others", names = names, count = others);
            Err(Error::new(ErrorKind::NotFound {
                what: message!("not-found-table", name = name),
                hint: message!("hint-not-found-table", names = names),
            }))
        }
    }
}

/// The result of the comparison.
#[derive(Default)]
struct Outcome {
    require_equal: bool,
    tables: Vec<AgainstReport>,
    findings: Vec<Finding>,
    skipped: Vec<SkippedCheck>,
    /// How many tables and files are equal.
    equal: u64,
}

impl Outcome {
    fn tables<R: Read + Seek>(
        &mut self,
        archived: &[Archived<'_>],
        mut current: Current<'_>,
        matches: &Matches,
        reader: &mut Reader<R>,
        monitor: &dyn Monitor,
    ) -> Result<()> {
        let pairs = std::mem::replace(&mut current.pairs, Sorter::holding(0));
        let is_same = |archived: &Archived<'_>, at: usize| {
            let then = archived.parts.iter().map(|(_, report)| report.digest);
            then.eq(current.parts(at).map(|part| part.digest))
        };
        let results = || archived.iter().zip(&matches.archived);
        let differs = |(archived, result): (_, &MatchResult)| match *result {
            MatchResult::Current(at) if current.tables[at].columns.is_some() => None,
            MatchResult::Current(at) if is_same(archived, at) => None,
            MatchResult::Current(at) => Some((archived, at)),
            _ => None,
        };
        let differing: Vec<_> = results().filter_map(differs).collect();
        let (mut changes, null_keys) = changes(&differing, pairs, reader, monitor)?;
        for (archived, result) in results() {
            let mut table = AgainstReport::of(archived.name);
            let mut is = None;
            match result {
                MatchResult::Unread => continue,
                MatchResult::Unclear => {
                    self.skipped.push(unclear(false, archived.name));
                    continue;
                }
                MatchResult::Gone => {
                    (table.only_in, table.removed) = (Some(Side::Archive), Some(archived.rows()));
                }
                MatchResult::Current(at) => {
                    is = Some(current.parts(*at).map(|part| part.rows).sum());
                    table.columns = current.tables[*at].columns;
                    if is_same(archived, *at) {
                        table.set_equal();
                    } else if table.columns.is_none() {
                        let changes = changes.remove(at).unwrap_or_default();
                        let is_key = !archived.key.is_empty() && !null_keys.contains(at);
                        table.set(&changes, is_key && !changes.repeated_key);
                        // The records may be divided into other parts than before.
                        table.other_order &= archived.parts.len() == 1;
                    }
                }
            }
            self.table(table, Some(archived.rows()).zip(is));
        }
        let names: HashSet<&str> = archived.iter().map(|table| table.name).collect();
        for at in &matches.new {
            let name = current.name(*at);
            let name = match names.contains(name) {
                true => current.tables[*at].name.first.in_full(),
                false => name.to_owned(),
            };
            let rows = current.parts(*at).map(|part| part.rows).sum();
            let (only_in, added) = (Some(Side::Source), Some(rows));
            self.table(AgainstReport { only_in, added, ..AgainstReport::of(&name) }, None);
        }
        Ok(())
    }

    /// Reports a table. `rows` are the numbers of records in the archive and in the source.
    fn table(&mut self, table: AgainstReport, rows: Option<(u64, u64)>) {
        if table.equal {
            self.equal += 1;
        }
        if !table.equal || table.other_order {
            let message = message!("against-table", difference = table.message());
            let mut finding = match table.equal {
                true => Finding::remark(Code::Against, message),
                false => self.difference(message),
            };
            if let Some((was, is)) = rows.filter(|(was, is)| was != is) {
                let (was, is) =
                    (message!("count-records", count = was), message!("count-records", count = is));
                finding = finding.expected(was, is);
            }
            self.findings.push(finding.table(&table.table));
        }
        if table.columns.is_some() {
            let why = message!("skipped-other-columns", table = &table.table);
            self.skipped.push(SkippedCheck::part(CheckKind::Sources, why));
        }
        self.tables.push(table);
    }

    fn difference(&self, message: Message) -> Finding {
        match self.require_equal {
            true => Finding::failure(Code::Against, message),
            false => Finding::remark(Code::Against, message),
        }
    }

    fn files(
        &mut self,
        archived: &[FileReport],
        current: &[FileReport],
        pairing: &Pairing,
        not_compared: &HashSet<&str>,
    ) {
        let digests = |files: &[FileReport]| -> BTreeMap<String, Digest> {
            let read = files.iter().filter(|file| !not_compared.contains(file.path.as_str()));
            read.map(|file| (file.path.clone(), file.sha256)).collect()
        };
        let (archived, current) = (digests(archived), digests(current));
        let paths: BTreeSet<&String> = archived.keys().chain(current.keys()).collect();
        for path in paths {
            let message = match (archived.get(path), current.get(path)) {
                (was, is) if was == is => {
                    self.equal += 1;
                    continue;
                }
                _ if pairing.is_unsure(path) => {
                    self.skipped.push(unclear(true, path));
                    continue;
                }
                (Some(_), None) if is_of(not_compared, path) => continue,
                (Some(_), None) => message!("against-file-gone"),
                (None, _) => message!("against-file-new"),
                _ => message!("against-file-changed"),
            };
            self.findings.push(self.difference(message).path(path));
        }
    }
}

/// Why a table was not compared with the one that the user named: none of the current tables has
/// this name, or several have it.
fn unmapped(name: &str, found: &[&Name], now: &[(&PairName, MatchCandidate)]) -> SkippedCheck {
    let why = if found.is_empty() {
        let (names, others) =
            suggestions(name, now.iter().map(|(name, _)| name.first.own.as_str()));
        let names = message!("names-and-others", names = names, count = others);
        message!("skipped-unmapped", name = name, names = names)
    } else {
        let choices: Vec<_> = found.iter().map(|name| name.in_full()).collect();
        message!("skipped-ambiguous-map", name = name, names = choices.join(", "))
    };
    SkippedCheck::part(CheckKind::Sources, why)
}

/// Why a table or a file was not compared.
fn unclear(file: bool, name: &str) -> SkippedCheck {
    let why = message!("skipped-ambiguous", file = file.to_string(), name = name);
    SkippedCheck::part(CheckKind::Sources, why)
}

/// The changes of the tables that differ, by their numbers, and those with keys that are null.
fn changes<R: Read + Seek>(
    differing: &[(&Archived<'_>, usize)],
    pairs: Sorter<4>,
    reader: &mut Reader<R>,
    monitor: &dyn Monitor,
) -> Result<(BTreeMap<usize, Changes>, HashSet<usize>)> {
    let parts = differing.iter().flat_map(|(archived, _)| &archived.parts);
    let bytes = parts.map(|(_, report)| report.bytes).sum();
    monitor.phase(Phase::Comparing, Some(bytes));
    let mut null_keys = HashSet::new();
    if differing.is_empty() {
        return Ok((BTreeMap::new(), null_keys));
    }
    let mut archived_pairs = Sorter::holding(PAIRS);
    for (archived, at) in differing {
        if add_pairs(*at, archived, reader, &mut archived_pairs, monitor)? {
            null_keys.insert(*at);
        }
    }
    Ok((Changes::between(&archived_pairs.sorted()?, &pairs.sorted()?, monitor)?, null_keys))
}

/// Reads a table from the archive again and adds the hashes of its records, with this table number.
/// Returns whether a key is null.
fn add_pairs<R: Read + Seek>(
    number: usize,
    archived: &Archived<'_>,
    reader: &mut Reader<R>,
    pairs: &mut Sorter<4>,
    monitor: &dyn Monitor,
) -> Result<bool> {
    let Archived { parts, key, hashing, .. } = archived;
    let mut null_key = false;
    for (table, _) in parts {
        monitor.working_on(&table.name);
        let mut open = Pairs::new(number, table, key, hashing);
        let mut records = 0;
        reader.records(&table.name, |record| {
            pairs.push(open.pair(record)?)?;
            records += 1;
            monitor.advance(open.text.len() as u64);
            checkpoint_every(records, monitor)
        })?;
        null_key |= open.null_key;
    }
    Ok(null_key)
}
