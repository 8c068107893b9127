//! SQLite databases as sources: every storage class bit for bit, and not a byte changed.
#![cfg(feature = "sqlite")]

use std::fs;

use crate::database::{Fixture, assert_counts, beside, listing};
use crate::recording::{Owned, Recorder, read, read_while_written, real, refusal, text};
use backup_core::model::{Provenance, RecoveryMethod, Role};
use backup_core::record::Digest;
use backup_core::source::Source;
use backup_core::source::sqlite::SqliteSource;
use backup_core::{ErrorKind, Severity};
use rusqlite::Connection;

/// The JSON of a source's details.
fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("details are JSON")
}

#[test]
fn every_storage_class_is_read_bit_for_bit() {
    let fixture = Fixture::new(
        "CREATE TABLE t (a, b);
         INSERT INTO t VALUES
           (NULL, ''), (9223372036854775807, -9223372036854775808), (-0.0, 0.0),
           (9e999, -9e999), (5e-324, 1.7976931348623157e308), (0.1, 1e15), (1.0, 1),
           ('0042', x''), (x'00ff', '1'), ('a' || char(0) || 'b', char(0)),
           (CAST(x'e4bda0ff' AS TEXT), CAST(x'c3' AS TEXT)), ('客户 😀', char(13, 10, 34));",
    );
    let recorder = fixture.read();
    let expected = [
        [Owned::Null, text("")],
        [Owned::Integer(i64::MAX), Owned::Integer(i64::MIN)],
        [real(-0.0), real(0.0)],
        [real(f64::INFINITY), real(f64::NEG_INFINITY)],
        [real(5e-324), real(f64::MAX)],
        [real(0.1), real(1e15)],
        [real(1.0), Owned::Integer(1)],
        [text("0042"), Owned::Blob(vec![])],
        [Owned::Blob(vec![0, 255]), text("1")],
        [text("a\0b"), text("\0")],
        [Owned::Text(vec![0xe4, 0xbd, 0xa0, 0xff]), Owned::Text(vec![0xc3])],
        [text("客户 😀"), text("\r\n\"")],
    ];
    let table = recorder.table("t");
    for (row, expected) in expected.iter().enumerate() {
        assert_eq!(table.rows[row], expected, "row {} differs", row + 1);
    }
    assert_eq!(table.rows.len(), expected.len(), "rows were lost or added");
    assert_counts(&recorder);
}

#[test]
fn column_affinities_do_not_change_stored_types() {
    let fixture = Fixture::new(
        "CREATE TABLE t (i INTEGER, r REAL, x TEXT, n NUMERIC, d DATE, b BLOB);
         INSERT INTO t VALUES ('abc', 3, 42, '7', '2024-01-01', 'text in a blob column');
         INSERT INTO t VALUES (2.5, 'x', x'01', 1e3, NULL, 1.5);",
    );
    let recorder = fixture.read();
    let rows = &recorder.table("t").rows;
    let first = [
        text("abc"),
        real(3.0),
        text("42"),
        Owned::Integer(7),
        text("2024-01-01"),
        text("text in a blob column"),
    ];
    assert_eq!(rows[0], first, "first row");
    let second =
        [real(2.5), text("x"), Owned::Blob(vec![1]), Owned::Integer(1000), Owned::Null, real(1.5)];
    assert_eq!(rows[1], second, "second row");
    assert_counts(&recorder);
}

