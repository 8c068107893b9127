//! The pieces of xlsx that nearly all of a sheet is made of, as nearly every program writes them.
//!
//! They are recognized as whole strings, which is several times as fast as an XML reader and makes up
//! 60 % of the time of an xlsx. Everything that is written in another way goes through that reader,
//! with the same result.

use memchr::{memchr, memchr2};

use super::super::layout::Spot;

/// The most digits of a shared text's number: the library takes a number beyond 64 bits for 0.
pub(super) const INDEX_DIGITS: usize = 10;

/// A cell, up to its end.
pub(super) struct Cell {
    pub(super) spot: Spot,
    pub(super) holds: bool,
    pub(super) bytes: usize,
}

/// The cell that `text` begins with: `<c r="B7" s="1" t="s"><v>12</v></c>`, or one with a text of
/// its own, or one without a value.
pub(super) fn cell(text: &[u8]) -> Option<Cell> {
    let rest = text.strip_prefix(b"<c r=\"")?;
    let (spot, mut rest) = spot(rest)?;
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
        return is_known(kind).then(|| of(rest, false));
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

fn is_known(kind: Option<&[u8]>) -> bool {
    matches!(kind, None | Some(b"n" | b"b" | b"e" | b"str" | b"s" | b"inlineStr"))
}

/// The end of a row and the start of the next one that `text` begins with, the latter's number
/// counted from 0, and how long they are.
pub(super) fn row_break(text: &[u8]) -> Option<(u32, usize)> {
    let rest = text.strip_prefix(b"</row><row r=\"")?;
    let (number, rest) = number(rest)?;
    let rest = rest.strip_prefix(b"\"")?;
    let end = memchr2(b'>', b'/', rest).filter(|end| rest[*end] == b'>')?;
    let others = &rest[..end];
    // The number is there once, and no value has markup in it that this would have to understand.
    let is_plain = others.is_empty()
        || others[0] == b' '
            && others.ends_with(b"\"")
            && others.iter().all(|byte| byte.is_ascii_alphanumeric() || b" =\":.".contains(byte))
            && !others.windows(3).any(|three| three == b" r=")
            && others.iter().filter(|byte| **byte == b'"').count().is_multiple_of(2);
    is_plain.then(|| (number, text.len() - rest.len() + end + 1))
}

/// How long the shared text is that `text` begins with: `<si><t>…</t></si>`, without spaces at its
/// edges.
pub(super) fn shared_text(text: &[u8]) -> Option<usize> {
    let (words, rest) = words(text.strip_prefix(b"<si><t>")?)?;
    let rest = rest.strip_prefix(b"</t></si>").filter(|_| !has_outer_spaces(words))?;
    Some(text.len() - rest.len())
}

/// `B7"`, as a place.
fn spot(text: &[u8]) -> Option<(Spot, &[u8])> {
    let letters = text.iter().take(4).take_while(|byte| byte.is_ascii_uppercase()).count();
    let (letters, rest) = text.split_at(letters);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters.iter().fold(0, |column, byte| column * 26 + u32::from(byte - b'A') + 1);
    let (row, rest) = number(rest)?;
    Some((Spot { row, column: column - 1 }, rest.strip_prefix(b"\"")?))
}

/// A number of up to 7 digits, 1 or more, less 1.
fn number(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = digits(text).filter(|(digits, _)| digits.len() <= 7)?;
    let number = digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    Some((number.checked_sub(1)?, rest))
}

/// The digits at the beginning, and what follows; there is at least one, and something follows.
fn digits(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    (end > 0).then(|| text.split_at(end))
}

/// Text up to the next tag, and what follows; there is some, it is UTF-8, and no entity is in it.
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
    use super::{cell, row_break, shared_text};

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
        let text = "</row><row r=\"12\" spans=\"1:8\" ht=\"15.5\"><c";
        assert_eq!(row_break(text.as_bytes()), Some((11, text.len() - 2)), "a row with attributes");
        assert_eq!(row_break(b"</row><row r=\"1\"><c"), Some((0, 17)), "a row");
        assert_eq!(shared_text("<si><t>电话</t></si><si>".as_bytes()), Some(22), "a text");
    }

    #[test]
    fn what_is_written_in_another_way_is_left_to_the_reader_of_xml() {
        for text in [
            "<c r=\"a1\"><v>1</v></c><",
            "<c r=\"ABCD1\"><v>1</v></c><",
            "<c r=\"A0\"><v>1</v></c><",
            "<c r=\"A12345678\"><v>1</v></c><",
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
        for text in [
            "</row><row r=\"2\"/><",
            "</row><row r=\"2\" ht=\"1\"/><",
            "</row><row r=\"2\" r=\"3\"><",
            "</row><row r=\"2\" a=\"&quot;\"><",
            "</row><row r=\"2\" a='b'><",
            "</row><row r=\"0\"><",
            "</row><row><",
            "</row></sheetData>",
            "</row><row r=\"2\"",
        ] {
            assert!(row_break(text.as_bytes()).is_none(), "{text} is taken as the end of a row");
        }
        for text in ["<si><t> a</t></si><", "<si><t></t></si><", "<si><r><t>a</t></r></si><"] {
            assert!(shared_text(text.as_bytes()).is_none(), "{text} is taken as a plain text");
        }
    }
}
