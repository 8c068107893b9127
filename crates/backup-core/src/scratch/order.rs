//! The canonical text of a table, from those who read it side by side to the one who puts it in order,
//! counts its records, and hashes it.
//!
//! Each reader has a few texts, which go round: so none is ahead of the others by more than these hold,
//! and memory does not grow with the table.

use std::thread::{Scope, ScopedJoinHandle};

use crossbeam_channel::{Receiver, Select, Sender, bounded, unbounded};

use crate::error::{Error, ErrorKind, Result};
use crate::record::{Digest, TableDigest};
use crate::threads::spawn_scoped;

/// How much text is hashed at a time, and goes by between two questions to the monitor.
pub(super) const TEXT_BYTES: usize = 256 * 1024;
/// How many such texts a reader has.
const TEXTS: usize = 8;
/// What a buffer may keep from the longest record that it held.
const KEPT_BYTES: usize = 2 * TEXT_BYTES;

/// Canonical text of records that follow one another.
///
/// Dropped, it leaves its buffer to the reader that it came from.
pub(super) struct Text {
    /// The number of the first of them, counted from 1, and how many there are.
    pub(super) first: u64,
    pub(super) records: u64,
    pub(super) bytes: Vec<u8>,
    home: Sender<Vec<u8>>,
}

impl Text {
    /// The number that follows those of its records.
    pub(super) fn next(&self) -> u64 {
        self.first + self.records
    }

    fn is_huge(&self) -> bool {
        self.bytes.len() > KEPT_BYTES
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        bytes.shrink_to(KEPT_BYTES);
        // There is room for all of them; nobody takes it any more once a run was given up.
        let _ = self.home.try_send(bytes);
    }
}

/// The texts of one reader.
pub(super) struct Texts {
    home: Sender<Vec<u8>>,
    back: Receiver<Vec<u8>>,
    empty: Vec<Vec<u8>>,
}

impl Texts {
    pub(super) fn new() -> Self {
        let (home, back) = bounded(TEXTS);
        Self { home, back, empty: vec![Vec::new(); TEXTS] }
    }

    /// An empty text, as soon as there is one.
    pub(super) fn empty(&mut self) -> Text {
        self.wait_for(1);
        let bytes = self.empty.pop().unwrap_or_default();
        Text { first: 0, records: 0, bytes, home: self.home.clone() }
    }

    /// Passes a text on with `send`, and goes on behind it with an empty one. Of texts of records as
    /// large as can be, one at a time is enough to hold.
    pub(super) fn pass(
        &mut self,
        text: &mut Text,
        send: impl FnOnce(Text) -> Result<()>,
    ) -> Result<()> {
        let wanted = if text.is_huge() { TEXTS } else { 1 };
        let next = text.next();
        let (first, records) = (text.first, text.records);
        let bytes = std::mem::take(&mut text.bytes);
        send(Text { first, records, bytes, home: self.home.clone() })?;
        self.wait_for(wanted);
        (text.first, text.records) = (next, 0);
        text.bytes = self.empty.pop().unwrap_or_default();
        Ok(())
    }

    fn wait_for(&mut self, wanted: usize) {
        while self.empty.len() < wanted {
            // It does not fail, as the other end is kept here.
            self.empty.extend(self.back.recv());
        }
    }
}

/// A table's text in order: its digest, and its records counted.
pub(super) struct InOrder {
    records: u64,
    digest: TableDigest,
}

impl InOrder {
    pub(super) fn new(header: &[u8]) -> Self {
        Self { records: 0, digest: TableDigest::new(header) }
    }

    /// Takes the text that comes next.
    pub(super) fn take(&mut self, text: &Text) {
        self.records += text.records;
        self.digest.records(&text.bytes);
    }

    /// Takes all that comes from those who read the table, in the order of the records.
    pub(super) fn take_all(mut self, readers: Vec<Receiver<Text>>) -> Self {
        let mut lanes = Lanes::new(readers);
        while let Some(text) = lanes.next() {
            self.take(&text);
        }
        self
    }

    /// How many records there are, and the digest.
    pub(super) fn finish(self) -> (u64, Digest) {
        (self.records, self.digest.finish().0)
    }
}

/// Where a reader's text of a table goes.
pub(super) enum Way {
    /// The reader is the only one.
    Alone,
    /// To where the text of several is put in order; one of them has to start that.
    Lane(Sender<Text>, Option<Vec<Receiver<Text>>>),
}

