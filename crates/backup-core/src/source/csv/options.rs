//! How CSV files are read, where that is not to be found out.

use crate::source::MAX_RECORD_BYTES;

/// How a CSV file is to be read, where that is not to be found out.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CsvOptions {
    /// The encoding, by a name that WHATWG lists; or `utf-32`, `utf-32le`, `utf-32be`, or
    /// `iso-8859-1`, which is that itself and not windows-1252.
    pub encoding: Option<String>,
    /// What stands between cells: one ASCII character.
    pub delimiter: Option<u8>,
    /// The line that the header stands on, counted from 1; 0 if there is none. The first line by
    /// default, or the second if the first names the delimiter (`sep=`).
    pub header_row: Option<u64>,
    /// What becomes of records that are shorter or longer than the header.
    pub ragged: Ragged,
    /// How many bytes of text one record may take, in UTF-8, to bound the memory that a file takes:
    /// a longer one is an error. [`MAX_RECORD_BYTES`] by default; a header has 4 MiB at most.
    pub max_record_bytes: u64,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            encoding: None,
            delimiter: None,
            header_row: None,
            ragged: Ragged::default(),
            max_record_bytes: MAX_RECORD_BYTES,
        }
    }
}

/// What becomes of records that are shorter or longer than the header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ragged {
    /// The file is not read as a table.
    #[default]
    Refuse,
    /// Every record gets as many cells as the longest has, with nulls; the ledger counts the records.
    Pad,
}

impl CsvOptions {
    /// Sets the encoding.
    pub fn encoding(mut self, name: impl Into<String>) -> Self {
        self.encoding = Some(name.into());
        self
    }

    /// Sets the delimiter.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// Sets the line that the header stands on, counted from 1; 0 if there is none.
    pub fn header_row(mut self, line: u64) -> Self {
        self.header_row = Some(line);
        self
    }

    /// Sets what becomes of records that are shorter or longer than the header.
    pub fn ragged(mut self, ragged: Ragged) -> Self {
        self.ragged = ragged;
        self
    }

    /// Sets how many bytes of text one record may take.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self
    }
}
