//! Damaged dumps: each byte cut and changed. Nothing panics, and a cut dump never gives other
//! records.

use backup_core::ErrorKind;
use backup_core::source::Source as _;

use super::{Fixture, ledger, mysql, postgres, sqlite};
use crate::recording::{Owned, Recorder};

const BODY: &str = "CREATE TABLE t (a integer, b text, PRIMARY KEY (a));
INSERT INTO t VALUES (1,'x''y'),(22,NULL);
CREATE TABLE u (c integer REFERENCES t (a));
INSERT INTO u VALUES (-7);";

fn dumps() -> [String; 4] {
    let copy = "CREATE TABLE t (a integer, b text);\nCREATE TABLE u (c integer);\n\
                COPY t (a, b) FROM stdin;\n1\tx'y\n22\t\\N\n\\.\n\
                COPY u (c) FROM stdin;\n-7\n\\.\nALTER TABLE t ADD PRIMARY KEY (a);";
    [postgres(BODY), mysql(BODY), sqlite(BODY), postgres(copy)]
}

/// The names and records of tables.
type Tables = Vec<(String, Vec<Vec<Owned>>)>;

/// The records of each table; `None` if the dump was refused as a whole.
fn rows(content: &[u8]) -> Option<(Tables, Recorder)> {
    let fixture = Fixture::new(content);
    let mut recorder = Recorder::default();
    match fixture.source().read(&mut recorder) {
        Ok(()) => {
            let rows = recorder.tables.iter().map(|it| (it.name.clone(), it.rows.clone()));
            Some((rows.collect(), recorder))
        }
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Source { .. }), "{error:?}");
            None
        }
    }
}

#[test]
fn a_dump_cut_anywhere_gives_no_other_records_and_is_noted() {
    for dump in dumps() {
        let (whole, _) = rows(dump.as_bytes()).expect("it is read");
        assert_eq!(whole.len(), 2, "{dump}");
        for at in 0..dump.len() {
            let Some((cut, recorder)) = rows(&dump.as_bytes()[..at]) else { continue };
            for (name, rows) in &cut {
                let (_, all) = whole.iter().find(|(whole, _)| whole == name).expect("a table");
                assert!(all.starts_with(rows), "{at}: {rows:?} of {dump}");
            }
            let is_complete =
                cut == whole && !dump[at..].contains("complete") && !dump[at..].contains("COMMIT");
            let is_noted = !ledger(&recorder, "missing-records").is_empty();
            assert!(is_noted || is_complete || at < 80, "{at} of {dump}");
        }
    }
}

#[test]
fn no_changed_bit_causes_a_panic() {
    for dump in dumps() {
        for at in 0..dump.len() {
            for bit in [0, 2, 5, 7] {
                let mut bytes = dump.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                rows(&bytes);
            }
        }
    }
}
