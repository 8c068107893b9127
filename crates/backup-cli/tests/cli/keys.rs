//! keygen, recipients, identities and passphrases.

use crate::workspace::{Workspace, fixture};

#[test]
fn keygen_writes_the_format_of_age_keygen() {
    let workspace = Workspace::new();
    let text = String::from_utf8(workspace.read("key.txt")).expect("an identity file is text");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "an identity file has three lines:\n{text}");
    let created = lines[0].strip_prefix("# created: ").expect("the first line is not the time");
    assert!(created.len() == 20 && created.ends_with('Z'), "{created} is not in RFC 3339");
    assert_eq!(
        lines[1],
        format!("# public key: {}", workspace.public),
        "the second line is not the public key"
    );
    assert!(lines[2].starts_with("AGE-SECRET-KEY-1"), "the third line is not the secret");
    assert!(workspace.public.starts_with("age1"), "{} is not a recipient", workspace.public);
}

#[cfg(unix)]
#[test]
fn keys_and_archives_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let workspace = Workspace::with_archive();
    for name in ["key.txt", "crm.tar.zst.age"] {
        let mode = workspace.path(name).metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "the mode of {name}");
    }
}

#[test]
fn keygen_never_replaces_a_key() {
    let workspace = Workspace::new();
    let before = workspace.read("key.txt");
    let result =
        workspace.run(&["keygen", "-o", "key.txt"]).expect_exit(1).fails_with("exists already");
    assert!(!result.stderr.contains("--force"), "keygen has no --force:\n{}", result.stderr);
    assert_eq!(workspace.read("key.txt"), before, "the key was changed");
    assert_eq!(workspace.names(), ["key.txt"], "something was left behind");
}

#[test]
fn keygen_without_a_file_prints_only_the_identity() {
    let workspace = Workspace::new();
    for args in [["keygen"].as_slice(), &["keygen", "-q"]] {
        let result = workspace.run(args).expect_exit(0);
        assert_eq!(result.stdout.lines().count(), 3, "{args:?} prints more than the identity");
        workspace.write("printed.txt", &result.stdout);
        let opened = workspace.run(&["verify", "nothing.age", "-i", "printed.txt"]).expect_exit(1);
        assert!(opened.stderr.contains("nothing.age"), "the identity was not read");
    }
    assert_eq!(workspace.names(), ["key.txt", "printed.txt"], "a file was written");
}

#[test]
fn keygen_keeps_the_secret_out_of_json() {
    let workspace = Workspace::new();
    let result = workspace.run(&["keygen", "--json", "-o", "other.txt"]).expect_exit(0);
    let document = result.json();
    assert!(document["public_key"].as_str().is_some_and(|key| key.starts_with("age1")));
    assert_eq!(document["written"][0], "other.txt");
    let shown = result.stdout + &result.stderr;
    assert!(!shown.contains("AGE-SECRET-KEY"), "the secret was printed:\n{shown}");
    workspace.run(&["keygen", "--json"]).expect_exit(2).json();
}

#[test]
fn any_of_several_recipients_decrypts_an_archive() {
    let workspace = Workspace::new();
    let other = workspace.keygen("other.txt");
    workspace.write("team.txt", format!("# the team\n\n{other}\n"));
    let source = fixture("attachments");
    let encrypted = ["export", &source, "-o", "a.age", "-r", &workspace.public, "-R", "team.txt"];
    workspace.run(&encrypted).expect_exit(0);
    for key in ["key.txt", "other.txt"] {
        workspace.run(&["verify", "a.age", "-i", key]).expect_exit(0);
    }
    let typed =
        workspace.run_with(&["export", &source, "-o", "b.age", "-R", "-"], &[], other.as_bytes());
    typed.expect_exit(0);
    workspace
        .run_with(&["verify", "b.age", "-i", "-"], &[], &workspace.read("other.txt"))
        .expect_exit(0);
}

#[test]
fn a_file_given_as_a_recipient_has_its_own_error() {
    let workspace = Workspace::new();
    workspace.write("team.txt", &workspace.public);
    let source = fixture("attachments");
    let result =
        workspace.run(&["export", &source, "-o", "a.age", "-r", "team.txt"]).expect_exit(1);
    let result = result.fails_with("is a file");
    assert!(result.stderr.contains("-R team.txt"), "the hint does not name -R:\n{}", result.stderr);
    assert_eq!(workspace.names(), ["key.txt", "team.txt"], "something was left behind");
}

