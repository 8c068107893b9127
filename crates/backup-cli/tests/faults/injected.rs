//! One error at every position: each system call that reads, writes, syncs, opens, renames or
//! queries a file, or starts a thread, fails once, in a separate run. The run must report the
//! failure or complete without damage. A call that a signal interrupts must be repeated.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use rusqlite::Connection;

use crate::test_folder::{ARCHIVE, EXPORTED_FILES, Finished, TestFolder, print_line};
use crate::workspace::{files_below, fixture};

const EINTR: i32 = 4;
const EIO: i32 = 5;
const EAGAIN: i32 = 11;
const ENOSPC: i32 = 28;

/// Calls that a signal may interrupt, which a program must then repeat.
const REPEATED: [&str; 10] = [
    "read", "pread64", "readv", "preadv", "write", "pwrite64", "writev", "pwritev", "open",
    "openat",
];

/// The program that makes calls fail; built once, from C.
pub(crate) fn injector() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/inject.c");
        let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("inject");
        let built = Command::new("cc").args(["-O2", "-o"]).arg(&program).arg(source).status();
        assert!(built.is_ok_and(|status| status.success()), "the C compiler does not build it");
        let possible = Command::new(&program).arg("--possible").status();
        assert!(possible.is_ok_and(|status| status.success()), "no call can be made to fail here");
        program
    })
}

/// Every how manyth call fails: all of them, unless `tests/run` sets another number.
fn every() -> usize {
    let every = std::env::var("CRM_BACKUP_TEST_EVERY").ok();
    every.map_or(1, |every| every.parse().expect("a number of calls"))
}

/// What was counted during a run.
struct Counted {
    calls: u64,
    /// The call that failed, and its file if it has one.
    failed: String,
    syncs_after: u64,
}

/// A command whose calls fail, one after the other.
pub(crate) struct FaultInjection<'a> {
    test_folder: &'a TestFolder,
    args: Vec<&'a str>,
    /// What the command makes.
    makes: &'a [&'a str],
    /// Only calls that start a thread or a process fail.
    starts: bool,
    errnos: [i32; 2],
    tried: u64,
    wrong: u64,
    /// How many runs completed nevertheless.
    whole: u64,
    by_call: BTreeMap<String, u64>,
}

