//! Text encodings of CSV files: strict decoding, and encoding.

use encoding_rs::{DecoderResult, Encoding, UTF_16BE, UTF_16LE};

use super::labels::label;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Remedy;
use crate::i18n::message;
use crate::source::code_pages::CodePage;

/// The number of bytes that are read at a time.
pub(super) const BLOCK_BYTES: usize = 256 * 1024;

/// The byte order mark, as a character.
pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A text encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// An encoding of the WHATWG Encoding Standard.
    Whatwg(&'static Encoding),
    /// UTF-32, which the standard does not define. Characters have four bytes, in little-endian or
    /// big-endian order.
    Utf32 { little: bool },
    /// ISO-8859-1 itself, with one byte a character. The standard uses this name for windows-1252,
    /// which differs in 27 bytes.
    Latin1,
    /// A code page of DOS, and its number.
    Dos(u16, CodePage),
}

impl Coding {
    /// The code page of DOS with this number.
    pub(super) fn dos(number: u16) -> Option<Self> {
        CodePage::dos(number).map(|page| Self::Dos(number, page))
    }
}

impl From<&'static Encoding> for Coding {
    fn from(encoding: &'static Encoding) -> Self {
        Self::Whatwg(encoding)
    }
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

    /// The encoding of the byte order mark at the beginning of a text. The mark of UTF-32LE could
    /// also be that of UTF-16LE followed by a NUL, but no text begins with a NUL.
    pub(crate) fn marked(begins: &[u8]) -> Option<Self> {
        let coding = match begins {
            [0xff, 0xfe, 0, 0, ..] => Coding::Utf32 { little: true },
            [0, 0, 0xfe, 0xff, ..] => Coding::Utf32 { little: false },
            _ => Coding::Whatwg(Encoding::for_bom(begins)?.0),
        };
        Some(Self { coding, bom: true })
    }

    /// The name in an archive: that of WHATWG in lower case, `utf-32le`, `utf-32be`, `iso-8859-1`,
    /// or `cp` and the number of a code page of DOS.
    pub(crate) fn name(&self) -> String {
        match self.coding {
            Coding::Whatwg(encoding) => encoding.name().to_ascii_lowercase(),
            Coding::Utf32 { little: true } => "utf-32le".into(),
            Coding::Utf32 { little: false } => "utf-32be".into(),
            Coding::Latin1 => "iso-8859-1".into(),
            Coding::Dos(number, _) => format!("cp{number}"),
        }
    }

    /// Whether the meaning of bytes depends on earlier bytes. Then lines cannot be encoded
    /// separately.
    pub(crate) fn changes_state(&self) -> bool {
        self.coding == Coding::Whatwg(encoding_rs::ISO_2022_JP)
    }

    pub(crate) fn is_utf8(&self) -> bool {
        self.coding == Self::UTF_8.coding
    }

    /// The byte order mark of the file; empty if it has none.
    pub(crate) fn bom_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.bom {
            encode(self.coding, BYTE_ORDER_MARK, &mut bytes);
        }
        bytes
    }

    /// The encoding that a person names, in any usual spelling.
    pub(crate) fn spelled(name: &str, begins: &[u8]) -> Result<Self> {
        Self::named(&label(name), begins)
    }

    /// The encoding with this name. All labels of the Encoding Standard are accepted.
    ///
    /// For `utf-16` and `utf-32`, the byte order mark decides the byte order. A mark of another
    /// encoding is refused: most encodings would decode the bytes too, but to other text.
    pub(crate) fn named(name: &str, begins: &[u8]) -> Result<Self> {
        let marked = Self::marked(begins);
        let coding = match (name.to_ascii_lowercase().as_str(), marked.map(|mark| mark.coding)) {
            ("utf-32", Some(coding @ Coding::Utf32 { .. })) => coding,
            ("utf-16", Some(coding @ Coding::Whatwg(_))) if coding != Self::UTF_8.coding => coding,
            ("utf-32le" | "utf-32", _) => Coding::Utf32 { little: true },
            ("utf-32be", _) => Coding::Utf32 { little: false },
            ("iso-8859-1" | "iso8859-1" | "iso88591" | "latin1" | "l1", _) => Coding::Latin1,
            (label, _) => match label.strip_prefix("cp").and_then(|page| page.parse().ok()) {
                Some(page) => Coding::dos(page).ok_or_else(|| unknown(name))?,
                // The standard replaces all text in some encodings, such as ISO-2022-KR and HZ, by
                // one error.
                None => Encoding::for_label_no_replacement(label.as_bytes())
                    .ok_or_else(|| unknown(name))?
                    .into(),
            },
        };
        let given = Self { coding, bom: marked.is_some() };
        let own = given.bom_bytes();
        match marked {
            Some(mark) if own.is_empty() || !begins.starts_with(&own) => {
                let why = message!("csv-other-mark", mark = mark.name(), encoding = name);
                let error = Error::source(why, message!("csv-other-mark-hint"));
                Err(error.remedy(Remedy::Encoding))
            }
            _ => Ok(given),
        }
    }
}

