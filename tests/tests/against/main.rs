//! An archive compared with its current sources: each source differs from the export in one way,
//! and the report states exactly that.

mod pairing;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use backup_core::archive::WriterOptions;
use backup_core::source::{DiscoverOptions, Discovered, discover};
use backup_core::{
    AgainstOptions, AgainstReport, Code, ErrorKind, Finding, Monitor, Phase, Report, Severity,
    Side, Verdict, VerifyOptions, compare_with_sources, verify,
};
use crm_backup_tests::{Keys, export_to};

/// The findings, without notes on empty tables.
fn found(report: &Report) -> Vec<Finding> {
    report.findings().iter().filter(|finding| finding.code != Code::Source).cloned().collect()
}

/// A folder with an archive of the old sources, and the current ones beside it.
struct Case {
    keys: Keys,
    folder: tempfile::TempDir,
}

type Files<'a> = &'a [(&'a str, &'a str)];

fn write(folder: &Path, files: Files<'_>) {
    fs::create_dir_all(folder).expect("a folder");
    for (name, content) in files {
        fs::write(folder.join(name), content).expect("a file");
    }
}

impl Case {
    fn new(archived: Files<'_>, current: Files<'_>) -> Self {
        let case = Self { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
        write(&case.path("then"), archived);
        write(&case.path("now"), current);
        let options = WriterOptions::default();
        export_to(&case.archive(), &[case.path("then")], &case.keys, options);
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn archive(&self) -> PathBuf {
        self.path("a.tar.zst.age")
    }

    fn current(&self) -> Discovered {
        discover(&[self.path("now")], &DiscoverOptions::default()).expect("the sources are found")
    }

    fn verified(&self) -> Report {
        let options = VerifyOptions::default();
        verify(&self.archive(), &self.keys.identities, &options, &()).expect("it is verified")
    }

    fn compare(&self, options: &AgainstOptions) -> Report {
        let mut report = self.verified();
        let (archive, keys) = (self.archive(), &self.keys.identities);
        compare_with_sources(&mut report, &archive, keys, self.current(), options, &())
            .expect("it is compared");
        report
    }
}

fn compare(archived: Files<'_>, current: Files<'_>, options: &AgainstOptions) -> Report {
    Case::new(archived, current).compare(options)
}

fn one<'a>(report: &'a Report, what: &str) -> &'a AgainstReport {
    assert_eq!(
        report.results().against.len(),
        1,
        "{what}: it is one table: {:?}",
        report.results().against
    );
    &report.results().against[0]
}

/// How many records were added, removed and changed, and whether they were matched by key.
type Summary = (u64, u64, u64, bool);

fn summary_of(table: &AgainstReport, what: &str) -> Summary {
    let count = |count: Option<u64>| count.unwrap_or_else(|| panic!("{what}: not compared"));
    (count(table.added), count(table.removed), count(table.changed), table.by_key)
}

const KEYED: &str = "id,name\n1,a\n2,b\n3,c\n";
const PLAIN: &str = "code,name\n1,a\n2,b\n3,c\n";

