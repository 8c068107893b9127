//! Reads tables back from a scratch database: their digests, through the record and digest code that
//! everything goes through, and what the database itself counts.
//!
//! Tables that are in different databases are read side by side; and while records of a table are read,
//! the ones before them are encoded and hashed on another thread, so that one tall table keeps two
//! cores busy.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::{Observer, ReadBack, Scratch, TableObserver, Whole};
use crate::error::{Error, ErrorKind, Result};
use crate::model::ColumnCounts;
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Digest, Encoder, Record, Table, TableDigest};
use crate::threads::spawn_scoped;

/// When records are passed on to be encoded and hashed, and the monitor is asked: at so many bytes or
/// records, whichever comes first.
const BATCH_BYTES: usize = 256 * 1024;
const BATCH_RECORDS: usize = 1024;

/// What a table is in the database.
pub(crate) struct Seen {
    pub(crate) rows: u64,
    pub(crate) digest: Digest,
    pub(crate) counts: Vec<ColumnCounts>,
}

/// Reads these tables; gives what they are, in the same order. `observer` looks at every record.
pub(crate) fn read_back(
    tables: &[(usize, Table)],
    observer: &dyn Observer,
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
) -> Result<Vec<Seen>> {
    let run = &Run { tables, observer, monitor, stop: AtomicBool::new(false) };
    let parts = scratch.side_by_side();
    let found = if parts.is_empty() {
        drop(parts);
        vec![run.part(&mut Whole(scratch))]
    } else {
        thread::scope(|scope| {
            let (mut readers, mut found) = (Vec::new(), Vec::new());
            for part in parts {
                match spawn_scoped(scope, part, |mut part| run.part(&mut *part)) {
                    Ok(reader) => readers.push(reader),
                    // Without a thread it is read here.
                    Err(mut refused) => found.push(run.part(&mut **refused.state)),
                }
            }
            let ended = readers.into_iter().map(ScopedJoinHandle::join);
            found.extend(ended.map(|end| end.unwrap_or_else(|_| Err(panicked()))));
            found
        })
    };
    let mut seen: Vec<Option<Seen>> = tables.iter().map(|_| None).collect();
    for (at, table) in first_failure(found)?.into_iter().flatten() {
        seen[at] = Some(table);
    }
    let lost = || Error::scratch("find a table", "no part of it holds it");
    seen.into_iter().map(|seen| seen.ok_or_else(lost)).collect()
}

/// Tables that one part holds, by where they stand among all of them.
type Part = Vec<(usize, Seen)>;

/// What all parts hold; or what failed, which is never that others were stopped for it.
fn first_failure(found: Vec<Result<Part>>) -> Result<Vec<Part>> {
    let is_stopped = |part: &Result<Part>| matches!(part, Err(error) if matches!(error.kind(), ErrorKind::Cancelled));
    let (stopped, mut found): (Vec<_>, Vec<_>) = found.into_iter().partition(is_stopped);
    found.extend(stopped);
    found.into_iter().collect()
}

fn panicked() -> Error {
    Error::panicked("reading back")
}

/// What those who read side by side share.
struct Run<'a> {
    tables: &'a [(usize, Table)],
    observer: &'a dyn Observer,
    monitor: &'a dyn Monitor,
    /// Whether one of them has failed.
    stop: AtomicBool,
}

impl Run<'_> {
    fn part(&self, part: &mut dyn ReadBack) -> Result<Part> {
        let mut found = Vec::new();
        for (at, (index, table)) in self.tables.iter().enumerate() {
            if part.holds(*index) {
                let seen = self.table(part, *index, table);
                let seen = seen.inspect_err(|_| self.stop.store(true, Ordering::Relaxed));
                found.push((at, seen.map_err(|error| error.in_table(&table.name))?));
            }
        }
        Ok(found)
    }

    fn table(&self, part: &mut dyn ReadBack, index: usize, table: &Table) -> Result<Seen> {
        self.monitor.working_on(&table.name);
        let taken = thread::scope(|scope| {
            let mut taking = Taking::Here(Box::new(TakenTable::new(self, table)));
            let mut batch = Batch::default();
            part.read(index, &mut |record| {
                batch.push(record);
                if batch.is_full() { taking.pass(&mut batch, scope) } else { Ok(()) }
            })?;
            taking.finish(&batch)
        })?;
        let counts = part.counts(index)?;
        let TakenTable { rows, digest, observer, .. } = *taken;
        observer.finish();
        Ok(Seen { rows, digest: digest.finish().0, counts })
    }

    fn should_continue(&self, bytes: usize) -> Result<()> {
        self.monitor.advance(bytes as u64);
        match self.stop.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Cancelled)),
            false => checkpoint(self.monitor),
        }
    }
}

