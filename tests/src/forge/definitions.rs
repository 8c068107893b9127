//! Definitions of a database that do more than define: an attacker's SQL.
//!
//! None makes an archive invalid, because nobody has to run them. The suite checks what a restore leaves:
//! one file with the records in it, and no effect of these statements.

use super::List;
use super::draft::{Draft, FileDraft};

/// Adds statements to the definitions.
fn define(draft: &mut Draft, statements: &str) {
    draft.files[2].bytes.extend_from_slice(statements.as_bytes());
}

/// Defines `contacts` differently.
fn defined(draft: &mut Draft, statements: &str) {
    draft.files[2].bytes = statements.into();
}

pub(super) fn definitions(list: &mut List) {
    let added: [(&str, &str); 27] = [
        ("attach", "ATTACH DATABASE '/crm-backup-forged' AS other;"),
        ("attach-here", "ATTACH DATABASE 'crm-backup-forged' AS other; CREATE TABLE other.t(a);"),
        ("attach-create", "ATTACH 'crm-backup-forged' AS o; CREATE TABLE o.x AS SELECT 1;"),
        ("vacuum-into", "VACUUM INTO 'crm-backup-forged';"),
        ("vacuum-main", "VACUUM main INTO 'crm-backup-forged';"),
        ("load-extension", "SELECT load_extension('crm-backup-forged');"),
        ("writefile", "SELECT writefile('crm-backup-forged', 'x');"),
        ("edit", "SELECT edit('x', 'touch crm-backup-forged');"),
        ("shell", ".shell touch crm-backup-forged\n.output crm-backup-forged\nSELECT 1;"),
        ("writable-schema", "PRAGMA writable_schema = ON; DELETE FROM sqlite_master;"),
        ("schema-update", "UPDATE sqlite_master SET sql = 'CREATE TABLE contacts(x)';"),
        (
            "schema-insert",
            "INSERT INTO sqlite_master VALUES('table','x','x',2,'CREATE TABLE x(a)');",
        ),
        ("trusted-schema", "PRAGMA trusted_schema = ON;"),
        ("journal", "PRAGMA journal_mode = WAL; PRAGMA main.journal_mode = PERSIST;"),
        ("directory", "PRAGMA temp_store_directory = '/';"),
        ("key", "PRAGMA key = 'x'; PRAGMA rekey = 'y';"),
        ("delete", "DELETE FROM contacts;"),
        ("drop", "DROP TABLE contacts;"),
        ("alter", "ALTER TABLE contacts ADD COLUMN evil DEFAULT 1;"),
        ("rename", "ALTER TABLE contacts RENAME TO gone;"),
        ("begin", "BEGIN; ROLLBACK; COMMIT;"),
        ("explain", "EXPLAIN CREATE TABLE x(a); EXPLAIN QUERY PLAN SELECT 1;"),
        ("temporary", "CREATE TEMP TABLE contacts(a); CREATE TEMP VIEW v AS SELECT 1;"),
        ("as-select", "CREATE TABLE copied AS SELECT load_extension('crm-backup-forged');"),
        (
            "recursive",
            "CREATE TABLE t AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT x FROM c;",
        ),
        ("counters", "INSERT INTO sqlite_sequence SELECT name, 1 FROM sqlite_master;"),
        ("counter-of-functions", "INSERT INTO sqlite_sequence VALUES(load_extension('x'), 1);"),
    ];
    for (name, statement) in added {
        list.good(&format!("definition-{name}"), statement_of(statement), move |draft| {
            define(draft, statement);
        });
    }
    let objects: [(&str, &str); 17] = [
        (
            "trigger-delete",
            "CREATE TRIGGER e AFTER INSERT ON contacts BEGIN DELETE FROM contacts; END;",
        ),
        (
            "trigger-temporary",
            "CREATE TEMP TRIGGER e AFTER INSERT ON contacts BEGIN DELETE FROM contacts; END;",
        ),
        (
            "trigger-load",
            "CREATE TRIGGER e BEFORE INSERT ON contacts BEGIN SELECT load_extension('x'); END;",
        ),
        (
            "trigger-raise",
            "CREATE TRIGGER e BEFORE INSERT ON contacts BEGIN SELECT RAISE(ABORT, 'no'); END;",
        ),
        (
            "view-files",
            "CREATE VIEW v AS SELECT readfile('/etc/passwd'), fts3_tokenizer('simple');",
        ),
        ("view-load", "CREATE VIEW v AS SELECT load_extension('crm-backup-forged');"),
        (
            "view-named-contacts",
            "CREATE VIEW Contacts AS SELECT 1 AS id, 2 AS name, 3 AS value, 4 AS note;",
        ),
        ("index-function", "CREATE INDEX i ON contacts(randomblob(1000000000));"),
        ("index-bomb", "CREATE INDEX i ON contacts(hex(zeroblob(1000000000)));"),
        ("index-load", "CREATE INDEX i ON contacts(load_extension('x'));"),
        ("index-where", "CREATE INDEX i ON contacts(name) WHERE load_extension('x');"),
        ("index-unique", "CREATE UNIQUE INDEX i ON contacts(1 + 1 + name);"),
        ("virtual-csv", "CREATE VIRTUAL TABLE v USING csv(filename='/etc/passwd');"),
        ("virtual-fts", "CREATE VIRTUAL TABLE v USING fts5(a, content='contacts');"),
        ("virtual-zip", "CREATE VIRTUAL TABLE v USING zipfile('crm-backup-forged');"),
        ("virtual-stat", "CREATE VIRTUAL TABLE v USING dbstat(main);"),
        (
            "foreign-key",
            "CREATE TABLE x(a REFERENCES contacts ON DELETE CASCADE ON UPDATE CASCADE);",
        ),
    ];
    for (name, statement) in objects {
        list.good(&format!("definition-{name}"), statement_of(statement), move |draft| {
            define(draft, statement);
        });
    }
    let tables: [(&str, &str); 12] = [
        (
            "generated-load",
            "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name, value AS (load_extension('x')), note);",
        ),
        (
            "generated-stored",
            "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name, value, note AS (randomblob(900000000)) STORED);",
        ),
        (
            "generated-bomb",
            "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name, value, note AS (hex(zeroblob(900000000))));",
        ),
        (
            "generated-other",
            "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name, value, note AS (name || 'x'));",
        ),
        (
            "default-load",
            "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name DEFAULT (load_extension('x')), value, note);",
        ),
        (
            "check-load",
            "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name CHECK (load_extension('x')), value, note);",
        ),
        (
            "check-false",
            "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name CHECK (0), value, note NOT NULL);",
        ),
        (
            "unknown-function",
            "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name CHECK (evil(name)), value, note);",
        ),
        (
            "affinity",
            "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name INTEGER, value TEXT, note REAL);",
        ),
        (
            "strict",
            "CREATE TABLE contacts(id INTEGER PRIMARY KEY, name INTEGER, value TEXT, note REAL) STRICT;",
        ),
        (
            "without-rowid",
            "CREATE TABLE contacts(id, name, value, note, PRIMARY KEY(value, id)) WITHOUT ROWID;",
        ),
        ("other-columns", "CREATE TABLE contacts(a, b, c, d);"),
    ];
    for (name, statement) in tables {
        list.good(&format!("defined-{name}"), statement_of(statement), move |draft| {
            defined(draft, statement);
        });
    }
    huge(list);
    rowids(list);
    details(list);
}

