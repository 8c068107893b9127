//! What a run checked, and what it could not check.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::i18n::{Language, Message, fl};

/// How often one kind of check ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked.
    #[serde(rename = "what", serialize_with = "plural")]
    pub kind: CheckKind,
    /// How many of them.
    pub count: u64,
}

impl Check {
    /// What was checked, in a language, without its number: `record read`, `records read`.
    pub fn text(&self, language: Language) -> String {
        self.kind.text(self.count, language)
    }
}

fn plural<S: Serializer>(kind: &CheckKind, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&kind.text(MANY, Language::English))
}

/// A number of which JSON always speaks in the plural.
const MANY: u64 = 2;

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CheckKind {
    /// Bytes of the encrypted file, against the `.sha256` file.
    SealedBytes,
    /// Frames of zstd.
    Frames,
    /// Members, against the manifests of the bag.
    Members,
    /// Tables: their form, counts and digests.
    Tables,
    /// Records that were read.
    Records,
    /// Files, against their digests.
    Files,
    /// The content id, rebuilt from tables and files.
    ContentId,
    /// The content id, against the one that was expected.
    ExpectedId,
    /// Source files that were rebuilt from their tables, against their digests.
    RebuiltSources,
    /// Source files that were written.
    Originals,
    /// Records of the database, against those of the archive.
    RestoredRecords,
    /// Files of the database, against those of the archive.
    RestoredFiles,
    /// The content id, rebuilt from the database.
    RestoredContentId,
    /// Limits of age and time.
    Limits,
    /// Lines of a history.
    History,
    /// Parts of tables of a damaged archive.
    WholeParts,
    /// Files of a damaged archive.
    WholeFiles,
    /// Members of an archive whose list of them is gone.
    LooseMembers,
    /// Totals, against those of the CRM.
    Totals,
    /// Keys.
    Keys,
    /// References.
    References,
    /// Ids in references.
    Ids,
    /// Tables and files, against the sources as they are now.
    Sources,
}

impl CheckKind {
    /// What was checked, of one or of several, in a language.
    pub fn text(self, count: u64, language: Language) -> String {
        Message::of_variant("check-", &self).with("count", count).text(language)
    }
}

/// A requested check that did not run, and why.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SkippedCheck {
    /// The export did not read the archive back.
    ReadBack,
    /// The archive does not say when it was made.
    Age,
    /// The archive was not restored.
    RestoreTime,
    /// Nothing of a damaged archive could be restored.
    NothingLeft,
    /// Parts of tables that cannot be told apart were restored, though only some tables were asked for.
    UnnamedParts,
    /// What was restored of a damaged archive cannot be proven.
    Unproven {
        /// How many tables.
        tables: u64,
        /// How many files.
        files: u64,
        /// Whether the end of the archive is missing.
        cut_short: bool,
    },
    /// A source that the export could not read as a table.
    UnreadAtExport {
        /// Its name.
        source: String,
    },
    /// A source that cannot be read as a table.
    Unread {
        /// Its name.
        source: String,
        /// Why.
        #[serde(skip)]
        error: Arc<Error>,
        /// Whether it is in the archive as a file; if not, an export would stop there.
        carried: bool,
    },
    /// There is no `.sha256` file.
    NoChecksum {
        /// The file that is missing.
        path: String,
    },
    /// The `.sha256` file is not one.
    BadChecksum {
        /// The file.
        path: String,
        /// What it is instead.
        problem: ChecksumProblem,
    },
    /// The `.sha256` file beside the archive could not be read.
    Checksum {
        /// Why.
        #[serde(skip)]
        error: Arc<Error>,
    },
    /// A source, as it is now, cannot be read.
    UnreadableNow {
        /// Its name.
        source: String,
        /// Why.
        #[serde(skip)]
        error: Arc<Error>,
    },
    /// Several tables, or files, of one name cannot be told apart in the sources as they are now.
    Ambiguous {
        /// Whether it is a file.
        file: bool,
        /// The name.
        name: String,
    },
    /// A table has other columns in the sources as they are now.
    OtherColumns {
        /// The table.
        table: String,
    },
    /// The sources as they are now were not compared.
    Sources {
        /// Why; `None` if the archive itself has failed.
        #[serde(skip)]
        error: Option<Arc<Error>>,
    },
    /// The expected totals were not compared.
    Totals {
        /// Why; `None` if the archive itself has failed.
        #[serde(skip)]
        error: Option<Arc<Error>>,
    },
    /// Several tables have the name that a total is expected of.
    AmbiguousTotal {
        /// The name.
        table: String,
        /// A name that is not ambiguous.
        example: String,
    },
    /// Keys and references were not checked.
    Relations {
        /// Whether a schema was given.
        schema: bool,
        /// Why.
        #[serde(skip)]
        error: Arc<Error>,
    },
    /// A table has too many keys and references.
    KeysOfTable {
        /// The table.
        table: String,
        /// How many were not checked.
        count: u64,
    },
    /// A key or a reference that the schema or a source declares, or something else in the schema.
    Schema {
        /// What was not checked, and why.
        #[serde(skip)]
        why: Message,
    },
    /// A source that cannot be restored byte for byte.
    Lost {
        /// Its name.
        source: String,
        /// Why, in English, as the archive says.
        why: String,
    },
    /// A source file that was not rebuilt.
    NotRebuilt {
        /// Its name.
        source: String,
    },
    /// The history was not written.
    History {
        /// Why.
        #[serde(skip)]
        error: Arc<Error>,
    },
}

