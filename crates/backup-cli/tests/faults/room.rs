//! No room: a file reaches the size that is allowed, or the disk is full, at every size from nothing
//! to just enough. The run says so in one sentence and leaves nothing.

use std::path::Path;
use std::process::Command;

use crate::bench::fixture;
use crate::place::{ARCHIVE, Ended, Place, say};

/// Noise does not shrink, so the archive has some size; the database has definitions and indexes.
fn source(place: &Place) {
    let noise: String = (1..2_000u64)
        .map(|n| format!("{n},{:x}\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17)))
        .collect();
    place.write("src/noise.csv", format!("id,noise\n{noise}"));
    place.write("src/crm.sqlite", std::fs::read(fixture("sqlite")).expect("it is read"));
}

/// What writes, what it makes, and the sentence that a refusal begins with.
fn commands(place: &Place) -> [(Vec<&str>, &'static str); 4] {
    let key = ["-i", "key.txt"];
    let restore = |output| [&["restore", ARCHIVE, "-o", output], &key[..]].concat();
    [
        (vec!["export", "src", "-o", "room/new.age", "-r", &place.public], "room/new.age"),
        (restore("room/back"), "room/back"),
        (restore("room/back.sqlite"), "room/back.sqlite"),
        (vec!["keygen", "-o", "room/new.txt"], "room/new.txt"),
    ]
}

fn refused(ended: &Ended, after: &str) {
    let said = ended.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(ended.status.code(), Some(1), "{after}: {}\n{}", ended.status, ended.stderr);
    assert_eq!(said, 1, "{after} it says one sentence:\n{}", ended.stderr);
    let debug = ["Os {", "IoError", "panicked"].iter().any(|word| ended.stderr.contains(word));
    assert!(!debug, "{after} it speaks to programmers:\n{}", ended.stderr);
}

/// Sees that the file that is written is to blame, by the name that it would have had.
fn names_what_is_written(ended: &Ended, makes: &str, after: &str) {
    let said = ended.stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
    // What there is no room for at all is a draft in its folder.
    let named = said.contains(makes) || said.contains("cannot write to room");
    let draft = said.contains(".partial") || said.contains("cannot read");
    assert!(named && !draft, "{after} it does not name what is written:\n{}", ended.stderr);
}

/// Runs with a limit of so many 512 bytes to the size of a file.
fn limited(place: &Place, blocks: u32, args: &[&str]) -> Ended {
    let script = format!("ulimit -f {blocks} && exec \"$0\" \"$@\"");
    let program = env!("CARGO_BIN_EXE_crm-backup");
    let args = [&["-c", &script, program], args].concat();
    place.run_unlimited(place.command_of(Path::new("sh"), &args))
}

#[test]
fn the_file_size_limit_is_reached() {
    let place = Place::new();
    source(&place);
    place.export("src").exits(&[0]);
    std::fs::create_dir(place.path("room")).expect("the folder is made");
    let mut tried = 0;
    for (args, makes) in commands(&place) {
        let mut enough = None;
        for blocks in (0..2_000).step_by(8) {
            let ended = limited(&place, blocks, &args);
            let after = format!("{} at {blocks} blocks:", args.join(" "));
            tried += 1;
            if ended.status.success() {
                assert!(place.path(makes).exists(), "{after} there is nothing");
                assert_eq!(place.leftovers(), [""; 0], "{after} what is left");
                enough = Some(blocks);
                break;
            }
            refused(&ended, &after);
            names_what_is_written(&ended, makes, &after);
            assert!(
                ended.stderr.contains("File too large") || ended.stderr.contains("disk"),
                "{after}\n{}",
                ended.stderr
            );
            let room = crate::place::names_in(&place.path("room"));
            assert_eq!(room, [""; 0], "{after} what is left");
            assert_eq!(place.leftovers(), [""; 0], "{after} what is left");
        }
        let enough = enough.unwrap_or_else(|| panic!("no size was enough: {}", args.join(" ")));
        assert!(enough > 0, "no size was too small: {}", args.join(" "));
        place.remove("room");
        std::fs::create_dir(place.path("room")).expect("the folder is made");
    }
    let test = ["restore-test", ARCHIVE, "-i", "key.txt", "--scratch", "disk"];
    let ended = limited(&place, 0, &test);
    assert!(matches!(ended.status.code(), Some(0 | 1)), "{}\n{}", ended.status, ended.stderr);
    say!("{tried} file-size limits tried");
}

/// A scratch database has no name, so its folder is named, and the table that it was to take.
#[test]
fn a_scratch_database_without_space_is_an_error() {
    let place = Place::new();
    // More than SQLite keeps in memory.
    let long = "x".repeat(8_000);
    let rows: String = (0..2_500).map(|n| format!("{n},{long}\n")).collect();
    place.write("src/long.csv", format!("id,long\n{rows}"));
    place.export("src").exits(&[0]);
    let args = ["restore-test", ARCHIVE, "-i", "key.txt", "--scratch", "disk"];
    let ended = limited(&place, 1_000, &args);
    let after = "a scratch database that may not grow:";
    refused(&ended, after);
    let said = ended.stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
    let folder = place.temporary().display().to_string();
    assert!(said.contains(&folder), "{after} it does not say where:\n{}", ended.stderr);
    assert!(said.contains("table long"), "{after} it does not say which table:\n{said}");
    assert!(ended.stderr.contains("--scratch memory"), "{after} no way out:\n{}", ended.stderr);
    assert_eq!(place.leftovers(), [""; 0], "{after} what is left");
}

/// Runs a command that writes into `room/`, on a disk of so many KiB that nobody else sees, and looks
/// at what is there afterwards.
fn on_small_disk(place: &Place, kib: u32, args: &[&str]) -> Ended {
    let script = format!(
        "mount -t tmpfs -o size={kib}k,mode=700 none room || exit 90
         \"$0\" \"$@\"; code=$?
         for name in $(ls -A room); do echo \"room/$name is there\"; done
         if [ -e room/new.age ]; then
             \"$0\" verify room/new.age -i key.txt -q && echo \"the archive verifies\"
         fi
         exit $code"
    );
    let program = env!("CARGO_BIN_EXE_crm-backup");
    let args = [&["-rm", "sh", "-c", &script, program], args].concat();
    place.run_unlimited(place.command_of(Path::new("unshare"), &args))
}

/// More than any of these commands needs.
const ROOMY_KIB: u32 = 64_000;

/// The notes of a report on the terminal.
fn notes(ended: &Ended) -> Vec<&str> {
    ended.stdout.lines().filter(|line| line.starts_with("  · ")).collect()
}

pub(crate) fn the_disk_is_full() {
    let make = ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"];
    let made = Command::new("unshare").args(make).status();
    assert!(made.is_ok_and(|status| status.success()), "no disk can be made here");
    let place = Place::new();
    source(&place);
    place.export("src").exits(&[0]);
    std::fs::create_dir(place.path("room")).expect("the folder is made");
    let mut tried = 0;
    for (args, makes) in commands(&place) {
        let mut enough = None;
        for kib in (4..4_000).step_by(4) {
            let ended = on_small_disk(&place, kib, &args);
            let after = format!("{} on {kib} KiB:", args.join(" "));
            tried += 1;
            if ended.status.success() {
                assert!(ended.stdout.contains(&format!("{makes} is there")), "{after} nothing");
                let archive = makes.ends_with(".age");
                let whole = !archive || ended.stdout.contains("the archive verifies");
                assert!(whole, "{after} it does not verify:\n{}{}", ended.stdout, ended.stderr);
                let roomy = on_small_disk(&place, ROOMY_KIB, &args);
                assert!(roomy.status.success(), "{after} nor is there room in {ROOMY_KIB} KiB");
                assert_eq!(notes(&ended), notes(&roomy), "{after} less came than there is");
                enough = Some(kib);
                break;
            }
            refused(&ended, &after);
            names_what_is_written(&ended, makes, &after);
            assert!(!ended.stdout.contains("is there"), "{after} this is left:\n{}", ended.stdout);
            let said = ["No space left", "full"].iter().any(|why| ended.stderr.contains(why));
            assert!(said, "{after} it does not say why:\n{}", ended.stderr);
        }
        let enough = enough.unwrap_or_else(|| panic!("no disk was enough: {}", args.join(" ")));
        say!("{}: {enough} KiB were enough", args[..2].join(" "));
    }
    assert!(tried > 4, "no disk was too small");
    say!("{tried} sizes of a disk tried");
}
