//! Stock `bagit.py` and `frictionless` accept every archive and refuse changed ones, which proves that they
//! check what they accept.
//!
//! These tests need external tools; `tests/run` runs the ones that are possible.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use backup_core::archive::WriterOptions;
use backup_core::record::{Cell, Record};
use crm_backup_tests::stock::{ToolOutput, Unpacked, from_venv, run};
use crm_backup_tests::{Keys, awkward, export_to, write_archive};

/// Every fixture in one archive, each in a separate folder.
fn fixtures(keys: &Keys, part_bytes: u64) -> Unpacked {
    let shapes = crm_fixtures::shapes();
    let paths: Vec<_> = shapes.iter().map(|shape| shape.path.clone()).collect();
    exported(keys, &paths, part_bytes)
}

fn exported(keys: &Keys, paths: &[PathBuf], part_bytes: u64) -> Unpacked {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("crm.tar.zst.age");
    export_to(&path, paths, keys, WriterOptions::default().part_bytes(part_bytes));
    Unpacked::open(&fs::read(&path).expect("the archive is there"), keys)
}

fn awkward(keys: &Keys, part_bytes: u64) -> Unpacked {
    let options = WriterOptions::default().part_bytes(part_bytes);
    let (_, encrypted) = write_archive(keys, options, &awkward::tables(), &awkward::files());
    Unpacked::open(&encrypted, keys)
}

#[test]
#[ignore = "compares with bagit.py; tests/run runs it"]
fn bagit_accepts_every_archive() {
    let keys = Keys::generate();
    for part_bytes in [64 << 20, 700] {
        fixtures(&keys, part_bytes).bagit().expect("every fixture");
        awkward(&keys, part_bytes).bagit().expect("unusual archives");
    }
    let (_, encrypted) = write_archive(&keys, WriterOptions::default(), &[], &[]);
    Unpacked::open(&encrypted, &keys).bagit().expect("an empty archive");
}

#[test]
#[ignore = "compares with bagit.py; tests/run runs it"]
fn bagit_refuses_changed_archives() {
    let keys = Keys::generate();
    type Change = (&'static str, fn(&Path));
    let changes: [Change; 6] = [
        ("a byte of a table", |bag| flip(&bag.join("data/tables/0001-accounts/part-00000001.csv"))),
        ("a byte of a file", |bag| flip(&bag.join("data/files/workbook/crm.xlsx"))),
        ("a byte of contents.jsonl", |bag| flip(&bag.join("data/contents.jsonl"))),
        ("a byte of bag-info.txt", |bag| flip(&bag.join("bag-info.txt"))),
        ("a file that is gone", |bag| {
            fs::remove_file(bag.join("data/datapackage.json")).expect("it is removed");
        }),
        ("a file that is new", |bag| fs::write(bag.join("data/new"), "").expect("it is written")),
    ];
    for (what, change) in changes {
        let unpacked = exported(&keys, &[crm_fixtures::root()], 64 << 20);
        unpacked.bagit().expect("before the change");
        change(&unpacked.bag);
        assert!(!unpacked.bagit().content, "bagit does not detect {what}");
    }
}

/// Changes the byte in the middle.
fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let middle = bytes.len() / 2;
    bytes[middle] = if bytes[middle] == b'x' { b'y' } else { b'x' };
    fs::write(path, bytes).expect("it is written");
}

#[test]
#[ignore = "compares with frictionless; tests/run runs it"]
fn frictionless_accepts_every_fixture() {
    let keys = Keys::generate();
    for part_bytes in [64 << 20, 700] {
        accepted(&fixtures(&keys, part_bytes), &format!("parts of {part_bytes} bytes"));
    }
}

#[test]
#[ignore = "compares with frictionless; tests/run runs it"]
fn frictionless_accepts_unusual_archives() {
    let keys = Keys::generate();
    for part_bytes in [64 << 20, 300] {
        accepted(&awkward(&keys, part_bytes), &format!("parts of {part_bytes} bytes"));
    }
}

