//! keygen, recipients, identities and passphrases.

use crate::bench::{Bench, fixture};

#[test]
fn keygen_writes_what_age_keygen_writes() {
    let bench = Bench::new();
    let text = String::from_utf8(bench.read("key.txt")).expect("an identity file is text");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "an identity file has three lines:\n{text}");
    let created = lines[0].strip_prefix("# created: ").expect("the first line says when");
    assert!(created.len() == 20 && created.ends_with('Z'), "{created} is not in RFC 3339");
    assert_eq!(lines[1], format!("# public key: {}", bench.public), "the second line");
    assert!(lines[2].starts_with("AGE-SECRET-KEY-1"), "the third line is not the secret");
    assert!(bench.public.starts_with("age1"), "{} is no recipient", bench.public);
}

#[cfg(unix)]
#[test]
fn keys_and_archives_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let bench = Bench::with_archive();
    for name in ["key.txt", "crm.tar.zst.age"] {
        let mode = bench.path(name).metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "the mode of {name}");
    }
}

#[test]
fn keygen_never_replaces_a_key() {
    let bench = Bench::new();
    let before = bench.read("key.txt");
    let ran = bench.run(&["keygen", "-o", "key.txt"]).exits(1).complains("exists already");
    assert!(!ran.stderr.contains("--force"), "keygen has no --force:\n{}", ran.stderr);
    assert_eq!(bench.read("key.txt"), before, "the key was changed");
    assert_eq!(bench.names(), ["key.txt"], "something was left behind");
}

#[test]
fn keygen_without_a_file_prints_the_identity_alone() {
    let bench = Bench::new();
    for args in [["keygen"].as_slice(), &["keygen", "-q"]] {
        let ran = bench.run(args).exits(0);
        assert_eq!(ran.stdout.lines().count(), 3, "{args:?} prints more than the identity");
        bench.write("printed.txt", &ran.stdout);
        let opened = bench.run(&["verify", "nothing.age", "-i", "printed.txt"]).exits(1);
        assert!(opened.stderr.contains("nothing.age"), "the identity was not read");
    }
    assert_eq!(bench.names(), ["key.txt", "printed.txt"], "a file was written");
}

#[test]
fn keygen_keeps_the_secret_out_of_json() {
    let bench = Bench::new();
    let ran = bench.run(&["keygen", "--json", "-o", "other.txt"]).exits(0);
    let document = ran.json();
    assert!(document["public_key"].as_str().is_some_and(|key| key.starts_with("age1")));
    assert_eq!(document["written"][0], "other.txt");
    let shown = ran.stdout + &ran.stderr;
    assert!(!shown.contains("AGE-SECRET-KEY"), "the secret was printed:\n{shown}");
    bench.run(&["keygen", "--json"]).exits(2).json();
}

#[test]
fn any_of_several_recipients_opens_an_archive() {
    let bench = Bench::new();
    let other = bench.keygen("other.txt");
    bench.write("team.txt", format!("# the team\n\n{other}\n"));
    let source = fixture("attachments");
    let sealed = ["export", &source, "-o", "a.age", "-r", &bench.public, "-R", "team.txt"];
    bench.run(&sealed).exits(0);
    for key in ["key.txt", "other.txt"] {
        bench.run(&["verify", "a.age", "-i", key]).exits(0);
    }
    let typed =
        bench.run_with(&["export", &source, "-o", "b.age", "-R", "-"], &[], other.as_bytes());
    typed.exits(0);
    bench.run_with(&["verify", "b.age", "-i", "-"], &[], &bench.read("other.txt")).exits(0);
}

#[test]
fn a_file_given_as_a_recipient_is_told_from_a_bad_one() {
    let bench = Bench::new();
    bench.write("team.txt", &bench.public);
    let source = fixture("attachments");
    let ran = bench.run(&["export", &source, "-o", "a.age", "-r", "team.txt"]).exits(1);
    let ran = ran.complains("is a file");
    assert!(ran.stderr.contains("-R team.txt"), "it does not say -R:\n{}", ran.stderr);
    assert_eq!(bench.names(), ["key.txt", "team.txt"], "something was left behind");
}

