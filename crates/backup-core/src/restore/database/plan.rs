//! What a restored database is to be: read from an archive's definitions before any record.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use rusqlite::types::Value;

use super::model::{Kind, MAKE_COUNTERS, Model, Object, Tried};
use super::spool::{Spool, Spooled};
use super::statements::{first_words, split};
use crate::archive::Reader;
use crate::archive::package::{FileFacts, Manifest, Resource, Role, SourceFacts};
use crate::error::{Error, Result};
use crate::record::{Digest, Table};
use crate::scratch::sqlite::failed;
use crate::source::sqlite::rowids::{self, Rowids};
use crate::source::sqlite::schema::{Encoding, TablePlan};
use crate::source::sqlite::shape::{Shape, indexes};
use crate::source::sqlite::{ROWIDS, definitions_path};
use crate::sqlite::{quoted, words};

/// The most statements that definitions may have: looking at them takes longer the more there are.
const MAX_STATEMENTS: usize = 5000;

/// The most bytes of definitions that are looked at.
const MAX_DEFINITIONS: u64 = 64 * 1024 * 1024;

/// Of so many statements that are not run, each is named.
const NAMED_STATEMENTS: usize = 20;

/// What comes as plain tables this time, as it would not come as it was defined.
#[derive(Debug, Default)]
pub(super) struct Avoid {
    /// By the index of the table.
    pub(super) tables: BTreeMap<usize, String>,
    pub(super) all: Option<String>,
}

/// A source's database, as it is to be again.
pub(super) struct Definitions {
    pub(super) encoding: Encoding,
    pub(super) user_version: i64,
    pub(super) application_id: i64,
    pub(super) tables: Vec<DefinedTable>,
    /// Everything that is no table with records, in the order in which it is made.
    pub(super) others: Vec<Object>,
    /// The counters of `AUTOINCREMENT`, if there is a table of them.
    pub(super) counters: Option<Vec<(Value, Value)>>,
}

/// A table, as it is to be again.
pub(super) struct DefinedTable {
    /// Its index among the archive's tables.
    pub(super) index: usize,
    /// As the archive has it.
    pub(super) archived: Table,
    /// How it is read.
    pub(super) plan: TablePlan,
    pub(super) sql: String,
    /// A table that keeps the same records in the same form and refuses none.
    pub(super) neutral: String,
    /// For each column of the archive's, its number among those that the table stores.
    pub(super) stored: Vec<Option<usize>>,
    /// Whether SQLite computes a column whenever it is read.
    pub(super) computed: bool,
    /// Whether its definition calls functions that SQLite itself does not have.
    pub(super) calls_others: bool,
    /// The indexes that its constraints are.
    pub(super) indexes: Vec<String>,
    pub(super) rowids: Carried,
}

/// What is known of a table's rowids.
pub(super) enum Carried {
    /// Nobody can ask for them, or a column is them.
    Not,
    /// They are 1, 2, 3 ….
    Ordinal,
    /// The archive does not say.
    Unknown,
    Runs(Rowids<BufReader<Spooled>>, Digest),
}

/// Reads what a database is to be; nothing if the tables come without definitions. The notes say
/// what is left out, and why.
pub(super) fn read(
    reader: &mut Reader<File>,
    only: &[String],
    avoid: &Avoid,
    folder: &Path,
    notes: &mut Vec<String>,
) -> Result<Option<Definitions>> {
    if let Some(why) = &avoid.all {
        notes.push(format!("the tables come without their definitions: {why}"));
        return Ok(None);
    }
    let only: HashSet<&str> = only.iter().map(String::as_str).collect();
    if source(reader.manifest(), &only, notes).is_none() {
        return Ok(None);
    }
    // It may be large, so it is copied only where it has to be.
    let manifest = reader.manifest().clone();
    let Some(source) = source(&manifest, &only, notes) else { return Ok(None) };
    let path = definitions_path(&source.name);
    let files = manifest.backup.files.iter().filter(|file| file.role == Role::Schema);
    let files: HashMap<&str, &FileFacts> = files.map(|file| (file.path.as_str(), file)).collect();
    let Some(file) = files.get(path.as_str()) else {
        notes.push(format!(
            "the archive has no definitions of {}: its tables are plain",
            source.name
        ));
        return Ok(None);
    };
    if file.bytes > MAX_DEFINITIONS {
        notes.push(format!("{path} is too long to be looked at: the tables are plain"));
        return Ok(None);
    }
    let mut text = Vec::new();
    reader.file(&path, &mut text)?;
    let mut planner = Planner {
        reader,
        manifest: &manifest,
        source,
        files,
        only,
        avoid,
        spool: Spool::within(folder)?,
        model: Model::new().map_err(unmade)?,
        made: Vec::new(),
        notes,
    };
    planner.try_statements(&text);
    planner.definitions().map(Some)
}

