//! Finding out the encoding of a CSV file, and what speaks against it.
//!
//! A wrong guess loses nothing, as the recipe brings the same bytes back; but the text would be
//! wrong. So whatever else the bytes could be is said; and what is UTF-8 but for some bytes, or in
//! an encoding that is rarely met, is not guessed at but asked for.

use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS, WINDOWS_1252};

use super::encoding::{Charset, Coding, Decoder, read_full};
use super::nearly;
use crate::error::{Error, Result};
use crate::monitor::{Monitor, checkpoint};

/// An encoding that was found out.
pub(super) struct Detected {
    pub(super) charset: Charset,
    /// Why this one was chosen, which others fit, and whether that matters: the end of a sentence
    /// that begins with what the text is read as. `None` if nothing else is likely.
    pub(super) doubt: Option<String>,
}

/// With so many characters outside ASCII, text that is valid UTF-8 is not in another encoding by
/// chance: two in a hundred Chinese texts of two characters are, and one in ten million of eight.
const CERTAIN: usize = 8;

/// Encodings whose characters lie where those of GB 2312 do, and that are told from it by how often
/// each occurs; and how many characters that takes.
const LIKE_CHINESE: [&Encoding; 2] = [EUC_KR, EUC_JP];
const TELLING: u64 = 16;

/// How much is read at a time, and how many such blocks are weighed by their letters.
pub(super) const BLOCK_BYTES: usize = 256 * 1024;
const ENOUGH_BLOCKS: u32 = 4;

/// How much of a text is looked at for the order of its bytes.
const BEGINNING_BYTES: u64 = 64 * 1024;

/// How much of a file is read before its encoding is supposed.
const ENOUGH_TO_SUPPOSE: u64 = 1024 * 1024;

/// What the beginning of a long file speaks for, if it is enough to read all of it that way: it is
/// UTF-8, and nothing in it looks like UTF-16 or UTF-32. Nearly always the rest is too, and the file is
/// then read once and not twice; whoever reads it sees if not.
pub(super) fn supposed(input: impl Read) -> Result<Option<Charset>> {
    let mut beginning = Vec::new();
    input.take(ENOUGH_TO_SUPPOSE).read_to_end(&mut beginning).map_err(read_failed)?;
    let is_long = beginning.len() as u64 == ENOUGH_TO_SUPPOSE;
    let is_marked = Charset::marked(&beginning).is_some();
    // The last character may be cut.
    let is_utf8 = Encoding::utf8_valid_up_to(&beginning) + 4 > beginning.len();
    let supposed = is_long && !is_marked && is_utf8 && !beginning.contains(&0);
    Ok(supposed.then_some(Charset::UTF_8))
}

/// Whether all of it is UTF-8.
pub(super) fn is_utf8(input: impl Read, monitor: &dyn Monitor) -> Result<bool> {
    is_valid(monitor, input, Charset::UTF_8.coding)
}

/// What speaks against UTF-8 where a text is valid in it and has so many characters beyond ASCII, up to
/// a few.
pub(super) fn doubt_of_utf8<R: Read>(
    beyond_ascii: usize,
    mut open: impl FnMut() -> Result<R>,
    monitor: &dyn Monitor,
) -> Result<Option<String>> {
    let is_short = (1..CERTAIN).contains(&beyond_ascii);
    let may_be_chinese = is_short
        && is_valid(monitor, open()?, gb18030())?
        && looks_chinese(monitor, open()?)?.is_some();
    let why = "as it is valid UTF-8, which other text hardly ever is";
    Ok(may_be_chinese.then(|| doubt(why, &["gb18030"], &[])))
}

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
    let utf8 = valid_utf8(monitor, open()?)?;
    if let Some(coding) = wide(&beginning, utf8.is_some())
        && is_valid(monitor, open()?, coding)?
    {
        let others = utf8.map_or(vec![], |_| vec!["utf-8"]);
        let why = "as its NUL bytes stand where that has them";
        return Ok(chosen(coding, doubt(why, &others, &[])));
    }
    if let Some(beyond_ascii) = utf8 {
        let doubt = doubt_of_utf8(beyond_ascii, open, monitor)?;
        return Ok(Detected { charset: Charset::UTF_8, doubt });
    }
    if let Some(offset) = nearly::utf8(monitor, open()?)? {
        return Err(but_for_some_bytes("UTF-8", offset, open()?));
    }
    let likeliest = likeliest(monitor, open()?)?;
    if is_valid(monitor, open()?, gb18030())?
        && let Some(characters) = looks_chinese(monitor, open()?)?
        && !(LIKE_CHINESE.contains(&likeliest) && characters >= TELLING)
    {
        let why = "as it is valid in that and looks like Chinese";
        let (others, same) = others(GB18030, &mut open, monitor)?;
        return Ok(chosen(gb18030(), doubt(why, &others, &same)));
    }
    let is_valid_in_it =
        is_common(likeliest) && is_valid(monitor, open()?, Coding::Whatwg(likeliest))?;
    // Every text is valid in an encoding of a byte a character. The letters of others than the common
    // ones come in pairs of bytes as well, by chance.
    let is_certain = is_valid_in_it && likeliest != WINDOWS_1252;
    if !is_certain && (is_common(likeliest) || likeliest == GB18030) {
        for (encoding, name) in nearly::TWO_BYTES {
            if let Some(offset) = nearly::two_bytes(monitor, open()?, &encoding)? {
                return Err(but_for_some_bytes(name, offset, open()?));
            }
        }
    }
    if !is_valid_in_it {
        return Err(Error::source(
            "the text is in no encoding that can be told from its bytes",
            "Say which encoding it is with --encoding, such as gb18030, big5 or shift_jis.",
        ));
    }
    let (others, same) = others(likeliest, &mut open, monitor)?;
    let why = "the likeliest by its letters";
    Ok(chosen(Coding::Whatwg(likeliest), doubt(why, &others, &same)))
}

