//! Detects the encoding of a CSV file.
//!
//! A wrong guess loses nothing, because the recipe restores the same bytes. But the text would be
//! wrong. So all other encodings in which the bytes are valid are reported. A rare encoding is never
//! guessed. If a few bytes of a text cannot be decoded (a cell was cut within a character), this is an
//! error: in another encoding the text would be valid, but different.
//!
//! To add a multi-byte encoding, add it to `Legacy::survey`, which tries all of them in one pass.
//! `Legacy::choose` decides between the valid ones.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE,
    WINDOWS_1252,
};

use super::blocks::read_block;
use super::encoding::{Charset, Coding, Decoder};
use super::text::TextReader;
use crate::error::{Error, Remedy, Result};
use crate::i18n::{Message, message};
use crate::monitor::{Monitor, checkpoint};
use crate::source::MAX_RECORD_BYTES;
use crate::source::stable_file::StableFile;

/// The number of characters outside ASCII from which on valid UTF-8 is certain. Of the Chinese
/// texts in another encoding, two in a hundred with two characters are valid UTF-8 by chance, and
/// one in ten million with eight.
const CERTAIN: u64 = 8;

/// Encodings that use the same bytes as GB 2312. Only the frequencies of characters distinguish them.
const LIKE_CHINESE: [&Encoding; 2] = [EUC_KR, EUC_JP];
/// The minimum number of characters for which their frequencies are reliable.
const MIN_FOR_FREQUENCIES: u64 = 16;

/// The number of blocks that are passed to the detector. It takes much longer than reading them.
const ENOUGH_BLOCKS: u32 = 4;

/// The length of the beginning that is examined for NUL bytes, in bytes.
const BEGINNING_BYTES: u64 = 64 * 1024;

/// Detects the encoding by reading the whole file. If it is a guess, also returns a message with the
/// reason, and the other encodings that are possible.
///
/// A byte order mark decides. Without one, the order is: UTF-16 or UTF-32 if their NUL bytes are found;
/// UTF-8 if the text is valid, because other texts almost never are; GB18030 if the text is valid,
/// nearly all of its two-byte characters are in GB 2312, and their frequencies are not those of Korean
/// or Japanese; and then the encoding that is most likely by its letters.
pub(super) fn detect(
    file: &StableFile,
    monitor: &dyn Monitor,
) -> Result<(Charset, Option<Message>)> {
    let beginning = file.begins(BEGINNING_BYTES)?;
    if let Some(charset) = Charset::marked(&beginning) {
        return Ok((charset, None));
    }
    let [utf8] = trials([UTF_8.into()], file, monitor, |_, _| ())?;
    if let Some(coding) = wide(&beginning, utf8.is_valid()) {
        let [wide] = trials([coding], file, monitor, |_, _| ())?;
        if wide.is_valid() {
            let others: &[_] = if utf8.is_valid() { &["utf-8".into()] } else { &[] };
            return Ok(chosen(coding, message!("csv-guess-nul"), others));
        }
    }
    if utf8.is_valid_but_for_some_bytes() {
        return Err(undecodable(utf8.coding, file));
    }
    if utf8.is_valid() && (utf8.characters == 0 || utf8.characters >= CERTAIN) {
        return Ok((Charset::UTF_8, None));
    }
    let legacy = Legacy::survey(file, monitor)?;
    match utf8.is_valid() {
        true if legacy.chinese_characters().is_some() => {
            Ok(chosen(utf8.coding, message!("csv-guess-utf8"), &["gb18030".into()]))
        }
        true => Ok((Charset::UTF_8, None)),
        false => legacy.choose(file),
    }
}

/// A guessed encoding with its reason, and the other encodings in which the text is valid.
fn chosen(coding: Coding, why: Message, others: &[String]) -> (Charset, Option<Message>) {
    let others = others.join(", ");
    let doubt = match others.is_empty() {
        true => why,
        false => message!("csv-guess-others", why = why, others = others),
    };
    (Charset { coding, bom: false }, Some(doubt))
}

/// The error about the first byte that cannot be decoded. It is searched for before the records are
/// read, because otherwise the export would have to start again.
fn undecodable(coding: Coding, file: &StableFile) -> Error {
    let find = || {
        let charset = Charset { coding, bom: false };
        TextReader::new(file.open()?, charset, MAX_RECORD_BYTES)?.find_undecodable()
    };
    find().err().unwrap_or_else(|| file.changed())
}

/// UTF-16 or UTF-32 without a byte order mark: the encoding in which the beginning contains no NUL and
/// the most ASCII characters. At least an eighth of them must be ASCII, or three quarters if the text
/// is also valid UTF-8 with NULs.
fn wide(beginning: &[u8], is_utf8: bool) -> Option<Coding> {
    if !beginning.contains(&0) {
        return None;
    }
    let candidates = [
        Coding::Utf32 { little: true },
        Coding::Utf32 { little: false },
        Coding::Whatwg(UTF_16LE),
        Coding::Whatwg(UTF_16BE),
    ];
    let ascii = |coding: Coding| {
        // The last character may be cut.
        let mut text = String::new();
        let whole = &beginning[..beginning.len() & !3];
        Decoder::starting_at(coding, 0).decode(whole, false, &mut text).ok()?;
        let ascii = text.chars().filter(char::is_ascii).count();
        let enough = text.chars().count() * if is_utf8 { 6 } else { 1 };
        (!text.contains('\0') && ascii * 8 > enough).then_some((ascii, coding))
    };
    let likeliest = candidates.into_iter().filter_map(ascii).max_by_key(|(ascii, _)| *ascii);
    likeliest.map(|(_, coding)| coding)
}

