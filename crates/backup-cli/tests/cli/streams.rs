//! Archives on standard output and standard input, and a standard output that is full.

use std::fs::File;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::workspace::{Workspace, fixture};

const ARCHIVE: &str = "crm.tar.zst.age";

/// Runs with standard output in a file, and with this standard input. Returns the exit code and
/// standard error.
fn run(workspace: &Workspace, args: &[&str], input: &[u8], output: &str) -> (i32, String) {
    let output = File::options().write(true).create(true).truncate(true).open(output);
    let mut child = Command::new(env!("CARGO_BIN_EXE_crm-backup"))
        .args(args)
        .current_dir(workspace.path(""))
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(output.expect("the output is opened"))
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let _ = child.stdin.take().expect("the input is a pipe").write_all(input);
    let ended = child.wait_with_output().expect("the binary ends");
    let stderr = String::from_utf8(ended.stderr).expect("it is UTF-8");
    (ended.status.code().expect("no signal ended it"), stderr)
}

fn path(workspace: &Workspace, name: &str) -> String {
    workspace.path(name).into_os_string().into_string().expect("it is UTF-8")
}

#[test]
fn an_archive_is_streamed_to_standard_output_and_verified_from_a_pipe() {
    let workspace = Workspace::new();
    let (source, public) = (fixture("csv-utf8"), workspace.public.clone());
    let export = ["export", &source, "-o", "-", "-r", &public];
    let (exit, stderr) = run(&workspace, &export, b"", &path(&workspace, "out.age"));
    assert_eq!(exit, 0, "{stderr}");
    assert!(stderr.contains("\nunverified") && stderr.contains("was not read back"), "{stderr}");
    assert_eq!(workspace.names(), ["key.txt", "out.age"], "no file is called -");
    let whole = workspace.read("out.age");
    let verify = |input: &[u8]| workspace.run_with(&["verify", "-", "-i", "key.txt"], &[], input);
    let report = verify(&whole).expect_exit(0);
    assert!(report.stdout.contains("\nproven\n"), "{}", report.stdout);
    workspace.run(&["verify", "out.age", "-i", "key.txt"]).expect_exit(0);
    let device = ["export", &source, "-o", "/dev/stdout", "-r", &public];
    let (exit, stderr) = run(&workspace, &device, b"", &path(&workspace, "device.age"));
    assert_eq!(exit, 0, "{stderr}");
    workspace.run(&["verify", "device.age", "-i", "key.txt"]).expect_exit(0);
    let named = workspace.run_with(&["verify", "/dev/stdin", "-i", "key.txt"], &[], &whole);
    named.expect_exit(0);

    // The report on standard error is the JSON document, if it is asked for.
    let json = [&export[..], &["--json"]].concat();
    let (exit, stderr) = run(&workspace, &json, b"", &path(&workspace, "json.age"));
    let document: serde_json::Value = serde_json::from_str(&stderr).expect("one document");
    assert_eq!((exit, &document["verdict"]), (0, &"unverified".into()));
    workspace
        .run_with(&["verify", "-", "-i", "key.txt"], &[], &workspace.read("json.age"))
        .expect_exit(0);

    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    verify(&damaged).expect_exit(3);
    verify(&whole[..whole.len() - 1]).expect_exit(3);
    verify(b"").expect_exit(1).fails_with("the file is empty");
    verify(b"id,name\n1,a\n").expect_exit(1).fails_with("not an age file");
    workspace.keygen("other.txt");
    workspace.run_with(&["verify", "-", "-i", "other.txt"], &[], &whole).expect_exit(1);
}

#[test]
fn a_document_on_standard_error_is_alone_there() {
    let workspace = Workspace::new();
    workspace.write("src/a.csv", "id,n\n1,a\n");
    workspace.write("src/b.csv", "id,n\n1,2,3\n");
    let public = workspace.public.clone();
    for (source, key, expected) in [("src", &*public, 4), ("src", "age1x", 1), ("none", &public, 1)]
    {
        let export = ["export", source, "-o", "-", "-r", key, "--json"];
        let (exit, stderr) = run(&workspace, &export, b"", &path(&workspace, "out.age"));
        let document: Result<serde_json::Value, _> = serde_json::from_str(&stderr);
        assert!(document.is_ok(), "{source} {key}: {stderr}");
        assert_eq!(exit, expected, "{stderr}");
    }
}

