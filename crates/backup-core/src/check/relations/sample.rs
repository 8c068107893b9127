//! A few of a column's values, each as likely to be among them as any other.

use std::collections::BinaryHeap;

use super::ids::{Hash, Hashing, text_of};
use super::values::{is_distinctive, is_sentinel, parts};
use crate::record::Cell;

/// How many values a sample holds, where there is memory; all samples together; and at least.
const SIZE: usize = 256;
const ALL: usize = 1 << 21;
const LEAST: usize = 64;
/// So many values tell that nothing can be concluded from a column.
const JUDGED: usize = 32;
/// Of a cell with several ids, how many are taken; one with more than the most is no list of ids.
const PARTS: usize = 16;
const MOST_PARTS: usize = 64;

/// A sample of the values of one column.
///
/// Each record has a priority, and the values with the lowest priorities are the sample: so it is the
/// same whether one reader sees every record, or several see some each.
pub(super) struct Sample {
    size: usize,
    values: BinaryHeap<Value>,
    /// Values of this priority and above are not taken.
    limit: u64,
    buffer: Vec<u8>,
}

/// A value; most hold one id.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Value {
    priority: u64,
    ids: Vec<Hash>,
    is_distinctive: bool,
}

/// The priority of a record, which no other record has: the end of splitmix64.
pub(super) fn priority(record: u64) -> u64 {
    let mut mixed = record.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Sample {
    /// One of so many samples.
    pub(super) fn new(samples: usize) -> Self {
        let size = (ALL / samples.max(1)).clamp(LEAST, SIZE);
        Self { size, values: BinaryHeap::new(), limit: u64::MAX, buffer: Vec::new() }
    }

    pub(super) fn add(
        &mut self,
        cell: Cell<'_>,
        priority: u64,
        hashing: &Hashing,
        missing: &[String],
    ) {
        if priority >= self.limit {
            return;
        }
        let Some(text) = text_of(cell, &mut self.buffer) else { return };
        if is_sentinel(text, missing) {
            return;
        }
        let is_list = parts(text).nth(MOST_PARTS).is_none();
        let most = if is_list { PARTS } else { 0 };
        let ids = parts(text).take(most).map(|part| hashing.hash(part)).collect();
        let is_distinctive = is_list && parts(text).all(is_distinctive);
        self.values.push(Value { priority, ids, is_distinctive });
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.values.len() > self.size {
            self.values.pop();
        }
        if let (true, Some(last)) = (self.values.len() == self.size, self.values.peek()) {
            self.limit = last.priority;
        }
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &Hash> {
        self.values.iter().flat_map(|value| &value.ids)
    }

    /// Whether nearly all values are such that no other column has them by chance.
    pub(super) fn is_distinctive(&self) -> bool {
        let distinctive = self.values.iter().filter(|value| value.is_distinctive).count();
        distinctive > 0 && distinctive * 20 >= self.values.len() * 19
    }

    /// Whether there are enough values to tell that the column names no records.
    pub(super) fn names_nothing(&self) -> bool {
        self.values.len() >= JUDGED && !self.is_distinctive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample_of(
        samples: usize,
        records: impl Iterator<Item = u64>,
        hashing: &Hashing,
        value: &dyn Fn(u64) -> Option<String>,
    ) -> Sample {
        let mut sample = Sample::new(samples);
        for record in records {
            let text = value(record);
            let cell = text.as_deref().map_or(Cell::Null, |text| Cell::Text(text.into()));
            sample.add(cell, priority(record), hashing, &[]);
        }
        sample
    }

    #[test]
    fn a_sample_grows_neither_with_records_nor_with_columns() {
        let hashing = Hashing::new();
        for (samples, expected) in [(1, SIZE), (8_192, SIZE), (16_384, 128), (10_000_000, LEAST)] {
            let sample = sample_of(samples, 1..=20_000, &hashing, &|it| Some(it.to_string()));
            assert_eq!(sample.ids().count(), expected, "one of {samples} columns");
            let late: Vec<Hash> =
                (10_001..=20_000).map(|it: u64| hashing.hash(it.to_string().as_bytes())).collect();
            let late = sample.ids().filter(|id| late.contains(id)).count();
            assert!(late > expected / 4, "of the second half are {late} of {expected}");
        }
    }
}
