//! The limits of a restore test, and what is recorded about it: the history and the metrics.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backup_cli::{Capture, Context};
use serde_json::{Value, json};

use crate::in_process::run_in_process;
use crate::output::snapshot;
use crate::workspace::{RunResult, Workspace, fixture};

const DRILL: [&str; 4] = ["restore-test", "crm.tar.zst.age", "-i", "key.txt"];
const KEEP: [&str; 4] = ["--history", "h.jsonl", "--metrics", "m.prom"];

fn drill<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&DRILL[..], args].concat()
}

/// The codes of the findings in a document.
fn codes(document: &Value) -> Vec<String> {
    let findings = document["findings"].as_array().expect("a list").iter();
    findings.map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
}

/// The lines of a history.
fn lines(workspace: &Workspace) -> Vec<Value> {
    let text = String::from_utf8(workspace.read("h.jsonl")).expect("it is UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// The verdicts of a history, and the archives that they are of.
fn verdicts(workspace: &Workspace) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("it is text").to_owned();
    lines(workspace).iter().map(|line| (text(&line["archive"]), text(&line["verdict"]))).collect()
}

fn metrics(workspace: &Workspace) -> String {
    String::from_utf8(workspace.read("m.prom")).expect("it is UTF-8")
}

#[test]
fn an_export_and_its_restore_tests_are_recorded() {
    let workspace = Workspace::new();
    let source = fixture("csv-utf8");
    workspace
        .export("crm.tar.zst.age", &[&source, "--history", "h.jsonl", "--ticket", "T-1"])
        .expect_exit(0);
    let who = ["--operator", "Ann", "--reviewer", "Bo", "--json"];
    let result = workspace.run(&drill(&[&KEEP[..], &who].concat())).expect_exit(0);
    let codes = codes(&result.json());
    assert!(!codes.contains(&"history".into()), "the history knows this archive: {codes:?}");
    assert_eq!(result.json()["opened_by"], workspace.public, "the key that decrypted it");
    let lines = lines(&workspace);
    let [exported, tested] = &lines[..] else { panic!("there are {} lines", lines.len()) };
    assert_eq!((&exported["what"], &exported["ticket"]), (&json!("export"), &json!("T-1")));
    assert_eq!((&tested["operator"], &tested["reviewer"]), (&json!("Ann"), &json!("Bo")));
    assert_eq!(tested["opened_by"], workspace.public);
    assert_eq!((&tested["records"], &exported["records"]), (&json!(340), &json!(340)));
    assert_eq!(tested["archive_id"], exported["archive_id"], "the archive is the same");

    let history = workspace.run(&["history", "h.jsonl", "--json"]).expect_exit(0).json();
    assert_eq!(history["verdict"], Value::Null, "the lines follow from each other");
    assert_eq!(history["summary"]["proven"], 1);
    assert_eq!(history["summary"]["keys"][0]["key"], workspace.public);
    assert_eq!(history["lines"].as_array().map(Vec::len), Some(2));
    assert_eq!(workspace.run(&["history", "h.jsonl", "-q"]).expect_exit(0).stdout, "");
    assert_eq!(workspace.names().iter().filter(|name| name.starts_with('.')).count(), 0, "drafts");
}

#[test]
fn a_restore_test_fails_beyond_its_limits() {
    let workspace = Workspace::with_archive();
    let at = |seconds: i64, args: &[&str]| {
        let (stdout, stderr) = (Capture::default(), Capture::default());
        let passed = Duration::from_secs(seconds.unsigned_abs());
        let now = SystemTime::now();
        let now = if seconds < 0 { now - passed } else { now + passed };
        let mut context = Context {
            stdout: Box::new(stdout.clone()),
            stderr: Box::new(stderr.clone()),
            now: Some(now),
            ..Context::detached()
        };
        let test = ["restore-test", "@crm.tar.zst.age", "-i", "@key.txt", "--json"];
        let exit = run_in_process(&workspace, &mut context, &[&test[..], args].concat());
        let document: Value = serde_json::from_str(&stdout.text()).expect("it is one document");
        (exit, document, stderr.text())
    };
    const DAY: i64 = 24 * 60 * 60;
    assert_eq!(at(89 * DAY, &["--max-age", "90d"]).0, 0, "it is young enough");
    assert_eq!(at(400 * DAY, &[]).0, 0, "no maximum age was given");
    assert_eq!(at(-3 * DAY, &[]).0, 0, "no maximum age was given, so a wrong clock is ignored");

    let (exit, document, printed) = at(91 * DAY, &["--max-age", "90d"]);
    assert_eq!((exit, &document["verdict"]), (3, &json!("failed")), "it is too old");
    let age = document["findings"].as_array().expect("a list");
    let age = age.iter().find(|finding| finding["code"] == "age").expect("it is too old");
    assert_eq!(age["expected"], "≤ 90 d");
    assert!(printed.contains("older than its limit"), "the age is not reported:\n{printed}");
    assert!(printed.contains("hint: Export again"), "the hint is missing:\n{printed}");
    let (exit, document, _) = at(-3 * DAY, &["--max-age", "90d"]);
    assert!(exit == 3 && codes(&document).contains(&"age".into()), "an archive from the future");

    let (exit, document, _) = at(0, &["--max-restore-time", "0s"]);
    assert!(exit == 3 && codes(&document).contains(&"restore-time".into()), "too long");
    assert_eq!(at(0, &["--max-restore-time", "9999d"]).0, 0, "it is in time");
    for wrong in ["90", "d", "1.5h", "-1d", "soon"] {
        let limit = format!("--max-age={wrong}");
        assert_eq!(workspace.run(&drill(&[&limit])).exit, 2, "{wrong} is taken for a time");
    }
}

#[test]
fn the_worst_verdict_of_several_wins_and_each_is_recorded() {
    let workspace = Workspace::with_archive();
    let mut damaged = workspace.read("crm.tar.zst.age");
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    workspace.write("bad.age", damaged);
    let archives = ["restore-test", "crm.tar.zst.age", "bad.age", "gone.age", "-i", "key.txt"];
    let result = workspace.run(&[&archives[..], &KEEP, &["--json"]].concat()).expect_exit(3);
    assert_eq!(result.json()["verdict"], "failed");
    let expected = [("crm.tar.zst.age", "proven"), ("bad.age", "failed"), ("gone.age", "error")]
        .map(|(archive, verdict)| (archive.to_owned(), verdict.to_owned()));
    assert_eq!(verdicts(&workspace), expected);
    for (archive, verdict) in expected {
        let series = format!(
            "crm_backup_verdict{{archive=\"{archive}\",command=\"restore-test\",\
             verdict=\"{verdict}\"}} 1\n"
        );
        assert!(
            metrics(&workspace).contains(&series),
            "{archive} is missing:\n{}",
            metrics(&workspace)
        );
    }
    let same = ["restore-test", "a/crm.age", "b/crm.age", "-i", "key.txt", "--metrics", "m.prom"];
    workspace.run(&same).expect_exit(2).fails_with("file names");
}

#[test]
fn an_edited_history_is_reported_and_not_appended_to() {
    let workspace = Workspace::with_archive();
    for _ in 0..3 {
        workspace.run(&drill(&KEEP)).expect_exit(0);
    }
    let text = String::from_utf8(workspace.read("h.jsonl")).expect("it is UTF-8");
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines[1] = lines[1].replace("proven", "failed");
    let edited = lines.join("\n") + "\n";
    workspace.write("h.jsonl", &edited);

    let result = workspace.run(&["history", "h.jsonl", "--json"]).expect_exit(3);
    let document = result.json();
    assert_eq!(document["verdict"], "failed");
    assert_eq!(document["findings"][0]["code"], "history");
    assert_eq!(document["lines"].as_array().map(Vec::len), Some(1), "the lines before it");
    workspace
        .run(&["history", "h.jsonl"])
        .expect_exit(3)
        .fails_with("line 2 of the history h.jsonl was changed");
    assert_eq!(workspace.run(&["history", "h.jsonl", "-q"]).expect_exit(3).stdout, "failed\n");

    workspace
        .run(&drill(&KEEP))
        .expect_exit(3)
        .fails_with("line 2 of the history h.jsonl was changed");
    let failed = "command=\"restore-test\",verdict=\"failed\"} 1\n";
    assert!(
        metrics(&workspace).contains(failed),
        "the metrics do not show it:\n{}",
        metrics(&workspace)
    );
    let result =
        workspace.export("b.tar.zst.age", &[&fixture("attachments"), "--history", "h.jsonl"]);
    result.expect_exit(3).fails_with("line 2 of the history");
    assert!(!workspace.path("b.tar.zst.age").exists(), "it is detected before anything is written");
    let result =
        workspace.run(&["restore-test", "gone.age", "-i", "key.txt", "--history", "h.jsonl"]);
    result.expect_exit(3).fails_with("line 2 of the history");
    assert_eq!(workspace.read("h.jsonl"), edited.as_bytes(), "something was added");
}

#[test]
fn a_history_that_cannot_be_written_exits_with_4_and_keeps_the_archive() {
    let workspace = Workspace::new();
    let source = fixture("attachments");
    let nowhere = ["--history", "nowhere/h.jsonl"];
    let result =
        workspace.export("crm.tar.zst.age", &[&[&*source, "--json"], &nowhere[..]].concat());
    let result = result
        .expect_exit(4)
        .fails_with("the history was not written: cannot write nowhere/h.jsonl");
    assert!(result.stderr.contains("hint: The archive is complete"), "{}", result.stderr);
    assert!(result.stderr.contains("its folder, the write permissions"), "{}", result.stderr);
    assert_eq!(result.json()["verdict"], "unverified", "the history was not checked");
    assert!(workspace.path("crm.tar.zst.age").exists(), "the archive is gone");
    let result =
        workspace.run(&drill(&nowhere)).expect_exit(4).fails_with("the history was not written");
    assert!(result.stderr.contains("its folder, the write permissions"), "{}", result.stderr);
    workspace.write("full", "no folder");
    let result = workspace.run(&drill(&["--metrics", "full/m.prom", "--json"])).expect_exit(4);
    let result = result.fails_with("the metrics were not written");
    assert!(result.stderr.contains("hint: Check the name and the folder."), "{}", result.stderr);
    assert_eq!(result.json()["verdict"], "proven", "metrics are not a check");
    assert_eq!(result.json()["error"]["exit"], 4, "the document does not report it");

    workspace.write("m.prom", "node_load1 0.5\n");
    workspace.run(&drill(&["--metrics", "m.prom"])).expect_exit(4).fails_with("not a metrics file");
    assert_eq!(metrics(&workspace), "node_load1 0.5\n", "another program's file was replaced");
    let both = [&nowhere[..], &["--metrics", "m.prom"]].concat();
    let missing = ["restore-test", "gone.age", "-i", "key.txt"];
    let result = workspace.run(&[&missing[..], &both].concat()).expect_exit(1);
    for what in ["cannot open gone.age", "the history was not written", "the metrics were not"] {
        assert!(result.stderr.contains(what), "“{what}” is missing:\n{}", result.stderr);
    }
    workspace.run(&["history", "nowhere.jsonl"]).expect_exit(1).fails_with("nowhere.jsonl");
}

#[test]
fn a_restore_test_without_its_key_is_recorded() {
    let workspace = Workspace::with_archive();
    let test = ["restore-test", "crm.tar.zst.age", "-i", "lost.txt"];
    workspace.run(&[&test[..], &KEEP].concat()).expect_exit(1).fails_with("lost.txt");
    workspace
        .export("crm.tar.zst.age", &[&[&*fixture("csv-utf8")], &KEEP[..]].concat())
        .expect_exit(1);
    let expected = ("crm.tar.zst.age".to_owned(), "error".to_owned());
    assert_eq!(verdicts(&workspace), [expected.clone(), expected]);
    for command in ["restore-test", "export"] {
        let series = format!("command=\"{command}\",verdict=\"error\"}} 1\n");
        assert!(
            metrics(&workspace).contains(&series),
            "{command} is missing:\n{}",
            metrics(&workspace)
        );
    }
    let verify = ["verify", "crm.tar.zst.age", "-i", "key.txt", "--metrics", "m.prom"];
    workspace.run(&verify).expect_exit(0);
    let proven = "crm_backup_last_proven_timestamp_seconds{archive=\"crm.tar.zst.age\",command=";
    let of = |command: &str| metrics(&workspace).contains(&format!("{proven}\"{command}\"}} "));
    assert!(of("verify"), "when it was verified:\n{}", metrics(&workspace));
    assert!(
        !of("restore-test"),
        "a verification is counted as a restore test:\n{}",
        metrics(&workspace)
    );
}

#[test]
fn invalid_combinations_of_history_flags_are_refused() {
    let workspace = Workspace::with_archive();
    workspace.run(&drill(&["--ticket", "T-1"])).expect_exit(2);
    let source = fixture("attachments");
    let dry = ["export", &*source, "--dry-run", "--history", "h.jsonl"];
    workspace.run(&dry).expect_exit(2).fails_with("a dry run writes no history");
    assert!(!workspace.path("h.jsonl").exists(), "a history was begun");
}

#[test]
fn every_kind_of_key_has_its_public_name_in_the_history() {
    let workspace = Workspace::new();
    workspace.write("id", include_str!("ssh/sealed_key"));
    workspace.write("id.pub", include_str!("ssh/sealed_key.pub"));
    workspace.write("phrase", "of several words\n");
    let second = workspace.keygen("second.txt");
    let source = fixture("attachments");
    let recipients = ["-r", &workspace.public, "-r", &second, "-R", "id.pub"];
    workspace
        .run(&[&["export", &*source, "-o", "keys.age"], &recipients[..]].concat())
        .expect_exit(0);
    let phrase = ["--passphrase-file", "phrase"];
    workspace
        .run(&[&["export", &*source, "-o", "phrase.age"], &phrase[..]].concat())
        .expect_exit(0);
    let ssh = "ssh-ed25519 SHA256:mZRXopFps6NKGRijtA5m+uz3Nl8Q5iTq0sr5hvMrC70";
    let cases: [(&str, &[&str], &str); 4] = [
        ("keys.age", &["-i", "@key.txt"], &workspace.public),
        ("keys.age", &["-i", "@second.txt"], &second),
        ("keys.age", &["-i", "@id"], ssh),
        ("phrase.age", &["--passphrase-file", "@phrase"], "passphrase"),
    ];
    for (archive, key, name) in cases {
        let stdout = Capture::default();
        let mut context = Context {
            stdout: Box::new(stdout.clone()),
            ask: Arc::new(|_| Some("for tests only".into())),
            ..Context::detached()
        };
        let archive = format!("@{archive}");
        let args = [&["restore-test", &archive, "--history", "@h.jsonl", "--json"], key].concat();
        assert_eq!(run_in_process(&workspace, &mut context, &args), 0, "{key:?} does not open it");
        let last = lines(&workspace).pop().expect("a line was written");
        assert_eq!(last["opened_by"], name, "the public name of {key:?}");
    }
    let text = String::from_utf8(workspace.read("h.jsonl")).expect("it is UTF-8");
    for secret in ["AGE-SECRET-KEY", "of several words", "for tests only", "PRIVATE KEY"] {
        assert!(!text.contains(secret), "the history holds a secret: {secret}");
    }
}

#[test]
fn a_history_matches_its_snapshot() {
    let workspace = Workspace::new();
    workspace.write("history.jsonl", include_str!("history/history.jsonl"));
    let (stdout, stderr) = (Capture::default(), Capture::default());
    let mut context = Context {
        stdout: Box::new(stdout.clone()),
        stderr: Box::new(stderr.clone()),
        // The twentieth of November 2026.
        now: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(20_777 * 24 * 60 * 60)),
        ..Context::detached()
    };
    let exit = run_in_process(&workspace, &mut context, &["history", "@history.jsonl"]).into();
    let path = workspace.path("history.jsonl").display().to_string();
    let stdout = stdout.text().replace(&path, "history.jsonl");
    let command = "history history.jsonl".into();
    snapshot("history", &RunResult { command, exit, stdout, stderr: stderr.text() });
}

