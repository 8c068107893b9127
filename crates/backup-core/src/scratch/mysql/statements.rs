//! The statements that load records.

use std::fmt::Write as _;

use crate::error::{Error, Result};
use crate::i18n::message;
use crate::record::Cell;
use crate::scratch::layout::ValueKind;

/// A statement is sent when it has this many bytes.
const BATCH_BYTES: usize = 256 << 10;

/// Collects records in statements of a table.
pub(super) struct Inserts {
    begin: String,
    statement: String,
    /// The most bytes that the server accepts.
    most: usize,
}

impl Inserts {
    pub(super) fn new(table: &str, most: usize) -> Self {
        Self { begin: format!("INSERT INTO {table} VALUES "), statement: String::new(), most }
    }

    /// Adds a record, whose values `write` appends. Returns a statement to send, if there is one.
    pub(super) fn push(&mut self, write: impl FnOnce(&mut String)) -> Result<Option<String>> {
        let before = self.statement.len();
        self.statement.push_str(if before == 0 { &self.begin } else { "," });
        let start = self.statement.len();
        self.statement.push('(');
        write(&mut self.statement);
        self.statement.push(')');
        if self.statement.len() <= self.most {
            let is_full = self.statement.len() >= BATCH_BYTES;
            return Ok(if is_full { self.take() } else { None });
        }
        // It does not fit behind the others.
        let record = self.statement.split_off(start);
        self.statement.truncate(before);
        let others = self.take();
        let bytes = self.begin.len() + record.len();
        if bytes > self.most {
            let (bytes, most) = (bytes as u64, self.most as u64);
            let why = message!("scratch-packet", bytes = in_mib(bytes), most = in_mib(most));
            return Err(Error::scratch(message!("scratch-insert"), why));
        }
        self.statement = format!("{}{record}", self.begin);
        Ok(others)
    }

    /// The statement with the records that were added.
    pub(super) fn take(&mut self) -> Option<String> {
        Some(std::mem::take(&mut self.statement)).filter(|statement| !statement.is_empty())
    }
}

fn in_mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// The name of a piece of a table, as it is written in SQL.
pub(super) fn piece_name(table: usize, piece: usize) -> String {
    format!("t{table}_{piece}")
}

/// Appends a cell as a value of a column of this kind; null if it has another kind.
pub(super) fn push_cell(statement: &mut String, kind: ValueKind, cell: Cell<'_>) {
    // Writing to a text does not fail.
    let _ = match cell {
        Cell::Integer(value) if kind == ValueKind::Integer => write!(statement, "{value}"),
        // With an exponent, it is not a decimal number. These are the fewest digits that give the
        // same value again.
        Cell::Real(value) if kind == ValueKind::Real && fits(cell) => {
            write!(statement, "{value:e}")
        }
        Cell::Text(text) if kind == ValueKind::Text => {
            match std::str::from_utf8(text.as_bytes()) {
                Ok(text) => push_text(statement, text),
                Err(_) => statement.push_str("NULL"),
            }
            Ok(())
        }
        Cell::Blob(bytes) if kind == ValueKind::Blob => {
            push_bytes(statement, bytes);
            Ok(())
        }
        _ => {
            statement.push_str("NULL");
            Ok(())
        }
    };
}

/// Appends text in quotes, for `NO_BACKSLASH_ESCAPES`.
fn push_text(statement: &mut String, text: &str) {
    statement.push('\'');
    let mut pieces = text.split('\'');
    statement.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        statement.push_str("''");
        statement.push_str(piece);
    }
    statement.push('\'');
}

/// Appends bytes in hexadecimal.
pub(super) fn push_bytes(statement: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    statement.push_str("x'");
    for byte in bytes {
        statement.push(char::from(DIGITS[usize::from(byte >> 4)]));
        statement.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    statement.push('\'');
}

/// Whether a column of the server can hold a cell. Reals must be finite, and there is no negative
/// zero; text must be UTF-8.
pub(super) fn fits(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Real(value) => value.is_finite() && (value != 0.0 || value.is_sign_positive()),
        Cell::Text(text) => text.is_utf8(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_sent_in_statements_that_the_server_accepts() {
        let mut inserts = Inserts::new("t", 40);
        let mut push = |text: &str| inserts.push(|statement| push_text(statement, text));
        assert_eq!(push("one").expect("it fits"), None);
        assert_eq!(push("t'o").expect("it fits"), None);
        let full = push("three").expect("it fits");
        assert_eq!(full.as_deref(), Some("INSERT INTO t VALUES ('one'),('t''o')"));
        let error = push(&"x".repeat(40)).expect_err("it is too long").to_string();
        assert!(error.contains("max_allowed_packet"), "{error}");
    }

    #[test]
    fn values_are_exact_literals() {
        for (kind, cell, literal) in [
            (ValueKind::Integer, Cell::Integer(i64::MIN), "-9223372036854775808"),
            (ValueKind::Real, Cell::Real(0.1), "1e-1"),
            (ValueKind::Real, Cell::Real(5e-324), "5e-324"),
            (ValueKind::Real, Cell::Real(-0.0), "NULL"),
            (ValueKind::Real, Cell::Real(f64::NAN), "NULL"),
            (ValueKind::Text, Cell::Text("it's \\ 中".into()), "'it''s \\ 中'"),
            (ValueKind::Blob, Cell::Blob(b"\0\xff"), "x'00ff'"),
            (ValueKind::Blob, Cell::Integer(1), "NULL"),
        ] {
            let mut statement = String::new();
            push_cell(&mut statement, kind, cell);
            assert_eq!(statement, literal);
        }
    }
}
