//! zstd frames made by hand, of raw and run-length blocks: their claims and their contents can be forged
//! separately, and they do not depend on the release of zstd.

use crate::layers::{Frame, packed};

/// The magic number of every frame.
pub const MAGIC: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();

/// Four bytes of content size, no window, a checksum.
pub const DESCRIPTOR: u8 = 0b1010_0100;

const MOST_BLOCK_BYTES: usize = 128 * 1024;

/// A valid frame.
pub fn frame(plain: &[u8]) -> Frame {
    let size = (plain.len() as u32).to_le_bytes();
    let bytes = [&MAGIC[..], &[DESCRIPTOR], &size, &blocks(plain), &checksum(plain)].concat();
    (bytes, plain.len() as u32)
}

/// A frame that states its window in addition to its size.
pub fn windowed(plain: &[u8], window: u8) -> Frame {
    let descriptor = DESCRIPTOR & !0b10_0000;
    let size = (plain.len() as u32).to_le_bytes();
    let head = [&MAGIC[..], &[descriptor, window], &size].concat();
    ([&head[..], &blocks(plain), &checksum(plain)].concat(), plain.len() as u32)
}

/// The checksum at the end of the frame of these bytes.
pub fn checksum(plain: &[u8]) -> [u8; 4] {
    let (frame, _) = packed(plain);
    *frame.last_chunk().expect("a frame ends with its checksum")
}

/// A block's header.
pub fn block(last: bool, kind: u32, size: usize) -> [u8; 3] {
    let [a, b, c, _] = (u32::from(last) | kind << 1 | (size as u32) << 3).to_le_bytes();
    [a, b, c]
}

/// Run-length blocks of one repeated byte, and raw blocks of the bytes between them.
pub fn blocks(plain: &[u8]) -> Vec<u8> {
    const SHORTEST_RUN: usize = 16;
    let mut pieces: Vec<(u32, &[u8])> = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < plain.len() {
        let rest = &plain[at..];
        let run = rest.iter().take_while(|byte| **byte == plain[at]).count();
        if run >= SHORTEST_RUN {
            pieces.extend(plain[from..at].chunks(MOST_BLOCK_BYTES).map(|piece| (0, piece)));
            pieces.extend(rest[..run].chunks(MOST_BLOCK_BYTES).map(|piece| (1, piece)));
            from = at + run;
        }
        at += run;
    }
    pieces.extend(plain[from..].chunks(MOST_BLOCK_BYTES).map(|piece| (0, piece)));
    let last = pieces.len().saturating_sub(1);
    let mut blocks = Vec::new();
    for (number, (kind, piece)) in pieces.into_iter().enumerate() {
        blocks.extend(block(number == last, kind, piece.len()));
        blocks.extend_from_slice(if kind == 1 { &piece[..1] } else { piece });
    }
    blocks
}

/// A skippable frame, which holds no plaintext.
pub fn skippable(magic: u32, content: &[u8]) -> Frame {
    let size = (content.len() as u32).to_le_bytes();
    ([&magic.to_le_bytes()[..], &size, content].concat(), 0)
}