impl<'a> FaultInjection<'a> {
    pub(crate) fn new(test_folder: &'a TestFolder, args: &[&'a str], makes: &'a [&'a str]) -> Self {
        let args = [args, &["--threads", "1", "--json"]].concat();
        let (errnos, by_call) = ([ENOSPC, EIO], BTreeMap::new());
        let starts = false;
        Self { test_folder, args, makes, starts, errnos, tried: 0, wrong: 0, whole: 0, by_call }
    }

    /// A command that can start only one of its threads, one after the other.
    fn of_starts(test_folder: &'a TestFolder, args: &[&'a str], makes: &'a [&'a str]) -> Self {
        let args = [args, &["--threads", "2", "--json"]].concat();
        Self { args, starts: true, ..Self::new(test_folder, &[], makes) }
    }

    /// Runs the command with its `number`th call failing.
    fn run(&self, number: u64) -> (Finished, Counted) {
        let [of_writes, of_others] = self.errnos.map(|errno| errno.to_string());
        let report = self.test_folder.path("report");
        let of_starts = if self.starts { "t" } else { "" };
        let (report, number) = (report.to_str().expect("UTF-8"), format!("{of_starts}{number}"));
        let head = [report, &number, &of_writes, &of_others, env!("CARGO_BIN_EXE_crm-backup")];
        let command = self.test_folder.command_of(injector(), &[&head[..], &self.args].concat());
        let ended = self.test_folder.start(command).end();
        let counts = fs::read_to_string(report);
        let counts = counts.unwrap_or_else(|_| panic!("the injector fails: {}", ended.stderr));
        let lines: Vec<_> = counts.lines().collect();
        let [calls, failed, syncs_after] = lines[..] else {
            panic!("the counts are malformed: {counts}")
        };
        let number = |text: &str| text.parse().expect("a number");
        let failed = failed.to_owned();
        (ended, Counted { calls: number(calls), failed, syncs_after: number(syncs_after) })
    }

    /// Makes each call fail. `whole` checks the output of a successful run, and `after` what any
    /// other run left, before it is all removed.
    pub(crate) fn over_all(
        &mut self,
        whole: &mut dyn FnMut(&Finished, &str),
        after: &mut dyn FnMut(&Finished, &str),
    ) {
        let rounds = match self.starts {
            true => &[[EAGAIN; 2]][..],
            false => &[[ENOSPC, EIO], [EINTR; 2]],
        };
        let step = if self.starts { 1 } else { every() };
        for (round, errnos) in (1..).zip(rounds) {
            self.errnos = *errnos;
            let mut beyond = 0;
            for number in (round..).step_by(step) {
                // A few more, because runs differ in their number of calls.
                if beyond == 3 {
                    break;
                }
                let (ended, counted) = self.run(number);
                if counted.calls < number {
                    beyond += 1;
                    ended.expect_exit(&[0]);
                } else {
                    let assess = || self.assess(number, &ended, &counted, whole, after);
                    // All failures are shown at once.
                    self.wrong += u64::from(catch_unwind(AssertUnwindSafe(assess)).is_err());
                }
                self.test_folder.remove_all(self.makes);
            }
        }
        assert!(self.tried > 0, "no position was tried");
        assert_eq!(self.wrong, 0, "positions with a failure");
    }

    fn assess(
        &mut self,
        number: u64,
        ended: &Finished,
        counted: &Counted,
        whole: &mut dyn FnMut(&Finished, &str),
        after: &mut dyn FnMut(&Finished, &str),
    ) {
        let (call, file) = counted.failed.split_once(' ').expect("a call and a file");
        let where_ = format!(
            "error {:?} of call {number}, {}, of: {}",
            self.errnos,
            counted.failed,
            self.args.join(" ")
        );
        self.tried += 1;
        *self.by_call.entry(call.to_owned()).or_default() += 1;
        assert!(!ended.stderr.contains("panicked"), "{where_}:\n{}", ended.stderr);
        let code = ended.status.code().unwrap_or_else(|| panic!("{where_}: {}", ended.status));
        let [hard, syncs] = [self.errnos[1] != EINTR, call.ends_with("sync")];
        // The loader, which ends with 127, does not repeat a call, not even in the process that
        // reads a workbook. A query to the system need not be repeated either.
        let loading = code == 127 || ended.stderr.contains("exit status: 127");
        let is_made_again = REPEATED.contains(&call) && !hard && !loading;
        assert!(
            code == 0 || !is_made_again,
            "{where_}: the call is not repeated:\n{}",
            ended.stderr
        );
        if code == 0 {
            self.whole += 1;
            let moves_bytes = ["read", "pread64", "write", "ftruncate"].contains(&call);
            let of_archive = hard && moves_bytes && file.contains(ARCHIVE);
            // SQLite closes its own handle, whose bytes are synced before and after.
            let moves_bytes = moves_bytes && call != "read" && call != "pread64"
                || call == "close-written" && !self.makes.iter().any(|it| it.contains("sqlite"));
            let of_draft = hard && moves_bytes && file.contains(".partial/content");
            let unnoticed = of_archive || of_draft || syncs && hard;
            assert!(!unnoticed, "the failure is not reported: {where_}");
            whole(ended, &where_);
        } else {
            assert!(!ended.stderr.trim().is_empty(), "nothing is printed: {where_}");
            // 127 comes from the loader, which did not start the program.
            assert!(
                [1, 4, 127].contains(&code),
                "the exit code is {code}: {where_}\n{}",
                ended.stderr
            );
            assert!(!syncs || counted.syncs_after == 0, "it is synced again: {where_}");
            after(ended, &where_);
        }
    }

    pub(crate) fn print(&self) {
        let Self { tried, whole, by_call, .. } = self;
        let words = self.args[..2].join(" ");
        print_line!("{words}: {tried} positions tried, {whole} of them whole; {by_call:?}");
    }
}

/// A folder with a table, a file, and one of the sources with separate readers.
fn sources(test_folder: &TestFolder, fixtures: &[(&str, &str)]) {
    test_folder.write("src/a.csv", "id,name\n1,one\n2,\"two, or three\"\n");
    test_folder.write("src/note.txt", "a note\n");
    for (shape, name) in fixtures {
        let shape = PathBuf::from(fixture(shape));
        let from = if shape.is_dir() { shape.join(name) } else { shape };
        test_folder.write(&format!("src/{name}"), fs::read(from).expect("the fixture is read"));
    }
}

