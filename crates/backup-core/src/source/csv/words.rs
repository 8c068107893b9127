//! Words in UTF-8 within a text in another encoding, as files have them that were joined or were
//! exported from mixed data.

use std::collections::HashSet;

use super::encoding::{Coding, Decoder};
use super::likelihood::{Likelihood, is_common_ideograph};
use super::text::line_ends;

/// The maximum number of words that are kept, and of characters of one.
const MOST_WORDS: usize = 1000;
const MOST_CHARACTERS: usize = 64;

/// How much more likely a word has to be in UTF-8, and how likely at least where its bytes are
/// often valid by chance.
const MARGIN: f64 = 0.25;
const LIKELY: f64 = 0.65;

/// The words of a file that are valid UTF-8.
#[derive(Default)]
pub(super) struct Utf8Words {
    words: HashSet<String>,
    /// The words with their lines, in the order of the file.
    places: Vec<(u64, String)>,
    /// The number of lines before the next block.
    lines: u64,
}

impl Utf8Words {
    /// Examines the next bytes.
    pub(super) fn add(&mut self, block: &[u8]) {
        let mut start = 0;
        let is_between = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
        for word in block.split(is_between) {
            if self.places.len() == MOST_WORDS {
                break;
            }
            if !word.is_ascii()
                && let Ok(text) = std::str::from_utf8(word)
            {
                let text: String = text.chars().take(MOST_CHARACTERS).collect();
                if may_be_utf8(&text) && self.words.insert(text.clone()) {
                    self.places.push((self.lines + line_ends(block, start) + 1, text));
                }
            }
            start += word.len() + 1;
        }
        self.lines += line_ends(block, block.len());
    }

    /// The line of the first word that is no text in `coding`, but in UTF-8.
    pub(super) fn first_misread(&self, coding: Coding) -> Option<u64> {
        let misread = self.places.iter().find(|(_, word)| is_misread(word, coding));
        misread.map(|(line, _)| *line)
    }
}

/// Whether a word of several characters is not unlikely.
fn may_be_utf8(word: &str) -> bool {
    has_sign(word) || (word.chars().nth(1).is_some() && Likelihood::of(word).average() > 0.5)
}

/// Whether a word contains a quote, a dash, a currency or the like, or a byte order mark. In
/// encodings of one byte, these bytes are never together in a text.
fn has_sign(word: &str) -> bool {
    word.contains(|c| matches!(c, '\u{2000}'..='\u{22ff}' | '\u{feff}'))
}

fn is_misread(word: &str, coding: Coding) -> bool {
    let mut misread = String::new();
    // Its last byte may be half of a character.
    let _ = Decoder::starting_at(coding, 0).decode(word.as_bytes(), false, &mut misread);
    let (right, wrong) = (Likelihood::of(word).average(), Likelihood::of(&misread).average());
    let is_likelier = right > wrong + MARGIN;
    match coding {
        // Characters of other scripts rarely stand between Latin letters, except as in `Lisa毛`.
        Coding::Whatwg(coding) if !coding.is_single_byte() => {
            let is_mixed = word.contains(|c: char| c.is_ascii_alphabetic());
            match has_sign(word) {
                true => is_likelier,
                false if may_be_a_name(&misread) => false,
                false => right >= LIKELY && (is_likelier || is_mixed),
            }
        }
        _ => is_likelier || has_sign(word),
    }
}

/// Whether a text is Latin, but for one common ideograph.
fn may_be_a_name(text: &str) -> bool {
    let mut foreign = text.chars().filter(|c| !c.is_ascii());
    foreign.next().is_some_and(is_common_ideograph) && foreign.next().is_none()
}
