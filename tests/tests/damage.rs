//! Damage in the database, on the disk and in the file: none of it is reported as proven, and no
//! unfinished file is left.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use backup_core::archive::WriterOptions;
use backup_core::model::ColumnCounts;
use backup_core::record::{Column, Digest, Record, Table};
use backup_core::scratch::{Scratch, SqliteScratch};
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    Code, ErrorKind, ExportOptions, Monitor, Phase, Report, Result, Sidecars, Verdict,
    VerifyOptions, export, restore_test, verify, verify_sealed,
};
use crm_backup_tests::noise::noise;
use crm_backup_tests::{Keys, awkward, export_to, names_in, write_archive};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A database that another program changes after it was loaded and before it is read back.
struct Tampered {
    inner: SqliteScratch,
    path: PathBuf,
    sql: &'static str,
}

impl Scratch for Tampered {
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
        self.inner.loaded()?;
        let other = rusqlite::Connection::open(&self.path).expect("the database is opened");
        let changed = other.execute(self.sql, []).expect(self.sql);
        assert_eq!(changed, 1, "{}: one record is changed", self.sql);
        Ok(())
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        self.inner.tables()
    }

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        self.inner.files()
    }

    fn read(
        &mut self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>> {
        self.inner.read(table, each)
    }
}

/// An archive of two tables of every kind of cell, and a file.
fn archive(keys: &Keys, folder: &Path) -> PathBuf {
    let record = |id: i64, name: &str| {
        let mut record = Record::new();
        record.push_integer(id);
        record.push_text(name);
        record.push_real(0.0);
        record.push_null();
        record
    };
    let columns = ["id", "name", "value", "note"].map(Column::any);
    let records = vec![record(1, "1"), record(2, "two"), record(3, "three")];
    let tables = [
        (awkward::table("accounts", ["id"]), vec![awkward::texts(&[Some("1")])]),
        (Table::new("contacts", columns), records),
    ];
    let files = [("a.pdf".to_owned(), b"attached".to_vec())];
    let (_, encrypted) = write_archive(keys, WriterOptions::default(), &tables, &files);
    let path = folder.join("crm.tar.zst.age");
    fs::write(&path, encrypted).expect("the archive is written");
    path
}

fn tested(keys: &Keys, folder: &Path, archive: &Path, sql: &'static str) -> Report {
    let path = folder.join("scratch.sqlite");
    fs::remove_file(&path).ok();
    let inner = SqliteScratch::at(&path).expect("a scratch database");
    let mut scratch = Tampered { inner, path, sql };
    let options = VerifyOptions::default();
    restore_test(archive, &keys.identities, &mut scratch, &options, &()).expect("it is tested")
}

#[test]
fn a_changed_scratch_database_is_detected() {
    let folder = folder();
    let keys = Keys::generate();
    let archive = archive(&keys, folder.path());
    let changes = [
        ("nothing", "UPDATE t1_0 SET c2 = 'two' WHERE c2 = 'two'"),
        ("a cell", "UPDATE t1_0 SET c2 = 'too' WHERE c2 = 'two'"),
        ("a null", "UPDATE t1_0 SET c4 = '' WHERE c1 = 3"),
        ("text that is now a number", "UPDATE t1_0 SET c2 = 1 WHERE c2 = '1'"),
        ("text that is now a blob", "UPDATE t1_0 SET c2 = CAST(c2 AS BLOB) WHERE c1 = 2"),
        ("an integer that is now a real", "UPDATE t1_0 SET c1 = 3.0 WHERE c1 = 3"),
        ("a zero that is now negative", "UPDATE t1_0 SET c3 = -0.0 WHERE c1 = 2"),
        ("a record less", "DELETE FROM t1_0 WHERE c1 = 2"),
        ("a record more", "INSERT INTO t1_0 SELECT * FROM t1_0 WHERE c1 = 2"),
    ];
    for (what, sql) in changes {
        let report = tested(&keys, folder.path(), &archive, sql);
        if what == "nothing" {
            assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.findings());
            continue;
        }
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{what}: it is not detected");
        assert!(report.proof().is_none(), "{what}: a failed archive has a proof");
        let tables: Vec<_> = report.findings().iter().filter_map(|f| f.table.as_deref()).collect();
        assert!(!tables.is_empty(), "{what}: no finding names the table");
        assert!(tables.iter().all(|name| *name == "contacts"), "{what}: {tables:?} are named");
        let contents = report.findings().iter().any(|finding| finding.code == Code::Contents);
        assert!(contents, "{what}: the content id that is rebuilt does not differ");
    }
}

