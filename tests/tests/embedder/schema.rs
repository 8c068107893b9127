//! Keys and references that a program declares, without a data package as JSON.

use backup_core::archive::WriterOptions;
use backup_core::check::{Schema, TableSchema};
use backup_core::model::Provenance;
use backup_core::record::{Column, Table};
use backup_core::scratch::SqliteScratch;
use backup_core::{ErrorKind, Report, RestoreTestOptions, Verdict, restore_test};
use crm_backup_tests::{Keys, Rows, awkward, write_archive};

fn rows(name: &str, labels: [&str; 2], records: &[[&str; 2]]) -> Rows {
    let record = |cells: &[&str; 2]| awkward::texts(&cells.map(Some));
    (Table::new(name, labels.map(Column::text)), records.iter().map(record).collect())
}

/// A restore-test of owners and cars with this schema.
fn tested(schema: Schema) -> Report {
    let owners = rows("owners", ["no", "who"], &[["7", "x"], ["8", "y"]]);
    let cars = [["A", "7"], ["B", "n/a"], ["A", "9"]];
    let tables = [owners, rows("cars", ["plate", "owner"], &cars)];
    let folder = tempfile::tempdir().expect("a folder");
    let (keys, archive) = (Keys::generate(), folder.path().join("cars.tar.zst.age"));
    let (_, encrypted) = write_archive(&keys, WriterOptions::default(), &tables, &[]);
    std::fs::write(&archive, encrypted).expect("the archive is written");
    let mut scratch = SqliteScratch::in_memory().expect("a database");
    let options = RestoreTestOptions::default().schema(schema);
    restore_test(&archive, &keys.identities, &mut scratch, options, &()).expect("it is tested")
}

#[test]
fn keys_references_and_null_texts_are_declared_by_a_program() {
    let owners = TableSchema::new("owners").key(["no"]);
    let cars = TableSchema::new("cars").key(["plate"]).null_text(" n/a ");
    let schema = Schema::new([owners, cars.reference(["owner"], "owners", ["no"])]);
    let report = tested(schema.expect("it is a schema"));
    assert_eq!(report.verdict(), Some(Verdict::Proven), "{:?}", report.skipped());
    let key =
        report.results().keys.iter().find(|key| key.table == "cars").expect("the key is checked");
    assert_eq!((key.known, key.repeated), (Provenance::Given, 1));
    let [owner] = &report.results().references[..] else {
        panic!("{:?}", report.results().references)
    };
    assert_eq!((owner.null_by_sentinel, owner.resolved, owner.orphans), (1, 1, 1));
    assert_eq!(owner.orphan_records, [3]);
}

#[test]
fn a_declaration_for_a_missing_table_is_a_skipped_check() {
    let schema = Schema::new([TableSchema::new("cars").key(["number"])]);
    let report = tested(schema.expect("it is a schema"));
    assert_eq!(report.verdict(), Some(Verdict::Unverified));
    assert_eq!(report.skipped(), ["a key of table cars: the table has no column number"]);
}

#[test]
fn a_schema_that_cannot_be_checked_is_refused() {
    let problem = |tables: Vec<TableSchema>| {
        let error = Schema::new(tables).expect_err("it is refused");
        assert!(matches!(error.kind(), ErrorKind::Input { .. }), "another error: {error:?}");
        error.to_string()
    };
    let cars = || TableSchema::new("cars");
    assert_eq!(problem(vec![cars()]), "the schema contains nothing to check");
    let twice = vec![cars().key(["plate"]), cars().key(["id"])];
    assert_eq!(problem(twice), "the schema contains table cars twice");
    let uneven = cars().reference(["owner", "part"], "owners", ["no"]);
    assert_eq!(
        problem(vec![uneven]),
        "a reference of table cars to table owners has 2 columns, but its target has 1"
    );
}
