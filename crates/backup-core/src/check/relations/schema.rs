//! The user's schema: a Frictionless Data Package, of whose Table Schemas `primaryKey`, `foreignKeys` and
//! `missingValues` are used. Types and constraints of values are not checked, and reported as skipped:
//! checking them is frictionless's job.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, InputProblem, Result};
use crate::model::{Key, Provenance, Reference};

/// A data package of a CRM comes to some hundred KiB.
const MAX_BYTES: u64 = 16 << 20;

/// What a user says of tables: their keys, references, and what stands for null in them. Types and
/// constraints of fields are not checked, and named among what was not looked at.
///
/// ```
/// let schema = backup_core::check::Schema::parse(
///     r#"{"resources": [
///         {"name": "accounts", "schema": {"fields": [], "primaryKey": "id"}},
///         {"name": "contacts", "schema": {"fields": [], "primaryKey": "id", "foreignKeys": [
///             {"fields": "account_id", "reference": {"resource": "accounts", "fields": "id"}}
///         ]}}
///     ]}"#,
/// )?;
/// assert_eq!(schema.tables().collect::<Vec<_>>(), ["accounts", "contacts"]);
/// # Ok::<(), backup_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Schema {
    pub(super) tables: Vec<GivenTable>,
}

/// What is said of one table.
#[derive(Debug, Clone)]
pub(super) struct GivenTable {
    pub(super) name: String,
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
    /// Texts that stand for null.
    pub(super) missing: Vec<String>,
    /// The names of the fields.
    pub(super) fields: Vec<String>,
    /// What the schema asks for and is not checked, in its words.
    pub(super) unchecked: Vec<String>,
}

impl GivenTable {
    /// Whether the schema gives nothing about the table.
    fn is_empty(&self) -> bool {
        let Self { keys, references, fields, unchecked, .. } = self;
        keys.is_empty() && references.is_empty() && fields.is_empty() && unchecked.is_empty()
    }
}

#[derive(Deserialize)]
struct Package {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    name: String,
    title: Option<String>,
    schema: Option<TableSchema>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct TableSchema {
    fields: Vec<Map<String, Value>>,
    primary_key: Option<Fields>,
    foreign_keys: Vec<ForeignKey>,
    missing_values: Vec<Missing>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// What Table Schema can ask for in a table or in a field outside its constraints, and is not checked.
const NOT_CHECKED: [&str; 4] = ["uniqueKeys", "fieldsMatch", "missingValues", "categories"];

/// What a table's schema asks for and is not checked: types, formats, constraints and the like.
fn unchecked(schema: &TableSchema) -> Vec<String> {
    let mut words = BTreeSet::new();
    for field in &schema.fields {
        match field.get("type").and_then(Value::as_str) {
            Some("any" | "string") | None => {}
            Some(other) => words.extend([format!("type {other}")]),
        }
        match field.get("format").and_then(Value::as_str) {
            Some("default") | None => {}
            Some(other) => words.extend([format!("format {other}")]),
        }
        let constraints = field.get("constraints").and_then(Value::as_object).into_iter().flatten();
        let asked = constraints.filter(|(_, value)| **value != Value::Bool(false));
        words.extend(asked.map(|(word, _)| word.clone()));
    }
    let more = schema.fields.iter().flat_map(Map::keys).chain(schema.others.keys());
    words.extend(more.filter(|word| NOT_CHECKED.contains(&word.as_str())).cloned());
    words.into_iter().collect()
}

/// A text that stands for null: by itself, or with what it is called.
#[derive(Deserialize)]
#[serde(untagged)]
enum Missing {
    Text(String),
    Labelled { value: String },
}

impl Missing {
    fn text(self) -> String {
        match self {
            Self::Text(text) | Self::Labelled { value: text } => text,
        }
    }
}

#[derive(Deserialize)]
struct ForeignKey {
    fields: Fields,
    reference: Target,
}

#[derive(Deserialize)]
struct Target {
    /// Empty, or not there, for the table itself.
    #[serde(default)]
    resource: String,
    fields: Fields,
}

/// One column's name, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Fields {
    One(String),
    Several(Vec<String>),
}

impl Fields {
    fn names(self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name],
            Self::Several(names) => names,
        }
    }
}

