//! Hints about an archive that cannot be opened or is damaged: possible causes, and what to do.

use backup_cli::{Capture, Context};
use crm_backup_tests::zipped::{ZipMember, zip};

use crate::in_process::run_in_process;
use crate::workspace::{RunResult, Workspace, fixture};

const ARCHIVE: &str = "crm.tar.zst.age";

/// The commands that open an archive with a key.
const OPENING: [&[&str]; 4] =
    [&["verify"], &["restore-test"], &["inspect"], &["restore", "-o", "back"]];

fn opened(workspace: &Workspace, command: &[&str], archive: &str) -> RunResult {
    workspace.run(&[command, &[archive, "-i", "key.txt", "--json"]].concat())
}

/// Changes a letter in the line that names the recipient.
fn damage_recipient(bytes: &mut [u8]) {
    let stanza = b"-> X25519 ";
    let at = bytes.windows(stanza.len()).position(|window| window == stanza);
    let letter = &mut bytes[at.expect("it is encrypted for a key") + stanza.len() + 5];
    *letter = if *letter == b'A' { b'B' } else { b'A' };
}

#[test]
fn a_damaged_recipient_is_distinguished_from_a_wrong_key() {
    let workspace = Workspace::with_archive();
    let mut bytes = workspace.read(ARCHIVE);
    workspace.write("other.tar.zst.age", &bytes);
    damage_recipient(&mut bytes);
    workspace.write(ARCHIVE, bytes);
    for command in OPENING {
        let result = opened(&workspace, command, ARCHIVE)
            .expect_exit(1)
            .fails_with("none of the given keys");
        assert!(result.stderr.contains("it may be damaged"), "{command:?}: {}", result.stderr);
        assert!(result.stderr.contains("verify --sealed"), "{command:?}: {}", result.stderr);
        assert!(result.json()["verdict"].is_null(), "{command:?}: nothing was checked");
    }
    workspace.run(&["verify", "--sealed", ARCHIVE]).expect_exit(3);

    std::fs::remove_file(workspace.path("crm.tar.zst.age.sha256")).expect("it is there");
    for command in OPENING {
        let result = opened(&workspace, command, ARCHIVE)
            .expect_exit(1)
            .fails_with("none of the given keys");
        assert!(
            !result.stderr.contains("--sealed"),
            "there is nothing to compare: {}",
            result.stderr
        );
        for words in ["or its header is damaged", "SHA-256", "-i"] {
            assert!(result.stderr.contains(words), "{command:?}: no {words}: {}", result.stderr);
        }
    }
    workspace.write("wrong", "wrong words\n");
    workspace
        .run(&["export", "key.txt", "-o", "p.age", "--passphrase-file", "wrong"])
        .expect_exit(0);
    std::fs::remove_file(workspace.path("p.age.sha256")).expect("it is there");
    workspace.write("wrong", "other words\n");
    let result = workspace.run(&["verify", "p.age", "--passphrase-file", "wrong"]).expect_exit(1);
    result.fails_with("it is wrong, or the archive's header is damaged");

    let exported = workspace.export("mine.tar.zst.age", &[&fixture("attachments")]);
    exported.expect_exit(0);
    workspace.keygen("wrong.txt");
    let result = workspace.run(&["verify", "mine.tar.zst.age", "-i", "wrong.txt"]).expect_exit(1);
    let result = result.fails_with("none of the given keys");
    assert!(!result.stderr.contains("damaged"), "it is whole: {}", result.stderr);
    assert!(
        result.stderr.contains(".sha256 file agrees"),
        "the agreement is not reported: {}",
        result.stderr
    );
}

