//! A SQLite database that is archived and restored into a database is unchanged.
#![cfg(feature = "sqlite")]

use std::path::{Path, PathBuf};

use crate::databases::{RoundTrip, messages_containing, snapshot};
use rusqlite::Connection;

/// The name of each case, and the statements that make its database.
const CASES: &[(&str, &str)] = &[
    ("an empty database", "PRAGMA user_version = 3"),
    (
        "pragmas and every storage class in columns of every affinity",
        "PRAGMA user_version = -7; PRAGMA application_id = 1129467213;
         CREATE TABLE t(i INTEGER, r REAL, x TEXT, n NUMERIC, b BLOB, d DATE, e DECIMAL(10,5), v);
         INSERT INTO t VALUES (1, 2, '3', 4, x'05', '2024-01-01', 1.5, NULL);
         INSERT INTO t VALUES ('abc', 'abc', x'00', 'abc', 1, x'', '', '');
         INSERT INTO t VALUES (9223372036854775807, 9223372036854775807, 'x', 0.1, -0.0, 1e300,
           -9223372036854775808, -0.0);
         INSERT INTO t VALUES (9e999, -9e999, 'a' || char(0) || 'b', 1e999, 1.0, 5e-324,
           1.7976931348623157e308, 3.0);
         INSERT INTO t VALUES (CAST(x'ff' AS TEXT), CAST(x'e4bda0ff' AS TEXT),
           CAST(x'00' AS TEXT), char(65534, 65535, 65279), '😀', char(13, 10, 34), ' ', '0042');",
    ),
    (
        "rows whose last columns were added later",
        "CREATE TABLE t(a); INSERT INTO t VALUES (1); ALTER TABLE t ADD COLUMN b DEFAULT 'x';
         ALTER TABLE t ADD COLUMN c INT NOT NULL DEFAULT 7; INSERT INTO t VALUES (2, 3, 4);",
    ),
    (
        "keys of all kinds",
        "CREATE TABLE a(id INTEGER PRIMARY KEY, v); INSERT INTO a VALUES (-5, 'x'), (7, 'y');
         CREATE TABLE b(id INTEGER PRIMARY KEY DESC, v); INSERT INTO b VALUES (9, 1), (NULL, 2);
         CREATE TABLE c(v, id INTEGER, PRIMARY KEY(id ASC)); INSERT INTO c VALUES (1, 5), (2, 3);
         CREATE TABLE d(p TEXT COLLATE NOCASE, q, v, UNIQUE(v, q), PRIMARY KEY(q, p DESC));
         INSERT INTO d VALUES ('B', 1, 2), ('a', 1, 1), (NULL, NULL, NULL), (NULL, NULL, 3);
         CREATE TABLE e(id INT PRIMARY KEY); INSERT INTO e VALUES (2), (NULL), (NULL), (1);
         CREATE TABLE f(rowid TEXT PRIMARY KEY, oid INT UNIQUE); INSERT INTO f VALUES ('b', 1);",
    ),
    (
        "tables without rowids, keys in odd orders and collations",
        "CREATE TABLE a(v, k TEXT COLLATE NOCASE, n INT, x TEXT DEFAULT 'd',
           PRIMARY KEY(n DESC, k)) WITHOUT ROWID;
         INSERT INTO a VALUES (1, 'Ab', 1, NULL), (2, 'b', 1, 'z'), (3, 'a', 2, x'01');
         CREATE UNIQUE INDEX a1 ON a(x DESC, k COLLATE BINARY);
         CREATE TABLE b(k PRIMARY KEY COLLATE RTRIM, v UNIQUE) WITHOUT ROWID;
         INSERT INTO b VALUES ('x', 1), ('y  ', NULL), (x'00', NULL), (1.5, 3);
         CREATE TABLE c(id INTEGER PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO c VALUES (4, 2);
         CREATE TABLE d(a, b, PRIMARY KEY(a, a, b)) WITHOUT ROWID; INSERT INTO d VALUES (1, 2);
         CREATE TABLE e(a UNIQUE, k PRIMARY KEY DESC) WITHOUT ROWID; CREATE INDEX ei ON e(a);
         INSERT INTO e VALUES (NULL, 1), (NULL, 2), (NULL, 3);",
    ),
    (
        "rowids that are not 1, 2, 3",
        "CREATE TABLE gaps(v); INSERT INTO gaps VALUES (1), (2), (3), (4), (5);
         DELETE FROM gaps WHERE v IN (1, 3);
         CREATE TABLE odd(v TEXT UNIQUE); INSERT INTO odd(rowid, v) VALUES (-9223372036854775808, 'z'),
           (-1, 'y'), (0, 'a'), (1, 'b'), (9223372036854775807, 'c');
         CREATE TABLE \"quo\"\"te/.. /客户\"(rowid, v);
         INSERT INTO \"quo\"\"te/.. /客户\"(oid, rowid, v) VALUES (5, 'x', 1), (6, 'y', 2);
         CREATE TABLE gone(v); INSERT INTO gone VALUES (1); DELETE FROM gone;
         CREATE TABLE all3(rowid, oid, _rowid_); INSERT INTO all3 VALUES (3, 2, 1), (1, 2, 3);
         CREATE INDEX i3 ON all3(rowid, oid, _rowid_);",
    ),
    (
        "counters with gaps",
        "CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT, v);
         INSERT INTO a VALUES (10, 'x'), (99, 'y'); DELETE FROM a WHERE id = 99;
         CREATE TABLE \"it's\"(id INTEGER PRIMARY KEY AUTOINCREMENT);
         INSERT INTO \"it's\" VALUES (5); UPDATE sqlite_sequence SET seq = 1e3 WHERE name = 'a';
         INSERT INTO sqlite_sequence VALUES (NULL, 'odd'), ('gone', x'00');
         CREATE TABLE never(id INTEGER PRIMARY KEY AUTOINCREMENT);",
    ),
    (
        "a counter of a table that is gone",
        "CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE a; CREATE TABLE b(v);",
    ),
    (
        "generated columns, stored or not, with indexes and constraints",
        "CREATE TABLE t(a INT, v AS (a * 2), b TEXT DEFAULT 'x', s TEXT AS (b || a) STORED,
           u AS (a + 1) UNIQUE, CHECK (v > 0));
         INSERT INTO t(a) VALUES (1), (2), (30); CREATE INDEX iv ON t(v DESC, s);
         CREATE TABLE w(k TEXT PRIMARY KEY, v AS (upper(k)) VIRTUAL, s AS (k || k) STORED, z)
           WITHOUT ROWID;
         INSERT INTO w(k, z) VALUES ('a', 1), ('b', 2); CREATE UNIQUE INDEX wv ON w(v);",
    ),
    (
        "a generated column that cannot be computed",
        "CREATE TABLE t(a TEXT, b); INSERT INTO t VALUES ('{\"x\":1}', 1), ('not json', 2);
         ALTER TABLE t ADD COLUMN v AS (json_extract(a, '$.x'));",
    ),
    (
        "indexes over parts and expressions",
        "CREATE TABLE t(a, b TEXT COLLATE NOCASE);
         INSERT INTO t VALUES (1, 'x'), (2, 'X'), (NULL, 'y'), (3, NULL);
         CREATE INDEX i1 ON t(a) WHERE b IS NOT NULL;
         CREATE UNIQUE INDEX i2 ON t(lower(b) || a, a DESC) WHERE a > 0;
         CREATE INDEX i3 ON t(b COLLATE BINARY DESC); CREATE INDEX \"odd \"\" name\" ON t(a + 1);",
    ),
    (
        "references that are not enforced",
        "PRAGMA foreign_keys = OFF; CREATE TABLE p(id INTEGER PRIMARY KEY);
         CREATE TABLE c(p REFERENCES p ON DELETE CASCADE, q REFERENCES c(p), r REFERENCES nowhere);
         INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1, NULL), (2, 7, NULL);",
    ),
    (
        "strict tables",
        "CREATE TABLE t(a INT, b ANY, c REAL NOT NULL, d BLOB, e TEXT, PRIMARY KEY(a)) STRICT;
         INSERT INTO t VALUES (1, '1', 2, x'00', 'x'), (2, 2.0, 3.5, NULL, '');",
    ),
    (
        "NOT NULL broken",
        "CREATE TABLE t(a, b); INSERT INTO t VALUES (NULL, 1), (2, NULL);
         PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a NOT NULL, b INT NOT NULL DEFAULT 3)';",
    ),
    (
        "CHECK broken",
        "PRAGMA ignore_check_constraints = ON; CREATE TABLE t(a CHECK (a > 0), b, CHECK (a < b));
         INSERT INTO t VALUES (-1, 5), (7, 6), (1, 2);",
    ),
    (
        "STRICT and affinities broken",
        "CREATE TABLE t(a, b, c); INSERT INTO t VALUES ('x', x'00', '12'), (1.5, 'y', 2);
         CREATE TABLE n(a, b); INSERT INTO n VALUES ('12', 34), ('1e3', -0.0);
         PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a INT, b INTEGER, c REAL) STRICT'
           WHERE name = 't';
         UPDATE sqlite_schema SET sql = 'create table n(a INTEGER, b TEXT)' WHERE name = 'n';",
    ),
    (
        "UNIQUE broken, in an index and in a constraint",
        "CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 'x'), (1, 'y'), (2, 'x');
         CREATE INDEX i ON t(a); CREATE TABLE u(a UNIQUE, b, PRIMARY KEY(b));
         INSERT INTO u VALUES ('A', 1), ('a', 2); PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX i ON t(a)' WHERE name = 'i';
         UPDATE sqlite_schema SET sql = 'CREATE TABLE u(a UNIQUE COLLATE NOCASE, b, PRIMARY KEY(b))'
           WHERE name = 'u'; ",
    ),
    (
        "triggers that would change or refuse what is loaded",
        "CREATE TABLE t(a); CREATE TABLE log(v); INSERT INTO t VALUES (1), (2);
         CREATE TRIGGER refuse BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'no; END;'); END;
         CREATE TRIGGER note AFTER INSERT ON t BEGIN
           INSERT INTO log VALUES (CASE WHEN new.a THEN 1 END); DELETE FROM t; END;
         CREATE VIEW v AS SELECT a, a + 1 AS \"b;\" FROM t;
         CREATE VIEW vv(x) AS WITH q AS (SELECT * FROM v) SELECT a FROM q; -- a comment
         CREATE TRIGGER i INSTEAD OF INSERT ON vv BEGIN INSERT INTO t VALUES (new.x); END;
         CREATE VIEW broken AS SELECT * FROM nowhere;",
    ),
    (
        "virtual tables with tables behind them",
        "CREATE TABLE notes(id INTEGER PRIMARY KEY, body);
         CREATE VIRTUAL TABLE docs USING fts5(title, body, tokenize = 'porter');
         INSERT INTO docs VALUES ('Hello', 'the quick; brown fox'), ('你好', 'world');
         DELETE FROM docs WHERE rowid = 1;
         CREATE VIRTUAL TABLE ext USING fts5(body, content='notes', content_rowid='id');
         INSERT INTO notes VALUES (4, 'green eggs'); INSERT INTO ext(rowid, body) VALUES (4, 'green eggs');
         CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, +label);
         INSERT INTO boxes VALUES (1, 0, 10, 'a'), (9, -5, 5, 'b');
         CREATE VIRTUAL TABLE old USING fts4(a, b); INSERT INTO old VALUES ('one', 'two');",
    ),
    (
        "defaults that are not constant",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT DEFAULT (datetime('now')), b DEFAULT (random()),
           c DEFAULT (1 + 1), d DEFAULT CURRENT_TIMESTAMP, e NOT NULL DEFAULT (lower(hex(zeroblob(2)))));
         INSERT INTO t(id) VALUES (1);",
    ),
    (
        "definitions with odd spaces and comments",
        "CREATE TABLE t(a, b) ; CREATE INDEX i ON t(a) ; CREATE  UNIQUE  INDEX  j ON t( b  DESC ) WHERE a > 0 ;
         CREATE INDEX k ON t(a, b) /* k */ ; CREATE INDEX l ON t(b) -- l
         ; CREATE VIEW v AS SELECT a FROM t ; INSERT INTO t VALUES (1, 2), (2, 1);",
    ),
    (
        "statistics",
        "CREATE TABLE t(a, b); CREATE INDEX i ON t(a); INSERT INTO t VALUES (1, 2), (2, 1); ANALYZE;
         UPDATE sqlite_stat1 SET stat = '9 9 unordered';",
    ),
    (
        "triggers, indexes and views on the tables behind virtual tables",
        "CREATE VIRTUAL TABLE f USING fts5(x); CREATE TABLE log(a); INSERT INTO f VALUES ('hello');
         CREATE TRIGGER seen AFTER INSERT ON f_content BEGIN INSERT INTO log VALUES (new.id); END;
         CREATE INDEX first ON f_content(c0); CREATE VIEW texts AS SELECT c0 FROM f_content;
         CREATE VIRTUAL TABLE g USING fts4(x); INSERT INTO g VALUES ('hello');
         CREATE TRIGGER old AFTER DELETE ON g_segdir BEGIN SELECT 1; END;
         CREATE VIRTUAL TABLE r USING rtree(id, a, b); INSERT INTO r VALUES (1, 2, 3);
         CREATE TRIGGER node AFTER UPDATE ON r_node BEGIN SELECT 1; END;",
    ),
    (
        "names",
        "CREATE TABLE \"select\"(\"from\" PRIMARY KEY, \"c\"\"d\" UNIQUE, \"\", [e f], `g;`);
         INSERT INTO \"select\" VALUES (1, 2, 3, 4, 5);
         CREATE TABLE \"a/b\\c\"(\"x.y\"); INSERT INTO \"a/b\\c\" VALUES (1);
         CREATE TABLE \"😀\"(\"🎉\" INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO \"😀\" VALUES (3);
         CREATE TABLE \"new\nline\"(a /* ; */, b DEFAULT ';''' -- ;
           , c); INSERT INTO \"new\nline\" VALUES (1, 2, 3);
         CREATE TABLE backup_tables(backup_helper_1); CREATE TABLE backup_helper_2(a UNIQUE);
         CREATE TABLE \"END\"(a); CREATE TABLE pragma_index_list(name, origin);
         CREATE TRIGGER \"END;\" AFTER INSERT ON \"END\" BEGIN SELECT 1; END;",
    ),
    (
        "UTF-16, little end first",
        "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t(a, b TEXT UNIQUE, 客户 REAL);
         INSERT INTO t VALUES ('客户', 'y', 1), (CAST(x'610000d86200' AS TEXT), 'x', 2.5),
           (CAST(x'00dc' AS TEXT), CAST(x'3dd800de' AS TEXT), -0.0), ('', char(0), NULL),
           (CAST(x'fefffeffffff' AS TEXT), CAST(x'ffff' AS TEXT), x'00d8');
         CREATE INDEX i ON t(a); DELETE FROM t WHERE rowid = 1;
         CREATE TABLE w(k TEXT PRIMARY KEY, v AS (k || '!')) WITHOUT ROWID;
         INSERT INTO w VALUES (CAST(x'00d8' AS TEXT)), ('a');",
    ),
    (
        "UTF-16, big end first",
        "PRAGMA encoding = 'UTF-16be'; CREATE TABLE t(a, b TEXT);
         INSERT INTO t VALUES ('客户', CAST(x'0061d8000062' AS TEXT)), ('', x'');
         CREATE TABLE s(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT) STRICT;
         INSERT INTO s VALUES (7, CAST(x'dc00d800' AS TEXT));",
    ),
];

