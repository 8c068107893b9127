//! The answer whether an export is complete: never a silent yes.

use std::fs;

use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    Completeness, CompletenessOptions, ExpectedTotals, ExportOptions, Profile, Report,
    UndecidedReason, dry_run_with,
};
use crm_backup_tests::zipped::{ZipMember, zip};

/// The dry run of a folder with these files.
fn checked(files: &[(&str, Vec<u8>)], options: &ExportOptions) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    let found = discover(&[folder.path().to_path_buf()], &DiscoverOptions::default());
    dry_run_with(found.expect("it is found"), options, &()).expect("it is read")
}

fn with_totals(totals: &str) -> ExportOptions {
    let totals = ExpectedTotals::parse(format!("table,rows\n{totals}").as_bytes());
    ExportOptions::default().expected(totals.expect("it is a list"))
}

/// Options with a profile of the user's own, and totals.
fn with_profile(rules: &str, totals: &str) -> ExportOptions {
    let text =
        format!("profile = 1\nname = \"own\"\ntitle = \"Own\"\nsource = \"a test\"\n{rules}");
    let profile = Profile::parse(&text).expect("it is a profile");
    with_totals(totals).completeness(CompletenessOptions::default().profile(profile))
}

/// A CSV file with a header and so many records.
fn csv(header: &str, records: usize, record: impl Fn(usize) -> String) -> Vec<u8> {
    let lines = (1..=records).map(|number| record(number) + "\n");
    std::iter::once(format!("{header}\n")).chain(lines).collect::<String>().into_bytes()
}

fn plain(records: usize) -> Vec<u8> {
    csv("No,Name", records, |number| format!("{number},n{number}"))
}

fn reasons(report: &Report) -> Vec<UndecidedReason> {
    let scope = report.scope().expect("completeness was asked");
    scope.undecided.iter().map(|undecided| undecided.reason).collect()
}

/// The gaps, as sentences.
fn gaps(report: &Report) -> Vec<String> {
    report.gaps().map(|gap| format!("{:?}: {}", gap.table, gap.message)).collect()
}

#[test]
fn totals_that_differ_are_gaps() {
    for totals in ["客户,1200\n", "客户,10\n联系人,50\n"] {
        let report = checked(&[("客户.csv", plain(10))], &with_profile("", totals));
        assert_eq!(report.completeness(), Some(Completeness::Gaps), "{totals}");
    }
    let report = checked(&[("客户.csv", plain(10))], &with_profile("", "客户,10\n联系人,0\n"));
    assert_eq!(report.completeness(), Some(Completeness::Complete), "the CRM has none either");
}

#[test]
fn a_lookup_that_the_profile_states_is_a_gap_if_its_table_is_not_exported() {
    let rules = "[[lookups]]\ncolumn = \"Customer No\"\ntargets = [\"customers\"]\n";
    let orders = csv("No,Customer No", 29, |number| format!("{number},{}", 8 + number % 28));
    let files = [("orders.csv", orders)];
    let report = checked(&files, &with_profile(rules, "orders,29\n"));
    let gaps = gaps(&report);
    assert!(gaps.iter().any(|gap| gap.contains("customers")), "{gaps:#?}");
}

#[test]
fn ids_without_any_table_are_not_decided() {
    let orders = csv("No,AccountId", 29, |number| format!("{number},{}", 8 + number % 28));
    let report = checked(&[("orders.csv", orders)], &with_profile("", "orders,29\n"));
    assert_eq!(reasons(&report), [UndecidedReason::NoTable]);
    let names = &report.scope().expect("completeness was asked").undecided[0].names;
    assert_eq!(names, &["orders: AccountId"]);
}

