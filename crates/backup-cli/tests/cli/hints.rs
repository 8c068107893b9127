//! What a person is told of an archive that does not open or is not whole: what it may be, and what
//! to try.

use crm_backup_tests::zipped::{ZipMember, zip};

use crate::bench::{Bench, Ran, fixture};

const ARCHIVE: &str = "crm.tar.zst.age";

/// The commands that open an archive with a key.
const OPENING: [&[&str]; 4] =
    [&["verify"], &["restore-test"], &["inspect"], &["restore", "-o", "back"]];

fn opened(bench: &Bench, command: &[&str], archive: &str) -> Ran {
    bench.run(&[command, &[archive, "-i", "key.txt", "--json"]].concat())
}

/// A letter of the line that says whom the archive is sealed for becomes another.
fn hurt_recipient(bytes: &mut [u8]) {
    let stanza = b"-> X25519 ";
    let at = bytes.windows(stanza.len()).position(|window| window == stanza);
    let letter = &mut bytes[at.expect("it is sealed for a key") + stanza.len() + 5];
    *letter = if *letter == b'A' { b'B' } else { b'A' };
}

#[test]
fn a_damaged_recipient_is_distinguished_from_a_wrong_key() {
    let bench = Bench::with_archive();
    let mut bytes = bench.read(ARCHIVE);
    bench.write("other.tar.zst.age", &bytes);
    hurt_recipient(&mut bytes);
    bench.write(ARCHIVE, bytes);
    for command in OPENING {
        let ran = opened(&bench, command, ARCHIVE).exits(1).complains("no key that was given");
        assert!(ran.stderr.contains("it may be damaged"), "{command:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("verify --sealed"), "{command:?}: {}", ran.stderr);
        assert!(ran.json()["verdict"].is_null(), "{command:?}: nothing was looked at");
    }
    bench.run(&["verify", "--sealed", ARCHIVE]).exits(3);

    std::fs::remove_file(bench.path("crm.tar.zst.age.sha256")).expect("it is there");
    for command in OPENING {
        let ran = opened(&bench, command, ARCHIVE).exits(1).complains("no key that was given");
        assert!(!ran.stderr.contains("--sealed"), "there is nothing to compare: {}", ran.stderr);
        for words in ["or its header is damaged", "SHA-256", "-i"] {
            assert!(ran.stderr.contains(words), "{command:?}: no {words}: {}", ran.stderr);
        }
    }
    bench.write("wrong", "wrong words\n");
    bench.run(&["export", "key.txt", "-o", "p.age", "--passphrase-file", "wrong"]).exits(0);
    std::fs::remove_file(bench.path("p.age.sha256")).expect("it is there");
    bench.write("wrong", "other words\n");
    let ran = bench.run(&["verify", "p.age", "--passphrase-file", "wrong"]).exits(1);
    ran.complains("it is another one, or the archive's header is damaged");

    let sealed = bench.export("mine.tar.zst.age", &[&fixture("attachments")]);
    sealed.exits(0);
    bench.keygen("wrong.txt");
    let ran = bench.run(&["verify", "mine.tar.zst.age", "-i", "wrong.txt"]).exits(1);
    let ran = ran.complains("no key that was given");
    assert!(!ran.stderr.contains("damaged"), "it is whole: {}", ran.stderr);
    assert!(ran.stderr.contains(".sha256 file agrees"), "it does not say so: {}", ran.stderr);
}

#[test]
fn bytes_after_the_end_are_named_as_a_possible_cause() {
    let bench = Bench::with_archive();
    let mut bytes = bench.read(ARCHIVE);
    bytes.push(b'\n');
    bench.write(ARCHIVE, bytes);
    for command in OPENING {
        let ran = opened(&bench, command, ARCHIVE).exits(3).complains("has bytes after its end");
        for words in ["length", "copy it anew", "verify --sealed", "restore --salvage"] {
            assert!(ran.stderr.contains(words), "{command:?}: no {words}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_checksum_file_that_does_not_match_the_archive_is_named() {
    let bench = Bench::with_archive();
    let whole = bench.read(ARCHIVE);
    let verify = |exit| opened(&bench, &["verify"], ARCHIVE).exits(exit).json();
    assert_eq!(verify(0)["findings"], serde_json::json!([]), "it is as it was written");

    let line = bench.read("crm.tar.zst.age.sha256");
    bench.write("crm.tar.zst.age.sha256", format!("{}  {ARCHIVE}\n", "0".repeat(64)));
    let seen = verify(0);
    assert_eq!(seen["verdict"], "proven", "another file is no fault of the archive");
    let finding = &seen["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["severity"]),
        (&"sealed-digest".into(), &"remark".into())
    );
    assert_eq!(finding["expected"], "0".repeat(64), "which digest it was to be");
    let actual = String::from_utf8(line.clone()).expect("it is text");
    assert_eq!(finding["actual"], actual[..64], "which digest it is");

    bench.write("crm.tar.zst.age.sha256", line);
    bench.write(ARCHIVE, &whole[..whole.len() - 1]);
    let seen = verify(3);
    let codes: Vec<_> = seen["findings"].as_array().expect("a list").iter().collect();
    assert_eq!(codes.len(), 2, "{codes:?}");
    assert_eq!(codes[1]["code"], "sealed-digest", "it does not say that it has changed");
}

/// A sealed chunk of the first table is hurt, the end is whole.
fn hurt_within(bench: &Bench) -> String {
    let long: String = (0..200_000u64)
        .map(|n| format!("{n},{:x}\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17)))
        .collect();
    bench.write("src/a-long.csv", format!("id,noise\n{long}"));
    bench.write("src/b-short.csv", "id\n1\n");
    bench.export("hurt.tar.zst.age", &["src"]).exits(0);
    let mut bytes = bench.read("hurt.tar.zst.age");
    bytes[1_000] ^= 1;
    bench.write("hurt.tar.zst.age", bytes);
    "hurt.tar.zst.age".into()
}

#[test]
fn a_damaged_archive_comes_with_a_hint_on_salvage() {
    let bench = Bench::new();
    let archive = hurt_within(&bench);
    let ran = opened(&bench, &["verify"], &archive).exits(3);
    for words in ["restore --salvage", "restore --table"] {
        assert!(ran.stderr.contains(words), "no {words}: {}", ran.stderr);
    }
    let bytes = bench.read(&archive);
    bench.write("cut.age", &bytes[..bytes.len() - 9]);
    let ran = opened(&bench, &["inspect"], "cut.age").exits(3);
    assert!(ran.stderr.contains("restore --salvage"), "{}", ran.stderr);
}

#[test]
fn outputs_that_were_not_restored_are_not_listed() {
    let bench = Bench::new();
    let archive = hurt_within(&bench);
    for output in ["back", "back.sqlite"] {
        for only in [&[][..], &["--table", "a-long"]] {
            let restore = [&["restore", "-o", output][..], only].concat();
            let ran = opened(&bench, &restore, &archive).exits(3);
            assert_eq!(ran.json()["tables"], serde_json::json!([]), "{restore:?} lists tables");
            assert_eq!(ran.json()["files"], serde_json::json!([]), "{restore:?} lists files");
            assert!(!bench.path(output).exists(), "{restore:?} restores");
        }
    }
    let one = ["restore", "-o", "back", "--table", "b-short"];
    let ran = opened(&bench, &one, &archive).exits(0);
    assert_eq!(ran.json()["tables"][0]["name"], "b-short", "what is whole comes back by name");
}

#[test]
fn an_export_given_a_secret_key_names_the_flag_for_recipients() {
    let bench = Bench::new();
    let source = fixture("attachments");
    let file = String::from_utf8(bench.read("key.txt")).expect("it is text");
    let secret = file.lines().last().expect("it has a last line");
    let ran = bench.run(&["export", &source, "-o", "a.age", "-r", secret]).exits(2);
    let ran = ran.complains("a secret key stands among the arguments");
    let has = |words: &str| ran.stderr.contains(words);
    assert!(has("with -r") && has("with -R"), "what an export takes: {}", ran.stderr);
    assert!(!has("-i FILE") && !has("--identity-env"), "export has no such flag: {}", ran.stderr);
    bench.write("bare.txt", format!("{secret}\n"));
    bench.write("id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    for (name, hint) in [
        ("key.txt", format!("Use -r {}", bench.public)),
        ("bare.txt", "-r".into()),
        ("id_ed25519", ".pub".into()),
    ] {
        let ran = bench.run(&["export", &source, "-o", "a.age", "-R", name]).exits(1);
        let ran = ran.complains(&format!("{name} opens archives"));
        assert!(ran.stderr.contains(&hint), "{name}: it does not say what to do: {}", ran.stderr);
        assert!(!ran.stderr.contains(secret), "{name}: the secret is printed");
    }
}

#[test]
fn a_source_that_cannot_be_compared_is_reported_with_its_line() {
    let bench = Bench::new();
    bench.write("src/a.csv", "id,name\n1,one\n");
    bench.export("a.age", &["src"]).exits(0);
    bench.write("src/a.csv", "id,name\n1,one\n2,two,three\n");
    let args = ["restore-test", "a.age", "-i", "key.txt", "--json", "--against", "src"];
    let document = bench.run(&args).exits(4).complains("a.csv").json();
    let why = document["not_looked_at"][0].as_str().expect("a sentence");
    assert!(why.contains("line 3"), "on which line: {why}");
    assert_eq!(why.matches("a.csv").count(), 1, "it is named twice: {why}");
}

/// What could be taken for another encoding is said when it is exported, and when somebody asks.
#[test]
fn notes_of_the_export_are_not_repeated() {
    let bench = Bench::new();
    let source = fixture("csv-gb18030");
    let findings = |args: &[&str]| {
        let document = bench.run(&[args, &["--json"]].concat()).exits(0).json();
        let findings = document["findings"].as_array().expect("a list").iter();
        let count = findings.filter(|finding| finding["code"] == "source").count();
        (count, document["remarks_at_export"].as_u64())
    };
    let (said, _) = findings(&["export", &source, "-o", "a.age", "-r", &bench.public]);
    assert!(said > 0, "the export does not say that it guessed");
    let archive = ["a.age", "-i", "key.txt"];
    let on = |command: &'static str| [&[command], &archive[..]].concat();
    assert_eq!(findings(&on("inspect")), (said, Some(0)), "inspect says it again");
    for command in ["verify", "restore-test"] {
        assert_eq!(findings(&on(command)), (0, Some(said as u64)), "{command}");
        let shown = bench.run(&on(command)).exits(0).stdout;
        assert!(shown.contains("see inspect"), "{command} does not say where it stands: {shown}");
    }
    let restore = [&on("restore")[..], &["-o", "back"]].concat();
    assert_eq!(findings(&restore), (0, Some(said as u64)), "restore");
}

#[test]
fn the_flag_that_may_make_a_source_readable_is_named_in_each_language() {
    let cut = [&b"name\n"[..], &"名称".repeat(9).as_bytes()[..20]].concat();
    let members = ["a.csv", "b.csv"].map(|name| ZipMember::deflated(name, b"id\n1\n"));
    let two = zip(&members);
    let cases: [(&str, &[u8], &str); 4] = [
        ("two.zip", &two, "--zip-members"),
        ("cut.csv", &cut, "--encoding NAME"),
        ("ragged.csv", b"Report of 2026\nid,name\n1,x\n", "--header-row N"),
        ("quotes.csv", b"id,name\n1,\"x\n", "--as-file NAME"),
    ];
    for (name, bytes, named) in cases {
        let bench = Bench::new();
        bench.write(name, bytes);
        for language in ["en", "zh"] {
            let args = ["--force", "--zip-members", "1", "--lang", language, name];
            let ran = bench.export("a.age", &args);
            let ran = ran.exits(4);
            assert!(ran.stderr.contains(named), "{name} in {language}: {}", ran.stderr);
        }
    }
}
