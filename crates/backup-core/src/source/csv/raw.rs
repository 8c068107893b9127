//! What is done with a file's bytes beside reading them: they are hashed, and where text is not
//! bytes, the text is encoded again and compared with them. A thread of its own does it, as it
//! takes as long as the reading.

use std::io::{self, Write as _};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use super::encoding::{Charset, encode};
use crate::error::{Error, Result};
use crate::record::{Digest, Sha256Writer};
use crate::threads;

/// How many blocks wait for the thread at most.
const BLOCKS: usize = 2;

/// Bytes of the file, and what they were decoded to.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// How many of the bytes are a byte order mark.
    pub(super) mark: usize,
    /// Left empty where text is bytes.
    pub(super) text: String,
}

/// What came of all bytes.
pub(super) struct Checked {
    pub(super) sha256: Digest,
    pub(super) bytes: u64,
    /// The digest that the file would have with a line feed behind it.
    pub(super) sha256_ended: Digest,
    /// Whether the text, encoded again, gives the bytes.
    pub(super) encodes: bool,
}

/// The thread, and the blocks on their way to it.
pub(super) struct RawCheck {
    send: Sender<Block>,
    thread: JoinHandle<Checked>,
}

impl RawCheck {
    pub(super) fn of(charset: Charset) -> Result<Self> {
        let (send, blocks) = bounded::<Block>(BLOCKS);
        let thread = threads::spawn(blocks, move |blocks| {
            let mut hash = Sha256Writer::new(io::sink());
            let mut reencoded = (!charset.is_utf8()).then(|| ReencodeCheck::of(charset));
            for block in blocks {
                hash.write_all(&block.bytes).expect("a sink takes everything");
                if let Some(reencoded) = &mut reencoded {
                    reencoded.compare(&block.bytes[block.mark..], &block.text);
                }
            }
            let sha256_ended = hash.followed_by(b"\n");
            let (sha256, bytes, _) = hash.finish();
            let encodes = reencoded.is_none_or(|check| check.equal && check.ahead.is_empty());
            Checked { sha256, bytes, sha256_ended, encodes }
        })?;
        Ok(Self { send, thread })
    }

    /// Gives a block that was filled to the thread.
    pub(super) fn take(&self, block: Block) -> Result<()> {
        self.send.send(block).map_err(|_| panicked())
    }

    /// Waits for the thread.
    pub(super) fn finish(self) -> Result<Checked> {
        drop(self.send);
        self.thread.join().map_err(|_| panicked())
    }
}

fn panicked() -> Error {
    Error::panicked("hashing")
}

/// Text encoded again, and compared with the bytes that it was decoded from.
struct ReencodeCheck {
    charset: Charset,
    /// Bytes that are not decoded yet, as the rest of a character is to come.
    ahead: Vec<u8>,
    encoded: Vec<u8>,
    equal: bool,
}

impl ReencodeCheck {
    fn of(charset: Charset) -> Self {
        Self { charset, ahead: Vec::new(), encoded: Vec::new(), equal: true }
    }

    fn compare(&mut self, bytes: &[u8], text: &str) {
        if !self.equal {
            return;
        }
        self.encoded.clear();
        let encodes = encode(self.charset, text, &mut self.encoded).is_some();
        let known = self.ahead.len().min(self.encoded.len());
        let (first, rest) = self.encoded.split_at(known);
        self.equal = encodes && self.ahead[..known] == *first && bytes.starts_with(rest);
        self.ahead.drain(..known);
        self.ahead.extend_from_slice(bytes.get(rest.len()..).unwrap_or_default());
    }
}
