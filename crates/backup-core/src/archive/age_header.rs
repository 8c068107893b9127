//! Limits the header of an age file before age parses it.
//!
//! age holds a header in memory until it ends, and parses all of it again after each line. A header
//! without an end would use unlimited memory, and the time would be quadratic in the number of
//! lines. So this module reads at most a fixed number of bytes, and passes the complete header to
//! age.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use age_core::format::Stanza;

use crate::error::Error;
use crate::finding::{Code, Finding};
use crate::i18n::message;

/// The maximum size of a header.
pub(super) const MOST_HEADER_BYTES: usize = 64 * 1024;

/// The first line of an age file of version 1.
pub(super) const FIRST_LINE: &[u8] = b"age-encryption.org/v1\n";

/// The last line: `---`, a space, 43 characters and a line feed.
const LAST_LINE_BYTES: usize = 48;

/// The maximum size of the random stanza (“grease”) that age adds. No key opens it.
const MOST_GREASE_BYTES: usize = 512;

/// The maximum size of the stanzas of all recipients together.
pub(super) const MOST_STANZA_BYTES: usize =
    MOST_HEADER_BYTES - FIRST_LINE.len() - LAST_LINE_BYTES - MOST_GREASE_BYTES;

/// The length of a stanza in a header: a line of words, and the body as base64. The body has lines
/// of 64 characters, and a shorter last line.
pub(super) fn stanza_bytes(stanza: &Stanza) -> usize {
    let words = stanza.args.iter().fold(stanza.tag.len(), |sum, word| sum + 1 + word.len());
    let digits = (stanza.body.len() * 4).div_ceil(3);
    "-> \n".len() + words + digits + digits / 64 + 1
}

/// An age file. Its header was read in advance, and age receives it in one piece.
pub(super) struct HeaderFirst<R> {
    inner: R,
    /// `None` after age has read it.
    header: Option<Vec<u8>>,
}

impl<R: BufRead> HeaderFirst<R> {
    /// Reads the header, up to its last line or the end of the file. Returns an error if it does
    /// not end within [`MOST_HEADER_BYTES`], or if its last line has another length.
    pub(super) fn read(mut inner: R) -> io::Result<Self> {
        let mut header = Vec::new();
        let mut bounded = (&mut inner).take(MOST_HEADER_BYTES as u64);
        let mut line = 0;
        // No other line of a header begins with `---`.
        while !(header[line..].starts_with(b"---") && header.ends_with(b"\n")) {
            line = header.len();
            if bounded.read_until(b'\n', &mut header)? == 0 {
                break;
            }
        }
        if header.len() == MOST_HEADER_BYTES && !header[line..].starts_with(b"---") {
            let message = message!("archive-header-long", kib = MOST_HEADER_BYTES / 1024);
            let error = Error::from(Finding::failure(Code::Seal, message));
            return Err(io::Error::other(error));
        }
        let last = &header[line..];
        if last.starts_with(b"---") && last.ends_with(b"\n") && last.len() != LAST_LINE_BYTES {
            let finding = Finding::failure(Code::Seal, message!("archive-header-damaged"));
            return Err(io::Error::other(Error::from(finding)));
        }
        Ok(Self { inner, header: Some(header) })
    }
}

impl<R: BufRead> Read for HeaderFirst<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: Seek> Seek for HeaderFirst<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

impl<R: BufRead> BufRead for HeaderFirst<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
    }

    /// Returns the whole header instead of a line. age uses this method only for the header.
    fn read_until(&mut self, _: u8, into: &mut Vec<u8>) -> io::Result<usize> {
        // The header is returned once. If age asks for more, it gets nothing, because the bytes
        // after the header are not a part of it.
        let header = self.header.take().unwrap_or_default();
        into.extend_from_slice(&header);
        Ok(header.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stanza_bytes_is_the_length_that_age_writes() {
        let key = age::x25519::Identity::generate().to_public();
        let file_key = age_core::format::FileKey::init_with_mut(|_| ());
        let (stanzas, _) = age::Recipient::wrap_file_key(&key, &file_key).expect("it wraps a key");
        assert_eq!(stanzas.iter().map(stanza_bytes).sum::<usize>(), 98);
        for (body, lines) in [(0, 1), (1, 3), (47, 64), (48, 66), (49, 68), (96, 131)] {
            let stanza = Stanza { tag: "t".into(), args: vec!["ab".into()], body: vec![0; body] };
            assert_eq!(stanza_bytes(&stanza), "-> t ab\n".len() + lines, "a body of {body} bytes");
        }
    }

    #[test]
    fn a_header_with_a_last_line_of_another_length_is_damaged() {
        let header = |mac: &str| format!("age-encryption.org/v1\n-> X25519 a\n\n--- {mac}\n");
        assert!(HeaderFirst::read(header(&"a".repeat(43)).as_bytes()).is_ok());
        for mac in ["", "aaaa", &"a".repeat(44)] {
            let error = HeaderFirst::read(header(mac).as_bytes()).err().expect("it is damaged");
            assert!(error.to_string().contains("damaged"), "{mac}: {error}");
        }
    }
}
