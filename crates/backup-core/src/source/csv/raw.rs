//! The thread that hashes the bytes of a file, and compares them with what its recipe makes of its
//! records: it takes as long as the reading.

use std::io::{self, Write as _};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use super::encoding::{Charset, encode};
use crate::error::{Error, Result};
use crate::record::{Digest, Sha256Writer};
use crate::threads;

/// How many pieces wait for the thread at most.
const PIECES: usize = 2;

/// What the thread is sent.
pub(super) enum Piece {
    /// The next bytes of the file.
    Read(Vec<u8>),
    /// The next text that the recipe writes, of bytes that were sent before.
    Rebuilt(Vec<u8>),
    /// Nothing more is rebuilt, so that nothing need be kept for it.
    NotRebuilt,
}

/// What came of all bytes.
pub(super) struct Checked {
    pub(super) sha256: Digest,
    pub(super) bytes: u64,
    /// The digest that the file would have with a line feed behind it.
    pub(super) sha256_ended: Digest,
    /// Whether what was rebuilt is the file.
    pub(super) is_rebuilt: bool,
}

/// The thread, and the pieces on their way to it.
pub(super) struct RawCheck {
    send: Sender<Piece>,
    thread: JoinHandle<Checked>,
}

impl RawCheck {
    pub(super) fn start(charset: Charset) -> Result<Self> {
        let (send, pieces) = bounded(PIECES);
        let thread = threads::spawn(pieces, move |pieces| {
            let mut hash = Sha256Writer::new(io::sink());
            let mut comparison =
                Some(Comparison { charset, ahead: Vec::new(), encoded: Vec::new() });
            for piece in pieces {
                match piece {
                    Piece::Read(bytes) => {
                        hash.write_all(&bytes).expect("a sink takes everything");
                        if let Some(comparison) = &mut comparison {
                            comparison.ahead.extend_from_slice(&bytes);
                        }
                    }
                    Piece::Rebuilt(text) => comparison = comparison.and_then(|one| one.take(&text)),
                    Piece::NotRebuilt => comparison = None,
                }
            }
            let sha256_ended = hash.followed_by(b"\n");
            let (sha256, bytes, _) = hash.finish();
            let is_rebuilt = comparison.is_some_and(|comparison| comparison.ahead.is_empty());
            Checked { sha256, bytes, sha256_ended, is_rebuilt }
        })?;
        Ok(Self { send, thread })
    }

    /// Where bytes and text are sent to.
    pub(super) fn sender(&self) -> Sender<Piece> {
        self.send.clone()
    }

    /// Waits for the thread, which ends when no sender is left.
    pub(super) fn finish(self) -> Result<Checked> {
        drop(self.send);
        self.thread.join().map_err(|_| panicked())
    }
}

pub(super) fn panicked() -> Error {
    Error::panicked("hashing")
}

/// A file that has been equal to what was rebuilt, so far.
struct Comparison {
    charset: Charset,
    /// Bytes of the file whose text was not rebuilt yet.
    ahead: Vec<u8>,
    encoded: Vec<u8>,
}

impl Comparison {
    /// Compares the next text; `None` if it is not what the file has.
    fn take(mut self, text: &[u8]) -> Option<Self> {
        self.encoded.clear();
        encode(self.charset, std::str::from_utf8(text).ok()?, &mut self.encoded)?;
        let is_equal = self.ahead.starts_with(&self.encoded);
        self.ahead.drain(..self.encoded.len().min(self.ahead.len()));
        is_equal.then_some(self)
    }
}
