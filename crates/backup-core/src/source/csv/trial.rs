//! Decodes a whole file in several encodings at once, and counts what speaks for each.

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8};

use super::blocks::read_block;
use super::encoding::{Charset, Coding, Decoder};
use super::examined::Examined;
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint};

/// The result of decoding a text in one encoding.
pub(super) struct Trial {
    pub(super) coding: Coding,
    decoder: Decoder,
    text: String,
    pub(super) invalid: u64,
    /// Of UTF-8: characters outside ASCII. Of GB18030 and Big5: characters of two bytes.
    pub(super) characters: u64,
    /// The number of these that are common in texts.
    common: u64,
    /// The number of common characters that directly follow another two-byte character.
    adjacent: u64,
}

impl Trial {
    fn new(coding: Coding) -> Self {
        let (decoder, text) = (Decoder::starting_at(coding, 0), String::new());
        let [invalid, characters, common, adjacent] = [0; 4];
        Self { coding, decoder, text, invalid, characters, common, adjacent }
    }

    pub(super) fn is_valid(&self) -> bool {
        self.invalid == 0
    }

    /// Whether at most a tenth of the characters are not common.
    pub(super) fn is_mostly_common(&self) -> bool {
        self.common * 10 >= self.characters * 9
    }

    /// Whether the text is in this encoding except for some invalid bytes. So many valid multi-byte
    /// characters do not occur by chance. They must be common, and adjacent to each other; accented
    /// letters in other encodings are not.
    pub(super) fn is_valid_but_for_some_bytes(&self) -> bool {
        (1..=self.common / 4).contains(&self.invalid)
            && self.is_mostly_common()
            && self.adjacent * 2 >= self.common
    }

    /// Tries the next bytes, unless too many bytes are invalid already. One is too many in
    /// encodings whose characters are not counted; these may also not be decoded further after an
    /// error.
    fn step(&mut self, bytes: &[u8], is_last: bool) {
        let is_counted = [UTF_8, GB18030, BIG5].map(Coding::from).contains(&self.coding);
        let mut rest = bytes;
        while self.invalid <= if is_counted { 1000 + self.common } else { 0 } {
            self.text.clear();
            let before = self.decoder.offset;
            let decoded = self.decoder.decode(rest, is_last, &mut self.text);
            if self.coding == Charset::UTF_8.coding {
                self.characters += characters_outside_ascii(&self.text);
                (self.common, self.adjacent) = (self.characters, self.characters);
            }
            if decoded.is_ok() {
                break;
            }
            self.invalid += 1;
            rest = &rest[(self.decoder.offset - before) as usize..];
        }
        match self.coding {
            Coding::Whatwg(encoding) if encoding == GB18030 => {
                self.count_pairs(bytes, |first, second| {
                    Some((0xa1..=0xf7).contains(&first) && second >= 0xa1)
                });
            }
            // The first rows contain characters of Hong Kong. They are not counted, because they
            // are common in some texts.
            Coding::Whatwg(encoding) if encoding == BIG5 => {
                self.count_pairs(bytes, |first, _| (first > 0xa0).then_some(first <= 0xc6));
            }
            _ => {}
        }
    }

    /// Counts two-byte characters. `is_common` returns `None` for characters that are not counted.
    /// If a block begins within a character, or a byte is invalid, the count may be wrong up to the
    /// next ASCII character.
    fn count_pairs(&mut self, bytes: &[u8], is_common: fn(u8, u8) -> Option<bool>) {
        let (mut rest, mut follows_pair) = (bytes, false);
        loop {
            let ascii = Encoding::ascii_valid_up_to(rest);
            follows_pair &= ascii == 0;
            rest = match &rest[ascii..] {
                [first, second, rest @ ..] if *second >= 0x40 => {
                    let common = is_common(*first, *second);
                    self.characters += u64::from(common.is_some());
                    self.common += u64::from(common == Some(true));
                    self.adjacent += u64::from(common == Some(true) && follows_pair);
                    follows_pair = true;
                    rest
                }
                // Half of a four-byte character, or an invalid byte.
                [_, rest @ ..] => {
                    follows_pair = false;
                    rest
                }
                [] => break,
            };
        }
    }
}

/// The number of characters outside ASCII.
fn characters_outside_ascii(text: &str) -> u64 {
    // The first byte of every such character, and no other byte, is 0xc0 or more. Sums of one byte
    // are eight times as fast as larger ones.
    let sums = text
        .as_bytes()
        .chunks(usize::from(u8::MAX))
        .map(|bytes| bytes.iter().map(|byte| u8::from(*byte >= 0xc0)).sum::<u8>());
    sums.map(u64::from).sum()
}

/// Tries encodings on the whole file. Calls `each` with each block and whether it is the last.
pub(super) fn trials<const COUNT: usize>(
    codings: [Coding; COUNT],
    file: Examined<'_>,
    monitor: &dyn Monitor,
    mut each: impl FnMut(&[u8], bool),
) -> Result<[Trial; COUNT]> {
    let mut trials = codings.map(Trial::new);
    let (mut input, mut block, mut is_last) = (file.open()?, Vec::new(), false);
    while !is_last {
        checkpoint(monitor)?;
        is_last = read_block(&mut input, &mut block)?;
        trials.iter_mut().for_each(|trial| trial.step(&block, is_last));
        each(&block, is_last);
    }
    Ok(trials)
}
