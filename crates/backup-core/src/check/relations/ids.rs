//! Ids: the cells of keys and references, as hashes that can be sorted and compared.
//!
//! Each check hashes with a new random key. So nobody can choose cells that collide, and a
//! temporary file reveals no cell.

use std::hash::{BuildHasher, RandomState};
use std::io::Write;

use siphasher::sip128::SipHasher13;

use super::values::{FileCells, Separators, is_code, is_distinctive, is_sentinel, parts};
use crate::check::sorting::{Entry, Sorted};
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint_every};
use crate::profile::Matching;
use crate::record::{Cell, Record};

/// The hash of an id.
pub(super) type Hash = [u64; 2];

/// An entry: the first half of the hash of an id, then the number of its key or reference with the
/// number of its record. Among 100 million ids, two different ones have the same 64 bits in one of
/// 3,700 checks.
type IdEntry = Entry<2>;
/// This bit is set for references, so that among entries with the same id the entries of keys are
/// sorted before those of references.
const REFERENCE: u64 = 1 << 63;
/// The bits of the number of a record. There are fewer keys and references than the other bits can
/// count, as the labels of a table and of an archive are limited.
const RECORD_BITS: u32 = 40;
const RECORD: u64 = (1 << RECORD_BITS) - 1;

/// The entry of an id in key number `key`. Records are counted from 1.
pub(super) fn key_entry([id, _]: Hash, key: usize, record: u64) -> IdEntry {
    [id, (key as u64) << RECORD_BITS | record & RECORD]
}

/// The entry of an id in reference number `reference`.
pub(super) fn reference_entry(id: Hash, reference: usize, record: u64) -> IdEntry {
    let [id, place] = key_entry(id, reference, record);
    [id, place | REFERENCE]
}

/// An id of a reference.
pub(super) struct Found<'a> {
    pub(super) reference: usize,
    pub(super) record: u64,
    /// The keys that contain the id, in ascending order.
    pub(super) keys: &'a [usize],
    /// Whether no other record of the reference had this id before.
    pub(super) is_first: bool,
}

/// Reads all ids in order. Calls `repeated` with the key and the record of each id that an earlier
/// record of the same key has. Calls `each` with every id of a reference.
pub(super) fn join(
    ids: &Sorted<2>,
    monitor: &dyn Monitor,
    mut repeated: impl FnMut(usize, u64),
    mut each: impl FnMut(Found<'_>),
) -> Result<()> {
    let mut ids = ids.merge()?;
    let (mut id, mut keys, mut last) = (0, Vec::new(), None);
    for count in 0u64.. {
        checkpoint_every(count, monitor)?;
        let Some([next, place]) = ids.next()? else { break };
        if id != next {
            id = next;
            keys.clear();
            last = None;
        }
        let at = ((place & !REFERENCE) >> RECORD_BITS) as usize;
        let record = place & RECORD;
        match keys.last() {
            _ if place & REFERENCE != 0 => {
                let is_first = last.replace(at) != Some(at);
                each(Found { reference: at, record, keys: &keys, is_first });
            }
            Some(last) if *last == at => repeated(at, record),
            _ => keys.push(at),
        }
    }
    Ok(())
}

/// Hashes the text of cells. Equal texts have equal hashes, whatever the kinds of the cells.
pub(in crate::check) struct Hashing {
    hasher: SipHasher13,
    text: Vec<u8>,
    all: Vec<u8>,
}

/// A cell with more parts than this is treated as text, not as a list of ids, unless all parts look
/// like ids.
const MOST_PARTS: usize = 64;

/// What the cells of a key or a reference contain in one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// Ids, or what may be ids.
    Ids,
    /// Ids that do not occur in another column by chance. Determined only for cells that may hold
    /// several ids.
    Distinctive,
    /// A code. Determined as `Distinctive` is.
    Code,
    /// One of the cells is null or empty.
    Null,
    /// A text that stands for null.
    Sentinel,
}

impl Default for Hashing {
    fn default() -> Self {
        // The standard library's hashers have random keys, so their results are random too.
        let [first, second] = [1, 2].map(|number| RandomState::new().hash_one(number));
        let hasher = SipHasher13::new_with_keys(first, second);
        Self { hasher, text: Vec::new(), all: Vec::new() }
    }
}

impl Hashing {
    pub(in crate::check) fn hash(&self, bytes: &[u8]) -> Hash {
        hash(&self.hasher, bytes)
    }

    /// The id of the file that a record names; `None` if it names none.
    pub(super) fn file(&mut self, record: &Record, column: usize, of: &FileCells) -> Option<Hash> {
        let Self { hasher, text, .. } = self;
        if let Some((column, values)) = &of.only {
            let value = text_of(record.get(*column)?, text)?;
            let is_wanted = |wanted: &String| value.eq_ignore_ascii_case(wanted.as_bytes());
            if !values.is_empty() && !values.iter().any(is_wanted) {
                return None;
            }
        }
        let columns = [Some(column), of.otherwise];
        let has_text = |column: &usize| {
            record.get(*column).is_some_and(|cell| text_of(cell, &mut Vec::new()).is_some())
        };
        let column = columns.into_iter().flatten().find(has_text)?;
        let value = text_of(record.get(column)?, text)?;
        let value = match of.matching {
            Matching::Name => value,
            Matching::Code => value.split(|byte| *byte == b'_').next().unwrap_or(value),
            Matching::Sha1 => value.rsplit(|byte| *byte == b'/').next().unwrap_or(value),
        };
        Some(hash(hasher, value))
    }

