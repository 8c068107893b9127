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
    for delimiter in ["ab", "\"", "、", "\\x0a"] {
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
