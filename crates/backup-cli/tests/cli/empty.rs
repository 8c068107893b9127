//! Exports and archives without records: they are proven, and the report says that they are empty.

use rusqlite::Connection;
use rust_xlsxwriter::Workbook;
use serde_json::Value;

use crate::workspace::Workspace;

/// The line that begins with the verdict.
fn verdict_line(text: &str) -> &str {
    let lines = || text.lines().filter(|line| line.starts_with("proven"));
    assert_eq!(lines().count(), 1, "there is one verdict:\n{text}");
    lines().next().unwrap_or_default()
}

/// The table or file that each note names.
fn named_in_notes(document: &Value) -> Vec<String> {
    let findings = document["findings"].as_array().expect("a list of findings");
    let name = |finding: &Value| {
        assert_eq!(finding["severity"], "remark", "{finding}");
        assert_eq!(finding["code"], "source", "{finding}");
        let name = finding["table"].as_str().or(finding["path"].as_str());
        name.unwrap_or_else(|| panic!("it names nothing: {finding}")).to_owned()
    };
    let is_note = |finding: &&Value| finding["code"] != "no-records";
    findings.iter().filter(is_note).map(name).collect()
}

/// Exports `src` and checks everything that is printed about it.
fn assert_reported(workspace: &Workspace, line: &str, named: &[&str]) {
    let export = ["export", "src", "-o", "a.age", "-r", &workspace.public, "--force"];
    let archive = ["a.age", "-i", "key.txt"];
    let verify = [&["verify"], &archive[..]].concat();
    let test = [&["restore-test"], &archive[..]].concat();
    for command in [&export[..], &verify, &test] {
        let text = workspace.run(command).expect_exit(0);
        assert_eq!(verdict_line(&text.stdout), line, "{command:?}:\n{}", text.stdout);
        for name in named {
            assert!(text.stdout.contains(name), "{command:?} does not name {name}");
        }
        let document = workspace.run(&[command, &["--json"]].concat()).expect_exit(0).json();
        assert_eq!(document["verdict"], "proven", "{command:?}");
        assert_eq!(named_in_notes(&document), named, "{command:?}");
        let quiet = workspace.run(&[command, &["-q"]].concat()).expect_exit(0);
        assert_eq!(quiet.stdout, format!("{line}\n"), "{command:?}: scripts read this");
        let warned = quiet.stderr.contains("no records");
        assert_eq!(warned, !named.is_empty(), "{command:?} -q: {}", quiet.stderr);
        let page = workspace.run(&[command, &["--report", "page.html"]].concat());
        page.expect_exit(0);
        let page = String::from_utf8(workspace.read("page.html")).expect("it is text");
        assert!(page.contains(line), "{command:?}: “{line}” is not in the report");
        let chinese = workspace.run(&[command, &["--lang", "zh"]].concat()).expect_exit(0);
        let is_reported = chinese.stdout.contains("已证实（proven），没有任何记录");
        assert!(is_reported, "{command:?}:\n{}", chinese.stdout);
    }
    let inspected =
        workspace.run(&["inspect", "a.age", "-i", "key.txt", "--json"]).expect_exit(0).json();
    assert_eq!(named_in_notes(&inspected), named, "inspect");
    let dry = workspace.run(&["export", "src", "--dry-run", "--json"]).expect_exit(0).json();
    assert_eq!(named_in_notes(&dry), named, "a dry run");
}

#[test]
fn an_archive_of_header_lines_is_proven_and_reported_as_holding_no_records() {
    let workspace = Workspace::new();
    workspace.write("src/accounts.csv", "id,name\n");
    workspace.write("src/contacts.csv", "id,name");
    assert_reported(&workspace, "proven, no records", &["accounts", "contacts"]);
}

#[test]
fn an_archive_of_an_empty_file_is_reported_as_holding_no_records() {
    let workspace = Workspace::new();
    workspace.write("src/accounts.csv", "");
    assert_reported(&workspace, "proven, no records, 1 file", &["accounts.csv"]);
}

#[test]
fn an_archive_without_tables_is_reported_as_such() {
    let workspace = Workspace::new();
    for number in 1..=5 {
        workspace.write(&format!("src/{number}.pdf"), "%PDF");
    }
    assert_reported(&workspace, "proven, no records, 5 files", &[]);
}

#[test]
fn empty_sheets_of_a_workbook_are_named() {
    let workspace = Workspace::new();
    let mut workbook = Workbook::new();
    for name in ["Accounts", "Contacts"] {
        workbook.add_worksheet().set_name(name).expect("it is named");
    }
    workspace.write("src/crm.xlsx", workbook.save_to_buffer().expect("it is made"));
    assert_reported(&workspace, "proven, no records, 1 file", &["Accounts", "Contacts"]);
}

