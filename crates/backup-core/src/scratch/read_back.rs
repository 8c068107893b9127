//! Reads tables back from a scratch database: their digests, through the record and digest code that
//! everything goes through, and what the database itself counts.
//!
//! What lies in different databases is read side by side, be it different tables or parts of one, and
//! hashed on other threads than those that read:
//!
//! ```text
//! database ─ records ─▶ watch, canonical text ─┐
//! database ─ records ─▶ watch, canonical text ─┴▶ in order ─▶ number of records, digest
//! ```

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};

use crossbeam_channel::unbounded;

use super::order::{InOrder, Outlet, TEXT_BYTES, Text, Texts, Way};
use super::{ReadBack, Scratch, Whole};
use crate::archive::package::ColumnCounts;
use crate::check::TableWatch;
use crate::error::{Error, ErrorKind, Result};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Digest, Encoder, Table};
use crate::threads::spawn_scoped;

/// What a table is in the database.
pub(crate) struct Seen {
    pub(crate) rows: u64,
    pub(crate) digest: Digest,
    pub(crate) counts: Vec<ColumnCounts>,
    pub(crate) watch: TableWatch,
}

/// Makes what looks at the records of a table, for one of so many who read it.
type MakeWatch<'a> = &'a (dyn Fn(&Table, usize) -> TableWatch + Sync);

type Part<'a> = Box<dyn ReadBack + Send + 'a>;

/// Reads these tables; gives what they are, in the same order, with what `watch` makes to look at the
/// records of each.
pub(crate) fn read_back(
    tables: &[(usize, Table)],
    watch: MakeWatch<'_>,
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
) -> Result<Vec<Seen>> {
    let found = tables.iter().map(|_| Found::default()).collect();
    let run = Run { monitor, watch, stop: AtomicBool::new(false), found: Mutex::new(found) };
    let parts = scratch.side_by_side();
    let ended = if parts.is_empty() {
        drop(parts);
        let share = tables.iter().enumerate().map(|(at, table)| Task::alone(at, table)).collect();
        thread::scope(|scope| vec![run.share(scope, &mut Whole(scratch), share)])
    } else {
        let shares = shares(tables, &parts);
        thread::scope(|scope| {
            let run = &run;
            let (mut readers, mut refused) = (Vec::new(), None);
            // A share that nobody reads is dropped before the readers are waited for, and with it what
            // they would wait for.
            for of_one in parts.into_iter().zip(shares) {
                let read = |(mut part, share): (Part<'_>, _)| run.share(scope, &mut *part, share);
                match spawn_scoped(scope, of_one, read) {
                    Ok(reader) => readers.push(reader),
                    Err(why) => {
                        run.stop.store(true, Ordering::Relaxed);
                        refused = Some(Err(why.into()));
                        break;
                    }
                }
            }
            let ended = readers.into_iter().map(ScopedJoinHandle::join);
            let ended =
                ended.map(|end| end.unwrap_or_else(|_| Err(Error::panicked("reading back"))));
            ended.chain(refused).collect()
        })
    };
    whole(ended)?;
    let found = run.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.into_iter().map(Found::seen).collect()
}

/// Whether nothing failed; or what did, which is never that others were stopped for it.
fn whole(ended: Vec<Result<()>>) -> Result<()> {
    let mut errors: Vec<_> = ended.into_iter().filter_map(Result::err).collect();
    errors.sort_by_key(|error| matches!(error.kind(), ErrorKind::Cancelled));
    errors.into_iter().next().map_or(Ok(()), Err)
}

/// What one reader has to do of a table.
struct Task<'t> {
    /// Where the table stands among all of them.
    at: usize,
    index: usize,
    table: &'t Table,
    /// How many read it.
    readers: usize,
    way: Way,
}

impl<'t> Task<'t> {
    fn alone(at: usize, (index, table): &'t (usize, Table)) -> Self {
        Self { at, index: *index, table, readers: 1, way: Way::Alone }
    }
}

