//! How many references of databases with declared keys are found in their CSV exports, and how many
//! are claimed that do not exist.

use std::fs;

use backup_core::archive::WriterOptions;
use backup_core::check::ReferenceReport;
use backup_core::scratch::SqliteScratch;
use backup_core::{Report, RestoreTestOptions, restore_test};
use crm_backup_tests::{Keys, export_to};
use crm_fixtures::declared::{Database, Reference, databases};

/// The restore-test of the CSV export of a database.
fn tested(database: &Database) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder.path().join("export");
    for file in database.files().expect("the generator runs") {
        let path = source.join(&file.path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        fs::write(path, file.bytes).expect("a file");
    }
    let (keys, archive) = (Keys::generate(), folder.path().join("crm.tar.zst.age"));
    export_to(&archive, &[source], &keys, WriterOptions::default().threads(1));
    let mut scratch = SqliteScratch::in_memory().expect("a scratch database");
    let options = RestoreTestOptions::default();
    restore_test(&archive, &keys.identities, &mut scratch, options, &()).expect("it is tested")
}

/// Whether the declared references imply what the report claims: a column that refers to employees,
/// whose key refers to persons, names persons too.
fn is_implied(database: &Database, claim: &ReferenceReport) -> bool {
    let references = database.references();
    let (Some(own), [target]) = (
        references.iter().find(|one| one.table == claim.table && claim.columns == [one.column]),
        &claim.targets[..],
    ) else {
        return false;
    };
    let targets = references.iter().filter(|one| one.target == target);
    targets.into_iter().any(|one| {
        let Reference { target, target_column, .. } = *one;
        database.implies(&Reference { target, target_column, ..*own })
    })
}

#[test]
fn nine_of_ten_declared_references_are_found_and_no_other() {
    let (mut known, mut found, mut list) = (0, 0, String::new());
    let mut invented = Vec::new();
    for database in databases() {
        let report = tested(&database);
        let claims = report.results().references.iter().filter(|it| !it.targets.is_empty());
        let (right, wrong): (Vec<_>, Vec<_>) =
            claims.partition(|claim| is_implied(&database, claim));
        invented.extend(wrong.into_iter().map(|claim| format!("{} {claim:?}", database.name)));
        for truth in database.references() {
            let is_found =
                |it: &&ReferenceReport| it.table == truth.table && it.columns == [truth.column];
            known += 1;
            match right.iter().copied().find(is_found) {
                Some(_) => found += 1,
                None => list += &format!("{}: {truth:?}\n", database.name),
            }
        }
    }
    println!("{found} of {known} found; missed:\n{list}");
    assert!(invented.is_empty(), "{} false claims:\n{}", invented.len(), invented.join("\n"));
    assert!(found * 10 >= known * 9, "{found} of {known} found");
}
