//! Rounds of two hashes in turn, with Intel's SHA extensions.
//!
//! The instructions keep the eight words of a state in two registers, ABEF and CDGH, and do two
//! rounds each; [“Intel SHA Extensions”](https://www.intel.com/content/www/us/en/developer/articles/technical/intel-sha-extensions.html)
//! describes them.
//!
//! The only unsafe thing here is to call a function that is compiled for instructions which not
//! every processor has; it is called once the processor was asked.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_set_epi32, _mm_set_epi64x,
    _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi8,
    _mm_shuffle_epi32,
};

use super::{Block, ROUNDS, State};

/// Takes blocks, equally many, into two states; or does nothing and gives `false` if this processor
/// has no instructions for it.
pub(super) fn compress_two(states: [&mut State; 2], blocks: [&[Block]; 2]) -> bool {
    let is_able = is_able();
    if is_able {
        // SAFETY: the processor has every feature that the function is compiled for.
        unsafe { compress(states, blocks) };
    }
    is_able
}

/// Whether this processor has the instructions.
pub(super) fn is_able() -> bool {
    is_x86_feature_detected!("sha")
        && is_x86_feature_detected!("ssse3")
        && is_x86_feature_detected!("sse4.1")
}

/// One of the hashes.
#[derive(Clone, Copy)]
struct Lane {
    abef: __m128i,
    cdgh: __m128i,
    /// The last sixteen words of the message schedule.
    words: [__m128i; 4],
}

#[target_feature(enable = "sha,ssse3,sse4.1")]
fn compress(states: [&mut State; 2], [ones, others]: [&[Block]; 2]) {
    let mut lanes = [Lane::of(states[0]), Lane::of(states[1])];
    for (one, other) in ones.iter().zip(others) {
        let before = lanes;
        lanes[0].words = words(one);
        lanes[1].words = words(other);
        first_rounds(&mut lanes);
        next_rounds(4, &mut lanes);
        next_rounds(8, &mut lanes);
        next_rounds(12, &mut lanes);
        for (lane, before) in lanes.iter_mut().zip(before) {
            lane.abef = _mm_add_epi32(lane.abef, before.abef);
            lane.cdgh = _mm_add_epi32(lane.cdgh, before.cdgh);
        }
    }
    for (lane, state) in lanes.into_iter().zip(states) {
        *state = lane.state();
    }
}

/// The first sixteen rounds, on the words of the block itself.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn first_rounds(lanes: &mut [Lane; 2]) {
    for at in 0..4 {
        for lane in lanes.iter_mut() {
            lane.four_rounds(at, lane.words[at]);
        }
    }
}

/// Sixteen rounds more, from the fourfold round `first` on.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn next_rounds(first: usize, lanes: &mut [Lane; 2]) {
    for at in 0..4 {
        for lane in lanes.iter_mut() {
            let [w0, w1, w2, w3] = lane.words;
            let earlier = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
            let next = _mm_sha256msg2_epu32(earlier, w3);
            lane.words = [w1, w2, w3, next];
            lane.four_rounds(first + at, next);
        }
    }
}

impl Lane {
    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn of([a, b, c, d, e, f, g, h]: &State) -> Self {
        Self {
            abef: four_words([*f, *e, *b, *a]),
            cdgh: four_words([*h, *g, *d, *c]),
            words: [four_words([0; 4]); 4],
        }
    }

    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn state(self) -> State {
        let [f, e, b, a] = from_four(self.abef);
        let [h, g, d, c] = from_four(self.cdgh);
        [a, b, c, d, e, f, g, h]
    }

    /// Four rounds, on four words of the message schedule.
    #[inline]
    #[target_feature(enable = "sha,ssse3,sse4.1")]
    fn four_rounds(&mut self, fourth: usize, words: __m128i) {
        const UPPER_HALF: i32 = 0b1110;
        let (constants, _) = ROUNDS[4 * fourth..].split_first_chunk().expect("sixteen fours");
        let sums = _mm_add_epi32(words, four_words(*constants));
        self.cdgh = _mm_sha256rnds2_epu32(self.cdgh, self.abef, sums);
        let sums = _mm_shuffle_epi32(sums, UPPER_HALF);
        self.abef = _mm_sha256rnds2_epu32(self.abef, self.cdgh, sums);
    }
}

/// The words of a block.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn words(block: &Block) -> [__m128i; 4] {
    let (quarters, _) = block.as_chunks();
    [quarter(&quarters[0]), quarter(&quarters[1]), quarter(&quarters[2]), quarter(&quarters[3])]
}

/// Four words, which are big-endian.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn quarter(bytes: &[u8; 16]) -> __m128i {
    let bits = u128::from_le_bytes(*bytes);
    let as_they_stand = _mm_set_epi64x((bits >> 64) as i64, bits as i64);
    let big_endian = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    _mm_shuffle_epi8(as_they_stand, big_endian)
}

/// A register of four words, the lowest first.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn four_words([w0, w1, w2, w3]: [u32; 4]) -> __m128i {
    _mm_set_epi32(w3.cast_signed(), w2.cast_signed(), w1.cast_signed(), w0.cast_signed())
}

#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
fn from_four(words: __m128i) -> [u32; 4] {
    [
        _mm_extract_epi32::<0>(words).cast_unsigned(),
        _mm_extract_epi32::<1>(words).cast_unsigned(),
        _mm_extract_epi32::<2>(words).cast_unsigned(),
        _mm_extract_epi32::<3>(words).cast_unsigned(),
    ]
}