fn of_exports(fixtures: &[(&str, &str)]) {
    let test_folder = TestFolder::new();
    sources(&test_folder, fixtures);
    let args = ["export", "src", "-o", ARCHIVE, "-r", &test_folder.public];
    let mut sweep = FaultInjection::new(&test_folder, &args, &EXPORTED_FILES);
    let mut archives = 0;
    let mut whole = |ended: &Finished, after: &str| {
        assert!(ended.stdout.contains("\"verdict\": \"proven\""), "{after}: {}", ended.stdout);
        assert!(test_folder.has_intact_archive(after), "there is no archive: {after}");
        test_folder.assert_sidecars_match(true, after);
        assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}");
    };
    let mut after = |ended: &Finished, after: &str| {
        // A source that cannot be read as a table is archived as a file, and the run exits with 4.
        let carried = ended.status.code() == Some(4);
        let there = if carried {
            test_folder.path(ARCHIVE).exists()
        } else {
            test_folder.has_intact_archive(after)
        };
        assert!(there || !carried, "nothing is archived after {after}");
        archives += u64::from(there);
        let words = ["is complete", "standard output", "it is stored in the archive as a file"];
        let is_reported = words.iter().any(|words| ended.stderr.contains(words));
        assert!(!there || is_reported, "{after}, and it is not reported:\n{}", ended.stderr);
        test_folder.assert_sidecars_match(there, after);
        let again = ["export", "src", "-o", ARCHIVE, "-r", &test_folder.public, "--force"];
        test_folder.run(&again).expect_exit(&[0]);
        assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}, and a clean run");
    };
    sweep.over_all(&mut whole, &mut after);
    sweep.print();
    print_line!("  {archives} of them failed after the archive got its name");
}

pub(crate) fn an_export() {
    of_exports(&[]);
}

pub(crate) fn an_export_of_a_database() {
    of_exports(&[("sqlite", "crm.sqlite")]);
}

pub(crate) fn an_export_of_a_workbook_and_a_zip() {
    of_exports(&[("workbook", "crm.xlsx"), ("zip", "backup.zip")]);
}

/// A folder with an archive of a table, a file and a database.
fn with_archive() -> TestFolder {
    let test_folder = TestFolder::new();
    sources(&test_folder, &[("sqlite", "crm.sqlite")]);
    test_folder.export("src").expect_exit(&[0]);
    test_folder
}

pub(crate) fn verify_and_restore_test() {
    let test_folder = with_archive();
    let disk = ["restore-test", ARCHIVE, "-i", "key.txt", "--scratch", "disk"];
    let commands =
        [&["verify", ARCHIVE, "-i", "key.txt"][..], &["verify", ARCHIVE, "--sealed"], &disk];
    for args in commands {
        let mut sweep = FaultInjection::new(&test_folder, args, &[]);
        let mut whole = |ended: &Finished, after: &str| {
            let sure = ["\"verdict\": \"proven\"", "\"verdict\": \"intact\""];
            assert!(sure.iter().any(|sure| ended.stdout.contains(sure)), "{after}");
            assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}");
        };
        let mut after = |ended: &Finished, after: &str| {
            assert!(!ended.stdout.contains("\"verdict\": \"proven\""), "{after}: it is proven");
            assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}");
        };
        sweep.over_all(&mut whole, &mut after);
        sweep.print();
        test_folder.run(args).expect_exit(&[0]);
    }
}

/// An HTML report is complete or absent. A missing one is reported, whatever the result.
pub(crate) fn an_html_report() {
    const PAGE: &str = "page.html";
    let test_folder = with_archive();
    let args = ["verify", ARCHIVE, "--sealed", "--report", PAGE];
    let mut sweep = FaultInjection::new(&test_folder, &args, &[PAGE]);
    let is_whole = |after: &str| {
        let page = fs::read_to_string(test_folder.path(PAGE)).expect("the page is there");
        assert!(page.ends_with("</html>\n"), "a partial HTML report exists after {after}");
    };
    let mut whole = |_: &Finished, after: &str| {
        is_whole(after);
        assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}");
    };
    let mut after = |_: &Finished, after: &str| {
        if test_folder.path(PAGE).exists() {
            is_whole(after);
        }
        test_folder.run(&args).expect_exit(&[0]);
        assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}, and a clean run");
    };
    sweep.over_all(&mut whole, &mut after);
    sweep.print();
}

