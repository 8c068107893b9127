//! Failures: one sentence with a hint, the right exit code, one document, and no files left behind.

use std::fs;

use crm_backup_tests::layers::AgeKey;

use crate::workspace::{Workspace, fixture};

#[test]
fn an_archive_that_cannot_be_opened_is_an_error() {
    let workspace = Workspace::with_archive();
    workspace.keygen("wrong.txt");
    workspace.write("notes.txt", "these are notes\n");
    workspace.write("empty.age", "");
    let before = workspace.names();
    let cases = [
        (["crm.tar.zst.age", "wrong.txt"], "none of the given keys"),
        (["missing.age", "key.txt"], "missing.age"),
        (["notes.txt", "key.txt"], "not an archive"),
        (["empty.age", "key.txt"], "empty"),
        (["crm.tar.zst.age", "missing.txt"], "missing.txt"),
        (["crm.tar.zst.age", "notes.txt"], "notes.txt"),
    ];
    for ([archive, key], words) in cases {
        for command in ["verify", "restore-test", "inspect", "restore"] {
            let mut args = vec![command, archive, "-i", key, "--json"];
            if command == "restore" {
                args.extend(["-o", "back"]);
            }
            let document = workspace.run(&args).expect_exit(1).fails_with(words).json();
            assert!(document["verdict"].is_null(), "{args:?} checked nothing");
            assert_eq!(document["error"]["exit"], 1, "{args:?}: the exit code in the document");
            assert!(document["error"]["hint"].is_string(), "{args:?}: the hint in the document");
            assert_eq!(workspace.names(), before, "{args:?} left something behind");
        }
    }
}

#[test]
fn a_truncated_archive_fails() {
    let workspace = Workspace::with_archive();
    let whole = workspace.read("crm.tar.zst.age");
    for length in [whole.len() / 2, whole.len() - 1] {
        workspace.write("cut.age", &whole[..length]);
        let before = workspace.names();
        for command in ["verify", "restore-test", "inspect", "restore"] {
            let mut args = vec![command, "cut.age", "-i", "key.txt", "--json"];
            if command == "restore" {
                args.extend(["-o", "back"]);
            }
            let result =
                workspace.run(&args).expect_exit(3).fails_with("cut.age: the archive is truncated");
            let document = result.json();
            assert_eq!(document["verdict"], "failed", "{args:?} of {length} bytes");
            assert_eq!(document["archive"], "cut.age", "{args:?}: the name of the archive");
            assert_ne!(document["findings"], serde_json::json!([]), "{args:?}: no finding");
            assert_eq!(workspace.names(), before, "{args:?} left something behind");
        }
    }
}

#[test]
fn a_missing_source_leaves_no_archive() {
    let workspace = Workspace::new();
    workspace.write("src/.keep/.gone", "");
    fs::remove_file(workspace.path("src/.keep/.gone")).expect("it is there");
    let missing = workspace
        .export("a.age", &["nowhere.csv", "--json"])
        .expect_exit(1)
        .fails_with("nowhere.csv");
    missing.json();
    workspace
        .export("a.age", &["src", "--json"])
        .expect_exit(1)
        .fails_with("nothing to back up")
        .json();
    workspace.export("no/such/a.age", &[&fixture("attachments"), "--json"]).expect_exit(1).json();
    assert_eq!(workspace.names(), ["key.txt", "src"], "something was left behind");
}

#[test]
fn export_refuses_to_replace_an_archive_without_force() {
    let workspace = Workspace::new();
    let source = fixture("attachments");
    for taken in ["a.tar.zst.age", "a.tar.zst.age.sha256", "a.README.txt"] {
        workspace.write(taken, "mine");
        let before = workspace.names();
        let result = workspace
            .export("a.tar.zst.age", &[&source, "--json"])
            .expect_exit(1)
            .fails_with(taken);
        assert!(
            result.stderr.contains("--force"),
            "the hint does not name --force:\n{}",
            result.stderr
        );
        result.json();
        assert_eq!(workspace.read(taken), b"mine", "{taken} was changed");
        assert_eq!(workspace.names(), before, "something was left beside {taken}");
        fs::remove_file(workspace.path(taken)).expect("it is there");
    }
    workspace.export("a.tar.zst.age", &[&source]).expect_exit(0);
    workspace.export("a.tar.zst.age", &[&source, "--force"]).expect_exit(0);
    workspace.run(&["verify", "a.tar.zst.age", "-i", "key.txt"]).expect_exit(0);
    let folder = workspace.path("folder");
    fs::create_dir(folder).expect("it is made");
    workspace.export("folder", &[&source, "--force"]).expect_exit(2).fails_with("is a folder");
}

