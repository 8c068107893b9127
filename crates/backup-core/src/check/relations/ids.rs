//! Many ids, in bounded memory: what two columns have in common is found by sorting both.
//!
//! An id is kept as 128 bits of a keyed hash, and with the record that it stands in; beyond a limit
//! sorted runs of them go to a temporary file without a name, one for all columns. The key is made
//! anew for each run of the program, so nobody can choose cells that collide, and nothing in the
//! file tells a cell.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, ErrorKind, Result};
use crate::record::Cell;

/// An id, and the record that it stands in, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    hash: [u64; 2],
    pub(super) record: u64,
}

impl Id {
    /// Whether both are the same id, wherever they stand.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.hash == other.hash
    }

    /// Whether it is another one, and comes first.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        self.hash < other.hash
    }
}

/// Makes ids of cells: equal ones of equal text, whatever the kinds of the cells.
#[derive(Clone)]
pub(super) struct Hashing([RandomState; 2]);

impl Hashing {
    pub(super) fn new() -> Self {
        Self([RandomState::new(), RandomState::new()])
    }

    /// The id that some bytes are.
    pub(super) fn id(&self, bytes: &[u8], record: u64) -> Id {
        let hash = self.0.each_ref().map(|state| {
            let mut hasher = state.build_hasher();
            hasher.write(bytes);
            hasher.finish()
        });
        Id { hash, record }
    }
}

/// What a cell says as an id: its text without spaces at the edges, as exporters add tabs to long
/// numbers; nothing if it is null or empty.
pub(super) fn text_of<'a>(cell: Cell<'a>, buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    let bytes = match cell {
        Cell::Null => return None,
        Cell::Text(text) => text.as_bytes(),
        // Every byte counts, and it is no text.
        Cell::Blob(bytes) => {
            buffer.clear();
            buffer.extend_from_slice(b"\0blob\0");
            buffer.extend_from_slice(bytes);
            return Some(buffer);
        }
        Cell::Integer(value) => {
            buffer.clear();
            write!(buffer, "{value}").expect("a Vec takes every write");
            buffer
        }
        Cell::Real(value) => {
            buffer.clear();
            // A whole number is the same id, however its column keeps it.
            match value.fract() == 0.0 && value.abs() < 2f64.powi(53) {
                true => write!(buffer, "{}", value as i64),
                false => write!(buffer, "{value}"),
            }
            .expect("a Vec takes every write");
            buffer
        }
    };
    Some(bytes.trim_ascii()).filter(|text| !text.is_empty())
}

/// How many bytes an id takes in a file.
const ID_BYTES: usize = 24;
/// How many ids are written at a time.
const WRITE_IDS: usize = 2048;
/// How many ids of all runs together are in memory while they are gone through, and the least of each.
const WINDOWS: usize = 1 << 16;
const LEAST_WINDOW: usize = 16;

/// How many ids are held at least: of the most keys that there may be, 100 MB.
const LEAST_HELD: usize = 256;

/// The file that runs go to, made when the first does.
#[derive(Default)]
pub(super) struct Spill(Mutex<Option<(File, u64)>>);

impl Spill {
    /// Appends bytes; gives where they begin.
    fn append(&self, ids: &[Id]) -> io::Result<u64> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, end) = match &mut *held {
            Some(held) => held,
            none => none.insert((tempfile::tempfile()?, 0)),
        };
        let start = *end;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::with_capacity(WRITE_IDS * ID_BYTES);
        for ids in ids.chunks(WRITE_IDS) {
            bytes.clear();
            for id in ids {
                let words = [id.hash[0], id.hash[1], id.record];
                bytes.extend(words.into_iter().flat_map(u64::to_le_bytes));
            }
            file.write_all(&bytes)?;
        }
        *end += (ids.len() * ID_BYTES) as u64;
        Ok(start)
    }

    fn read(&self, at: u64, bytes: usize) -> io::Result<Vec<Id>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, _) = held.as_mut().ok_or(io::ErrorKind::NotFound)?;
        let mut buffer = vec![0; bytes];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut buffer)?;
        let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        let ids = buffer.chunks_exact(ID_BYTES).map(|id| {
            let (first, rest) = id.split_at(8);
            let (second, record) = rest.split_at(8);
            Id { hash: [word(first), word(second)], record: word(record) }
        });
        Ok(ids.collect())
    }
}

/// Where a run stands in the file, in bytes.
type Range = std::ops::Range<u64>;

/// Ids as they come.
pub(super) struct Ids {
    held: Vec<Id>,
    most: usize,
    runs: Vec<Range>,
    spill: Arc<Spill>,
}

impl Ids {
    /// Holds at most so many in memory.
    pub(super) fn holding(most: usize, spill: &Arc<Spill>) -> Self {
        Self {
            held: Vec::new(),
            most: most.max(LEAST_HELD),
            runs: Vec::new(),
            spill: spill.clone(),
        }
    }

    pub(super) fn push(&mut self, id: Id) -> Result<()> {
        if self.held.len() == self.most {
            self.spill().map_err(no_room)?;
        }
        self.held.push(id);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let start = self.spill.append(&self.held)?;
        self.runs.push(start..start + (self.held.len() * ID_BYTES) as u64);
        self.held.clear();
        Ok(())
    }

    /// All of them in order.
    pub(super) fn sorted(mut self) -> Sorted {
        self.held.sort_unstable();
        Sorted { held: self.held, runs: self.runs, spill: self.spill }
    }
}

