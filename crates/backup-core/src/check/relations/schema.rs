//! The user's schema: a Frictionless Data Package. `primaryKey`, `foreignKeys` and `missingValues`
//! of its Table Schemas are used. Types and constraints of values are not checked and are reported
//! as skipped; `frictionless` checks them.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::i18n::{Message, message};
use crate::input;
use crate::model::{Key, Provenance, Reference};
use crate::outcome::{CheckKind, SkippedCheck};

/// The maximum size. A data package of a CRM has some hundred KiB.
const FORM: input::Form = input::Form {
    most_bytes: 16 << 20,
    too_long: || refuse(message!("schema-too-long")),
    decode: utf8,
};

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>> {
    let text = std::str::from_utf8(bytes).map_err(|_| refuse(message!("schema-not-utf8")))?;
    Ok(text.into())
}

/// A check of keys or references that could not run.
pub(super) fn not_checked(why: Message) -> SkippedCheck {
    SkippedCheck::part(CheckKind::Keys, why)
}

/// Keys, references, and texts that stand for null, as the user gives them.
///
/// A schema is read from a Frictionless Data Package, or built in code:
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

/// The keys and references of one table, and its texts that stand for null.
#[derive(Debug, Clone)]
pub struct TableSchema {
    pub(super) name: String,
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
    pub(super) null_texts: Vec<String>,
    /// The labels of columns that the table must have.
    pub(super) fields: Vec<String>,
    /// The requirements of a data package that are not checked, by their names in the package.
    pub(super) unchecked: Vec<String>,
}

fn names<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

impl TableSchema {
    /// A table with this name in the archive.
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

    /// Adds a key: the labels of columns that are never null and whose values together are unique.
    pub fn key<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.keys.push(Key { columns: names(columns), known: Provenance::Given });
        self
    }

    /// Adds a reference: the labels of columns whose values are those of the columns `target` of a
    /// record in `table`.
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

    /// Adds a text that stands for null in keys and references. Outer white space is ignored, as in
    /// cells.
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

/// Requirements of a Table Schema, other than constraints, that are not checked.
const NOT_CHECKED: [&str; 4] = ["uniqueKeys", "fieldsMatch", "missingValues", "categories"];

/// The requirements of a Table Schema that are not checked: types, formats, constraints and others.
fn unchecked(schema: &Form) -> Vec<String> {
    let mut words = BTreeSet::new();
    let others = schema.others.iter().filter(|(word, _)| NOT_CHECKED.contains(&word.as_str()));
    for (word, value) in schema.fields.iter().flatten().chain(others) {
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

/// A text that stands for null, with or without a label.
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
    /// Empty or missing if the reference is to the same table.
    #[serde(default)]
    resource: String,
    fields: Fields,
}

/// The name of one column, or of several.
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
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot be read,
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if it is longer or is not UTF-8, and as
    /// [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Self> {
        Self::read_from(input::open(path)?, path)
    }

    /// Reads the data package from an open file. Errors contain `path`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_from(input: impl Read, path: &Path) -> Result<Self> {
        FORM.read(input, path, Self::parse)
    }

    /// Parses the text of a `datapackage.json`. The title of a resource is the name of its table;
    /// if there is no title, the name of the resource is used. A foreign key whose resource is
    /// empty refers to the same table.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if the text is not a data package, and as
    /// [`new`](Self::new).
    pub fn parse(text: &str) -> Result<Self> {
        let package: Package = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let why = message!("schema-form", line = line, column = column);
            input::refuse(why, message!("hint-schema-form"))
        })?;
        // References use the names of resources, but tables have the titles. If two resources have
        // the same name, the first is used.
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

    /// A schema of these tables.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if there is nothing to check in any table, if
    /// a table occurs twice, or if a reference and its target have different numbers of columns.
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
