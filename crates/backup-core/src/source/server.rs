//! What the sources on database servers have in common: which tables are read, and how they are
//! stored.

use super::sql_types::{SqlType, declared};
use super::stable_file::Spread;
use super::{MAX_RECORD_BYTES, Sink};
use crate::error::{Error, Result};
use crate::i18n::{Message, message};
use crate::ledger_code::LedgerCode;
use crate::model::{ColumnCounts, Key, LedgerEntry, Origin, Provenance, Reference};
use crate::record::{Column, MAX_COLUMNS, Record, Table};
use crate::source::discover::matches;
use crate::source::in_mib;

/// The number of records between two reports of progress and checks for cancellation.
const BETWEEN_QUESTIONS: u64 = 1024;

/// Options for reading a database on a server.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// Patterns for the names of tables to read; all tables if there is none. `*` and `?` have the
    /// same meaning as in a shell. A pattern with a dot is compared with the schema too.
    pub tables: Vec<String>,
    /// The maximum length of a record in bytes.
    pub max_record_bytes: u64,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self { tables: Vec::new(), max_record_bytes: MAX_RECORD_BYTES }
    }
}

impl ServerOptions {
    /// Adds a pattern for the names of tables to read.
    pub fn table(mut self, pattern: impl Into<String>) -> Self {
        self.tables.push(pattern.into());
        self
    }

    /// Sets the maximum length of a record in bytes, [`MAX_RECORD_BYTES`] by default. A longer
    /// record ends the export.
    pub fn max_record_bytes(mut self, bytes: u64) -> Self {
        self.max_record_bytes = bytes;
        self
    }

    /// Whether a table is to be read.
    pub(super) fn includes(&self, schema: &str, name: &str) -> bool {
        let full = format!("{schema}.{name}");
        self.tables.is_empty()
            || self.tables.iter().any(|pattern| matches(pattern, name) || matches(pattern, &full))
    }

    /// Returns an error if a pattern matches none of these tables.
    pub(super) fn check<'a>(
        &self,
        names: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Result<()> {
        for pattern in &self.tables {
            let one = Self::default().table(pattern);
            if !names.clone().any(|(schema, name)| one.includes(schema, name)) {
                let why = message!("server-no-such-table", pattern = pattern);
                return Err(Error::source(why, message!("hint-server-no-such-table")));
            }
        }
        Ok(())
    }
}

/// A table of a server.
#[derive(Debug)]
pub(super) struct ServerTable {
    /// The name in the archive.
    pub(super) title: String,
    /// The name as it is written in SQL.
    pub(super) sql: String,
    pub(super) columns: Vec<ServerColumn>,
    /// The number of columns whose values are computed and not read.
    pub(super) computed: u64,
    pub(super) keys: Vec<Vec<String>>,
    pub(super) references: Vec<ServerReference>,
}

#[derive(Debug)]
pub(super) struct ServerColumn {
    pub(super) name: String,
    /// The name of the type, as the server writes it.
    pub(super) type_name: String,
    pub(super) kind: SqlType,
}

#[derive(Debug)]
pub(super) struct ServerReference {
    pub(super) columns: Vec<String>,
    /// The name of the other table in the archive.
    pub(super) table: String,
    pub(super) target: Vec<String>,
}

impl ServerTable {
    fn origin(&self, source: &str) -> Origin {
        let known = Provenance::Declared;
        let keys = self.keys.iter().map(|columns| Key { columns: columns.clone(), known });
        let references = self.references.iter().map(|reference| Reference {
            columns: reference.columns.clone(),
            table: reference.table.clone(),
            target: reference.target.clone(),
            known,
        });
        Origin {
            source: Some(source.to_owned()),
            sheet: Some(self.title.clone()),
            types: self.columns.iter().map(|column| declared(&column.type_name)).collect(),
            keys: keys.collect(),
            references: references.collect(),
        }
    }

    /// Whether the archive can hold a table with this number of columns.
    pub(super) fn fits(&self) -> bool {
        (1..=MAX_COLUMNS).contains(&self.columns.len())
    }

    /// Stores the table. `counts` are the server's, if it has any for exactly these records, and
    /// `read` passes the records on.
    pub(super) fn store(
        &self,
        source: &str,
        counts: Option<&[ColumnCounts]>,
        sink: &mut dyn Sink,
        read: impl FnOnce(&mut dyn Sink) -> Result<()>,
    ) -> Result<()> {
        let columns = self.columns.iter().map(|column| Column::any(column.name.as_str()));
        sink.monitor().working_on(&self.title);
        sink.begin_table(&Table::new(self.title.as_str(), columns), self.origin(source))?;
        read(sink)?;
        let summary = sink.end_table(counts)?;
        if self.computed > 0 {
            let entry = LedgerEntry::of(LedgerCode::ComputedColumn).count(self.computed);
            sink.ledger(entry.source(source).table(summary.name));
        }
        Ok(())
    }
}

/// Passes the records of a table on, with their number and the progress.
pub(super) struct Passing<'a> {
    pub(super) sink: &'a mut dyn Sink,
    pub(super) spread: &'a mut Spread,
    pub(super) max_record_bytes: u64,
    pub(super) rows: u64,
}

impl Passing<'_> {
    pub(super) fn record(&mut self, record: &Record) -> Result<()> {
        self.rows += 1;
        if record.bytes() as u64 > self.max_record_bytes {
            return Err(too_large(self.max_record_bytes));
        }
        if self.rows.is_multiple_of(BETWEEN_QUESTIONS) {
            self.spread.seen(BETWEEN_QUESTIONS, self.sink.monitor())?;
        }
        self.sink.record(record)
    }
}

/// The error for a record that is longer than `most` bytes.
pub(super) fn too_large(most: u64) -> Error {
    Error::source(message!("dump-large-record", most = in_mib(most)), message!("hint-server-table"))
}

/// A table that the patterns do not name.
pub(super) fn left_out(source: &str, table: &str) -> LedgerEntry {
    LedgerEntry::of(LedgerCode::LeftOutTable).source(source).table(table)
}

/// A table that is not read, with the reason.
pub(super) fn unread(source: &str, table: &str, why: Message) -> LedgerEntry {
    LedgerEntry::new(LedgerCode::UnreadTable, why.to_string()).source(source).table(table)
}