/// The one SQLite database that the tables are from.
fn source<'m>(
    manifest: &'m Manifest,
    only: &HashSet<&str>,
    notes: &mut Vec<String>,
) -> Option<&'m SourceFacts> {
    let wanted: BTreeSet<_> = manifest
        .resources
        .iter()
        .filter(|resource| only.contains(resource.title.as_str()))
        .filter_map(|resource| resource.backup.origin.source.as_deref())
        .collect();
    let wanted = |source: &&SourceFacts| only.is_empty() || wanted.contains(source.name.as_str());
    let mut sources =
        manifest.backup.sources.iter().filter(|source| source.kind == "sqlite").filter(wanted);
    let first = sources.next();
    if sources.next().is_some() {
        notes.push(
            "these tables are of several databases and come without their definitions: name the \
             tables of one with --table, or restore into a folder, or with --originals"
                .into(),
        );
        return None;
    }
    first
}

fn unmade(error: rusqlite::Error) -> Error {
    failed("read the definitions", error)
}

struct Planner<'a> {
    reader: &'a mut Reader<File>,
    manifest: &'a Manifest,
    source: &'a SourceFacts,
    /// Those of the role of definitions, by their paths.
    files: HashMap<&'a str, &'a FileFacts>,
    only: HashSet<&'a str>,
    avoid: &'a Avoid,
    spool: Spool,
    model: Model,
    made: Vec<Object>,
    notes: &'a mut Vec<String>,
}

