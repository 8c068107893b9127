//! Sees tables, records and files beside their storage or their read-back, and counts what the
//! rules need.

use std::collections::HashMap;

use super::CompletenessOptions;
use super::api_names::ApiNames;
use super::cells::Cells;
use super::tables::SurveyedTable;
use crate::check::{Relations, Schema};
use crate::model::{FileReport, Manifest, Origin};
use crate::observer::Observer;
use crate::profile::{Chosen, Evidence, NamedContents, Profile, ProfileChoice, recognise};
use crate::record::{Cell, Record, Table};
use crate::report::Report;

/// Counts what the rules for completeness need.
pub(crate) struct Survey {
    pub(super) options: CompletenessOptions,
    pub(super) profile: Option<Chosen>,
    pub(super) evidence: Vec<Evidence>,
    pub(super) relations: Option<Relations>,
    pub(super) cells: Cells,
    pub(super) tables: Vec<SurveyedTable>,
    /// The paths of sources and files, as far as they are known.
    pub(super) paths: Vec<String>,
    /// The number of paths that were known before anything was read.
    known: usize,
    /// The origins of the tables of an archive; `None` if sources are read.
    origins: Option<HashMap<String, Origin>>,
    /// Whether a table is open whose records count.
    is_open: bool,
    pub(super) labels: ApiNames,
    pub(super) contents: NamedContents,
}

impl Survey {
    /// A survey of an archive, whose tables and files are known.
    pub(crate) fn of_archive(
        manifest: &Manifest,
        schema: Option<&Schema>,
        options: &CompletenessOptions,
        report: &mut Report,
    ) -> Self {
        let mut survey = Self::recognised(manifest, options);
        let origins = manifest.resources.iter();
        let origins = origins.map(|it| (it.title.clone(), it.backup.origin.clone()));
        survey.origins = Some(origins.collect());
        let profile = survey.profile.clone();
        survey.relations =
            options.references.then(|| Relations::of_archive(manifest, schema, profile, report));
        survey
    }

    /// The profile of an archive, and what it was recognised by.
    fn recognised(manifest: &Manifest, options: &CompletenessOptions) -> Self {
        let backup = &manifest.backup;
        let paths = backup.sources.iter().map(|source| &source.name);
        let paths = paths.chain(backup.files.iter().map(|file| &file.path)).cloned().collect();
        let mut survey = Self::new(paths, options);
        let tables: Vec<_> =
            manifest.resources.iter().filter_map(|resource| resource.table()).collect();
        let labels = tables.iter().map(labels_of).collect::<Vec<_>>();
        let names = tables.iter().map(|table| table.name.as_str());
        survey.recognise(true, names.zip(labels.iter().map(Vec::as_slice)));
        survey
    }

    /// The profile of an archive, before its contents are read.
    pub(crate) fn profile_of(manifest: &Manifest, options: &CompletenessOptions) -> Option<Chosen> {
        Self::recognised(manifest, options).profile
    }

    /// Sets what was found in the contents of an archive's files.
    pub(crate) fn with_contents(self, contents: NamedContents) -> Self {
        Self { contents, ..self }
    }

    /// A survey of sources. `paths` are their names; their tables are not known yet.
    pub(crate) fn of_sources(paths: Vec<String>, options: &CompletenessOptions) -> Self {
        let mut survey = Self::new(paths, options);
        survey.recognise(true, std::iter::empty());
        let profile = survey.profile.clone();
        survey.relations = options.references.then(|| Relations::of_sources(profile));
        survey
    }

    fn new(paths: Vec<String>, options: &CompletenessOptions) -> Self {
        Self {
            options: options.clone(),
            profile: None,
            evidence: Vec::new(),
            relations: None,
            cells: Cells::default(),
            tables: Vec::new(),
            known: paths.len(),
            paths,
            origins: None,
            is_open: false,
            labels: ApiNames::default(),
            contents: NamedContents::default(),
        }
    }

