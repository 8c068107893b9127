//! A restore-test that also compares with the current sources, and with totals that the CRM shows.

use serde_json::{Value, json};

use crate::workspace::{RunResult, Workspace};

const DEALS: &str = "id,amount,note\n1,10.50,none\n2,-0.25,5\n";

/// A folder with an archive of one table, `a.age`, and its source, `src`.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("src/deals.csv", DEALS);
    workspace.export("a.age", &["src"]).expect_exit(0);
    workspace
}

fn test(workspace: &Workspace, more: &[&str]) -> RunResult {
    workspace.run(&[&["restore-test", "a.age", "-i", "key.txt"], more].concat())
}

#[test]
fn differences_from_the_source_are_reported_table_by_table() {
    let workspace = workspace();
    let strict = ["--against", "src", "--require-equal"];
    let same = test(&workspace, &strict).expect_exit(0);
    assert!(same.stdout.contains("\n  deals  equal\n"), "{}", same.stdout);
    let document = test(&workspace, &[&strict[..], &["--json"]].concat()).expect_exit(0).json();
    let equal = json!({
        "table": "deals", "equal": true, "other_order": false,
        "added": 0, "removed": 0, "changed": 0, "by_key": false,
    });
    assert_eq!(document["against"], json!([equal]));
    assert_eq!(document["totals"], json!([]), "none were expected");

    workspace.write("src/deals.csv", "id,amount,note\n1,10.50,none\n2,0,5\n3,1,x\n4,1,x\n");
    let moved = test(&workspace, &["--against", "src"]).expect_exit(0);
    assert!(moved.stdout.contains("\n  deals  2 records added, 1 changed\n"), "{}", moved.stdout);
    assert!(
        !moved.stdout.contains("\nNotes\n"),
        "the difference is reported twice:\n{}",
        moved.stdout
    );
    assert!(moved.stdout.contains("\nproven\n"), "a live CRM changes:\n{}", moved.stdout);
    let document = test(&workspace, &["--against", "src", "--json"]).expect_exit(0).json();
    let comparison = &document["against"][0];
    let counts = [
        &comparison["added"],
        &comparison["removed"],
        &comparison["changed"],
        &comparison["by_key"],
    ];
    assert_eq!(counts, [&json!(2), &json!(0), &json!(1), &json!(true)]);
    assert_eq!(document["findings"][0]["severity"], "remark");

    let failed = test(&workspace, &strict).expect_exit(3).fails_with("2 records added, 1 changed");
    assert!(
        failed.stderr.contains("The archive is sound"),
        "the archive is blamed:\n{}",
        failed.stderr
    );
    workspace.run(&["restore-test", "a.age", "-i", "key.txt", "--require-equal"]).expect_exit(2);
}

#[test]
fn an_incomplete_comparison_is_unverified_unless_something_differs() {
    let workspace = Workspace::new();
    workspace.write("src/deals.csv", DEALS);
    workspace.write("src/leads.csv", DEALS);
    workspace.export("a.age", &["src"]).expect_exit(0);
    let strict = ["--against", "src", "--require-equal"];
    workspace.write("src/leads.csv", "id,amount,note\n1\n");
    test(&workspace, &strict).expect_exit(4).fails_with("leads.csv");
    workspace.write("src/deals.csv", "id,amount,note\n1,10.50,none\n");
    test(&workspace, &strict).expect_exit(3).fails_with("1 record removed");
    workspace.write("src/leads.csv", DEALS);
    workspace.write("src/deals.csv", "id,amount\n1,10.50\n2,-0.25\n");
    test(&workspace, &["--against", "src"]).expect_exit(4).fails_with("its columns have changed");
    test(&workspace, &strict)
        .expect_exit(3)
        .fails_with("the columns have changed: 1 column removed");
}

#[test]
fn expected_totals_are_reconciled_line_by_line() {
    let workspace = workspace();
    workspace
        .write("totals.csv", "table,rows,column,sum\ndeals,2,amount,10.25000\ndeals,,note,5\n");
    let right = test(&workspace, &["--expect", "totals.csv"]).expect_exit(0);
    for line in [
        "\n  Table  Total of    CRM  Restored  Agrees  Not numbers\n",
        "\n  deals  Records       2         2  yes               0\n",
        "\n  deals  amount    10.25     10.25  yes               0\n",
        "\n  deals  note          5         5  yes               1\n",
        "1 cell is not a plain decimal number",
    ] {
        assert!(right.stdout.contains(line), "{line} is missing:\n{}", right.stdout);
    }
    let cases = [
        ("deals,3,,", "number of records in the table is not the expected one", json!(["3", "2"])),
        (
            "deals,,amount,10.26",
            "the sum of column \"amount\" is not the expected one",
            json!(["10.26", "10.25"]),
        ),
        (
            "deals,,amuont,1",
            "a sum was expected for column \"amuont\", which does not exist; it has amount, note, id",
            json!([null, null]),
        ),
        (
            "leads,2,,",
            "a total was expected for table leads, which does not exist; the archive has deals",
            json!([null, null]),
        ),
    ];
    for (line, words, figures) in cases {
        workspace.write("totals.csv", format!("table,rows,column,sum\n{line}\n"));
        test(&workspace, &["--expect", "totals.csv"]).expect_exit(3).fails_with(words);
        let document =
            test(&workspace, &["--expect", "totals.csv", "--json"]).expect_exit(3).json();
        let finding = &document["findings"][0];
        assert_eq!(finding["code"], "total", "{line}: {finding}");
        assert_eq!(json!([finding["expected"], finding["actual"]]), figures, "{line}: {finding}");
        assert_eq!(document["totals"].as_array().map(Vec::len), Some(1), "{line}: {document}");
        let result = test(&workspace, &["--expect", "totals.csv"]);
        let is_a_slip = result.stderr.contains("Fix the names in the list");
        assert_eq!(is_a_slip, figures == json!([null, null]), "{line}: {}", result.stderr);
    }
    workspace.write("totals.csv", "table,rows,column,sum\ndeals,2,note,5.0\n");
    let document = test(&workspace, &["--expect", "totals.csv", "--json"]).expect_exit(0).json();
    let total = json!({
        "table": "deals", "rows": { "expected": 2, "actual": 2 }, "column": "note",
        "sum": { "expected": "5", "actual": "5" }, "not_numbers": 1,
    });
    assert_eq!(document["totals"], Value::from(vec![total]));
}

