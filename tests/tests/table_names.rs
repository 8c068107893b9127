//! A name stands for the same table wherever it is given; an ambiguous one is refused with the
//! choices.

use std::fs;
use std::path::PathBuf;

use backup_core::archive::WriterOptions;
use backup_core::check::Schema;
use backup_core::scratch::SqliteScratch;
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{
    AgainstOptions, ErrorKind, ExpectedTotals, Report, RestoreOptions, RestoreTestOptions,
    VerifyOptions, compare_with_sources, restore_folder, restore_test, verify,
};
use crm_backup_tests::{Keys, export_to, names_in};

struct Case {
    folder: tempfile::TempDir,
    keys: Keys,
}

impl Case {
    /// Exports files.
    fn new(files: &[(&str, &str)]) -> Self {
        let case = Self { folder: tempfile::tempdir().expect("a folder"), keys: Keys::generate() };
        case.write("src", files);
        let options = WriterOptions::default();
        export_to(&case.path("a.tar.zst.age"), &[case.path("src")], &case.keys, options);
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, folder: &str, files: &[(&str, &str)]) {
        for (name, content) in files {
            let path = self.path(folder).join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, content).expect("a file");
        }
    }

    /// The restored files of a table, or the error.
    fn restore(&self, table: &str) -> Result<Vec<String>, String> {
        let out = self.path(&format!("out-{}", table.replace('/', "-")));
        let options = RestoreOptions::default().table(table);
        let identities = &self.keys.identities;
        match restore_folder(&self.path("a.tar.zst.age"), identities, &out, &options, &()) {
            Ok(_) => Ok(names_in(&out.join("tables"))),
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::NotFound { .. }), "{error}");
                Err(error.hint().expect("it has a hint").to_string())
            }
        }
    }

    fn test(&self, schema: &str, totals: &str) -> Report {
        let mut scratch = SqliteScratch::in_memory().expect("a database");
        let schema = Schema::parse(schema).expect("a schema");
        let totals = ExpectedTotals::parse(totals.as_bytes()).expect("totals");
        let options = RestoreTestOptions::default().schema(schema).expected(totals);
        let archive = self.path("a.tar.zst.age");
        let tested = restore_test(&archive, &self.keys.identities, &mut scratch, options, &());
        tested.expect("it is tested")
    }

    fn compare(&self, options: &AgainstOptions) -> backup_core::Result<Report> {
        let (archive, identities) = (self.path("a.tar.zst.age"), &self.keys.identities);
        let options_of_verify = VerifyOptions::default();
        let mut report = verify(&archive, identities, &options_of_verify, &()).expect("verified");
        let found = discover(&[self.path("now")], &DiscoverOptions::default());
        let found = found.expect("something is found");
        compare_with_sources(&mut report, &archive, identities, found, options, &())?;
        Ok(report)
    }
}

