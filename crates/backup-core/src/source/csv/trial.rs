//! How a text decodes in one encoding.
//!
//! Text may be in an encoding but for some bytes: a cell that was cut within a character, or a byte that
//! was lost on the way. To take it for another encoding, in which it happens to be valid, would make
//! all of it another text.

use std::io::{self, Read};

use encoding_rs::{BIG5, Encoding, GB18030};

use super::encoding::{BLOCK_BYTES, Charset, Coding, Decoder, read_full};
use crate::error::{Error, Result};
use crate::monitor::{Monitor, checkpoint};

/// How a text decodes in one encoding.
pub(super) struct Trial {
    coding: Coding,
    decoder: Decoder,
    text: String,
    /// Characters of two bytes or more in UTF-8.
    pub(super) beyond_ascii: u64,
    invalid: u64,
    first_invalid: Option<u64>,
    /// Of GB18030 and Big5: characters of two bytes that texts mostly consist of, and others.
    common: u64,
    rare: u64,
    /// Common ones right behind another character of two bytes.
    adjacent: u64,
}

impl Trial {
    pub(super) fn of(coding: Coding) -> Self {
        let (decoder, text, first_invalid) = (Decoder::starting_at(coding, 0), String::new(), None);
        let [beyond_ascii, invalid, common, rare, adjacent] = [0; 5];
        Self { coding, decoder, text, beyond_ascii, invalid, first_invalid, common, rare, adjacent }
    }

    /// Reads all of an input.
    pub(super) fn read(coding: Coding, input: impl Read, monitor: &dyn Monitor) -> Result<Self> {
        let mut trial = Self::of(coding);
        chunks(input, monitor, |bytes, last| trial.step(bytes, last))?;
        Ok(trial)
    }

    pub(super) fn is_valid(&self) -> bool {
        self.invalid == 0
    }

    /// How many characters of two bytes there are.
    pub(super) fn pairs(&self) -> u64 {
        self.common + self.rare
    }

    /// Whether at most a tenth of them are not common.
    pub(super) fn is_mostly_common(&self) -> bool {
        self.rare * 10 <= self.pairs()
    }

    /// Where text that is not in this encoding first fails to be, if nearly all of it is: so many
    /// characters beyond ASCII are not in an encoding by chance. Those of two bytes have to be common ones,
    /// and next to each other, as accents in other text are not.
    pub(super) fn is_but_for_some_bytes(&self) -> Option<u64> {
        let (is_text, characters) = match self.coding == Charset::UTF_8.coding {
            true => (true, self.beyond_ascii),
            false => (self.is_mostly_common() && self.adjacent * 2 >= self.common, self.common),
        };
        let is_nearly_all = characters >= 4 && self.invalid * 4 <= characters;
        self.first_invalid.filter(|_| is_text && is_nearly_all)
    }

    /// Decodes the next bytes; those behind what is invalid only where the text may be in this encoding
    /// but for some bytes.
    pub(super) fn step(&mut self, mut bytes: &[u8], last: bool) {
        let lenient = [encoding_rs::UTF_8, GB18030, BIG5].map(Coding::Whatwg);
        let is_lenient = lenient.contains(&self.coding);
        while is_lenient || self.is_valid() {
            self.text.clear();
            let before = self.decoder.offset;
            let decoded = self.decoder.decode(bytes, last, &mut self.text);
            self.beyond_ascii += beyond_ascii(&self.text);
            self.count_pairs();
            let Err(offset) = decoded else { return };
            self.invalid += 1;
            self.first_invalid.get_or_insert(offset);
            bytes = &bytes[(self.decoder.offset - before) as usize..];
        }
    }

    fn count_pairs(&mut self) {
        let is_common: fn(u8, u8) -> bool = match self.coding {
            Coding::Whatwg(encoding) if encoding == GB18030 => {
                |first, second| (0xa1..=0xf7).contains(&first) && second >= 0xa1
            }
            Coding::Whatwg(encoding) if encoding == BIG5 => {
                |first, _| (0xa1..=0xc6).contains(&first)
            }
            _ => return,
        };
        let Coding::Whatwg(encoding) = self.coding else { return };
        let (bytes, ..) = encoding.encode(&self.text);
        let (mut rest, mut follows_pair) = (&bytes[..], false);
        loop {
            let ascii = Encoding::ascii_valid_up_to(rest);
            follows_pair &= ascii == 0;
            rest = match &rest[ascii..] {
                // A character of four bytes.
                [_, b'0'..=b'9', _, _, rest @ ..] => {
                    follows_pair = false;
                    rest
                }
                [first, second, rest @ ..] => {
                    let common = is_common(*first, *second);
                    self.common += u64::from(common);
                    self.rare += u64::from(!common);
                    self.adjacent += u64::from(common && follows_pair);
                    follows_pair = true;
                    rest
                }
                _ => return,
            };
        }
    }
}

/// How many characters of two bytes or more there are. A sum of bytes is many times as fast as a count.
fn beyond_ascii(text: &str) -> u64 {
    let count = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(*byte >= 0xc0)).sum::<u8>();
    text.as_bytes().chunks(u8::MAX.into()).map(|bytes| u64::from(count(bytes))).sum()
}

/// Calls `each` with the input's chunks, and whether one is the last.
pub(super) fn chunks(
    mut input: impl Read,
    monitor: &dyn Monitor,
    mut each: impl FnMut(&[u8], bool),
) -> Result<()> {
    let mut buffer = vec![0; BLOCK_BYTES];
    loop {
        checkpoint(monitor)?;
        let count = read_full(&mut input, &mut buffer).map_err(read_failed)?;
        let last = count < buffer.len();
        each(&buffer[..count], last);
        if last {
            return Ok(());
        }
    }
}

pub(super) fn read_failed(error: io::Error) -> Error {
    Error::read(error, None)
}