#[test]
fn bytes_after_the_end_are_named_as_a_possible_cause() {
    let workspace = Workspace::with_archive();
    let mut bytes = workspace.read(ARCHIVE);
    bytes.push(b'\n');
    workspace.write(ARCHIVE, bytes);
    for command in OPENING {
        let result = opened(&workspace, command, ARCHIVE)
            .expect_exit(3)
            .fails_with("has additional bytes at its end");
        for words in ["length", "copy it again", "verify --sealed", "restore --salvage"] {
            assert!(result.stderr.contains(words), "{command:?}: no {words}: {}", result.stderr);
        }
    }
}

#[test]
fn a_checksum_file_that_does_not_match_the_archive_is_named() {
    let workspace = Workspace::with_archive();
    let whole = workspace.read(ARCHIVE);
    let verify = |exit| opened(&workspace, &["verify"], ARCHIVE).expect_exit(exit).json();
    assert_eq!(verify(0)["findings"], serde_json::json!([]), "the archive is unchanged");

    let line = workspace.read("crm.tar.zst.age.sha256");
    workspace.write("crm.tar.zst.age.sha256", format!("{}  {ARCHIVE}\n", "0".repeat(64)));
    let report = verify(0);
    assert_eq!(report["verdict"], "proven", "another file is not a fault of the archive");
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["severity"]),
        (&"sealed-digest".into(), &"remark".into())
    );
    assert_eq!(finding["expected"], "0".repeat(64), "the expected digest");
    let actual = String::from_utf8(line.clone()).expect("it is text");
    assert_eq!(finding["actual"], actual[..64], "the actual digest");

    workspace.write("crm.tar.zst.age.sha256", line);
    workspace.write(ARCHIVE, &whole[..whole.len() - 1]);
    let report = verify(3);
    let codes: Vec<_> = report["findings"].as_array().expect("a list").iter().collect();
    assert_eq!(codes.len(), 2, "{codes:?}");
    assert_eq!(codes[1]["code"], "sealed-digest", "the change is not reported");
}

