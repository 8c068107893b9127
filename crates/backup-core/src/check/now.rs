//! What the sources are now, as far as it takes to compare them with what they were.

use std::collections::HashMap;
use std::io::Read;

use super::against::{ColumnChanges, Then};
use super::changes::Hashing;
use super::runs::{Ranges, Runs};
use crate::archive::package::{ColumnCounts, LedgerEntry, Origin, SourceFacts};
use crate::error::Result;
use crate::record::{Digest, Record, Table};
use crate::source::intake::{Store, Tally};
use crate::source::{FileHead, TableSummary};

/// Takes the sources as they are now: digests of everything, and hashes of the records of tables that
/// the archive has with the same columns.
pub(super) struct Now<'a> {
    pub(super) tally: Tally,
    then: &'a HashMap<&'a str, Then<'a>>,
    pub(super) runs: Runs,
    open: Open<'a>,
    /// What is to be compared of the tables that the archive has too.
    pub(super) seen: HashMap<String, Seen>,
}

/// What is done with the records of the table that is being read.
enum Open<'a> {
    /// They are hashed.
    Records(Box<Hashing<'a>>),
    /// They are not comparable.
    Columns(ColumnChanges),
    /// There is nothing to compare them with.
    New,
}

/// What is to be compared of a table that both have.
pub(super) enum Seen {
    Equal,
    Columns(ColumnChanges),
    Records(Ranges),
}

impl<'a> Now<'a> {
    pub(super) fn new(then: &'a HashMap<&'a str, Then<'a>>) -> Result<Self> {
        let (tally, runs) = (Tally::default(), Runs::new()?);
        Ok(Self { tally, then, runs, open: Open::New, seen: HashMap::new() })
    }
}

impl Store for Now<'_> {
    fn begin(&mut self, table: Table, origin: Origin) -> Result<()> {
        self.open = match self.then.get(table.name.as_str()) {
            None => Open::New,
            Some(then) => match ColumnChanges::between(then.table, &table) {
                Some(changes) => Open::Columns(changes),
                None => Open::Records(Box::new(Hashing::new(then.table, &then.key))),
            },
        };
        self.tally.begin(table, origin)
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        self.tally.record(record)?;
        match &mut self.open {
            Open::Records(hashing) => self.runs.add(hashing.pair(record)?),
            _ => Ok(()),
        }
    }

    fn canonical(&mut self, text: &str) -> Result<(usize, u64)> {
        match self.open {
            // Each record is wanted by itself.
            Open::Records(_) => Ok((0, 0)),
            _ => self.tally.canonical(text),
        }
    }

    fn counts(&self) -> &[ColumnCounts] {
        self.tally.counts()
    }

    fn end(&mut self) -> Result<TableSummary> {
        let summary = self.tally.end()?;
        let was = self.then.get(summary.name.as_str()).map(|then| then.report.digest);
        let seen = match std::mem::replace(&mut self.open, Open::New) {
            Open::New => return Ok(summary),
            Open::Columns(changes) => Seen::Columns(changes),
            Open::Records(_) if was == Some(summary.digest) => {
                self.runs.forget();
                Seen::Equal
            }
            Open::Records(_) => Seen::Records(self.runs.finish()?),
        };
        self.seen.insert(summary.name.clone(), seen);
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

    fn source(&mut self, facts: SourceFacts) {
        self.tally.source(facts);
    }
}
