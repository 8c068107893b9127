//! Characters that a terminal or a page does not show as they are: they move the cursor, break a
//! line, change the reading direction, or are invisible.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character moves the cursor, breaks a line, changes the reading direction, or is
/// invisible.
///
/// The joiners U+200C and U+200D are allowed, because words of some languages need them.
pub(crate) fn is_harmful(c: char) -> bool {
    c.is_control()
        // Marks of the reading direction, and separators of lines and paragraphs.
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2066}'..='\u{2069}')
        // Invisible characters.
        || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}')
        || matches!(c, '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Makes text from an archive or a file system safe for a terminal and a page. Characters that move
/// the cursor, change colours, change the reading direction or are invisible are written as
/// escapes.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return text.into();
    }
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) {
            let _ = write!(cleaned, "{}", c.escape_unicode());
        } else {
            cleaned.push(c);
        }
    }
    cleaned.into()
}

/// A delimiter of cells as people write it.
pub(crate) fn delimiter(delimiter: &str) -> Cow<'_, str> {
    match delimiter.as_bytes() {
        b"\t" => "TAB".into(),
        [byte] if !byte.is_ascii_graphic() => format!("\\x{byte:02x}").into(),
        _ => delimiter.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_name_cannot_control_the_terminal() {
        assert_eq!(clean("合同 2026"), "合同 2026", "an ordinary name was changed");
        assert_eq!(clean("a\x1b[31m\nb\u{202e}"), "a\\u{1b}[31m\\u{a}b\\u{202e}");
        for hidden in
            ["\u{200b}", "\u{2060}", "\u{ad}", "\u{feff}", "\u{2029}", "\u{2066}", "\u{61c}"]
        {
            let shown = clean(hidden);
            assert!(shown.is_ascii(), "nobody sees {shown:?}");
        }
        let words = "می\u{200c}خواهم";
        assert_eq!(clean(words), words, "a word lost what joins it");
    }
}