#[test]
fn a_passphrase_encrypts_and_decrypts() {
    let workspace = Workspace::new();
    workspace.write("pass.txt", "correct horse\r\nanother line\n");
    workspace.write("wrong.txt", "battery staple\n");
    let source = fixture("attachments");
    let encrypted = ["export", &source, "-o", "a.age", "--passphrase-file", "pass.txt"];
    let encrypted = workspace.run(&encrypted).expect_exit(0);
    assert!(
        encrypted.stdout.contains("restore-test a.age --passphrase-file pass.txt"),
        "the next step does not decrypt it:\n{}",
        encrypted.stdout
    );
    let from_env = ["verify", "a.age", "--passphrase-env", "CRM_PASS"];
    workspace.run_with(&from_env, &[("CRM_PASS", "correct horse")], b"").expect_exit(0);
    let wrong =
        workspace.run(&["verify", "a.age", "--passphrase-file", "wrong.txt"]).expect_exit(1);
    let wrong = wrong.fails_with("the passphrase does not open this archive");
    assert!(wrong.stderr.contains("upper and lower case"), "the hint is missing: {}", wrong.stderr);
    let key = workspace.run(&["verify", "a.age", "-i", "key.txt"]).expect_exit(1);
    let key = key.fails_with("it is encrypted with a passphrase");
    assert!(
        key.stderr.contains("-p"),
        "the hint does not say how to give the passphrase: {}",
        key.stderr
    );
}

#[test]
fn no_passphrase_prompt_without_a_terminal() {
    let workspace = Workspace::new();
    let source = fixture("attachments");
    let refused = workspace.run(&["export", &source, "-o", "a.age", "-p"]).expect_exit(1);
    refused.fails_with("no terminal");
    workspace.write("empty.txt", "\nsecond\n");
    let args = ["export", &source, "-o", "a.age", "--passphrase-file", "empty.txt"];
    workspace.run(&args).expect_exit(1).fails_with("empty");
    let args = ["export", &source, "-o", "a.age", "--passphrase-env", "NO_SUCH_VARIABLE"];
    workspace.run(&args).expect_exit(1).fails_with("NO_SUCH_VARIABLE");
    let args = ["export", &source, "-o", "a.age", "--passphrase-env", "swordfish"];
    let result = workspace.run(&args).expect_exit(1);
    assert!(!result.stderr.contains("swordfish"), "it may be the passphrase: {}", result.stderr);
    assert_eq!(workspace.names(), ["empty.txt", "key.txt"], "something was left behind");
}

/// No argument that contains a secret may be printed, on either stream.
fn expect_refusal_without_secret(secret: &str, workspace: &Workspace, args: &[&str]) {
    for json in [&[][..], &["--json"]] {
        let result = workspace.run(&[args, json].concat());
        let shown = format!("{}{}", result.stdout, result.stderr);
        assert_eq!(result.exit, 2, "{args:?} is accepted:\n{shown}");
        let (shown, secret) = (shown.to_lowercase(), secret.to_lowercase());
        assert!(!shown.contains(&secret), "{args:?} is printed:\n{shown}");
        assert!(result.stderr.contains("hint: "), "{args:?}: there is no hint");
    }
}

#[test]
fn a_secret_among_the_arguments_is_refused_and_not_printed() {
    let workspace = Workspace::with_archive();
    let before = workspace.names();
    let source = fixture("attachments");
    let file = String::from_utf8(workspace.read("key.txt")).expect("it is text");
    let key = file.lines().last().expect("it has a last line");
    let (lower, attached) = (key.to_lowercase(), format!("-i{key}"));
    let (long, path) = (format!("--identity={key}"), format!("keys/{key}"));
    let export = ["export", &source, "-o", "a.age"];
    let mut cases: Vec<Vec<&str>> = Vec::new();
    for key in [key, &lower] {
        for flag in ["-i", "-r", "-R", "-o", "--passphrase-file", "--passphrase-env", "--nonsense"]
        {
            cases.push(vec!["verify", "crm.tar.zst.age", flag, key]);
            cases.push([&export[..], &[flag, key]].concat());
        }
        cases.extend([vec![key], vec!["export", key, "-o", "a.age"], vec!["verify", "--", key]]);
    }
    for key in [&attached, &long, &path] {
        cases.push(vec!["verify", "crm.tar.zst.age", key]);
    }
    let words = "swordfish";
    let mut spoken: Vec<Vec<&str>> = vec![
        vec!["verify", "crm.tar.zst.age", "-p", words],
        vec!["verify", "-p", words, "crm.tar.zst.age"],
        vec!["inspect", "crm.tar.zst.age", "-p", words],
        vec!["restore", "crm.tar.zst.age", "-o", "x", "--passphrase", words],
        vec!["verify", "crm.tar.zst.age", "-pq", words],
        vec!["verify", "crm.tar.zst.age", "-qpq", words],
        vec!["verify", "crm.tar.zst.age", "--passphrase-env", "swordfish!"],
        vec!["verify", "crm.tar.zst.age", "--identity-env=swordfish-1"],
    ];
    let (short, equals) = (format!("-p{words}"), format!("-p={words}"));
    let (long, after) = (format!("--passphrase={words}"), format!("-qp={words}"));
    for flag in [&short, &equals, &long, &after] {
        spoken.push(vec!["verify", "crm.tar.zst.age", flag]);
        spoken.push([&export[..], &[flag]].concat());
    }
    for args in &cases {
        expect_refusal_without_secret(key, &workspace, args);
    }
    for args in &spoken {
        expect_refusal_without_secret(words, &workspace, args);
    }
    crm_backup_tests::tried!("secrets among arguments: {} cases", cases.len() + spoken.len());
    assert_eq!(workspace.names(), before, "something was left behind");
}

