//! The differences between the records of tables in an archive and in the sources, by a key or as
//! whole records.

use std::collections::BTreeMap;

use super::relations::Hashing;
use super::sorting::{Entry, Sorted};
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint_every};
use crate::record::{Cell, Encoder, Record, Table};

/// The number of entries that are sorted at a time: 8 MiB.
pub(super) const PAIRS: usize = 1 << 18;

/// Hashes the records of one table: the whole record, and its key. The hashes have 128 and 96 bits,
/// so two records do not collide by chance.
pub(super) struct Pairs<'a> {
    number: u32,
    encoder: Encoder,
    hashing: &'a Hashing,
    key: &'a [usize],
    key_encoder: Encoder,
    key_record: Record,
    /// The canonical text of the last record.
    pub(super) text: Vec<u8>,
    /// Whether a cell of a key was null.
    pub(super) null_key: bool,
}

impl<'a> Pairs<'a> {
    /// Prepares to hash the records of the table with this number. All tables use the same hash
    /// keys, so that hashes can be compared.
    pub(super) fn new(
        number: usize,
        table: &Table,
        key: &'a [usize],
        hashing: &'a Hashing,
    ) -> Self {
        let key_columns = key.iter().map(|column| table.columns[*column].clone());
        Self {
            number: u32::try_from(number).expect("an archive has fewer tables"),
            encoder: Encoder::new(table),
            hashing,
            key,
            key_encoder: Encoder::new(&Table::new("", key_columns)),
            key_record: Record::new(),
            text: Vec::new(),
            null_key: false,
        }
    }

    /// Returns the number of the table, the hash of the key, and the hash of the record. Two keys
    /// are equal only if the kinds and the exact contents of their cells are equal. Without a key,
    /// all records of a table have the same key hash.
    pub(super) fn pair(&mut self, record: &Record) -> Result<Entry<4>> {
        let mut key = [0; 2];
        if !self.key.is_empty() {
            self.key_record.clear();
            for cell in self.key.iter().filter_map(|column| record.get(*column)) {
                self.null_key |= cell == Cell::Null;
                self.key_record.push(cell);
            }
            self.text.clear();
            self.key_encoder.record(&self.key_record, &mut self.text)?;
            key = self.hashing.hash(&self.text);
        }
        self.text.clear();
        self.encoder.record(record, &mut self.text)?;
        let [first, second] = self.hashing.hash(&self.text);
        let table = u64::from(self.number) << 32;
        Ok([table | key[0] >> 32, key[1], first, second])
    }
}

/// The differences between the records of two tables.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) added: u64,
    pub(super) removed: u64,
    /// Records that have the same key and differ.
    pub(super) changed: u64,
    /// Whether several records of the archive have the same key.
    pub(super) repeated_key: bool,
}

/// The counts of the records with one key.
#[derive(Default)]
struct Group {
    /// The number of records in the archive.
    then: u64,
    /// The number of records that only the archive has.
    only_then: u64,
    /// The number of records that only the current source has.
    only_now: u64,
}

impl Changes {
    /// Compares the records of all tables. Returns the differences by table number. Both sides are
    /// read in order, so equal records meet.
    pub(super) fn between(
        then: &Sorted<4>,
        now: &Sorted<4>,
        monitor: &dyn Monitor,
    ) -> Result<BTreeMap<usize, Self>> {
        let (mut then, mut now) = (then.merge()?, now.merge()?);
        let (mut was, mut is) = (then.next()?, now.next()?);
        let mut tables = BTreeMap::<usize, Self>::new();
        let (mut key, mut group) = ([0; 2], Group::default());
        for count in 0u64.. {
            checkpoint_every(count, monitor)?;
            let least = was.into_iter().chain(is).min();
            let next_key = least.map(|[first, second, ..]| [first, second]);
            if next_key != Some(key) {
                let table = (key[0] >> 32) as usize;
                tables.entry(table).or_default().add(&std::mem::take(&mut group));
                let Some(next_key) = next_key else { break };
                key = next_key;
            }
            let (in_then, in_now) = (was == least, is == least);
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
        Ok(tables)
    }

    fn add(&mut self, group: &Group) {
        let changed = group.only_then.min(group.only_now);
        self.changed += changed;
        self.removed += group.only_then - changed;
        self.added += group.only_now - changed;
        self.repeated_key |= group.then > 1;
    }
}
