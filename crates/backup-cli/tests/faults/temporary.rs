//! No room, or no folder, for temporary files: what needs them was not looked at, with the reason, and
//! what is known of the archive stands all the same.

use std::path::Path;

use crate::place::{ARCHIVE, Ended, Place};

/// So many columns that references point at that their ids do not stay in memory.
const COLUMNS: usize = 64;
const RECORDS: usize = 9_000;

/// So many records that their hashes do not stay in memory.
const LONG: usize = 270_000;

/// A table and what a schema says of it; and the same table, of which one record has changed.
fn sources(place: &Place) {
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
    place.write("src/many.csv", table(RECORDS));
    place.write("now/many.csv", table(7));
    let long: Vec<String> = (0..LONG).map(|number| number.to_string()).collect();
    let long = format!("n\n{}\n", long.join("\n"));
    place.write("src/long.csv", &long);
    place.write("now/long.csv", long.replacen("\n7\n", "\n-7\n", 1));
    let key = |label| {
        let to_itself = format!(r#"{{"resource": "", "fields": "{label}"}}"#);
        format!(r#"{{"fields": "{label}", "reference": {to_itself}}}"#)
    };
    let keys: Vec<String> = labels.iter().map(key).collect();
    let schema = format!(
        r#"{{"resources": [{{"name": "many", "schema": {{"foreignKeys": [{}]}}}}]}}"#,
        keys.join(",")
    );
    place.write("schema.json", schema);
    place.export("src").exits(&[0]);
}

/// Runs with a limit of so many 512 bytes to the size of a file, or without a folder for those that are
/// temporary.
fn run(place: &Place, blocks: Option<u32>, args: &[&str]) -> Ended {
    let program = env!("CARGO_BIN_EXE_crm-backup");
    let limit = blocks.map_or("true".to_owned(), |blocks| format!("ulimit -f {blocks}"));
    let script = format!("{limit} && exec \"$0\" \"$@\"");
    let mut command =
        place.command_of(Path::new("sh"), &[&["-c", &script, program], args].concat());
    if blocks.is_none() {
        command.env("TMPDIR", place.path("nowhere"));
    }
    place.run_unlimited(command)
}

fn unverified(place: &Place, ended: Ended, what: &str, after: &str) {
    assert!(!ended.stderr.contains("panicked"), "{after}: it panics:\n{}", ended.stderr);
    let ended = ended.exits(&[4]);
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).expect("it is a report");
    assert_eq!(report["verdict"], "unverified", "{after}");
    let reasons = report["not_looked_at"].as_array().expect("a list").iter();
    let reasons: Vec<&str> = reasons.filter_map(serde_json::Value::as_str).collect();
    assert_eq!(reasons.len(), 1, "{after}: {reasons:?}");
    assert!(reasons[0].starts_with(what), "{after}: {reasons:?}");
    let says_why =
        ["No such file", "File too large", "space"].iter().any(|it| reasons[0].contains(it));
    assert!(says_why, "{after}: it does not say why: {reasons:?}");
    assert!(reasons[0].contains("file"), "{after}: it does not say what failed: {reasons:?}");
    let failures = report["findings"].as_array().expect("a list").iter();
    let failures = failures.filter(|finding| finding["severity"] == "failure");
    assert_eq!(failures.count(), 0, "{after}: {}", report["findings"]);
    assert_eq!(place.leftovers(), [""; 0], "{after}: what is left");
}

#[test]
fn without_temporary_files_keys_and_sources_are_not_looked_at() {
    let place = Place::new();
    sources(&place);
    let test = ["restore-test", ARCHIVE, "-i", "key.txt", "--scratch", "memory", "--json"];
    let keys = [&test[..], &["--schema", "schema.json"]].concat();
    let against = [&test[..], &["--no-keys", "--against", "now"]].concat();
    let cases = [
        (&keys, "keys and references, and what a schema says of them: "),
        (&against, "the sources as they are now: "),
    ];
    for (args, what) in cases {
        place.run(args).exits(&[0]);
        for blocks in [Some(0), Some(1), Some(100), None] {
            let after = format!("{what}with {blocks:?} blocks of 512 bytes");
            unverified(&place, run(&place, blocks, args), what, &after);
        }
    }
}