#[test]
fn rules_whose_tables_or_columns_are_missing_are_not_decided() {
    let attachments = |column: &str| {
        let rule = "[[attachments]]\ntable = \"files\"\nfile = \"files/{value}.pdf\"\n";
        format!("{rule}column = \"{column}\"\n")
    };
    let orders = [("orders.csv", plain(3))];
    let report = checked(&orders, &with_profile(&attachments("No"), "orders,3\n"));
    assert_eq!(reasons(&report), [UndecidedReason::NoTable], "the export has no table of files");
    let report = checked(&orders, &with_profile(&attachments("No"), "orders,3\nfiles,0\n"));
    assert_eq!(report.completeness(), Some(Completeness::Complete), "the CRM has none either");
    let files = [("files.csv", plain(3))];
    let report = checked(&files, &with_profile(&attachments("Numero"), "files,3\n"));
    assert_eq!(reasons(&report), [UndecidedReason::NoTable], "the column is not there");
}

#[test]
fn files_that_no_rule_is_about_are_not_decided() {
    let files = [("orders.csv", plain(3)), ("offer.pdf", b"%PDF-1.4".to_vec())];
    let report = checked(&files, &with_profile("", "orders,3\n"));
    assert_eq!(reasons(&report), [UndecidedReason::NoRule]);
}

#[test]
fn what_a_profile_does_not_know_is_not_decided() {
    let rules = "[[unknown]]\nwhat = \"attachments\"\n";
    let report = checked(&[("orders.csv", plain(3))], &with_profile(rules, "orders,3\n"));
    assert_eq!(reasons(&report), [UndecidedReason::NotKnown]);
    let of_column = "[[unknown]]\nwhat = \"references\"\ncolumn = \"Checksum\"\n";
    let report = checked(&[("orders.csv", plain(3))], &with_profile(of_column, "orders,3\n"));
    assert_eq!(report.completeness(), Some(Completeness::Complete), "no table has the column");
}

#[test]
fn a_profile_that_fits_nothing_is_not_decided() {
    let rules = "[recognise]\nfiles = [\"shop-{date}.zip\"]\n";
    let report = checked(&[("orders.csv", plain(3))], &with_profile(rules, "orders,3\n"));
    assert_eq!(reasons(&report), [UndecidedReason::NoProfile]);
}

fn of_salesforce(records: usize, prefix: &str, parent: &str) -> Vec<u8> {
    csv("Id,Name,CreatedById,LastModifiedById,SystemModstamp,ParentId", records, |number| {
        let user = "005A0000000000001";
        format!("{prefix}A0000{number:08},n,{user},{user},2026-01-01,{parent}")
    })
}

#[test]
fn the_exports_of_two_crms_in_one_folder_are_not_decided() {
    let zoho = csv("Record Id,Record Status", 9, |number| format!("zcrm_{number:018},Available"));
    let files = [
        ("Contacts.csv", zoho.clone()),
        ("Deals.csv", zoho),
        ("Task.csv", of_salesforce(3, "00T", "")),
    ];
    let report = checked(&files, &ExportOptions::default());
    let scope = report.scope().expect("completeness was asked");
    assert_eq!(scope.profile.as_ref().map(|it| &*it.name), Some("zoho"));
    let others = scope.undecided.iter().find(|it| it.names == ["Task (Salesforce)"]);
    assert!(others.is_some(), "{:#?}", scope.undecided);
}

#[test]
fn a_crm_that_is_recognised_by_its_last_table_is_checked_like_one_by_its_first() {
    let accounts = csv("Id,Name,ParentId", 30, |number| {
        format!("001A0000{number:08},n,001A0000{:08}", number + 7)
    });
    let last = [("A.csv", accounts.clone()), ("Z.csv", of_salesforce(3, "003", ""))];
    let first = [("Z.csv", accounts), ("A.csv", of_salesforce(3, "003", ""))];
    let [last, first] = [last, first].map(|files| checked(&files, &ExportOptions::default()));
    for report in [&last, &first] {
        let profile = report.scope().and_then(|scope| scope.profile.as_ref());
        assert_eq!(profile.map(|it| &*it.name), Some("salesforce"));
    }
    let orphans = |report: &Report| -> Vec<u64> {
        report.results().references.iter().map(|it| it.orphans).collect()
    };
    assert_eq!(orphans(&last).iter().sum::<u64>(), 7);
    assert_eq!(orphans(&last).iter().sum::<u64>(), orphans(&first).iter().sum::<u64>());
}