#[test]
fn keys_references_and_record_order_are_read_from_the_table() {
    let fixture = Fixture::new(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT);
         INSERT INTO a VALUES (30, 'c'), (-1, 'a'), (20, 'b');
         CREATE INDEX covering ON a (name DESC, id);
         CREATE TABLE link (y INT, x INT REFERENCES a, PRIMARY KEY (x, y)) WITHOUT ROWID;
         INSERT INTO link VALUES (2, 30), (1, 30), (9, -1);
         CREATE TABLE pair (p INT, q INT, s INT REFERENCES a (id),
           FOREIGN KEY (p, q) REFERENCES link (x, y));
         CREATE TABLE strict (a INT, b ANY) STRICT;
         INSERT INTO strict VALUES (1, '1'), (2, 2);",
    );
    let recorder = fixture.read();
    let firsts = |name: &str| -> Vec<Owned> {
        recorder.table(name).rows.iter().map(|row| row[0].clone()).collect()
    };
    assert_eq!(firsts("a"), [-1, 20, 30].map(Owned::Integer), "rowid order");
    assert_eq!(firsts("link"), [9, 1, 2].map(Owned::Integer), "order of the primary key");

    let link = &recorder.table("link").origin;
    assert_eq!(link.keys[0].columns, ["x", "y"], "the columns of a key are in its order");
    assert_eq!(link.keys[0].known, Provenance::Declared, "the key is declared");
    assert_eq!(link.references[0].target, [] as [&str; 0], "a reference that names no columns");
    let pair = &recorder.table("pair").origin;
    assert!(pair.keys.is_empty(), "no key without a declaration");
    let messages: Vec<_> =
        pair.references.iter().map(|r| (&r.columns[..], &r.table[..], &r.target[..])).collect();
    let (s, id) = (["s".to_owned()], ["id".to_owned()]);
    let (pq, xy) = (["p".to_owned(), "q".to_owned()], ["x".to_owned(), "y".to_owned()]);
    assert_eq!(messages, [(&s[..], "a", &id[..]), (&pq[..], "link", &xy[..])], "references");
    assert_eq!(recorder.table("strict").rows[0][1], text("1"), "ANY in a strict table");
    assert_counts(&recorder);
}

#[test]
fn shadowed_rowids_do_not_change_the_order() {
    let fixture = Fixture::new(
        "CREATE TABLE one (rowid TEXT, v); INSERT INTO one VALUES ('z', 1), ('a', 2);
         CREATE TABLE all3 (rowid, _rowid_, oid INTEGER PRIMARY KEY);
         INSERT INTO all3 VALUES (1, 1, 9), (2, 2, 3);
         CREATE TABLE none (rowid, _ROWID_, Oid); INSERT INTO none VALUES (2, 0, 0), (1, 0, 0);",
    );
    let recorder = fixture.read();
    assert_eq!(recorder.table("one").rows[0][0], text("z"), "rowid is a column of the table");
    assert_eq!(
        recorder.table("all3").rows[0][2],
        Owned::Integer(3),
        "the integer key is the rowid"
    );
    assert_eq!(recorder.table("none").rows.len(), 2, "rows without an order");
    assert_eq!(recorder.ledger_count("no-order", "none"), 1, "the ledger notes it");
    assert_eq!(recorder.ledger_count("no-order", "all3"), 0, "only for tables without an order");
}

#[test]
fn generated_columns_are_read_like_others() {
    let fixture = Fixture::new(
        "CREATE TABLE t (a INT, v AS (a * 2), s TEXT AS ('n' || a) STORED);
         INSERT INTO t (a) VALUES (1), (NULL);",
    );
    let recorder = fixture.read();
    let table = recorder.table("t");
    assert_eq!(table.labels(), ["a", "v", "s"], "columns");
    assert_eq!(table.rows[0], [Owned::Integer(1), Owned::Integer(2), text("n1")], "computed");
    assert_eq!(table.rows[1], [Owned::Null, Owned::Null, Owned::Null], "computed of null");
    assert_counts(&recorder);
}

#[test]
fn a_generated_column_that_cannot_be_computed_is_left_out_and_noted() {
    let fixture = Fixture::new(
        "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('{\"x\":1}'), ('not json');
         ALTER TABLE t ADD COLUMN v AS (json_extract(a, '$.x'));",
    );
    let recorder = fixture.read();
    assert_eq!(recorder.table("t").labels(), ["a"], "the stored columns are archived");
    assert_eq!(recorder.table("t").rows.len(), 2, "every row is archived");
    assert_eq!(recorder.ledger_count("generated-column", "t"), 1, "the ledger notes it");
    assert_counts(&recorder);
}

