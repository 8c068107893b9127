//! A workbook that its reader misreads: it is archived as a file, the run is not verified, and the
//! finding names the expected and the actual counts.
#![cfg(feature = "workbook")]

use std::fs;
use std::sync::Arc;

use crate::books::{Book, Sheet, n, t, xlsx};
use backup_core::archive::{AskPassphrase, Identity, KeyPair, Recipient};
use backup_core::model::Role;
use backup_core::source::workbook::WorkbookOptions;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    Code, ExportOptions, Report, RestoreOptions, Severity, Verdict, VerifyOptions, dry_run, export,
    restore_folder, verify,
};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let good = Book::of(Sheet::of("good", vec![vec![t("a")], vec![n(1.0)]]));
    fs::write(folder.path().join("good.xlsx"), good.write("xlsx")).expect("writes");
    fs::write(folder.path().join("lossy.xlsx"), lossy()).expect("writes");
    folder
}

/// The reader drops an inline text that is written as a value.
fn lossy() -> Vec<u8> {
    let rows = r#"<row r="1"><c r="A1"><v>7</v></c><c r="B1" t="inlineStr"><v>4</v></c></row>"#;
    xlsx::raw(rows, false)
}

fn check(report: &Report, what: &str) {
    let tables: Vec<_> = report.contents().tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(tables, ["good"], "{what}: the other workbook is read as tables");
    let file =
        report.contents().files.iter().find(|file| file.path == "lossy.xlsx").expect("is carried");
    assert_eq!(file.role, Role::Unparsed, "{what}: the workbook is archived as a file");
    let findings: Vec<_> = report.findings().iter().filter(|f| f.code == Code::Misread).collect();
    assert_eq!(findings.len(), 1, "{what}: it is reported once: {:?}", report.findings());
    let finding = findings[0];
    assert_eq!(finding.severity, Severity::Remark, "{what}: the backup itself has no failure");
    assert_eq!(finding.path.as_deref(), Some("lossy.xlsx"), "{what}: the file");
    assert_eq!(finding.table.as_deref(), Some("数据"), "{what}: the sheet");
    let counts = (finding.expected.as_deref(), finding.actual.as_deref());
    assert_eq!(counts, (Some("2 cells"), Some("1 cell")), "{what}: the counts");
    assert_eq!(report.skipped().len(), 1, "{what}: it was not read as a table");
    assert!(
        report.skipped()[0].contains("stored in the archive as a file"),
        "{:?}",
        report.skipped()
    );
}

#[test]
fn a_workbook_the_reader_misreads_is_archived_whole_and_noted() {
    let (source, keys) = (folder(), KeyPair::generate());
    let recipient: Recipient = keys.recipient().parse().expect("a recipient");
    let find =
        || discover(&[source.path().to_path_buf()], &DiscoverOptions::default()).expect("is found");
    check(&dry_run(find(), &()).expect("is read"), "dry run");

    let out = tempfile::tempdir().expect("a temporary folder");
    let archive = out.path().join("crm.tar.zst.age");
    let options = ExportOptions::default();
    let report = export(find(), &[recipient], &archive, &options, &()).expect("is exported");
    check(&report, "export");
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "not everything was checked");

    let file = keys.identity_file(std::time::SystemTime::UNIX_EPOCH);
    let no_passphrase: AskPassphrase = Arc::new(|_| None);
    let identities =
        Identity::parse_file(file.as_bytes(), "key", &no_passphrase).expect("an identity");
    let report =
        verify(&archive, &identities, &VerifyOptions::default(), &()).expect("is verified");
    let misread: Vec<_> = report.findings().iter().filter(|f| f.code == Code::Misread).collect();
    assert_eq!(misread.len(), 1, "the archive reports it too: {:?}", report.findings());
    assert!(
        misread[0].message.to_string().contains("2 cells"),
        "with its counts: {}",
        misread[0].message
    );

    let restored_path = out.path().join("back");
    let options = RestoreOptions::default();
    restore_folder(&archive, &identities, &restored_path, &options, &()).expect("is restored");
    let path = find_file(&restored_path, "lossy.xlsx");
    assert_eq!(fs::read(path).expect("reads"), lossy(), "the workbook is restored byte for byte");
}

fn find_file(folder: &std::path::Path, name: &str) -> std::path::PathBuf {
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("is listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with(name) {
                return path;
            }
        }
    }
    panic!("{name} was not restored");
}

#[test]
fn discovery_applies_the_options_for_workbooks() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rows = vec![vec![t("title")], vec![t("id"), t("name")], vec![n(1.0), t("x")]];
    let book = Book::of(Sheet::of("s", rows)).write("xlsx");
    fs::write(folder.path().join("book.xlsx"), book).expect("writes");
    let options = DiscoverOptions::default().workbook(WorkbookOptions::default().header_row(2));
    let found = discover(&[folder.path().to_path_buf()], &options).expect("is found");
    let report = dry_run(found, &()).expect("is read");
    assert_eq!(report.contents().tables[0].rows, 1, "one record below the header in row 2");
    let above =
        report.contents().ledger.iter().find(|entry| entry.code == "rows-above-header".into());
    assert_eq!(above.map(|entry| entry.count), Some(1), "the title is noted as left out");
}
