//! Decodes canonical CSV. Text that the encoder would not have written is refused.
//!
//! Because of this, equal cells have exactly one text, and the digest of the text identifies the
//! cells.

use std::fmt;

use encoding_rs::Encoding;

use super::digest::push_unhex;
use super::structural_index::StructuralIndex;
use super::{CellTag, Kind, MAX_CELL_BYTES, Record, encode};
use crate::i18n::{Message, message};

/// Reads the records of one part of a table, from chunks of any size.
///
/// ```
/// use backup_core::record::{Cell, Decoder, Kind};
///
/// let mut decoder = Decoder::new(vec![Kind::Any, Kind::Text]);
/// let mut seen = 0;
/// for chunk in [&b"42,a"[..], b"bc\n-0.5,\n"] {
///     decoder.feed(chunk, |record| {
///         seen += 1;
///         assert_eq!(record.len(), 2);
///         Ok::<(), backup_core::record::DecodeError>(())
///     })?;
/// }
/// decoder.finish()?;
/// assert_eq!(seen, 2);
/// # Ok::<(), backup_core::record::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    kinds: Vec<Kind>,
    /// Whether all columns are text.
    is_text: bool,
    record: Record,
    /// Bytes of an incomplete record.
    carry: Vec<u8>,
    /// The number of bytes of `carry` that were searched for the end of the record, and whether
    /// this position is within quotes.
    searched: (usize, bool),
    /// The length of `carry` when it was last checked for errors.
    tried: usize,
    /// The offset of `carry` in the part.
    offset: u64,
    records: u64,
}

/// Text that is not in canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The record, counted from 1 within its part.
    pub record: u64,
    /// The byte, counted from 0 within the part.
    pub byte: u64,
    /// What is wrong. It never quotes a cell.
    pub problem: Problem,
}

/// A fault in the text of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The part ends within a record.
    Unfinished,
    /// More or fewer cells than columns.
    Cells,
    /// A quote or CR outside quotes, or a byte between a closing quote and the delimiter.
    Stray,
    /// Quotes that the canonical form does not have.
    NeedlessQuotes,
    /// Missing quotes that the canonical form has.
    MissingQuotes,
    /// A token of an `any` column that is not a canonical number, blob or raw text.
    Token,
    /// Text that is not UTF-8.
    Utf8,
    /// A cell of more than [`MAX_CELL_BYTES`].
    TooLong,
    /// The header line is not that of the table.
    Header,
}

impl Problem {
    /// The fault, as a sentence.
    pub fn message(self) -> Message {
        match self {
            Self::Unfinished => message!("text-unfinished"),
            Self::Cells => message!("text-cells"),
            Self::Stray => message!("text-stray"),
            Self::NeedlessQuotes => message!("text-needless-quotes"),
            Self::MissingQuotes => message!("text-missing-quotes"),
            Self::Token => message!("text-token"),
            Self::Utf8 => message!("text-utf8"),
            Self::TooLong => message!("text-too-long"),
            Self::Header => message!("text-header"),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {}, byte {}: {}", self.record, self.byte, self.problem.message())
    }
}

impl std::error::Error for DecodeError {}

/// The number of bytes that are decoded at a time. They are scanned several times, so they should
/// stay in the cache of a CPU core.
const PIECE_BYTES: usize = 128 * 1024;

/// The byte where decoding stopped, and the fault.
type Stop = (usize, Problem);

impl Decoder {
    /// A decoder for a table with these kinds. It begins with the first record, after the header
    /// line.
    pub fn new(kinds: Vec<Kind>) -> Self {
        Self::starting_at(kinds, 0)
    }

    /// As [`Decoder::new`], for a part whose first record is at this offset.
    pub fn starting_at(kinds: Vec<Kind>, offset: u64) -> Self {
        Self {
            is_text: kinds.iter().all(|kind| *kind == Kind::Text),
            kinds,
            record: Record::new(),
            carry: Vec::new(),
            searched: (0, false),
            tried: 0,
            offset,
            records: 0,
        }
    }

    /// The number of decoded records.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Decodes a chunk, and passes each complete record to `each`.
    ///
    /// # Errors
    ///
    /// A [`DecodeError`] if the bytes are not canonical, or any error of `each`.
    pub fn feed<E: From<DecodeError>>(
        &mut self,
        chunk: &[u8],
        mut each: impl FnMut(&Record) -> Result<(), E>,
    ) -> Result<(), E> {
        chunk.chunks(PIECE_BYTES).try_for_each(|piece| self.feed_piece(piece, &mut each))
    }

