//! External sort: any number of entries in order, in bounded memory. Entries are sorted in
//! runs, which wait in a temporary file without a name until they are merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Operation, Result};

/// What is sorted. Whole words are compared faster than strings of bytes.
pub(super) type Entry = [u64; 4];
const ENTRY_BYTES: usize = size_of::<Entry>();

/// How many entries are written at a time.
const WRITTEN: usize = 2048;
/// Memory for the read buffers of all runs together while they are merged, in bytes.
const MERGE_BYTES: usize = 2 << 20;

/// The temporary file for runs, created on first use; several sorters may share it.
#[derive(Default)]
pub(super) struct Spill(Mutex<Option<File>>);

impl Spill {
    fn lock(&self) -> MutexGuard<'_, Option<File>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a run; returns its range in the file.
    fn append(&self, entries: &[Entry]) -> Result<Range<u64>> {
        let mut file = self.lock();
        let file = match &mut *file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile().map_err(failed(Operation::CreateIn))?),
        };
        let write = |file: &mut File| {
            let start = file.seek(SeekFrom::End(0))?;
            let mut bytes = Vec::with_capacity(WRITTEN * ENTRY_BYTES);
            for entries in entries.chunks(WRITTEN) {
                bytes.clear();
                bytes.extend(entries.as_flattened().iter().flat_map(|word| word.to_le_bytes()));
                file.write_all(&bytes)?;
            }
            Ok(start..start + (entries.len() * ENTRY_BYTES) as u64)
        };
        write(file).map_err(failed(Operation::WriteIn))
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<Entry>> {
        let mut bytes = vec![0; (range.end - range.start) as usize];
        let read = match &mut *self.lock() {
            Some(file) => {
                file.seek(SeekFrom::Start(range.start)).and_then(|_| file.read_exact(&mut bytes))
            }
            None => Err(io::ErrorKind::NotFound.into()),
        };
        read.map_err(failed(Operation::ReadIn))?;
        let words = bytes.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word));
        let words: Vec<u64> = words.collect();
        Ok(words.as_chunks().0.to_vec())
    }
}

fn failed(doing: Operation) -> impl Fn(io::Error) -> Error {
    move |error| Error::io(doing, std::env::temp_dir(), error)
}

/// Collects entries.
pub(super) struct Sorter {
    held: Vec<Entry>,
    /// The most entries to hold in memory.
    most: usize,
    runs: Vec<Range<u64>>,
    spill: Arc<Spill>,
}

impl Sorter {
    /// Holds at most so many entries in memory.
    pub(super) fn holding(most: usize, spill: &Arc<Spill>) -> Self {
        Self { held: Vec::new(), most: most.max(1), runs: Vec::new(), spill: spill.clone() }
    }

    pub(super) fn push(&mut self, entry: Entry) -> Result<()> {
        if self.held.len() == self.most {
            self.spill()?;
        }
        self.held.push(entry);
        Ok(())
    }

    fn spill(&mut self) -> Result<()> {
        self.held.sort_unstable();
        self.runs.push(self.spill.append(&self.held)?);
        self.held.clear();
        Ok(())
    }

    pub(super) fn sorted(mut self) -> Sorted {
        self.held.sort_unstable();
        Sorted { held: self.held, runs: self.runs, spill: self.spill }
    }

    /// As [`sorted`](Self::sorted), with all entries in the file.
    pub(super) fn sorted_on_disk(mut self) -> Result<Sorted> {
        if !self.held.is_empty() {
            self.spill()?;
        }
        Ok(Sorted { held: Vec::new(), runs: self.runs, spill: self.spill })
    }

    /// Gives back the room in a file to which no other sorter has written since.
    pub(super) fn discard(self) {
        if let (Some(first), Some(file)) = (self.runs.first(), &*self.spill.lock()) {
            // Failing to shrink the file costs only room.
            let _ = file.set_len(first.start);
        }
    }
}

/// Entries in order, which can be read any number of times.
pub(super) struct Sorted {
    held: Vec<Entry>,
    runs: Vec<Range<u64>>,
    spill: Arc<Spill>,
}

