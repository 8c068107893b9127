//! Pipes given as files: a pipe with a writer is read like a file, and waiting for a pipe without a
//! writer is announced and ends.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use backup_cli::{Capture, Context};

use crate::in_process::run_in_process;
use crate::workspace::{Workspace, fixture};

fn make_pipe(workspace: &Workspace, name: &str) {
    let status = Command::new("mkfifo").arg(workspace.path(name)).status();
    assert!(status.is_ok_and(|status| status.success()), "no pipe can be made");
}

#[test]
fn an_archive_that_is_a_pipe_is_refused() {
    let workspace = Workspace::new();
    make_pipe(&workspace, "a.age");
    for command in [
        &["verify", "a.age", "-i", "key.txt"][..],
        &["verify", "--sealed", "a.age"],
        &["restore-test", "a.age", "-i", "key.txt"],
        &["inspect", "a.age", "-i", "key.txt"],
        &["restore", "a.age", "-i", "key.txt", "-o", "back"],
        &["restore", "a.age", "-i", "key.txt", "-o", "back", "--table", "t"],
        &["restore", "a.age", "-i", "key.txt", "-o", "back", "--salvage"],
        &["restore", "a.age", "-i", "key.txt", "-o", "back.sqlite"],
        &["verify", "/dev/null", "-i", "key.txt"],
    ] {
        let result = workspace.run(command).expect_exit(1).fails_with("it is a pipe or a device");
        let is_sealed = command.contains(&"--sealed");
        let named = is_sealed || result.stderr.contains("verify - reads");
        assert!(named, "{command:?}: {}", result.stderr);
    }
    assert_eq!(workspace.names(), ["a.age", "key.txt"], "something was left behind");
}

#[test]
fn a_source_that_is_a_pipe_is_refused() {
    let workspace = Workspace::with_archive();
    make_pipe(&workspace, "crm.csv");
    workspace.export("a.age", &["crm.csv"]).expect_exit(1).fails_with("device, pipe or socket");
    let test = ["restore-test", "crm.tar.zst.age", "-i", "key.txt", "--against", "crm.csv"];
    workspace.run(&test).expect_exit(1).fails_with("device, pipe or socket");
}

#[test]
fn checksum_and_metrics_paths_that_are_pipes_are_not_opened() {
    let workspace = Workspace::with_archive();
    std::fs::remove_file(workspace.path("crm.tar.zst.age.sha256")).expect("it is there");
    make_pipe(&workspace, "crm.tar.zst.age.sha256");
    let result = workspace.run(&["verify", "--sealed", "crm.tar.zst.age"]).expect_exit(4);
    result.fails_with("is not a regular file");
    make_pipe(&workspace, "metrics.prom");
    let verify = ["verify", "crm.tar.zst.age", "-i", "key.txt"];
    workspace.run(&verify).expect_exit(0);
    let result = workspace.run(&[&verify[..], &["--metrics", "metrics.prom"]].concat());
    result.expect_exit(2).fails_with("is not a regular file");
}

/// The arguments that name a pipe, called `pipe`, for each flag that accepts one.
fn named_pipes() -> [Vec<&'static str>; 5] {
    let test = ["restore-test", "@crm.tar.zst.age", "-i", "@key.txt"];
    [
        vec!["verify", "@crm.tar.zst.age", "-i", "@pipe"],
        vec!["verify", "@crm.tar.zst.age", "--passphrase-file", "@pipe"],
        vec!["export", "@key.txt", "-o", "@new.age", "-R", "@pipe"],
        [&test[..], &["--schema", "@pipe"]].concat(),
        [&test[..], &["--expect", "@pipe"]].concat(),
    ]
}

#[test]
fn waiting_for_a_pipe_without_a_writer_times_out() {
    let workspace = Workspace::with_archive();
    make_pipe(&workspace, "pipe");
    for args in named_pipes() {
        let stderr = Capture::default();
        let mut context = Context {
            stderr: Box::new(stderr.clone()),
            patience: Duration::ZERO,
            ..Context::detached()
        };
        assert_eq!(
            run_in_process(&workspace, &mut context, &args),
            1,
            "{args:?}: {}",
            stderr.text()
        );
        let printed = stderr.text();
        assert!(printed.contains("nothing was written to it"), "{args:?}: {printed}");
        assert_eq!(printed.matches("error: ").count(), 1, "{args:?}: {printed}");
    }
}

#[test]
fn waiting_for_a_pipe_is_announced_and_can_be_interrupted() {
    let workspace = Workspace::with_archive();
    make_pipe(&workspace, "pipe");
    for args in named_pipes() {
        let args = args.iter().map(|arg| arg.trim_start_matches('@'));
        let mut child = Command::new(env!("CARGO_BIN_EXE_crm-backup"))
            .args(args.clone())
            .current_dir(workspace.path(""))
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut stderr = BufReader::new(child.stderr.take().expect("it is a pipe"));
        let mut line = String::new();
        stderr.read_line(&mut line).expect("a line is printed");
        assert!(line.starts_with("waiting for pipe: "), "{line}");
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal was not sent");
        let ended = child.wait().expect("it ends");
        assert_eq!(ended.code(), Some(130), "{:?} after an interrupt", args.collect::<Vec<_>>());
    }
}

#[test]
fn a_pipe_with_a_writer_is_read_like_a_file() {
    let workspace = Workspace::with_archive();
    workspace.write("pass.txt", "correct horse\n");
    let source = fixture("attachments");
    let encrypted = ["export", &source, "-o", "p.age", "--passphrase-file", "pass.txt"];
    workspace.run(&encrypted).expect_exit(0);
    make_pipe(&workspace, "pipe");
    let totals = "table,rows\naccounts,40\n";
    let schema = r#"{"resources": [{"name": "accounts", "schema": {"primaryKey": "id"}}]}"#;
    let key = String::from_utf8(workspace.read("key.txt")).expect("it is text");
    let test = ["restore-test", "crm.tar.zst.age", "-i", "key.txt"];
    let cases = [
        (vec!["verify", "crm.tar.zst.age", "-i", "pipe"], key.as_str()),
        (vec!["verify", "p.age", "--passphrase-file", "pipe"], "correct horse\n"),
        (vec!["export", &source, "-o", "new.age", "-R", "pipe"], workspace.public.as_str()),
        ([&test[..], &["--schema", "pipe"]].concat(), schema),
        ([&test[..], &["--expect", "pipe"]].concat(), totals),
    ];
    for (args, content) in cases {
        let (path, content) = (workspace.path("pipe"), content.to_owned());
        let writing = thread::spawn(move || {
            let mut pipe = File::options().write(true).open(path).expect("it is opened");
            // In two pieces; between them, nothing can be read.
            let (first, rest) = content.as_bytes().split_at(5);
            pipe.write_all(first).and_then(|()| pipe.write_all(rest)).expect("it is written");
        });
        let result = workspace.run(&args);
        writing.join().expect("it is written");
        result.expect_exit(0);
    }
}

#[test]
fn process_substitution_supplies_an_identity() {
    let workspace = Workspace::with_archive();
    let line = r#""$0" verify crm.tar.zst.age -i <(cat key.txt)"#;
    let mut command = Command::new("bash");
    command.args(["-c", line, env!("CARGO_BIN_EXE_crm-backup")]).current_dir(workspace.path(""));
    let Ok(output) = command.output() else { return };
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stderr, "", "a wait was announced without need");
}
