//! The record model: tables, columns, records and cells, and their canonical form.
//!
//! Sources produce these types, and databases return them. Both are encoded as the same [canonical
//! CSV](encode). So equal tables have equal digests.

pub mod decode;
mod digest;
pub mod encode;
mod header;
pub(crate) mod quoting;
mod structural_index;
mod typed;

pub use decode::{DecodeError, Decoder, Problem};
pub use digest::{Digest, Sha256Writer, TableDigest};
pub use encode::Encoder;
pub use header::{MAX_COLUMNS, MAX_HEADER_BYTES, safe_labels};
pub(crate) use structural_index::{IndexPosition, StructuralIndex};
pub use typed::{from_record, to_record};

use std::fmt;
use std::ops::Range;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

/// The maximum length of a cell in canonical form: 1 GiB.
pub const MAX_CELL_BYTES: usize = 1 << 30;

/// What a column may hold. It depends on the format of the source, never on the content of the
/// cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text and nulls only. All columns of CSV files have this kind.
    Text,
    /// Cells of all kinds, mixed. All other columns have this kind.
    Any,
}

impl Kind {
    /// The name in `contents.jsonl`: `text` or `any`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Any => "any",
        }
    }
}

/// A column: the label in the source, and the kind of its cells.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Column {
    /// The label in the source. It may be empty, occur several times, or contain line breaks.
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

/// A table: its name and its columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The name, unique within an archive.
    pub name: String,
    /// The columns, in order.
    pub columns: Vec<Column>,
}

impl Table {
    /// A table with these columns.
    pub fn new(name: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        Self { name: name.into(), columns: columns.into_iter().collect() }
    }

    /// The kinds of the columns, in order.
    pub fn kinds(&self) -> Vec<Kind> {
        self.columns.iter().map(|column| column.kind).collect()
    }
}

/// Text of a source. It is usually UTF-8, but SQLite does not guarantee this.
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

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self.bytes))
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), utf8: true }
    }
}

/// A value in a record.
///
/// `PartialEq` compares reals by value. In the canonical form, and so in every digest, `-0.0` and
/// `0.0` differ.
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

/// A record: a byte buffer, and the positions of its cells. The buffer is reused for the next
/// record.
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
#[derive(Default)]
pub struct Record {
    bytes: Vec<u8>,
    cells: Vec<Place>,
    /// The number of bytes of held text at the start of `bytes`. Records are decoded from this
    /// text.
    held: usize,
    /// The start in `bytes` of the next cell to be added.
    next: usize,
    /// The range in `bytes` of the record's canonical form, if the record was read from it.
    line: Option<(usize, usize)>,
}

/// The position of a cell in the buffer of a record.
#[derive(Debug, Clone, Copy)]
struct Place {
    tag: CellTag,
    start: usize,
    end: usize,
}

impl Record {
    /// An empty record.
    pub fn new() -> Self {
        Self::default()
    }

