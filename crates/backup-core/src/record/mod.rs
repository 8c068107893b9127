//! The record model: tables, columns, records and cells, and their one canonical form.
//!
//! Whatever a source is, its tables are made of these; whatever a database is, what it gives back
//! is made into these again. Both sides go through the same [canonical CSV](encode), so a table's
//! digest means the same everywhere.

pub mod decode;
mod digest;
pub mod encode;
mod header;
mod structural_index;
mod typed;

pub use decode::{DecodeError, Decoder, Problem};
pub use digest::{Digest, Sha256Writer, TableDigest};
pub use encode::Encoder;
pub use header::{MAX_COLUMNS, MAX_HEADER_BYTES, safe_labels};
pub use typed::{from_record, to_record};

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The most bytes that one cell may take in canonical form: 1 GiB.
pub const MAX_CELL_BYTES: usize = 1 << 30;

/// What a column may hold; decided by where the table comes from, never by looking at the cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text and nulls only: a column of a CSV file.
    Text,
    /// Cells of every kind, mixed as they please: everything else.
    Any,
}

impl Kind {
    /// `text` or `any`, as it is written in an archive.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Any => "any",
        }
    }
}

/// A column: the label that the source gave it, whatever that is, and what it may hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    /// The source's label; it may be empty, repeat, or hold line breaks.
    pub label: String,
    /// What the column may hold.
    pub kind: Kind,
}

impl Column {
    /// A column of text.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), kind: Kind::Text }
    }

    /// A column of cells of every kind.
    pub fn any(label: impl Into<String>) -> Self {
        Self { label: label.into(), kind: Kind::Any }
    }
}

/// One CRM object's records: its name and its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The name, unique within an archive.
    pub name: String,
    /// The columns, in order.
    pub columns: Vec<Column>,
}

impl Table {
    /// A table of these columns.
    pub fn new(name: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        Self { name: name.into(), columns: columns.into_iter().collect() }
    }

    /// The kinds of the columns, in order.
    pub fn kinds(&self) -> Vec<Kind> {
        self.columns.iter().map(|column| column.kind).collect()
    }
}

/// Text as a source gave it: nearly always UTF-8, but SQLite does not insist.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    bytes: &'a [u8],
    utf8: bool,
}

impl<'a> Text<'a> {
    /// The bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether the bytes are UTF-8.
    pub fn is_utf8(&self) -> bool {
        self.utf8
    }

    /// The text, if it is UTF-8.
    pub fn to_str(&self) -> Option<&'a str> {
        if self.utf8 { std::str::from_utf8(self.bytes).ok() } else { None }
    }
}

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self.bytes))
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), utf8: true }
    }
}

/// One value in a record.
///
/// Reals compare by value here; the canonical form, and so every digest, tells `-0.0` from `0.0`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A binary floating-point number.
    Real(f64),
    /// Text.
    Text(Text<'a>),
    /// Bytes.
    Blob(&'a [u8]),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellTag {
    Null,
    Integer,
    Real,
    Text,
    RawText,
    Blob,
}

/// A row of cells: one byte buffer and the ends of its cells, reused row after row.
///
/// ```
/// use backup_core::record::{Cell, Record};
///
/// let mut record = Record::new();
/// record.push_text("0042");
/// record.push_null();
/// record.push_integer(42);
/// assert_eq!(record.len(), 3);
/// assert_eq!(record.get(2), Some(Cell::Integer(42)));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Record {
    bytes: Vec<u8>,
    cells: Vec<(CellTag, usize)>,
}

impl Record {
    /// An empty record.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets the cells and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Appends a null.
    pub fn push_null(&mut self) {
        self.end(CellTag::Null);
    }

    /// Appends a whole number.
    pub fn push_integer(&mut self, value: i64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self.end(CellTag::Integer);
    }

    /// Appends a floating-point number, bit for bit.
    pub fn push_real(&mut self, value: f64) {
        self.bytes.extend_from_slice(&value.to_bits().to_le_bytes());
        self.end(CellTag::Real);
    }

    /// Appends text.
    pub fn push_text(&mut self, value: &str) {
        self.push_utf8(value.as_bytes());
    }

    /// Appends text that may not be UTF-8, as SQLite allows.
    pub fn push_text_bytes(&mut self, value: &[u8]) {
        // Most cells are ASCII, and that is told far faster.
        let is_utf8 = value.is_ascii() || std::str::from_utf8(value).is_ok();
        let tag = if is_utf8 { CellTag::Text } else { CellTag::RawText };
        self.bytes.extend_from_slice(value);
        self.end(tag);
    }

    /// Appends text before it is known whether it is UTF-8: [`Record::tell_utf8`] finds out.
    pub(crate) fn push_unknown_text(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.end(CellTag::RawText);
    }

    /// Finds out which texts are UTF-8; of those that stand side by side at once, as most are.
    pub(crate) fn tell_utf8(&mut self) {
        let (bytes, mut start) = (&self.bytes, 0);
        let is_text = |(tag, _): &(CellTag, usize)| matches!(tag, CellTag::RawText | CellTag::Null);
        for cells in self.cells.chunk_by_mut(|one, next| is_text(one) == is_text(next)) {
            let end = cells.last().map_or(start, |(_, end)| *end);
            if is_text(&cells[0]) {
                // What is UTF-8 together and cut between characters is in each piece.
                let is_cut = |at: usize| at == end || !matches!(bytes[at], 0x80..0xc0);
                let all = is_utf8(&bytes[start..end]) && cells.iter().all(|(_, at)| is_cut(*at));
                let mut from = start;
                for (tag, to) in cells {
                    if *tag == CellTag::RawText && (all || is_utf8(&bytes[from..*to])) {
                        *tag = CellTag::Text;
                    }
                    from = *to;
                }
            }
            start = end;
        }
    }

