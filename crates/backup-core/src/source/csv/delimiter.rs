//! Delimiters, and how people write them.

use std::fmt;
use std::str::FromStr;

use crate::seen;

/// The text between two cells of a CSV file: one ASCII character, or one of the longer delimiters
/// that are in use, such as `，`, `；`, `+|` and `||`.
///
/// ```
/// use backup_core::source::csv::Delimiter;
///
/// assert_eq!("tab".parse(), Ok(Delimiter::from(b'\t')));
/// assert_eq!("+|".parse::<Delimiter>().map(|delimiter| delimiter.to_string()), Ok("+|".into()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter {
    bytes: [u8; 3],
    length: u8,
}

/// The delimiters of several bytes. The first four are in Chinese text; tools for SQL Server write
/// the fifth.
const LONG: [&str; 8] = ["，", "；", "｜", "、", "+|", "||", "::", "¦"];

/// The possible delimiters. If several fit equally well, the first is chosen: those that are rare
/// in text come first, and those that are usual in text last.
pub(super) const DELIMITERS: [Delimiter; 17] = [
    Delimiter::byte(b'\x01'),
    Delimiter::byte(b'\x02'),
    Delimiter::byte(b'\x1f'),
    Delimiter::long("+|"),
    Delimiter::long("||"),
    Delimiter::long("¦"),
    Delimiter::long("｜"),
    Delimiter::byte(b'\t'),
    Delimiter::byte(b'|'),
    Delimiter::byte(b','),
    Delimiter::byte(b';'),
    Delimiter::long("，"),
    Delimiter::long("；"),
    Delimiter::byte(b'^'),
    Delimiter::byte(b'~'),
    Delimiter::long("::"),
    Delimiter::byte(b':'),
];

/// Delimiters that are too rare, or too usual in text, to be chosen. If one divides all lines of a
/// table of one column, this is reported.
pub(super) const REPORTED: [Delimiter; 14] = [
    Delimiter::long("、"),
    Delimiter::byte(b'\x1c'),
    Delimiter::byte(b'\x1d'),
    Delimiter::byte(b'\x1e'),
    Delimiter::byte(b'!'),
    Delimiter::byte(b'#'),
    Delimiter::byte(b'*'),
    Delimiter::byte(b'$'),
    Delimiter::byte(b'%'),
    Delimiter::byte(b'&'),
    Delimiter::byte(b'='),
    Delimiter::byte(b'/'),
    Delimiter::byte(b'\\'),
    Delimiter::byte(b'`'),
];

/// Other names of delimiters that are hard to type, or that a shell would interpret.
const NAMES: [(&str, u8); 8] = [
    ("tab", b'\t'),
    ("\\t", b'\t'),
    ("comma", b','),
    ("semicolon", b';'),
    ("pipe", b'|'),
    ("bar", b'|'),
    ("colon", b':'),
    ("space", b' '),
];

impl Delimiter {
    pub(super) const fn byte(byte: u8) -> Self {
        Self { bytes: [byte, 0, 0], length: 1 }
    }

    /// A delimiter of two or three bytes.
    pub(super) const fn long(text: &str) -> Self {
        match *text.as_bytes() {
            [a, b] => Self { bytes: [a, b, 0], length: 2 },
            [a, b, c] => Self { bytes: [a, b, c], length: 3 },
            _ => panic!("a delimiter of two or three bytes"),
        }
    }

    /// The byte to search for.
    pub(crate) fn first(self) -> u8 {
        self.bytes[0]
    }

    pub(super) fn is_long(self) -> bool {
        self.length > 1
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("a delimiter is text")
    }

    /// Whether it has no other meaning: it is not a quote or a line end.
    pub(super) fn is_possible(self) -> bool {
        self.is_long() || can_delimit(self.first())
    }

    /// Whether `rest` begins with it; `None` if `rest` is too short to decide.
    pub(super) fn begins(self, rest: &[u8]) -> Option<bool> {
        let own = self.as_bytes();
        match rest.len() < own.len() {
            true if own.starts_with(rest) => None,
            true => Some(false),
            false => Some(rest.starts_with(own)),
        }
    }
}

/// An ASCII character. Sources that are given a quote, a line end, or a byte outside ASCII cannot
/// be read.
impl From<u8> for Delimiter {
    fn from(byte: u8) -> Self {
        Self::byte(byte)
    }
}

/// Accepts the delimiter itself, and names: `tab`, `\t`, `comma`, `semicolon`, `pipe`, `bar`,
/// `colon`, `space`, and `\x01` and the like.
impl FromStr for Delimiter {
    type Err = UnknownDelimiter;

    fn from_str(text: &str) -> Result<Self, UnknownDelimiter> {
        if LONG.contains(&text) {
            return Ok(Self::long(text));
        }
        let name = text.to_ascii_lowercase();
        let named = NAMES.iter().find(|(known, _)| *known == name).map(|(_, byte)| *byte);
        let digits = name.strip_prefix("\\x").filter(|digits| digits.len() == 2);
        let hex = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let byte = match text.as_bytes() {
            [byte] => Some(*byte),
            _ => named.or(hex),
        };
        let byte = byte.filter(|byte| can_delimit(*byte) && *byte != 0);
        byte.map(Self::byte).ok_or(UnknownDelimiter)
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&seen::delimiter(self.as_str()))
    }
}

/// The error for a text that is not a delimiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownDelimiter;

impl fmt::Display for UnknownDelimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::i18n::message!("csv-delimiter").to_string())
    }
}

impl std::error::Error for UnknownDelimiter {}

/// Whether this byte can be a delimiter: it is ASCII, and has no other meaning.
pub(super) fn can_delimit(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n')
}
