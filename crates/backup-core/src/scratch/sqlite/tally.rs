//! What SQLite counts in a table's columns, in one pass: an aggregate function of its own.
//!
//! SQLite reads the rows and says of each value which type it has and how long it is; the function
//! only adds up. Nothing that reads or encodes records has a part in it. SQL's own functions say the
//! same, and take many times as long, as each of nine questions about a column is a call a row.

use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

use crate::model::ColumnCounts;

const FUNCTION: &str = "backup_tally";
/// SQLite takes at most 1,000 arguments, and older ones 127.
const COLUMNS_A_CALL: usize = 100;
const COUNTERS: usize = 7;

/// Counts these columns of a table; names are those of SQL. Text counts with its bytes as UTF-8.
pub(super) fn tally(
    connection: &Connection,
    table: &str,
    columns: &[String],
) -> Result<Vec<ColumnCounts>> {
    // No definition may call it, whoever wrote that.
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_aggregate_function(FUNCTION, -1, flags, Tally)?;
    let calls: Vec<_> = columns.chunks(COLUMNS_A_CALL).collect();
    let answers: Vec<String> =
        calls.iter().map(|columns| format!("{FUNCTION}({})", columns.join(","))).collect();
    let sql = format!("SELECT {} FROM {table}", answers.join(","));
    let counts = connection.query_row(&sql, [], |row| {
        let mut counts = Vec::with_capacity(columns.len());
        for (call, columns) in calls.iter().enumerate() {
            counts.extend(counted(row.get_ref(call)?.as_blob()?, columns.len()));
        }
        Ok(counts)
    })?;
    if counts.len() == columns.len() { Ok(counts) } else { Err(Error::QueryReturnedNoRows) }
}

struct Tally;

impl Aggregate<Vec<ColumnCounts>, Vec<u8>> for Tally {
    fn init(&self, context: &mut Context<'_>) -> Result<Vec<ColumnCounts>> {
        Ok(vec![ColumnCounts::default(); context.len()])
    }

    fn step(&self, context: &mut Context<'_>, counts: &mut Vec<ColumnCounts>) -> Result<()> {
        for (index, counts) in counts.iter_mut().enumerate() {
            let bytes = match context.get_raw(index) {
                ValueRef::Null => {
                    counts.nulls += 1;
                    continue;
                }
                ValueRef::Integer(_) => {
                    counts.integers += 1;
                    continue;
                }
                ValueRef::Real(_) => {
                    counts.reals += 1;
                    continue;
                }
                ValueRef::Text(text) => {
                    counts.texts += 1;
                    text.len() as u64
                }
                ValueRef::Blob(blob) => {
                    counts.blobs += 1;
                    blob.len() as u64
                }
            };
            counts.bytes += bytes;
            counts.longest = counts.longest.max(bytes);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, counts: Option<Vec<ColumnCounts>>) -> Result<Vec<u8>> {
        let counts = counts.unwrap_or_default();
        let counters = counts.iter().flat_map(|it| {
            [it.nulls, it.integers, it.reals, it.texts, it.blobs, it.bytes, it.longest]
        });
        Ok(counters.flat_map(u64::to_le_bytes).collect())
    }
}

/// What a call answered of so many columns: nothing at all, if there were no rows.
fn counted(answer: &[u8], columns: usize) -> Vec<ColumnCounts> {
    if answer.is_empty() {
        return vec![ColumnCounts::default(); columns];
    }
    let counters: Vec<u64> =
        answer.as_chunks().0.iter().map(|counter| u64::from_le_bytes(*counter)).collect();
    let column = |&[nulls, integers, reals, texts, blobs, bytes, longest]: &[u64; COUNTERS]| {
        ColumnCounts { nulls, integers, reals, texts, blobs, bytes, longest }
    };
    counters.as_chunks().0.iter().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::count_columns;

    /// Both are asked about the same columns, of which there are more than one call takes.
    fn both(connection: &Connection, width: usize) -> [Vec<ColumnCounts>; 2] {
        let columns: Vec<_> = (1..=width).map(|number| format!("c{number}")).collect();
        let sql = count_columns(connection, "t", &columns).expect("SQL counts");
        let tally = tally(connection, "t", &columns).expect("the function counts");
        let utf8 = sql.iter().map(|it| it.with_text(it.text_bytes, it.longest_text)).collect();
        [utf8, tally]
    }

    #[test]
    fn the_function_counts_what_sql_counts() {
        let connection = Connection::open_in_memory().expect("a database");
        let width = COLUMNS_A_CALL + 50;
        let columns: Vec<_> = (1..=width).map(|number| format!("c{number}")).collect();
        let table = format!("CREATE TABLE t({})", columns.join(","));
        connection.execute_batch(&table).expect("a table");
        let [sql, tally] = both(&connection, width);
        assert_eq!(tally, sql, "an empty table");
        let values = [
            "NULL",
            "1",
            "-1.5",
            "''",
            "'Ærø'",
            "x''",
            "x'ff00'",
            "CAST(x'ff' AS TEXT)",
            "'a' || char(0) || 'b'",
            "zeroblob(70000)",
            "hex(zeroblob(40000))",
        ];
        for row in 0..30 {
            let cells: Vec<_> =
                (0..width).map(|column| values[(row * 7 + column) % values.len()]).collect();
            let insert = format!("INSERT INTO t VALUES ({})", cells.join(","));
            connection.execute_batch(&insert).expect("a row");
        }
        let [sql, tally] = both(&connection, width);
        assert_eq!(tally, sql, "a table of every kind");
        assert_eq!(tally.len(), width, "a column was not counted");
    }
}
