//! What a drill is held to, and what is kept of it: limits, the history, metrics.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backup_cli::{Capture, Context};
use serde_json::{Value, json};

use crate::bench::{Bench, Ran, fixture};
use crate::in_process::drive;
use crate::output::snapshot;

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
fn lines(bench: &Bench) -> Vec<Value> {
    let text = String::from_utf8(bench.read("h.jsonl")).expect("it is UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// The verdicts of a history, and the archives that they are of.
fn verdicts(bench: &Bench) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("it is text").to_owned();
    lines(bench).iter().map(|line| (text(&line["archive"]), text(&line["verdict"]))).collect()
}

fn metrics(bench: &Bench) -> String {
    String::from_utf8(bench.read("m.prom")).expect("it is UTF-8")
}

#[test]
fn an_export_and_its_restore_tests_are_recorded() {
    let bench = Bench::new();
    let source = fixture("csv-utf8");
    bench.export("crm.tar.zst.age", &[&source, "--history", "h.jsonl", "--ticket", "T-1"]).exits(0);
    let who = ["--operator", "Ann", "--reviewer", "Bo", "--json"];
    let ran = bench.run(&drill(&[&KEEP[..], &who].concat())).exits(0);
    let codes = codes(&ran.json());
    assert!(!codes.contains(&"history".into()), "the history knows this archive: {codes:?}");
    assert_eq!(ran.json()["opened_by"], bench.public, "which key opened it");
    let lines = lines(&bench);
    let [exported, tested] = &lines[..] else { panic!("there are {} lines", lines.len()) };
    assert_eq!((&exported["what"], &exported["ticket"]), (&json!("export"), &json!("T-1")));
    assert_eq!((&tested["operator"], &tested["reviewer"]), (&json!("Ann"), &json!("Bo")));
    assert_eq!(tested["opened_by"], bench.public);
    assert_eq!((&tested["records"], &exported["records"]), (&json!(340), &json!(340)));
    assert_eq!(tested["archive_id"], exported["archive_id"], "the archive is the same");

    let seen = bench.run(&["history", "h.jsonl", "--json"]).exits(0).json();
    assert_eq!(seen["verdict"], Value::Null, "the lines follow from each other");
    assert_eq!(seen["summary"]["proven"], 1);
    assert_eq!(seen["summary"]["keys"][0]["key"], bench.public);
    assert_eq!(seen["lines"].as_array().map(Vec::len), Some(2));
    assert_eq!(bench.run(&["history", "h.jsonl", "-q"]).exits(0).stdout, "");
    assert_eq!(bench.names().iter().filter(|name| name.starts_with('.')).count(), 0, "drafts");
}

#[test]
fn a_restore_test_fails_beyond_its_limits() {
    let bench = Bench::with_archive();
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
        let exit = drive(&bench, &mut context, &[&test[..], args].concat());
        let document: Value = serde_json::from_str(&stdout.text()).expect("it is one document");
        (exit, document, stderr.text())
    };
    const DAY: i64 = 24 * 60 * 60;
    assert_eq!(at(89 * DAY, &["--max-age", "90d"]).0, 0, "it is young enough");
    assert_eq!(at(400 * DAY, &[]).0, 0, "nobody asked how old it is");
    assert_eq!(at(-3 * DAY, &[]).0, 0, "the clock may be wrong, and nobody asked");

    let (exit, document, said) = at(91 * DAY, &["--max-age", "90d"]);
    assert_eq!((exit, &document["verdict"]), (3, &json!("failed")), "it is too old");
    let age = document["findings"].as_array().expect("a list");
    let age = age.iter().find(|finding| finding["code"] == "age").expect("it is too old");
    assert_eq!(age["expected"], "at most 90 d");
    assert!(said.contains("older than its limit"), "a person is not told:\n{said}");
    assert!(said.contains("hint: Export anew"), "it does not say what to try:\n{said}");
    let (exit, document, _) = at(-3 * DAY, &["--max-age", "90d"]);
    assert!(exit == 3 && codes(&document).contains(&"age".into()), "of the future");

    let (exit, document, _) = at(0, &["--max-restore-time", "0s"]);
    assert!(exit == 3 && codes(&document).contains(&"restore-time".into()), "too long");
    assert_eq!(at(0, &["--max-restore-time", "9999d"]).0, 0, "it is in time");
    for wrong in ["90", "d", "1.5h", "-1d", "soon"] {
        let limit = format!("--max-age={wrong}");
        assert_eq!(bench.run(&drill(&[&limit])).exit, 2, "{wrong} is taken for a time");
    }
}

