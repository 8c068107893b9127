//! Recognizes cells and texts of xlsx in the form that nearly every program writes.
//!
//! They are matched as whole strings. An XML reader would take several times as long for them, and
//! reading an xlsx would take a quarter longer. Any other form goes through the XML reader, with the
//! same result.

use memchr::{memchr, memchr2};

use super::super::layout::Spot;

/// The maximum number of digits in the index of a shared text. The library reads a number beyond 64
/// bits as 0.
pub(super) const INDEX_DIGITS: usize = 10;

/// The maximum length of a cell name with the quote after it: `XFD1048576"`.
const LONGEST_NAME: usize = 11;

/// A cell that was recognized.
pub(super) struct Cell {
    pub(super) spot: Spot,
    pub(super) holds: bool,
    pub(super) bytes: usize,
}

/// Recognizes the cell at the beginning of `text`: `<c r="B7" s="1" t="s"><v>12</v></c>`, or a cell
/// with inline text, or one without a value.
pub(super) fn cell(text: &[u8]) -> Option<Cell> {
    let rest = text.strip_prefix(b"<c r=\"")?;
    let (name, rest) = rest.split_at(memchr(b'"', rest.get(..LONGEST_NAME)?)?);
    let (spot, mut rest) = (Spot::parse(name)?, &rest[1..]);
    let mut kind: Option<&[u8]> = None;
    let mut has_style = false;
    while let Some(after) = rest.strip_prefix(b" ") {
        rest = if let Some(after) = after.strip_prefix(b"s=\"").filter(|_| !has_style) {
            has_style = true;
            digits(after)?.1.strip_prefix(b"\"")?
        } else {
            let after = after.strip_prefix(b"t=\"").filter(|_| kind.is_none())?;
            let (name, after) = after.split_at(memchr(b'"', after.get(..16)?)?);
            kind = Some(name);
            &after[1..]
        };
    }
    let of = |rest: &[u8], holds| Cell { spot, holds, bytes: text.len() - rest.len() };
    if let Some(rest) = rest.strip_prefix(b"/>").or_else(|| rest.strip_prefix(b"></c>")) {
        let is_known =
            matches!(kind, None | Some(b"n" | b"b" | b"e" | b"str" | b"s" | b"inlineStr"));
        return is_known.then(|| of(rest, false));
    }
    let rest = match kind {
        None | Some(b"n" | b"b" | b"e" | b"str") => {
            let (_, rest) = words(rest.strip_prefix(b"><v>")?)?;
            rest.strip_prefix(b"</v></c>")?
        }
        Some(b"s") => {
            let (index, rest) = digits(rest.strip_prefix(b"><v>")?)?;
            rest.strip_prefix(b"</v></c>").filter(|_| index.len() <= INDEX_DIGITS)?
        }
        Some(b"inlineStr") => {
            let (text, rest) = words(rest.strip_prefix(b"><is><t>")?)?;
            rest.strip_prefix(b"</t></is></c>").filter(|_| !has_outer_spaces(text))?
        }
        Some(_) => return None,
    };
    Some(of(rest, true))
}

/// The length of the shared text at the beginning of `text`: `<si><t>…</t></si>`, without outer spaces.
pub(super) fn shared_text(text: &[u8]) -> Option<usize> {
    let (words, rest) = words(text.strip_prefix(b"<si><t>")?)?;
    let rest = rest.strip_prefix(b"</t></si>").filter(|_| !has_outer_spaces(words))?;
    Some(text.len() - rest.len())
}

/// The digits at the beginning, and the rest. Both are not empty.
fn digits(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    (end > 0).then(|| text.split_at(end))
}

/// The text before the next tag, and the rest. The text is not empty, is valid UTF-8, and contains no
/// entity.
fn words(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr2(b'<', b'&', text).filter(|end| *end > 0 && text[*end] == b'<')?;
    let (words, rest) = text.split_at(end);
    (words.is_ascii() || std::str::from_utf8(words).is_ok()).then_some((words, rest))
}

fn has_outer_spaces(words: &[u8]) -> bool {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t' | b'\r' | b'\n'));
    is_space(words.first()) || is_space(words.last())
}

#[cfg(test)]
mod tests {
    use super::{cell, shared_text};

    #[test]
    fn plain_pieces_are_taken_whole_and_what_follows_is_left() {
        for (piece, place, holds) in [
            ("<c r=\"A1\"><v>1.5</v></c>", "A1", true),
            ("<c r=\"B7\" s=\"12\" t=\"s\"><v>0</v></c>", "B7", true),
            ("<c r=\"XFD1048576\" t=\"str\" s=\"1\"><v>客户</v></c>", "XFD1048576", true),
            ("<c r=\"C2\" t=\"inlineStr\"><is><t>a b</t></is></c>", "C2", true),
            ("<c r=\"C2\" t=\"b\"><v>1</v></c>", "C2", true),
            ("<c r=\"C2\" s=\"1\"/>", "C2", false),
            ("<c r=\"C2\" t=\"s\"></c>", "C2", false),
        ] {
            let text = format!("{piece}</row></sheetData>");
            let taken = cell(text.as_bytes()).unwrap_or_else(|| panic!("{piece} is plain"));
            assert_eq!(taken.bytes, piece.len(), "what was taken of {piece}");
            assert_eq!(taken.spot.name(), place, "{piece}");
            assert_eq!(taken.holds, holds, "{piece}");
        }
        assert_eq!(shared_text("<si><t>电话</t></si><si>".as_bytes()), Some(22), "a text");
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
