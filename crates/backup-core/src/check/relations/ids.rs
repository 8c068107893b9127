//! Many ids, in bounded memory: what two columns have in common is found by sorting both.
//!
//! An id is kept as 128 bits of a keyed hash, and with the record that it stands in; equal ones are
//! together then, in the order of their records. The key is made anew for each run of the program, so
//! nobody can choose cells that collide, and nothing in a temporary file tells a cell.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::sync::Arc;

use crate::check::sorting::{Item, Sorter};
pub(super) use crate::check::sorting::{Sorted, Spill};
use crate::error::Result;
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

impl Item for Id {
    const BYTES: usize = 24;

    fn write(&self, bytes: &mut Vec<u8>) {
        let words = [self.hash[0], self.hash[1], self.record];
        bytes.extend(words.into_iter().flat_map(u64::to_le_bytes));
    }

    fn read(bytes: &[u8]) -> Self {
        let word = |at: usize| {
            u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes are eight"))
        };
        Self { hash: [word(0), word(8)], record: word(16) }
    }
}

/// How many ids of a key are held at least: of the most keys that there may be, 100 MB.
const LEAST_HELD: usize = 256;

/// Ids as they come, to one of so many who gather them; all together hold about so many in memory.
pub(super) fn holding(most: usize, among: usize, spill: &Arc<Spill>) -> Ids {
    Ids::holding(most.max(LEAST_HELD) / among.max(1), spill)
}

/// Ids as they come.
pub(super) type Ids = Sorter<Id>;

/// Goes through both at once, and says of each of these ids whether the others have it.
pub(super) fn each_in(
    ids: &Sorted<Id>,
    others: &Sorted<Id>,
    mut each: impl FnMut(Id, bool) -> Result<()>,
) -> Result<()> {
    let mut others = others.walk()?;
    let mut other = others.next()?;
    ids.each(|id| {
        while other.is_some_and(|other| other.is_before(&id)) {
            other = others.next()?;
        }
        each(id, other.is_some_and(|other| other.is(&id)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_columns_share_is_found_however_little_is_held() {
        let (hashing, spill) = (Hashing::new(), Arc::default());
        let column = |most, numbers: &mut dyn Iterator<Item = u64>| {
            let mut ids = holding(most, 1, &spill);
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
            each_in(&uses, &keys, |id, is_there| {
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