#[test]
fn the_worst_verdict_of_several_wins_and_each_is_recorded() {
    let bench = Bench::with_archive();
    let mut damaged = bench.read("crm.tar.zst.age");
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    bench.write("bad.age", damaged);
    let archives = ["restore-test", "crm.tar.zst.age", "bad.age", "gone.age", "-i", "key.txt"];
    let ran = bench.run(&[&archives[..], &KEEP, &["--json"]].concat()).exits(3);
    assert_eq!(ran.json()["verdict"], "failed");
    let expected = [("crm.tar.zst.age", "proven"), ("bad.age", "failed"), ("gone.age", "error")]
        .map(|(archive, verdict)| (archive.to_owned(), verdict.to_owned()));
    assert_eq!(verdicts(&bench), expected);
    for (archive, verdict) in expected {
        let series = format!(
            "crm_backup_verdict{{archive=\"{archive}\",command=\"restore-test\",\
             verdict=\"{verdict}\"}} 1\n"
        );
        assert!(metrics(&bench).contains(&series), "{archive} is missing:\n{}", metrics(&bench));
    }
    let same = ["restore-test", "a/crm.age", "b/crm.age", "-i", "key.txt", "--metrics", "m.prom"];
    bench.run(&same).exits(2).complains("file names");
}

#[test]
fn an_edited_history_is_reported_and_not_appended_to() {
    let bench = Bench::with_archive();
    for _ in 0..3 {
        bench.run(&drill(&KEEP)).exits(0);
    }
    let text = String::from_utf8(bench.read("h.jsonl")).expect("it is UTF-8");
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines[1] = lines[1].replace("proven", "failed");
    let edited = lines.join("\n") + "\n";
    bench.write("h.jsonl", &edited);

    let ran = bench.run(&["history", "h.jsonl", "--json"]).exits(3);
    let document = ran.json();
    assert_eq!(document["verdict"], "failed");
    assert_eq!(document["findings"][0]["code"], "history");
    assert_eq!(document["lines"].as_array().map(Vec::len), Some(1), "what stands before it");
    bench
        .run(&["history", "h.jsonl"])
        .exits(3)
        .complains("line 2 of the history h.jsonl was changed");
    assert_eq!(bench.run(&["history", "h.jsonl", "-q"]).exits(3).stdout, "failed\n");

    bench.run(&drill(&KEEP)).exits(3).complains("line 2 of the history h.jsonl was changed");
    let failed = "command=\"restore-test\",verdict=\"failed\"} 1\n";
    assert!(metrics(&bench).contains(failed), "the metrics do not tell:\n{}", metrics(&bench));
    let ran = bench.export("b.tar.zst.age", &[&fixture("attachments"), "--history", "h.jsonl"]);
    ran.exits(3).complains("line 2 of the history");
    assert!(!bench.path("b.tar.zst.age").exists(), "it is known before anything is written");
    let ran = bench.run(&["restore-test", "gone.age", "-i", "key.txt", "--history", "h.jsonl"]);
    ran.exits(3).complains("line 2 of the history");
    assert_eq!(bench.read("h.jsonl"), edited.as_bytes(), "something was added");
}

#[test]
fn a_history_that_cannot_be_written_exits_with_4_and_keeps_the_archive() {
    let bench = Bench::new();
    let source = fixture("attachments");
    let nowhere = ["--history", "nowhere/h.jsonl"];
    let ran = bench.export("crm.tar.zst.age", &[&[&*source, "--json"], &nowhere[..]].concat());
    let ran = ran.exits(4).complains("the history was not written: cannot write nowhere/h.jsonl");
    assert!(ran.stderr.contains("hint: The archive is whole"), "{}", ran.stderr);
    assert!(ran.stderr.contains("its folder, who may write there"), "{}", ran.stderr);
    assert_eq!(ran.json()["verdict"], "unverified", "whether it is known was not looked at");
    assert!(bench.path("crm.tar.zst.age").exists(), "the archive is gone");
    let ran = bench.run(&drill(&nowhere)).exits(4).complains("the history was not written");
    assert!(ran.stderr.contains("its folder, who may write there"), "{}", ran.stderr);
    bench.write("full", "no folder");
    let ran = bench.run(&drill(&["--metrics", "full/m.prom", "--json"])).exits(4);
    let ran = ran.complains("the metrics were not written");
    assert!(ran.stderr.contains("hint: Check the name and the folder."), "{}", ran.stderr);
    assert_eq!(ran.json()["verdict"], "proven", "metrics are no check");
    assert_eq!(ran.json()["error"]["exit"], 4, "the document does not say it");

    bench.write("m.prom", "node_load1 0.5\n");
    bench.run(&drill(&["--metrics", "m.prom"])).exits(4).complains("not a metrics file");
    assert_eq!(metrics(&bench), "node_load1 0.5\n", "another program's file was replaced");
    let both = [&nowhere[..], &["--metrics", "m.prom"]].concat();
    let gone = ["restore-test", "gone.age", "-i", "key.txt"];
    let ran = bench.run(&[&gone[..], &both].concat()).exits(1);
    for what in ["cannot open gone.age", "the history was not written", "the metrics were not"] {
        assert!(ran.stderr.contains(what), "“{what}” is not said:\n{}", ran.stderr);
    }
    bench.run(&["history", "nowhere.jsonl"]).exits(1).complains("nowhere.jsonl");
}

