//! Text encodings of CSV files: found out, decoded strictly, and encoded again.

use std::io::{self, Read};

use encoding_rs::{DecoderResult, Encoding};

use crate::error::{Error, ErrorKind, Result};

/// How text is made of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// One of the encodings of the WHATWG's standard.
    Whatwg(&'static Encoding),
    /// UTF-32, which the standard has not: four bytes a character, the lowest or highest first.
    Utf32 { little: bool },
}

/// An encoding, and whether the file begins with its byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charset {
    pub(crate) coding: Coding,
    pub(crate) bom: bool,
}

impl Charset {
    /// UTF-8 without a mark.
    pub(crate) const UTF_8: Self = Self { coding: Coding::Whatwg(encoding_rs::UTF_8), bom: false };

    /// The encoding whose byte order mark a text begins with. The mark of UTF-32LE is also that of
    /// UTF-16LE before a NUL, which text does not begin with.
    pub(crate) fn marked(begins: &[u8]) -> Option<Self> {
        let coding = match begins {
            [0xff, 0xfe, 0, 0, ..] => Coding::Utf32 { little: true },
            [0, 0, 0xfe, 0xff, ..] => Coding::Utf32 { little: false },
            _ => Coding::Whatwg(Encoding::for_bom(begins)?.0),
        };
        Some(Self { coding, bom: true })
    }

    /// The name that an archive uses: WHATWG's in lower case, `utf-32le` or `utf-32be`.
    pub(crate) fn name(&self) -> String {
        match self.coding {
            Coding::Whatwg(encoding) => encoding.name().to_ascii_lowercase(),
            Coding::Utf32 { little: true } => "utf-32le".into(),
            Coding::Utf32 { little: false } => "utf-32be".into(),
        }
    }

    pub(crate) fn is_utf8(&self) -> bool {
        self.coding == Self::UTF_8.coding
    }

    /// The byte order mark that the file begins with.
    pub(crate) fn bom_bytes(&self) -> &'static [u8] {
        match self.name().as_str() {
            _ if !self.bom => b"",
            "utf-8" => b"\xef\xbb\xbf",
            "utf-16le" => b"\xff\xfe",
            "utf-16be" => b"\xfe\xff",
            "utf-32le" => b"\xff\xfe\0\0",
            "utf-32be" => b"\0\0\xfe\xff",
            _ => b"",
        }
    }

    /// The encoding of this name, in any spelling that WHATWG lists.
    ///
    /// `utf-16` and `utf-32` leave the order of bytes to the mark. Another encoding's mark is
    /// refused: almost any bytes decode in most encodings, and would be other text.
    pub(crate) fn named(name: &str, begins: &[u8]) -> Result<Self> {
        let marked = Self::marked(begins);
        let coding = match (name.to_ascii_lowercase().as_str(), marked.map(|mark| mark.coding)) {
            ("utf-32", Some(coding @ Coding::Utf32 { .. })) => coding,
            ("utf-16", Some(coding @ Coding::Whatwg(_))) if coding != Self::UTF_8.coding => coding,
            ("utf-32le" | "utf-32", _) => Coding::Utf32 { little: true },
            ("utf-32be", _) => Coding::Utf32 { little: false },
            _ => Coding::Whatwg(Encoding::for_label(name.as_bytes()).ok_or_else(|| unknown(name))?),
        };
        let given = Self { coding, bom: true };
        let bom = !given.bom_bytes().is_empty() && begins.starts_with(given.bom_bytes());
        match marked {
            Some(mark) if !bom => Err(Error::source(
                format!("it begins with the mark of {}, and is said to be {name}", mark.name()),
                "Leave out --encoding for this file, or carry it with --as-file.",
            )),
            _ => Ok(Self { coding, bom }),
        }
    }
}

/// Whether CSV files can be read in an encoding of this name.
pub fn is_encoding(name: &str) -> bool {
    Charset::named(name, b"").is_ok()
}

fn unknown(name: &str) -> Error {
    Error::new(ErrorKind::Option {
        why: format!("{name} is not an encoding that this program knows"),
        hint: "Try utf-8, gb18030, big5, shift_jis, euc-kr, windows-1252, utf-16le or utf-32le."
            .into(),
    })
}

/// An encoding that was found out.
pub(crate) struct Detected {
    pub(crate) charset: Charset,
    /// Which other encodings would have given another text that is as likely, and why this one was
    /// chosen: the end of a sentence that begins with what the text is read as.
    pub(crate) doubt: Option<String>,
}