#[test]
#[ignore = "compares with frictionless; tests/run runs it"]
fn frictionless_accepts_an_archive_without_tables() {
    let keys = Keys::generate();
    let (_, encrypted) = write_archive(&keys, WriterOptions::default(), &[], &awkward::files());
    accepted(&Unpacked::open(&encrypted, &keys), "files only");
}

/// Fails unless frictionless accepts every table and has read all of it: its report names the number of
/// bytes and the hash.
fn accepted(unpacked: &Unpacked, what: &str) {
    let output = unpacked.frictionless();
    let errors = errors(&output);
    assert!(errors.is_empty(), "{what}: frictionless reports errors: {errors:#?}");
    let output = output.expect(what);
    let report: serde_json::Value = serde_json::from_str(&output.out).expect("its report is JSON");
    assert_eq!(report["valid"], true, "{what}: frictionless accepts it");
    let package = unpacked.package();
    let resources = package["resources"].as_array().expect("there are resources");
    let tasks = report["tasks"].as_array().expect("the report has tasks");
    assert_eq!(tasks.len(), resources.len(), "{what}: frictionless checks every table");
    for (task, resource) in tasks.iter().zip(resources) {
        let name = &resource["name"];
        let warnings = task["warnings"].as_array().map_or(0, Vec::len);
        assert_eq!(warnings, 0, "{what}: {name}: frictionless warns: {}", task["warnings"]);
        let stats = &task["stats"];
        let hash = format!("sha256:{}", stats["sha256"].as_str().unwrap_or_default());
        assert_eq!(resource["hash"], hash, "{what}: {name}: frictionless computes another hash");
        assert_eq!(
            resource["bytes"], stats["bytes"],
            "{what}: {name}: it counts a different number of bytes"
        );
    }
}

/// The errors of a report, each with its table.
fn errors(output: &ToolOutput) -> Vec<String> {
    let report: serde_json::Value = serde_json::from_str(&output.out)
        .unwrap_or_else(|_| panic!("frictionless gives no report: {} {}", output.out, output.err));
    let none = vec![];
    let of = |value: &serde_json::Value| value["errors"].as_array().unwrap_or(&none).clone();
    let mut errors: Vec<_> = of(&report).iter().map(|error| error["type"].to_string()).collect();
    for task in report["tasks"].as_array().unwrap_or(&none) {
        for error in of(task) {
            errors.push(format!("{}: {}: {}", task["name"], error["type"], error["message"]));
        }
    }
    errors
}

#[test]
#[ignore = "compares with frictionless; tests/run runs it"]
fn frictionless_refuses_changed_archives() {
    let keys = Keys::generate();
    let tables = "data/tables/0001-hand";
    type Change = (&'static str, &'static str, fn(&str) -> String);
    let changes: [Change; 5] = [
        ("a cell", "part-00000002.csv", |text| text.replace("three", "throe")),
        ("a cell of the first part", "part-00000001.csv", |text| text.replace("one", "two")),
        ("a record that is gone", "part-00000002.csv", |_| "id,name\n".into()),
        ("a record that is new", "part-00000002.csv", |text| format!("{text}9,nine\n")),
        ("a label", "part-00000001.csv", |text| text.replace("name", "game")),
    ];
    let records = ["one", "two", "three"];
    let records = records.map(|name| awkward::texts(&[Some("1"), Some(name)])).to_vec();
    let table = (awkward::table("hand", ["id", "name"]), records);
    for (what, part, change) in changes {
        let options = WriterOptions::default().part_bytes(20);
        let (_, encrypted) = write_archive(&keys, options, std::slice::from_ref(&table), &[]);
        let unpacked = Unpacked::open(&encrypted, &keys);
        let path = unpacked.bag.join(tables).join(part);
        let before = fs::read_to_string(&path).expect("the table is in parts");
        let after = change(&before);
        assert_ne!(before, after, "{what} is changed");
        fs::write(&path, after).expect("it is written");
        let output = unpacked.frictionless();
        assert!(!output.content, "frictionless does not detect {what}");
        let errors = errors(&output).join("\n");
        assert!(errors.contains("hash-count"), "frictionless does not hash {what}: {errors}");
    }
    let (_, encrypted) = write_archive(&keys, WriterOptions::default(), &[table], &[]);
    let unpacked = Unpacked::open(&encrypted, &keys);
    let path = unpacked.bag.join("data/datapackage.json");
    let package = fs::read_to_string(&path).expect("there is a manifest");
    let bytes = unpacked.package()["resources"][0]["bytes"].to_string();
    let more = package.replacen(&format!("\"bytes\": {bytes}"), "\"bytes\": 7", 1);
    assert_ne!(package, more, "the bytes of the resource are changed");
    fs::write(&path, more).expect("it is written");
    let output = unpacked.frictionless();
    let errors = errors(&output).join("\n");
    assert!(errors.contains("byte-count"), "frictionless does not count bytes: {errors}");
}