#[test]
fn workbooks_and_zip_files_that_are_attached_to_records_are_attachments() {
    let rules = "[[attachments]]\ntable = \"files\"\ncolumn = \"No\"\nfile = \"files/{value}.*\"\n";
    let zip =
        zip(&[ZipMember::stored("inner.csv", &plain(2)), ZipMember::stored("x.csv", &plain(2))]);
    let files = [
        ("files.csv", plain(3)),
        ("files/1.csv", plain(9)),
        ("files/2.zip", zip),
        ("files/3.json", b"{}".to_vec()),
    ];
    let report = checked(&files, &with_profile(rules, "files,3\n"));
    assert!(gaps(&report).is_empty(), "{:?}", gaps(&report));
    assert_eq!(reasons(&report), []);
    let report = checked(&[&files[..2], &files[3..]].concat(), &with_profile(rules, "files,3\n"));
    let gaps = gaps(&report);
    assert!(gaps.len() == 1 && gaps[0].contains(", 1 is missing"), "{gaps:#?}");
}

#[test]
fn a_table_that_was_exported_twice_is_referred_to_all_the_same() {
    let deals = csv("id,contact_id", 29, |number| format!("{number},{}", 100 + number));
    let contacts = csv("id,name", 9, |number| format!("{},n{number}", 100 + number));
    let more = csv("id,name", 10, |number| format!("{},n{number}", 100 + number));
    for copy in ["contacts.csv", "contacts (1).csv"] {
        let files = [
            ("deals.csv", deals.clone()),
            ("contacts.csv", contacts.clone()),
            (copy, more.clone()),
        ];
        let report = checked(&files, &ExportOptions::default());
        let orphans: Vec<_> = report.results().references.iter().map(|it| it.orphans).collect();
        assert_eq!(orphans, [19], "{copy}");
    }
}

#[test]
fn a_cell_with_many_ids_is_looked_up_if_the_profile_states_the_separator() {
    let rules = "[[lookups]]\ncolumn = \"Deals\"\ntargets = [\"deals\"]\nseparator = \";\"\n";
    let all: Vec<String> = (1..=100).map(|number| number.to_string()).collect();
    let contacts = csv("No,Deals", 1, |number| format!("{number},{}", all.join(";")));
    let files = [("contacts.csv", contacts), ("deals.csv", plain(30))];
    let report = checked(&files, &with_profile(rules, "contacts,1\ndeals,30\n"));
    let [reference] = &report.results().references[..] else { panic!("one reference") };
    assert_eq!((reference.values, reference.orphans), (100, 70));
}

#[test]
fn the_list_of_totals_has_one_line_for_all_parts() {
    let parts = [("deals_001.csv", plain(3)), ("deals_002.csv", plain(4)), ("x.csv", plain(5))];
    let report = checked(&parts, &ExportOptions::default());
    let list = String::from_utf8(ExpectedTotals::template(&report)).expect("it is text");
    assert_eq!(list, "\u{feff}table,rows,column,sum\r\ndeals,,,\r\nx,,,\r\n");
    let report = checked(&parts, &with_profile("", "deals,7\nx,5\n"));
    assert_eq!(report.completeness(), Some(Completeness::Complete), "{:?}", gaps(&report));
    let rules = "[[parts]]\npattern = \"{table}-{number}.csv\"\n";
    let parts = [("orders-1.csv", plain(3)), ("orders-2.csv", plain(5))];
    let report = checked(&parts, &with_profile(rules, "orders,8\n"));
    assert_eq!(report.completeness(), Some(Completeness::Complete), "{:?}", gaps(&report));
}