fn check_round_trip(case: &str, sql: &str) {
    let round = RoundTrip::new();
    let source = round.database("crm 客户.sqlite", sql);
    let before = snapshot(&source);
    let (out, report) = round.round(&source);
    let after = snapshot(&out);
    let notes: Vec<_> = report.findings().iter().map(|finding| &finding.message).collect();
    assert_eq!(after.schema, before.schema, "{case}: different definitions; {notes:#?}");
    assert_eq!(after.pragmas, before.pragmas, "{case}: different settings");
    for (table, records) in before.rows.iter().zip(&after.rows) {
        assert_eq!(records, table, "{case}: different records");
    }
    assert_eq!(after, before, "{case}: its checks give different results; {notes:#?}");
    assert_eq!(messages_containing(&report, "without"), [""; 0], "{case}: something is left out");
    let file = |path: &Path| std::fs::read(path).expect("the database is read");
    assert!(file(&out) == file(&source), "{case}: it is not the same byte for byte");
}

#[test]
fn a_database_is_restored_unchanged() {
    CASES.iter().for_each(|(case, sql)| check_round_trip(case, sql));
}

#[test]
fn a_table_of_more_than_two_thousand_columns_is_restored() {
    let list = |form: fn(usize) -> String| (0..2100).map(form).collect::<Vec<_>>().join(",");
    check_round_trip(
        "wide",
        &format!(
            "CREATE TABLE wide({}); INSERT INTO wide VALUES ({}), ({});",
            list(|n| format!("c{n} INT")),
            list(|n| n.to_string()),
            list(|n| format!("'x{n}'")),
        ),
    );
}

