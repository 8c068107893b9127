//! The `demo` command.

use std::fs;

use crate::workspace::Workspace;

#[test]
fn the_demo_ends_with_a_proven_archive() {
    let workspace = Workspace::new();
    let result = workspace.run(&["demo"]).expect_exit(0);
    let last = result.stdout.lines().last().expect("it prints something");
    assert!(last.contains("proven"), "the last line is: {last}");
    for command in ["keygen", "export", "verify", "restore-test", "inspect", "restore"] {
        let shown = format!("$ crm-backup {command} ");
        assert!(result.stdout.contains(&shown), "{command} is not shown:\n{}", result.stdout);
    }
    assert_eq!(workspace.names(), ["key.txt"], "the temporary folder is left");
}

#[test]
fn a_given_demo_folder_is_kept_and_must_be_empty() {
    let workspace = Workspace::new();
    let document = workspace.run(&["demo", "here", "--json"]).expect_exit(0).json();
    assert_eq!(document["verdict"], "proven");
    assert_eq!(document["steps"].as_array().map(Vec::len), Some(6), "one document per command");
    let args = ["verify", "here/crm.tar.zst.age", "-i", "here/key.txt", "-q"];
    assert_eq!(
        workspace.run(&args).expect_exit(0).stdout,
        "proven\n",
        "what it made does not verify"
    );
    let before = fs::read(workspace.path("here/key.txt")).expect("the key stays");
    workspace.run(&["demo", "here"]).expect_exit(1).fails_with("exists already");
    assert_eq!(fs::read(workspace.path("here/key.txt")).expect("the key stays"), before);
}

#[test]
fn quiet_prints_only_the_verdict_of_the_demo() {
    let result = Workspace::new().run(&["demo", "-q"]).expect_exit(0);
    assert_eq!(result.stdout, "proven\n", "-q prints nothing but the verdict");
}