#[test]
fn a_part_with_fewer_records_than_others_is_a_gap_unless_it_is_the_last() {
    let rules = "[[parts]]\npattern = \"{table}-{number}.csv\"\nrows = 100\n";
    let of = |rows: [usize; 3], totals: &str| {
        let parts = rows.map(plain);
        let names = ["deals-1.csv", "deals-2.csv", "deals-3.csv"];
        let files: Vec<_> = names.into_iter().zip(parts).collect();
        checked(&files, &with_profile(rules, totals))
    };
    assert!(gaps(&of([9, 9, 2], "x,0\n")).is_empty(), "the CRM divides at fewer records");
    let gaps_of = gaps(&of([9, 7, 9], "x,0\n"));
    assert!(gaps_of.len() == 1 && gaps_of[0].contains("deals-2.csv"), "{gaps_of:#?}");
    assert!(gaps(&of([9, 7, 9], "deals,25\n")).is_empty(), "the CRM has as many");
}

#[test]
fn numbered_zip_files_that_were_unpacked_are_one_export_and_other_folders_are_not() {
    let rules = "[[volumes]]\npattern = \"Data_{number}.zip\"\n";
    let of = |folder: &str| {
        let paths = [1, 2].map(|it| format!("{folder}_00{it}/deals_00{it}.csv"));
        let files: Vec<_> = paths.iter().map(|path| (path.as_str(), plain(3))).collect();
        let report = checked(&files, &with_profile(rules, "x,0\n"));
        let names = report.results().joined.iter().map(|joined| joined.name.clone());
        (names.collect::<Vec<_>>(), report.gaps().count())
    };
    assert_eq!(of("Data"), (vec!["deals".to_owned()], 0));
    assert_eq!(of("store").0, Vec::<String>::new(), "they may be the deals of two stores");
}

#[test]
fn a_table_that_a_list_of_totals_gives_two_names_is_not_compared_twice() {
    let files = [("Deals.csv", plain(3)), ("all-deals-2026.csv", plain(2))];
    let report = checked(&files, &with_totals("Deals,3\ndeals,3\n"));
    let skipped = report.skipped_checks().iter().map(|it| it.to_string());
    let skipped: Vec<_> = skipped.filter(|why| why.contains("both mean table")).collect();
    assert_eq!(skipped.len(), 1, "{:?}", report.results().totals);
    assert_eq!(report.results().totals.len(), 1);
}

#[test]
fn parts_beside_a_table_of_their_name_need_a_total_of_their_own() {
    let files = [
        ("Contacts.csv", plain(3)),
        ("Contacts_001.csv", plain(5)),
        ("Contacts_002.csv", plain(6)),
    ];
    let report = checked(&files, &with_profile("", "Contacts,3\n"));
    assert_eq!(reasons(&report), [UndecidedReason::NoTotals]);
    let names = &report.scope().expect("completeness was asked").undecided[0].names;
    let [name] = &names[..] else { panic!("{names:?}") };
    let report = checked(&files, &with_profile("", &format!("Contacts,3\n{name},11\n")));
    assert_eq!(report.completeness(), Some(Completeness::Complete), "{:?}", gaps(&report));
}

#[test]
fn attachments_that_look_like_parts_are_none() {
    let rules = "[[attachments]]\ntable = \"files\"\ncolumn = \"No\"\nfile = \"files/scan_00{value}.csv\"\n";
    let other = csv("Title", 9, |number| format!("t{number}"));
    let files =
        [("files.csv", plain(2)), ("files/scan_001.csv", plain(9)), ("files/scan_002.csv", other)];
    let report = checked(&files, &with_profile(rules, "files,2\n"));
    assert_eq!(report.completeness(), Some(Completeness::Complete), "{:?}", gaps(&report));
}
