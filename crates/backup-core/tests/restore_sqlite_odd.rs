//! Databases with parts that this SQLite does not understand, archives that hold more than one
//! database, and forged ones: what is restored, and what is a finding.
#![cfg(feature = "sqlite")]

use std::path::PathBuf;

use crate::databases::{RoundTrip, Snapshot, lines, messages_containing, snapshot};
use backup_core::model::{Origin, RecoveryMethod, Role, SourceMetadata};
use backup_core::record::{Column, Digest, Record, Table};
use backup_core::source::{FileHead, Sink, Source};
use backup_core::{Code, Error, Report, Verdict};
use rusqlite::Connection;

/// A database with definitions that only another program understands.
struct Unknown {
    what: &'static str,
    sql: &'static str,
    /// The note of the export.
    exported: &'static str,
}

#[test]
fn definitions_only_the_owning_program_understands_are_restored() {
    let cases = [
        Unknown {
            what: "a module",
            sql: "CREATE TABLE t(a); INSERT INTO t VALUES (1); PRAGMA writable_schema = ON;
                  INSERT INTO sqlite_schema VALUES('table', 'far', 'far', 0,
                    'CREATE VIRTUAL TABLE far USING elsewhere(a, b)');",
            exported: "",
        },
        Unknown {
            what: "a function in a rule",
            sql: "CREATE TABLE t(a UNIQUE, b); INSERT INTO t VALUES (1, 2), (3, 4);
                  DELETE FROM t WHERE a = 1; PRAGMA writable_schema = ON;
                  UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a UNIQUE, b CHECK (valid(b)))'
                    WHERE name = 't';",
            exported: "",
        },
        Unknown {
            what: "a function in a generated column",
            sql: "CREATE TABLE t(a); INSERT INTO t VALUES (1); PRAGMA writable_schema = ON;
                  UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a, b AS (secret(a)))'
                    WHERE name = 't';",
            exported: "",
        },
        Unknown {
            what: "a collation",
            sql: "CREATE TABLE t(a, b); INSERT INTO t VALUES ('x', 1), ('y', 2);
                  CREATE INDEX i ON t(a); CREATE INDEX j ON t(b); PRAGMA writable_schema = ON;
                  UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a TEXT COLLATE german, b)'
                    WHERE name = 't';",
            exported: "SQLite cannot check table t: no such collation sequence",
        },
        Unknown {
            what: "a collation in a constraint",
            sql: "CREATE TABLE t(a UNIQUE, b); INSERT INTO t VALUES ('x', 1), ('y', 2);
                  PRAGMA writable_schema = ON;
                  UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a UNIQUE COLLATE german, b)'
                    WHERE name = 't';",
            exported: "SQLite cannot check the whole file",
        },
        Unknown {
            what: "a function in an index",
            sql: "CREATE TABLE t(a); INSERT INTO t VALUES (1); CREATE INDEX i ON t(a);
                  PRAGMA writable_schema = ON;
                  UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t(secret(a))'
                    WHERE name = 'i';",
            exported: "SQLite cannot check the whole file",
        },
    ];
    for Unknown { what, sql, exported } in cases {
        let round = RoundTrip::new();
        let source = round.database("crm.sqlite", sql);
        let before = snapshot(&source);
        let (archive, export) = round.export(&[source]);
        assert_eq!(export.verdict(), Some(Verdict::Proven), "{what}: {:?}", export.skipped());
        if !exported.is_empty() {
            assert!(
                !messages_containing(&export, exported).is_empty(),
                "{what}: {:?}",
                export.findings()
            );
        }
        let (out, report) = round.restore(&archive, &[]);
        assert_eq!(snapshot(&out), before, "{what}: {:?}", report.findings());
    }
}

/// The bytes of a database that these statements make.
fn database(sql: &str) -> Vec<u8> {
    let round = RoundTrip::new();
    std::fs::read(round.database("crm.sqlite", sql)).expect("it is read")
}

/// A source that claims to be a database with one table `t` of one column, and supplies a file, a
/// log and definitions of the test's choice.
struct Forged {
    /// The database file; if there is none, it is missing from the archive.
    file: Option<Vec<u8>>,
    log: Option<Vec<u8>>,
    schema: Vec<(&'static str, String)>,
    values: Vec<i64>,
}

impl Forged {
    fn new() -> Self {
        Self { file: None, log: None, schema: Vec::new(), values: vec![1, 2, 2] }
    }

