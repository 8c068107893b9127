//! SHA-256 (FIPS 180-4) of two streams at once, where the processor has instructions for it.
//!
//! Each round of the hash waits for the one before, so a processor with instructions for rounds
//! idles through half of the time that one stream takes; the rounds of a second stream fill it. A
//! table and its current part are two such streams: the same bytes behind other beginnings. One
//! stream alone, and both on every other processor, go through the `sha2` crate.

#[cfg(target_arch = "x86_64")]
mod x86_64;

use sha2::block_api::compress256;

const BLOCK_BYTES: usize = 64;
const LENGTH_BYTES: usize = size_of::<u64>();

type State = [u32; 8];
type Block = [u8; BLOCK_BYTES];

/// A stream that is being hashed.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    state: State,
    /// A block that is not full yet.
    begun: Block,
    bytes: u64,
}

impl Stream {
    /// A stream of nothing yet.
    pub(super) fn new() -> Self {
        Self { state: FIRST_STATE, begun: [0; BLOCK_BYTES], bytes: 0 }
    }

    /// Takes in bytes.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        let (blocks, rest) = self.fill(bytes).as_chunks();
        compress256(&mut self.state, blocks);
        self.keep(blocks, rest);
    }

    /// The digest of all bytes.
    pub(super) fn finish(mut self) -> [u8; 32] {
        let bits = self.bytes * 8;
        let begun = self.begun_bytes();
        // A bit that is set, then as many that are not as leave room for the length in a block.
        let room = BLOCK_BYTES - LENGTH_BYTES;
        let padding = if begun < room { room - begun } else { room + BLOCK_BYTES - begun };
        let mut end = [0; BLOCK_BYTES + LENGTH_BYTES];
        end[0] = 0x80;
        end[padding..padding + LENGTH_BYTES].copy_from_slice(&bits.to_be_bytes());
        self.update(&end[..padding + LENGTH_BYTES]);
        let mut digest = [0; 32];
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(self.state) {
            *bytes = word.to_be_bytes();
        }
        digest
    }

    fn begun_bytes(&self) -> usize {
        (self.bytes % BLOCK_BYTES as u64) as usize
    }

    /// Takes what fills the block that was begun, if one was; gives the bytes behind it.
    fn fill<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let begun = self.begun_bytes();
        if begun == 0 {
            return bytes;
        }
        let (first, rest) = bytes.split_at(bytes.len().min(BLOCK_BYTES - begun));
        self.begun[begun..begun + first.len()].copy_from_slice(first);
        self.bytes += first.len() as u64;
        if begun + first.len() == BLOCK_BYTES {
            compress256(&mut self.state, &[self.begun]);
        }
        rest
    }

    /// Counts blocks that were taken in, and begins another with the rest.
    fn keep(&mut self, blocks: &[Block], rest: &[u8]) {
        self.begun[..rest.len()].copy_from_slice(rest);
        self.bytes += (blocks.len() * BLOCK_BYTES + rest.len()) as u64;
    }
}

/// Takes the same bytes into two streams.
pub(super) fn update_both(one: &mut Stream, other: &mut Stream, bytes: &[u8]) {
    let (ones, one_rest) = one.fill(bytes).as_chunks();
    let (others, other_rest) = other.fill(bytes).as_chunks();
    // One of them may have a block more.
    let both = ones.len().min(others.len());
    compress_two([&mut one.state, &mut other.state], [&ones[..both], &others[..both]]);
    compress256(&mut one.state, &ones[both..]);
    compress256(&mut other.state, &others[both..]);
    one.keep(ones, one_rest);
    other.keep(others, other_rest);
}

