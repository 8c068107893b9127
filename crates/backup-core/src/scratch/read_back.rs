//! Reads tables back from a scratch database: their digests, through the record and digest code that
//! everything goes through, and what the database itself counts.
//!
//! What lies in different databases is read side by side, and hashed on other threads than those
//! that read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{ReadBack, Scratch, Whole};
use crate::archive::package::ColumnCounts;
use crate::check::TableWatch;
use crate::error::{Error, ErrorKind, Result};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Digest, Encoder, Table, TableDigest};

/// How much text is hashed at a time, and goes by between two questions to the monitor.
const TEXT_BYTES: usize = 256 * 1024;
/// How many such texts there are: one that grows, one that waits, one that is hashed.
const TEXTS: usize = 3;
/// What a buffer may keep from the longest record that it held.
const KEPT_BYTES: usize = 4 * TEXT_BYTES;

/// What a table is in the database.
pub(crate) struct Seen {
    pub(crate) rows: u64,
    pub(crate) digest: Digest,
    pub(crate) counts: Vec<ColumnCounts>,
    pub(crate) watch: TableWatch,
}

/// Tables, with where they stand among all tables.
type Share<'t> = Vec<(usize, &'t (usize, Table))>;

/// Reads these tables; gives what they are, in the same order, with what `watch` makes to look at the
/// records of each.
pub(crate) fn read_back(
    tables: &[(usize, Table)],
    watch: &(dyn Fn(&Table) -> TableWatch + Sync),
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
) -> Result<Vec<Seen>> {
    let run = Run { monitor, watch, stop: AtomicBool::new(false) };
    let numbered = || tables.iter().enumerate();
    let parts = scratch.side_by_side();
    let found = if parts.is_empty() {
        drop(parts);
        vec![run.share(&mut Whole(scratch), numbered().collect())]
    } else {
        thread::scope(|scope| {
            let run = &run;
            let workers: Vec<_> = parts
                .into_iter()
                .map(|mut part| {
                    let share = numbered().filter(|(_, it)| part.holds(it.0)).collect();
                    scope.spawn(move || run.share(part.as_mut(), share))
                })
                .collect();
            let ended = workers.into_iter().map(ScopedJoinHandle::join);
            ended.map(|end| end.unwrap_or_else(|_| Err(Error::panicked("reading back")))).collect()
        })
    };
    let mut seen: Vec<Option<Seen>> = tables.iter().map(|_| None).collect();
    for (at, table) in whole(found)? {
        seen[at] = Some(table);
    }
    let lost = || {
        let why = "no part of it holds it".into();
        Error::new(ErrorKind::Scratch { doing: "find a table", why })
    };
    seen.into_iter().map(|seen| seen.ok_or_else(lost)).collect()
}

/// All that was found; or why it is not all, which is never that others were stopped for it.
fn whole<T>(found: Vec<Result<Vec<T>>>) -> Result<Vec<T>> {
    let (found, mut errors): (Vec<_>, Vec<_>) = found.into_iter().partition(Result::is_ok);
    let stopped = |result: &Result<Vec<T>>| matches!(result, Err(error) if matches!(error.kind(), ErrorKind::Cancelled));
    errors.sort_by_key(stopped);
    let parts: Vec<_> = errors.into_iter().chain(found).collect::<Result<_>>()?;
    Ok(parts.into_iter().flatten().collect())
}

/// What those who read side by side share.
struct Run<'a> {
    monitor: &'a dyn Monitor,
    watch: &'a (dyn Fn(&Table) -> TableWatch + Sync),
    /// Whether one of them has failed.
    stop: AtomicBool,
}

impl Run<'_> {
    fn share(&self, part: &mut dyn ReadBack, share: Share<'_>) -> Result<Vec<(usize, Seen)>> {
        let seen = share.into_iter().map(|(at, it)| {
            let seen = self.table(part, it.0, &it.1);
            Ok((at, seen.map_err(|error| error.in_table(&it.1.name))?))
        });
        let seen: Result<_> = seen.collect();
        seen.inspect_err(|_| self.stop.store(true, Ordering::Relaxed))
    }

    fn table(&self, part: &mut dyn ReadBack, index: usize, table: &Table) -> Result<Seen> {
        self.monitor.working_on(&table.name);
        let encoder = Encoder::new(table);
        let mut header = Vec::new();
        encoder.header(&mut header);
        let (mut rows, mut watch) = (0, (self.watch)(table));
        let digest = thread::scope(|scope| {
            let mut hashing = Hashing::new(scope, TableDigest::new(&header));
            let mut text = Vec::new();
            part.read(index, &mut |record| {
                encoder
                    .record(record, &mut text)
                    .map_err(|error| error.in_table(&table.name).at_record(rows + 1))?;
                rows += 1;
                watch.record(rows, record);
                if text.len() >= TEXT_BYTES {
                    self.go_on(text.len())?;
                    hashing.take(&mut text)?;
                }
                Ok(())
            })?;
            self.go_on(text.len())?;
            hashing.finish(&text)
        })?;
        Ok(Seen { rows, digest, counts: part.counts(index)?, watch })
    }

    fn go_on(&self, bytes: usize) -> Result<()> {
        self.monitor.advance(bytes as u64);
        match self.stop.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Cancelled)),
            false => checkpoint(self.monitor),
        }
    }
}

/// Hashes a table's text: on a thread of its own, as soon as there is more than a little of it.
struct Hashing<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    digest: Option<TableDigest>,
    away: Option<Away<'scope>>,
}

struct Away<'scope> {
    texts: Sender<Vec<u8>>,
    hashed: Receiver<Vec<u8>>,
    thread: ScopedJoinHandle<'scope, TableDigest>,
}

impl<'scope, 'env> Hashing<'scope, 'env> {
    fn new(scope: &'scope Scope<'scope, 'env>, digest: TableDigest) -> Self {
        Self { scope, digest: Some(digest), away: None }
    }

    /// Takes the text, and puts an empty one in its place.
    fn take(&mut self, text: &mut Vec<u8>) -> Result<()> {
        if let Some(digest) = self.digest.take() {
            self.away = Some(Away::start(self.scope, digest));
        }
        let lost = || Error::panicked("hashing");
        let away = self.away.as_ref().ok_or_else(lost)?;
        let empty = away.hashed.recv().map_err(|_| lost())?;
        away.texts.send(std::mem::replace(text, empty)).map_err(|_| lost())
    }

    /// The digest, after the last of the text.
    fn finish(self, rest: &[u8]) -> Result<Digest> {
        let mut digest = match (self.digest, self.away) {
            (Some(digest), _) => digest,
            (None, Some(Away { texts, thread, .. })) => {
                drop(texts);
                thread.join().map_err(|_| Error::panicked("hashing"))?
            }
            (None, None) => return Err(Error::panicked("hashing")),
        };
        digest.records(rest);
        Ok(digest.finish().0)
    }
}

impl<'scope> Away<'scope> {
    fn start(scope: &'scope Scope<'scope, '_>, mut digest: TableDigest) -> Self {
        let (texts, queue) = bounded::<Vec<u8>>(TEXTS);
        let (done, hashed) = bounded(TEXTS);
        for _ in 1..TEXTS {
            done.try_send(Vec::new()).expect("there is room for every text");
        }
        let thread = scope.spawn(move || {
            for mut text in queue {
                digest.records(&text);
                text.clear();
                text.shrink_to(KEPT_BYTES);
                // Nobody takes it any more once a run was given up.
                let _ = done.send(text);
            }
            digest
        });
        Self { texts, hashed, thread }
    }
}