/// Changes a byte of the archive after it was written and before it is read back.
struct Flip {
    folder: PathBuf,
    /// The position of the byte, in percent of the whole.
    percent: usize,
    flipped: Mutex<Option<usize>>,
}

impl Monitor for Flip {
    fn phase(&self, phase: Phase, _: Option<u64>) {
        if phase != Phase::ReadingBack {
            return;
        }
        let names = names_in(&self.folder);
        let drafts: Vec<_> = names.iter().filter(|name| name.ends_with(".partial")).collect();
        assert_eq!(drafts.len(), 1, "one draft is in the output folder, not {names:?}");
        let path = self.folder.join(drafts[0]).join("content");
        let mut bytes = fs::read(&path).expect("the draft is read");
        let at = (bytes.len() - 1) * self.percent / 100;
        bytes[at] ^= 1;
        fs::write(&path, bytes).expect("the draft is written");
        *self.flipped.lock().expect("no test panicked") = Some(at);
    }
}

#[test]
fn a_byte_changed_on_disk_is_detected_before_the_archive_is_named() {
    let keys = Keys::generate();
    let shape = crm_fixtures::shape("csv-utf8");
    for percent in [0, 1, 10, 25, 50, 75, 90, 99, 100] {
        let folder = folder();
        let output = folder.path().join("crm.tar.zst.age");
        let found = discover(std::slice::from_ref(&shape.path), &DiscoverOptions::default());
        let monitor = Flip { folder: folder.path().into(), percent, flipped: Mutex::new(None) };
        let exported = export(
            found.expect("the sources are found"),
            &keys.recipients,
            &output,
            &ExportOptions::default(),
            &monitor,
        );
        let at = monitor.flipped.into_inner().expect("no test panicked");
        let at = at.expect("a byte was changed");
        assert!(exported.is_err(), "a change of byte {at} is not detected");
        let left = names_in(folder.path());
        assert!(left.is_empty(), "after a change of byte {at} this is left: {left:?}");
    }
}

#[test]
fn a_truncated_archive_is_never_proven() {
    let folder = folder();
    let keys = Keys::generate();
    // Bytes that do not compress, so that the archive has several encrypted chunks.
    let files = [("noise.bin".to_owned(), noise(200_000, 1))];
    let (_, whole) = write_archive(&keys, WriterOptions::default(), &awkward::tables(), &files);
    let (payload, chunk) = (payload_start(&whole), 64 * 1024 + 16);
    let boundaries = (payload..whole.len()).step_by(chunk);
    assert!(boundaries.len() > 3, "{} bytes make too few chunks", whole.len());
    let mut lengths: Vec<_> = (1..whole.len()).step_by(whole.len() / 40).collect();
    lengths.extend(boundaries.flat_map(|at| [at - 16, at - 1, at, at + 1, at + 16]));
    lengths.extend([whole.len() - 1, whole.len() - 16, whole.len() - 17]);
    let path = folder.path().join("crm.tar.zst.age");
    for length in lengths {
        fs::write(&path, &whole[..length]).expect("it is cut short");
        let what = format!("{length} of {} bytes", whole.len());
        match verify(&path, &keys.identities, &VerifyOptions::default(), &()) {
            Ok(report) => {
                assert_eq!(
                    report.verdict(),
                    Some(Verdict::Failed),
                    "{what} are accepted as the whole"
                );
                assert!(report.proof().is_none(), "{what} are proven");
                let is_reported = report.findings().iter().any(|f| f.code == Code::CutShort);
                assert!(
                    is_reported,
                    "{what}: the truncation is not reported: {:?}",
                    report.findings()
                );
            }
            Err(error) => {
                let is_reported = matches!(error.kind(), ErrorKind::NotAnArchive { .. });
                assert!(is_reported && length < payload, "{what}: the error is: {error}");
            }
        }
    }
}

