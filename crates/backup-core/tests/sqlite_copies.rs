//! A database with a log or a journal is read from a copy. The copy holds what SQLite itself would
//! read, and never has a file name under which plaintext records could be found.
#![cfg(all(feature = "sqlite", unix))]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::database::{Fixture, beside};
use crate::recording::Owned;
use backup_core::archive::KeyPair;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{ExportOptions, Monitor, export};
use rusqlite::Connection;

const SUFFIXES: [&str; 3] = ["", "-wal", "-journal"];

/// The files of a database as they are on the disk at this moment, as after a crash.
fn crashed(of: &Fixture) -> Fixture {
    let copy = Fixture::empty();
    for suffix in SUFFIXES {
        let from = beside(&of.path, suffix);
        if from.exists() {
            fs::copy(from, beside(&copy.path, suffix)).expect("the file is copied");
        }
    }
    copy
}

type Rows = Vec<Vec<Owned>>;

/// What SQLite itself reads: every table and its records.
fn read_by_sqlite(fixture: &Fixture) -> Vec<(String, Rows)> {
    let connection = Connection::open(&fixture.path).expect("SQLite opens it");
    let check = connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    assert_eq!(check.as_deref(), Ok("ok"), "SQLite finds it damaged");
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut names = connection.prepare(names).expect("SQLite reads it");
    let names = names.query_map([], |row| row.get::<_, String>(0)).expect("SQLite reads it");
    let tables = names.map(|name| {
        let name = name.expect("SQLite reads it");
        let select = format!("SELECT a, b FROM {name} ORDER BY rowid");
        let mut select = connection.prepare(&select).expect("SQLite reads it");
        let rows = select.query_map([], |row| {
            Ok(vec![
                Owned::Integer(row.get(0)?),
                Owned::Blob(row.get::<_, String>(1)?.into_bytes()),
            ])
        });
        let rows = rows.expect("SQLite reads it").collect::<Result<_, _>>();
        (name, rows.expect("SQLite reads it"))
    });
    tables.collect()
}

/// What this crate reads, in the same form.
fn read_by_us(fixture: &Fixture) -> Vec<(String, Rows)> {
    let recorder = fixture.read();
    let blob = |cell: &Owned| match cell {
        Owned::Text(bytes) => Owned::Blob(bytes.clone()),
        other => other.clone(),
    };
    let rows = |rows: &Rows| rows.iter().map(|row| row.iter().map(blob).collect()).collect();
    let mut tables: Vec<_> =
        recorder.tables.iter().map(|table| (table.name.clone(), rows(&table.rows))).collect();
    tables.sort_by(|(one, _), (other, _)| one.cmp(other));
    tables
}

