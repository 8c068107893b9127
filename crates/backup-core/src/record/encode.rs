//! Encodes canonical CSV.
//!
//! It is UTF-8, with a comma between cells and a line feed after every record. A `text` column has
//! the format of PostgreSQL's `COPY … TO … (FORMAT csv)`. In an `any` column, the first byte of a
//! cell shows its kind. `FORMAT.md` has the grammar.

use super::header::safe_labels;
use super::quoting::{push_quoted, push_text_cell};
use super::{Cell, Kind, MAX_CELL_BYTES, Record, Table};
use crate::error::{Error, Result};
use crate::i18n::message;

/// Writes the records of one table in canonical form.
///
/// ```
/// use backup_core::record::{Column, Encoder, Record, Table};
///
/// let table = Table::new("accounts", [Column::text("name"), Column::any("revenue")]);
/// let encoder = Encoder::new(&table);
/// let mut record = Record::new();
/// record.push_text("Ng, Ltd");
/// record.push_real(1e6);
///
/// let mut csv = Vec::new();
/// encoder.header(&mut csv);
/// encoder.record(&record, &mut csv)?;
/// assert_eq!(csv, b"name,revenue\n\"Ng, Ltd\",1000000.0\n");
/// # Ok::<(), backup_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Encoder {
    labels: Vec<String>,
    kinds: Vec<Kind>,
}

impl Encoder {
    /// An encoder for this table.
    pub fn new(table: &Table) -> Self {
        Self {
            labels: safe_labels(table.columns.iter().map(|column| column.label.as_str())),
            kinds: table.kinds(),
        }
    }

    /// The labels in the header line.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Appends the header line.
    pub fn header(&self, out: &mut Vec<u8>) {
        for (index, label) in self.labels.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            push_text_cell(label.as_bytes(), self.labels.len() == 1, out);
        }
        out.push(b'\n');
    }

    /// Appends a record. After an error, `out` is unchanged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Record`](crate::ErrorKind::Record) if the record has more or fewer cells than
    /// the table has columns, if a cell of a `text` column is neither UTF-8 text nor null, or if a
    /// cell is longer than [`MAX_CELL_BYTES`].
    pub fn record(&self, record: &Record, out: &mut Vec<u8>) -> Result<()> {
        let before = out.len();
        self.try_record(record, out).inspect_err(|_| out.truncate(before))
    }

    fn try_record(&self, record: &Record, out: &mut Vec<u8>) -> Result<()> {
        if record.len() != self.kinds.len() {
            let (cells, columns) = (record.len().to_string(), self.kinds.len().to_string());
            return Err(Error::record(message!("record-cells", cells = cells, columns = columns)));
        }
        if let Some(line) = record.line()
            && line.len() <= MAX_CELL_BYTES
            && self.kinds.iter().all(|kind| *kind == Kind::Text)
        {
            out.extend_from_slice(line);
            out.push(b'\n');
            return Ok(());
        }
        let alone = self.kinds.len() == 1;
        for (index, (cell, kind)) in record.iter().zip(&self.kinds).enumerate() {
            if index > 0 {
                out.push(b',');
            }
            let bad = |why| Error::record(why).at_column(index as u64 + 1);
            let start = out.len();
            match (kind, cell) {
                (Kind::Any, _) => push_any_cell(cell, out),
                (Kind::Text, Cell::Null) => {}
                (Kind::Text, Cell::Text(text)) if text.is_utf8() => {
                    push_text_cell(text.as_bytes(), alone, out);
                }
                (Kind::Text, Cell::Text(_)) => return Err(bad(message!("record-not-utf8"))),
                (Kind::Text, _) => return Err(bad(message!("record-not-text"))),
            }
            let bytes = out.len() - start;
            if bytes > MAX_CELL_BYTES {
                let (bytes, most) = (bytes.to_string(), MAX_CELL_BYTES.to_string());
                return Err(bad(message!("record-cell-bytes", bytes = bytes, most = most)));
            }
        }
        out.push(b'\n');
        Ok(())
    }
}

fn push_any_cell(cell: Cell<'_>, out: &mut Vec<u8>) {
    match cell {
        Cell::Null => {}
        Cell::Integer(value) => out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
        Cell::Real(value) => push_real(value, out),
        Cell::Text(text) if text.is_utf8() => push_quoted(text.as_bytes(), out),
        Cell::Text(text) => {
            out.push(b'\t');
            push_hex(text.as_bytes(), out);
        }
        Cell::Blob(bytes) => {
            out.extend_from_slice(b"\\x");
            push_hex(bytes, out);
        }
    }
}

/// Appends a real in the format of ECMAScript's `Number::toString`, with two exceptions: `.0` is
/// appended if it would look like an integer, and `-0.0` differs from `0.0`.
pub(crate) fn push_real(value: f64, out: &mut Vec<u8>) {
    if value == 0.0 && value.is_sign_negative() {
        out.extend_from_slice(b"-0.0");
        return;
    }
    let mut buffer = ryu_js::Buffer::new();
    let digits = buffer.format(value).as_bytes();
    out.extend_from_slice(digits);
    if value.is_finite() && !digits.iter().any(|byte| matches!(byte, b'.' | b'e')) {
        out.extend_from_slice(b".0");
    }
}

/// Appends bytes as lower-case hexadecimal digits.
pub(crate) fn push_hex(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.reserve(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}
