//! What a run checked, and what it could not check.

use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::i18n::{Language, fl};

/// Checks of one kind that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
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

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut form = serializer.serialize_struct("Check", 2)?;
        form.serialize_field("what", &self.kind.text(MANY, Language::English))?;
        form.serialize_field("count", &self.count)?;
        form.end()
    }
}

/// A number of which JSON always speaks in the plural.
const MANY: u64 = 2;

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
        match self {
            Self::SealedBytes => fl!(language, "check-sealed-bytes", count = count),
            Self::Frames => fl!(language, "check-frames", count = count),
            Self::Members => fl!(language, "check-members", count = count),
            Self::Tables => fl!(language, "check-tables", count = count),
            Self::Records => fl!(language, "check-records", count = count),
            Self::Files => fl!(language, "check-files", count = count),
            Self::ContentId => fl!(language, "check-content-id"),
            Self::ExpectedId => fl!(language, "check-expected-id"),
            Self::RebuiltSources => fl!(language, "check-rebuilt-sources", count = count),
            Self::Originals => fl!(language, "check-originals", count = count),
            Self::RestoredRecords => fl!(language, "check-restored-records", count = count),
            Self::RestoredFiles => fl!(language, "check-restored-files", count = count),
            Self::RestoredContentId => fl!(language, "check-restored-content-id"),
            Self::Limits => fl!(language, "check-limits", count = count),
            Self::History => fl!(language, "check-history", count = count),
            Self::WholeParts => fl!(language, "check-whole-parts", count = count),
            Self::WholeFiles => fl!(language, "check-whole-files", count = count),
            Self::LooseMembers => fl!(language, "check-loose-members", count = count),
            Self::Totals => fl!(language, "check-totals", count = count),
            Self::Keys => fl!(language, "check-keys", count = count),
            Self::References => fl!(language, "check-references", count = count),
            Self::Ids => fl!(language, "check-ids", count = count),
            Self::Sources => fl!(language, "check-sources", count = count),
        }
    }
}

/// A requested check that did not run, and why.
#[derive(Debug, Clone)]
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
        error: Arc<Error>,
    },
    /// A source, as it is now, cannot be read.
    UnreadableNow {
        /// Its name.
        source: String,
        /// Why, in English.
        error: String,
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
        /// Why.
        cause: SkipCause,
    },
    /// The expected totals were not compared.
    Totals {
        /// Why.
        cause: SkipCause,
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
        error: Arc<Error>,
    },
    /// A table has too many keys and references.
    KeysOfTable {
        /// The table.
        table: String,
        /// How many were not checked.
        count: u64,
    },
    /// The schema has a table that is not in the archive.
    SchemaTable {
        /// The table.
        table: String,
    },
    /// The schema has columns that are not in the table.
    SchemaColumns {
        /// The table.
        table: String,
        /// The columns.
        columns: String,
    },
    /// The schema asks for something that is not checked.
    SchemaWords {
        /// The table.
        table: String,
        /// The words of the schema, and the columns that they are about.
        words: String,
    },
    /// A key of columns that are not in the table.
    KeyColumns {
        /// The table.
        table: String,
        /// The columns.
        columns: String,
    },
    /// A reference of columns that are not in the table.
    ReferenceColumns {
        /// The table.
        table: String,
        /// The columns.
        columns: String,
    },
    /// A reference that cannot be looked up.
    Reference {
        /// The table.
        table: String,
        /// The table that it refers to.
        target: String,
        /// Why.
        problem: ReferenceProblem,
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
        error: Arc<Error>,
    },
}

/// Why a whole check was skipped.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SkipCause {
    /// The archive itself has failed.
    ArchiveFailed,
    /// An error.
    Error(Arc<Error>),
}

/// What a `.sha256` file is instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChecksumProblem {
    /// Not a regular file.
    NotAFile,
    /// Far too long.
    TooLong,
    /// Something that does not begin with a SHA-256.
    NoDigest,
}

/// Why a reference cannot be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReferenceProblem {
    /// The table that it refers to is not in the archive.
    NoTable,
    /// The table that it refers to does not have these columns.
    NoColumns(String),
    /// The table that it refers to has too many keys.
    TooManyKeys,
}

