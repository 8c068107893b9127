//! Tests that every change of the database is detected when it is read back.

use super::*;
use crate::record::Column;
use crate::scratch::read_back;

const RECORDS: u64 = 100;

/// Loads three tables and changes one. Returns its number of records, digest and counts after it is
/// read back.
fn changed(table: usize, sql: &str) -> Result<(u64, String, Vec<ColumnCounts>)> {
    let mut scratch = SqliteScratch::in_memory()?;
    let mut record = Record::new();
    for index in 0..3 {
        let columns = ["id", "name", "value"].map(Column::any);
        scratch.create_table(index, &Table::new(format!("table {index}"), columns))?;
        for number in 1..=RECORDS {
            record.clear();
            record.push_integer(number as i64);
            record.push_text(&format!("name {number}"));
            record.push_real(f64::NAN);
            scratch.insert(index, &record)?;
        }
    }
    scratch.loaded()?;
    let connection = &scratch.loading.database()?.connection;
    connection.execute_batch(&sql.replace("TABLE", &format!("t{table}_0"))).expect(sql);
    let tables = scratch.tables()?;
    let seen = read_back(&tables, &mut (), &mut scratch, &())?;
    let seen = &seen[table];
    Ok((seen.rows, seen.digest.to_string(), seen.counts.clone()))
}

#[test]
fn every_change_in_the_database_is_detected() {
    let (rows, digest, counts) = changed(0, "").expect("it is read");
    assert_eq!(rows, RECORDS, "another number of records");
    assert_eq!(counts[2].reals, RECORDS, "what is not a number");
    let swapped = "UPDATE TABLE SET rowid = -rowid WHERE rowid <= 16;
        UPDATE TABLE SET rowid = iif(rowid >= -8, 8 - rowid, -8 - rowid) WHERE rowid < 0";
    for (table, what, sql) in [
        (1, "a cell", "UPDATE TABLE SET c2 = 'name xy' WHERE c1 = 12"),
        (2, "an integer that is text", "UPDATE TABLE SET c1 = '45' WHERE c1 = 45"),
        (2, "NaN that is null", "DELETE FROM [backup: nans] WHERE record = 5"),
        (0, "NaN of another record", "UPDATE [backup: nans] SET record = 200 WHERE record = 9"),
        (0, "no first record", "DELETE FROM TABLE WHERE c1 = 1"),
        (1, "no last record", "DELETE FROM TABLE WHERE c1 = 100"),
        (2, "a record less", "DELETE FROM TABLE WHERE c1 = 45"),
        (1, "a record more", "INSERT INTO TABLE SELECT * FROM TABLE WHERE c1 = 12"),
        (0, "no records", "DELETE FROM TABLE"),
        (1, "records swapped", swapped),
    ] {
        let seen = changed(table, sql).expect("it is read");
        assert_ne!(seen.1, digest, "{what}: the digest is the same");
        let (less, more) = (what.starts_with("no "), what.contains("more"));
        let less = less || what.contains("less");
        assert_eq!(seen.0 < rows, less, "{what}: {} records of {rows}", seen.0);
        assert_eq!(seen.0 > rows, more, "{what}: {} records of {rows}", seen.0);
        let recounted = less || more || what.contains("text") || what.starts_with("NaN");
        assert_eq!(seen.2 != counts, recounted, "{what}: {:?}", seen.2);
    }
}
