//! Complete exports of each vendor raise no gap, and each thing that is missing is named.

use std::fs;

use backup_core::archive::WriterOptions;
use backup_core::scratch::SqliteScratch;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    Code, Completeness, ExpectedTotals, ExportOptions, Finding, Report, RestoreTestOptions,
    UndecidedReason, dry_run_with, restore_test,
};
use crm_backup_tests::zipped::{ZipMember, zip};
use crm_backup_tests::{Keys, export_to};
use crm_fixtures::MadeFile;
use crm_fixtures::vendors::{Export, Size, Thing, Vendor, complete};
use proptest::prelude::*;

const SIZE: Size = Size { companies: 24, rows_per_file: 20, files_per_volume: 9 };

/// The dry run of an export.
fn checked(export: &Export) -> Report {
    checked_with(export, &ExportOptions::default())
}

fn checked_with(export: &Export, options: &ExportOptions) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    export.write(folder.path()).expect("it is written");
    let found = discover(&[folder.path().to_path_buf()], &DiscoverOptions::default());
    dry_run_with(found.expect("it is found"), options, &()).expect("it is read")
}

fn sentences(findings: impl Iterator<Item = Finding>) -> Vec<String> {
    findings.map(|it| format!("{:?} {:?}: {}", it.table, it.path, it.message)).collect()
}

fn gaps(report: &Report) -> Vec<String> {
    sentences(report.gaps().cloned())
}

#[test]
fn complete_exports_have_no_gaps_and_are_recognised() {
    for vendor in Vendor::ALL {
        let report = checked(&complete(vendor, 7, SIZE).expect("the generator runs"));
        let scope = report.scope().expect("completeness was asked");
        let profile = scope.profile.as_ref().map(|profile| profile.name.as_str());
        assert_eq!(profile, Some(vendor.profile()), "{vendor:?}");
        let evidence = scope.profile.as_ref().map(|profile| &profile.recognised_by);
        assert!(evidence.is_some_and(|evidence| !evidence.is_empty()), "{vendor:?}");
        assert!(gaps(&report).is_empty(), "{vendor:?}: {:#?}", gaps(&report));
        assert_eq!(report.completeness(), Some(Completeness::Unknown), "no totals were given");
    }
}

/// Whether a gap names what is missing, with the number.
fn names(thing: &Thing, report: &Report) -> bool {
    let file = |path: &String| path.rsplit('/').next().unwrap_or(path).to_owned();
    let mut gaps = report.gaps();
    match thing {
        Thing::Installment { path, .. } | Thing::Volume(path) => gaps.any(|gap| {
            let message = gap.message.to_string();
            message.contains(&file(path))
        }),
        Thing::Attachment(_) => gaps.any(|gap| gap.message.to_string().contains(", 1 is missing")),
        Thing::Quarter { orphans, .. } => {
            let references = report.results().references.iter();
            let found: u64 = references.map(|reference| reference.orphans).sum();
            let is_named = report.gaps().any(|gap| gap.code == Code::Reference);
            is_named && found == *orphans as u64
        }
        Thing::Content { .. } => gaps.any(|gap| gap.code == Code::Attachment),
    }
}

/// Gaps that do not follow from what is missing. Records that are missing with a part or a ZIP file
/// leave ids and files behind.
fn others(thing: &Thing, report: &Report) -> Vec<String> {
    let follows = |code| match thing {
        Thing::Installment { .. } | Thing::Volume(_) => {
            let codes = [Code::MissingPart, Code::Reference, Code::Attachment, Code::NoRecords];
            codes.contains(&code)
        }
        Thing::Attachment(_) | Thing::Content { .. } => code == Code::Attachment,
        Thing::Quarter { .. } => matches!(code, Code::Reference | Code::Attachment),
    };
    sentences(report.gaps().filter(|gap| !follows(gap.code)).cloned())
}

