//! The records of xlsb: a type, a length, and so many bytes.

use std::io::{ErrorKind, Read};

use super::super::SAVE_AS;
use super::damaged;
use crate::error::{Error, Result};

/// The longest record: a cell's text and its runs come to less than a megabyte.
const LONGEST: usize = 64 * 1024 * 1024;

pub(super) struct Records<R> {
    inner: R,
    data: Vec<u8>,
}

impl<R: Read> Records<R> {
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
            return Err(damaged("one of its records is larger than a workbook can have"));
        }
        self.data.clear();
        // Memory is taken as bytes really come, not as they are announced.
        self.inner.by_ref().take(length as u64).read_to_end(&mut self.data).map_err(damaged)?;
        if self.data.len() < length {
            return Err(ends_early());
        }
        Ok(Some((kind, &self.data)))
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &R {
        &self.inner
    }

    fn byte(&mut self) -> Result<Option<u8>> {
        let mut byte = [0];
        loop {
            match self.inner.read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => return Ok(Some(byte[0])),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(damaged(error)),
            }
        }
    }

    fn must(&mut self) -> Result<u8> {
        self.byte()?.ok_or_else(ends_early)
    }
}

fn ends_early() -> crate::Error {
    damaged("a part of it ends too early")
}

/// The reader takes these for the marks of other encodings where a text begins with them, and
/// decodes the whole text otherwise, or drops the character.
pub(super) fn check_mark(text: &[u8]) -> Result<()> {
    let marks: [&[u8]; 3] = [&[0xff, 0xfe], &[0xfe, 0xff], &[0xef, 0xbb, 0xbf]];
    if !marks.iter().any(|mark| text.starts_with(mark)) {
        return Ok(());
    }
    Err(Error::source(
        "a cell's text begins with what the reader of workbooks takes for the mark of another \
         encoding",
        SAVE_AS,
    ))
}

/// Two bytes at a place in a record.
pub(super) fn u16_at(data: &[u8], at: usize) -> Result<u16> {
    let bytes = data.get(at..at + 2).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u16::from_le_bytes).ok_or_else(|| damaged("one of its records is too short"))
}

/// Four bytes at a place in a record.
pub(super) fn u32_at(data: &[u8], at: usize) -> Result<u32> {
    let bytes = data.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    bytes.map(u32::from_le_bytes).ok_or_else(|| damaged("one of its records is too short"))
}
