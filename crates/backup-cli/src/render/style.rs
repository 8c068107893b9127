//! The style of text on a terminal.

use backup_core::render::Language;

/// The style of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Whether there is colour.
    pub(crate) color: bool,
    /// The width of the terminal; without one, sentences do not wrap.
    pub(crate) width: Option<usize>,
    /// The language of verdicts, headings and labels.
    pub(crate) language: Language,
}

/// The meaning of a piece of text, which decides its colour.
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