fn filled(page: u32, rows: u32, extra: &str) -> Fixture {
    Fixture::new(&format!(
        "PRAGMA page_size={page}; {extra} CREATE TABLE t (a INTEGER, b TEXT); BEGIN;
         INSERT INTO t WITH RECURSIVE n(i) AS (
           SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
           SELECT i, hex(randomblob(40)) FROM n;
         COMMIT;"
    ))
}

/// Changes a third of the records, adds some, removes some, and creates a table.
fn change(step: u32) -> String {
    format!(
        "UPDATE t SET b = hex(randomblob({})) WHERE a % 3 = {};
         INSERT INTO t SELECT a + {step}00000, b FROM t WHERE a % 5 = 1;
         DELETE FROM t WHERE a % 7 = {}; CREATE TABLE IF NOT EXISTS u{step} (a INTEGER, b TEXT);
         INSERT INTO u{step} SELECT a, b FROM t WHERE a % 11 = 0;",
        20 + step * 13 % 90,
        step % 3,
        step % 7
    )
}

#[test]
fn a_journal_is_rolled_back_as_sqlite_does() {
    let mut cases = 0;
    let mut rolled_back = 0;
    for page in [512, 1024, 4096, 65_536] {
        for step in 0..6 {
            let fixture = filled(page, 300 + 250 * step, "");
            let writer = fixture.connect();
            let synchronous = if step % 2 == 0 { "FULL" } else { "OFF" };
            writer
                .execute_batch(&format!(
                    "PRAGMA synchronous={synchronous}; PRAGMA cache_size={}; PRAGMA cache_spill=1;
                     {} BEGIN; {}",
                    1 + step % 4,
                    if step == 4 { "PRAGMA journal_mode=PERSIST;" } else { "" },
                    [change(step), change(step + 1), change(step + 2)].concat(),
                ))
                .expect("the writer writes without committing");
            let found = crashed(&fixture);
            let bytes = fs::read(beside(&found.path, "-journal")).expect("there is a journal");
            // Whole, truncated, and with a partly written page.
            let (half, mut torn) = (bytes[..bytes.len() * 2 / 3].to_vec(), bytes.clone());
            let middle = torn.len() / 2;
            torn[middle..middle + 600.min(bytes.len() / 4)].fill(0x5a);
            for journal in [bytes, half, torn] {
                let [ours, theirs] = [crashed(&found), crashed(&found)];
                for copy in [&ours, &theirs] {
                    fs::write(beside(&copy.path, "-journal"), &journal).expect("it is written");
                }
                let expected = std::panic::catch_unwind(|| read_by_sqlite(&theirs));
                // Half a rollback may leave no database; then there is nothing to compare.
                let Ok(expected) = expected else { continue };
                let same = read_by_us(&ours) == expected;
                assert!(same, "pages of {page}, step {step}, {} bytes", journal.len());
                rolled_back += usize::from(expected.len() == 1);
                cases += 1;
            }
        }
    }
    let _ = std::io::Write::write_fmt(
        &mut std::io::stderr(),
        format_args!(
            "journals compared with SQLite: {cases}, of which rolled back completely: {rolled_back}\n"
        ),
    );
    assert!(cases >= 24 && rolled_back >= 20, "too few were compared");
}

#[test]
fn a_journal_of_several_databases_is_valid_while_its_super_journal_exists() {
    let fixture = filled(4096, 100, "");
    let writer = fixture.connect();
    writer
        .execute_batch("PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN; UPDATE t SET b = 'new';")
        .expect("the writer writes without committing");
    let found = crashed(&fixture);
    let super_journal = found.folder.path().join("crm-mj12345690A");
    let name = super_journal.to_str().expect("the path is UTF-8").as_bytes().to_vec();
    let mut journal = fs::read(beside(&found.path, "-journal")).expect("there is a journal");
    journal.extend((0x4000_0000_u32 / 4096 + 1).to_be_bytes());
    journal.extend(&name);
    journal.extend((name.len() as u32).to_be_bytes());
    let sum = name.iter().fold(0u32, |sum, byte| sum.wrapping_add(*byte as i8 as u32));
    journal.extend(sum.to_be_bytes());
    journal.extend([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
    fs::write(beside(&found.path, "-journal"), journal).expect("it is written");
    for there in [false, true] {
        if there {
            fs::write(&super_journal, "x").expect("it is written");
        }
        let ours = read_by_us(&found);
        let theirs = read_by_sqlite(&crashed(&found));
        assert!(ours == theirs, "with the super-journal there: {there}");
    }
}

#[test]
fn a_log_is_read_as_sqlite_reads_it() {
    let mut cases = 0;
    for (page, rows) in [(512, 4000), (1024, 500), (4096, 900), (65_536, 400)] {
        for (step, encoding) in ["UTF-8", "UTF-16le", "UTF-16be"].into_iter().enumerate() {
            let extra = format!("PRAGMA encoding='{encoding}'; PRAGMA journal_mode=WAL;");
            let fixture = filled(page, rows, &extra);
            let writer = fixture.connect();
            writer.execute_batch("PRAGMA wal_autocheckpoint=0;").expect("the writer is set");
            for step in step as u32..step as u32 + 3 {
                writer.execute_batch(&format!("BEGIN; {} COMMIT;", change(step))).expect("commits");
            }
            writer
                .execute_batch(&format!("PRAGMA cache_size=1; BEGIN; {}", change(9)))
                .expect("the writer writes without committing");
            let found = crashed(&fixture);
            let log = fs::read(beside(&found.path, "-wal")).expect("there is a log");
            let mut torn = log.clone();
            let middle = torn.len() / 2;
            torn[middle] ^= 1;
            for log in [log.clone(), log[..log.len() * 3 / 5].to_vec(), torn] {
                let [ours, theirs] = [crashed(&found), crashed(&found)];
                for copy in [&ours, &theirs] {
                    fs::write(beside(&copy.path, "-wal"), &log).expect("it is written");
                }
                let same = read_by_us(&ours) == read_by_sqlite(&theirs);
                assert!(same, "pages of {page}, {encoding}, {} bytes of log", log.len());
                cases += 1;
            }
        }
    }
    let _ = std::io::Write::write_fmt(
        &mut std::io::stderr(),
        format_args!("logs compared with SQLite: {cases}\n"),
    );
    assert_eq!(cases, 36, "logs compared");
}

/// A text that no other process writes anywhere.
fn marker() -> String {
    format!("mark-of-a-record-in-clear-{}-", std::process::id())
}

/// Searches for the marker in every file below the folders of this process at each call, which is
/// between any two copied pieces.
#[derive(Default)]
struct WatchingMonitor {
    checks: Mutex<(usize, usize)>,
}

impl Monitor for WatchingMonitor {
    fn should_continue(&self) -> bool {
        let mut files = 0;
        for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with("crm-backup-") {
                files += check_folder(&entry.path());
            }
        }
        let mut checks = self.checks.lock().expect("no check panics");
        *checks = (checks.0 + 1, checks.1 + files);
        true
    }
}

/// Returns how many files were checked; those of other tests may disappear meanwhile.
fn check_folder(folder: &Path) -> usize {
    let marker = marker();
    let entries: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => return 0,
    };
    let mut checked = 0;
    for path in entries {
        let Ok(bytes) = fs::read(&path) else { continue };
        let marked = bytes.windows(marker.len()).any(|window| window == marker.as_bytes());
        assert!(!marked, "{} holds a plaintext record under a file name", path.display());
        checked += 1;
    }
    checked
}

#[test]
fn copies_of_a_database_never_have_a_file_name() {
    let marker = marker();
    let marked = |kept: &str| {
        format!(
            "{kept} CREATE TABLE t (a, b); INSERT INTO t WITH RECURSIVE n(i) AS (
               SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
               SELECT i, '{marker}' || i FROM n;"
        )
    };
    let logged = Fixture::new(&marked("PRAGMA journal_mode=WAL;"));
    let log_writer = logged.connect();
    let update = format!("PRAGMA wal_autocheckpoint=0; UPDATE t SET b = '{marker}' || a || 'x';");
    log_writer.execute_batch(&update).expect("the writer writes");
    let rolled = Fixture::new(&marked(""));
    let writer = rolled.connect();
    let update = format!("PRAGMA cache_size=1; BEGIN; UPDATE t SET b = '{marker}' || a || 'y';");
    writer.execute_batch(&update).expect("the writer writes without committing");
    let key = KeyPair::generate();
    let recipients = [key.recipient().parse().expect("a recipient")];
    let mut checks = 0;
    for fixture in [&logged, &rolled] {
        let found = crashed(fixture);
        let out = found.folder.path().join("a.tar.zst.age");
        let sources = discover(std::slice::from_ref(&found.path), &DiscoverOptions::default())
            .expect("it is found");
        let monitor = WatchingMonitor::default();
        let report = export(sources, &recipients, &out, &ExportOptions::default(), &monitor);
        let report = report.unwrap_or_else(|error| panic!("the export fails: {error}"));
        assert_eq!(report.skipped(), [""; 0], "the database is not read as one");
        let (times, _) = *monitor.checks.lock().expect("no check panics");
        assert!(times > 10, "too few checks ran");
        checks += times;
    }
    let _ = std::io::Write::write_fmt(
        &mut std::io::stderr(),
        format_args!("checks for a copy with a file name: {checks}\n"),
    );
}
