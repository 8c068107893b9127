//! Sees tables, records and files beside their storage or their read-back, and counts what the
//! rules need.

use std::collections::HashMap;

use super::CompletenessOptions;
use super::api_names::ApiNames;
use super::cells::Cells;
use super::described::describe;
use super::tables::SurveyedTable;
use crate::check::expect::Counted;
use crate::check::{Relations, Schema};
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::joined::{Added, JoinedTable, JoinedTables, Whole};
use crate::model::{FileReport, JoinedReport, Manifest, Origin, Role};
use crate::observer::Observer;
use crate::profile::{Chosen, NamedContents, Profiles, TableHeader};
use crate::record::{Cell, Record, Table};
use crate::report::{DescribedColumn, Report};

/// The most columns that a finding lists.
const MOST_NAMES: usize = 20;

/// Counts what the rules for completeness need.
pub(crate) struct Survey {
    pub(super) options: CompletenessOptions,
    pub(super) profiles: Profiles,
    pub(super) relations: Option<Relations>,
    pub(super) cells: Cells,
    pub(super) tables: Vec<SurveyedTable>,
    pub(super) joined: JoinedTables,
    pub(super) other_headers: Vec<OtherHeader>,
    /// The files that are no tables, with their profiles.
    pub(super) attachments: Vec<(String, Option<Chosen>)>,
    /// The paths of sources and files, as far as they are known.
    pub(super) paths: Vec<String>,
    /// The number of paths that were known before anything was read.
    known: usize,
    /// Whether the profiles are final, because all headers were seen.
    is_fitted: bool,
    /// Whether headers that were read late show another CRM, and nothing can be read again.
    pub(super) is_late: bool,
    /// The origins of the tables of an archive; `None` if sources are read.
    origins: Option<HashMap<String, Origin>>,
    /// Whether a table is open whose records count.
    is_open: bool,
    pub(super) labels: ApiNames,
    pub(super) described: Vec<DescribedColumn>,
    pub(super) contents: NamedContents,
}

/// A part whose header is not that of the first part. It is not joined.
pub(super) struct OtherHeader {
    pub(super) part: String,
    pub(super) first: String,
    /// The columns that only one of them has. None if only the order differs.
    pub(super) columns: Vec<String>,
}

impl OtherHeader {
    pub(super) fn finding(self) -> Finding {
        let Self { part, first, columns } = self;
        let mut listed: Vec<_> = columns.iter().take(MOST_NAMES).map(String::as_str).collect();
        listed.extend((columns.len() > MOST_NAMES).then_some("…"));
        let columns = listed.join(", ");
        let message = message!("part-other-header", part = &part, first = first, columns = columns);
        Finding::remark(Code::Headers, message).table(part).gap()
    }
}

impl Survey {
    /// A survey of an archive, whose tables and files are known, and whose profiles are those of
    /// [`profiles_of`].
    pub(crate) fn of_archive(
        manifest: &Manifest,
        schema: Option<&Schema>,
        options: &CompletenessOptions,
        profiles: Profiles,
        report: &mut Report,
    ) -> Self {
        let mut survey = Self::new(paths_of(manifest), options);
        survey.profiles = profiles;
        let origins = manifest.resources.iter();
        let origins = origins.map(|it| (it.title.clone(), it.backup.origin.clone()));
        survey.origins = Some(origins.collect());
        let profiles = &survey.profiles;
        let relations = || Relations::of_archive(manifest, schema, profiles, report);
        survey.relations = options.references.then(relations);
        survey
    }

    /// Sets what was found in the contents of an archive's files.
    pub(crate) fn with_contents(self, contents: NamedContents) -> Self {
        Self { contents, ..self }
    }

    /// A survey of sources. `paths` are their names; their tables are not known yet.
    pub(crate) fn of_sources(paths: Vec<String>, options: &CompletenessOptions) -> Self {
        let mut survey = Self::new(paths, options);
        survey.profiles = Profiles::new(options.profile.clone(), &survey.paths, &[]);
        survey.relations = options.references.then(Relations::of_sources);
        survey
    }

    fn new(paths: Vec<String>, options: &CompletenessOptions) -> Self {
        Self {
            options: options.clone(),
            profiles: Profiles::default(),
            relations: None,
            cells: Cells::default(),
            tables: Vec::new(),
            joined: JoinedTables::default(),
            other_headers: Vec::new(),
            attachments: Vec::new(),
            known: paths.len(),
            paths,
            is_fitted: false,
            is_late: false,
            origins: None,
            is_open: false,
            labels: ApiNames::default(),
            described: Vec::new(),
            contents: NamedContents::default(),
        }
    }

    /// Chooses the profiles again by all headers that were read from sources. Returns whether they
    /// are other ones, so that all sources have to be read again.
    pub(crate) fn fit(&mut self, can_read_again: bool) -> bool {
        let headers: Vec<_> = self.tables.iter().map(SurveyedTable::header).collect();
        let profiles = Profiles::new(self.options.profile.clone(), &self.paths, &headers);
        let is = |was: &Option<Chosen>, path: Option<&str>| {
            let now = profiles.of(path).map(|profile| profile.name());
            was.as_ref().map(|profile| profile.name()) == now
        };
        let is_same = self.tables.iter().all(|it| is(&it.profile, it.source.as_deref()))
            && self.attachments.iter().all(|(path, was)| is(was, Some(path)));
        if is_same {
            self.profiles = profiles;
        } else if can_read_again {
            self.profiles = profiles;
            self.is_fitted = true;
            self.restart();
        } else {
            self.is_late = true;
        }
        !is_same && can_read_again
    }

