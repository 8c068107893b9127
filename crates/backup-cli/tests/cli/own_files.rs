//! Files of the backup itself that lie in a source folder: they are left out of the archive, and
//! listed.

use serde_json::Value;

use crate::workspace::{RunResult, Workspace};

/// The paths of the files and the codes and sources of the ledger in a report.
fn contents(result: &RunResult) -> (Vec<String>, Vec<(String, String)>) {
    let document = result.json();
    let list = |name: &str| document[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let files = list("files").iter().map(|file| text(&file["path"])).collect();
    let entry = |entry: &Value| (text(&entry["code"]), text(&entry["source"]));
    (files, list("ledger").iter().map(entry).collect())
}

#[test]
fn archives_and_files_of_the_run_within_the_source_are_left_out_and_listed() {
    let workspace = Workspace::new();
    workspace.write("crm/a.csv", "id\n1\n");
    workspace.write("crm/notes/crm-2025-01-01.README.txt", "written by somebody else");
    workspace.write("crm/team.txt", &workspace.public);
    let export = |day: &str, more: &[&str]| {
        let output = format!("crm/backups/crm-2026-10-{day}.tar.zst.age");
        let args = ["export", "crm", "-o", &output, "-R", "crm/team.txt", "--json"];
        workspace.run(&[&args[..], &["--history", "crm/history.jsonl"], more].concat())
    };
    std::fs::create_dir(workspace.path("crm/backups")).expect("the folder is made");
    export("01", &[]).expect_exit(0);
    let second = export("02", &[]).expect_exit(0);
    let (files, ledger) = contents(&second);
    assert_eq!(files, ["notes/crm-2025-01-01.README.txt"], "only files of the CRM");
    let names = [
        "backups/crm-2026-10-01.README.txt",
        "backups/crm-2026-10-01.tar.zst.age",
        "backups/crm-2026-10-01.tar.zst.age.sha256",
        "history.jsonl",
        "team.txt",
    ];
    let expected = names.map(|name| ("own-file".to_owned(), name.to_owned()));
    assert_eq!(ledger, expected);
    assert_eq!(second.json()["content_id"], export("03", &[]).expect_exit(0).json()["content_id"]);

    let output = "crm/backups/crm-2026-10-04.tar.zst.age";
    let dry = ["export", "crm", "--dry-run", "-o", output, "-R", "crm/team.txt", "--json"];
    let mut previewed = contents(&workspace.run(&dry).expect_exit(0)).0;
    // A dry run writes no history, so the name of the history is not among its options.
    previewed.retain(|name| name != "history.jsonl");
    assert_eq!(previewed, files, "a dry run leaves out the same");

    let archive = "crm/backups/crm-2026-10-03.tar.zst.age";
    let test = ["restore-test", archive, "-i", "key.txt", "--against", "crm", "--require-equal"];
    let kept = ["--history", "crm/history.jsonl", "--report", "crm/page.html"];
    // What the export left out is not new, even if this command does not name it.
    workspace.run(&[&test[..], &kept].concat()).expect_exit(0);
    workspace.write("crm/more.txt", "new");
    workspace.run(&[&test[..], &kept].concat()).expect_exit(3).fails_with("more.txt");
    let quiet = ["export", "crm", "-o", output, "-r", &workspace.public, "-q"];
    let quiet = workspace.run(&quiet).expect_exit(0);
    assert!(quiet.stderr.contains("files of the backup itself lie in"), "{}", quiet.stderr);
}

#[test]
fn encrypted_files_of_others_are_sources() {
    let workspace = Workspace::new();
    workspace.write("crm/a.csv", "id\n1\n");
    let export = |output: &str| {
        let args = ["export", "crm", "-o", output, "-r", &workspace.public, "--json"];
        workspace.run(&args).expect_exit(0)
    };
    export("2026-10-01.age");
    let archive = workspace.read("2026-10-01.age");
    for name in ["crm/2025-10-01.age", "crm/contacts-2025.age"] {
        workspace.write(name, &archive);
    }
    // The output is elsewhere.
    for output in ["2026-10-02.age", "contacts-2026.age"] {
        let (files, ledger) = contents(&export(output));
        assert_eq!((files.len(), ledger.len()), (2, 0), "{output}: {ledger:?}");
    }
    // The output is in the source, and the names have no letters: only a checksum tells.
    let (files, _) = contents(&export("crm/2026-10-03.age"));
    assert!(files.contains(&"2025-10-01.age".to_owned()), "{files:?}");
    let (files, ledger) = contents(&export("crm/2026-10-04.age"));
    assert_eq!(files, ["2025-10-01.age", "contacts-2025.age"]);
    assert_eq!(ledger.len(), 3, "the archive and the files beside it: {ledger:?}");
}

#[test]
fn a_key_within_the_source_is_left_out_and_named() {
    let workspace = Workspace::new();
    workspace.write("crm/a.csv", "id\n1\n");
    let key = workspace.read("key.txt");
    workspace.write("crm/deep/any.name", key.to_ascii_lowercase());
    let wide: Vec<u8> = key.iter().flat_map(|byte| [*byte, 0]).collect();
    workspace.write("utf16.txt", [b"\xff\xfe".as_slice(), &wide].concat());
    let wide = ["export", "utf16.txt", "--dry-run", "-q"];
    let wide = workspace.run(&wide).expect_exit(0);
    assert!(wide.stderr.contains("utf16.txt contains a secret key"), "{}", wide.stderr);
    let export = ["export", "crm", "-o", "a.age", "-r", &workspace.public];
    let quiet = workspace.run(&[&export[..], &["-q"]].concat()).expect_exit(0);
    let words = "warning: deep/any.name: an identity file, which opens archives, is not stored";
    assert!(quiet.stderr.contains(words), "{}", quiet.stderr);
    workspace
        .run(&["restore", "a.age", "-i", "key.txt", "-o", "back", "--originals"])
        .expect_exit(0);
    let names = crate::workspace::files_below(&workspace.path("back"));
    assert_eq!(names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a.csv"]);
    let (files, ledger) = contents(&workspace.run(&["export", "crm", "--dry-run", "--json"]));
    assert_eq!((files.len(), ledger.len(), ledger[0].0.as_str()), (0, 1, "key-file"));
    // What is named is exported, with a warning.
    let as_file = workspace.run(&["export", "crm", "--dry-run", "--as-file", "any.name", "--json"]);
    assert_eq!(contents(&as_file.expect_exit(0)).0, ["deep/any.name"]);
    let named = ["export", "key.txt", "-o", "b.age", "-r", &workspace.public, "-q"];
    let named = workspace.run(&named).expect_exit(0);
    assert!(named.stderr.contains("key.txt contains a secret key"), "{}", named.stderr);
}
