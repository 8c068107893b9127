//! Canonical CSV, read strictly: what the encoder would not have written is refused.
//!
//! Strictness is what makes a table's digest mean its cells: two texts that decode to the same
//! cells are the same text.

use std::fmt;

use encoding_rs::Encoding;

use super::digest::hex_pair;
use super::marks::TextColumns;
use super::{Kind, Lengths, MAX_CELL_BYTES, Record, encode};

/// Reads the records of one table part from chunks of any size.
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
    text_columns: Option<TextColumns>,
    record: Record,
    lengths: Lengths,
    /// Bytes of a record whose end has not been seen.
    carry: Vec<u8>,
    /// How far `carry` was searched for the end of its record, and whether within quotes.
    searched: (usize, bool),
    /// How long `carry` was when it was last tried for errors.
    tried: usize,
    /// Where `carry` begins in the part.
    offset: u64,
    records: u64,
}

/// Text that the canonical form does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The record, counted from 1 within its part.
    pub record: u64,
    /// The byte, counted from 0 within the part.
    pub byte: u64,
    /// What is wrong there; it never quotes a cell.
    pub problem: Problem,
}

/// What can be wrong with a record's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The part ends within a record.
    Unfinished,
    /// More or fewer cells than columns.
    Cells,
    /// A quote or CR outside quotes, or bytes between a closing quote and the comma.
    Stray,
    /// Quotes where the canonical form has none.
    NeedlessQuotes,
    /// No quotes where the canonical form has them.
    MissingQuotes,
    /// A token of an `any` column that is no number, blob or raw text in canonical form.
    Token,
    /// Text that is not UTF-8.
    Utf8,
    /// A cell of more than [`MAX_CELL_BYTES`].
    TooLong,
    /// A header line that is not the one this table has.
    Header,
}

impl Problem {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unfinished => "the part ends within a record",
            Self::Cells => "the record has another number of cells than the table has columns",
            Self::Stray => "a byte stands where the canonical form allows none",
            Self::NeedlessQuotes => "a cell is quoted where the canonical form does not",
            Self::MissingQuotes => "a cell is not quoted where the canonical form does",
            Self::Token => "a token is not a number, blob or raw text in canonical form",
            Self::Utf8 => "text is not UTF-8",
            Self::TooLong => "a cell is longer than 1 GiB",
            Self::Header => "the header line is not this table's",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {}, byte {}: {}", self.record, self.byte, self.problem.as_str())
    }
}

impl std::error::Error for DecodeError {}

/// A problem, and how many bytes into the record it was met.
pub(super) type Stop = (usize, Problem);

impl Decoder {
    /// A decoder for a table of these kinds, at the first record (after the header line).
    pub fn new(kinds: Vec<Kind>) -> Self {
        Self::starting_at(kinds, 0)
    }

    /// The same, where the first record stands at this byte of the part.
    pub fn starting_at(kinds: Vec<Kind>, offset: u64) -> Self {
        Self {
            text_columns: TextColumns::of(&kinds),
            kinds,
            record: Record::new(),
            lengths: Lengths::default(),
            carry: Vec::new(),
            searched: (0, false),
            tried: 0,
            offset,
            records: 0,
        }
    }

    /// One that looks at every cell by itself, as the other way has to come to the same.
    #[cfg(test)]
    pub(super) fn cell_by_cell(kinds: Vec<Kind>) -> Self {
        Self { text_columns: None, ..Self::new(kinds) }
    }

    /// How many records were read.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Reads on, giving each record that is whole to `each`.
    ///
    /// # Errors
    ///
    /// A [`DecodeError`] if the bytes are not canonical, or whatever `each` returns.
    pub fn feed<E: From<DecodeError>>(
        &mut self,
        chunk: &[u8],
        each: impl FnMut(&Record) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut record = std::mem::take(&mut self.record);
        let fed = self.feed_into(&mut record, chunk, each);
        self.record = record;
        fed
    }

    /// The same, as strictly, where only the kinds and lengths of the cells are wanted.
    pub(crate) fn feed_lengths(
        &mut self,
        chunk: &[u8],
        mut each: impl FnMut(&Lengths),
    ) -> Result<(), DecodeError> {
        let mut lengths = std::mem::take(&mut self.lengths);
        let fed = self.feed_into(&mut lengths, chunk, |lengths| {
            each(lengths);
            Ok(())
        });
        self.lengths = lengths;
        fed
    }

