//! Where an error or a finding happened.

use std::fmt;

use crate::i18n::{Language, fl};

/// Where an error or a finding happened, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Location {
    /// The source, as the user named it.
    pub source: Option<String>,
    /// The table.
    pub table: Option<String>,
    /// The part of the table, counted from 1.
    pub part: Option<u64>,
    /// The member of an archive.
    pub path: Option<String>,
    /// The record, counted from 1; the header line is not a record.
    pub record: Option<u64>,
    /// The line of a text file, counted from 1.
    pub line: Option<u64>,
    /// The column, counted from 1.
    pub column: Option<u64>,
    /// The byte in the source file or archive member, counted from 0.
    pub byte: Option<u64>,
}

impl Location {
    /// The location as text, in a language; empty if nothing is known.
    pub fn text(&self, language: Language) -> String {
        let number = |number: Option<u64>| number.map(|number| number.to_string());
        let parts = [
            self.source.clone(),
            self.table.as_ref().map(|table| fl!(language, "at-table", table = table)),
            number(self.part).map(|part| fl!(language, "at-part", part = part)),
            self.path.as_ref().map(|path| fl!(language, "at-path", path = path)),
            number(self.record).map(|record| fl!(language, "at-record", record = record)),
            number(self.line).map(|line| fl!(language, "at-line", line = line)),
            number(self.column).map(|column| fl!(language, "at-column", column = column)),
            number(self.byte).map(|byte| fl!(language, "at-byte", byte = byte)),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(&fl!(language, "comma"))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}