/// A passphrase whose letters are flags themselves, such as `-h`, is still a passphrase.
#[test]
fn a_passphrase_attached_to_a_flag_is_always_refused() {
    let workspace = Workspace::with_archive();
    let before = workspace.names();
    let archive = "crm.tar.zst.age";
    let spoken = [
        &["-phunter2"][..],
        &["-pVhunter2"],
        &["-qphunter2"],
        &["-pqhunter2"],
        &["-pihunter2"],
        &["-Phunter2"],
        &["-P", "hunter2"],
        &["-xphunter2"],
        &["-passphrase", "hunter2"],
        &["-p", "-hunter2"],
        &["-p", "--hunter2"],
        &["-p", "--", "hunter2"],
        &["--pass=hunter2"],
        &["--pass", "hunter2"],
        &["--password", "hunter2"],
        &["--passphrase-fil", "hunter2"],
        &["--pwd=hunter2"],
        &["--passphrase=hunter2", "--help"],
        &["--help", "--passphrase=hunter2"],
        &["--help", "-phunter2"],
        &["-phunter2", "--version"],
        &["-phunter2", "--report", "page.html", "--lang", "zh"],
    ];
    let source = fixture("attachments");
    let commands = [
        vec!["verify", archive],
        vec!["restore-test", archive],
        vec!["restore", archive, "-o", "x"],
        vec!["inspect", archive],
        vec!["export", &source, "-o", "a.age"],
        vec!["history", archive],
        vec!["keygen"],
        vec!["demo"],
    ];
    for flags in spoken {
        for command in &commands {
            expect_refusal_without_secret("hunter2", &workspace, &[&command[..], flags].concat());
        }
        expect_refusal_without_secret("hunter2", &workspace, &[flags, &commands[0]].concat());
    }
    for letters in ["-ph", "-pV", "-qph"] {
        workspace.run(&["verify", archive, letters]).expect_exit(2).fails_with("-p takes no value");
    }
    let tried = spoken.len() * (commands.len() + 1);
    crm_backup_tests::tried!("passphrases among arguments: {tried} cases");
    assert_eq!(workspace.names(), before, "something was left behind");
}

#[test]
fn short_flags_and_names_are_not_taken_for_a_passphrase() {
    let workspace = Workspace::with_archive();
    workspace.write("phunter2", workspace.read("key.txt"));
    let verify = ["verify", "crm.tar.zst.age"];
    for flags in [&["-iphunter2"][..], &["-qiphunter2"], &["-qi", "phunter2"]] {
        workspace.run(&[&verify[..], flags].concat()).expect_exit(0);
    }
    // A passphrase is requested, but there is no terminal.
    for flags in [&["-p"][..], &["-pq"], &["-qp"], &["-pi", "key.txt"], &["-p", "-i", "key.txt"]] {
        workspace.run(&[&verify[..], flags].concat()).expect_exit(1).fails_with("no terminal");
    }
    for help in ["-h", "-help", "--help"] {
        let result = workspace.run(&["verify", help]).expect_exit(0);
        assert!(
            result.stdout.contains("Usage: crm-backup verify"),
            "{help} no longer prints the help"
        );
    }
}

