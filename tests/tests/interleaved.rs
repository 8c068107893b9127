//! An archive whose tables are interleaved: the number of open files and the waiting data do not grow with
//! the number of tables.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use backup_core::{Monitor, RestoreOptions, restore_folder};
use crm_backup_tests::Keys;
use crm_backup_tests::counting::Counting;
use crm_backup_tests::forge::interleaved;
use crm_backup_tests::layers::AgeKey;

#[global_allocator]
static MEMORY: Counting = Counting::new();

const TABLES: usize = 2_000;

/// Counts the open files.
#[derive(Default)]
struct OpenFiles(AtomicUsize);

impl Monitor for OpenFiles {
    fn advance(&self, _: u64) {
        if let Ok(open) = fs::read_dir("/proc/self/fd") {
            self.0.fetch_max(open.count(), Ordering::Relaxed);
        }
    }
}

#[test]
fn restoring_interleaved_tables_keeps_few_files_open() {
    let keys = Keys::generate();
    let encrypted = AgeKey::of(&keys.identity_file).encrypt(&interleaved(TABLES));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (archive, output) = (folder.path().join("a.tar.zst.age"), folder.path().join("out"));
    fs::write(&archive, &encrypted).expect("it is written");
    drop(encrypted);
    let before = MEMORY.reset_peak();
    let watch = OpenFiles::default();
    let options = RestoreOptions::default();
    let report = restore_folder(&archive, &keys.identities, &output, &options, &watch);
    let report = report.expect("it restores");
    assert!(!report.has_failure(), "{:?}", report.findings());
    for table in 0..TABLES {
        let text = fs::read(output.join(format!("tables/t{table}.csv"))).expect("it is there");
        assert_eq!(text, b"id\n1\n2\n", "table {table}");
    }
    let taken = MEMORY.peak() - before;
    assert!(taken < 64 << 20, "{TABLES} tables use {taken} bytes");
    let open = watch.0.into_inner();
    assert!(open < 64, "{open} files are open at once");
}
