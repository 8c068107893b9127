//! A few of a column's values, each as likely to be among them as any other.

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
pub(super) struct Sample {
    /// How many values it holds.
    size: usize,
    /// The ids in each of the values: most have one.
    pub(super) values: Vec<Vec<Id>>,
    distinctive: Vec<bool>,
    /// Whether the column is called as references are, whatever its values look like.
    named: bool,
    /// Whether it turned out that nothing can be concluded from the column.
    off: bool,
    /// How many values there were.
    seen: u64,
    /// Which value is taken next, counted from 1.
    next: u64,
    random: u64,
    buffer: Vec<u8>,
}

impl Sample {
    /// One of so many; the same seed takes the same values.
    pub(super) fn new(among: usize, seed: u64, named: bool) -> Self {
        Self {
            size: (ALL / among.max(1)).clamp(LEAST, SIZE),
            values: Vec::new(),
            distinctive: Vec::new(),
            named,
            off: false,
            seen: 0,
            next: 1,
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            buffer: Vec::new(),
        }
    }

    pub(super) fn cell(
        &mut self,
        cell: Cell<'_>,
        record: u64,
        hashing: &Hashing,
        missing: &[String],
    ) {
        if self.off || matches!(cell, Cell::Null) {
            return;
        }
        if self.seen + 1 < self.next {
            self.seen += 1;
            return;
        }
        let Some(text) = text_of(cell, &mut self.buffer).filter(|it| !is_sentinel(it, missing))
        else {
            return;
        };
        let is_list = parts(text).nth(MOST_PARTS).is_none();
        let taken = if is_list { PARTS } else { 0 };
        let ids: Vec<Id> = parts(text).take(taken).map(|part| hashing.id(part, record)).collect();
        let distinctive = is_list && parts(text).all(is_distinctive);
        self.seen += 1;
        if self.values.len() < self.size {
            self.values.push(ids);
            self.distinctive.push(distinctive);
            self.next = self.seen + 1;
        } else {
            let at = (self.draw() * self.size as f64) as usize;
            self.values[at] = ids;
            self.distinctive[at] = distinctive;
            self.next = self.seen + self.skip();
        }
        if self.values.len() == FIRST && !self.named && !self.is_distinctive() {
            (self.off, self.values, self.distinctive) = (true, Vec::new(), Vec::new());
        }
    }

    /// How many values go by until the next is taken. The chance of a value is the size of the
    /// sample by how many there were, as in Vitter's algorithm R; one draw stands for many values.
    fn skip(&mut self) -> u64 {
        let chance = self.size as f64 / (self.seen + 1) as f64;
        let wait = self.draw().ln() / (1.0 - chance).ln();
        (wait as u64).saturating_add(1)
    }

    /// A number between 0 and 1, neither included: xorshift64*.
    fn draw(&mut self) -> f64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        let bits = self.random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        (bits as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Whether nearly all values are such that no column has them by chance.
    pub(super) fn is_distinctive(&self) -> bool {
        let many = self.distinctive.iter().filter(|distinctive| **distinctive).count();
        !self.values.is_empty() && many * 20 >= self.values.len() * 19
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_grows_neither_with_records_nor_with_columns() {
        let hashing = Hashing::new();
        for (among, expected) in [(1, SIZE), (8_192, SIZE), (16_384, 128), (10_000_000, LEAST)] {
            let mut sample = Sample::new(among, 7, true);
            for record in 1..=20_000u64 {
                sample.cell(Cell::Integer(record as i64), record, &hashing, &[]);
            }
            assert_eq!(sample.values.len(), expected, "one of {among} columns");
            let late = sample.values.iter().flatten().filter(|id| id.record > 10_000).count();
            assert!(late > expected / 4, "of the second half are {late} of {expected}");
        }
    }
}
