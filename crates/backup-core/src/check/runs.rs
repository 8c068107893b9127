//! Pairs of hashes in order, as many as there are, in little memory: sorted in runs, which wait in a
//! temporary file without a name until they are merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use crate::error::{Error, Result};

/// The hash of a record's key, and that of the record.
pub(super) type Pair = [u8; 32];

const PAIR_BYTES: u64 = size_of::<Pair>() as u64;

/// How many pairs a run has: 8 MiB of them are sorted at a time.
const RUN: usize = 1 << 18;
/// How many pairs of all runs together are in memory while they are merged.
const WINDOWS: usize = 1 << 18;

/// Where a table's runs stand in the file, counted in pairs.
pub(super) type Ranges = Vec<Range<u64>>;

/// The runs of several tables, one table after the other.
pub(super) struct Runs {
    file: File,
    end: u64,
    pending: Vec<Pair>,
    ranges: Ranges,
}

fn failed(doing: &'static str) -> impl Fn(io::Error) -> Error {
    move |error| Error::io(doing, std::env::temp_dir(), error)
}

impl Runs {
    pub(super) fn new() -> Result<Self> {
        let file = tempfile::tempfile().map_err(failed("create a file in"))?;
        Ok(Self { file, end: 0, pending: Vec::new(), ranges: Vec::new() })
    }

    pub(super) fn add(&mut self, pair: Pair) -> Result<()> {
        self.pending.push(pair);
        if self.pending.len() < RUN { Ok(()) } else { self.spill() }
    }

    /// Ends a table.
    pub(super) fn finish(&mut self) -> Result<Ranges> {
        self.spill()?;
        Ok(std::mem::take(&mut self.ranges))
    }

    /// Ends a table that nobody needs.
    pub(super) fn forget(&mut self) {
        self.pending.clear();
        self.end = self.ranges.first().map_or(self.end, |first| first.start);
        self.ranges.clear();
    }

    fn spill(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.pending.sort_unstable();
        self.file
            .seek(SeekFrom::Start(self.end * PAIR_BYTES))
            .and_then(|_| self.file.write_all(self.pending.as_flattened()))
            .map_err(failed("write a file in"))?;
        let begin = self.end;
        self.end += self.pending.len() as u64;
        self.ranges.push(begin..self.end);
        self.pending.clear();
        Ok(())
    }

    /// A table's pairs, all in order.
    pub(super) fn merge(&self, ranges: Ranges) -> Result<Merge<'_>> {
        let room = (WINDOWS / ranges.len().max(1)).max(1) as u64;
        let window = |left| Window { left, room, pairs: Vec::new(), at: 0 };
        let windows = ranges.into_iter().map(window).collect();
        let mut merge = Merge { file: &self.file, windows, least: BinaryHeap::new() };
        (0..merge.windows.len()).try_for_each(|run| merge.advance(run))?;
        Ok(merge)
    }
}

/// Pairs in order.
pub(super) struct Merge<'a> {
    file: &'a File,
    windows: Vec<Window>,
    /// The next pair of each run that has one.
    least: BinaryHeap<Reverse<(Pair, usize)>>,
}

/// What of a run is in memory.
struct Window {
    left: Range<u64>,
    room: u64,
    pairs: Vec<Pair>,
    at: usize,
}

impl Merge<'_> {
    pub(super) fn next(&mut self) -> Result<Option<Pair>> {
        let Some(Reverse((pair, run))) = self.least.pop() else { return Ok(None) };
        self.advance(run)?;
        Ok(Some(pair))
    }

    fn advance(&mut self, run: usize) -> Result<()> {
        let window = &mut self.windows[run];
        if window.at == window.pairs.len() {
            window.fill(self.file).map_err(failed("read a file in"))?;
        }
        if let Some(pair) = window.pairs.get(window.at) {
            window.at += 1;
            self.least.push(Reverse((*pair, run)));
        }
        Ok(())
    }
}

impl Window {
    fn fill(&mut self, mut file: &File) -> io::Result<()> {
        let end = self.left.end.min(self.left.start + self.room);
        self.pairs.resize((end - self.left.start) as usize, [0; 32]);
        self.at = 0;
        file.seek(SeekFrom::Start(self.left.start * PAIR_BYTES))?;
        file.read_exact(self.pairs.as_flattened_mut())?;
        self.left.start = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(number: u64) -> Pair {
        let mut pair = [0; 32];
        pair[..8].copy_from_slice(&number.to_be_bytes());
        pair
    }

    #[test]
    fn what_does_not_fit_into_memory_comes_back_in_order() {
        let count = RUN as u64 * 2 + 77;
        let mut runs = Runs::new().expect("a temporary file");
        let add = |runs: &mut Runs, from: u64| {
            // An odd factor goes through all numbers below a power of two, in no order.
            for number in 0..count {
                runs.add(pair(from + number.wrapping_mul(0x9e37_79b1) % (1 << 20))).expect("taken");
            }
        };
        add(&mut runs, 7);
        runs.forget();
        add(&mut runs, 0);
        let kept = runs.finish().expect("written");
        assert_eq!(kept.len(), 3, "it does not try more than one run");
        assert_eq!(kept[0].start, 0, "the room of what was forgotten is used again");
        add(&mut runs, 3);
        runs.finish().expect("another table changes nothing");
        let mut merge = runs.merge(kept).expect("read");
        let mut expected: Vec<Pair> =
            (0..count).map(|number| pair(number.wrapping_mul(0x9e37_79b1) % (1 << 20))).collect();
        expected.sort_unstable();
        for (at, expected) in expected.iter().enumerate() {
            let next = merge.next().expect("read");
            assert!(next == Some(*expected), "pair {at} is another");
        }
        assert!(merge.next().expect("read").is_none(), "there are more pairs than were added");
    }

    #[test]
    fn nothing_is_in_order_too() {
        let mut runs = Runs::new().expect("a temporary file");
        let none = runs.finish().expect("nothing to write");
        assert!(runs.merge(none).expect("read").next().expect("read").is_none());
    }
}
