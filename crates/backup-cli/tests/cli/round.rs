//! The round as it should go.

use crate::bench::{Bench, files_below, fixture};

const KEY: [&str; 2] = ["-i", "key.txt"];

#[test]
fn a_crm_is_exported_verified_and_restored() {
    let bench = Bench::new();
    let source = fixture("csv-utf8");
    let sources =
        [source.as_str(), &fixture("workbook"), &fixture("sqlite"), &fixture("attachments")];
    let exported = bench.export("crm.tar.zst.age", &[&sources[..], &["--json"]].concat()).exits(0);
    let exported = exported.json();
    assert_eq!(exported["verdict"], "proven", "the export is not proven");
    assert_eq!(exported["command"], "export");
    let beside = ["crm.README.txt", "crm.tar.zst.age", "crm.tar.zst.age.sha256", "key.txt"];
    assert_eq!(bench.names(), beside, "what an export writes");
    assert_eq!(exported["written"].as_array().map(Vec::len), Some(3), "what it says it wrote");

    for command in ["verify", "restore-test"] {
        let args = [&[command, "crm.tar.zst.age", "--json"][..], &KEY].concat();
        let seen = bench.run(&args).exits(0).json();
        assert_eq!(seen["verdict"], "proven", "{command} does not prove");
        for field in ["content_id", "tables", "files", "ledger"] {
            assert_eq!(seen[field], exported[field], "{command} gives another {field}");
        }
    }
    let inspected = bench.run(&["inspect", "crm.tar.zst.age", "--json", "-i", "key.txt"]).exits(0);
    let inspected = inspected.json();
    assert!(inspected["verdict"].is_null(), "inspect looks at too little for a verdict");
    let accounts = &inspected["tables"][0];
    assert_eq!(accounts["name"], "accounts");
    assert!(accounts["rows"].as_u64() > Some(0), "the rows are missing: {accounts}");
    assert_eq!(accounts["digest"].as_str().map(str::len), Some(64), "the digest: {accounts}");
    assert!(bench.names().len() == beside.len(), "looking left something behind");
}

#[test]
fn restore_writes_tables_originals_and_a_database() {
    let bench = Bench::with_archive();
    let restore = |args: &[&str]| {
        bench.run(&[&["restore", "crm.tar.zst.age", "-i", "key.txt"], args].concat())
    };
    restore(&["-o", "originals", "--originals"]).exits(0);
    let source = fixture("csv-utf8");
    let (was, is) = (files_below(source.as_ref()), files_below(&bench.path("originals")));
    assert!(was == is, "the source files did not come back byte for byte");

    restore(&["-o", "tables"]).exits(0);
    assert_eq!(files_below(&bench.path("tables/tables")).len(), 4, "the number of tables");
    restore(&["-o", "one", "--table", "contacts"]).exits(0);
    let one: Vec<_> = files_below(&bench.path("one")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(one, ["tables/contacts.csv"], "--table gives that table alone");

    restore(&["-o", "crm.SQLite"]).exits(0);
    assert!(bench.read("crm.SQLite").starts_with(b"SQLite format 3\0"), "it is no database");
    let left: Vec<_> = bench.names().into_iter().filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "drafts are left: {left:?}");
}

#[test]
fn restore_refuses_to_replace_files() {
    let bench = Bench::with_archive();
    bench.write("full/mine.txt", "mine");
    bench.write("mine.sqlite", "mine");
    for (output, kept) in [("full", "full/mine.txt"), ("mine.sqlite", "mine.sqlite")] {
        let args = ["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", output];
        let ran = bench.run(&args).exits(1).complains("exists already");
        assert!(!ran.stderr.contains("--force"), "restore has no --force:\n{}", ran.stderr);
        assert_eq!(bench.read(kept), b"mine", "{kept} was changed");
    }
    let args = ["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", "new", "--table", "nope"];
    bench.run(&args).exits(1).complains("nope");
    assert!(!bench.path("new").exists(), "a folder is left without its table");
}