impl Sorted {
    /// Merges the entries in memory and the runs in the file.
    pub(super) fn merge(&self) -> Result<Merge<'_>> {
        let bytes_at_once =
            ((MERGE_BYTES / self.runs.len().max(1) / ENTRY_BYTES).max(1) * ENTRY_BYTES) as u64;
        let mut merge = Merge {
            sorted: self,
            held: self.held.iter(),
            runs: Vec::new(),
            heads: BinaryHeap::new(),
        };
        for left in self.runs.iter().cloned() {
            let mut run = Run { left, bytes_at_once, read: Vec::new().into_iter() };
            if let Some(head) = run.next(&self.spill)? {
                merge.heads.push(Reverse((head, merge.runs.len())));
            }
            merge.runs.push(run);
        }
        Ok(merge)
    }
}

/// Reads sorted entries one by one.
pub(super) struct Merge<'a> {
    sorted: &'a Sorted,
    held: std::slice::Iter<'a, Entry>,
    runs: Vec<Run>,
    /// The next entry of each run that has any left, with the number of the run.
    heads: BinaryHeap<Reverse<(Entry, usize)>>,
}

impl Merge<'_> {
    pub(super) fn next(&mut self) -> Result<Option<Entry>> {
        let held = self.held.as_slice().first();
        let Some(mut head) = self.heads.peek_mut() else { return Ok(self.held.next().copied()) };
        let Reverse((entry, run)) = *head;
        if held.is_some_and(|held| *held < entry) {
            return Ok(self.held.next().copied());
        }
        match self.runs[run].next(&self.sorted.spill)? {
            Some(next) => *head = Reverse((next, run)),
            None => drop(PeekMut::pop(head)),
        }
        Ok(Some(entry))
    }
}

/// A run in the file: what was not read yet, and the entries that were read.
struct Run {
    left: Range<u64>,
    bytes_at_once: u64,
    read: std::vec::IntoIter<Entry>,
}

impl Run {
    fn next(&mut self, spill: &Spill) -> Result<Option<Entry>> {
        if self.read.len() == 0 && !self.left.is_empty() {
            let end = self.left.end.min(self.left.start + self.bytes_at_once);
            self.read = spill.read(self.left.start..end)?.into_iter();
            self.left.start = end;
        }
        Ok(self.read.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each number below a power of two once, in no order.
    fn numbers(count: u64) -> impl Iterator<Item = Entry> {
        (0..count).map(|number| [0, number.wrapping_mul(0x9e37_79b1) % (1 << 20), number, 0])
    }

    fn sorter(most: usize, count: u64, spill: &Arc<Spill>) -> Sorter {
        let mut sorter = Sorter::holding(most, spill);
        numbers(count).for_each(|number| sorter.push(number).expect("it is kept"));
        sorter
    }

    fn all(sorted: &Sorted) -> Vec<Entry> {
        let mut merge = sorted.merge().expect("the runs are read");
        std::iter::from_fn(|| merge.next().expect("the runs are read")).collect()
    }

    #[test]
    fn entries_that_do_not_fit_into_memory_are_sorted() {
        let mut expected: Vec<_> = numbers(100_000).collect();
        expected.sort_unstable();
        for most in [7, 1_000, 99_999, 100_000, 1 << 20] {
            let spill = Arc::default();
            let sorter = || sorter(most, 100_000, &spill);
            for sorted in [sorter().sorted(), sorter().sorted_on_disk().expect("written")] {
                assert!(all(&sorted) == expected, "holding {most}");
                assert!(all(&sorted) == expected, "holding {most}, read again");
            }
        }
    }

    #[test]
    fn several_sorters_share_a_file_and_room_is_used_again() {
        let spill = Arc::default();
        let length =
            |spill: &Spill| spill.lock().as_ref().expect("a file").metadata().expect("it").len();
        sorter(100, 5_000, &spill).discard();
        assert_eq!(length(&spill), 0, "the room is not given back");
        let first = sorter(100, 5_000, &spill).sorted_on_disk().expect("written");
        let mut both = [Sorter::holding(64, &spill), Sorter::holding(100, &spill)];
        for number in numbers(50_000) {
            both.iter_mut().for_each(|sorter| sorter.push(number).expect("it is kept"));
        }
        let [second, third] = both.map(Sorter::sorted);
        let mut expected: Vec<_> = numbers(50_000).collect();
        expected.sort_unstable();
        assert!(all(&second) == expected && all(&third) == expected, "one disturbs the other");
        assert_eq!(all(&first).len(), 5_000);
        assert!(all(&first).is_sorted(), "what was written first was written over");
    }

    #[test]
    fn no_entries_are_sorted_too() {
        let sorter: Sorter = Sorter::holding(10, &Arc::default());
        assert!(all(&sorter.sorted_on_disk().expect("nothing to write")).is_empty());
    }
}
