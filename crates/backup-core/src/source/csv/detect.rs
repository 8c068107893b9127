//! Detects the encoding of a CSV file.
//!
//! A wrong guess loses nothing, because the recipe restores the same bytes. But the text would be
//! wrong. So all other encodings in which the bytes are valid are reported. A rare encoding is
//! never guessed. If a few bytes of a text cannot be decoded (a cell was cut within a character),
//! this is an error: in another encoding the text would be valid, but different.
//!
//! `trial` decodes the file in all multi-byte encodings at once, and `legacy` decides between those
//! that are older than Unicode.

use std::sync::Arc;

use encoding_rs::{ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

use super::encoding::{Charset, Coding, Decoder};
use super::examined::Examined;
use super::guess::{Detected, Usual, undecodable};
use super::legacy::Legacy;
use super::shift_sequences::ShiftSequences;
use super::trial::trials;
use crate::error::{Error, Result};
use crate::finding::Remedy;
use crate::i18n::message;
use crate::monitor::Monitor;

/// The number of characters outside ASCII from which on valid UTF-8 is certain. Of the Chinese
/// texts in another encoding, two in a hundred with two characters are valid UTF-8 by chance, and
/// one in ten million with eight.
const CERTAIN: u64 = 8;

/// The length of the beginning that is examined for NUL bytes, in bytes.
const BEGINNING_BYTES: u64 = 64 * 1024;

/// Detects the encoding by reading the whole file, or the beginning of a stream.
///
/// A byte order mark decides. Without one, the order is: UTF-16 or UTF-32 if their NUL bytes are
/// found; UTF-8 if the text is valid, because other texts almost never are, unless it consists of
/// ASCII with the escape sequences of other encodings; and then the encoding that is most likely.
/// `usual` returns the encodings of other files beside it. If there is one, it decides between
/// encodings that are almost equally likely.
pub(super) fn detect<'u>(
    file: Examined<'_>,
    usual: &dyn Fn() -> &'u [Usual],
    monitor: &dyn Monitor,
) -> Result<Detected> {
    let beginning = file.begins(BEGINNING_BYTES)?;
    if let Some(charset) = Charset::marked(&beginning) {
        return Ok(Detected::certain(charset));
    }
    let mut sequences = ShiftSequences::default();
    let [utf8] = trials([UTF_8.into()], file, monitor, |block, _| sequences.look_at(block))?;
    if let Some(coding) = wide(&beginning, utf8.is_valid()) {
        let [wide] = trials([coding], file, monitor, |_, _| ())?;
        if wide.is_valid() {
            let others = utf8.is_valid().then(|| "utf-8".to_owned()).into_iter().collect();
            return Ok(Detected::guess(coding, message!("csv-guess-nul"), others));
        }
    }
    if utf8.is_valid_but_for_some_bytes() {
        return Err(undecodable(utf8.coding, file));
    }
    if utf8.is_valid() && utf8.characters == 0 {
        return shifted(&sequences, file, monitor);
    }
    if utf8.is_valid() && utf8.characters >= CERTAIN {
        return Ok(Detected::certain(Charset::UTF_8));
    }
    let legacy = Legacy::survey(file, monitor)?;
    match utf8.is_valid() {
        true if legacy.may_be_chinese() => {
            Ok(Detected::guess(utf8.coding, message!("csv-guess-utf8"), vec!["gb18030".into()]))
        }
        true => Ok(Detected::certain(Charset::UTF_8)),
        false => legacy.choose(&utf8, file, usual),
    }
}

/// Detects the encoding of a stream from its beginning. If that is not all, only whole lines of it
/// are examined, and a guess is not certain.
pub(super) fn detect_beginning(
    beginning: &[u8],
    is_whole: bool,
    monitor: &dyn Monitor,
) -> Result<Detected> {
    let end = match memchr::memrchr2(b'\n', b'\r', beginning) {
        _ if is_whole => beginning.len(),
        // Characters of several bytes may contain this byte.
        _ if beginning.contains(&0) => beginning.len() & !3,
        Some(at) => at + 1,
        None => return Ok(Detected::certain(Charset::UTF_8)),
    };
    let beginning: Arc<[u8]> = beginning[..end].into();
    let detected = detect(Examined::Beginning(&beginning), &|| &[], monitor)?;
    let is_of_beginning = !is_whole && detected.doubt.is_some();
    Ok(Detected { is_of_beginning, ..detected })
}

/// The encoding of a text in ASCII, which may contain the escape sequences of another encoding.
fn shifted(
    sequences: &ShiftSequences,
    file: Examined<'_>,
    monitor: &dyn Monitor,
) -> Result<Detected> {
    let Some(encoding) = sequences.encoding() else {
        return Ok(Detected::certain(Charset::UTF_8));
    };
    if encoding == "iso-2022-jp" {
        let [trial] = trials([ISO_2022_JP.into()], file, monitor, |_, _| ())?;
        if trial.is_valid() {
            let why = message!("csv-guess-escapes");
            return Ok(Detected::guess(trial.coding, why, vec!["utf-8".into()]));
        }
    }
    let error = message!("csv-escapes", encoding = encoding);
    let error = Error::source(error, message!("csv-escapes-hint"));
    Err(error.remedy(Remedy::Encoding))
}

/// UTF-16 or UTF-32 without a byte order mark: the encoding in which the beginning contains no NUL
/// and the most ASCII characters. At least an eighth of them must be ASCII, or three quarters if
/// the text is also valid UTF-8 with NULs.
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