#[test]
fn a_dry_run_writes_nothing_and_needs_no_key() {
    let bench = Bench::new();
    bench.write("src/broken.xlsx", "this is no workbook");
    bench.write("src/a.csv", "id,name\n1,one\n");
    let ran = bench.run(&["export", "src", "--dry-run", "--json"]).exits(4);
    let document = ran.json();
    assert_eq!(document["verdict"], "unverified", "a broken workbook is no reason to be sure");
    assert_eq!(document["dry_run"], true);
    assert_eq!(document["tables"][0]["rows"], 1, "the table is listed with its rows");
    assert!(ran.stderr.contains("broken.xlsx"), "the problem is not named:\n{}", ran.stderr);
    bench.run(&["export", "src/a.csv", "--dry-run", "-o", "a.age"]).exits(0);
    assert_eq!(bench.names(), ["key.txt", "src"], "a dry run wrote something");
    let expected = bench.run(&["export", "src/a.csv", "--dry-run", "--json"]).exits(0).json();
    let real = bench.export("a.age", &["src/a.csv", "--json"]).exits(0).json();
    assert_eq!(expected["content_id"], real["content_id"], "a dry run foresees another content");
}

#[test]
fn a_csv_is_read_from_standard_input() {
    let bench = Bench::new();
    let csv = "id,name\n1,\"Müller, A.\"\n2,张伟\n";
    let args = ["export", "-", "-o", "a.age", "-r", &bench.public, "--stdin-name", "people.csv"];
    bench.run_with(&args, &[], csv.as_bytes()).exits(0);
    let seen = bench.run(&["restore-test", "a.age", "-i", "key.txt", "--json"]).exits(0).json();
    assert_eq!(seen["tables"][0]["name"], "people", "the table's name");
    assert_eq!(seen["tables"][0]["rows"], 2, "the table's records");
    let args = ["export", "-", "-o", "b.age", "-R", "-"];
    let twice = bench.run_with(&args, &[], bench.public.as_bytes());
    twice.exits(2).complains("standard input");
    assert!(!bench.path("b.age").exists(), "something was written");
}

#[test]
fn an_unreadable_workbook_is_archived_as_a_file() {
    let bench = Bench::new();
    bench.write("src/broken.xlsx", "this is no workbook");
    bench.write("src/a.csv", "id,name\n1,one\n");
    let ran = bench.export("crm.tar.zst.age", &["src", "--json"]).exits(4).complains("broken.xlsx");
    let document = ran.json();
    assert_eq!(document["verdict"], "unverified");
    assert_eq!(document["files"][0]["path"], "broken.xlsx", "it is not carried");
    assert_eq!(document["files"][0]["role"], "unread");
    let args = ["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", "back", "--originals"];
    bench.run(&args).exits(0);
    assert_eq!(bench.read("back/broken.xlsx"), b"this is no workbook", "it came back different");
    bench.run(&["restore-test", "crm.tar.zst.age", "-i", "key.txt"]).exits(4);

    let asked = ["src", "--json", "--as-file", "*.xlsx"];
    let document = bench.export("asked.tar.zst.age", &asked).exits(0).json();
    assert_eq!(document["verdict"], "proven", "who asks for a file gets one without complaint");
}

#[test]
fn an_export_without_reading_back_is_never_proven() {
    let bench = Bench::new();
    let source = fixture("attachments");
    let ran = bench.export("a.age", &[&source, "--no-read-back", "--json"]).exits(0);
    assert_eq!(ran.json()["verdict"], "unverified", "nobody looked at it");
    assert_eq!(ran.stderr, "", "who asked for it is not warned");
}

#[test]
fn encrypted_bytes_are_checked_without_a_key() {
    let bench = Bench::with_archive();
    let args = ["verify", "--sealed", "crm.tar.zst.age", "--json"];
    assert_eq!(bench.run(&args).exits(0).json()["verdict"], "intact");
    let mut bytes = bench.read("crm.tar.zst.age");
    *bytes.last_mut().expect("it is not empty") ^= 1;
    bench.write("crm.tar.zst.age", bytes);
    let ran = bench.run(&args).exits(3).complains("crm.tar.zst.age");
    let document = ran.json();
    assert_eq!(document["verdict"], "failed");
    assert_eq!(document["findings"][0]["code"], "sealed-digest");
    std::fs::remove_file(bench.path("crm.tar.zst.age.sha256")).expect("it is there");
    assert_eq!(bench.run(&args).exits(4).json()["verdict"], "unverified");
}