/// Whether this is the name of a supported encoding.
pub fn is_encoding(name: &str) -> bool {
    Charset::spelled(name, b"").is_ok()
}

fn unknown(name: &str) -> Error {
    let why = message!("csv-unknown-encoding", encoding = name);
    Error::new(ErrorKind::Option { why, hint: message!("csv-unknown-encoding-hint") })
}

/// Decodes chunks to UTF-8. Invalid bytes are an error; there are no replacement characters.
pub(crate) struct Decoder {
    coding: Coding,
    whatwg: encoding_rs::Decoder,
    /// The bytes of an incomplete UTF-32 character.
    held: Vec<u8>,
    /// The offset in the file of the next byte.
    pub(crate) offset: u64,
}

impl Decoder {
    /// A decoder that begins at this offset of the file.
    pub(crate) fn starting_at(coding: Coding, offset: u64) -> Self {
        let encoding = match coding {
            Coding::Whatwg(encoding) => encoding,
            _ => encoding_rs::UTF_8,
        };
        let whatwg = encoding.new_decoder_without_bom_handling();
        Self { coding, whatwg, held: Vec::new(), offset }
    }

    /// Appends the text of `bytes`; fails with the offset of the first byte that does not decode.
    /// After an error, only WHATWG encodings may be decoded further, from [`Decoder::offset`] on.
    pub(crate) fn decode(&mut self, bytes: &[u8], last: bool, out: &mut String) -> Result<(), u64> {
        match self.coding {
            Coding::Whatwg(_) => self.decode_whatwg(bytes, last, out),
            Coding::Utf32 { little } => self.decode_utf32(little, bytes, last, out),
            Coding::Dos(_, page) => {
                let text = page.decode(bytes);
                let invalid = text.chars().position(|c| c == char::REPLACEMENT_CHARACTER);
                out.extend(text.chars().take(invalid.unwrap_or(bytes.len())));
                let end = self.offset + bytes.len() as u64;
                let start = std::mem::replace(&mut self.offset, end);
                invalid.map_or(Ok(()), |invalid| Err(start + invalid as u64))
            }
            Coding::Latin1 => {
                out.push_str(&encoding_rs::mem::decode_latin1(bytes));
                Ok(())
            }
        }
    }

    fn decode_whatwg(&mut self, mut bytes: &[u8], last: bool, out: &mut String) -> Result<(), u64> {
        loop {
            let room = self.whatwg.max_utf8_buffer_length_without_replacement(bytes.len());
            out.reserve(room.unwrap_or(bytes.len().saturating_mul(3)));
            let (result, read) = self.whatwg.decode_to_string_without_replacement(bytes, out, last);
            self.offset += read as u64;
            bytes = &bytes[read..];
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(length, after) => {
                    return Err(self.offset.saturating_sub(u64::from(length) + u64::from(after)));
                }
            }
        }
    }

    fn decode_utf32(
        &mut self,
        little: bool,
        bytes: &[u8],
        last: bool,
        out: &mut String,
    ) -> Result<(), u64> {
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(bytes);
        let (units, rest) = held.as_chunks::<4>();
        for unit in units {
            let unit = if little { u32::from_le_bytes(*unit) } else { u32::from_be_bytes(*unit) };
            out.push(char::from_u32(unit).ok_or(self.offset)?);
            self.offset += 4;
        }
        if last && !rest.is_empty() {
            return Err(self.offset);
        }
        self.held = rest.to_vec();
        Ok(())
    }
}

/// Encodes text. Returns `None` if the encoding does not have one of its characters.
pub(crate) fn encode(coding: Coding, text: &str, out: &mut Vec<u8>) -> Option<()> {
    match coding {
        Coding::Utf32 { little } => out.extend(text.chars().flat_map(|c| match little {
            true => u32::from(c).to_le_bytes(),
            false => u32::from(c).to_be_bytes(),
        })),
        Coding::Dos(_, page) => page.encode(text, out)?,
        Coding::Latin1 if !encoding_rs::mem::is_str_latin1(text) => return None,
        Coding::Latin1 => out.extend_from_slice(&encoding_rs::mem::encode_latin1_lossy(text)),
        Coding::Whatwg(encoding) if encoding == UTF_16LE => {
            out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        }
        Coding::Whatwg(encoding) if encoding == UTF_16BE => {
            out.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        }
        Coding::Whatwg(encoding) => {
            let (bytes, _, has_unmappable) = encoding.encode(text);
            if has_unmappable {
                return None;
            }
            out.extend_from_slice(&bytes);
        }
    }
    Some(())
}