#[test]
fn each_kind_of_difference_is_reported() {
    let cases: &[(&str, &str, &str, Summary)] = &[
        ("a changed cell", KEYED, "id,name\n1,a\n2,x\n3,c\n", (0, 0, 1, true)),
        ("a missing record", KEYED, "id,name\n1,a\n3,c\n", (0, 1, 0, true)),
        ("an added record", KEYED, "id,name\n1,a\n2,b\n3,c\n4,d\n", (1, 0, 0, true)),
        ("another key", KEYED, "id,name\n1,a\n2,b\n4,c\n", (1, 1, 0, true)),
        ("a key that now occurs twice", KEYED, "id,name\n1,a\n2,b\n3,c\n3,d\n", (1, 0, 0, true)),
        ("no records are left", KEYED, "id,name\n", (0, 3, 0, true)),
        ("there were no records", "id,name\n", KEYED, (3, 0, 0, true)),
        ("a changed cell, no key", PLAIN, "code,name\n1,a\n2,x\n3,c\n", (1, 1, 0, false)),
        ("a missing record, no key", PLAIN, "code,name\n1,a\n3,c\n", (0, 1, 0, false)),
        ("an added record, no key", PLAIN, "code,name\n1,a\n2,b\n3,c\n4,d\n", (1, 0, 0, false)),
        (
            "one record of two equal ones",
            "n,m\nx,1\nx,1\ny,1\n",
            "n,m\nx,1\ny,1\n",
            (0, 1, 0, false),
        ),
        (
            "the other of two is repeated",
            "n,m\nx,1\nx,1\ny,1\n",
            "n,m\nx,1\ny,1\ny,1\n",
            (1, 1, 0, false),
        ),
        ("ids that are not unique", "id,n\n1,a\n1,b\n", "id,n\n1,a\n1,c\n", (1, 1, 0, false)),
        ("an id that is null", "id,n\n1,a\n,b\n", "id,n\n1,a\n,c\n", (1, 1, 0, false)),
        ("null and empty text", "id,n\n1,\n", "id,n\n1,\"\"\n", (0, 0, 1, true)),
        ("an empty id", "id,n\n\"\",a\n2,b\n", "id,n\n\"\",x\n2,b\n", (0, 0, 1, true)),
        ("ids with spaces", "id,n\nA1,a\nA1 ,b\n", "id,n\nA1,a\nA1 ,x\n", (0, 0, 1, true)),
        (
            "an id of zeros",
            "id,n\n000000000000000,a\n",
            "id,n\n000000000000000,x\n",
            (0, 0, 1, true),
        ),
    ];
    for (what, archived, current, expected) in cases {
        let (archived, current) = ([("t.csv", *archived)], [("t.csv", *current)]);
        let report = compare(&archived, &current, &AgainstOptions::default());
        let table = one(&report, what);
        assert_eq!(summary_of(table, what), *expected, "{what}: added, removed, changed, by key");
        assert!(!table.equal && !table.other_order, "{what}: it is equal");
        assert_eq!(found(&report).len(), 1, "{what}: {:?}", found(&report));
        assert_eq!(found(&report)[0].code, Code::Against, "{what}");
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{what}: a live CRM changes");

        let strict = AgainstOptions::default().require_equal(true);
        let report = compare(&archived, &current, &strict);
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{what}: it has to be equal");
        assert_eq!(found(&report).len(), 1, "{what}: {:?}", found(&report));
        assert_eq!(
            summary_of(one(&report, what), what),
            *expected,
            "{what}, where it has to be equal"
        );
    }
}

#[test]
fn equal_tables_are_equal_in_any_order() {
    let strict = AgainstOptions::default().require_equal(true);
    for (what, archived, reordered) in [
        ("a key", KEYED, "id,name\n3,c\n1,a\n2,b\n"),
        ("no key", PLAIN, "code,name\n3,c\n1,a\n2,b\n"),
        ("equal records", "n\nx\ny\nx\n", "n\nx\nx\ny\n"),
    ] {
        let report = compare(&[("t.csv", archived)], &[("t.csv", archived)], &strict);
        let table = one(&report, what);
        assert!(table.equal && !table.other_order, "{what}: it differs: {table:?}");
        assert_eq!(found(&report), [], "{what}: there is nothing to report");
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{what}");

        let report = compare(&[("t.csv", archived)], &[("t.csv", reordered)], &strict);
        let table = one(&report, what);
        assert!(
            table.equal && table.other_order,
            "{what}: the order is not a difference: {table:?}"
        );
        assert_eq!(
            found(&report)[0].severity,
            Severity::Remark,
            "{what}: it is noted, and not a failure"
        );
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{what}: the records are the same");
    }
}

#[test]
fn the_key_is_given_by_the_caller_or_found_by_its_label() {
    let changed_in = |header: &str, options: &AgainstOptions| {
        let file = |cells: &str| format!("{header}\n{cells}");
        let (archived, current) = (file("1,a,x\n2,b,y\n"), file("1,a,x\n2,b,z\n"));
        let report = compare(&[("t.csv", &archived)], &[("t.csv", &current)], options);
        summary_of(one(&report, header), header)
    };
    let default = AgainstOptions::default();
    let (keyed, plain) = ((0, 0, 1, true), (1, 1, 0, false));
    for header in [
        "Id,n,m",
        "ID,n,m",
        "n,Record ID,m",
        "Record Id,n,m",
        "唯一性ID（必填）,n,m",
        "唯一性ID,n,m",
        "(Do Not Modify) Account,(Do Not Modify) Row Checksum,m",
        "record_id,n,m",
        "编号,n,m",
        "n,订单编号,m",
    ] {
        assert_eq!(changed_in(header, &default), keyed, "{header} has a key column");
    }
    for header in ["(Do Not Modify) Modified On,n,m", "valid,n,m", "Account Id 2,n,m"] {
        assert_eq!(changed_in(header, &default), plain, "{header} has no key column");
    }
    let given = |columns: &[usize]| AgainstOptions::default().key("t", columns);
    assert_eq!(changed_in("a,b,c", &given(&[1])), keyed, "a given key");
    assert_eq!(changed_in("a,b,c", &given(&[0, 1])), keyed, "a key of two columns");
    assert_eq!(changed_in("a,b,c", &given(&[2])), (1, 1, 0, true), "a key that changes");
    assert_eq!(changed_in("id,b,c", &given(&[])), plain, "no key by request");
    assert_eq!(changed_in("id,b,c", &given(&[0, 9])), plain, "there is no such column");
}

