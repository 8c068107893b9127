//! A few of a column's values, each as likely to be among them as any other.

use super::ids::{Hashing, Id, text_of};
use super::values::{is_distinctive, is_sentinel, parts};
use crate::record::Cell;

/// How many values a sample holds.
const SIZE: usize = 512;

/// Values of one column.
pub(super) struct Sample {
    /// The ids in each of the values: most have one.
    pub(super) values: Vec<Vec<Id>>,
    distinctive: Vec<bool>,
    /// How many values there were.
    seen: u64,
    /// Which value is taken next, counted from 1.
    next: u64,
    random: u64,
    buffer: Vec<u8>,
}

impl Sample {
    /// The same seed takes the same values.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            values: Vec::new(),
            distinctive: Vec::new(),
            seen: 0,
            next: 1,
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            buffer: Vec::new(),
        }
    }

    pub(super) fn cell(&mut self, cell: Cell<'_>, record: u64, hashing: &Hashing) {
        if matches!(cell, Cell::Null) {
            return;
        }
        if self.seen + 1 < self.next {
            self.seen += 1;
            return;
        }
        let Some(text) = text_of(cell, &mut self.buffer).filter(|text| !is_sentinel(text)) else {
            return;
        };
        let ids: Vec<Id> = parts(text).map(|part| hashing.id(part, record)).collect();
        let distinctive = parts(text).all(is_distinctive);
        self.seen += 1;
        if self.values.len() < SIZE {
            self.values.push(ids);
            self.distinctive.push(distinctive);
            self.next = self.seen + 1;
        } else {
            let at = (self.draw() * SIZE as f64) as usize;
            self.values[at] = ids;
            self.distinctive[at] = distinctive;
            self.next = self.seen + self.skip();
        }
    }

    /// How many values go by until the next is taken. The chance of a value is the size of the
    /// sample by how many there were; how long it takes is drawn as Vitter's algorithm R draws it, one
    /// draw for many values.
    fn skip(&mut self) -> u64 {
        let chance = SIZE as f64 / (self.seen + 1) as f64;
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
