//! Parses CSV: RFC 4180, with other delimiters and line ends.

use super::delimiter::{Delimiter, can_delimit};
use crate::i18n::{Message, message};
use crate::record::{CellTag, MAX_COLUMNS, Record, StructuralIndex};

/// The delimiter, the line ends and the escapes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: Delimiter,
    pub(crate) newline: Newline,
    /// The character that makes a following quote, or itself, a part of a quoted cell.
    pub(crate) escape: Option<u8>,
    /// Whether lines are quoted as a whole: a record that is one quoted cell is parsed again.
    pub(crate) is_wrapped: bool,
}

/// The end of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Newline {
    /// LF, with up to two CRs before it. Any other CR is text.
    Lf,
    /// CR alone, as in files of very old software.
    Cr,
    /// `&|` before LF or CRLF, as tools for SQL Server write it. Any other LF is text.
    Marked,
}

/// The mark of [`Newline::Marked`].
const MARK: &str = "&|";

impl Newline {
    /// The line end to assume before one was read.
    pub(crate) fn usual(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::Cr => "\r",
            Self::Marked => "&|\n",
        }
    }
}

/// Parses the record that begins at `start` into `record`, which [holds](Record::hold) `bytes`.
/// `index` must be at `start`.
///
/// Returns the end of the record and its line end: `\n`, `\r\n`, `\r\r\n`, `\r`, one with a mark,
/// or an empty text at the end of the file. A CR at the end of a file with LFs is a line end that
/// was cut. Returns `Ok(None)` if the record does not end within `bytes` and these are not the
/// `last`. An unquoted empty cell is null, and a quoted one is empty text.
pub(crate) fn record(
    bytes: &[u8],
    start: usize,
    dialect: Dialect,
    last: bool,
    index: &mut StructuralIndex<'_>,
    record: &mut Record,
) -> Result<Option<(usize, &'static str)>, (Message, usize)> {
    record.clear_cells(bytes.len());
    let mut is_canonical = dialect.delimiter == Delimiter::byte(b',') && dialect.escape.is_none();
    let mut at = start;
    loop {
        // Even a cell of one byte takes much more memory than that.
        if record.len() == MAX_COLUMNS {
            return Err((message!("csv-too-many-cells", most = MAX_COLUMNS), at));
        }
        let is_quoted = bytes.get(at) == Some(&b'"');
        let cell_end = match (is_quoted, dialect.escape) {
            (true, None) => quoted_cell(bytes, at, index, record, &mut is_canonical),
            (true, Some(escape)) => escaped_cell(bytes, at, escape, index, record),
            (false, _) => bare_cell(bytes, at, dialect, index, record, &mut is_canonical),
        };
        let end = match cell_end {
            Some(end) => end,
            None if !last => return Ok(None),
            None if is_quoted => return Err((message!("csv-open-quotes"), at)),
            None => end_of_text(bytes, at, dialect),
        };
        let Some(ending) = ending(&bytes[end..], dialect, last) else { return Ok(None) };
        let (length, structural) = match ending {
            Ending::Cell => (dialect.delimiter.as_bytes().len(), 1),
            Ending::Record(newline) => (newline.len(), newline.trim_start_matches(MARK).len()),
            Ending::Neither => return Err((message!("csv-after-quotes"), end)),
        };
        if is_quoted {
            index.by_ref().take(structural).for_each(drop);
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

/// Parses a cell without quotes, and moves `index` past its end. Returns the end of the cell, or
/// `None` if `bytes` ends first.
fn bare_cell(
    bytes: &[u8],
    start: usize,
    dialect: Dialect,
    index: &mut StructuralIndex<'_>,
    record: &mut Record,
    is_canonical: &mut bool,
) -> Option<usize> {
    let line_end = if dialect.newline == Newline::Cr { b'\r' } else { b'\n' };
    let is_long = dialect.delimiter.is_long();
    let found = loop {
        match index.next() {
            Some(at) if bytes[at] == dialect.delimiter.first() => {
                match if is_long { dialect.delimiter.begins(&bytes[at..]) } else { Some(true) } {
                    Some(true) => break Some(at),
                    Some(false) => {}
                    // More bytes decide; at the end of the file, it is text.
                    None => break None,
                }
            }
            Some(at) if bytes[at] == line_end => match dialect.newline {
                Newline::Marked if !has_mark(&bytes[start..at]) => {}
                _ => break Some(at),
            },
            Some(_) => *is_canonical = false,
            None => break None,
        }
    };
    let mut end = found.unwrap_or_else(|| end_of_text(bytes, start, dialect));
    if dialect.newline != Newline::Cr && bytes.get(end) == Some(&b'\n') && found.is_some() {
        // A CR before the LF belongs to the line end. So do two, because text mode on Windows
        // writes CRLF as CRCRLF.
        for _ in 0..2 {
            end -= usize::from(bytes[start..end].ends_with(b"\r"));
        }
        if dialect.newline == Newline::Marked {
            end -= MARK.len();
        }
    }
    if end == start {
        record.push_null();
    } else {
        record.push_within(start, end);
    }
    found.map(|_| end)
}

/// Whether a line ends with the mark of [`Newline::Marked`].
fn has_mark(line: &[u8]) -> bool {
    line.strip_suffix(b"\r").unwrap_or(line).ends_with(MARK.as_bytes())
}

/// The end of the last cell of a file whose last record has no line end. A CR there is a CRLF that
/// was cut.
fn end_of_text(bytes: &[u8], start: usize, dialect: Dialect) -> usize {
    let rest = &bytes[start..];
    let cut = match dialect.newline {
        Newline::Lf if rest.ends_with(b"\r") => 1,
        Newline::Marked if rest.ends_with(b"&|\r") => MARK.len() + 1,
        Newline::Marked if rest.ends_with(MARK.as_bytes()) => MARK.len(),
        _ => 0,
    };
    bytes.len() - cut
}

/// Parses a quoted cell in which a quote is doubled, or follows `escape`. The same character after
/// `escape` is text too; before any other character, `escape` is text.
fn escaped_cell(
    bytes: &[u8],
    start: usize,
    escape: u8,
    index: &mut StructuralIndex<'_>,
    record: &mut Record,
) -> Option<usize> {
    // The opening quote.
    index.next();
    let close = loop {
        let at = index.next()?;
        let before = || bytes[start + 1..at].iter().rev().take_while(|byte| **byte == escape);
        if bytes[at] != b'"' || before().count() % 2 == 1 {
            continue;
        }
        match bytes.get(at + 1) {
            Some(b'"') => index.next(),
            _ => break at,
        };
    };
    let (mut rest, buffer) = (&bytes[start + 1..close], record.buffer());
    while let [first, tail @ ..] = rest {
        let is_escape = match tail {
            [next, ..] if *first == escape => *next == escape || *next == b'"',
            [b'"', ..] => *first == b'"',
            _ => false,
        };
        buffer.push(if is_escape { tail[0] } else { *first });
        rest = if is_escape { &tail[1..] } else { tail };
    }
    record.end(CellTag::Text);
    Some(close + 1)
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
    match dialect.delimiter.begins(rest) {
        Some(true) => return Some(Ending::Cell),
        None if !last => return None,
        _ => {}
    }
    Some(match (rest, dialect.newline) {
        ([b'\n', ..], Newline::Lf) => Ending::Record("\n"),
        ([b'\r', b'\n', ..], Newline::Lf) => Ending::Record("\r\n"),
        ([b'\r', b'\r', b'\n', ..], Newline::Lf) => Ending::Record("\r\r\n"),
        ([b'\r'], Newline::Lf) if last => Ending::Record("\r"),
        ([b'\r', ..], Newline::Cr) => Ending::Record("\r"),
        ([b'&', b'|', b'\n', ..], Newline::Marked) => Ending::Record("&|\n"),
        ([b'&', b'|', b'\r', b'\n', ..], Newline::Marked) => Ending::Record("&|\r\n"),
        ([b'&', b'|'], Newline::Marked) if last => Ending::Record("&|"),
        ([b'&', b'|', b'\r'], Newline::Marked) if last => Ending::Record("&|\r"),
        ([], _) if last => Ending::Record(""),
        ([] | [b'\r'] | [b'\r', b'\r'], _) if !last => return None,
        ([b'&'] | [b'&', b'|'] | [b'&', b'|', b'\r'], Newline::Marked) if !last => return None,
        _ => Ending::Neither,
    })
}

/// The delimiter in a first line such as `sep=;`.
pub(crate) fn declared_delimiter(text: &[u8]) -> Option<Delimiter> {
    match text {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, b'\r' | b'\n', ..] => {
            Some(*delimiter).filter(|byte| can_delimit(*byte)).map(Delimiter::from)
        }
        _ => None,
    }
}