fn but_for_some_bytes(encoding: &str, offset: u64, input: impl Read) -> Error {
    let error = Error::source(
        format!("the text is {encoding} but for some bytes, of which this is the first"),
        "Mend it in a copy of the file, or carry the file as it is with --as-file; if it is in \
         another encoding after all, say which with --encoding.",
    );
    // Where the bytes are is what counts, even if they can no longer be read.
    match nearly::line_of(offset, input) {
        Ok(line) => error.at_byte(offset).at_line(line),
        Err(_) => error.at_byte(offset),
    }
}

fn chosen(coding: Coding, doubt: String) -> Detected {
    Detected { charset: Charset { coding, bom: false }, doubt: Some(doubt) }
}

fn gb18030() -> Coding {
    Coding::Whatwg(GB18030)
}

/// The others that the text is valid in, and would be another text; and those that give the same.
type Others = (Vec<&'static str>, Vec<&'static str>);

fn others<R: Read>(
    chosen: &'static Encoding,
    open: &mut impl FnMut() -> Result<R>,
    monitor: &dyn Monitor,
) -> Result<Others> {
    let (mut others, mut same) = (Vec::new(), Vec::new());
    for encoding in [GB18030, BIG5, SHIFT_JIS, EUC_KR, EUC_JP] {
        if encoding != chosen && is_valid(monitor, open()?, Coding::Whatwg(encoding))? {
            others.push(encoding.name());
        }
    }
    // Every byte is a character in these two, and 32 of them are others.
    if chosen != WINDOWS_1252 {
        others.push("windows-1252");
    } else if has_c1(monitor, open()?)? {
        others.push("iso-8859-1");
    } else {
        same.push("iso-8859-1");
    }
    Ok((others, same))
}

fn doubt(why: &str, others: &[&str], same: &[&str]) -> String {
    let list = |names: &[&str]| names.join(", ").to_ascii_lowercase();
    let another = match others {
        [] => String::new(),
        _ => format!("; {} would fit as well, and give another text", list(others)),
    };
    let equal = match same {
        [] => String::new(),
        _ => format!("; {} would give the same", list(same)),
    };
    format!("{why}{another}{equal}; --encoding sets one")
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
        Coding::Whatwg(encoding_rs::UTF_16LE),
        Coding::Whatwg(encoding_rs::UTF_16BE),
    ];
    let ascii = |coding: &Coding| {
        // A character may be cut at the end of the beginning.
        let mut text = String::new();
        let whole = &beginning[..beginning.len() & !3];
        Decoder::starting_at(*coding, 0).decode(whole, false, &mut text).ok()?;
        let ascii = text.chars().filter(char::is_ascii).count();
        let enough = text.chars().count() * if is_utf8 { 6 } else { 1 };
        (!text.contains('\0') && ascii * 8 > enough).then_some(ascii)
    };
    candidates
        .into_iter()
        .filter_map(|coding| Some((ascii(&coding)?, coding)))
        .max_by_key(|(ascii, _)| *ascii)
        .map(|(_, coding)| coding)
}

fn read_failed(error: io::Error) -> Error {
    Error::read(error, None)
}

