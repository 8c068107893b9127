//! The scratch database returns what it was given, and a restore-test detects a scratch database
//! that changes, loses or refuses records.
#![cfg(feature = "sqlite")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use backup_core::archive::{AskPassphrase, Identity, KeyPair, Writer, WriterOptions};
use backup_core::model::ColumnCounts;
use backup_core::record::{Column, Digest, Encoder, Record, Table};
use backup_core::scratch::{Scratch, SqliteScratch};
use backup_core::{Code, ErrorKind, Report, Result, Verdict, VerifyOptions, restore_test};

/// A summary of a table: its text, and its counts.
#[derive(Debug, PartialEq, Default)]
struct Summary {
    text: Vec<u8>,
    counts: Vec<ColumnCounts>,
}

fn table(index: usize, columns: usize) -> Table {
    Table::new(format!("table {index}"), (0..columns).map(|n| Column::any(format!("c {n}"))))
}

/// A cell of every kind in turn, and sometimes a long one.
fn push(record: &mut Record, number: usize) {
    match number % 11 {
        0 => record.push_null(),
        1 => record.push_integer(number as i64 - 1000),
        2 => record.push_real(f64::NAN),
        3 => record.push_real(-0.0),
        4 => record.push_text(""),
        5 => record.push_text("0042"),
        6 => record.push_text_bytes(b"\xff\0\xfe"),
        7 => record.push_blob(b""),
        8 => record.push_blob(&number.to_le_bytes()),
        9 if number % 33_000 == 9 => record.push_text(&"长".repeat(number * 100 % 6_000_000)),
        _ => record.push_text(&format!("Ærø & Søn, {number}")),
    }
}

/// Tables by their indexes, with their numbers of columns and records: close to the limits of a
/// statement, a batch and an SQLite table.
const TABLES: [(usize, usize, usize); 10] = [
    (0, 1, 33),
    (1, 8, 9_000),
    (2, 3, 0),
    (3, 2_001, 40),
    (5, 600, 65),
    (7, 16, 32),
    (8, 16, 64),
    (9, 4_100, 9),
    (12, 5, 1),
    (13, 512, 40),
];

/// Loads the records of every table, some of each at a time; returns their summaries.
fn fill(scratch: &mut SqliteScratch) -> BTreeMap<usize, Summary> {
    let mut sums = BTreeMap::new();
    for (index, columns, _) in TABLES {
        scratch.create_table(index, &table(index, columns)).expect("a table");
        sums.insert(index, Summary { text: Vec::new(), counts: vec![Default::default(); columns] });
    }
    let mut record = Record::new();
    for round in 0..3 {
        for (index, columns, records) in TABLES {
            let encoder = Encoder::new(&table(index, columns));
            let sum = sums.get_mut(&index).expect("it is there");
            for number in records * round / 3..records * (round + 1) / 3 {
                record.clear();
                (0..columns).for_each(|column| push(&mut record, number * columns + column));
                scratch.insert(index, &record).expect("a record");
                encoder.record(&record, &mut sum.text).expect("a record");
                sum.counts.iter_mut().zip(record.iter()).for_each(|(it, cell)| it.add(cell));
            }
        }
    }
    scratch.add_file("a.pdf", 7, Digest::of(b"a file!")).expect("a file");
    scratch.loaded().expect("everything is loaded");
    sums
}

fn check(what: &str, mut scratch: SqliteScratch) {
    let expected = fill(&mut scratch);
    let tables = scratch.tables().expect("tables");
    let requested = TABLES.map(|(index, columns, _)| (index, table(index, columns)));
    assert!(tables == requested, "{what}: the tables differ");
    let files = scratch.files().expect("files");
    assert_eq!(
        files,
        [("a.pdf".to_owned(), 7, Digest::of(b"a file!"))],
        "{what}: the file differs"
    );
    let encoder = |index: usize| {
        let columns = TABLES.iter().find(|it| it.0 == index).expect("it is there").1;
        Encoder::new(&table(index, columns))
    };
    for (index, expected) in &expected {
        let mut actual = Summary::default();
        actual.counts = scratch
            .read(*index, &mut |record| encoder(*index).record(record, &mut actual.text))
            .expect("its records");
        assert!(actual == *expected, "{what}: table {index} differs");
    }
}

