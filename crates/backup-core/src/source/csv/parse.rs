//! CSV as the world writes it: RFC 4180, with the delimiters and line ends that are found.

use crate::record::{Cell, CellTag, MAX_COLUMNS, Record};

/// How records and cells are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) newline: Newline,
}

/// What ends a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Newline {
    /// LF, with or without a CR before it. A CR elsewhere is text.
    Lf,
    /// CR alone, as very old software wrote it.
    Cr,
}

/// How a record was written; what the recipe has to know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// A cell stands in quotes that did not need them, and holds no comma.
    pub(crate) needless_quotes: bool,
    /// A cell stands in quotes that did not need them, and holds a comma.
    pub(crate) quoted_comma: bool,
    /// A cell that holds a comma stands without quotes.
    pub(crate) bare_comma: bool,
    /// A cell that is not empty stands without quotes.
    pub(crate) bare: bool,
    /// What ended the record: `\n`, `\r\n`, `\r`, or nothing at the end of the text.
    pub(crate) newline: &'static str,
}

/// Why a record cannot be read; the byte is counted from its first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Quotes that do not close before the end of the text.
    OpenQuotes(usize),
    /// Text between a closing quote and the next delimiter.
    AfterQuotes(usize),
    /// The first cell that no table has a column for.
    TooManyCells(usize),
}

/// Reads one record from the start of `bytes` into `record`.
///
/// Gives how many bytes it took and how it was written; `Ok(None)` if `bytes` ends before the
/// record does and more may come. An unquoted empty cell is null, a quoted one is empty text.
pub(crate) fn record(
    bytes: &[u8],
    dialect: Dialect,
    last: bool,
    record: &mut Record,
) -> Result<Option<(usize, Written)>, Problem> {
    record.clear();
    let mut written = Written::default();
    let mut at = 0;
    loop {
        let start = at;
        // Each cell takes far more memory than the byte that may be all there is of it.
        if record.len() == MAX_COLUMNS {
            return Err(Problem::TooManyCells(start));
        }
        if bytes.get(at) == Some(&b'"') {
            let Some(after) = quoted(bytes, at, record) else {
                return if last { Err(Problem::OpenQuotes(start)) } else { Ok(None) };
            };
            if !needs_quotes(record.open_bytes(), dialect.delimiter, false) {
                let comma = record.open_bytes().contains(&b',');
                written.quoted_comma |= comma;
                written.needless_quotes |= !comma;
            }
            record.end(CellTag::Text);
            at = after;
        } else {
            at += match dialect.newline {
                Newline::Lf => memchr::memchr2(dialect.delimiter, b'\n', &bytes[at..]),
                Newline::Cr => memchr::memchr2(dialect.delimiter, b'\r', &bytes[at..]),
            }
            .unwrap_or(bytes.len() - at);
            if at == bytes.len() && !last {
                return Ok(None);
            }
            let mut cell = &bytes[start..at];
            if dialect.newline == Newline::Lf && bytes.get(at) == Some(&b'\n') {
                // A CR belongs to the line's end, and so do two: text mode writes CRLF as CRCRLF.
                for _ in 0..2 {
                    if let Some(rest) = cell.strip_suffix(b"\r") {
                        cell = rest;
                        at -= 1;
                    }
                }
            }
            if cell.is_empty() {
                record.push_null();
            } else {
                written.bare = true;
                written.bare_comma |= dialect.delimiter != b',' && cell.contains(&b',');
                record.push_utf8(cell);
            }
        }
        match ending(&bytes[at..], dialect, last) {
            Some(Ending::Cell) => at += 1,
            Some(Ending::Record(newline)) => {
                written.newline = newline;
                // PostgreSQL's end-of-data mark, which is quoted where it stands alone.
                if written.needless_quotes && record.len() == 1 {
                    written.needless_quotes = record.get(0) != Some(Cell::Text(r"\.".into()));
                }
                return Ok(Some((at + newline.len(), written)));
            }
            Some(Ending::Neither) => return Err(Problem::AfterQuotes(at)),
            None => return Ok(None),
        }
    }
}

enum Ending {
    Cell,
    Record(&'static str),
    Neither,
}

/// What follows a cell; `None` if that cannot be told yet.
fn ending(rest: &[u8], dialect: Dialect, last: bool) -> Option<Ending> {
    Some(match (rest, dialect.newline) {
        ([byte, ..], _) if *byte == dialect.delimiter => Ending::Cell,
        ([b'\n', ..], Newline::Lf) => Ending::Record("\n"),
        ([b'\r', b'\n', ..], Newline::Lf) => Ending::Record("\r\n"),
        ([b'\r', b'\r', b'\n', ..], Newline::Lf) => Ending::Record("\r\r\n"),
        ([b'\r', ..], Newline::Cr) => Ending::Record("\r"),
        ([], _) if last => Ending::Record(""),
        ([], _) => return None,
        ([b'\r'] | [b'\r', b'\r'], Newline::Lf) if !last => return None,
        _ => Ending::Neither,
    })
}

/// Whether cells can be told apart by this byte: one that is no part of another character, and
/// means nothing else.
pub(crate) fn can_delimit(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n')
}

/// Whether a cell of this text has to be quoted; `alone` is whether the table has one column.
pub(crate) fn needs_quotes(text: &[u8], delimiter: u8, alone: bool) -> bool {
    if delimiter == b',' {
        return crate::record::quoting::needs_quotes(text, alone);
    }
    text.is_empty()
        || text.iter().any(|b| *b == delimiter || matches!(b, b'"' | b'\r' | b'\n'))
        || (alone && text == b"\\.")
}

/// Unescapes a quoted cell into the record's buffer; gives where it ends.
fn quoted(bytes: &[u8], start: usize, record: &mut Record) -> Option<usize> {
    let mut at = start + 1;
    loop {
        let quote = at + memchr::memchr(b'"', &bytes[at..])?;
        if bytes.get(quote + 1) == Some(&b'"') {
            record.buffer().extend_from_slice(&bytes[at..=quote]);
            at = quote + 2;
        } else {
            record.buffer().extend_from_slice(&bytes[at..quote]);
            return Some(quote + 1);
        }
    }
}

/// What a first line `sep=;` says that stands between cells.
pub(crate) fn said_delimiter(text: &[u8]) -> Option<u8> {
    match text {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, b'\r' | b'\n', ..] => {
            Some(*delimiter).filter(|byte| can_delimit(*byte))
        }
        _ => None,
    }
}

/// Finds out the dialect from the first lines of a text.
pub(crate) fn detect(text: &[u8], preferred: Option<u8>) -> Dialect {
    let mut counts = [(b',', 0u32), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut in_quotes = false;
    let mut first_line = true;
    let (mut cr, mut lf) = (false, false);
    for byte in text {
        match byte {
            b'"' => in_quotes = !in_quotes,
            _ if in_quotes => {}
            b'\n' => {
                lf = true;
                break;
            }
            b'\r' => {
                cr = true;
                first_line = false;
            }
            _ if first_line => {
                if let Some((_, count)) = counts.iter_mut().find(|(one, _)| one == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    // The first of equals wins, so the comma does.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    let found = most.filter(|(_, count)| *count > 0).map_or(b',', |(delimiter, _)| *delimiter);
    // A CR ends lines only where no LF does.
    let newline = if cr && !lf { Newline::Cr } else { Newline::Lf };
    Dialect { delimiter: preferred.unwrap_or(found), newline }
}
