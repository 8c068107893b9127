//! A proof cannot be made by hand. `crm_backup_tests::forgeries` has the programs that do not compile.

use backup_core::archive::KeyPair;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    Code, ExportOptions, Extent, SkippedCheck, Verdict, VerifyOptions, export, verify,
    verify_sealed,
};

#[test]
fn a_proof_says_what_was_proven_of_which_archive_and_when() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let csv = folder.path().join("a.csv");
    std::fs::write(&csv, "id\n1\n").expect("a file is written");
    let archive = folder.path().join("crm.tar.zst.age");
    let key = KeyPair::generate();
    let found = discover(&[csv], &DiscoverOptions::default()).expect("there is a source");
    let before = std::time::SystemTime::now();
    let exported = export(found, &[key.to_recipient()], &archive, &ExportOptions::default(), &());
    let exported = exported.expect("it is exported");
    let mut verified = verify(&archive, &[key.identity()], &VerifyOptions::default(), &())
        .expect("it is verified");
    let proof = verified.proof().expect("it is proven");
    assert_eq!(proof.extent(), Extent::Archive);
    assert_eq!(proof.archive_id(), exported.archive().id);
    assert_eq!(proof.content_id(), exported.archive().content_id);
    assert!(proof.when() >= before);
    let sealed = verify_sealed(&archive, &()).expect("its bytes are hashed");
    assert_eq!(sealed.verdict(), Some(Verdict::Intact));
    assert_eq!(sealed.proof().map(backup_core::Proof::extent), Some(Extent::Sealed));

    // Whoever uses the library can only take from a verdict.
    verified.skip(SkippedCheck::ReadBack);
    assert_eq!(verified.verdict(), Some(Verdict::Unverified));
}

#[test]
fn a_damaged_archive_has_no_proof() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let csv = folder.path().join("a.csv");
    std::fs::write(&csv, "id\n1\n").expect("a file is written");
    let archive = folder.path().join("crm.tar.zst.age");
    let key = KeyPair::generate();
    let found = discover(&[csv], &DiscoverOptions::default()).expect("there is a source");
    export(found, &[key.to_recipient()], &archive, &ExportOptions::default(), &())
        .expect("it is exported");
    let mut bytes = std::fs::read(&archive).expect("it is read");
    bytes.pop();
    std::fs::write(&archive, bytes).expect("it is cut short");
    let report =
        verify(&archive, &[key.identity()], &VerifyOptions::default(), &()).expect("it is checked");
    assert_eq!(report.verdict(), Some(Verdict::Failed));
    assert!(report.proof().is_none());
    assert_eq!(report.findings()[0].code, Code::CutShort);
}