#[test]
fn an_identity_is_read_from_an_environment_variable() {
    let workspace = Workspace::with_archive();
    let key = String::from_utf8(workspace.read("key.txt")).expect("it is text");
    let verify = ["verify", "crm.tar.zst.age", "--identity-env", "CRM_KEY"];
    workspace.run_with(&verify, &[("CRM_KEY", &key)], b"").expect_exit(0);
    workspace.run(&verify).expect_exit(1).fails_with("CRM_KEY");
    let cut = &key[..key.len() - 2];
    let wrong = workspace.run_with(&verify, &[("CRM_KEY", cut)], b"").expect_exit(1);
    let wrong = wrong.fails_with("line 3 of the variable CRM_KEY is not an age identity");
    let secret = cut.lines().last().expect("it has a last line");
    assert!(!wrong.stderr.contains(secret), "the key is printed:\n{}", wrong.stderr);
    workspace
        .run(&["verify", "crm.tar.zst.age", "--sealed", "--identity-env", "CRM_KEY"])
        .expect_exit(2);
}

#[test]
fn a_file_too_large_to_be_a_key_is_refused() {
    let workspace = Workspace::with_archive();
    workspace.write("large.txt", vec![b'#'; (1 << 20) + 1]);
    for flag in ["-i", "--passphrase-file"] {
        let result =
            workspace.run(&["verify", "crm.tar.zst.age", flag, "large.txt"]).expect_exit(1);
        result.fails_with("larger than 1 MiB");
    }
}

#[test]
fn an_invalid_recipient_is_printed_only_if_it_looks_like_a_recipient() {
    let workspace = Workspace::new();
    let source = fixture("attachments");
    let typing_error = "GE-SECRET-KEY-1QQQQ";
    let result =
        workspace.run(&["export", &source, "-o", "a.age", "-r", typing_error]).expect_exit(1);
    let result = result.fails_with("not a public key");
    assert!(!result.stderr.contains(typing_error), "it is printed:\n{}", result.stderr);
    let result =
        workspace.run(&["export", &source, "-o", "a.age", "-r", "age1short"]).expect_exit(1);
    result.fails_with("age1short");
}

#[test]
fn a_passphrase_that_needs_too_much_memory_is_refused_unless_allowed() {
    let workspace = Workspace::new();
    let (salt, wrapped, mac) = ("A".repeat(22), "A".repeat(43), "A".repeat(43));
    workspace.write("words.txt", "correct horse\n");
    let forge = |factor: u32| {
        let stanza = format!("-> scrypt {salt} {factor}\n{wrapped}");
        let mut encrypted = format!("age-encryption.org/v1\n{stanza}\n--- {mac}\n").into_bytes();
        encrypted.extend([0; 64]);
        workspace.write("a.age", &encrypted);
    };
    let verify = ["verify", "a.age", "--passphrase-file", "words.txt"];
    let identity = ["verify", "a.age", "-i", "a.age"];
    forge(22);
    let result =
        workspace.run(&verify).expect_exit(1).fails_with("a work factor of 22, which takes 4 GiB");
    assert!(result.stderr.contains("the limit is 19"), "{}", result.stderr);
    assert!(result.stderr.contains("--max-work-factor 22"), "{}", result.stderr);
    let chinese = workspace.run(&[&verify[..], &["--lang", "zh"]].concat()).expect_exit(1);
    assert!(chinese.stderr.contains("工作因子为 22"), "{}", chinese.stderr);
    forge(11);
    let limited =
        |args: &[&str], most: &str| workspace.run(&[args, &["--max-work-factor", most]].concat());
    limited(&verify, "10").expect_exit(1).fails_with("the limit is 10");
    limited(&verify, "11").expect_exit(1).fails_with("the passphrase does not open this archive");
    limited(&identity, "10").expect_exit(1);
    limited(&verify, "31").expect_exit(2);
    limited(&verify, "0").expect_exit(2);
}

