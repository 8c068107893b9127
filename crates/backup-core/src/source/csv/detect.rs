//! Finding out the encoding of a CSV file, and what speaks against it.
//!
//! A wrong guess loses nothing, as the recipe brings the same bytes back; but the text would be
//! wrong. So every other encoding that the bytes could be in is reported; and what is UTF-8 but for
//! some bytes, or in an encoding that is rarely met, is not guessed at but asked for.

use std::io::Read;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1252,
};

use super::encoding::{Charset, Coding, Decoder};
use super::text::line_of;
use super::trial::{Trial, chunks, read_failed};
use crate::error::{Error, Remedy, Result};
use crate::i18n::{Message, message};
use crate::monitor::Monitor;

/// An encoding that was found out.
pub(super) struct Detected {
    pub(super) charset: Charset,
    /// Why this one was chosen, and which others fit. `None` if nothing else is likely.
    pub(super) doubt: Option<Message>,
}

/// With so many characters outside ASCII, text that is valid UTF-8 is not in another encoding by
/// chance: two in a hundred Chinese texts of two characters are, and one in ten million of eight.
const CERTAIN: u64 = 8;

/// Encodings whose characters lie where those of GB 2312 do, and that are distinguished from it
/// by their frequencies; and how many characters that takes.
const LIKE_CHINESE: [&Encoding; 2] = [EUC_KR, EUC_JP];
const TELLING: u64 = 16;

/// How many blocks are weighed by their letters: that takes much longer than reading them.
const ENOUGH_BLOCKS: u32 = 4;

/// How much of a text is examined for the order of its bytes.
const BEGINNING_BYTES: u64 = 64 * 1024;

/// Finds out the encoding by reading all of the input, which `open` opens.
///
/// A byte order mark decides; then NUL bytes where UTF-16 or UTF-32 has them; then UTF-8, which
/// other text is hardly ever valid in by chance; then GB18030, if the text is valid in it and
/// nearly all of its two-byte characters are among those of GB 2312, and do not speak for Korean or
/// Japanese; then whichever encoding is the likeliest by its letters. What is UTF-8, GB18030 or Big5 but
/// for some bytes is none of these, and an error.
pub(super) fn detect<R: Read>(
    mut open: impl FnMut() -> Result<R>,
    monitor: &dyn Monitor,
) -> Result<Detected> {
    let mut beginning = Vec::new();
    open()?.take(BEGINNING_BYTES).read_to_end(&mut beginning).map_err(read_failed)?;
    if let Some(charset) = Charset::marked(&beginning) {
        return Ok(Detected { charset, doubt: None });
    }
    let utf8 = Trial::read(Charset::UTF_8.coding, open()?, monitor)?;
    if let Some(coding) = wide(&beginning, utf8.is_valid())
        && Trial::read(coding, open()?, monitor)?.is_valid()
    {
        let others: &[_] = if utf8.is_valid() { &["utf-8"] } else { &[] };
        return Ok(chosen(coding, message!("csv-guess-nul"), others, &[]));
    }
    if utf8.is_valid() {
        let may_be_chinese = (1..CERTAIN).contains(&utf8.beyond_ascii)
            && Legacy::survey(open()?, monitor)?.chinese_characters().is_some();
        return Ok(match may_be_chinese {
            true => chosen(Charset::UTF_8.coding, message!("csv-guess-utf8"), &["gb18030"], &[]),
            false => Detected { charset: Charset::UTF_8, doubt: None },
        });
    }
    let (offset, encoding) = match utf8.is_but_for_some_bytes() {
        Some(offset) => (offset, message!("csv-utf8")),
        None => match Legacy::survey(open()?, monitor)?.choose()? {
            Choice::Encoding(detected) => return Ok(detected),
            Choice::ButForSomeBytes(offset, encoding) => (offset, encoding),
        },
    };
    let why = message!("csv-but-for-some-bytes", encoding = encoding);
    let error = Error::source(why, message!("csv-undecodable-hint"));
    let error = error.remedy(Remedy::Encoding).at_byte(offset);
    // Where the bytes are is what counts, even if they can no longer be read.
    Err(match line_of(offset, open()?) {
        Ok(line) => error.at_line(line),
        Err(_) => error,
    })
}

/// An encoding, why it was chosen, the others that give another text, and those that give the same.
fn chosen(coding: Coding, why: Message, others: &[&str], same: &[&str]) -> Detected {
    let list = |names: &[&str]| names.join(", ").to_ascii_lowercase();
    let doubt = match (others, same) {
        ([], []) => why,
        (_, []) => message!("csv-guess-others", why = why, others = list(others)),
        ([], _) => message!("csv-guess-same", why = why, same = list(same)),
        _ => message!("csv-guess-both", why = why, others = list(others), same = list(same)),
    };
    Detected { charset: Charset { coding, bom: false }, doubt: Some(doubt) }
}