    /// Calls `each` with the id of a record: all these cells together. With separators,
    /// one cell may hold several ids, and `each` is called with each of them; if it is stated that
    /// cells hold ids, whatever they look like. `missing` are texts that
    /// stand for null.
    pub(super) fn ids(
        &mut self,
        record: &Record,
        columns: &[usize],
        separators: Option<(Separators, bool)>,
        missing: &[String],
        mut each: impl FnMut(Hash) -> Result<()>,
    ) -> Result<Presence> {
        let Self { hasher, text, all } = self;
        if let [column] = columns {
            match record.get(*column).and_then(|cell| text_of(cell, text)) {
                None => return Ok(Presence::Null),
                Some(text) if is_sentinel(text, missing) => return Ok(Presence::Sentinel),
                Some(text) if let Some(([first, second], is_stated)) = separators => {
                    if memchr::memchr2(first, second, text).is_none() {
                        each(hash(hasher, text))?;
                        return Ok(match text {
                            _ if is_distinctive(text) => Presence::Distinctive,
                            _ if is_code(text) => Presence::Code,
                            _ => Presence::Ids,
                        });
                    }
                    let separators = [first, second];
                    let parts = || parts(text, separators);
                    let distinctive = parts().all(is_distinctive);
                    if distinctive || is_stated || parts().nth(MOST_PARTS).is_none() {
                        parts().try_for_each(|part| each(hash(hasher, part)))?;
                    }
                    if distinctive {
                        return Ok(Presence::Distinctive);
                    }
                }
                Some(text) => each(hash(hasher, text))?,
            }
            return Ok(Presence::Ids);
        }
        all.clear();
        for column in columns {
            let cell = record.get(*column).and_then(|cell| text_of(cell, text));
            let Some(text) = cell else { return Ok(Presence::Null) };
            // The length prefix makes different lists of texts different bytes.
            all.extend_from_slice(&(text.len() as u64).to_le_bytes());
            all.extend_from_slice(text);
        }
        each(hash(hasher, all))?;
        Ok(Presence::Ids)
    }
}

fn hash(hasher: &SipHasher13, bytes: &[u8]) -> Hash {
    let hash = hasher.hash(bytes);
    [hash.h1, hash.h2]
}

/// The text of a cell as an id; `None` if it is null or empty. Outer white space is removed,
/// because exporters add tabs to long numbers.
pub(super) fn text_of<'a>(cell: Cell<'a>, buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    buffer.clear();
    let bytes = match cell {
        Cell::Null => return None,
        Cell::Text(text) => text.as_bytes(),
        // A blob is not text, so no byte is removed.
        Cell::Blob(bytes) => {
            buffer.extend_from_slice(b"\0blob\0");
            buffer.extend_from_slice(bytes);
            return Some(buffer);
        }
        Cell::Integer(value) => {
            buffer.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
            buffer
        }
        Cell::Real(value) => {
            // A whole number is the same id in a column of integers and in one of reals.
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

#[cfg(test)]
mod tests {

    use super::*;
    use crate::check::sorting::Sorter;

    #[test]
    fn ids_are_found_with_any_number_of_entries_in_memory() {
        let hashing = Hashing::default();
        for most in [1_000, 1 << 20] {
            let mut sorter = Sorter::holding(most);
            for number in 0..20_000_u64 {
                for key in 0..2 {
                    // Every third id of the second key is in the first key, where each id occurs
                    // twice.
                    let id = if key == 0 { number % 10_000 * 3 } else { number };
                    let hash = hashing.hash(&id.to_le_bytes());
                    sorter.push(key_entry(hash, key, number + 1)).expect("it is kept");
                }
            }
            for id in 0..40_000_u64 {
                let hash = hashing.hash(&id.to_le_bytes());
                sorter.push(reference_entry(hash, 7, id)).expect("it is kept");
            }
            let ids = sorter.sorted().expect("it is sorted");
            let (mut repeated, mut both, mut one, mut none) = (0, 0, 0, 0);
            let each = |Found { reference, keys, .. }: Found<'_>| {
                assert_eq!(reference, 7, "it is of another reference");
                match keys {
                    [] => none += 1,
                    [0, 1] => both += 1,
                    _ => one += 1,
                }
            };
            join(&ids, &(), |key, _| repeated += 1 + key, each).expect("it is read");
            let found = (repeated, both, one, none);
            assert_eq!(found, (10_000, 6_667, 16_666, 16_667), "holding {most}");
        }
    }

    #[test]
    fn the_same_text_is_the_same_id_whatever_the_kind() {
        let text = |cell| text_of(cell, &mut Vec::new()).map(<[u8]>::to_vec);
        assert_eq!(text(Cell::Integer(42)).as_deref(), Some(&b"42"[..]));
        assert_eq!(text(Cell::Text("42\t".into())), text(Cell::Integer(42)), "text with a tab");
        assert_eq!(text(Cell::Real(42.0)), text(Cell::Integer(42)), "a whole real");
        assert_eq!(text(Cell::Text("  ".into())), None, "spaces are no id");
        assert_ne!(text(Cell::Blob(b"42")), text(Cell::Integer(42)), "a blob is no text");
        assert_ne!(text(Cell::Blob(b"\x08 ")), text(Cell::Blob(b"\x08\t")), "no trimming");
    }
}