    fn feed_into<T: Cells, E: From<DecodeError>>(
        &mut self,
        cells: &mut T,
        mut chunk: &[u8],
        mut each: impl FnMut(&T) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.carry.is_empty() {
            let Some(taken) = self.complete_carry(cells, chunk)? else { return Ok(()) };
            chunk = &chunk[taken..];
            let carry = std::mem::take(&mut self.carry);
            if self.decode_all(&carry, cells, &mut each)? != carry.len() {
                return Err(self.error(0, Problem::Stray).into());
            }
            self.carry = carry;
            self.carry.clear();
        }
        let used = self.decode_all(chunk, cells, &mut each)?;
        self.carry.extend_from_slice(&chunk[used..]);
        self.searched = (0, false);
        self.tried = 0;
        Ok(())
    }

    /// Moves bytes from `chunk` until `carry` ends with a record's line feed; `None` if it does
    /// not yet. Bytes once searched are not searched again, however long the record.
    fn complete_carry<T: Cells>(
        &mut self,
        cells: &mut T,
        chunk: &[u8],
    ) -> Result<Option<usize>, DecodeError> {
        let (mut at, mut quoted) = self.searched;
        // What `feed` left over is searched first, then what is new.
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
        // A stray quote would make the rest of the part look like one record: whenever the record
        // has doubled, what there is of it has to be the beginning of a canonical one.
        if self.carry.len() >= 2 * self.tried {
            self.tried = self.carry.len();
            decode_record(&self.kinds, &self.carry, cells)
                .map_err(|(within, problem)| self.error(within, problem))?;
        }
        self.searched = (self.carry.len(), quoted);
        Ok(None)
    }

