//! The codes of ledger entries.

use serde::{Deserialize, Serialize};

use crate::i18n::{Language, Message};

/// The kind of a ledger entry: what is not in the archive, or is stored in another form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LedgerCode {
    /// A source that could not be read as a table.
    Unread,
    /// The reader of a source returned other cells than the file contains. Only a remark, never in
    /// a ledger.
    Misread,
    /// A pattern that matches no source. Only a remark, never in a ledger.
    Unmatched,
    /// A remark without its own code. Never in a ledger.
    Remark,
    /// A remark: the encoding of a source was guessed.
    GuessedEncoding,
    /// A remark: another encoding is almost as likely as the one that was chosen. An export and a
    /// restore-test are then not proven; verify, which does not look at values, is.
    UnclearEncoding,
    /// A remark: another delimiter would also fit.
    GuessedDelimiter,
    /// A remark: a title or comments were detected above the header.
    GuessedHeader,
    /// A remark: the first record of a CSV file looks like the others, not like a header.
    MissingHeader,
    /// A remark: a second table may begin within a CSV file.
    SecondTable,
    /// A remark: records of one text, such as titles or totals that were padded.
    PaddedLines,
    /// A remark: records without text.
    BlankRecords,
    /// A remark: whole lines of a CSV file are quoted.
    QuotedLines,
    /// A remark: quotes in a CSV file are escaped with a backslash.
    EscapedQuotes,
    /// A remark: cells of a CSV file begin with spaces and a quote.
    SpacedQuotes,
    /// A remark: records that repeat the header.
    RepeatedHeader,
    /// A remark: a last record with totals.
    TotalsRecord,
    /// A remark: a CSV file ends with the end mark of DOS.
    EndMark,
    /// A remark: a CSV file ends within a line end.
    CutLineEnd,
    /// A remark: the write-ahead log of a database, or a part of it, is damaged and was not read.
    DamagedLog,
    /// A remark: whole numbers beyond what a workbook holds exactly.
    LongNumbers,
    /// A remark: numbers that a spreadsheet has shortened.
    ShortenedNumbers,
    /// A remark: characters that were lost before the export.
    LostCharacters,
    /// A remark: a secret key.
    SecretKey,
    /// A remark: a file that looks like data and is not read as a table.
    Opaque,
    /// A table that was renamed, because another table has the same name.
    RenamedTable,
    /// A file that was renamed, because another file has the same name.
    RenamedFile,
    /// A source that was renamed, because another source has the same name.
    RenamedSource,
    /// A member that was renamed, because another member has the same name.
    RenamedMember,
    /// An empty folder.
    EmptyFolder,
    /// A symbolic link.
    Link,
    /// A device, pipe or socket.
    SpecialFile,
    /// A lock file of Excel or of a similar program.
    LockFile,
    /// A file with metadata of an operating system, which is stored like an attachment.
    SystemFile,
    /// A name that is not Unicode. Its bytes are kept.
    DecodedName,
    /// A file or folder that was named twice.
    NamedTwice,
    /// A file of the backup itself: the archive, an older one, a file beside one, a file of the
    /// run.
    OwnFile,
    /// An identity file, which opens archives.
    KeyFile,
    /// A member that is stored only within its ZIP file.
    WithinZip,
    /// A hidden sheet.
    HiddenSheet,
    /// An index of a SQLite log.
    WalIndex,
    /// Names of ZIP members in a guessed encoding.
    MemberNames,
    /// Bytes of a ZIP file that belong to no member.
    UnlistedBytes,
    /// Lines or rows above the header.
    RowsAboveHeader,
    /// Lines below the records, such as a comment or totals.
    RowsBelowTable,
    /// A header that is shorter than the longest record.
    PaddedHeader,
    /// Blank lines between records.
    BlankLines,
    /// Records that are shorter than the longest.
    PaddedRecords,
    /// An empty file.
    EmptyFile,
    /// A database without tables.
    EmptyDatabase,
    /// A file that cannot be rebuilt from its tables.
    KeptWhole,
    /// A stream that cannot be rebuilt.
    OriginalLost,
    /// Dates, times and durations.
    DateAsText,
    /// Numbers formatted as dates that are outside the calendar.
    UnreadableDate,
    /// Booleans.
    BooleanAsText,
    /// Errors in cells.
    ErrorAsText,
    /// Formulas.
    FormulaAsValue,
    /// Formulas without a computed value.
    FormulaWithoutValue,
    /// Merged cells.
    MergedCells,
    /// Spaces around text that the file does not ask to keep.
    OuterSpaces,
    /// Text that the workbook library misreads.
    CorrectedText,
    /// Numbers that the workbook library misreads.
    CorrectedNumber,
    /// Numbers and dates that the workbook library confuses.
    CorrectedDate,
    /// Errors that the workbook library misreads.
    CorrectedError,
    /// Numbers with more digits than a spreadsheet stores.
    ExactDigits,
    /// A sheet that is not a worksheet.
    NotAWorksheet,
    /// A sheet without values.
    EmptySheet,
    /// An internal table of SQLite.
    InternalTable,
    /// A virtual table.
    VirtualTable,
    /// A table whose records have no defined order.
    NoOrder,
    /// A generated column that cannot be computed.
    GeneratedColumn,
    /// Text that is not valid UTF-16.
    LoneSurrogate,
    /// A table of a source that could not be read, unlike others of the source. An export and a
    /// restore-test are then not proven.
    UnreadTable,
    /// A table of a database that was left out because no pattern names it.
    LeftOutTable,
    /// Records of a source that are missing in it. An export and a restore-test are then not proven.
    MissingRecords,
    /// Computed columns, whose values the source does not contain.
    ComputedColumn,
    /// A column whose values are stored as the bytes of the source's own format.
    EncodedColumn,
    /// A table of a dump without its definition.
    UndefinedTable,
    /// A table of a database whose engine has no transactions, so that its records are not from the
    /// moment of the others.
    NotInSnapshot,
    /// A remark: data parts that the list of a package does not name.
    UnlistedParts,
    /// A code of an embedder, or of another version.
    #[serde(untagged)]
    Other(String),
}