/// UTF-16 or UTF-32 without a mark: the one in which the beginning has no NUL and the most ASCII.
/// That is an eighth of it at least, or three quarters if it could be UTF-8 that holds NULs.
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
        // A character may be cut at the end of the beginning.
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

/// What speaks for the encodings from before Unicode, found out in one go.
struct Legacy {
    /// Encodings of several bytes a character.
    trials: [(&'static Encoding, Trial); 5],
    /// By the letters that come first.
    likeliest: &'static Encoding,
    /// Whether there is a byte that ISO-8859-1 has control characters for.
    has_c1: bool,
}

enum Choice {
    Encoding(Detected),
    /// Where the first invalid bytes are, and of which encoding the text is.
    ButForSomeBytes(u64, Message),
}

impl Legacy {
    fn survey(input: impl Read, monitor: &dyn Monitor) -> Result<Self> {
        let encodings = [GB18030, BIG5, SHIFT_JIS, EUC_KR, EUC_JP];
        let mut trials = encodings.map(|encoding| (encoding, Trial::of(Coding::Whatwg(encoding))));
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let (mut weighed, mut has_c1) = (0, false);
        chunks(input, monitor, |bytes, last| {
            trials.iter_mut().for_each(|(_, trial)| trial.step(bytes, last));
            if weighed < ENOUGH_BLOCKS && Encoding::ascii_valid_up_to(bytes) < bytes.len() {
                weighed += 1;
                detector.feed(bytes, last);
            }
            has_c1 |= bytes.iter().any(|byte| (0x80..0xa0).contains(byte));
        })?;
        // The later standard has all of the earlier one.
        let likeliest = match detector.guess(None, Utf8Detection::Deny) {
            encoding if encoding == GBK => GB18030,
            encoding => encoding,
        };
        Ok(Self { trials, likeliest, has_c1 })
    }

    fn is_valid(&self, encoding: &'static Encoding) -> bool {
        self.trials.iter().any(|(one, trial)| *one == encoding && trial.is_valid())
    }

    /// How many two-byte characters the text has, if it is valid GB18030 and at most a tenth of them
    /// are outside GB 2312.
    fn chinese_characters(&self) -> Option<u64> {
        let [(_, gb18030), ..] = &self.trials;
        (gb18030.is_valid() && gb18030.is_mostly_common()).then(|| gb18030.pairs())
    }

    fn choose(&self) -> Result<Choice> {
        let likeliest = self.likeliest;
        if let Some(characters) = self.chinese_characters()
            && !(LIKE_CHINESE.contains(&likeliest) && characters >= TELLING)
        {
            return Ok(Choice::Encoding(self.chosen(GB18030, message!("csv-guess-chinese"))));
        }
        // Every text is valid in an encoding of a byte a character. That a text looks like one in a rare
        // encoding is more likely an accident.
        let is_western = likeliest == WINDOWS_1252;
        let is_valid = likeliest != GB18030 && self.is_valid(likeliest);
        let is_common = self.trials.iter().any(|(encoding, _)| *encoding == likeliest);
        // The letters of others than the common ones come in pairs of bytes as well, by chance.
        if !is_valid && (is_western || is_common) {
            let [(_, gb18030), (_, big5), ..] = &self.trials;
            if let Some(offset) = gb18030.is_but_for_some_bytes() {
                return Ok(Choice::ButForSomeBytes(offset, message!("csv-gb18030")));
            }
            if let Some(offset) = big5.is_but_for_some_bytes() {
                return Ok(Choice::ButForSomeBytes(offset, message!("csv-big5")));
            }
        }
        if !is_valid && !is_western {
            let error = message!("csv-no-encoding");
            let error = Error::source(error, message!("csv-no-encoding-hint"));
            return Err(error.remedy(Remedy::Encoding));
        }
        Ok(Choice::Encoding(self.chosen(likeliest, message!("csv-guess-letters"))))
    }

    /// The encoding, and the others that the text is valid in, and would be another text; or the same.
    fn chosen(&self, encoding: &'static Encoding, why: Message) -> Detected {
        let others = self.trials.iter().filter(|(one, trial)| trial.is_valid() && *one != encoding);
        let mut others: Vec<&str> = others.map(|(other, _)| other.name()).collect();
        let mut same = Vec::new();
        // Every byte is a character in these two, and 32 of them are others.
        match (encoding == WINDOWS_1252, self.has_c1) {
            (false, _) => others.push("windows-1252"),
            (true, true) => others.push("iso-8859-1"),
            (true, false) => same.push("iso-8859-1"),
        }
        chosen(Coding::Whatwg(encoding), why, &others, &same)
    }
}
