//! Profiles: what is known of one CRM's exports, as data. `docs/profiles.md` describes the format.

mod applied;
mod assigned;
mod content;
mod fields;
mod pattern;
mod recognise;
mod section;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, LazyLock};

pub(crate) use self::assigned::{Assigned, Profiles, TableHeader};
pub(crate) use self::content::NamedContents;
use self::fields::{
    attached_file, attachments, contains, content, dead, length, live, numbered, path, paths,
    prefix_tables, version,
};
pub(crate) use self::pattern::Pattern;
pub(crate) use self::recognise::Evidence;
use self::recognise::recognise;
use self::section::{
    FromSection, list, need, option, or, positive, positives, sections, table, words,
};
use crate::error::Result;
use crate::i18n::message;
use crate::input;

/// The version of the format.
const VERSION: u64 = 1;

/// The maximum size of a profile.
const FORM: input::Form = input::Form {
    most_bytes: 1 << 20,
    too_long: || input::refuse(message!("profile-too-long"), message!("hint-profile")),
    decode: utf8,
};

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>> {
    let refused = |_| input::refuse(message!("profile-not-utf8"), message!("hint-profile"));
    Ok(std::str::from_utf8(bytes).map_err(refused)?.into())
}

/// The profile that an export is checked with.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum ProfileChoice {
    /// The built-in profile that fits the export best, if one fits.
    #[default]
    Detect,
    /// None.
    None,
    /// This one.
    Given(Arc<Profile>),
}

sections! {
    /// What is known of one CRM's exports.
    ///
    /// ```
    /// use backup_core::Profile;
    ///
    /// let own = Profile::parse(
    ///     "profile = 1\n\
    ///      name = \"shop\"\n\
    ///      title = \"Our shop\"\n\
    ///      source = \"Its manual\"\n\
    ///      [[keys]]\n\
    ///      column = \"Customer No\"\n",
    /// )?;
    /// assert_eq!(own.name(), "shop");
    /// let names: Vec<_> = Profile::built_in().iter().map(Profile::name).collect();
    /// assert_eq!(names[..3], ["fxiaoke", "zoho", "salesforce"]);
    /// # Ok::<(), backup_core::Error>(())
    /// ```
    pub struct Profile {
        /// [`VERSION`].
        version as "profile": u64 = version,
        name: String = need,
        title: String = need,
        /// Where the facts come from, and what is not known.
        source: String = need,
        /// The time zone of times without an offset, if the CRM always uses this one.
        time_zone: Option<String> = option,
        /// The encoding of text files, if the CRM always uses this one.
        encoding: Option<String> = option,
        /// The share of a lookup's ids that name no record in a complete export.
        orphans: f64 = or(0.0),
        recognise: Recognise = table,
        parts: Vec<Parts> = list,
        volumes: Vec<Volumes> = list,
        limits: Limits = table,
        header: Header = table,
        sheets: Sheets = table,
        labels: Option<Labels> = option,
        keys: Vec<Key> = list,
        lookups: Vec<Lookup> = list,
        prefixes: Option<Prefixes> = option,
        nulls: Nulls = table,
        not_live: Vec<NotLive> = list,
        attachments: Vec<Attachments> = attachments,
        embedded: Vec<Embedded> = list,
        /// Files of an export that hold no records and are not read.
        other_files: Vec<Pattern> = paths,
        links: Vec<Link> = list,
        unknown: Vec<Unknown> = list,
    }

    /// What shows that an export comes from this CRM.
    pub(crate) struct Recognise {
        /// Paths of files and ZIP files.
        files: Vec<Pattern> = paths,
        /// Labels that one table has, each item all of them.
        headers: Vec<Vec<Pattern>> = list,
    }

    /// Files that together are one table.
    pub(crate) struct Parts {
        /// The path, with `{number}`.
        pattern: Pattern = numbered,
        /// The number of the first file.
        first: u64 = or(1),
        /// Whether a number that is missing in between is a file that is missing.
        gapless: bool = or(true),
        /// The maximum number of records of a file. The CRM begins the next file only then.
        rows: Option<u64> = positive,
    }

    /// ZIP files that together are one export.
    pub(crate) struct Volumes {
        /// The path, with `{number}`.
        pattern: Pattern = numbered,
        first: u64 = or(1),
        gapless: bool = or(true),
    }

    /// Limits of exports that the CRM does not divide.
    pub(crate) struct Limits {
        /// Maximum numbers of records of a file.
        rows: Vec<u64> = positives,
        /// The maximum number of ids in a cell.
        ids_per_cell: Option<u64> = positive,
    }

    /// Records that are not records of the CRM.
    pub(crate) struct Header {
        /// A first record that describes the columns.
        metadata: Option<Metadata> = option,
        /// More words for totals, in the first cell of a last record.
        totals: Vec<String> = words,
    }

    /// Texts in the cells of a first record that describes the columns.
    pub(crate) struct Metadata {
        /// One of them in any cell shows that the record is not data.
        contains: Vec<String> = contains,
        /// One of them shows that the column is a lookup.
        lookup: Vec<String> = words,
        /// One of them shows that the column is never empty.
        required: Vec<String> = words,
    }

    /// Sheets of workbooks.
    pub(crate) struct Sheets {
        /// Names of sheets that are not tables of the CRM.
        ignore: Vec<Pattern> = list,
    }

    /// A table that maps labels to names in the CRM's API. All columns are given by their labels.
    pub(crate) struct Labels {
        table: Pattern = need,
        /// The column with the name of the table that the label belongs to.
        module: Option<String> = option,
        /// The column with the label.
        label: String = need,
        /// The column with the name in the API.
        api: String = need,
    }

    /// A key: the first column of a table with this label.
    pub(crate) struct Key {
        column: Pattern = need,
        tables: Option<Pattern> = option,
        /// Whether several records may have the same key on purpose.
        repeated: bool = or(false),
    }

    /// A column with ids of records.
    pub(crate) struct Lookup {
        /// Its label. `{label}` is the label of the column with the name of that record.
        column: Pattern = need,
        tables: Option<Pattern> = option,
        /// The names of the tables that it may refer to; empty if label and values decide.
        targets: Vec<String> = list,
        /// The column with the name of the table that the id of a record belongs to.
        target_column: Option<Pattern> = option,
        /// Separates several ids in a cell.
        separator: Option<char> = option,
    }

    /// The tables of ids by their first characters.
    pub(crate) struct Prefixes {
        /// How many characters.
        length: u64 = length,
        /// Tables by prefix, in upper and lower case as it is.
        tables: BTreeMap<String, String> = prefix_tables,
    }

    /// Ids that stand for null.
    pub(crate) struct Nulls {
        texts: Vec<String> = list,
    }

    /// A column that marks records as deleted. Exactly one of the lists is empty.
    pub(crate) struct NotLive {
        column: Pattern = need,
        tables: Option<Pattern> = option,
        /// The values of records that are live.
        live: Vec<String> = live,
        /// The values of records that are not.
        dead: Vec<String> = dead,
    }

    /// Records that name a file of the export.
    pub(crate) struct Attachments {
        table: Pattern = need,
        /// The column whose value names the file, or the record of `through`.
        column: Pattern = need,
        /// The column that does if `column` is null.
        else_column: Option<Pattern> = option,
        /// The path of the file, with `{value}`; `None` if `through` is given.
        file: Option<Pattern> = attached_file,
        matching as "match": Matching = or(Matching::Name),
        /// The digest of the content that the `{value}` of the path is.
        content: Option<ContentDigest> = content,
        /// The name of a table whose records name the files.
        through: Option<String> = option,
        /// Only records with one of `where_values`, or any value but null, in this column.
        where_column: Option<Pattern> = option,
        where_values: Vec<String> = list,
        /// Whether files without a record are normal.
        spare_files: bool = or(false),
    }

    /// A column that contains files.
    pub(crate) struct Embedded {
        table: Pattern = need,
        column: Pattern = need,
        encoding: Encoding = need,
        /// The column with the name of the file; if it has one, the file must not be empty.
        name_column: Option<Pattern> = option,
    }

    /// Something of the CRM that is not known, and therefore not checked.
    pub(crate) struct Unknown {
        what: UnknownFact = need,
        /// A label of the tables that it concerns; `None` if it concerns the whole export.
        column: Option<Pattern> = option,
    }

    /// Links that work only while the account exists.
    pub(crate) struct Link {
        /// The name of the host.
        host: Pattern = need,
        /// The path, without a query.
        path: Option<Pattern> = path,
    }
}