    /// Appends bytes.
    pub fn push_blob(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.end(CellTag::Blob);
    }

    /// Appends a cell.
    pub fn push(&mut self, cell: Cell<'_>) {
        match cell {
            Cell::Null => self.push_null(),
            Cell::Integer(value) => self.push_integer(value),
            Cell::Real(value) => self.push_real(value),
            Cell::Text(text) => {
                self.bytes.extend_from_slice(text.bytes);
                self.end(if text.utf8 { CellTag::Text } else { CellTag::RawText });
            }
            Cell::Blob(value) => self.push_blob(value),
        }
    }

    /// Appends text that the caller has already found to be UTF-8.
    pub(crate) fn push_utf8(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.end(CellTag::Text);
    }

    /// The buffer, for a decoder that unescapes straight into it; [`Record::end_utf8`] and
    /// [`Record::end_raw_text`] and [`Record::end_blob`] make what was added a cell.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// What was added to the buffer since the last cell.
    pub(crate) fn open_bytes(&self) -> &[u8] {
        &self.bytes[self.cells.last().map_or(0, |(_, end)| *end)..]
    }

    pub(crate) fn end_utf8(&mut self) {
        self.end(CellTag::Text);
    }

    pub(crate) fn end_raw_text(&mut self) {
        self.end(CellTag::RawText);
    }

    pub(crate) fn end_blob(&mut self) {
        self.end(CellTag::Blob);
    }

    fn end(&mut self, tag: CellTag) {
        self.cells.push((tag, self.bytes.len()));
    }

    /// Appends the cells of another record.
    pub(crate) fn append(&mut self, other: &Self) {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.cells.extend(other.cells.iter().map(|&(tag, end)| (tag, before + end)));
    }

    /// How many bytes the cells take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The cell at `index`, counted from 0.
    pub fn get(&self, index: usize) -> Option<Cell<'_>> {
        let (tag, end) = *self.cells.get(index)?;
        let start = if index == 0 { 0 } else { self.cells[index - 1].1 };
        Some(cell(tag, &self.bytes[start..end]))
    }

    /// The cells, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Cell<'_>> {
        self.range(0..self.len())
    }

    /// Some of the cells, in order.
    pub(crate) fn range(&self, cells: Range<usize>) -> impl ExactSizeIterator<Item = Cell<'_>> {
        let mut start = cells.start.checked_sub(1).map_or(0, |before| self.cells[before].1);
        self.cells[cells].iter().map(move |&(tag, end)| {
            let bytes = &self.bytes[start..end];
            start = end;
            cell(tag, bytes)
        })
    }
}

impl<'a> FromIterator<Cell<'a>> for Record {
    fn from_iter<I: IntoIterator<Item = Cell<'a>>>(cells: I) -> Self {
        let mut record = Self::new();
        cells.into_iter().for_each(|cell| record.push(cell));
        record
    }
}

fn is_utf8(bytes: &[u8]) -> bool {
    encoding_rs::Encoding::utf8_valid_up_to(bytes) == bytes.len()
}

fn cell(tag: CellTag, bytes: &[u8]) -> Cell<'_> {
    let eight = || bytes.try_into().expect("numbers are stored in eight bytes");
    match tag {
        CellTag::Null => Cell::Null,
        CellTag::Integer => Cell::Integer(i64::from_le_bytes(eight())),
        CellTag::Real => Cell::Real(f64::from_bits(u64::from_le_bytes(eight()))),
        CellTag::Text => Cell::Text(Text { bytes, utf8: true }),
        CellTag::RawText => Cell::Text(Text { bytes, utf8: false }),
        CellTag::Blob => Cell::Blob(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_together_as_they_are_one_by_one() {
        let long = "长".repeat(40);
        let texts: [&[u8]; 11] = [
            b"",
            b"plain",
            "Ærø".as_bytes(),
            "长".as_bytes(),
            long.as_bytes(),
            // Halves of characters, which are whole when they stand side by side.
            &"长".as_bytes()[..1],
            &"长".as_bytes()[1..],
            &long.as_bytes()[..119],
            &long.as_bytes()[119..],
            b"\xff",
            b"\xed\xa0\x80",
        ];
        let mut counts = [0; 2];
        for case in 0..14usize.pow(3) {
            let (mut record, mut expected) = (Record::new(), Record::new());
            for cell in [case % 14, case / 14 % 14, case / 196] {
                for record in [&mut record, &mut expected] {
                    match cell {
                        11 => record.push_null(),
                        12 => record.push_integer(-1),
                        13 => record.push_blob("长".as_bytes()),
                        _ => {}
                    }
                }
                if let Some(text) = texts.get(cell) {
                    record.push_unknown_text(text);
                    expected.push_text_bytes(text);
                }
            }
            record.tell_utf8();
            assert_eq!(record.cells, expected.cells, "texts {case}");
            assert_eq!(record.bytes, expected.bytes, "texts {case}");
            let raw = expected.cells.iter().any(|(tag, _)| *tag == CellTag::RawText);
            counts[usize::from(raw)] += 1;
        }
        assert!(counts.iter().all(|count| *count > 500), "one kind is rare: {counts:?}");
    }
}
