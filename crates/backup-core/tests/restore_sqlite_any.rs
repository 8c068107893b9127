//! Any database is restored unchanged, whatever its tables contain.
#![cfg(feature = "sqlite")]

use crate::databases::{RoundTrip, messages_containing, snapshot};
use proptest::prelude::*;
use proptest::sample::select;
use rusqlite::Connection;

fn any_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

/// A value as SQL, of every storage class.
fn value() -> impl Strategy<Value = String> {
    let numbers = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (-3..4i64).prop_map(|number| number.to_string()),
        any::<f64>().prop_filter("SQLite has no NaN", |real| !real.is_nan()).prop_map(|real| {
            let infinite = if real > 0.0 { "9e999" } else { "-9e999" };
            if real.is_finite() { format!("{real:?}") } else { infinite.to_owned() }
        }),
    ];
    let bytes = proptest::collection::vec(any::<u8>(), 0..8);
    let hex =
        bytes.prop_map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    prop_oneof![
        any_of(&["NULL", "''", "x''", "'a'", "'A'", "'a '", "'12'", "'-0.0'", "-0.0", "1.0", "1"]),
        numbers,
        "[ab客😀'\n;-]{0,6}".prop_map(|text| format!("'{}'", text.replace('\'', "''"))),
        hex.clone().prop_map(|hex| format!("x'{hex}'")),
        // In a UTF-16 database, whole units only: SQLite itself writes no others.
        hex.prop_map(|hex| format!("CAST(x'{}' AS TEXT)", &hex[..hex.len() / 4 * 4])),
    ]
}

/// A column's definition after its name.
fn column() -> impl Strategy<Value = String> {
    let kind = any_of(&["", "INT", "INTEGER", "REAL", "TEXT", "BLOB", "NUMERIC", "ANY", "DATE"]);
    let collation = any_of(&["", "", "", " COLLATE NOCASE", " COLLATE RTRIM"]);
    let rule = any_of(&[
        "",
        "",
        "",
        "",
        " NOT NULL",
        " UNIQUE",
        " UNIQUE",
        " DEFAULT 'd'",
        " PRIMARY KEY",
        " PRIMARY KEY DESC",
        " PRIMARY KEY AUTOINCREMENT",
        " CHECK (typeof(c1) <> 'blob')",
        " REFERENCES t1",
        " AS (c0 || 'x')",
        " AS (c0 + 1) STORED",
        " AS (c1) UNIQUE",
    ]);
    (kind, collation, rule).prop_map(|(kind, collation, rule)| format!("{kind}{collation}{rule}"))
}

/// The statements of a table with its records and indexes. Many of them fail, which does not
/// matter.
fn table(number: usize) -> impl Strategy<Value = Vec<String>> {
    let columns = proptest::collection::vec(column(), 1..6);
    let key = any_of(&[
        "",
        "",
        ", PRIMARY KEY(c0)",
        ", PRIMARY KEY(c1 DESC, c0)",
        ", PRIMARY KEY(c0, c0, c2)",
        ", UNIQUE(c0, c1 DESC)",
        ", PRIMARY KEY(c0 COLLATE NOCASE)",
        ", CHECK (c0 > c1)",
    ]);
    let options = any_of(&["", "", " WITHOUT ROWID", " STRICT", " WITHOUT ROWID, STRICT"]);
    let rows = proptest::collection::vec(proptest::collection::vec(value(), 6), 0..12);
    let index = any_of(&[
        "(c0)",
        "(c1 DESC, c0)",
        "(c0 || c1)",
        "(c2) WHERE c1 IS NOT NULL",
        "(c1 COLLATE NOCASE, c3)",
        "(lower(c0), length(c1))",
        "(c0, c1, c2, c3, c4)",
    ]);
    let indexes = proptest::collection::vec((any::<bool>(), index), 0..4);
    let gone = proptest::collection::vec(-1..12i64, 0..6);
    let moved = proptest::option::of(any::<i64>());
    (columns, key, options, rows, indexes, gone, moved).prop_map(
        move |(columns, key, options, rows, indexes, gone, moved)| {
            let name = format!("t{number}");
            let width = columns.len();
            let columns = columns.iter().enumerate().map(|(n, column)| format!("c{n} {column}"));
            let columns = columns.collect::<Vec<_>>().join(", ");
            let mut sql = vec![format!("CREATE TABLE {name}({columns}{key}){options}")];
            // Generated columns take no values, so several widths are tried.
            for row in &rows {
                for count in (1..=width).rev() {
                    for names in [(0..count), (width - count..width)] {
                        let names: Vec<_> = names.map(|n| format!("c{n}")).collect();
                        let (names, values) = (names.join(","), row[..count].join(","));
                        sql.push(format!("INSERT OR IGNORE INTO {name}({names}) VALUES({values})"));
                    }
                }
            }
            sql.extend(gone.iter().map(|row| format!("DELETE FROM {name} WHERE rowid = {row}")));
            let moved = moved.map(|to| format!("UPDATE {name} SET rowid = {to} WHERE rowid = 2"));
            sql.extend(moved);
            sql.extend(indexes.iter().enumerate().map(|(n, (unique, index))| {
                let unique = if *unique { "UNIQUE " } else { "" };
                format!("CREATE {unique}INDEX {name}i{n} ON {name}{index}")
            }));
            sql
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_database_is_restored(
        encoding in select(&["UTF-8", "UTF-8", "UTF-16le", "UTF-16be"][..]),
        one in table(1),
        two in table(2),
        version in any::<i32>(),
    ) {
        let round = RoundTrip::new();
        let source = round.database("crm.sqlite", &format!(
            "PRAGMA encoding = '{encoding}'; PRAGMA user_version = {version};
             CREATE TABLE always(a); INSERT INTO always VALUES (1);"
        ));
        let database = Connection::open(&source).expect("it opens");
        database
            .execute_batch("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
            .expect("rules can be broken");
        for sql in one.iter().chain(&two) {
            let _ = database.execute_batch(sql);
        }
        drop(database);
        let before = snapshot(&source);
        let (out, report) = round.round(&source);
        let after = snapshot(&out);
        prop_assert_eq!(&after, &before, "{:#?}", report.findings());
        prop_assert_eq!(messages_containing(&report, "left out"), [""; 0]);
    }
}