#[test]
fn a_broken_history_before_an_export_sets_a_metric() {
    let workspace = Workspace::new();
    workspace.write("h.jsonl", "no line of a history\n");
    let args = ["export", &fixture("csv-utf8"), "-o", "crm.tar.zst.age", "-r", &workspace.public];
    workspace.run(&[&args[..], &KEEP].concat()).expect_exit(3);
    assert!(!workspace.path("crm.tar.zst.age").exists(), "something was exported");
    assert_eq!(workspace.read("h.jsonl"), b"no line of a history\n", "something was appended");
    let metrics_text = metrics(&workspace);
    assert!(metrics_text.contains("command=\"export\",verdict=\"failed\"} 1"), "{metrics_text}");
}

/// A history of three exports, whose last line was edited.
fn edited(workspace: &Workspace) {
    let source = fixture("attachments");
    for name in ["1.age", "2.age", "3.age"] {
        workspace.export(name, &[&source, "--history", "h.jsonl"]).expect_exit(0);
    }
    let text = String::from_utf8(workspace.read("h.jsonl")).expect("it is UTF-8");
    workspace.write("h.jsonl", text.replace("3.age", "4.age"));
}

#[test]
fn an_edited_history_is_reported_with_the_first_broken_line() {
    let workspace = Workspace::new();
    edited(&workspace);
    let args = ["export", &fixture("csv-utf8"), "-o", "new.age", "-r", &workspace.public];
    let args = [&args[..], &["--history", "h.jsonl"]].concat();
    let english = workspace.run(&args).expect_exit(3).fails_with("line 3 of the history").stderr;
    let chinese = workspace.run(&[&args[..], &["--lang", "zh"]].concat()).expect_exit(3).stderr;
    for (printed, hint) in [(english, "Compare the history with"), (chinese, "请与其副本比较")]
    {
        assert!(printed.contains(hint), "there is no hint for a history:\n{printed}");
        for word in ["salvage", ".sha256"] {
            assert!(
                !printed.contains(word),
                "no archive is involved, but the text contains {word}:\n{printed}"
            );
        }
    }
    for (language, first) in
        [("en", "The history is broken at line 3."), ("zh", "历史记录在第 3 行出错。")]
    {
        let result = workspace.run(&["history", "h.jsonl", "--lang", language]).expect_exit(3);
        assert!(
            result.stdout.starts_with(first),
            "it begins as if the history were intact:\n{}",
            result.stdout
        );
        let printed = language == "en" || result.stderr.contains("第 3 行");
        assert!(printed, "the error does not name the line:\n{}", result.stderr);
    }
}