#[test]
fn force_replaces_only_an_archive() {
    let workspace = Workspace::with_archive();
    workspace.write("src/a.csv", "id,name\n1,one\n");
    workspace.write("history.jsonl", "");
    workspace.write("notes.tar.zst.age", "mine");
    workspace.write("empty.tar.zst.age", "");
    workspace.write("recipients.txt", format!("{}\n", workspace.public));
    let export = |output: &str, more: &[&str]| {
        let args = [&["src", "--force"], more].concat();
        workspace.export(output, &args)
    };
    let encrypted_key = "sealed-key.age";
    let key = String::from_utf8(workspace.read("key.txt")).expect("it is text");
    workspace.write(encrypted_key, AgeKey::of(&key).encrypt(key.as_bytes()));
    // An archive within a source, which the export would include.
    workspace.write("src/old.tar.zst.age", workspace.read("crm.tar.zst.age"));
    let cases: [(&str, &[&str]); 8] = [
        ("notes.tar.zst.age", &[]),
        ("empty.tar.zst.age", &[]),
        ("src/a.csv", &[]),
        ("src/old.tar.zst.age", &[]),
        ("key.txt", &[]),
        (encrypted_key, &[]),
        ("recipients.txt", &["-R", "recipients.txt"]),
        ("crm.tar.zst.age", &["--metrics", "crm.tar.zst.age"]),
    ];
    for (output, more) in cases {
        let (content, before) = (workspace.read(output), workspace.names());
        let result = export(output, more);
        assert_ne!(result.exit, 0, "{output} is replaced");
        assert!(result.stderr.contains(output), "{output} is not named:\n{}", result.stderr);
        assert_eq!(workspace.read(output), content, "{output} was changed");
        assert_eq!(workspace.names(), before, "something was left beside {output}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("crm.tar.zst.age", workspace.path("link.tar.zst.age"))
            .expect("made");
        std::os::unix::fs::symlink("/dev/null", workspace.path("null.tar.zst.age")).expect("made");
        for output in ["link.tar.zst.age", "null.tar.zst.age", "/dev/null"] {
            export(output, &[]).expect_exit(1).fails_with(output);
        }
        let kind = workspace.path("link.tar.zst.age").symlink_metadata().expect("it is there");
        assert!(kind.is_symlink(), "the link was replaced");
    }
    // Files beside the archive that would be replaced are protected as well.
    for beside in ["crm.README.txt", "crm.tar.zst.age.sha256"] {
        let before = workspace.read(beside);
        workspace.write(beside, "mine");
        export("crm.tar.zst.age", &[]).expect_exit(1).fails_with(beside);
        assert_eq!(workspace.read(beside), b"mine", "{beside} was replaced");
        workspace.write(beside, before);
    }
    export("crm.tar.zst.age", &[]).expect_exit(0);
}

#[test]
fn usage_errors_have_their_own_exit_code() {
    let workspace = Workspace::with_archive();
    let source = fixture("attachments");
    let before = workspace.names();
    let export = ["export", &source, "-o", "a.age", "-r", &workspace.public];
    let with = |more: &[&'static str]| [&export[..], more].concat();
    let archive = "crm.tar.zst.age";
    let cases: [Vec<&str>; 18] = [
        vec![],
        vec!["nonsense"],
        vec!["export", &source, "-o", "a.age"],
        vec!["export", &source, "-r", &workspace.public],
        vec!["export", "-o", "a.age", "-r", &workspace.public],
        with(&["-p", "--passphrase-file", "x"]),
        with(&["--passphrase-file", "key.txt"]),
        with(&["-", "--stdin-name", "photo.png"]),
        with(&["--part-size", "many"]),
        with(&["--encoding", "klingon"]),
        with(&["--delimiter", "ab"]),
        with(&["--level", "99"]),
        vec!["verify", archive],
        vec!["verify", archive, "--sealed", "-i", "key.txt"],
        vec!["restore-test", archive],
        vec!["inspect", archive],
        vec!["restore", archive, "-i", "key.txt"],
        vec!["restore", archive, "-i", "key.txt", "-o", "x.db", "--originals"],
    ];
    for args in cases {
        let result = workspace.run(&[&args[..], &["--json"]].concat()).expect_exit(2);
        assert!(!result.stderr.is_empty(), "{args:?} is refused without a message");
        let document = result.json();
        assert_eq!(document["error"]["exit"], 2, "{args:?}: the exit code in the document");
        assert_eq!(workspace.names(), before, "{args:?} left something behind");
        let plain = workspace.run(&args).expect_exit(2);
        assert_eq!(plain.stdout, "", "{args:?} prints an error on standard output");
    }
}

#[test]
fn all_archives_are_checked_and_the_worst_verdict_is_reported() {
    let workspace = Workspace::with_archive();
    let whole = workspace.read("crm.tar.zst.age");
    workspace.write("cut.age", &whole[..whole.len() / 2]);
    let verify = |archives: &[&str], exit| {
        let result = workspace.run(&[&["verify", "-i", "key.txt", "--json"], archives].concat());
        result.expect_exit(exit).json()
    };
    let good = verify(&["crm.tar.zst.age", "crm.tar.zst.age"], 0);
    assert_eq!(good["verdict"], "proven");
    assert_eq!(good["tables"].as_array().map(Vec::len), Some(8), "the tables of both");
    let missing = verify(&["missing.age", "crm.tar.zst.age"], 1);
    assert!(missing["verdict"].is_null(), "one of them was not checked");
    assert!(missing["archives"][0]["verdict"].is_null(), "it has no verdict");
    let quiet = workspace.run(&["verify", "missing.age", "crm.tar.zst.age", "-i", "key.txt", "-q"]);
    let quiet = quiet.expect_exit(1);
    assert_eq!(quiet.stdout, "error       missing.age\nproven      crm.tar.zst.age\n");
    let quiet = workspace.run(&["verify", "missing.age", "-i", "key.txt", "-q"]).expect_exit(1);
    assert_eq!(quiet.stdout, "", "a missing archive has a verdict");
    assert_eq!(missing["archives"][1]["verdict"], "proven", "the second was not checked");
    let failed = verify(&["missing.age", "cut.age", "crm.tar.zst.age"], 3);
    assert_eq!(failed["verdict"], "failed");
    assert!(failed["content_id"].is_null(), "several archives have no common content id");
    assert_eq!(
        failed["findings"][0]["archive"], "cut.age",
        "the finding does not name its archive"
    );
    let id = good["archives"][0]["content_id"].as_str().expect("it has a content id").to_owned();
    verify(&["crm.tar.zst.age", "cut.age", "--expect-id", &id], 2);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_an_export_and_leaves_no_files() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    let workspace = Workspace::new();
    let before = workspace.names();
    for signal in ["-INT", "-TERM"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_crm-backup"))
            .args(["export", "-", "-o", "a.age", "-r", &workspace.public])
            .current_dir(workspace.path(""))
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary runs");
        let mut input = child.stdin.take().expect("the input is a pipe");
        input.write_all(b"id,name\n1,one\n").expect("it reads its input");
        // A draft file shows that the export has begun.
        while workspace.names() == before && child.try_wait().is_ok_and(|ended| ended.is_none()) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal was not sent");
        // Records keep coming as long as the export reads them, so that it cannot end before it
        // receives the signal, however late.
        while input.write_all(b"2,two\n").is_ok() {}
        drop(input);
        let output = child.wait_with_output().expect("the binary ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "the exit code after {signal}: {stderr}");
        assert!(stderr.contains("interrupted; no partial output is left"), "{signal}: {stderr}");
        assert_eq!(workspace.names(), before, "something is left after {signal}");
    }
}
