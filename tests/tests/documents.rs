//! Documents agree with the code: the tests that SECURITY.md names exist, the command line accepts
//! the commands in the documents, and links between documents work.

use std::fs;
use std::path::{Path, PathBuf};

use backup_cli::{Capture, Context, run};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// The cells of a row of a Markdown table; empty for other lines.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
    Some(row.split(" | ").collect())
}

/// The text between backticks.
fn spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_promise_names_existing_tests() {
    let root = root();
    let text = fs::read_to_string(root.join("SECURITY.md")).expect("SECURITY.md is read");
    let rows = text.lines().filter_map(cells);
    let rows: Vec<_> = rows.filter(|row| !matches!(row[0], "promise" | "---")).collect();
    assert!(rows.len() > 15, "there are {} promises only", rows.len());
    for row in rows {
        let [promise, tests] = row[..] else {
            panic!("this row has a wrong number of columns: {row:?}")
        };
        let mut files = Vec::new();
        for span in spans(tests) {
            if span.contains('/') {
                assert!(root.join(span).exists(), "{promise}: {span} does not exist");
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

/// The commands in a document's code blocks, each as its arguments.
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
        // The program is the first word, or in a crontab line the sixth.
        let runs = before.is_empty() || before == "$" || before.ends_with('*');
        let args = words[is + 1..].iter().take_while(|word| !matches!(**word, "#" | ">" | "|"));
        runs.then(|| args.map(|arg| arg.trim_matches('\'').to_owned()).collect())
    };
    lines.filter_map(command).collect()
}

/// The documents for users and contributors, by their paths in the workspace.
fn documents() -> Vec<String> {
    let docs = fs::read_dir(root().join("docs")).expect("the folder docs is read");
    let docs = docs.map(|entry| entry.expect("an entry of docs is read").file_name());
    let mut documents: Vec<_> = docs
        .map(|name| format!("docs/{}", name.to_str().expect("the name is Unicode")))
        .filter(|path| path.ends_with(".md"))
        .collect();
    documents.sort();
    documents.extend(["README.md", "README.zh-CN.md", "CONTRIBUTING.md"].map(str::to_owned));
    documents
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).expect("the document is read")
}

#[test]
fn the_command_line_accepts_every_command_in_the_documents() {
    let mut found = 0;
    for document in documents() {
        for command in commands(&read(&document)) {
            // With --help at the end, the program reports invalid arguments and does nothing else.
            let args = [&["crm-backup".to_owned()], &command[..], &["--help".to_owned()]].concat();
            let stderr = Capture::default();
            let mut context = Context { stderr: Box::new(stderr.clone()), ..Context::detached() };
            let exit = run(args.into_iter().map(Into::into), &mut context);
            assert_eq!(exit, 0, "{document}: {command:?} is refused:\n{}", stderr.text());
            found += 1;
        }
    }
    assert!(found >= 40, "only {found} commands were found");
}

#[test]
fn translated_documents_show_the_same_commands() {
    for document in ["README", "docs/complete"] {
        let english = commands(&read(&format!("{document}.md")));
        assert!(english.len() >= 7, "{document}: only {english:?} were found");
        assert_eq!(english, commands(&read(&format!("{document}.zh-CN.md"))), "{document}");
    }
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(kept)
        .collect::<String>()
        .replace(' ', "-")
}

#[test]
fn links_between_documents_lead_to_existing_headings() {
    for document in documents() {
        let text = read(&document);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = match file {
                "" => root().join(&document),
                file => root().join(&document).parent().expect("a folder").join(file),
            };
            assert!(path.exists(), "{document}: {target} does not exist");
            if !heading.is_empty() {
                let linked = fs::read_to_string(&path).expect("the linked document is read");
                let mut headings = linked.lines().filter(|line| line.starts_with('#')).map(anchor);
                assert!(headings.any(|it| it == heading), "{document}: {target}: no such heading");
            }
        }
    }
}
