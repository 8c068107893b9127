//! Every fixture shape goes through export, verify, restore-test and restore, and is restored completely.

use std::fs;
use std::path::Path;

use backup_core::archive::WriterOptions;
use backup_core::scratch::SqliteScratch;
use backup_core::{RestoreOptions, Verdict, VerifyOptions, restore_folder, restore_test, verify};
use crm_backup_tests::{Keys, export_to, failures, files_below};

#[test]
fn every_shape_is_proven() {
    let keys = Keys::generate();
    let none: Vec<&backup_core::Finding> = vec![];
    for shape in crm_fixtures::shapes() {
        for part_bytes in [64 << 20, 700] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let archive = folder.path().join("crm.tar.zst.age");
            let options = WriterOptions::default().part_bytes(part_bytes);
            let exported = export_to(&archive, std::slice::from_ref(&shape.path), &keys, options);
            assert_eq!(exported.verdict(), Some(Verdict::Proven), "{}: export", shape.name);

            let options = VerifyOptions::default();
            let verified = verify(&archive, &keys.identities, &options, &()).expect("it is read");
            assert_eq!(failures(&verified), none, "{}: verify", shape.name);
            assert_eq!(verified.verdict(), Some(Verdict::Proven), "{}: verify", shape.name);
            assert_eq!(
                verified.archive().content_id,
                exported.archive().content_id,
                "{}: verify",
                shape.name
            );

            let mut scratch = SqliteScratch::temporary().expect("a scratch database");
            let tested = restore_test(&archive, &keys.identities, &mut scratch, &options, &())
                .expect("it is tested");
            assert_eq!(failures(&tested), none, "{}: restore-test", shape.name);
            assert_eq!(tested.verdict(), Some(Verdict::Proven), "{}: restore-test", shape.name);

            let out = folder.path().join("out");
            let options = RestoreOptions::default().originals(true);
            let restored = restore_folder(&archive, &keys.identities, &out, &options, &())
                .expect("it is restored");
            assert_eq!(failures(&restored), none, "{}: restore", shape.name);
            same_files(&shape.path, &out, shape.name);
        }
    }
}

fn same_files(source: &Path, restored: &Path, shape: &str) {
    let originals = files_below(source);
    assert_eq!(originals.len(), files_below(restored).len(), "{shape}: the number of files");
    for original in originals {
        let name = if source.is_dir() {
            original.strip_prefix(source).expect("it is below").to_path_buf()
        } else {
            original.file_name().expect("it has a name").into()
        };
        let restored_bytes = fs::read(restored.join(&name));
        let restored_bytes = restored_bytes
            .unwrap_or_else(|e| panic!("{shape}: {} is not restored: {e}", name.display()));
        let was = fs::read(&original).expect("the fixture is there");
        assert!(was == restored_bytes, "{shape}: {} was restored with other bytes", name.display());
    }
}