impl Planner<'_> {
    fn try_statements(&mut self, text: &[u8]) {
        let mut statements: Vec<_> =
            split(text).into_iter().map(|statement| (rank(statement), statement)).collect();
        statements.sort_by_key(|(rank, _)| *rank);
        let mut refused = Vec::new();
        if statements.len() > MAX_STATEMENTS {
            let path = definitions_path(&self.source.name);
            let count = statements.len();
            self.notes.push(format!("{path} has {count} statements, too many to be looked at"));
            return;
        }
        for (rank, statement) in statements {
            let tried = match rank {
                Rank::Header => continue,
                Rank::Other => Err("it is no definition".to_owned()),
                Rank::Counters => self.try_counters(statement),
                _ => self.model.try_statement(statement),
            };
            match tried {
                Ok(Tried::Object(object)) => self.made.push(object),
                Ok(Tried::Virtual(object, module)) => {
                    self.note_module(&object, &module);
                    self.made.push(object);
                }
                Ok(Tried::Counters) => {}
                Err(why) => refused.push((first_words(statement, 2).join(" "), why)),
            }
        }
        let more = refused.len().saturating_sub(NAMED_STATEMENTS);
        for (words, why) in refused.into_iter().take(NAMED_STATEMENTS) {
            let path = definitions_path(&self.source.name);
            self.notes.push(format!("a statement of {path} is not run ({words} …): {why}"));
        }
        if more > 0 {
            self.notes.push(format!("{more} more statements are not run"));
        }
    }

    fn try_counters(&mut self, statement: &[u8]) -> Result<Tried, String> {
        let words = |error: rusqlite::Error| words(&error);
        if !self.model.has_counters().map_err(words)? {
            self.model.connection().execute_batch(MAKE_COUNTERS).map_err(words)?;
        }
        self.model.try_statement(statement)
    }

    fn note_module(&mut self, object: &Object, module: &str) {
        let known = "SELECT count(*) FROM pragma_module_list WHERE name = ?1 COLLATE NOCASE";
        let known = self.model.connection().query_row(known, [module], |row| row.get(0));
        if !known.unwrap_or(false) {
            let name = &object.name;
            self.notes.push(format!(
                "the virtual table {name} can be read only where the module {module} is loaded"
            ));
        }
    }

    fn definitions(mut self) -> Result<Definitions> {
        let (tables, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.made).into_iter().partition(|made| made.kind == Kind::Table);
        let made: HashMap<&str, &Object> =
            tables.iter().rev().map(|made| (made.name.as_str(), made)).collect();
        let mut defined = Vec::new();
        let mut without = HashSet::new();
        for (index, resource) in self.manifest.resources.iter().enumerate() {
            let origin = &resource.backup.origin;
            let of_source = origin.source.as_deref() == Some(&self.source.name);
            if !of_source || !self.is_wanted(resource) {
                continue;
            }
            let name = origin.sheet.as_deref().unwrap_or(&resource.title);
            let object = made.get(name).copied();
            let table = match (self.avoid.tables.get(&index), object) {
                (Some(why), _) => Err(why.clone()),
                (None, None) => Err("the archive has none that can be used".to_owned()),
                (None, Some(object)) => self.table(index, resource, object)?,
            };
            match table {
                Ok(table) => defined.push(table),
                Err(why) => {
                    without.insert(name.to_lowercase());
                    let title = &resource.title;
                    self.notes.push(format!("table {title} comes without its definition: {why}"));
                }
            }
        }
        self.note_unmatched(&tables);
        let others = self.others(others, &defined, &without);
        let detail = |name| self.source.details.get(name);
        let number = |name| detail(name).and_then(serde_json::Value::as_i64).unwrap_or_default();
        let encoding = detail("encoding").and_then(|encoding| encoding.as_str());
        Ok(Definitions {
            encoding: encoding.and_then(Encoding::named).unwrap_or(Encoding::Utf8),
            user_version: number("user_version"),
            application_id: number("application_id"),
            counters: self.counters(&defined)?,
            tables: defined,
            others,
        })
    }

    fn is_wanted(&self, resource: &Resource) -> bool {
        self.only.is_empty() || self.only.contains(resource.title.as_str())
    }

    /// A definition without records: nothing was archived under its name.
    fn note_unmatched(&mut self, tables: &[Object]) {
        if !self.only.is_empty() {
            return;
        }
        let names: HashSet<_> = self
            .manifest
            .resources
            .iter()
            .filter(|resource| resource.backup.origin.source.as_deref() == Some(&self.source.name))
            .map(|resource| resource.backup.origin.sheet.as_deref().unwrap_or(&resource.title))
            .collect();
        for table in tables.iter().filter(|table| !names.contains(table.name.as_str())) {
            let name = &table.name;
            self.notes.push(format!("table {name} is left out: the archive has no records of it"));
        }
    }

    /// How the table is loaded and read; or why it cannot be, as it is defined.
    fn table(
        &mut self,
        index: usize,
        resource: &Resource,
        object: &Object,
    ) -> Result<Result<DefinedTable, String>> {
        let Some(archived) = resource.table() else { return Ok(Err("it has none".into())) };
        let connection = self.model.connection();
        let shape = match Shape::of(connection, &object.name) {
            Ok(shape) => shape,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let labels: Vec<&str> =
            archived.columns.iter().map(|column| column.label.as_str()).collect();
        let Some(Loading { neutral, stored }) = Loading::of(&object.name, &shape, &labels) else {
            return Ok(Err("the records have other columns".into()));
        };
        let mut plan = shape.plan(object.name.clone());
        plan.columns = labels.into_iter().map(str::to_owned).collect();
        let made = match indexes(connection, &object.name) {
            Ok(made) => made,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let constraint = |origin: &str| origin == "u" || origin == "pk" && !shape.without_rowid;
        Ok(Ok(DefinedTable {
            index,
            rowids: self.rowids(&plan)?,
            archived,
            plan,
            sql: object.sql.clone(),
            neutral,
            stored,
            computed: shape.columns.iter().any(|column| column.computed),
            calls_others: object.calls_others,
            indexes: made
                .into_iter()
                .filter(|(_, origin)| constraint(origin))
                .map(|(name, _)| name)
                .collect(),
        }))
    }

    fn rowids(&mut self, plan: &TablePlan) -> Result<Carried> {
        if plan.rowid.is_none() {
            return Ok(Carried::Not);
        }
        let path = rowids::path(&self.source.name, &plan.name);
        if let Some(file) = self.files.get(path.as_str()) {
            let text = self.spool.keep(self.reader, &path)?;
            return Ok(Carried::Runs(Rowids::new(BufReader::new(text)), file.sha256));
        }
        let carried = self.source.details.get(ROWIDS).is_some_and(|said| said == true);
        Ok(if carried { Carried::Ordinal } else { Carried::Unknown })
    }

    /// What belongs to the tables that come as they are defined, and the views; nothing takes the
    /// name of a table that comes `without` its definition.
    fn others(
        &mut self,
        others: Vec<Object>,
        tables: &[DefinedTable],
        without: &HashSet<String>,
    ) -> Vec<Object> {
        let names: HashSet<_> = tables.iter().map(|table| table.plan.name.as_str()).collect();
        let views: HashSet<_> = others
            .iter()
            .filter(|object| object.kind == Kind::View)
            .map(|view| view.name.clone())
            .collect();
        let (kept, left): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|object| match object.kind {
                _ if without.contains(&object.name.to_lowercase()) => false,
                Kind::Index => names.contains(object.table.as_str()),
                _ if !self.only.is_empty() => false,
                Kind::Trigger => {
                    names.contains(object.table.as_str()) || views.contains(&object.table)
                }
                Kind::Table | Kind::Virtual | Kind::View => true,
            });
        // With some tables only, the indexes of the others are not missed.
        let missed = |object: &&Object| self.only.is_empty() || object.kind != Kind::Index;
        let missed: Vec<_> =
            left.iter().filter(missed).map(|object| object.name.as_str()).collect();
        if !missed.is_empty() {
            let why = if self.only.is_empty() {
                "they are of tables that come without their definitions"
            } else {
                "with --table, tables come with their indexes alone"
            };
            let (count, names) = (missed.len(), missed[..missed.len().min(10)].join(", "));
            let more = if count > 10 { " …" } else { "" };
            let definitions = if count == 1 { "definition" } else { "definitions" };
            self.notes.push(format!("left out, as {why}: {count} {definitions} ({names}{more})"));
        }
        kept
    }

    fn counters(&mut self, tables: &[DefinedTable]) -> Result<Option<Vec<(Value, Value)>>> {
        if !self.model.has_counters().map_err(unmade)? {
            return Ok(None);
        }
        let mut counters = self.model.counters().map_err(unmade)?;
        if !self.only.is_empty() {
            let names: HashSet<&str> = tables.iter().map(|it| it.plan.name.as_str()).collect();
            counters.retain(|(name, _)| match name {
                Value::Text(name) => names.contains(name.as_str()),
                _ => false,
            });
            let counts =
                |table: &DefinedTable| table.sql.to_ascii_uppercase().contains("AUTOINCREMENT");
            if counters.is_empty() && !tables.iter().any(counts) {
                return Ok(None);
            }
        }
        Ok(Some(counters))
    }
}

