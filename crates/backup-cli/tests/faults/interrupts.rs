//! Ctrl-C and SIGTERM at any moment: the run ends with 130 and leaves nothing, or was done before.

use std::fs;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rustix::process::Signal;

use crate::bench::{files_below, fixture};
use crate::place::{ARCHIVE, Place, Random, WRITTEN, say};

/// Fixed, so that a failure comes again; it is printed all the same.
const SEED: u64 = 130;

/// A table, a workbook that a process of its own reads, and a database with indexes.
fn source(place: &Place) {
    let mut csv = String::from("id,name,note\n");
    for id in 0..40_000u64 {
        csv += &format!("{id},name of {id},{:x}\n", id.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    }
    place.write("src/contacts.csv", csv);
    place.write("src/crm.xlsx", fs::read(fixture("workbook")).expect("the workbook is read"));
    let database = Connection::open(place.path("src/crm.sqlite")).expect("it is made");
    database
        .execute_batch(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT UNIQUE, note);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
             INSERT INTO t SELECT i, 'name of ' || i, i * 7919 % 20011 FROM n;
             CREATE INDEX by_note ON t(note); CREATE INDEX by_both ON t(note, name);",
        )
        .expect("it is filled");
}

/// How a run is told to end.
#[derive(Debug, Clone, Copy)]
enum Told {
    /// As Ctrl-C in a terminal does, the processes that it started too.
    Group,
    /// As `kill` does.
    Alone(Signal),
}

const WAYS: [Told; 3] = [Told::Group, Told::Alone(Signal::INT), Told::Alone(Signal::TERM)];

/// Interrupts `args` at `times` moments over its length. `is_whole` looks at what has the final name.
fn interrupt(
    place: &Place,
    args: &[&str],
    makes: &[&str],
    times: usize,
    is_whole: &dyn Fn(&str) -> bool,
) {
    let started = Instant::now();
    place.run(args).exits(&[0]);
    let length = started.elapsed();
    place.remove_all(makes);
    let (mut random, mut slowest) = (Random::new(SEED), Duration::ZERO);
    let (mut stopped, mut early, mut done) = (0, 0, 0);
    for time in 0..times {
        let (moment, way) = (random.part_of(length), WAYS[time % WAYS.len()]);
        let running = place.start(place.command(args));
        std::thread::sleep(moment);
        let signal = match way {
            Told::Group => Signal::INT,
            Told::Alone(signal) => signal,
        };
        let told = Instant::now();
        match way {
            Told::Group => running.signal_group(signal),
            Told::Alone(signal) => running.signal(signal),
        }
        let ended = running.end();
        slowest = slowest.max(told.elapsed());
        let after = format!("{way:?} after {moment:?} of {length:?}, of: {}", ended.words);
        match ended.status.code() {
            Some(130) => {
                stopped += 1;
                let said = ended.stderr.contains("interrupted; nothing half-made is left");
                assert!(said, "it does not say so: {after}\n{}", ended.stderr);
            }
            Some(0) => {
                done += 1;
                assert!(is_whole(&after), "it was done, and there is nothing: {after}");
            }
            // It had not yet begun to listen, nor to do anything.
            None if ended.was_ended_by(signal) => early += 1,
            _ => panic!("{after}: it ends with {}\n{}", ended.status, ended.stderr),
        }
        is_whole(&after);
        place.is_deserted(&after);
        assert_eq!(place.leftovers(), [""; 0], "what is left after {after}");
        place.remove_all(makes);
    }
    assert!(stopped > 0, "nothing was interrupted");
    say!(
        "{}: {times} interrupts over {length:?}, seed {SEED}: {stopped} ended with 130, {early} \
         before they began, {done} were done; the slowest took {slowest:?}",
        args[..2].join(" ")
    );
}

#[test]
fn an_export_is_interrupted_at_any_moment() {
    let place = Place::new();
    source(&place);
    let args = [&place.export_args("src")[..], &["--part-size", "200kB"]].concat();
    let is_whole = |after: &str| {
        let there = place.has_whole_archive(after);
        place.sidecars_are_true(there, after);
        there
    };
    interrupt(&place, &args, &WRITTEN, 90, &is_whole);
}

