//! What is changed in one of several databases is seen when they are read back, wherever it stands.

use super::*;
use crate::record::Column;
use crate::scratch::read_back;

const BLOCK: u64 = 8;
const RECORDS: u64 = 100;

/// A table over three databases, changed in one of them; its number of records, its digest and its
/// counts as they are read back.
fn changed(database: usize, sql: &str) -> Result<(u64, String, Vec<ColumnCounts>)> {
    let table = Table::new("contacts", ["id", "name", "value"].map(Column::any));
    let mut scratch = SqliteScratch::in_memory()?.threads(3).block_records(BLOCK);
    scratch.create_table(4, &table)?;
    let mut record = Record::new();
    for number in 1..=RECORDS {
        record.clear();
        record.push_integer(number as i64);
        record.push_text(&format!("name {number}"));
        record.push_real(f64::NAN);
        scratch.insert(4, &record)?;
    }
    scratch.loaded()?;
    assert_eq!(scratch.shelves.len(), 3, "a table over three databases");
    let connection = &scratch.shelves[database].here()?.connection;
    connection.execute_batch(sql).expect(sql);
    let tables = scratch.tables()?;
    let [seen] = &read_back(&tables, &(), &mut scratch, &())?[..] else { panic!("one table") };
    Ok((seen.rows, seen.digest.to_string(), seen.counts.clone()))
}

#[test]
fn whatever_is_changed_in_one_of_several_databases_is_seen() {
    let (rows, digest, counts) = changed(0, "").expect("it is read");
    assert_eq!(rows, RECORDS, "another number of records");
    assert_eq!(counts[2].reals, RECORDS, "what is not a number");
    // Record 21 is the fifth of the third block, 45 the fifth of the sixth.
    let id = "(SELECT c1 FROM t4_0 WHERE c1 > 40 LIMIT 1)";
    let swapped = "UPDATE t4_0 SET rowid = -rowid WHERE rowid <= 16;
        UPDATE t4_0 SET rowid = iif(rowid >= -8, 8 - rowid, -8 - rowid) WHERE rowid < 0";
    for (database, what, sql) in [
        (1, "a cell", "UPDATE t4_0 SET c2 = 'name xy' WHERE c1 = 12".into()),
        (2, "an integer that is text", "UPDATE t4_0 SET c1 = '45' WHERE c1 = 45".into()),
        (2, "NaN that is null", "DELETE FROM [backup: nans] WHERE record = 5".into()),
        (
            0,
            "NaN of another record",
            "UPDATE [backup: nans] SET record = 200 WHERE record = 9".into(),
        ),
        (0, "no first record", "DELETE FROM t4_0 WHERE c1 = 1".into()),
        (1, "no last record", "DELETE FROM t4_0 WHERE c1 = 88".into()),
        (2, "a record less", format!("DELETE FROM t4_0 WHERE c1 = {id}")),
        (1, "a record more", "INSERT INTO t4_0 SELECT * FROM t4_0 WHERE c1 = 12".into()),
        (0, "no records", "DELETE FROM t4_0".into()),
        (1, "blocks swapped", swapped.into()),
    ] {
        let seen = changed(database, &sql).expect("it is read");
        assert_ne!(seen.1, digest, "{what}: the digest is the same");
        let (less, more) = (what.starts_with("no "), what.contains("more"));
        let less = less || what.contains("less");
        assert_eq!(seen.0 < rows, less, "{what}: {} records of {rows}", seen.0);
        assert_eq!(seen.0 > rows, more, "{what}: {} records of {rows}", seen.0);
        let recounted = less || more || what.contains("text") || what.starts_with("NaN that");
        assert_eq!(seen.2 != counts, recounted, "{what}: {:?}", seen.2);
    }
}

#[test]
fn databases_that_do_not_agree_about_a_table_are_refused() {
    let error = changed(1, "UPDATE [backup: columns] SET kind = 'text' WHERE position = 1")
        .expect_err("one says that a column is of text, and another that it is not");
    let why = matches!(error.kind(), ErrorKind::Scratch { why, .. } if why.contains("agree"));
    assert!(why, "another error: {error}");
}
