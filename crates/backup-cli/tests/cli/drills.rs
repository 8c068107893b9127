//! docs/drills.md describes exactly the fields and metrics that are written.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::workspace::Workspace;

const DOCUMENT: &str = include_str!("../../../../docs/drills.md");

type Names = BTreeSet<String>;

/// A workspace with a history and metrics in which every field is set.
fn recorded_runs() -> Workspace {
    let workspace = Workspace::new();
    workspace.write("src/deals.csv", "id,amount\n1,10.50\n2,-0.25\n3,\n4,\n5,\n");
    workspace.write("totals.csv", "table,rows\ndeals,2\n");
    let keep = ["--history", "h.jsonl", "--metrics", "m.prom"];
    let who = ["--operator", "Ann", "--reviewer", "Bo", "--ticket", "T-1"];
    let keep = [&keep[..], &who].concat();
    workspace.export("a.age", &[&["src"], &keep[..]].concat()).expect_exit(0);
    workspace.write("src/deals.csv", "id,amount\n1,10.50\n2,-0.25\n");
    workspace.export("a.age", &[&["src", "--force"], &keep[..]].concat()).expect_exit(0);
    let more = ["--expect", "totals.csv", "--against", "src"];
    workspace
        .run(&[&["restore-test", "a.age", "-i", "key.txt"], &more[..], &keep].concat())
        .expect_exit(0);
    workspace
}

fn lines(workspace: &Workspace) -> Vec<Value> {
    let text = String::from_utf8(workspace.read("h.jsonl")).expect("it is UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// The rows of the table under this heading, and the names in the cells of one column.
fn documented(heading: &str, column: usize) -> Vec<(String, Names)> {
    let (_, table) = DOCUMENT.split_once(heading).expect("the document has the table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches(['|', ' ']).split(" | ").collect();
        (cells[0].to_owned(), names(cells[column]))
    })
    .collect()
}

fn keys(value: &Value) -> Names {
    value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}

#[test]
fn docs_list_exactly_the_fields_of_a_history() {
    let rows = documented("| field | content |", 0);
    let documented_names: Names = rows.into_iter().flat_map(|(_, names)| names).collect();
    let lines = lines(&recorded_runs());
    let written: Names = lines.iter().flat_map(keys).collect();
    assert_eq!(documented_names, written, "the documented fields and the written ones");

    let steps = documented("| field | content |", 1);
    let steps = steps.into_iter().find(|(field, _)| field == "`seconds`").expect("it has a row").1;
    let written: Names = lines.iter().flat_map(|line| keys(&line["seconds"])).collect();
    assert_eq!(steps, written, "the steps that take time");
}

#[test]
fn docs_list_every_metric_and_alert_rules_use_existing_metrics() {
    let workspace = recorded_runs();
    let text = String::from_utf8(workspace.read("m.prom")).expect("it is UTF-8");
    let name = |line: &str| line.split(['{', ' ']).next().unwrap_or_default().to_owned();
    let written: Names = text.lines().filter(|line| !line.starts_with('#')).map(name).collect();
    let rows = documented("| metric | value |", 0);
    let documented_names: Names = rows.into_iter().flat_map(|(_, names)| names).collect();
    assert_eq!(documented_names, written, "the documented metrics and the written ones");

    let (_, rules) = DOCUMENT.split_once("```yaml").expect("the document has rules");
    let (rules, _) = rules.split_once("```").expect("they end");
    let expressions: Vec<_> = rules.lines().filter(|line| line.contains(" expr: ")).collect();
    assert!(expressions.len() >= 3, "{rules}");
    for line in expressions {
        let at = line.find("crm_backup_").expect("a rule is about a metric");
        let (name, rest) = line[at..].split_once('{').expect("of a command");
        assert!(written.contains(name), "no metric has the name {name}");
        let (labels, _) = rest.split_once('}').expect("labels end");
        let series = text.lines().any(|line| {
            line.starts_with(name) && labels.split(',').all(|label| line.contains(label))
        });
        assert!(series, "nothing has the labels {labels} of {name}:\n{text}");
    }
}