/// With so many characters outside ASCII, text that is valid UTF-8 is not in another encoding by
/// chance: two in a hundred Chinese texts of two characters are, and one in ten million of eight.
const CERTAIN: usize = 8;

/// Finds out the encoding by reading all of the input, which `open` opens.
///
/// A byte order mark decides; then UTF-8, which other text is hardly ever valid in by chance; then
/// GB18030, if the text is valid in it and looks like Chinese: nearly all of its two-byte
/// characters are among those of GB 2312. Text in Latin-1, Shift_JIS or Big5 is often valid, but
/// does not look so.
pub(crate) fn detect<R: Read>(mut open: impl FnMut() -> Result<R>) -> Result<Detected> {
    let mut begins = [0; 4];
    let count = read_full(&mut open()?, &mut begins).map_err(read_failed)?;
    if let Some(charset) = Charset::marked(&begins[..count]) {
        return Ok(Detected { charset, doubt: None });
    }
    let gb18030 = Coding::Whatwg(encoding_rs::GB18030);
    if let Some(beyond_ascii) = valid_utf8(open()?)? {
        let unsure = (1..CERTAIN).contains(&beyond_ascii);
        let doubt = if unsure && is_valid(open()?, gb18030)? && looks_chinese(open()?)? {
            let why = "as it is valid UTF-8, which other text hardly ever is";
            Some(doubt(why, &["gb18030"], beyond_ascii))
        } else {
            None
        };
        return Ok(Detected { charset: Charset::UTF_8, doubt });
    }
    if is_valid(open()?, gb18030)? && looks_chinese(open()?)? {
        let mut others = Vec::new();
        for encoding in [encoding_rs::BIG5, encoding_rs::SHIFT_JIS, encoding_rs::EUC_KR] {
            if is_valid(open()?, Coding::Whatwg(encoding))? {
                others.push(encoding.name());
            }
        }
        // Every byte is a character in it.
        others.push(encoding_rs::WINDOWS_1252.name());
        let why = "as it is valid in that and looks like Chinese";
        let charset = Charset { coding: gb18030, bom: false };
        return Ok(Detected { charset, doubt: Some(doubt(why, &others, 2)) });
    }
    Err(Error::source(
        "the text is not UTF-8, and does not look like GB18030",
        "Say which encoding it is with --encoding, such as windows-1252, big5 or shift_jis.",
    ))
}

fn doubt(why: &str, others: &[&str], characters: usize) -> String {
    let others = others.join(", ").to_ascii_lowercase();
    let text = if characters == 1 { "one character" } else { "its text" };
    format!("{why}; it would be valid in {others} too, with {text} another; --encoding sets one")
}

fn read_failed(error: io::Error) -> Error {
    Error::read(error, None)
}

/// Calls `each` with the input's chunks, and whether one is the last; until it says `false`.
fn chunks(mut input: impl Read, mut each: impl FnMut(&[u8], bool) -> bool) -> Result<()> {
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = read_full(&mut input, &mut buffer).map_err(read_failed)?;
        let last = count < buffer.len();
        if !each(&buffer[..count], last) || last {
            return Ok(());
        }
    }
}

fn is_valid(input: impl Read, coding: Coding) -> Result<bool> {
    let mut decoder = Decoder::starting_at(coding, 0);
    let mut scratch = String::new();
    let mut valid = true;
    chunks(input, |bytes, last| {
        scratch.clear();
        valid = decoder.decode(bytes, last, &mut scratch).is_ok();
        valid
    })?;
    Ok(valid)
}

/// How many characters beyond ASCII there are, counted up to [`CERTAIN`]; `None` if it is not UTF-8.
fn valid_utf8(input: impl Read) -> Result<Option<usize>> {
    let mut decoder = Decoder::starting_at(Charset::UTF_8.coding, 0);
    let mut scratch = String::new();
    let (mut valid, mut beyond) = (true, 0);
    chunks(input, |bytes, last| {
        if beyond < CERTAIN {
            let from = Encoding::ascii_valid_up_to(bytes);
            let begins = |byte: &&u8| **byte >= 0xc0;
            beyond += bytes[from..].iter().filter(begins).take(CERTAIN).count();
        }
        scratch.clear();
        valid = decoder.decode(bytes, last, &mut scratch).is_ok();
        valid
    })?;
    Ok(valid.then_some(beyond))
}

