//! What people read in Chinese: reports and hints. No English sentence may appear, except where the
//! original text stands below its translation.

use backup_cli::{Capture, Context};

use crate::in_process::run_in_process;
use crate::workspace::{RunResult, Workspace, fixture};

/// Lines with three English words in a row. Commands do not count, nor do English details below or
/// after their Chinese translation.
fn english(text: &str) -> Vec<&str> {
    let mut before = "";
    let mut lines = Vec::new();
    for line in text.lines() {
        let is_original = line.starts_with("    ") && (is_chinese(before) || before.is_empty());
        let is_command = line.trim_start_matches(['$', ' ']).starts_with("crm-backup ");
        if !is_original && !is_command && longest_run(without_detail(line)) >= 3 {
            lines.push(line);
        }
        before = line;
    }
    lines
}

/// The part of a line before a message of the system or of a source, which follows a colon.
fn without_detail(line: &str) -> &str {
    let sentence = |end: &usize| line[..*end].chars().filter(|c| *c > '\u{4e00}').count() > 5;
    let colon = line.match_indices('：').map(|(at, _)| at).find(sentence);
    colon.map_or(line, |at| &line[..at])
}

fn is_chinese(line: &str) -> bool {
    line.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

fn longest_run(line: &str) -> usize {
    let is_word = |word: &&str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
    let mut longest = 0;
    let mut run = 0;
    for word in line.split(' ').map(|word| word.trim_end_matches(['.', ',', ';', ':'])) {
        run = if is_word(&word) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn run(workspace: &Workspace, args: &[&str]) -> RunResult {
    workspace.run(&[args, &["--lang", "zh"]].concat())
}

/// Fails unless both streams of the run are in Chinese.
fn assert_chinese(result: RunResult) -> RunResult {
    for text in [&result.stdout, &result.stderr] {
        assert_eq!(english(text), [""; 0], "English of: {}\n{text}", result.command);
    }
    assert!(
        is_chinese(&(result.stdout.clone() + &result.stderr)),
        "no Chinese of: {}",
        result.command
    );
    result
}

#[test]
fn the_chinese_check_rejects_english_text() {
    assert_eq!(english("表\nNow prove that it restores:"), ["Now prove that it restores:"]);
    assert_eq!(english("  · 合计不符。\n    there is no table x"), [""; 0], "an original");
    assert_eq!(english("$ crm-backup keygen in a folder"), [""; 0], "a command");
    assert_eq!(english("  ! 历史记录未能写入：no such file"), [""; 0], "a detail");
    assert_eq!(english("建议：Mend the source first."), ["建议：Mend the source first."]);
}

#[test]
fn a_full_cycle_prints_chinese() {
    let workspace = Workspace::new();
    let all = ["csv-utf8", "workbook", "sqlite", "attachments"].map(fixture);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let keep = ["--history", "h.jsonl", "--metrics", "m.prom"];
    let archive = ["a.age", "-i", "key.txt"];
    assert_chinese(run(&workspace, &["keygen", "-o", "second.txt"])).expect_exit(0);
    assert_chinese(run(&workspace, &[&["export", "--dry-run"], &all[..]].concat())).expect_exit(0);
    let export = ["export", "-o", "a.age", "-r", &workspace.public, "--report", "page.html"];
    assert_chinese(run(&workspace, &[&export[..], &all, &keep].concat())).expect_exit(0);
    assert_chinese(run(&workspace, &[&["inspect"], &archive[..]].concat())).expect_exit(0);
    assert_chinese(run(&workspace, &[&["verify"], &archive[..]].concat())).expect_exit(0);
    assert_chinese(run(&workspace, &["verify", "--sealed", "a.age"])).expect_exit(0);
    assert_chinese(run(&workspace, &[&["restore-test"], &archive[..], &keep].concat()))
        .expect_exit(0);
    assert_chinese(run(&workspace, &[&["restore-test"], &archive[..], &keep].concat()))
        .expect_exit(0);
    assert_chinese(run(&workspace, &[&["restore", "-o", "back"], &archive[..]].concat()))
        .expect_exit(0);
    assert_chinese(run(&workspace, &["history", "h.jsonl"])).expect_exit(0);
    assert_chinese(run(&workspace, &["demo"])).expect_exit(0);
}

#[test]
fn comparisons_print_chinese() {
    let workspace = Workspace::new();
    workspace.write("src/deals.csv", "id,amount\n1,10.50\n2,-0.25\n");
    workspace.write("src/gone.csv", "id\n1\n");
    workspace.write("src/other.csv", "id,a\n1,x\n");
    workspace.export("a.age", &["src"]).expect_exit(0);
    workspace.write("src/deals.csv", "id,amount\n1,10.50\n2,-0.5\n3,x\n");
    workspace.write("src/new.csv", "id\n1\n");
    workspace.write("src/other.csv", "id,b\n1,x\n");
    std::fs::remove_file(workspace.path("src/gone.csv")).expect("it is there");
    let totals = "table,rows,column,sum\ndeals,2,amount,10.25\ndeals,3,amount,1\ndeal,1,,\n";
    workspace.write("totals.csv", totals);
    let more = ["--against", "src", "--expect", "totals.csv"];
    let test = [&["restore-test", "a.age", "-i", "key.txt"], &more[..]].concat();
    let result = assert_chinese(run(&workspace, &test)).expect_exit(3);
    for line in [
        "\n  deals  新增 1 条记录，修改 1 条记录\n",
        "\n  gone   数据源中已没有此表\n",
        "\n  new    数据源中有此表，归档中没有\n",
        "\n  other  记录未比对：列现已不同，新增 1 列，删除 1 列\n",
        "\n  表     合计项  CRM 所示  恢复结果  是否相符  非数字单元格\n",
        "\n  deals  记录数         3         2  否                   0\n",
        "\n  deal   记录数         1         –  否                   0\n",
        "\n  deals  记录数         2         2  是                   0\n",
        "\n  ! 表 other 的记录未比对：其列现已不同。\n",
    ] {
        assert!(result.stdout.contains(line), "{line} is missing:\n{}", result.stdout);
    }
    assert!(result.stderr.contains("建议：归档本身没有问题"), "the hint: {}", result.stderr);
    let english = workspace.run(&test).expect_exit(3);
    assert!(
        english.stdout.contains("\n  deals  1 record added, 1 changed\n"),
        "{}",
        english.stdout
    );
}

#[test]
fn failures_print_their_hints_in_chinese() {
    let workspace = Workspace::with_archive();
    let archive = ["crm.tar.zst.age", "-i", "key.txt"];
    let drill = |more: &[&str]| {
        let test = [&["restore-test"], &archive[..], more].concat();
        assert_chinese(run(&workspace, &test))
    };
    let expect_words = |result: RunResult, words: &str| {
        let hints: Vec<_> =
            result.stderr.lines().filter(|line| line.starts_with("建议：")).collect();
        assert_eq!(hints.len(), 1, "one hint, of: {}\n{}", result.command, result.stderr);
        assert!(is_chinese(&hints[0]["建议：".len()..]), "{}", result.stderr);
        assert!(result.stderr.contains(words), "“{words}” is missing:\n{}", result.stderr);
    };
    expect_words(
        drill(&["--max-restore-time", "0s"]).expect_exit(3),
        "错误：crm.tar.zst.age：恢复所用时间",
    );
    expect_words(drill(&["--history", "nowhere/h.jsonl"]).expect_exit(4), "警告：");
    expect_words(drill(&["--metrics", "nowhere/m.prom"]).expect_exit(4), "警告：监控指标未能写入");
    workspace.write("h.jsonl", "no line\n");
    expect_words(drill(&["--history", "h.jsonl"]).expect_exit(3), "请与其副本比较");
    expect_words(
        assert_chinese(run(&workspace, &["history", "h.jsonl"])).expect_exit(3),
        "请与其副本比较",
    );
    expect_words(
        assert_chinese(run(&workspace, &["verify", "gone.age", "-i", "key.txt"])).expect_exit(1),
        "找不到文件",
    );
    expect_words(
        assert_chinese(run(&workspace, &["keygen", "-o", "key.txt"])).expect_exit(1),
        "密钥从不覆盖",
    );
    workspace.keygen("wrong.txt");
    let wrong = ["verify", "crm.tar.zst.age", "-i", "wrong.txt"];
    expect_words(assert_chinese(run(&workspace, &wrong)).expect_exit(1), "归档本身与写出时一致");
    std::fs::remove_file(workspace.path("crm.tar.zst.age.sha256")).expect("it is there");
    expect_words(assert_chinese(run(&workspace, &wrong)).expect_exit(1), "或其头部已损坏");
    let mut bytes = workspace.read("crm.tar.zst.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    workspace.write("crm.tar.zst.age", &bytes);
    expect_words(drill(&[]).expect_exit(3), "restore --salvage");
    let salvage = [&["restore", "-o", "rescued", "--salvage"], &archive[..]].concat();
    expect_words(
        assert_chinese(run(&workspace, &salvage)).expect_exit(3),
        "请查找本归档的其他副本",
    );
    workspace.write("crm.tar.zst.age", &bytes[..middle]);
    let salvage = [&["restore", "-o", "cut", "--salvage"], &archive[..]].concat();
    expect_words(
        assert_chinese(run(&workspace, &salvage)).expect_exit(3),
        "请查找本归档的其他副本",
    );
    // JSON is the same in every language.
    let document = run(&workspace, &[&["verify"], &archive[..], &["--json"]].concat()).json();
    assert!(!is_chinese(&document.to_string()), "a document in Chinese: {document}");
}

/// No line is wider than the terminal, in either language, unless it is a single long word.
#[test]
fn lines_are_no_wider_than_the_terminal() {
    let workspace = Workspace::new();
    let all = ["csv-utf8", "workbook", "sqlite", "attachments"].map(fixture);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    workspace.export("a.age", &[&all[..], &["--history", "h.jsonl"]].concat()).expect_exit(0);
    workspace.write("totals.csv", "table,rows\naccounts,40\naccuonts (crm.sqlite),40\n");
    let test = ["restore-test", "@a.age", "-i", "@key.txt", "--history", "@h.jsonl"];
    let more = ["--expect", "@totals.csv", "--against", all[0]];
    let commands: [Vec<&str>; 4] = [
        [&test[..], &more].concat(),
        vec!["inspect", "@a.age", "-i", "@key.txt"],
        vec!["history", "@h.jsonl"],
        [&["export", "--dry-run"], &all[..]].concat(),
    ];
    // A long folder name would be the longest word.
    let folder = format!("{}/", workspace.path("").display().to_string().trim_end_matches('/'));
    for (command, language) in
        commands.iter().flat_map(|command| ["en", "zh"].map(|language| (command, language)))
    {
        for width in [80, 120] {
            let (stdout, stderr) = (Capture::default(), Capture::default());
            let mut context = Context {
                stdout: Box::new(stdout.clone()),
                stderr: Box::new(stderr.clone()),
                stdout_terminal: true,
                stderr_terminal: true,
                width: Some(width),
                ..Context::detached()
            };
            run_in_process(
                &workspace,
                &mut context,
                &[&command[..], &["--lang", language]].concat(),
            );
            for line in stdout.text().lines().filter(|line| !line.contains(&folder)) {
                let shown = unicode_width::UnicodeWidthStr::width(line);
                assert!(shown <= width, "{command:?}, {language}: {shown} columns:\n{line}");
            }
        }
    }
}

#[test]
fn invalid_values_are_reported_in_chinese_and_in_english_json() {
    let workspace = Workspace::new();
    let test = ["restore-test", "a.age", "-i", "key.txt", "--max-age", "soon"];
    let result = assert_chinese(run(&workspace, &test)).expect_exit(2);
    assert!(result.stderr.contains("应为数字加单位"), "{}", result.stderr);
    let message =
        run(&workspace, &[&test[..], &["--json"]].concat()).json()["error"]["message"].clone();
    let message = message.as_str().expect("there is a message").to_owned();
    assert!(message.starts_with("invalid value 'soon' for '--max-age"), "{message}");
    assert!(message.contains("a number and a unit"), "{message}");
}

#[test]
fn a_missing_command_is_named_in_chinese() {
    let result = Workspace::new().run(&["--lang", "zh", "--json"]).expect_exit(2);
    assert_eq!(english(&result.stderr), [""; 0], "{}", result.stderr);
    assert!(result.stderr.contains("没有给出命令"), "{}", result.stderr);
    result.json();
}