#[test]
fn each_fault_of_a_key_file_has_its_own_sentence() {
    let workspace = Workspace::with_archive();
    let key = String::from_utf8(workspace.read("key.txt")).expect("it is text");
    let secret = key.lines().last().expect("the secret").to_owned();
    let utf16 = |bom: &[u8], bytes: fn(u16) -> [u8; 2]| {
        [bom, &key.encode_utf16().flat_map(bytes).collect::<Vec<_>>()].concat()
    };
    let mistyped = {
        let other = if secret.ends_with('Q') { 'P' } else { 'Q' };
        format!("{}{other}", &secret[..secret.len() - 1])
    };
    let cases: [(&str, Vec<u8>); 13] = [
        ("begins with a byte order mark", [b"\xef\xbb\xbf", key.as_bytes()].concat()),
        ("is UTF-16 text", utf16(b"\xff\xfe", u16::to_le_bytes)),
        ("is UTF-16 text", utf16(b"\xfe\xff", u16::to_be_bytes)),
        ("is UTF-16 text", utf16(b"", u16::to_le_bytes)),
        ("broken into several lines", format!("{}\n{}\n", &secret[..40], &secret[40..]).into()),
        ("it is mistyped", format!("# my key\n{mistyped}\n").into()),
        ("it has 73 characters, but a key has 74", secret[..73].into()),
        ("contains a public key, which only encrypts", workspace.public.clone().into()),
        ("contains a public key, which only encrypts", "ssh-ed25519 AAAAC3Nz me\n".into()),
        ("contains neither an age identity", "id,name\n1,a\n".into()),
        ("contains neither an age identity", vec![]),
        ("it may be an archive", workspace.read("crm.tar.zst.age")),
        ("a plugin of age", "AGE-PLUGIN-YUBIKEY-1QQQ\n".into()),
    ];
    for (words, content) in cases {
        workspace.write("given.txt", content);
        let result =
            workspace.run(&["verify", "crm.tar.zst.age", "-i", "given.txt"]).expect_exit(1);
        let result = result.fails_with(words);
        assert!(!result.stderr.contains(&secret[20..40]), "a secret is printed: {}", result.stderr);
        let chinese = ["verify", "crm.tar.zst.age", "-i", "given.txt", "--lang", "zh"];
        let chinese = workspace.run(&chinese).expect_exit(1);
        assert!(!chinese.stderr.contains(words), "{}", chinese.stderr);
    }
    let public = &workspace.public;
    let cases: [(&str, Vec<u8>); 6] = [
        ("begins with a byte order mark", [b"\xef\xbb\xbf", public.as_bytes()].concat()),
        ("is UTF-16 text", public.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("broken into several lines", format!("{}\n{}\n", &public[..30], &public[30..]).into()),
        ("it has 61 characters, but a key has 62", public[..61].into()),
        ("contains no public key", "id,name\n1,a\n".into()),
        ("contains a secret key", key.clone().into()),
    ];
    for (words, content) in cases {
        workspace.write("given.txt", content);
        let args = ["export", "key.txt", "-o", "b.age", "-R", "given.txt"];
        workspace.run(&args).expect_exit(1).fails_with(words);
    }
}

#[test]
fn a_public_key_where_a_file_belongs_is_named() {
    let workspace = Workspace::with_archive();
    let public = workspace.public.clone();
    let opened = workspace.run(&["verify", "crm.tar.zst.age", "-i", &public]).expect_exit(1);
    let opened = opened.fails_with("is a public key, but the name of a file belongs there");
    assert!(opened.stderr.contains("the secret key with -i"), "{}", opened.stderr);
    let exported =
        workspace.run(&["export", "key.txt", "-o", "b.age", "-R", &public]).expect_exit(1);
    let exported = exported.fails_with("is a public key, but the name of a file belongs there");
    assert!(exported.stderr.contains(&format!("-r {public}")), "{}", exported.stderr);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_passphrase() {
    let workspace = Workspace::new();
    workspace.write("bom.txt", "\u{feff}correct horse\n");
    workspace.write("plain.txt", "correct horse\n");
    let export =
        |file| workspace.run(&["export", "key.txt", "-o", "a.age", "--passphrase-file", file]);
    export("bom.txt").expect_exit(1).fails_with("begins with a byte order mark");
    export("plain.txt").expect_exit(0);
    workspace.run(&["inspect", "a.age", "--passphrase-file", "bom.txt"]).expect_exit(0);
}

#[cfg(unix)]
#[test]
fn a_locked_ssh_key_is_not_taken_for_another_key() {
    let workspace = Workspace::new();
    workspace.write("a.csv", "id,n\n1,a\n");
    workspace.write("sealed_key", include_str!("ssh/sealed_key"));
    workspace.write("sealed_key.pub", include_str!("ssh/sealed_key.pub"));
    workspace.run(&["export", "a.csv", "-o", "a.age", "-R", "sealed_key.pub"]).expect_exit(0);
    let verify = workspace.run(&["verify", "a.age", "-i", "sealed_key"]).expect_exit(1);
    let verify = verify.fails_with("sealed_key was not tried, because it is encrypted");
    assert!(verify.stderr.contains("without a passphrase"), "{}", verify.stderr);
    let both = ["verify", "a.age", "-i", "sealed_key", "-i", "key.txt"];
    workspace.run(&both).expect_exit(1).fails_with("sealed_key was not tried");
}