pub(crate) fn a_recorded_restore_test() {
    let test_folder = TestFolder::new();
    sources(&test_folder, &[]);
    test_folder.export("src").expect_exit(&[0]);
    let drill = ["restore-test", ARCHIVE, "-i", "key.txt", "--scratch", "memory"];
    for (flag, file) in [("--history", "kept.jsonl"), ("--metrics", "kept.prom")] {
        let (args, makes) = ([&drill[..], &[flag, file]].concat(), [file]);
        let mut sweep = FaultInjection::new(&test_folder, &args, &makes);
        let kept = |after: &str| {
            assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}");
            let text = fs::read_to_string(test_folder.path(file)).unwrap_or_default();
            assert!(text.is_empty() || text.ends_with('\n'), "it is partial after {after}");
            if flag == "--history" && test_folder.path(file).exists() {
                test_folder.run(&["history", file]).expect_exit(&[0]);
            }
            text
        };
        let mut whole = |_: &Finished, after: &str| {
            let expected_words =
                if flag == "--history" { "\"verdict\":\"proven\"" } else { "proven\"} 1\n" };
            assert!(
                kept(after).contains(expected_words),
                "{after}: it succeeds, but nothing is recorded"
            );
        };
        sweep.over_all(&mut whole, &mut |_, after| drop(kept(after)));
        sweep.print();
    }
}

pub(crate) fn a_restore_into_a_folder() {
    let test_folder = with_archive();
    for originals in [&["--originals"][..], &[]] {
        let args = [&["restore", ARCHIVE, "-i", "key.txt", "-o", "back"], originals].concat();
        test_folder.run(&args).expect_exit(&[0]);
        let expected = files_below(&test_folder.path("back"));
        test_folder.remove("back");
        let mut sweep = FaultInjection::new(&test_folder, &args, &["back"]);
        let same = |after: &str| {
            assert!(
                files_below(&test_folder.path("back")) == expected,
                "files differ after {after}"
            );
        };
        let mut whole = |_: &Finished, after: &str| {
            same(after);
            assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}");
        };
        let mut after = |_: &Finished, after: &str| {
            if test_folder.path("back").exists() {
                same(after);
                test_folder.remove("back");
            }
            test_folder.run(&args).expect_exit(&[0]);
            same(after);
            assert_eq!(
                test_folder.leftovers(),
                [""; 0],
                "leftovers after {after}, and a clean run"
            );
        };
        sweep.over_all(&mut whole, &mut after);
        sweep.print();
    }
}

pub(crate) fn a_restore_into_a_database() {
    restore_into_a_database(&with_archive(), &["--table", "accounts"]);
    let test_folder = TestFolder::new();
    test_folder.write("src/note.txt", "");
    let logged = Connection::open(test_folder.path("src/crm.sqlite")).expect("it is made");
    let sql = "PRAGMA journal_mode = WAL; CREATE TABLE accounts(id UNIQUE); INSERT INTO accounts VALUES (7)";
    logged.execute_batch(sql).expect("its records are in its log");
    test_folder.export("src").expect_exit(&[0]);
    restore_into_a_database(&test_folder, &[]);
}

fn restore_into_a_database(test_folder: &TestFolder, tables: &[&str]) {
    let args = ["restore", ARCHIVE, "-i", "key.txt", "-o", "back.sqlite"];
    let args = [&args[..], tables].concat();
    test_folder.run(&args).expect_exit(&[0]);
    let read = |name: &str| fs::read(test_folder.path(name)).expect("the database is read");
    let expected = read("back.sqlite");
    test_folder.remove("back.sqlite");
    let mut sweep = FaultInjection::new(test_folder, &args, &["back.sqlite"]);
    let mut whole = |_: &Finished, after: &str| {
        assert!(read("back.sqlite") == expected, "the database differs after {after}");
        assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}");
    };
    let mut after = |_: &Finished, after: &str| {
        if test_folder.path("back.sqlite").exists() {
            assert!(read("back.sqlite") == expected, "the database differs after {after}");
            test_folder.remove("back.sqlite");
        }
        test_folder.run(&args).expect_exit(&[0]);
        assert!(read("back.sqlite") == expected, "the database differs after {after}, and again");
        assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}, and a clean run");
    };
    sweep.over_all(&mut whole, &mut after);
    sweep.print();
}

