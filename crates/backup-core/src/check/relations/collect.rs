//! Collects the ids of keys, of references, and of all columns that may be references, while
//! sources or the tables of a database are read.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::candidate::Candidate;
use super::declared;
use super::ids::{Hashing, Presence, key_entry, reference_entry};
use super::infer::name_candidates;
use super::labels::Form;
use super::schema::Schema;
use super::start::TableStart;
use super::tables::Plan;
use crate::check::sorting::Sorter;
use crate::error::{Error, Result};
use crate::joined::Whole;
use crate::model::{Manifest, Origin, TableFacts};
use crate::outcome::SkippedCheck;
use crate::profile::{Chosen, Profiles};
use crate::record::{Cell, Record, Table};
use crate::report::Report;
use crate::table_names::TableNames;

/// The maximum number of references of columns to the tables that other columns name.
const MOST_TARGETS: usize = 1024;

/// The number of ids in memory: 16 MiB.
const IDS_HELD: usize = 1 << 20;

/// The check of keys and references: what is checked, and the collected ids.
pub(crate) struct Relations {
    pub(super) plan: Plan,
    hashing: Hashing,
    /// The ids of all keys, of all references, and of all columns that may be references.
    pub(super) ids: Sorter<2>,
    /// The error that stopped the collection. Reading the records continues.
    pub(super) failed: Option<Error>,
    /// The tables of the archive that were not read yet, by name, with their indexes in the plan;
    /// `None` if sources are read, whose tables are not known in advance.
    pub(super) expected: Option<HashMap<String, usize>>,
    /// The table that is being read.
    open: Option<usize>,
}

impl Relations {
    /// A check of the tables of an archive, which are known. What the user gave and cannot be
    /// checked is added to the skipped checks of the report.
    pub(crate) fn of_archive(
        manifest: &Manifest,
        schema: Option<&Schema>,
        profiles: &Profiles,
        report: &mut Report,
    ) -> Self {
        let skipped: &mut Vec<SkippedCheck> = &mut report.skipped;
        let mut relations = Self::of_sources();
        let plan = &mut relations.plan;
        let given = declared::given(manifest, schema, skipped);
        let mut indexes = Vec::new();
        for (at, resource) in manifest.resources.iter().enumerate() {
            let columns = resource.table().map_or_else(Vec::new, |table| table.columns);
            let TableFacts { rows, columns: counts, origin, .. } = &resource.backup;
            let nulls = |column: usize| counts.get(column).map_or(0, |counts| counts.nulls);
            let cells = (0..columns.len()).map(|column| rows.saturating_sub(nulls(column)));
            let profile = profiles.of(origin.source.as_deref()).cloned();
            let start = TableStart {
                name: &resource.title,
                whole: Whole::of(&resource.title, origin, profile.as_deref()),
                cells: Some(cells.collect()),
                labels: columns.into_iter().map(|column| column.label).collect(),
                origin,
                given: given.get(&at).copied(),
                profile,
                targets: OnceCell::new(),
            };
            indexes.push(plan.begin(start, skipped));
        }
        let names = manifest.resources.iter().map(|resource| resource.title.clone());
        relations.expected = Some(names.zip(indexes.iter().copied()).collect());
        plan.resolve(&(TableNames::new(manifest.names()), indexes), true, skipped);
        name_candidates(plan);
        for file in &manifest.backup.files {
            relations.add_file(&file.path, profiles.of(Some(&file.path)));
        }
        for source in &manifest.backup.sources {
            relations.add_file(&source.name, profiles.of(Some(&source.name)));
        }
        relations
    }

    /// A check of the tables that sources pass on.
    pub(crate) fn of_sources() -> Self {
        Self {
            plan: Plan::default(),
            hashing: Hashing::default(),
            ids: Sorter::holding(IDS_HELD),
            failed: None,
            expected: None,
            open: None,
        }
    }

    /// Adds a file that records may name.
    pub(crate) fn add_file(&mut self, path: &str, profile: Option<&Chosen>) {
        let Some(profile) = profile.filter(|profile| !profile.attachments.is_empty()) else {
            return;
        };
        let position = self.plan.profile(profile);
        let path = profile.attached(path).unwrap_or(path);
        for (rule, of) in profile.attachments.iter().enumerate() {
            let captures = of.file.as_ref().and_then(|file| file.captures(path));
            let Some(value) = captures.as_ref().and_then(|captures| captures.get("value")) else {
                continue;
            };
            let rule = (position, rule);
            let key = self.plan.file_key(rule);
            let id = self.hashing.hash(value.as_bytes());
            // What is in an attached ZIP file or workbook counts once.
            if !self.plan.files.entry(rule).or_default().insert(id) {
                continue;
            }
            let pushed = self.ids.push(key_entry(id, key, 0));
            self.failed = self.failed.take().or(pushed.err());
        }
    }