/// A reader's way for its text. All of it is put in order and hashed by a thread of its own, as soon as
/// there is more than a little.
pub(super) struct Outlet<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    /// While there is little.
    here: Option<InOrder>,
    lane: Option<Sender<Text>>,
    /// With the reader that has started it.
    thread: Option<ScopedJoinHandle<'scope, InOrder>>,
}

impl<'scope, 'env> Outlet<'scope, 'env> {
    pub(super) fn new(
        scope: &'scope Scope<'scope, 'env>,
        way: Way,
        in_order: InOrder,
    ) -> Result<Self> {
        let mut outlet = Self { scope, here: None, lane: None, thread: None };
        match way {
            Way::Alone => outlet.here = Some(in_order),
            Way::Lane(lane, readers) => {
                outlet.lane = Some(lane);
                let start = |readers| {
                    spawn_scoped(scope, (in_order, readers), |(it, readers)| it.take_all(readers))
                };
                outlet.thread = readers.map(start).transpose()?;
            }
        }
        Ok(outlet)
    }

    pub(super) fn send(&mut self, text: Text) -> Result<()> {
        if let Some(in_order) = self.here.take() {
            let (lane, reader) = unbounded();
            let taking = |in_order: InOrder| in_order.take_all(vec![reader]);
            match spawn_scoped(self.scope, in_order, taking) {
                Ok(thread) => (self.lane, self.thread) = (Some(lane), Some(thread)),
                Err(refused) => {
                    self.here.insert(*refused.state).take(&text);
                    return Ok(());
                }
            }
        }
        match self.lane.as_ref().is_some_and(|lane| lane.send(text).is_ok()) {
            true => Ok(()),
            false => Err(self.lost()),
        }
    }

    /// Takes the last text.
    pub(super) fn end(&mut self, text: Text) -> Result<()> {
        match &mut self.here {
            Some(here) => here.take(&text),
            None => self.send(text)?,
        }
        self.lane = None;
        Ok(())
    }

    /// How many records the whole table has, and its digest: from the reader that has started what
    /// puts them in order, once all readers have ended.
    pub(super) fn finish(self) -> Result<Option<(u64, Digest)>> {
        let joined = self.thread.map(ScopedJoinHandle::join).transpose();
        let in_order = joined.map_err(|_| Error::panicked("hashing"))?.or(self.here);
        Ok(in_order.map(InOrder::finish))
    }

    /// Why nobody takes the text: a panic, or the reader that should have started that has failed and
    /// says why.
    fn lost(&mut self) -> Error {
        let panicked = self.thread.take().is_some_and(|thread| thread.join().is_err());
        if panicked { Error::panicked("hashing") } else { Error::new(ErrorKind::Cancelled) }
    }
}

/// What comes from those who read a table, each of whom gives its texts in order.
struct Lanes {
    lanes: Vec<Lane>,
    /// The number of the record that comes next.
    next: u64,
}

struct Lane {
    reader: Receiver<Text>,
    /// What the reader gave last, until it is taken.
    head: Option<Text>,
    /// Whether the reader has given all.
    ended: bool,
}

impl Lanes {
    fn new(readers: Vec<Receiver<Text>>) -> Self {
        let lane = |reader| Lane { reader, head: None, ended: false };
        Self { lanes: readers.into_iter().map(lane).collect(), next: 1 }
    }

    /// The text that goes on where the last one ended. If a record is missing, no reader has it, and the
    /// text with the least number comes next.
    fn next(&mut self) -> Option<Text> {
        let text = loop {
            let heads = self.lanes.iter().map(|lane| lane.head.as_ref().map(|text| text.first));
            let follows = heads.clone().position(|first| first == Some(self.next));
            if let Some(at) = follows {
                break self.lanes[at].head.take();
            }
            let least = heads.enumerate().filter_map(|(at, first)| Some((first?, at))).min();
            if !self.wait() {
                break least.and_then(|(_, at)| self.lanes[at].head.take());
            }
        };
        text.inspect(|text| self.next = text.next())
    }

    /// Waits for one of the readers of whom no text is here; not if there is none.
    fn wait(&mut self) -> bool {
        let awaited = |lane: &&mut Lane| lane.head.is_none() && !lane.ended;
        let mut awaited: Vec<_> = self.lanes.iter_mut().filter(awaited).collect();
        if awaited.is_empty() {
            return false;
        }
        let mut select = Select::new();
        let readers: Vec<_> = awaited.iter().map(|lane| lane.reader.clone()).collect();
        for reader in &readers {
            select.recv(reader);
        }
        let ready = select.select();
        let at = ready.index();
        match ready.recv(&readers[at]) {
            Ok(text) => awaited[at].head = Some(text),
            Err(_) => awaited[at].ended = true,
        }
        true
    }
}
