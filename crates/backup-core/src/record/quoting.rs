//! Quoting rules for `text` columns and header lines.

/// Whether PostgreSQL would quote this text. `alone` is whether the table has only one column.
pub(crate) fn needs_quotes(text: &[u8], alone: bool) -> bool {
    text.is_empty() || has_special(text) || (alone && text == b"\\.")
}

/// Whether the text contains a comma, a quote, a CR or an LF. Examines eight bytes at a time.
fn has_special(text: &[u8]) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The classic tests for a byte below a limit, and for a byte with a given value. They can only
    // be wrong for bytes after a true match, so they are exact for the question whether there is a
    // match.
    fn any_below(word: u64, bound: u8) -> u64 {
        word.wrapping_sub(LOW * u64::from(bound)) & !word & HIGH
    }
    fn any_equal(word: u64, byte: u8) -> u64 {
        any_below(word ^ (LOW * u64::from(byte)), 1)
    }
    let (words, rest) = text.as_chunks();
    let in_word = |bytes: &[u8; 8]| {
        let word = u64::from_le_bytes(*bytes);
        // The comma is the largest of the four bytes. Most words contain no byte up to it.
        any_below(word, b',' + 1) != 0 && b",\"\n\r".iter().any(|byte| any_equal(word, *byte) != 0)
    };
    words.iter().any(in_word) || rest.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'))
}

/// Appends text in the format of a `text` column or a header line.
pub(crate) fn push_text_cell(text: &[u8], alone: bool, out: &mut Vec<u8>) {
    if needs_quotes(text, alone) {
        push_quoted(text, out);
    } else {
        out.extend_from_slice(text);
    }
}

/// Appends text in quotes. Quotes within the text are doubled.
pub(crate) fn push_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=at]);
        out.push(b'"');
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::has_special;

    #[test]
    fn a_special_byte_is_found_at_every_position() {
        // The bytes before it may be anything, especially values near a special byte.
        for filler in [b'a', b' ', b'+', b'-', b'!', b'#', 0, 9, 11, 12, 14, 0x80, 0xac, 0xff] {
            for length in 0..40 {
                let mut text = vec![filler; length];
                assert!(!has_special(&text), "{length} bytes of {filler:#x}");
                for at in 0..length {
                    for special in [b',', b'"', b'\n', b'\r'] {
                        text[at] = special;
                        assert!(has_special(&text), "{special:#x} at {at} in {filler:#x}");
                    }
                    text[at] = filler;
                }
            }
        }
    }
}