#[test]
fn empty_tables_of_a_database_are_named() {
    let workspace = Workspace::new();
    workspace.write("src/note.txt", "");
    let database = Connection::open(workspace.path("src/crm.sqlite")).expect("it is made");
    database.execute_batch("CREATE TABLE deals(id); CREATE TABLE leads(id)").expect("it is made");
    drop(database);
    // The database, its definitions and the note.
    assert_reported(&workspace, "proven, no records, 3 files", &["deals", "leads"]);
}

#[test]
fn an_empty_table_among_others_is_named_and_the_verdict_stays_the_same() {
    let workspace = Workspace::new();
    workspace.write("src/accounts.csv", "id\n1\n");
    workspace.write("src/contacts.csv", "id\n");
    let exported = workspace.export("a.age", &["src"]).expect_exit(0);
    assert_eq!(verdict_line(&exported.stdout), "proven");
    let verify = ["verify", "a.age", "-i", "key.txt"];
    let text = workspace.run(&verify).expect_exit(0).stdout;
    assert_eq!(verdict_line(&text), "proven");
    assert!(text.contains("table contacts contains no records"), "{text}");
    let quiet = workspace.run(&[&verify[..], &["-q"]].concat()).expect_exit(0);
    assert_eq!((&*quiet.stdout, &*quiet.stderr), ("proven\n", ""), "there are records");
    let restore = ["restore", "a.age", "-i", "key.txt", "--json"];
    for (output, table, named) in [
        ("one", "contacts", &["contacts"][..]),
        ("other", "accounts", &[]),
        ("one.sqlite", "contacts", &["contacts"]),
    ] {
        let args = [&restore[..], &["-o", output, "--table", table]].concat();
        let document = workspace.run(&args).expect_exit(0).json();
        assert_eq!(named_in_notes(&document), named, "--table {table} -o {output}");
    }
}

#[test]
fn of_several_archives_those_without_records_are_named() {
    let workspace = Workspace::with_archive();
    workspace.write("src/accounts.csv", "id\n");
    workspace.export("none.age", &["src"]).expect_exit(0);
    let verify = ["verify", "crm.tar.zst.age", "none.age", "-i", "key.txt"];
    let text = workspace.run(&verify).expect_exit(0).stdout;
    assert!(text.ends_with("\nproven\n2 archives: 2 proven\n"), "the verdict comes last:\n{text}");
    let line = |name: &str| text.lines().rfind(|line| line.starts_with(name)).unwrap_or_default();
    assert!(line("  none.age ").contains(" proven, no records "), "{text}");
    let other = line("  crm.tar.zst.age ");
    assert!(other.contains(" proven ") && !other.contains("no records"), "{text}");
    let quiet = workspace.run(&[&verify[..], &["-q"]].concat()).expect_exit(0);
    assert_eq!(quiet.stdout, "proven      crm.tar.zst.age\nproven, no records  none.age\n");
    assert_eq!(quiet.stderr, "warning: none.age: no records\n");
}

#[test]
fn a_schema_or_totals_file_without_checks_is_refused() {
    let workspace = Workspace::with_archive();
    let test = ["restore-test", "crm.tar.zst.age", "-i", "key.txt", "--json"];
    let nothing = [
        r#"{"resources": []}"#,
        r#"{"resources": [{"name": "accounts"}]}"#,
        r#"{"resources": [{"name": "accounts", "schema": {"fields": []}}]}"#,
    ];
    for schema in nothing {
        workspace.write("schema.json", schema);
        let result =
            workspace.run(&[&test[..], &["--schema", "schema.json"]].concat()).expect_exit(1);
        let document = result.fails_with("the schema contains nothing to check").json();
        assert!(document["verdict"].is_null(), "{schema}");
    }
    workspace.write(
        "schema.json",
        r#"{"resources": [{"name": "accounts", "schema": {"primaryKey": "id"}}]}"#,
    );
    workspace.run(&[&test[..], &["--schema", "schema.json"]].concat()).expect_exit(0);
    workspace.write("totals.csv", "table,rows\n");
    let result = workspace.run(&[&test[..], &["--expect", "totals.csv"]].concat()).expect_exit(1);
    result.fails_with("the list contains no expected total");
    std::fs::create_dir(workspace.path("nothing")).expect("it is made");
    let result = workspace.run(&[&test[..], &["--against", "nothing"]].concat()).expect_exit(1);
    result.fails_with("nothing to back up");
}
