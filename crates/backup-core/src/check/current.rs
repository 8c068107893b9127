//! Reads the current sources, to compare them with an archive.

use std::io::Read;

use super::changes::{PAIRS, Pairs};
use super::pairing::{MatchCandidate, PairName, Pairing};
use super::relations::Hashing;
use super::sorting::Sorter;
use crate::error::Result;
use crate::joined::{Added, JoinedTable, JoinedTables, Whole};
use crate::model::{ColumnChanges, ColumnCounts, FileHead, Origin, TableReport, TableSummary};
use crate::record::{Digest, Record, Table};
use crate::source::ingest::{Store, Tally};
use crate::table_names::Name;

/// A table of the archive, or all parts of one.
pub(super) struct Archived<'a> {
    /// The name of the table, or of all parts together.
    pub(super) name: &'a str,
    pub(super) parts: Vec<(&'a Table, &'a TableReport)>,
    /// The key columns, by position.
    pub(super) key: Vec<usize>,
    pub(super) hashing: &'a Hashing,
}

impl Archived<'_> {
    /// The columns, which all parts have.
    pub(super) fn table(&self) -> &Table {
        self.parts[0].0
    }

    /// The number of records.
    pub(super) fn rows(&self) -> u64 {
        self.parts.iter().map(|(_, report)| report.rows).sum()
    }
}

/// Receives the sources as they are now. It computes the digests of everything, and hashes the
/// records of each table that the archive has with the same columns.
pub(super) struct Current<'a> {
    pub(super) tally: Tally,
    archived: &'a [Archived<'a>],
    pairing: &'a Pairing,
    open: Option<Pairs<'a>>,
    pub(super) pairs: Sorter<4>,
    /// The tables; parts of one are one.
    pub(super) tables: Vec<CurrentTable>,
    joined: JoinedTables,
}

/// A table of the sources, or all parts of one.
pub(super) struct CurrentTable {
    pub(super) name: PairName,
    pub(super) likeness: MatchCandidate,
    /// The difference between its columns and those of the archived table; `None` if there is none.
    pub(super) columns: Option<ColumnChanges>,
}

impl<'a> Current<'a> {
    pub(super) fn new(archived: &'a [Archived<'a>], pairing: &'a Pairing) -> Self {
        let (tally, pairs) = (Tally::default(), Sorter::holding(PAIRS));
        let (tables, joined) = (Vec::new(), JoinedTables::default());
        Self { tally, archived, pairing, open: None, pairs, tables, joined }
    }

    /// The name of a table, or of all its parts.
    pub(super) fn name(&self, table: usize) -> &str {
        &self.joined.tables[table].name
    }

    /// The summaries of all parts of a table.
    pub(super) fn parts(&self, table: usize) -> impl Iterator<Item = &TableReport> + Clone {
        self.joined.tables[table].parts.iter().map(|part| &self.tally.tables[*part])
    }
}

impl Store for Current<'_> {
    fn begin(&mut self, table: Table, origin: Origin) -> Result<()> {
        let labels: Vec<_> = table.columns.iter().map(|column| column.label.clone()).collect();
        let whole = Whole::of(&table.name, &origin, None);
        let at = match self.joined.add(&table.name, whole, &labels) {
            Added::Part(at) => at,
            Added::New | Added::OtherLabels(..) => {
                let joined = self.joined.tables.last().and_then(JoinedTable::whole);
                let name = Name::of(&table.name, origin.source.as_deref(), origin.sheet.as_deref());
                let name = PairName::new(name, joined);
                let likeness = self.pairing.of(&name);
                let archived = likeness.table().map(|at| &self.archived[at]);
                let columns = archived.and_then(|it| ColumnChanges::between(it.table(), &table));
                self.tables.push(CurrentTable { name, likeness, columns });
                self.tables.len() - 1
            }
        };
        let CurrentTable { likeness, columns, .. } = &self.tables[at];
        let archived = likeness.table().filter(|_| columns.is_none());
        let archived = archived.map(|archived| &self.archived[archived]);
        self.open = archived.map(|it| Pairs::new(at, it.table(), &it.key, it.hashing));
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
