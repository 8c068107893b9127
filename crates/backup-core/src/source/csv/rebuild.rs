//! The recipe: how a table of text becomes the file again that it was read from.

use std::io::Write;

use super::encoding::{Charset, encode};
use super::parse::needs_quotes;
use crate::archive::package::{Quotes, Recipe};
use crate::error::{Error, ErrorKind, Result};
use crate::record::encode::push_quoted;
use crate::record::{Cell, Record};

/// Writes records by a recipe.
///
/// Export writes them into a hash and compares that with the source file's; restore writes them
/// into a file.
pub(crate) struct Rebuilder<W> {
    charset: Charset,
    delimiter: char,
    newline: &'static str,
    line: String,
    encoded: Vec<u8>,
    begun: bool,
    out: W,
}

/// A character that the encoding has no bytes for: the recipe does not hold.
pub(crate) fn unmappable() -> Error {
    Error::record("a character cannot be written in the source's encoding")
}

impl<W: Write> Rebuilder<W> {
    pub(crate) fn new(charset: Charset, delimiter: char, newline: &'static str, out: W) -> Self {
        let (line, encoded) = (String::new(), Vec::new());
        Self { charset, delimiter, newline, line, encoded, begun: false, out }
    }

    /// From a recipe in a manifest.
    pub(crate) fn from_recipe(recipe: &Recipe, out: W) -> Result<Self> {
        let mut charset = Charset::named(&recipe.encoding, b"")?;
        charset.bom = recipe.bom;
        let newline = match recipe.newline.as_str() {
            "\r\n" => "\r\n",
            "\r\r\n" => "\r\r\n",
            "\r" => "\r",
            _ => "\n",
        };
        Ok(Self::new(charset, recipe.delimiter, newline, out))
    }

    /// Writes the header line.
    pub(crate) fn header<'a>(
        &mut self,
        labels: impl ExactSizeIterator<Item = &'a str>,
        quotes: Quotes,
    ) -> Result<()> {
        let cell = |label: &'a str| {
            if label.is_empty() { Cell::Null } else { Cell::Text(label.into()) }
        };
        self.cells(labels.map(cell), quotes)
    }

    /// Writes a record.
    pub(crate) fn record(&mut self, record: &Record, quotes: Quotes) -> Result<()> {
        self.cells(record.iter(), quotes)
    }

    fn cells<'a>(
        &mut self,
        cells: impl ExactSizeIterator<Item = Cell<'a>>,
        quotes: Quotes,
    ) -> Result<()> {
        self.line.clear();
        if std::mem::replace(&mut self.begun, true) {
            self.line.push_str(self.newline);
        }
        let alone = cells.len() == 1;
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                self.line.push(self.delimiter);
            }
            let Cell::Text(text) = cell else { continue };
            let text = text.to_str().ok_or_else(unmappable)?;
            let delimiter = self.delimiter as u8;
            let by_rule = match quotes {
                Quotes::All => true,
                Quotes::Commas => text.contains(','),
                Quotes::Needed => false,
            };
            if by_rule || needs_quotes(text.as_bytes(), delimiter, alone) {
                let mut quoted = Vec::with_capacity(text.len() + 2);
                push_quoted(text.as_bytes(), &mut quoted);
                self.line.push_str(std::str::from_utf8(&quoted).map_err(|_| unmappable())?);
            } else {
                self.line.push_str(text);
            }
        }
        self.flush_line()
    }

    fn flush_line(&mut self) -> Result<()> {
        self.encoded.clear();
        encode(self.charset, &self.line, &mut self.encoded).ok_or_else(unmappable)?;
        self.write_encoded()
    }

    fn write_encoded(&mut self) -> Result<()> {
        self.out.write_all(&self.encoded).map_err(|source| {
            Error::new(ErrorKind::Io { doing: "write the file", path: None, source })
        })
    }

    /// Writes the byte order mark and what stands above the header; comes first.
    pub(crate) fn begin(&mut self, preamble: &str) -> Result<()> {
        self.encoded.clear();
        self.encoded.extend_from_slice(self.charset.bom_bytes());
        encode(self.charset, preamble, &mut self.encoded).ok_or_else(unmappable)?;
        self.write_encoded()
    }

    /// Ends the file.
    pub(crate) fn finish(mut self, final_newline: bool) -> Result<W> {
        if final_newline {
            self.line.clear();
            self.line.push_str(self.newline);
            self.flush_line()?;
        }
        Ok(self.out)
    }
}