/// What there is to do for each of the readers, who all go through the tables in the same order: so
/// none waits for one who waits for it.
fn shares<'t>(tables: &'t [(usize, Table)], parts: &[Part<'_>]) -> Vec<Vec<Task<'t>>> {
    let mut shares: Vec<Vec<Task<'t>>> = parts.iter().map(|_| Vec::new()).collect();
    for (at, table) in tables.iter().enumerate() {
        let holders = parts.iter().zip(&mut shares).filter(|(part, _)| part.holds(table.0));
        let mut holders: Vec<_> = holders.map(|(_, share)| share).collect();
        if let [share] = &mut holders[..] {
            share.push(Task::alone(at, table));
            continue;
        }
        let readers = holders.len();
        let (lanes, texts): (Vec<_>, Vec<_>) = holders.iter().map(|_| unbounded()).unzip();
        let mut texts = Some(texts);
        for (share, lane) in holders.into_iter().zip(lanes) {
            let way = Way::Lane(lane, texts.take());
            share.push(Task { readers, way, ..Task::alone(at, table) });
        }
    }
    shares
}

/// What was found of a table so far.
#[derive(Default)]
struct Found {
    in_order: Option<(u64, Digest)>,
    /// From those who have read it.
    read: Option<(Vec<ColumnCounts>, TableWatch)>,
    readers: usize,
}

impl Found {
    /// Adds what one of so many readers has found.
    fn add(&mut self, counts: Vec<ColumnCounts>, watch: TableWatch, of: usize) {
        self.readers += 1;
        let (_, watch) = match &mut self.read {
            Some(read) => {
                read.0.iter_mut().zip(&counts).for_each(|(all, counts)| all.merge(counts));
                read.1.merge(watch);
                read
            }
            none => none.insert((counts, watch)),
        };
        if self.readers == of {
            watch.end();
        }
    }

    fn seen(self) -> Result<Seen> {
        let lost = || Error::scratch("find a table", "no part of it holds it");
        let ((rows, digest), (counts, watch)) = self.in_order.zip(self.read).ok_or_else(lost)?;
        Ok(Seen { rows, digest, counts, watch })
    }
}

/// What those who read side by side share.
struct Run<'a> {
    monitor: &'a dyn Monitor,
    watch: MakeWatch<'a>,
    /// Whether one of them has failed.
    stop: AtomicBool,
    found: Mutex<Vec<Found>>,
}

impl Run<'_> {
    fn share<'s>(
        &self,
        scope: &'s Scope<'s, '_>,
        part: &mut dyn ReadBack,
        share: Vec<Task<'_>>,
    ) -> Result<()> {
        let mut texts = Texts::new();
        share.into_iter().try_for_each(|task| {
            let name = &task.table.name;
            let read = self.table(scope, part, &mut texts, task);
            // Before the ways to others are closed for the tables that were still to come.
            let read = read.inspect_err(|_| self.stop.store(true, Ordering::Relaxed));
            read.map_err(|error| error.in_table(name))
        })
    }

    fn table<'s>(
        &self,
        scope: &'s Scope<'s, '_>,
        part: &mut dyn ReadBack,
        texts: &mut Texts,
        task: Task<'_>,
    ) -> Result<()> {
        let Task { at, index, table, readers, way } = task;
        self.monitor.working_on(&table.name);
        let encoder = Encoder::new(table);
        let mut header = Vec::new();
        encoder.header(&mut header);
        let mut outlet = Outlet::new(scope, way, InOrder::new(&header))?;
        let mut watch = (self.watch)(table, readers);
        let mut text = texts.empty();
        part.read(index, &mut |number, record| {
            if number != text.next() {
                self.pass(&mut text, texts, &mut outlet)?;
                text.first = number;
            }
            encoder
                .record(record, &mut text.bytes)
                .map_err(|error| error.in_table(&table.name).at_record(number))?;
            text.records += 1;
            watch.record(number, record);
            match text.bytes.len() >= TEXT_BYTES {
                true => self.pass(&mut text, texts, &mut outlet),
                false => Ok(()),
            }
        })?;
        self.go_on(text.bytes.len())?;
        outlet.end(text)?;
        let counts = part.counts(index)?;
        let in_order = outlet.finish()?;
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found[at].in_order = found[at].in_order.or(in_order);
        found[at].add(counts, watch, readers);
        Ok(())
    }

    /// Passes a text on, if there is any, and goes on behind it with an empty one.
    fn pass(&self, text: &mut Text, texts: &mut Texts, outlet: &mut Outlet<'_, '_>) -> Result<()> {
        if text.records == 0 {
            return Ok(());
        }
        self.go_on(text.bytes.len())?;
        texts.pass(text, |text| outlet.send(text))
    }

    fn go_on(&self, bytes: usize) -> Result<()> {
        self.monitor.advance(bytes as u64);
        match self.stop.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Cancelled)),
            false => checkpoint(self.monitor),
        }
    }
}
