//! Keys in both directions: keys of stock tools work here, and keys of this program work there.
//!
//! These tests need external tools; `tests/run` runs the ones that are possible.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use backup_core::archive::{Identity, Reader, Recipient, Writer, WriterOptions};
use backup_core::record::Cell;
use crm_backup_tests::stock::{Unpacked, bash, run, run_with_input};
use crm_backup_tests::{Keys, awkward, no_passphrase, with_passphrase, write_archive};
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse 电池 staple";

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A small archive for these recipients.
fn encrypted_for(recipients: &[Recipient]) -> Vec<u8> {
    let mut writer = Writer::create(Vec::new(), "crm", recipients, WriterOptions::default())
        .expect("the archive begins");
    let mut table = writer.table(awkward::table("t", ["a"])).expect("the table begins");
    table.record(&awkward::texts(&[Some("值")])).expect("the record is written");
    table.finish().expect("the table ends");
    writer.finish().expect("the archive ends").1
}

/// Reads it back with this project's reader.
#[track_caller]
fn assert_decrypts_here(encrypted: &[u8], identities: &[Identity], what: &str) {
    let mut reader = Reader::open(Cursor::new(encrypted), identities)
        .unwrap_or_else(|error| panic!("{what}: this project's reader does not open it: {error}"));
    let mut tables = Vec::new();
    let read = reader.records("t", |record| {
        if let Some(Cell::Text(text)) = record.get(0) {
            tables.push(text.to_str().map(str::to_owned));
        }
        Ok(())
    });
    read.unwrap_or_else(|error| panic!("{what}: this project's reader does not read it: {error}"));
    assert_eq!(tables, [Some("值".to_owned())], "{what}: the record differs");
}

/// Decrypts it with stock age and the identity file `key` of the folder; returns the plaintext.
#[track_caller]
fn decrypt_with_age(encrypted: &[u8], folder: &Path, key: &str, what: &str) -> Vec<u8> {
    fs::write(folder.join("crm.age"), encrypted).expect("the archive is written");
    let mut command = Command::new("age");
    command.args(["-d", "-i", key, "-o", "crm.zst", "crm.age"]).current_dir(folder);
    run(&mut command).expect(&format!("{what}: age -d"));
    run(Command::new("zstd").args(["-t", "-q", "crm.zst"]).current_dir(folder))
        .expect_no_warnings(&format!("{what}: zstd -t"));
    fs::read(folder.join("crm.zst")).expect("age wrote it")
}

/// Has stock age encrypt it again, with these arguments.
#[track_caller]
fn reencrypted_with_age(plain: &[u8], folder: &Path, arguments: &[&str], what: &str) -> Vec<u8> {
    fs::write(folder.join("again.zst"), plain).expect("it is written");
    let mut command = Command::new("age");
    command.args(arguments).args(["-o", "again.age", "again.zst"]).current_dir(folder);
    run(&mut command).expect(&format!("{what}: age {arguments:?}"));
    fs::read(folder.join("again.age")).expect("age wrote it")
}

#[test]
#[ignore = "compares with stock age-keygen; tests/run runs it"]
fn stock_age_keygen_makes_keys_for_archives() {
    let folder = folder();
    run(Command::new("age-keygen").args(["-o", "key.txt"]).current_dir(folder.path()))
        .expect("age-keygen");
    let public = run(Command::new("age-keygen").args(["-y", "key.txt"]).current_dir(folder.path()))
        .expect_no_warnings("age-keygen -y");
    let text = fs::read_to_string(folder.path().join("key.txt")).expect("a key was made");
    let keys = Keys::from_files(public.out.trim(), &text);
    let encrypted = encrypted_for(&keys.recipients);
    assert_decrypts_here(&encrypted, &keys.identities, "a key of age-keygen");
    let plain = decrypt_with_age(&encrypted, folder.path(), "key.txt", "a key of age-keygen");
    let again = reencrypted_with_age(
        &plain,
        folder.path(),
        &["-r", &keys.recipient],
        "a key of age-keygen",
    );
    assert_decrypts_here(&again, &keys.identities, "encrypted again to a key of age-keygen");
}

#[test]
#[ignore = "compares with stock age; tests/run runs it"]
fn stock_age_accepts_keys_made_here() {
    let folder = folder();
    let keys = Keys::generate();
    keys.write_identity(folder.path());
    let public = run(Command::new("age-keygen").args(["-y", "key.txt"]).current_dir(folder.path()))
        .expect_no_warnings("age-keygen -y");
    assert_eq!(public.out.trim(), keys.recipient, "age-keygen names another public key");
    let (_, encrypted) = write_archive(&keys, WriterOptions::default(), &[], &awkward::files());
    Unpacked::open(&encrypted, &keys).check_sums("a key made here");

    let plain =
        decrypt_with_age(&encrypted_for(&keys.recipients), folder.path(), "key.txt", "made here");
    let again =
        reencrypted_with_age(&plain, folder.path(), &["-r", &keys.recipient], "a key made here");
    assert_decrypts_here(&again, &keys.identities, "encrypted again by age to a key made here");
}

