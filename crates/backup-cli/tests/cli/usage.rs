//! Wrong arguments, in both languages.

use crate::workspace::Workspace;

#[test]
fn wrong_arguments_have_chinese_sentences() {
    let workspace = Workspace::with_archive();
    for (args, words) in [
        (&["restore", "--table", "客户"][..], "缺少参数：--output"),
        (&["restore", "a.age", "-o", "x", "--table"], "--table <TABLE> 需要一个值"),
        (&["export", "a.csv", "-o", "q.age", "-r"], "--recipient <RECIPIENT> 需要一个值"),
        (&["export", "a.csv", "-o", "q.age", "-R"], "--recipients-file <FILE> 需要一个值"),
        (&["verify", "crm.tar.zst.age", "-i"], "--identity <IDENTITY> 需要一个值"),
        (&["verify"], "缺少参数：<ARCHIVE>"),
        (&["export", "a.csv"], "缺少参数：--output <ARCHIVE>"),
        (&["foo"], "没有命令 foo"),
        (&["verify", "--foo", "a"], "没有参数 --foo"),
        (&["verify", "--seled", "a"], "是否指 --sealed"),
        (&["export", "a", "-o", "b", "--level", "99"], "99 不是 --level <N> 的有效取值"),
        (&["export", "a", "-o", "b", "--ragged", "z"], "可用的值：refuse, pad"),
        (&["verify", "a", "--sealed", "-i", "k"], "不能同时使用"),
        (&["restore", "a", "-o", "b", "-o", "c"], "重复给出"),
        (&["history"], "缺少参数：<FILE>"),
    ] {
        let result = workspace.run(&[&["--lang", "zh"], args].concat()).expect_exit(2);
        assert!(result.stderr.contains(words), "{args:?}: {}", result.stderr);
        for line in result.stderr.lines() {
            let is_chinese = line.chars().any(|c| c > '\u{4e00}');
            assert!(is_chinese, "{args:?}: an English line: {}", result.stderr);
        }
        workspace.run(&[&["--lang", "zh", "--json"], args].concat()).expect_exit(2).json();
    }
}

#[test]
fn an_archive_behind_against_is_named_as_the_cause() {
    let workspace = Workspace::with_archive();
    let args = ["restore-test", "-i", "key.txt", "--against", "src", "crm.tar.zst.age"];
    for (language, words) in [("en", "name the archive before it"), ("zh", "请将归档放在它前面")]
    {
        let result = workspace.run(&[&["--lang", language], &args[..]].concat()).expect_exit(2);
        assert!(result.stderr.contains(words), "{}", result.stderr);
    }
}

#[test]
fn a_restore_into_a_file_that_is_no_database_is_refused() {
    let workspace = Workspace::with_archive();
    for name in ["one.csv", "all.XLSX", "tables.json", "x.zip"] {
        let args =
            ["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", name, "--table", "accounts"];
        let result = workspace.run(&args).expect_exit(2).fails_with("would be a folder");
        assert!(result.stderr.contains("crm.sqlite"), "{}", result.stderr);
        assert!(!workspace.path(name).exists(), "{name} was made");
    }
    std::fs::create_dir(workspace.path("old.csv")).expect("a folder is made");
    workspace.run(&["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", "old.csv"]).expect_exit(0);
}

#[test]
fn patterns_that_match_nothing_are_reported_by_every_command_with_sources() {
    let workspace = Workspace::new();
    workspace.write("a.csv", "id\n1\n");
    workspace.export("a.age", &["a.csv"]).expect_exit(0);
    let patterns = ["--encoding", "x*=gbk", "--header-row", "b.csv=2", "--as-file", "*.pdf"];
    let public = workspace.public.clone();
    for args in [
        &["export", "a.csv", "--dry-run"][..],
        &["export", "a.csv", "-o", "b.age", "-r", &public],
        &["restore-test", "a.age", "-i", "key.txt", "--against", "a.csv"],
    ] {
        let result = workspace.run(&[args, &patterns].concat()).expect_exit(0);
        for pattern in ["x*", "b.csv", "*.pdf"] {
            let words = format!("the pattern {pattern} matches nothing");
            assert!(result.stdout.contains(&words), "{args:?}: {}", result.stdout);
        }
    }
}

#[test]
fn a_wrong_address_of_a_database_is_a_usage_error_that_states_what_is_allowed() {
    let workspace = Workspace::with_archive();
    let public = workspace.public.clone();
    let test = ["restore-test", "crm.tar.zst.age", "-i", "key.txt"];
    for (address, words) in [
        ("postgres://127.0.0.1:1/crm?sslmode=foo", "disable, prefer, require"),
        ("mysql://127.0.0.1:1/crm?tls=1", "sslmode, sslrootcert"),
        ("postgres://127.0.0.1:port/crm", "from 1 to 65535"),
        ("mysql://127.0.0.1:1", "database"),
        ("postgres://127.0.0.1:1/", "database"),
    ] {
        let commands = [
            vec!["export", address, "-o", "x.age", "-r", &public],
            vec!["restore", "crm.tar.zst.age", "-i", "key.txt", "-o", address],
            [&test[..], &["--against", address]].concat(),
            [&test[..], &["--scratch", address]].concat(),
        ];
        // A scratch database gets a name of its own.
        let with_database = if words == "database" { 3 } else { 4 };
        for args in &commands[..with_database] {
            workspace.run(args).expect_exit(2).fails_with(words);
        }
    }
}
