//! kill -9 at any moment: a file with its final name is complete, and the next run removes the
//! rest.

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::test_folder::{ARCHIVE, EXPORTED_FILES, Random, TestFolder, print_line};
use crate::workspace::{files_below, fixture};

/// Fixed, so that a failure can be repeated; it is printed as well.
const SEED: u64 = 4;

/// A CRM whose export is long enough to be killed in many places: dozens of parts, an attachment, a
/// workbook, and a database with a log, which is copied privately.
fn source(test_folder: &TestFolder, records: usize) {
    let mut csv = String::from("id,name,note\n");
    for id in 0..records {
        csv +=
            &format!("{id},name of {id},{:x}\n", (id as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    }
    test_folder.write("src/contacts.csv", csv);
    test_folder.write("src/note.txt", "a note\n");
    let database = fs::read(fixture("sqlite")).expect("the database is read");
    test_folder.write("src/crm.sqlite", database);
    test_folder.write("src/crm.sqlite-wal", "");
}

fn export_args(test_folder: &TestFolder) -> Vec<&str> {
    [&test_folder.export_args("src")[..], &["--part-size", "100kB"]].concat()
}

/// The duration of a command: the longest of a few runs, so that every moment is covered.
fn length_of(test_folder: &TestFolder, args: &[&str], makes: &[&str]) -> Duration {
    let run = |_| {
        let started = Instant::now();
        test_folder.run(args).expect_exit(&[0]);
        let took = started.elapsed();
        test_folder.remove_all(makes);
        took
    };
    (0..3).map(run).max().expect("there are three")
}

/// How often each outcome occurred.
#[derive(Debug, Default)]
struct Counts {
    killed: u32,
    /// The run ended before the signal.
    done: u32,
    /// The output had its final name afterwards.
    named: u32,
    /// A draft or a private folder was left.
    left: u32,
    swept: u32,
}

/// Kills `args` at `times` moments. `is_whole` checks the output; after every `every`th kill a
/// clean run follows.
fn kill(
    test_folder: &TestFolder,
    args: &[&str],
    makes: &[&str],
    [times, every]: [u32; 2],
    is_whole: &dyn Fn(&str) -> bool,
) {
    let length = length_of(test_folder, args, makes);
    let (mut random, mut counts) = (Random::new(SEED), Counts::default());
    for time in 1..=times {
        let moment = random.part_of(length);
        let running = test_folder.start(test_folder.command(args));
        std::thread::sleep(moment);
        running.signal(Signal::KILL);
        let ended = running.end();
        let after = format!("kill {time}, after {moment:?} of {length:?}, of: {}", ended.words);
        let killed = ended.was_ended_by(Signal::KILL);
        assert!(killed || ended.status.success(), "{after}: {}\n{}", ended.status, ended.stderr);
        counts.killed += u32::from(killed);
        counts.done += u32::from(!killed);
        counts.named += u32::from(is_whole(&after));
        test_folder.remove_all(makes);
        if time % every == 0 || time == times {
            let left = test_folder.leftovers_of_a_kill();
            counts.left += u32::from(!left.is_empty());
            let again = test_folder.run(args).expect_exit(&[0]);
            let words = format!("{}{}", again.stdout, again.stderr);
            for name in left.iter().filter(|name| is_a_folder(name)) {
                assert!(
                    words.contains(name.as_str()),
                    "{name} is not reported after {after}\n{words}"
                );
                counts.swept += 1;
            }
            assert!(is_whole(&after), "a clean run makes nothing after {after}");
            assert_eq!(
                test_folder.leftovers_of_a_kill(),
                [""; 0],
                "leftovers after {after}, and a clean run"
            );
            test_folder.remove_all(makes);
        }
    }
    assert!(counts.killed > 0, "nothing was killed");
    print_line!("{}: {times} kills over {length:?}, seed {SEED}; {counts:?}", args[..2].join(" "));
}

/// An abandoned lock file is taken over without a message.
fn is_a_folder(name: &str) -> bool {
    !name.ends_with(".crm-backup-lock")
}

#[test]
fn an_export_is_killed_at_any_moment() {
    let test_folder = TestFolder::new();
    source(&test_folder, 60_000);
    let is_whole = |after: &str| {
        let there = test_folder.has_intact_archive(after);
        test_folder.assert_sidecars_match(there, after);
        there
    };
    kill(&test_folder, &export_args(&test_folder), &EXPORTED_FILES, [350, 10], &is_whole);
}

#[test]
fn an_export_that_replaces_an_archive_is_killed_at_any_moment() {
    let test_folder = TestFolder::new();
    source(&test_folder, 2_000);
    test_folder.run(&export_args(&test_folder)).expect_exit(&[0]);
    let args = [&export_args(&test_folder)[..], &["--force"]].concat();
    let is_whole = |after: &str| {
        assert!(test_folder.has_intact_archive(after), "both archives are gone after {after}");
        test_folder.assert_sidecars_match(true, after);
        true
    };
    kill(&test_folder, &args, &[], [60, 10], &is_whole);
}

#[test]
fn a_restore_is_killed_at_any_moment() {
    let test_folder = TestFolder::new();
    source(&test_folder, 20_000);
    test_folder.run(&export_args(&test_folder)).expect_exit(&[0]);
    let args = ["restore", ARCHIVE, "-i", "key.txt", "-o", "back"];
    test_folder.run(&args).expect_exit(&[0]);
    let expected = files_below(&test_folder.path("back"));
    test_folder.remove("back");
    let is_whole = |after: &str| {
        let there = test_folder.path("back").exists();
        let same = !there || files_below(&test_folder.path("back")) == expected;
        assert!(same, "the folder is not whole after {after}");
        there
    };
    kill(&test_folder, &args, &["back"], [60, 5], &is_whole);

    let args = ["restore", ARCHIVE, "-i", "key.txt", "-o", "back.sqlite"];
    test_folder.run(&args).expect_exit(&[0]);
    let expected = fs::read(test_folder.path("back.sqlite")).expect("it is read");
    test_folder.remove("back.sqlite");
    let is_whole = |after: &str| {
        let there = fs::read(test_folder.path("back.sqlite"));
        let same = there.as_ref().map_or(true, |bytes| *bytes == expected);
        assert!(same, "the database is not whole after {after}");
        there.is_ok()
    };
    kill(&test_folder, &args, &["back.sqlite"], [60, 5], &is_whole);
}

#[test]
fn keygen_is_killed_at_any_moment() {
    let test_folder = TestFolder::new();
    let is_whole = |after: &str| {
        let key = fs::read_to_string(test_folder.path("new.txt"));
        let whole = |key: &String| key.contains("\nAGE-SECRET-KEY-1") && key.ends_with('\n');
        assert!(key.as_ref().map_or(true, whole), "it is not a key, after {after}");
        key.is_ok()
    };
    kill(&test_folder, &["keygen", "-o", "new.txt"], &["new.txt"], [60, 10], &is_whole);
}