#[test]
fn a_passphrase_seals_and_opens() {
    let bench = Bench::new();
    bench.write("pass.txt", "correct horse\r\nanother line\n");
    bench.write("wrong.txt", "battery staple\n");
    let source = fixture("attachments");
    let sealed = ["export", &source, "-o", "a.age", "--passphrase-file", "pass.txt"];
    let sealed = bench.run(&sealed).exits(0);
    assert!(
        sealed.stdout.contains("restore-test a.age --passphrase-file pass.txt"),
        "the next step does not open it:\n{}",
        sealed.stdout
    );
    let from_env = ["verify", "a.age", "--passphrase-env", "CRM_PASS"];
    bench.run_with(&from_env, &[("CRM_PASS", "correct horse")], b"").exits(0);
    let wrong = bench.run(&["verify", "a.age", "--passphrase-file", "wrong.txt"]).exits(1);
    let wrong = wrong.complains("the passphrase does not open this archive");
    assert!(wrong.stderr.contains("upper and lower case"), "what to try: {}", wrong.stderr);
    let key = bench.run(&["verify", "a.age", "-i", "key.txt"]).exits(1);
    let key = key.complains("encrypted with a passphrase");
    assert!(key.stderr.contains("-p"), "it does not say how to give it: {}", key.stderr);
}

#[test]
fn a_passphrase_is_not_asked_for_where_nobody_is() {
    let bench = Bench::new();
    let source = fixture("attachments");
    let asked = bench.run(&["export", &source, "-o", "a.age", "-p"]).exits(1);
    asked.complains("no terminal");
    bench.write("empty.txt", "\nsecond\n");
    let args = ["export", &source, "-o", "a.age", "--passphrase-file", "empty.txt"];
    bench.run(&args).exits(1).complains("empty");
    let args = ["export", &source, "-o", "a.age", "--passphrase-env", "NO_SUCH_VARIABLE"];
    bench.run(&args).exits(1).complains("NO_SUCH_VARIABLE");
    let args = ["export", &source, "-o", "a.age", "--passphrase-env", "swordfish"];
    let ran = bench.run(&args).exits(1);
    assert!(!ran.stderr.contains("swordfish"), "it may be the passphrase: {}", ran.stderr);
    assert_eq!(bench.names(), ["empty.txt", "key.txt"], "something was left behind");
}

/// Nothing that a secret is in may come back, on either stream.
fn refused_without_a_word_of(secret: &str, bench: &Bench, args: &[&str]) {
    for json in [&[][..], &["--json"]] {
        let ran = bench.run(&[args, json].concat());
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.exit, 2, "{args:?} is taken:\n{shown}");
        let (shown, secret) = (shown.to_lowercase(), secret.to_lowercase());
        assert!(!shown.contains(&secret), "{args:?} is repeated:\n{shown}");
        assert!(ran.stderr.contains("hint: "), "{args:?}: it does not say what to do instead");
    }
}

#[test]
fn a_secret_among_the_arguments_is_refused_and_not_repeated() {
    let bench = Bench::with_archive();
    let before = bench.names();
    let source = fixture("attachments");
    let file = String::from_utf8(bench.read("key.txt")).expect("it is text");
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
        refused_without_a_word_of(key, &bench, args);
    }
    for args in &spoken {
        refused_without_a_word_of(words, &bench, args);
    }
    crm_backup_tests::tried!("secrets among arguments: {} cases", cases.len() + spoken.len());
    assert_eq!(bench.names(), before, "something was left behind");
}

/// With letters that are flags themselves, such as `-h`, a passphrase is no less one.
#[test]
fn a_passphrase_attached_to_its_flag_is_refused_whatever_its_letters_are() {
    let bench = Bench::with_archive();
    let before = bench.names();
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
            refused_without_a_word_of("hunter2", &bench, &[&command[..], flags].concat());
        }
        refused_without_a_word_of("hunter2", &bench, &[flags, &commands[0]].concat());
    }
    for letters in ["-ph", "-pV", "-qph"] {
        bench.run(&["verify", archive, letters]).exits(2).complains("-p takes no value");
    }
    let tried = spoken.len() * (commands.len() + 1);
    crm_backup_tests::tried!("passphrases among arguments: {tried} cases");
    assert_eq!(bench.names(), before, "something was left behind");
}

