//! The manifest: `data/datapackage.json`, a Frictionless Data Package.
//!
//! Fields that the standard does not define are in objects named `backup`.

use serde::{Deserialize, Serialize};

use super::ColumnCounts;
use crate::i18n::{Language, message};
use crate::ledger_code::LedgerCode;
use crate::record::{Column, Digest, Kind, Table};

/// The version of the archive format that this crate writes. It reads no other version.
pub const FORMAT: u32 = 1;

/// The manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manifest {
    /// Always `data-package`.
    pub profile: String,
    /// The tables. Files are not resources, because a Frictionless reader would try to parse them.
    pub resources: Vec<Resource>,
    /// Fields that the standard does not define.
    pub backup: Backup,
}

/// A table, as a Frictionless resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Resource {
    /// A generated name: a slug in lower case.
    pub name: String,
    /// The original name of the table.
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
    /// The length of the bytes that are hashed: the header line once, then every record.
    pub bytes: u64,
    /// The CSV dialect.
    pub dialect: Dialect,
    /// The columns.
    pub schema: Schema,
    /// Fields that the standard does not define.
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
    /// Whether a quote within a quoted cell is doubled.
    pub double_quote: bool,
    /// Whether white space after a delimiter is ignored. Always `false`.
    pub skip_initial_space: bool,
    /// Whether there is a header line. Always `true`.
    pub header: bool,
    /// Always `true`, because Frictionless treats a record of nulls as a blank row.
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

/// A Table Schema. It declares no keys, because a Frictionless validator would then reject an
/// archive with an orphan, although the source has the same orphan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Schema {
    /// The columns.
    pub fields: Vec<Field>,
    /// The texts that stand for null: only the empty text.
    pub missing_values: Vec<String>,
}

/// A column of a Table Schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Field {
    /// The label in the header line.
    pub name: String,
    /// The label in the source, if it is different.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `string` or `any`.
    #[serde(rename = "type")]
    pub kind: String,
}

impl Field {
    /// The field of a column. `safe` is its label in the header line.
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

/// Fields of a table that the standard does not define.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TableFacts {
    /// The number of records.
    pub rows: u64,
    /// The parts, in order. There are as many as the resource has paths.
    pub parts: Vec<Part>,
    /// The counts of each column.
    pub columns: Vec<ColumnCounts>,
    /// The origin of the table.
    #[serde(flatten)]
    pub origin: Origin,
}

/// One CSV member of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Part {
    /// The offset of its tar header in the tar.
    pub offset: u64,
    /// The length in bytes, including the header line.
    pub bytes: u64,
    /// The number of records.
    pub rows: u64,
    /// Its SHA-256.
    pub sha256: Digest,
}

/// The origin of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Origin {
    /// The name of its source: [`SourceMetadata::name`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The sheet of a workbook, or the table of a database. `None` for other sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// For each column, its type as the source declares it, such as `numeric(10,2)`; empty where it
    /// is not known. There are none if the source declares no types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// The known keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
    /// The known references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

impl Origin {
    /// The origin of a table that was read from this source.
    pub fn new(source: impl Into<String>) -> Self {
        Self { source: Some(source.into()), ..Self::default() }
    }

    /// Sets the types of the columns, as the source declares them.
    pub fn types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.types = types.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a key that the source declares: columns whose values identify a record. They are unique
    /// and never null.
    pub fn key<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        self.keys.push(Key { columns, known: Provenance::Declared });
        self
    }

    /// Adds a reference that the source declares: the values of `columns` are values of the columns
    /// `target` in another table of the source.
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

/// How a key or a reference is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Provenance {
    /// The source declares it.
    Declared,
    /// The user gave it.
    Given,
    /// It was inferred from names and values.
    #[default]
    Inferred,
}

/// Columns whose values identify a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Key {
    /// The labels of the columns in the source.
    pub columns: Vec<String>,
    /// How it is known.
    pub known: Provenance,
}

/// Columns whose values identify a record of another table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reference {
    /// The labels of the columns in the source.
    pub columns: Vec<String>,
    /// The other table, by its name in the source.
    pub table: String,
    /// The labels of the target columns in the source; empty if the source does not declare them.
    pub target: Vec<String>,
    /// How it is known.
    pub known: Provenance,
}

/// Fields of the archive that the standard does not define.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Backup {
    /// The format version.
    pub format: u32,
    /// The program that wrote it, and its version.
    pub tool: String,
    /// When the archive was created: RFC 3339, UTC.
    pub created: String,
    /// The sources that were read.
    pub sources: Vec<SourceMetadata>,
    /// The files that are stored byte for byte.
    pub files: Vec<FileMetadata>,
    /// What a source contained and the archive does not contain, or contains in another form.
    pub ledger: Vec<LedgerEntry>,
    /// Notes on the source data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<LedgerEntry>,
}

/// A file that is stored byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileMetadata {
    /// The original path.
    pub path: String,
    /// The path of its member, relative to the bag.
    pub member: String,
    /// The offset of its tar header in the tar.
    pub offset: u64,
    /// The length in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Digest,
    /// When it was last changed: RFC 3339, UTC; without an offset if its time zone is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// Why it is in the archive.
    pub role: Role,
    /// The ZIP file that contained it. That file is stored too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// Why a file is in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// It was among the sources, and is not a table.
    Attachment,
    /// Tables were read from it, and it is stored too.
    Original,
    /// It could not be read as a table.
    #[serde(rename = "unread")]
    Unparsed,
    /// The definitions of a database, as SQL.
    Schema,
}