#[test]
fn every_record_is_read_back_from_memory_and_from_disk() {
    check("memory", SqliteScratch::in_memory().expect("a database"));
    check("a temporary file", SqliteScratch::temporary().expect("a database"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scratch.sqlite");
    check("a file", SqliteScratch::at(path).expect("a database"));
}

#[test]
fn a_record_that_does_not_fit_is_refused() {
    let mut scratch = SqliteScratch::in_memory().expect("a database");
    scratch.create_table(3, &table(3, 2)).expect("a table");
    for cells in [0, 1, 3] {
        let mut record = Record::new();
        (0..cells).for_each(|_| record.push_null());
        assert!(scratch.insert(3, &record).is_err(), "{cells} cells are accepted for two columns");
    }
    let mut record = Record::new();
    record.push_null();
    record.push_null();
    assert!(scratch.insert(4, &record).is_err(), "there is no such table");
    scratch.insert(3, &record).expect("this one fits");
    scratch.loaded().expect("it is loaded");
    let counts = scratch.read(3, &mut |_| Ok(())).expect("its records");
    assert_eq!(counts[1].nulls, 1, "a different number of records");
}

#[test]
fn a_scratch_database_dropped_while_loading_is_released() {
    let mut scratch = SqliteScratch::temporary().expect("a database");
    scratch.create_table(0, &table(0, 1)).expect("a table");
    let mut record = Record::new();
    record.push_text(&"x".repeat(600_000));
    for _ in 0..20 {
        scratch.insert(0, &record).expect("a record");
    }
    assert!(scratch.tables().is_err(), "it is queried while it is loaded");
    drop(scratch);
}

/// What the database does to the second table.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Nothing,
    Cell,
    Record,
    Swap,
    Count,
    Kind,
    Error,
    /// The first table cannot be read.
    Other,
    /// The second table is missing.
    Lost,
    /// The column count is too low.
    Uncounted,
}

const FAULTY_RECORD: u64 = 5_000;

struct Faulty {
    inner: SqliteScratch,
    fault: Fault,
}

impl Scratch for Faulty {
    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        self.inner.create_table(index, table)
    }
    fn insert(&mut self, table: usize, record: &Record) -> Result<()> {
        self.inner.insert(table, record)
    }
    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.inner.add_file(path, bytes, sha256)
    }
    fn loaded(&mut self) -> Result<()> {
        self.inner.loaded()
    }
    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        let mut tables = self.inner.tables()?;
        tables.retain(|(index, _)| *index != 1 || !matches!(self.fault, Fault::Lost));
        Ok(tables)
    }
    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        self.inner.files()
    }
    fn read(
        &mut self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>> {
        let fault = self.fault;
        let lied_about = match (fault, table) {
            (Fault::Cell | Fault::Record | Fault::Swap | Fault::Kind, 1) => FAULTY_RECORD,
            (Fault::Error, 1) | (Fault::Other, 0) => return self.inner.read(99, each),
            _ => {
                let mut counts = self.inner.read(table, each)?;
                counts[0].texts += u64::from(table == 1 && matches!(fault, Fault::Count));
                counts.retain(|_| !matches!(fault, Fault::Uncounted));
                return Ok(counts);
            }
        };
        let (mut number, mut held_record) = (0, Record::new());
        self.inner.read(table, &mut |record| {
            number += 1;
            match fault {
                Fault::Cell if number == lied_about => {
                    let mut other: Record = record.iter().skip(1).collect();
                    other.push_text("another");
                    each(&other)
                }
                Fault::Record if number == lied_about => Ok(()),
                Fault::Swap if number == lied_about => {
                    held_record = record.clone();
                    Ok(())
                }
                Fault::Swap if number == lied_about + 1 => {
                    each(record)?;
                    each(&held_record)
                }
                Fault::Kind if number == lied_about => {
                    let mut other = record.clone();
                    other.push_null();
                    each(&other)
                }
                _ => each(record),
            }
        })
    }
}

/// An archive of two tables, each with more text than is hashed at a time.
fn archive(path: &Path) -> Vec<Identity> {
    let key = KeyPair::generate();
    let recipients = [key.recipient().parse().expect("a recipient")];
    let mut writer = Writer::create(Vec::new(), "crm", &recipients, WriterOptions::default())
        .expect("an archive");
    for index in 0..2 {
        let mut rows = writer.table(table(index, 3)).expect("a table");
        for number in 0..20_000 {
            rows.row(&(number, format!("record {number} of table {index}"), 0.5)).expect("a row");
        }
        rows.finish().expect("the table ends");
    }
    let (_, encrypted) = writer.finish().expect("the archive ends");
    std::fs::write(path, encrypted).expect("it is written");
    let ask: AskPassphrase = Arc::new(|_| None);
    let file = key.identity_file(std::time::SystemTime::UNIX_EPOCH);
    Identity::parse_file(file.as_bytes(), "key", &ask).expect("an identity")
}

#[test]
fn a_scratch_database_that_alters_records_is_not_proven() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crm.tar.zst.age");
    let identities = archive(&path);
    let tested = |fault| -> Result<Report> {
        let inner = SqliteScratch::in_memory().expect("a database");
        let mut scratch = Faulty { inner, fault };
        restore_test(&path, &identities, &mut scratch, VerifyOptions::default(), &())
    };
    let codes = |fault| -> Vec<Code> {
        let report = tested(fault).expect("it is checked");
        let expected = if report.findings().is_empty() { Verdict::Proven } else { Verdict::Failed };
        assert_eq!(report.verdict(), Some(expected), "{fault:?}: the verdict differs");
        report.findings().iter().map(|finding| finding.code).collect()
    };
    assert_eq!(codes(Fault::Nothing), [], "no fault");
    assert_eq!(codes(Fault::Cell), [Code::TableDigest, Code::Contents], "a cell differs");
    let fewer = [Code::TableRows, Code::TableDigest, Code::Contents];
    assert_eq!(codes(Fault::Record), fewer, "a record is missing");
    assert_eq!(codes(Fault::Swap), [Code::TableDigest, Code::Contents], "two records are swapped");
    assert_eq!(codes(Fault::Count), [Code::TableCounts], "the counts of SQLite differ");
    assert_eq!(codes(Fault::Uncounted), [Code::TableCounts; 6], "no column is counted");
    assert_eq!(codes(Fault::Lost), [Code::TableRows, Code::Contents], "a table is missing");
    let error = tested(Fault::Kind).expect_err("a record has a cell too many");
    let place = error.location();
    assert_eq!(place.table.as_deref(), Some("table 1"), "another table is named");
    assert_eq!(place.record, Some(FAULTY_RECORD), "another record is named");
    for fault in [Fault::Error, Fault::Other] {
        let error = tested(fault).expect_err("a table cannot be read");
        let kind = error.kind();
        assert!(
            matches!(kind, ErrorKind::Scratch { .. }),
            "{fault:?}: the wrong kind of error: {kind:?}"
        );
    }
}