impl Schema {
    /// Reads a `datapackage.json` of at most 16 MiB.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] if it cannot be read, [`ErrorKind::Input`] if it is longer or is not UTF-8, and
    /// as [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Error::reading(path, error))?;
        Self::read_from(file, path)
    }

    /// The same, from a file that is open; `path` is what errors call it.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_from(input: impl Read, path: &Path) -> Result<Self> {
        let mut text = Vec::new();
        input
            .take(MAX_BYTES + 1)
            .read_to_end(&mut text)
            .map_err(|error| Error::reading(path, error))?;
        let name = || path.display().to_string();
        let refuse = |problem| Error::new(ErrorKind::Input(problem)).in_source(name());
        if text.len() as u64 > MAX_BYTES {
            return Err(refuse(InputProblem::SchemaTooLong));
        }
        let text = std::str::from_utf8(&text).map_err(|_| refuse(InputProblem::SchemaNotUtf8))?;
        Self::parse(text).map_err(|error| error.in_source(path.display().to_string()))
    }

    /// The same, from a text. A resource is the table whose name its title or, without one, its
    /// name is; a `foreignKeys` of an empty resource refers to the table itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] if the text is no data package, says nothing of any table, has a table
    /// twice, or a reference to another number of columns.
    pub fn parse(text: &str) -> Result<Self> {
        let package: Package = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Error::new(ErrorKind::Input(InputProblem::SchemaForm { line, column }))
        })?;
        // The first of a name, as ever.
        let titles: HashMap<String, String> = package
            .resources
            .iter()
            .rev()
            .map(|it| (it.name.clone(), it.title.clone().unwrap_or_else(|| it.name.clone())))
            .collect();
        // References name resources, and tables are called by their titles.
        let called =
            |resource: &str| titles.get(resource).cloned().unwrap_or_else(|| resource.to_owned());
        let table = |resource: Resource| {
            let name = called(&resource.name);
            let schema = resource.schema.unwrap_or_default();
            let names = schema.fields.iter().filter_map(|field| field.get("name")?.as_str());
            let (fields, unchecked) = (names.map(str::to_owned).collect(), unchecked(&schema));
            let TableSchema { primary_key, foreign_keys, missing_values, .. } = schema;
            let key = primary_key.map(|key| Key { columns: key.names(), known: Provenance::Given });
            let key = key.filter(|key| !key.columns.is_empty());
            let references = foreign_keys.into_iter().map(|key| Reference {
                columns: key.fields.names(),
                table: match key.reference.resource.as_str() {
                    "" => name.clone(),
                    resource => called(resource),
                },
                target: key.reference.fields.names(),
                known: Provenance::Given,
            });
            GivenTable {
                references: references.collect(),
                keys: key.into_iter().collect(),
                // White space around a text counts for nothing, as in cells.
                missing: missing_values.into_iter().map(|it| it.text().trim().into()).collect(),
                fields,
                unchecked,
                name,
            }
        };
        let tables: Vec<GivenTable> = package.resources.into_iter().map(table).collect();
        let refuse = |problem| Error::new(ErrorKind::Input(problem));
        let mut names = HashSet::new();
        for table in &tables {
            if !names.insert(&table.name) {
                return Err(refuse(InputProblem::SchemaTwice { table: table.name.clone() }));
            }
            let uneven = |it: &&Reference| it.columns.len() != it.target.len();
            if let Some(reference) = table.references.iter().find(uneven) {
                return Err(refuse(InputProblem::SchemaReference {
                    table: table.name.clone(),
                    target: reference.table.clone(),
                    columns: reference.columns.len(),
                    target_columns: reference.target.len(),
                }));
            }
        }
        if tables.iter().all(GivenTable::is_empty) {
            return Err(refuse(InputProblem::SchemaEmpty));
        }
        Ok(Self { tables })
    }

    /// The tables that it speaks of.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(|table| table.name.as_str())
    }
}
