//! Recognizes rows, cells and texts of xlsx in the form that nearly every program writes.
//!
//! They are matched as whole strings. An XML reader would take several times as long for them, and
//! reading an xlsx would take a quarter longer. Any other form goes through the XML reader, with
//! the same result.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem};
use quick_xml::escape::resolve_predefined_entity;

use super::super::layout::CellPosition;

/// The maximum number of digits in the index of a shared text. The library reads a number beyond 64
/// bits as 0.
pub(super) const INDEX_DIGITS: usize = 10;

/// The maximum length of a cell name with the quote after it: `XFD1048576"`.
const LONGEST_NAME: usize = 11;

/// The same, of a kind of cells: `inlineStr"`.
const LONGEST_KIND: usize = 10;

/// The maximum length of a predefined reference without its `&`: `quot;`.
const LONGEST_REFERENCE: usize = 5;

/// A cell that was recognized.
pub(super) struct Cell<'a> {
    pub(super) spot: CellPosition,
    /// The index of the style; 0 if there is none.
    pub(super) style: usize,
    pub(super) value: Option<Plain<'a>>,
    pub(super) bytes: usize,
}

/// The value of a cell.
#[derive(Debug, PartialEq)]
pub(super) enum Plain<'a> {
    /// A number, if the text is one.
    Number(&'a str),
    /// The index of a shared text.
    Shared(usize),
    Text(Cow<'a, str>),
    Bool(bool),
    Error(&'a str),
}

/// Recognizes the end of a row and the start of the next one: `</row><row r="8" spans="1:4">`.
/// Returns the number of the next row, counted from 1, and the length.
pub(super) fn next_row(text: &[u8]) -> Option<(u64, usize)> {
    let (row, rest) = digits(text.strip_prefix(b"</row><row r=\"")?)?;
    let rest = rest.strip_prefix(b"\"")?;
    let (others, rest) = rest.split_at(memchr(b'>', rest)?);
    // No attribute that says whether spaces are significant, no element without cells, and no end
    // inside an attribute.
    let is_known = |byte: &u8| byte.is_ascii_alphanumeric() || b" =\":.".contains(byte);
    let quotes = others.iter().filter(|byte| **byte == b'"').count();
    let is_plain = others.iter().all(is_known) && quotes.is_multiple_of(2);
    let is_plain = is_plain && memmem::find(others, b"space").is_none();
    let row = number(row).filter(|_| is_plain)?;
    Some((row as u64, text.len() - rest.len() + 1))
}

/// Recognizes the cell at the beginning of `text`: `<c r="B7" s="1" t="s"><v>12</v></c>`, or a cell
/// with inline text, or one without a value.
pub(super) fn cell(text: &[u8]) -> Option<Cell<'_>> {
    let rest = text.strip_prefix(b"<c r=\"")?;
    let (name, mut rest) = quoted(rest, LONGEST_NAME)?;
    let spot = CellPosition::parse(name)?;
    let mut kind: Option<&[u8]> = None;
    let mut style = None;
    while let Some(after) = rest.strip_prefix(b" ") {
        rest = if let Some(after) = after.strip_prefix(b"s=\"").filter(|_| style.is_none()) {
            let (index, after) = digits(after)?;
            style = Some(number(index)?);
            after.strip_prefix(b"\"")?
        } else {
            let after = after.strip_prefix(b"t=\"").filter(|_| kind.is_none())?;
            let (name, after) = quoted(after, LONGEST_KIND)?;
            kind = Some(name);
            after
        };
    }
    let style = style.unwrap_or(0);
    let of = |rest: &[u8], value| Cell { spot, style, value, bytes: text.len() - rest.len() };
    if let Some(rest) = rest.strip_prefix(b"/>").or_else(|| rest.strip_prefix(b"></c>")) {
        let is_known =
            matches!(kind, None | Some(b"n" | b"b" | b"e" | b"str" | b"s" | b"inlineStr"));
        return is_known.then(|| of(rest, None));
    }
    let (value, rest) = match kind {
        Some(b"s") => {
            let (index, rest) = digits(rest.strip_prefix(b"><v>")?)?;
            (Plain::Shared(number(index)?), rest.strip_prefix(b"</v></c>")?)
        }
        Some(b"inlineStr") => {
            let (text, rest) = text_of(rest.strip_prefix(b"><is><t>")?)?;
            (Plain::Text(text), rest.strip_prefix(b"</t></is></c>")?)
        }
        Some(b"str") => {
            let (text, rest) = words(rest.strip_prefix(b"><v>")?)?;
            let text = Some(text).filter(|text| !is_escaped(text))?;
            (Plain::Text(text), rest.strip_prefix(b"</v></c>")?)
        }
        kind => {
            let (Cow::Borrowed(text), rest) = words(rest.strip_prefix(b"><v>")?)? else {
                return None;
            };
            (of_kind(kind, text)?, rest.strip_prefix(b"</v></c>")?)
        }
    };
    Some(of(rest, Some(value)))
}

/// The bytes before the next quote, which is among the first `most` bytes, and what follows it.
fn quoted(text: &[u8], most: usize) -> Option<(&[u8], &[u8])> {
    // A loop is faster for so few bytes than a vectorized search.
    let end = text.iter().take(most).position(|byte| *byte == b'"')?;
    Some((&text[..end], &text[end + 1..]))
}

/// The value with this text in a cell of this kind.
fn of_kind<'a>(kind: Option<&[u8]>, text: &'a str) -> Option<Plain<'a>> {
    match (kind, text) {
        (None | Some(b"n"), _) => Some(Plain::Number(text)),
        (Some(b"b"), "0" | "1") => Some(Plain::Bool(text == "1")),
        (Some(b"e"), _) => Some(Plain::Error(text)),
        _ => None,
    }
}

