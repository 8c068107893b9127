//! Ctrl-C and SIGTERM at any moment: the run exits with 130 and leaves no files, or it had
//! finished.

use std::fs;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rustix::process::Signal;

use crate::test_folder::{ARCHIVE, EXPORTED_FILES, Random, TestFolder, print_line};
use crate::workspace::{files_below, fixture};

/// Fixed, so that a failure can be repeated; it is printed as well.
const SEED: u64 = 130;

/// A table, a workbook that a separate process reads, and a database with indexes.
fn source(test_folder: &TestFolder) {
    let mut csv = String::from("id,name,note\n");
    for id in 0..40_000u64 {
        csv += &format!("{id},name of {id},{:x}\n", id.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    }
    test_folder.write("src/contacts.csv", csv);
    test_folder.write("src/crm.xlsx", fs::read(fixture("workbook")).expect("the workbook is read"));
    let database = Connection::open(test_folder.path("src/crm.sqlite")).expect("it is made");
    database
        .execute_batch(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT UNIQUE, note);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             INSERT INTO t SELECT i, 'name of ' || i, i * 7919 % 20011 FROM n;
             CREATE INDEX by_note ON t(note); CREATE INDEX by_both ON t(note, name);",
        )
        .expect("it is filled");
}

/// Which processes get the signal.
#[derive(Debug, Clone, Copy)]
enum SignalTarget {
    /// The run and the processes that it started, as with Ctrl-C in a terminal.
    Group,
    /// The run only, as with `kill`.
    Alone(Signal),
}

const WAYS: [SignalTarget; 3] =
    [SignalTarget::Group, SignalTarget::Alone(Signal::INT), SignalTarget::Alone(Signal::TERM)];

/// Interrupts `args` at `times` moments during its run. `is_whole` checks the output.
fn interrupt(
    test_folder: &TestFolder,
    args: &[&str],
    makes: &[&str],
    times: usize,
    is_whole: &dyn Fn(&str) -> bool,
) {
    let started = Instant::now();
    test_folder.run(args).expect_exit(&[0]);
    let length = started.elapsed();
    test_folder.remove_all(makes);
    let (mut random, mut slowest) = (Random::new(SEED), Duration::ZERO);
    let (mut stopped, mut early, mut done) = (0, 0, 0);
    for time in 0..times {
        let (moment, way) = (random.part_of(length), WAYS[time % WAYS.len()]);
        let running = test_folder.start(test_folder.command(args));
        std::thread::sleep(moment);
        let signal = match way {
            SignalTarget::Group => Signal::INT,
            SignalTarget::Alone(signal) => signal,
        };
        let sent_at = Instant::now();
        match way {
            SignalTarget::Group => running.signal_group(signal),
            SignalTarget::Alone(signal) => running.signal(signal),
        }
        let ended = running.end();
        slowest = slowest.max(sent_at.elapsed());
        let after = format!("{way:?} after {moment:?} of {length:?}, of: {}", ended.words);
        match ended.status.code() {
            Some(130) => {
                stopped += 1;
                let is_reported = ended.stderr.contains("interrupted; no partial output is left");
                assert!(is_reported, "the interrupt is not reported: {after}\n{}", ended.stderr);
            }
            Some(0) => {
                done += 1;
                assert!(is_whole(&after), "it succeeded without an output: {after}");
            }
            // The signal arrived before the run installed its handler or wrote anything.
            None if ended.was_ended_by(signal) => early += 1,
            _ => panic!("{after}: it exits with {}\n{}", ended.status, ended.stderr),
        }
        is_whole(&after);
        test_folder.wait_until_unused(&after);
        assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}");
        test_folder.remove_all(makes);
    }
    assert!(stopped > 0, "nothing was interrupted");
    print_line!(
        "{}: {times} interrupts over {length:?}, seed {SEED}: {stopped} ended with 130, {early} \
         before they began, {done} were done; the slowest took {slowest:?}",
        args[..2].join(" ")
    );
}