#[test]
fn an_export_is_complete_if_every_table_has_the_number_of_records_that_the_crm_shows() {
    for vendor in Vendor::ALL {
        let export = complete(vendor, 7, SIZE).expect("the generator runs");
        let totals = ExpectedTotals::parse(export.totals().as_bytes()).expect("it is a list");
        let report = checked_with(&export, &ExportOptions::default().expected(totals));
        let scope = report.scope().expect("completeness was asked");
        let failures: Vec<_> =
            report.findings().iter().filter(|it| it.expected.is_some()).collect();
        assert!(failures.is_empty(), "{vendor:?}: {failures:#?}");
        let reasons: Vec<_> = scope.undecided.iter().map(|it| it.reason).collect();
        let undecided = match vendor {
            // Attachments are links that die with the account.
            Vendor::Fxiaoke => &[UndecidedReason::Links, UndecidedReason::NotKnown][..],
            // How attachments are exported is not known, and lookups of workbooks are names.
            Vendor::HubSpot | Vendor::Dynamics => &[UndecidedReason::NotKnown],
            _ => &[],
        };
        assert_eq!(reasons, undecided, "{vendor:?}: {:#?}", scope.undecided);
        let expected =
            if undecided.is_empty() { Completeness::Complete } else { Completeness::Unknown };
        assert_eq!(report.completeness(), Some(expected), "{vendor:?}");
    }
}

#[test]
fn tables_without_a_number_are_listed() {
    let export = complete(Vendor::Zoho, 7, SIZE).expect("the generator runs");
    let totals = ExpectedTotals::parse(b"table,rows\nAccounts,24\n").expect("it is a list");
    let report = checked_with(&export, &ExportOptions::default().expected(totals));
    let undecided = &report.scope().expect("completeness was asked").undecided;
    let [undecided] = &undecided[..] else { panic!("{undecided:#?}") };
    assert_eq!(undecided.reason, UndecidedReason::NoTotals);
    assert_eq!(undecided.names, ["Attachments", "Contacts", "Deals", "Notes"]);
}

