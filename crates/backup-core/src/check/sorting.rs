//! Any number of items in order, in little memory: sorted in runs, which wait in a temporary file
//! without a name until they are merged. So many runs are merged into one before there are more, that
//! neither their places nor what is read of each at a time grows with the items.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Operation;
use crate::error::{Error, Result};

/// What is sorted: always of the same length.
pub(super) trait Item: Copy + Ord {
    const BYTES: usize;

    fn write(&self, bytes: &mut Vec<u8>);

    /// From as many bytes as there have to be.
    fn read(bytes: &[u8]) -> Self;
}

/// How many bytes are written at a time.
const WRITTEN: usize = 64 << 10;
/// How many bytes of all runs together are in memory while they are gone through.
const WINDOWS: usize = 2 << 20;
/// So many runs become one.
const FAN_IN: usize = 64;

/// The file that runs go to, made when the first does; several sorters may share it.
#[derive(Default)]
pub(super) struct Spill(Mutex<Option<(File, u64)>>);

impl Spill {
    /// Makes room for so many bytes at the end; gives where it begins.
    fn reserve(&self, bytes: u64) -> Result<u64> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, end) = match &mut *held {
            Some(held) => held,
            none => none.insert((tempfile::tempfile().map_err(failed(Operation::CreateIn))?, 0)),
        };
        let start = *end;
        *end += bytes;
        Ok(start)
    }

    fn write(&self, at: u64, bytes: &[u8]) -> Result<()> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = match &mut *held {
            Some((file, _)) => file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(bytes)),
            None => Err(io::ErrorKind::NotFound.into()),
        };
        written.map_err(failed(Operation::WriteIn))
    }

    fn read(&self, at: u64, bytes: usize) -> Result<Vec<u8>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = vec![0; bytes];
        let read = match &mut *held {
            Some((file, _)) => {
                file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut buffer))
            }
            None => Err(io::ErrorKind::NotFound.into()),
        };
        read.map_err(failed(Operation::ReadIn))?;
        Ok(buffer)
    }

    fn end(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, |(_, end)| *end)
    }

    /// What comes next takes the place of all that comes from here.
    fn go_back(&self, to: u64) {
        if let Some((_, end)) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            *end = to;
        }
    }
}

fn failed(doing: Operation) -> impl Fn(io::Error) -> Error {
    move |error| Error::io(doing, std::env::temp_dir(), error)
}

/// Where a run stands in the file, in bytes, and how often it was merged.
#[derive(Clone)]
struct Run {
    range: Range<u64>,
    merged: u32,
}

/// Items as they come.
pub(super) struct Sorter<T> {
    held: Vec<T>,
    most: usize,
    runs: Vec<Run>,
    spill: Arc<Spill>,
    /// Where the file ended before.
    begins: u64,
}

impl<T: Item> Sorter<T> {
    /// Holds at most so many in memory.
    pub(super) fn holding(most: usize, spill: &Arc<Spill>) -> Self {
        let (held, runs, begins) = (Vec::new(), Vec::new(), spill.end());
        Self { held, most: most.max(1), runs, spill: spill.clone(), begins }
    }

    pub(super) fn push(&mut self, item: T) -> Result<()> {
        if self.held.len() == self.most {
            self.spill()?;
        }
        self.held.push(item);
        Ok(())
    }

    /// How many of them are in memory, and yet to be sorted.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    /// Takes in what another one has, which shares the file; and the room that it had in memory.
    pub(super) fn merge(&mut self, mut other: Self) {
        self.most += other.most;
        self.held.append(&mut other.held);
        self.runs.append(&mut other.runs);
        // Those that were merged as often stand side by side, so that they can become one.
        self.runs.sort_by_key(|run| Reverse(run.merged));
        self.begins = self.begins.min(other.begins);
    }

    fn spill(&mut self) -> Result<()> {
        self.held.sort_unstable();
        let items = self.held.iter().map(|item| Ok(*item));
        let range = written(&self.spill, self.held.len() as u64, items)?;
        self.held.clear();
        self.runs.push(Run { range, merged: 0 });
        while let Some(at) = self.runs.len().checked_sub(FAN_IN) {
            let (merged, runs) = (self.runs[at].merged, &self.runs[at..]);
            if runs.iter().any(|run| run.merged != merged) {
                break;
            }
            let count = runs.iter().map(Run::items::<T>).sum();
            let mut walk = Walk::<T>::of(&[], runs, &self.spill)?;
            let range =
                written(&self.spill, count, std::iter::from_fn(|| walk.next().transpose()))?;
            self.runs.truncate(at);
            self.runs.push(Run { range, merged: merged + 1 });
        }
        Ok(())
    }

