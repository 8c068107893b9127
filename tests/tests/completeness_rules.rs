//! Rules for completeness that need no profile. Those of profiles are in `completeness_profiles`.

use std::fs;
use std::path::Path;

use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    Code, Completeness, CompletenessOptions, ExpectedTotals, ExportOptions, Finding, InferredFrom,
    Report, UndecidedReason, dry_run_with,
};
use rusqlite::Connection;
use rust_xlsxwriter::Workbook;

fn checked(folder: &Path) -> Report {
    checked_with(folder, ExportOptions::default())
}

fn checked_with(folder: &Path, options: ExportOptions) -> Report {
    let found = discover(&[folder.to_path_buf()], &DiscoverOptions::default());
    let options = options.completeness(CompletenessOptions::default().without_profile());
    dry_run_with(found.expect("it is found"), &options, &()).expect("it is read")
}

/// The dry run of a folder with these files.
fn of_files(files: &[(&str, String)]) -> Report {
    of_files_with(files, ExportOptions::default())
}

fn of_files_with(files: &[(&str, String)], options: ExportOptions) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    checked_with(folder.path(), options)
}

/// Options with the totals that the CRM shows.
fn expecting(list: &str) -> ExportOptions {
    let totals = ExpectedTotals::parse(list.as_bytes()).expect("it is a list");
    ExportOptions::default().expected(totals)
}

/// A CSV file with a header and so many records.
fn csv(header: &str, records: usize, record: impl Fn(usize) -> String) -> String {
    let lines = (1..=records).map(|number| record(number) + "\n");
    std::iter::once(format!("{header}\n")).chain(lines).collect()
}

fn with_code(report: &Report, code: Code) -> Vec<&Finding> {
    report.findings().iter().filter(|finding| finding.code == code).collect()
}

/// The only finding of this code.
fn only(report: &Report, code: Code) -> &Finding {
    let found = with_code(report, code);
    let [finding] = found[..] else { panic!("not one {code:?}: {:#?}", report.findings()) };
    finding
}

fn plain(records: usize) -> String {
    csv("id,name", records, |number| format!("{number},n{number}"))
}

#[test]
fn a_log_of_sqlite_without_its_database_is_a_gap() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = folder.path().join("crm.db");
    fs::write(folder.path().join("contacts.csv"), plain(3)).expect("a file");
    let connection = rusqlite::Connection::open(&database).expect("a database");
    connection
        .execute_batch("PRAGMA journal_mode = wal; CREATE TABLE deals (id INTEGER, name TEXT)")
        .expect("a table in the log");
    let journal = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7 pages";
    fs::write(folder.path().join("old.sqlite-journal"), journal).expect("a journal");
    let logs = |report: &Report| -> Vec<_> {
        let found = with_code(report, Code::MissingPart).into_iter().filter(|it| it.gap);
        found.filter_map(|it| it.path.clone()).collect()
    };
    assert_eq!(logs(&checked(folder.path())), ["old.sqlite-journal"]);
    let alone = tempfile::tempdir().expect("a temporary folder");
    for name in ["contacts.csv", "crm.db-wal"] {
        fs::copy(folder.path().join(name), alone.path().join(name)).expect("a copy");
    }
    let report = checked(alone.path());
    assert_eq!(logs(&report), ["crm.db-wal"]);
    let finding = only(&report, Code::MissingPart);
    assert!(finding.message.to_string().contains("its database crm.db is not beside it"));
    let scope = report.scope().expect("completeness was asked");
    let not_read = scope.undecided.iter().any(|it| it.reason == UndecidedReason::NotRead);
    assert!(!not_read, "it is named once");
}

#[test]
fn a_missing_number_between_files_is_a_gap() {
    let files = [("Contacts_001.csv", plain(3)), ("Contacts_003.csv", plain(4))];
    let report = of_files(&files);
    let finding = only(&report, Code::MissingPart);
    assert!(finding.gap && finding.message.to_string().contains("Contacts_002.csv"), "{finding:?}");
    assert_eq!(report.completeness(), Some(Completeness::Gaps));
}

#[test]
fn parts_with_equal_headers_are_one_table_and_others_are_not() {
    let report = of_files(&[("x_001.csv", plain(3)), ("x_002.csv", plain(4))]);
    let [joined] = &report.results().joined[..] else { panic!("{:?}", report.results().joined) };
    assert_eq!((&*joined.name, joined.rows, joined.parts.len()), ("x", 7, 2));
    let other = csv("id,title", 2, |number| format!("{number},t"));
    let report = of_files(&[("x_001.csv", plain(3)), ("x_002.csv", other)]);
    assert!(report.results().joined.is_empty());
    let message = only(&report, Code::Headers).message.to_string();
    assert!(message.contains("name, title"), "{message}");
}