/// Every thread and process fails in turn: the run works without it, or reports that it cannot.
pub(crate) fn starting_threads() {
    let test_folder = TestFolder::new();
    sources(&test_folder, &[("workbook", "crm.xlsx"), ("sqlite", "crm.sqlite")]);
    let mut csv = String::from("id,name,parent\n");
    for id in 0..70_000u64 {
        csv += &format!("{id},name of {id},{}\n", id / 2);
    }
    test_folder.write("src/large.csv", csv);
    let export = ["export", "src", "-o", ARCHIVE, "-r", &test_folder.public];
    test_folder.run(&export).expect_exit(&[0]);
    let key = [ARCHIVE, "-i", "key.txt"];
    let on = |command: &'static str, more: &[&'static str]| [&[command], &key[..], more].concat();
    let restored: [&[&str]; 2] = [&["back"], &["back.sqlite"]];
    let cases: [(Vec<&str>, &[&str]); 6] = [
        (on("verify", &[]), &[]),
        (on("restore-test", &["--scratch", "memory"]), &[]),
        (on("restore-test", &["--against", "src"]), &[]),
        (on("restore", &["-o", "back"]), restored[0]),
        (on("restore", &["-o", "back.sqlite"]), restored[1]),
        // Last, because it replaces the archive that the others read.
        (export.to_vec(), &EXPORTED_FILES),
    ];
    for (args, makes) in cases {
        if makes == EXPORTED_FILES {
            test_folder.remove_all(makes);
        }
        let mut sweep = FaultInjection::of_starts(&test_folder, &args, makes);
        let mut whole = |ended: &Finished, after: &str| {
            let sure = args[0] == "restore" || ended.stdout.contains("\"verdict\": \"proven\"");
            assert!(sure, "{after}: {}", ended.stdout);
            makes
                .iter()
                .for_each(|name| assert!(test_folder.path(name).exists(), "{after}: no {name}"));
            assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}");
        };
        let mut after = |ended: &Finished, after: &str| {
            assert!(!ended.stdout.contains("\"verdict\": \"proven\""), "{after}: it is proven");
            let is_reported =
                ended.stderr.contains("cannot start") || ended.status.code() == Some(4);
            assert!(
                is_reported,
                "{after}: the message does not name the failure:\n{}",
                ended.stderr
            );
            if ended.status.code() == Some(1) {
                let made = makes.iter().filter(|name| test_folder.path(name).exists());
                assert_eq!(made.count(), 0, "a partial output is left after {after}");
            }
            assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}");
        };
        sweep.over_all(&mut whole, &mut after);
        sweep.print();
    }
}

pub(crate) fn making_a_key() {
    let test_folder = TestFolder::new();
    let mut sweep = FaultInjection::new(&test_folder, &["keygen", "-o", "new.txt"], &["new.txt"]);
    let is_key = || {
        let key = fs::read_to_string(test_folder.path("new.txt")).unwrap_or_default();
        key.lines().count() == 3 && key.contains("\nAGE-SECRET-KEY-1") && key.ends_with('\n')
    };
    let mut whole = |_: &Finished, after: &str| assert!(is_key(), "it is not a key: {after}");
    let mut after = |_: &Finished, after: &str| {
        if test_folder.path("new.txt").exists() {
            assert!(is_key(), "it is not a key: {after}");
            test_folder.remove("new.txt");
        }
        test_folder.run(&["keygen", "-o", "new.txt"]).expect_exit(&[0]);
        assert_eq!(test_folder.leftovers(), [""; 0], "leftovers after {after}, and a clean run");
    };
    sweep.over_all(&mut whole, &mut after);
    sweep.print();
}
