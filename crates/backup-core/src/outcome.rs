//! What a run checked, and what it could not check.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::i18n::{Language, Message, fl};

/// A kind of check, and the number of checks of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked.
    #[serde(rename = "what", serialize_with = "plural")]
    pub kind: CheckKind,
    /// The number of checks that ran. For limits, totals and sources, only those that passed.
    pub count: u64,
}

impl Check {
    /// What was checked, in a language, without the number: `record read`, `records read`.
    pub fn text(&self, language: Language) -> String {
        self.kind.text(self.count, language)
    }
}

fn plural<S: Serializer>(kind: &CheckKind, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&kind.text(MANY, Language::English))
}

/// A number for plural texts. JSON always uses the plural.
const MANY: u64 = 2;

/// The kind of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CheckKind {
    /// Bytes of the encrypted file were compared with the `.sha256` file.
    SealedBytes,
    /// zstd frames were decompressed.
    Frames,
    /// Members were compared with the manifests of the bag.
    Members,
    /// The form, counts and digests of tables were checked.
    Tables,
    /// Records were read.
    Records,
    /// Files were compared with their digests.
    Files,
    /// The content id was computed from tables and files.
    ContentId,
    /// The content id is the expected one.
    ExpectedId,
    /// Source files were rebuilt from their tables, and compared with their digests.
    RebuiltSources,
    /// Source files were written.
    Originals,
    /// Records of the database were compared with those of the archive.
    RestoredRecords,
    /// Files of the database were compared with those of the archive.
    RestoredFiles,
    /// The content id was computed from the database.
    RestoredContentId,
    /// Limits of age and time that hold.
    Limits,
    /// Lines of a history were checked.
    History,
    /// Parts of tables of a damaged archive were checked separately.
    WholeParts,
    /// Files of a damaged archive were checked separately.
    WholeFiles,
    /// Members were found in an archive whose manifest is lost.
    LooseMembers,
    /// Totals that are equal to those of the CRM.
    Totals,
    /// Keys were checked.
    Keys,
    /// The ids of references were looked up.
    References,
    /// Ids in references were looked up, whether they were found or not.
    Ids,
    /// Tables and files that are equal in the current sources.
    Sources,
}

impl CheckKind {
    /// What was checked, for this number of checks, in a language.
    pub fn text(self, count: u64, language: Language) -> String {
        Message::of_variant("check-", &self).with("count", count).text(language)
    }
}

/// A requested check that did not run, and why.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SkippedCheck {
    /// The export did not read the archive back.
    ReadBack,
    /// The archive does not contain the time of its creation.
    Age,
    /// The archive was not restored.
    RestoreTime,
    /// A source could not be read as a table.
    Unread {
        /// Its name.
        source: String,
        /// Why.
        error: Arc<Error>,
        /// Whether it is stored as a file. If not, an export would stop there.
        is_stored: bool,
    },
    /// The encoding of a source is not clear: another one is almost as likely.
    UnclearEncoding {
        /// Its name.
        source: String,
    },
    /// A source cannot be read now.
    UnreadableNow {
        /// Its name.
        source: String,
        /// Why.
        error: Arc<Error>,
    },
    /// An error prevented the whole check.
    Prevented {
        /// Which check.
        kind: CheckKind,
        /// The error; `None` if the check did not run because the archive failed.
        error: Option<Arc<Error>>,
    },
    /// A part of a check did not run.
    Part {
        /// Which check.
        kind: CheckKind,
        /// Which part, and why.
        why: Message,
    },
}

impl SkippedCheck {
    /// Part of a check did not run.
    pub(crate) fn part(kind: CheckKind, why: Message) -> Self {
        Self::Part { kind, why }
    }

    /// What was not checked and why, in a language.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::ReadBack => fl!(language, "skipped-read-back"),
            Self::Age => fl!(language, "skipped-age"),
            Self::RestoreTime => fl!(language, "skipped-restore-time"),
            Self::Unread { error, is_stored, .. } => {
                let hint = error.hint_text(language).unwrap_or_default();
                match is_stored {
                    true => {
                        let error = error.text(language);
                        fl!(language, "skipped-unread", error = error, hint = hint)
                    }
                    false => {
                        let error = error.text_with_causes(language);
                        fl!(language, "skipped-unreadable", error = error, hint = hint)
                    }
                }
            }
            Self::UnclearEncoding { source } => {
                fl!(language, "skipped-unclear-encoding", source = source)
            }
            Self::UnreadableNow { source, error } => {
                let error = error.text_without_source(language);
                fl!(language, "skipped-unreadable-now", source = source, error = error)
            }
            Self::Prevented { kind, error } => {
                let error = match error {
                    Some(error) => error.text_with_causes(language),
                    None => fl!(language, "skipped-as-archive-failed"),
                };
                let message = Message::of_variant("skipped-", kind);
                if !message.exists() {
                    let check = kind.text(MANY, language);
                    return fl!(language, "skipped-other", check = check, error = error);
                }
                message.with("error", error).text(language)
            }
            Self::Part { why, .. } => why.text(language),
        }
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
        let unread = SkippedCheck::part(
            CheckKind::Tables,
            message!("skipped-unread-at-export", source = "a.xlsx"),
        );
        let english =
            "a.xlsx: the export could not read it as a table; the archive contains its bytes";
        assert_eq!(unread.to_string(), english);
        assert_eq!(unread.text(Language::Chinese), "a.xlsx：导出时未能读成表；其原始字节已收录。");
        let totals = SkippedCheck::Prevented { kind: CheckKind::Totals, error: None };
        assert_eq!(
            totals.to_string(),
            "the expected totals: the check of the archive itself failed"
        );
        assert_eq!(totals.text(Language::Chinese), "合计未能核对：归档本身未通过检查。");
        let why =
            message!("skipped-reference-no-columns", table = "a", target = "b", columns = "c, d");
        let named = SkippedCheck::part(CheckKind::Keys, why);
        assert_eq!(
            named.text(Language::Chinese),
            "表 a 对表 b 的引用关系未检查：后者没有列 c, d。"
        );
    }
}
