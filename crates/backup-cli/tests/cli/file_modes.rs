//! Every file that a command writes is readable by its owner only, whatever the umask.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::workspace::{Workspace, fixture};

/// Runs the binary with a umask that forbids nothing.
fn run(workspace: &Workspace, args: &[&str]) {
    let script = r#"umask 000; exec "$@""#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_crm-backup")]).args(args);
    command.current_dir(workspace.path("")).env("TMPDIR", workspace.path("tmp"));
    let output = command.output().expect("the shell runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{args:?}: {stderr}");
}

/// Checks the modes of everything below a folder; returns how many were checked.
fn check_modes(folder: &Path, known: &[&str]) -> usize {
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).expect("the folder is listed") {
        let entry = entry.expect("it is listed");
        if known.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let metadata = entry.metadata().expect("it is there");
        let mode = metadata.permissions().mode() & 0o7777;
        let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, expected, "the mode of {} is {mode:o}", entry.path().display());
        checked += 1;
        if metadata.is_dir() {
            checked += check_modes(&entry.path(), &[]);
        }
    }
    checked
}

#[test]
fn every_file_written_is_readable_by_its_owner_only() {
    let workspace = Workspace::new();
    std::fs::create_dir(workspace.path("tmp")).expect("a folder is made");
    std::fs::create_dir(workspace.path("empty")).expect("a folder is made");
    let (csv, database, zip) = (fixture("csv-gb18030"), fixture("sqlite"), fixture("zip"));
    let (workbook, attachments) = (fixture("workbook"), fixture("attachments"));
    let key = ["-i", "new.txt"];
    run(&workspace, &["keygen", "-o", "new.txt"]);
    let public = workspace.read("new.txt");
    let public = String::from_utf8_lossy(&public);
    let public = public.lines().find_map(|line| line.strip_prefix("# public key: "));
    let public = public.expect("a key file contains its public key");
    let export = ["export", "-o", "a.tar.zst.age", "-r", public];
    let sources = [csv.as_str(), &database, &zip, &workbook, &attachments];
    run(&workspace, &[&export[..], &sources].concat());
    run(&workspace, &[&export[..], &sources, &["--force"]].concat());
    let of = |args: &[&'static str]| [&[args[0], "a.tar.zst.age"], &key[..], &args[1..]].concat();
    for args in [
        &["restore", "-o", "tables"][..],
        &["restore", "-o", "empty"],
        &["restore", "-o", "originals", "--originals"],
        &["restore", "-o", "one", "--table", "contacts (contacts.csv)"],
        &["restore", "-o", "all.sqlite"],
        &["restore-test", "--report", "page.html"],
        &["restore-test", "--report", "page.html"],
        &["restore-test", "--scratch", "memory"],
        &["restore-test", "--history", "history.jsonl"],
        &["verify"],
        &["inspect"],
    ] {
        run(&workspace, &of(args));
    }
    let mut damaged = workspace.read("a.tar.zst.age");
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    workspace.write("a.tar.zst.age", damaged);
    run(&workspace, &of(&["restore", "-o", "salvaged", "--salvage"]));
    damaged = workspace.read("a.tar.zst.age");
    workspace.write("a.tar.zst.age", &damaged[..middle * 2 / 3]);
    run(&workspace, &of(&["restore", "-o", "loose", "--salvage"]));
    run(&workspace, &["demo", "demo/within"]);
    run(&workspace, &["demo"]);
    let checked = check_modes(&workspace.path(""), &["key.txt", "tmp"]);
    crm_backup_tests::tried!("modes checked: {checked}");
    for (name, least) in [("tables", 20), ("originals", 10), ("salvaged", 2), ("demo", 20)] {
        assert!(
            check_modes(&workspace.path(name), &[]) >= least,
            "{name}: hardly anything was written"
        );
    }
    assert_eq!(
        check_modes(&workspace.path("tmp"), &[]),
        0,
        "something is left in the temporary folder"
    );
}

#[test]
fn a_key_that_others_can_read_gets_a_warning() {
    let workspace = Workspace::new();
    for (mode, is_exposed) in [(0o644, true), (0o600, false)] {
        let path = workspace.path("new.txt");
        std::fs::write(&path, "").expect("a file is made");
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(&path, permissions).expect("its mode is set");
        let file = std::fs::File::options().append(true).open(&path).expect("it is opened");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_crm-backup"));
        let output = command.arg("keygen").stdout(file).output().expect("it runs");
        assert!(output.status.success());
        let stderr = String::from_utf8_lossy(&output.stderr);
        let warned = stderr.contains("warning: standard output is a file that others can read");
        assert_eq!(warned, is_exposed, "mode {mode:o}: {stderr}");
    }
}
