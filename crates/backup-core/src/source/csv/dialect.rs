//! Detects the dialect of a CSV file and the line of its header.
//!
//! Each possible delimiter parses the beginning of the file, with quotes understood. The delimiter
//! with which most records have the same number of cells is chosen. Lines above the first such
//! record are a title or comments (`title`). What was concluded, and is not certain, is a
//! [`Doubt`], which the report contains.

use std::cmp::Reverse;

use super::delimiter::{DELIMITERS, Delimiter, REPORTED};
use super::footer;
use super::parse::{self, Dialect, Newline};
use super::rows::{Row, cells_of, is_like_header};
use crate::record::{IndexPosition, Record, StructuralIndex};

/// The length of the beginning that is examined, in bytes of text, and in records.
const SAMPLE_BYTES: usize = 256 * 1024;
const SAMPLE_RECORDS: usize = 1000;

/// In tables with at most so many records, one record decides.
const FEW: usize = 5;

/// The maximum number of records above the header.
pub(super) const MOST_ABOVE: usize = 20;

/// The delimiters that are counted in the first line if none fits, with the preferred one first.
const USUAL: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What was detected.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) dialect: Dialect,
    /// The number of bytes above the header.
    pub(crate) above: usize,
    /// What is not certain.
    pub(super) doubts: Vec<Doubt>,
}

/// A conclusion that may be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A title or comments are above the header.
    Title,
    /// The first line may be a title, because it has one label only.
    PossibleTitle,
    /// The first record looks like the records below it, so it may not be a header.
    NoHeader,
    /// The table has one column, but most records contain this delimiter.
    OneColumn(Delimiter),
    /// This delimiter would also divide all records equally.
    OtherDelimiter(Delimiter),
    /// The file consists of one line, which may be a message of an error.
    Message,
    /// Whole lines are quoted.
    Wrapped,
    /// Quotes are escaped with a backslash.
    Escaped,
    /// Cells begin with spaces and a quote, which is not the quote of a cell.
    SpacedQuotes,
}

/// What is given, and not detected.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Given {
    pub(crate) delimiter: Option<Delimiter>,
    pub(crate) escape: Option<u8>,
    /// Whether the text begins with the header or the first record.
    pub(crate) begins_with_header: bool,
}

/// Detects the dialect from the beginning of a text. `is_whole` is whether this is all of the text.
pub(crate) fn detect(text: &[u8], is_whole: bool, given: Given) -> Layout {
    let is_whole = is_whole && text.len() <= SAMPLE_BYTES;
    let newline = newline_of(text);
    let sample = Sample { text: &text[..text.len().min(SAMPLE_BYTES)], is_whole };
    let mut layout = sample.layout(newline, given);
    if given.begins_with_header {
        layout.above = 0;
        layout.doubts.retain(|doubt| !matches!(doubt, Doubt::Title | Doubt::PossibleTitle));
    }
    layout
}

/// LF or CR: a CR is a line end only if there is no LF outside quotes.
fn newline_of(text: &[u8]) -> Newline {
    let (mut in_quotes, mut cr) = (false, false);
    for byte in text {
        match byte {
            b'"' => in_quotes = !in_quotes,
            b'\n' if !in_quotes => return Newline::Lf,
            b'\r' if !in_quotes => cr = true,
            _ => {}
        }
    }
    match cr && (!in_quotes || memchr::memchr(b'\n', text).is_none()) {
        true => Newline::Cr,
        false => Newline::Lf,
    }
}

/// The beginning of a text.
#[derive(Clone, Copy)]
struct Sample<'a> {
    text: &'a [u8],
    is_whole: bool,
}