impl LedgerCode {
    /// Whether entries of this code are about an empty file or an empty sheet.
    pub(crate) fn is_about_empty_source(&self) -> bool {
        matches!(self, Self::EmptyFile | Self::EmptyDatabase | Self::EmptySheet)
    }

    /// Whether the text of entries of this code names their table or source.
    pub(crate) fn names_its_place(&self) -> bool {
        matches!(
            self,
            Self::Unread
                | Self::RenamedTable
                | Self::RenamedFile
                | Self::RenamedSource
                | Self::RenamedMember
        )
    }

    /// The text of entries of this code; `None` for a code that is not known.
    pub fn text(&self, language: Language) -> Option<String> {
        let message = Message::of_variant("ledger-", self);
        // Remarks are findings. The entries of an embedder have their own text.
        let is_known = !matches!(self, Self::Other(_)) && message.exists();
        is_known.then(|| message.text(language))
    }
}

impl std::fmt::Display for LedgerCode {
    /// Its name, as in JSON.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

impl From<&str> for LedgerCode {
    /// The code of this name; a name that is not known is kept.
    fn from(name: &str) -> Self {
        let name = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(name);
        Self::deserialize(name).expect("any text is a code")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_name_in_json_and_an_unknown_one_is_kept() {
        let name = |code: &LedgerCode| serde_json::to_string(code).expect("it has a JSON form");
        assert_eq!(name(&LedgerCode::NotAWorksheet), "\"not-a-worksheet\"");
        assert_eq!(LedgerCode::from("date-as-text"), LedgerCode::DateAsText);
        let own = LedgerCode::from("of-an-embedder");
        assert_eq!(own, LedgerCode::Other("of-an-embedder".into()));
        assert_eq!(name(&own), "\"of-an-embedder\"");
        let read: LedgerCode = serde_json::from_str("\"of-an-embedder\"").expect("it is readable");
        assert_eq!(read, own);
    }
}