#[test]
fn letters_that_only_look_like_a_passphrase_are_flags_and_names() {
    let bench = Bench::with_archive();
    bench.write("phunter2", bench.read("key.txt"));
    let verify = ["verify", "crm.tar.zst.age"];
    for flags in [&["-iphunter2"][..], &["-qiphunter2"], &["-qi", "phunter2"]] {
        bench.run(&[&verify[..], flags].concat()).exits(0);
    }
    // It asks, and there is nobody.
    for flags in [&["-p"][..], &["-pq"], &["-qp"], &["-pi", "key.txt"], &["-p", "-i", "key.txt"]] {
        bench.run(&[&verify[..], flags].concat()).exits(1).complains("no terminal");
    }
    for help in ["-h", "-help", "--help"] {
        let ran = bench.run(&["verify", help]).exits(0);
        assert!(ran.stdout.contains("Usage: crm-backup verify"), "{help} is no help any more");
    }
}

#[test]
fn an_identity_comes_from_a_variable() {
    let bench = Bench::with_archive();
    let key = String::from_utf8(bench.read("key.txt")).expect("it is text");
    let verify = ["verify", "crm.tar.zst.age", "--identity-env", "CRM_KEY"];
    bench.run_with(&verify, &[("CRM_KEY", &key)], b"").exits(0);
    bench.run(&verify).exits(1).complains("CRM_KEY");
    let cut = &key[..key.len() - 2];
    let wrong = bench.run_with(&verify, &[("CRM_KEY", cut)], b"").exits(1);
    let wrong = wrong.complains("line 3 of the variable CRM_KEY is not an age identity");
    let secret = cut.lines().last().expect("it has a last line");
    assert!(!wrong.stderr.contains(secret), "the key is repeated:\n{}", wrong.stderr);
    bench.run(&["verify", "crm.tar.zst.age", "--sealed", "--identity-env", "CRM_KEY"]).exits(2);
}

#[test]
fn a_file_too_large_for_a_key_is_not_read() {
    let bench = Bench::with_archive();
    bench.write("large.txt", vec![b'#'; (1 << 20) + 1]);
    for flag in ["-i", "--passphrase-file"] {
        let ran = bench.run(&["verify", "crm.tar.zst.age", flag, "large.txt"]).exits(1);
        ran.complains("larger than 1 MiB");
    }
}

#[test]
fn what_is_no_recipient_is_not_repeated_unless_it_looks_like_one() {
    let bench = Bench::new();
    let source = fixture("attachments");
    let typing_error = "GE-SECRET-KEY-1QQQQ";
    let ran = bench.run(&["export", &source, "-o", "a.age", "-r", typing_error]).exits(1);
    let ran = ran.complains("no public key");
    assert!(!ran.stderr.contains(typing_error), "it is repeated:\n{}", ran.stderr);
    let ran = bench.run(&["export", &source, "-o", "a.age", "-r", "age1short"]).exits(1);
    ran.complains("age1short");
}

#[test]
fn a_passphrase_that_takes_too_much_memory_is_refused_unless_it_is_allowed() {
    let bench = Bench::new();
    let (salt, wrapped, mac) = ("A".repeat(22), "A".repeat(43), "A".repeat(43));
    bench.write("words.txt", "correct horse\n");
    let forge = |factor: u32| {
        let stanza = format!("-> scrypt {salt} {factor}\n{wrapped}");
        let mut sealed = format!("age-encryption.org/v1\n{stanza}\n--- {mac}\n").into_bytes();
        sealed.extend([0; 64]);
        bench.write("a.age", &sealed);
    };
    let verify = ["verify", "a.age", "--passphrase-file", "words.txt"];
    let identity = ["verify", "a.age", "-i", "a.age"];
    forge(22);
    let ran = bench.run(&verify).exits(1).complains("a work factor of 22, which takes 4 GiB");
    assert!(ran.stderr.contains("the limit is 19"), "{}", ran.stderr);
    assert!(ran.stderr.contains("--max-work-factor 22"), "{}", ran.stderr);
    let chinese = bench.run(&[&verify[..], &["--lang", "zh"]].concat()).exits(1);
    assert!(chinese.stderr.contains("工作因子为 22"), "{}", chinese.stderr);
    forge(11);
    let limited =
        |args: &[&str], most: &str| bench.run(&[args, &["--max-work-factor", most]].concat());
    limited(&verify, "10").exits(1).complains("the limit is 10");
    limited(&verify, "11").exits(1).complains("the passphrase does not open this archive");
    limited(&identity, "10").exits(1);
    limited(&verify, "31").exits(2);
    limited(&verify, "0").exits(2);
}
