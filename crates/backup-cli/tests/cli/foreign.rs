//! Names from elsewhere on the command line: `--zip-names`, `--map`, sheets that are called
//! `Sheet1`, and names that a restore shortens.

use crm_backup_tests::zipped::{ZipMember, zip};

use rust_xlsxwriter::Workbook;

use crate::workspace::Workspace;

#[test]
fn zip_names_sets_the_encoding_of_all_undeclared_names_of_a_zip_file() {
    let workspace = Workspace::new();
    // “客户” in GBK is also valid in code page 437 and in Latin-1.
    let member = ZipMember::stored("", b"id\n1\n").named(b"\xbf\xcd\xbb\xa7.csv");
    let declared = ZipMember::stored("Café.csv", b"id\n1\n");
    workspace.write("crm.zip", zip(&[member, declared]));
    let table = |more: &[&str]| {
        let dry = ["export", "crm.zip", "--dry-run", "--json"];
        let document = workspace.run(&[&dry[..], more].concat()).expect_exit(0).json();
        assert_eq!(document["tables"][1]["name"], "Café", "a declared name");
        document["tables"][0]["name"].as_str().expect("a name").to_owned()
    };
    assert_eq!(table(&[]), "客户", "it is detected");
    for (encoding, name) in [
        ("gbk", "客户"),
        ("CP936", "客户"),
        ("cp437", "┐═╗º"),
        ("latin1", "¿Í»§"),
        ("big5", "諦誧"),
    ] {
        assert_eq!(table(&["--zip-names", encoding]), name, "{encoding}");
    }
    for wrong in ["klingon", "", "utf-16", "iso-2022-jp"] {
        let args = ["export", "crm.zip", "--dry-run", "--zip-names", wrong];
        workspace.run(&args).expect_exit(2).fails_with("try gbk, big5");
    }
}

#[test]
fn map_compares_a_table_with_one_that_has_another_name_now() {
    let workspace = Workspace::new();
    workspace.write("then/customers.csv", "id,name\n1,Ann\n");
    workspace.write("now/accounts.csv", "id,name\n1,Ann\n2,Bo\n");
    workspace.export("a.age", &["then"]).expect_exit(0);
    let test = ["restore-test", "a.age", "-i", "key.txt", "--against", "now"];
    let run = |more: &[&str]| workspace.run(&[&test[..], more].concat());
    let apart = run(&[]).expect_exit(0);
    assert!(apart.stdout.contains("customers  no longer in the source"), "{}", apart.stdout);
    let mapped = run(&["--map", "customers=accounts.csv"]).expect_exit(0);
    assert!(mapped.stdout.contains("customers  1 record added"), "{}", mapped.stdout);
    run(&["--map", "orders=accounts"]).expect_exit(4).fails_with("there is no table orders");
    let unknown = run(&["--map", "customers=leads"]).expect_exit(4);
    unknown.fails_with("no table has this name; the tables there are accounts");
    run(&["--map", "customers"]).expect_exit(2).fails_with("write TABLE=NAME");
    run(&["--map", "=accounts"]).expect_exit(2).fails_with("write TABLE=NAME");
}

/// A sheet that a spreadsheet program has named has the name of its file, and both stand for it.
#[test]
fn the_name_of_a_first_sheet_stands_for_the_same_tables_everywhere() {
    let workspace = Workspace::new();
    for name in ["leads.xlsx", "deals.xlsx"] {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().write(0, 0, "id").expect("a label").write(1, 0, 1).expect("an id");
        workbook.save(workspace.path(name)).expect("it is saved");
    }
    workspace.export("a.age", &["leads.xlsx", "deals.xlsx"]).expect_exit(0);
    let schema = |table: &str| {
        format!(r#"{{"resources": [{{"name": "{table}", "schema": {{"primaryKey": "id"}}}}]}}"#)
    };
    let test = ["restore-test", "a.age", "-i", "key.txt"];
    let run = |more: &[&str]| workspace.run(&[&test[..], more].concat());
    let choices = "leads, deals";
    workspace.write("totals.csv", "table,rows\nSheet1,1\n");
    run(&["--expect", "totals.csv"]).expect_exit(4).fails_with(choices);
    workspace.write("schema.json", schema("Sheet1"));
    run(&["--schema", "schema.json"]).expect_exit(4).fails_with(choices);
    run(&["--against", "leads.xlsx", "--map", "Sheet1=leads"]).expect_exit(4).fails_with(choices);
    let restore = ["restore", "a.age", "-i", "key.txt", "-o", "back", "--table"];
    let refused = workspace.run(&[&restore[..], &["Sheet1"]].concat()).expect_exit(1);
    assert!(refused.stderr.contains(choices), "{}", refused.stderr);
    workspace.write("totals.csv", "table,rows\nleads,1\ndeals.xlsx,1\n");
    workspace.write("schema.json", schema("leads.xlsx"));
    run(&["--expect", "totals.csv", "--schema", "schema.json"]).expect_exit(0);
    workspace.run(&[&restore[..], &["Leads"]].concat()).expect_exit(0);
}

/// Other systems count characters.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_a_restore_shortens_is_reported_with_quiet_too() {
    let workspace = Workspace::new();
    // The table needs an ending, for which the name of its file has no room.
    let name = "t".repeat(255);
    workspace.write(&name, "id,name\n1,Ann\n");
    workspace.export("a.age", &[&name]).expect_exit(0);
    let args = ["restore", "a.age", "-i", "key.txt", "-o", "back", "-q"];
    let result = workspace.run(&args).expect_exit(0);
    assert_eq!(result.stdout, "");
    assert!(result.stderr.contains("it is restored under another name"), "{}", result.stderr);
    let restored = crate::workspace::files_below(&workspace.path("back"));
    let [(path, _)] = &restored[..] else { panic!("{restored:?}") };
    assert!(path.len() == "tables/".len() + 255 && path.ends_with("t.csv"), "{path}");
}

#[test]
fn a_changed_name_is_told_with_quiet_too_and_an_empty_log_comes_back() {
    let workspace = Workspace::new();
    workspace.write("src/CON.csv", "id,n\n1,a\n");
    workspace.write("src/c.db-wal", "");
    rusqlite::Connection::open(workspace.path("src/c.db"))
        .and_then(|database| database.execute_batch("CREATE TABLE t (a)"))
        .expect("a database is made");
    workspace.export("a.age", &["src"]).expect_exit(0);
    let restore = ["restore", "a.age", "-i", "key.txt", "-o", "back", "--originals", "-q"];
    let restored = workspace.run(&restore).expect_exit(0);
    let told = "CON.csv: it is restored under another name, _CON.csv";
    assert!(restored.stderr.contains(told), "{}", restored.stderr);
    assert_eq!(workspace.read("back/c.db-wal"), b"");
    assert_eq!(workspace.read("back/c.db"), workspace.read("src/c.db"));
}

#[test]
fn a_damaged_log_of_a_database_is_told() {
    let workspace = Workspace::new();
    rusqlite::Connection::open(workspace.path("c.db"))
        .and_then(|database| database.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)"))
        .expect("a database is made");
    workspace.write("c.db-wal", "no log of a database");
    let export = workspace.export("a.age", &["c.db"]).expect_exit(0);
    assert!(export.stdout.contains("c.db-wal: a frame at the end"), "{}", export.stdout);
}