#[test]
fn standard_output_within_the_source_is_left_out() {
    let workspace = Workspace::new();
    workspace.write("crm/a.csv", "id,n\n1,a\n");
    let public = workspace.public.clone();
    let export = ["export", "crm", "-o", "-", "-r", &public, "--json"];
    let (exit, stderr) = run(&workspace, &export, b"", &path(&workspace, "crm/b.age"));
    let document: serde_json::Value = serde_json::from_str(&stderr).expect("one document");
    assert_eq!((exit, document["files"].as_array().map(Vec::len)), (0, Some(0)), "{stderr}");
    assert_eq!(document["ledger"][0]["code"], "own-file");
    assert_eq!(document["ledger"][0]["source"], "b.age");
}

#[test]
fn a_stream_is_a_source_of_a_stream() {
    let workspace = Workspace::new();
    let public = workspace.public.clone();
    let export = ["export", "-", "-o", "-", "-r", &public];
    let (exit, stderr) = run(&workspace, &export, b"id,n\n1,a\n", &path(&workspace, "out.age"));
    assert_eq!(exit, 0, "{stderr}");
    workspace.run(&["restore", "out.age", "-i", "key.txt", "-o", "back"]).expect_exit(0);
    assert_eq!(workspace.read("back/tables/stdin.csv"), b"id,n\n1,a\n");
    let bad = "id,n\n1,\"a".as_bytes();
    let (exit, stderr) = run(&workspace, &export, bad, &path(&workspace, "bad.age"));
    assert_eq!(exit, 1, "{stderr}");
    assert!(!stderr.contains("--as-file") && stderr.contains("save it as a file"), "{stderr}");
    workspace.run(&["verify", "bad.age", "-i", "key.txt"]).fails_with("bad.age");
}

#[test]
fn a_source_that_cannot_be_read_as_a_table_is_streamed_as_a_file() {
    let workspace = Workspace::new();
    workspace.write("src/a.csv", "id,n\n1,a\n");
    workspace.write("src/b.csv", "id,n\n1,2,3\n");
    let public = workspace.public.clone();
    let export = ["export", "src", "-o", "-", "-r", &public];
    let (exit, stderr) = run(&workspace, &export, b"", &path(&workspace, "out.age"));
    assert_eq!(exit, 4, "{stderr}");
    workspace.run(&["restore", "out.age", "-i", "key.txt", "-o", "back", "--originals"]);
    assert_eq!(workspace.read("back/b.csv"), b"id,n\n1,2,3\n");
}

