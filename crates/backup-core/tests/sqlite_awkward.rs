//! Databases that are hard to read: unusual names, violated constraints, missing modules, invalid
//! text, and damage. What can be read is archived; the rest is noted.
#![cfg(feature = "sqlite")]

use std::fs;

use crate::database::{Fixture, assert_counts, beside, listing};
use crate::recording::{Owned, Recorder, text};
use backup_core::Severity;
use backup_core::source::Source;
use backup_core::source::sqlite::SqliteSource;

/// The message of the ledger about a table.
fn ledger_message(recorder: &Recorder, code: &str, table: &str) -> String {
    let found = recorder
        .ledger
        .iter()
        .find(|entry| entry.code == code.into() && entry.table.as_deref() == Some(table));
    found.unwrap_or_else(|| panic!("{table}: the ledger: {:?}", recorder.ledger)).message.clone()
}

#[test]
fn unusual_names_are_preserved() {
    let names = [
        "select", "a\"b", "a'b", "a`b", "[a]", "a/b", "../up", "a\\b", "😀", "客户", "a;--", "a.b",
        " a ", "a\nb", "%25", "?", ":a", "$1", "é", "e\u{301}", "main", "temp", "1", "sqlite", "*",
        "rowid",
    ];
    for encoding in ["UTF-8", "UTF-16le", "UTF-16be"] {
        let mut sql = format!("PRAGMA encoding='{encoding}';");
        for (number, name) in names.iter().enumerate() {
            let quoted = name.replace('"', "\"\"");
            sql += &format!(
                "CREATE TABLE \"{quoted}\" (\"{quoted}\", other); \
                 INSERT INTO \"{quoted}\" VALUES ({number}, 'x');"
            );
        }
        let recorder = Fixture::new(&sql).read();
        let found: Vec<_> = recorder.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(found, names, "{encoding}: the tables");
        for (number, table) in recorder.tables.iter().enumerate() {
            assert_eq!(table.labels(), [table.name.as_str(), "other"], "{encoding}: labels");
            assert_eq!(table.rows, [[Owned::Integer(number as i64), text("x")]], "{encoding}");
            assert_eq!(table.origin.sheet.as_deref(), Some(names[number]), "{encoding}: origin");
        }
        assert_counts(&recorder);
    }
}

#[test]
fn data_that_violates_its_constraints_is_archived() {
    let fixture = Fixture::new(
        "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON;
         CREATE TABLE parent (id INTEGER PRIMARY KEY);
         CREATE TABLE child (id INTEGER CHECK (id > 100), parent INT NOT NULL REFERENCES parent);
         INSERT INTO child VALUES (1, 404), (200, 404);
         CREATE TABLE strict (a INT) STRICT; INSERT INTO strict VALUES (1);
         CREATE TABLE twice (a); INSERT INTO twice VALUES ('x'), ('x');
         PRAGMA writable_schema=ON;
         UPDATE sqlite_schema SET sql = 'CREATE TABLE strict (a TEXT) STRICT' WHERE name = 'strict';",
    );
    let recorder = fixture.read();
    let rows = &recorder.table("child").rows;
    let row = |id| [Owned::Integer(id), Owned::Integer(404)];
    assert_eq!(*rows, [row(1), row(200)], "a CHECK that fails and missing parents");
    assert_eq!(
        recorder.table("child").origin.references[0].table,
        "parent",
        "the declared reference"
    );
    assert_eq!(
        recorder.table("strict").rows,
        [[Owned::Integer(1)]],
        "a number in a column of text"
    );
    assert_eq!(recorder.table("twice").rows.len(), 2, "two records that are the same");
    let failures = recorder.findings.iter().filter(|one| one.severity == Severity::Failure);
    assert_eq!(failures.count(), 0, "the backup has no failure: {:?}", recorder.findings);
    assert_counts(&recorder);
}