    /// All of them in order.
    pub(super) fn sorted(mut self) -> Sorted<T> {
        self.held.sort_unstable();
        Sorted { held: self.held, runs: self.runs, spill: self.spill }
    }

    /// The same, with nothing in memory.
    pub(super) fn filed(mut self) -> Result<Sorted<T>> {
        if !self.held.is_empty() {
            self.spill()?;
        }
        Ok(Sorted { held: Vec::new(), runs: self.runs, spill: self.spill })
    }

    /// Gives back the room that they have in a file which no other sorter has written to since.
    pub(super) fn forget(self) {
        self.spill.go_back(self.begins);
    }
}

impl Run {
    fn items<T: Item>(&self) -> u64 {
        (self.range.end - self.range.start) / T::BYTES as u64
    }
}

/// Writes a run of so many items; gives where it stands.
fn written<T: Item>(
    spill: &Spill,
    count: u64,
    items: impl Iterator<Item = Result<T>>,
) -> Result<Range<u64>> {
    let length = count * T::BYTES as u64;
    let start = spill.reserve(length)?;
    let (mut at, mut bytes) = (start, Vec::with_capacity(WRITTEN + T::BYTES));
    for item in items {
        item?.write(&mut bytes);
        if bytes.len() >= WRITTEN {
            spill.write(at, &bytes)?;
            at += bytes.len() as u64;
            bytes.clear();
        }
    }
    spill.write(at, &bytes)?;
    debug_assert_eq!(at + bytes.len() as u64, start + length, "a run of another length");
    Ok(start..start + length)
}

/// Items in order. They can be gone through again and again.
pub(super) struct Sorted<T> {
    held: Vec<T>,
    runs: Vec<Run>,
    spill: Arc<Spill>,
}

impl<T: Item> Sorted<T> {
    /// Goes through all of them.
    pub(super) fn each(&self, mut each: impl FnMut(T) -> Result<()>) -> Result<()> {
        let mut walk = self.walk()?;
        while let Some(item) = walk.next()? {
            each(item)?;
        }
        Ok(())
    }

    /// Goes through them one by one.
    pub(super) fn walk(&self) -> Result<Walk<'_, T>> {
        Walk::of(&self.held, &self.runs, &self.spill)
    }
}

/// A way through sorted items.
pub(super) struct Walk<'a, T> {
    windows: Vec<Window<'a, T>>,
    /// The first item of each window that has any left, where there are several.
    next: BinaryHeap<Reverse<(T, usize)>>,
}

impl<'a, T: Item> Walk<'a, T> {
    fn of(held: &'a [T], runs: &[Run], spill: &'a Spill) -> Result<Self> {
        let room = (WINDOWS / runs.len().max(1) / T::BYTES).max(1) * T::BYTES;
        let mut windows = vec![Window::Held(held.iter())];
        windows.extend(runs.iter().map(|run| {
            let (left, items) = (run.range.clone(), Vec::new().into_iter());
            Window::Filed { spill, left, room: room as u64, items }
        }));
        let mut walk = Self { windows, next: BinaryHeap::new() };
        if walk.windows.len() == 1 {
            return Ok(walk);
        }
        for at in 0..walk.windows.len() {
            if let Some(item) = walk.windows[at].next()? {
                walk.next.push(Reverse((item, at)));
            }
        }
        Ok(walk)
    }

    pub(super) fn next(&mut self) -> Result<Option<T>> {
        // Nearly always nothing had to be written to the file.
        if let [held] = &mut self.windows[..] {
            return held.next();
        }
        let Some(mut least) = self.next.peek_mut() else { return Ok(None) };
        let Reverse((item, at)) = *least;
        match self.windows[at].next()? {
            Some(next) => *least = Reverse((next, at)),
            None => drop(PeekMut::pop(least)),
        }
        Ok(Some(item))
    }
}

