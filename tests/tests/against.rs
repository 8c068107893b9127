//! An archive against its sources as they are now: each source differs from what was exported in one
//! way, and the report says that and nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use backup_core::archive::WriterOptions;
use backup_core::source::{DiscoverOptions, Discovered, discover};
use backup_core::{
    AgainstOptions, AgainstReport, Code, ErrorKind, Monitor, Phase, Report, Severity, Side,
    Verdict, VerifyOptions, compare_with_sources, verify,
};
use crm_backup_tests::zipped::{ZipMember, zip as zip_of};
use crm_backup_tests::{Keys, export_to};

/// A folder with an archive of what was, and what is now beside it.
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
    fn new(then: Files<'_>, now: Files<'_>) -> Self {
        let case = Self { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
        write(&case.path("then"), then);
        write(&case.path("now"), now);
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

    fn now(&self) -> Discovered {
        discover(&[self.path("now")], &DiscoverOptions::default()).expect("the sources are found")
    }

    fn verified(&self) -> Report {
        let options = VerifyOptions::default();
        verify(&self.archive(), &self.keys.identities, &options, &()).expect("it is verified")
    }

    fn compare(&self, options: &AgainstOptions) -> Report {
        let mut report = self.verified();
        let (archive, keys) = (self.archive(), &self.keys.identities);
        compare_with_sources(&mut report, &archive, keys, self.now(), options, &())
            .expect("it is compared");
        report
    }
}

fn compare(then: Files<'_>, now: Files<'_>, options: &AgainstOptions) -> Report {
    Case::new(then, now).compare(options)
}

fn one<'a>(report: &'a Report, what: &str) -> &'a AgainstReport {
    assert_eq!(report.against.len(), 1, "{what}: it is one table: {:?}", report.against);
    &report.against[0]
}

/// How many records were added, removed and changed, and whether a key said so.
type Told = (u64, u64, u64, bool);

fn told(table: &AgainstReport, what: &str) -> Told {
    let count = |count: Option<u64>| count.unwrap_or_else(|| panic!("{what}: not compared"));
    (count(table.added), count(table.removed), count(table.changed), table.by_key)
}

const KEYED: &str = "id,name\n1,a\n2,b\n3,c\n";
const PLAIN: &str = "code,name\n1,a\n2,b\n3,c\n";

#[test]
fn each_difference_is_told_by_itself() {
    let cases: &[(&str, &str, &str, Told)] = &[
        ("a changed cell", KEYED, "id,name\n1,a\n2,x\n3,c\n", (0, 0, 1, true)),
        ("a missing record", KEYED, "id,name\n1,a\n3,c\n", (0, 1, 0, true)),
        ("an added record", KEYED, "id,name\n1,a\n2,b\n3,c\n4,d\n", (1, 0, 0, true)),
        ("another key", KEYED, "id,name\n1,a\n2,b\n4,c\n", (1, 1, 0, true)),
        ("a key that is there twice now", KEYED, "id,name\n1,a\n2,b\n3,c\n3,d\n", (1, 0, 0, true)),
        ("nothing is left", KEYED, "id,name\n", (0, 3, 0, true)),
        ("nothing was there", "id,name\n", KEYED, (3, 0, 0, true)),
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
            "another of two is twice",
            "n,m\nx,1\nx,1\ny,1\n",
            "n,m\nx,1\ny,1\ny,1\n",
            (1, 1, 0, false),
        ),
        ("ids that are not unique", "id,n\n1,a\n1,b\n", "id,n\n1,a\n1,c\n", (1, 1, 0, false)),
        ("an id that is null", "id,n\n1,a\n,b\n", "id,n\n1,a\n,c\n", (1, 1, 0, false)),
        ("null and empty text", "id,n\n1,\n", "id,n\n1,\"\"\n", (0, 0, 1, true)),
    ];
    for (what, then, now, expected) in cases {
        let (then, now) = ([("t.csv", *then)], [("t.csv", *now)]);
        let report = compare(&then, &now, &AgainstOptions::default());
        let table = one(&report, what);
        assert_eq!(told(table, what), *expected, "{what}: added, removed, changed, by key");
        assert!(!table.equal && !table.other_order, "{what}: it is equal");
        assert_eq!(report.findings.len(), 1, "{what}: {:?}", report.findings);
        assert_eq!(report.findings[0].code, Code::Against, "{what}");
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{what}: a live CRM moves on");

        let strict = AgainstOptions::default().require_equal(true);
        let report = compare(&then, &now, &strict);
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{what}: it has to be equal");
        assert_eq!(report.findings.len(), 1, "{what}: {:?}", report.findings);
        assert_eq!(told(one(&report, what), what), *expected, "{what}, where it has to be equal");
    }
}

