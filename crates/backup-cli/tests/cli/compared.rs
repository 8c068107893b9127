//! A restore-test that compares with more than the archive: the sources as they are now, and the
//! totals that the CRM's own screens say.

use serde_json::{Value, json};

use crate::bench::{Bench, Ran};

const DEALS: &str = "id,amount,note\n1,10.50,none\n2,-0.25,5\n";

/// A folder with an archive of one table, `a.age`, and its source, `src`.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("src/deals.csv", DEALS);
    bench.export("a.age", &["src"]).exits(0);
    bench
}

fn test(bench: &Bench, more: &[&str]) -> Ran {
    bench.run(&[&["restore-test", "a.age", "-i", "key.txt"], more].concat())
}

#[test]
fn differences_from_the_source_are_reported_table_by_table() {
    let bench = bench();
    let strict = ["--against", "src", "--require-equal"];
    let same = test(&bench, &strict).exits(0);
    assert!(same.stdout.contains("\n  deals  equal\n"), "{}", same.stdout);
    let document = test(&bench, &[&strict[..], &["--json"]].concat()).exits(0).json();
    let equal = json!({
        "table": "deals", "equal": true, "other_order": false,
        "added": 0, "removed": 0, "changed": 0, "by_key": false,
    });
    assert_eq!(document["against"], json!([equal]));
    assert_eq!(document["totals"], json!([]), "none were expected");

    bench.write("src/deals.csv", "id,amount,note\n1,10.50,none\n2,0,5\n3,1,x\n4,1,x\n");
    let moved = test(&bench, &["--against", "src"]).exits(0);
    assert!(moved.stdout.contains("\n  deals  2 records added, 1 changed\n"), "{}", moved.stdout);
    assert!(
        !moved.stdout.contains("\nNotes\n"),
        "the difference is reported twice:\n{}",
        moved.stdout
    );
    assert!(moved.stdout.contains("\nproven\n"), "a live CRM moves on:\n{}", moved.stdout);
    let document = test(&bench, &["--against", "src", "--json"]).exits(0).json();
    let seen = &document["against"][0];
    let counts = [&seen["added"], &seen["removed"], &seen["changed"], &seen["by_key"]];
    assert_eq!(counts, [&json!(2), &json!(0), &json!(1), &json!(true)]);
    assert_eq!(document["findings"][0]["severity"], "remark");

    let failed = test(&bench, &strict).exits(3).complains("2 records added, 1 changed");
    assert!(
        failed.stderr.contains("The archive is sound"),
        "the archive is blamed:\n{}",
        failed.stderr
    );
    bench.run(&["restore-test", "a.age", "-i", "key.txt", "--require-equal"]).exits(2);
}

#[test]
fn an_incomplete_comparison_is_unverified_unless_something_differs() {
    let bench = Bench::new();
    bench.write("src/deals.csv", DEALS);
    bench.write("src/leads.csv", DEALS);
    bench.export("a.age", &["src"]).exits(0);
    let strict = ["--against", "src", "--require-equal"];
    bench.write("src/leads.csv", "id,amount,note\n1\n");
    test(&bench, &strict).exits(4).complains("leads.csv");
    bench.write("src/deals.csv", "id,amount,note\n1,10.50,none\n");
    test(&bench, &strict).exits(3).complains("1 record removed");
    bench.write("src/leads.csv", DEALS);
    bench.write("src/deals.csv", "id,amount\n1,10.50\n2,-0.25\n");
    test(&bench, &["--against", "src"]).exits(4).complains("other columns");
    test(&bench, &strict).exits(3).complains("its columns differ now: 1 column removed");
}

