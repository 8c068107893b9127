//! The demonstration.

use std::fs;

use crate::bench::Bench;

#[test]
fn the_demo_ends_with_a_proven_archive() {
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
fn a_given_demo_folder_is_kept_and_must_be_empty() {
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
fn quiet_prints_only_the_verdict_of_the_demo() {
    let ran = Bench::new().run(&["demo", "-q"]).exits(0);
    assert_eq!(ran.stdout, "proven\n", "-q prints nothing but the verdict");
}
