//! What SQLite itself counts in a source's table, outside of what reads its records.

use rusqlite::Connection;

use super::open::{is_too_large, too_large};
use super::rows::Tally;
use super::schema::TablePlan;
use super::{failed, quoted};
use crate::error::{Error, Result};
use crate::model::ColumnCounts;
use crate::sqlite::{Counted, count_columns};

/// Counts every column of the table.
pub(super) fn ask(connection: &Connection, table: &TablePlan) -> Result<Vec<Counted>> {
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(column)).collect();
    let refused = |error: rusqlite::Error| match is_too_large(&error) {
        true => too_large(table.max_record_bytes),
        false => failed("count what the table holds", &error),
    };
    let counts = count_columns(connection, &table.from(), &columns).map_err(refused)?;
    let longest = |column: &Counted| column.blobs.longest.max(column.longest_text);
    let no_record_is_longer = counts.iter().map(longest).fold(0, u64::saturating_add);
    if no_record_is_longer > table.max_record_bytes {
        // Each is the longest of its column, and they need not be of one record.
        let of_record =
            sum(columns.iter().map(|column| format!("ifnull(octet_length({column}), 0)")));
        let sql = format!("SELECT max({of_record}) FROM {}", table.from());
        let longest: Option<i64> =
            connection.query_row(&sql, [], |row| row.get(0)).map_err(refused)?;
        if longest.is_some_and(|longest| longest.unsigned_abs() > table.max_record_bytes) {
            return Err(too_large(table.max_record_bytes));
        }
    }
    Ok(counts)
}

/// The sum of some terms as SQL, which adds up a hundred without nesting too deeply.
fn sum(terms: impl Iterator<Item = String>) -> String {
    let terms: Vec<String> = terms.collect();
    let sums: Vec<String> =
        terms.chunks(100).map(|terms| format!("({})", terms.join(" + "))).collect();
    sums.join(" + ")
}

/// The counts as a table's columns have them in an archive.
///
/// Where the database keeps UTF-16, SQLite cannot say how long the text is as UTF-8. Then it is
/// asked whether all of the text was read, and the length is the one that came out of it.
pub(super) fn reconcile(
    counted: &[Counted],
    tallies: Option<&[Tally]>,
) -> Result<Vec<ColumnCounts>> {
    let texts = counted.iter().enumerate().map(|(index, column)| {
        let Some(tally) = tallies.map(|tallies| tallies.get(index).copied().unwrap_or_default())
        else {
            return Ok((column.text_bytes, column.longest_text));
        };
        if tally.stored_bytes == column.text_bytes {
            return Ok((tally.bytes, tally.longest));
        }
        Err(Error::source(
            format!(
                "SQLite counts {} bytes of text in a column and gave {}",
                column.text_bytes, tally.stored_bytes
            ),
            "Check the database with sqlite3's integrity_check.",
        )
        .at_column(index as u64 + 1))
    });
    counted
        .iter()
        .zip(texts)
        .map(|(column, text)| {
            let (bytes, longest) = text?;
            Ok(column.with_text(bytes, longest))
        })
        .collect()
}
