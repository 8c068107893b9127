//! Passphrases and identities are wiped from memory: no block that is freed holds one.
//!
//! The test searches for the text of secrets in memory that Rust code allocates. It does not check the
//! stack, or the derived keys, which age wipes itself. One known copy is outside of this project's control:
//! see [`LEFT_BY_AGE`].

use std::io::Write as _;
use std::path::Path;

use backup_cli::{Context, run};
use crm_backup_tests::watching::Watching;
use crm_backup_tests::{Keys, names_in};

const PASSPHRASE: &str = "wiped-passphrase-hvmqzkwjx";
const SOURCE: &str = "id,name\n1,Ada\n2,Bo\n";

/// When an identity file is itself encrypted, age shrinks the block with the decrypted text, which leaves
/// one copy of it.
const LEFT_BY_AGE: usize = 1;

#[global_allocator]
static WATCHING: Watching = Watching::new(is_secret);

/// Whether a block holds the passphrase, or an identity in upper or lower case.
fn is_secret(block: &[u8]) -> bool {
    let key = |prefix: &[u8]| {
        let of_key = |at: usize| {
            let rest = &block[at + prefix.len()..];
            rest.len() >= 40 && rest[..40].iter().all(u8::is_ascii_alphanumeric)
        };
        memchr::memmem::find_iter(block, prefix).any(of_key)
    };
    memchr::memmem::find(block, PASSPHRASE.as_bytes()).is_some()
        || key(b"AGE-SECRET-KEY-1")
        || key(b"age-secret-key-1")
}

/// Runs a command in this process; returns how many blocks were checked.
fn run_and_scan(folder: &Path, args: &[&str], mut context: Context, known: usize) -> usize {
    let real = args.iter().map(|arg| match arg.strip_prefix('@') {
        Some(name) => folder.join(name).into_os_string(),
        None => arg.into(),
    });
    let real: Vec<_> = std::iter::once("crm-backup".into()).chain(real).collect();
    let (exit, blocks, found) = WATCHING.watch(|| run(real, &mut context));
    assert_eq!(exit, 0, "{args:?} does not succeed");
    assert_eq!(found, known, "{args:?}: blocks that were freed with a secret in them");
    assert!(blocks > 10, "{args:?}: only {blocks} blocks were checked");
    blocks
}

#[test]
fn no_block_is_freed_with_a_secret_in_it() {
    let (_, _, found) = WATCHING.watch(|| drop(String::from(PASSPHRASE)));
    assert_eq!(found, 1, "the allocator does not detect an unwiped secret");

    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let write = |name: &str, content: &[u8]| {
        std::fs::write(folder.join(name), content).expect("the file is written");
    };
    let keys = Keys::generate();
    write("accounts.csv", SOURCE.as_bytes());
    write("pass.txt", format!("{PASSPHRASE}\nanother line\n").as_bytes());
    write("key.txt", keys.identity_file.as_bytes());
    write("key.age", &encrypted(keys.identity_file.as_bytes()));

    let from_variable = || {
        let variable = |name: &str| (name == "PASS").then(|| PASSPHRASE.to_owned());
        Context { variable: Box::new(variable), ..Context::detached() }
    };
    let key = keys.identity_file.clone();
    // The locale is read as well, and is not a secret.
    let variable = move |name: &str| (name == "KEY").then(|| key.clone());
    let with_key = Context { variable: Box::new(variable), ..Context::detached() };
    let answering = || {
        let ask = |_: &str| Some(PASSPHRASE.into());
        Context { ask: std::sync::Arc::new(ask), ..Context::detached() }
    };
    let recipient = keys.recipient.as_str();
    let export = ["export", "@accounts.csv", "--force", "-o"];
    let with = |more: &[&'static str]| [&export[..], more].concat();
    let archive = [&export[..], &["@k.age", "-r", recipient]].concat();
    let mut blocks = 0;
    let mut cases = 0;
    let mut run_command = |args: &[&str], context: Context| {
        let known = if args.contains(&"@key.age") { LEFT_BY_AGE } else { 0 };
        blocks += run_and_scan(folder, args, context, known);
        cases += 1;
    };
    run_command(&["keygen", "-o", "@new.txt"], Context::detached());
    run_command(&["keygen"], Context::detached());
    run_command(&archive, Context::detached());
    run_command(&with(&["@p.age", "--passphrase-file", "@pass.txt"]), Context::detached());
    run_command(&with(&["@q.age", "--passphrase-env", "PASS"]), from_variable());
    run_command(&with(&["@r.age", "-p"]), answering());
    // Each passphrase takes a second of work; all commands open archives in the same way.
    run_command(&["verify", "@p.age", "--passphrase-file", "@pass.txt"], Context::detached());
    run_command(&["inspect", "@q.age", "--passphrase-env", "PASS"], from_variable());
    run_command(&["restore-test", "@r.age", "-p"], answering());
    for command in ["verify", "inspect", "restore-test"] {
        run_command(&[command, "@k.age", "-i", "@key.txt"], Context::detached());
        run_command(&[command, "@k.age", "-i", "@key.age"], answering());
    }
    run_command(&["verify", "@k.age", "--identity-env", "KEY"], with_key);
    crm_backup_tests::tried!("commands run: {cases}; blocks checked: {blocks}");
    assert!(cases > 15 && blocks > 10_000, "too little was checked");
    assert!(names_in(folder).contains(&"new.txt".to_owned()), "keygen wrote nothing");
}

/// An identity file that is itself encrypted with the passphrase, as age does it.
fn encrypted(identity: &[u8]) -> Vec<u8> {
    let mut recipient = age::scrypt::Recipient::new(age::secrecy::SecretString::from(PASSPHRASE));
    recipient.set_work_factor(10);
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as _));
    let mut bytes = Vec::new();
    let encryptor = encryptor.expect("a passphrase is a recipient");
    let mut writer = encryptor.wrap_output(&mut bytes).expect("memory takes bytes");
    writer.write_all(identity).expect("memory takes bytes");
    writer.finish().expect("memory takes bytes");
    bytes
}
