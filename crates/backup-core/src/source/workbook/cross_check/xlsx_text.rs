//! Text in xlsx: which outer spaces belong to it, and the escapes of characters that XML cannot
//! contain.

use std::borrow::Cow;

use super::super::errors::damaged;
use super::xml::{Content, LARGEST, Xml, attribute, start};
use crate::error::Result;
use crate::i18n::message;

/// The length of an escape: `_x000D_`.
const ESCAPE: usize = 7;

/// A text as Excel displays it.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) text: String,
    /// Whether the library reads another text.
    pub(super) is_misread: bool,
    /// The number of its pieces with outer spaces that are not marked as significant.
    pub(super) outer_spaces: u64,
}

/// Reads the current element, which contains a text or several pieces of one, to its end.
///
/// Outer spaces of a piece are significant if an element around it says so, or if they are written
/// as references or in CDATA. The library regards only the attribute of the piece itself.
pub(super) fn read(xml: &mut Xml<'_>) -> Result<Text> {
    let inside = xml.depth();
    let mut all = Text::default();
    loop {
        let event = xml.must()?;
        if start(&event, "rPh").is_some() {
            xml.skip()?;
        } else if let Some(piece) = start(&event, "t") {
            let is_marked = attribute(piece, "space")?.is_some_and(|space| space == "preserve");
            let keeps = xml.preserves_space();
            let content = xml.content()?;
            let trimmed = content.text.trim_matches(SPACES);
            let ours = if keeps { content.text.as_str() } else { trim(&content) };
            let theirs = if is_marked { content.text.as_str() } else { trimmed };
            all.is_misread |= ours != theirs;
            all.outer_spaces += u64::from(!keeps && ours.len() < content.text.len());
            all.text += &unescaped(ours);
            if all.text.len() as u64 > LARGEST {
                return Err(damaged(message!("damage-long-text")));
            }
        } else if xml.depth() < inside {
            return Ok(all);
        }
    }
}

const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// The text without outer spaces, except those that are written as references or in CDATA.
fn trim(content: &Content) -> &str {
    let text = content.text.as_str();
    let Some((first, last)) = content.fixed else { return text.trim_matches(SPACES) };
    let start = first - text[..first].trim_start_matches(SPACES).len();
    let end = last + text[last..].trim_end_matches(SPACES).len();
    &text[start..end]
}

/// Replaces the escapes of Excel: `_x000D_` is a carriage return. Each stands for a UTF-16 unit.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    let Some(first) = (0..text.len()).find(|at| escape(text, *at).is_some()) else {
        return Cow::Borrowed(text);
    };
    let (mut units, mut at) = (Vec::new(), first);
    let mut out = text[..first].to_owned();
    while at < text.len() {
        if let Some(unit) = escape(text, at) {
            units.push(unit);
            at += ESCAPE;
            continue;
        }
        out.extend(char::decode_utf16(units.drain(..)).map(lossy));
        let next = text[at..].chars().next().unwrap_or_default();
        out.push(next);
        at += next.len_utf8();
    }
    out.extend(char::decode_utf16(units).map(lossy));
    Cow::Owned(out)
}

fn lossy(character: Result<char, std::char::DecodeUtf16Error>) -> char {
    character.unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The unit of the escape at this offset, if there is one.
fn escape(text: &str, at: usize) -> Option<u16> {
    let bytes = text.as_bytes().get(at..at + ESCAPE)?;
    let [b'_', b'x', digits @ .., b'_'] = bytes else { return None };
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn escapes_are_replaced_by_their_characters() {
        for (text, expected) in [
            ("plain _ text", "plain _ text"),
            ("_x000D_", "\r"),
            ("a_x000d_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDE00_", "😀"),
            ("_xD83D_", "\u{fffd}"),
            ("_xDE00__xD83D_x", "\u{fffd}\u{fffd}x"),
            ("_X000D_", "_X000D_"),
            ("_x00G0_客", "_x00G0_客"),
            ("客_x0041_户", "客A户"),
        ] {
            assert_eq!(unescaped(text), expected, "{text:?}");
        }
    }
}