impl SkippedCheck {
    /// What was not checked and why, in a language.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::ReadBack => fl!(language, "skipped-read-back"),
            Self::Age => fl!(language, "skipped-age"),
            Self::RestoreTime => fl!(language, "skipped-restore-time"),
            Self::NothingLeft => fl!(language, "skipped-nothing-left"),
            Self::UnnamedParts => fl!(language, "skipped-unnamed-parts"),
            Self::Unproven { tables, files, cut_short: true } => {
                fl!(language, "skipped-unproven-cut-short", tables = tables, files = files)
            }
            Self::Unproven { tables, files, cut_short: false } => {
                fl!(language, "skipped-unproven-no-list", tables = tables, files = files)
            }
            Self::UnreadAtExport { source } => {
                fl!(language, "skipped-unread-at-export", source = source)
            }
            Self::Unread { source, error, carried } => {
                let hint = error.hint_text(language).unwrap_or_default();
                match carried {
                    true => {
                        let error = error.text(language);
                        fl!(language, "skipped-unread", source = source, error = error, hint = hint)
                    }
                    false => fl!(
                        language,
                        "skipped-unreadable",
                        source = source,
                        error = error.text_with_causes(language),
                        hint = hint
                    ),
                }
            }
            Self::NoChecksum { path } => fl!(language, "skipped-no-checksum", path = path),
            Self::BadChecksum { path, problem } => match problem {
                ChecksumProblem::NotAFile => {
                    fl!(language, "skipped-checksum-not-a-file", path = path)
                }
                ChecksumProblem::TooLong => fl!(language, "skipped-checksum-long", path = path),
                ChecksumProblem::NoDigest => fl!(language, "skipped-checksum-none", path = path),
            },
            Self::Checksum { error } => {
                fl!(language, "skipped-checksum", error = error.text(language))
            }
            Self::UnreadableNow { source, error } => {
                fl!(language, "skipped-unreadable-now", source = source, error = error)
            }
            Self::Ambiguous { file: false, name } => {
                fl!(language, "skipped-ambiguous-table", name = name)
            }
            Self::Ambiguous { file: true, name } => {
                fl!(language, "skipped-ambiguous-file", name = name)
            }
            Self::OtherColumns { table } => fl!(language, "skipped-other-columns", table = table),
            Self::Sources { cause } => {
                fl!(language, "skipped-sources", why = cause.text(language))
            }
            Self::Totals { cause } => fl!(language, "skipped-totals", why = cause.text(language)),
            Self::AmbiguousTotal { table, example } => {
                fl!(language, "skipped-ambiguous-total", table = table, example = example)
            }
            Self::Relations { schema: false, error } => {
                fl!(language, "skipped-relations", error = error.text_with_causes(language))
            }
            Self::Relations { schema: true, error } => {
                fl!(
                    language,
                    "skipped-relations-and-schema",
                    error = error.text_with_causes(language)
                )
            }
            Self::KeysOfTable { table, count } => {
                fl!(language, "skipped-keys-of-table", table = table, count = count)
            }
            Self::SchemaTable { table } => fl!(language, "skipped-schema-table", table = table),
            Self::SchemaColumns { table, columns } => {
                fl!(language, "skipped-schema-columns", table = table, columns = columns)
            }
            Self::SchemaWords { table, words } => {
                fl!(language, "skipped-schema-words", table = table, words = words)
            }
            Self::KeyColumns { table, columns } => {
                fl!(language, "skipped-key-columns", table = table, columns = columns)
            }
            Self::ReferenceColumns { table, columns } => {
                fl!(language, "skipped-reference-columns", table = table, columns = columns)
            }
            Self::Reference { table, target, problem } => problem.text(table, target, language),
            Self::Lost { source, why } => fl!(language, "skipped-lost", source = source, why = why),
            Self::NotRebuilt { source } => fl!(language, "skipped-not-rebuilt", source = source),
            Self::History { error } => {
                fl!(language, "skipped-history", error = error.text_with_causes(language))
            }
        }
    }
}

impl SkipCause {
    fn text(&self, language: Language) -> String {
        match self {
            Self::ArchiveFailed => fl!(language, "skipped-as-archive-failed"),
            Self::Error(error) => error.text_with_causes(language),
        }
    }
}

impl ReferenceProblem {
    fn text(&self, table: &str, target: &str, language: Language) -> String {
        match self {
            Self::NoTable => {
                fl!(language, "skipped-reference-table", table = table, target = target)
            }
            Self::NoColumns(columns) => fl!(
                language,
                "skipped-reference-target-columns",
                table = table,
                target = target,
                columns = columns
            ),
            Self::TooManyKeys => {
                fl!(language, "skipped-reference-keys", table = table, target = target)
            }
        }
    }
}

impl std::fmt::Display for SkippedCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

impl Serialize for SkippedCheck {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let totals = SkippedCheck::Totals { cause: SkipCause::ArchiveFailed };
        assert_eq!(totals.to_string(), "the expected totals: the archive itself has failed");
        assert_eq!(totals.text(Language::Chinese), "合计未能核对：归档本身未通过检查。");
        let problem = ReferenceProblem::NoColumns("c, d".into());
        let (table, target) = ("a".to_owned(), "b".to_owned());
        let named = SkippedCheck::Reference { table, target, problem };
        assert_eq!(
            named.text(Language::Chinese),
            "表 a 对表 b 的引用关系未检查：后者没有列 c, d。"
        );
    }
}