#[test]
fn a_failed_replacement_keeps_the_files_beside_the_archive() {
    let folder = folder();
    let keys = Keys::generate();
    let output = folder.path().join("crm.tar.zst.age");
    let sidecars = Sidecars::of(&output);
    // A folder occupies the name, where no file can be written.
    fs::create_dir(&output).expect("it is made");
    fs::write(&sidecars.checksum, "the checksum").expect("it is written");
    fs::write(&sidecars.readme, "the words").expect("it is written");
    let shape = crm_fixtures::shape("attachments");
    let found = discover(std::slice::from_ref(&shape.path), &DiscoverOptions::default());
    let options = ExportOptions::default().replace(true);
    let exported =
        export(found.expect("the sources are found"), &keys.recipients, &output, &options, &());
    exported.expect_err("a folder is replaced");
    for (path, text) in [(sidecars.checksum, "the checksum"), (sidecars.readme, "the words")] {
        let kept = fs::read_to_string(&path);
        assert_eq!(kept.ok().as_deref(), Some(text), "{path:?} is gone");
    }
    assert_eq!(names_in(folder.path()).len(), 3, "something is left");
}

/// Where the age header and the nonce end, and the first encrypted chunk begins.
fn payload_start(encrypted: &[u8]) -> usize {
    let mac = encrypted.windows(5).position(|bytes| bytes == b"\n--- ").expect("a header ends so");
    let line = encrypted[mac + 1..].iter().position(|byte| *byte == b'\n').expect("a line ends");
    mac + 1 + line + 1 + 16
}

#[test]
fn an_expected_id_is_confirmed_only_after_reading_everything() {
    let folder = folder();
    let keys = Keys::generate();
    let files = [("noise.bin".to_owned(), noise(200_000, 1))];
    let (finished, mut encrypted) =
        write_archive(&keys, WriterOptions::default(), &awkward::tables(), &files);
    let path = folder.path().join("crm.tar.zst.age");
    let options = VerifyOptions::default().expect_id(finished.content_id);
    let outcome_of = |encrypted: &[u8]| {
        fs::write(&path, encrypted).expect("it is written");
        let report = verify(&path, &keys.identities, &options, &()).expect("it is checked");
        let outcome_of = report
            .results()
            .checks
            .iter()
            .any(|check| check.kind == backup_core::CheckKind::ExpectedId);
        (report.verdict(), outcome_of)
    };
    assert_eq!(outcome_of(&encrypted), (Some(Verdict::Proven), true), "the whole archive");
    let middle = payload_start(&encrypted) + 70_000;
    encrypted[middle] ^= 1;
    assert_eq!(outcome_of(&encrypted), (Some(Verdict::Failed), false), "a damaged one");
}

#[test]
fn encrypted_bytes_are_checked_without_a_key() {
    let folder = folder();
    let keys = Keys::generate();
    let path = folder.path().join("crm.tar.zst.age");
    let shape = crm_fixtures::shape("attachments");
    export_to(&path, &[shape.path], &keys, WriterOptions::default());
    let verdict = || verify_sealed(&path, &()).expect("it is checked").verdict();
    assert_eq!(verdict(), Some(Verdict::Intact), "the encrypted bytes are the written ones");
    let mut bytes = fs::read(&path).expect("the archive is there");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, bytes).expect("it is changed");
    assert_eq!(verdict(), Some(Verdict::Failed), "a changed byte is not detected");
    // However long the file is, no more is read than a checksum file may have.
    let checksum = Sidecars::of(&path).checksum;
    let mut line = fs::read(&checksum).expect("it is there");
    line.resize(1 << 20, b'\n');
    fs::write(&checksum, line).expect("it is changed");
    let report = verify_sealed(&path, &()).expect("it is checked");
    assert_eq!(
        report.verdict(),
        Some(Verdict::Unverified),
        "another kind of file was accepted as a checksum"
    );
    let why = &report.skipped()[0];
    assert!(why.ends_with(" is too long for a .sha256 file"), "{why}");
    fs::remove_file(checksum).expect("it is removed");
    assert_eq!(verdict(), Some(Verdict::Unverified), "nothing was compared");
}