    /// The names of all tables, each of all of its parts together. If another table has the name of
    /// a whole, this has its folder beside the name.
    pub(super) fn names(&self) -> Vec<String> {
        let mut counts: HashMap<String, u32> = HashMap::new();
        let is_whole = |joined: &&JoinedTable| joined.is_joined();
        let wholes = self.joined.tables.iter().filter(is_whole).map(|joined| &joined.name);
        for name in self.tables.iter().map(|table| &table.name).chain(wholes) {
            *counts.entry(name.to_lowercase()).or_default() += 1;
        }
        let name = |joined: &JoinedTable| match joined.whole().filter(|_| joined.is_joined()) {
            Some(whole) if counts[&joined.name.to_lowercase()] > 1 => {
                format!("{} ({}/*)", joined.name, whole.folders.join("/"))
            }
            _ => joined.name.clone(),
        };
        self.joined.tables.iter().map(name).collect()
    }

    /// The tables of several parts.
    pub(crate) fn joined(&self) -> Vec<JoinedReport> {
        let named = self.joined.tables.iter().zip(self.names());
        let report = |(joined, name): (&JoinedTable, String)| {
            let parts = joined.parts.iter().map(|at| &self.tables[*at]);
            JoinedReport {
                name,
                parts: parts.clone().map(|part| part.name.clone()).collect(),
                rows: parts.map(|part| part.records).sum(),
            }
        };
        named.filter(|(joined, _)| joined.is_joined()).map(report).collect()
    }

    /// The records and the tables that count in the CRM.
    pub(crate) fn counted(&self) -> Counted {
        let tables = self.tables.iter().filter(|table| table.not_records() > 0);
        let not_records = tables.map(|table| (table.name.clone(), table.not_records()));
        Counted { not_records: not_records.collect(), joined: self.joined() }
    }
}

/// The profiles of an archive, by its paths and the headers of its tables.
pub(crate) fn profiles_of(manifest: &Manifest, options: &CompletenessOptions) -> Profiles {
    let tables = manifest.resources.iter();
    let labels: Vec<_> =
        tables.map(|it| it.table().as_ref().map_or_else(Vec::new, labels_of)).collect();
    let headers = manifest.resources.iter().zip(&labels).map(|(resource, labels)| TableHeader {
        source: resource.backup.origin.source.as_deref(),
        table: &resource.title,
        labels,
    });
    let headers: Vec<_> = headers.collect();
    Profiles::new(options.profile.clone(), &paths_of(manifest), &headers)
}

fn paths_of(manifest: &Manifest) -> Vec<String> {
    let paths = manifest.backup.sources.iter().map(|source| &source.name);
    paths.chain(manifest.backup.files.iter().map(|file| &file.path)).cloned().collect()
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
        let origin = origin.unwrap_or_default();
        let Origin { source, .. } = &origin;
        if self.origins.is_none() && !self.is_fitted {
            let header =
                TableHeader { source: source.as_deref(), table: &table.name, labels: &labels };
            self.profiles.see(header);
        }
        let profile = self.profiles.of(source.as_deref()).cloned();
        let whole = Whole::of(&table.name, &origin, profile.as_deref());
        let name = whole.as_ref().map(|whole| whole.name.clone());
        match self.joined.add(&table.name, whole, &labels) {
            Added::New | Added::Part(_) => {}
            Added::OtherLabels(at, columns) => self.other_headers.push(OtherHeader {
                part: table.name.clone(),
                first: self.tables[self.joined.tables[at].parts[0]].name.clone(),
                columns,
            }),
        }
        if let Some(relations) = &mut self.relations {
            relations.begin_table(table, Some(&origin), profile.as_ref());
        }
        let surveyed = SurveyedTable::new(table, &origin, profile, name);
        self.is_open = !surveyed.is_ignored();
        self.labels.begin(&surveyed);
        self.cells.begin(&surveyed);
        self.tables.push(surveyed);
    }

    fn record(&mut self, number: u64, record: &Record) {
        let Self { tables, cells, relations, labels, described, .. } = self;
        let Some(table) = tables.last_mut().filter(|_| self.is_open) else { return };
        let is_record = table.record(record);
        if let Some(metadata) = table.metadata().filter(|_| number == 1 && table.is_described()) {
            let contains = |column, words: &[String]| match record.get(column) {
                Some(Cell::Text(text)) => {
                    let text = text.to_str().unwrap_or_default();
                    words.iter().any(|word| text.contains(word.as_str()))
                }
                _ => false,
            };
            describe(table, record, described);
            cells.require(|column| contains(column, &metadata.required));
            if let Some(relations) = relations {
                relations.mark_lookups(|column| contains(column, &metadata.lookup));
            }
        }
        match relations {
            Some(relations) if is_record => relations.record(record, cells.is_live(record)),
            Some(relations) => relations.pass_over(),
            None => {}
        }
        if is_record {
            labels.record(record);
            cells.record(number, record, table.profile.as_deref());
        }
    }

    fn begin_file(&mut self, path: &str) -> bool {
        self.contents.begin(self.profiles.of(Some(path)), path)
    }

    fn content(&mut self, bytes: &[u8]) {
        self.contents.content(bytes);
    }

    fn file(&mut self, file: &FileReport) {
        self.contents.end();
        self.paths.push(file.path.clone());
        let profile = self.profiles.of(Some(&file.path)).cloned();
        if let Some(relations) = &mut self.relations {
            relations.add_file(&file.path, profile.as_ref());
        }
        if file.role == Role::Attachment {
            self.attachments.push((file.path.clone(), profile));
        }
    }

    fn restart(&mut self) {
        self.paths.truncate(self.known);
        let (profiles, is_fitted) = (std::mem::take(&mut self.profiles), self.is_fitted);
        *self = Self::of_sources(std::mem::take(&mut self.paths), &self.options);
        if is_fitted {
            (self.profiles, self.is_fitted) = (profiles, true);
        }
    }
}