#[test]
fn invalid_text_is_kept_byte_for_byte() {
    let raw = |bytes: &[u8]| Owned::Text(bytes.to_vec());
    let recorder = Fixture::new(
        "CREATE TABLE t (a); INSERT INTO t VALUES (CAST(x'ff' AS TEXT)), (CAST(x'eda080' AS TEXT)),
           (CAST(x'c080' AS TEXT)), (CAST(x'61ff0062' AS TEXT)), (CAST(x'efbbbf61' AS TEXT));",
    )
    .read();
    let expected =
        [&b"\xff"[..], b"\xed\xa0\x80", b"\xc0\x80", b"a\xff\0b", "\u{feff}a".as_bytes()];
    assert_eq!(recorder.table("t").rows, expected.map(|bytes| [raw(bytes)]), "UTF-8");
    assert_eq!(recorder.ledger, [], "it is archived unchanged");
    for (encoding, halves) in [
        ("UTF-16le", ["00dc", "00d800d8", "3dd800de00d8", "fffe6100", "0000"]),
        ("UTF-16be", ["dc00", "d800d800", "d83dde00d800", "feff0061", "0000"]),
    ] {
        let rows: Vec<_> = halves.iter().map(|hex| format!("(CAST(x'{hex}' AS TEXT))")).collect();
        let sql = format!(
            "PRAGMA encoding='{encoding}'; CREATE TABLE t (a); INSERT INTO t VALUES {};",
            rows.join(",")
        );
        let recorder = Fixture::new(&sql).read();
        let expected: [&[u8]; 3] =
            [b"\xed\xb0\x80", b"\xed\xa0\x80\xed\xa0\x80", b"\xf0\x9f\x98\x80\xed\xa0\x80"];
        let rows = &recorder.table("t").rows;
        assert_eq!(rows[..3], expected.map(|bytes| [raw(bytes)]), "{encoding}: lone halves");
        assert_eq!(rows[4], [text("\0")], "{encoding}: a NUL");
        assert_eq!(recorder.ledger_count("lone-surrogate", "t"), 3, "{encoding}: the ledger");
        assert_counts(&recorder);
    }
}

#[test]
fn virtual_tables_are_noted_with_their_modules() {
    let fixture = Fixture::new(
        "CREATE VIRTUAL TABLE docs USING fts5 (body); INSERT INTO docs VALUES ('你好 world');
         CREATE TABLE plain (a); INSERT INTO plain VALUES (1);
         PRAGMA writable_schema=ON;
         INSERT INTO sqlite_schema VALUES ('table', 'map \"x\"', 'map \"x\"', 0,
           'CREATE VIRTUAL TABLE \"map \"\"x\"\"\" USING spatial_thing(a, b)');",
    );
    let recorder = fixture.read();
    let message = ledger_message(&recorder, "virtual-table", "docs");
    assert!(message.contains("fts5") && !message.contains("missing"), "{message}");
    let message = ledger_message(&recorder, "virtual-table", "map \"x\"");
    assert!(message.contains("spatial_thing, which is missing"), "{message}");
    assert_eq!(recorder.table("docs_content").rows[0][1], text("你好 world"), "a shadow table");
    assert_eq!(recorder.table("plain").rows, [[Owned::Integer(1)]], "other tables are read");
    let definitions = recorder.file("crm.sqlite.schema.sql");
    let definitions = String::from_utf8_lossy(definitions);
    assert!(definitions.contains("USING spatial_thing(a, b)"), "{definitions}");
}

#[test]
fn views_and_triggers_are_kept_and_not_run() {
    let recorder = Fixture::new(
        "CREATE TABLE t (a); INSERT INTO t VALUES (1);
         CREATE VIEW \"broken view\" AS SELECT * FROM not_there;
         CREATE TRIGGER \"a trigger\" AFTER INSERT ON t BEGIN DELETE FROM t; END;",
    )
    .read();
    assert_eq!(recorder.tables.len(), 1, "a view is not a table");
    assert_eq!(recorder.table("t").rows, [[Owned::Integer(1)]], "no trigger has run");
    let definitions = String::from_utf8_lossy(recorder.file("crm.sqlite.schema.sql")).into_owned();
    for words in ["CREATE VIEW \"broken view\"", "CREATE TRIGGER \"a trigger\""] {
        assert!(definitions.contains(words), "{words} is not in {definitions}");
    }
}

