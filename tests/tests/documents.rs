//! What SECURITY.md says is held by a test is: the tests that it names are there. And what documents
//! say to type is what the command line takes.

use std::fs;
use std::path::{Path, PathBuf};

use backup_cli::{Capture, Context, run};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

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
    let root = root();
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

/// The commands of a document's blocks of code, each as its arguments.
fn commands(text: &str) -> Vec<Vec<String>> {
    let blocks = text.split("\n```").skip(1).step_by(2);
    let lines = blocks.flat_map(str::lines);
    let command = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_matches('"')).collect();
        let named = |word: &&str| {
            let word = word.strip_prefix("ExecStart=").unwrap_or(word);
            let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
            matches!(name, "crm-backup" | "crm-backup.exe")
        };
        let is = words.iter().position(named)?;
        let before = words[..is].join(" ");
        // Where it runs it is the first word, of a line of cron's the sixth.
        let runs = before.is_empty() || before == "$" || before.ends_with('*');
        let args = words[is + 1..].iter().take_while(|word| !matches!(**word, "#" | ">" | "|"));
        runs.then(|| args.map(|arg| arg.trim_matches('\'').to_owned()).collect())
    };
    lines.filter_map(command).collect()
}

#[test]
fn every_command_of_a_document_is_one_that_is_taken() {
    for (document, least) in [("README.md", 10), ("docs/drills.md", 6)] {
        let text = fs::read_to_string(root().join(document)).expect("the document is read");
        let commands = commands(&text);
        let said = commands.len();
        assert!(said >= least, "{document}: only {said} commands were found: {commands:?}");
        for command in commands {
            // Asked for help at its end, it says what it does not understand before, and does nothing.
            let args = [&["crm-backup".to_owned()], &command[..], &["--help".to_owned()]].concat();
            let stderr = Capture::default();
            let mut context = Context { stderr: Box::new(stderr.clone()), ..Context::detached() };
            let exit = run(args.into_iter().map(Into::into), &mut context);
            assert_eq!(exit, 0, "{document}: {command:?} is not taken:\n{}", stderr.text());
        }
    }
}
