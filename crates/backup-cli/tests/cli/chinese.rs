//! What people read in Chinese: a verdict's screen, and what to do, without an English sentence but
//! where the original of a Chinese one stands below it.

use backup_cli::{Capture, Context};

use crate::bench::{Bench, Ran, fixture};
use crate::in_process::drive;

/// Lines with three English words in a row, but for commands, and details that are told in English
/// below or behind their Chinese.
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

/// A line up to what the system or a source says, which stands behind a Chinese sentence and a colon.
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

fn run(bench: &Bench, args: &[&str]) -> Ran {
    bench.run(&[args, &["--lang", "zh"]].concat())
}

/// Demands that a run is told in Chinese, on both streams.
fn told(ran: Ran) -> Ran {
    for text in [&ran.stdout, &ran.stderr] {
        assert_eq!(english(text), [""; 0], "English of: {}\n{text}", ran.command);
    }
    assert!(is_chinese(&(ran.stdout.clone() + &ran.stderr)), "no Chinese of: {}", ran.command);
    ran
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
    let bench = Bench::new();
    let all = ["csv-utf8", "workbook", "sqlite", "attachments"].map(fixture);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let keep = ["--history", "h.jsonl", "--metrics", "m.prom"];
    let archive = ["a.age", "-i", "key.txt"];
    told(run(&bench, &["keygen", "-o", "second.txt"])).exits(0);
    told(run(&bench, &[&["export", "--dry-run"], &all[..]].concat())).exits(0);
    let export = ["export", "-o", "a.age", "-r", &bench.public, "--report", "page.html"];
    told(run(&bench, &[&export[..], &all, &keep].concat())).exits(0);
    told(run(&bench, &[&["inspect"], &archive[..]].concat())).exits(0);
    told(run(&bench, &[&["verify"], &archive[..]].concat())).exits(0);
    told(run(&bench, &["verify", "--sealed", "a.age"])).exits(0);
    told(run(&bench, &[&["restore-test"], &archive[..], &keep].concat())).exits(0);
    told(run(&bench, &[&["restore-test"], &archive[..], &keep].concat())).exits(0);
    told(run(&bench, &[&["restore", "-o", "back"], &archive[..]].concat())).exits(0);
    told(run(&bench, &["history", "h.jsonl"])).exits(0);
    told(run(&bench, &["demo"])).exits(0);
}

#[test]
fn comparisons_print_chinese() {
    let bench = Bench::new();
    bench.write("src/deals.csv", "id,amount\n1,10.50\n2,-0.25\n");
    bench.write("src/gone.csv", "id\n1\n");
    bench.write("src/other.csv", "id,a\n1,x\n");
    bench.export("a.age", &["src"]).exits(0);
    bench.write("src/deals.csv", "id,amount\n1,10.50\n2,-0.5\n3,x\n");
    bench.write("src/new.csv", "id\n1\n");
    bench.write("src/other.csv", "id,b\n1,x\n");
    std::fs::remove_file(bench.path("src/gone.csv")).expect("it is there");
    let totals = "table,rows,column,sum\ndeals,2,amount,10.25\ndeals,3,amount,1\ndeal,1,,\n";
    bench.write("totals.csv", totals);
    let more = ["--against", "src", "--expect", "totals.csv"];
    let test = [&["restore-test", "a.age", "-i", "key.txt"], &more[..]].concat();
    let ran = told(run(&bench, &test)).exits(3);
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
        assert!(ran.stdout.contains(line), "{line} is missing:\n{}", ran.stdout);
    }
    assert!(ran.stderr.contains("建议：归档本身没有问题"), "what to do: {}", ran.stderr);
    let english = bench.run(&test).exits(3);
    assert!(
        english.stdout.contains("\n  deals  1 record added, 1 changed\n"),
        "{}",
        english.stdout
    );
}