#[test]
fn what_is_equal_is_equal_in_every_order() {
    let strict = AgainstOptions::default().require_equal(true);
    for (what, then, reordered) in [
        ("a key", KEYED, "id,name\n3,c\n1,a\n2,b\n"),
        ("no key", PLAIN, "code,name\n3,c\n1,a\n2,b\n"),
        ("equal records", "n\nx\ny\nx\n", "n\nx\nx\ny\n"),
    ] {
        let report = compare(&[("t.csv", then)], &[("t.csv", then)], &strict);
        let table = one(&report, what);
        assert!(table.equal && !table.other_order, "{what}: it is not equal: {table:?}");
        assert_eq!(report.findings, [], "{what}: there is nothing to say");
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{what}");

        let report = compare(&[("t.csv", then)], &[("t.csv", reordered)], &strict);
        let table = one(&report, what);
        assert!(table.equal && table.other_order, "{what}: the order is no difference: {table:?}");
        assert_eq!(
            report.findings[0].severity,
            Severity::Remark,
            "{what}: it is said, and no fault"
        );
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{what}: the same records are there");
    }
}

#[test]
fn a_key_is_what_the_caller_says_or_what_is_labelled_as_one() {
    let changed_in = |header: &str, options: &AgainstOptions| {
        let file = |cells: &str| format!("{header}\n{cells}");
        let (then, now) = (file("1,a,x\n2,b,y\n"), file("1,a,x\n2,b,z\n"));
        let report = compare(&[("t.csv", &then)], &[("t.csv", &now)], options);
        told(one(&report, header), header)
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
        assert_eq!(changed_in(header, &default), keyed, "{header} has an id");
    }
    for header in ["(Do Not Modify) Modified On,n,m", "valid,n,m", "Account Id 2,n,m"] {
        assert_eq!(changed_in(header, &default), plain, "{header} has none");
    }
    let given = |columns: &[usize]| AgainstOptions::default().key("t", columns);
    assert_eq!(changed_in("a,b,c", &given(&[1])), keyed, "a key that is given");
    assert_eq!(changed_in("a,b,c", &given(&[0, 1])), keyed, "a key of two columns");
    assert_eq!(changed_in("a,b,c", &given(&[2])), (1, 1, 0, true), "a key that changes");
    assert_eq!(changed_in("id,b,c", &given(&[])), plain, "it is said that there is none");
    assert_eq!(changed_in("id,b,c", &given(&[0, 9])), plain, "there is no such column");
}

#[test]
fn other_columns_are_said_and_their_records_not_compared() {
    let cases: &[(&str, &str, (u64, u64, bool))] = &[
        ("another column", "id,name,more\n1,a,x\n", (1, 0, false)),
        ("a column less", "id\n1\n", (0, 1, false)),
        ("another label", "id,title\n1,a\n", (1, 1, false)),
        ("another order", "name,id\na,1\n", (0, 0, true)),
        ("a label that is there twice", "id,name,name\n1,a,a\n", (1, 0, false)),
    ];
    for (what, now, (added, removed, other_order)) in cases {
        let (then, now) = ([("t.csv", KEYED)], [("t.csv", *now)]);
        let report = compare(&then, &now, &AgainstOptions::default());
        let table = one(&report, what);
        let columns = table.columns.unwrap_or_else(|| panic!("{what}: the columns are the same"));
        assert_eq!(
            (columns.added, columns.removed, columns.other_order),
            (*added, *removed, *other_order),
            "{what}"
        );
        assert_eq!((table.equal, table.added), (false, None), "{what}: nobody compared records");
        assert_eq!(report.findings.len(), 1, "{what}: it is said once: {:?}", report.findings);
        assert_eq!(report.not_looked_at.len(), 1, "{what}: {:?}", report.not_looked_at);
        assert_eq!(report.verdict(), Some(Verdict::Unverified), "{what}: nobody looked at records");

        let report = compare(&then, &now, &AgainstOptions::default().require_equal(true));
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{what}: known to differ");
    }
}

