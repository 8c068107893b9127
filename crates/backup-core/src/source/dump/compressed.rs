//! Dumps that were compressed with gzip or zstd, and the limit to what they unpack to.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use super::errors::unreadable;
use crate::error::{Error, ErrorKind};
use crate::finding::Remedy;
use crate::i18n::message;
use crate::source::ZipLimits;
use crate::source::shared::Content;

/// The unpacked size to which the ratio of the limits does not apply, in bytes.
const SMALL_BYTES: u64 = 64 << 20;

/// The way in which a dump is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    /// Recognizes a file by its first bytes.
    pub(in crate::source) fn of(begins: &[u8]) -> Self {
        if begins.starts_with(b"\x1f\x8b\x08") {
            Self::Gzip
        } else if begins.starts_with(b"\x28\xb5\x2f\xfd") {
            Self::Zstd
        } else {
            Self::None
        }
    }

    /// The name in metadata.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// The unpacked content of a file of `bytes` bytes.
    pub(super) fn unpack(
        self,
        content: Content,
        bytes: u64,
        limits: ZipLimits,
    ) -> io::Result<Content> {
        let inner: Content = match self {
            Self::None => return Ok(content),
            Self::Gzip => Box::new(MultiGzDecoder::new(content)),
            Self::Zstd => Box::new(zstd::Decoder::new(content)?),
        };
        let most = bytes.saturating_mul(limits.ratio).max(SMALL_BYTES).min(limits.plain_bytes);
        Ok(Box::new(Limited { inner, left: most, most }))
    }

    /// The first unpacked bytes of a file, as many as can be unpacked.
    pub(in crate::source) fn beginning(self, content: Content, most: u64) -> Vec<u8> {
        let mut head = Vec::new();
        if let Ok(content) = self.unpack(content, 0, ZipLimits::default()) {
            // Damage is an error when the dump is read.
            let _ = content.take(most).read_to_end(&mut head);
        }
        head
    }
}

/// Unpacked bytes, up to a limit. A file that unpacks to more may be malicious.
struct Limited {
    inner: Content,
    left: u64,
    most: u64,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.inner.read(buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(io::Error::other(damaged(error))),
        };
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            let error = unreadable(message!("dump-unpacks-to-much", most = self.most >> 20));
            io::Error::other(error.remedy(Remedy::ZipLimits))
        })?;
        Ok(read)
    }
}

/// The error of a decoder. An error of the disk stays one.
fn damaged(error: io::Error) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(error) => return error,
        Err(error) => error,
    };
    if error.raw_os_error().is_some() {
        return Error::new(ErrorKind::Io {
            doing: crate::error::Operation::Read,
            path: None,
            source: error,
        });
    }
    unreadable(message!("dump-damaged-compression", detail = error.to_string()))
}