    fn with_file(file: impl Into<Vec<u8>>) -> Self {
        Self { file: Some(file.into()), ..Self::new() }
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
        let mut origin = Origin::new("crm.sqlite");
        origin.sheet = Some("t".into());
        sink.begin_table(&Table::new("t", [Column::any("a")]), origin)?;
        for value in &self.values {
            let mut record = Record::new();
            record.push_integer(*value);
            sink.record(&record)?;
        }
        sink.end_table(None)?;
        for (path, text) in &self.schema {
            let head = FileHead::new(*path, text.len() as u64, Role::Schema);
            sink.file(&head, &mut text.as_bytes())?;
        }
        for (path, bytes) in [("crm.sqlite", &self.file), ("crm.sqlite-wal", &self.log)] {
            if let Some(bytes) = bytes {
                let head = FileHead::new(path, bytes.len() as u64, Role::Original);
                sink.file(&head, &mut bytes.as_slice())?;
            }
        }
        let file = self.file.as_deref();
        let bytes = file.unwrap_or_default();
        let metadata = SourceMetadata::api("crm.sqlite");
        let mut metadata = metadata.digest(Digest::of(bytes), bytes.len() as u64);
        metadata.kind = "sqlite".into();
        metadata.original = match file {
            Some(_) => RecoveryMethod::Kept("crm.sqlite".into()),
            None => RecoveryMethod::Lost("it never was".into()),
        };
        sink.source(metadata);
        Ok(())
    }
}

/// The restored database, and the messages of the report; nothing else may have been written.
fn restored(forged: Forged) -> (Snapshot, Report) {
    let round = RoundTrip::new();
    let values = forged.values.clone();
    let archive = round.export_source(forged);
    let (out, report) = round.restore(&archive, &[]);
    let written = ["a.README.txt", "a.tar.zst.age", "a.tar.zst.age.sha256", "out.sqlite"];
    assert_eq!(round.names(), written, "something else was written");
    let database = Connection::open(&out).expect("it opens");
    let found = lines(&database, "SELECT a FROM t ORDER BY rowid");
    let expected: Vec<_> = values.iter().map(|value| format!("integer {value}")).collect();
    assert_eq!(found, expected, "the records; {:?}", report.findings());
    (snapshot(&out), report)
}

/// The failures of a restore that must not publish anything.
fn refused(forged: Forged) -> Vec<(Code, String)> {
    let round = RoundTrip::new();
    let archive = round.export_source(forged);
    let report = round.try_restore(&archive, &[]);
    assert_eq!(report.verdict(), Some(Verdict::Failed), "it is restored: {:?}", report.findings());
    let written = ["a.README.txt", "a.tar.zst.age", "a.tar.zst.age.sha256"];
    assert_eq!(round.names(), written, "something was written");
    assert!(
        report.contents().tables.is_empty() && report.run().written.is_empty(),
        "nothing is listed as restored"
    );
    report.findings().iter().map(|finding| (finding.code, finding.message.to_string())).collect()
}

#[test]
fn a_definition_in_the_schema_file_is_never_run() {
    let round = RoundTrip::new();
    let evil = round.path("evil.sqlite").display().to_string();
    let statements = [
        format!("ATTACH DATABASE '{evil}' AS evil"),
        format!("VACUUM INTO '{evil}'"),
        "PRAGMA journal_mode = WAL".into(),
        "DROP TABLE t".into(),
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t; END".into(),
        "CREATE INDEX big ON t(zeroblob(200000000 + a))".into(),
        "nonsense 'without end".into(),
    ];
    for statement in statements {
        let schema = format!("CREATE TABLE t(a INTEGER PRIMARY KEY);\n{statement};\n");
        let schema = vec![("crm.sqlite.schema.sql", schema)];
        let (found, report) = restored(Forged { schema, ..Forged::new() });
        let names: Vec<_> = found.schema.iter().map(|[_, name, ..]| &**name).collect();
        assert_eq!(names, ["t"], "{statement}: definitions; {:?}", report.findings());
        assert!(!round.path("evil.sqlite").exists(), "{statement}: a file was written");
        assert_eq!(found.integrity, ["text ok"], "{statement}: the database is sound");
    }
}

/// Archives of earlier versions have such files.
#[test]
fn a_list_of_rowids_is_left_out_of_the_database() {
    for rowids in ["first,last\n5,6\n9,9\n", "first,last\n1,9223372036854775807\n", "x"] {
        let rowids = ("crm.sqlite.rowids/t.csv", rowids.to_owned());
        restored(Forged { schema: vec![rowids.clone()], ..Forged::new() });
        let file = database("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (2);");
        restored(Forged { schema: vec![rowids], ..Forged::with_file(file) });
    }
}

#[test]
fn a_database_file_that_contradicts_the_manifest_is_a_finding() {
    let cases = [
        (
            "other records",
            "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)",
            "records of the restored",
        ),
        ("no records", "CREATE TABLE t(a)", "records of the restored"),
        (
            "other columns",
            "CREATE TABLE t(b); INSERT INTO t VALUES (1), (2), (2)",
            "records of the restored",
        ),
        ("no table", "CREATE TABLE x(a)", "records of the restored"),
        ("a view", "CREATE VIEW t AS SELECT 1 AS a UNION ALL SELECT 2", "records of the restored"),
        (
            "one more table",
            "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (2); CREATE TABLE more(a)",
            "the restored database has this table, but the archive does not",
        ),
    ];
    for (case, sql, why) in cases {
        let found = refused(Forged::with_file(database(sql)));
        assert!(found.iter().any(|(_, message)| message.contains(why)), "{case}: {found:?}");
    }
}

#[test]
fn a_database_file_that_cannot_be_read_is_a_finding() {
    let sound = database("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (2);");
    let mut damaged = sound.clone();
    damaged[4096..].fill(0xff);
    let computing = database(
        "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (2); PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = 'CREATE TABLE t(a, b AS (hex(zeroblob(900000000 + a))))'",
    );
    let cases = [
        ("text", b"no database".repeat(100), "not a SQLite database"),
        ("cut", sound[..4096].to_vec(), "damaged"),
        ("damaged", damaged, "damaged"),
    ];
    for (case, file, why) in cases {
        let found = refused(Forged::with_file(file));
        let is_reported = found.iter().any(|(code, message)| {
            *code == Code::Contents
                && message.contains("the restored database cannot be read")
                && message.contains(why)
        });
        assert!(is_reported, "{case}: {found:?}");
    }
    // An empty file is an empty database.
    let found = refused(Forged::with_file(Vec::new()));
    assert!(found.iter().any(|(code, _)| *code == Code::TableDigest), "nothing: {found:?}");
    // What SQLite cannot compute within its limits is left out; the rest is restored.
    restored(Forged::with_file(computing));
}

#[test]
fn a_forged_log_is_detected() {
    let sound = || database("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (2);");
    for log in [b"no log".to_vec(), vec![0; 5000], b"\x37\x7f\x06\x82".repeat(2000)] {
        let (found, _) = restored(Forged { log: Some(log), ..Forged::with_file(sound()) });
        assert_eq!(found.integrity, ["text ok"], "such a log holds nothing");
    }
    let round = RoundTrip::new();
    let path = round.database("x.sqlite", "PRAGMA journal_mode = WAL; CREATE TABLE t(a);");
    let in_use = Connection::open(&path).expect("it opens");
    in_use.execute_batch("INSERT INTO t VALUES (7);").expect("it takes a record");
    let read = |name| std::fs::read(round.path(name)).expect("it is read");
    let (file, log) = (read("x.sqlite"), Some(read("x.sqlite-wal")));
    let found = refused(Forged { log, ..Forged::with_file(file) });
    assert_eq!(found[0].0, Code::TableDigest, "{found:?}");
}

#[test]
fn selected_tables_of_a_database_are_restored_as_plain_tables() {
    let round = RoundTrip::new();
    let source = round.database(
        "crm.sqlite",
        "CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT, v UNIQUE); CREATE TABLE b(v);
         INSERT INTO a VALUES (5, 'x'); INSERT INTO b VALUES (1), (2); DELETE FROM b WHERE v = 1;
         CREATE TRIGGER g AFTER INSERT ON a BEGIN DELETE FROM b; END;",
    );
    let (archive, _) = round.export(&[source]);
    for (table, record) in [("a", "integer 5|text x"), ("b", "integer 2")] {
        let (out, report) = round.restore(&archive, &[table]);
        let names = snapshot(&out).schema.into_iter().map(|[_, name, ..]| name);
        assert_eq!(names.collect::<Vec<_>>(), [table], "no index and no trigger is restored");
        let database = Connection::open(&out).expect("it opens");
        assert_eq!(lines(&database, &format!("SELECT * FROM {table}")), [record]);
        let note = messages_containing(&report, "(crm.sqlite) are restored as plain tables");
        assert_eq!(note.len(), 1, "{:?}", report.findings());
    }
}

#[test]
fn a_database_beside_other_tables_is_restored_as_plain_tables() {
    let round = RoundTrip::new();
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
    let expected = ["text accounts", "text accounts (crm.sqlite)", "text leads"];
    assert_eq!(tables, expected, "{:?}", report.findings());
    assert_eq!(lines(&database, "SELECT * FROM accounts"), ["text 007"], "the file's");
    let of_database = lines(&database, "SELECT * FROM \"accounts (crm.sqlite)\"");
    assert_eq!(of_database, ["integer 1"], "the database's");
    assert_eq!(lines(&database, "SELECT * FROM leads"), ["text 1"], "the file's, and no view");
    let note = messages_containing(&report, "(crm.sqlite) are restored as plain tables");
    assert_eq!(note.len(), 1, "{:?}", report.findings());
}

#[test]
fn several_databases_are_restored_as_plain_tables() {
    let round = RoundTrip::new();
    let one = round.database("one.sqlite", "CREATE TABLE t(a INT); INSERT INTO t VALUES (1);");
    let two = round.database("two.sqlite", "CREATE TABLE t(b TEXT); INSERT INTO t VALUES ('x');");
    let (archive, _) = round.export(&[one, two]);
    let (out, report) = round.restore(&archive, &[]);
    assert_eq!(snapshot(&out).rows.len(), 2, "the tables of both");
    let note =
        messages_containing(&report, "(one.sqlite, two.sqlite) are restored as plain tables");
    assert_eq!(note.len(), 1, "{:?}", report.findings());
    let (_, report) = round.restore(&archive, &["t (two.sqlite)"]);
    let note = messages_containing(&report, "(two.sqlite) are restored as plain tables");
    assert_eq!(note.len(), 1, "{:?}", report.findings());
}