impl<'a> Sample<'a> {
    fn layout(self, newline: Newline, given: Given) -> Layout {
        let dialect = |delimiter: Delimiter| Dialect {
            delimiter,
            newline: self.newline_between(delimiter, newline),
            escape: given.escape,
            is_wrapped: false,
        };
        let candidates: Vec<_> = match given.delimiter {
            Some(delimiter) => vec![delimiter],
            None => DELIMITERS
                .into_iter()
                .filter(|one| self.contains(*one) && Some(one.first()) != given.escape)
                .collect(),
        };
        let mut record = Record::new();
        record.hold(self.text);
        let mut scan = |dialect: Dialect| Scan::of(self, dialect, &mut record);
        let mut scans: Vec<_> = candidates.iter().map(|one| scan(dialect(*one))).collect();
        let has_escapes =
            given.escape.is_none() && memchr::memmem::find(self.text, b"\\\"").is_some();
        if has_escapes && !scans.iter().any(Scan::fits_all) {
            let escaped = candidates.iter().map(|one| dialect(*one));
            let escaped = escaped.map(|one| Dialect { escape: Some(b'\\'), ..one });
            scans.extend(escaped.map(&mut scan));
        }
        // A header that is in the first line has several cells.
        let is_possible = |scan: &&Scan<'_>| {
            !given.begins_with_header || scan.rows.first().is_some_and(|row| row.width > 1)
        };
        if let Some(best) = Scan::best(scans.iter().filter(is_possible)) {
            return best.layout(&scans);
        }
        // Nothing fits.
        let fallback = dialect(given.delimiter.unwrap_or_else(|| self.most_in_first_line(newline)));
        let lines = scan(fallback);
        if let Some(wrapped) = lines.unwrapped(given) {
            return wrapped;
        }
        let mut doubts = Vec::new();
        let header = lines.header_of_one_column();
        let is_narrow = header.is_some() || lines.widths().all(|width| width == 1);
        let divides = |one: &Delimiter| is_narrow && scan(dialect(*one)).fits_all();
        let other = scans.iter().find(|scan| is_narrow && scan.divides());
        let other = other.map(|scan| scan.dialect.delimiter);
        if let Some(other) = other.or_else(|| REPORTED.into_iter().find(divides)) {
            doubts.push(Doubt::OneColumn(other));
        }
        if lines.is_like_records(0) {
            doubts.push(Doubt::NoHeader);
        }
        if header.is_some() {
            doubts.push(Doubt::Title);
        } else if is_narrow && lines.may_begin_with_line() {
            doubts.push(Doubt::PossibleTitle);
        }
        let above = lines.rows.get(header.unwrap_or_default()).map_or(0, |row| row.start);
        Layout { dialect: fallback, above, doubts }
    }

    /// Whether the delimiter is in the text. A bar or a colon that is a part of a longer delimiter,
    /// or of `&|`, is not.
    fn contains(self, delimiter: Delimiter) -> bool {
        let mut places = memchr::memmem::find_iter(self.text, delimiter.as_bytes());
        let is_part = |at: usize| {
            let before = at.checked_sub(1).and_then(|at| self.text.get(at));
            match delimiter.as_bytes() {
                b"|" if matches!(before, Some(b'+' | b'&')) => true,
                [byte @ (b'|' | b':')] => {
                    before == Some(byte) || self.text.get(at + 1) == Some(byte)
                }
                _ => false,
            }
        };
        places.any(|at| !is_part(at))
    }

    /// Tools for SQL Server that write `+|` end records with `&|`.
    fn newline_between(self, delimiter: Delimiter, newline: Newline) -> Newline {
        let is_marked = delimiter == Delimiter::long("+|")
            && (memchr::memmem::find(self.text, b"&|\n").is_some()
                || memchr::memmem::find(self.text, b"&|\r\n").is_some());
        if is_marked { Newline::Marked } else { newline }
    }

    /// The most frequent usual delimiter in the first line outside quotes.
    fn most_in_first_line(self, newline: Newline) -> Delimiter {
        let line_end = if newline == Newline::Cr { b'\r' } else { b'\n' };
        let (mut in_quotes, mut counts) = (false, [0; USUAL.len()]);
        for byte in self.text {
            match byte {
                b'"' => in_quotes = !in_quotes,
                _ if in_quotes => {}
                _ if *byte == line_end => break,
                _ => {
                    let known = USUAL.iter().position(|usual| usual == byte);
                    known.into_iter().for_each(|index| counts[index] += 1);
                }
            }
        }
        // `max_by_key` returns the last of several maxima.
        let most = (0..USUAL.len()).rev().max_by_key(|index| counts[*index]);
        match USUAL[most.unwrap_or_default()] {
            b'|' if self.contains(Delimiter::long("+|")) => Delimiter::long("+|"),
            usual => Delimiter::byte(usual),
        }
    }
}

