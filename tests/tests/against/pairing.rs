//! Which current table corresponds to which archived one: by its source, or by its name if the name is
//! unique. Tables that cannot be distinguished or read are not reported as differences.

use std::fs;
use std::path::{Path, PathBuf};

use backup_core::archive::WriterOptions;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{AgainstOptions, AgainstReport, Report, Side, Verdict, compare_with_sources};
use crm_backup_tests::zipped::{ZipMember, zip as zip_of};
use crm_backup_tests::{Keys, export_to};

use super::{Case, KEYED, PLAIN, write};

/// Databases in folders, each with a table `accounts` of one distinct record.
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

/// The result for databases that were exported in one order and are compared in another.
fn compare_databases(archived: &[(&str, &str)], current: &[(&str, &str)]) -> Report {
    let case = Case { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
    let archived = databases(&case, archived);
    export_to(&case.archive(), &archived, &case.keys, WriterOptions::default());
    let current = databases(&case, current);
    compare_with(&case, &current)
}

/// The result for these current files and folders.
fn compare_with(case: &Case, current: &[PathBuf]) -> Report {
    let found = discover(current, &DiscoverOptions::default()).expect("the sources are found");
    let mut report = case.verified();
    let (options, keys) = (AgainstOptions::default(), &case.keys.identities);
    compare_with_sources(&mut report, &case.archive(), keys, found, &options, &())
        .expect("it is compared");
    report
}

/// Each compared table: whether it is equal, or the only side that has it.
fn compared(report: &Report) -> Vec<(&str, bool, Option<Side>)> {
    let reported = |it: &'_ AgainstReport| (it.equal, it.only_in);
    report
        .results()
        .against
        .iter()
        .map(|it| (it.table.as_str(), reported(it).0, reported(it).1))
        .collect()
}

#[test]
fn tables_with_the_same_name_are_distinguished_by_source() {
    let (a, b) = (("then/a.sqlite", "one"), ("then/b.sqlite", "two"));
    let both = [("accounts", true, None), ("accounts (b.sqlite)", true, None)];
    for current in [[a, b], [b, a]] {
        let report = compare_databases(&[a, b], &current);
        assert_eq!(compared(&report), both, "compared as {current:?}");
        assert_eq!(report.findings(), [], "compared as {current:?}");
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.skipped());
    }

    let report = compare_databases(&[a, b], &[b]);
    let removed = [("accounts", false, Some(Side::Archive)), both[1]];
    assert_eq!(compared(&report), removed, "the first is removed");

    let report = compare_databases(&[a], &[b, a]);
    let added = [both[0], ("accounts (b.sqlite)", false, Some(Side::Source))];
    assert_eq!(compared(&report), added, "another is added before the existing one");
}

#[test]
fn a_moved_table_is_matched_by_a_unique_name() {
    let old = ("then/crm-2025.sqlite", "one");
    let report = compare_databases(&[old], &[("now/crm-2026.sqlite", "one")]);
    assert_eq!(report.results().against.len(), 1, "{:?}", report.results().against);
    assert!(report.results().against[0].equal, "{:?}", report.results().against);

    // With two candidates on either side, the match is unknown.
    for (what, archived, current) in [
        (
            "two then",
            &[("then/a.sqlite", "one"), ("then/b.sqlite", "two")][..],
            &[("now/c.sqlite", "one")][..],
        ),
        ("two now", &[old], &[("now/a.sqlite", "one"), ("now/b.sqlite", "two")]),
    ] {
        let report = compare_databases(archived, current);
        assert_eq!(report.results().against, [], "{what}");
        let skipped = report.skipped();
        let tables = skipped.iter().filter(|why| why.starts_with("table accounts"));
        assert_eq!(tables.count(), archived.len(), "{what}: {skipped:?}");
        assert_eq!(report.verdict(), Some(Verdict::Unverified), "{what}: {:?}", report.findings());
    }
}

#[test]
fn sources_with_the_same_name_are_not_matched_by_position() {
    let (a, b) = (("a/crm.sqlite", "one"), ("b/crm.sqlite", "two"));
    let report = compare_databases(&[a, b], &[a, b]);
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.skipped());
    assert_eq!(report.findings(), []);

    let report = compare_databases(&[a, b], &[b, a]);
    assert_eq!(report.findings(), [], "equal tables must not be reported as different");
    assert_eq!(report.results().against, []);
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "{:?}", report.skipped());
    let about = |what: &str| report.skipped().iter().filter(|why| why.starts_with(what)).count();
    assert_eq!(about("table accounts"), 2, "{:?}", report.skipped());
    assert!(about("file ") > 0, "the files themselves: {:?}", report.skipped());
}

#[test]
fn a_file_of_the_same_name_in_a_subfolder_changes_nothing() {
    let case = Case::new(&[("t.csv", KEYED)], &[("t.csv", KEYED)]);
    write(&case.path("now/old"), &[("t.csv", PLAIN)]);
    let report = case.compare(&AgainstOptions::default());
    // It comes first, and its name is now `t`; the other one is unchanged.
    let expected = [("t", true, None), ("t (old/t.csv)", false, Some(Side::Source))];
    assert_eq!(compared(&report), expected);
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.skipped());
}