#[test]
fn an_export_is_interrupted_at_any_moment() {
    let test_folder = TestFolder::new();
    source(&test_folder);
    let args = [&test_folder.export_args("src")[..], &["--part-size", "200kB"]].concat();
    let is_whole = |after: &str| {
        let there = test_folder.has_intact_archive(after);
        test_folder.assert_sidecars_match(there, after);
        there
    };
    interrupt(&test_folder, &args, &EXPORTED_FILES, 90, &is_whole);
}

/// Only a workbook, so that the separate reader process runs all the time.
#[test]
fn an_export_of_a_workbook_is_interrupted_at_any_moment() {
    let test_folder = TestFolder::new();
    test_folder.write("src/crm.xlsx", fs::read(fixture("workbook")).expect("the workbook is read"));
    let is_whole = |after: &str| test_folder.has_intact_archive(after);
    interrupt(&test_folder, &test_folder.export_args("src"), &EXPORTED_FILES, 60, &is_whole);
}

#[test]
fn verify_and_restore_test_are_interrupted_at_any_moment() {
    let test_folder = TestFolder::new();
    source(&test_folder);
    test_folder.export("src").expect_exit(&[0]);
    let nothing = |_: &str| true;
    let key = [ARCHIVE, "-i", "key.txt"];
    interrupt(&test_folder, &[&["verify"], &key[..]].concat(), &[], 45, &nothing);
    let args = [&["restore-test"], &key[..], &["--scratch", "disk"]].concat();
    interrupt(&test_folder, &args, &[], 45, &nothing);

    let args = [&["restore"], &key[..], &["-o", "back"]].concat();
    test_folder.run(&args).expect_exit(&[0]);
    let expected = files_below(&test_folder.path("back"));
    test_folder.remove("back");
    let is_whole = |after: &str| {
        let there = test_folder.path("back").exists();
        let same = !there || files_below(&test_folder.path("back")) == expected;
        assert!(same, "the folder is not whole after {after}");
        there
    };
    interrupt(&test_folder, &args, &["back"], 45, &is_whole);
}

#[test]
fn a_restore_of_a_database_is_interrupted_at_any_moment() {
    let test_folder = TestFolder::new();
    source(&test_folder);
    test_folder.export("src/crm.sqlite").expect_exit(&[0]);
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
    interrupt(&test_folder, &args, &["back.sqlite"], 60, &is_whole);
}

/// A second Ctrl-C ends the run at once; the next run removes what it left.
#[test]
fn the_next_run_cleans_up_after_two_interrupts() {
    let test_folder = TestFolder::new();
    source(&test_folder);
    let args = test_folder.export_args("src");
    let started = Instant::now();
    test_folder.run(&args).expect_exit(&[0]);
    let length = started.elapsed();
    test_folder.remove_all(&EXPORTED_FILES);
    let (mut random, mut at_once, mut swept) = (Random::new(SEED), 0, 0);
    for _ in 0..30 {
        let running = test_folder.start(test_folder.command(&args));
        std::thread::sleep(random.part_of(length));
        running.signal(Signal::INT);
        std::thread::sleep(Duration::from_micros(300));
        running.signal(Signal::INT);
        let ended = running.end();
        let early = ended.was_ended_by(Signal::INT);
        assert!(early || matches!(ended.status.code(), Some(0 | 130)), "{}", ended.status);
        at_once += u32::from(ended.stderr.contains("stopped at once"));
        test_folder.has_intact_archive("two interrupts");
        test_folder.remove_all(&EXPORTED_FILES);
        test_folder.wait_until_unused("two interrupts");
        let left = test_folder.leftovers_of_a_kill();
        let left = left.iter().filter(|name| !name.ends_with(".crm-backup-lock")).count();
        let again = test_folder.run(&args).expect_exit(&[0]);
        swept += left;
        let announced =
            again.stdout.matches(".partial").count() + again.stdout.matches("crm-backup-").count();
        assert!(announced >= left, "{left} leftovers, but the report is: {}", again.stdout);
        assert_eq!(test_folder.leftovers_of_a_kill(), [""; 0], "leftovers after a clean run");
        test_folder.remove_all(&EXPORTED_FILES);
    }
    print_line!(
        "30 times two interrupts, seed {SEED}: {at_once} ended at once, {swept} leftovers removed"
    );
}
