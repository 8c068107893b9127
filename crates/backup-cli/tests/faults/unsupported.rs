//! File systems that cannot flush a folder, lock a file, or rename without replacing. The program works
//! without the missing feature, and notes it.

use std::process::Command;

use serde_json::Value;

use crate::injected::injector;
use crate::test_folder::{ARCHIVE, Finished, TestFolder};

const EAGAIN: &str = "11";
const EINVAL: &str = "22";

/// The binary, with some calls always failing.
fn without(test_folder: &TestFolder, [calls, errno, of]: [&str; 3], args: &[&str]) -> Command {
    let report = test_folder.path("report");
    let report = report.to_str().expect("UTF-8");
    let head = [report, calls, errno, of, env!("CARGO_BIN_EXE_crm-backup")];
    test_folder.command_of(injector(), &[&head[..], args].concat())
}

fn notes(ended: &Finished) -> Vec<String> {
    let report: Value = serde_json::from_str(&ended.stdout).expect("it is a report");
    let findings = report["findings"].as_array().expect("a list").iter();
    let notes = findings.filter(|finding| finding["code"] == "file-system");
    notes.map(|finding| finding["message"].as_str().expect("text").to_owned()).collect()
}

pub(crate) fn calls() {
    // Neither of the two ways to rename without replacing.
    let renames = "renameat2,linkat,link";
    let cases = [
        (["fsync", EINVAL, "folder"], "cannot be flushed to the disk"),
        (["flock", EAGAIN, "any"], "cannot be locked"),
        (["flock", EINVAL, "any"], "cannot be locked"),
        ([renames, EINVAL, "any"], "cannot rename without replacing"),
    ];
    for (lacks, words) in cases {
        let test_folder = TestFolder::new();
        test_folder.write("src/a.csv", "id,name\n1,one\n");
        test_folder.write("src/note.txt", "a note\n");
        let run = |args: &[&str]| test_folder.start(without(&test_folder, lacks, args)).end();

        let export = ["export", "src", "-o", ARCHIVE, "-r", &test_folder.public, "--json"];
        let ended = run(&export).expect_exit(&[0]);
        let notes = notes(&ended);
        assert!(notes.iter().any(|note| note.contains(words)), "{lacks:?}: {notes:?}");
        assert_eq!(notes.len(), 1, "{lacks:?}: each must be noted once: {notes:?}");
        assert!(test_folder.has_intact_archive("it"), "{lacks:?}: there is no archive");
        test_folder.assert_sidecars_match(true, "it");
        run(&[&export[..], &["--force"]].concat()).expect_exit(&[0]);
        test_folder.assert_sidecars_match(true, "it, twice");

        for output in ["back", "back.sqlite"] {
            run(&["restore", ARCHIVE, "-i", "key.txt", "-o", output]).expect_exit(&[0]);
            assert!(test_folder.path(output).exists(), "{lacks:?}: {output} is not there");
        }
        run(&["keygen", "-o", "new.txt"]).expect_exit(&[0]);
        for _ in 0..2 {
            let drill = ["restore-test", ARCHIVE, "-i", "key.txt", "--report", "page.html"];
            let kept = ["--history", "kept.jsonl", "--metrics", "kept.prom"];
            run(&[&drill[..], &kept].concat()).expect_exit(&[0]);
        }
        run(&["history", "kept.jsonl"]).expect_exit(&[0]);
        for name in ["new.txt", "page.html", "kept.prom"] {
            assert!(test_folder.path(name).exists(), "{lacks:?}: {name} is not there");
        }
        assert_eq!(test_folder.leftovers(), [""; 0], "{lacks:?}: leftovers");
    }
}
