//! Whether an export is complete: the options, the exit codes, and what is printed.

use crm_fixtures::vendors::{Export, Size, Vendor, complete};
use serde_json::Value;

use crate::workspace::{RunResult, Workspace};

const SIZE: Size = Size { companies: 24, rows_per_file: 20, files_per_volume: 9 };
const TEST: [&str; 4] = ["restore-test", "a.age", "-i", "key.txt"];

/// A profile without rules, so that only the totals remain to be decided.
const PROFILE: &str = "\
profile = 1
name = \"shop\"
title = \"Our shop\"
source = \"Its manual.\"
";

fn espo() -> Export {
    complete(Vendor::Espo, 7, SIZE).expect("the generator runs")
}

/// The same export without one of the things that other records name.
fn incomplete() -> Export {
    let export = espo();
    let things = export.things();
    export.without(things.first().expect("something can be missing"))
}

/// A workspace with an export in `src`.
fn workspace_with(export: &Export) -> Workspace {
    let workspace = Workspace::new();
    export.write(&workspace.path("src")).expect("the export is written");
    workspace
}

/// A workspace with one table in `src`, a profile, and the totals of the table.
fn shop() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("src/accounts.csv", "id,name\n1,a\n2,b\n");
    workspace.write("shop.toml", PROFILE);
    workspace.write("totals.csv", "table,rows\naccounts,2\n");
    workspace
}

fn dry_run(workspace: &Workspace, options: &[&str]) -> RunResult {
    workspace.run(&[&["export", "src", "--dry-run"], options].concat())
}

/// The reasons of what is not decided.
fn reasons(document: &Value) -> Vec<&str> {
    let undecided = document["undecided"].as_array().expect("it is a list");
    undecided.iter().map(|one| one["reason"].as_str().expect("it has a reason")).collect()
}

#[test]
fn gaps_end_with_3_only_if_the_export_has_to_be_complete() {
    let workspace = workspace_with(&incomplete());
    let export = ["export", "src", "-o", "a.age", "-r", &workspace.public, "--force"];
    for command in [&["export", "src", "--dry-run"][..], &export, &TEST] {
        let json = workspace.run(&[command, &["--json"]].concat()).expect_exit(0).json();
        assert_eq!(json["completeness"], "gaps", "{command:?}");
        let findings = json["findings"].as_array().expect("it is a list");
        assert!(findings.iter().any(|finding| finding["gap"] == true), "{command:?}: {json}");
        let required = [command, &["--require-complete"]].concat();
        let text = workspace.run(&required).expect_exit(3);
        assert!(text.stdout.contains("Completeness: gaps"), "{command:?}:\n{}", text.stdout);
        assert!(text.stderr.starts_with("error: "), "{command:?}: {}", text.stderr);
        let json = workspace.run(&[&required[..], &["--json"]].concat()).expect_exit(3).json();
        assert_eq!(json["completeness"], "gaps", "{command:?}");
    }
    let json = workspace.run(&[&TEST[..], &["--json"]].concat()).json();
    assert_eq!(json["verdict"], "proven", "the archive was published, and equals the export");
}

#[test]
fn an_answer_that_is_not_known_ends_with_4_only_if_the_export_has_to_be_complete() {
    let workspace = workspace_with(&espo());
    let json = dry_run(&workspace, &["--json"]).expect_exit(0).json();
    assert_eq!(json["completeness"], "unknown", "no totals were given: {json}");
    assert_eq!(json["profile"]["name"], "espocrm");
    assert_eq!(json["profile"]["given"], false);
    let required = dry_run(&workspace, &["--require-complete"]).expect_exit(4);
    required.fails_with("no number of records was given");
    workspace
        .run(&["export", "src", "-o", "a.age", "-r", &workspace.public, "--require-complete"])
        .expect_exit(4);
    workspace.run(&[&TEST[..], &["--require-complete"]].concat()).expect_exit(4);
    workspace.run(&TEST).expect_exit(0);
}

#[test]
fn a_complete_export_ends_with_0() {
    let workspace = shop();
    let options = ["--profile", "shop.toml", "--expect", "totals.csv", "--require-complete"];
    let text = dry_run(&workspace, &options).expect_exit(0).stdout;
    assert!(text.contains("Completeness: complete."), "{text}");
    workspace.export("a.age", &[&["src"], &options[..]].concat()).expect_exit(0);
    let test = [&TEST[..], &options].concat();
    let json = workspace.run(&[&test[..], &["--json"]].concat()).expect_exit(0).json();
    assert_eq!(
        (&json["completeness"], &json["undecided"]),
        (&"complete".into(), &Value::Array(vec![]))
    );
    assert_eq!(json["profile"]["given"], true);
}

#[test]
fn a_failed_check_is_not_hidden_by_an_answer_that_is_not_known() {
    let workspace = shop();
    workspace.export("a.age", &["src"]).expect_exit(0);
    workspace.write("totals.csv", "table,rows\naccounts,3\n");
    let test = [&TEST[..], &["--expect", "totals.csv", "--require-complete"]].concat();
    let json = workspace.run(&[&test[..], &["--json"]].concat()).expect_exit(3).json();
    assert_eq!(json["verdict"], "failed");
    // An error has no answer.
    let mut missing = TEST;
    missing[1] = "missing.age";
    workspace.run(&[&missing[..], &["--require-complete"]].concat()).expect_exit(1);
}

