//! A full cycle without faults: export, verify, restore-test, restore.

use crate::workspace::{Workspace, files_below, fixture};

const KEY: [&str; 2] = ["-i", "key.txt"];

#[test]
fn a_crm_is_exported_verified_and_restored() {
    let workspace = Workspace::new();
    let source = fixture("csv-utf8");
    let sources =
        [source.as_str(), &fixture("workbook"), &fixture("sqlite"), &fixture("attachments")];
    let exported =
        workspace.export("crm.tar.zst.age", &[&sources[..], &["--json"]].concat()).expect_exit(0);
    let exported = exported.json();
    assert_eq!(exported["verdict"], "proven", "the export is not proven");
    assert_eq!(exported["command"], "export");
    let beside = ["crm.README.txt", "crm.tar.zst.age", "crm.tar.zst.age.sha256", "key.txt"];
    assert_eq!(workspace.names(), beside, "what an export writes");
    assert_eq!(exported["written"].as_array().map(Vec::len), Some(3), "the files that it reports");

    for command in ["verify", "restore-test"] {
        let args = [&[command, "crm.tar.zst.age", "--json"][..], &KEY].concat();
        let report = workspace.run(&args).expect_exit(0).json();
        assert_eq!(report["verdict"], "proven", "{command} is not proven");
        for field in ["content_id", "tables", "files", "ledger"] {
            assert_eq!(report[field], exported[field], "{command} reports a different {field}");
        }
    }
    let inspected =
        workspace.run(&["inspect", "crm.tar.zst.age", "--json", "-i", "key.txt"]).expect_exit(0);
    let inspected = inspected.json();
    assert!(inspected["verdict"].is_null(), "inspect checks too little for a verdict");
    let accounts = &inspected["tables"][0];
    assert_eq!(accounts["name"], "accounts");
    assert!(accounts["rows"].as_u64() > Some(0), "the record count is missing: {accounts}");
    assert_eq!(accounts["digest"].as_str().map(str::len), Some(64), "the digest: {accounts}");
    assert!(workspace.names().len() == beside.len(), "a file was left behind");
}

#[test]
fn restore_writes_tables_originals_and_a_database() {
    let workspace = Workspace::with_archive();
    let restore = |args: &[&str]| {
        workspace.run(&[&["restore", "crm.tar.zst.age", "-i", "key.txt"], args].concat())
    };
    restore(&["-o", "originals", "--originals"]).expect_exit(0);
    let source = fixture("csv-utf8");
    let (was, is) = (files_below(source.as_ref()), files_below(&workspace.path("originals")));
    assert!(was == is, "the source files differ");

    restore(&["-o", "tables"]).expect_exit(0);
    assert_eq!(files_below(&workspace.path("tables/tables")).len(), 4, "the number of tables");
    restore(&["-o", "one", "--table", "contacts"]).expect_exit(0);
    let one: Vec<_> =
        files_below(&workspace.path("one")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(one, ["tables/contacts.csv"], "--table restores only that table");

    restore(&["-o", "crm.SQLite"]).expect_exit(0);
    assert!(workspace.read("crm.SQLite").starts_with(b"SQLite format 3\0"), "it is not a database");
    let left: Vec<_> = workspace.names().into_iter().filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "drafts are left: {left:?}");
}

#[test]
fn restore_refuses_to_replace_files() {
    let workspace = Workspace::with_archive();
    workspace.write("full/mine.txt", "mine");
    workspace.write("mine.sqlite", "mine");
    for (output, kept) in [("full", "full/mine.txt"), ("mine.sqlite", "mine.sqlite")] {
        let args = ["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", output];
        let result = workspace.run(&args).expect_exit(1).fails_with("exists already");
        assert!(!result.stderr.contains("--force"), "restore has no --force:\n{}", result.stderr);
        assert_eq!(workspace.read(kept), b"mine", "{kept} was changed");
    }
    let args = ["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", "new", "--table", "nope"];
    workspace.run(&args).expect_exit(1).fails_with("nope");
    assert!(!workspace.path("new").exists(), "a folder is left without its table");
}

