//! What does not come back as it was defined, or was defined by somebody who must not be trusted:
//! the data comes back all the same, and the report says what else did not.
#![cfg(feature = "sqlite")]

mod databases;

use std::path::PathBuf;

use backup_core::archive::package::{Origin, Original, Role, SourceFacts};
use backup_core::record::{Column, Digest, Record, Table};
use backup_core::source::{FileHead, Sink, Source};
use backup_core::{Error, Report, Verdict};
use databases::{Asked, Round, asked, lines, said};
use rusqlite::Connection;

/// A database of which somebody else's program knows more than this SQLite.
struct Unknown {
    what: &'static str,
    sql: &'static str,
    /// What the export says.
    exported: &'static str,
    /// What the restore says.
    restored: &'static str,
    /// What is not there in the restored database.
    missing: &'static [&'static str],
}

#[test]
fn what_only_its_own_program_knows_is_named() {
    let cases = [
        Unknown {
            what: "a module",
            sql: "CREATE TABLE t(a); INSERT INTO t VALUES (1); PRAGMA writable_schema = ON;
                  INSERT INTO sqlite_schema VALUES('table', 'far', 'far', 0,
                    'CREATE VIRTUAL TABLE far USING elsewhere(a, b)');",
            exported: "",
            restored: "virtual table far can be read only where the module elsewhere is loaded",
            missing: &[],
        },
        Unknown {
            what: "a function in a rule",
            sql: "CREATE TABLE t(a UNIQUE, b); INSERT INTO t VALUES (1, 2), (3, 4);
                  DELETE FROM t WHERE a = 1; PRAGMA writable_schema = ON;
                  UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a UNIQUE, b CHECK (valid(b)))'
                    WHERE name = 't';",
            exported: "",
            restored: "",
            missing: &[],
        },
        Unknown {
            what: "a function in a generated column",
            sql: "CREATE TABLE t(a); INSERT INTO t VALUES (1); PRAGMA writable_schema = ON;
                  UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a, b AS (secret(a)))'
                    WHERE name = 't';",
            exported: "",
            restored: "",
            missing: &[],
        },
        Unknown {
            what: "a collation",
            sql: "CREATE TABLE t(a, b); INSERT INTO t VALUES ('x', 1), ('y', 2);
                  CREATE INDEX i ON t(a); CREATE INDEX j ON t(b); PRAGMA writable_schema = ON;
                  UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a TEXT COLLATE german, b)'
                    WHERE name = 't';",
            exported: "SQLite cannot check table t: no such collation sequence",
            restored: "index i: no such collation sequence: german",
            missing: &["i"],
        },
        Unknown {
            what: "a collation in a constraint",
            sql: "CREATE TABLE t(a UNIQUE, b); INSERT INTO t VALUES ('x', 1), ('y', 2);
                  PRAGMA writable_schema = ON;
                  UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a UNIQUE COLLATE german, b)'
                    WHERE name = 't';",
            exported: "SQLite cannot check the whole file",
            // With an index that lacks its records, nothing would be found, and nobody told.
            restored: "table t comes without its definition: SQLite cannot fill its index",
            missing: &[],
        },
        Unknown {
            what: "a function in an index",
            sql: "CREATE TABLE t(a); INSERT INTO t VALUES (1); CREATE INDEX i ON t(a);
                  PRAGMA writable_schema = ON;
                  UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t(secret(a))'
                    WHERE name = 'i';",
            exported: "SQLite cannot check the whole file",
            restored: "no such function: secret",
            missing: &["i"],
        },
    ];
    for Unknown { what, sql, exported, restored, missing } in cases {
        let round = Round::new();
        let source = round.database("crm.sqlite", sql);
        let before = asked(&source);
        let (archive, export) = round.export(&[source]);
        assert_eq!(export.verdict(), Some(Verdict::Proven), "{what}: {:?}", export.skipped());
        let (out, report) = round.restore(&archive, &[]);
        let after = asked(&out);
        let messages: Vec<_> = report.findings.iter().map(|finding| &finding.message).collect();
        if !exported.is_empty() {
            assert!(!said(&export, exported).is_empty(), "{what}: {:?}", export.findings);
        }
        if !restored.is_empty() {
            assert!(!said(&report, restored).is_empty(), "{what}: {messages:#?}");
        }
        let mut expected = before.schema.clone();
        expected.retain(|[_, name, ..]| !missing.contains(&name.as_str()));
        if !restored.contains("without its definition") {
            assert_eq!(after.schema, expected, "{what}: definitions; {messages:#?}");
        }
        if !sql.contains("b AS") {
            assert_eq!(after.rows, before.rows, "{what}: records");
        }
    }
}

