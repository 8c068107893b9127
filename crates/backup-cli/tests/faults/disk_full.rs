//! No space: a file reaches the size limit, or the disk is full, at every size from zero to enough.
//! The run reports it in one sentence and leaves no files.

use std::path::Path;
use std::process::Command;

use crate::test_folder::{ARCHIVE, Finished, TestFolder, print_line};
use crate::workspace::fixture;

/// Noise does not compress, so the archive has some size; the database has definitions and indexes.
fn source(test_folder: &TestFolder) {
    let noise: String = (1..2_000u64)
        .map(|n| format!("{n},{:x}\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17)))
        .collect();
    test_folder.write("src/noise.csv", format!("id,noise\n{noise}"));
    test_folder.write("src/crm.sqlite", std::fs::read(fixture("sqlite")).expect("it is read"));
}

/// Commands, and the output of each.
fn commands(test_folder: &TestFolder) -> [(Vec<&str>, &'static str); 4] {
    let key = ["-i", "key.txt"];
    let restore = |output| [&["restore", ARCHIVE, "-o", output], &key[..]].concat();
    [
        (vec!["export", "src", "-o", "room/new.age", "-r", &test_folder.public], "room/new.age"),
        (restore("room/back"), "room/back"),
        (restore("room/back.sqlite"), "room/back.sqlite"),
        (vec!["keygen", "-o", "room/new.txt"], "room/new.txt"),
    ]
}

fn refused(ended: &Finished, after: &str) {
    let errors = ended.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(ended.status.code(), Some(1), "{after}: {}\n{}", ended.status, ended.stderr);
    assert_eq!(errors, 1, "{after} there must be one error:\n{}", ended.stderr);
    let debug = ["Os {", "IoError", "panicked"].iter().any(|word| ended.stderr.contains(word));
    assert!(!debug, "{after} the message is a debug text:\n{}", ended.stderr);
}

/// Fails unless the error names the file that was written, by its final name.
fn assert_names_output(ended: &Finished, makes: &str, after: &str) {
    let error = ended.stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
    // What does not fit at all is a draft in its folder.
    let named = error.contains(makes) || error.contains("cannot write to room");
    let draft = error.contains(".partial") || error.contains("cannot read");
    assert!(named && !draft, "{after} it does not name the file written:\n{}", ended.stderr);
}

/// Runs with a file-size limit of this many 512-byte blocks.
fn limited(test_folder: &TestFolder, blocks: u32, args: &[&str]) -> Finished {
    let script = format!("ulimit -f {blocks} && exec \"$0\" \"$@\"");
    let program = env!("CARGO_BIN_EXE_crm-backup");
    let args = [&["-c", &script, program], args].concat();
    test_folder.run_unlimited(test_folder.command_of(Path::new("sh"), &args))
}

/// A folder with sources, an archive of them, and an empty folder `room`.
fn with_room() -> TestFolder {
    let test_folder = TestFolder::new();
    source(&test_folder);
    test_folder.export("src").expect_exit(&[0]);
    std::fs::create_dir(test_folder.path("room")).expect("the folder is made");
    test_folder
}

#[test]
fn the_file_size_limit_is_reached() {
    let test_folder = with_room();
    let mut tried = 0;
    for (args, makes) in commands(&test_folder) {
        let mut enough = None;
        for blocks in (0..2_000).step_by(8) {
            let ended = limited(&test_folder, blocks, &args);
            let after = format!("{} at {blocks} blocks:", args.join(" "));
            tried += 1;
            if ended.status.success() {
                assert!(test_folder.path(makes).exists(), "{after} there is nothing");
                assert_eq!(test_folder.leftovers(), [""; 0], "{after} leftovers");
                enough = Some(blocks);
                break;
            }
            refused(&ended, &after);
            assert_names_output(&ended, makes, &after);
            assert!(
                ended.stderr.contains("File too large") || ended.stderr.contains("disk"),
                "{after}\n{}",
                ended.stderr
            );
            let room = crate::test_folder::names_in(&test_folder.path("room"));
            assert_eq!(room, [""; 0], "{after} leftovers");
            assert_eq!(test_folder.leftovers(), [""; 0], "{after} leftovers");
        }
        let enough = enough.unwrap_or_else(|| panic!("no size was enough: {}", args.join(" ")));
        assert!(enough > 0, "no size was too small: {}", args.join(" "));
        test_folder.remove("room");
        std::fs::create_dir(test_folder.path("room")).expect("the folder is made");
    }
    let test = ["restore-test", ARCHIVE, "-i", "key.txt", "--scratch", "disk"];
    let ended = limited(&test_folder, 0, &test);
    assert!(matches!(ended.status.code(), Some(0 | 1)), "{}\n{}", ended.status, ended.stderr);
    print_line!("{tried} file-size limits tried");
}

/// A scratch database has no name, so the error names its folder and the table being loaded.
#[test]
fn a_scratch_database_without_space_is_an_error() {
    let test_folder = TestFolder::new();
    // More than SQLite caches in memory.
    let long = "x".repeat(8_000);
    let rows: String = (0..2_500).map(|n| format!("{n},{long}\n")).collect();
    test_folder.write("src/long.csv", format!("id,long\n{rows}"));
    test_folder.export("src").expect_exit(&[0]);
    let args = ["restore-test", ARCHIVE, "-i", "key.txt", "--scratch", "disk"];
    let ended = limited(&test_folder, 1_000, &args);
    let after = "a scratch database that may not grow:";
    refused(&ended, after);
    let error = ended.stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
    let folder = test_folder.temporary().display().to_string();
    assert!(error.contains(&folder), "{after} it does not name the folder:\n{}", ended.stderr);
    assert!(error.contains("table long"), "{after} it does not name the table:\n{error}");
    assert!(
        ended.stderr.contains("--scratch memory"),
        "{after} there is no hint:\n{}",
        ended.stderr
    );
    assert_eq!(test_folder.leftovers(), [""; 0], "{after} leftovers");
}

/// Runs a command that writes into `room/`, on a private disk of this many KiB, and checks what it
/// left.
fn on_small_disk(test_folder: &TestFolder, kib: u32, args: &[&str]) -> Finished {
    let script = format!(
        "mount -t tmpfs -o size={kib}k,mode=700 none room || exit 90
         \"$0\" \"$@\"; code=$?
         for name in $(ls -A room); do echo \"room/$name exists\"; done
         if [ -e room/new.age ]; then
             \"$0\" verify room/new.age -i key.txt -q && echo \"the archive verifies\"
         fi
         exit $code"
    );
    let program = env!("CARGO_BIN_EXE_crm-backup");
    let args = [&["-rm", "sh", "-c", &script, program], args].concat();
    test_folder.run_unlimited(test_folder.command_of(Path::new("unshare"), &args))
}

/// More than any of these commands needs.
const ROOMY_KIB: u32 = 64_000;

/// The notes of a report on the terminal.
fn notes(ended: &Finished) -> Vec<&str> {
    ended.stdout.lines().filter(|line| line.starts_with("  · ")).collect()
}

pub(crate) fn the_disk_is_full() {
    let make = ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"];
    let made = Command::new("unshare").args(make).status();
    assert!(made.is_ok_and(|status| status.success()), "no disk can be made here");
    let test_folder = with_room();
    let mut tried = 0;
    for (args, makes) in commands(&test_folder) {
        let mut enough = None;
        for kib in (4..4_000).step_by(4) {
            let ended = on_small_disk(&test_folder, kib, &args);
            let after = format!("{} on {kib} KiB:", args.join(" "));
            tried += 1;
            if ended.status.success() {
                assert!(ended.stdout.contains(&format!("{makes} exists")), "{after} nothing");
                let archive = makes.ends_with(".age");
                let whole = !archive || ended.stdout.contains("the archive verifies");
                assert!(whole, "{after} it does not verify:\n{}{}", ended.stdout, ended.stderr);
                let roomy = on_small_disk(&test_folder, ROOMY_KIB, &args);
                assert!(roomy.status.success(), "{after} nor is there room in {ROOMY_KIB} KiB");
                assert_eq!(notes(&ended), notes(&roomy), "{after} less was restored than there is");
                enough = Some(kib);
                break;
            }
            refused(&ended, &after);
            assert_names_output(&ended, makes, &after);
            assert!(!ended.stdout.contains(" exists"), "{after} this is left:\n{}", ended.stdout);
            let is_reported =
                ["No space left", "full"].iter().any(|why| ended.stderr.contains(why));
            assert!(is_reported, "{after} it does not name the cause:\n{}", ended.stderr);
        }
        let enough = enough.unwrap_or_else(|| panic!("no disk was enough: {}", args.join(" ")));
        print_line!("{}: {enough} KiB were enough", args[..2].join(" "));
    }
    assert!(tried > 4, "no disk was too small");
    print_line!("{tried} sizes of a disk tried");
}
