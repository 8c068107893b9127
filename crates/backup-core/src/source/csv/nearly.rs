//! Text that is in an encoding but for some bytes: a cell that was cut within a character, or a byte that
//! was lost on the way. To take it for another encoding, in which it happens to be valid, would make
//! all of it another text.

use std::io::{self, Read};

use encoding_rs::Encoding;

use super::detect::{BLOCK_BYTES, chunks};
use super::encoding::read_full;
use super::text::line_ends;
use crate::error::Result;
use crate::monitor::Monitor;

/// So many characters beyond ASCII are not in an encoding by chance, with a bad one for each four.
const ENOUGH: u64 = 4;
const GOOD_FOR_A_BAD_ONE: u64 = 4;

/// Where text that is not UTF-8 first fails to be, if nearly all of its characters outside ASCII are
/// in that encoding: too many for any other.
pub(super) fn utf8(monitor: &dyn Monitor, input: impl Read) -> Result<Option<u64>> {
    let (mut good, mut bad, mut first, mut offset) = (0, 0, None, 0);
    let mut carried = Vec::new();
    chunks(input, monitor, |bytes, last| {
        carried.extend_from_slice(bytes);
        // A character may go on in the next chunk.
        let keep = if last { 0 } else { carried.len().min(3) };
        let whole = carried.len() - keep;
        let mut at = 0;
        for chunk in carried.utf8_chunks() {
            good += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
            at += chunk.valid().len();
            if at >= whole || chunk.invalid().is_empty() {
                break;
            }
            bad += 1;
            first.get_or_insert(offset + at as u64);
            at += chunk.invalid().len();
        }
        offset += at as u64;
        carried.drain(..at);
        true
    })?;
    Ok(first.filter(|_| good >= ENOUGH && bad * GOOD_FOR_A_BAD_ONE <= good))
}

/// An encoding of ASCII and of characters of two bytes, the first of which is not ASCII.
pub(super) struct TwoBytes {
    is_second: fn(u8) -> bool,
    /// Whether it is a character that texts mostly consist of.
    is_common: fn(u8, u8) -> bool,
    /// Whether there are characters of four bytes too, the second and the last of which are digits.
    has_four: bool,
}

/// Those that are told apart from text with some accents, with what they are called.
pub(super) const TWO_BYTES: [(TwoBytes, &str); 2] = [
    (
        TwoBytes {
            is_second: |byte| matches!(byte, 0x40..=0x7e | 0x80..=0xfe),
            is_common: |first, second| matches!(first, 0xa1..=0xf7) && second >= 0xa1,
            has_four: true,
        },
        "GB18030, or of the like,",
    ),
    (
        TwoBytes {
            is_second: |byte| matches!(byte, 0x40..=0x7e | 0xa1..=0xfe),
            is_common: |first, _| matches!(first, 0xa1..=0xc6),
            has_four: false,
        },
        "Big5",
    ),
];

/// Where text that is not in this encoding first fails to be, if nearly all of it is: most of its
/// characters beyond ASCII are common ones, and next to each other, as accents in other text are not.
pub(super) fn two_bytes(
    monitor: &dyn Monitor,
    input: impl Read,
    encoding: &TwoBytes,
) -> Result<Option<u64>> {
    let mut scan = Scan { encoding, begun: Vec::new(), at: 0, seen: Seen::default() };
    chunks(input, monitor, |bytes, last| {
        scan.bytes(bytes);
        if last && !scan.begun.is_empty() {
            scan.bad();
        }
        true
    })?;
    let Seen { common, rare, beside, bad, first_bad, .. } = scan.seen;
    let is_text = common >= ENOUGH && rare * 10 <= common + rare && beside * 2 >= common;
    Ok(first_bad.filter(|_| is_text && bad * GOOD_FOR_A_BAD_ONE <= common))
}

/// A way through text in an encoding of two bytes.
struct Scan<'a> {
    encoding: &'a TwoBytes,
    /// The first bytes of a character.
    begun: Vec<u8>,
    /// Where the next byte stands.
    at: u64,
    seen: Seen,
}

/// What was met on the way.
#[derive(Default)]
struct Seen {
    common: u64,
    rare: u64,
    /// Common ones right behind another character of two bytes.
    beside: u64,
    bad: u64,
    first_bad: Option<u64>,
    /// Where the last character of two bytes ended.
    ended: u64,
}

impl Scan<'_> {
    fn bytes(&mut self, mut bytes: &[u8]) {
        loop {
            if self.begun.is_empty() {
                let ascii = Encoding::ascii_valid_up_to(bytes);
                self.at += ascii as u64;
                bytes = &bytes[ascii..];
            }
            let Some((first, rest)) = bytes.split_first() else { return };
            self.byte(*first);
            bytes = rest;
        }
    }

    fn byte(&mut self, byte: u8) {
        let TwoBytes { is_second, is_common, has_four } = self.encoding;
        match (&self.begun[..], byte) {
            ([], 0x00..=0x80) => {}
            ([], 0xff) => self.bad(),
            ([], _) => self.begun.push(byte),
            (&[first], _) if is_second(byte) => {
                let begins = self.at - 1;
                if !is_common(first, byte) {
                    self.seen.rare += 1;
                } else {
                    self.seen.common += 1;
                    self.seen.beside += u64::from(self.seen.ended == begins && begins > 0);
                }
                self.seen.ended = self.at + 1;
                self.begun.clear();
            }
            ([_], b'0'..=b'9') | ([_, _], 0x81..=0xfe) if *has_four => self.begun.push(byte),
            ([_, _, _], b'0'..=b'9') => self.begun.clear(),
            _ => {
                self.bad();
                // It may be a character of its own, or begin one.
                return self.byte(byte);
            }
        }
        self.at += 1;
    }

    /// What was begun is no character, or nothing begins here.
    fn bad(&mut self) {
        self.seen.bad += 1;
        let begins = self.at - self.begun.len() as u64;
        self.seen.first_bad.get_or_insert(begins);
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