/// A source that says of itself that it is a database, with definitions and rowids of its own
/// choice and one table `t`.
struct Forged {
    definitions: String,
    rowids: Option<&'static str>,
    columns: &'static [&'static str],
    /// Of each record, for every column.
    values: Vec<i64>,
    details: serde_json::Value,
}

impl Forged {
    fn new(definitions: &str) -> Self {
        let details = serde_json::json!({"encoding": "UTF-8", "rowids": true, "user_version": 5});
        Self {
            definitions: definitions.into(),
            rowids: None,
            columns: &["a"],
            values: vec![1, 2, 2],
            details,
        }
    }
}

impl Source for Forged {
    fn name(&self) -> &str {
        "crm.sqlite"
    }

    fn bytes(&self) -> Option<u64> {
        None
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        let (source, sheet) = (Some("crm.sqlite".into()), Some("t".into()));
        let origin = Origin { source, sheet, ..Origin::default() };
        let columns = self.columns.iter().copied().map(Column::any);
        sink.begin_table(&Table::new("t", columns), origin)?;
        for value in &self.values {
            let mut record = Record::new();
            self.columns.iter().for_each(|_| record.push_integer(*value));
            sink.record(&record)?;
        }
        sink.end_table(None)?;
        let rowids = self.rowids.map(|rowids| ("crm.sqlite.rowids/t.csv", rowids));
        let files = [("crm.sqlite.schema.sql", self.definitions.as_str())];
        for (path, text) in files.into_iter().chain(rowids) {
            let head = FileHead::new(path, text.len() as u64, Role::Schema);
            sink.file(&head, &mut text.as_bytes())?;
        }
        sink.source(SourceFacts {
            name: "crm.sqlite".into(),
            kind: "sqlite".into(),
            bytes: 0,
            sha256: Digest::of(b""),
            modified: None,
            original: Original::Lost("it never was".into()),
            details: self.details.as_object().expect("an object").clone(),
        });
        Ok(())
    }
}