/// The beginning of a text, parsed in one dialect. Empty lines are left out.
pub(super) struct Scan<'a> {
    pub(super) dialect: Dialect,
    pub(super) rows: Vec<Row<'a>>,
    /// Whether a record could not be parsed.
    pub(super) has_failed: bool,
    /// The most usual number of cells above 1, and the first and the last record that has it.
    pub(super) width: usize,
    pub(super) first: usize,
    last: usize,
    /// The number of records that have it.
    equal: usize,
    /// Whether the delimiter is mostly used as in text: as a decimal comma, before a space, in a
    /// time.
    pub(super) is_in_text: bool,
}

impl<'a> Scan<'a> {
    fn of(sample: Sample<'a>, dialect: Dialect, record: &mut Record) -> Self {
        let text = sample.text;
        let (mut rows, mut has_failed, mut at) = (Vec::new(), false, 0);
        let mut follows_blank = false;
        let mut index =
            StructuralIndex::resume(text, dialect.delimiter.first(), IndexPosition::default());
        while at < text.len() && rows.len() < SAMPLE_RECORDS {
            match parse::record(text, at, dialect, sample.is_whole, &mut index, record) {
                Ok(Some((next, newline))) => {
                    let row = &text[at..next - newline.len()];
                    if !row.is_empty() && !footer::is_end_mark(row) {
                        rows.push(Row { start: at, text: row, width: record.len(), follows_blank });
                    }
                    (at, follows_blank) = (next, row.is_empty());
                }
                Ok(None) => break,
                Err(_) => {
                    has_failed = true;
                    break;
                }
            }
        }
        let mut scan = Self {
            dialect,
            rows,
            has_failed,
            width: 0,
            first: 0,
            last: 0,
            equal: 0,
            is_in_text: false,
        };
        scan.count();
        scan
    }

    fn widths(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.rows.iter().map(|row| row.width)
    }

    fn count(&mut self) {
        let is_counted = |row: &&Row<'_>| row.width > 1 && !row.is_comment(row.width);
        let mut counts: Vec<(usize, usize)> = Vec::new();
        for row in self.rows.iter().filter(is_counted) {
            match counts.iter_mut().find(|(known, _)| *known == row.width) {
                Some((_, count)) => *count += 1,
                None => counts.push((row.width, 1)),
            }
        }
        // The first of several maxima.
        let Some((width, equal)) = counts.into_iter().rev().max_by_key(|(_, count)| *count) else {
            return;
        };
        (self.width, self.equal) = (width, equal);
        let is_equal = |row: &Row<'_>| is_counted(&row) && row.width == width;
        self.first = self.rows.iter().position(is_equal).unwrap_or_default();
        self.last = self.rows.iter().rposition(is_equal).unwrap_or_default();
        self.is_in_text = self.is_in_text();
    }

    /// The records from the first to the last that have the usual width.
    pub(super) fn table(&self) -> &[Row<'a>] {
        self.rows.get(self.first..=self.last).unwrap_or_default()
    }

    /// Whether more than half of the delimiters outside quotes are used as in text.
    fn is_in_text(&self) -> bool {
        let delimiter = self.dialect.delimiter.as_bytes();
        let (mut in_text, mut all) = (0, 0);
        let rows = self.table().iter().take(100);
        for row in rows.filter(|row| memchr::memchr(b'"', row.text).is_none()) {
            for at in memchr::memmem::find_iter(row.text, delimiter) {
                let (before, after) = (&row.text[..at], &row.text[at + delimiter.len()..]);
                all += 1;
                in_text += usize::from(match delimiter {
                    b"," => {
                        is_digit(before.last()) && is_digit(after.first())
                            || after.starts_with(b" ")
                    }
                    b":" => {
                        after.starts_with(b"//")
                            || memchr::memmem::find(before, b"://").is_some()
                            || after.starts_with(b" ")
                            || is_digit(before.last())
                                && is_digit(after.first())
                                && is_digit(after.get(1))
                    }
                    b";" | b"|" | b"~" | b"^" => after.starts_with(b" ") && !before.ends_with(b" "),
                    _ => false,
                });
            }
        }
        in_text * 2 > all
    }

