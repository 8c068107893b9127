//! Reads tables back from a scratch database: their digests, through the record and digest code that
//! everything goes through, and what the database itself counts.
//!
//! Tables that are in different databases are read side by side.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};

use super::{ReadBack, Scratch, Whole};
use crate::archive::package::ColumnCounts;
use crate::check::TableWatch;
use crate::error::{Error, ErrorKind, Result};
use crate::monitor::{Monitor, checkpoint};
use crate::record::{Digest, Encoder, Table, TableDigest};
use crate::threads::spawn_scoped;

/// How much text is hashed at a time, and goes by between two questions to the monitor.
const TEXT_BYTES: usize = 256 * 1024;

/// What a table is in the database.
pub(crate) struct Seen {
    pub(crate) rows: u64,
    pub(crate) digest: Digest,
    pub(crate) counts: Vec<ColumnCounts>,
    pub(crate) watch: TableWatch,
}

/// Reads these tables; gives what they are, in the same order, with what `watch` makes to look at the
/// records of each.
pub(crate) fn read_back(
    tables: &[(usize, Table)],
    watch: &(dyn Fn(&Table) -> TableWatch + Sync),
    scratch: &mut dyn Scratch,
    monitor: &dyn Monitor,
) -> Result<Vec<Seen>> {
    let run = &Run { tables, watch, monitor, stop: AtomicBool::new(false) };
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
    let lost = || {
        let why = "no part of it holds it".into();
        Error::new(ErrorKind::Scratch { doing: "find a table", why })
    };
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
    watch: &'a (dyn Fn(&Table) -> TableWatch + Sync),
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
        let encoder = Encoder::new(table);
        let mut text = Vec::new();
        encoder.header(&mut text);
        let mut digest = TableDigest::new(&text);
        text.clear();
        let mut watch = (self.watch)(table);
        let mut rows = 0;
        part.read(index, &mut |record| {
            rows += 1;
            encoder
                .record(record, &mut text)
                .map_err(|error| error.in_table(&table.name).at_record(rows))?;
            watch.record(rows, record);
            if text.len() < TEXT_BYTES {
                return Ok(());
            }
            self.should_continue(text.len())?;
            digest.records(&text);
            text.clear();
            text.shrink_to(2 * TEXT_BYTES);
            Ok(())
        })?;
        digest.records(&text);
        self.should_continue(text.len())?;
        watch.end();
        let counts = part.counts(index)?;
        Ok(Seen { rows, digest: digest.finish().0, counts, watch })
    }

    fn should_continue(&self, bytes: usize) -> Result<()> {
        self.monitor.advance(bytes as u64);
        match self.stop.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Cancelled)),
            false => checkpoint(self.monitor),
        }
    }
}