#[test]
fn an_unexpected_content_id_is_refused() {
    let bench = Bench::with_archive();
    let args = ["verify", "crm.tar.zst.age", "-i", "key.txt", "--json", "--expect-id"];
    let id = bench.run(&args[..5]).exits(0).json()["content_id"].as_str().map(str::to_owned);
    let id = id.expect("a report has a content id");
    bench.run(&[&args[..], &[&id]].concat()).exits(0);
    let ran = bench.run(&[&args[..], &["0".repeat(64).as_str()]].concat()).exits(3);
    assert_eq!(ran.json()["findings"][0]["code"], "content-id");
    bench.run(&[&args[..], &["abc"]].concat()).exits(2).json();
}

#[test]
fn an_archive_is_compared_with_the_current_source() {
    let bench = Bench::new();
    bench.write("src/a.csv", "id\n1\n");
    bench.export("a.age", &["src"]).exits(0);
    let args = ["restore-test", "a.age", "-i", "key.txt", "--json", "--against", "src"];
    assert_eq!(bench.run(&args).exits(0).json()["findings"], serde_json::json!([]));
    bench.write("src/a.csv", "id\n1\n2\n");
    let moved = bench.run(&args).exits(0).json();
    assert_eq!(moved["verdict"], "proven", "a CRM that moves on is no fault of the backup");
    assert_eq!(moved["findings"][0]["code"], "against", "the change is not said");
    std::fs::remove_dir_all(bench.path("src")).expect("it is there");
    bench.run(&args).exits(1).complains("src").json();
}

#[test]
fn an_archive_with_an_unexpected_id_is_not_called_damaged() {
    let bench = Bench::with_archive();
    let other = "0".repeat(64);
    let args = ["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", "back", "--expect-id", &other];
    let ran = bench.run(&args).exits(3);
    let said = "The archive is not the one that was asked for; nothing was restored.";
    assert!(ran.stdout.ends_with(&format!("{said}\n")), "{}", ran.stdout);
    assert!(!bench.path("back").exists(), "something was restored");
}

#[test]
fn files_restored_byte_for_byte_are_counted() {
    let bench = Bench::new();
    bench.export("a.age", &[&fixture("csv-utf8"), &fixture("workbook")]).exits(0);
    let args = ["restore", "a.age", "-i", "key.txt", "-o", "back", "--originals"];
    let ran = bench.run(&args).exits(0);
    let written = files_below(&bench.path("back")).len();
    let said = format!("\nRestored and checked: {written} source files.\n");
    assert!(ran.stdout.contains(&said), "{written} files were written:\n{}", ran.stdout);
}

#[test]
fn a_secret_key_in_an_export_is_always_reported() {
    let bench = Bench::new();
    bench.write("src/a.csv", "id\n1\n");
    bench.write("src/key.txt", bench.read("key.txt"));
    let dry = ["export", "src", "--dry-run"];
    let quiet = bench.run(&[&dry[..], &["-q"]].concat()).exits(0);
    assert!(quiet.stderr.starts_with("warning: "), "nobody is warned: {}", quiet.stderr);
    assert!(quiet.stderr.contains("key.txt holds a secret key"), "{}", quiet.stderr);
    let export = ["export", "src", "-o", "a.age", "-r", &bench.public, "-q", "--lang", "zh"];
    let sealed = bench.run(&export).exits(0);
    assert_eq!(sealed.stdout, "proven\n", "more than the verdict");
    for text in [
        sealed.stderr,
        bench.run(&[&dry[..], &["--lang", "zh"]].concat()).exits(0).stdout,
        bench.run(&["inspect", "a.age", "-i", "key.txt", "--lang", "zh"]).exits(0).stdout,
    ] {
        assert!(text.contains("文件中有私钥：能打开归档的人都会得到它"), "{text}");
    }
}
