//! The recipe: how a table of text becomes the file again that it was read from.
//!
//! Export writes each record again and compares it with the text that it was read from; restore
//! writes them into a file. Both do it by [`write_cells`].

use std::io::Write;

use super::encoding::{Charset, encode};
use super::parse::needs_quotes;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Quotes, Recipe};
use crate::record::{Cell, Record};

/// Takes text piece by piece.
pub(super) trait Pieces {
    fn push(&mut self, piece: &[u8]);
}

impl Pieces for Vec<u8> {
    fn push(&mut self, piece: &[u8]) {
        self.extend_from_slice(piece);
    }
}

/// Compares what it is given with a text.
pub(super) struct Comparison<'a> {
    rest: &'a [u8],
    equal: bool,
}

impl<'a> Comparison<'a> {
    pub(super) fn with(text: &'a [u8]) -> Self {
        Self { rest: text, equal: true }
    }

    /// Whether all of the text was given, and nothing else.
    pub(super) fn is_equal(&self) -> bool {
        self.equal && self.rest.is_empty()
    }
}

impl Pieces for Comparison<'_> {
    fn push(&mut self, piece: &[u8]) {
        match self.rest.strip_prefix(piece) {
            Some(rest) => self.rest = rest,
            None => self.equal = false,
        }
    }
}

/// A character that the encoding has no bytes for: the recipe does not hold.
fn unmappable() -> Error {
    Error::record("a character cannot be written in the source's encoding")
}

/// What stands between cells, and which of them are quoted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form<'a> {
    pub(super) delimiter: &'a [u8],
    pub(super) quotes: Quotes,
}

/// Writes a record, without what ends it; fails if a cell holds what no text file can.
pub(super) fn write_cells<'a>(
    cells: impl ExactSizeIterator<Item = Cell<'a>>,
    form: Form<'_>,
    out: &mut impl Pieces,
) -> Result<()> {
    let alone = cells.len() == 1;
    let delimiter = form.delimiter.first().copied().unwrap_or(b',');
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(form.delimiter);
        }
        let Cell::Text(text) = cell else { continue };
        if !text.is_utf8() {
            return Err(unmappable());
        }
        let text = text.as_bytes();
        let by_rule = match form.quotes {
            Quotes::All => true,
            Quotes::Commas => text.contains(&b','),
            Quotes::Needed => false,
        };
        if by_rule || needs_quotes(text, delimiter, alone) {
            write_quoted(text, out);
        } else {
            out.push(text);
        }
    }
    Ok(())
}

fn write_quoted(text: &[u8], out: &mut impl Pieces) {
    out.push(b"\"");
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'"', rest) {
        out.push(&rest[..=at]);
        out.push(b"\"");
        rest = &rest[at + 1..];
    }
    out.push(rest);
    out.push(b"\"");
}

/// A label in the header line; an empty one is nothing.
pub(super) fn label_cell(label: &str) -> Cell<'_> {
    if label.is_empty() { Cell::Null } else { Cell::Text(label.into()) }
}

/// Writes a file by a recipe.
pub(crate) struct Rebuilder<W> {
    charset: Charset,
    delimiter: String,
    newline: &'static str,
    line: Vec<u8>,
    encoded: Vec<u8>,
    begun: bool,
    out: W,
}

impl<W: Write> Rebuilder<W> {
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
        Ok(Self {
            charset,
            delimiter: recipe.delimiter.into(),
            newline,
            line: Vec::new(),
            encoded: Vec::new(),
            begun: false,
            out,
        })
    }

    /// Writes the header line.
    pub(crate) fn header<'a>(
        &mut self,
        labels: impl ExactSizeIterator<Item = &'a str>,
        quotes: Quotes,
    ) -> Result<()> {
        self.cells(labels.map(label_cell), quotes)
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
            self.line.extend_from_slice(self.newline.as_bytes());
        }
        let form = Form { delimiter: self.delimiter.as_bytes(), quotes };
        write_cells(cells, form, &mut self.line)?;
        self.flush_line()
    }

    fn flush_line(&mut self) -> Result<()> {
        self.encoded.clear();
        let line = std::str::from_utf8(&self.line).map_err(|_| unmappable())?;
        encode(self.charset, line, &mut self.encoded).ok_or_else(unmappable)?;
        self.write_encoded()
    }

    fn write_encoded(&mut self) -> Result<()> {
        self.out.write_all(&self.encoded).map_err(|error| {
            error.downcast().unwrap_or_else(|source| {
                Error::new(ErrorKind::Io { doing: crate::Operation::WriteFile, path: None, source })
            })
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
            self.line.extend_from_slice(self.newline.as_bytes());
            self.flush_line()?;
        }
        Ok(self.out)
    }
}