/// The result of decoding a text in one encoding.
struct Trial {
    coding: Coding,
    decoder: Decoder,
    text: String,
    invalid: u64,
    /// Of UTF-8: characters outside ASCII. Of GB18030 and Big5: characters of two bytes.
    characters: u64,
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

    fn is_valid(&self) -> bool {
        self.invalid == 0
    }

    /// Whether at most a tenth of the characters are not common.
    fn is_mostly_common(&self) -> bool {
        self.common * 10 >= self.characters * 9
    }

    /// Whether the text is in this encoding except for some invalid bytes. So many valid multi-byte
    /// characters do not occur by chance. They must be common, and adjacent to each other; accented
    /// letters in other encodings are not.
    fn is_valid_but_for_some_bytes(&self) -> bool {
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
            // The first rows contain characters of Hong Kong. They are not counted, because they are
            // common in some texts.
            Coding::Whatwg(encoding) if encoding == BIG5 => {
                self.count_pairs(bytes, |first, _| (first > 0xa0).then_some(first <= 0xc6));
            }
            _ => {}
        }
    }

    /// Counts two-byte characters. `is_common` returns `None` for characters that are not counted. If a
    /// block begins within a character, or a byte is invalid, the count may be wrong up to the next
    /// ASCII character.
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
    // The first byte of every such character, and no other byte, is 0xc0 or more. Sums of one byte are
    // eight times as fast as larger ones.
    let sums = text
        .as_bytes()
        .chunks(usize::from(u8::MAX))
        .map(|bytes| bytes.iter().map(|byte| u8::from(*byte >= 0xc0)).sum::<u8>());
    sums.map(u64::from).sum()
}

/// Tries encodings on the whole file. Calls `each` with each block and whether it is the last.
fn trials<const COUNT: usize>(
    codings: [Coding; COUNT],
    file: &StableFile,
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

/// The results for encodings older than Unicode.
struct Legacy {
    /// The results for multi-byte encodings.
    trials: [Trial; 5],
    /// The encoding that is most likely by its letters.
    likeliest: &'static Encoding,
    /// Whether there is a byte that is a control character in ISO-8859-1.
    has_c1: bool,
}

impl Legacy {
    fn survey(file: &StableFile, monitor: &dyn Monitor) -> Result<Self> {
        let codings = [GB18030, BIG5, SHIFT_JIS, EUC_KR, EUC_JP].map(Coding::from);
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let (mut weighed, mut has_c1) = (0, false);
        let trials = trials(codings, file, monitor, |bytes, is_last| {
            if weighed < ENOUGH_BLOCKS && !bytes.is_ascii() {
                weighed += 1;
                detector.feed(bytes, is_last);
            }
            has_c1 |= bytes.iter().any(|byte| (0x80..0xa0).contains(byte));
        })?;
        // GB18030 includes GBK.
        let likeliest = match detector.guess(None, Utf8Detection::Deny) {
            encoding if encoding == GBK => GB18030,
            encoding => encoding,
        };
        Ok(Self { trials, likeliest, has_c1 })
    }

    /// The number of two-byte characters, if the text is valid GB18030 and at most a tenth of them are
    /// outside GB 2312.
    fn chinese_characters(&self) -> Option<u64> {
        let [gb18030, ..] = &self.trials;
        (gb18030.is_valid() && gb18030.is_mostly_common()).then_some(gb18030.characters)
    }

    fn choose(&self, file: &StableFile) -> Result<(Charset, Option<Message>)> {
        let likeliest = self.likeliest;
        if let Some(characters) = self.chinese_characters()
            && !(LIKE_CHINESE.contains(&likeliest) && characters >= MIN_FOR_FREQUENCIES)
        {
            return Ok(self.chosen(GB18030, message!("csv-guess-chinese")));
        }
        // Every text is valid in a single-byte encoding. If a text seems to be in a rare encoding, this
        // is probably an accident.
        let is_western = likeliest == WINDOWS_1252;
        let tried = self.trials.iter().find(|trial| trial.coding == likeliest.into());
        let is_valid = likeliest != GB18030 && tried.is_some_and(Trial::is_valid);
        // In rare encodings, letters also occur in pairs of bytes by chance.
        if !is_valid && (is_western || tried.is_some()) {
            let damaged = self.trials.iter().find(|trial| trial.is_valid_but_for_some_bytes());
            if let Some(trial) = damaged {
                return Err(undecodable(trial.coding, file));
            }
        }
        if !is_valid && !is_western {
            let error = message!("csv-no-encoding");
            let error = Error::source(error, message!("csv-no-encoding-hint"));
            return Err(error.remedy(Remedy::Encoding));
        }
        Ok(self.chosen(
            likeliest,
            match is_western && !self.has_c1 {
                true => message!("csv-guess-western"),
                false => message!("csv-guess-letters"),
            },
        ))
    }

    /// The encoding, and the other encodings in which the text is valid but different.
    fn chosen(&self, encoding: &'static Encoding, why: Message) -> (Charset, Option<Message>) {
        let coding = encoding.into();
        let others = self.trials.iter().map(|trial| (trial.is_valid(), trial.coding));
        let c1 = self.has_c1 && encoding == WINDOWS_1252;
        let others =
            others.chain([(encoding != WINDOWS_1252, WINDOWS_1252.into()), (c1, Coding::Latin1)]);
        let others = others.filter(|(fits, other)| *fits && *other != coding);
        let others: Vec<_> =
            others.map(|(_, coding)| Charset { coding, bom: false }.name()).collect();
        chosen(coding, why, &others)
    }
}