#[test]
fn names_with_quotes_and_keywords_are_read() {
    let fixture = Fixture::new(
        r#"CREATE TABLE "a""b;--" ("select" , "c""d", "客户 名称", [e]]f], "");
           INSERT INTO "a""b;--" VALUES (1, 2, 3, 4, 5);
           CREATE TABLE "pragma_table_xinfo" (x); INSERT INTO "pragma_table_xinfo" VALUES (1);"#
            .replace("[e]]f]", "\"e]f\"")
            .as_str(),
    );
    let recorder = fixture.read();
    let table = recorder.table("a\"b;--");
    assert_eq!(table.labels(), ["select", "c\"d", "客户 名称", "e]f", ""], "labels");
    assert_eq!(table.rows, [[1, 2, 3, 4, 5].map(Owned::Integer)], "cells");
    assert_eq!(table.origin.sheet.as_deref(), Some("a\"b;--"), "its origin");
    assert_eq!(recorder.table("pragma_table_xinfo").rows.len(), 1, "a table named like a pragma");
}

#[test]
fn wide_tables_are_counted_in_groups() {
    let columns: Vec<String> = (0..2000).map(|n| format!("c{n}")).collect();
    let values: Vec<String> = (0..2000).map(|n| n.to_string()).collect();
    for encoding in ["UTF-8", "UTF-16le"] {
        let fixture = Fixture::new(&format!(
            "PRAGMA encoding='{encoding}'; CREATE TABLE wide ({}); INSERT INTO wide VALUES ({});",
            columns.join(","),
            values.join(",")
        ));
        let recorder = fixture.read();
        let expected: Vec<_> = (0..2000).map(Owned::Integer).collect();
        assert_eq!(recorder.table("wide").rows, [expected], "a table of 2,000 columns, {encoding}");
        assert_counts(&recorder);
    }
}

#[test]
fn invalid_utf16_text_is_preserved() {
    for (encoding, lone, pair) in [
        ("UTF-16le", "x'610000d86200'", "x'3dd800de'"),
        ("UTF-16be", "x'0061d8000062'", "x'd83dde00'"),
    ] {
        let fixture = Fixture::new(&format!(
            "PRAGMA encoding='{encoding}'; CREATE TABLE t (a, b);
             INSERT INTO t VALUES ('客户', 1), (CAST({lone} AS TEXT), x'00d8'),
               (CAST({pair} AS TEXT), 'a' || char(0) || 'b'), ('', NULL), ('x', -0.0);"
        ));
        let recorder = fixture.read();
        let rows = &recorder.table("t").rows;
        assert_eq!(rows[0], [text("客户"), Owned::Integer(1)], "{encoding}: plain text");
        let kept = Owned::Text(vec![b'a', 0xed, 0xa0, 0x80, b'b']);
        assert_eq!(rows[1], [kept, Owned::Blob(vec![0, 0xd8])], "{encoding}: a lone surrogate");
        assert_eq!(rows[2], [text("😀"), text("a\0b")], "{encoding}: a pair, and a NUL");
        assert_eq!(rows[3], [text(""), Owned::Null], "{encoding}: empty text and null");
        assert_eq!(rows[4], [text("x"), real(-0.0)], "{encoding}: minus zero");
        assert_eq!(recorder.ledger_count("lone-surrogate", "t"), 1, "{encoding}: ledger");
        assert_counts(&recorder);
        assert_eq!(json(&recorder.sources[0].details())["encoding"], encoding, "{encoding}: facts");
    }
}