/// How a cell names the `{value}` of an attachment's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matching {
    /// The whole cell.
    Name,
    /// What is before the first `_` of the cell.
    Code,
    /// What is after the last `/` of the cell.
    Sha1,
}

/// A digest of the content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContentDigest {
    Sha1,
}

/// How a column contains files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Base64 with padding, in which white space may stand.
    Base64,
}

/// What is not known of a CRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownFact {
    /// Whether, and how, attachments are exported.
    Attachments,
    /// Which columns refer to records of other tables.
    References,
}

impl Recognise {
    /// Whether there is nothing to recognise the CRM by.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.headers.is_empty()
    }
}

impl Profile {
    /// Reads a profile of at most 1 MiB.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if it cannot be read,
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if it is longer or is not UTF-8, and as
    /// [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Self> {
        Self::read_from(input::open(path)?, path)
    }

    /// Reads a profile from an open file. Errors contain `path`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_from(input: impl Read, path: &Path) -> Result<Self> {
        FORM.read(input, path, Self::parse)
    }

    /// Parses the text of a profile.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) with the line if it is not TOML, if a key is
    /// unknown, missing or of another type, if a pattern can never match, or if rules for
    /// attachments lead to each other in a loop.
    pub fn parse(text: &str) -> Result<Self> {
        Self::from_text(text)
    }

    /// The profiles in this library.
    pub fn built_in() -> &'static [Self] {
        static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
            let parse = |text| Profile::parse(text).expect("a test parses each of them");
            BUILT_IN.iter().copied().map(parse).collect()
        });
        &PROFILES
    }

    /// The version of the format.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Where the facts come from, and what is not known.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its name, in one word.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the CRM.
    pub fn title(&self) -> &str {
        &self.title
    }
}

/// The profile that is used for an export.
#[derive(Debug, Clone)]
pub(crate) enum Chosen {
    BuiltIn(&'static Profile),
    Given(Arc<Profile>),
}

impl std::ops::Deref for Chosen {
    type Target = Profile;

    fn deref(&self) -> &Profile {
        match self {
            Self::BuiltIn(profile) => profile,
            Self::Given(profile) => profile,
        }
    }
}

/// The texts of the built-in profiles. If an export fits two of them equally, the first is used.
const BUILT_IN: [&str; 8] = [
    include_str!("../../profiles/fxiaoke.toml"),
    include_str!("../../profiles/zoho.toml"),
    include_str!("../../profiles/salesforce.toml"),
    include_str!("../../profiles/hubspot.toml"),
    include_str!("../../profiles/dynamics.toml"),
    include_str!("../../profiles/odoo.toml"),
    include_str!("../../profiles/espocrm.toml"),
    include_str!("../../profiles/suitecrm.toml"),
];
