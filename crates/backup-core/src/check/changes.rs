//! How the records of tables differ between an archive and the sources: by a key, or as whole records.

use std::collections::BTreeMap;

use super::relations::Hashing;
use super::sorting::{Entry, Sorted};
use crate::error::Result;
use crate::monitor::{Monitor, checkpoint_every};
use crate::record::{Cell, Encoder, Record, Table};

/// How many pairs of hashes are sorted at a time: 8 MiB of them.
pub(super) const PAIRS: usize = 1 << 18;

/// Makes hashes of the records of one table: of the record, and of its key. No two records share the 128
/// or 96 bits of these by chance.
pub(super) struct Pairs<'a> {
    number: u32,
    encoder: Encoder,
    hashing: Hashing,
    key: &'a [usize],
    key_encoder: Encoder,
    key_record: Record,
    /// The last record's text.
    pub(super) text: Vec<u8>,
    /// Whether a cell of a key was null.
    pub(super) null_key: bool,
}

impl<'a> Pairs<'a> {
    /// For a table with this number among those that are compared; all are hashed alike.
    pub(super) fn new(number: usize, table: &Table, key: &'a [usize], hashing: &Hashing) -> Self {
        let key_columns = key.iter().map(|column| table.columns[*column].clone());
        Self {
            number: u32::try_from(number).expect("an archive has fewer tables"),
            encoder: Encoder::new(table),
            hashing: hashing.clone(),
            key,
            key_encoder: Encoder::new(&Table::new("", key_columns)),
            key_record: Record::new(),
            text: Vec::new(),
            null_key: false,
        }
    }

    /// The number of the table, the hash of the key, and that of the record. Keys are the same only if
    /// their cells are, with kind, spaces and all. Without a key, all records of a table have the same hash
    /// of it.
    pub(super) fn pair(&mut self, record: &Record) -> Result<Entry> {
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

/// How the records of two tables differ.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) added: u64,
    pub(super) removed: u64,
    /// Records that share a key and differ.
    pub(super) changed: u64,
    /// Whether several records share a key in the archive.
    pub(super) repeated_key: bool,
}

/// The records of one key.
#[derive(Default)]
struct Group {
    then: u64,
    only_then: u64,
    only_now: u64,
}

impl Changes {
    /// Compares the pairs of tables by their numbers. Both are read in order, so that equal records come
    /// together.
    pub(super) fn between(
        then: &Sorted,
        now: &Sorted,
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
