//! What the sources are now, as far as it takes to compare them with what they were.

use std::io::Read;
use std::sync::Arc;

use super::against::Archived;
use super::changes::{Hashing, PAIRS};
use super::pairing::{Likeness, Name, Pairing};
use super::sorting::{Sorted, Sorter, Spill};
use crate::error::Result;
use crate::model::{
    ColumnChanges, ColumnCounts, FileHead, LedgerEntry, Origin, SourceMetadata, TableSummary,
};
use crate::record::{Digest, Record, Table};
use crate::source::ingest::{Store, Tally};

/// Takes the sources as they are now: digests of everything, and hashes of the records of tables that
/// the archive has with the same columns.
pub(super) struct Current<'a> {
    pub(super) tally: Tally,
    then: &'a [Archived<'a>],
    pairing: &'a Pairing,
    /// Where hashes go that do not stay in memory: one table's after the other's.
    spill: Arc<Spill>,
    open: Open<'a>,
    /// What each table is, in the order of the tally's.
    pub(super) tables: Vec<(Name, Likeness)>,
    /// And what is to be compared of it, if the archive has one like it.
    pub(super) seen: Vec<Option<Seen>>,
}

/// What is done with the records of the table that is being read.
enum Open<'a> {
    /// They are hashed, and the hashes sorted.
    Records(Box<Hashing<'a>>, Sorter),
    /// They are not comparable.
    Columns(ColumnChanges),
    /// There is nothing to compare them with.
    New,
}

/// What is to be compared of a table that both have.
pub(super) enum Seen {
    Equal,
    Columns(ColumnChanges),
    Records(Sorted),
}

impl<'a> Current<'a> {
    pub(super) fn new(then: &'a [Archived<'a>], pairing: &'a Pairing) -> Self {
        let (tally, spill) = (Tally::default(), Arc::default());
        let (tables, seen) = (Vec::new(), Vec::new());
        Self { tally, then, pairing, spill, open: Open::New, tables, seen }
    }

    /// The table of the archive that the last one is compared with.
    fn like(&self) -> Option<&'a Archived<'a>> {
        let (_, likeness) = self.tables.last()?;
        self.then.get(likeness.table()?)
    }
}

impl Store for Current<'_> {
    fn begin(&mut self, table: Table, origin: Origin) -> Result<()> {
        let name = Name::of(&table.name, origin.source.as_deref(), origin.sheet.as_deref());
        let likeness = self.pairing.of(&name);
        self.tables.push((name, likeness));
        self.open = match self.like() {
            None => Open::New,
            Some(then) => match ColumnChanges::between(then.table, &table) {
                Some(changes) => Open::Columns(changes),
                None => {
                    let hashing = Box::new(Hashing::new(then.table, &then.key));
                    Open::Records(hashing, Sorter::holding(PAIRS, &self.spill))
                }
            },
        };
        self.tally.begin(table, origin)
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        self.tally.record(record)?;
        match &mut self.open {
            Open::Records(hashing, pairs) => pairs.push(hashing.pair(record)?),
            _ => Ok(()),
        }
    }

    fn counts(&self) -> &[ColumnCounts] {
        self.tally.counts()
    }

    fn end(&mut self) -> Result<TableSummary> {
        let summary = self.tally.end()?;
        let was = self.like().map(|then| then.report.digest);
        self.seen.push(match std::mem::replace(&mut self.open, Open::New) {
            Open::New => None,
            Open::Columns(changes) => Some(Seen::Columns(changes)),
            Open::Records(_, pairs) if was == Some(summary.digest) => {
                pairs.discard();
                Some(Seen::Equal)
            }
            Open::Records(_, pairs) => Some(Seen::Records(pairs.sorted_on_disk()?)),
        });
        Ok(summary)
    }

    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        self.tally.file(file, content)
    }

    fn ledger(&mut self, entry: LedgerEntry) {
        self.tally.ledger(entry);
    }

    fn remark(&mut self, remark: LedgerEntry) {
        self.tally.remark(remark);
    }

    fn source(&mut self, facts: SourceMetadata) {
        self.tally.source(facts);
    }
}