/// Ids in order: equal ones are together, in the order of their records. They can be gone through
/// again and again.
pub(super) struct Sorted {
    held: Vec<Id>,
    runs: Vec<Range>,
    spill: Arc<Spill>,
}

impl Sorted {
    /// Goes through all of them.
    pub(super) fn each(&self, mut each: impl FnMut(Id) -> Result<()>) -> Result<()> {
        let mut walk = self.walk()?;
        while let Some(id) = walk.next()? {
            each(id)?;
        }
        Ok(())
    }

    /// Goes through them one by one.
    pub(super) fn walk(&self) -> Result<Walk<'_>> {
        let window = (WINDOWS / self.runs.len().max(1)).max(LEAST_WINDOW) * ID_BYTES;
        let mut runs = vec![Run::Held(self.held.iter())];
        runs.extend(self.runs.iter().map(|run| {
            let (left, ids) = (run.clone(), Vec::new().into_iter());
            Run::Filed { spill: &self.spill, left, window: window as u64, ids }
        }));
        let mut walk = Walk { runs, next: BinaryHeap::new() };
        for run in 0..walk.runs.len() {
            if let Some(id) = walk.runs[run].next()? {
                walk.next.push(Reverse((id, run)));
            }
        }
        Ok(walk)
    }

    /// Goes through both at once, and says of each of these ids whether the others have it.
    pub(super) fn each_in(
        &self,
        others: &Sorted,
        mut each: impl FnMut(Id, bool) -> Result<()>,
    ) -> Result<()> {
        let mut others = others.walk()?;
        let mut other = others.next()?;
        self.each(|id| {
            while other.is_some_and(|other| other.hash < id.hash) {
                other = others.next()?;
            }
            each(id, other.is_some_and(|other| other.is(&id)))
        })
    }
}

/// A way through sorted ids.
pub(super) struct Walk<'a> {
    runs: Vec<Run<'a>>,
    /// The first id of each run that has any left.
    next: BinaryHeap<Reverse<(Id, usize)>>,
}

impl Walk<'_> {
    pub(super) fn next(&mut self) -> Result<Option<Id>> {
        let Some(mut least) = self.next.peek_mut() else { return Ok(None) };
        let Reverse((id, run)) = *least;
        match self.runs[run].next()? {
            Some(next) => *least = Reverse((next, run)),
            None => drop(PeekMut::pop(least)),
        }
        Ok(Some(id))
    }
}

enum Run<'a> {
    Held(std::slice::Iter<'a, Id>),
    Filed { spill: &'a Spill, left: Range, window: u64, ids: std::vec::IntoIter<Id> },
}

impl Run<'_> {
    fn next(&mut self) -> Result<Option<Id>> {
        match self {
            Self::Held(ids) => Ok(ids.next().copied()),
            Self::Filed { spill, left, window, ids } => {
                if ids.len() == 0 && !left.is_empty() {
                    let bytes = (left.end - left.start).min(*window);
                    *ids = spill.read(left.start, bytes as usize).map_err(no_room)?.into_iter();
                    left.start += bytes;
                }
                Ok(ids.next())
            }
        }
    }
}

fn no_room(source: io::Error) -> Error {
    let (doing, path) = ("sort ids in a temporary file in", Some(std::env::temp_dir()));
    Error::new(ErrorKind::Io { doing, path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_columns_share_is_found_however_little_is_held() {
        let (hashing, spill) = (Hashing::new(), Arc::default());
        let column = |most, numbers: &mut dyn Iterator<Item = u64>| {
            let mut ids = Ids::holding(most, &spill);
            for (record, number) in (1..).zip(numbers) {
                ids.push(hashing.id(number.to_string().as_bytes(), record)).expect("it is kept");
            }
            ids.sorted()
        };
        for most in [256, 1024, 1 << 20] {
            // Every third is shared, and each stands there twice.
            let keys = column(most, &mut (0..10_000).map(|number| number * 3));
            let uses = column(most, &mut (0..20_000).map(|number| number % 10_000));
            let (mut found, mut missing) = (0, 0);
            uses.each_in(&keys, |id, is_there| {
                assert_eq!(is_there, (id.record - 1) % 10_000 % 3 == 0, "record {}", id.record);
                *(if is_there { &mut found } else { &mut missing }) += 1;
                Ok(())
            })
            .expect("they are compared");
            assert_eq!((found, missing), (6_668, 13_332), "holding {most}");
            let mut last: Option<Id> = None;
            uses.each(|id| {
                assert!(last.is_none_or(|last| last < id), "ids are not in order");
                last = Some(id);
                Ok(())
            })
            .expect("they are gone through");
        }
    }

    #[test]
    fn the_same_text_is_the_same_id_whatever_the_kind() {
        let mut buffers = [Vec::new(), Vec::new(), Vec::new()];
        let [first, second, third] = &mut buffers;
        let integer = text_of(Cell::Integer(42), first);
        assert_eq!(integer, Some(&b"42"[..]));
        assert_eq!(text_of(Cell::Text("42\t".into()), second), integer, "text with a tab");
        assert_eq!(text_of(Cell::Real(42.0), third), integer, "a whole real");
        assert_eq!(text_of(Cell::Text("  ".into()), &mut Vec::new()), None, "spaces are no id");
        let blob = |bytes: &'static [u8]| {
            text_of(Cell::Blob(bytes), &mut Vec::new()).map(<[u8]>::to_vec).expect("an id")
        };
        assert_ne!(blob(b"42"), b"42", "a blob is no text");
        assert_ne!(blob(b"\x08 "), blob(b"\x08\t"), "a blob has no edges");
    }
}
