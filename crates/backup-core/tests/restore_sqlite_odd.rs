//! What does not come back as it was defined, or was defined by somebody who must not be trusted:
//! the data comes back all the same, and the report says what else did not.
#![cfg(feature = "sqlite")]

mod databases;

use std::path::PathBuf;

use backup_core::archive::package::{Original, Origin, Role, SourceFacts};
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
            restored: "the index sqlite_autoindex_t_1 is empty",
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
        assert_eq!(export.verdict(), Some(Verdict::Proven), "{what}: {:?}", export.not_looked_at);
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
        assert_eq!(after.schema, expected, "{what}: definitions; {messages:#?}");
        if !sql.contains("b AS") {
            assert_eq!(after.rows, before.rows, "{what}: records");
        }
    }
}
