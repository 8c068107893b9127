//! What a history records of an export, for the comparison with the next one.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

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

    /// Adds another part of the table.
    fn add(&mut self, part: Self) {
        self.records = self.records.saturating_add(part.records);
        match (&self.labels, &part.labels) {
            (Some(own), Some(other)) if own != other => (self.labels, self.nulls) = (None, vec![]),
            (_, Some(_)) => {
                let columns = self.nulls.len().max(part.nulls.len());
                let nulls = |column| self.nulls(column).saturating_add(part.nulls(column));
                (self.nulls, self.labels) = ((0..columns).map(nulls).collect(), part.labels);
            }
            (_, None) => {}
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

/// The tables of an export, by their names. The parts of one table are one.
pub(super) fn tables_of(report: &Report) -> BTreeMap<String, ExportedTable> {
    let joined = report.results.joined.iter();
    let parts = joined.flat_map(|it| it.parts.iter().map(|part| (part.as_str(), &it.name)));
    let wholes: HashMap<_, _> = parts.collect();
    let mut tables: BTreeMap<String, ExportedTable> = BTreeMap::new();
    for table in &report.contents.tables {
        let name = wholes.get(&*table.name).map_or(&table.name, |whole| *whole).clone();
        match tables.entry(name) {
            Entry::Vacant(new) => {
                new.insert(ExportedTable::of(table));
            }
            Entry::Occupied(mut whole) => whole.get_mut().add(ExportedTable::of(table)),
        }
    }
    tables
}
