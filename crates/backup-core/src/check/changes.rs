//! How the records of one table differ from those of another: by a key, or as they are.

use super::sorting::{Entry, Merge};
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Cell, Digest, Encoder, Record, Table};

/// The hash of a record's key, and that of the record.
type Pair = Entry;

/// How many pairs are sorted at a time: 8 MiB of them.
pub(super) const PAIRS: usize = 1 << 18;

/// Makes hashes of records: 128 bits of the key's, and of the whole record's, which no two records
/// share by chance.
pub(super) struct Hashing<'a> {
    records: Encoder,
    keys: Encoder,
    key: &'a [usize],
    key_record: Record,
    /// The last record's text.
    pub(super) text: Vec<u8>,
    /// Whether a key was null.
    pub(super) null_key: bool,
}

impl<'a> Hashing<'a> {
    pub(super) fn new(table: &Table, key: &'a [usize]) -> Self {
        let columns = key.iter().map(|column| table.columns[*column].clone());
        Self {
            records: Encoder::new(table),
            keys: Encoder::new(&Table::new("", columns)),
            key,
            key_record: Record::new(),
            text: Vec::new(),
            null_key: false,
        }
    }

    /// The hashes; those of records without a key begin alike.
    pub(super) fn pair(&mut self, record: &Record) -> Result<Pair> {
        let mut pair = Pair::default();
        if !self.key.is_empty() {
            self.key_record.clear();
            for cell in self.key.iter().filter_map(|column| record.get(*column)) {
                self.null_key |= cell == Cell::Null;
                self.key_record.push(cell);
            }
            self.text.clear();
            self.keys.record(&self.key_record, &mut self.text)?;
            pair[..2].copy_from_slice(&hash(&self.text));
        }
        self.text.clear();
        self.records.record(record, &mut self.text)?;
        pair[2..].copy_from_slice(&hash(&self.text));
        Ok(pair)
    }
}

/// 128 bits of a text's digest.
fn hash(text: &[u8]) -> [u64; 2] {
    let digest = Digest::of(text);
    let (words, _) = digest.as_bytes().as_chunks();
    [u64::from_be_bytes(words[0]), u64::from_be_bytes(words[1])]
}

/// How the records of two tables differ.
pub(super) struct Changes {
    pub(super) added: u64,
    pub(super) removed: u64,
    /// Records that share a key and differ.
    pub(super) changed: u64,
    /// Whether every key occurs once in the archive.
    pub(super) unique: bool,
}

/// Records of one key, as far as they went by.
#[derive(Default)]
struct Group {
    then: u64,
    only_then: u64,
    only_now: u64,
}

impl Changes {
    /// Lets both go by in order, equal records together.
    pub(super) fn between(
        mut then: Merge<'_>,
        mut now: Merge<'_>,
        is_key: bool,
        monitor: &dyn Monitor,
    ) -> Result<Self> {
        let mut changes = Self { added: 0, removed: 0, changed: 0, unique: is_key };
        let (mut was, mut is) = (then.next()?, now.next()?);
        let (mut key, mut group) = ([0; 2], Group::default());
        for count in 0u64.. {
            let Some(least) = was.into_iter().chain(is).min() else { break };
            if count.is_multiple_of(1 << 16) {
                checkpoint(monitor)?;
            }
            if least[..2] != key {
                changes.end(&std::mem::take(&mut group));
                key.copy_from_slice(&least[..2]);
            }
            let (in_then, in_now) = (was == Some(least), is == Some(least));
            group.then += u64::from(in_then);
            group.only_then += u64::from(in_then && !in_now);
            group.only_now += u64::from(in_now && !in_then);
            if in_then {
                was = then.next()?;
            }
            if in_now {
                is = now.next()?;
            }
        }
        changes.end(&group);
        Ok(changes)
    }

    fn end(&mut self, group: &Group) {
        let changed = group.only_then.min(group.only_now);
        self.changed += changed;
        self.removed += group.only_then - changed;
        self.added += group.only_now - changed;
        self.unique &= group.then <= 1;
    }
}
