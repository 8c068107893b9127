//! The records of xls and xlsb. Each has a type, a length and data.

use std::borrow::Cow;
use std::io::{BufRead, Read as _};

use super::super::errors::{damaged, ends_early, unreadable_part};
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

    fn byte(&mut self) -> Result<Option<u8>> {
        self.inner.by_ref().bytes().next().transpose().map_err(unreadable_part)
    }

    fn must(&mut self) -> Result<u8> {
        self.byte()?.ok_or_else(ends_early)
    }
}

/// A text.
pub(super) struct Text {
    pub(super) text: String,
    /// Whether the library reads another text.
    pub(super) is_misread: bool,
}

/// Whether a text begins with the byte order mark of another encoding. The library decodes such a
/// text in that encoding, or drops the character.
pub(super) fn begins_with_mark(text: &[u8]) -> bool {
    let marks: [&[u8]; 3] = [&[0xff, 0xfe], &[0xfe, 0xff], &[0xef, 0xbb, 0xbf]];
    marks.iter().any(|mark| text.starts_with(mark))
}

/// The number in a packed form: 30 bits of a double or a whole number, which may be in hundredths.
fn unpacked(packed: u32) -> f64 {
    let number = match packed & 2 {
        0 => f64::from_bits(u64::from(packed & !3) << 32),
        _ => f64::from(packed as i32 >> 2),
    };
    if packed & 1 == 0 { number } else { number / 100.0 }
}

/// The number in a record: a packed one, or a double.
pub(super) fn number(is_packed: bool, data: &[u8]) -> Result<f64> {
    if is_packed { u32_at(data, 0).map(unpacked) } else { f64_at(data, 0) }
}

/// The text of an error in a cell, by its number. Those from 0x2d on are of later versions of
/// Excel.
pub(super) fn error_text(number: u8) -> Cow<'static, str> {
    let known = match number {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        0x2b => "#GETTING_DATA",
        0x2d => "#SPILL!",
        0x2e => "#CONNECT!",
        0x2f => "#BLOCKED!",
        0x30 => "#UNKNOWN!",
        0x31 => "#FIELD!",
        0x32 => "#CALC!",
        other => return format!("#ERROR({other})").into(),
    };
    known.into()
}

/// Whether the library knows the error with this number. It refuses a workbook with another one.
pub(super) fn is_error_of_library(number: u8) -> bool {
    matches!(number, 0x00 | 0x07 | 0x0f | 0x17 | 0x1d | 0x24 | 0x2a | 0x2b)
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

/// Reads a double at an offset of a record.
fn f64_at(data: &[u8], at: usize) -> Result<f64> {
    let bytes = data.get(at..).and_then(|bytes| bytes.first_chunk());
    bytes.copied().map(f64::from_le_bytes).ok_or_else(short_record)
}

pub(super) fn short_record() -> Error {
    damaged(message!("damage-short-record"))
}
