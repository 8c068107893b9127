//! Rebuilds a CSV file from its table by a recipe.
//!
//! An export writes each record again and compares it with its text. A restore writes the records
//! to a file. Both use [`push_record`].

use std::io::Write;

use super::encoding::{BYTE_ORDER_MARK, Charset, encode};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::i18n::message;
use crate::model::{Quotes, Recipe};
use crate::record::quoting::{needs_quotes, push_quoted};
use crate::record::{Cell, Record, Table};

/// Appends a record in the form of a recipe, without a line end.
///
/// # Errors
///
/// [`ErrorKind::Record`] if a cell contains text that is not UTF-8.
pub(super) fn push_record(
    record: &Record,
    recipe: &Recipe,
    quotes: Quotes,
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut delimiter = [0; 4];
    let delimiter = recipe.delimiter.encode_utf8(&mut delimiter).as_bytes();
    let alone = record.len() == 1;
    for (index, cell) in record.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(delimiter);
        }
        let Cell::Text(text) = cell else { continue };
        if !text.is_utf8() {
            return Err(unmappable());
        }
        let text = text.as_bytes();
        let is_quoted = match (quotes, delimiter) {
            (Quotes::All, _) => true,
            (Quotes::Commas, _) if text.contains(&b',') => true,
            (_, b",") => needs_quotes(text, alone),
            _ => needs_quotes_between(delimiter[0], text, alone),
        };
        match is_quoted {
            true => push_quoted(text, out),
            false => out.extend_from_slice(text),
        }
    }
    Ok(())
}

/// Whether a cell must be quoted if the delimiter is not a comma.
fn needs_quotes_between(delimiter: u8, text: &[u8], alone: bool) -> bool {
    text.is_empty()
        || memchr::memchr3(delimiter, b'"', b'\n', text).is_some()
        || memchr::memchr(b'\r', text).is_some()
        || (alone && text == b"\\.")
}

/// The labels as cells of a header line. An empty label is null, so it is not quoted.
pub(super) fn header<'a>(labels: impl Iterator<Item = &'a str>) -> Record {
    let cells = labels.map(|label| match label {
        "" => Cell::Null,
        _ => Cell::Text(label.into()),
    });
    cells.collect()
}

/// The error for a character that the encoding does not have.
fn unmappable() -> Error {
    Error::record(message!("csv-unmappable"))
}

/// Writes a file by a recipe.
pub(crate) struct Rebuilder<W> {
    charset: Charset,
    recipe: Recipe,
    newline: &'static str,
    /// Whether a line was written, so that a line end must precede the next one.
    has_line: bool,
    text: Vec<u8>,
    encoded: Vec<u8>,
    out: W,
}

impl<W: Write> Rebuilder<W> {
    /// Begins to rebuild the file of `table`: writes everything above its records.
    ///
    /// # Errors
    ///
    /// As for [`Rebuilder::record`], and [`ErrorKind::Option`] if the recipe has an unknown
    /// encoding.
    pub(crate) fn begin(recipe: &Recipe, table: &Table, out: W) -> Result<Self> {
        let newlines = ["\r\n", "\r\r\n", "\r"];
        let newline = newlines.into_iter().find(|newline| *newline == recipe.newline);
        let mut this = Self {
            charset: Charset::named(&recipe.encoding, b"")?,
            recipe: recipe.clone(),
            newline: newline.unwrap_or("\n"),
            has_line: !recipe.headless,
            text: Vec::new(),
            encoded: Vec::new(),
            out,
        };
        if recipe.bom {
            this.text.extend_from_slice(BYTE_ORDER_MARK.as_bytes());
        }
        this.text.extend_from_slice(recipe.preamble.as_bytes());
        if !recipe.headless {
            let header = header(table.columns.iter().map(|column| &*column.label));
            push_record(&header, recipe, recipe.header_quotes, &mut this.text)?;
        }
        this.flush()?;
        Ok(this)
    }

    /// Writes a record.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Record`] if the encoding does not have a character, [`ErrorKind::Io`] if
    /// writing fails.
    pub(crate) fn record(&mut self, record: &Record) -> Result<()> {
        if std::mem::replace(&mut self.has_line, true) {
            self.text.extend_from_slice(self.newline.as_bytes());
        }
        push_record(record, &self.recipe, self.recipe.quotes, &mut self.text)?;
        self.flush()
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> Result<W> {
        if self.recipe.final_newline {
            self.text.extend_from_slice(self.newline.as_bytes());
            self.flush()?;
        }
        Ok(self.out)
    }

    fn flush(&mut self) -> Result<()> {
        self.encoded.clear();
        let text = std::str::from_utf8(&self.text).map_err(|_| unmappable())?;
        encode(self.charset.coding, text, &mut self.encoded).ok_or_else(unmappable)?;
        self.text.clear();
        self.out.write_all(&self.encoded).map_err(|error| {
            error.downcast().unwrap_or_else(|source| {
                Error::new(ErrorKind::Io { doing: Operation::WriteFile, path: None, source })
            })
        })
    }
}
