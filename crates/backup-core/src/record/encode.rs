//! Canonical CSV, written.
//!
//! UTF-8, a comma between cells, a line feed after every record. A `text` column is written as
//! PostgreSQL's `COPY … TO … (FORMAT csv)` writes it; an `any` column tells the kinds apart by
//! their first byte. `FORMAT.md` has the grammar.

use std::io::Write as _;

use super::{Cell, Kind, MAX_CELL_BYTES, Record, Table, header::safe_labels};
use crate::error::{Error, Result};

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

    /// The labels that stand in the header line.
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

    /// Appends a record, or leaves `out` as it was.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Record`](crate::ErrorKind::Record) if the record has another number of cells
    /// than the table has columns, a `text` column is given anything but UTF-8 text and nulls, or
    /// a cell takes more than [`MAX_CELL_BYTES`].
    pub fn record(&self, record: &Record, out: &mut Vec<u8>) -> Result<()> {
        let before = out.len();
        self.try_record(record, out).inspect_err(|_| out.truncate(before))
    }

    fn try_record(&self, record: &Record, out: &mut Vec<u8>) -> Result<()> {
        if record.len() != self.kinds.len() {
            return Err(Error::record(format!(
                "a record has {} cells and the table {} columns",
                record.len(),
                self.kinds.len()
            )));
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
            let start = out.len();
            match kind {
                Kind::Text => push_text_column(cell, alone, out),
                Kind::Any => {
                    push_any_cell(cell, out);
                    Ok(())
                }
            }
            .map_err(|error| error.at_column(index as u64 + 1))?;
            if out.len() - start > MAX_CELL_BYTES {
                return Err(Error::record(format!(
                    "a cell takes {} bytes; the most is {MAX_CELL_BYTES}",
                    out.len() - start
                ))
                .at_column(index as u64 + 1));
            }
        }
        out.push(b'\n');
        Ok(())
    }
}

fn push_text_column(cell: Cell<'_>, alone: bool, out: &mut Vec<u8>) -> Result<()> {
    match cell {
        Cell::Null => Ok(()),
        Cell::Text(text) if text.is_utf8() => {
            push_text_cell(text.as_bytes(), alone, out);
            Ok(())
        }
        Cell::Text(_) => Err(Error::record("a text column was given text that is not UTF-8")),
        Cell::Integer(_) | Cell::Real(_) | Cell::Blob(_) => {
            Err(Error::record("a text column was given a cell that is not text"))
        }
    }
}

/// Whether PostgreSQL would quote this text; `alone` is whether the table has one column.
pub(crate) fn needs_quotes(text: &[u8], alone: bool) -> bool {
    text.is_empty() || has_special(text) || (alone && text == b"\\.")
}

/// Whether there is a comma, a quote, a CR or an LF, looked for eight bytes at a time.
fn has_special(text: &[u8]) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The classic tests for a byte below a bound, and for a byte that is another. They can only err
    // in bytes after a true one, so they are exact for “is there any”.
    fn any_below(word: u64, bound: u8) -> u64 {
        word.wrapping_sub(LOW * u64::from(bound)) & !word & HIGH
    }
    fn any_equal(word: u64, byte: u8) -> u64 {
        any_below(word ^ (LOW * u64::from(byte)), 1)
    }
    let (words, rest) = text.as_chunks();
    let in_word = |bytes: &[u8; 8]| {
        let word = u64::from_le_bytes(*bytes);
        // The comma is the greatest of the four: most words hold nothing below it.
        any_below(word, b',' + 1) != 0 && b",\"\n\r".iter().any(|byte| any_equal(word, *byte) != 0)
    };
    words.iter().any(in_word) || rest.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
}

/// Appends text as a `text` column and a header line hold it.
pub(crate) fn push_text_cell(text: &[u8], alone: bool, out: &mut Vec<u8>) {
    if needs_quotes(text, alone) {
        push_quoted(text, out);
    } else {
        out.extend_from_slice(text);
    }
}

/// Appends text in quotes, with every quote in it doubled.
pub(crate) fn push_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=at]);
        out.push(b'"');
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn push_any_cell(cell: Cell<'_>, out: &mut Vec<u8>) {
    match cell {
        Cell::Null => {}
        Cell::Integer(value) => write!(out, "{value}").expect("a Vec takes every write"),
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

/// Appends a real: ECMAScript's `Number::toString`, with `.0` where it would read as an integer,
/// and `-0.0` told from `0.0`.
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

#[cfg(test)]
mod tests {
    use super::has_special;

    #[test]
    fn a_special_byte_is_found_wherever_it_stands() {
        // What comes before may be anything else, above all what is near a special byte.
        for filler in [b'a', b' ', b'+', b'-', b'!', b'#', 0, 9, 11, 12, 14, 0x80, 0xac, 0xff] {
            for length in 0..40 {
                let mut text = vec![filler; length];
                assert!(!has_special(&text), "{length} bytes of {filler:#x}");
                for at in 0..length {
                    for special in [b',', b'"', b'\n', b'\r'] {
                        text[at] = special;
                        assert!(has_special(&text), "{special:#x} at {at} in {filler:#x}");
                    }
                    text[at] = filler;
                }
            }
        }
    }
}
