//! Rows of reports: plain data about keys, references, totals, and tables compared with their sources.

use serde::Serialize;

use crate::model::Provenance;

/// A key, and what was found of it in the restored database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyReport {
    /// The table.
    pub table: String,
    /// The labels of its columns.
    pub columns: Vec<String>,
    /// How it is known to be a key.
    pub known: Provenance,
    /// How many records there are.
    pub records: u64,
    /// How many of them have a cell in it that is null or empty.
    pub missing: u64,
    /// How many of them have a key that a record before them has.
    pub repeated: u64,
    /// The first such record, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_repeated: Option<u64>,
}

/// A reference, and what was found of it in the restored database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReferenceReport {
    /// The table.
    pub table: String,
    /// The labels of its columns.
    pub columns: Vec<String>,
    /// How it is known to be a reference.
    pub known: Provenance,
    /// The tables that it refers to: one, mostly.
    pub targets: Vec<String>,
    /// Whether one of them, at least, is in the archive.
    pub target_exported: bool,
    /// Whether the ids were looked up: not without a table, or if that has no such key.
    pub looked_up: bool,
    /// How many records refer to nothing: their cell is null or empty.
    pub null: u64,
    /// How many do, by a text that stands for null.
    pub null_by_sentinel: u64,
    /// How many ids there are; a cell may hold several.
    pub values: u64,
    /// How many of them name a record.
    pub resolved: u64,
    /// How many of them name none.
    pub orphans: u64,
    /// The first records that hold such, counted from 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orphan_records: Vec<u64>,
}

/// A table in the archive, against the same in the sources as they are now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AgainstReport {
    /// The table.
    pub table: String,
    /// Whether the same records are there.
    pub equal: bool,
    /// Whether the same records are there, but in another order.
    pub other_order: bool,
    /// The only side that has this table, if the other does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_in: Option<Side>,
    /// How its columns differ; its records were not compared then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<ColumnChanges>,
    /// How many records were added since the export, if they were compared.
    pub added: Option<u64>,
    /// How many were removed.
    pub removed: Option<u64>,
    /// How many were changed; without a key, a changed record is one removed and one added.
    pub changed: Option<u64>,
    /// Whether records were matched by a key: it is unique in the archive, and nowhere null.
    pub by_key: bool,
}

/// One of the two that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Side {
    /// The archive.
    Archive,
    /// The sources as they are now.
    Source,
}

/// How the columns of a table differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ColumnChanges {
    /// How many there are now and were not.
    pub added: u64,
    /// How many there were and are not now.
    pub removed: u64,
    /// How many may hold other kinds of cells, as a CSV file and a workbook differ.
    pub other_kinds: u64,
    /// Whether the same ones stand in another order.
    pub other_order: bool,
}

/// A total, expected and restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TotalReport {
    /// The table.
    pub table: String,
    /// How many records it has.
    pub rows: Option<Reconciled<u64>>,
    /// The column that was summed.
    pub column: Option<String>,
    /// Its sum, an exact decimal.
    pub sum: Option<Reconciled<String>>,
    /// How many of the column's cells are no plain decimal numbers, nor null or empty. They are not in
    /// the sum.
    pub not_numbers: u64,
}

/// What was expected, and what there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reconciled<T> {
    /// The figure of the CRM.
    pub expected: T,
    /// What the restored database holds; `None` if it has no such table or column.
    pub actual: Option<T>,
}

impl<T: PartialEq> Reconciled<T> {
    /// Whether they are the same.
    pub fn agrees(&self) -> bool {
        self.actual.as_ref() == Some(&self.expected)
    }
}
