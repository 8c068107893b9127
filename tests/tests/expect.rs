//! Totals that a CRM shows, compared with the restored database.

use std::fs;
use std::path::{Path, PathBuf};

use backup_core::archive::WriterOptions;
use backup_core::record::{Column, Record, Table};
use backup_core::scratch::SqliteScratch;
use backup_core::source::{DiscoverOptions, Discovered, discover};
use backup_core::{
    Code, ExpectedTotals, ExportOptions, Finding, Report, RestoreTestOptions, Severity, Verdict,
    dry_run_with, export, restore_test,
};
use crm_backup_tests::{Keys, export_to, write_archive};

/// The findings, without notes on empty tables.
fn found(report: &Report) -> Vec<Finding> {
    report.findings().iter().filter(|finding| finding.code != Code::Source).cloned().collect()
}

/// Three deals, whose amounts are of different kinds, and an empty table.
fn tables() -> Vec<(Table, Vec<Record>)> {
    let mut records: Vec<Record> = Vec::new();
    let mut deal = |amount: &dyn Fn(&mut Record), note: Option<&str>| {
        let mut record = Record::new();
        record.push_integer(records.len() as i64);
        amount(&mut record);
        match note {
            Some(note) => record.push_text(note),
            None => record.push_null(),
        }
        record.push_text("twice");
        record.push_integer(7);
        records.push(record);
    };
    deal(&|record| record.push_text("0.10"), Some("100"));
    deal(&|record| record.push_real(0.2), Some("12 pieces"));
    deal(&|record| record.push_integer(-5), Some(""));
    deal(&|record| record.push_null(), None);
    let columns = ["id", "amount", "note", "same", "same"].map(Column::any);
    let empty = Table::new("nothing", [Column::text("id")]);
    vec![(Table::new("deals", columns), records), (empty, Vec::new())]
}

/// The report of a restore-test with these totals.
fn reconcile(expected: &str) -> Report {
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a folder");
    let archive = folder.path().join("a.tar.zst.age");
    let (_, encrypted) = write_archive(&keys, WriterOptions::default(), &tables(), &[]);
    fs::write(&archive, encrypted).expect("the archive is written");
    test(&archive, &keys, expected)
}

/// The report of a restore-test of this archive with these totals.
fn test(archive: &Path, keys: &Keys, expected: &str) -> Report {
    let mut scratch = SqliteScratch::in_memory().expect("a database");
    let options = RestoreTestOptions::default().expected(list(expected));
    restore_test(archive, &keys.identities, &mut scratch, options, &()).expect("it is checked")
}