#[test]
fn a_write_ahead_log_is_read_and_not_changed() {
    let fixture =
        Fixture::new("PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);");
    // The last connection to close would merge the log, so one stays open.
    let writer = fixture.connect();
    writer
        .execute_batch("PRAGMA wal_autocheckpoint=0; INSERT INTO t VALUES (2), (3);")
        .expect("the writer writes");
    let copy = Fixture::empty();
    let (wal, copied_wal) = (beside(&fixture.path, "-wal"), beside(&copy.path, "-wal"));
    fs::copy(&fixture.path, &copy.path).expect("the database is copied");
    fs::copy(&wal, &copied_wal).expect("the log is copied");

    let recorder = copy.read();
    let expected = [1, 2, 3].map(|n| vec![Owned::Integer(n)]);
    assert_eq!(recorder.table("t").rows, expected, "rows that are only in the log");
    assert_eq!(recorder.file("crm.sqlite"), fs::read(&copy.path).expect("reads"), "kept whole");
    assert_eq!(
        recorder.file("crm.sqlite-wal"),
        fs::read(&copied_wal).expect("reads"),
        "with its log"
    );
    assert_eq!(json(&recorder.sources[0].details())["journal_mode"], "wal", "facts");

    // A log in use: its index file belongs to the writer and must not be changed.
    let before = listing(fixture.folder.path());
    let recorder = read(&mut fixture.source());
    assert_eq!(recorder.table("t").rows, expected, "rows of a database in use");
    assert_eq!(listing(fixture.folder.path()), before, "a database in use was changed");
}

#[test]
fn reading_a_database_in_wal_mode_creates_no_log() {
    let fixture =
        Fixture::new("PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);");
    assert!(!beside(&fixture.path, "-wal").exists(), "the last connection merged the log");
    assert_eq!(fixture.read().table("t").rows, [[Owned::Integer(1)]], "its rows");
}

