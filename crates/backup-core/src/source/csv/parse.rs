//! Parses CSV: RFC 4180, with other delimiters and line ends.

use crate::i18n::{Message, message};
use crate::record::{CellTag, MAX_COLUMNS, Record, StructuralIndex};

/// The delimiter and the line ends of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) newline: Newline,
}

/// The end of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Newline {
    /// LF, with up to two CRs before it. Any other CR is text.
    Lf,
    /// CR alone, as in files of very old software.
    Cr,
}

impl Newline {
    /// The line end to assume before one was read.
    pub(crate) fn usual(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::Cr => "\r",
        }
    }
}

/// Parses the record that begins at `start` into `record`, which [holds](Record::hold) `bytes`. `index`
/// must be at `start`.
///
/// Returns the end of the record and its line end: `\n`, `\r\n`, `\r\r\n`, `\r`, or an empty text at
/// the end of the file. Returns `Ok(None)` if the record does not end within `bytes` and these are not
/// the `last`. An unquoted empty cell is null, and a quoted one is empty text.
pub(crate) fn record(
    bytes: &[u8],
    start: usize,
    dialect: Dialect,
    last: bool,
    index: &mut StructuralIndex<'_>,
    record: &mut Record,
) -> Result<Option<(usize, &'static str)>, (Message, usize)> {
    record.clear_cells(bytes.len());
    let (mut at, mut is_canonical) = (start, dialect.delimiter == b',');
    loop {
        // Even a cell of one byte takes much more memory than that.
        if record.len() == MAX_COLUMNS {
            return Err((message!("csv-too-many-cells", most = MAX_COLUMNS), at));
        }
        let is_quoted = bytes.get(at) == Some(&b'"');
        let cell_end = match is_quoted {
            true => quoted_cell(bytes, at, index, record, &mut is_canonical),
            false => bare_cell(bytes, at, dialect, index, record, &mut is_canonical),
        };
        let end = match cell_end {
            Some(end) => end,
            None if !last => return Ok(None),
            None if is_quoted => return Err((message!("csv-open-quotes"), at)),
            None => bytes.len(),
        };
        let Some(ending) = ending(&bytes[end..], dialect, last) else { return Ok(None) };
        let length = match ending {
            Ending::Cell => 1,
            Ending::Record(newline) => newline.len(),
            Ending::Neither => return Err((message!("csv-after-quotes"), end)),
        };
        if is_quoted {
            index.by_ref().take(length).for_each(drop);
        }
        at = end + length;
        if let Ending::Record(newline) = ending {
            // PostgreSQL's end-of-data mark must be quoted if it is the only cell.
            is_canonical &= newline == "\n" && bytes[start..end] != *b"\\.";
            if is_canonical {
                record.set_line(start, end);
            }
            return Ok(Some((at, newline)));
        }
    }
}

/// Parses a cell without quotes, and moves `index` past its end. Returns the end of the cell, or `None`
/// if `bytes` ends first.
fn bare_cell(
    bytes: &[u8],
    start: usize,
    dialect: Dialect,
    index: &mut StructuralIndex<'_>,
    record: &mut Record,
    is_canonical: &mut bool,
) -> Option<usize> {
    let line_end = dialect.newline.usual().as_bytes()[0];
    let found = loop {
        match index.next() {
            Some(at) if bytes[at] == dialect.delimiter || bytes[at] == line_end => break Some(at),
            Some(_) => *is_canonical = false,
            None => break None,
        }
    };
    let mut end = found.unwrap_or(bytes.len());
    if dialect.newline == Newline::Lf && bytes.get(end) == Some(&b'\n') {
        // A CR before the LF belongs to the line end. So do two, because text mode on Windows writes
        // CRLF as CRCRLF.
        for _ in 0..2 {
            end -= usize::from(bytes[start..end].ends_with(b"\r"));
        }
    }
    if end == start {
        record.push_null();
    } else {
        record.push_within(start, end);
    }
    found.map(|_| end)
}

/// Parses a quoted cell. Returns the position after the closing quote, or `None` if there is none.
fn quoted_cell(
    bytes: &[u8],
    start: usize,
    index: &mut StructuralIndex<'_>,
    record: &mut Record,
    is_canonical: &mut bool,
) -> Option<usize> {
    // The opening quote.
    index.next();
    let (mut piece, mut needs_quotes) = (start + 1, bytes.get(start + 1) == Some(&b'"'));
    let close = loop {
        let at = index.next()?;
        if bytes[at] != b'"' {
            needs_quotes = true;
        } else if bytes.get(at + 1) == Some(&b'"') {
            // The second quote of an escaped quote.
            index.next();
            record.buffer().extend_from_slice(&bytes[piece..=at]);
            piece = at + 2;
            needs_quotes = true;
        } else {
            break at;
        }
    };
    *is_canonical &= needs_quotes;
    if piece == start + 1 {
        record.push_within(piece, close);
    } else {
        record.buffer().extend_from_slice(&bytes[piece..close]);
        record.end(CellTag::Text);
    }
    Some(close + 1)
}

enum Ending {
    Cell,
    Record(&'static str),
    Neither,
}

/// What follows a cell; `None` if more bytes are needed to decide.
fn ending(rest: &[u8], dialect: Dialect, last: bool) -> Option<Ending> {
    Some(match (rest, dialect.newline) {
        ([byte, ..], _) if *byte == dialect.delimiter => Ending::Cell,
        ([b'\n', ..], Newline::Lf) => Ending::Record("\n"),
        ([b'\r', b'\n', ..], Newline::Lf) => Ending::Record("\r\n"),
        ([b'\r', b'\r', b'\n', ..], Newline::Lf) => Ending::Record("\r\r\n"),
        ([b'\r', ..], Newline::Cr) => Ending::Record("\r"),
        ([], _) if last => Ending::Record(""),
        ([] | [b'\r'] | [b'\r', b'\r'], _) if !last => return None,
        _ => Ending::Neither,
    })
}

/// Whether this byte can be a delimiter: it is ASCII, and has no other meaning.
pub(crate) fn can_delimit(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n')
}

/// The delimiter in a first line such as `sep=;`.
pub(crate) fn declared_delimiter(text: &[u8]) -> Option<u8> {
    match text {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, b'\r' | b'\n', ..] => {
            Some(*delimiter).filter(|byte| can_delimit(*byte))
        }
        _ => None,
    }
}

/// Detects the dialect from the first lines of a text.
pub(crate) fn detect(text: &[u8], preferred: Option<u8>) -> Dialect {
    let mut counts = [(b',', 0u32), (b';', 0), (b'\t', 0), (b'|', 0)];
    let (mut in_quotes, mut cr, mut lf) = (false, false, false);
    for byte in text {
        match byte {
            b'"' => in_quotes = !in_quotes,
            _ if in_quotes => {}
            b'\n' => {
                lf = true;
                break;
            }
            b'\r' => cr = true,
            // Delimiters are counted only in the first line.
            _ if cr => {}
            _ => {
                let known = counts.iter_mut().find(|(delimiter, _)| delimiter == byte);
                known.into_iter().for_each(|(_, count)| *count += 1);
            }
        }
    }
    // If several delimiters are equally frequent, the first in the list is chosen, so the comma is
    // preferred.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    let found = most.filter(|(_, count)| *count > 0).map_or(b',', |(delimiter, _)| *delimiter);
    // A CR is a line end only if there is no LF.
    let newline = if cr && !lf { Newline::Cr } else { Newline::Lf };
    Dialect { delimiter: preferred.unwrap_or(found), newline }
}