    /// Whether all records have the same number of cells.
    fn fits_all(&self) -> bool {
        !self.has_failed && self.width > 1 && self.equal == self.rows.len()
    }

    /// Whether at least `percent` of the records of the table have the same number of cells.
    fn is_regular(&self, percent: usize) -> bool {
        if self.width < 2 {
            return false;
        }
        // A table may consist of its header, below a title and an empty line.
        let is_last = self.last + 1 == self.rows.len() && self.rows[self.last].follows_blank;
        let is_table = self.equal >= 2
            || self.equal + self.comments() == self.rows.len()
            || (is_last && self.is_header(self.last));
        is_table && self.equal * 100 >= self.table().len() * percent
    }

    /// Whether the table is [regular](Self::is_regular), and the lines above and below it are no
    /// more than a title, comments and a footer.
    fn fits(&self, percent: usize) -> bool {
        let outside = self.rows.len() - self.table().len();
        self.is_regular(percent)
            && self.first <= MOST_ABOVE
            && outside - self.comments() <= self.table().len().min(MOST_ABOVE)
            && !(self.is_in_text && (self.is_colon() || (self.first > 0 && !self.divides_header())))
            && (self.first == 0 || self.is_below_title())
    }

    /// The number of comments above and below the table.
    fn comments(&self) -> usize {
        let outside = self.rows[..self.first].iter().chain(&self.rows[self.last + 1..]);
        outside.filter(|row| row.is_comment(self.width)).count()
    }

    /// A colon is used in text more than other delimiters.
    pub(super) fn is_colon(&self) -> bool {
        self.dialect.delimiter.first() == b':'
    }

    /// Whether the delimiter divides the header into labels, so that it is not a decimal comma
    /// between the digits below it.
    fn divides_header(&self) -> bool {
        let is_prose = || self.rows[self.first].is_prose(self.dialect.delimiter);
        self.is_header(self.first) && !is_prose()
    }

    /// Whether the delimiter divides so many records that the table may have several columns.
    fn divides(&self) -> bool {
        let divided = self.widths().filter(|width| *width > 1).count();
        let is_few = self.rows.len() <= FEW;
        let is_enough = match self.dialect.delimiter.as_str() {
            // These are in prose too, but not in a label.
            "，" | "；" => is_few && self.rows.first().is_some_and(|row| row.width > 1),
            ":" => is_few,
            _ => is_few || divided * 2 >= self.rows.len(),
        };
        let is_regular = self.equal >= 2 && self.is_regular(90);
        !self.is_in_text && divided > 0 && (is_enough || is_regular)
    }