#[test]
fn columns_of_other_kinds_are_other_columns() {
    let case = Case::new(&[("t.csv", KEYED)], &[]);
    rusqlite::Connection::open(case.path("now/t.sqlite"))
        .expect("a database")
        .execute_batch("CREATE TABLE t(id, name); INSERT INTO t VALUES ('1', 'a')")
        .expect("a record");
    let report = case.compare(&AgainstOptions::default());
    let table = report.against.iter().find(|table| table.table == "t").expect("it is compared");
    let columns = table.columns.expect("text is not the same as anything");
    assert_eq!((columns.other_kinds, columns.added, columns.removed), (2, 0, 0));
}

#[test]
fn records_of_a_database_are_compared_by_what_they_hold() {
    let case = Case::new(&[("n.csv", "n\n1\n")], &[("n.csv", "n\n1\n")]);
    let make = |name: &str, sql: &str| {
        let database = rusqlite::Connection::open(case.path(name)).expect("a database");
        database.execute_batch(sql).expect("a table");
    };
    let table = "CREATE TABLE t(id, v); INSERT INTO t VALUES";
    make("then/crm.sqlite", &format!("{table} (1, 1), (2, '1'), (3, x'00'), (4, NULL), (5, 0.5)"));
    make("now/crm.sqlite", &format!("{table} (1, 1.0), (2, 1), (3, x'00'), (4, ''), (6, 0.5)"));
    export_to(&case.path("b.age"), &[case.path("then")], &case.keys, WriterOptions::default());
    fs::rename(case.path("b.age"), case.archive()).expect("it takes the place of the other");
    let report = case.compare(&AgainstOptions::default());
    let table = report.against.iter().find(|table| table.table == "t").expect("it is compared");
    assert_eq!(told(table, "a database"), (1, 1, 3, true), "kinds of cells are told apart");
}

#[test]
fn tables_that_come_and_go_are_named() {
    let both = ("both.csv", KEYED);
    let report =
        compare(&[both, ("gone.csv", PLAIN)], &[both, ("new.csv", PLAIN)], &Default::default());
    let seen: Vec<_> = report
        .against
        .iter()
        .map(|table| (table.table.as_str(), table.equal, table.only_in, table.added, table.removed))
        .collect();
    let expected = [
        ("both", true, None, Some(0), Some(0)),
        ("gone", false, Some(Side::Archive), None, Some(3)),
        ("new", false, Some(Side::Source), Some(3), None),
    ];
    assert_eq!(seen, expected);
    assert_eq!(report.verdict(), Some(Verdict::Proven));
}

#[test]
fn attachments_are_compared_too() {
    let strict = AgainstOptions::default().require_equal(true);
    let then: Files<'_> = &[("a.csv", KEYED), ("note.txt", "one")];
    for (what, now) in [
        ("changed", &[("a.csv", KEYED), ("note.txt", "two")][..]),
        ("gone", &[("a.csv", KEYED)]),
        ("another", &[("a.csv", KEYED), ("note.txt", "one"), ("more.txt", "")]),
    ] {
        let report = compare(then, now, &AgainstOptions::default());
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{what}: a remark");
        assert_eq!(report.findings.len(), 1, "{what}: {:?}", report.findings);
        assert_eq!(compare(then, now, &strict).verdict(), Some(Verdict::Failed), "{what}");
    }
}

#[test]
fn what_cannot_be_read_now_is_not_verified_and_never_a_difference() {
    let strict = AgainstOptions::default().require_equal(true);
    let report = compare(
        &[("a.csv", KEYED), ("b.csv", PLAIN)],
        &[("a.csv", KEYED), ("b.csv", "code,name\n1\n")],
        &strict,
    );
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "{:?}", report.findings);
    assert!(report.not_looked_at[0].contains("b.csv"), "it is named: {:?}", report.not_looked_at);
    assert_eq!(one(&report, "the other").table, "a");
    assert_eq!(report.findings, []);
}

/// Stops the run when it comes to compare for the so manieth time.
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

    fn go_on(&self) -> bool {
        self.begun.load(Ordering::Relaxed) < self.at
    }
}