#[test]
fn a_hot_journal_is_rolled_back_in_a_copy() {
    let fixture = Fixture::new("CREATE TABLE t (a); INSERT INTO t VALUES (1);");
    let writer = fixture.connect();
    writer
        .execute_batch(
            "PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN; UPDATE t SET a = 2;
             CREATE TABLE filler (b); INSERT INTO filler WITH RECURSIVE n(i) AS (
               SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT randomblob(500) FROM n;",
        )
        .expect("the writer writes without committing");
    let crashed = Fixture::empty();
    fs::copy(&fixture.path, &crashed.path).expect("the database is copied");
    fs::copy(beside(&fixture.path, "-journal"), beside(&crashed.path, "-journal")).expect("copied");
    drop(writer);

    let recorder = crashed.read();
    assert_eq!(recorder.table("t").rows, [[Owned::Integer(1)]], "the committed records");
    assert_eq!(recorder.tables.len(), 1, "an uncommitted table does not exist");
    assert!(!recorder.file("crm.sqlite-journal").is_empty(), "the journal is archived too");
}

#[test]
fn the_database_file_and_its_sql_definitions_are_archived() {
    let fixture = Fixture::new(
        "PRAGMA user_version=7; PRAGMA application_id=11;
         CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, \"a b\" TEXT UNIQUE);
         CREATE VIEW v AS SELECT 1; CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;
         CREATE INDEX i ON t (\"a b\"); INSERT INTO t (\"a b\") VALUES ('x'); ANALYZE;",
    );
    let recorder = fixture.read();
    let kept = recorder.file("crm.sqlite");
    assert_eq!(kept, fs::read(&fixture.path).expect("reads"), "the file is archived whole");
    let facts = &recorder.sources[0];
    assert_eq!(facts.original, RecoveryMethod::Kept("crm.sqlite".into()), "how it is restored");
    assert_eq!(
        (facts.bytes, facts.sha256),
        (Some(kept.len() as u64), Some(Digest::of(kept))),
        "facts"
    );
    assert_eq!(json(&facts.details())["user_version"], 7, "user_version");
    assert!(facts.modified.as_deref().is_some_and(|time| time.ends_with('Z')), "time in UTC");

    let schema = String::from_utf8(recorder.file("crm.sqlite.schema.sql").to_vec()).expect("UTF-8");
    let again = Connection::open_in_memory().expect("opens");
    again.execute_batch(&schema).expect("the definitions run");
    let objects: Vec<String> = again
        .prepare("SELECT name FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY rowid")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .expect("lists");
    assert_eq!(objects, ["t", "v", "g", "i"], "the objects that the definitions create");
    assert!(schema.starts_with("PRAGMA user_version=7;\nPRAGMA application_id=11;\n"), "{schema}");
    let roles: Vec<Role> = recorder.files.iter().map(|(head, _)| head.role).collect();
    assert_eq!(roles, [Role::Schema, Role::Original], "roles");
    assert_eq!(recorder.tables.len(), 1, "views are not tables");
    assert_eq!(recorder.ledger_count("internal-table", "sqlite_sequence"), 1, "ledger");
    assert_eq!(recorder.ledger_count("internal-table", "sqlite_stat1"), 1, "ledger");
}

#[test]
fn virtual_tables_are_noted_and_their_stored_tables_are_read() {
    let fixture = Fixture::new(
        "CREATE VIRTUAL TABLE docs USING fts5 (body); INSERT INTO docs VALUES ('你好 world');",
    );
    let recorder = fixture.read();
    assert_eq!(recorder.ledger_count("virtual-table", "docs"), 1, "ledger");
    assert_eq!(recorder.table("docs_content").rows[0][1], text("你好 world"), "shadow table");
    assert_counts(&recorder);
}

#[test]
fn an_empty_file_is_an_empty_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crm.sqlite");
    std::fs::write(&path, b"").expect("it is written");
    let mut recorder = Recorder::default();
    SqliteSource::new(&path, "crm.sqlite").read(&mut recorder).expect("SQLite reads it too");
    assert!(recorder.tables.is_empty(), "it has no tables");
    let [entry] = &recorder.ledger[..] else { panic!("{:?}", recorder.ledger) };
    assert_eq!((&entry.code, entry.source.as_deref()), (&"empty-file".into(), Some("crm.sqlite")));
    let original = &recorder.sources[0].original;
    assert_eq!(*original, RecoveryMethod::Kept("crm.sqlite".into()), "it is stored");
    std::fs::write(&path, b"SQLite format 3").expect("it is written");
    let short = SqliteSource::new(&path, "crm.sqlite").read(&mut Recorder::default());
    assert!(short.is_err(), "a file that is shorter than a header is no database");
}

#[test]
fn empty_tables_and_empty_databases_are_read() {
    let recorder = Fixture::new("CREATE TABLE t (a, b)").read();
    assert_eq!(recorder.table("t").labels(), ["a", "b"], "labels of an empty table");
    assert_counts(&recorder);
    let recorder = Fixture::new("PRAGMA user_version=1").read();
    assert!(recorder.tables.is_empty(), "a database without tables");
    assert_eq!(recorder.sources.len(), 1, "is still a source");
}

#[test]
fn constraint_violations_in_the_data_are_notes() {
    let fixture = Fixture::new(
        "CREATE TABLE t (a); INSERT INTO t VALUES (NULL);
         PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a NOT NULL)';",
    );
    let recorder = fixture.read();
    assert_eq!(recorder.table("t").rows, [[Owned::Null]], "the row is archived");
    assert!(recorder.findings[0].message.to_string().contains("NULL value in t.a"), "remark");
    assert_eq!(recorder.findings[0].severity, Severity::Remark, "not a failure of the backup");
}

#[test]
fn an_unreadable_database_is_refused_with_the_reason() {
    let fixture = Fixture::empty();
    let refused = |bytes: &[u8]| {
        fs::write(&fixture.path, bytes).expect("writes");
        refusal(&mut fixture.source())
    };
    assert!(refused(&[0x5a; 8192]).contains("encrypted"), "random bytes look encrypted");
    assert!(refused(b"SQLite format 3\0").contains("too short"), "a part of a header");

    let whole = Fixture::new(
        "CREATE TABLE t (a); INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1
         FROM n WHERE i < 3000) SELECT printf('%050d', i) FROM n;",
    );
    let mut bytes = fs::read(&whole.path).expect("reads");
    assert!(refused(&bytes[..bytes.len() / 2]).contains("damaged"), "a truncated database");
    let third_page = 2 * 4096;
    bytes[third_page..third_page + 2048].fill(0xa7);
    assert!(refused(&bytes).contains("damaged"), "a page overwritten");

    let error = SqliteSource::new("/nowhere/crm.sqlite", "crm.sqlite")
        .read(&mut Recorder::default())
        .expect_err("a missing file");
    assert!(
        matches!(error.kind(), ErrorKind::Io { .. }),
        "a missing file is a different error: {error}"
    );
}

