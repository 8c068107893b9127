//! A proof cannot be made by hand. `crm_backup_tests::forgeries` has the programs that do not compile.

use std::path::PathBuf;

use backup_core::archive::KeyPair;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    Code, ExportOptions, Extent, Proof, Report, SkippedCheck, Verdict, VerifyOptions, export,
    verify, verify_sealed,
};

/// An archive of one table, and the report of its export.
struct Exported {
    _folder: tempfile::TempDir,
    archive: PathBuf,
    key: KeyPair,
    report: Report,
}

impl Exported {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let csv = folder.path().join("a.csv");
        std::fs::write(&csv, "id\n1\n").expect("a file is written");
        let (archive, key) = (folder.path().join("crm.tar.zst.age"), KeyPair::generate());
        let found = discover(&[csv], &DiscoverOptions::default()).expect("there is a source");
        let recipients = [key.to_recipient()];
        let report = export(found, &recipients, &archive, &ExportOptions::default(), &());
        Self { _folder: folder, archive, key, report: report.expect("it is exported") }
    }

    fn verify(&self) -> Report {
        let identities = [self.key.identity()];
        verify(&self.archive, &identities, &VerifyOptions::default(), &()).expect("it is checked")
    }
}

#[test]
fn a_proof_names_its_archive_checks_and_time() {
    let before = std::time::SystemTime::now();
    let exported = Exported::new();
    let mut verified = exported.verify();
    for report in [&exported.report, &verified] {
        let proof = report.proof().expect("it is proven");
        assert_eq!(proof.extent(), Extent::Archive);
        assert_eq!(proof.archive_id(), exported.report.archive().id);
        assert_eq!(proof.content_id(), exported.report.archive().content_id);
        assert!(proof.archive_id().is_some() && proof.when() >= before);
    }
    let encrypted = verify_sealed(&exported.archive, &()).expect("its bytes are hashed");
    assert_eq!(encrypted.verdict(), Some(Verdict::Intact));
    assert_eq!(encrypted.proof().map(Proof::extent), Some(Extent::Sealed));

    // An embedder can only lower a verdict.
    verified.skip(SkippedCheck::ReadBack);
    assert_eq!(verified.verdict(), Some(Verdict::Unverified));
}

#[test]
fn a_damaged_archive_has_no_proof() {
    let exported = Exported::new();
    let mut bytes = std::fs::read(&exported.archive).expect("it is read");
    bytes.pop();
    std::fs::write(&exported.archive, bytes).expect("it is cut short");
    let report = exported.verify();
    assert_eq!(report.verdict(), Some(Verdict::Failed));
    assert!(report.proof().is_none());
    assert_eq!(report.findings()[0].code, Code::CutShort);
}
