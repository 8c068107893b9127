//! SQLite databases: any bytes as a database, as its log, or as the definition of a table.

use std::fs;
use std::path::Path;

use backup_core::source::sqlite::SqliteSource;
use rusqlite::Connection;

use super::archive::with_file;
use super::workbook::read_all;
use super::{Input, Seed};

/// A small database with most features that a database may have.
pub(super) fn small(path: &Path) {
    let database = Connection::open(path).expect("a database is made");
    database
        .execute_batch(
            "PRAGMA page_size = 512;
             CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, value REAL);
             CREATE TABLE contacts (id INTEGER, account REFERENCES accounts (id), note BLOB,
                 upper TEXT AS (upper(note)) STORED, PRIMARY KEY (id, account)) WITHOUT ROWID;
             CREATE INDEX by_name ON accounts (name);
             CREATE VIEW names AS SELECT name FROM accounts;
             CREATE TRIGGER added AFTER INSERT ON contacts BEGIN SELECT 1; END;
             INSERT INTO accounts VALUES (1, 'Ng, Ltd', 0.5), (7, '合同', -1e300), (9, '', NULL);
             INSERT INTO contacts (id, account, note) VALUES (1, 1, x'00ff'), (2, 7, 'two');",
        )
        .expect("a database is filled");
}

fn small_bytes() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.sqlite");
    small(&path);
    fs::read(path).expect("the database is read")
}

/// The small database with a log that changes it.
fn logged() -> (Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.sqlite");
    small(&path);
    let database = Connection::open(&path).expect("the database is opened");
    database
        .execute_batch("PRAGMA journal_mode = WAL; INSERT INTO accounts VALUES (11, 'more', 2);")
        .expect("a log is made");
    let log = path.with_file_name("a.sqlite-wal");
    (fs::read(&path).expect("the database is read"), fs::read(log).expect("the log is read"))
}

/// A database with a table that has this definition.
fn defined(words: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.sqlite");
    small(&path);
    let database = Connection::open(&path).expect("the database is opened");
    let changed = database
        .execute_batch("PRAGMA writable_schema = ON")
        .and_then(|()| {
            let sql = "UPDATE sqlite_schema SET sql = ?1 WHERE name = 'accounts'";
            database.execute(sql, [words])
        })
        .expect("the definition is changed");
    assert_eq!(changed, 1, "one definition is changed");
    drop(database);
    fs::read(path).expect("the database is read")
}

fn read(database: &[u8], log: Option<&[u8]>) {
    with_file("a.sqlite", database, |path| {
        let beside = path.with_file_name("a.sqlite-wal");
        match log {
            Some(log) => fs::write(&beside, log).expect("the log is written"),
            None => {
                let _ = fs::remove_file(&beside);
            }
        }
        read_all(Box::new(SqliteSource::new(path, "a.sqlite")), database);
    });
}

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    match input.byte() % 3 {
        0 => read(input.0, None),
        1 => {
            let length = u32::from_le_bytes(input.array()) as usize;
            let database = input.bytes(length);
            read(database, Some(input.0));
        }
        _ => read(&defined(&String::from_utf8_lossy(input.0)), None),
    }
}

pub(super) fn seeds() -> Vec<Seed> {
    let small = small_bytes();
    let (database, log) = logged();
    let fixture = fs::read(crm_fixtures::shape("sqlite").path).expect("the fixture is read");
    let length = (database.len() as u32).to_le_bytes();
    let mut seeds = vec![
        ("small".to_owned(), [&[0], &small[..]].concat()),
        ("fixture".to_owned(), [&[0], &fixture[..]].concat()),
        ("logged".to_owned(), [&[1], &length[..], &database, &log].concat()),
    ];
    let definitions = [
        "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, value REAL)",
        "CREATE TABLE accounts (id INT, \"a \"\"b\" TEXT COLLATE NOCASE DEFAULT 'x', [c d] ANY)",
        "CREATE TABLE accounts (a, b AS (a || 'x'), c UNIQUE, CHECK (a > 0), PRIMARY KEY (a, c))",
        "CREATE TABLE accounts (a REFERENCES contacts, FOREIGN KEY (a) REFERENCES contacts (id))",
        "CREATE TABLE accounts (a INTEGER PRIMARY KEY AUTOINCREMENT, b) STRICT",
        "CREATE TABLE `accounts` (a /* c */, -- d\n b) WITHOUT ROWID",
        "CREATE VIRTUAL TABLE accounts USING fts5(a, b)",
        "CREATE VIEW accounts AS SELECT 1",
    ];
    for (number, words) in definitions.into_iter().enumerate() {
        seeds.push((format!("defined-{number}"), [&[2], words.as_bytes()].concat()));
    }
    seeds
}
