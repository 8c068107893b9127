//! The manifest: `data/datapackage.json`, a Frictionless Data Package.
//!
//! What the standard has no field for is in fields named `backup`.

use serde::{Deserialize, Serialize};

use super::ColumnCounts;
use crate::i18n::{Language, message};
use crate::ledger_code::LedgerCode;
use crate::record::{Column, Digest, Kind, Table};

/// The format version that this crate writes, and the only one it reads.
pub const FORMAT: u32 = 1;

/// The whole manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manifest {
    /// Always `data-package`.
    pub profile: String,
    /// The tables; files are not resources, as a Frictionless reader would try to parse them.
    pub resources: Vec<Resource>,
    /// What the standard has no field for.
    pub backup: Backup,
}

/// A table, as a Frictionless resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Resource {
    /// The made name: a lower-case slug.
    pub name: String,
    /// The table's true name.
    pub title: String,
    /// The parts, relative to `data/`.
    pub path: Vec<String>,
    /// Always `tabular-data-resource`.
    pub profile: String,
    /// Always `file`.
    pub scheme: String,
    /// Always `csv`.
    pub format: String,
    /// Always `text/csv`.
    pub mediatype: String,
    /// Always `utf-8`.
    pub encoding: String,
    /// `sha256:` and the table's digest.
    pub hash: String,
    /// The bytes that the digest is of: the header line once, then every record.
    pub bytes: u64,
    /// How the CSV is to be read.
    pub dialect: Dialect,
    /// The columns.
    pub schema: Schema,
    /// What the standard has no field for.
    pub backup: TableFacts,
}

/// The CSV dialect; the same for every table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Dialect {
    /// A comma.
    pub delimiter: String,
    /// A line feed.
    pub line_terminator: String,
    /// A double quote.
    pub quote_char: String,
    /// Whether a quote within quotes is doubled.
    pub double_quote: bool,
    /// Whether white space after a delimiter is dropped: never.
    pub skip_initial_space: bool,
    /// Whether there is a header line: always.
    pub header: bool,
    /// Frictionless takes a record of nulls for a blank row; this lets it pass.
    pub skip_blank_rows: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            delimiter: ",".into(),
            line_terminator: "\n".into(),
            quote_char: "\"".into(),
            double_quote: true,
            skip_initial_space: false,
            header: true,
            skip_blank_rows: true,
        }
    }
}

/// A Table Schema. It has no keys: an orphan in the source would make the archive invalid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Schema {
    /// The columns.
    pub fields: Vec<Field>,
    /// What stands for null: the empty cell.
    pub missing_values: Vec<String>,
}

/// A column of a Table Schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Field {
    /// The label that stands in the header line.
    pub name: String,
    /// The source's own label, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `string` or `any`.
    #[serde(rename = "type")]
    pub kind: String,
}

impl Field {
    /// The field of a column whose label in the header line is `safe`.
    pub fn new(column: &Column, safe: &str) -> Self {
        Self {
            name: safe.to_owned(),
            title: (column.label != safe).then(|| column.label.clone()),
            kind: match column.kind {
                Kind::Text => "string".into(),
                Kind::Any => "any".into(),
            },
        }
    }

    fn column(&self) -> Option<Column> {
        let kind = match self.kind.as_str() {
            "string" => Kind::Text,
            "any" => Kind::Any,
            _ => return None,
        };
        Some(Column { label: self.title.as_ref().unwrap_or(&self.name).clone(), kind })
    }
}

/// The fields of a table beyond the standard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TableFacts {
    /// How many records.
    pub rows: u64,
    /// The parts, in order, as many as the resource has paths.
    pub parts: Vec<Part>,
    /// What was counted in each column while it was written.
    pub columns: Vec<ColumnCounts>,
    /// Where it came from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// One CSV member of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Part {
    /// Where its tar header stands in the tar.
    pub offset: u64,
    /// How long it is, its header line included.
    pub bytes: u64,
    /// How many records it holds.
    pub rows: u64,
    /// Its SHA-256.
    pub sha256: Digest,
}