#[test]
fn folders_with_the_same_name_do_not_distinguish_tables() {
    let (x, y) = (("x/b/crm.sqlite", "one"), ("y/b/crm.sqlite", "two"));
    let c = ("c/crm.sqlite", "three");
    for (what, archived, current) in [
        ("the other order", &[x, y][..], &[y, x][..]),
        ("with a third one before them", &[c, x, y], &[c, y, x]),
        ("with a third one, that was before them", &[c, x, y], &[x, c, y]),
        ("with a third one between them", &[x, c, y], &[y, c, x]),
    ] {
        let report = compare_databases(archived, current);
        assert_eq!(report.findings(), [], "{what}: equal tables must not be reported as different");
        assert_eq!(report.results().against, [], "{what}");
        assert_eq!(report.verdict(), Some(Verdict::Unverified), "{what}");
        let skipped = report.skipped();
        let tables = skipped.iter().filter(|why| why.starts_with("table accounts"));
        assert_eq!(tables.count(), archived.len(), "{what}: {skipped:?}");
    }
}

#[test]
fn folders_whose_names_end_in_a_number_are_matched() {
    let all = ["export/crm.sqlite", "export-2/crm.sqlite", "export-3/crm.sqlite"];
    let all = all.map(|path| (path, path));
    let report = compare_databases(&all, &all);
    assert_eq!(report.findings(), []);
    assert_eq!(report.results().against.len(), all.len(), "{:?}", report.skipped());
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.skipped());
}

#[test]
fn folders_given_as_sources_are_matched_by_name() {
    let case = Case { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
    let folders = |names: &[&str]| names.iter().map(|name| case.path(name)).collect::<Vec<_>>();
    for (name, other) in [("one", "x"), ("two", "y")] {
        let content = format!("id,name\n1,{name}\n");
        write(&case.path(name), &[("accounts.csv", &content), (&format!("{other}.csv"), PLAIN)]);
    }
    export_to(&case.archive(), &folders(&["one", "two"]), &case.keys, WriterOptions::default());
    let report = compare_with(&case, &folders(&["one", "two"]));
    assert_eq!(report.findings(), [], "nothing has changed");
    assert_eq!(report.results().against.len(), 4, "{:?}", report.skipped());
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.skipped());

    let report = compare_with(&case, &folders(&["two", "one"]));
    assert_eq!(report.findings(), [], "equal tables must not be reported as different");
    assert_eq!(compared(&report), [("x", true, None), ("y", true, None)], "those of the same name");
    assert_eq!(report.verdict(), Some(Verdict::Unverified));

    // A third one does not affect the first two.
    write(&case.path("three"), &[("accounts.csv", KEYED)]);
    let report = compare_with(&case, &folders(&["one", "two", "three"]));
    let new: Vec<_> = compared(&report).into_iter().filter(|(_, equal, _)| !equal).collect();
    assert_eq!(new, [("accounts (three/accounts.csv)", false, Some(Side::Source))]);
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.skipped());
}

/// A file that begins like a database but is not one.
fn broken(path: &Path) {
    fs::write(path, [b"SQLite format 3\0".as_slice(), &[7; 2000]].concat()).expect("a file");
}

#[test]
fn a_new_table_is_reported_although_a_namesake_is_unreadable() {
    let all = [("now/a.sqlite", "one"), ("now/b.sqlite", "two")];
    let new = ("accounts (accounts.csv)", false, Some(Side::Source));
    for (what, archived, still) in [
        ("the only one", &all[..1], None),
        ("one of two", &all[..], Some(("accounts (b.sqlite)", true, None))),
    ] {
        let case = Case { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
        let mut current = databases(&case, archived);
        export_to(&case.archive(), &current, &case.keys, WriterOptions::default());
        broken(&current[0]);
        write(&case.path("now"), &[("accounts.csv", KEYED)]);
        current.push(case.path("now/accounts.csv"));
        let report = compare_with(&case, &current);
        let expected: Vec<_> = still.into_iter().chain([new]).collect();
        assert_eq!(compared(&report), expected, "{what}: {:?}", report.skipped());
        assert_eq!(report.verdict(), Some(Verdict::Unverified), "{what}: {:?}", report.findings());
        let about = |name: &str| report.skipped().iter().any(|why| why.starts_with(name));
        assert!(about("a.sqlite"), "{what}: {:?}", report.skipped());
        assert_eq!(report.findings().len(), 1, "{what}: {:?}", report.findings());
    }
}

#[test]
fn tables_of_an_unreadable_source_are_not_reported_as_removed() {
    let case = Case { keys: Keys::generate(), folder: tempfile::tempdir().expect("a folder") };
    let database = databases(&case, &[("a.sqlite", "one")]);
    let zip = case.path("crm.zip");
    fs::write(&zip, zip_of(&[ZipMember::stored("t.csv", KEYED.as_bytes())])).expect("a ZIP file");
    let both = [database[0].clone(), zip.clone()];
    export_to(&case.archive(), &both, &case.keys, WriterOptions::default());
    assert_eq!(compare_with(&case, &both).findings(), [], "nothing has changed");

    broken(&database[0]);
    let whole = fs::read(&zip).expect("it is read");
    fs::write(&zip, &whole[..whole.len() - 30]).expect("half a ZIP file");
    let report = compare_with(&case, &both);
    assert_eq!(report.findings(), [], "it could not be compared: {:?}", report.skipped());
    assert_eq!(report.verdict(), Some(Verdict::Unverified));
}

#[test]
fn an_unreadable_one_of_two_identical_sources_is_not_identified() {
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
    assert_eq!(
        report.findings(),
        [],
        "nothing was removed and nothing added: {:?}",
        report.results().against
    );
    assert_eq!(report.verdict(), Some(Verdict::Unverified), "{:?}", report.skipped());
}