/// The restored database, and what the report says; nothing but it may have been written.
fn restored(forged: Forged, tables: &[&str]) -> (Asked, Report) {
    let round = Round::new();
    let values = forged.values.clone();
    let archive = round.export_source(forged);
    let (out, report) = round.restore(&archive, tables);
    let mut names: Vec<_> = std::fs::read_dir(round.folder.path())
        .expect("the folder lists")
        .map(|entry| entry.expect("it lists").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    let expected = ["a.README.txt", "a.tar.zst.age", "a.tar.zst.age.sha256", "out.sqlite"];
    assert_eq!(names, expected, "something else was written");
    let database = Connection::open(&out).expect("it opens");
    let found = lines(&database, "SELECT a FROM t ORDER BY rowid");
    let expected: Vec<_> = values.iter().map(|value| format!("integer {value}")).collect();
    assert_eq!(found, expected, "the records; {:?}", report.findings);
    (asked(&out), report)
}

#[test]
fn a_definition_does_nothing_but_define() {
    let round = Round::new();
    let evil = round.path("evil.sqlite").display().to_string();
    let statements = [
        format!("ATTACH DATABASE '{evil}' AS evil"),
        format!("VACUUM INTO '{evil}'"),
        format!("CREATE TABLE x AS SELECT writefile('{evil}', 'x')"),
        "CREATE TABLE x AS SELECT load_extension('evil')".into(),
        "SELECT load_extension('evil')".into(),
        "PRAGMA writable_schema = ON".into(),
        "PRAGMA journal_mode = WAL".into(),
        "DROP TABLE t".into(),
        "DELETE FROM t".into(),
        "INSERT INTO t VALUES (9)".into(),
        "UPDATE t SET a = 9".into(),
        "INSERT INTO sqlite_schema VALUES ('table', 'x', 'x', 2, 'CREATE TABLE x(a)')".into(),
        "DELETE FROM sqlite_schema".into(),
        "INSERT INTO sqlite_sequence VALUES (load_extension('evil'), 1)".into(),
        "INSERT INTO sqlite_sequence SELECT a, a FROM t".into(),
        "CREATE TEMP TABLE x(a)".into(),
        "CREATE TABLE temp.x(a)".into(),
        "CREATE TEMP TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t; END".into(),
        "CREATE TABLE sqlite_evil(a)".into(),
        "CREATE INDEX x ON t(load_extension(a))".into(),
        "CREATE INDEX x ON t(random())".into(),
        "CREATE VIRTUAL TABLE temp.x USING fts5(a)".into(),
        "CREATE TABLE t(a, again)".into(),
        "CREATE UNIQUE INDEX sqlite_autoindex_t_1 ON t(a)".into(),
        "ALTER TABLE t RENAME TO x".into(),
        "BEGIN".into(),
        "EXPLAIN CREATE TABLE x(a)".into(),
        "REINDEX".into(),
        "nonsense 'without end".into(),
    ];
    for statement in statements {
        let forged = Forged::new(&format!("CREATE TABLE t(a INT);\n{statement};\n"));
        let (found, report) = restored(forged, &[]);
        let schema: Vec<_> =
            found.schema.iter().map(|[_, name, _, sql]| (&**name, &**sql)).collect();
        // A table of counters without counters harms nobody.
        let schema: Vec<_> = schema.into_iter().filter(|(n, _)| *n != "sqlite_sequence").collect();
        assert_eq!(schema, [("t", "CREATE TABLE t(a INT)")], "{statement}: definitions");
        let message = said(&report, "is not run");
        assert_eq!(message.len(), 1, "{statement}: the report says {:#?}", report.findings);
        assert!(!round.path("evil.sqlite").exists(), "{statement}: a file was written");
        assert_eq!(found.integrity, ["text ok"], "{statement}: the database is sound");
    }
}

#[test]
fn a_table_whose_definition_does_not_fit_comes_plain() {
    let runs = |rowids| Forged { rowids: Some(rowids), ..Forged::new("CREATE TABLE t(a);") };
    let computed = Forged::new("CREATE TABLE t(a, v AS (a * 2))");
    let computed = Forged { columns: &["a", "v"], ..computed };
    let cases = [
        ("no definition", Forged::new(""), "has none that can be used"),
        ("a view of its name", Forged::new("CREATE VIEW t AS SELECT 1"), "has none that can be"),
        ("other columns", Forged::new("CREATE TABLE t(b)"), "have other columns"),
        ("more columns", Forged::new("CREATE TABLE t(a, b)"), "have other columns"),
        ("a key twice", Forged::new("CREATE TABLE t(a PRIMARY KEY) WITHOUT ROWID"), "UNIQUE"),
        ("a rowid twice", Forged::new("CREATE TABLE t(a INTEGER PRIMARY KEY)"), "UNIQUE"),
        ("other values", Forged::new("CREATE TABLE t(c, a AS (c))"), "have other columns"),
        ("columns computed otherwise", computed, "computes its generated columns otherwise"),
        ("too few rowids", runs("first,last\n1,2\n"), "more records than rowids"),
        ("too many rowids", runs("first,last\n1,4\n"), "fewer records than rowids"),
        ("rowids that go back", runs("first,last\n5,6\n2,2\n"), "not in its form"),
        ("rowids that overlap", runs("first,last\n5,6\n6,7\n"), "not in its form"),
        ("no rowids", runs("x\n"), "not in its form"),
        ("rowids without end", runs("first,last\n1,9223372036854775807\n"), "fewer records"),
    ];
    for (case, forged, why) in cases {
        let (found, report) = restored(forged, &[]);
        let said = said(&report, "table t comes without its definition");
        assert!(said.len() == 1 && said[0].contains(why), "{case}: {:#?}", report.findings);
        let tables = found.schema.iter().filter(|[kind, ..]| kind == "table").count();
        assert_eq!((tables, found.integrity), (1, vec!["text ok".into()]), "{case}: the database");
        assert_eq!(found.pragmas[0], "integer 5", "{case}: the rest comes as it was defined");
    }
}

#[test]
fn an_archive_that_does_not_say_the_rowids_is_restored() {
    let details = serde_json::json!({"encoding": "UTF-8"});
    let forged = Forged { details, ..Forged::new("CREATE TABLE t(a CHECK (a > 1));") };
    let (found, report) = restored(forged, &[]);
    assert_eq!(said(&report, "does not say which rowids").len(), 1, "{:?}", report.findings);
    assert_eq!(found.integrity, ["text CHECK constraint failed in t"], "as it was defined");
}

#[test]
fn with_some_tables_come_their_indexes_alone() {
    let round = Round::new();
    let source = round.database(
        "crm.sqlite",
        "CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT, v UNIQUE); CREATE TABLE b(v);
         INSERT INTO a VALUES (5, 'x'); INSERT INTO b VALUES (1), (2); DELETE FROM b WHERE v = 1;
         CREATE INDEX ai ON a(v); CREATE INDEX bi ON b(v); CREATE VIEW w AS SELECT * FROM b;
         CREATE TRIGGER g AFTER INSERT ON a BEGIN DELETE FROM b; END;",
    );
    let before = asked(&source);
    let (archive, _) = round.export(&[source]);
    for (table, names) in [
        ("a", &["a", "ai", "sqlite_autoindex_a_1", "sqlite_sequence"][..]),
        ("b", &["b", "bi"][..]),
    ] {
        let (out, report) = round.restore(&archive, &[table]);
        let found = asked(&out);
        let mut expected = before.schema.clone();
        expected.retain(|[_, name, ..]| names.contains(&name.as_str()));
        assert_eq!(found.schema, expected, "{table}: definitions");
        let rows = |asked: &Asked| asked.rows.iter().find(|(name, _)| name == table).cloned();
        assert_eq!(rows(&found), rows(&before), "{table}: records");
        let left = said(&report, "left out");
        assert!(left.len() == 1 && left[0].contains("w, g"), "{table}: {:?}", report.findings);
    }
}

#[test]
fn other_tables_come_beside_a_database() {
    let round = Round::new();
    let source = round.database(
        "crm.sqlite",
        "CREATE TABLE accounts(a INT NOT NULL); INSERT INTO accounts VALUES (1);
         CREATE VIEW leads AS SELECT 1 AS one;",
    );
    let csv = |name: &str, text: &str| -> PathBuf {
        std::fs::write(round.path(name), text).expect("it is written");
        round.path(name)
    };
    let files = [csv("accounts.csv", "id\n007\n"), csv("leads.csv", "id\n1\n"), source];
    let (archive, _) = round.export(&files);
    let (out, report) = round.restore(&archive, &[]);
    let database = Connection::open(&out).expect("it opens");
    let tables = lines(&database, "SELECT name FROM sqlite_schema ORDER BY name");
    let expected = ["text accounts", "text accounts_2", "text leads", "text leads_2"];
    assert_eq!(tables, expected, "{:?}", report.findings);
    assert_eq!(lines(&database, "SELECT * FROM accounts"), ["integer 1"], "the database's");
    assert_eq!(lines(&database, "SELECT * FROM accounts_2"), ["text 007"], "the other");
    assert_eq!(lines(&database, "SELECT * FROM leads"), ["integer 1"], "the view");
    assert_eq!(said(&report, "is called").len(), 2, "{:?}", report.findings);
}

#[test]
fn of_several_databases_the_tables_come_plain_or_one_by_one() {
    let round = Round::new();
    let one = round.database("one.sqlite", "CREATE TABLE t(a INT); INSERT INTO t VALUES (1);");
    let two = round.database("two.sqlite", "CREATE TABLE t(b TEXT); INSERT INTO t VALUES ('x');");
    let before = asked(&two);
    let (archive, _) = round.export(&[one, two]);
    let (out, report) = round.restore(&archive, &[]);
    assert_eq!(said(&report, "of several databases").len(), 1, "{:?}", report.findings);
    assert_eq!(asked(&out).rows.len(), 2, "the tables of both");
    let (out, report) = round.restore(&archive, &["t (two.sqlite)"]);
    assert_eq!(asked(&out), before, "one database's table; {:?}", report.findings);
}

/// An index may compute anything from a record: what it makes of a small archive is bounded.
#[test]
fn an_index_that_computes_more_than_there_is_is_left_out() {
    let forged =
        Forged::new("CREATE TABLE t(a INT);\nCREATE INDEX big ON t(zeroblob(200000000 + a));\n");
    let (found, report) = restored(forged, &[]);
    let names: Vec<_> = found.schema.iter().map(|[_, name, ..]| name.as_str()).collect();
    assert_eq!(names, ["t"], "the index is left out: {:?}", report.findings);
    assert_eq!(said(&report, "index big is left out").len(), 1, "{:?}", report.findings);
}

#[test]
fn more_statements_than_any_database_has_are_not_looked_at() {
    let many: String = (0..6000).map(|n| format!("CREATE VIEW v{n} AS SELECT 1;\n")).collect();
    let (_, report) = restored(Forged::new(&format!("CREATE TABLE t(a INT);\n{many}")), &[]);
    assert_eq!(said(&report, "too many to be looked at").len(), 1, "{:?}", report.findings);
}
