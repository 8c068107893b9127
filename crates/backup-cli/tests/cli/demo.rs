//! The demonstration.

use std::fs;

use crate::bench::Bench;

#[test]
fn it_ends_with_proven() {
    let bench = Bench::new();
    let ran = bench.run(&["demo"]).exits(0);
    let last = ran.stdout.lines().last().expect("it prints something");
    assert!(last.contains("proven"), "the last line is: {last}");
    for command in ["keygen", "export", "verify", "restore-test", "inspect", "restore"] {
        let shown = format!("$ crm-backup {command} ");
        assert!(ran.stdout.contains(&shown), "{command} is not shown:\n{}", ran.stdout);
    }
    assert_eq!(bench.names(), ["key.txt"], "the temporary folder is left");
}

#[test]
fn a_named_folder_stays_and_must_be_empty() {
    let bench = Bench::new();
    let document = bench.run(&["demo", "here", "--json"]).exits(0).json();
    assert_eq!(document["verdict"], "proven");
    assert_eq!(document["steps"].as_array().map(Vec::len), Some(6), "a document for each command");
    let args = ["verify", "here/crm.tar.zst.age", "-i", "here/key.txt", "-q"];
    assert_eq!(bench.run(&args).exits(0).stdout, "proven\n", "what it made does not verify");
    let before = fs::read(bench.path("here/key.txt")).expect("the key stays");
    bench.run(&["demo", "here"]).exits(1).complains("exists already");
    assert_eq!(fs::read(bench.path("here/key.txt")).expect("the key stays"), before);
}

#[test]
fn it_is_quiet_when_asked() {
    let ran = Bench::new().run(&["demo", "-q"]).exits(0);
    assert_eq!(ran.stdout, "proven\n", "-q prints nothing but the verdict");
}