/// Where a table came from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Origin {
    /// The name of its source, as [`SourceMetadata::name`] has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The sheet of a workbook, or the table of a database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The keys that are known, and how they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
    /// The references that are known, and how they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

impl Origin {
    /// A table of this source, which has a name of its own: any that the tables of one source share.
    pub fn new(source: impl Into<String>) -> Self {
        Self { source: Some(source.into()), ..Self::default() }
    }

    /// Adds a key that the source declares: columns whose values name a record, each once and never
    /// null.
    pub fn key<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        self.keys.push(Key { columns, known: Provenance::Declared });
        self
    }

    /// Adds a reference that the source declares: `columns` hold values of the columns `target` of
    /// another table of the source.
    pub fn reference<C: Into<String>, T: Into<String>>(
        mut self,
        columns: impl IntoIterator<Item = C>,
        table: impl Into<String>,
        target: impl IntoIterator<Item = T>,
    ) -> Self {
        self.references.push(Reference {
            columns: columns.into_iter().map(Into::into).collect(),
            table: table.into(),
            target: target.into_iter().map(Into::into).collect(),
            known: Provenance::Declared,
        });
        self
    }
}

/// How a key or reference is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Provenance {
    /// The source declares it.
    Declared,
    /// The user gave it.
    Given,
    /// It was concluded from names and values.
    #[default]
    Inferred,
}

/// Columns whose values name a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Key {
    /// The source's labels of the columns.
    pub columns: Vec<String>,
    /// How it is known.
    pub known: Provenance,
}

/// Columns whose values name a record of another table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reference {
    /// The source's labels of the columns.
    pub columns: Vec<String>,
    /// The other table, as the source calls it.
    pub table: String,
    /// The source's labels of the columns there; empty if the source does not declare them.
    pub target: Vec<String>,
    /// How it is known.
    pub known: Provenance,
}

/// The fields of the whole archive beyond the standard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Backup {
    /// The format version.
    pub format: u32,
    /// The program that wrote it, and its version.
    pub tool: String,
    /// When it was begun: RFC 3339, UTC.
    pub created: String,
    /// The sources that were read.
    pub sources: Vec<SourceMetadata>,
    /// The files carried as they are.
    pub files: Vec<FileMetadata>,
    /// What a source held and the archive does not, or holds in another form.
    pub ledger: Vec<LedgerEntry>,
    /// What was noticed about the sources' own data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<LedgerEntry>,
}

/// A file that is carried as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileMetadata {
    /// Its true path.
    pub path: String,
    /// Its member, relative to the bag.
    pub member: String,
    /// Where its tar header stands in the tar.
    pub offset: u64,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Digest,
    /// When it was last changed: RFC 3339, UTC; without an offset if its time zone is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Why it is here.
    pub role: Role,
    /// The file that it was in, a ZIP file, which is kept whole as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// Why a file is in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// It was among the sources and is no table.
    Attachment,
    /// Tables were read from it, and it is kept whole beside them.
    Original,
    /// It should have been a table and could not be read as one.
    #[serde(rename = "unread")]
    Unparsed,
    /// A database's own definitions, as SQL.
    Schema,
}

/// A source, as it was when it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SourceMetadata {
    /// Its name: the file's path below the folder that was given, or the file's name.
    pub name: String,
    /// What it is: `csv`, `workbook`, `sqlite`, `zip`, `stdin`, `api`, or a word of an embedder's own.
    pub kind: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Digest,
    /// When it was last changed: RFC 3339, UTC; without an offset if its time zone is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// How the file comes back byte for byte.
    pub original: RecoveryMethod,
    /// Its properties: encoding, delimiter, version …
    #[serde(
        default,
        skip_serializing_if = "serde_json::Map::is_empty",
        deserialize_with = "super::json::each_once"
    )]
    pub(crate) details: serde_json::Map<String, serde_json::Value>,
}

impl SourceMetadata {
    /// Its properties, as a JSON object: encoding, delimiter, version …
    pub fn details(&self) -> String {
        serde_json::Value::from(self.details.clone()).to_string()
    }