/// The workspace builds SQLite for as many columns as it supports (`.cargo/config.toml`).
#[test]
fn more_than_two_thousand_columns_are_read() {
    let columns: Vec<String> = (0..2500).map(|n| format!("c{n}")).collect();
    let values: Vec<String> = (0..2500).map(|n| n.to_string()).collect();
    let fixture = Fixture::new(&format!(
        "CREATE TABLE wide ({}); INSERT INTO wide VALUES ({});",
        columns.join(","),
        values.join(",")
    ));
    let recorder = fixture.read();
    assert_eq!(recorder.table("wide").rows, [(0..2500).map(Owned::Integer).collect::<Vec<_>>()]);
}

#[test]
fn a_table_with_too_many_columns_for_sqlite_is_named() {
    let columns: Vec<String> = (0..32_768).map(|n| format!("c{n}")).collect();
    let fixture = Fixture::new(&format!(
        "CREATE TABLE wide (a); PRAGMA writable_schema=ON;
         UPDATE sqlite_schema SET sql = 'CREATE TABLE wide ({})';",
        columns.join(",")
    ));
    let words = refusal(&mut fixture.source());
    assert!(words.contains("too many columns on wide"), "{words}");
    assert!(!words.contains("damaged"), "the database is not called damaged: {words}");
}

#[test]
fn autoincrement_counters_are_archived_with_the_definitions() {
    let fixture = Fixture::new(
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO a VALUES (9), (3);
         CREATE TABLE b (v); INSERT INTO b(rowid, v) VALUES (-2, 1), (7, 4);
         CREATE TABLE e (k PRIMARY KEY) WITHOUT ROWID; INSERT INTO e VALUES (5);",
    );
    let recorder = fixture.read();
    let schema = String::from_utf8(recorder.file("crm.sqlite.schema.sql").to_vec()).expect("UTF-8");
    let end = "DELETE FROM sqlite_sequence;\nINSERT INTO sqlite_sequence VALUES('a',9);\n";
    assert!(schema.ends_with(end), "{schema}");
    let paths: Vec<_> = recorder.files.iter().map(|(head, _)| head.path.as_str()).collect();
    assert_eq!(paths, ["crm.sqlite.schema.sql", "crm.sqlite"], "rowids are in the file itself");
}

#[test]
fn a_refused_database_can_be_archived_as_a_file() {
    let fixture = Fixture::new("CREATE TABLE t (a)");
    let file = fixture.source().as_file().expect("there are bytes to archive");
    assert_eq!(file.name(), "crm.sqlite", "under its own name");
}

#[test]
fn cancelling_has_its_own_error() {
    let fixture = Fixture::new("CREATE TABLE t (a)");
    let mut recorder = Recorder { stop: true, ..Recorder::default() };
    let error = fixture.source().read(&mut recorder).expect_err("the monitor cancelled");
    assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
}

#[test]
fn a_database_written_to_during_the_export_is_refused() {
    let fixture = Fixture::new("CREATE TABLE t (a); INSERT INTO t VALUES (1);");
    let words = read_while_written(&mut fixture.source(), &fixture.path);
    assert!(words.contains("changed"), "the file grew: {words}");

    let wal = beside(&fixture.path, "-wal");
    fs::write(&wal, b"").expect("an empty log");
    let words = read_while_written(&mut fixture.source(), &wal);
    assert!(words.contains("changed"), "a log appeared: {words}");
}

#[test]
fn threads_read_one_database_at_the_same_time() {
    let fixture = Fixture::new("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                (0..50).for_each(|_| assert_eq!(fixture.read().table("t").rows.len(), 2))
            });
        }
    });
}