/// Odoo names each file of its store by the SHA-1 of its content, in a folder or a ZIP file.
#[test]
fn a_file_with_another_content_than_its_name_states_is_a_gap() {
    let export = complete(Vendor::Odoo, 7, SIZE).expect("the generator runs");
    let mut files = export.files().expect("the generator runs");
    let stored = |file: &&mut MadeFile| file.path.starts_with("filestore/");
    let changed = files.iter_mut().find(stored).expect("it has a file");
    changed.bytes[0] ^= 1;
    let path = changed.path.clone();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (plain, zipped) = (folder.path().join("odoo"), folder.path().join("odoo.zip"));
    for file in &files {
        let path = plain.join(&file.path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        fs::write(path, &file.bytes).expect("a file");
    }
    let members: Vec<_> =
        files.iter().map(|file| ZipMember::stored(&file.path, &file.bytes)).collect();
    fs::write(&zipped, zip(&members)).expect("a ZIP file");

    let keys = Keys::generate();
    for (index, source) in [plain, zipped].into_iter().enumerate() {
        let found = discover(std::slice::from_ref(&source), &DiscoverOptions::default());
        let options = ExportOptions::default();
        let dry = dry_run_with(found.expect("it is found"), &options, &()).expect("it is read");
        let archive = folder.path().join(format!("{index}.age"));
        let exported = export_to(&archive, &[source], &keys, WriterOptions::default());
        let mut scratch = SqliteScratch::in_memory().expect("a scratch database");
        let options = RestoreTestOptions::default();
        let tested = restore_test(&archive, &keys.identities, &mut scratch, options, &());
        for report in [dry, exported, tested.expect("it is checked")] {
            let gaps: Vec<_> = report.gaps().collect();
            let [gap] = gaps[..] else { panic!("not one gap: {gaps:#?}") };
            assert_eq!((gap.code, gap.table.as_deref()), (Code::Attachment, Some("ir_attachment")));
            assert!(gap.message.to_string().contains(&path), "{gap:?}");
            assert!(!report.has_failure(), "a gap is no failure");
        }
    }
}

/// The tables of an export as CSV files, as `pg_dump` writes them.
fn dumped(files: &[MadeFile]) -> String {
    let mut dump = "--\n-- PostgreSQL database dump\n--\n\n".to_owned();
    for file in files {
        let Some(name) = file.path.strip_suffix(".csv") else { continue };
        let mut lines = csv::Reader::from_reader(&file.bytes[..]);
        let labels = lines.headers().expect("it has labels").clone();
        let columns: Vec<_> = labels.iter().map(|label| format!("{label} text")).collect();
        let (columns, labels) = (columns.join(", "), labels.iter().collect::<Vec<_>>().join(", "));
        dump += &format!("CREATE TABLE public.{name} ({columns});\n");
        dump += &format!("COPY public.{name} ({labels}) FROM stdin;\n");
        for line in lines.records() {
            let line = line.expect("a record");
            let values = line.iter().map(|cell| if cell.is_empty() { "\\N" } else { cell });
            dump += &values.collect::<Vec<_>>().join("\t");
            dump.push('\n');
        }
        dump += "\\.\n\n";
    }
    dump + "--\n-- PostgreSQL database dump complete\n--\n\n"
}

/// Odoo's backup: a dump and the file store in one ZIP file.
#[test]
fn the_attachments_of_a_dump_are_proven_by_the_digests_that_the_dump_states() {
    let export = complete(Vendor::Odoo, 7, SIZE).expect("the generator runs");
    let mut files = export.files().expect("the generator runs");
    let dump = dumped(&files);
    files.retain(|file| !file.path.ends_with(".csv"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let report = |files: &[MadeFile]| {
        let path = folder.path().join("odoo.zip");
        let mut members = vec![ZipMember::stored("dump.sql", dump.as_bytes())];
        members.extend(files.iter().map(|file| ZipMember::stored(&file.path, &file.bytes)));
        fs::write(&path, zip(&members)).expect("a ZIP file");
        let found = discover(&[path], &DiscoverOptions::default()).expect("it is found");
        dry_run_with(found, &ExportOptions::default(), &()).expect("it is read")
    };
    let complete = report(&files);
    assert_eq!(complete.gaps().count(), 0, "{:#?}", complete.gaps().collect::<Vec<_>>());
    assert_eq!(complete.contents().tables.len(), 3);

    let stored = files.iter().position(|file| file.path.starts_with("filestore/"));
    let at = stored.expect("it has a file");
    let mut changed = files.clone();
    changed[at].bytes[0] ^= 1;
    let mut removed = files.clone();
    let path = removed.remove(at).path;
    for (files, names_file) in [(changed, true), (removed, false)] {
        let report = report(&files);
        let gaps: Vec<_> = report.gaps().collect();
        let [gap] = gaps[..] else { panic!("not one gap: {gaps:#?}") };
        assert_eq!((gap.code, gap.table.as_deref()), (Code::Attachment, Some("ir_attachment")));
        assert_eq!(gap.message.to_string().contains(&path), names_file, "{gap:?}");
    }
}

#[test]
fn each_thing_that_is_missing_is_named() {
    let mut unnamed = Vec::new();
    for vendor in Vendor::ALL {
        let export = complete(vendor, 7, SIZE).expect("the generator runs");
        let things = export.things();
        // There are many attachments, so only some of them are tried.
        let is_many =
            |thing: &&Thing| matches!(thing, Thing::Attachment(_) | Thing::Content { .. });
        let (many, few): (Vec<_>, Vec<_>) = things.iter().partition(is_many);
        for thing in many.into_iter().step_by(5).chain(few) {
            let report = checked(&export.without(thing));
            if !names(thing, &report) {
                unnamed.push(format!("{vendor:?} without {thing:?}: {:#?}", gaps(&report)));
            }
            let others = others(thing, &report);
            assert!(others.is_empty(), "{vendor:?} without {thing:?}: {others:#?}");
        }
    }
    assert!(unnamed.is_empty(), "{}\n{}", unnamed.len(), unnamed.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_random_thing_that_is_missing_is_named(
        seed in 0..1_000_u64,
        vendor in 0..Vendor::ALL.len(),
        which in any::<prop::sample::Index>(),
    ) {
        let vendor = Vendor::ALL[vendor];
        let export = complete(vendor, seed, SIZE).expect("the generator runs");
        let whole = checked(&export);
        prop_assert!(gaps(&whole).is_empty(), "{:#?}", gaps(&whole));
        let things = export.things();
        let thing = which.get(&things);
        let report = checked(&export.without(thing));
        prop_assert_eq!(report.completeness(), Some(Completeness::Gaps), "{:?}", thing);
        prop_assert!(names(thing, &report), "{thing:?}: {:#?}", gaps(&report));
        prop_assert!(others(thing, &report).is_empty(), "{:#?}", others(thing, &report));
    }
}

#[test]
fn exports_of_several_crms_in_folders_are_checked_by_their_own_profiles() {
    let vendors = [Vendor::Odoo, Vendor::Salesforce, Vendor::Zoho, Vendor::Suite];
    // Zoho's profile knows that files have 100,000 records.
    let size = Size { rows_per_file: 100_000, ..SIZE };
    let exports = vendors.map(|vendor| complete(vendor, 7, size).expect("the generator runs"));
    let checked = |exports: &[Export]| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (vendor, export) in vendors.iter().zip(exports) {
            export.write(&folder.path().join(vendor.profile())).expect("it is written");
        }
        let found = discover(&[folder.path().to_path_buf()], &DiscoverOptions::default());
        dry_run_with(found.expect("it is found"), &ExportOptions::default(), &()).expect("read")
    };
    let report = checked(&exports);
    assert!(gaps(&report).is_empty(), "{:#?}", gaps(&report));
    let scope = report.scope().expect("completeness was asked");
    let folders = scope.of_folders.iter();
    let mut used: Vec<_> = folders.map(|it| (&*it.folder, &*it.profile.name)).collect();
    let main = &*scope.profile.as_ref().expect("one is the main profile").name;
    used.push((main, main));
    used.sort_unstable();
    let expected = ["odoo", "salesforce", "suitecrm", "zoho"].map(|name| (name, name));
    assert_eq!(used, expected);
    for (at, vendor) in vendors.iter().enumerate() {
        let things = exports[at].things();
        let attachment = things.iter().find(|thing| matches!(thing, Thing::Attachment(_)));
        let attachment = attachment.expect("it has attachments");
        let mut without = exports.clone();
        without[at] = exports[at].without(attachment);
        let report = checked(&without);
        assert!(names(attachment, &report), "{vendor:?}: {:#?}", gaps(&report));
        assert_eq!(report.gaps().count(), 1, "{vendor:?}: {:#?}", gaps(&report));
    }
}

#[test]
fn orphans_rise_as_customers_are_cut_until_no_record_is_named() {
    let size = Size { companies: 1_200, rows_per_file: 100_000, files_per_volume: 100_000 };
    let export = complete(Vendor::Fxiaoke, 7, size).expect("the generator runs");
    let mut before = 0;
    for tenth in (0..10).rev() {
        let cut = export.with_rows("客户数据", tenth * 120);
        let report = checked(&cut);
        let references = report.results().references.iter();
        let orphans: u64 = references.map(|reference| reference.orphans).sum();
        let expected = export.orphans_if_cut("客户数据", tenth * 120) as u64;
        assert_eq!(orphans, expected, "{} of 1,200 customers", tenth * 120);
        assert!(orphans > before, "{orphans} after {before}");
        assert_eq!(report.completeness(), Some(Completeness::Gaps));
        before = orphans;
        if tenth == 0 {
            let none =
                gaps(&report).iter().filter(|gap| gap.contains("none names a record")).count();
            assert_eq!(none, 2, "{:#?}", gaps(&report));
        }
    }
}