/// Nothing else is read here: the process that reads a workbook works all the while.
#[test]
fn an_export_of_a_workbook_is_interrupted_at_any_moment() {
    let place = Place::new();
    place.write("src/crm.xlsx", fs::read(fixture("workbook")).expect("the workbook is read"));
    let is_whole = |after: &str| place.has_whole_archive(after);
    interrupt(&place, &place.export_args("src"), &WRITTEN, 60, &is_whole);
}

#[test]
fn verify_and_restore_test_are_interrupted_at_any_moment() {
    let place = Place::new();
    source(&place);
    place.export("src").exits(&[0]);
    let nothing = |_: &str| true;
    let key = [ARCHIVE, "-i", "key.txt"];
    interrupt(&place, &[&["verify"], &key[..]].concat(), &[], 45, &nothing);
    let args = [&["restore-test"], &key[..], &["--scratch", "disk"]].concat();
    interrupt(&place, &args, &[], 45, &nothing);

    let args = [&["restore"], &key[..], &["-o", "back"]].concat();
    place.run(&args).exits(&[0]);
    let expected = files_below(&place.path("back"));
    place.remove("back");
    let is_whole = |after: &str| {
        let there = place.path("back").exists();
        let same = !there || files_below(&place.path("back")) == expected;
        assert!(same, "the folder is not whole after {after}");
        there
    };
    interrupt(&place, &args, &["back"], 45, &is_whole);
}

#[test]
fn a_restore_of_a_database_is_interrupted_at_any_moment() {
    let place = Place::new();
    source(&place);
    place.export("src/crm.sqlite").exits(&[0]);
    let args = ["restore", ARCHIVE, "-i", "key.txt", "-o", "back.sqlite"];
    place.run(&args).exits(&[0]);
    let expected = fs::read(place.path("back.sqlite")).expect("it is read");
    place.remove("back.sqlite");
    let is_whole = |after: &str| {
        let there = fs::read(place.path("back.sqlite"));
        let same = there.as_ref().map_or(true, |bytes| *bytes == expected);
        assert!(same, "the database is not whole after {after}");
        there.is_ok()
    };
    interrupt(&place, &args, &["back.sqlite"], 60, &is_whole);
}

/// Who presses Ctrl-C twice does not wait; what is left is swept up by the next run.
#[test]
fn the_next_run_cleans_up_after_two_interrupts() {
    let place = Place::new();
    source(&place);
    let args = place.export_args("src");
    let started = Instant::now();
    place.run(&args).exits(&[0]);
    let length = started.elapsed();
    place.remove_all(&WRITTEN);
    let (mut random, mut at_once, mut swept) = (Random::new(SEED), 0, 0);
    for _ in 0..30 {
        let running = place.start(place.command(&args));
        std::thread::sleep(random.part_of(length));
        running.signal(Signal::INT);
        std::thread::sleep(Duration::from_micros(300));
        running.signal(Signal::INT);
        let ended = running.end();
        let early = ended.was_ended_by(Signal::INT);
        assert!(early || matches!(ended.status.code(), Some(0 | 130)), "{}", ended.status);
        at_once += u32::from(ended.stderr.contains("stopped at once"));
        place.has_whole_archive("two interrupts");
        place.remove_all(&WRITTEN);
        place.is_deserted("two interrupts");
        let left = place.leftovers_of_a_kill();
        let left = left.iter().filter(|name| !name.ends_with(".crm-backup-lock")).count();
        let again = place.run(&args).exits(&[0]);
        swept += left;
        let said =
            again.stdout.matches(".partial").count() + again.stdout.matches("crm-backup-").count();
        assert!(said >= left, "{left} leftovers, and it says: {}", again.stdout);
        assert_eq!(place.leftovers_of_a_kill(), [""; 0], "what is left after a clean run");
        place.remove_all(&WRITTEN);
    }
    say!("30 times two interrupts, seed {SEED}: {at_once} ended at once, {swept} leftovers swept");
}
