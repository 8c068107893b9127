//! Text that is in an encoding but for some bytes: a cell that was cut within a character, or a byte that
//! was lost on the way. To take it for another encoding, in which it happens to be valid, would make
//! all of it another text.

use std::io::{self, Read};

use encoding_rs::Encoding;

use super::encoding::{BLOCK_BYTES, read_full};
use super::text::line_ends;

/// Whether so many characters beyond ASCII are not in an encoding by chance, where that many of its bytes
/// are invalid.
pub(super) fn is_but_for_some(invalid: u64, characters: u64) -> bool {
    characters >= 4 && invalid * 4 <= characters
}

/// An encoding of ASCII and of characters of two bytes, the first of which is not ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pairs {
    /// It has characters of four bytes too, the second and the last of which are digits.
    Gb18030,
    Big5,
}

impl Pairs {
    fn is_second(self, byte: u8) -> bool {
        match self {
            Self::Gb18030 => matches!(byte, 0x40..=0x7e | 0x80..=0xfe),
            Self::Big5 => matches!(byte, 0x40..=0x7e | 0xa1..=0xfe),
        }
    }

    /// Whether it is a character that texts mostly consist of.
    fn is_common(self, first: u8, second: u8) -> bool {
        match self {
            Self::Gb18030 => matches!(first, 0xa1..=0xf7) && second >= 0xa1,
            Self::Big5 => matches!(first, 0xa1..=0xc6),
        }
    }
}

/// The characters of two bytes in a text, and what is none.
pub(super) struct PairScan {
    encoding: Pairs,
    /// The first bytes of a character.
    begun: Vec<u8>,
    /// Where the next byte stands.
    at: u64,
    common: u64,
    rare: u64,
    /// Common ones right behind another character of two bytes.
    adjacent: u64,
    invalid: u64,
    first_invalid: Option<u64>,
    /// Where the last character of two bytes ended.
    ended: u64,
}

impl PairScan {
    pub(super) fn of(encoding: Pairs) -> Self {
        let (begun, first_invalid) = (Vec::new(), None);
        let [at, common, rare, adjacent, invalid, ended] = [0; 6];
        Self { encoding, begun, at, common, rare, adjacent, invalid, first_invalid, ended }
    }

    /// How many characters of two bytes there are.
    pub(super) fn characters(&self) -> u64 {
        self.common + self.rare
    }

    pub(super) fn is_mostly_common(&self) -> bool {
        self.rare * 10 <= self.characters()
    }

    /// Where text that is not in this encoding first fails to be, if nearly all of it is: most of its
    /// characters beyond ASCII are common ones, and next to each other, as accents in other text are not.
    pub(super) fn is_but_for_some_bytes(&self) -> Option<u64> {
        let is_text = self.is_mostly_common() && self.adjacent * 2 >= self.common;
        self.first_invalid.filter(|_| is_text && is_but_for_some(self.invalid, self.common))
    }

    pub(super) fn read(&mut self, mut bytes: &[u8], last: bool) {
        loop {
            if self.begun.is_empty() {
                let ascii = Encoding::ascii_valid_up_to(bytes);
                self.at += ascii as u64;
                bytes = &bytes[ascii..];
            }
            let Some((first, rest)) = bytes.split_first() else { break };
            self.byte(*first);
            bytes = rest;
        }
        if last && !self.begun.is_empty() {
            self.invalid();
        }
    }

    fn byte(&mut self, byte: u8) {
        let has_four = self.encoding == Pairs::Gb18030;
        match (&self.begun[..], byte) {
            ([], 0x00..=0x80) => {}
            ([], 0xff) => self.invalid(),
            ([], _) => self.begun.push(byte),
            (&[first], _) if self.encoding.is_second(byte) => {
                if self.encoding.is_common(first, byte) {
                    self.common += 1;
                    self.adjacent += u64::from(self.ended == self.at - 1 && self.at > 1);
                } else {
                    self.rare += 1;
                }
                self.ended = self.at + 1;
                self.begun.clear();
            }
            ([_], b'0'..=b'9') | ([_, _], 0x81..=0xfe) if has_four => self.begun.push(byte),
            ([_, _, _], b'0'..=b'9') => self.begun.clear(),
            _ => {
                self.invalid();
                // It may be a character of its own, or begin one.
                return self.byte(byte);
            }
        }
        self.at += 1;
    }

    /// What was begun is no character, or nothing begins here.
    fn invalid(&mut self) {
        self.invalid += 1;
        self.first_invalid.get_or_insert(self.at - self.begun.len() as u64);
        self.begun.clear();
    }
}

/// On which line a byte stands, counted from 1.
pub(super) fn line_of(offset: u64, input: impl Read) -> io::Result<u64> {
    let (mut input, mut buffer) = (input.take(offset), vec![0; BLOCK_BYTES]);
    let (mut lines, mut after_cr) = (1, false);
    loop {
        let count = read_full(&mut input, &mut buffer)?;
        let bytes = &buffer[..count];
        // An LF that ends a line with the CR of the last block was counted with it.
        let counted = after_cr && bytes.first() == Some(&b'\n');
        lines += line_ends(bytes, count) - u64::from(counted);
        if count < buffer.len() {
            return Ok(lines);
        }
        after_cr = bytes.last() == Some(&b'\r');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_however_they_end_and_wherever_a_block_does() {
        for before in [0, BLOCK_BYTES - 2, BLOCK_BYTES - 1, BLOCK_BYTES] {
            let text = [&b"x".repeat(before)[..], b"\r\nb\rc\nd"].concat();
            for (behind, line) in [(0, 1), (2, 2), (4, 3), (6, 4)] {
                let found = line_of((before + behind) as u64, &*text).expect("it is in memory");
                assert_eq!(found, line, "{behind} bytes behind {before}");
            }
        }
    }
}
