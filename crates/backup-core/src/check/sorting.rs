//! External sort with bounded memory. Entries are sorted in runs. The runs are stored in an unnamed
//! temporary file until they are merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use crate::error::{Error, Operation, Result};

/// An entry to be sorted. Comparing words is faster than comparing strings of bytes.
pub(super) type Entry<const WORDS: usize> = [u64; WORDS];

/// The number of entries that are written at a time.
const WRITTEN: usize = 2048;
/// Memory for the read buffers of all runs together while they are merged, in bytes.
const MERGE_BYTES: usize = 2 << 20;

/// Collects entries to be sorted.
pub(super) struct Sorter<const WORDS: usize> {
    /// The maximum number of entries in memory.
    most: usize,
    entries: Sorted<WORDS>,
}

/// Sorted entries, which can be read several times.
pub(super) struct Sorted<const WORDS: usize> {
    /// The entries in memory; if there are no runs, these are all entries.
    held: Vec<Entry<WORDS>>,
    /// The positions of the runs in the file, in bytes.
    runs: Vec<Range<u64>>,
    /// The temporary file, created for the first run.
    file: Option<File>,
}

impl<const WORDS: usize> Sorter<WORDS> {
    /// Holds at most `most` entries in memory.
    pub(super) fn holding(most: usize) -> Self {
        Self {
            most: most.max(1),
            entries: Sorted { held: Vec::new(), runs: Vec::new(), file: None },
        }
    }

    pub(super) fn push(&mut self, entry: Entry<WORDS>) -> Result<()> {
        if self.entries.held.len() == self.most {
            self.entries.write_run()?;
        }
        self.entries.held.push(entry);
        Ok(())
    }

    pub(super) fn sorted(mut self) -> Result<Sorted<WORDS>> {
        match self.entries.file {
            Some(_) => self.entries.write_run()?,
            None => self.entries.held.sort_unstable(),
        }
        Ok(self.entries)
    }
}

fn failed(doing: Operation) -> impl Fn(io::Error) -> Error {
    move |error| Error::io(doing, std::env::temp_dir(), error)
}

impl<const WORDS: usize> Sorted<WORDS> {
    const ENTRY_BYTES: usize = size_of::<Entry<WORDS>>();

    /// Moves the entries in memory to the file.
    fn write_run(&mut self) -> Result<()> {
        self.held.sort_unstable();
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile().map_err(failed(Operation::CreateIn))?),
        };
        let mut bytes = Vec::with_capacity(WRITTEN * Self::ENTRY_BYTES);
        for entries in self.held.chunks(WRITTEN) {
            bytes.clear();
            for word in entries.as_flattened() {
                bytes.extend_from_slice(&word.to_le_bytes());
            }
            file.write_all(&bytes).map_err(failed(Operation::WriteIn))?;
        }
        let start = self.runs.last().map_or(0, |run| run.end);
        self.runs.push(start..start + (self.held.len() * Self::ENTRY_BYTES) as u64);
        self.held.clear();
        Ok(())
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<Entry<WORDS>>> {
        let mut bytes = vec![0; (range.end - range.start) as usize];
        let mut file = self.file.as_ref().expect("a run is in the file");
        file.seek(SeekFrom::Start(range.start))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(failed(Operation::ReadIn))?;
        let words = bytes.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word));
        let words: Vec<u64> = words.collect();
        Ok(words.as_chunks().0.to_vec())
    }

    /// Returns the entries in order.
    pub(super) fn merge(&self) -> Result<Merge<'_, WORDS>> {
        let entries_at_once = (MERGE_BYTES / self.runs.len().max(1) / Self::ENTRY_BYTES).max(1);
        let bytes_at_once = (entries_at_once * Self::ENTRY_BYTES) as u64;
        let (held, runs) = (self.held.iter(), Vec::new());
        let mut merge = Merge { sorted: self, held, runs, heads: BinaryHeap::new() };
        for (at, left) in self.runs.iter().cloned().enumerate() {
            let mut run = Run { left, bytes_at_once, read: Vec::new().into_iter() };
            merge.heads.extend(run.next(self)?.map(|head| Reverse((head, at))));
            merge.runs.push(run);
        }
        Ok(merge)
    }
}

/// Reads sorted entries one by one.
pub(super) struct Merge<'a, const WORDS: usize> {
    sorted: &'a Sorted<WORDS>,
    held: std::slice::Iter<'a, Entry<WORDS>>,
    runs: Vec<Run<WORDS>>,
    /// The next entry of each run that is not finished, with the index of the run.
    heads: BinaryHeap<Reverse<(Entry<WORDS>, usize)>>,
}

impl<const WORDS: usize> Merge<'_, WORDS> {
    pub(super) fn next(&mut self) -> Result<Option<Entry<WORDS>>> {
        let Some(mut head) = self.heads.peek_mut() else { return Ok(self.held.next().copied()) };
        let Reverse((entry, run)) = *head;
        match self.runs[run].next(self.sorted)? {
            Some(next) => *head = Reverse((next, run)),
            None => drop(PeekMut::pop(head)),
        }
        Ok(Some(entry))
    }
}

/// A run in the file: the range that was not read yet, and the entries that were read.
struct Run<const WORDS: usize> {
    left: Range<u64>,
    bytes_at_once: u64,
    read: std::vec::IntoIter<Entry<WORDS>>,
}

impl<const WORDS: usize> Run<WORDS> {
    fn next(&mut self, sorted: &Sorted<WORDS>) -> Result<Option<Entry<WORDS>>> {
        if self.read.len() == 0 && !self.left.is_empty() {
            let end = self.left.end.min(self.left.start + self.bytes_at_once);
            self.read = sorted.read(self.left.start..end)?.into_iter();
            self.left.start = end;
        }
        Ok(self.read.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distinct entries that are not in order.
    fn numbers(count: u64) -> impl Iterator<Item = Entry<4>> {
        (0..count).map(|number| [0, number.wrapping_mul(0x9e37_79b1) % (1 << 20), number, 0])
    }

    fn all(sorted: &Sorted<4>) -> Vec<Entry<4>> {
        let mut merge = sorted.merge().expect("the runs are read");
        std::iter::from_fn(|| merge.next().expect("the runs are read")).collect()
    }

    #[test]
    fn entries_that_do_not_fit_into_memory_are_sorted() {
        let mut expected: Vec<_> = numbers(100_000).collect();
        expected.sort_unstable();
        for most in [7, 1_000, 99_999, 100_000, 1 << 20] {
            let mut sorter = Sorter::holding(most);
            numbers(100_000).for_each(|number| sorter.push(number).expect("it is kept"));
            let sorted = sorter.sorted().expect("it is sorted");
            assert!(all(&sorted) == expected, "holding {most}");
            assert!(all(&sorted) == expected, "holding {most}, read again");
        }
    }

    #[test]
    fn no_entries_are_sorted_too() {
        assert!(all(&Sorter::<4>::holding(10).sorted().expect("nothing to write")).is_empty());
    }
}
