//! Outcomes as text for a person and as JSON for a program.

mod checks;
pub(crate) mod json;
mod layout;
mod sources;
pub(crate) mod text;
mod units;

use std::borrow::Cow;
use std::fmt::Write as _;

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Whether there is colour.
    pub(crate) color: bool,
    /// How wide the terminal is; sentences are not broken where there is none.
    pub(crate) width: Option<usize>,
}

/// What a piece of text is, which decides its colour.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tone {
    Good,
    Bad,
    Doubtful,
    Title,
    Faint,
}

impl Style {
    pub(crate) fn paint(self, tone: Tone, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Good => "1;32",
            Tone::Bad => "1;31",
            Tone::Doubtful => "1;33",
            Tone::Title => "1",
            Tone::Faint => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// Text that an archive or a file system gave, harmless to a terminal: what would move the cursor,
/// change colours or reverse the direction of reading is written out.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(harmful) {
        return text.into();
    }
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        if harmful(c) {
            let _ = write!(cleaned, "{}", c.escape_unicode());
        } else {
            cleaned.push(c);
        }
    }
    cleaned.into()
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_name_cannot_drive_the_terminal() {
        assert_eq!(clean("合同 2026"), "合同 2026", "an ordinary name was changed");
        assert_eq!(clean("a\x1b[31m\nb\u{202e}"), "a\\u{1b}[31m\\u{a}b\\u{202e}");
    }
}
