//! The tables of a dump, as far as they are known.

use super::dialect::{Dialect, Session};
use super::errors::refused;
use crate::error::Error;
use crate::i18n::message;
use crate::record::MAX_COLUMNS;
use crate::source::sql_types::SqlType;

/// The name of a table, in its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TableName {
    pub(super) database: Option<String>,
    /// With the schema before it, if there is one.
    pub(super) name: String,
}

#[derive(Debug, Clone)]
pub(super) struct DumpColumn {
    pub(super) name: String,
    pub(super) kind: SqlType,
    /// The type as it is written; empty if it is not known.
    pub(super) declared: String,
    pub(super) is_generated: bool,
}

/// Where the records of a table are: from the first statement with some to the end of the last.
#[derive(Debug)]
pub(super) struct Extent {
    pub(super) start: u64,
    pub(super) end: u64,
    /// The settings at the start.
    pub(super) session: Session,
}

/// A key or reference, with the table of the latter.
#[derive(Debug)]
pub(super) struct DumpReference {
    pub(super) columns: Vec<String>,
    pub(super) table: TableName,
    pub(super) target: Vec<String>,
}

/// A table.
#[derive(Debug)]
pub(super) struct DumpTable {
    pub(super) name: TableName,
    pub(super) columns: Vec<DumpColumn>,
    pub(super) keys: Vec<Vec<String>>,
    pub(super) references: Vec<DumpReference>,
    /// Where it was first named.
    pub(super) defined: u64,
    pub(super) extent: Option<Extent>,
    pub(super) rows: u64,
    /// Why it cannot be read.
    pub(super) problem: Option<Error>,
    /// Whether a value was given for a generated column.
    pub(super) gives_generated: bool,
    /// Whether a statement left out columns that are not generated.
    pub(super) omits_columns: bool,
    /// Whether the dump has no definition of it.
    pub(super) is_undefined: bool,
    /// Whether the dump ends within its records.
    pub(super) is_cut: bool,
    /// Whether it is one of SQLite's own tables.
    pub(super) is_internal: bool,
    /// Whether its records are in partitions, which are tables of their own.
    pub(super) is_partitioned: bool,
    pub(super) is_dropped: bool,
}

impl DumpTable {
    /// `defined` is where its first statement begins.
    pub(super) fn new(
        name: TableName,
        columns: Vec<DumpColumn>,
        dialect: Dialect,
        defined: u64,
    ) -> Self {
        let is_internal =
            dialect == Dialect::Sqlite && name.name.to_ascii_lowercase().starts_with("sqlite_");
        Self {
            name,
            columns,
            keys: Vec::new(),
            references: Vec::new(),
            defined,
            extent: None,
            rows: 0,
            problem: None,
            gives_generated: false,
            omits_columns: false,
            is_undefined: false,
            is_cut: false,
            is_internal,
            is_partitioned: false,
            is_dropped: false,
        }
    }

    /// The position of a column. Databases do not distinguish upper and lower case, PostgreSQL only
    /// between names in quotes.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        let mut columns = self.columns.iter();
        let exact = columns.position(|column| column.name == name);
        exact.or_else(|| {
            let mut columns = self.columns.iter();
            columns.position(|column| column.name.eq_ignore_ascii_case(name))
        })
    }

    /// Which columns are stored: all but generated ones without values.
    pub(super) fn stored(&self) -> Vec<bool> {
        let is_stored = |column: &DumpColumn| self.gives_generated || !column.is_generated;
        self.columns.iter().map(is_stored).collect()
    }

    pub(super) fn refuse(&mut self, error: Error) {
        self.problem.get_or_insert(error);
    }

    /// Refuses a table with more columns than an archive can hold, or with none.
    pub(super) fn check_columns(&mut self) {
        let count = self.columns.len();
        if self.problem.is_none() && !self.is_internal && !(1..=MAX_COLUMNS).contains(&count) {
            self.refuse(refused(message!("dump-number-of-columns", count = count as u64)));
        }
    }
}
