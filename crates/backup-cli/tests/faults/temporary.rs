//! Temporary files cannot be written, for lack of space or of a folder: the affected checks are
//! reported as not done, with the reason, and the other results stay valid.

use std::path::Path;

use crate::test_folder::{ARCHIVE, Finished, TestFolder};

/// So many referenced columns that their ids do not fit in memory.
const COLUMNS: usize = 64;
const RECORDS: usize = 9_000;

/// So many records that their hashes do not fit in memory.
const LONG: usize = 270_000;

/// A table and its schema; and the same table with one record changed.
fn sources(test_folder: &TestFolder) {
    let labels: Vec<String> = (0..COLUMNS).map(|column| format!("c{column}")).collect();
    let table = |changed: usize| {
        let record = |number: usize| {
            let number = if number == changed { RECORDS } else { number };
            let cells = (0..COLUMNS).map(|column| format!("{:x}", number * COLUMNS + column));
            cells.collect::<Vec<_>>().join(",")
        };
        let records: Vec<String> = (0..RECORDS).map(record).collect();
        format!("{}\n{}\n", labels.join(","), records.join("\n"))
    };
    test_folder.write("src/many.csv", table(RECORDS));
    test_folder.write("now/many.csv", table(7));
    let long: Vec<String> = (0..LONG).map(|number| number.to_string()).collect();
    let long = format!("n\n{}\n", long.join("\n"));
    test_folder.write("src/long.csv", &long);
    test_folder.write("now/long.csv", long.replacen("\n7\n", "\n-7\n", 1));
    let key = |label| {
        let to_itself = format!(r#"{{"resource": "", "fields": "{label}"}}"#);
        format!(r#"{{"fields": "{label}", "reference": {to_itself}}}"#)
    };
    let keys: Vec<String> = labels.iter().map(key).collect();
    let schema = format!(
        r#"{{"resources": [{{"name": "many", "schema": {{"foreignKeys": [{}]}}}}]}}"#,
        keys.join(",")
    );
    test_folder.write("schema.json", schema);
    test_folder.export("src").expect_exit(&[0]);
}

/// Runs with a file-size limit of this many 512-byte blocks, or without a folder for temporary
/// files.
fn run(test_folder: &TestFolder, blocks: Option<u32>, args: &[&str]) -> Finished {
    let program = env!("CARGO_BIN_EXE_crm-backup");
    let limit = blocks.map_or("true".to_owned(), |blocks| format!("ulimit -f {blocks}"));
    let script = format!("{limit} && exec \"$0\" \"$@\"");
    let mut command =
        test_folder.command_of(Path::new("sh"), &[&["-c", &script, program], args].concat());
    if blocks.is_none() {
        command.env("TMPDIR", test_folder.path("nowhere"));
    }
    test_folder.run_unlimited(command)
}

fn unverified(test_folder: &TestFolder, ended: Finished, what: &str, after: &str) {
    assert!(!ended.stderr.contains("panicked"), "{after}: it panics:\n{}", ended.stderr);
    let ended = ended.expect_exit(&[4]);
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).expect("it is a report");
    assert_eq!(report["verdict"], "unverified", "{after}");
    let reasons = report["not_looked_at"].as_array().expect("a list").iter();
    let reasons: Vec<&str> = reasons.filter_map(serde_json::Value::as_str).collect();
    assert_eq!(reasons.len(), 1, "{after}: {reasons:?}");
    assert!(reasons[0].starts_with(what), "{after}: {reasons:?}");
    let says_why =
        ["no such file", "File too large", "space"].iter().any(|it| reasons[0].contains(it));
    assert!(says_why, "{after}: it does not name the cause: {reasons:?}");
    assert!(reasons[0].contains("file"), "{after}: it does not name the failure: {reasons:?}");
    let failures = report["findings"].as_array().expect("a list").iter();
    let failures = failures.filter(|finding| finding["severity"] == "failure");
    assert_eq!(failures.count(), 0, "{after}: {}", report["findings"]);
    assert_eq!(test_folder.leftovers(), [""; 0], "{after}: leftovers");
}

#[test]
fn keys_and_sources_are_not_read_if_temporary_files_fail() {
    let test_folder = TestFolder::new();
    sources(&test_folder);
    let test = ["restore-test", ARCHIVE, "-i", "key.txt", "--scratch", "memory", "--json"];
    let keys = [&test[..], &["--schema", "schema.json"]].concat();
    let against = [&test[..], &["--no-keys", "--against", "now"]].concat();
    let cases = [
        (&keys, "keys and references, and the schema if one was given: "),
        (&against, "the current sources: "),
    ];
    for (args, what) in cases {
        test_folder.run(args).expect_exit(&[0]);
        for blocks in [Some(0), Some(1), Some(100), None] {
            let after = format!("{what}with {blocks:?} blocks of 512 bytes");
            unverified(&test_folder, run(&test_folder, blocks, args), what, &after);
        }
    }
}