#[test]
fn a_comparison_can_be_stopped() {
    let case = Case::new(&[("t.csv", KEYED)], &[("t.csv", "id,name\n1,b\n")]);
    for (at, what) in [(1, "while the sources are read"), (2, "while records are compared")] {
        let mut report = case.verified();
        let monitor = Stops { at, begun: AtomicU32::new(0) };
        let (options, keys) = (AgainstOptions::default(), &case.keys.identities);
        let compared = compare_with_sources(
            &mut report,
            &case.archive(),
            keys,
            case.now(),
            &options,
            &monitor,
        );
        let error = compared.expect_err(what);
        assert!(matches!(error.kind(), ErrorKind::Cancelled), "{what}: {error}");
        assert!(report.against.is_empty(), "{what}: half of a comparison is in the report");
    }
}

#[test]
fn another_archive_in_its_place_is_not_compared() {
    let case = Case::new(&[("t.csv", KEYED)], &[("t.csv", KEYED)]);
    let mut report = case.verified();
    write(&case.path("other"), &[("t.csv", PLAIN)]);
    export_to(&case.path("b.age"), &[case.path("other")], &case.keys, WriterOptions::default());
    fs::rename(case.path("b.age"), case.archive()).expect("it takes the place of the other");
    let (options, keys) = (AgainstOptions::default(), &case.keys.identities);
    compare_with_sources(&mut report, &case.archive(), keys, case.now(), &options, &())
        .expect("it is looked at");
    assert_eq!(report.verdict(), Some(Verdict::Failed), "it is not the one that was verified");
    assert_eq!((report.findings.len(), report.against.len()), (1, 0), "{:?}", report.findings);
}

/// Databases in folders, each with a table `accounts` of one record of its own.
fn databases(case: &Case, databases: &[(&str, &str)]) -> Vec<PathBuf> {
    let make = |(path, value): &(&str, &str)| {
        let path = case.path(path);
        if path.exists() {
            return path;
        }
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder");
        let sql =
            format!("CREATE TABLE accounts(id, v); INSERT INTO accounts VALUES (1, '{value}')");
        let database = rusqlite::Connection::open(&path).expect("a database");
        database.execute_batch(&sql).expect("a table");
        path
    };
    databases.iter().map(make).collect()
}

/// What comes of databases that were exported in one order, and are compared in another.
fn compare_databases(then: &[(&str, &str)], now: &[(&str, &str)]) -> Report {
    let case = Case { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
    let then = databases(&case, then);
    export_to(&case.archive(), &then, &case.keys, WriterOptions::default());
    let now = databases(&case, now);
    compare_with(&case, &now)
}

/// What comes of these files and folders now.
fn compare_with(case: &Case, now: &[PathBuf]) -> Report {
    let found = discover(now, &DiscoverOptions::default()).expect("the sources are found");
    let mut report = case.verified();
    let (options, keys) = (AgainstOptions::default(), &case.keys.identities);
    compare_with_sources(&mut report, &case.archive(), keys, found, &options, &())
        .expect("it is compared");
    report
}

/// Each table that was compared: whether it is equal, and the only place that has it.
fn compared(report: &Report) -> Vec<(&str, bool, Option<Side>)> {
    let told = |it: &'_ AgainstReport| (it.equal, it.only_in);
    report.against.iter().map(|it| (it.table.as_str(), told(it).0, told(it).1)).collect()
}

#[test]
fn tables_of_one_name_are_told_apart_by_their_sources() {
    let (a, b) = (("then/a.sqlite", "one"), ("then/b.sqlite", "two"));
    let both = [("accounts", true, None), ("accounts (b.sqlite)", true, None)];
    for now in [[a, b], [b, a]] {
        let report = compare_databases(&[a, b], &now);
        assert_eq!(compared(&report), both, "compared as {now:?}");
        assert_eq!(report.findings, [], "compared as {now:?}");
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.not_looked_at);
    }

    let report = compare_databases(&[a, b], &[b]);
    let gone = [("accounts", false, Some(Side::Archive)), both[1]];
    assert_eq!(compared(&report), gone, "the first has gone");

    let report = compare_databases(&[a], &[b, a]);
    let come = [both[0], ("accounts (b.sqlite)", false, Some(Side::Source))];
    assert_eq!(compared(&report), come, "another has come, and before the one that was there");
}

