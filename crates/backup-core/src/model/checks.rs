//! Rows of reports about keys, references, totals, and the comparison with sources.

use serde::Serialize;

use crate::model::Provenance;

/// A key, and what was counted in the restored database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyReport {
    /// The table.
    pub table: String,
    /// The labels of its columns.
    pub columns: Vec<String>,
    /// How it is known to be a key.
    pub known: Provenance,
    /// The number of records.
    pub records: u64,
    /// The number of records in which a cell of the key is null, empty, or a text that stands for
    /// null.
    pub missing: u64,
    /// The number of records whose key an earlier record has.
    pub repeated: u64,
    /// The first record with a repeated key, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_repeated: Option<u64>,
}

/// From what a reference was inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InferredFrom {
    /// The label of the column names the table, and the values are those of its key.
    NameAndValues,
    /// The label of the column names the table; its key has few of the values, or none.
    Name,
    /// The values are those of the key. The label says nothing.
    Values,
}

/// Tables with equal headers that are parts of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct JoinedReport {
    /// The name of the whole table.
    pub name: String,
    /// The names of the parts in the archive, in order.
    pub parts: Vec<String>,
    /// The number of records of all parts.
    pub rows: u64,
}

/// A reference, and what was counted in the restored database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReferenceReport {
    /// The table.
    pub table: String,
    /// The labels of its columns.
    pub columns: Vec<String>,
    /// How it is known to be a reference.
    pub known: Provenance,
    /// From what it was inferred, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inferred_from: Option<InferredFrom>,
    /// The target tables. Usually there is one.
    pub targets: Vec<String>,
    /// Whether at least one target is in the archive.
    pub target_exported: bool,
    /// Whether the label of the column means persons who work with the CRM.
    #[serde(skip)]
    pub(crate) is_of_persons: bool,
    /// Whether the ids were looked up. They are not if the target table or its key is missing.
    pub looked_up: bool,
    /// The number of records without a reference: the cell is null or empty.
    pub null: u64,
    /// The number of records without a reference, where the cell is a text that stands for null.
    pub null_by_sentinel: u64,
    /// The number of ids. A cell may hold several.
    pub values: u64,
    /// The number of ids that name a record.
    pub resolved: u64,
    /// The number of ids that name no record.
    pub orphans: u64,
    /// The first records with such ids, counted from 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orphan_records: Vec<u64>,
}

/// The comparison of an archived table with the current source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AgainstReport {
    /// The table.
    pub table: String,
    /// Whether both have the same records.
    pub equal: bool,
    /// Whether both have the same records, but in a different order.
    pub other_order: bool,
    /// The side that has this table, if the other has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_in: Option<Side>,
    /// The difference between the columns. If there is one, the records were not compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<ColumnChanges>,
    /// The number of records that were added since the export; `None` if they were not compared.
    pub added: Option<u64>,
    /// The number of records that were removed.
    pub removed: Option<u64>,
    /// The number of records that were changed. Without a key, a changed record counts as one
    /// removed and one added.
    pub changed: Option<u64>,
    /// Whether records were matched by a key: one that is unique in the archive, and never null.
    pub by_key: bool,
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Side {
    /// The archive.
    Archive,
    /// The current sources.
    Source,
}

/// The difference between the columns of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ColumnChanges {
    /// The number of columns that were added.
    pub added: u64,
    /// The number of columns that were removed.
    pub removed: u64,
    /// The number of columns that hold other kinds of cells than before: columns of a CSV file hold
    /// only text, columns of a workbook hold any kind.
    pub other_kinds: u64,
    /// Whether the same columns are in a different order.
    pub other_order: bool,
}

/// An expected total, and the actual one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TotalReport {
    /// The table, as the list names it.
    pub table: String,
    /// The name of the table in the archive; `None` if there is no such table.
    #[serde(skip)]
    pub archived: Option<String>,
    /// The number of records.
    pub rows: Option<Reconciled<u64>>,
    /// The column of the sum.
    pub column: Option<String>,
    /// The sum of the column, as an exact decimal.
    pub sum: Option<Reconciled<String>>,
    /// The number of cells in the column that are neither plain decimal numbers, nor null, nor
    /// empty. The sum excludes them.
    pub not_numbers: u64,
}

/// An expected and an actual value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reconciled<T> {
    /// The value of the CRM.
    pub expected: T,
    /// The value of the sources or the restored database; `None` if they have no such table or
    /// column.
    pub actual: Option<T>,
}

impl<T: PartialEq> Reconciled<T> {
    /// Whether both are equal.
    pub fn agrees(&self) -> bool {
        self.actual.as_ref() == Some(&self.expected)
    }
}
