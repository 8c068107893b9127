//! Records at the beginning of a CSV file, and whether they look like a header, a title or a
//! comment.

use super::delimiter::Delimiter;
use super::footer::{self, is_value};
use super::parse::{self, Dialect};
use crate::record::{Cell, IndexPosition, Record, StructuralIndex};

/// A record of the beginning.
pub(super) struct Row<'a> {
    /// Its place in the text, and its text without the line end.
    pub(super) start: usize,
    pub(super) text: &'a [u8],
    /// The number of its cells.
    pub(super) width: usize,
    /// Whether an empty line is above it.
    pub(super) follows_blank: bool,
}

impl Row<'_> {
    pub(super) fn is_quoted_line(&self) -> bool {
        self.width == 1 && self.text.starts_with(b"\"")
    }

    pub(super) fn has_digit(&self) -> bool {
        self.text.iter().any(u8::is_ascii_digit)
    }

    pub(super) fn has_space_or_digit(&self) -> bool {
        self.has_digit() || self.text.contains(&b' ')
    }

    /// Whether all delimiters are used as in prose: before a space.
    pub(super) fn is_prose(&self, delimiter: Delimiter) -> bool {
        is_prose(self.text, delimiter)
    }

    /// Whether a cell begins with spaces and a quote. RFC 4180 knows no spaces before quotes.
    pub(super) fn has_spaced_quote(&self, dialect: Dialect) -> bool {
        let is_spaced =
            |cell: &Vec<u8>| cell.starts_with(b" ") && cell.trim_ascii_start().starts_with(b"\"");
        memchr::memmem::find(self.text, b" \"").is_some()
            && cells_of(self.text, dialect).iter().flatten().any(is_spaced)
    }

    /// Whether this is a line below a table of `width` columns.
    pub(super) fn is_below(&self, width: usize) -> bool {
        let is_known = || std::str::from_utf8(self.text).is_ok_and(footer::is_known);
        self.width < width && (self.follows_blank || is_known())
    }

    /// Whether this is a comment in a table of `width` columns. A header may begin with `#id` or
    /// `#`.
    pub(super) fn is_comment(&self, width: usize) -> bool {
        let rest = [&b"#"[..], b"//", b"--"].iter().find_map(|mark| self.text.strip_prefix(*mark));
        rest.is_some_and(|rest| rest.starts_with(b" ") || self.width != width)
    }
}

/// Whether all delimiters in a line are used as in prose: before a space.
pub(super) fn is_prose(line: &[u8], delimiter: Delimiter) -> bool {
    let delimiter = delimiter.as_bytes();
    let mut places = memchr::memmem::find_iter(line, delimiter).peekable();
    let follows = |at: usize| line[at + delimiter.len()..].starts_with(b" ");
    places.peek().is_some() && places.all(follows)
}

/// The cells of a record; `None` is a null.
pub(super) type Cells = Vec<Option<Vec<u8>>>;

/// Whether these cells may be a header: they are different labels, and none is a number or an
/// address.
pub(super) fn is_like_header(cells: &Cells) -> bool {
    let label = |cell: &Option<Vec<u8>>| {
        cell.as_deref().unwrap_or_default().trim_ascii().to_ascii_lowercase()
    };
    let mut labels: Vec<_> = cells.iter().map(label).collect();
    let are_labels =
        labels.iter().all(|label| !label.is_empty() && !is_value(label) && !label.contains(&b'@'));
    labels.sort_unstable();
    are_labels && labels.windows(2).all(|pair| pair[0] != pair[1])
}

/// Whether a column of numbers or dates has a label in `header`.
pub(super) fn labels_values(header: &Cells, below: &[Cells]) -> bool {
    header.iter().enumerate().any(|(column, label)| {
        let cells = below.iter().filter_map(|cells| cells.get(column)?.as_deref());
        let are_values: Vec<_> = cells.map(is_value).collect();
        let values = are_values.iter().filter(|is_value| **is_value).count();
        let is_label = label.as_deref().is_some_and(|label| !is_value(label));
        is_label && values > 0 && values * 5 >= are_values.len() * 4
    })
}

/// The number of cells that are not null.
pub(super) fn filled(cells: &Cells) -> usize {
    cells.iter().flatten().count()
}

/// The cells of a record that was parsed before.
pub(super) fn cells_of(text: &[u8], dialect: Dialect) -> Cells {
    let mut record = Record::new();
    record.hold(text);
    let start = IndexPosition::default();
    let mut index = StructuralIndex::resume(text, dialect.delimiter.first(), start);
    // It has no error, as it was parsed before.
    let _ = parse::record(text, 0, dialect, true, &mut index, &mut record);
    let content = |cell| match cell {
        Cell::Text(text) => Some(text.as_bytes().to_vec()),
        _ => None,
    };
    record.iter().map(content).collect()
}

/// Whether a record looks like those below it, and not like a header: it has a number, a date, an
/// address or a code in a column of such cells, and no label above one.
pub(super) fn is_like_records(first: &Cells, below: &[Cells]) -> bool {
    let is_alike = |(column, cell): (usize, &Option<Vec<u8>>)| {
        let mut cells = below.iter().filter_map(|cells| cells.get(column)?.as_deref()).peekable();
        let form = cell.as_deref().and_then(Form::of).filter(|_| cells.peek().is_some());
        form.is_some_and(|form| cells.all(|cell| Form::of(cell).is_some_and(|one| form.has(&one))))
    };
    first.iter().enumerate().any(is_alike) && !labels_values(first, below)
}

/// Whether a line is a label above lines that all are numbers, dates, addresses or codes.
pub(super) fn labels_lines<'a>(label: &[u8], below: impl IntoIterator<Item = &'a [u8]>) -> bool {
    let mut forms = below.into_iter().map(Form::of);
    let Some(Some(form)) = forms.next() else { return false };
    Form::of(label).is_none() && forms.all(|one| one.is_some_and(|one| form.has(&one)))
}

/// The form of a cell that is no label.
#[derive(PartialEq)]
enum Form {
    Number,
    /// This may also be a label above numbers.
    Year,
    Date,
    Address,
    /// Letters and digits. Each run of digits is one `0`.
    Code(Vec<u8>),
}

impl Form {
    fn of(cell: &[u8]) -> Option<Self> {
        let cell = cell.trim_ascii();
        let is_code = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_/.#".contains(byte);
        let rest = cell.get(1..).unwrap_or_default();
        let is_date = rest.iter().any(|byte| b"-/:".contains(byte))
            || rest.iter().filter(|byte| **byte == b'.').count() > 1;
        Some(match cell {
            [b'1', b'9', _, _] | [b'2', b'0', _, _] if is_value(cell) => Self::Year,
            _ if is_value(cell) && is_date => Self::Date,
            _ if is_value(cell) => Self::Number,
            [_, rest @ .., _] if rest.contains(&b'@') && !rest.contains(&b' ') => Self::Address,
            _ if cell.iter().any(u8::is_ascii_digit) && cell.iter().all(is_code) => {
                let digits =
                    cell.iter().map(|byte| if byte.is_ascii_digit() { b'0' } else { *byte });
                let mut code: Vec<u8> = digits.collect();
                code.dedup_by(|one, other| one == other && *one == b'0');
                Self::Code(code)
            }
            _ => return None,
        })
    }

    /// Whether a column of this form may have a cell of the other.
    fn has(&self, other: &Self) -> bool {
        self == other || (*self == Self::Number && *other == Self::Year)
    }
}