    /// A source that is not a file, such as the API of a CRM: there are no bytes to give back beside its
    /// records.
    pub fn api(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: "api".into(),
            bytes: 0,
            sha256: Digest::of(b""),
            modified: None,
            original: RecoveryMethod::Lost(message!("source-pushed").to_string()),
            details: serde_json::Map::new(),
        }
    }

    /// Sets the SHA-256 of what was received from the source, and how many bytes that is of.
    pub fn digest(mut self, sha256: Digest, bytes: u64) -> Self {
        (self.sha256, self.bytes) = (sha256, bytes);
        self
    }
}

/// How a source file comes back byte for byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RecoveryMethod {
    /// From its table, by a recipe that export has proven.
    Recipe(Recipe),
    /// It is kept whole, as the file of this path.
    Kept(String),
    /// It was in another file, a ZIP file, which is kept whole as the file of this path.
    Within(String),
    /// Not at all, and why.
    Lost(String),
}

/// What turns a table of text back into the CSV file it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// The WHATWG name of the encoding, in lower case; or `utf-32le`, `utf-32be`, or
    /// `iso-8859-1`, which is that itself and not windows-1252.
    pub encoding: String,
    /// Whether the file begins with a byte order mark.
    pub bom: bool,
    /// What stands above the header line, line ends included.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub preamble: String,
    /// Whether the file has no header line.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub headless: bool,
    /// What stands between cells.
    pub delimiter: char,
    /// What ends a record: `\n`, `\r\n`, `\r` or `\r\r\n`.
    pub newline: String,
    /// Which header cells are quoted.
    pub header_quotes: Quotes,
    /// Which cells are quoted.
    pub quotes: Quotes,
    /// Whether the last record is ended too.
    pub final_newline: bool,
}

impl Recipe {
    /// Whether what it writes is the canonical form.
    pub fn is_canonical(&self) -> bool {
        self.encoding == "utf-8"
            && !self.bom
            && self.preamble.is_empty()
            && !self.headless
            && self.delimiter == ','
            && self.newline == "\n"
            && self.header_quotes == Quotes::Needed
            && self.quotes == Quotes::Needed
            && self.final_newline
    }
}

/// Which cells a CSV writer quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Quotes {
    /// Those that have to be, and text that is empty.
    Needed,
    /// All but nulls.
    All,
    /// Those that have to be, text that is empty, and those that hold a comma, though a comma is not
    /// what stands between cells: as Excel writes text with tabs.
    Commas,
}

/// Something that a source held and the archive does not, or holds in another form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LedgerEntry {
    /// The kind of entry, stable.
    pub code: LedgerCode,
    /// The source it was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The table it was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// How often.
    pub count: u64,
    /// One sentence for a person; it never quotes a cell.
    pub message: String,
    /// Of a source that got its folder's name, as another has its own: the name of that one's folder,
    /// and of its own. Empty if one of them has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
}

impl LedgerEntry {
    /// An entry for one thing.
    pub fn new(code: impl Into<LedgerCode>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), message.into());
        Self { code, source: None, table: None, count: 1, message, folders: Vec::new() }
    }

    /// An entry for one thing, with the sentence that its code has.
    pub(crate) fn of(code: LedgerCode) -> Self {
        let message = code.text(Language::English).unwrap_or_default();
        Self::new(code, message)
    }

    /// The source it was in.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The table it was in.
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = Some(table.into());
        self
    }

    /// How often.
    pub fn count(mut self, count: u64) -> Self {
        self.count = count;
        self
    }
}

impl Resource {
    /// The table that the resource describes; `None` if it has a type that is not in this format.
    pub fn table(&self) -> Option<Table> {
        let columns: Option<Vec<_>> = self.schema.fields.iter().map(Field::column).collect();
        Some(Table { name: self.title.clone(), columns: columns? })
    }

    /// The table's digest; `None` if `hash` is not one.
    pub fn digest(&self) -> Option<Digest> {
        self.hash.strip_prefix("sha256:")?.parse().ok()
    }
}