#[test]
fn a_damaged_database_is_refused() {
    let whole = Fixture::new(
        "CREATE TABLE first (a); INSERT INTO first VALUES (1);
         CREATE TABLE last (a); INSERT INTO last WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL
           SELECT i + 1 FROM n WHERE i < 3000) SELECT printf('%050d', i) FROM n;",
    );
    let bytes = fs::read(&whole.path).expect("reads");
    let pages = bytes.len() / 4096;
    let damages: [(&str, Vec<u8>); 3] = [
        ("its last page overwritten", {
            let mut bytes = bytes.clone();
            bytes[(pages - 1) * 4096..].fill(0xa7);
            bytes
        }),
        ("cut short", bytes[..(pages - 1) * 4096].to_vec()),
        ("a page of pointers swapped for another", {
            let mut bytes = bytes.clone();
            bytes.copy_within((pages - 1) * 4096..pages * 4096, 2 * 4096);
            bytes
        }),
    ];
    for (what, bytes) in damages {
        let fixture = Fixture::empty();
        fs::write(&fixture.path, bytes).expect("writes");
        let before = listing(fixture.folder.path());
        let mut recorder = Recorder::default();
        let error = SqliteSource::new(&fixture.path, "crm.sqlite")
            .read(&mut recorder)
            .expect_err("the database is damaged");
        assert!(error.to_string().contains("damaged"), "{what}: {error}");
        assert!(recorder.tables.is_empty(), "{what}: records were emitted before the check");
        assert!(recorder.sources.is_empty(), "{what}: it is described as read");
        assert_eq!(listing(fixture.folder.path()), before, "{what}: the folder was changed");
    }
}

/// Statistics of an index can make SQLite read the index instead of the table.
#[test]
fn records_are_read_in_table_order_with_any_indexes() {
    let recorder = Fixture::new(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);
         INSERT INTO t VALUES (1, 'c'), (2, 'a'), (3, 'b'); CREATE INDEX by_name ON t (name);
         CREATE TABLE w (name TEXT, n INT, PRIMARY KEY (n)) WITHOUT ROWID;
         INSERT INTO w VALUES ('c', 1), ('a', 2), ('b', 3); CREATE INDEX w_by_name ON w (name);
         ANALYZE; UPDATE sqlite_stat1 SET stat = '3 1 sz=1' WHERE idx LIKE '%by_name';",
    )
    .read();
    for (table, column) in [("t", 1), ("w", 0)] {
        let names: Vec<_> =
            recorder.table(table).rows.iter().map(|row| row[column].clone()).collect();
        assert_eq!(names, ["c", "a", "b"].map(text), "{table}: in the order of its key");
    }
}

/// The whole folder is compared: no log, journal or index appears beside the database.
#[test]
fn a_read_only_file_is_read_and_not_changed() {
    for mode in ["DELETE", "WAL"] {
        let fixture = Fixture::new(&format!(
            "PRAGMA journal_mode={mode}; CREATE TABLE t (a); INSERT INTO t VALUES (1);"
        ));
        let mut permissions = fs::metadata(&fixture.path).expect("it is there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&fixture.path, permissions).expect("it is made read-only");
        let modified = |path| fs::metadata(path).and_then(|data| data.modified()).expect("a time");
        let before = modified(&fixture.path);
        assert_eq!(fixture.read().table("t").rows, [[Owned::Integer(1)]], "{mode}: its rows");
        assert_eq!(modified(&fixture.path), before, "{mode}: its time has changed");
    }
}

/// The merged copy must be writable although the log is read-only.
#[test]
fn a_read_only_log_is_read_and_not_changed() {
    let fixture =
        Fixture::new("PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);");
    let writer = fixture.connect();
    writer
        .execute_batch("PRAGMA wal_autocheckpoint=0; INSERT INTO t VALUES (2);")
        .expect("the writer writes");
    let copy = Fixture::empty();
    for suffix in ["", "-wal"] {
        let (from, to) = (beside(&fixture.path, suffix), beside(&copy.path, suffix));
        fs::copy(from, &to).expect("is copied");
        let mut permissions = fs::metadata(&to).expect("it is there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&to, permissions).expect("it is made read-only");
    }
    let rows = [1, 2].map(|n| [Owned::Integer(n)]);
    assert_eq!(copy.read().table("t").rows, rows, "the records of the log too");
}
