//! The full cycle of a `.bacpac` file: found by its content, exported, restored, proven; with its
//! keys and references in the report, and a table that was not read in every report.
#![cfg(all(feature = "bacpac", feature = "sqlite"))]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::packages::{Package, orders, write, zip};
use backup_core::archive::{AskPassphrase, Identity, KeyPair, Recipient};
use backup_core::model::{Provenance, Role};
use backup_core::scratch::SqliteScratch;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    ExportOptions, Report, RestoreOptions, RestoreTestOptions, Verdict, dry_run, export,
    restore_folder, restore_test,
};

/// The reports of a dry run, an export and a restore-test of a folder, and the identities.
struct Cycle {
    out: tempfile::TempDir,
    identities: Vec<Identity>,
    reports: [Report; 3],
}

fn cycle(folder: &Path) -> Cycle {
    let find = || discover(&[folder.to_path_buf()], &DiscoverOptions::default()).expect("found");
    let preview = dry_run(find(), &()).expect("it is read");
    let keys = KeyPair::generate();
    let recipient: Recipient = keys.recipient().parse().expect("a recipient");
    let out = tempfile::tempdir().expect("a temporary folder");
    let archive = out.path().join("crm.tar.zst.age");
    let options = ExportOptions::default();
    let exported = export(find(), &[recipient], &archive, &options, &()).expect("exported");
    let file = keys.identity_file(std::time::SystemTime::UNIX_EPOCH);
    let no_passphrase: AskPassphrase = Arc::new(|_| None);
    let identities =
        Identity::parse_file(file.as_bytes(), "key", &no_passphrase).expect("an identity");
    let mut scratch = SqliteScratch::in_memory().expect("a database");
    let options = RestoreTestOptions::default();
    let tested =
        restore_test(&archive, &identities, &mut scratch, options, &()).expect("it is tested");
    Cycle { out, identities, reports: [preview, exported, tested] }
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("a file");
    }
    folder
}

fn tables(report: &Report) -> Vec<(&str, u64)> {
    report.contents().tables.iter().map(|table| (table.name.as_str(), table.rows)).collect()
}

const TABLES: [(&str, u64); 3] = [("dbo.Customers", 2), ("dbo.Order Lines", 2), ("dbo.Empty", 0)];

#[test]
fn a_bacpac_is_proven_with_its_keys_and_references_and_comes_back_whole() {
    let bytes = orders().write();
    let source = folder(&[("crm.bacpac", &bytes)]);
    let cycle = cycle(source.path());
    for report in &cycle.reports {
        assert_eq!(tables(report), TABLES);
        assert_eq!(report.contents().files[0].role, Role::Original);
        assert!(report.skipped_checks().is_empty(), "{:?}", report.skipped());
        let references = &report.results().references;
        let found = references.iter().map(|reference| {
            (reference.columns.join("+"), reference.targets[0].as_str(), reference.orphans)
        });
        let expected = [
            ("CustomerId".to_owned(), "dbo.Customers", 0),
            ("Follows+FollowsLine".to_owned(), "dbo.Order Lines", 0),
        ];
        assert_eq!(found.collect::<Vec<_>>(), expected);
        let keys = report.results().keys.iter();
        let declared = keys.filter(|key| key.known == Provenance::Declared);
        let declared = declared.map(|key| key.columns.join("+"));
        assert_eq!(declared.collect::<Vec<_>>(), ["Id", "OrderId+Line"]);
    }
    let [_, exported, tested] = &cycle.reports;
    assert_eq!(exported.verdict(), Some(Verdict::Proven));
    assert_eq!(tested.verdict(), Some(Verdict::Proven));

    let (archive, back) = (cycle.out.path().join("crm.tar.zst.age"), cycle.out.path().join("back"));
    let options = RestoreOptions::default();
    restore_folder(&archive, &cycle.identities, &back, &options, &()).expect("it is restored");
    assert_eq!(fs::read(back.join("files/crm.bacpac")).expect("a file"), bytes);
}

#[test]
fn a_bacpac_is_found_by_its_content_in_folders_and_zip_files() {
    let bytes = orders().write();
    // Other programs pack the members in another order.
    let mut members = orders().members();
    members.rotate_left(1);
    let zipped = zip::zip(&[("export/crm.bacpac", &bytes), ("note.txt", b"hello")]);
    let files: [(&str, &[u8]); 4] = [
        ("crm.bacpac", &bytes),
        ("crm.zip", &bytes),
        ("crm", &write(&members)),
        ("all.zip", &zipped),
    ];
    for (name, bytes) in files {
        let cycle = cycle(folder(&[(name, bytes)]).path());
        for report in &cycle.reports {
            assert_eq!(tables(report), TABLES, "{name}");
        }
        assert_eq!(cycle.reports[2].verdict(), Some(Verdict::Proven), "{name}");
    }
}

#[test]
fn other_zip_files_are_no_packages() {
    let plain = zip::zip(&[("model.xml", b"<a/>"), ("contacts.csv", b"id,name\n1,Ann\n")]);
    let source = folder(&[("plain.zip", &plain)]);
    let found = discover(&[source.path().to_path_buf()], &DiscoverOptions::default());
    let report = dry_run(found.expect("found"), &()).expect("it is read");
    assert_eq!(tables(&report).len(), 1, "its members are sources");
}

#[test]
fn a_table_that_cannot_be_read_is_named_in_every_report_and_nothing_is_proven() {
    let mut package: Package = orders();
    package.tables[0].parts[1].1.push(9);
    let cycle = cycle(folder(&[("crm.bacpac", &package.write())]).path());
    for report in &cycle.reports {
        assert_eq!(tables(report), TABLES[1..], "the others are read");
        let [skipped] = &report.skipped()[..] else { panic!("{:?}", report.skipped()) };
        for word in ["dbo.Customers", "crm.bacpac", "TableData-003", "record 3"] {
            assert!(skipped.contains(word), "{word} is not in {skipped}");
        }
        if report.verdict().is_some() {
            assert_eq!(report.verdict(), Some(Verdict::Unverified));
        }
        let file = &report.contents().files[0];
        assert_eq!(file.role, Role::Original, "the file is stored whole");
    }
}

#[test]
fn a_missing_part_is_a_gap_and_nothing_is_proven() {
    let mut members = orders().members();
    members.retain(|(name, _)| !name.contains("TableData-003"));
    let cycle = cycle(folder(&[("crm.bacpac", &write(&members))]).path());
    for report in &cycle.reports {
        let [skipped] = &report.skipped()[..] else { panic!("{:?}", report.skipped()) };
        assert!(skipped.contains("dbo.Customers"), "{skipped}");
        let gaps: Vec<_> = report.findings().iter().filter(|finding| finding.gap).collect();
        assert!(gaps.iter().any(|gap| gap.table.as_deref() == Some("dbo.Customers")), "{gaps:?}");
    }
}

#[test]
fn a_damaged_package_is_stored_as_a_file() {
    let bytes = orders().write();
    let cycle = cycle(folder(&[("crm.bacpac", &bytes[..bytes.len() - 9])]).path());
    for report in &cycle.reports {
        assert!(tables(report).is_empty());
        assert_eq!(report.contents().files[0].role, Role::Unparsed);
        assert!(!report.skipped().is_empty(), "it is named");
    }
}