#[test]
fn failures_print_their_hints_in_chinese() {
    let bench = Bench::with_archive();
    let archive = ["crm.tar.zst.age", "-i", "key.txt"];
    let drill = |more: &[&str]| {
        let test = [&["restore-test"], &archive[..], more].concat();
        told(run(&bench, &test))
    };
    let says = |ran: Ran, words: &str| {
        let hints: Vec<_> = ran.stderr.lines().filter(|line| line.starts_with("建议：")).collect();
        assert_eq!(hints.len(), 1, "one hint, of: {}\n{}", ran.command, ran.stderr);
        assert!(is_chinese(&hints[0]["建议：".len()..]), "{}", ran.stderr);
        assert!(ran.stderr.contains(words), "“{words}” is missing:\n{}", ran.stderr);
    };
    says(drill(&["--max-restore-time", "0s"]).exits(3), "错误：crm.tar.zst.age：恢复所用时间");
    says(drill(&["--history", "nowhere/h.jsonl"]).exits(4), "警告：");
    says(drill(&["--metrics", "nowhere/m.prom"]).exits(4), "警告：监控指标未能写入");
    bench.write("h.jsonl", "no line\n");
    says(drill(&["--history", "h.jsonl"]).exits(3), "请与其副本比较");
    says(told(run(&bench, &["history", "h.jsonl"])).exits(3), "请与其副本比较");
    says(told(run(&bench, &["verify", "gone.age", "-i", "key.txt"])).exits(1), "找不到文件");
    says(told(run(&bench, &["keygen", "-o", "key.txt"])).exits(1), "密钥从不覆盖");
    bench.keygen("wrong.txt");
    let wrong = ["verify", "crm.tar.zst.age", "-i", "wrong.txt"];
    says(told(run(&bench, &wrong)).exits(1), "归档本身与写出时一致");
    std::fs::remove_file(bench.path("crm.tar.zst.age.sha256")).expect("it is there");
    says(told(run(&bench, &wrong)).exits(1), "或其头部已损坏");
    let mut bytes = bench.read("crm.tar.zst.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bench.write("crm.tar.zst.age", &bytes);
    says(drill(&[]).exits(3), "restore --salvage");
    let salvage = [&["restore", "-o", "rescued", "--salvage"], &archive[..]].concat();
    says(told(run(&bench, &salvage)).exits(3), "请查找本归档的其他副本");
    bench.write("crm.tar.zst.age", &bytes[..middle]);
    let salvage = [&["restore", "-o", "cut", "--salvage"], &archive[..]].concat();
    says(told(run(&bench, &salvage)).exits(3), "请查找本归档的其他副本");
    // Programs read the same in every language.
    let document = run(&bench, &[&["verify"], &archive[..], &["--json"]].concat()).json();
    assert!(!is_chinese(&document.to_string()), "a document in Chinese: {document}");
}

/// No line is wider than the terminal, in either language, unless one word is.
#[test]
fn lines_are_no_wider_than_the_terminal() {
    let bench = Bench::new();
    let all = ["csv-utf8", "workbook", "sqlite", "attachments"].map(fixture);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    bench.export("a.age", &[&all[..], &["--history", "h.jsonl"]].concat()).exits(0);
    bench.write("totals.csv", "table,rows\naccounts,40\naccuonts (crm.sqlite),40\n");
    let test = ["restore-test", "@a.age", "-i", "@key.txt", "--history", "@h.jsonl"];
    let more = ["--expect", "@totals.csv", "--against", all[0]];
    let commands: [Vec<&str>; 4] = [
        [&test[..], &more].concat(),
        vec!["inspect", "@a.age", "-i", "@key.txt"],
        vec!["history", "@h.jsonl"],
        [&["export", "--dry-run"], &all[..]].concat(),
    ];
    // What the folder of the test is called would be the longest word.
    let folder = format!("{}/", bench.path("").display().to_string().trim_end_matches('/'));
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
            drive(&bench, &mut context, &[&command[..], &["--lang", language]].concat());
            for line in stdout.text().lines().filter(|line| !line.contains(&folder)) {
                let shown = unicode_width::UnicodeWidthStr::width(line);
                assert!(shown <= width, "{command:?}, {language}: {shown} columns:\n{line}");
            }
        }
    }
}
