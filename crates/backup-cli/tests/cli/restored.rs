//! What a restored database may run when it is opened.

use rusqlite::Connection;
use serde_json::Value;

use crate::workspace::Workspace;

/// Exports a database with these definitions, restores it, and returns the notes on what runs.
fn notes(workspace: &Workspace, definitions: &str, more: &[&str]) -> Vec<Value> {
    let name = workspace.path("crm.sqlite");
    let database = Connection::open(&name).expect("it is made");
    database.execute_batch(definitions).expect("it is defined");
    drop(database);
    workspace.export("a.age", &["crm.sqlite", "--force"]).expect_exit(0);
    std::fs::remove_file(name).expect("it is removed");
    let restore = ["restore", "a.age", "-i", "key.txt", "-o", "back.sqlite", "--json"];
    let document = workspace.run(&[&restore[..], more].concat()).expect_exit(0).json();
    let text =
        workspace.run(&["restore", "a.age", "-i", "key.txt", "-o", "again.sqlite"]).expect_exit(0);
    std::fs::remove_file(workspace.path("back.sqlite")).expect("it was restored");
    std::fs::remove_file(workspace.path("again.sqlite")).expect("it was restored");
    let findings = document["findings"].as_array().expect("a list of findings").clone();
    let of_running = |finding: &Value| {
        let message = finding["message"].as_str().expect("a sentence");
        message.contains("trusted_schema")
    };
    let findings: Vec<_> = findings.into_iter().filter(of_running).collect();
    if more.is_empty() {
        let has_note = text.stdout.contains("trusted_schema=OFF");
        assert_eq!(has_note, !findings.is_empty(), "{}", text.stdout);
    }
    findings
}

const TABLE: &str = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT CHECK(length(name) < 9)); \
                     INSERT INTO t VALUES(1, 'one'); CREATE INDEX i ON t(lower(name));";

#[test]
fn restoring_a_database_with_triggers_and_views_prints_a_note() {
    let workspace = Workspace::new();
    let runs = "CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT id FROM t; \
                CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t; END;";
    let found = notes(&workspace, &format!("{TABLE}{runs}"), &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["severity"], "remark");
    let message = found[0]["message"].as_str().expect("a sentence");
    assert!(message.contains("this database contains 1 trigger, 2 views"), "{message}");
    let chinese = ["restore", "a.age", "-i", "key.txt", "-o", "zh.sqlite", "--lang", "zh"];
    let chinese = workspace.run(&chinese).expect_exit(0).stdout;
    assert!(chinese.contains("1 个触发器、2 个视图"), "{chinese}");
    let alone = notes(&workspace, &format!("{TABLE}{runs}"), &["--table", "t"]);
    assert!(alone.is_empty(), "with --table no trigger is restored: {alone:?}");
}

#[test]
fn restoring_a_database_without_triggers_and_views_prints_no_note() {
    let found = notes(&Workspace::new(), TABLE, &[]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn restoring_a_database_with_a_virtual_table_prints_a_note() {
    let found = notes(&Workspace::new(), "CREATE VIRTUAL TABLE f USING fts5(x)", &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    let message = found[0]["message"].as_str().expect("a sentence");
    assert!(message.contains("this database contains 1 virtual table,"), "{message}");
}
