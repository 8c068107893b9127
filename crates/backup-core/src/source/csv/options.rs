//! Options for reading CSV files. What is not set is detected.

use super::delimiter::{Delimiter, can_delimit};
use crate::source::MAX_RECORD_BYTES;

/// Options for reading a CSV file. What is not set is detected.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CsvOptions {
    /// The encoding: a label of WHATWG, or `utf-32`, `utf-32le`, `utf-32be` or `iso-8859-1`, which
    /// means ISO 8859-1 itself, not windows-1252; or a code page of DOS, such as `cp437` or
    /// `cp850`. Usual spellings, such as `latin2`, `936` or `IBM850`, are accepted.
    pub encoding: Option<String>,
    /// The text between two cells.
    pub delimiter: Option<Delimiter>,
    /// The ASCII character that makes a following quote a part of a quoted cell, such as a
    /// backslash. It is not the delimiter. A backslash is detected if the beginning of the file
    /// cannot be read without it.
    pub escape: Option<u8>,
    /// The line of the header, counted from 1; 0 if there is none. The default is the first line
    /// that is not a title, a comment, or the name of the delimiter (`sep=`).
    pub header_row: Option<u64>,
    /// How records are handled that are shorter or longer than the header.
    pub ragged: Ragged,
    /// The maximum length of a record in bytes of UTF-8. It bounds the memory for a file; a longer
    /// record is an error. [`MAX_RECORD_BYTES`] by default. A header may have at most 4 MiB.
    pub max_record_bytes: u64,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            encoding: None,
            delimiter: None,
            escape: None,
            header_row: None,
            ragged: Ragged::default(),
            max_record_bytes: MAX_RECORD_BYTES,
        }
    }
}

/// How records are handled that are shorter or longer than the header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ragged {
    /// The file is not read as a table.
    #[default]
    Refuse,
    /// All records are padded with nulls to the length of the longest. The ledger contains the
    /// number of padded records.
    Pad,
}

impl CsvOptions {
    /// Sets the encoding.
    pub fn encoding(mut self, name: impl Into<String>) -> Self {
        self.encoding = Some(name.into());
        self
    }

    /// Sets the delimiter.
    pub fn delimiter(mut self, delimiter: impl Into<Delimiter>) -> Self {
        self.delimiter = Some(delimiter.into());
        self
    }

    /// Sets the character before a quote within a quoted cell.
    pub fn escape(mut self, escape: u8) -> Self {
        self.escape = Some(escape);
        self
    }

    /// Sets the line of the header, counted from 1; 0 if there is none.
    pub fn header_row(mut self, line: u64) -> Self {
        self.header_row = Some(line);
        self
    }

    /// Sets how records are handled that are shorter or longer than the header.
    pub fn ragged(mut self, ragged: Ragged) -> Self {
        self.ragged = ragged;
        self
    }

    /// Sets the maximum length of a record in bytes.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self
    }

    /// Whether the escape character has no other meaning.
    pub(super) fn has_possible_escape(&self) -> bool {
        let delimiter = self.delimiter.map(Delimiter::first);
        self.escape.is_none_or(|escape| can_delimit(escape) && delimiter != Some(escape))
    }
}
