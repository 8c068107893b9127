//! The binary form of `COPY`: tuples of fields, each with its length. It is described in
//! PostgreSQL's documentation of `COPY`.

use std::io::BufRead;

use super::failure::stream_failed;
use crate::error::Result;
use crate::i18n::message;
use crate::record::Cell;
use crate::scratch::layout::ValueKind;
use crate::scratch::server::wrong_answer as wrong;

/// What stands before the first tuple: the signature, flags, and the length of an extension.
pub(super) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What stands after the last tuple.
pub(super) const TRAILER: &[u8] = &(-1i16).to_be_bytes();

/// Begins a tuple.
pub(super) fn begin(tuples: &mut Vec<u8>, fields: usize) {
    let fields = i16::try_from(fields).expect("a piece has few columns");
    tuples.extend_from_slice(&fields.to_be_bytes());
}

pub(super) fn push_null(tuples: &mut Vec<u8>) {
    tuples.extend_from_slice(&(-1i32).to_be_bytes());
}

pub(super) fn push_integer(tuples: &mut Vec<u8>, value: i64) {
    push_bytes(tuples, &value.to_be_bytes());
}

/// Appends a text or bytes, which have at most 1 GiB: records are shorter.
pub(super) fn push_bytes(tuples: &mut Vec<u8>, bytes: &[u8]) {
    let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
    tuples.extend_from_slice(&length.to_be_bytes());
    tuples.extend_from_slice(bytes);
}

/// Appends a cell as a value of a column of this kind; null if it has another kind.
pub(super) fn push_cell(tuples: &mut Vec<u8>, kind: ValueKind, cell: Cell<'_>) {
    match cell {
        Cell::Integer(value) if kind == ValueKind::Integer => push_integer(tuples, value),
        Cell::Real(value) if kind == ValueKind::Real => {
            push_bytes(tuples, &value.to_bits().to_be_bytes());
        }
        Cell::Text(text) if kind == ValueKind::Text && fits(cell) => {
            push_bytes(tuples, text.as_bytes());
        }
        Cell::Blob(bytes) if kind == ValueKind::Blob => push_bytes(tuples, bytes),
        _ => push_null(tuples),
    }
}

/// Whether a column of PostgreSQL can hold a cell. Text must be UTF-8 without a NUL.
pub(super) fn fits(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Text(text) => text.is_utf8() && memchr::memchr(0, text.as_bytes()).is_none(),
        _ => true,
    }
}

/// Reads tuples.
pub(super) struct Tuples<R> {
    input: R,
    /// The bytes of the current tuple, and the places of its fields; `None` is null.
    bytes: Vec<u8>,
    pub(super) fields: Vec<Option<(usize, usize)>>,
}

impl<R: BufRead> Tuples<R> {
    pub(super) fn new(input: R) -> Result<Self> {
        let mut tuples = Self { input, bytes: Vec::new(), fields: Vec::new() };
        tuples.take(HEADER.len())?;
        match tuples.bytes == HEADER {
            true => Ok(tuples),
            false => Err(wrong()),
        }
    }

    /// Reads the next tuple. Returns whether there is one.
    pub(super) fn next(&mut self) -> Result<bool> {
        self.bytes.clear();
        self.fields.clear();
        let count = i16::from_be_bytes(self.number()?);
        for _ in 0..count {
            let length = i32::from_be_bytes(self.number()?);
            let field = match usize::try_from(length) {
                Ok(length) => Some((self.take(length)?, length)),
                Err(_) => None,
            };
            self.fields.push(field);
        }
        Ok(count >= 0)
    }

    /// A field of the current tuple; `None` is null.
    pub(super) fn field(&self, at: usize) -> Option<&[u8]> {
        let (start, length) = (*self.fields.get(at)?)?;
        self.bytes.get(start..start + length)
    }

    pub(super) fn integer(&self, at: usize) -> Result<i64> {
        let bytes = self.field(at).and_then(|bytes| bytes.try_into().ok());
        bytes.map(i64::from_be_bytes).ok_or_else(wrong)
    }

    /// A field as a cell of this kind.
    pub(super) fn cell(&self, at: usize, kind: ValueKind) -> Result<Cell<'_>> {
        let Some(bytes) = self.field(at) else { return Ok(Cell::Null) };
        Ok(match kind {
            ValueKind::Integer => Cell::Integer(self.integer(at)?),
            ValueKind::Real => Cell::Real(f64::from_bits(self.integer(at)? as u64)),
            ValueKind::Text => Cell::Text(std::str::from_utf8(bytes).map_err(|_| wrong())?.into()),
            ValueKind::Blob => Cell::Blob(bytes),
        })
    }

    fn number<const N: usize>(&mut self) -> Result<[u8; N]> {
        let start = self.take(N)?;
        self.bytes[start..].try_into().map_err(|_| wrong())
    }

    /// Reads this many bytes. Returns their place.
    fn take(&mut self, length: usize) -> Result<usize> {
        let start = self.bytes.len();
        let mut left = length;
        while left > 0 {
            let read = self.input.fill_buf();
            let read = read.map_err(|error| stream_failed(message!("scratch-read"), error))?;
            if read.is_empty() {
                return Err(wrong());
            }
            let some = left.min(read.len());
            self.bytes.extend_from_slice(&read[..some]);
            self.input.consume(some);
            left -= some;
        }
        Ok(start)
    }
}