#[test]
fn a_restore_test_without_its_key_is_recorded() {
    let bench = Bench::with_archive();
    let test = ["restore-test", "crm.tar.zst.age", "-i", "lost.txt"];
    bench.run(&[&test[..], &KEEP].concat()).exits(1).complains("lost.txt");
    bench.export("crm.tar.zst.age", &[&[&*fixture("csv-utf8")], &KEEP[..]].concat()).exits(1);
    let expected = ("crm.tar.zst.age".to_owned(), "error".to_owned());
    assert_eq!(verdicts(&bench), [expected.clone(), expected]);
    for command in ["restore-test", "export"] {
        let series = format!("command=\"{command}\",verdict=\"error\"}} 1\n");
        assert!(metrics(&bench).contains(&series), "{command} is missing:\n{}", metrics(&bench));
    }
    let verify = ["verify", "crm.tar.zst.age", "-i", "key.txt", "--metrics", "m.prom"];
    bench.run(&verify).exits(0);
    let proven = "crm_backup_last_proven_timestamp_seconds{archive=\"crm.tar.zst.age\",command=";
    let of = |command: &str| metrics(&bench).contains(&format!("{proven}\"{command}\"}} "));
    assert!(of("verify"), "when it was verified:\n{}", metrics(&bench));
    assert!(!of("restore-test"), "verifying is taken for a drill:\n{}", metrics(&bench));
}

#[test]
fn invalid_combinations_of_history_flags_are_refused() {
    let bench = Bench::with_archive();
    bench.run(&drill(&["--ticket", "T-1"])).exits(2);
    let source = fixture("attachments");
    let dry = ["export", &*source, "--dry-run", "--history", "h.jsonl"];
    bench.run(&dry).exits(2).complains("a dry run writes nothing");
    assert!(!bench.path("h.jsonl").exists(), "a history was begun");
}

#[test]
fn every_kind_of_signing_key_prints_its_public_key() {
    let bench = Bench::new();
    bench.write("id", include_str!("ssh/sealed_key"));
    bench.write("id.pub", include_str!("ssh/sealed_key.pub"));
    bench.write("phrase", "of several words\n");
    let second = bench.keygen("second.txt");
    let source = fixture("attachments");
    let recipients = ["-r", &bench.public, "-r", &second, "-R", "id.pub"];
    bench.run(&[&["export", &*source, "-o", "keys.age"], &recipients[..]].concat()).exits(0);
    let phrase = ["--passphrase-file", "phrase"];
    bench.run(&[&["export", &*source, "-o", "phrase.age"], &phrase[..]].concat()).exits(0);
    let ssh = "ssh-ed25519 SHA256:mZRXopFps6NKGRijtA5m+uz3Nl8Q5iTq0sr5hvMrC70";
    let cases: [(&str, &[&str], &str); 4] = [
        ("keys.age", &["-i", "@key.txt"], &bench.public),
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
        assert_eq!(drive(&bench, &mut context, &args), 0, "{key:?} does not open it");
        let last = lines(&bench).pop().expect("a line was written");
        assert_eq!(last["opened_by"], name, "what {key:?} is called");
    }
    let text = String::from_utf8(bench.read("h.jsonl")).expect("it is UTF-8");
    for secret in ["AGE-SECRET-KEY", "of several words", "for tests only", "PRIVATE KEY"] {
        assert!(!text.contains(secret), "the history holds a secret: {secret}");
    }
}

#[test]
fn a_history_matches_its_snapshot() {
    let bench = Bench::new();
    bench.write("history.jsonl", include_str!("history/history.jsonl"));
    let (stdout, stderr) = (Capture::default(), Capture::default());
    let mut context = Context {
        stdout: Box::new(stdout.clone()),
        stderr: Box::new(stderr.clone()),
        // The twentieth of November 2026.
        now: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(20_777 * 24 * 60 * 60)),
        ..Context::detached()
    };
    let exit = drive(&bench, &mut context, &["history", "@history.jsonl"]).into();
    let path = bench.path("history.jsonl").display().to_string();
    let stdout = stdout.text().replace(&path, "history.jsonl");
    let command = "history history.jsonl".into();
    snapshot("history", &Ran { command, exit, stdout, stderr: stderr.text() });
}

