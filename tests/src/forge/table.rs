//! Tables written as canonical CSV, and counted, without any code of the program under test.

use serde_json::{Value, json};

/// A cell.
#[derive(Clone)]
pub enum Cell {
    /// Null.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number, as it is written.
    Real(&'static str),
    /// Text.
    Text(&'static str),
    /// Bytes.
    Blob(&'static [u8]),
    /// Text that is not UTF-8.
    Raw(&'static [u8]),
}

/// A table, and the contents of its parts.
#[derive(Clone)]
pub struct TableDraft {
    /// The derived name.
    pub slug: String,
    /// The original name.
    pub title: String,
    /// `string` or `any`.
    pub kind: &'static str,
    /// The labels in the header line, and the source's original labels where they differ.
    pub labels: Vec<(String, Option<String>)>,
    /// The records of each part.
    pub parts: Vec<Vec<Vec<Cell>>>,
    /// The replacements in the text of a part.
    pub edits: Vec<(usize, Vec<u8>, Vec<u8>)>,
    /// The source, and the table in it.
    pub origin: (Option<&'static str>, Option<&'static str>),
}

impl TableDraft {
    /// Replaces some text of a part; every digest is computed afterwards.
    pub fn edit(&mut self, part: usize, from: &[u8], to: &[u8]) {
        self.edits.push((part, from.into(), to.into()));
    }

    /// The text of each part.
    pub fn texts(&self) -> Vec<Vec<u8>> {
        let text = |(number, records): (usize, &Vec<Vec<Cell>>)| {
            let mut text = self.header();
            for record in records {
                let cells: Vec<_> = record.iter().map(|cell| self.cell(cell)).collect();
                text.extend(cells.join(&b","[..]));
                text.push(b'\n');
            }
            for (_, from, to) in self.edits.iter().filter(|(part, ..)| *part == number) {
                text = replaced(&text, from, to);
            }
            text
        };
        self.parts.iter().enumerate().map(text).collect()
    }

    fn header(&self) -> Vec<u8> {
        let labels = self.labels.iter().map(|(label, _)| text_cell(label, self.labels.len() == 1));
        let mut line = labels.collect::<Vec<_>>().join(&b","[..]);
        line.push(b'\n');
        line
    }

    fn cell(&self, cell: &Cell) -> Vec<u8> {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        match cell {
            Cell::Null => Vec::new(),
            Cell::Integer(value) => value.to_string().into(),
            Cell::Real(text) => (*text).into(),
            Cell::Text(text) if self.kind == "any" => quoted(text),
            Cell::Text(text) => text_cell(text, self.labels.len() == 1),
            Cell::Blob(bytes) => format!("\\x{}", hex(bytes)).into(),
            Cell::Raw(bytes) => format!("\t{}", hex(bytes)).into(),
        }
    }

    /// The counts of each column.
    pub fn counts(&self) -> Vec<Value> {
        let column = |index: usize| {
            let cells = || self.parts.iter().flatten().map(move |record| &record[index]);
            let of = |is: fn(&Cell) -> bool| cells().filter(|cell| is(cell)).count();
            let lengths: Vec<_> = cells().filter_map(length).collect();
            json!({
                "nulls": of(|cell| matches!(cell, Cell::Null)),
                "integers": of(|cell| matches!(cell, Cell::Integer(_))),
                "reals": of(|cell| matches!(cell, Cell::Real(_))),
                "texts": of(|cell| matches!(cell, Cell::Text(_) | Cell::Raw(_))),
                "blobs": of(|cell| matches!(cell, Cell::Blob(_))),
                "bytes": lengths.iter().sum::<usize>(),
                "longest": lengths.iter().max().unwrap_or(&0),
            })
        };
        (0..self.labels.len()).map(column).collect()
    }
}

fn length(cell: &Cell) -> Option<usize> {
    match cell {
        Cell::Text(text) => Some(text.len()),
        Cell::Blob(bytes) | Cell::Raw(bytes) => Some(bytes.len()),
        _ => None,
    }
}

fn quoted(text: &str) -> Vec<u8> {
    format!("\"{}\"", text.replace('"', "\"\"")).into()
}

fn text_cell(text: &str, alone: bool) -> Vec<u8> {
    if text.is_empty() || text.contains([',', '"', '\r', '\n']) || alone && text == "\\." {
        quoted(text)
    } else {
        text.into()
    }
}

/// Replaces the first `from` in a text, which must be there.
pub fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = text.windows(from.len()).position(|bytes| bytes == from);
    let at = at.unwrap_or_else(|| panic!("{} is there", String::from_utf8_lossy(from)));
    [&text[..at], to, &text[at + from.len()..]].concat()
}
