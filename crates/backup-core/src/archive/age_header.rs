//! The age header, limited before age reads it.
//!
//! age keeps a header in memory until it ends, and parses all of it again after each line. One that
//! never ends would take memory without bound, and one of many lines a time that grows with the
//! square of their number. So no more than a bound is read, and age gets all of it at once.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use age_core::format::Stanza;

use crate::error::Error;
use crate::finding::{Code, Finding};
use crate::i18n::message;

/// The longest header that is read or written.
pub(super) const MOST_HEADER_BYTES: usize = 64 * 1024;

/// How an age file of version 1 begins.
pub(super) const FIRST_LINE: &[u8] = b"age-encryption.org/v1\n";

/// The last line: `---`, a space, 43 characters and a line feed.
const LAST_LINE_BYTES: usize = 48;

/// The most bytes of the stanza that age adds at random, which no key opens.
const MOST_GREASE_BYTES: usize = 512;

/// The most bytes that the stanzas of all recipients may take.
pub(super) const MOST_STANZA_BYTES: usize =
    MOST_HEADER_BYTES - FIRST_LINE.len() - LAST_LINE_BYTES - MOST_GREASE_BYTES;

/// The length of a stanza in a header: a line of words, and the body as base64 in lines of 64
/// characters, the last of which is shorter.
pub(super) fn stanza_bytes(stanza: &Stanza) -> usize {
    let words = stanza.args.iter().fold(stanza.tag.len(), |sum, word| sum + 1 + word.len());
    let digits = (stanza.body.len() * 4).div_ceil(3);
    "-> \n".len() + words + digits + digits / 64 + 1
}

/// An age file whose header was read in advance, and is given to age in one piece.
pub(super) struct HeaderFirst<R> {
    inner: R,
    /// `None` once age has read it.
    header: Option<Vec<u8>>,
}

impl<R: BufRead> HeaderFirst<R> {
    /// Reads the header, up to its last line or the end of the file. An error if it does not end within
    /// [`MOST_HEADER_BYTES`].
    pub(super) fn read(mut inner: R) -> io::Result<Self> {
        let mut header = Vec::new();
        let mut bounded = (&mut inner).take(MOST_HEADER_BYTES as u64);
        let mut line = 0;
        // No other line of a header begins so.
        while !header[line..].starts_with(b"---") {
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

    /// Gives the whole header instead of a line. age reads only the header by this method.
    fn read_until(&mut self, _: u8, into: &mut Vec<u8>) -> io::Result<usize> {
        // A header that age takes for unfinished is not continued by what follows it.
        let header = self.header.take().unwrap_or_default();
        into.extend_from_slice(&header);
        Ok(header.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_stanza_is_the_one_that_age_writes() {
        let key = age::x25519::Identity::generate().to_public();
        let file_key = age_core::format::FileKey::init_with_mut(|_| ());
        let (stanzas, _) = age::Recipient::wrap_file_key(&key, &file_key).expect("it wraps a key");
        assert_eq!(stanzas.iter().map(stanza_bytes).sum::<usize>(), 98);
        for (body, lines) in [(0, 1), (1, 3), (47, 64), (48, 66), (49, 68), (96, 131)] {
            let stanza = Stanza { tag: "t".into(), args: vec!["ab".into()], body: vec![0; body] };
            assert_eq!(stanza_bytes(&stanza), "-> t ab\n".len() + lines, "a body of {body} bytes");
        }
    }
}
