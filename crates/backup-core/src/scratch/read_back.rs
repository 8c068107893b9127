//! Reads tables back from a scratch database and computes their digests with the code that exports
//! use; the column counts are the database's own. Records are encoded and hashed on a second
//! thread.

use std::thread;

use crossbeam_channel::{bounded, unbounded};

use super::Scratch;
use crate::error::{Error, Result};
use crate::model::ColumnCounts;
use crate::monitor::{Monitor, checkpoint};
use crate::observer::Observer;
use crate::record::{Digest, Encoder, Record, Table, TableDigest};
use crate::threads::spawn_scoped;

/// A batch is encoded and hashed when it has this many bytes or records. Its text is then long
/// enough to be hashed on another thread, see [`TableDigest::records_while`].
const BATCH_BYTES: usize = 512 * 1024;
const BATCH_RECORDS: usize = 8192;

/// A table as it was read from the database.
pub(crate) struct RestoredTable {
    pub(crate) rows: u64,
    pub(crate) digest: Digest,
    pub(crate) counts: Vec<ColumnCounts>,
}

/// Reads these tables back, in this order. `observer` receives every record.
pub(crate) fn read_back(
    tables: &[(usize, Table)],
    observer: &mut dyn Observer,
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
) -> Result<Vec<RestoredTable>> {
    let hasher = Hasher { tables, observer, monitor, open: None, done: Vec::new() };
    let (hasher, counts) = thread::scope(|scope| {
        // No batch waits in the channel, as each may hold a record of the maximum size.
        let (full, batches) = bounded::<Batch>(0);
        let (give_back, empty) = unbounded();
        let thread = spawn_scoped(scope, hasher, move |mut hasher| {
            for batch in batches {
                hasher.batch(&batch)?;
                // If there is no receiver, the reader has already ended.
                let _ = give_back.send(batch.clear());
            }
            Ok::<_, Error>(hasher)
        });
        let thread = match thread {
            Ok(thread) => thread,
            // Without a thread, records are hashed as they are read.
            Err(refused) => {
                let mut hasher = *refused.state;
                let hash = |batch: Batch| hasher.batch(&batch).map(|()| batch.clear());
                let counts = read_tables(tables, scratch, monitor, hash)?;
                return Ok((hasher, counts));
            }
        };
        let counts = read_tables(tables, scratch, monitor, |batch| {
            full.send(batch).map_err(|_| panicked())?;
            Ok(empty.try_recv().unwrap_or_default())
        });
        drop(full);
        // If the thread failed, `counts` is only the error of sending to it. So the error of the
        // thread is returned first.
        let hasher = thread.join().map_err(|_| panicked())??;
        Ok::<_, Error>((hasher, counts?))
    })?;
    let tables = hasher.done.into_iter().zip(counts);
    Ok(tables.map(|((rows, digest), counts)| RestoredTable { rows, digest, counts }).collect())
}

fn panicked() -> Error {
    Error::panicked("reading back")
}

/// Reads all tables; `pass_on` takes each full batch and returns an empty one. Returns the
/// database's counts for each table.
fn read_tables(
    tables: &[(usize, Table)],
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
    mut pass_on: impl FnMut(Batch) -> Result<Batch>,
) -> Result<Vec<Vec<ColumnCounts>>> {
    let mut counts = Vec::new();
    let mut batch = Batch::default();
    for (index, table) in tables {
        monitor.working_on(&table.name);
        let mut read = || {
            counts.push(scratch.read(*index, &mut |record| {
                batch.push(record);
                if batch.is_full() {
                    batch = pass_on(std::mem::take(&mut batch))?;
                }
                Ok(())
            })?);
            batch.ends_table = true;
            batch = pass_on(std::mem::take(&mut batch))?;
            Ok(())
        };
        read().map_err(|error: Error| error.in_table(&table.name))?;
    }
    Ok(counts)
}

/// Consecutive records of one table, in reused buffers.
#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    used: usize,
    bytes: usize,
    ends_table: bool,
}

impl Batch {
    fn push(&mut self, record: &Record) {
        if self.used == self.records.len() {
            self.records.push(Record::new());
        }
        let room = &mut self.records[self.used];
        room.clear();
        room.append(record);
        self.used += 1;
        self.bytes += room.bytes();
    }

    fn is_full(&self) -> bool {
        self.bytes >= BATCH_BYTES || self.used == BATCH_RECORDS
    }

    /// Removes the records; keeps their buffers, unless they are large.
    fn clear(mut self) -> Self {
        if self.bytes > 2 * BATCH_BYTES {
            return Self::default();
        }
        (self.used, self.bytes, self.ends_table) = (0, 0, false);
        self
    }
}

/// Encodes and hashes the records of one table after the other.
struct Hasher<'a> {
    tables: &'a [(usize, Table)],
    observer: &'a mut dyn Observer,
    monitor: &'a dyn Monitor,
    open: Option<TableHasher<'a>>,
    /// The number of records and the digest of each finished table.
    done: Vec<(u64, Digest)>,
}

/// The table that is being read.
struct TableHasher<'a> {
    table: &'a Table,
    encoder: Encoder,
    text: Vec<u8>,
    digest: TableDigest,
    rows: u64,
}

impl<'a> TableHasher<'a> {
    fn new(table: &'a Table) -> Self {
        let (encoder, mut text) = (Encoder::new(table), Vec::new());
        encoder.header(&mut text);
        let digest = TableDigest::new(&text);
        text.clear();
        Self { table, encoder, text, digest, rows: 0 }
    }
}

impl Hasher<'_> {
    fn batch(&mut self, batch: &Batch) -> Result<()> {
        let Self { tables, observer, monitor, open, done } = self;
        let open_table = open.get_or_insert_with(|| {
            let (_, table) = &tables[done.len()];
            observer.begin_table(table, None);
            TableHasher::new(table)
        });
        let TableHasher { table, encoder, text, digest, rows } = open_table;
        let (records, first) = (&batch.records[..batch.used], *rows + 1);
        for record in records {
            *rows += 1;
            encoder
                .record(record, text)
                .map_err(|error| error.in_table(&table.name).at_record(*rows))?;
        }
        digest.records_while(text, || {
            for (number, record) in (first..).zip(records) {
                observer.record(number, record);
            }
        });
        monitor.advance(text.len() as u64);
        checkpoint(*monitor)?;
        text.clear();
        text.shrink_to(2 * BATCH_BYTES);
        if batch.ends_table
            && let Some(table) = open.take()
        {
            done.push((table.rows, table.digest.finish().0));
        }
        Ok(())
    }
}