#[test]
fn tables_with_different_columns_are_reported_and_not_compared() {
    let cases: &[(&str, &str, (u64, u64, bool))] = &[
        ("another column", "id,name,more\n1,a,x\n", (1, 0, false)),
        ("a column less", "id\n1\n", (0, 1, false)),
        ("another label", "id,title\n1,a\n", (1, 1, false)),
        ("another order", "name,id\na,1\n", (0, 0, true)),
        ("a repeated label", "id,name,name\n1,a,a\n", (1, 0, false)),
    ];
    for (what, current, (added, removed, other_order)) in cases {
        let (archived, current) = ([("t.csv", KEYED)], [("t.csv", *current)]);
        let report = compare(&archived, &current, &AgainstOptions::default());
        let table = one(&report, what);
        let columns = table.columns.unwrap_or_else(|| panic!("{what}: the columns are the same"));
        assert_eq!(
            (columns.added, columns.removed, columns.other_order),
            (*added, *removed, *other_order),
            "{what}"
        );
        assert_eq!((table.equal, table.added), (false, None), "{what}: records were compared");
        assert_eq!(found(&report).len(), 1, "{what}: it is reported once: {:?}", found(&report));
        assert_eq!(report.skipped().len(), 1, "{what}: {:?}", report.skipped());
        assert_eq!(
            report.verdict(),
            Some(Verdict::Unverified),
            "{what}: the records were not compared"
        );

        let report = compare(&archived, &current, &AgainstOptions::default().require_equal(true));
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{what}: known to differ");
    }
}

#[test]
fn columns_of_different_kinds_are_different_columns() {
    let case = Case::new(&[("t.csv", KEYED)], &[]);
    rusqlite::Connection::open(case.path("now/t.sqlite"))
        .expect("a database")
        .execute_batch("CREATE TABLE t(id, name); INSERT INTO t VALUES ('1', 'a')")
        .expect("a record");
    let report = case.compare(&AgainstOptions::default());
    let table =
        report.results().against.iter().find(|table| table.table == "t").expect("it is compared");
    let columns = table.columns.expect("text and other kinds differ");
    assert_eq!((columns.other_kinds, columns.added, columns.removed), (2, 0, 0));
}

#[test]
fn database_records_are_compared_by_value() {
    let case = Case::new(&[("n.csv", "n\n1\n")], &[("n.csv", "n\n1\n")]);
    let make = |name: &str, sql: &str| {
        let database = rusqlite::Connection::open(case.path(name)).expect("a database");
        database.execute_batch(sql).expect("a table");
    };
    let table = "CREATE TABLE t(id, v); INSERT INTO t VALUES";
    make("then/crm.sqlite", &format!("{table} (1, 1), (2, '1'), (3, x'00'), (4, NULL), (5, 0.5)"));
    make("now/crm.sqlite", &format!("{table} (1, 1.0), (2, 1), (3, x'00'), (4, ''), (6, 0.5)"));
    export_to(&case.path("b.age"), &[case.path("then")], &case.keys, WriterOptions::default());
    fs::rename(case.path("b.age"), case.archive()).expect("it replaces the other");
    let report = case.compare(&AgainstOptions::default());
    let table =
        report.results().against.iter().find(|table| table.table == "t").expect("it is compared");
    assert_eq!(summary_of(table, "a database"), (1, 1, 3, true), "kinds of cells differ");
}

#[test]
fn added_and_removed_tables_are_named() {
    let both = ("both.csv", KEYED);
    let report =
        compare(&[both, ("gone.csv", PLAIN)], &[both, ("new.csv", PLAIN)], &Default::default());
    let reported: Vec<_> = report
        .results()
        .against
        .iter()
        .map(|table| (table.table.as_str(), table.equal, table.only_in, table.added, table.removed))
        .collect();
    let expected = [
        ("both", true, None, Some(0), Some(0)),
        ("gone", false, Some(Side::Archive), None, Some(3)),
        ("new", false, Some(Side::Source), Some(3), None),
    ];
    assert_eq!(reported, expected);
    assert_eq!(report.verdict(), Some(Verdict::Proven));
}

