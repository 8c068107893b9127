//! The second answer beside the verdict: whether the export holds what the CRM holds.

use serde::Serialize;

use crate::i18n::Message;

/// Whether an export contains what the CRM does, as far as rules, the profile of the CRM and
/// expected totals can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Completeness {
    /// Every rule of a profile was checked and held, and the expected totals cover every table.
    Complete,
    /// Something is missing. The findings that are gaps say what.
    Gaps,
    /// No rule could decide; see [`Scope::undecided`].
    Unknown,
}

impl std::fmt::Display for Completeness {
    /// The name, as in JSON.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

/// What was checked to find out whether an export is complete, beside the findings.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Scope {
    /// The profile that was used.
    pub profile: Option<ProfileReport>,
    /// The profiles of folders that hold the exports of other CRMs.
    #[serde(rename = "profiles_of_folders", skip_serializing_if = "Vec::is_empty")]
    pub of_folders: Vec<FolderProfile>,
    /// What no rule could decide.
    pub undecided: Vec<Undecided>,
    /// The tables that the CRM shows a number of records for: without parts, and without tables
    /// that hold no records of the CRM.
    #[serde(skip)]
    pub counted: Vec<String>,
    /// The labels of columns and their names in the CRM's API, if the export has a table of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub api_names: Vec<ApiName>,
    /// What first records of tables say of their columns. These records are no data of the CRM.
    #[serde(rename = "described_columns", skip_serializing_if = "Vec::is_empty")]
    pub described: Vec<DescribedColumn>,
}

/// What the first record of a table says of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedColumn {
    /// The name of the table.
    pub table: String,
    /// The label.
    pub label: String,
    /// The type, in the words of the CRM.
    #[serde(rename = "type")]
    pub of_type: String,
    /// Whether its values are ids or names of records of another table.
    pub lookup: bool,
    /// Whether it is never empty.
    pub required: bool,
}

/// The label of a column, and its name in the CRM's API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ApiName {
    /// The name of the table, if the export tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The label.
    pub label: String,
    /// The name in the API.
    pub name: String,
}

/// The profile that an export was checked with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProfileReport {
    /// Its name.
    pub name: String,
    /// The name of the CRM.
    pub title: String,
    /// Whether the user chose it.
    pub given: bool,
    /// The patterns of paths or labels that were recognised, each with the first match and the
    /// number of matches.
    pub recognised_by: Vec<RecognisedBy>,
    /// What the profile states of this CRM and the checks assumed: `rows=100000`, and so on.
    pub assumed: Vec<String>,
}

/// A folder that holds the export of another CRM, and the profile of this CRM.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FolderProfile {
    /// The name of the folder, which lies directly in the export.
    pub folder: String,
    /// The profile.
    pub profile: ProfileReport,
}

/// What shows that an export comes from a CRM.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecognisedBy {
    /// The pattern of a path, or those of labels.
    pub pattern: String,
    /// The first path or table that matches.
    pub first: String,
    /// How many paths or tables match.
    pub count: u64,
}

/// Something that no rule could decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Undecided {
    /// Why.
    pub reason: UndecidedReason,
    /// The tables or files that it concerns, if it concerns some only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// One sentence for people. JSON contains the English one.
    #[serde(serialize_with = "english")]
    pub message: Message,
}

/// Why something could not be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum UndecidedReason {
    /// No profile fits the export, or none was to be used.
    NoProfile,
    /// No total was given for these tables.
    NoTotals,
    /// These files were not read.
    NotRead,
    /// No rule of the profile is about these files.
    NoRule,
    /// The export has no table that a rule of the profile or a column is about.
    NoTable,
    /// It is not known of this CRM.
    NotKnown,
    /// A check did not run.
    NotChecked,
    /// No table of the export holds the users that a column names.
    NoUsers,
    /// Files exist only as links.
    Links,
}

fn english<S: serde::Serializer>(message: &Message, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(message)
}

impl Undecided {
    pub(crate) fn new(reason: UndecidedReason, message: Message) -> Self {
        Self { reason, names: Vec::new(), message }
    }

    pub(crate) fn names(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.names.extend(names);
        self
    }
}