/// Calls `each` with the input's chunks, and whether one is the last; until it says `false`.
pub(super) fn chunks(
    mut input: impl Read,
    monitor: &dyn Monitor,
    mut each: impl FnMut(&[u8], bool) -> bool,
) -> Result<()> {
    let mut buffer = vec![0; BLOCK_BYTES];
    loop {
        checkpoint(monitor)?;
        let count = read_full(&mut input, &mut buffer).map_err(read_failed)?;
        let last = count < buffer.len();
        if !each(&buffer[..count], last) || last {
            return Ok(());
        }
    }
}

fn is_valid(monitor: &dyn Monitor, input: impl Read, coding: Coding) -> Result<bool> {
    let mut decoder = Decoder::starting_at(coding, 0);
    let mut scratch = String::new();
    let mut valid = true;
    chunks(input, monitor, |bytes, last| {
        scratch.clear();
        valid = decoder.decode(bytes, last, &mut scratch).is_ok();
        valid
    })?;
    Ok(valid)
}

/// How many characters beyond ASCII there are, counted up to [`CERTAIN`] or a little more; `None`
/// if it is not UTF-8.
fn valid_utf8(monitor: &dyn Monitor, input: impl Read) -> Result<Option<usize>> {
    let mut decoder = Decoder::starting_at(Charset::UTF_8.coding, 0);
    let mut scratch = String::new();
    let (mut valid, mut beyond) = (true, BeyondAscii::default());
    chunks(input, monitor, |bytes, last| {
        beyond.count(bytes);
        scratch.clear();
        valid = decoder.decode(bytes, last, &mut scratch).is_ok();
        valid
    })?;
    Ok(valid.then_some(beyond.0))
}

/// How many characters beyond ASCII UTF-8 has, counted up to [`CERTAIN`] or a little more.
#[derive(Debug, Default)]
pub(super) struct BeyondAscii(pub(super) usize);

impl BeyondAscii {
    pub(super) fn count(&mut self, bytes: &[u8]) {
        if self.0 < CERTAIN {
            let from = Encoding::ascii_valid_up_to(bytes);
            let begins = |byte: &&u8| **byte >= 0xc0;
            self.0 += bytes[from..].iter().filter(begins).take(CERTAIN).count();
        }
    }
}

/// How many two-byte characters valid GB18030 has, if at most a tenth of them are outside GB 2312.
fn looks_chinese(monitor: &dyn Monitor, input: impl Read) -> Result<Option<u64>> {
    let (mut common, mut rare) = (0u64, 0u64);
    // The first byte of a character, and how many bytes of one of four are still to come.
    let (mut lead, mut more) = (None, 0);
    chunks(input, monitor, |bytes, _| {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            if more > 0 {
                more -= 1;
                continue;
            }
            match lead.take() {
                None if byte <= 0x80 => at += Encoding::ascii_valid_up_to(&bytes[at..]),
                None => lead = Some(byte),
                Some(_) if byte.is_ascii_digit() => more = 2,
                Some(lead) if (0xa1..=0xf7).contains(&lead) && byte >= 0xa1 => common += 1,
                Some(_) => rare += 1,
            }
        }
        true
    })?;
    Ok((rare * 10 <= common + rare).then_some(common + rare))
}

/// What the letters of a text that is not UTF-8 speak for: the first that there are, as weighing them
/// takes much longer than reading them.
fn likeliest(monitor: &dyn Monitor, input: impl Read) -> Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut weighed = 0;
    chunks(input, monitor, |bytes, last| {
        if Encoding::ascii_valid_up_to(bytes) < bytes.len() {
            weighed += 1;
            detector.feed(bytes, last);
        }
        weighed < ENOUGH_BLOCKS
    })?;
    let likeliest = detector.guess(None, Utf8Detection::Deny);
    // The later standard has all of the earlier one.
    Ok(if likeliest == GBK { GB18030 } else { likeliest })
}

/// Whether files are commonly found in this encoding. That a text looks like any other is more likely
/// an accident.
fn is_common(encoding: &'static Encoding) -> bool {
    [BIG5, SHIFT_JIS, EUC_KR, EUC_JP, WINDOWS_1252].contains(&encoding)
}

/// Whether there is a byte that ISO-8859-1 has control characters for.
fn has_c1(monitor: &dyn Monitor, input: impl Read) -> Result<bool> {
    let mut has = false;
    chunks(input, monitor, |bytes, _| {
        has = bytes.iter().any(|byte| (0x80..0xa0).contains(byte));
        !has
    })?;
    Ok(has)
}