/// What of a run is in memory.
enum Window<'a, T> {
    Held(std::slice::Iter<'a, T>),
    Filed { spill: &'a Spill, left: Range<u64>, room: u64, items: std::vec::IntoIter<T> },
}

impl<T: Item> Window<'_, T> {
    fn next(&mut self) -> Result<Option<T>> {
        match self {
            Self::Held(items) => Ok(items.next().copied()),
            Self::Filed { spill, left, room, items } => {
                if items.len() == 0 && !left.is_empty() {
                    let bytes = (left.end - left.start).min(*room);
                    let read = spill.read(left.start, bytes as usize)?;
                    left.start += bytes;
                    *items =
                        read.chunks_exact(T::BYTES).map(T::read).collect::<Vec<_>>().into_iter();
                }
                Ok(items.next())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Item for u64 {
        const BYTES: usize = 8;

        fn write(&self, bytes: &mut Vec<u8>) {
            bytes.extend_from_slice(&self.to_le_bytes());
        }

        fn read(bytes: &[u8]) -> Self {
            Self::from_le_bytes(bytes.try_into().expect("eight bytes"))
        }
    }

    /// Each number below a power of two once, in no order.
    fn numbers(count: u64) -> impl Iterator<Item = u64> {
        (0..count).map(|number| number.wrapping_mul(0x9e37_79b1) % (1 << 20))
    }

    fn sorter(most: usize, count: u64, spill: &Arc<Spill>) -> Sorter<u64> {
        let mut sorter = Sorter::holding(most, spill);
        numbers(count).for_each(|number| sorter.push(number).expect("it is kept"));
        sorter
    }

    fn all(sorted: &Sorted<u64>) -> Vec<u64> {
        let mut all = Vec::new();
        let mut take = |number| {
            all.push(number);
            Ok(())
        };
        sorted.each(&mut take).expect("they are gone through");
        all
    }

    #[test]
    fn what_does_not_fit_into_memory_comes_back_in_order_from_few_runs() {
        let mut expected: Vec<u64> = numbers(100_000).collect();
        expected.sort_unstable();
        for most in [7, 1_000, 99_999, 100_000, 1 << 20] {
            let spill = Arc::default();
            for filed in [false, true] {
                let sorter = sorter(most, 100_000, &spill);
                let sorted = if filed { sorter.filed().expect("written") } else { sorter.sorted() };
                assert!(all(&sorted) == expected, "holding {most}, filed: {filed}");
                assert!(all(&sorted) == expected, "holding {most}, gone through again");
                assert!(sorted.runs.len() < 4 * FAN_IN, "{} runs: {most}", sorted.runs.len());
                assert!(!filed || sorted.held.is_empty(), "some are in memory");
            }
        }
    }

    #[test]
    fn several_sorters_share_a_file_and_room_is_used_again() {
        let spill = Arc::default();
        sorter(100, 5_000, &spill).forget();
        assert_eq!(spill.end(), 0, "the room is not given back");
        let first = sorter(100, 5_000, &spill).filed().expect("written");
        let mut both = [Sorter::holding(64, &spill), Sorter::holding(100, &spill)];
        for number in numbers(50_000) {
            both.iter_mut().for_each(|sorter| sorter.push(number).expect("it is kept"));
        }
        let [second, third] = both.map(Sorter::sorted);
        let mut expected: Vec<u64> = numbers(50_000).collect();
        expected.sort_unstable();
        assert!(all(&second) == expected && all(&third) == expected, "one disturbs the other");
        assert_eq!(all(&first).len(), 5_000);
        assert!(all(&first).is_sorted(), "what was written first was written over");
    }

    #[test]
    fn what_several_took_in_is_in_order_when_merged() {
        let mut expected: Vec<u64> = numbers(90_000).collect();
        expected.sort_unstable();
        for most in [10, 100, 40_000, 1 << 20] {
            let spill = Arc::default();
            let part = |part: usize| {
                let mut sorter = Sorter::holding(most, &spill);
                for number in numbers(90_000).skip(part).step_by(3) {
                    sorter.push(number).expect("it is kept");
                }
                sorter
            };
            let mut merged = part(1);
            merged.merge(part(0));
            merged.merge(part(2));
            assert!(merged.held() <= 3 * most, "more is in memory than may be");
            assert!(all(&merged.sorted()) == expected, "holding {most} each");
        }
    }

    #[test]
    fn nothing_is_in_order_too() {
        let sorter: Sorter<u64> = Sorter::holding(10, &Arc::default());
        assert_eq!(all(&sorter.filed().expect("nothing to write")), [0u64; 0]);
    }
}