#[test]
fn a_table_from_another_source_is_known_by_its_name_if_that_is_its_alone() {
    let old = ("then/crm-2025.sqlite", "one");
    let report = compare_databases(&[old], &[("now/crm-2026.sqlite", "one")]);
    assert_eq!(report.against.len(), 1, "{:?}", report.against);
    assert!(report.against[0].equal, "{:?}", report.against);

    // Which of two it is, or which of two is it, nobody can tell.
    for (what, then, now) in [
        (
            "two then",
            &[("then/a.sqlite", "one"), ("then/b.sqlite", "two")][..],
            &[("now/c.sqlite", "one")][..],
        ),
        ("two now", &[old], &[("now/a.sqlite", "one"), ("now/b.sqlite", "two")]),
    ] {
        let report = compare_databases(then, now);
        assert_eq!(report.against, [], "{what}");
        let tables = report.not_looked_at.iter().filter(|why| why.starts_with("table accounts"));
        assert_eq!(tables.count(), then.len(), "{what}: {:?}", report.not_looked_at);
        assert_eq!(report.verdict(), Some(Verdict::Unverified), "{what}: {:?}", report.findings);
    }
}

#[test]
fn sources_of_one_name_in_another_order_are_not_compared_with_each_other() {
    let (a, b) = (("a/crm.sqlite", "one"), ("b/crm.sqlite", "two"));
    let report = compare_databases(&[a, b], &[a, b]);
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.not_looked_at);
    assert_eq!(report.findings, []);

    let report = compare_databases(&[a, b], &[b, a]);
    assert_eq!(report.findings, [], "no difference is claimed where none is");
    assert_eq!(report.against, []);
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "{:?}", report.not_looked_at);
    let about =
        |what: &str| report.not_looked_at.iter().filter(|why| why.starts_with(what)).count();
    assert_eq!(about("table accounts"), 2, "{:?}", report.not_looked_at);
    assert!(about("file ") > 0, "the files themselves: {:?}", report.not_looked_at);
}

#[test]
fn a_file_of_the_same_name_in_a_subfolder_changes_nothing() {
    let case = Case::new(&[("t.csv", KEYED)], &[("t.csv", KEYED)]);
    write(&case.path("now/old"), &[("t.csv", PLAIN)]);
    let report = case.compare(&AgainstOptions::default());
    // It comes first, and is called `t` now; the other one is still the same.
    let expected = [("t", true, None), ("t (old/t.csv)", false, Some(Side::Source))];
    assert_eq!(compared(&report), expected);
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.not_looked_at);
}

#[test]
fn folders_of_one_name_tell_nothing_apart() {
    let (x, y) = (("x/b/crm.sqlite", "one"), ("y/b/crm.sqlite", "two"));
    let c = ("c/crm.sqlite", "three");
    for (what, then, now) in [
        ("the other order", &[x, y][..], &[y, x][..]),
        ("with a third one before them", &[c, x, y], &[c, y, x]),
        ("with a third one, that was before them", &[c, x, y], &[x, c, y]),
        ("with a third one between them", &[x, c, y], &[y, c, x]),
    ] {
        let report = compare_databases(then, now);
        assert_eq!(report.findings, [], "{what}: no difference is claimed where none is");
        assert_eq!(report.against, [], "{what}");
        assert_eq!(report.verdict(), Some(Verdict::Unverified), "{what}");
        let tables = report.not_looked_at.iter().filter(|why| why.starts_with("table accounts"));
        assert_eq!(tables.count(), then.len(), "{what}: {:?}", report.not_looked_at);
    }
}

#[test]
fn folders_that_end_in_a_number_are_folders_like_others() {
    let all = ["export/crm.sqlite", "export-2/crm.sqlite", "export-3/crm.sqlite"];
    let all = all.map(|path| (path, path));
    let report = compare_databases(&all, &all);
    assert_eq!(report.findings, []);
    assert_eq!(report.against.len(), all.len(), "{:?}", report.not_looked_at);
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.not_looked_at);
}