/// In which order statements are tried: what a statement needs comes before it, and virtual tables
/// last, as SQLite guards the tables behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Header,
    Table,
    Index,
    View,
    Trigger,
    Counters,
    Virtual,
    Other,
}

fn rank(statement: &[u8]) -> Rank {
    const HEADER: [&str; 3] = ["USER_VERSION", "APPLICATION_ID", "ENCODING"];
    let words = first_words(statement, 3);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match words[..] {
        // What they say stands in the manifest; they are not run.
        ["PRAGMA", what, ..] if HEADER.contains(&what) => Rank::Header,
        ["CREATE", "TABLE", ..] => Rank::Table,
        ["CREATE", "INDEX", ..] | ["CREATE", "UNIQUE", "INDEX"] => Rank::Index,
        ["CREATE", "VIEW", ..] => Rank::View,
        ["CREATE", "TRIGGER", ..] => Rank::Trigger,
        ["CREATE", "VIRTUAL", "TABLE"] => Rank::Virtual,
        ["DELETE" | "INSERT", ..] => Rank::Counters,
        _ => Rank::Other,
    }
}

/// How records get into a table that refuses none.
struct Loading {
    neutral: String,
    stored: Vec<Option<usize>>,
}

impl Loading {
    /// Nothing if these are not the columns of the table, or lack one that it stores.
    fn of(name: &str, shape: &Shape, labels: &[&str]) -> Option<Self> {
        let kept: Vec<&str> = shape
            .columns
            .iter()
            .filter(|column| !column.computed)
            .map(|column| column.name.as_str())
            .collect();
        let computed = |label: &&str| {
            shape.columns.iter().any(|column| column.computed && column.name == *label)
        };
        let stored: Vec<_> =
            labels.iter().map(|label| kept.iter().position(|name| name == label)).collect();
        let known = labels.iter().zip(&stored).all(|(label, at)| at.is_some() || computed(label));
        let each_once: BTreeSet<_> = stored.iter().flatten().collect();
        let complete =
            each_once.len() == kept.len() && stored.iter().flatten().count() == kept.len();
        (known && complete).then(|| Self { neutral: neutral(name, shape, &kept), stored })
    }
}

fn neutral(name: &str, shape: &Shape, kept: &[&str]) -> String {
    let number = |column: &str| kept.iter().position(|kept| *kept == column).unwrap_or_default();
    let mut parts: Vec<String> = (0..kept.len()).map(column).collect();
    if let Some(key) = shape.integer_key() {
        parts[number(key)].push_str(" INTEGER PRIMARY KEY");
    }
    match &shape.key {
        Some(key) if shape.without_rowid => {
            let key: Vec<_> =
                key.parts.iter().map(|part| part.sql(&column(number(&part.column)))).collect();
            parts.push(format!("PRIMARY KEY({})", key.join(",")));
            format!("CREATE TABLE main.{}({}) WITHOUT ROWID", quoted(name), parts.join(","))
        }
        _ => format!("CREATE TABLE main.{}({})", quoted(name), parts.join(",")),
    }
}

/// What a column is called while it is loaded.
pub(super) fn column(number: usize) -> String {
    format!("c{number}")
}