    fn feed_piece<E: From<DecodeError>>(
        &mut self,
        mut chunk: &[u8],
        each: &mut impl FnMut(&Record) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.carry.is_empty() {
            let Some(taken) = self.complete_carry(chunk)? else { return Ok(()) };
            chunk = &chunk[taken..];
            let carry = std::mem::take(&mut self.carry);
            if self.decode_all(&carry, each)? != carry.len() {
                return Err(self.error(0, Problem::Stray).into());
            }
            self.carry = carry;
            self.carry.clear();
        }
        let used = self.decode_all(chunk, each)?;
        self.carry.extend_from_slice(&chunk[used..]);
        self.searched = (0, false);
        self.tried = 0;
        Ok(())
    }

    /// Moves bytes from `chunk` to `carry` until it ends with the line feed of a record. Returns
    /// `None` if it does not end yet. Bytes are searched only once, even in a long record.
    fn complete_carry(&mut self, chunk: &[u8]) -> Result<Option<usize>, DecodeError> {
        let (mut at, mut quoted) = self.searched;
        // Bytes that `feed` left over are searched first, then the new bytes.
        let old = self.carry.len();
        self.carry.extend_from_slice(chunk);
        while let Some(found) = memchr::memchr2(b'"', b'\n', &self.carry[at..]) {
            at += found + 1;
            if self.carry[at - 1] == b'"' {
                quoted = !quoted;
            } else if !quoted {
                self.carry.truncate(at);
                return Ok(Some(at - old));
            }
        }
        // After a stray quote, the rest of the part would look like one record. So each time the
        // record has doubled in length, it is checked for errors.
        if self.carry.len() >= 2 * self.tried {
            self.tried = self.carry.len();
            let index = &mut StructuralIndex::new(&self.carry);
            self.record.hold(&self.carry);
            decode_record(&self.kinds, &self.carry, 0, index, &mut self.record)
                .map_err(|(at, problem)| self.error(at, problem))?;
        }
        self.searched = (self.carry.len(), quoted);
        Ok(None)
    }

    /// Decodes the complete records at the start of `bytes`. Returns their length.
    fn decode_all<E: From<DecodeError>>(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(&Record) -> Result<(), E>,
    ) -> Result<usize, E> {
        // Checks all bytes at once, which is much faster than checking each record. A record ends
        // with a line feed, which is never part of a longer character. So a record is UTF-8 exactly
        // if it ends before the first invalid byte.
        let utf8_end = Encoding::utf8_valid_up_to(bytes);
        let mut index = StructuralIndex::new(bytes);
        self.record.hold(bytes);
        let mut start = 0;
        while start < bytes.len() {
            let decoded = decode_record(&self.kinds, bytes, start, &mut index, &mut self.record)
                .map_err(|(at, problem)| self.error(at - start, problem))?;
            let Some(end) = decoded else { break };
            if end > utf8_end {
                return Err(self.error(0, Problem::Utf8).into());
            }
            self.offset += (end - start) as u64;
            self.records += 1;
            if self.is_text {
                self.record.set_line(start, end - 1);
            }
            start = end;
            each(&self.record)?;
        }
        Ok(start)
    }

    fn error(&self, within: usize, problem: Problem) -> DecodeError {
        DecodeError { record: self.records + 1, byte: self.offset + within as u64, problem }
    }