fn statement_of(statement: &str) -> &str {
    statement.split('\n').next().unwrap_or(statement)
}

fn huge(list: &mut List) {
    list.good("definitions-many", "six thousand statements", |draft| {
        let statements: String = (0..6_000).map(|n| format!("CREATE TABLE x{n}(a);\n")).collect();
        define(draft, &statements);
    });
    list.good("definitions-long", "a statement of eight megabytes", |draft| {
        define(draft, &format!("CREATE VIEW v AS SELECT '{}';", "x".repeat(8 << 20)));
    });
    list.good("definitions-too-long", "definitions of 65 megabytes", |draft| {
        define(draft, &" ".repeat(65 << 20));
    });
    list.good("definitions-deep", "parentheses 10,000 deep", |draft| {
        let (open, close) = ("(".repeat(10_000), ")".repeat(10_000));
        define(draft, &format!("CREATE VIEW v AS SELECT {open}1{close};"));
    });
    list.good("definitions-wide", "a table of 30,000 columns", |draft| {
        let columns: Vec<String> = (0..30_000).map(|n| format!("c{n}")).collect();
        define(draft, &format!("CREATE TABLE wide({});", columns.join(",")));
    });
    list.good("definitions-not-utf-8", "definitions that are not UTF-8", |draft| {
        draft.files[2].bytes.extend_from_slice(b"CREATE VIEW \xff AS SELECT 1;");
    });
    list.good("definitions-nul", "a NUL among the definitions", |draft| {
        define(draft, "CREATE VIEW v AS SELECT 1;\0ATTACH 'crm-backup-forged' AS o;");
    });
    list.good("definitions-open", "a text that is never closed", |draft| {
        define(draft, "CREATE VIEW v AS SELECT 'open; ATTACH 'crm-backup-forged' AS o; --");
    });
    list.good("definitions-none", "definitions of nothing", |draft| defined(draft, ""));
}

fn rowids(list: &mut List) {
    for (name, text) in [
        ("huge", "first,last\n1,9223372036854775807\n"),
        ("beyond", "first,last\n1,9223372036854775808\n"),
        ("backwards", "first,last\n3,1\n"),
        ("descending", "first,last\n7,7\n5,6\n"),
        ("twice", "first,last\n1,2\n2,3\n"),
        ("fewer", "first,last\n1,2\n"),
        ("more", "first,last\n1,4\n"),
        ("words", "first,last\none,three\n"),
        ("header", "from,to\n1,3\n"),
        ("empty", ""),
        ("cut", "first,last\n1,"),
        ("line", "first,last\n1111111111111111111111111111111111111111111111111111111111111"),
        ("good", "first,last\n5,6\n9,9\n"),
    ] {
        list.good(&format!("rowids-{name}"), "rowids of a table", move |draft| {
            defined(draft, "CREATE TABLE contacts(id, name, value, note);");
            draft.files.push(FileDraft {
                path: "crm.sqlite.rowids/contacts.csv".into(),
                member: "data/schema/crm.sqlite.rowids/contacts.csv".into(),
                bytes: text.into(),
                role: "schema",
            });
        });
    }
}

fn details(list: &mut List) {
    for (name, key, value) in [
        ("encoding-unknown", "encoding", serde_json::json!("EBCDIC")),
        ("encoding-utf-16", "encoding", serde_json::json!("UTF-16le")),
        ("encoding-sql", "encoding", serde_json::json!("UTF-8'; ATTACH 'x' AS y; --")),
        ("encoding-number", "encoding", serde_json::json!(8)),
        ("version-beyond", "user_version", serde_json::json!(i64::MAX)),
        ("version-text", "user_version", serde_json::json!("1; DROP TABLE contacts")),
        ("application", "application_id", serde_json::json!(-1)),
        ("rowids-text", "rowids", serde_json::json!("true")),
    ] {
        list.good(&format!("detail-{name}"), "a detail of a database", move |draft| {
            draft.manifest(move |manifest| {
                manifest["backup"]["sources"][1]["details"][key] = value;
            });
        });
    }
}
