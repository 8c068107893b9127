//! The records of xls and xlsb: a type, a length, and so many bytes.

use std::io::{BufRead, Read as _};

use super::super::errors::{damaged, ends_early, save_as_xlsx, unreadable_part};
use crate::error::{Error, Result};
use crate::i18n::message;

/// The longest record of xlsb: a cell's text and its runs come to less than a megabyte.
const LONGEST: usize = 64 * 1024 * 1024;
const CONTINUE: u16 = 0x003c;

/// The records of xls, whose types and lengths have two bytes each.
pub(super) struct XlsRecords<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> XlsRecords<'a> {
    /// The next record's type and data; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u16, &'a [u8])>> {
        let Some((head, rest)) = self.rest.split_at_checked(4) else {
            return if self.rest.is_empty() { Ok(None) } else { Err(ends_early()) };
        };
        let data = rest.split_at_checked(u16_at(head, 2)?.into());
        let (data, rest) = data.ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(Some((u16_at(head, 0)?, data)))
    }

    /// The data of the records that continue the last one.
    pub(super) fn continued(&mut self) -> Result<Vec<&'a [u8]>> {
        let mut pieces = Vec::new();
        while self.rest.starts_with(&CONTINUE.to_le_bytes()) {
            pieces.extend(self.next()?.map(|(_, data)| data));
        }
        Ok(pieces)
    }
}

/// The records of xlsb, whose types and lengths have a variable number of bytes.
pub(super) struct XlsbRecords<R> {
    inner: R,
    data: Vec<u8>,
}

impl<R: BufRead> XlsbRecords<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, data: Vec::new() }
    }

    /// The next record's type and data; `None` at the end.
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
        // Memory is taken as bytes really come, not as they are announced.
        let read = self.inner.by_ref().take(length as u64).read_to_end(&mut self.data);
        if read.map_err(unreadable_part)? < length {
            return Err(ends_early());
        }
        Ok(Some((kind, &self.data)))
    }

    /// The input behind the last record.
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

/// Refuses a text that begins with the mark of another encoding: the library would decode all of it in that
/// encoding, or drop the character.
pub(super) fn check_mark(text: &[u8]) -> Result<()> {
    let marks: [&[u8]; 3] = [&[0xff, 0xfe], &[0xfe, 0xff], &[0xef, 0xbb, 0xbf]];
    if !marks.iter().any(|mark| text.starts_with(mark)) {
        return Ok(());
    }
    Err(Error::source(message!("workbook-encoding-mark"), save_as_xlsx()))
}

/// Two bytes at a place in a record.
pub(super) fn u16_at(data: &[u8], at: usize) -> Result<u16> {
    let bytes = data.get(at..).and_then(|bytes| bytes.first_chunk());
    bytes.copied().map(u16::from_le_bytes).ok_or_else(short_record)
}

/// Four bytes at a place in a record.
pub(super) fn u32_at(data: &[u8], at: usize) -> Result<u32> {
    let bytes = data.get(at..).and_then(|bytes| bytes.first_chunk());
    bytes.copied().map(u32::from_le_bytes).ok_or_else(short_record)
}

pub(super) fn short_record() -> Error {
    damaged(message!("damage-short-record"))
}
