//! What a history records of an export, for the comparison with the next one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::TableReport;
use crate::record::Digest;
use crate::report::Report;

/// The figures of a table in an export, for the comparison with the next export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExportedTable {
    /// The number of records.
    pub records: u64,
    /// The first 16 digits of the SHA-256 of the columns' labels, with a NUL after each. `None` if
    /// nulls were not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<String>,
    /// The number of nulls in each column. Empty if there are none, or if nulls were not recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nulls: Vec<u64>,
}

impl ExportedTable {
    fn of(table: &TableReport) -> Self {
        let (labels, nulls): (String, Vec<u64>) =
            table.nulls.iter().map(|(label, nulls)| (format!("{label}\0"), *nulls)).unzip();
        let digest = Digest::of(labels.as_bytes()).to_string();
        let has_nulls = nulls.iter().any(|nulls| *nulls > 0);
        Self {
            records: table.rows,
            labels: (table.rows > 0).then(|| digest[..16].to_owned()),
            nulls: if has_nulls { nulls } else { Vec::new() },
        }
    }

    /// The number of nulls in a column.
    pub(super) fn nulls(&self, column: usize) -> u64 {
        self.nulls.get(column).copied().unwrap_or_default()
    }
}

/// What happened to the notes on an export that is smaller than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Shrunk {
    /// They were reported. Later exports are not compared with this one.
    Reported,
    /// They were suppressed, because the export was known to be smaller.
    Allowed,
}

/// The tables of an export, by their names.
pub(super) fn tables_of(report: &Report) -> BTreeMap<String, ExportedTable> {
    let tables = report.contents.tables.iter();
    tables.map(|table| (table.name.clone(), ExportedTable::of(table))).collect()
}
