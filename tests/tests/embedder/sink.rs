//! Export into any sink.

use std::fs;
use std::io::{self, Cursor, Write};

use backup_core::source::{DiscoverOptions, Discovered, discover};
use backup_core::{
    ErrorKind, ExportOptions, SkippedCheck, Verdict, VerifyOptions, export_to, verify_reader,
};
use crm_backup_tests::Keys;
use tempfile::TempDir;

fn sources(files: &[(&str, &[u8])]) -> (TempDir, Discovered) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("the source is written");
    }
    let found = discover(&[folder.path().into()], &DiscoverOptions::default());
    (folder, found.expect("the sources are found"))
}

#[test]
fn an_export_into_memory_is_complete_and_marked_as_not_read_back() {
    let keys = Keys::generate();
    let (_folder, found) = sources(&[("accounts.csv", b"id,name\n1,Ann\n2,Bo\n")]);
    let options = ExportOptions::default().name("crm");
    let (report, bytes) =
        export_to(found, &keys.recipients, Vec::new(), &options, &()).expect("it is exported");
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "nothing was read back");
    assert!(
        report.skipped_checks().iter().any(|skipped| matches!(skipped, SkippedCheck::ReadBack))
    );
    assert_eq!(report.archive().bytes, Some(bytes.len() as u64));

    let options = VerifyOptions::default();
    let verified = verify_reader(Cursor::new(bytes), "memory", &keys.identities, &options, &());
    let verified = verified.expect("it is verified");
    assert_eq!(verified.verdict(), Some(Verdict::Proven));
    assert_eq!(verified.archive().content_id, report.archive().content_id);
    assert_eq!(verified.contents().tables.len(), 1);
}

#[test]
fn a_source_that_is_not_a_table_is_archived_as_a_file() {
    let keys = Keys::generate();
    // The error is at its end, after parts of it would have been written.
    let broken = [b"id,name\n".to_vec(), b"1,Ann\n".repeat(100), b"2,\"Bo\n".to_vec()].concat();
    let (_folder, found) = sources(&[("a.csv", b"id\n1\n"), ("broken.csv", &broken)]);
    let options = ExportOptions::default();
    let (report, bytes) =
        export_to(found, &keys.recipients, Vec::new(), &options, &()).expect("it is exported");
    assert_eq!(
        report.contents().files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(),
        ["broken.csv"]
    );
    let options = VerifyOptions::default();
    let verified = verify_reader(Cursor::new(bytes), "memory", &keys.identities, &options, &());
    assert_eq!(verified.expect("it is verified").findings(), []);
}

/// A sink that accepts this many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::QuotaExceeded)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sink_that_fails_ends_the_export_with_its_error() {
    let keys = Keys::generate();
    let (_folder, found) = sources(&[("accounts.csv", b"id,name\n1,Ann\n")]);
    let options = ExportOptions::default();
    let exported = export_to(found, &keys.recipients, Full(100), &options, &());
    let error = exported.map(drop).expect_err("the sink is full");
    assert!(
        matches!(error.kind(), ErrorKind::Io { source, .. }
            if source.kind() == io::ErrorKind::QuotaExceeded),
        "{error:?}"
    );
}
