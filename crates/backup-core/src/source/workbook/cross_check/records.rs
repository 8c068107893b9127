//! The records of xls and xlsb. Each has a type, a length and data.

use std::io::{BufRead, Read as _};

use super::super::errors::{damaged, ends_early, save_as_xlsx, unreadable_part};
use crate::error::{Error, Result};
use crate::i18n::message;

/// The maximum length of an xlsb record. The text of a cell and its formatting are shorter than a
/// megabyte.
const LONGEST: usize = 64 * 1024 * 1024;
const CONTINUE: u16 = 0x003c;

/// The records of xls. Type and length have two bytes each.
pub(super) struct XlsRecords<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> XlsRecords<'a> {
    /// Returns the type and the data of the next record; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u16, &'a [u8])>> {
        let Some((head, rest)) = self.rest.split_at_checked(4) else {
            return if self.rest.is_empty() { Ok(None) } else { Err(ends_early()) };
        };
        let data = rest.split_at_checked(u16_at(head, 2)?.into());
        let (data, rest) = data.ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(Some((u16_at(head, 0)?, data)))
    }

    /// Returns the data of the records that continue the last one.
    pub(super) fn continued(&mut self) -> Result<Vec<&'a [u8]>> {
        let mut pieces = Vec::new();
        while self.rest.starts_with(&CONTINUE.to_le_bytes()) {
            pieces.extend(self.next()?.map(|(_, data)| data));
        }
        Ok(pieces)
    }
}

/// The records of xlsb. Type and length have a variable number of bytes.
pub(super) struct XlsbRecords<R> {
    inner: R,
    data: Vec<u8>,
}

impl<R: BufRead> XlsbRecords<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, data: Vec::new() }
    }

    /// Returns the type and the data of the next record; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u16, &[u8])>> {
        let Some(first) = self.byte()? else { return Ok(None) };
        let mut kind = u16::from(first & 0x7f);
        if first & 0x80 != 0 {
            kind |= u16::from(self.must()? & 0x7f) << 7;
        }
        let mut length = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.must()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if length > LONGEST {
            return Err(damaged(message!("damage-large-record")));
        }
        self.data.clear();
        // Memory is allocated for the bytes that are really read, not for the stated length.
        let read = self.inner.by_ref().take(length as u64).read_to_end(&mut self.data);
        if read.map_err(unreadable_part)? < length {
            return Err(ends_early());
        }
        Ok(Some((kind, &self.data)))
    }

    /// The input after the last record.
    pub(super) fn rest(&self) -> &R {
        &self.inner
    }

    fn byte(&mut self) -> Result<Option<u8>> {
        self.inner.by_ref().bytes().next().transpose().map_err(unreadable_part)
    }

    fn must(&mut self) -> Result<u8> {
        self.byte()?.ok_or_else(ends_early)
    }
}

/// Refuses a text that begins with the byte order mark of another encoding. The library would decode
/// the text in that encoding, or drop the character.
pub(super) fn check_mark(text: &[u8]) -> Result<()> {
    let marks: [&[u8]; 3] = [&[0xff, 0xfe], &[0xfe, 0xff], &[0xef, 0xbb, 0xbf]];
    if !marks.iter().any(|mark| text.starts_with(mark)) {
        return Ok(());
    }
    Err(Error::source(message!("workbook-encoding-mark"), save_as_xlsx()))
}

/// Reads two bytes at an offset of a record.
pub(super) fn u16_at(data: &[u8], at: usize) -> Result<u16> {
    let bytes = data.get(at..).and_then(|bytes| bytes.first_chunk());
    bytes.copied().map(u16::from_le_bytes).ok_or_else(short_record)
}

/// Reads four bytes at an offset of a record.
pub(super) fn u32_at(data: &[u8], at: usize) -> Result<u32> {
    let bytes = data.get(at..).and_then(|bytes| bytes.first_chunk());
    bytes.copied().map(u32::from_le_bytes).ok_or_else(short_record)
}

pub(super) fn short_record() -> Error {
    damaged(message!("damage-short-record"))
}
