//! `schema/report-1.schema.json` against what `--json` prints. Every document of every other test
//! goes through [`crm_backup_tests::schema::violations`] as well, in `RunResult::json`.

use crm_backup_tests::schema::violations;
use serde_json::{Value, json};

use crate::workspace::{Workspace, fixture};

/// A document of each command and each outcome, by a description.
pub(crate) fn documents() -> Vec<(&'static str, Value)> {
    let workspace = Workspace::new();
    let all = ["csv-gb18030", "workbook", "sqlite", "attachments", "zip"].map(fixture);
    let sources: Vec<&str> = all.iter().map(String::as_str).collect();
    let mut documents = Vec::new();
    let mut keep = |what, args: &[&str], exit| {
        let result = workspace.run(&[args, &["--json"]].concat()).expect_exit(exit);
        documents.push((what, result.json()));
    };
    let export = ["export", "-o", "crm.tar.zst.age", "-r", &workspace.public, "--force"];
    let archive = ["crm.tar.zst.age", "-i", "key.txt"];
    let on =
        |command: &'static str, more: &[&'static str]| [&[command], &archive[..], more].concat();
    workspace.write("odd/broken.xlsx", "this is no workbook");
    workspace.write("odd/a.csv", "id;name\n1;one\n2\n");
    keep("a key", &["keygen", "-o", "new.txt"], 0);
    keep("no key", &["keygen", "-o", "new.txt"], 1);
    keep("an unverified export", &[&export[..], &["odd"]].concat(), 4);
    keep("an unverified restore-test", &on("restore-test", &[]), 4);
    keep("a dry run", &["export", "odd", "--dry-run"], 4);
    keep(
        "an export that is not read back",
        &[&export[..], &sources, &["--no-read-back"]].concat(),
        0,
    );
    keep("an export", &[&export[..], &sources].concat(), 0);
    keep("an inspection", &on("inspect", &[]), 0);
    keep("a verification", &on("verify", &[]), 0);
    keep(
        "a restore-test",
        &on("restore-test", &["--max-age", "9d", "--max-restore-time", "4h"]),
        0,
    );
    keep("a comparison", &on("restore-test", &["--against", "odd"]), 4);
    keep("a restore", &on("restore", &["-o", "back"]), 0);
    keep("a restore of files", &on("restore", &["-o", "files", "--originals"]), 0);
    keep("a restore into a database", &on("restore", &["-o", "crm.sqlite"]), 0);
    keep("another content id", &on("verify", &["--expect-id", &"0".repeat(64).leak()[..]]), 3);
    keep("encrypted bytes", &["verify", "--sealed", "crm.tar.zst.age"], 0);
    keep("several", &on("verify", &["nowhere.age"]), 1);
    let mut bytes = workspace.read("crm.tar.zst.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    workspace.write("crm.tar.zst.age", bytes);
    keep("a verification that fails", &on("verify", &[]), 3);
    keep("a restore-test that fails", &on("restore-test", &[]), 3);
    keep("an inspection that fails", &["inspect", "key.txt", "-i", "key.txt"], 1);
    keep("encrypted bytes that fail", &["verify", "--sealed", "crm.tar.zst.age"], 3);
    keep("several archives that fail", &on("restore-test", &["crm.tar.zst.age"]), 3);
    keep("a salvage", &on("restore", &["-o", "rescued", "--salvage"]), 3);
    keep("an error", &["verify", "nowhere.age", "-i", "key.txt"], 1);
    keep("wrong usage", &["verify", "--bogus"], 2);
    keep("a demonstration", &["demo"], 0);
    documents
}

