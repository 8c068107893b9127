//! Recognizes cells and texts of xlsx in the form that nearly every program writes.
//!
//! They are matched as whole strings. An XML reader would take several times as long for them, and
//! reading an xlsx would take a quarter longer. Any other form goes through the XML reader, with
//! the same result.

use memchr::{memchr, memchr2};

use super::super::layout::CellPosition;

/// The maximum number of digits in the index of a shared text. The library reads a number beyond 64
/// bits as 0.
pub(super) const INDEX_DIGITS: usize = 10;

/// The maximum length of a cell name with the quote after it: `XFD1048576"`.
const LONGEST_NAME: usize = 11;

/// A cell that was recognized.
pub(super) struct Cell<'a> {
    pub(super) spot: CellPosition,
    /// The index of the style; 0 if there is none.
    pub(super) style: usize,
    pub(super) value: Option<Plain<'a>>,
    pub(super) bytes: usize,
}

/// The value of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plain<'a> {
    /// A number, if the text is one.
    Number(&'a str),
    /// The index of a shared text.
    Shared(usize),
    Text(&'a str),
    Bool(bool),
    Error(&'a str),
}

/// Recognizes the cell at the beginning of `text`: `<c r="B7" s="1" t="s"><v>12</v></c>`, or a cell
/// with inline text, or one without a value.
pub(super) fn cell(text: &[u8]) -> Option<Cell<'_>> {
    let rest = text.strip_prefix(b"<c r=\"")?;
    let (name, rest) = rest.split_at(memchr(b'"', rest.get(..LONGEST_NAME)?)?);
    let (spot, mut rest) = (CellPosition::parse(name)?, &rest[1..]);
    let mut kind: Option<&[u8]> = None;
    let mut style = None;
    while let Some(after) = rest.strip_prefix(b" ") {
        rest = if let Some(after) = after.strip_prefix(b"s=\"").filter(|_| style.is_none()) {
            let (index, after) = digits(after)?;
            style = Some(number(index)?);
            after.strip_prefix(b"\"")?
        } else {
            let after = after.strip_prefix(b"t=\"").filter(|_| kind.is_none())?;
            let (name, after) = after.split_at(memchr(b'"', after.get(..16)?)?);
            kind = Some(name);
            &after[1..]
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
            let (text, rest) = words(rest.strip_prefix(b"><is><t>")?)?;
            let text = Some(text).filter(|text| !has_outer_spaces(text) && !is_escaped(text))?;
            (Plain::Text(text), rest.strip_prefix(b"</t></is></c>")?)
        }
        kind => {
            let (text, rest) = words(rest.strip_prefix(b"><v>")?)?;
            (of_kind(kind, text)?, rest.strip_prefix(b"</v></c>")?)
        }
    };
    Some(of(rest, Some(value)))
}

/// The value with this text in a cell of this kind.
fn of_kind<'a>(kind: Option<&[u8]>, text: &'a str) -> Option<Plain<'a>> {
    match (kind, text) {
        (None | Some(b"n"), _) => Some(Plain::Number(text)),
        (Some(b"b"), "0" | "1") => Some(Plain::Bool(text == "1")),
        (Some(b"e"), _) => Some(Plain::Error(text)),
        (Some(b"str"), _) if !is_escaped(text) => Some(Plain::Text(text)),
        _ => None,
    }
}

/// The shared text at the beginning of `input`, without outer spaces: `<si><t>…</t></si>`. Also
/// returns the length of the element.
pub(super) fn shared_text(input: &[u8]) -> Option<(&str, usize)> {
    let (text, rest) = words(input.strip_prefix(b"<si><t>")?)?;
    let rest = rest.strip_prefix(b"</t></si>")?;
    (!has_outer_spaces(text) && !is_escaped(text)).then(|| (text, input.len() - rest.len()))
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
/// no entity.
fn words(text: &[u8]) -> Option<(&str, &[u8])> {
    let end = memchr2(b'<', b'&', text).filter(|end| *end > 0 && text[*end] == b'<')?;
    let (words, rest) = text.split_at(end);
    Some((std::str::from_utf8(words).ok()?, rest))
}

fn has_outer_spaces(words: &str) -> bool {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t' | b'\r' | b'\n'));
    is_space(words.as_bytes().first()) || is_space(words.as_bytes().last())
}

#[cfg(test)]
mod tests {
    use super::{Plain, cell, shared_text};

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
                Some(Plain::Text("客_户")),
            ),
            (
                "<c r=\"C2\" t=\"inlineStr\"><is><t>a b</t></is></c>",
                "C2",
                0,
                Some(Plain::Text("a b")),
            ),
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
        assert_eq!(taken, Some(("电话", 22)), "a text");
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
            "<c r=\"A1\" t=\"str\"><v>a&amp;b</v></c><",
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
    }
}