#[test]
fn a_table_that_ends_at_a_limit_of_tools_is_a_gap_unless_a_next_file_exists() {
    let report = of_files(&[("deals.csv", plain(2_000))]);
    assert!(only(&report, Code::Limit).gap);
    assert!(with_code(&of_files(&[("deals.csv", plain(2_001))]), Code::Limit).is_empty());
    let parts = [("deals_001.csv", plain(2_000)), ("deals_002.csv", plain(7))];
    assert!(with_code(&of_files(&parts), Code::Limit).is_empty());
}

#[test]
fn numbers_of_two_and_of_three_digits_are_one_series() {
    let parts = [("deals_99.csv", plain(2_000)), ("deals_100.csv", plain(7))];
    let report = of_files(&parts);
    assert!(with_code(&report, Code::Limit).is_empty(), "deals_100 is the next file");
    let names: Vec<_> = (1..=101).filter(|it| *it != 99).map(|it| format!("d_{it}.csv")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), plain(1))).collect();
    let message = only(&of_files(&files), Code::MissingPart).message.to_string();
    assert!(message.contains("a file is missing: d_99.csv"), "{message}");
}

#[test]
fn limits_of_files_do_not_concern_databases_or_tables_with_the_right_number() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = Connection::open(folder.path().join("crm.sqlite")).expect("it is made");
    let deals = "CREATE TABLE deals(id); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL \
                 SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO deals SELECT i FROM n";
    database.execute_batch(deals).expect("it is filled");
    drop(database);
    assert!(with_code(&checked(folder.path()), Code::Limit).is_empty());
    let files = [("deals.csv", plain(2_000))];
    for (rows, gaps) in [(2_000, 0), (2_100, 1)] {
        let report = of_files_with(&files, expecting(&format!("table,rows\ndeals,{rows}\n")));
        assert_eq!(with_code(&report, Code::Limit).len(), gaps, "{rows} in the CRM");
    }
}

#[test]
fn lines_of_a_csv_file_that_are_no_records_do_not_count() {
    let text = "客户,金额,日期\n甲,1,x\n客户,金额,日期\n乙,2,y\n客户,金额,日期\n合计,3,\n";
    let files = [("deals.csv", text.to_owned())];
    let report = of_files_with(&files, expecting("table,rows\ndeals,2\n"));
    assert!(with_code(&report, Code::Total).is_empty(), "{:#?}", report.findings());
    let layout = with_code(&report, Code::Layout);
    assert!(layout.iter().any(|it| it.message.to_string().contains("holds totals")), "{layout:?}");
    // The last company has this name.
    let text = "公司,城市\n甲,北京\nTotal,Paris\n";
    let files = [("companies.csv", text.to_owned())];
    let report = of_files_with(&files, expecting("table,rows\ncompanies,2\n"));
    assert!(with_code(&report, Code::Total).is_empty(), "{:#?}", report.findings());
}

#[test]
fn a_reference_by_name_is_reported_until_no_record_is_left() {
    let contacts = csv("Id,Name,AccountId", 40, |number| {
        format!("003A0000{number:08},n,001A0000{:08}", number % 20)
    });
    for kept in [20, 15, 1, 0] {
        let accounts = csv("Id,Name", kept, |number| format!("001A0000{:08},a", number - 1));
        let files = [("Account.csv", accounts), ("Contact.csv", contacts.clone())];
        let report = of_files(&files);
        let [reference] = &report.results().references[..] else { panic!("{kept}") };
        assert_eq!(reference.orphans, 40 - kept as u64 * 2, "{kept} accounts");
        assert_eq!(with_code(&report, Code::Reference).len(), usize::from(kept < 20));
        let is_by_name = reference.inferred_from == Some(InferredFrom::Name);
        assert_eq!(is_by_name, kept < 6, "{kept}: {:?}", reference.inferred_from);
    }
}

#[test]
fn ids_of_a_table_that_is_not_exported_are_named() {
    let orders = csv("编号,客户名称,客户名称_唯一性ID", 30, |number| {
        format!("{number},客户,66a1000000{number:06}")
    });
    let report = of_files(&[("订单.csv", orders)]);
    let finding = only(&report, Code::Reference);
    let message = finding.message.to_string();
    assert!(finding.gap && message.contains("no table of this export holds what"), "{message}");
    assert!(message.contains("客户名称_唯一性ID") && message.contains("30"), "{message}");
}

#[test]
fn a_column_that_refers_to_two_tables_is_tried_against_both() {
    let id = |prefix: &str, number: usize| format!("{prefix}A0000{number:08}");
    let of = |prefix: &'static str| {
        csv("Id,Name", 50, move |number| format!("{},n", id(prefix, number)))
    };
    let tasks = csv("Id,WhoId", 100, |number| {
        let who = if number % 5 == 0 { id("00Q", number / 2) } else { id("003", number % 50 + 1) };
        format!("{},{who}", id("00T", number))
    });
    let report =
        of_files(&[("Contact.csv", of("003")), ("Lead.csv", of("00Q")), ("Task.csv", tasks)]);
    let [reference] = &report.results().references[..] else { panic!("not one reference") };
    assert_eq!(reference.targets, ["Contact", "Lead"]);
    assert_eq!((reference.values, reference.orphans), (100, 0));
}

