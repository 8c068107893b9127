//! What a first record says of the columns, which some CRMs write below the header.

use super::tables::SurveyedTable;
use crate::record::{Cell, Record};
use crate::report::DescribedColumn;

/// The maximum number of columns that are kept.
const MOST_COLUMNS: usize = 10_000;
/// The maximum length of a type in characters.
const MOST_TYPE: usize = 100;

/// Reads a first record that describes the columns of a table. Each cell has the type of its
/// column, and then limits or an example, after a comma or on the next line.
pub(super) fn describe(table: &SurveyedTable, record: &Record, all: &mut Vec<DescribedColumn>) {
    let Some(metadata) = table.metadata() else { return };
    for (label, cell) in table.labels.iter().zip(record.iter()) {
        let Cell::Text(text) = cell else { continue };
        let Some(text) = text.to_str().filter(|text| !text.is_empty()) else { continue };
        if all.len() == MOST_COLUMNS {
            return;
        }
        let has = |words: &[String]| words.iter().any(|word| text.contains(word.as_str()));
        let of_type = text.split(['\n', ',', '，']).next().unwrap_or(text).trim();
        all.push(DescribedColumn {
            table: table.name.clone(),
            label: label.clone(),
            of_type: of_type.chars().take(MOST_TYPE).collect(),
            lookup: has(&metadata.lookup),
            required: has(&metadata.required),
        });
    }
}