/// Records that follow one another, in buffers that are used again.
#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    used: usize,
    bytes: usize,
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

    /// Forgets the records; keeps their buffers, unless they are large.
    fn clear(mut self) -> Self {
        if self.bytes > 2 * BATCH_BYTES {
            return Self::default();
        }
        (self.used, self.bytes) = (0, 0);
        self
    }
}

/// What takes the records of a table: here as long as there are few, and on a thread of its own then.
enum Taking<'scope, 'a> {
    Here(Box<TakenTable<'a>>),
    There {
        batches: Sender<Batch>,
        empty: Receiver<Batch>,
        thread: ScopedJoinHandle<'scope, Result<Box<TakenTable<'a>>>>,
    },
    Failed,
}

impl<'scope, 'a: 'scope> Taking<'scope, 'a> {
    /// Passes a batch on, and leaves an empty one.
    fn pass(&mut self, batch: &mut Batch, scope: &'scope Scope<'scope, '_>) -> Result<()> {
        if let Self::Here(_) = self {
            self.start(scope);
        }
        let full = std::mem::take(batch);
        match self {
            Self::Here(taken) => {
                taken.take(&full)?;
                *batch = full.clear();
            }
            Self::There { batches, empty, .. } => {
                if batches.send(full).is_err() {
                    // Why nobody takes records any more.
                    let ended = std::mem::replace(self, Self::Failed).finish(&Batch::default());
                    return Err(ended.err().unwrap_or_else(panicked));
                }
                *batch = empty.try_recv().unwrap_or_default();
            }
            Self::Failed => return Err(panicked()),
        }
        Ok(())
    }

    fn start(&mut self, scope: &'scope Scope<'scope, '_>) {
        let Self::Here(taken) = std::mem::replace(self, Self::Failed) else { return };
        // None waits: each may hold a record as large as can be.
        let (batches, queue) = bounded::<Batch>(0);
        let (give_back, empty) = unbounded();
        let thread = spawn_scoped(scope, taken, move |mut taken| {
            for batch in queue {
                taken.take(&batch)?;
                // Nobody takes it any more once all records were read.
                let _ = give_back.send(batch.clear());
            }
            Ok(taken)
        });
        *self = match thread {
            Ok(thread) => Self::There { batches, empty, thread },
            Err(refused) => Self::Here(*refused.state),
        };
    }

    /// Takes the last records, and gives what all of them are.
    fn finish(self, batch: &Batch) -> Result<Box<TakenTable<'a>>> {
        let mut taken = match self {
            Self::Here(taken) => taken,
            Self::There { batches, thread, .. } => {
                drop(batches);
                thread.join().map_err(|_| panicked())??
            }
            Self::Failed => return Err(panicked()),
        };
        taken.take(batch)?;
        Ok(taken)
    }
}

/// What the records of a table are so far.
struct TakenTable<'a> {
    run: &'a Run<'a>,
    table: &'a Table,
    encoder: Encoder,
    text: Vec<u8>,
    digest: TableDigest,
    observer: Box<dyn TableObserver + Send + 'a>,
    rows: u64,
}

impl<'a> TakenTable<'a> {
    fn new(run: &'a Run<'a>, table: &'a Table) -> Self {
        let (encoder, mut text) = (Encoder::new(table), Vec::new());
        encoder.header(&mut text);
        let digest = TableDigest::new(&text);
        text.clear();
        Self { run, table, encoder, text, digest, observer: run.observer.table(table), rows: 0 }
    }

    fn take(&mut self, batch: &Batch) -> Result<()> {
        for record in &batch.records[..batch.used] {
            self.rows += 1;
            self.encoder
                .record(record, &mut self.text)
                .map_err(|error| error.in_table(&self.table.name).at_record(self.rows))?;
            self.observer.record(self.rows, record);
        }
        self.digest.records(&self.text);
        self.run.should_continue(self.text.len())?;
        self.text.clear();
        self.text.shrink_to(2 * BATCH_BYTES);
        Ok(())
    }
}