/// The shared text at the beginning of `input`, without outer spaces: `<si><t>…</t></si>`. Also
/// returns the length of the element.
pub(super) fn shared_text(input: &[u8]) -> Option<(Cow<'_, str>, usize)> {
    let (text, rest) = text_of(input.strip_prefix(b"<si><t>")?)?;
    Some((text, input.len() - rest.strip_prefix(b"</t></si>")?.len()))
}

/// The content of a `t` element, and the rest.
fn text_of(text: &[u8]) -> Option<(Cow<'_, str>, &[u8])> {
    words(text).filter(|(text, _)| !has_outer_spaces(text) && !is_escaped(text))
}

/// A number of few digits.
fn number(digits: &[u8]) -> Option<usize> {
    let add = |number: usize, digit: &u8| number * 10 + usize::from(digit - b'0');
    (digits.len() <= INDEX_DIGITS).then(|| digits.iter().fold(0, add))
}

/// Whether the text may contain an escape such as `_x000D_`, or a line end that XML normalizes.
fn is_escaped(text: &str) -> bool {
    memchr2(b'_', b'\r', text.as_bytes()).is_some_and(|at| {
        text.as_bytes()[at] == b'\r' || text[at..].contains("_x") || text[at..].contains('\r')
    })
}

/// The digits at the beginning, and the rest. Both are not empty.
fn digits(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    (end > 0).then(|| text.split_at(end))
}

/// The text before the next tag, and the rest. The text is not empty, is valid UTF-8, and contains
/// only predefined references.
fn words(text: &[u8]) -> Option<(Cow<'_, str>, &[u8])> {
    let (words, mut rest) = piece(text)?;
    if rest[0] == b'<' {
        return Some((Cow::Borrowed(words), rest)).filter(|_| !words.is_empty());
    }
    let mut words = words.to_owned();
    while let Some(after) = rest.strip_prefix(b"&") {
        let end = memchr(b';', after.get(..LONGEST_REFERENCE)?)?;
        words += resolve_predefined_entity(std::str::from_utf8(&after[..end]).ok()?)?;
        let more;
        (more, rest) = piece(&after[end + 1..])?;
        words += more;
    }
    Some((Cow::Owned(words), rest))
}

/// The text before the next tag or reference, and the rest.
fn piece(text: &[u8]) -> Option<(&str, &[u8])> {
    let (piece, rest) = text.split_at(memchr2(b'<', b'&', text)?);
    Some((std::str::from_utf8(piece).ok()?, rest))
}

fn has_outer_spaces(words: &str) -> bool {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t' | b'\r' | b'\n'));
    is_space(words.as_bytes().first()) || is_space(words.as_bytes().last())
}

#[cfg(test)]
mod tests {
    use super::{Plain, cell, next_row, shared_text};