/// Frictionless reads what was written, except that it does not distinguish empty text from null.
#[test]
#[ignore = "compares with frictionless; tests/run runs it"]
fn frictionless_reads_the_same_cells() {
    let keys = Keys::generate();
    let mut tables = awkward::tables();
    tables.retain(|(table, _)| table.kinds().iter().all(|kind| kind.as_str() == "text"));
    let options = WriterOptions::default().part_bytes(300);
    let (finished, encrypted) = write_archive(&keys, options, &tables, &[]);
    let unpacked = Unpacked::open(&encrypted, &keys);
    let mut command = from_venv("frictionless");
    command.args(["extract", "data/datapackage.json", "--json"]).current_dir(&unpacked.bag);
    let output = run(&mut command).expect("frictionless extract");
    let extracted: serde_json::Value = serde_json::from_str(&output.out).expect("it is JSON");
    for (resource, (_, records)) in finished.manifest.resources.iter().zip(&tables) {
        let labels: Vec<_> = resource.schema.fields.iter().map(|field| &field.name).collect();
        let mut expected: Vec<Vec<Option<&str>>> = records.iter().map(cells).collect();
        expected.retain(|cells| cells.iter().any(Option::is_some));
        let rows = extracted[&resource.name].as_array().expect("it is a table");
        let cell = |row: &'_ serde_json::Value, label| row[label].as_str().map(str::to_owned);
        let actual: Vec<Vec<_>> = rows
            .iter()
            .map(|row| labels.iter().map(|label| cell(row, label.as_str())).collect())
            .collect();
        let same = expected.iter().flatten().map(|cell| cell.map(str::to_owned));
        assert!(
            expected.len() == actual.len() && same.eq(actual.into_iter().flatten()),
            "frictionless reads different cells in table {:?}",
            resource.title
        );
    }
}

/// The texts of a record; null and empty text are both `None`.
fn cells(record: &Record) -> Vec<Option<&str>> {
    let text = |cell| match cell {
        Cell::Text(text) => text.to_str().filter(|text| !text.is_empty()),
        _ => None,
    };
    record.iter().map(text).collect()
}

/// The counts of the manifest agree with those of a CSV reader.
#[test]
#[ignore = "compares with frictionless; tests/run runs it"]
fn frictionless_counts_the_same_records() {
    let keys = Keys::generate();
    let unpacked = exported(&keys, &[crm_fixtures::shape("csv-utf8").path], 2_000);
    let output = unpacked.frictionless().expect("the fixture");
    let report: serde_json::Value = serde_json::from_str(&output.out).expect("its report is JSON");
    let rows = |value: &serde_json::Value, key: &str| -> BTreeMap<String, u64> {
        let list = value.as_array().expect("a list");
        let row = |item: &serde_json::Value| {
            (item["name"].to_string(), item[key]["rows"].as_u64().expect("a number of rows"))
        };
        list.iter().map(row).collect()
    };
    assert_eq!(
        rows(&report["tasks"], "stats"),
        rows(&unpacked.package()["resources"], "backup"),
        "frictionless counts a different number of records"
    );
}
