//! Text encodings of CSV files: found out, decoded strictly, and encoded again.

use std::io::{self, Read};

use encoding_rs::{DecoderResult, Encoding};

use crate::error::{Error, ErrorKind, Result};

/// An encoding, and whether the file begins with its byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charset {
    pub(crate) encoding: &'static Encoding,
    pub(crate) bom: bool,
}

impl Charset {
    /// The name that an archive uses: WHATWG's, in lower case.
    pub(crate) fn name(&self) -> String {
        self.encoding.name().to_ascii_lowercase()
    }

    pub(crate) fn is_utf8(&self) -> bool {
        self.encoding == encoding_rs::UTF_8
    }

    /// The byte order mark that the file begins with.
    pub(crate) fn bom_bytes(&self) -> &'static [u8] {
        match self.encoding.name() {
            _ if !self.bom => b"",
            "UTF-8" => b"\xef\xbb\xbf",
            "UTF-16LE" => b"\xff\xfe",
            "UTF-16BE" => b"\xfe\xff",
            _ => b"",
        }
    }

    /// The encoding of this name, in any spelling that WHATWG lists.
    pub(crate) fn named(name: &str, begins: &[u8]) -> Result<Self> {
        let encoding = Encoding::for_label(name.as_bytes()).ok_or_else(|| {
            Error::new(ErrorKind::Option {
                why: format!("{name} is not an encoding that this program knows"),
                hint: "Try utf-8, gb18030, big5, shift_jis, euc-kr, windows-1252 or utf-16le."
                    .into(),
            })
        })?;
        let bom = matches!(Encoding::for_bom(begins), Some((marked, _)) if marked == encoding);
        Ok(Self { encoding, bom })
    }
}

/// Finds out the encoding by reading all of the input, which `open` opens.
///
/// A byte order mark decides; otherwise the first of UTF-8 and GB18030 that the whole text is
/// valid in.
pub(crate) fn detect<R: Read>(mut open: impl FnMut() -> Result<R>) -> Result<Charset> {
    let mut begins = [0; 4];
    let count = read_full(&mut open()?, &mut begins).map_err(read_failed)?;
    if let Some((encoding, _)) = Encoding::for_bom(&begins[..count]) {
        return Ok(Charset { encoding, bom: true });
    }
    for encoding in [encoding_rs::UTF_8, encoding_rs::GB18030] {
        if is_valid(open()?, encoding)? {
            return Ok(Charset { encoding, bom: false });
        }
    }
    Err(Error::source(
        "the text is valid neither as UTF-8 nor as GB18030",
        "Say which encoding it is with --encoding, such as windows-1252 or shift_jis.",
    ))
}

fn read_failed(source: io::Error) -> Error {
    Error::new(ErrorKind::Io { doing: "read", path: None, source })
}

fn is_valid(mut input: impl Read, encoding: &'static Encoding) -> Result<bool> {
    let mut decoder = Decoder::starting_at(encoding, 0);
    let mut buffer = vec![0; 1 << 20];
    let mut scratch = String::new();
    loop {
        let count = read_full(&mut input, &mut buffer).map_err(read_failed)?;
        let last = count < buffer.len();
        scratch.clear();
        if decoder.decode(&buffer[..count], last, &mut scratch).is_err() {
            return Ok(false);
        }
        if last {
            return Ok(true);
        }
    }
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
    inner: encoding_rs::Decoder,
    /// Where in the file the next byte stands.
    offset: u64,
}

impl Decoder {
    /// A decoder of text that begins at this byte of its file.
    pub(crate) fn starting_at(encoding: &'static Encoding, offset: u64) -> Self {
        Self { inner: encoding.new_decoder_without_bom_handling(), offset }
    }

    /// Appends the text of `bytes`; fails with the offset of the first byte that does not decode.
    pub(crate) fn decode(
        &mut self,
        mut bytes: &[u8],
        last: bool,
        out: &mut String,
    ) -> Result<(), u64> {
        loop {
            let room = self
                .inner
                .max_utf8_buffer_length_without_replacement(bytes.len())
                .unwrap_or(bytes.len().saturating_mul(3));
            out.reserve(room);
            let (result, read) = self.inner.decode_to_string_without_replacement(bytes, out, last);
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
}

/// Encodes text; `None` if the encoding has no bytes for a character in it.
pub(crate) fn encode(charset: Charset, text: &str, out: &mut Vec<u8>) -> Option<()> {
    match charset.encoding.name() {
        "UTF-8" => out.extend_from_slice(text.as_bytes()),
        "UTF-16LE" => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        "UTF-16BE" => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        _ => {
            let (bytes, _, unmappable) = charset.encoding.encode(text);
            if unmappable {
                return None;
            }
            out.extend_from_slice(&bytes);
        }
    }
    Some(())
}