#[test]
fn parts_of_one_table_are_compared_as_one() {
    let then = [("deals_001.csv", "id,n\n1,a\n2,b\n"), ("deals_002.csv", "id,n\n3,c\n4,d\n")];
    // The same records, divided elsewhere, and one more in a new part.
    let moved = [("deals_001.csv", "id,n\n1,a\n2,b\n3,c\n"), ("deals_002.csv", "id,n\n4,d\n")];
    let more = [
        ("deals_001.csv", "id,n\n1,a\n3,c\n"),
        ("deals_002.csv", "id,n\n4,x\n"),
        ("deals_003.csv", "id,n\n5,e\n"),
    ];
    let report = compare(&then, &moved, &AgainstOptions::default());
    let table = one(&report, "moved");
    assert_eq!((&*table.table, table.equal, table.other_order), ("deals", true, false));
    let report = compare(&then, &more, &AgainstOptions::default());
    let table = one(&report, "more");
    assert_eq!((table.added, table.removed, table.changed), (Some(1), Some(1), Some(1)));
    assert!(table.by_key, "the key was found: {table:?}");
}

#[test]
fn attachments_are_compared() {
    let strict = AgainstOptions::default().require_equal(true);
    let archived: Files<'_> = &[("a.csv", KEYED), ("note.txt", "one")];
    for (what, current) in [
        ("changed", &[("a.csv", KEYED), ("note.txt", "two")][..]),
        ("gone", &[("a.csv", KEYED)]),
        ("another", &[("a.csv", KEYED), ("note.txt", "one"), ("more.txt", "")]),
    ] {
        let report = compare(archived, current, &AgainstOptions::default());
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{what}: a note");
        assert_eq!(found(&report).len(), 1, "{what}: {:?}", found(&report));
        assert_eq!(compare(archived, current, &strict).verdict(), Some(Verdict::Failed), "{what}");
    }
}

#[test]
fn an_unreadable_source_is_unverified_and_not_a_difference() {
    let strict = AgainstOptions::default().require_equal(true);
    let report = compare(
        &[("a.csv", KEYED), ("b.csv", PLAIN)],
        &[("a.csv", KEYED), ("b.csv", "code,name\n1\n")],
        &strict,
    );
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "{:?}", found(&report));
    assert!(report.skipped()[0].contains("b.csv"), "it is named: {:?}", report.skipped());
    assert_eq!(one(&report, "the other").table, "a");
    assert_eq!(found(&report), []);
}

/// Cancels the run at the given comparison.
struct Stops {
    at: u32,
    begun: AtomicU32,
}

impl Monitor for Stops {
    fn phase(&self, phase: Phase, _: Option<u64>) {
        if phase == Phase::Comparing {
            self.begun.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn should_continue(&self) -> bool {
        self.begun.load(Ordering::Relaxed) < self.at
    }
}

#[test]
fn a_comparison_can_be_cancelled() {
    let case = Case::new(&[("t.csv", KEYED)], &[("t.csv", "id,name\n1,b\n")]);
    for (at, what) in [(1, "while the sources are read"), (2, "while records are compared")] {
        let mut report = case.verified();
        let monitor = Stops { at, begun: AtomicU32::new(0) };
        let (options, keys) = (AgainstOptions::default(), &case.keys.identities);
        let compared = compare_with_sources(
            &mut report,
            &case.archive(),
            keys,
            case.current(),
            &options,
            &monitor,
        );
        let error = compared.expect_err(what);
        assert!(matches!(error.kind(), ErrorKind::Cancelled), "{what}: {error}");
        assert!(
            report.results().against.is_empty(),
            "{what}: the report holds a partial comparison"
        );
    }
}

#[test]
fn an_archive_with_an_unexpected_id_is_not_compared() {
    let case = Case::new(&[("t.csv", KEYED)], &[("t.csv", KEYED)]);
    let mut report = case.verified();
    write(&case.path("other"), &[("t.csv", PLAIN)]);
    export_to(&case.path("b.age"), &[case.path("other")], &case.keys, WriterOptions::default());
    fs::rename(case.path("b.age"), case.archive()).expect("it replaces the other");
    let (options, keys) = (AgainstOptions::default(), &case.keys.identities);
    compare_with_sources(&mut report, &case.archive(), keys, case.current(), &options, &())
        .expect("it is checked");
    assert_eq!(report.verdict(), Some(Verdict::Failed), "it is not the one that was verified");
    assert_eq!(
        (found(&report).len(), report.results().against.len()),
        (1, 0),
        "{:?}",
        found(&report)
    );
}
