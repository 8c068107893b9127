//! Sources that change while they are read. The size, the time or a second hash shows it, and the export
//! ends with an error instead of an archive that mixes two states.
#![cfg(feature = "sqlite")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use backup_core::source::{DiscoverOptions, discover};
use backup_core::{ErrorKind, Monitor, dry_run};

/// Changes a file once, while it is read.
struct SourceChanger {
    path: PathBuf,
    change: fn(&Path),
    when: When,
    done: AtomicBool,
}

/// When the change happens.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    /// When the table `t` begins.
    TableBegins,
    /// When the first bytes were read.
    BytesRead,
}

impl SourceChanger {
    fn apply_change(&self) {
        if !self.done.swap(true, Ordering::Relaxed) {
            (self.change)(&self.path);
        }
    }
}

impl Monitor for SourceChanger {
    fn working_on(&self, name: &str) {
        if self.when == When::TableBegins && name == "t" {
            self.apply_change();
        }
    }

    fn advance(&self, _: u64) {
        if self.when == When::BytesRead {
            self.apply_change();
        }
    }
}

fn grows(path: &Path) {
    let bytes = [fs::read(path).expect("reads"), b"more".to_vec()].concat();
    fs::write(path, bytes).expect("writes");
}

fn shrinks(path: &Path) {
    let bytes = fs::read(path).expect("reads");
    fs::write(path, &bytes[..bytes.len() - 1]).expect("writes");
}

fn is_removed(path: &Path) {
    fs::remove_file(path).expect("is removed");
}

fn set_time(path: &Path, time: SystemTime) {
    let file = File::options().write(true).open(path).expect("opens");
    file.set_modified(time).expect("the time is set");
}

fn gets_another_time(path: &Path) {
    set_time(path, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000));
}

/// Changes neither the size nor the time.
fn changes_in_place(path: &Path) {
    let time = fs::metadata(path).and_then(|data| data.modified()).expect("a time");
    let mut bytes = fs::read(path).expect("reads");
    *bytes.last_mut().expect("it is not empty") ^= 1;
    fs::write(path, bytes).expect("writes");
    set_time(path, time);
}

fn gets_a_log(path: &Path) {
    fs::write(path.with_file_name("t.sqlite-wal"), b"log").expect("writes");
}

/// A file, the moment and the way of its change, and a description.
type Case = (&'static str, When, fn(&Path), &'static str);

#[test]
fn a_source_that_changes_during_the_export_is_an_error() {
    use When::{BytesRead, TableBegins};
    let cases: &[Case] = &[
        ("rebuilt.csv", BytesRead, grows, "grows"),
        ("rebuilt.csv", BytesRead, shrinks, "shrinks"),
        ("rebuilt.csv", BytesRead, is_removed, "is removed"),
        ("rebuilt.csv", BytesRead, gets_another_time, "gets another time"),
        ("kept.csv", BytesRead, gets_another_time, "gets another time"),
        ("kept.csv", BytesRead, changes_in_place, "changes in place"),
        ("t.sqlite", TableBegins, grows, "grows"),
        ("t.sqlite", TableBegins, gets_another_time, "gets another time"),
        ("t.sqlite", TableBegins, changes_in_place, "changes in place"),
        ("t.sqlite", TableBegins, gets_a_log, "gets a log"),
        ("letter.pdf", BytesRead, grows, "grows"),
        ("letter.pdf", BytesRead, gets_another_time, "gets another time"),
        ("letter.pdf", BytesRead, is_removed, "is removed"),
    ];
    for (name, when, change, what) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        match *name {
            "rebuilt.csv" => fs::write(&path, "a,b\n1,2\n").expect("a file"),
            "kept.csv" => fs::write(&path, "a,b\r\n1,2\n").expect("a file"),
            "t.sqlite" => rusqlite::Connection::open(&path)
                .and_then(|base| base.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)"))
                .expect("a database"),
            _ => fs::write(&path, "%PDF").expect("a file"),
        }
        let found = discover(std::slice::from_ref(&path), &DiscoverOptions::default());
        let (change, when, done) = (*change, *when, AtomicBool::new(false));
        let changer = SourceChanger { path: path.clone(), change, when, done };
        let error = dry_run(found.expect("it is found"), &changer)
            .expect_err(&format!("{name} {what} while it is read"));
        assert!(matches!(error.kind(), ErrorKind::SourceChanged), "{name} {what}: {error}");
        assert!(changer.done.into_inner(), "{name}: it was not changed");
        assert!(error.location().source.as_deref().is_some_and(|at| at.ends_with(name)), "{error}");
    }
}