#[test]
fn of_several_archives_the_incomplete_one_is_named() {
    let workspace = shop();
    workspace.export("full.age", &["src"]).expect_exit(0);
    workspace.write("src/accounts.csv", "id,name\n");
    workspace.export("empty.age", &["src"]).expect_exit(0);
    let test = ["restore-test", "full.age", "empty.age", "-i", "key.txt", "--require-complete"];
    let ended = workspace.run(&test).expect_exit(3);
    let errors: Vec<_> = ended.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors, ["error: empty.age: the export has no records"]);
}

#[test]
fn a_profile_is_the_name_of_a_built_in_one_or_a_file_or_none() {
    let workspace = shop();
    let json = dry_run(&workspace, &["--json", "--profile", "none"]).expect_exit(0).json();
    assert_eq!(json["profile"], Value::Null);
    assert!(reasons(&json).contains(&"no-profile"), "{json}");
    for (profile, name) in [("zoho", "zoho"), ("./shop.toml", "shop"), ("shop.toml", "shop")] {
        let json = dry_run(&workspace, &["--json", "--profile", profile]).expect_exit(0).json();
        assert_eq!(json["profile"]["name"], name);
        assert_eq!(json["profile"]["given"], true, "{profile}");
    }
    let unknown = dry_run(&workspace, &["--profile", "zohoo"]).expect_exit(2);
    let unknown = unknown.fails_with("there is no profile zohoo").stderr;
    for vendor in Vendor::ALL {
        assert!(unknown.contains(vendor.profile()), "{vendor:?} is not in: {unknown}");
    }
    dry_run(&workspace, &["--profile", "missing.toml"]).expect_exit(1).fails_with("missing.toml");
}

#[test]
fn an_error_in_a_profile_names_the_file_and_the_line() {
    let workspace = shop();
    workspace.write("bad.toml", format!("{PROFILE}color = 3\n"));
    let at = "bad.toml, line 5: ";
    dry_run(&workspace, &["--profile", "bad.toml"]).expect_exit(1).fails_with(at);
    workspace.export("b.age", &["src", "--profile", "bad.toml"]).expect_exit(1).fails_with(at);
    assert!(!workspace.path("b.age").exists(), "nothing was published");
    workspace.export("a.age", &["src"]).expect_exit(0);
    let test = [&TEST[..], &["--profile", "bad.toml"]].concat();
    workspace.run(&test).expect_exit(1).fails_with(at);
}

#[test]
fn a_profile_beside_the_sources_is_not_part_of_the_export() {
    let workspace = shop();
    workspace.write("src/shop.toml", PROFILE);
    let exported = ["src", "--profile", "src/shop.toml", "--json"];
    let json = workspace.export("a.age", &exported).expect_exit(0).json();
    assert_eq!(json["files"], Value::Array(vec![]), "the profile is no file of the CRM");
    assert_eq!(json["profile"]["name"], "shop");
    let against = ["--against", "src", "--profile", "src/shop.toml", "--require-equal"];
    workspace.run(&[&TEST[..], &against].concat()).expect_exit(0);
}

#[test]
fn a_source_with_the_name_of_a_profile_is_exported() {
    let workspace = Workspace::new();
    for name in ["zoho", "none"] {
        workspace.write(&format!("{name}/accounts.csv"), "id\n1\n");
        let run = ["export", name, "--dry-run", "--profile", name, "--json"];
        let json = workspace.run(&run).expect_exit(0).json();
        assert_eq!(json["tables"][0]["name"], "accounts", "{name}: {json}");
    }
}

#[test]
fn references_are_not_looked_up_with_no_keys() {
    let workspace = workspace_with(&espo());
    let with = dry_run(&workspace, &["--json"]).expect_exit(0).json();
    assert_ne!(with["references"], Value::Array(vec![]));
    let without = dry_run(&workspace, &["--json", "--no-keys"]).expect_exit(0).json();
    assert_eq!(without["references"], Value::Array(vec![]));
    assert!(reasons(&without).contains(&"not-checked"), "{without}");
}

#[test]
fn an_export_of_headers_has_gaps_and_a_quiet_dry_run_warns() {
    let workspace = Workspace::new();
    workspace.write("src/accounts.csv", "id,name\n");
    let text = dry_run(&workspace, &[]).expect_exit(0).stdout;
    assert!(text.contains("the export has no records"), "{text}");
    assert!(text.contains("Completeness: gaps"), "{text}");
    let quiet = dry_run(&workspace, &["-q"]).expect_exit(0);
    assert_eq!((&*quiet.stdout, &*quiet.stderr), ("", "warning: no records\n"));
    dry_run(&workspace, &["--require-complete"]).expect_exit(3).fails_with("has no records");
}

#[test]
fn commands_that_do_not_ask_have_no_answer() {
    let workspace = Workspace::with_archive();
    let archive = ["crm.tar.zst.age", "-i", "key.txt", "--json"];
    for command in ["verify", "inspect"] {
        let json = workspace.run(&[&[command], &archive[..]].concat()).expect_exit(0).json();
        assert_eq!(json["completeness"], Value::Null, "{command}");
        assert!(json.get("undecided").is_none() && json.get("profile").is_none(), "{command}");
    }
}

#[test]
fn the_answer_stands_below_the_verdict_in_both_languages() {
    let workspace = shop();
    workspace.export("a.age", &["src"]).expect_exit(0);
    for (language, verdict, answer) in
        [("en", "proven", "Completeness: unknown"), ("zh", "已证实（proven）", "完整性：")]
    {
        let text = workspace.run(&[&TEST[..], &["--lang", language]].concat()).expect_exit(0);
        let lines: Vec<_> = text.stdout.lines().collect();
        let at = lines.iter().position(|line| line.starts_with(verdict)).expect("a verdict");
        assert!(lines[at + 2].starts_with(answer), "{language}:\n{}", text.stdout);
    }
}
