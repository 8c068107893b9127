//! The user's schema: a Frictionless Data Package, of whose Table Schemas `primaryKey`, `foreignKeys` and
//! `missingValues` are used. Types and constraints of values are not checked, and reported as skipped:
//! `frictionless` checks them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::check::input;
use crate::error::{Error, Result};
use crate::i18n::{Message, message};
use crate::model::{Key, Provenance, Reference};

/// A data package of a CRM has some hundred KiB.
const FORM: input::Form = input::Form {
    most_bytes: 16 << 20,
    too_long: || refuse(message!("schema-too-long")),
    not_utf8: || refuse(message!("schema-not-utf8")),
};

/// Keys and references of tables, and texts that stand for null in them, as a user knows them.
///
/// It is read from a Frictionless Data Package, or put together:
///
/// ```
/// use backup_core::check::{Schema, TableSchema};
///
/// let package = Schema::parse(
///     r#"{"resources": [
///         {"name": "accounts", "schema": {"fields": [], "primaryKey": "id"}},
///         {"name": "contacts", "schema": {"fields": [], "primaryKey": "id", "foreignKeys": [
///             {"fields": "account_id", "reference": {"resource": "accounts", "fields": "id"}}
///         ]}}
///     ]}"#,
/// )?;
/// let same = Schema::new([
///     TableSchema::new("accounts").key(["id"]),
///     TableSchema::new("contacts").key(["id"]).reference(["account_id"], "accounts", ["id"]),
/// ])?;
/// assert_eq!(package.tables().collect::<Vec<_>>(), ["accounts", "contacts"]);
/// assert_eq!(same.tables().collect::<Vec<_>>(), ["accounts", "contacts"]);
/// # Ok::<(), backup_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Schema {
    pub(super) tables: Vec<TableSchema>,
}

/// The keys and references of one table, and the texts that stand for null in it.
#[derive(Debug, Clone)]
pub struct TableSchema {
    pub(super) name: String,
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
    pub(super) null_texts: Vec<String>,
    /// The labels of columns that the table has to have.
    pub(super) fields: Vec<String>,
    /// The requirements of a data package that are not checked, in its words.
    pub(super) unchecked: Vec<String>,
}

fn names<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