    /// Chooses the profile, unless one was chosen. The paths count only if `with_paths` is set:
    /// while tables are read, all of them would be compared for each table.
    fn recognise<'a>(
        &mut self,
        with_paths: bool,
        headers: impl Iterator<Item = (&'a str, &'a [String])>,
    ) {
        let paths = if with_paths { &self.paths[..] } else { &[] };
        let paths = paths.iter().map(String::as_str);
        match &self.options.profile {
            _ if self.profile.is_some() => {}
            ProfileChoice::None => {}
            ProfileChoice::Given(profile) => {
                self.profile = Some(Chosen::Given(profile.clone()));
                let found = recognise(std::slice::from_ref(&**profile), paths, headers);
                self.evidence = found.map(|found| found.by).unwrap_or_default();
            }
            ProfileChoice::Detect => {
                if let Some(found) = recognise(Profile::built_in(), paths, headers) {
                    self.profile = Some(Chosen::BuiltIn(found.profile));
                    self.evidence = found.by;
                }
            }
        }
    }

    /// The number of records in each table that are no records of the CRM, by its name.
    pub(crate) fn not_records(&self) -> HashMap<String, u64> {
        let tables = self.tables.iter().filter(|table| table.not_records() > 0);
        tables.map(|table| (table.name.clone(), table.not_records())).collect()
    }
}

fn labels_of(table: &Table) -> Vec<String> {
    table.columns.iter().map(|column| column.label.clone()).collect()
}

impl Observer for Survey {
    fn begin_table(&mut self, table: &Table, origin: Option<&Origin>) {
        let labels = labels_of(table);
        let origin = match &mut self.origins {
            Some(origins) => origins.remove(&table.name),
            None => origin.cloned(),
        };
        if self.origins.is_none() && self.profile.is_none() {
            self.recognise(false, std::iter::once((table.name.as_str(), labels.as_slice())));
            if let (Some(profile), Some(relations)) = (&self.profile, &mut self.relations) {
                relations.set_profile(profile.clone());
            }
        }
        let (source, sheet) = origin
            .as_ref()
            .map_or((None, None), |origin| (origin.source.clone(), origin.sheet.clone()));
        let surveyed = SurveyedTable::new(table.name.clone(), source, sheet, labels);
        self.is_open = !surveyed.is_ignored(self.profile.as_deref());
        self.labels.begin(&surveyed, self.profile.as_deref());
        self.cells.begin(&table.name, &surveyed.labels, self.profile.as_deref());
        self.tables.push(surveyed);
        if let Some(relations) = &mut self.relations {
            relations.begin_table(table, origin.as_ref());
        }
    }

    fn record(&mut self, number: u64, record: &Record) {
        let Self { tables, profile, cells, relations, labels, .. } = self;
        let Some(table) = tables.last_mut().filter(|_| self.is_open) else { return };
        let is_record = table.record(record, profile.as_deref());
        let metadata = profile.as_ref().and_then(|profile| profile.header.metadata.as_ref());
        if let Some(metadata) = metadata.filter(|_| number == 1 && table.is_described()) {
            let contains = |column, words: &[String]| match record.get(column) {
                Some(Cell::Text(text)) => {
                    let text = text.to_str().unwrap_or_default();
                    words.iter().any(|word| text.contains(word.as_str()))
                }
                _ => false,
            };
            cells.require(|column| contains(column, &metadata.required));
            if let Some(relations) = relations {
                relations.mark_lookups(|column| contains(column, &metadata.lookup));
            }
        }
        match relations {
            Some(relations) if is_record => relations.record(number, record),
            Some(relations) => relations.pass_over(),
            None => {}
        }
        if is_record {
            labels.record(record);
            cells.record(number, record, profile.as_deref());
        }
    }

    fn begin_file(&mut self, path: &str) -> bool {
        self.contents.begin(self.profile.as_deref(), path)
    }

    fn content(&mut self, bytes: &[u8]) {
        self.contents.content(bytes);
    }

    fn file(&mut self, file: &FileReport) {
        self.contents.end();
        self.paths.push(file.path.clone());
        if let Some(relations) = &mut self.relations {
            relations.file(file);
        }
    }

    fn restart(&mut self) {
        self.paths.truncate(self.known);
        *self = Self::of_sources(std::mem::take(&mut self.paths), &self.options);
    }
}
