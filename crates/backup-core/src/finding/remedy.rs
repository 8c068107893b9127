//! Settings for sources that were not read as they should be.

use super::Finding;
use crate::ledger_code::LedgerCode;

/// A setting that may make a source readable, or that corrects how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Remedy {
    /// The encoding of a CSV file:
    /// [`CsvOptions::encoding`](crate::source::csv::CsvOptions::encoding).
    Encoding,
    /// The delimiter of a CSV file:
    /// [`CsvOptions::delimiter`](crate::source::csv::CsvOptions::delimiter).
    Delimiter,
    /// The line or row of the header:
    /// [`CsvOptions::header_row`](crate::source::csv::CsvOptions::header_row).
    HeaderRow,
    /// The character before a quote within a quoted cell of a CSV file:
    /// [`CsvOptions::escape`](crate::source::csv::CsvOptions::escape).
    Escape,
    /// How much a ZIP file may hold: [`ZipLimits`](crate::source::ZipLimits).
    ZipLimits,
}

impl Finding {
    /// The setting to change if this is a note on how a source was read, and it was read wrongly.
    pub fn remedy(&self) -> Option<Remedy> {
        Some(match self.noted.as_ref()?.0 {
            LedgerCode::GuessedEncoding | LedgerCode::UnclearEncoding => Remedy::Encoding,
            LedgerCode::GuessedDelimiter | LedgerCode::QuotedLines => Remedy::Delimiter,
            LedgerCode::GuessedHeader | LedgerCode::MissingHeader => Remedy::HeaderRow,
            LedgerCode::EscapedQuotes => Remedy::Escape,
            _ => return None,
        })
    }
}