#[test]
fn files_of_the_same_names_refer_within_their_folders() {
    let deals = |from: usize| csv("id,contact_id", 5, move |n| format!("{n},{}", n + from));
    let contacts = |from: usize| csv("id,name", 5, move |n| format!("{},x", n + from));
    let report = of_files(&[
        ("old/deals.csv", deals(0)),
        ("old/contacts.csv", contacts(0)),
        ("new/deals.csv", deals(100)),
        ("new/contacts.csv", contacts(100)),
    ]);
    assert_eq!(report.results().references.len(), 2);
    for reference in &report.results().references {
        assert_eq!((reference.resolved, reference.orphans), (5, 0), "{reference:?}");
    }
}

#[test]
fn rounded_and_padded_ids_are_reported() {
    let text =
        csv("id,card,order", 3, |number| format!("{number},3.50102E+17,12345678901234{number}\t"));
    let report = of_files(&[("people.csv", text)]);
    let found = with_code(&report, Code::Ids);
    let messages: Vec<_> = found.iter().map(|finding| finding.message.to_string()).collect();
    assert_eq!(found.len(), 2, "{messages:?}");
    assert!(found[0].gap && messages[0].contains("3 cells of column card"), "{messages:?}");
    assert!(!found[1].gap && messages[1].contains("TAB"), "{messages:?}");
}

#[test]
fn few_rounded_ids_are_a_gap_only_among_long_ids() {
    let of = |other: fn(usize) -> String| {
        let card = move |number| match number {
            7 => "3.50102E+17".to_owned(),
            _ => other(number),
        };
        let text = csv("id,card", 100, move |number| format!("{number},{}", card(number)));
        of_files(&[("people.csv", text)])
    };
    let report = of(|number| format!("350102199001{number:06}"));
    assert!(only(&report, Code::Ids).gap);
    let report = of(|number| format!("text {number}"));
    assert!(with_code(&report, Code::Ids).is_empty(), "free texts hold no ids");
    let report = of(|number| format!("{}", 1_000 + number));
    let finding = only(&report, Code::Ids);
    let message = finding.message.to_string();
    assert!(!finding.gap && message.contains("if the column holds ids"), "{message}");
    assert!(message.contains("a cell of column card") && message.contains("record 7"), "{message}");
}

#[test]
fn the_same_file_twice_is_reported() {
    let report = of_files(&[("a/deals.csv", plain(5)), ("b/copy.csv", plain(5))]);
    let finding = only(&report, Code::Duplicate);
    assert!(!finding.gap && finding.message.to_string().contains("copy"), "{finding:?}");
}

#[test]
fn an_export_without_records_is_a_gap() {
    let report = of_files(&[("deals.csv", "id,name\n".to_owned())]);
    assert!(only(&report, Code::NoRecords).gap);
    let report = of_files(&[("letter.pdf", "%PDF-1.4".to_owned())]);
    assert!(only(&report, Code::NoRecords).gap);
}

#[test]
fn files_that_are_not_read_are_not_decided() {
    for name in ["data.7z", "data.parquet", "crm.mdb", "crm.bak", "leads.json", "all.rar"] {
        let bytes = "PAR1\u{1}\u{2}\u{3}";
        let report = of_files(&[("deals.csv", plain(5)), (name, bytes.to_owned())]);
        let undecided = &report.scope().expect("completeness was asked").undecided;
        let found = undecided.iter().find(|it| it.reason == UndecidedReason::NotRead);
        let names = found.map(|it| it.names.clone()).unwrap_or_default();
        assert_eq!(names, [name], "{undecided:?}");
    }
}

#[test]
fn lines_of_a_workbook_that_are_no_records_are_reported() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [
        ["客户", "金额", "日期"],
        ["甲", "1", "x"],
        ["客户", "金额", "日期"],
        ["乙", "2", "y"],
        ["合计", "3", ""],
    ]
    .iter()
    .enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *cell).expect("a cell");
        }
    }
    let titled = book.add_worksheet();
    titled.write(0, 0, "客户导出结果").expect("a cell");
    for (column, cell) in ["客户", "金额", "日期"].iter().enumerate() {
        titled.write(1, column as u16, *cell).expect("a cell");
        titled.write(2, column as u16, "1").expect("a cell");
    }
    book.save(folder.path().join("crm.xlsx")).expect("it is written");
    let report = checked(folder.path());
    let found = with_code(&report, Code::Layout);
    let messages: Vec<_> = found.iter().map(|finding| finding.message.to_string()).collect();
    for expected in
        ["record 2 repeats the header", "record 4, the last one, holds totals", "a title"]
    {
        let count = messages.iter().filter(|message| message.contains(expected)).count();
        assert_eq!(count, 1, "{expected}: {messages:?}");
    }
}
