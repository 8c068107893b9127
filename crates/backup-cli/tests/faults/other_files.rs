//! Folders and files of other programs, whatever their names, and those of runs in progress.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::test_folder::{ARCHIVE, TestFolder};

/// The text of a marker as runs on this machine write it.
fn marker() -> String {
    let machine = fs::read_to_string("/proc/sys/kernel/hostname").expect("it has a name");
    format!("temporary folder of crm-backup on {}\n", machine.trim_end())
}

/// A folder with a file in it, and optionally a marker.
fn folder(path: &Path, mode: u32, marker: Option<(&str, u32)>) {
    fs::create_dir(path).expect("it is made");
    fs::write(path.join("notes.txt"), "mine").expect("it is written");
    if let Some((text, mode)) = marker {
        let marker = path.join("crm-backup.lock");
        fs::write(&marker, text).expect("it is written");
        fs::set_permissions(marker, Permissions::from_mode(mode)).expect("it has the mode");
    }
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("it has the mode");
}

/// What is below a folder: links with their targets, files with their content.
fn tree(path: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(path).expect("it is listed") {
        let (path, kind) = entry.map(|entry| (entry.path(), entry.file_type())).expect("listed");
        let kind = kind.expect("it has one");
        let content =
            if kind.is_file() { fs::read(&path).expect("it is read") } else { Vec::new() };
        found.insert(path.clone(), content);
        if kind.is_dir() {
            tree(&path, found);
        }
    }
}

fn run_everything(test_folder: &TestFolder) {
    test_folder.export("src").expect_exit(&[0]);
    let export = [&test_folder.export_args("src")[..], &["--force"]].concat();
    test_folder.run(&export).expect_exit(&[0]);
    for output in ["back", "back.sqlite"] {
        test_folder.run(&["restore", ARCHIVE, "-i", "key.txt", "-o", output]).expect_exit(&[0]);
    }
    test_folder.run(&["keygen", "-o", "new.txt"]).expect_exit(&[0]);
    let drill = ["restore-test", ARCHIVE, "-i", "key.txt", "--report", "page.html"];
    test_folder.run(&[&drill[..], &["--metrics", "kept.prom"]].concat()).expect_exit(&[0]);
}

#[test]
fn files_of_other_programs_are_never_removed() {
    let test_folder = TestFolder::new();
    test_folder.write("src/a.csv", "id,name\n1,one\n");
    test_folder.write("elsewhere/notes.txt", "mine");
    let marker = marker();
    let names =
        [ARCHIVE, "a.README.txt", "back", "back.sqlite", "new.txt", "page.html", "kept.prom"];
    let hidden = names.map(|name| (test_folder.path(&format!(".{name}.")), ".partial"));
    let begins = hidden.iter().cloned().chain([(test_folder.temporary().join("crm-backup-"), "")]);
    for (begin, end) in begins {
        // All of them have names like those of this program.
        let at = |random: &str| PathBuf::from(format!("{}{random}{end}", begin.display()));
        folder(&at("november2026"), 0o755, None);
        folder(&at("november2027"), 0o700, None);
        folder(&at("november2028"), 0o755, Some((&marker, 0o600)));
        folder(&at("november2029"), 0o700, Some((&marker, 0o644)));
        folder(&at("november2030"), 0o700, Some(("temporary folder of another\n", 0o600)));
        folder(&at("november2031"), 0o700, Some(("", 0o600)));
        folder(&at("november2032"), 0o700, None);
        symlink(
            at("november2028").join("crm-backup.lock"),
            at("november2032").join("crm-backup.lock"),
        )
        .expect("it is made");
        fs::create_dir(at("november2033")).expect("it is made");
        fs::set_permissions(at("november2033"), Permissions::from_mode(0o700)).expect("a mode");
        fs::write(at("november2034"), "mine").expect("it is written");
        symlink(test_folder.path("elsewhere"), at("november2035")).expect("it is made");
    }
    let mut before = BTreeMap::new();
    tree(&test_folder.path(""), &mut before);
    tree(test_folder.temporary(), &mut before);
    run_everything(&test_folder);
    let mut after = BTreeMap::new();
    tree(&test_folder.path(""), &mut after);
    tree(test_folder.temporary(), &mut after);
    for (path, content) in &before {
        assert_eq!(after.get(path), Some(content), "{} is gone or changed", path.display());
    }
}

#[test]
fn an_abandoned_temporary_folder_is_removed_and_one_in_use_is_kept() {
    let test_folder = TestFolder::new();
    test_folder.write("src/a.csv", "id,name\n1,one\n");
    let marker = marker();
    let paths = [
        test_folder.path(&format!(".{ARCHIVE}.abcdefghijkl.partial")),
        test_folder.temporary().join("crm-backup-abcdefghijkl"),
    ];
    let locks = paths.each_ref().map(|path| {
        folder(path, 0o700, Some((&marker, 0o600)));
        let lock = File::open(path.join("crm-backup.lock")).expect("it is opened");
        lock.lock().expect("it is locked");
        lock
    });
    test_folder.export("src").expect_exit(&[0]);
    assert!(paths.iter().all(|path| path.exists()), "the folder of a run in progress is removed");
    drop(locks);
    let export = [&test_folder.export_args("src")[..], &["--force"]].concat();
    let ended = test_folder.run(&export).expect_exit(&[0]);
    for path in paths {
        assert!(!path.exists(), "{} is left", path.display());
        let name = path.file_name().expect("it has one").to_string_lossy().into_owned();
        let announced =
            ended.stderr.lines().any(|line| line.starts_with("Removing ") && line.contains(&name));
        assert!(announced, "{name} is removed without a message:\n{}", ended.stderr);
        assert!(ended.stdout.contains(&name), "the report does not name {name}");
    }
}

/// A run waits for a lock that another process holds, and announces it.
#[test]
fn waiting_for_a_locked_history_is_announced() {
    let test_folder = TestFolder::new();
    test_folder.write("src/a.csv", "id,name\n1,one\n");
    test_folder.export("src").expect_exit(&[0]);
    let drill = ["restore-test", ARCHIVE, "-i", "key.txt", "--history", "kept.jsonl"];
    test_folder.run(&drill).expect_exit(&[0]);
    let lock_file = File::open(test_folder.path("kept.jsonl")).expect("it is opened");
    lock_file.lock().expect("it is locked");
    let running = test_folder.start(test_folder.command(&drill));
    running.wait_for_stderr("Waiting for another run");
    drop(lock_file);
    running.end().expect_exit(&[0]);
    test_folder.run(&["history", "kept.jsonl"]).expect_exit(&[0]);
}