    /// Removes the cells, and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.clear_cells(0);
    }

    /// Copies text from which records are decoded. Their cells can then [refer to
    /// it](Record::push_within), and are not copied one by one.
    pub(crate) fn hold(&mut self, text: &[u8]) {
        self.clear();
        self.bytes.extend_from_slice(text);
        (self.held, self.next) = (text.len(), text.len());
    }

    /// Removes the cells, and keeps the first `held` bytes of held text.
    pub(crate) fn clear_cells(&mut self, held: usize) {
        self.bytes.truncate(held);
        self.cells.clear();
        (self.held, self.next) = (held, held);
        self.line = None;
    }

    /// Declares that the held text from `start` to `end` is the canonical form of the record in a
    /// table of text. Then the record is not encoded again.
    pub(crate) fn set_line(&mut self, start: usize, end: usize) {
        self.line = Some((start, end));
    }

    /// The canonical form without its line feed, if the record was read from it.
    pub(crate) fn line(&self) -> Option<&[u8]> {
        self.line.map(|(start, end)| &self.bytes[start..end])
    }

    /// Appends a part of the held text. It must be UTF-8.
    pub(crate) fn push_within(&mut self, start: usize, end: usize) {
        self.cells.push(Place { tag: CellTag::Text, start, end });
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are no cells.
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

    /// Appends a floating-point number, with its exact bits.
    pub fn push_real(&mut self, value: f64) {
        self.bytes.extend_from_slice(&value.to_bits().to_le_bytes());
        self.end(CellTag::Real);
    }

    /// Appends text.
    pub fn push_text(&mut self, value: &str) {
        self.push_utf8(value.as_bytes());
    }

    /// Appends text that may be invalid UTF-8. SQLite allows this.
    pub fn push_text_bytes(&mut self, value: &[u8]) {
        // For short ASCII cells, the first test is faster; for others, the second is twice as fast
        // as the check of the standard library.
        let is_utf8 = value.is_ascii() || Encoding::utf8_valid_up_to(value) == value.len();
        self.bytes.extend_from_slice(value);
        self.end(if is_utf8 { CellTag::Text } else { CellTag::RawText });
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

    /// Appends text. The caller has checked that it is UTF-8.
    pub(crate) fn push_utf8(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.end(CellTag::Text);
    }

    /// The buffer, for a decoder that unescapes directly into it. [`Record::end`] turns the added
    /// bytes into a cell.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The bytes that were added to the buffer since the last cell.
    pub(crate) fn open_bytes(&self) -> &[u8] {
        &self.bytes[self.next..]
    }

    /// Turns the bytes that were added since the last cell into a cell.
    pub(crate) fn end(&mut self, tag: CellTag) {
        self.line = None;
        let start = std::mem::replace(&mut self.next, self.bytes.len());
        self.cells.push(Place { tag, start, end: self.next });
    }

    /// Appends the cells of another record.
    pub(crate) fn append(&mut self, other: &Self) {
        // If the line is known, all cells are in it or after the held text, and two pieces are
        // copied.
        let Some((start, end)) = other.line.or((other.held == 0).then_some((0, 0))) else {
            return other.iter().for_each(|cell| self.push(cell));
        };
        let (in_line, unescaped) = (self.bytes.len(), self.bytes.len() + end - start);
        self.bytes.extend_from_slice(&other.bytes[start..end]);
        self.bytes.extend_from_slice(&other.bytes[other.held..]);
        self.cells.extend(other.cells.iter().map(|Place { tag, start: from, end: to }| {
            let moved = |at| match *from < other.held {
                true => at - start + in_line,
                false => at - other.held + unescaped,
            };
            Place { tag: *tag, start: moved(*from), end: moved(*to) }
        }));
        (self.next, self.line) = (self.bytes.len(), None);
    }

    /// The length of the buffer in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The cell at `index`, counted from 0.
    pub fn get(&self, index: usize) -> Option<Cell<'_>> {
        self.cells.get(index).map(|place| self.cell(place))
    }

    /// The cells, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Cell<'_>> {
        self.range(0..self.len())
    }

    /// Some of the cells, in order.
    pub(crate) fn range(&self, cells: Range<usize>) -> impl ExactSizeIterator<Item = Cell<'_>> {
        self.cells[cells].iter().map(|place| self.cell(place))
    }

    fn cell(&self, place: &Place) -> Cell<'_> {
        let bytes = &self.bytes[place.start..place.end];
        let eight = || bytes.try_into().expect("numbers are stored in eight bytes");
        match place.tag {
            CellTag::Null => Cell::Null,
            CellTag::Integer => Cell::Integer(i64::from_le_bytes(eight())),
            CellTag::Real => Cell::Real(f64::from_bits(u64::from_le_bytes(eight()))),
            CellTag::Text => Cell::Text(Text { bytes, utf8: true }),
            CellTag::RawText => Cell::Text(Text { bytes, utf8: false }),
            CellTag::Blob => Cell::Blob(bytes),
        }
    }
}

/// A clone has the cells, but neither the rest of the held text nor the canonical form.
impl Clone for Record {
    fn clone(&self) -> Self {
        let mut clone = Self::new();
        clone.append(self);
        clone
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a> FromIterator<Cell<'a>> for Record {
    fn from_iter<I: IntoIterator<Item = Cell<'a>>>(cells: I) -> Self {
        let mut record = Self::new();
        cells.into_iter().for_each(|cell| record.push(cell));
        record
    }
}