#[test]
fn one_rule_resolves_the_names_of_tables() {
    let case = Case::new(&[
        ("a/accounts.csv", "id,name\n1,Ann\n"),
        ("b/accounts.csv", "id,name\n1,Ann\n2,Bo\n"),
        ("contacts-2026.csv", "id,name\n1,Ann\n2,Bo\n3,Cy\n"),
    ]);
    let choices = "accounts (a/accounts.csv), accounts (b/accounts.csv)";
    for name in ["accounts", "accounts.csv"] {
        let refusal = case.restore(name).expect_err("it is ambiguous");
        assert!(refusal.contains(choices), "{name}: {refusal}");
        let schema =
            format!(r#"{{"resources": [{{"name": "{name}", "schema": {{"primaryKey": "id"}}}}]}}"#);
        let report = case.test(&schema, &format!("table,rows\n{name},1\n"));
        let skipped = report.skipped();
        assert_eq!(skipped.len(), 2, "{name}: {skipped:?}");
        assert!(skipped.iter().all(|skipped| skipped.contains(choices)), "{name}: {skipped:?}");
    }
    for (name, rows, file) in [
        ("accounts (a/accounts.csv)", 1, "accounts.csv"),
        ("b/accounts.csv", 2, "accounts (b_accounts.csv).csv"),
        ("accounts (b/accounts.csv)", 2, "accounts (b_accounts.csv).csv"),
        ("contacts-2026", 3, "contacts-2026.csv"),
        ("contacts-2026.csv", 3, "contacts-2026.csv"),
        ("Contacts-2026", 3, "contacts-2026.csv"),
    ] {
        assert_eq!(case.restore(name), Ok(vec![file.to_owned()]), "{name}");
        let schema =
            format!(r#"{{"resources": [{{"name": "{name}", "schema": {{"primaryKey": "id"}}}}]}}"#);
        let report = case.test(&schema, &format!("table,rows\n{name},{rows}\n"));
        assert!(report.skipped().is_empty(), "{name}: {:?}", report.skipped());
        assert!(!report.has_failure(), "{name}: {:?}", report.findings());
    }
    assert!(case.restore("orders").expect_err("there is none").contains("contacts-2026"));
}

#[test]
fn exports_with_a_date_in_their_names_are_compared() {
    let case = Case::new(&[
        ("contacts-2026-09-01.csv", "id,name\n1,Ann\n"),
        ("deals_20260901.csv", "id,name\n1,x\n"),
        ("2026-09-01 leads.csv", "id,name\n1,x\n"),
        ("notes_Sep-2026.csv", "id,name\n1,x\n"),
    ]);
    case.write(
        "now",
        &[
            ("contacts-2026-10-01.csv", "id,name\n1,Ann\n2,Bo\n"),
            ("deals_20261001.csv", "id,name\n1,x\n"),
            ("2026-10-01 leads.csv", "id,name\n1,x\n"),
            ("notes_Oct-2026.csv", "id,name\n1,x\n"),
        ],
    );
    let report = case.compare(&AgainstOptions::default()).expect("it is compared");
    let compared: Vec<_> =
        report.results().against.iter().map(|table| (table.equal, table.added)).collect();
    assert_eq!(compared.len(), 4, "{:?}", report.results().against);
    assert!(compared.contains(&(false, Some(1))), "{compared:?}");
    assert!(report.results().against.iter().all(|table| table.only_in.is_none()));
}

#[test]
fn tables_with_other_names_are_compared_as_the_user_maps_them() {
    let case = Case::new(&[("customers.csv", "id,name\n1,Ann\n")]);
    case.write("now", &[("accounts.csv", "id,name\n1,Ann\n"), ("customers.csv", "id\n9\n")]);
    for name in ["accounts", "accounts.csv"] {
        let options = AgainstOptions::default().map("customers", name);
        let report = case.compare(&options).expect("it is compared");
        let against = &report.results().against;
        assert!(against.iter().any(|it| it.table == "customers" && it.equal), "{against:?}");
        assert!(report.skipped().is_empty(), "{:?}", report.skipped());
    }
    let options = AgainstOptions::default().map("customers", "nothing");
    let report = case.compare(&options).expect("it is compared");
    assert!(report.skipped().iter().any(|why| why.contains("nothing")), "{:?}", report.skipped());
    let options = AgainstOptions::default().map("orders", "accounts");
    let error = case.compare(&options).expect_err("there is no such table");
    assert!(matches!(error.kind(), ErrorKind::NotFound { .. }), "{error}");

    let case = Case::new(&[("a/customers.csv", "id\n1\n"), ("b/customers.csv", "id\n2\n")]);
    case.write("now", &[("a/accounts.csv", "id\n1\n"), ("b/accounts.csv", "id\n2\n")]);
    let error = case.compare(&AgainstOptions::default().map("customers", "a/accounts.csv"));
    let error = error.expect_err("several tables are called customers").to_string();
    let choices = "customers (a/customers.csv), customers (b/customers.csv)";
    assert!(error.contains(choices), "{error}");
    let options = AgainstOptions::default().map("a/customers", "accounts");
    let skipped = case.compare(&options).expect("the rest is compared").skipped();
    let choices = "accounts (a/accounts.csv), accounts (b/accounts.csv)";
    assert!(skipped.iter().any(|why| why.contains(choices)), "{skipped:?}");
}

#[test]
fn files_of_paired_sources_are_compared_with_each_other() {
    let (then, now) = ("id,name\n1,Ann\n", "id,name\n1,Ann\n");
    // Repeated records without line ends: the file is stored too.
    let kept = |text: &str| format!("{text}\n\n\"2\",Bo\r\n3,\"C\"\n");
    let case = Case::new(&[("contacts-2026-09-01.csv", &kept(then)), ("a/x.csv", then)]);
    case.write("now", &[("contacts-2026-10-01.csv", &kept(now)), ("a/x.csv", now)]);
    let report = case.compare(&AgainstOptions::default().require_equal(true));
    let report = report.expect("it is compared");
    assert!(!report.has_failure(), "{:?}", report.findings());
    assert!(report.skipped().is_empty(), "{:?}", report.skipped());
}

#[test]
fn tables_whose_dates_are_ambiguous_are_neither_new_nor_gone() {
    let case =
        Case::new(&[("contacts-2026-08.csv", "id\n1\n"), ("contacts-2026-09.csv", "id\n2\n")]);
    case.write("now", &[("contacts-2026-10.csv", "id\n2\n"), ("contacts-2026-11.csv", "id\n3\n")]);
    let report = case.compare(&AgainstOptions::default()).expect("it is compared");
    assert!(report.results().against.is_empty(), "{:?}", report.results().against);
    assert_eq!(report.skipped().len(), 2, "{:?}", report.skipped());
    // Those of the same name are paired, and the third is new.
    let files = [("contacts-2026-08.csv", "id\n1\n"), ("contacts-2026-09.csv", "id\n2\n")];
    case.write("now", &files);
    std::fs::remove_file(case.path("now/contacts-2026-11.csv")).expect("it is removed");
    let report = case.compare(&AgainstOptions::default()).expect("it is compared");
    let against = &report.results().against;
    assert_eq!(against.iter().filter(|it| it.equal).count(), 2, "{against:?}");
    assert_eq!(against.iter().filter(|it| it.only_in.is_some()).count(), 1, "{against:?}");
}
