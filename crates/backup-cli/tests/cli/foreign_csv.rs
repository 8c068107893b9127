//! CSV files of other programs: options that say how they are read.

use crate::workspace::Workspace;

/// The table in an archive of this file, made with these options.
fn exported(name: &str, bytes: &[u8], options: &[&str]) -> String {
    let workspace = Workspace::new();
    workspace.write(name, bytes);
    workspace.export("a.age", &[&[name][..], options].concat()).expect_exit(0);
    workspace.run(&["restore", "a.age", "-i", "key.txt", "-o", "out"]).expect_exit(0);
    workspace
        .run(&["restore", "a.age", "-i", "key.txt", "-o", "back", "--originals"])
        .expect_exit(0);
    assert_eq!(workspace.read(&format!("back/{name}")), bytes, "{name}: the original");
    String::from_utf8(workspace.read("out/tables/t.csv")).expect("it is UTF-8")
}

#[test]
fn a_delimiter_can_be_given_by_itself_or_by_name() {
    let cases: [(&[u8], &str); 7] = [
        (b"a,b;c\n1,2;3\n", ";"),
        (b"a,b;c\n1,2;3\n", "semicolon"),
        (b"a,b\tc\n1,2\t3\n", "tab"),
        (b"a,b\tc\n1,2\t3\n", "\\t"),
        (b"a,b\x01c\n1,2\x013\n", "\\x01"),
        ("a,b，c\n1,2，3\n".as_bytes(), "，"),
        (b"a,b+|c\n1,2+|3\n", "*.csv=+|"),
    ];
    for (bytes, delimiter) in cases {
        let table = exported("t.csv", bytes, &["--delimiter", delimiter]);
        assert_eq!(table, "\"a,b\",c\n\"1,2\",3\n", "{delimiter}");
    }
    let workspace = Workspace::new();
    workspace.write("t.csv", "a,b\n1,2\n");
    for delimiter in ["ab", "\"", "。", "\\x0a"] {
        let result = workspace.export("a.age", &["t.csv", "--delimiter", delimiter]);
        result.expect_exit(2).fails_with("one ASCII character");
    }
}

#[test]
fn an_escape_character_can_be_given() {
    let text = b"id,name\n1,\"say ^\"hi^\", Ann\"\n";
    let table = exported("t.csv", text, &["--escape", "^"]);
    assert_eq!(table, "id,name\n1,\"say \"\"hi\"\", Ann\"\n");
    let workspace = Workspace::new();
    workspace.write("t.csv", "a,b\n1,2\n");
    workspace.export("a.age", &["t.csv", "--escape", "ab"]).expect_exit(2);
}

#[test]
fn the_options_for_doubtful_files_follow_the_notes_on_them() {
    let workspace = Workspace::new();
    workspace.write("src/a.csv", b"id;name\n1;M\xfcller\n2;J\xf6rg\n");
    let preview = workspace.run(&["export", "src", "--dry-run"]).expect_exit(0);
    assert!(preview.stdout.ends_with("wrongly: --encoding NAME\n"), "{}", preview.stdout);
    workspace.write("src/b.csv", "Report 2024\n\nid;name\n1;Ann\n2;Bo\n");
    let options = "wrongly: --encoding NAME, --header-row N\n";
    let export = workspace.export("a.age", &["src"]).expect_exit(0);
    assert!(export.stdout.contains(options), "{}", export.stdout);
    workspace.write("src/a.csv", "id;name\n1;Ann\n");
    std::fs::remove_file(workspace.path("src/b.csv")).expect("it exists");
    let preview = workspace.run(&["export", "src", "--dry-run"]).expect_exit(0);
    assert!(!preview.stdout.contains("read wrongly"), "{}", preview.stdout);
}

#[test]
fn a_preview_lists_every_table_and_every_file() {
    let workspace = Workspace::new();
    for number in 100..130 {
        workspace.write(&format!("src/t{number}.csv"), format!("id,name\n1,{number}\n"));
        workspace.write(&format!("src/f{number}.pdf"), "%PDF-1.4\n");
    }
    // Tables without an expected total are named in one sentence.
    let is_row = |line: &&str| !line.starts_with("  !");
    let lines = |text: &str, name: &str| {
        text.lines().filter(is_row).filter(|line| line.contains(name)).count()
    };
    let preview = workspace.run(&["export", "src", "--dry-run"]).expect_exit(0).stdout;
    assert_eq!((lines(&preview, " t1"), lines(&preview, " f1")), (90, 30), "{preview}");
    let export = workspace.export("a.age", &["src"]).expect_exit(0).stdout;
    assert_eq!((lines(&export, " t1"), lines(&export, " f1")), (40, 20), "{export}");
}

#[test]
fn a_source_that_is_no_table_is_told_before_the_missing_read_back_and_when_it_is_restored() {
    let workspace = Workspace::new();
    workspace.write("src/a.csv", "id,n\n1,a\n");
    workspace.write("src/b.csv", "id,n\n1,2,3\n");
    let result = workspace.export("a.age", &["src", "--no-read-back"]).expect_exit(4);
    let stderr = &result.fails_with("warning: b.csv").stderr;
    assert!(stderr.contains("--header-row N"), "{stderr}");
    let restored =
        workspace.run(&["restore", "a.age", "-i", "key.txt", "-o", "out"]).expect_exit(0);
    let told = "· b.csv: the export could not read it as a table";
    assert!(restored.stdout.contains(told), "{}", restored.stdout);
}

#[test]
fn a_table_that_is_restored_under_another_name_is_told() {
    let workspace = Workspace::new();
    workspace.write("src/CON.csv", "id,n\n1,a\n");
    workspace.export("a.age", &["src"]).expect_exit(0);
    let restored =
        workspace.run(&["restore", "a.age", "-i", "key.txt", "-o", "out"]).expect_exit(0);
    assert!(restored.stdout.contains("another name, tables/_CON.csv"), "{}", restored.stdout);
}
