//! Bytes that do not compress, so that a small archive has several frames and encrypted chunks.

use crate::{Rows, awkward};

/// This many bytes; another seed gives other bytes.
pub fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut byte = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    };
    (0..bytes).map(|_| byte()).collect()
}

/// A table of records of eight kilobytes of hex digits, all different.
pub fn noisy(name: &str, seed: u64, records: usize) -> Rows {
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let record = |n: usize| awkward::texts(&[Some(&hex(noise(4_000, seed + n as u64 * 977)))]);
    (awkward::table(name, ["noise"]), (0..records).map(record).collect())
}