#[test]
fn a_dry_run_writes_nothing_and_needs_no_key() {
    let workspace = Workspace::new();
    workspace.write("src/broken.xlsx", "this is no workbook");
    workspace.write("src/a.csv", "id,name\n1,one\n");
    let result = workspace.run(&["export", "src", "--dry-run", "--json"]).expect_exit(4);
    let document = result.json();
    assert_eq!(document["verdict"], "unverified", "a broken workbook makes the result unverified");
    assert_eq!(document["dry_run"], true);
    assert_eq!(document["tables"][0]["rows"], 1, "the table is listed with its record count");
    assert!(result.stderr.contains("broken.xlsx"), "the problem is not named:\n{}", result.stderr);
    workspace.run(&["export", "src/a.csv", "--dry-run", "-o", "a.age"]).expect_exit(0);
    assert_eq!(workspace.names(), ["key.txt", "src"], "a dry run wrote something");
    let expected =
        workspace.run(&["export", "src/a.csv", "--dry-run", "--json"]).expect_exit(0).json();
    let real = workspace.export("a.age", &["src/a.csv", "--json"]).expect_exit(0).json();
    assert_eq!(
        expected["content_id"], real["content_id"],
        "a dry run reports a different content id"
    );
}

#[test]
fn a_csv_is_read_from_standard_input() {
    let workspace = Workspace::new();
    let csv = "id,name\n1,\"Müller, A.\"\n2,张伟\n";
    let args =
        ["export", "-", "-o", "a.age", "-r", &workspace.public, "--stdin-name", "people.csv"];
    workspace.run_with(&args, &[], csv.as_bytes()).expect_exit(0);
    let report =
        workspace.run(&["restore-test", "a.age", "-i", "key.txt", "--json"]).expect_exit(0).json();
    assert_eq!(report["tables"][0]["name"], "people", "the table's name");
    assert_eq!(report["tables"][0]["rows"], 2, "the table's records");
    let args = ["export", "-", "-o", "b.age", "-R", "-"];
    let twice = workspace.run_with(&args, &[], workspace.public.as_bytes());
    twice.expect_exit(2).fails_with("standard input");
    assert!(!workspace.path("b.age").exists(), "something was written");
}

#[test]
fn an_unreadable_workbook_is_archived_as_a_file() {
    let workspace = Workspace::new();
    workspace.write("src/broken.xlsx", "this is no workbook");
    workspace.write("src/a.csv", "id,name\n1,one\n");
    let result = workspace
        .export("crm.tar.zst.age", &["src", "--json"])
        .expect_exit(4)
        .fails_with("broken.xlsx");
    let document = result.json();
    assert_eq!(document["verdict"], "unverified");
    assert_eq!(document["files"][0]["path"], "broken.xlsx", "it is not archived");
    assert_eq!(document["files"][0]["role"], "unread");
    let args = ["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", "back", "--originals"];
    workspace.run(&args).expect_exit(0);
    assert_eq!(
        workspace.read("back/broken.xlsx"),
        b"this is no workbook",
        "it was restored with changes"
    );
    workspace.run(&["restore-test", "crm.tar.zst.age", "-i", "key.txt"]).expect_exit(4);

    let options = ["src", "--json", "--as-file", "*.xlsx"];
    let document = workspace.export("asked.tar.zst.age", &options).expect_exit(0).json();
    assert_eq!(document["verdict"], "proven", "--as-file gives no warning");
}

#[test]
fn an_export_without_reading_back_is_never_proven() {
    let workspace = Workspace::new();
    let source = fixture("attachments");
    let result = workspace.export("a.age", &[&source, "--no-read-back", "--json"]).expect_exit(0);
    assert_eq!(result.json()["verdict"], "unverified", "it was not read back");
    assert_eq!(result.stderr, "", "a requested omission gives no warning");
}

#[test]
fn encrypted_bytes_are_checked_without_a_key() {
    let workspace = Workspace::with_archive();
    let args = ["verify", "--sealed", "crm.tar.zst.age", "--json"];
    assert_eq!(workspace.run(&args).expect_exit(0).json()["verdict"], "intact");
    let mut bytes = workspace.read("crm.tar.zst.age");
    *bytes.last_mut().expect("it is not empty") ^= 1;
    workspace.write("crm.tar.zst.age", bytes);
    let result = workspace.run(&args).expect_exit(3).fails_with("crm.tar.zst.age");
    let document = result.json();
    assert_eq!(document["verdict"], "failed");
    assert_eq!(document["findings"][0]["code"], "sealed-digest");
    std::fs::remove_file(workspace.path("crm.tar.zst.age.sha256")).expect("it is there");
    assert_eq!(workspace.run(&args).expect_exit(4).json()["verdict"], "unverified");
}