/// The files of a database as they are while it is in use, in a separate folder.
fn copied_in_use(round: &RoundTrip, source: &Path) -> PathBuf {
    let folder = round.path("copied");
    std::fs::create_dir(&folder).expect("a folder");
    for name in ["crm.sqlite", "crm.sqlite-wal", "crm.sqlite-journal"] {
        let from = source.with_file_name(name);
        if from.exists() {
            std::fs::copy(from, folder.join(name)).expect("it is copied");
        }
    }
    folder.join("crm.sqlite")
}

const MANY_RECORDS: &str = "INSERT INTO t WITH RECURSIVE n(i) AS (
       SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT i, hex(randomblob(50)) FROM n;";

#[test]
fn a_write_ahead_log_is_merged_into_the_restored_database() {
    let round = RoundTrip::new();
    let source = round.database(
        "crm.sqlite",
        "PRAGMA journal_mode = WAL; CREATE TABLE t(a INTEGER UNIQUE, b); INSERT INTO t VALUES (0, 'x');
         CREATE VIEW v AS SELECT a FROM t;",
    );
    let in_use = Connection::open(&source).expect("it opens");
    in_use.execute_batch("PRAGMA wal_autocheckpoint = 0").expect("the log is kept");
    in_use.execute_batch(MANY_RECORDS).expect("it takes records");
    let copied = copied_in_use(&round, &source);
    assert!(copied.with_file_name("crm.sqlite-wal").exists(), "the records are in the log");
    let (out, report) = round.round(&copied);
    let names = ["out.sqlite-wal", "out.sqlite-shm", "out.sqlite-journal"];
    assert!(names.iter().all(|name| !round.path(name).exists()), "one file holds everything");
    let found = snapshot(&out);
    assert_eq!(found, snapshot(&source), "{:?}", report.findings());
    assert_eq!(found.rows[0].1.len(), 3001, "the records of the log");
}

