//! Checks the shared texts of xls, which continue from record to record. The library decodes each piece
//! of a text separately. Texts that it would decode incorrectly are refused.

use super::super::errors::{damaged, save_as_xlsx};
use super::records::{check_mark, u16_at, u32_at};
use crate::error::{Error, Result};
use crate::i18n::message;

/// The maximum number of records. Excel needs fewer for the longest text that it can store. The library
/// moves all remaining records whenever it reads one.
const MOST_PIECES: usize = 1 << 16;

/// Checks the table of texts. `data` is its first record, and `continued` are the records that continue
/// it.
pub(super) fn check(data: &[u8], continued: &[&[u8]]) -> Result<()> {
    if continued.len() > MOST_PIECES {
        return Err(too_short());
    }
    let mut texts = Texts { rest: data.get(8..).unwrap_or_default(), continued };
    while !texts.rest.is_empty() || texts.next_piece().is_ok() {
        texts.text()?;
    }
    Ok(())
}

struct Texts<'a> {
    rest: &'a [u8],
    continued: &'a [&'a [u8]],
}

impl<'a> Texts<'a> {
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

    fn text(&mut self) -> Result<()> {
        // The library reads an empty record as an empty text.
        if self.rest.is_empty() {
            return Ok(());
        }
        let head = self.take(3)?;
        let (characters, flags) = (usize::from(u16_at(head, 0)?), head[2]);
        let runs = if flags & 8 != 0 { u16_at(self.take(2)?, 0)? } else { 0 };
        let more = if flags & 4 != 0 { u32_at(self.take(4)?, 0)? } else { 0 };
        self.characters(characters, flags & 1 != 0)?;
        self.skip(u64::from(runs) * 4 + u64::from(more))
    }

    /// Checks the characters of a text. Each record that continues the text begins with a flag for the
    /// width of its characters.
    fn characters(&mut self, mut characters: usize, mut is_wide: bool) -> Result<()> {
        loop {
            let width = if is_wide { 2 } else { 1 };
            let here = characters.min(self.rest.len() / width);
            let piece = self.take(here * width)?;
            characters -= here;
            if is_wide {
                check_mark(piece)?;
                if characters > 0 && matches!(piece, [.., 0xd8..=0xdb]) {
                    return Err(Error::source(
                        message!("workbook-split-character"),
                        save_as_xlsx(),
                    ));
                }
            }
            if characters == 0 {
                return Ok(());
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