#[test]
fn an_unexpected_content_id_is_refused() {
    let workspace = Workspace::with_archive();
    let args = ["verify", "crm.tar.zst.age", "-i", "key.txt", "--json", "--expect-id"];
    let id =
        workspace.run(&args[..5]).expect_exit(0).json()["content_id"].as_str().map(str::to_owned);
    let id = id.expect("a report has a content id");
    workspace.run(&[&args[..], &[&id]].concat()).expect_exit(0);
    let result = workspace.run(&[&args[..], &["0".repeat(64).as_str()]].concat()).expect_exit(3);
    assert_eq!(result.json()["findings"][0]["code"], "content-id");
    workspace.run(&[&args[..], &["abc"]].concat()).expect_exit(2).json();
}

#[test]
fn an_archive_is_compared_with_the_current_source() {
    let workspace = Workspace::new();
    workspace.write("src/a.csv", "id\n1\n");
    workspace.export("a.age", &["src"]).expect_exit(0);
    let args = ["restore-test", "a.age", "-i", "key.txt", "--json", "--against", "src"];
    assert_eq!(workspace.run(&args).expect_exit(0).json()["findings"], serde_json::json!([]));
    workspace.write("src/a.csv", "id\n1\n2\n");
    let moved = workspace.run(&args).expect_exit(0).json();
    assert_eq!(moved["verdict"], "proven", "changes in the CRM are not a fault of the backup");
    assert_eq!(moved["findings"][0]["code"], "against", "the change is not reported");
    std::fs::remove_dir_all(workspace.path("src")).expect("it is there");
    workspace.run(&args).expect_exit(1).fails_with("src").json();
}

#[test]
fn an_archive_with_an_unexpected_id_is_not_called_damaged() {
    let workspace = Workspace::with_archive();
    let other = "0".repeat(64);
    let args = ["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", "back", "--expect-id", &other];
    let result = workspace.run(&args).expect_exit(3);
    let expected_line = "The archive does not have the expected content id. Nothing was restored.";
    assert!(result.stdout.ends_with(&format!("{expected_line}\n")), "{}", result.stdout);
    assert!(!workspace.path("back").exists(), "something was restored");
}

#[test]
fn files_restored_byte_for_byte_are_counted() {
    let workspace = Workspace::new();
    workspace.export("a.age", &[&fixture("csv-utf8"), &fixture("workbook")]).expect_exit(0);
    let args = ["restore", "a.age", "-i", "key.txt", "-o", "back", "--originals"];
    let result = workspace.run(&args).expect_exit(0);
    let written = files_below(&workspace.path("back")).len();
    let expected_line = format!("\nRestored and checked: {written} source files.\n");
    assert!(
        result.stdout.contains(&expected_line),
        "{written} files were written:\n{}",
        result.stdout
    );
}

#[test]
fn a_secret_key_in_an_export_is_always_reported() {
    let workspace = Workspace::new();
    workspace.write("src/a.csv", "id\n1\n");
    // A text with a key in it is exported; the file of a key is not.
    let note = [b"my key is\n", &workspace.read("key.txt")[..]].concat();
    workspace.write("src/key.txt", note);
    let dry = ["export", "src", "--dry-run"];
    let quiet = workspace.run(&[&dry[..], &["-q"]].concat()).expect_exit(0);
    assert!(quiet.stderr.starts_with("warning: "), "there is no warning: {}", quiet.stderr);
    assert!(quiet.stderr.contains("key.txt contains a secret key"), "{}", quiet.stderr);
    let export = ["export", "src", "-o", "a.age", "-r", &workspace.public, "-q", "--lang", "zh"];
    let export_result = workspace.run(&export).expect_exit(0);
    assert_eq!(export_result.stdout, "proven\n", "more than the verdict is printed");
    for text in [
        export_result.stderr,
        workspace.run(&[&dry[..], &["--lang", "zh"]].concat()).expect_exit(0).stdout,
        workspace.run(&["inspect", "a.age", "-i", "key.txt", "--lang", "zh"]).expect_exit(0).stdout,
    ] {
        assert!(text.contains("文件中有私钥：能打开归档的人都会得到它"), "{text}");
    }
}
