//! Decodes the texts of xls. In BIFF8 they are UTF-16, whatever code page the file names; bytes
//! that are all zero may be left out, and a text may continue in further records. In BIFF5 they
//! have one code page.

use encoding_rs::mem::decode_latin1;

use super::super::super::errors::{damaged, save_as_xlsx};
use super::super::records::{Text, begins_with_mark, short_record, u16_at, u32_at};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::source::code_pages::CodePage;

/// The maximum number of records of the table of texts. Excel needs fewer for the longest text that
/// it can store. The library moves all remaining records whenever it reads one.
const MOST_PIECES: usize = 1 << 16;
/// UTF-16, and not a code page. Some programs write it without meaning it.
const UTF_16: u16 = 1200;

/// Decodes texts in the form of a workbook.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextReader {
    pub(super) is_biff5: bool,
    /// The declared code page, which only BIFF5 uses.
    pub(super) code_page: Option<u16>,
}

impl TextReader {
    /// The code page that is declared and known.
    pub(super) fn page(self) -> Option<CodePage> {
        self.code_page.and_then(CodePage::of)
    }

    /// Reads a text with a length of one byte.
    pub(super) fn short(self, data: &[u8], at: usize) -> Result<Text> {
        let length = data.get(at).ok_or_else(short_record)?;
        self.text(usize::from(*length), &data[at + 1..], &[])
    }

    /// Reads a text with a length of two bytes. It may continue in the following records.
    pub(super) fn long(self, data: &[u8], at: usize, continued: &[&[u8]]) -> Result<Text> {
        let length = u16_at(data, at)?;
        self.text(usize::from(length), &data[at + 2..], continued)
    }

    fn text(self, length: usize, rest: &[u8], continued: &[&[u8]]) -> Result<Text> {
        if length == 0 {
            return Ok(Text { text: String::new(), is_misread: false });
        }
        let mut pieces = Pieces { rest, continued };
        if self.is_biff5 {
            return self.bytes(length, &mut pieces);
        }
        let flags = pieces.take(1)?[0];
        // The library ignores these fields.
        pieces.take(if flags & 8 != 0 { 2 } else { 0 })?;
        pieces.take(if flags & 4 != 0 { 4 } else { 0 })?;
        let mut text = pieces.characters(length, flags & 1 != 0)?;
        text.is_misread |= flags & 12 != 0 || pieces.continued.len() < continued.len();
        Ok(text)
    }

    fn bytes(self, length: usize, pieces: &mut Pieces<'_>) -> Result<Text> {
        let mut bytes = Vec::new();
        let mut is_continued = false;
        loop {
            let here = pieces.rest.len().min(length - bytes.len());
            bytes.extend_from_slice(pieces.take(here)?);
            if bytes.len() == length {
                break;
            }
            pieces.next_piece()?;
            is_continued = true;
        }
        if bytes.is_ascii() {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            return Ok(Text { text, is_misread: is_continued });
        }
        let page = self.page().ok_or_else(|| match self.code_page {
            None | Some(UTF_16) => Error::source(message!("workbook-no-code-page"), save_as_xlsx()),
            Some(page) => {
                let why = message!("workbook-unknown-code-page", page = page.to_string());
                Error::source(why, save_as_xlsx())
            }
        })?;
        let is_unknown_to_library = matches!(page, CodePage::Upper(_));
        let is_misread = is_continued || is_unknown_to_library || begins_with_mark(&bytes);
        Ok(Text { text: page.decode(&bytes).into_owned(), is_misread })
    }
}

/// Reads the table of texts of BIFF8. `data` is its first record, and `continued` are the records
/// that continue it.
pub(super) fn table(data: &[u8], continued: &[&[u8]]) -> Result<Vec<Text>> {
    if continued.len() > MOST_PIECES {
        return Err(too_short());
    }
    let mut texts = Vec::new();
    let mut pieces = Pieces { rest: data.get(8..).unwrap_or_default(), continued };
    while !pieces.rest.is_empty() || pieces.next_piece().is_ok() {
        texts.push(pieces.text()?);
    }
    Ok(texts)
}

/// The bytes of texts in a record and in those that continue it.
struct Pieces<'a> {
    rest: &'a [u8],
    continued: &'a [&'a [u8]],
}

impl<'a> Pieces<'a> {
    fn next_piece(&mut self) -> Result<()> {
        (self.rest, self.continued) = match self.continued {
            [next, continued @ ..] => (*next, continued),
            [] => return Err(too_short()),
        };
        Ok(())
    }

    fn take(&mut self, bytes: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(bytes).ok_or_else(too_short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn text(&mut self) -> Result<Text> {
        // The library reads an empty record as an empty text.
        if self.rest.is_empty() {
            return Ok(Text { text: String::new(), is_misread: false });
        }
        let head = self.take(3)?;
        let (characters, flags) = (usize::from(u16_at(head, 0)?), head[2]);
        let runs = if flags & 8 != 0 { u16_at(self.take(2)?, 0)? } else { 0 };
        let more = if flags & 4 != 0 { u32_at(self.take(4)?, 0)? } else { 0 };
        let text = self.characters(characters, flags & 1 != 0)?;
        self.skip(u64::from(runs) * 4 + u64::from(more))?;
        Ok(text)
    }

    /// Reads the characters of a text. Each record that continues the text begins with a flag for
    /// the width of its characters. The library decodes the part in each record by itself.
    fn characters(&mut self, mut characters: usize, mut is_wide: bool) -> Result<Text> {
        let mut units: Vec<u16> = Vec::new();
        let mut is_misread = false;
        loop {
            let width = if is_wide { 2 } else { 1 };
            let here = characters.min(self.rest.len() / width);
            let piece = self.take(here * width)?;
            characters -= here;
            // Most texts are like this.
            if !is_wide && characters == 0 && units.is_empty() {
                let text = decode_latin1(piece).into_owned();
                return Ok(Text { text, is_misread });
            }
            if is_wide {
                let pairs = piece.chunks_exact(2);
                units.extend(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
                let is_split = characters > 0 && matches!(piece, [.., 0xd8..=0xdb]);
                is_misread |= is_split || begins_with_mark(piece);
            } else {
                units.extend(piece.iter().map(|byte| u16::from(*byte)));
            }
            if characters == 0 {
                return Ok(Text { text: String::from_utf16_lossy(&units), is_misread });
            }
            self.next_piece()?;
            is_wide = self.take(1)?[0] & 1 != 0;
        }
    }

    /// Skips formatting and phonetic data.
    fn skip(&mut self, mut bytes: u64) -> Result<()> {
        while bytes > self.rest.len() as u64 {
            bytes -= self.rest.len() as u64;
            self.next_piece()?;
        }
        self.take(bytes as usize).map(drop)
    }
}

fn too_short() -> Error {
    damaged(message!("damage-table-of-texts"))
}