#[test]
fn a_dry_run_writes_the_list_that_an_export_compares_with() {
    let workspace = Workspace::new();
    workspace.write("src/deals.csv", "id,amount\n1,10.50\n2,-0.25\n");
    let preview = ["export", "src", "--dry-run", "--totals", "totals.csv"];
    let result = workspace.run(&preview).expect_exit(0);
    assert!(result.stdout.contains("--expect totals.csv"), "{}", result.stdout);
    let list = String::from_utf8(workspace.read("totals.csv")).expect("UTF-8");
    assert_eq!(list, "\u{feff}table,rows,column,sum\r\ndeals,,,\r\n");
    workspace.run(&preview).expect_exit(1).fails_with("totals.csv");
    workspace.run(&[&preview[..], &["--force"]].concat()).expect_exit(0);
    workspace.run(&["export", "src", "-o", "a.age", "--totals", "t.csv"]).expect_exit(2);
    for target in ["-", "src"] {
        workspace.run(&["export", "src", "--dry-run", "--totals", target]).expect_exit(2);
    }

    workspace.write("totals.csv", list.replace("deals,,", "deals,3,"));
    let expect = ["src", "--expect", "totals.csv"];
    let wrong = "number of records in the table is not the expected one";
    let preview = workspace.run(&[&["export", "--dry-run"], &expect[..]].concat());
    let preview = preview.expect_exit(3).fails_with(wrong);
    assert!(preview.stderr.contains("The sources do not hold"), "{}", preview.stderr);
    let exported = workspace.export("a.age", &expect).expect_exit(3).fails_with(wrong);
    assert!(exported.stderr.contains("The archive is kept"), "{}", exported.stderr);
    workspace.run(&["verify", "a.age", "-i", "key.txt"]).expect_exit(0);
    workspace.write("totals.csv", list.replace("deals,,", "deals,2,"));
    let result = workspace.export("b.age", &expect).expect_exit(0);
    let line = "\n  deals  Records     2       2  yes               0\n";
    assert!(result.stdout.contains(line), "{}", result.stdout);
}

#[test]
fn a_smaller_export_is_noted_unless_it_is_allowed() {
    let workspace = Workspace::new();
    let export = |records: usize, more: &[&str]| {
        workspace.write("src/deals.csv", format!("id,amount\n{}", "1,2\n".repeat(records)));
        let all = [&["src", "--force", "--history", "h.jsonl"], more].concat();
        workspace.export("a.age", &all)
    };
    let noted = |result: &RunResult| result.stdout.contains("than 50 % of the records");
    assert!(!noted(&export(100, &[]).expect_exit(0)));
    assert!(noted(&export(40, &[]).expect_exit(0)));
    assert!(!noted(&export(40, &["--shrink-limit", "30%"]).expect_exit(0)));
    assert!(!noted(&export(10, &["--allow-shrink"]).expect_exit(0)));
    workspace.export("b.age", &["src", "--allow-shrink"]).expect_exit(2);
}

#[test]
fn an_invalid_list_of_totals_is_refused_before_anything_runs() {
    let workspace = workspace();
    workspace.write("odd.csv", "table,rows\ndeals,2\ndeals,many\n");
    test(&workspace, &["--expect", "odd.csv"]).expect_exit(1).fails_with("odd.csv, line 3: ");
    test(&workspace, &["--expect", "nowhere.csv"]).expect_exit(1).fails_with("nowhere.csv");
    let before =
        workspace.run(&["restore-test", "nowhere.age", "-i", "key.txt", "--expect", "odd.csv"]);
    before.expect_exit(1).fails_with("odd.csv");
}

#[test]
fn a_failed_archive_is_not_compared() {
    let workspace = workspace();
    workspace.write("totals.csv", "table,rows\ndeals,2\n");
    let mut bytes = workspace.read("a.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    workspace.write("a.age", bytes);
    let more = ["--expect", "totals.csv", "--against", "src", "--json"];
    let document = test(&workspace, &more).expect_exit(3).json();
    assert_eq!(document["not_looked_at"].as_array().map(Vec::len), Some(2), "{document}");
    assert_eq!((&document["totals"], &document["against"]), (&json!([]), &json!([])));
}

#[test]
fn both_comparisons_are_reported_and_the_worse_verdict_decides() {
    let workspace = workspace();
    workspace.write("totals.csv", "table,rows\ndeals,3\n");
    workspace.write("src/deals.csv", "id,amount,note\n1,10.50,none\n");
    let more = ["--expect", "totals.csv", "--against", "src", "--json"];
    let document = test(&workspace, &more).expect_exit(3).json();
    let severities: Vec<_> =
        document["findings"].as_array().into_iter().flatten().map(|it| &it["severity"]).collect();
    assert_eq!(
        severities,
        ["failure", "remark"],
        "a wrong total keeps nothing from being compared"
    );
    assert_eq!(document["against"][0]["removed"], 1);
}
