//! Finds the structural bytes of CSV (delimiters, quotes, CRs and LFs), 64 bytes at a time.
//!
//! The end of a cell is then the next position in the index. Searching for it byte by byte would
//! take 1.5 times as long.

/// The number of bytes that are examined together: the number of bits in a word.
const BLOCK: usize = u64::BITS as usize;

/// The positions of the structural bytes of a text, in order.
pub(crate) struct StructuralIndex<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    position: IndexPosition,
}

/// The position of an index.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct IndexPosition {
    /// The start of the block after the current one.
    next_block: usize,
    /// One bit for each structural byte of the current block that was not returned yet.
    bits: u64,
}

impl<'a> StructuralIndex<'a> {
    /// An index of a text with commas as delimiters.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self::resume(bytes, b',', IndexPosition::default())
    }

    /// Continues an index at `position`. Its text has the delimiter `delimiter`.
    pub(crate) fn resume(bytes: &'a [u8], delimiter: u8, position: IndexPosition) -> Self {
        Self { bytes, delimiter, position }
    }

    /// The current position.
    pub(crate) fn position(&self) -> IndexPosition {
        self.position
    }
}

impl Iterator for StructuralIndex<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let IndexPosition { next_block, bits } = &mut self.position;
        while *bits == 0 {
            let rest = self.bytes.get(*next_block..)?;
            *bits = match rest.first_chunk() {
                Some(block) => structure_of(block, self.delimiter),
                None => {
                    // A delimiter is ASCII, so the fill bytes are not delimiters.
                    let mut last = [0xff; BLOCK];
                    last[..rest.len()].copy_from_slice(rest);
                    structure_of(&last, self.delimiter)
                }
            };
            *next_block += BLOCK;
        }
        let within = bits.trailing_zeros() as usize;
        *bits &= *bits - 1;
        Some(*next_block - BLOCK + within)
    }
}

/// Returns one bit for each byte, beginning with the lowest: whether it is a delimiter, a quote, a
/// CR or an LF.
///
/// Compilers turn both loops into about a hundred instructions without branches. The function is
/// not inlined, so that the iteration is small enough to keep its state in registers.
#[inline(never)]
fn structure_of(block: &[u8; BLOCK], delimiter: u8) -> u64 {
    let mut bits = [0; BLOCK];
    for (index, (bit, byte)) in bits.iter_mut().zip(block).enumerate() {
        let is_structural =
            (*byte == delimiter) | (*byte == b'"') | (*byte == b'\n') | (*byte == b'\r');
        *bit = if is_structural { 1 << (index % 8) } else { 0_u8 };
    }
    // Combines every eight bytes into one: the multiplication leaves their sum in the highest byte.
    // There are no carries, because no two bytes have the same bit.
    let mut masks = [0; BLOCK / 8];
    for (mask, word) in masks.iter_mut().zip(bits.as_chunks().0) {
        *mask = (u64::from_le_bytes(*word).wrapping_mul(0x0101_0101_0101_0101) >> 56) as u8;
    }
    u64::from_le_bytes(masks)
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, IndexPosition, StructuralIndex, structure_of};

    #[test]
    fn each_structural_byte_is_found_at_every_position() {
        for filler in [b'a', b',', b'\n', b'-', 0, 0x80, 0xff] {
            for byte in 0..=u8::MAX {
                for at in 0..BLOCK {
                    let mut block = [filler; BLOCK];
                    block[at] = byte;
                    let expected = block.iter().rev().fold(0, |bits, byte| {
                        bits << 1 | u64::from(matches!(byte, b',' | b'"' | b'\r' | b'\n'))
                    });
                    assert_eq!(
                        structure_of(&block, b','),
                        expected,
                        "{byte:#x} at {at} among {filler:#x}"
                    );
                }
            }
        }
    }

    #[test]
    fn places_are_found_up_to_the_last_byte() {
        for length in 0..200 {
            for step in [1, 3, 64, 65] {
                let mut text = vec![b'a'; length];
                text.iter_mut().rev().step_by(step).for_each(|byte| *byte = b',');
                let places: Vec<_> = (0..length).filter(|at| text[*at] == b',').collect();
                assert!(StructuralIndex::new(&text).eq(places), "every {step} of {length} bytes");
            }
        }
    }

    #[test]
    fn an_index_with_another_delimiter_can_be_resumed() {
        // The fill bytes of the last block are not delimiters, not even if the delimiter is NUL.
        let text = [&b"a"[..], b"\0", b",\n"].concat().repeat(40);
        let expected: Vec<_> = (0..text.len()).filter(|at| b"\0\n".contains(&text[*at])).collect();
        let mut found = Vec::new();
        let mut position = IndexPosition::default();
        loop {
            let mut index = StructuralIndex::resume(&text, 0, position);
            let Some(at) = index.next() else { break };
            found.push(at);
            position = index.position();
        }
        assert_eq!(found, expected);
    }
}