impl TableSchema {
    /// The table that the archive has under this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            keys: Vec::new(),
            references: Vec::new(),
            null_texts: Vec::new(),
            fields: Vec::new(),
            unchecked: Vec::new(),
        }
    }

    /// Adds a key: the labels of columns that are null in no record, and together differ in all.
    pub fn key<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.keys.push(Key { columns: names(columns), known: Provenance::Given });
        self
    }

    /// Adds a reference: the labels of columns that name a record of `table` by the columns `target`.
    pub fn reference<S: Into<String>, T: Into<String>>(
        mut self,
        columns: impl IntoIterator<Item = S>,
        table: impl Into<String>,
        target: impl IntoIterator<Item = T>,
    ) -> Self {
        self.references.push(Reference {
            columns: names(columns),
            table: table.into(),
            target: names(target),
            known: Provenance::Given,
        });
        self
    }

    /// Adds a text that stands for null in keys and references. White space around it counts for
    /// nothing, as in cells.
    pub fn null_text(mut self, text: &str) -> Self {
        self.null_texts.push(text.trim().to_owned());
        self
    }

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
    schema: Option<Form>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Form {
    fields: Vec<Map<String, Value>>,
    primary_key: Option<Fields>,
    foreign_keys: Vec<ForeignKey>,
    missing_values: Vec<Missing>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Requirements of Table Schema, outside constraints, that are not checked.
const NOT_CHECKED: [&str; 4] = ["uniqueKeys", "fieldsMatch", "missingValues", "categories"];

/// The requirements of a table's schema that are not checked: types, formats, constraints and others.
fn unchecked(schema: &Form) -> Vec<String> {
    let mut words = BTreeSet::new();
    for (word, value) in schema.fields.iter().flatten().chain(&schema.others) {
        match (word.as_str(), value) {
            ("type", Value::String(kind)) if kind == "any" || kind == "string" => {}
            ("format", Value::String(format)) if format == "default" => {}
            ("type" | "format", Value::String(other)) => words.extend([format!("{word} {other}")]),
            ("constraints", Value::Object(constraints)) => {
                let asked = constraints.iter().filter(|(_, value)| **value != Value::Bool(false));
                words.extend(asked.map(|(word, _)| word.clone()));
            }
            (word, _) => words.extend(NOT_CHECKED.contains(&word).then(|| word.to_owned())),
        }
    }
    words.into_iter().collect()
}

/// A text that stands for null: by itself, or with a label.
#[derive(Deserialize)]
#[serde(untagged)]
enum Missing {
    Text(String),
    Labelled { value: String },
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

fn refuse(why: Message) -> Error {
    input::refuse(why, message!("hint-schema"))
}

impl Schema {
    /// Reads a `datapackage.json` of at most 16 MiB.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot be read, [`ErrorKind::Input`](crate::ErrorKind::Input) if it is longer or is not UTF-8, and
    /// as [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Self> {
        Self::read_from(input::open(path)?, path)
    }

    /// The same, from a file that is open; `path` is what errors call it.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_from(input: impl Read, path: &Path) -> Result<Self> {
        FORM.read(input, path, Self::parse)
    }

    /// The same, from a text. A resource is the table whose name its title or, without one, its
    /// name is; a `foreignKeys` of an empty resource refers to the table itself.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if the text is no data package, and as [`new`](Self::new).
    pub fn parse(text: &str) -> Result<Self> {
        let package: Package = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let why = message!("schema-form", line = line, column = column);
            input::refuse(why, message!("hint-schema-form"))
        })?;
        // References name resources, and tables have the titles of these. Of two resources of one name,
        // the first counts.
        let titles = package.resources.iter().rev();
        let titles: HashMap<String, String> = titles
            .map(|it| (it.name.clone(), it.title.clone().unwrap_or_else(|| it.name.clone())))
            .collect();
        let title =
            |resource: &str| titles.get(resource).cloned().unwrap_or_else(|| resource.to_owned());
        let table = |resource: Resource| {
            let form = resource.schema.unwrap_or_default();
            let labels = form.fields.iter().filter_map(|field| field.get("name")?.as_str());
            let mut table = TableSchema {
                fields: names(labels),
                unchecked: unchecked(&form),
                ..TableSchema::new(title(&resource.name))
            };
            let key = form.primary_key.map(Fields::names).filter(|columns| !columns.is_empty());
            table = key.into_iter().fold(table, TableSchema::key);
            for ForeignKey { fields, reference: Target { resource, fields: target } } in
                form.foreign_keys
            {
                let to = if resource.is_empty() { table.name.clone() } else { title(&resource) };
                table = table.reference(fields.names(), to, target.names());
            }
            form.missing_values.iter().fold(table, |table, missing| match missing {
                Missing::Text(text) | Missing::Labelled { value: text } => table.null_text(text),
            })
        };
        Self::new(package.resources.into_iter().map(table))
    }

    /// Of these tables.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if there is nothing to check of any table, a table is there twice, or a
    /// reference has another number of columns than its target.
    pub fn new(tables: impl IntoIterator<Item = TableSchema>) -> Result<Self> {
        let tables: Vec<TableSchema> = tables.into_iter().collect();
        let mut names = HashSet::new();
        for table in &tables {
            if !names.insert(&table.name) {
                return Err(refuse(message!("schema-twice", table = &table.name)));
            }
            let uneven = |it: &&Reference| it.columns.len() != it.target.len();
            if let Some(reference) = table.references.iter().find(uneven) {
                return Err(refuse(message!(
                    "schema-reference",
                    table = &table.name,
                    target = &reference.table,
                    columns = reference.columns.len(),
                    target_columns = reference.target.len(),
                )));
            }
        }
        if tables.iter().all(TableSchema::is_empty) {
            return Err(input::refuse(message!("schema-empty"), message!("hint-schema-form")));
        }
        Ok(Self { tables })
    }

    /// The names of its tables.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(|table| table.name.as_str())
    }
}
