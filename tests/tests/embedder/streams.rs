//! Archives that are not files: anything that can be read and sought is verified and
//! restore-tested.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use backup_core::archive::WriterOptions;
use backup_core::scratch::SqliteScratch;
use backup_core::{
    Code, Error, ErrorKind, Report, Result, Verdict, VerifyOptions, restore_test_reader, verify,
    verify_reader,
};
use crm_backup_tests::{Keys, awkward, write_archive};

fn archive(keys: &Keys) -> Vec<u8> {
    let table = awkward::table("accounts", ["id", "name"]);
    let record = |number: usize| awkward::texts(&[Some(&number.to_string()), Some("Ærø")]);
    let tables = [(table, (0..100).map(record).collect())];
    // Bytes that do not compress, so that the archive has several chunks.
    let mut state = 1u64;
    let noise = (0..300_000).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    });
    let files = [("logo.png".to_owned(), noise.collect())];
    write_archive(keys, WriterOptions::default(), &tables, &files).1
}

fn verified<R: Read + Seek + Send>(reader: R, keys: &Keys) -> Result<Report> {
    verify_reader(reader, "memory", &keys.identities, &VerifyOptions::default(), &())
}

#[test]
fn an_archive_in_memory_is_verified_like_a_file() {
    let keys = Keys::generate();
    let bytes = archive(&keys);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.tar.zst.age");
    std::fs::write(&path, &bytes).expect("the archive is written");

    let of_file = verify(&path, &keys.identities, &VerifyOptions::default(), &());
    let of_file = of_file.expect("the file is verified");
    // Borrowed bytes, from any position of the cursor.
    let mut cursor = Cursor::new(bytes.as_slice());
    cursor.set_position(1234);
    let of_memory = verified(cursor, &keys).expect("the bytes are verified");
    assert_eq!(of_memory.verdict(), Some(Verdict::Proven));
    assert_eq!(of_memory.archive().content_id, of_file.archive().content_id);
    assert_eq!(of_memory.archive().bytes, Some(bytes.len() as u64));
    assert_eq!(of_memory.archive().name.as_deref(), Some("memory"));
    assert_eq!(of_memory.contents().tables, of_file.contents().tables);
}

#[test]
fn an_archive_in_memory_is_restore_tested() {
    let keys = Keys::generate();
    let mut scratch = SqliteScratch::in_memory().expect("a scratch database");
    let reader = Cursor::new(archive(&keys));
    let options = VerifyOptions::default();
    let report =
        restore_test_reader(reader, "memory", &keys.identities, &mut scratch, &options, &())
            .expect("it is tested");
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.findings());
}

#[test]
fn damage_in_a_reader_is_found_and_reading_continues_past_it() {
    let keys = Keys::generate();
    let mut bytes = archive(&keys);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let report = verified(Cursor::new(bytes), &keys).expect("it is verified");
    assert_eq!(report.verdict(), Some(Verdict::Failed));
    assert!(report.findings().iter().any(|finding| finding.code == Code::Seal));
}

/// A reader that fails after a position.
struct Failing(Cursor<Vec<u8>>, u64);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.position() > self.1 {
            return Err(io::Error::from(io::ErrorKind::TimedOut));
        }
        self.0.read(buffer)
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_reader_that_fails_is_an_error_that_names_it_and_keeps_the_cause() {
    let keys = Keys::generate();
    let error: Error =
        verified(Failing(Cursor::new(archive(&keys)), 1000), &keys).expect_err("the reader fails");
    assert!(
        matches!(error.kind(), ErrorKind::Io { path: Some(path), source, .. }
            if path.as_os_str() == "memory" && source.kind() == io::ErrorKind::TimedOut),
        "{error:?}"
    );
}