    /// Ends the part.
    ///
    /// # Errors
    ///
    /// If it ends within a record.
    pub fn finish(&self) -> Result<(), DecodeError> {
        if self.carry.is_empty() { Ok(()) } else { Err(self.error(0, Problem::Unfinished)) }
    }
}

/// Decodes the record that begins at `start`. Returns its end, or `None` if `bytes` ends before the
/// record does. `record` holds `bytes`. `index` is at `start`, and after the call at the end of the
/// record.
fn decode_record(
    kinds: &[Kind],
    bytes: &[u8],
    start: usize,
    index: &mut StructuralIndex<'_>,
    record: &mut Record,
) -> Result<Option<usize>, Stop> {
    record.clear_cells(bytes.len());
    if kinds.is_empty() && start < bytes.len() {
        return Err((start, Problem::Cells));
    }
    let alone = kinds.len() == 1;
    let mut at = start;
    for (column, kind) in kinds.iter().enumerate() {
        let is_quoted = bytes.get(at) == Some(&b'"');
        let cell_end = match is_quoted {
            true => quoted_cell(*kind, alone, bytes, at, index, record)?,
            false => bare_cell(*kind, alone, bytes, at, index, record)?,
        };
        // An incomplete cell may already be too long.
        if cell_end.unwrap_or(bytes.len()) - at > MAX_CELL_BYTES {
            return Err((at, Problem::TooLong));
        }
        let Some(end) = cell_end else { return Ok(None) };
        let is_last = column + 1 == kinds.len();
        match bytes[end] {
            b',' if !is_last => {}
            b'\n' if is_last => {}
            b',' | b'\n' => return Err((end, Problem::Cells)),
            _ => return Err((end, Problem::Stray)),
        }
        at = end + 1;
    }
    Ok(Some(at))
}

/// Decodes a cell without quotes. Returns the position of the comma or line feed after it.
fn bare_cell(
    kind: Kind,
    alone: bool,
    bytes: &[u8],
    start: usize,
    index: &mut StructuralIndex<'_>,
    record: &mut Record,
) -> Result<Option<usize>, Stop> {
    let Some(first) = index.next() else { return Ok(None) };
    let mut end = first;
    while !matches!(bytes[end], b',' | b'\n') {
        match index.next() {
            Some(next) => end = next,
            None => return Ok(None),
        }
    }
    match (kind, &bytes[start..end]) {
        (Kind::Text, _) if end != first => return Err((start, Problem::Stray)),
        (_, []) => record.push_null(),
        (Kind::Text, b"\\.") if alone => return Err((start, Problem::MissingQuotes)),
        (Kind::Text, _) => record.push_within(start, end),
        (Kind::Any, token) => any_token(token, record).map_err(|problem| (start, problem))?,
    }
    Ok(Some(end))
}

/// Decodes a quoted cell. Returns the position after the closing quote.
fn quoted_cell(
    kind: Kind,
    alone: bool,
    bytes: &[u8],
    start: usize,
    index: &mut StructuralIndex<'_>,
    record: &mut Record,
) -> Result<Option<usize>, Stop> {
    // The opening quote.
    index.next();
    let (mut piece, mut has_special) = (start + 1, false);
    let close = loop {
        let Some(next) = index.next() else { return Ok(None) };
        match (bytes[next], bytes.get(next + 1)) {
            (b'"', None) => return Ok(None),
            (b'"', Some(b'"')) => {
                // The second quote of an escaped quote.
                index.next();
                record.buffer().extend_from_slice(&bytes[piece..=next]);
                piece = next + 2;
                has_special = true;
            }
            (b'"', Some(_)) => break next,
            _ => has_special = true,
        }
    };
    // Skips the comma or line feed after the quotes. The caller reports anything else as an error.
    index.next();
    let inner = &bytes[start + 1..close];
    let needs_quotes = has_special || inner.is_empty() || (alone && inner == b"\\.");
    if kind == Kind::Text && !needs_quotes {
        return Err((start, Problem::NeedlessQuotes));
    }
    if piece == start + 1 {
        record.push_within(piece, close);
    } else {
        record.buffer().extend_from_slice(&bytes[piece..close]);
        record.end(CellTag::Text);
    }
    Ok(Some(close + 1))
}

fn any_token(token: &[u8], record: &mut Record) -> Result<(), Problem> {
    match token {
        [b'\t', hex @ ..] => {
            push_unhex(hex, record.buffer()).ok_or(Problem::Token)?;
            if std::str::from_utf8(record.open_bytes()).is_ok() {
                return Err(Problem::Token);
            }
            record.end(CellTag::RawText);
        }
        [b'\\', b'x', hex @ ..] => {
            push_unhex(hex, record.buffer()).ok_or(Problem::Token)?;
            record.end(CellTag::Blob);
        }
        _ => number(token, record)?,
    }
    Ok(())
}

fn number(token: &[u8], record: &mut Record) -> Result<(), Problem> {
    let text = std::str::from_utf8(token).map_err(|_| Problem::Token)?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let plain = !digits.starts_with('0') || text == "0";
        let value = text.parse().ok().filter(|_| plain).ok_or(Problem::Token)?;
        record.push_integer(value);
        return Ok(());
    }
    let value: f64 = match text {
        "NaN" => f64::NAN,
        _ => text.parse().map_err(|_| Problem::Token)?,
    };
    let mut canonical = Vec::with_capacity(32);
    encode::push_real(value, &mut canonical);
    if canonical != token {
        return Err(Problem::Token);
    }
    record.push_real(value);
    Ok(())
}

#[cfg(test)]
mod tests;