#[test]
fn a_wrong_key_decrypts_nothing() {
    let folder = folder();
    let path = archive(&Keys::generate(), folder.path());
    let other = Keys::generate();
    let opened = verify(&path, &other.identities, &VerifyOptions::default(), &());
    let error = opened.expect_err("another key opens it");
    assert!(
        matches!(error.kind(), ErrorKind::NoKeyFits { passphrase: false }),
        "the error is different: {error}"
    );
    assert!(error.hint().is_some(), "there is no hint");
}

#[test]
fn a_file_that_is_not_an_archive_is_an_error_and_not_a_finding() {
    let folder = folder();
    let keys = Keys::generate();
    let files: [(&str, &[u8]); 4] = [
        ("empty", b""),
        ("text", b"this is a letter to a customer\n"),
        ("zip", b"PK\x03\x04\x14\x00"),
        ("armour", b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n"),
    ];
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("it is written");
        let result = verify(&path, &keys.identities, &VerifyOptions::default(), &());
        let error = result.expect_err(name);
        let kind = error.kind();
        assert!(matches!(kind, ErrorKind::NotAnArchive { .. }), "{name}: the error is: {error}");
        assert!(error.hint().is_some(), "{name}: there is no hint");
    }
    let missing = folder.path().join("missing");
    let result = verify(&missing, &keys.identities, &VerifyOptions::default(), &());
    let error = result.expect_err("a missing file");
    assert!(matches!(error.kind(), ErrorKind::Io { .. }), "the error is different: {error}");
}

#[test]
fn an_existing_file_is_not_replaced() {
    let keys = Keys::generate();
    let shape = crm_fixtures::shape("attachments");
    let output = |folder: &TempDir| folder.path().join("crm.tar.zst.age");
    let taken: [fn(&Path) -> PathBuf; 3] = [
        Path::to_path_buf,
        |output| Sidecars::of(output).checksum,
        |output| Sidecars::of(output).readme,
    ];
    for taken in taken {
        let folder = folder();
        let taken = taken(&output(&folder));
        fs::write(&taken, "another file").expect("it is written");
        let export = |options: ExportOptions| {
            let found = discover(std::slice::from_ref(&shape.path), &DiscoverOptions::default())
                .expect("the sources are found");
            export(found, &keys.recipients, &output(&folder), &options, &())
        };
        let error = export(ExportOptions::default()).expect_err("a file is replaced");
        match error.kind() {
            ErrorKind::Exists { path } => assert_eq!(*path, taken, "it names another file"),
            _ => panic!("the error is different: {error}"),
        }
        assert_eq!(names_in(folder.path()).len(), 1, "{taken:?}: it was replaced");
        let bytes = fs::read(&taken).expect("it is still there");
        assert_eq!(bytes, b"another file", "{taken:?} has other bytes");

        let error = export(ExportOptions::default().replace(true)).expect_err("it is replaced");
        assert!(matches!(error.kind(), ErrorKind::NotReplaceable { path, .. } if *path == taken));
        fs::remove_file(&taken).expect("it is there");
        export(ExportOptions::default()).expect("it is written");
        let replaced = export(ExportOptions::default().replace(true)).expect("it is replaced");
        assert_eq!(
            replaced.verdict(),
            Some(Verdict::Proven),
            "with the option, an archive is replaced"
        );
        assert_eq!(names_in(folder.path()).len(), 3, "the archive and its two sidecars are there");
    }
}