#[test]
fn a_broken_history_before_an_export_sets_a_metric() {
    let bench = Bench::new();
    bench.write("h.jsonl", "no line of a history\n");
    let args = ["export", &fixture("csv-utf8"), "-o", "crm.tar.zst.age", "-r", &bench.public];
    bench.run(&[&args[..], &KEEP].concat()).exits(3);
    assert!(!bench.path("crm.tar.zst.age").exists(), "something was exported");
    assert_eq!(bench.read("h.jsonl"), b"no line of a history\n", "something was appended");
    let told = metrics(&bench);
    assert!(told.contains("command=\"export\",verdict=\"failed\"} 1"), "{told}");
}

/// A history of three exports, whose last line was edited.
fn edited(bench: &Bench) {
    let source = fixture("attachments");
    for name in ["1.age", "2.age", "3.age"] {
        bench.export(name, &[&source, "--history", "h.jsonl"]).exits(0);
    }
    let text = String::from_utf8(bench.read("h.jsonl")).expect("it is UTF-8");
    bench.write("h.jsonl", text.replace("3.age", "4.age"));
}

#[test]
fn an_edited_history_is_reported_with_the_first_broken_line() {
    let bench = Bench::new();
    edited(&bench);
    let args = ["export", &fixture("csv-utf8"), "-o", "new.age", "-r", &bench.public];
    let args = [&args[..], &["--history", "h.jsonl"]].concat();
    let english = bench.run(&args).exits(3).complains("line 3 of the history").stderr;
    let chinese = bench.run(&[&args[..], &["--lang", "zh"]].concat()).exits(3).stderr;
    for (said, hint) in [(english, "Compare it with a copy of it"), (chinese, "请与其副本比较")]
    {
        assert!(said.contains(hint), "it does not say what to try with a history:\n{said}");
        for word in ["salvage", ".sha256"] {
            assert!(!said.contains(word), "there is no archive, and it says {word}:\n{said}");
        }
    }
    for (language, first) in
        [("en", "The history is broken at line 3."), ("zh", "历史记录在第 3 行出错。")]
    {
        let ran = bench.run(&["history", "h.jsonl", "--lang", language]).exits(3);
        assert!(ran.stdout.starts_with(first), "it begins as if it were sound:\n{}", ran.stdout);
        let said = language == "en" || ran.stderr.contains("第 3 行");
        assert!(said, "the error does not say which line:\n{}", ran.stderr);
    }
}

#[test]
fn a_restore_test_in_a_history_fits_one_terminal_line() {
    let bench = Bench::new();
    let source = fixture("csv-utf8");
    let name = "crm-2026-11.tar.zst.age";
    bench.export(name, &[&source, "--history", "h.jsonl"]).exits(0);
    let test = ["restore-test", name, "-i", "key.txt", "--history", "h.jsonl"];
    bench.run(&[&test[..], &["--ticket", "OPS-19"]].concat()).exits(0);
    for language in ["en", "zh"] {
        let stdout = Capture::default();
        let mut context = Context {
            stdout: Box::new(stdout.clone()),
            stdout_terminal: true,
            width: Some(80),
            ..Context::detached()
        };
        drive(&bench, &mut context, &["history", "@h.jsonl", "--lang", language]);
        let text = stdout.text();
        let drill = text.lines().find(|line| line.contains(name) && line.contains("OPS-19"));
        assert!(drill.is_some(), "the drill is broken over lines:\n{text}");
    }
}

#[test]
#[cfg(unix)]
fn archive_names_that_would_look_the_same_are_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let bench = Bench::new();
    bench.export("crm.tar.zst.age", &[&fixture("csv-utf8")]).exits(0);
    let sealed = bench.read("crm.tar.zst.age");
    let name = OsStr::from_bytes(b"\xff.tar.zst.age");
    std::fs::write(bench.path("").join(name), sealed).expect("it is copied");
    let restore_test = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crm-backup"));
        command.current_dir(bench.path("")).args(["restore-test", "-i", "key.txt"]);
        command.arg(name).args(args).output().expect("it runs")
    };
    for keep in [&KEEP[..2], &KEEP[2..]] {
        let output = restore_test(keep);
        assert_eq!(output.status.code(), Some(2), "{keep:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("is not Unicode"), "{said}");
    }
    let output = restore_test(&["-q"]);
    assert_eq!(output.status.code(), Some(0), "without them it is an archive like any other");
}