#[test]
#[ignore = "compares with stock age and ssh-keygen; tests/run runs it"]
fn ssh_keygen_makes_keys_for_archives() {
    for kind in [&["-t", "ed25519"][..], &["-t", "rsa", "-b", "2048"]] {
        let folder = folder();
        let mut command = Command::new("ssh-keygen");
        command.args(kind).args(["-q", "-N", "", "-f", "id"]).current_dir(folder.path());
        run(&mut command).expect("ssh-keygen");
        let read = |name: &str| fs::read(folder.path().join(name)).expect("a key was made");
        let public = String::from_utf8(read("id.pub")).expect("a public key is text");
        let recipients: Vec<Recipient> = vec![public.parse().expect("it is a recipient")];
        let identities =
            Identity::parse_file(&read("id"), "id", &no_passphrase()).expect("it is read");
        let encrypted = encrypted_for(&recipients);
        let what = format!("ssh-keygen {kind:?}");
        assert_decrypts_here(&encrypted, &identities, &what);
        let plain = decrypt_with_age(&encrypted, folder.path(), "id", &what);
        let again = reencrypted_with_age(&plain, folder.path(), &["-R", "id.pub"], &what);
        assert_decrypts_here(&again, &identities, &format!("{what}, encrypted again"));
    }
}

#[test]
#[ignore = "compares with stock age and ssh-keygen; tests/run runs it"]
fn ssh_keygen_keys_may_have_a_passphrase() {
    let folder = folder();
    let mut command = Command::new("ssh-keygen");
    command.args(["-t", "ed25519", "-q", "-N", PASSPHRASE, "-f", "id"]).current_dir(folder.path());
    run(&mut command).expect("ssh-keygen");
    let read = |name: &str| fs::read(folder.path().join(name)).expect("a key was made");
    let public = String::from_utf8(read("id.pub")).expect("a public key is text");
    let encrypted = encrypted_for(&[public.parse().expect("it is a recipient")]);
    let answering = |passphrase: &str| {
        Identity::parse_file(&read("id"), "id", &with_passphrase(passphrase))
            .expect("the key is read")
    };
    assert_decrypts_here(&encrypted, &answering(PASSPHRASE), "an SSH key with a passphrase");
    let wrong = Reader::open(Cursor::new(&encrypted), &answering("wrong"));
    assert!(wrong.is_err(), "a wrong passphrase opens an SSH key");
}

#[test]
#[ignore = "compares with stock age; tests/run runs it"]
fn stock_age_decrypts_for_any_of_several_recipients() {
    let folder = folder();
    let [one, two] = [Keys::generate(), Keys::generate()];
    let recipients = format!("# who may read\n{}\n\n{}\n", one.recipient, two.recipient);
    let recipients = Recipient::parse_file(&recipients).expect("a recipients file");
    let encrypted = encrypted_for(&recipients);
    for keys in [&one, &two] {
        keys.write_identity(folder.path());
        assert_decrypts_here(&encrypted, &keys.identities, "one of two keys");
        fs::remove_file(folder.path().join("crm.zst")).ok();
        decrypt_with_age(&encrypted, folder.path(), "key.txt", "one of two keys");
    }
}

/// age asks for a passphrase only at a terminal; `script` provides one.
#[track_caller]
fn age_at_a_terminal(line: &str, folder: &Path, answers: usize, what: &str) {
    let mut command = Command::new("script");
    command.args(["-qec", line, "/dev/null"]).current_dir(folder);
    run_with_input(&mut command, format!("{PASSPHRASE}\n").repeat(answers).as_bytes()).expect(what);
}

#[test]
#[ignore = "compares with stock age; tests/run runs it"]
fn terminal_age_and_this_program_decrypt_with_the_same_passphrase() {
    let folder = folder();
    let encrypted = encrypted_for(&[Recipient::passphrase(PASSPHRASE.into())]);
    fs::write(folder.path().join("crm.age"), &encrypted).expect("the archive is written");
    age_at_a_terminal(
        "age -d -o crm.zst crm.age",
        folder.path(),
        1,
        "age decrypts with our passphrase",
    );
    bash("zstd -t -q crm.zst", folder.path(), &[]).expect_no_warnings("zstd -t");

    age_at_a_terminal("age -p -o again.age crm.zst", folder.path(), 2, "age encrypts it again");
    let again = fs::read(folder.path().join("again.age")).expect("age wrote it");
    assert_decrypts_here(&again, &[Identity::passphrase(PASSPHRASE.into())], "age's passphrase");
    let wrong = Reader::open(Cursor::new(&again), &[Identity::passphrase("wrong".into())]);
    assert!(wrong.is_err(), "a wrong passphrase opens an archive");
}

#[test]
#[ignore = "compares with stock age; tests/run runs it"]
fn terminal_age_encrypts_identity_files() {
    let folder = folder();
    let keys = Keys::generate();
    keys.write_identity(folder.path());
    age_at_a_terminal(
        "age -p -o key.age key.txt",
        folder.path(),
        2,
        "age encrypts the identity file",
    );
    let file = fs::read(folder.path().join("key.age")).expect("age wrote it");
    let identities =
        Identity::parse_file(&file, "key.age", &with_passphrase(PASSPHRASE)).expect("it is opened");
    assert_decrypts_here(
        &encrypted_for(&keys.recipients),
        &identities,
        "an identity file that age encrypted",
    );
}