    /// The scan that fits best.
    fn best<'s>(scans: impl Iterator<Item = &'s Self> + Clone) -> Option<&'s Self>
    where
        'a: 's,
    {
        [90, 50].into_iter().find_map(|percent| {
            let fitting = scans.clone().filter(move |scan| scan.fits(percent));
            let order = |scan: &&Self| (scan.disorder(), Reverse(scan.width));
            // `min_by_key` returns the first of several minima.
            let best = fitting.clone().min_by_key(order)?;
            let below = fitting.filter(|scan| scan.is_better_below_title(best)).min_by_key(order);
            Some(below.unwrap_or(best))
        })
    }

    /// How much speaks against this scan. A delimiter that divides the first line is more likely
    /// than another one, even if quotes are wrong further down.
    fn disorder(&self) -> (usize, bool, bool, usize) {
        let unequal = (self.table().len() - self.equal) * 1000 / self.table().len().max(1);
        (self.first, self.has_failed, self.is_in_text, unequal)
    }

    /// The layout, if this scan fits best.
    fn layout(&self, scans: &[Self]) -> Layout {
        let mut doubts = Vec::new();
        if self.dialect.escape == Some(b'\\')
            && scans.iter().any(|scan| scan.dialect.escape.is_none())
        {
            doubts.push(Doubt::Escaped);
        }
        let own = self.dialect.delimiter.as_str();
        let is_as_good = |other: &&Self| {
            let delimiter = other.dialect.delimiter.as_str();
            let is_equal = other.disorder() == self.disorder() || self.may_be_below_title_of(other);
            !own.contains(delimiter)
                && !delimiter.contains(own)
                && (other.fits_all() && is_equal
                    || other.may_be_below_title_of(self) && other.fits(90))
        };
        if let Some(other) = scans.iter().find(is_as_good) {
            doubts.push(Doubt::OtherDelimiter(other.dialect.delimiter));
        }
        if self.rows.iter().take(100).any(|row| row.has_spaced_quote(self.dialect)) {
            doubts.push(Doubt::SpacedQuotes);
        }
        let header = self.header();
        if header.is_some() {
            doubts.push(Doubt::Title);
        } else if self.may_begin_with_title() {
            doubts.push(Doubt::PossibleTitle);
        }
        if self.is_like_records(header.unwrap_or_default()) {
            doubts.push(Doubt::NoHeader);
        }
        // There may also be empty lines above the header.
        let above = self.rows[header.unwrap_or_default()].start;
        Layout { dialect: self.dialect, above, doubts }
    }

    /// The layout of the text within the quotes, if whole lines are quoted. A header shows that
    /// they are not a column of texts that contain a delimiter: its labels have letters or digits.
    fn unwrapped(&self, given: Given) -> Option<Layout> {
        let delimiter = given.delimiter;
        if self.has_failed || !self.rows.iter().any(Row::is_quoted_line) {
            return None;
        }
        let mut text = Vec::new();
        for row in &self.rows {
            match cells_of(row.text, self.dialect).first() {
                Some(Some(line)) if row.is_quoted_line() => text.extend_from_slice(line),
                _ => text.extend_from_slice(row.text),
            }
            text.push(b'\n');
        }
        let sample = Sample { text: &text, is_whole: true };
        let mut record = Record::new();
        record.hold(&text);
        let candidates = DELIMITERS.into_iter().filter(|one| delimiter.is_none_or(|it| it == *one));
        let dialect = |delimiter| Dialect { delimiter, newline: Newline::Lf, ..self.dialect };
        let scans: Vec<_> =
            candidates.map(|one| Scan::of(sample, dialect(one), &mut record)).collect();
        let best =
            Scan::best(scans.iter()).filter(|best| !best.is_in_text || best.divides_header())?;
        let table = self.rows.get(best.first..=best.last)?;
        let is_line = |row: &Row<'_>| row.is_quoted_line() || row.width == best.width;
        let header = best.header().unwrap_or(best.first);
        let labels = best.cells(header);
        let has_header = is_like_header(&labels)
            && labels.iter().flatten().all(|label| is_word(label))
            && (header == 0 || best.labels_values(header));
        // A header that is in the first line, which may be blank, is not a title.
        let is_first = best.first == 0 && self.rows[0].start == 0;
        if best.rows.len() != self.rows.len()
            || !table.iter().all(is_line)
            || given.begins_with_header && !is_first
        {
            return None;
        }
        if !has_header {
            let doubts = vec![Doubt::OneColumn(best.dialect.delimiter)];
            let is_narrow = self.widths().all(|width| width == 1);
            return is_narrow.then_some(Layout { dialect: self.dialect, above: 0, doubts });
        }
        let inner = best.layout(&scans);
        let above = best.header().and_then(|row| self.rows.get(row)).map_or(0, |row| row.start);
        Some(Layout {
            dialect: Dialect { is_wrapped: true, newline: self.dialect.newline, ..inner.dialect },
            above,
            doubts: inner.doubts.into_iter().chain([Doubt::Wrapped]).collect(),
        })
    }
}

/// Whether a text has a letter or a digit.
fn is_word(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.contains(char::is_alphanumeric))
}

fn is_digit(byte: Option<&u8>) -> bool {
    byte.is_some_and(u8::is_ascii_digit)
}
