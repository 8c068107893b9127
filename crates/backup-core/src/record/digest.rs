//! SHA-256 digests of tables and of other bytes.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;
use std::thread;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::i18n::message;
use crate::threads::spawn_scoped;

/// A SHA-256 digest. Its text is 64 hexadecimal digits in lower case, as in the output of
/// `sha256sum`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// All zeros, where there is no digest.
    pub(crate) const ZEROS: Self = Self([0; 32]);

    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Decodes hexadecimal digits in lower case and appends the bytes. Returns `None` if the text is
/// anything else.
pub(super) fn push_unhex(hex: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = hex.as_chunks::<2>();
    out.reserve(pairs.len());
    for [high, low] in pairs {
        out.push(digit(*high)? << 4 | digit(*low)?);
    }
    rest.is_empty().then_some(())
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut bytes = Vec::new();
        let digest = push_unhex(text.as_bytes(), &mut bytes).and_then(|()| bytes.try_into().ok());
        digest.map(Self).ok_or_else(|| Error::record(message!("record-digest")))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Writes to `inner`, and hashes what is written.
#[derive(Debug, Clone)]
pub struct Sha256Writer<W> {
    hash: Sha256,
    bytes: u64,
    inner: W,
}

impl<W: Write> Sha256Writer<W> {
    /// Creates a writer that hashes everything written to `inner` from now on.
    pub fn new(inner: W) -> Self {
        Self { hash: Sha256::new(), bytes: 0, inner }
    }

    /// The digest, the number of hashed bytes, and the inner writer.
    pub fn finish(self) -> (Digest, u64, W) {
        (Digest(self.hash.finalize().into()), self.bytes, self.inner)
    }
}

impl<W: Write> Write for Sha256Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The minimum number of bytes that are hashed on another thread. Hashing them takes much longer
/// than starting a thread.
const MIN_THREAD_BYTES: usize = 256 * 1024;

/// The digest of a table, and of each of its parts.
///
/// The canonical CSV of a table is its header line and then every record. Each part has its own
/// header line. So the first part is hashed once for both digests, and every later part is hashed
/// twice.
#[derive(Debug, Clone)]
pub struct TableDigest {
    table: Sha256,
    table_bytes: u64,
    /// The hash of the current part. The first part has none of its own: `table` has the same
    /// value.
    later_part: Option<Sha256>,
}

impl TableDigest {
    /// Begins a table, and its first part, with its header line.
    pub fn new(header: &[u8]) -> Self {
        let table = Sha256::new_with_prefix(header);
        Self { table, table_bytes: header.len() as u64, later_part: None }
    }

    /// Hashes records.
    pub fn records(&mut self, bytes: &[u8]) {
        self.table_bytes += bytes.len() as u64;
        self.table.update(bytes);
        if let Some(part) = &mut self.later_part {
            part.update(bytes);
        }
    }

    /// Hashes records and runs `work`. If there are many bytes, another thread hashes them at the
    /// same time, unless it cannot be started.
    pub(crate) fn records_while<R>(&mut self, bytes: &[u8], work: impl FnOnce() -> R) -> R {
        thread::scope(|scope| {
            let hashing = match bytes.len() {
                ..MIN_THREAD_BYTES => Err(self),
                _ => spawn_scoped(scope, self, |digest| digest.records(bytes))
                    .map_err(|refused| *refused.state),
            };
            if let Err(digest) = hashing {
                digest.records(bytes);
            }
            work()
        })
    }

    /// Ends the current part. Returns its digest.
    pub fn end_part(&mut self) -> Digest {
        let part = self.later_part.take().unwrap_or_else(|| self.table.clone());
        Digest(part.finalize().into())
    }

    /// Begins the next part with its header line.
    pub fn begin_part(&mut self, header: &[u8]) {
        self.later_part = Some(Sha256::new_with_prefix(header));
    }

    /// The digest of the table, and the number of hashed bytes.
    pub fn finish(self) -> (Digest, u64) {
        (Digest(self.table.finalize().into()), self.table_bytes)
    }
}