/// What a `.sha256` file is instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChecksumProblem {
    /// Not a regular file.
    NotAFile,
    /// Far too long.
    TooLong,
    /// Something that does not begin with a SHA-256.
    NoDigest,
}

impl SkippedCheck {
    /// What was not checked and why, in a language.
    pub fn text(&self, language: Language) -> String {
        let error = match self {
            Self::Schema { why } => return why.text(language),
            Self::Sources { error: None } | Self::Totals { error: None } => {
                fl!(language, "skipped-as-archive-failed")
            }
            Self::Unread { error, carried: true, .. } => error.text(language),
            Self::UnreadableNow { error, .. } => error.text_without_source(language),
            Self::Unread { error, .. }
            | Self::Checksum { error }
            | Self::Sources { error: Some(error) }
            | Self::Totals { error: Some(error) }
            | Self::Relations { error, .. }
            | Self::History { error } => error.text_with_causes(language),
            _ => String::new(),
        };
        let hint = match self {
            Self::Unread { error, .. } => error.hint_text(language).unwrap_or_default(),
            _ => String::new(),
        };
        let message = Message::of_variant("skipped-", self);
        message.with("error", error).with("hint", hint).text(language)
    }
}

impl std::fmt::Display for SkippedCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::message;

    #[test]
    fn a_check_of_one_is_in_the_singular() {
        let check = |count| Check { kind: CheckKind::Records, count };
        assert_eq!(check(1).text(Language::English), "record read");
        assert_eq!(check(2).text(Language::English), "records read");
        let json = serde_json::to_string(&check(1)).expect("it has a JSON form");
        assert_eq!(json, r#"{"what":"records read","count":1}"#, "JSON has always the same words");
    }

    #[test]
    fn a_skipped_check_keeps_its_names() {
        let unread = SkippedCheck::UnreadAtExport { source: "a.xlsx".into() };
        let english =
            "a.xlsx could not be read as a table when it was exported; its bytes are here";
        assert_eq!(unread.to_string(), english);
        assert_eq!(unread.text(Language::Chinese), "a.xlsx：导出时未能读成表；其原始字节已收录。");
        let totals = SkippedCheck::Totals { error: None };
        assert_eq!(totals.to_string(), "the expected totals: the archive itself has failed");
        assert_eq!(totals.text(Language::Chinese), "合计未能核对：归档本身未通过检查。");
        let why =
            message!("skipped-reference-no-columns", table = "a", target = "b", columns = "c, d");
        let named = SkippedCheck::Schema { why };
        assert_eq!(
            named.text(Language::Chinese),
            "表 a 对表 b 的引用关系未检查：后者没有列 c, d。"
        );
    }
}