#[test]
fn what_a_stream_cannot_give_is_refused_before_anything_is_made() {
    let workspace = Workspace::with_archive();
    let whole = workspace.read(ARCHIVE);
    let before = workspace.names();
    let (source, public) = (fixture("csv-utf8"), workspace.public.clone());
    let to_stdout = ["export", &source, "-o", "-", "-r", &public];
    for args in [
        &["verify", "--sealed", "-"][..],
        &["verify", "-", "-i", "key.txt", "--metrics", "m.prom"],
        &["restore-test", "-", "-i", "key.txt"],
        &["inspect", "-", "-i", "key.txt"],
        &["restore", "-", "-i", "key.txt", "-o", "back"],
        &["restore", ARCHIVE, "-i", "key.txt", "-o", "-"],
        &["verify", ARCHIVE, "-i", "key.txt", "--metrics", "-"],
        &["restore-test", ARCHIVE, "-i", "key.txt", "--history", "-"],
        &[&to_stdout[..], &["--history", "h.jsonl"]].concat(),
        &[&to_stdout[..], &["--metrics", "m.prom"]].concat(),
    ] {
        let result = workspace.run_with(args, &[], &whole);
        assert_eq!(result.exit, 2, "{args:?}: {}", result.stderr);
    }
    assert_eq!(workspace.names(), before, "something was made");
    let printed = workspace.run(&["keygen", "-o", "-"]).expect_exit(0);
    assert!(printed.stdout.contains("\nAGE-SECRET-KEY-1"), "the key is printed");
    assert_eq!(workspace.names(), before, "a file is called -");
    let totals = ["restore-test", ARCHIVE, "-i", "key.txt", "--expect", "-"];
    workspace.run_with(&totals, &[], b"table,rows\naccounts,40\n").expect_exit(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_does_not_change_a_result() {
    let workspace = Workspace::with_archive();
    let (source, public) = (fixture("csv-utf8"), workspace.public.clone());
    let export = ["export", &source, "-o", "new.tar.zst.age", "-r", &public];
    let (exit, stderr) = run(&workspace, &export, b"", "/dev/full");
    assert_eq!(exit, 4, "{stderr}");
    assert!(stderr.contains("the result was not printed"), "{stderr}");
    assert!(stderr.contains("remains valid") && !stderr.contains(" -o"), "{stderr}");
    workspace.run(&["verify", "new.tar.zst.age", "-i", "key.txt"]).expect_exit(0);
    let (exit, _) = run(&workspace, &["verify", ARCHIVE, "-i", "key.txt"], b"", "/dev/full");
    assert_eq!(exit, 4, "it was verified");
    let to_stdout = ["export", &source, "-o", "-", "-r", &public];
    let (exit, stderr) = run(&workspace, &to_stdout, b"", "/dev/full");
    assert_eq!(exit, 1, "the archive itself is lost: {stderr}");
    for args in [&["keygen"][..], &["inspect", ARCHIVE, "-i", "key.txt"]] {
        let (exit, stderr) = run(&workspace, args, b"", "/dev/full");
        assert_eq!(exit, 1, "{args:?} only prints: {stderr}");
    }
}

#[test]
fn a_dry_run_and_an_export_treat_pipes_alike() {
    let workspace = Workspace::new();
    workspace.write("src/a.csv", "id\n1\n");
    let made = Command::new("mkfifo").arg(workspace.path("src/p.csv")).status();
    assert!(made.is_ok_and(|status| status.success()), "no pipe can be made");
    let public = workspace.public.clone();
    let export = ["export", "src", "-o", "a.age", "-r", &public, "--json"];
    let dry = workspace.run(&[&export[..], &["--dry-run"]].concat()).expect_exit(0).json();
    let done = workspace.run(&export).expect_exit(0).json();
    assert_eq!(dry["ledger"], done["ledger"], "the pipe is listed by both");
    assert_eq!(dry["ledger"][0]["code"], "special-file");
    for more in [&[][..], &["--dry-run"]] {
        let named = ["export", "src/p.csv", "-o", "b.age", "-r", &public];
        workspace.run(&[&named[..], more].concat()).expect_exit(1).fails_with("pipe or socket");
    }
}

#[test]
fn a_drill_without_a_temporary_file_ends_at_its_start() {
    let workspace = Workspace::with_archive();
    let line = "ulimit -f 0 && exec \"$0\" restore-test crm.tar.zst.age -i key.txt \"$@\"";
    let run = |more: &[&str]| {
        let mut command = Command::new("sh");
        command.args(["-c", line, env!("CARGO_BIN_EXE_crm-backup")]).args(more);
        let output = command.current_dir(workspace.path("")).env("LC_ALL", "C").output();
        let output = output.expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (exit, stderr) = run(&[]);
    assert_eq!(exit, Some(1), "{stderr}");
    assert!(stderr.contains("cannot be given a temporary file"), "{stderr}");
    assert!(stderr.contains("--scratch memory"), "{stderr}");
    let (exit, stderr) = run(&["--scratch", "memory", "--no-keys"]);
    assert_eq!(exit, Some(0), "{stderr}");
}

/// Other systems have no such file.
#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_printed_is_an_error() {
    let workspace = Workspace::new();
    let (exit, stderr) = run(&workspace, &["--help"], b"", "/dev/full");
    assert_eq!(exit, 1, "{stderr}");
    assert!(stderr.contains("cannot write to standard output"), "{stderr}");
}
