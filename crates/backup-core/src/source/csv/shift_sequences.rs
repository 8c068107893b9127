//! Encodings that consist of ASCII bytes, and switch to other characters with escape sequences.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::GBK;

/// The maximum length of a sequence that is found across two blocks.
const SEAM_BYTES: usize = 64;

/// The maximum length of the text between `~{` and `~}`, which are in one line. Without a limit, a
/// file that consists of `~{` would take very long.
const MOST_HZ_BYTES: usize = 256;

/// What was found in a text in ASCII.
#[derive(Debug, Default)]
pub(super) struct ShiftSequences {
    encoding: Option<&'static str>,
    /// The end of the blocks before.
    tail: Vec<u8>,
}

impl ShiftSequences {
    /// Examines the next bytes.
    pub(super) fn look_at(&mut self, block: &[u8]) {
        if self.encoding.is_none() {
            self.tail.extend_from_slice(&block[..block.len().min(SEAM_BYTES)]);
            let find = |bytes: &[u8]| iso_2022(bytes).or_else(|| hz(bytes));
            self.encoding = find(&self.tail).or_else(|| find(block));
            if block.len() >= SEAM_BYTES {
                self.tail.clear();
                self.tail.extend_from_slice(&block[block.len() - SEAM_BYTES..]);
            }
            self.tail.drain(..self.tail.len().saturating_sub(SEAM_BYTES));
        }
    }

    /// The name of the encoding, if there are such sequences.
    pub(super) fn encoding(&self) -> Option<&'static str> {
        self.encoding
    }
}

/// A stream that is examined while it is read.
pub(super) struct Watched<R> {
    inner: R,
    seen: Arc<Mutex<Seen>>,
}

/// What was seen of a stream.
#[derive(Debug, Default)]
pub(super) struct Seen {
    sequences: ShiftSequences,
    has_other_bytes: bool,
}

impl Seen {
    /// The name of the encoding, if the stream is ASCII with its escape sequences.
    pub(super) fn encoding(seen: &Mutex<Self>) -> Option<&'static str> {
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.sequences.encoding().filter(|_| !seen.has_other_bytes)
    }
}

impl<R: Read> Watched<R> {
    pub(super) fn new(inner: R) -> (Self, Arc<Mutex<Seen>>) {
        let seen = Arc::default();
        (Self { inner, seen: Arc::clone(&seen) }, seen)
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.sequences.look_at(&buffer[..read]);
        seen.has_other_bytes |= !buffer[..read].is_ascii();
        Ok(read)
    }
}

fn iso_2022(block: &[u8]) -> Option<&'static str> {
    memchr::memchr_iter(0x1b, block).find_map(|at| match &block[at + 1..] {
        [b'$', b')', b'C', ..] => Some("iso-2022-kr"),
        [b'$', b')', b'A' | b'G' | b'E', ..] | [b'$', b'*' | b'+', _, ..] => Some("iso-2022-cn"),
        [b'$', b'@' | b'B', ..] | [b'$', b'(', b'D', ..] | [b'(', b'I' | b'J', ..] => {
            Some("iso-2022-jp")
        }
        // Other sets of characters, in newer versions.
        [b'$', b'A', ..] | [b'$', b'(' | b')', b'@'..=b'Z', ..] | [b'.', b'A' | b'F', ..] => {
            Some("iso-2022-jp-2")
        }
        _ => None,
    })
}

/// HZ writes the characters of GB 2312 between `~{` and `~}`, without the highest bits.
fn hz(block: &[u8]) -> Option<&'static str> {
    memchr::memmem::find_iter(block, b"~{").find_map(|at| {
        let rest = &block[at + 2..];
        let rest = &rest[..rest.len().min(MOST_HZ_BYTES)];
        let rest = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        let text = &rest[..memchr::memmem::find(rest, b"~}")?];
        let is_pairs = !text.is_empty() && text.len().is_multiple_of(2);
        let is_gb_2312 = is_pairs && text.iter().all(|byte| (0x21..=0x7e).contains(byte)) && {
            let bytes: Vec<u8> = text.iter().map(|byte| byte | 0x80).collect();
            let decoded = GBK.decode_without_bom_handling_and_without_replacement(&bytes);
            bytes.iter().step_by(2).all(|first| *first <= 0xf7)
                && decoded.is_some_and(|text| {
                    !text.chars().any(|c| ('\u{e000}'..'\u{f900}').contains(&c))
                })
        };
        is_gb_2312.then_some("hz-gb-2312")
    })
}