fn list(text: &str) -> ExpectedTotals {
    let parsed = ExpectedTotals::parse(text.as_bytes());
    parsed.unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_totals_of_the_crm_are_reconciled() {
    let report = reconcile(
        "table,rows,column,sum\ndeals,4,amount,-4.70\ndeals,,id,6\nnothing,0,id,0\n\ndeals,4,,\n",
    );
    assert_eq!(found(&report), [], "all totals are right");
    assert_eq!(report.verdict(), Some(Verdict::Proven));
    let check = report
        .results()
        .checks
        .iter()
        .find(|check| check.kind == backup_core::CheckKind::Totals)
        .expect("the check is in the report");
    assert_eq!(check.count, 6, "each total counts");
    let [both, sum, nothing, rows] = report.results().totals.as_slice() else {
        panic!("a line is a total: {:?}", report.results().totals)
    };
    assert_eq!(both.sum.as_ref().and_then(|sum| sum.actual.as_deref()), Some("-4.7"));
    assert_eq!(both.rows.as_ref().and_then(|rows| rows.actual), Some(4));
    assert_eq!((sum.rows.is_none(), sum.column.as_deref()), (true, Some("id")));
    assert_eq!(nothing.sum.as_ref().and_then(|sum| sum.actual.as_deref()), Some("0"));
    assert_eq!((rows.sum.is_none(), rows.column.is_none()), (true, true));
    reconcile("table,rows\ndeals,4\n");
    reconcile("\u{feff}Table;Sum;Column\r\ndeals;-4.7;amount\r\n");
    // The first line has the delimiter, whatever the names of tables contain.
    let list = b"table,rows,column,sum\nA|B,3\nC|D,4\nE|F,5\n";
    assert_eq!(ExpectedTotals::parse(list).expect("a list of totals").len(), 3);
}

#[test]
fn each_wrong_total_fails_separately() {
    let header = "table,rows,column,sum\n";
    let cases = [
        ("a wrong number of records", "deals,5,amount,-4.7", Some(("5", "4"))),
        ("a wrong sum", "deals,4,amount,-4.71", Some(("-4.71", "-4.7"))),
        ("the rounded sum of floating-point numbers", "deals,,amount,-4.700000000000001", None),
        ("records where there are none", "nothing,1,,", Some(("1", "0"))),
        ("no such table", "leads,4,,", None),
        ("no such column", "deals,4,price,1", None),
    ];
    for (what, line, figures) in cases {
        let report = reconcile(&format!("{header}{line}\n"));
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{what}: {:?}", found(&report));
        let [finding] = &found(&report)[..] else {
            panic!("{what}: one thing is wrong: {:?}", found(&report))
        };
        assert_eq!((finding.code, finding.severity), (Code::Total, Severity::Failure), "{what}");
        if let Some((expected, actual)) = figures {
            let figures = (finding.expected.as_deref(), finding.actual.as_deref());
            assert_eq!(figures, (Some(expected), Some(actual)), "{what}");
        }
    }
}

#[test]
fn columns_are_named_as_in_the_archive() {
    let report = reconcile("table,column,sum\ndeals,same,0\ndeals,same_2,28\n");
    assert_eq!(report.verdict(), Some(Verdict::Proven), "two share a label: {:?}", found(&report));
    let odd: Vec<_> = report.results().totals.iter().map(|total| total.not_numbers).collect();
    assert_eq!(odd, [4, 0], "each label is one column's");
}

#[test]
fn cells_that_are_not_numbers_are_reported_and_left_out() {
    let right = reconcile("table,column,sum\ndeals,note,100\n");
    assert_eq!(right.results().totals[0].not_numbers, 1, "null and empty text give no note");
    let [finding] = &found(&right)[..] else { panic!("{:?}", found(&right)) };
    assert_eq!((finding.code, finding.severity), (Code::Total, Severity::Remark));
    assert!(finding.message.to_string().contains("1 cell "), "how many: {}", finding.message);
    assert!(
        !finding.message.to_string().contains("pieces"),
        "a cell is quoted: {}",
        finding.message
    );
    assert_eq!(right.verdict(), Some(Verdict::Proven), "the others add up to the sum");
    let wrong = reconcile("table,column,sum\ndeals,note,112\n");
    assert_eq!(wrong.verdict(), Some(Verdict::Unverified), "the missing cell may explain it");
    let [skipped] = wrong.skipped_checks() else { panic!("{:?}", wrong.skipped_checks()) };
    let words = "the sum of column \"note\" is 100 instead of 112, but 1 cell is not a number";
    assert!(skipped.to_string().contains(words), "{skipped}");
    let rows = reconcile("table,rows,column,sum\ndeals,5,note,112\n");
    assert_eq!(rows.verdict(), Some(Verdict::Failed), "the number of records is wrong anyway");
}

#[test]
fn tables_with_the_same_name_are_distinguished_by_source() {
    let keys = Keys::generate();
    let folder = tempfile::tempdir().expect("a folder");
    for (name, records) in [("a", "id\n1\n"), ("b", "id\n1\n2\n")] {
        fs::create_dir(folder.path().join(name)).expect("a folder");
        fs::write(folder.path().join(name).join("deals.csv"), records).expect("a file");
    }
    let archive = folder.path().join("x.tar.zst.age");
    let sources = ["a", "b"].map(|name| folder.path().join(name));
    export_to(&archive, &sources, &keys, WriterOptions::default());
    for (name, rows, expected) in [
        ("deals", 1, Verdict::Unverified),
        ("deals (deals.csv)", 1, Verdict::Proven),
        ("deals (deals.csv)", 2, Verdict::Failed),
        ("deals (b/deals.csv)", 2, Verdict::Proven),
        ("deals (a/deals.csv)", 1, Verdict::Failed),
    ] {
        let report = test(&archive, &keys, &format!("table,rows\n{name},{rows}\n"));
        assert_eq!(report.verdict(), Some(expected), "{name}: {:?}", found(&report));
        let unclear = expected == Verdict::Unverified;
        assert_eq!(report.skipped().len(), usize::from(unclear), "{name}");
        assert_eq!(
            report.results().totals.len(),
            usize::from(!unclear),
            "{name}: {:?}",
            report.results().totals
        );
    }
}

#[test]
fn an_invalid_list_of_totals_is_refused_with_its_line() {
    let cases: [(&str, Option<u64>); 17] = [
        ("", None),
        ("table,rows\n", None),
        ("deals,4\n", Some(1)),
        ("table\ndeals\n", Some(1)),
        ("table,rows,rows\ndeals,4,4\n", Some(1)),
        ("table,rows,sum\ndeals,4,1\n", Some(1)),
        ("table,rows\n,4\n", Some(2)),
        ("table,rows\ndeals,4\n\ndeals,x\n", Some(4)),
        ("table,rows\ndeals,-4\n", Some(2)),
        ("table,rows\ndeals,\n", None),
        ("table,rows\ndeals,1,234\n", Some(2)),
        ("table;column;sum\ndeals;amount;1,234\n", Some(2)),
        ("table\tcolumn\tsum\ndeals\tamount\t1.234\n", Some(2)),
        ("table,column,sum\ndeals,amount,€5\n", Some(2)),
        ("table,column,sum\n\"a\r\nb\",amount,5\ndeals,amount,\n", Some(4)),
        ("table,column,sum\ndeals,,5\n", Some(2)),
        ("table,rows\ndeals,\"4\n", Some(2)),
    ];
    for (text, line) in cases {
        let error = ExpectedTotals::parse(text.as_bytes()).expect_err(text);
        assert_eq!(error.location().line, line, "the line of {text:?}: {error}");
        assert!(error.hint().is_some(), "the hint: {error}");
    }
    ExpectedTotals::parse(b"table,rows\n\xe4,1\n").expect_err("it is not UTF-8");
    ExpectedTotals::parse(&vec![b' '; (1 << 20) + 1]).expect_err("it is too long");
}

#[test]
fn a_list_beyond_the_limit_is_refused_and_not_cut() {
    // Each line has 128 bytes, and the list 1 MiB with its byte order mark.
    let mut list = format!("\u{feff}{:124}\n", "table,rows");
    list.extend((0..8191).map(|_| format!("{:125},4\n", "deals")));
    assert_eq!(list.len(), 1 << 20);
    let read = |list: &str| ExpectedTotals::read_from(list.as_bytes(), "totals.csv".as_ref());
    assert_eq!(read(&list).expect("it is short enough").len(), 8191);
    list.push_str("\ndeals,5\n");
    for error in [read(&list), ExpectedTotals::parse(list.as_bytes())].map(Result::unwrap_err) {
        assert!(error.to_string().contains("longer than 1 MiB"), "{error}");
    }
}

/// A list as spreadsheet programs save it gives these lines.
#[test]
fn lists_are_read_as_spreadsheet_programs_save_them() {
    let utf16 = |text: &str, big: bool| {
        let units = format!("\u{feff}{text}").encode_utf16().collect::<Vec<_>>();
        let bytes = |unit: &u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        units.iter().flat_map(bytes).collect::<Vec<u8>>()
    };
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let forms: [(&str, Vec<u8>); 12] = [
        ("UTF-8", "table,rows,column,sum\n客户,3001,金额,3001.5\n".into()),
        ("a mark, CRLF", "\u{feff}Table,Rows,Column,Sum\r\n客户,3001,金额,3001.5\r\n".into()),
        ("GBK, Chinese labels", gbk("表,记录数,列,合计\r\n客户,\"3,001\",金额,\"3,001.50\"\r\n")),
        ("other labels", "表名,行数,字段,总和\n客户,3001,金额,3001.5\n".into()),
        (
            "UTF-16LE",
            utf16("table\trows\tcolumn\tsum\r\n客户\t\"3,001\"\t金额\t\"3,001.5\"\r\n", false),
        ),
        ("UTF-16BE", utf16("表\t记录数\t列\t合计\r\n客户\t3001\t金额\t3001.5\r\n", true)),
        ("semicolons", "table;rows;column;sum\n客户;3.001;金额;3.001,50\n".into()),
        ("spaces", "table;rows;column;sum\n客户;3\u{a0}001;金额;3\u{202f}001,5\n".into()),
        ("full width", "表,记录数,列,合计\n\u{3000}客户 ,３００１,金额,３００１．５\n".into()),
        ("empty columns", "table,rows,column,sum,,\n客户,3001,金额,3001.5,,\n,,,,,\n".into()),
        ("blank lines", "table,rows,column,sum\n , ,,\n客户,3001,金额,3001.5\n,,,\n".into()),
        ("unfilled lines", "table,rows,column,sum\n联系人,,,\n客户,3001,金额,3001.5\n".into()),
    ];
    let folder = source(&[("客户.csv", &format!("金额\n3001.5\n{}", "0\n".repeat(3000)))]);
    for (form, bytes) in forms {
        let totals =
            ExpectedTotals::parse(&bytes).unwrap_or_else(|error| panic!("{form}: {error}"));
        assert_eq!(totals.len(), 1, "{form}");
        let report = dry_run(&folder, totals);
        assert_eq!(found(&report), [], "{form}");
        let [total] = &report.results().totals[..] else { panic!("{form}: one line") };
        assert!(total.rows.as_ref().is_some_and(|rows| rows.agrees()), "{form}: {total:?}");
        assert!(total.sum.as_ref().is_some_and(|sum| sum.agrees()), "{form}: {total:?}");
    }
}

#[test]
fn an_ambiguous_sum_is_refused_with_both_of_its_meanings() {
    let error = ExpectedTotals::parse(b"table;column;sum\ndeals;amount;3,001\n").unwrap_err();
    assert!(error.to_string().contains("may be 3001 or 3.0010; write one of these"), "{error}");
    assert_eq!(list("table,column,sum\ndeals,amount,\"3,001\"\n").len(), 1, "commas decide");
}

#[test]
fn an_unfilled_list_is_refused_and_a_filled_line_of_it_counts() {
    let folder = source(&[("a.csv", "id\n1\n"), ("b, c.csv", "id\n1\n2\n")]);
    let report = backup_core::dry_run(found_in(&folder), &()).expect("it is read");
    let template = String::from_utf8(ExpectedTotals::template(&report)).expect("UTF-8");
    assert_eq!(template, "\u{feff}table,rows,column,sum\r\na,,,\r\n\"b, c\",,,\r\n");
    let error = ExpectedTotals::parse(template.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("no number is filled in"), "{error}");
    let filled = template.replace("\"b, c\",,", "\"b, c\",2,");
    let report = dry_run(&folder, list(&filled));
    assert_eq!(found(&report), []);
    assert_eq!(report.results().totals[0].archived.as_deref(), Some("b, c"));
}

/// A folder with these files.
fn source(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

fn found_in(folder: &tempfile::TempDir) -> Discovered {
    discover(&[folder.path().to_path_buf()], &DiscoverOptions::default())
        .expect("sources are found")
}

fn dry_run(folder: &tempfile::TempDir, totals: ExpectedTotals) -> Report {
    let options = ExportOptions::default().expected(totals);
    dry_run_with(found_in(folder), &options, &()).expect("it is read")
}

#[test]
fn an_export_that_differs_from_the_totals_fails_and_is_kept() {
    let keys = Keys::generate();
    let folder = source(&[("deals.csv", "id,amount\n1,10.50\n2,-0.25\n")]);
    let out = tempfile::tempdir().expect("a folder");
    let export_with = |name: &str, totals: &str| -> (PathBuf, Report) {
        let path = out.path().join(name);
        let options = ExportOptions::default().expected(list(totals));
        let report = export(found_in(&folder), &keys.recipients, &path, &options, &());
        (path, report.expect("it is exported"))
    };
    let right = "table,rows,column,sum\ndeals,2,amount,10.25\n";
    let (_, agrees) = export_with("a.age", right);
    assert_eq!(agrees.verdict(), Some(Verdict::Proven), "{:?}", found(&agrees));
    let wrong = right.replace(",2,", ",3,");
    let (path, differs) = export_with("b.age", &wrong);
    assert_eq!(differs.verdict(), Some(Verdict::Failed));
    assert!(differs.proof().is_some(), "the archive itself is proven");
    let [finding] = &found(&differs)[..] else { panic!("{:?}", found(&differs)) };
    let figures = (finding.expected.as_deref(), finding.actual.as_deref());
    assert_eq!((finding.code, figures), (Code::Total, (Some("3"), Some("2"))));
    assert_eq!(found(&test(&path, &keys, &wrong)), found(&differs), "as a restore-test of it");
    let preview = dry_run(&folder, list(&wrong));
    assert_eq!(found(&preview), found(&differs), "as a dry run before it");
}

#[test]
fn records_are_counted_once_if_the_export_starts_again() {
    let keys = Keys::generate();
    let broken = format!("id,name\n{}1,2,3\n", "1,a\n".repeat(10));
    let folder = source(&[("a.csv", "id\n1\n2\n"), ("b.csv", &broken)]);
    let out = tempfile::tempdir().expect("a folder");
    let path = out.path().join("a.age");
    let options = ExportOptions::default().replace(true).expected(list("table,rows\na,2\n"));
    let report = export(found_in(&folder), &keys.recipients, &path, &options, &());
    let report = report.expect("it is exported");
    fs::remove_file(&path).expect("the archive exists");
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "b.csv is stored as a file");
    assert_eq!(found(&report), []);
}
