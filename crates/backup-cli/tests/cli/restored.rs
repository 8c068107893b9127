//! What a restored database may do to whoever opens it next.

use rusqlite::Connection;
use serde_json::Value;

use crate::bench::Bench;

/// Exports a database with these definitions, restores it, and gives the remarks on what runs.
fn remarks(bench: &Bench, definitions: &str, more: &[&str]) -> Vec<Value> {
    let name = bench.path("crm.sqlite");
    let database = Connection::open(&name).expect("it is made");
    database.execute_batch(definitions).expect("it is defined");
    drop(database);
    bench.export("a.age", &["crm.sqlite", "--force"]).exits(0);
    std::fs::remove_file(name).expect("it is removed");
    let restore = ["restore", "a.age", "-i", "key.txt", "-o", "back.sqlite", "--json"];
    let document = bench.run(&[&restore[..], more].concat()).exits(0).json();
    let text = bench.run(&["restore", "a.age", "-i", "key.txt", "-o", "again.sqlite"]).exits(0);
    std::fs::remove_file(bench.path("back.sqlite")).expect("it was restored");
    std::fs::remove_file(bench.path("again.sqlite")).expect("it was restored");
    let findings = document["findings"].as_array().expect("a list of findings").clone();
    let of_running = |finding: &Value| {
        let message = finding["message"].as_str().expect("a sentence");
        message.contains("trusted_schema")
    };
    let findings: Vec<_> = findings.into_iter().filter(of_running).collect();
    if more.is_empty() {
        let said = text.stdout.contains("trusted_schema=OFF");
        assert_eq!(said, !findings.is_empty(), "{}", text.stdout);
    }
    findings
}

const TABLE: &str = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT CHECK(length(name) < 9)); \
                     INSERT INTO t VALUES(1, 'one'); CREATE INDEX i ON t(lower(name));";

#[test]
fn restoring_a_database_with_triggers_and_views_prints_a_note() {
    let bench = Bench::new();
    let runs = "CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT id FROM t; \
                CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t; END;";
    let found = remarks(&bench, &format!("{TABLE}{runs}"), &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["severity"], "remark");
    let message = found[0]["message"].as_str().expect("a sentence");
    assert!(message.contains("this database has 1 trigger, 2 views"), "{message}");
    let chinese = ["restore", "a.age", "-i", "key.txt", "-o", "zh.sqlite", "--lang", "zh"];
    let chinese = bench.run(&chinese).exits(0).stdout;
    assert!(chinese.contains("1 个触发器、2 个视图"), "{chinese}");
    let alone = remarks(&bench, &format!("{TABLE}{runs}"), &["--table", "t"]);
    assert!(alone.is_empty(), "with --table no trigger comes along: {alone:?}");
}

#[test]
fn restoring_a_database_without_triggers_and_views_prints_no_note() {
    let found = remarks(&Bench::new(), TABLE, &[]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn restoring_a_database_with_a_virtual_table_prints_a_note() {
    let found = remarks(&Bench::new(), "CREATE VIRTUAL TABLE f USING fts5(x)", &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    let message = found[0]["message"].as_str().expect("a sentence");
    assert!(message.contains("this database has 1 virtual table,"), "{message}");
}