#[test]
fn folders_that_are_named_as_wholes_are_compared_by_their_names() {
    let case = Case { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
    let folders = |names: &[&str]| names.iter().map(|name| case.path(name)).collect::<Vec<_>>();
    for (name, other) in [("one", "x"), ("two", "y")] {
        let content = format!("id,name\n1,{name}\n");
        write(&case.path(name), &[("accounts.csv", &content), (&format!("{other}.csv"), PLAIN)]);
    }
    export_to(&case.archive(), &folders(&["one", "two"]), &case.keys, WriterOptions::default());
    let report = compare_with(&case, &folders(&["one", "two"]));
    assert_eq!(report.findings, [], "nothing has changed");
    assert_eq!(report.against.len(), 4, "{:?}", report.not_looked_at);
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.not_looked_at);

    let report = compare_with(&case, &folders(&["two", "one"]));
    assert_eq!(report.findings, [], "no difference is claimed where none is");
    assert_eq!(compared(&report), [("x", true, None), ("y", true, None)], "those of one name");
    assert_eq!(report.verdict(), Some(Verdict::Unverified));

    // A third one changes nothing of the first two.
    write(&case.path("three"), &[("accounts.csv", KEYED)]);
    let report = compare_with(&case, &folders(&["one", "two", "three"]));
    let new: Vec<_> = compared(&report).into_iter().filter(|(_, equal, _)| !equal).collect();
    assert_eq!(new, [("accounts (three/accounts.csv)", false, Some(Side::Source))]);
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.not_looked_at);
}

/// A file that begins as a database does, and is none.
fn broken(path: &Path) {
    fs::write(path, [b"SQLite format 3\0".as_slice(), &[7; 2000]].concat()).expect("a file");
}

#[test]
fn a_table_that_is_new_is_told_though_one_of_its_name_cannot_be_read_now() {
    let all = [("now/a.sqlite", "one"), ("now/b.sqlite", "two")];
    let new = ("accounts (accounts.csv)", false, Some(Side::Source));
    for (what, then, still) in [
        ("the only one", &all[..1], None),
        ("one of two", &all[..], Some(("accounts (b.sqlite)", true, None))),
    ] {
        let case = Case { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
        let mut now = databases(&case, then);
        export_to(&case.archive(), &now, &case.keys, WriterOptions::default());
        broken(&now[0]);
        write(&case.path("now"), &[("accounts.csv", KEYED)]);
        now.push(case.path("now/accounts.csv"));
        let report = compare_with(&case, &now);
        let expected: Vec<_> = still.into_iter().chain([new]).collect();
        assert_eq!(compared(&report), expected, "{what}: {:?}", report.not_looked_at);
        assert_eq!(report.verdict(), Some(Verdict::Unverified), "{what}: {:?}", report.findings);
        let about = |name: &str| report.not_looked_at.iter().any(|why| why.starts_with(name));
        assert!(about("a.sqlite"), "{what}: {:?}", report.not_looked_at);
        assert_eq!(report.findings.len(), 1, "{what}: {:?}", report.findings);
    }
}

#[test]
fn what_was_made_of_a_source_that_cannot_be_read_now_is_not_said_to_be_gone() {
    let case = Case { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
    let database = databases(&case, &[("a.sqlite", "one")]);
    let zip = case.path("crm.zip");
    fs::write(&zip, zip_of(&[ZipMember::stored("t.csv", KEYED.as_bytes())])).expect("a ZIP file");
    let both = [database[0].clone(), zip.clone()];
    export_to(&case.archive(), &both, &case.keys, WriterOptions::default());
    assert_eq!(compare_with(&case, &both).findings, [], "nothing has changed");

    broken(&database[0]);
    let whole = fs::read(&zip).expect("it is read");
    fs::write(&zip, &whole[..whole.len() - 30]).expect("half a ZIP file");
    let report = compare_with(&case, &both);
    assert_eq!(report.findings, [], "nobody could look: {:?}", report.not_looked_at);
    assert_eq!(report.verdict(), Some(Verdict::Unverified));
}

#[test]
fn who_cannot_be_read_of_two_that_cannot_be_told_apart_is_not_known() {
    let case = Case { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
    for (folder, table) in [("a", "x"), ("b", "y")] {
        fs::create_dir_all(case.path(folder)).expect("a folder");
        let path = case.path(folder).join("crm.sqlite");
        let sql = format!("CREATE TABLE {table}(id, v); INSERT INTO {table} VALUES (1, 2)");
        let database = rusqlite::Connection::open(path).expect("a database");
        database.execute_batch(&sql).expect("a table");
    }
    let [a, b] = ["a/crm.sqlite", "b/crm.sqlite"].map(|path| case.path(path));
    export_to(&case.archive(), &[a.clone(), b.clone()], &case.keys, WriterOptions::default());
    broken(&b);
    let report = compare_with(&case, &[b, a]);
    assert_eq!(report.findings, [], "nothing has gone and nothing come: {:?}", report.against);
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "{:?}", report.not_looked_at);
}
