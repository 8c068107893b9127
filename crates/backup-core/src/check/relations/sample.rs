//! A few of a column's values, each as likely to be among them as any other.

use std::collections::BinaryHeap;

use super::ids::{Hashing, Id, text_of};
use super::values::{is_distinctive, is_sentinel, parts};
use crate::record::Cell;

/// How many values a sample holds, where there is room; all samples together; and at the least.
const SIZE: usize = 256;
const ALL: usize = 1 << 21;
const LEAST: usize = 64;
/// How many values tell that a column holds nothing that could name a record.
const FIRST: usize = 32;
/// Of a cell with several ids, how many are taken; one with more than the most is no list of ids.
const PARTS: usize = 16;
const MOST_PARTS: usize = 64;

/// Values of one column.
///
/// Each record has a lot, and the values with the least lots are the sample: so it is the same whether
/// one reader sees every record, or several see some each.
pub(super) struct Sample {
    /// How many values it holds.
    size: usize,
    taken: BinaryHeap<Taken>,
    /// What has no less a lot is not taken.
    limit: u64,
    /// Whether the column is called as references are, whatever its values look like.
    named: bool,
    /// Whether it sees every value of the column, so that the first ones are the column's first.
    sees_all: bool,
    /// The records of the first values, and whether these are distinctive.
    first: Vec<(u64, bool)>,
    buffer: Vec<u8>,
}

/// A value; most hold one id.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Taken {
    lot: u64,
    ids: Vec<Id>,
    is_distinctive: bool,
}

/// The lot of a record, which is that of no other: the end of splitmix64.
pub(super) fn lot(record: u64) -> u64 {
    let mut lot = record.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    lot = (lot ^ (lot >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    lot = (lot ^ (lot >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    lot ^ (lot >> 31)
}

impl Sample {
    /// One of so many.
    pub(super) fn new(among: usize, named: bool, sees_all: bool) -> Self {
        Self {
            size: (ALL / among.max(1)).clamp(LEAST, SIZE),
            taken: BinaryHeap::new(),
            limit: u64::MAX,
            named,
            sees_all,
            first: Vec::new(),
            buffer: Vec::new(),
        }
    }

    /// Takes the cell of a record that has this lot, or does not.
    pub(super) fn cell(
        &mut self,
        cell: Cell<'_>,
        (record, lot): (u64, u64),
        hashing: &Hashing,
        missing: &[String],
    ) {
        if lot >= self.limit || matches!(cell, Cell::Null) {
            return;
        }
        let Some(text) = text_of(cell, &mut self.buffer).filter(|it| !is_sentinel(it, missing))
        else {
            return;
        };
        let is_list = parts(text).nth(MOST_PARTS).is_none();
        let most = if is_list { PARTS } else { 0 };
        let ids: Vec<Id> = parts(text).take(most).map(|part| hashing.id(part, record)).collect();
        let is_distinctive = is_list && parts(text).all(is_distinctive);
        self.taken.push(Taken { lot, ids, is_distinctive });
        self.keep_size();
        if self.first.len() < FIRST {
            self.first.push((record, is_distinctive));
            if self.sees_all {
                self.judge();
            }
        }
    }

    /// Leaves those with the least lots.
    fn keep_size(&mut self) {
        while self.taken.len() > self.size {
            self.taken.pop();
        }
        if let (true, Some(last)) = (self.taken.len() == self.size, self.taken.peek()) {
            self.limit = last.lot;
        }
    }

    /// Takes nothing any more if the column's first values tell that nothing can be concluded from it.
    pub(super) fn judge(&mut self) {
        let distinctive = self.first.iter().map(|(_, is_distinctive)| *is_distinctive);
        if self.first.len() == FIRST && !self.named && !nearly_all(distinctive) {
            (self.taken, self.first, self.limit) = (BinaryHeap::new(), Vec::new(), 0);
        }
    }

    /// The ids in each of the values.
    pub(super) fn values(&self) -> impl Iterator<Item = &[Id]> {
        self.taken.iter().map(|taken| taken.ids.as_slice())
    }

    /// Whether nearly all values are such that no column has them by chance.
    pub(super) fn is_distinctive(&self) -> bool {
        nearly_all(self.taken.iter().map(|taken| taken.is_distinctive))
    }
}

/// Whether nearly all of these are true, of which there are some.
fn nearly_all(each: impl ExactSizeIterator<Item = bool>) -> bool {
    let all = each.len();
    all > 0 && each.filter(|it| *it).count() * 20 >= all * 19
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in a record; nothing if that is null.
    type Value<'a> = &'a dyn Fn(u64) -> Option<String>;

    fn sample_of(
        among: usize,
        named: bool,
        sees_all: bool,
        records: impl Iterator<Item = u64>,
        hashing: &Hashing,
        value: Value<'_>,
    ) -> Sample {
        let mut sample = Sample::new(among, named, sees_all);
        for record in records {
            let text = value(record);
            let cell = text.as_deref().map_or(Cell::Null, |text| Cell::Text(text.into()));
            sample.cell(cell, (record, lot(record)), hashing, &[]);
        }
        sample
    }

    #[test]
    fn a_sample_grows_neither_with_records_nor_with_columns() {
        let hashing = Hashing::new();
        for (among, expected) in [(1, SIZE), (8_192, SIZE), (16_384, 128), (10_000_000, LEAST)] {
            let sample =
                sample_of(among, true, true, 1..=20_000, &hashing, &|it: u64| Some(it.to_string()));
            let values: Vec<_> = sample.values().flatten().collect();
            assert_eq!(values.len(), expected, "one of {among} columns");
            let late = values.iter().filter(|id| id.record > 10_000).count();
            assert!(late > expected / 4, "of the second half are {late} of {expected}");
        }
    }
}