/// Whether two streams take less time together than one after the other.
pub(super) fn is_faster_together() -> bool {
    #[cfg(target_arch = "x86_64")]
    return x86_64::is_able();
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Takes blocks, equally many, into two states.
fn compress_two([one, other]: [&mut State; 2], [ones, others]: [&[Block]; 2]) {
    #[cfg(target_arch = "x86_64")]
    if x86_64::compress_two([one, other], [ones, others]) {
        return;
    }
    compress256(one, ones);
    compress256(other, others);
}

/// The first 64 primes, which all constants of SHA-256 come from.
const PRIMES: [u128; 64] = {
    let mut primes = [0; 64];
    let (mut found, mut number) = (0, 2);
    while found < primes.len() {
        let mut at = 0;
        while at < found && number % primes[at] != 0 {
            at += 1;
        }
        if at == found {
            primes[found] = number;
            found += 1;
        }
        number += 1;
    }
    primes
};

/// What a hash begins with: of the square roots of the first primes, 32 bits behind the point.
const FIRST_STATE: State = {
    let mut state = [0; 8];
    let mut at = 0;
    while at < state.len() {
        state[at] = (PRIMES[at] << 64).isqrt() as u32;
        at += 1;
    }
    state
};

/// What is added in each round: of the cube roots of the first primes, 32 bits behind the point.
#[cfg(target_arch = "x86_64")]
const ROUNDS: [u32; 64] = {
    let mut rounds = [0; 64];
    let mut at = 0;
    while at < rounds.len() {
        // The largest number whose cube is no more, bit by bit; no prime's root has four before the point.
        let cube = PRIMES[at] << 96;
        let (mut root, mut bit) = (0, 1 << 35);
        while bit > 0 {
            let next: u128 = root | bit;
            if next * next * next <= cube {
                root = next;
            }
            bit >>= 1;
        }
        rounds[at] = root as u32;
        at += 1;
    }
    rounds
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::{Digest as _, Sha256};

    use super::{Stream, update_both};

    fn stream_of(bytes: &[u8]) -> Stream {
        let mut stream = Stream::new();
        stream.update(bytes);
        stream
    }

    fn expected(pieces: &[&[u8]]) -> [u8; 32] {
        Sha256::digest(pieces.concat()).into()
    }

    #[test]
    fn a_stream_of_any_length_has_the_digest_that_sha2_gives() {
        let bytes: Vec<u8> = (0..300u16).map(|byte| byte as u8 ^ 0x5a).collect();
        for length in 0..bytes.len() {
            let found = stream_of(&bytes[..length]).finish();
            assert_eq!(found, expected(&[&bytes[..length]]), "{length} bytes");
        }
    }

    #[test]
    fn two_streams_behind_any_beginnings_have_the_digests_that_each_has_alone() {
        let bytes: Vec<u8> = (0..1_000u16).map(|byte| (byte * 7) as u8).collect();
        for one in 0..130 {
            for other in [0, 1, 55, 56, 63, 64, 65, 127] {
                let (before_one, before_other) = (&bytes[..one], &bytes[100..100 + other]);
                for length in [0, 1, 63, 64, 65, 128, 200, 600] {
                    let (mut a, mut b) = (stream_of(before_one), stream_of(before_other));
                    update_both(&mut a, &mut b, &bytes[..length]);
                    let found = [a.finish(), b.finish()];
                    let each =
                        [before_one, before_other].map(|it| expected(&[it, &bytes[..length]]));
                    assert_eq!(found, each, "{length} bytes behind {one} and behind {other}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn streams_in_pieces_together_and_alone_have_the_digests_of_what_came(
            pieces in prop::collection::vec(
                (0usize..3, prop::collection::vec(any::<u8>(), 0..300)),
                0..12,
            ),
        ) {
            let (mut streams, mut came) = ([Stream::new(), Stream::new()], [vec![], vec![]]);
            for (which, piece) in &pieces {
                match *which {
                    2 => {
                        let [one, other] = &mut streams;
                        update_both(one, other, piece);
                        came.iter_mut().for_each(|came| came.extend_from_slice(piece));
                    }
                    alone => {
                        streams[alone].update(piece);
                        came[alone].extend_from_slice(piece);
                    }
                }
            }
            let found = streams.map(Stream::finish);
            prop_assert_eq!(found, came.map(|came| expected(&[&came])));
        }
    }
}