/// A source at the time when it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SourceMetadata {
    /// Its name: its path below the given folder, or its file name.
    pub name: String,
    /// Its kind: `csv`, `workbook`, `sqlite`, `bacpac`, `sql-dump`, `postgres`, `mysql`, `zip`,
    /// `stdin`, `api`, or a word of an embedder.
    pub kind: String,
    /// The length in bytes; `None` if it is not a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Its SHA-256; `None` if it is not a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// When it was last changed: RFC 3339, UTC; without an offset if its time zone is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// How the file is restored byte for byte.
    pub original: RecoveryMethod,
    /// Its properties, such as encoding, delimiter and version.
    #[serde(
        default,
        skip_serializing_if = "serde_json::Map::is_empty",
        deserialize_with = "super::json::each_once"
    )]
    pub(crate) details: serde_json::Map<String, serde_json::Value>,
}

impl SourceMetadata {
    /// Its properties as a JSON object, such as encoding, delimiter and version.
    pub fn details(&self) -> String {
        serde_json::Value::from(self.details.clone()).to_string()
    }

    /// A source that is not a file, such as the API of a CRM. Only its records can be restored.
    pub fn api(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: "api".into(),
            bytes: None,
            sha256: None,
            modified: None,
            original: RecoveryMethod::Lost(message!("source-pushed").to_string()),
            details: serde_json::Map::new(),
        }
    }

    /// Sets the SHA-256 and the length of what was received from the source.
    pub fn digest(mut self, sha256: Digest, bytes: u64) -> Self {
        (self.sha256, self.bytes) = (Some(sha256), Some(bytes));
        self
    }
}

/// How a source file is restored byte for byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RecoveryMethod {
    /// From its table, by a recipe. The export proved that the recipe works.
    Recipe(Recipe),
    /// It is stored as the file with this path.
    Kept(String),
    /// It was in a ZIP file, which is stored as the file with this path.
    Within(String),
    /// It cannot be restored. The text says why.
    Lost(String),
}

/// How to rebuild a CSV file from the table that was read from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// The WHATWG name of the encoding, in lower case; or `utf-32le`, `utf-32be`, or `iso-8859-1`.
    /// The last means ISO 8859-1 itself, not windows-1252.
    pub encoding: String,
    /// Whether the file begins with a byte order mark.
    pub bom: bool,
    /// The text above the header line, including line ends.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub preamble: String,
    /// Whether the file has no header line.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub headless: bool,
    /// The character between cells.
    pub delimiter: char,
    /// The end of a record: `\n`, `\r\n`, `\r` or `\r\r\n`.
    pub newline: String,
    /// Which header cells are quoted.
    pub header_quotes: Quotes,
    /// Which cells are quoted.
    pub quotes: Quotes,
    /// Whether the last record has a line end.
    pub final_newline: bool,
}

impl Recipe {
    /// Whether the recipe writes the canonical form.
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
    /// Cells that need quotes, and empty text.
    Needed,
    /// All cells except nulls.
    All,
    /// Cells that need quotes, empty text, and cells with a comma even if the delimiter is not a
    /// comma. Excel writes tab-separated text this way.
    Commas,
}

/// Something that a source contained and the archive does not contain, or contains in another form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LedgerEntry {
    /// The kind of the entry. Codes are stable.
    pub code: LedgerCode,
    /// The source that contained it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The table that contained it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The number of occurrences.
    pub count: u64,
    /// One sentence for people. It never quotes a cell.
    pub message: String,
    /// For a source that was named after its folder because another source has its name: the name
    /// of the other source's folder, and that of its own. Empty if one of these names is unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
    /// For a source whose name is not Unicode: the bytes of its path, in lower-case hex. A restore
    /// uses them where the system can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_bytes: Option<String>,
}

impl LedgerEntry {
    /// An entry with the count 1.
    pub fn new(code: impl Into<LedgerCode>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), message.into());
        Self {
            code,
            source: None,
            table: None,
            count: 1,
            message,
            folders: Vec::new(),
            name_bytes: None,
        }
    }

    /// An entry with the count 1 and the text of its code.
    pub(crate) fn of(code: LedgerCode) -> Self {
        let message = code.text(Language::English).unwrap_or_default();
        Self::new(code, message)
    }

    /// Sets the source that contained it.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Sets the table that contained it.
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = Some(table.into());
        self
    }

    /// Sets the number of occurrences.
    pub fn count(mut self, count: u64) -> Self {
        self.count = count;
        self
    }
}

impl Manifest {
    /// The names of the tables: in the archive, of their sources, and there.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, Option<&str>, Option<&str>)> {
        self.resources.iter().map(Resource::names)
    }
}

impl Resource {
    /// The name of the table in the archive, its source, and its name there.
    pub(crate) fn names(&self) -> (&str, Option<&str>, Option<&str>) {
        let origin = &self.backup.origin;
        (&self.title, origin.source.as_deref(), origin.sheet.as_deref())
    }

    /// The table that the resource describes; `None` if a field has a type that the format does not
    /// have.
    pub fn table(&self) -> Option<Table> {
        let columns: Option<Vec<_>> = self.schema.fields.iter().map(Field::column).collect();
        Some(Table { name: self.title.clone(), columns: columns? })
    }

    /// The digest of the table; `None` if `hash` is not valid.
    pub fn digest(&self) -> Option<Digest> {
        self.hash.strip_prefix("sha256:")?.parse().ok()
    }
}
