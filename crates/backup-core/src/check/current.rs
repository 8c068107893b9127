//! Reads the current sources, to compare them with an archive.

use std::io::Read;

use super::changes::{PAIRS, Pairs};
use super::pairing::{MatchCandidate, Pairing};
use super::relations::Hashing;
use super::sorting::Sorter;
use crate::error::Result;
use crate::model::{ColumnChanges, ColumnCounts, FileHead, Origin, TableReport, TableSummary};
use crate::record::{Digest, Record, Table};
use crate::source::ingest::{Store, Tally};
use crate::table_names::Name;

/// A table of the archive.
pub(super) struct Archived<'a> {
    pub(super) table: &'a Table,
    pub(super) report: &'a TableReport,
    /// The key columns, by position.
    pub(super) key: Vec<usize>,
    pub(super) hashing: &'a Hashing,
}

/// Receives the sources as they are now. It computes the digests of everything, and hashes the
/// records of each table that the archive has with the same columns.
pub(super) struct Current<'a> {
    pub(super) tally: Tally,
    archived: &'a [Archived<'a>],
    pairing: &'a Pairing,
    open: Option<Pairs<'a>>,
    pub(super) pairs: Sorter<4>,
    /// The tables, in the same order as in `tally`.
    pub(super) tables: Vec<CurrentTable>,
}

/// A table of the sources.
pub(super) struct CurrentTable {
    pub(super) name: Name,
    pub(super) likeness: MatchCandidate,
    /// The difference between its columns and those of the archived table; `None` if there is none.
    pub(super) columns: Option<ColumnChanges>,
}

impl<'a> Current<'a> {
    pub(super) fn new(archived: &'a [Archived<'a>], pairing: &'a Pairing) -> Self {
        let (tally, pairs) = (Tally::default(), Sorter::holding(PAIRS));
        Self { tally, archived, pairing, open: None, pairs, tables: Vec::new() }
    }
}

impl Store for Current<'_> {
    fn begin(&mut self, table: Table, origin: Origin) -> Result<()> {
        let name = Name::of(&table.name, origin.source.as_deref(), origin.sheet.as_deref());
        let likeness = self.pairing.of(&name);
        let archived = likeness.table().map(|at| &self.archived[at]);
        let columns = archived.and_then(|it| ColumnChanges::between(it.table, &table));
        self.open = archived
            .filter(|_| columns.is_none())
            .map(|it| Pairs::new(self.tables.len(), it.table, &it.key, it.hashing));
        self.tables.push(CurrentTable { name, likeness, columns });
        self.tally.begin(table, origin)
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        self.tally.record(record)?;
        match &mut self.open {
            Some(open) => self.pairs.push(open.pair(record)?),
            None => Ok(()),
        }
    }

    fn end(&mut self) -> Result<(TableSummary, Vec<ColumnCounts>)> {
        self.tally.end()
    }

    fn file(&mut self, file: &FileHead, content: &mut dyn Read) -> Result<Digest> {
        self.tally.file(file, content)
    }
}