#[test]
fn a_restore_test_in_a_history_fits_one_terminal_line() {
    let workspace = Workspace::new();
    let source = fixture("csv-utf8");
    let name = "crm-2026-11.tar.zst.age";
    workspace.export(name, &[&source, "--history", "h.jsonl"]).expect_exit(0);
    let test = ["restore-test", name, "-i", "key.txt", "--history", "h.jsonl"];
    workspace.run(&[&test[..], &["--ticket", "OPS-19"]].concat()).expect_exit(0);
    for language in ["en", "zh"] {
        let stdout = Capture::default();
        let mut context = Context {
            stdout: Box::new(stdout.clone()),
            stdout_terminal: true,
            width: Some(80),
            ..Context::detached()
        };
        run_in_process(&workspace, &mut context, &["history", "@h.jsonl", "--lang", language]);
        let text = stdout.text();
        let drill = text.lines().find(|line| line.contains(name) && line.contains("OPS-19"));
        assert!(drill.is_some(), "the restore test is printed on several lines:\n{text}");
    }
}

#[test]
#[cfg(unix)]
fn archive_names_that_would_look_the_same_are_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let workspace = Workspace::new();
    workspace.export("crm.tar.zst.age", &[&fixture("csv-utf8")]).expect_exit(0);
    let encrypted = workspace.read("crm.tar.zst.age");
    let name = OsStr::from_bytes(b"\xff.tar.zst.age");
    std::fs::write(workspace.path("").join(name), encrypted).expect("it is copied");
    let restore_test = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crm-backup"));
        command.current_dir(workspace.path("")).args(["restore-test", "-i", "key.txt"]);
        command.arg(name).args(args).output().expect("it runs")
    };
    for keep in [&KEEP[..2], &KEEP[2..]] {
        let output = restore_test(keep);
        assert_eq!(output.status.code(), Some(2), "{keep:?}");
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(printed.contains("is not Unicode"), "{printed}");
    }
    let output = restore_test(&["-q"]);
    assert_eq!(output.status.code(), Some(0), "without them it is an archive like any other");
}