#[test]
fn expected_totals_are_reconciled_line_by_line() {
    let bench = bench();
    bench.write("totals.csv", "table,rows,column,sum\ndeals,2,amount,10.25000\ndeals,,note,5\n");
    let right = test(&bench, &["--expect", "totals.csv"]).exits(0);
    for line in [
        "\n  Table  Total of  CRM's figure  Restored  Agrees  Not numbers\n",
        "\n  deals  Records              2         2  yes               0\n",
        "\n  deals  amount           10.25     10.25  yes               0\n",
        "\n  deals  note                 5         5  yes               1\n",
        "1 cell is not a plain decimal number",
    ] {
        assert!(right.stdout.contains(line), "{line} is missing:\n{}", right.stdout);
    }
    let cases = [
        ("deals,3,,", "another number of records", json!(["3", "2"])),
        ("deals,,amount,10.26", "comes to another sum", json!(["10.26", "10.25"])),
        (
            "deals,,amuont,1",
            "no column \"amuont\", whose sum was expected; it has amount, note, id",
            json!([null, null]),
        ),
        (
            "leads,2,,",
            "no table leads, of which a total was expected; the archive has deals",
            json!([null, null]),
        ),
    ];
    for (line, words, told) in cases {
        bench.write("totals.csv", format!("table,rows,column,sum\n{line}\n"));
        test(&bench, &["--expect", "totals.csv"]).exits(3).complains(words);
        let document = test(&bench, &["--expect", "totals.csv", "--json"]).exits(3).json();
        let finding = &document["findings"][0];
        assert_eq!(finding["code"], "total", "{line}: {finding}");
        assert_eq!(json!([finding["expected"], finding["actual"]]), told, "{line}: {finding}");
        assert_eq!(document["totals"].as_array().map(Vec::len), Some(1), "{line}: {document}");
        let ran = test(&bench, &["--expect", "totals.csv"]);
        let is_a_slip = ran.stderr.contains("Fix the names in the list");
        assert_eq!(is_a_slip, told == json!([null, null]), "{line}: {}", ran.stderr);
    }
    bench.write("totals.csv", "table,rows,column,sum\ndeals,2,note,5.0\n");
    let document = test(&bench, &["--expect", "totals.csv", "--json"]).exits(0).json();
    let total = json!({
        "table": "deals", "rows": { "expected": 2, "actual": 2 }, "column": "note",
        "sum": { "expected": "5", "actual": "5" }, "not_numbers": 1,
    });
    assert_eq!(document["totals"], Value::from(vec![total]));
}

#[test]
fn an_invalid_list_of_totals_is_refused_before_anything_runs() {
    let bench = bench();
    bench.write("odd.csv", "table,rows\ndeals,2\ndeals,many\n");
    test(&bench, &["--expect", "odd.csv"]).exits(1).complains("odd.csv, line 3: ");
    test(&bench, &["--expect", "nowhere.csv"]).exits(1).complains("nowhere.csv");
    let before =
        bench.run(&["restore-test", "nowhere.age", "-i", "key.txt", "--expect", "odd.csv"]);
    before.exits(1).complains("odd.csv");
}

#[test]
fn a_failed_archive_is_not_compared() {
    let bench = bench();
    bench.write("totals.csv", "table,rows\ndeals,2\n");
    let mut bytes = bench.read("a.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bench.write("a.age", bytes);
    let more = ["--expect", "totals.csv", "--against", "src", "--json"];
    let document = test(&bench, &more).exits(3).json();
    assert_eq!(document["not_looked_at"].as_array().map(Vec::len), Some(2), "{document}");
    assert_eq!((&document["totals"], &document["against"]), (&json!([]), &json!([])));
}

#[test]
fn both_comparisons_are_reported_and_the_worse_verdict_decides() {
    let bench = bench();
    bench.write("totals.csv", "table,rows\ndeals,3\n");
    bench.write("src/deals.csv", "id,amount,note\n1,10.50,none\n");
    let more = ["--expect", "totals.csv", "--against", "src", "--json"];
    let document = test(&bench, &more).exits(3).json();
    let severities: Vec<_> =
        document["findings"].as_array().into_iter().flatten().map(|it| &it["severity"]).collect();
    assert_eq!(
        severities,
        ["failure", "remark"],
        "a wrong total keeps nothing from being compared"
    );
    assert_eq!(document["against"][0]["removed"], 1);
}
