//! Complete exports of each vendor raise no gap, and each thing that is missing is named.


use backup_core::source::{DiscoverOptions, discover};
use backup_core::{Completeness, ExportOptions, Finding, Report, dry_run_with};
use crm_fixtures::vendors::{Export, Size, Thing, Vendor, complete};
use proptest::prelude::*;

const SIZE: Size = Size { companies: 24, rows_per_file: 20, files_per_volume: 9 };

/// The dry run of an export.
fn checked(export: &Export) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    export.write(folder.path()).expect("it is written");
    let found = discover(&[folder.path().to_path_buf()], &DiscoverOptions::default());
    dry_run_with(found.expect("it is found"), &ExportOptions::default(), &()).expect("it is read")
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
        Thing::Attachment(_) => gaps.any(|gap| gap.message.to_string().contains(", 1 are missing")),
        Thing::Quarter { orphans, .. } => {
            let references = report.results().references.iter();
            let found: u64 = references.map(|reference| reference.orphans).sum();
            let is_named = report.gaps().any(|gap| gap.code == backup_core::Code::Reference);
            is_named && found == *orphans as u64
        }
        Thing::Content { .. } => gaps.any(|gap| gap.code == backup_core::Code::Attachment),
    }
}

#[test]
fn each_thing_that_is_missing_is_named() {
    let mut unnamed = Vec::new();
    for vendor in Vendor::ALL {
        let export = complete(vendor, 7, SIZE).expect("the generator runs");
        for thing in export.things().iter().step_by(5) {
            let report = checked(&export.without(thing));
            if !names(thing, &report) {
                unnamed.push(format!("{vendor:?} without {thing:?}: {:#?}", gaps(&report)));
            }
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
        let export = complete(Vendor::ALL[vendor], seed, SIZE).expect("the generator runs");
        let whole = checked(&export);
        prop_assert!(gaps(&whole).is_empty(), "{:#?}", gaps(&whole));
        let things = export.things();
        let thing = which.get(&things);
        let report = checked(&export.without(thing));
        prop_assert_eq!(report.completeness(), Some(Completeness::Gaps), "{:?}", thing);
        prop_assert!(names(thing, &report), "{thing:?}: {:#?}", gaps(&report));
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
            let none = gaps(&report).iter().filter(|gap| gap.contains("none names a record")).count();
            assert_eq!(none, 2, "{:#?}", gaps(&report));
        }
    }
}