    #[test]
    fn plain_pieces_are_taken_whole_and_what_follows_is_left() {
        for (piece, place, style, value) in [
            ("<c r=\"A1\"><v>1.5</v></c>", "A1", 0, Some(Plain::Number("1.5"))),
            ("<c r=\"A1\"><v>1a</v></c>", "A1", 0, Some(Plain::Number("1a"))),
            ("<c r=\"B7\" s=\"12\" t=\"s\"><v>30</v></c>", "B7", 12, Some(Plain::Shared(30))),
            (
                "<c r=\"XFD1048576\" t=\"str\" s=\"1\"><v>客_户</v></c>",
                "XFD1048576",
                1,
                Some(Plain::Text("客_户".into())),
            ),
            (
                "<c r=\"C2\" t=\"inlineStr\"><is><t>a b</t></is></c>",
                "C2",
                0,
                Some(Plain::Text("a b".into())),
            ),
            (
                "<c r=\"C2\" t=\"inlineStr\"><is><t>&lt;a&gt; &amp; b&quot;</t></is></c>",
                "C2",
                0,
                Some(Plain::Text("<a> & b\"".into())),
            ),
            ("<c r=\"C2\" t=\"str\"><v>&apos;</v></c>", "C2", 0, Some(Plain::Text("'".into()))),
            ("<c r=\"C2\" t=\"b\"><v>1</v></c>", "C2", 0, Some(Plain::Bool(true))),
            ("<c r=\"C2\" t=\"e\"><v>#N/A</v></c>", "C2", 0, Some(Plain::Error("#N/A"))),
            ("<c r=\"C2\" s=\"1\"/>", "C2", 1, None),
            ("<c r=\"C2\" t=\"s\"></c>", "C2", 0, None),
        ] {
            let text = format!("{piece}</row></sheetData>");
            let taken = cell(text.as_bytes()).unwrap_or_else(|| panic!("{piece} is plain"));
            assert_eq!(taken.bytes, piece.len(), "what was taken of {piece}");
            assert_eq!(taken.spot.name(), place, "{piece}");
            assert_eq!(taken.style, style, "{piece}");
            assert_eq!(taken.value, value, "{piece}");
        }
        let taken = shared_text("<si><t>电话</t></si><si>".as_bytes());
        assert_eq!(taken, Some(("电话".into(), 22)), "a text");
        let row = "</row><row r=\"12\" spans=\"1:3\" x14ac:dyDescent=\"0.25\">";
        assert_eq!(next_row(row.as_bytes()), Some((12, row.len())), "a row");
    }

    #[test]
    fn what_is_written_in_another_way_is_left_to_the_reader_of_xml() {
        for text in [
            "<c r=\"A0\"><v>1</v></c><",
            "<c r=\"A123456789012\"><v>1</v></c><",
            "<c r=\"A1\" r=\"B1\"><v>1</v></c><",
            "<c r=\"A1\" s=\"1\" s=\"2\"><v>1</v></c><",
            "<c r=\"A1\" t=\"n\" t=\"s\"><v>1</v></c><",
            "<c r=\"A1\" t=\"s\"><v>1a</v></c><",
            "<c r=\"A1\" t=\"s\"><v> 1</v></c><",
            "<c r=\"A1\" t=\"s\"><v>12345678901</v></c><",
            "<c r=\"A1\" t=\"d\"><v>2026-01-01</v></c><",
            "<c r=\"A1\" t=\"other\"/><",
            "<c r=\"A1\"><v></v></c><",
            "<c r=\"A1\"><f>B1</f><v>1</v></c><",
            "<c r=\"A1\" t=\"str\"><v>a&#38;b</v></c><",
            "<c r=\"A1\" t=\"str\"><v>a&other;b</v></c><",
            "<c r=\"A1\" t=\"str\"><v>a&amp</v></c><",
            "<c r=\"A1\" t=\"e\"><v>&amp;</v></c><",
            "<c r=\"A1\"><v>1&lt;</v></c><",
            "<c r=\"A1\" t=\"str\"><v>a_x000D_</v></c><",
            "<c r=\"A1\" t=\"str\"><v>a\rb</v></c><",
            "<c r=\"A1\" t=\"str\"><v>_\rb</v></c><",
            "<c r=\"A1\" t=\"b\"><v>true</v></c><",
            "<c r=\"A1\" t=\"str\"><v>a<!-- --></v></c><",
            "<c r=\"A1\" t=\"inlineStr\"><is><t> a</t></is></c><",
            "<c r=\"A1\" t=\"inlineStr\"><is><t>a\n</t></is></c><",
            "<c r=\"A1\"><v>1",
            "<c r=\"A1",
            "<cell r=\"A1\"><v>1</v></cell><",
            "",
        ] {
            assert!(cell(text.as_bytes()).is_none(), "{text} is taken as a plain cell");
        }
        assert!(cell(b"<c r=\"A1\" t=\"str\"><v>\xff</v></c><").is_none(), "text that is no UTF-8");
        for text in ["<si><t> a</t></si><", "<si><t></t></si><", "<si><r><t>a</t></r></si><"] {
            assert!(shared_text(text.as_bytes()).is_none(), "{text} is taken as a plain text");
        }
        for text in [
            "</row><row><",
            "</row><row r=\"2\"/><",
            "</row><row r=\"2\" xml:space=\"preserve\"><",
            "</row><row r=\"2\" a=\">\"><",
            "</row><row spans=\"1:3\" r=\"2\"><",
            "</row><row r=\" 2\"><",
            "</row></sheetData>",
            "</row><row r=\"2\"",
        ] {
            assert!(next_row(text.as_bytes()).is_none(), "{text} is taken as a plain row");
        }
    }
}