    /// Decodes the whole records at the start of `bytes`; returns how many bytes they take.
    fn decode_all<T: Cells, E: From<DecodeError>>(
        &mut self,
        bytes: &[u8],
        cells: &mut T,
        each: &mut impl FnMut(&T) -> Result<(), E>,
    ) -> Result<usize, E> {
        // All at once, which is far faster than record by record. A record ends with a line feed,
        // which no sequence of bytes can span, so each is UTF-8 exactly if it ends before this.
        let utf8_end = Encoding::utf8_valid_up_to(bytes);
        let mut at = 0;
        while at < bytes.len() {
            match decode_next(&self.kinds, self.text_columns, &bytes[at..], cells) {
                Ok(Some(used)) => {
                    if at + used > utf8_end {
                        return Err(self.error(0, Problem::Utf8).into());
                    }
                    at += used;
                    self.offset += used as u64;
                    self.records += 1;
                    each(cells)?;
                }
                Ok(None) => break,
                Err((within, problem)) => return Err(self.error(within, problem).into()),
            }
        }
        Ok(at)
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

/// Looks at the whole records at the start of `text` that are canonical, until one is not or they
/// take at least `enough` bytes; gives how many bytes they take.
pub(crate) fn canonical_records(
    kinds: &[Kind],
    text: &str,
    enough: usize,
    lengths: &mut Lengths,
    mut each: impl FnMut(&Lengths),
) -> usize {
    let text_columns = TextColumns::of(kinds);
    let mut at = 0;
    while at < enough {
        let bytes = &text.as_bytes()[at..];
        let Ok(Some(used)) = decode_next(kinds, text_columns, bytes, lengths) else { break };
        at += used;
        each(lengths);
    }
    at
}

/// What becomes of the cells of a record.
pub(super) trait Cells {
    /// Forgets those of the last record.
    fn clear(&mut self);
    /// A null.
    fn null(&mut self);
    /// Text as it stands.
    fn text(&mut self, text: &[u8]);
    /// What stands between quotes, where so many quotes in it are doubled.
    fn quoted(&mut self, inner: &[u8], doubled: usize);
    /// An unquoted token of an `any` column.
    fn token(&mut self, token: &[u8]) -> Result<(), Problem>;
}

impl Cells for Record {
    fn clear(&mut self) {
        self.clear();
    }

    fn null(&mut self) {
        self.push_null();
    }

    fn text(&mut self, text: &[u8]) {
        self.push_utf8(text);
    }

    fn quoted(&mut self, mut inner: &[u8], doubled: usize) {
        for _ in 0..doubled {
            let quote = memchr::memchr(b'"', inner).unwrap_or(0);
            self.buffer().extend_from_slice(&inner[..=quote]);
            inner = &inner[quote + 2..];
        }
        self.push_utf8(inner);
    }

    fn token(&mut self, token: &[u8]) -> Result<(), Problem> {
        any_token(token, self)
    }
}

/// Decodes one record; `Ok(None)` if `bytes` ends before it does.
fn decode_next<T: Cells>(
    kinds: &[Kind],
    text_columns: Option<TextColumns>,
    bytes: &[u8],
    cells: &mut T,
) -> Result<Option<usize>, Stop> {
    match text_columns.and_then(|columns| columns.record(bytes, cells)) {
        Some(used) => Ok(Some(used)),
        None => decode_record(kinds, bytes, cells),
    }
}

/// The same, cell by cell: the whole grammar.
pub(super) fn decode_record<T: Cells>(
    kinds: &[Kind],
    bytes: &[u8],
    cells: &mut T,
) -> Result<Option<usize>, Stop> {
    cells.clear();
    if kinds.is_empty() && !bytes.is_empty() {
        return Err((0, Problem::Cells));
    }
    let alone = kinds.len() == 1;
    let mut at = 0;
    for (index, kind) in kinds.iter().enumerate() {
        let start = at;
        // A cell whose end is not there yet may still be too long already.
        let unfinished = || match bytes.len() - start > MAX_CELL_BYTES {
            true => Err((start, Problem::TooLong)),
            false => Ok(None),
        };
        let after = match (bytes.get(at), kind) {
            (None, _) => return Ok(None),
            (Some(b'"'), _) => match end_of_quoted(&bytes[at..]) {
                None => return unfinished(),
                Some((used, doubled)) => {
                    let inner = &bytes[at + 1..at + used - 1];
                    if *kind == Kind::Text && !encode::needs_quotes(inner, alone) {
                        return Err((start, Problem::NeedlessQuotes));
                    }
                    cells.quoted(inner, doubled);
                    at + used
                }
            },
            (Some(_), Kind::Text) => match encode::find_special(&bytes[at..]) {
                Some(used) if matches!(bytes[at + used], b',' | b'\n') => {
                    let token = &bytes[at..at + used];
                    match token {
                        [] => cells.null(),
                        b"\\." if alone => return Err((start, Problem::MissingQuotes)),
                        _ => cells.text(token),
                    }
                    at + used
                }
                // A quote or a CR; but a cell without an end is only that yet.
                Some(used) => match memchr::memchr2(b',', b'\n', &bytes[at + used..]) {
                    None => return unfinished(),
                    Some(_) => return Err((start, Problem::Stray)),
                },
                None => return unfinished(),
            },
            (Some(_), Kind::Any) => match memchr::memchr2(b',', b'\n', &bytes[at..]) {
                None => return unfinished(),
                Some(0) => {
                    cells.null();
                    at
                }
                Some(used) => {
                    let token = &bytes[at..at + used];
                    cells.token(token).map_err(|problem| (start, problem))?;
                    at + used
                }
            },
        };
        if after - start > MAX_CELL_BYTES {
            return Err((start, Problem::TooLong));
        }
        let last = index + 1 == kinds.len();
        match bytes.get(after) {
            None => return Ok(None),
            Some(b',') if !last => {}
            Some(b'\n') if last => {}
            Some(b',' | b'\n') => return Err((after, Problem::Cells)),
            Some(_) => return Err((after, Problem::Stray)),
        }
        at = after + 1;
    }
    Ok(Some(at))
}

/// How many bytes a quoted cell takes, and how many quotes in it are doubled; `None` if it does not
/// end within `bytes`.
pub(super) fn end_of_quoted(bytes: &[u8]) -> Option<(usize, usize)> {
    let (mut at, mut doubled) = (1, 0);
    loop {
        let quote = at + memchr::memchr(b'"', &bytes[at..])?;
        if *bytes.get(quote + 1)? != b'"' {
            return Some((quote + 1, doubled));
        }
        doubled += 1;
        at = quote + 2;
    }
}

pub(super) fn any_token(token: &[u8], record: &mut Record) -> Result<(), Problem> {
    match token {
        [b'\t', hex @ ..] => {
            unhex(hex, record.buffer())?;
            if std::str::from_utf8(record.open_bytes()).is_ok() {
                return Err(Problem::Token);
            }
            record.end_raw_text();
        }
        [b'\\', b'x', hex @ ..] => {
            unhex(hex, record.buffer())?;
            record.end_blob();
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

fn unhex(hex: &[u8], out: &mut Vec<u8>) -> Result<(), Problem> {
    let (pairs, rest) = hex.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Problem::Token);
    }
    out.reserve(pairs.len());
    for [high, low] in pairs {
        out.push(hex_pair(*high, *low).ok_or(Problem::Token)?);
    }
    Ok(())
}
