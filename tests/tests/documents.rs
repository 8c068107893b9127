//! What SECURITY.md says is held by a test is: the tests that it names are there.

use std::fs;
use std::path::Path;

/// The cells of a Markdown table's row; nothing for other lines.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
    Some(row.split(" | ").collect())
}

/// What stands between backticks.
fn spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_promise_names_tests_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let text = fs::read_to_string(root.join("SECURITY.md")).expect("SECURITY.md is read");
    let rows = text.lines().filter_map(cells);
    let rows: Vec<_> = rows.filter(|row| !matches!(row[0], "promise" | "---")).collect();
    assert!(rows.len() > 15, "there are {} promises only", rows.len());
    for row in rows {
        let [promise, tests] = row[..] else { panic!("this row has other columns: {row:?}") };
        let mut files = Vec::new();
        for span in spans(tests) {
            if span.contains('/') {
                assert!(root.join(span).exists(), "{promise}: there is no {span}");
                let text = fs::read_to_string(root.join(span)).expect("it is a file");
                assert!(text.contains("#[test]"), "{promise}: {span} has no test");
                files.push(text);
            } else {
                let defined = format!("fn {span}(");
                let there = files.iter().any(|file| file.contains(&defined));
                assert!(there, "{promise}: no file before it has a test {span}");
            }
        }
        assert!(!files.is_empty(), "{promise}: no test is named");
    }
}