/// Documents that the schema must not accept.
pub(crate) fn wrong_documents() -> Vec<(&'static str, Value)> {
    let workspace = Workspace::with_archive();
    let args = ["restore-test", "crm.tar.zst.age", "-i", "key.txt", "--json"];
    let good = workspace.run(&args).expect_exit(0).json();
    let with = |change: fn(&mut Value)| {
        let mut document = good.clone();
        change(&mut document);
        document
    };
    let without = |pointer: &str, name: &str| {
        let mut document = good.clone();
        let fields = document.pointer_mut(pointer).and_then(Value::as_object_mut);
        fields.expect("there is an object").remove(name).expect("it had the field");
        document
    };
    vec![
        ("a key that is not declared", with(|document| document["more"] = 1.into())),
        ("a key of a table", with(|document| document["tables"][0]["more"] = 1.into())),
        ("no verdict", without("", "verdict")),
        ("no digest", without("/tables/0", "digest")),
        ("another verdict", with(|document| document["verdict"] = "fine".into())),
        ("a digest in capitals", with(|document| document["content_id"] = "A".repeat(64).into())),
        ("a number as text", with(|document| document["tables"][0]["rows"] = "40".into())),
        (
            "two ways to restore",
            with(|document| document["sources"][0]["original"]["kept"] = "a".into()),
        ),
    ]
}

/// Documents that only the conditions of the schema refuse.
pub(crate) fn contradictions() -> Vec<(&'static str, Value)> {
    let workspace = Workspace::with_archive();
    let args = ["restore-test", "crm.tar.zst.age", "-i", "key.txt", "--json"];
    let good = workspace.run(&args).expect_exit(0).json();
    let with = |name: &str, value: Value| {
        let mut document = good.clone();
        document[name] = value;
        document
    };
    let mut short = good.clone();
    short.as_object_mut().expect("it is an object").remove("checks");
    vec![
        ("proven without a proof", with("proof", Value::Null)),
        ("failed without a finding", with("verdict", "failed".into())),
        ("proven with an error", with("error", json!({"message": "", "hint": null, "exit": 1}))),
        ("a report without its checks", short),
    ]
}

#[test]
fn every_json_document_has_the_keys_of_the_schema() {
    let documents = documents();
    crm_backup_tests::tried!("documents against the schema: {}", documents.len());
    for (what, document) in documents {
        assert_eq!(violations(&document), Vec::<String>::new(), "{what}");
    }
    for (what, document) in wrong_documents() {
        assert_ne!(violations(&document), Vec::<String>::new(), "{what} was accepted");
    }
}

#[test]
fn the_schema_lists_every_finding_code() {
    let source = include_str!("../../../backup-core/src/finding.rs");
    let (_, codes) = source.split_once("pub enum Code {").expect("there are codes");
    let (codes, _) = codes.split_once("\n}").expect("the list has an end");
    let names = codes.lines().filter_map(|line| line.trim().strip_suffix(','));
    let kebab = |name: &str| {
        let mut kebab = String::new();
        for c in name.chars() {
            if c.is_ascii_uppercase() && !kebab.is_empty() {
                kebab.push('-');
            }
            kebab.push(c.to_ascii_lowercase());
        }
        kebab
    };
    let codes: Vec<Value> = names.map(|name| kebab(name).into()).collect();
    let schema = crm_backup_tests::schema::schema();
    let known = &schema["$defs"]["finding"]["properties"]["code"]["enum"];
    assert_eq!(known, &Value::Array(codes), "the codes of findings, and those of the schema");
}

/// Python's `jsonschema` accepts valid documents and refuses invalid ones, so it has checked them.
pub(crate) fn ask_python() {
    use crm_backup_tests::stock::{from_venv, run_with_input};

    let right = documents().into_iter().map(|(what, document)| json!([what, document, true]));
    let wrong = wrong_documents().into_iter().chain(contradictions());
    let wrong = wrong.map(|(what, document)| json!([what, document, false]));
    let cases: Vec<Value> = right.chain(wrong).collect();
    let input = json!({ "schema": crm_backup_tests::schema::schema(), "cases": cases });
    let script = "\
import json, sys
from jsonschema import Draft202012Validator
given = json.load(sys.stdin)
Draft202012Validator.check_schema(given['schema'])
validator = Draft202012Validator(given['schema'])
for what, document, right in given['cases']:
    errors = [f'{list(error.path)}: {error.message}' for error in validator.iter_errors(document)]
    if bool(errors) == right:
        sys.exit(f'{what}: ' + ('; '.join(errors) if right else 'it was accepted'))
print(len(given['cases']))
";
    let input = input.to_string();
    let mut python = from_venv("python");
    let output = run_with_input(python.args(["-c", script]), input.as_bytes());
    let output = output.expect("jsonschema");
    assert_eq!(output.out.trim(), cases.len().to_string(), "it did not check all of them");
}