    /// Marks the columns of the current table that hold ids, by their labels, and ids of other
    /// records, by `is_lookup`.
    pub(crate) fn mark_lookups(&mut self, is_lookup: impl Fn(usize) -> bool) {
        let Some(table) = self.open else { return };
        for at in &self.plan.tables[table].references {
            let reference = &mut self.plan.references[*at];
            if let (Some(candidate), [column]) = (&mut reference.candidate, &reference.columns[..])
                && candidate.form == Form::Id
                && is_lookup(*column)
            {
                candidate.form = Form::Lookup;
            }
        }
    }

    /// Counts a record that is none, such as one that describes the columns.
    pub(crate) fn pass_over(&mut self) {
        if let Some(table) = self.open {
            self.plan.tables[table].records += 1;
        }
    }

    fn collect(&mut self, table: usize, record: &Record, is_live: bool) -> Result<()> {
        let Self { plan, hashing, ids, .. } = self;
        let Plan { tables, keys, references, by_target, .. } = plan;
        let table = &mut tables[table];
        table.records += 1;
        let (null, number) = (&table.null_texts, table.records);
        for at in &table.keys {
            let key = &mut keys[*at];
            let push = |id| ids.push(key_entry(id, *at, number));
            let found = hashing.ids(record, &key.columns, None, null, push)?;
            key.report.records += 1;
            key.report.missing += u64::from(matches!(found, Presence::Null | Presence::Sentinel));
        }
        for at in &table.references {
            let reference = &mut references[*at];
            if reference.candidate.as_ref().is_some_and(|it| it.cannot_be_reference()) {
                continue;
            }
            if let Some(cells) = &mut reference.files {
                let Some(id) = hashing.file(record, reference.columns[0], cells) else { continue };
                if !is_live {
                    cells.not_live += 1;
                    continue;
                }
                reference.report.values += 1;
                ids.push(reference_entry(id, *at, number))?;
                continue;
            }
            let at = match reference.target(record) {
                Some(target) => match by_target.get(at).and_then(|known| known.get(target)) {
                    Some(known) => *known,
                    None if by_target.values().map(HashMap::len).sum::<usize>() == MOST_TARGETS => {
                        continue;
                    }
                    None => {
                        let new = references.len();
                        by_target.entry(*at).or_default().insert(target.to_owned(), new);
                        let of_target = references[*at].to_table(target);
                        references.push(of_target);
                        new
                    }
                },
                None => *at,
            };
            let reference = &mut references[at];
            let separators = reference.candidate.as_ref().map(Candidate::separators);
            if let Some(candidate) = &mut reference.candidate {
                candidate.add_prefix(record.get(reference.columns[0]).unwrap_or(Cell::Null));
            }
            let report = &mut reference.report;
            let push = |id| {
                report.values += 1;
                ids.push(reference_entry(id, at, number))
            };
            let found = hashing.ids(record, &reference.columns, separators, null, push)?;
            match (found, &mut reference.candidate) {
                (Presence::Null, _) => report.null += 1,
                (Presence::Sentinel, _) => report.null_by_sentinel += 1,
                (_, Some(candidate)) => candidate.add_cell(found),
                (_, None) => {}
            }
        }
        Ok(())
    }

    /// Begins a table of an archive that was expected, or of a source.
    pub(crate) fn begin_table(
        &mut self,
        table: &Table,
        origin: Option<&Origin>,
        profile: Option<&Chosen>,
    ) {
        if let (None, Some(source)) = (&self.expected, origin.and_then(|it| it.source.as_ref())) {
            self.add_file(source, profile);
        }
        self.open = match &mut self.expected {
            Some(expected) => expected.remove(&table.name),
            None => {
                let unknown = Origin::default();
                let origin = origin.unwrap_or(&unknown);
                let start = TableStart {
                    name: &table.name,
                    whole: Whole::of(&table.name, origin, profile.map(|profile| &**profile)),
                    labels: table.columns.iter().map(|column| column.label.clone()).collect(),
                    origin,
                    cells: None,
                    given: None,
                    profile: profile.cloned(),
                    targets: OnceCell::new(),
                };
                // Nothing was given by a user, so nothing is skipped.
                Some(self.plan.begin(start, &mut Vec::new()))
            }
        };
    }

    /// Receives the next record of the table. The file of one that is not live may be gone.
    pub(crate) fn record(&mut self, record: &Record, is_live: bool) {
        // After an error, the collected ids are useless, and collecting more would fail too.
        if let (Some(table), None) = (self.open, &self.failed) {
            self.failed = self.collect(table, record, is_live).err();
        }
    }
}
