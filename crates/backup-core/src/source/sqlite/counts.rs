//! What SQLite itself counts in a table, outside of everything that reads and encodes records.

use rusqlite::{Connection, Row};

use super::rows::Tally;
use super::schema::TablePlan;
use super::{failed, quoted};
use crate::archive::package::ColumnCounts;
use crate::error::{Error, Result};

/// Nine answers a column; SQLite gives at most 2,000 a statement.
const COLUMNS_AT_ONCE: usize = 200;
const ANSWERS: usize = 9;

/// What SQLite counted in a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    /// Everything; bytes and the longest are of blobs only.
    blobs: ColumnCounts,
    /// The bytes of all text, in the database's own encoding.
    text_bytes: u64,
    longest_text: u64,
}

impl Counted {
    /// How many cells there are, of whatever kind.
    pub(super) fn records(&self) -> u64 {
        let ColumnCounts { nulls, integers, reals, texts, blobs, .. } = self.blobs;
        nulls + integers + reals + texts + blobs
    }
}

/// Counts every column of the table.
pub(super) fn ask(connection: &Connection, table: &TablePlan) -> Result<Vec<Counted>> {
    let mut counts = Vec::with_capacity(table.columns.len());
    for columns in table.columns.chunks(COLUMNS_AT_ONCE) {
        let answers: Vec<String> = columns.iter().map(|column| answers(&quoted(column))).collect();
        let sql = format!("SELECT {} FROM {}", answers.join(", "), table.from());
        let group = connection
            .query_row(&sql, [], |row| {
                (0..columns.len()).map(|index| counted(row, index * ANSWERS)).collect()
            })
            .map_err(|error| failed("count what the table holds", &error))?;
        let group: Vec<Counted> = group;
        counts.extend(group);
    }
    Ok(counts)
}

fn answers(column: &str) -> String {
    // A filter is half again as fast as a CASE within the call.
    let of = |kind: &str| format!("FILTER (WHERE typeof({column}) = '{kind}')");
    let kinds =
        ["null", "integer", "real", "text", "blob"].map(|kind| format!("count(*) {}", of(kind)));
    let sizes = ["text", "blob"].map(|kind| {
        let (size, of) = (format!("length(CAST({column} AS BLOB))"), of(kind));
        format!("coalesce(sum({size}) {of}, 0), coalesce(max({size}) {of}, 0)")
    });
    format!("{}, {}", kinds.join(", "), sizes.join(", "))
}

fn counted(row: &Row<'_>, first: usize) -> rusqlite::Result<Counted> {
    let mut answers = [0; ANSWERS];
    for (index, answer) in answers.iter_mut().enumerate() {
        *answer = u64::try_from(row.get::<_, i64>(first + index)?).unwrap_or_default();
    }
    let [nulls, integers, reals, texts, blobs, text_bytes, longest_text, bytes, longest] = answers;
    let blobs = ColumnCounts { nulls, integers, reals, texts, blobs, bytes, longest };
    Ok(Counted { blobs, text_bytes, longest_text })
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
            let mut counts = column.blobs;
            counts.bytes += bytes;
            counts.longest = counts.longest.max(longest);
            Ok(counts)
        })
        .collect()
}