/// Damages one encrypted chunk of the first table; the end stays intact.
fn damage_first_table(workspace: &Workspace) -> String {
    let long: String = (0..200_000u64)
        .map(|n| format!("{n},{:x}\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17)))
        .collect();
    workspace.write("src/a-long.csv", format!("id,noise\n{long}"));
    workspace.write("src/b-short.csv", "id\n1\n");
    workspace.export("hurt.tar.zst.age", &["src"]).expect_exit(0);
    let mut bytes = workspace.read("hurt.tar.zst.age");
    bytes[1_000] ^= 1;
    workspace.write("hurt.tar.zst.age", bytes);
    "hurt.tar.zst.age".into()
}

#[test]
fn a_damaged_archive_comes_with_a_hint_on_salvage() {
    let workspace = Workspace::new();
    let archive = damage_first_table(&workspace);
    let result = opened(&workspace, &["verify"], &archive).expect_exit(3);
    for words in ["restore --salvage", "restore --table"] {
        assert!(result.stderr.contains(words), "no {words}: {}", result.stderr);
    }
    let bytes = workspace.read(&archive);
    workspace.write("cut.age", &bytes[..bytes.len() - 9]);
    let result = opened(&workspace, &["inspect"], "cut.age").expect_exit(3);
    assert!(result.stderr.contains("restore --salvage"), "{}", result.stderr);
}

#[test]
fn outputs_that_were_not_restored_are_not_listed() {
    let workspace = Workspace::new();
    let archive = damage_first_table(&workspace);
    for output in ["back", "back.sqlite"] {
        for only in [&[][..], &["--table", "a-long"]] {
            let restore = [&["restore", "-o", output][..], only].concat();
            let result = opened(&workspace, &restore, &archive).expect_exit(3);
            assert_eq!(result.json()["tables"], serde_json::json!([]), "{restore:?} lists tables");
            assert_eq!(result.json()["files"], serde_json::json!([]), "{restore:?} lists files");
            assert!(!workspace.path(output).exists(), "{restore:?} restores");
        }
    }
    let one = ["restore", "-o", "back", "--table", "b-short"];
    let result = opened(&workspace, &one, &archive).expect_exit(0);
    assert_eq!(result.json()["tables"][0]["name"], "b-short", "intact tables are restored by name");
}

#[test]
fn an_export_given_a_secret_key_names_the_flag_for_recipients() {
    let workspace = Workspace::new();
    let source = fixture("attachments");
    let file = String::from_utf8(workspace.read("key.txt")).expect("it is text");
    let secret = file.lines().last().expect("it has a last line");
    let result = workspace.run(&["export", &source, "-o", "a.age", "-r", secret]).expect_exit(2);
    let result = result.fails_with("a secret key is among the arguments");
    let has = |words: &str| result.stderr.contains(words);
    assert!(has("with -r") && has("with -R"), "which flags an export takes: {}", result.stderr);
    assert!(
        !has("-i FILE") && !has("--identity-env"),
        "export has no such flag: {}",
        result.stderr
    );
    workspace.write("bare.txt", format!("{secret}\n"));
    workspace.write("id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    for (name, hint) in [
        ("key.txt", format!("Use -r {}", workspace.public)),
        ("bare.txt", "-r".into()),
        ("id_ed25519", ".pub".into()),
    ] {
        let result = workspace.run(&["export", &source, "-o", "a.age", "-R", name]).expect_exit(1);
        let result = result.fails_with(&format!("{name} contains a secret key"));
        assert!(result.stderr.contains(&hint), "{name}: the hint is missing: {}", result.stderr);
        assert!(!result.stderr.contains(secret), "{name}: the secret is printed");
    }
}

#[test]
fn a_source_that_cannot_be_compared_is_reported_with_its_line() {
    let workspace = Workspace::new();
    workspace.write("src/a.csv", "id,name\n1,one\n");
    workspace.export("a.age", &["src"]).expect_exit(0);
    workspace.write("src/a.csv", "id,name\n1,one\n2,two,three\n");
    let args = ["restore-test", "a.age", "-i", "key.txt", "--json", "--against", "src"];
    let document = workspace.run(&args).expect_exit(4).fails_with("a.csv").json();
    let why = document["not_looked_at"][0].as_str().expect("a sentence");
    assert!(why.contains("line 3"), "the line number is missing: {why}");
    assert_eq!(why.matches("a.csv").count(), 1, "it is named twice: {why}");
}

/// An ambiguous encoding is reported by the export and on request.
#[test]
fn notes_of_the_export_are_not_repeated() {
    let workspace = Workspace::new();
    let source = fixture("csv-gb18030");
    let findings = |args: &[&str]| {
        let document = workspace.run(&[args, &["--json"]].concat()).expect_exit(0).json();
        let findings = document["findings"].as_array().expect("a list").iter();
        let count = findings.filter(|finding| finding["code"] == "source").count();
        (count, document["remarks_at_export"].as_u64())
    };
    let (notes, _) = findings(&["export", &source, "-o", "a.age", "-r", &workspace.public]);
    assert!(notes > 0, "the export does not report the guess");
    let archive = ["a.age", "-i", "key.txt"];
    let on = |command: &'static str| [&[command], &archive[..]].concat();
    assert_eq!(findings(&on("inspect")), (notes, Some(0)), "inspect reports it again");
    for command in ["verify", "restore-test"] {
        assert_eq!(findings(&on(command)), (0, Some(notes as u64)), "{command}");
        let shown = workspace.run(&on(command)).expect_exit(0).stdout;
        assert!(shown.contains("see inspect"), "{command} does not refer to inspect: {shown}");
    }
    let restore = [&on("restore")[..], &["-o", "back"]].concat();
    assert_eq!(findings(&restore), (0, Some(notes as u64)), "restore");
}

#[test]
fn the_flag_that_may_make_a_source_readable_is_named_in_each_language() {
    let cut = [&b"name\n"[..], &"名称".repeat(9).as_bytes()[..20]].concat();
    let members = ["a.csv", "b.csv"].map(|name| ZipMember::deflated(name, b"id\n1\n"));
    let two = zip(&members);
    let cases: [(&str, &[u8], &str); 4] = [
        ("two.zip", &two, "--zip-members"),
        ("cut.csv", &cut, "--encoding NAME"),
        ("ragged.csv", b"id,name\n1,x\n2,y,z\n3,x\n", "--header-row N"),
        ("quotes.csv", b"id,name\n1,\"x\n", "--as-file NAME"),
    ];
    for (name, bytes, named) in cases {
        let workspace = Workspace::new();
        workspace.write(name, bytes);
        for language in ["en", "zh"] {
            let args = ["--force", "--zip-members", "1", "--lang", language, name];
            let result = workspace.export("a.age", &args);
            let result = result.expect_exit(4);
            assert!(result.stderr.contains(named), "{name} in {language}: {}", result.stderr);
        }
    }
}

#[test]
fn a_sound_archive_is_not_called_damaged_when_several_expectations_fail() {
    let workspace = Workspace::new();
    workspace.write("src/a.csv", "id\n1\n");
    workspace.export(ARCHIVE, &["src"]).expect_exit(0);
    workspace.write("totals.csv", "table,rows\na,2\n");
    let expectations = ["--expect", "totals.csv", "--max-age", "0s"];
    let command = [&["restore-test", ARCHIVE, "-i", "key.txt"][..], &expectations].concat();
    let result = workspace.run(&command).expect_exit(3);
    assert!(result.stderr.contains("The archive is sound"), "{}", result.stderr);
    assert!(!result.stderr.contains("--salvage"), "{}", result.stderr);
}

#[test]
fn a_key_file_as_a_recipient_is_answered_with_its_public_key() {
    let workspace = Workspace::new();
    let command = ["export", "key.txt", "-o", "x.age", "-r", "key.txt"];
    let result = workspace.run(&command).expect_exit(1);
    assert!(result.stderr.contains(&format!("-r {}", workspace.public)), "{}", result.stderr);
}

#[test]
fn a_bit_flipped_in_the_header_reads_as_damage_and_never_as_another_version() {
    let workspace = Workspace::with_archive();
    let whole = workspace.read(ARCHIVE);
    let end = b"\n---";
    let header = whole.windows(end.len()).position(|window| window == end).expect("a header") + 49;
    for at in 0..header {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 7);
        workspace.write(ARCHIVE, bytes);
        let stderr = Capture::default();
        let mut context = Context { stderr: Box::new(stderr.clone()), ..Context::detached() };
        let args = ["verify", "@crm.tar.zst.age", "-i", "@key.txt"];
        let exit = run_in_process(&workspace, &mut context, &args);
        let text = stderr.text();
        assert!(matches!(exit, 1 | 3), "byte {at}: {exit}: {text}");
        let is_damage = ["damaged", "was changed after it was written", "truncated"];
        assert!(is_damage.iter().any(|words| text.contains(words)), "byte {at}: {text}");
        assert!(text.contains(".sha256"), "byte {at}: {text}");
        assert!(!text.contains("does not know"), "byte {at}: {text}");
    }
    std::fs::remove_file(workspace.path("crm.tar.zst.age.sha256")).expect("it is there");
    let mut bytes = whole.clone();
    bytes[20] = b'3';
    workspace.write(ARCHIVE, bytes);
    let result = opened(&workspace, &["verify"], ARCHIVE).expect_exit(1);
    result.fails_with("its first line is damaged, or it was not made by age");
    let text = String::from_utf8_lossy(&whole).replacen('\n', "\r\n", 9);
    workspace.write(ARCHIVE, text.as_bytes());
    let result = opened(&workspace, &["verify"], ARCHIVE).expect_exit(1);
    result.fails_with("it was copied as text");
}