#[test]
fn a_journal_is_rolled_back_in_the_restored_database() {
    let round = RoundTrip::new();
    let source = round.database("crm.sqlite", "PRAGMA page_size = 512; CREATE TABLE t(a, b);");
    let in_use = Connection::open(&source).expect("it opens");
    in_use.execute_batch(MANY_RECORDS).expect("it takes records");
    let before = snapshot(&source);
    in_use
        .execute_batch(
            "PRAGMA cache_size = 1; BEGIN; UPDATE t SET b = 'lost'; DELETE FROM t WHERE a > 9;",
        )
        .expect("a transaction is open");
    let copied = copied_in_use(&round, &source);
    assert!(copied.with_file_name("crm.sqlite-journal").exists(), "the transaction has a journal");
    drop(in_use);
    let (out, report) = round.round(&copied);
    let found = snapshot(&out);
    assert_eq!(found, before, "{:?}", report.findings());
    assert_eq!(found.rows[0].1.len(), 3000, "the records before the transaction");
}

#[test]
fn files_beside_a_database_do_not_prevent_its_restore() {
    let round = RoundTrip::new();
    let source =
        round.database("crm.sqlite", "CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (7);");
    let attachment = round.path("offer.pdf");
    std::fs::write(&attachment, "%PDF").expect("it is written");
    let (archive, _) = round.export(&[source.clone(), attachment]);
    let (out, report) = round.restore(&archive, &[]);
    assert_eq!(snapshot(&out), snapshot(&source), "{:?}", report.findings());
    assert_eq!(
        messages_containing(&report, "a database contains no files").len(),
        1,
        "{:?}",
        report.findings()
    );
}