/// Whether at most a tenth of the two-byte characters of valid GB18030 are outside GB 2312.
fn looks_chinese(input: impl Read) -> Result<bool> {
    let (mut common, mut rare) = (0u64, 0u64);
    let mut pending: Vec<u8> = Vec::new();
    chunks(input, |bytes, _| {
        for byte in bytes {
            match (pending.as_slice(), byte) {
                ([], 0..=0x80) => {}
                ([], _) => pending.push(*byte),
                // The second byte of four: the third and fourth follow.
                ([_], 0x30..=0x39) | ([_, _], _) => pending.push(*byte),
                ([lead], trail) => {
                    let in_gb2312 = (0xa1..=0xf7).contains(lead) && *trail >= 0xa1;
                    *(if in_gb2312 { &mut common } else { &mut rare }) += 1;
                    pending.clear();
                }
                _ => pending.clear(),
            }
        }
        true
    })?;
    Ok(rare * 10 <= common + rare)
}

/// Reads until the buffer is full or the input ends.
pub(crate) fn read_full(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Decodes chunks to UTF-8; bytes that do not decode are an error, never a replacement character.
pub(crate) struct Decoder {
    inner: Inner,
    /// Where in the file the next byte stands.
    offset: u64,
}

enum Inner {
    Whatwg(Box<encoding_rs::Decoder>),
    /// The bytes of a character that is not complete.
    Utf32 {
        little: bool,
        held: Vec<u8>,
    },
}

impl Decoder {
    /// A decoder of text that begins at this byte of its file.
    pub(crate) fn starting_at(coding: Coding, offset: u64) -> Self {
        let inner = match coding {
            Coding::Whatwg(encoding) => {
                Inner::Whatwg(Box::new(encoding.new_decoder_without_bom_handling()))
            }
            Coding::Utf32 { little } => Inner::Utf32 { little, held: Vec::new() },
        };
        Self { inner, offset }
    }

    /// Appends the text of `bytes`; fails with the offset of the first byte that does not decode.
    pub(crate) fn decode(&mut self, bytes: &[u8], last: bool, out: &mut String) -> Result<(), u64> {
        match &mut self.inner {
            Inner::Whatwg(decoder) => decode_whatwg(decoder, &mut self.offset, bytes, last, out),
            Inner::Utf32 { little, held } => {
                decode_utf32(*little, held, &mut self.offset, bytes, last, out)
            }
        }
    }
}

fn decode_whatwg(
    decoder: &mut encoding_rs::Decoder,
    offset: &mut u64,
    mut bytes: &[u8],
    last: bool,
    out: &mut String,
) -> Result<(), u64> {
    loop {
        let room = decoder
            .max_utf8_buffer_length_without_replacement(bytes.len())
            .unwrap_or(bytes.len().saturating_mul(3));
        out.reserve(room);
        let (result, read) = decoder.decode_to_string_without_replacement(bytes, out, last);
        *offset += read as u64;
        bytes = &bytes[read..];
        match result {
            DecoderResult::InputEmpty => return Ok(()),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, after) => {
                return Err(offset.saturating_sub(u64::from(length) + u64::from(after)));
            }
        }
    }
}

fn decode_utf32(
    little: bool,
    held: &mut Vec<u8>,
    offset: &mut u64,
    bytes: &[u8],
    last: bool,
    out: &mut String,
) -> Result<(), u64> {
    held.extend_from_slice(bytes);
    let (units, rest) = held.as_chunks::<4>();
    for unit in units {
        let unit = if little { u32::from_le_bytes(*unit) } else { u32::from_be_bytes(*unit) };
        out.push(char::from_u32(unit).ok_or(*offset)?);
        *offset += 4;
    }
    if last && !rest.is_empty() {
        return Err(*offset);
    }
    let used = held.len() - rest.len();
    held.drain(..used);
    Ok(())
}

/// Encodes text; `None` if the encoding has no bytes for a character in it.
pub(crate) fn encode(charset: Charset, text: &str, out: &mut Vec<u8>) -> Option<()> {
    let encoding = match charset.coding {
        Coding::Whatwg(encoding) => encoding,
        Coding::Utf32 { little: true } => {
            out.extend(text.chars().flat_map(|c| u32::from(c).to_le_bytes()));
            return Some(());
        }
        Coding::Utf32 { little: false } => {
            out.extend(text.chars().flat_map(|c| u32::from(c).to_be_bytes()));
            return Some(());
        }
    };
    match encoding.name() {
        "UTF-8" => out.extend_from_slice(text.as_bytes()),
        "UTF-16LE" => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        "UTF-16BE" => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        _ => {
            let (bytes, _, unmappable) = encoding.encode(text);
            if unmappable {
                return None;
            }
            out.extend_from_slice(&bytes);
        }
    }
    Some(())
}
