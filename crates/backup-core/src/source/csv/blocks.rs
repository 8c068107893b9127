//! The thread that reads a file. It hashes the bytes, decodes them, and checks that the text can be
//! encoded to the same bytes. This takes as long as finding the records in the text.

use std::io::{self, Read, Write as _};

use crossbeam_channel::{Receiver, bounded};

use super::encoding::{BLOCK_BYTES, Charset, Decoder, encode};
use crate::error::{Error, Result};
use crate::record::{Digest, Sha256Writer};
use crate::threads;

/// The maximum number of blocks that wait for the reader of records.
const WAITING_BLOCKS: usize = 2;

/// A piece of a file, decoded to text.
pub(super) struct Block {
    pub(super) text: String,
    /// The number of bytes that were read.
    pub(super) bytes: u64,
    /// `None` if another block follows.
    pub(super) end: Option<End>,
}

/// Why the file ends here.
pub(super) enum End {
    Whole(Checked),
    /// The byte at this offset cannot be decoded.
    Undecodable(u64),
}

/// The result of reading a file to its end.
pub(super) struct Checked {
    pub(super) sha256: Digest,
    /// The digest of the file with one more line feed at its end.
    pub(super) sha256_ended: Digest,
    pub(super) bytes: u64,
    /// Whether its byte order mark and its text are encoded to the same bytes.
    pub(super) is_reversible: bool,
}

/// Starts to read a file. An error, or a block with an end, is the last item.
pub(super) fn start(
    input: Box<dyn Read + Send>,
    charset: Charset,
) -> Result<Receiver<Result<Block>>> {
    let (send, blocks) = bounded(WAITING_BLOCKS);
    let reader = BlockReader {
        input,
        charset,
        mark: charset.bom_bytes(),
        decoder: Decoder::starting_at(charset.coding, charset.bom_bytes().len() as u64),
        bytes: Vec::with_capacity(BLOCK_BYTES),
        hash: Sha256Writer::new(io::sink()),
        is_reversible: true,
        not_compared: Vec::new(),
        encoded: Vec::new(),
    };
    threads::spawn((reader, send), |(mut reader, send)| {
        loop {
            let block = reader.next();
            let is_last = !matches!(&block, Ok(Block { end: None, .. }));
            // The receiver is gone if reading the records ended early.
            if send.send(block).is_err() || is_last {
                return;
            }
        }
    })?;
    Ok(blocks)
}

/// Reads the next bytes of a file into `block`. Returns whether they are the last.
pub(super) fn read_block(input: &mut impl Read, block: &mut Vec<u8>) -> Result<bool> {
    block.clear();
    let read = input.take(BLOCK_BYTES as u64).read_to_end(block);
    read.map_err(|error| Error::read(error, None))?;
    Ok(block.len() < BLOCK_BYTES)
}

struct BlockReader {
    input: Box<dyn Read + Send>,
    charset: Charset,
    /// The expected byte order mark, which is not part of the text; empty after the first block.
    mark: Vec<u8>,
    decoder: Decoder,
    bytes: Vec<u8>,
    hash: Sha256Writer<io::Sink>,
    is_reversible: bool,
    /// Bytes of an incomplete character at the end of the last block.
    not_compared: Vec<u8>,
    encoded: Vec<u8>,
}

impl BlockReader {
    fn next(&mut self) -> Result<Block> {
        let is_last = read_block(&mut self.input, &mut self.bytes)?;
        self.hash.write_all(&self.bytes).expect("a sink takes everything");
        let mark = std::mem::take(&mut self.mark);
        self.is_reversible &= self.bytes.starts_with(&mark);
        let mark = mark.len().min(self.bytes.len());
        let mut text = String::new();
        let decoded = self.decoder.decode(&self.bytes[mark..], is_last, &mut text);
        // Decoding UTF-8 does not change the bytes.
        if self.is_reversible && !self.charset.is_utf8() {
            self.compare(mark, &text);
        }
        let end = match decoded {
            Err(offset) => Some(End::Undecodable(offset)),
            Ok(()) if is_last => {
                let (sha256, bytes, _) = self.hash.clone().finish();
                let mut ended = self.hash.clone();
                ended.write_all(b"\n").expect("a sink takes everything");
                let (sha256_ended, ..) = ended.finish();
                let is_reversible = self.is_reversible && self.not_compared.is_empty();
                Some(End::Whole(Checked { sha256, sha256_ended, bytes, is_reversible }))
            }
            Ok(()) => None,
        };
        Ok(Block { text, bytes: self.bytes.len() as u64, end })
    }

    /// Encodes the text again, and compares it with the original bytes.
    fn compare(&mut self, mark: usize, text: &str) {
        self.not_compared.extend_from_slice(&self.bytes[mark..]);
        self.encoded.clear();
        self.is_reversible = encode(self.charset.coding, text, &mut self.encoded).is_some()
            && self.not_compared.starts_with(&self.encoded);
        self.not_compared.drain(..self.encoded.len().min(self.not_compared.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_that_is_not_in_the_file_is_noticed() {
        for (bytes, has_mark) in [("\u{feff}a\n", true), ("\u{fefe}a\n", false), ("a\n", false)] {
            let input = Box::new(io::Cursor::new(bytes));
            let blocks = start(input, Charset { bom: true, ..Charset::UTF_8 }).expect("it begins");
            let block = blocks.recv().expect("a block").expect("it is read");
            let is_reversible = match block.end {
                Some(End::Whole(checked)) => checked.is_reversible,
                _ => false,
            };
            assert_eq!(is_reversible, has_mark, "{bytes:?}");
        }
    }
}
