//! The shared texts of xls, which go on from record to record, looked through for what the reader
//! would decode wrongly: it decodes each record's piece of a text by itself.

use super::super::SAVE_AS;
use super::damaged;
use super::records::{check_mark, u16_at, u32_at};
use super::xls::Records;
use crate::error::{Error, Result};

/// More records than Excel needs for as much text as it can hold; the reader moves all of them
/// whenever it takes one.
const MOST_PIECES: u32 = 1 << 16;

/// Checks the table whose record was read last, and the records that continue it.
pub(super) fn check(records: &mut Records) -> Result<()> {
    let mut texts = Texts { records, at: 8, pieces: 0 };
    while texts.at < texts.records.data.len() || texts.go_on()? {
        texts.text()?;
    }
    Ok(())
}

struct Texts<'a> {
    records: &'a mut Records,
    /// How much of the record's data was looked at.
    at: usize,
    pieces: u32,
}

impl Texts<'_> {
    fn go_on(&mut self) -> Result<bool> {
        self.at = 0;
        self.pieces += 1;
        if self.pieces > MOST_PIECES {
            return Err(damaged("its table of texts is in too many pieces"));
        }
        self.records.go_on()
    }

    fn rest(&self) -> &[u8] {
        self.records.data.get(self.at..).unwrap_or_default()
    }

    fn text(&mut self) -> Result<()> {
        // The reader makes an empty text of it.
        if self.rest().is_empty() {
            return Ok(());
        }
        let characters = usize::from(u16_at(self.rest(), 0)?);
        let flags = *self.rest().get(2).ok_or_else(too_short)?;
        self.at += 3;
        let (mut runs, mut more) = (0, 0);
        if flags & 8 != 0 {
            runs = u64::from(u16_at(self.rest(), 0)?);
            self.at += 2;
        }
        if flags & 4 != 0 {
            more = u64::from(u32_at(self.rest(), 0)?);
            self.at += 4;
        }
        self.characters(characters, flags & 1 != 0)?;
        self.skip(runs * 4 + more)
    }

    /// The text itself; each record that continues it says anew how wide it is.
    fn characters(&mut self, mut characters: usize, mut is_wide: bool) -> Result<()> {
        loop {
            let width = if is_wide { 2 } else { 1 };
            let here = characters.min(self.rest().len() / width);
            let piece = &self.rest()[..here * width];
            if is_wide {
                check_mark(piece)?;
            }
            characters -= here;
            let is_split = is_wide && characters > 0 && matches!(piece, [.., 0xd8..=0xdb]);
            if is_split {
                return Err(Error::source(
                    "a character of a cell's text is split over two records, which the reader of \
                     workbooks does not put together",
                    SAVE_AS,
                ));
            }
            self.at += here * width;
            if characters == 0 {
                return Ok(());
            }
            if !self.go_on()? {
                return Err(too_short());
            }
            is_wide = self.rest().first().ok_or_else(too_short)? & 1 != 0;
            self.at = 1;
        }
    }

    /// Formatting and reading aids.
    fn skip(&mut self, mut bytes: u64) -> Result<()> {
        while bytes > 0 {
            let here = bytes.min(self.rest().len() as u64);
            bytes -= here;
            self.at += here as usize;
            if bytes > 0 && !self.go_on()? {
                return Err(too_short());
            }
        }
        Ok(())
    }
}

fn too_short() -> Error {
    damaged("its table of texts is too short")
}
