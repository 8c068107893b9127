//! Findings and errors name the place of damage in fields.

use std::io::Cursor;

use backup_core::archive::{KeyPair, Reader, WriterOptions};
use backup_core::record::Record;
use backup_core::{Code, ErrorKind, Finding, VerifyOptions, verify_reader};
use crm_backup_tests::{Keys, awkward, write_archive};

/// Texts that do not compress.
fn noise(records: u64) -> Vec<Record> {
    let mut state = 1u64;
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        format!("{state:016x}")
    };
    let text = |word: &mut dyn FnMut() -> String| (0..16).map(|_| word()).collect::<String>();
    (0..records).map(|_| awkward::texts(&[Some(&text(&mut word))])).collect()
}

/// An archive of a table in several parts and a file, with a damaged byte in the middle.
fn damaged(keys: &Keys) -> Vec<u8> {
    let tables = [(awkward::table("notes", ["text"]), noise(30_000))];
    let files = [("logo.png".to_owned(), vec![7; 100])];
    let options = WriterOptions::default().part_bytes(3 << 20);
    let mut bytes = write_archive(keys, options, &tables, &files).1;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}

#[test]
fn a_finding_about_a_damaged_part_carries_its_table_part_records_and_path() {
    let keys = Keys::generate();
    let bytes = damaged(&keys);
    let options = VerifyOptions::default();
    let report = verify_reader(Cursor::new(bytes), "memory", &keys.identities, &options, &());
    let report = report.expect("it is verified");
    let of_part = |finding: &&Finding| finding.part.is_some();
    let found = report.findings().iter().find(of_part).expect("a finding about a part");
    assert_eq!((found.code, found.table.as_deref()), (Code::Seal, Some("notes")));
    assert_eq!(found.part, Some(2), "{found:?}");
    let path = "data/tables/0001-notes/part-00000002.csv";
    assert_eq!(found.path.as_deref(), Some(path));
    let [first, last] = found.records.expect("the records that are lost");
    assert!(1 < first && first < last && last <= 30_000, "{first} to {last}");
}

#[test]
fn an_error_of_a_reader_carries_the_table_and_the_path() {
    let keys = Keys::generate();
    let mut reader = Reader::open(Cursor::new(damaged(&keys)), &keys.identities).expect("it opens");
    let mut read = 0;
    let error = reader.records("notes", |_| {
        read += 1;
        Ok(())
    });
    let error = error.expect_err("a part is damaged");
    assert!(read > 0, "the parts before are read");
    assert!(matches!(error.kind(), ErrorKind::Refused(finding) if finding.code == Code::Seal));
    assert_eq!(error.location().table.as_deref(), Some("notes"));
    let path = "data/tables/0001-notes/part-00000002.csv";
    assert_eq!(error.location().path.as_deref(), Some(path));
    assert!(error.to_string().contains("table notes"), "{error}");
}

#[test]
fn an_error_of_a_receiver_carries_the_table_and_the_record() {
    let keys = Keys::generate();
    let tables = [(awkward::table("notes", ["text"]), noise(3))];
    let bytes = write_archive(&keys, WriterOptions::default(), &tables, &[]).1;
    let mut reader = Reader::open(Cursor::new(bytes), &keys.identities).expect("it opens");
    let error = reader.rows("notes", |_: (u64,)| Ok(())).expect_err("they are not numbers");
    let location = error.location();
    assert_eq!((location.table.as_deref(), location.record), (Some("notes"), Some(1)));
}

#[test]
fn a_header_with_damaged_key_stanzas_gives_a_no_matching_key_error() {
    let keys = Keys::generate();
    let bytes = write_archive(&keys, WriterOptions::default(), &[], &[]).1;
    let other = [KeyPair::generate().identity()];
    let mut damaged = bytes.clone();
    // A letter of the key share, in the second line.
    let at = damaged.windows(10).position(|word| word == b"-> X25519 ").expect("a stanza") + 12;
    damaged[at] = if damaged[at] == b'a' { b'b' } else { b'a' };
    for opened in [
        Reader::open(Cursor::new(bytes), &other),
        Reader::open(Cursor::new(damaged), &keys.identities),
    ] {
        let error = opened.map(drop).expect_err("it does not open");
        assert!(matches!(error.kind(), ErrorKind::NoKeyFits { .. }), "{error:?}");
    }
}
