//! The cost of a malicious archive: memory is bounded whatever a header claims, and time grows no
//! faster than the archive. Time is counted in allocations, which are the same on every machine.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use backup_core::archive::{
    AskPassphrase, Identity, KeyPair, Reader, Recipient, Writer, WriterOptions,
};
use backup_core::scratch::SqliteScratch;
use backup_core::{
    Code, ErrorKind, Report, RestoreOptions, Result, VerifyOptions, inspect, restore_database,
    restore_folder, restore_test, verify,
};
use crm_backup_tests::{Keys, awkward, with_passphrase, write_archive};

#[global_allocator]
static COUNTED: Counted = Counted::new();

/// One test at a time, because the counts are for the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// The system's allocator, with counts of allocations and of the memory in use.
struct Counted {
    calls: AtomicUsize,
    used: AtomicUsize,
    peak: AtomicUsize,
}

impl Counted {
    const fn new() -> Self {
        Self { calls: AtomicUsize::new(0), used: AtomicUsize::new(0), peak: AtomicUsize::new(0) }
    }

    /// Runs `work`; returns how many allocations it made, and its peak memory in bytes.
    fn of<T>(&self, work: impl FnOnce() -> T) -> (usize, usize, T) {
        let (calls, used) = (self.calls.load(Ordering::Relaxed), self.used.load(Ordering::Relaxed));
        self.peak.store(used, Ordering::Relaxed);
        let done = work();
        let calls = self.calls.load(Ordering::Relaxed) - calls;
        (calls, self.peak.load(Ordering::Relaxed).saturating_sub(used), done)
    }
}

#[expect(unsafe_code, reason = "an allocator cannot be made without; this one only counts")]
// SAFETY: every request is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let used = self.used.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        self.peak.fetch_max(used, Ordering::Relaxed);
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        self.used.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller upholds the contract of `GlobalAlloc`.
        unsafe { System.dealloc(at, layout) }
    }
}

/// The limit of growth for each of three doublings: 2, and some variation.
const DOUBLED: f64 = 2.4;

/// The results of `count` for a size and three doublings of it.
fn grows_in_proportion(what: &str, first: usize, count: impl Fn(usize) -> usize) {
    // Creates the values that are created only once.
    count(first / 2);
    let counts: Vec<usize> = (0..4).map(|doubling| count(first << doubling)).collect();
    println!("{what}: {counts:?} allocations, from {first} on");
    for pair in counts.windows(2) {
        let grown = pair[1] as f64 / pair[0] as f64;
        assert!(grown < DOUBLED, "{what}: twice as much takes {grown:.2} times: {counts:?}");
    }
}

type Results = (&'static str, Result<Report>);

/// The result of each command for an archive. Restored files are removed again.
fn run_every_command(archive: &Path, identities: &[Identity]) -> Vec<Results> {
    let options = VerifyOptions::default().threads(1);
    let restoring = RestoreOptions::default().verify(options.clone());
    let output = archive.with_file_name("out");
    let restored = |options: &RestoreOptions| {
        let restored = restore_folder(archive, identities, &output, options, &());
        let _ = fs::remove_dir_all(&output);
        restored
    };
    let mut scratch = SqliteScratch::in_memory().expect("a database");
    let database = archive.with_file_name("out.sqlite");
    let results = vec![
        ("inspect", inspect(archive, identities)),
        ("verify", verify(archive, identities, &options, &())),
        ("restore-test", restore_test(archive, identities, &mut scratch, &options, &())),
        ("restore", restored(&restoring)),
        ("salvage", restored(&restoring.clone().salvage(true))),
        ("database", restore_database(archive, identities, &database, &restoring, &())),
    ];
    let _ = fs::remove_file(database);
    results
}

/// The age header of a forger without a key: these lines, and a last line with an invalid MAC.
fn header(lines: &str) -> Vec<u8> {
    let mac = "A".repeat(43);
    let mut header = format!("age-encryption.org/v1\n{lines}--- {mac}\n").into_bytes();
    header.extend([0; 64]);
    header
}

/// A header whose last line is too short, and many bytes after it.
fn unfinished() -> Vec<u8> {
    let mut header = b"age-encryption.org/v1\n-> a\n\n--- a\n".to_vec();
    header.resize(32 << 20, b'A');
    header
}

#[test]
fn an_endless_header_is_a_finding_and_takes_bounded_memory() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.tar.zst.age");
    let keys = Keys::generate();
    let line = "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n\
                SfBRO5mzHsmMqRvEVxlFE5Pvw7iaTZjhNgnHyr6m5xE\n";
    let forged = [
        ("a line that does not end", header(&format!("-> X25519 {}", "A".repeat(32 << 20)))),
        ("stanzas without an end", header(&line.repeat((32 << 20) / line.len()))),
        ("many short stanzas", header(&"-> a\n\n".repeat(200_000))),
        ("a last line that is too short", unfinished()),
    ];
    for (name, encrypted) in forged {
        fs::write(&path, &encrypted).expect("it is written");
        drop(encrypted);
        let (_, peak, results) = COUNTED.of(|| run_every_command(&path, &keys.identities));
        for (verb, results) in results {
            let finding = match results {
                Ok(report) => report.findings().first().cloned(),
                Err(error) => match error.into_kind() {
                    ErrorKind::Refused(finding) => Some(finding),
                    kind => panic!("{name}: {verb}: {kind:?}"),
                },
            };
            let finding = finding.unwrap_or_else(|| panic!("{name}: {verb} finds nothing"));
            assert_eq!(finding.code, Code::Seal, "{name}: {verb}: {}", finding.message);
            let words = match name {
                "a last line that is too short" => "is damaged",
                _ => "does not end within its first 64 KiB",
            };
            let message = finding.message.to_string();
            assert!(message.contains(words), "{name}: {verb}: {message}");
        }
        assert!(peak < 16 << 20, "{name}: {peak} bytes of memory are used");
    }
}

#[test]
fn a_header_of_many_stanzas_is_read_in_linear_time() {
    let _alone = ALONE.lock();
    let keys = Keys::generate();
    let read = |stanzas: usize| {
        let encrypted = header(&"-> a\n\n".repeat(stanzas));
        let opened = || Reader::open(std::io::Cursor::new(&encrypted), &keys.identities).err();
        let (calls, _, error) = COUNTED.of(opened);
        let error = error.expect("no key fits");
        assert!(matches!(error.kind(), ErrorKind::NoKeyFits { .. }), "{error}");
        calls
    };
    grows_in_proportion("stanzas of a header", 1250, read);
}

#[test]
fn an_identity_file_with_an_endless_header_is_refused() {
    let _alone = ALONE.lock();
    for lines in ["-> scrypt ".to_owned() + &"A".repeat(1 << 20), "-> a\n\n".repeat(100_000)] {
        let file = header(&lines);
        let parse = || Identity::parse_file(&file, "key.age", &with_passphrase("passphrase")).err();
        let (calls, peak, error) = COUNTED.of(parse);
        let error = error.expect("it is not an identity file").to_string();
        assert!(error.starts_with("key.age is damaged"), "{error}");
        assert!(calls < 100_000 && peak < 4 << 20, "{calls} allocations, {peak} bytes");
    }
}

fn encrypted_for(recipients: &[Recipient]) -> Result<Vec<u8>> {
    let writer = Writer::create(Vec::new(), "crm", recipients, WriterOptions::default())?;
    Ok(writer.finish()?.1)
}

#[test]
fn export_refuses_more_recipients_than_readers_accept() {
    let _alone = ALONE.lock();
    let keys = Keys::generate();
    let recipients = |count: usize| -> Vec<Recipient> {
        let others = (1..count).map(|_| KeyPair::generate().recipient());
        let all = others.chain([keys.recipient.clone()]);
        all.map(|recipient| recipient.parse().expect("it is a recipient")).collect()
    };
    let encrypted = encrypted_for(&recipients(660)).expect("this many fit");
    let opened = Reader::open(std::io::Cursor::new(&encrypted), &keys.identities);
    assert!(opened.is_ok(), "the written archive is not read: {:?}", opened.err());
    let error = encrypted_for(&recipients(670)).expect_err("this many do not fit");
    let is_reported = error.to_string();
    assert!(is_reported.starts_with("670 recipients do not fit"), "{is_reported}");
    assert!(is_reported.contains("about 660") && is_reported.contains("64 KiB"), "{is_reported}");
    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error:?}");
}

/// The header of an age file for a passphrase, with this work factor.
fn with_work_factor(factor: u32) -> Vec<u8> {
    header(&format!("-> scrypt {} {factor}\n{}\n", "A".repeat(22), "A".repeat(43)))
}

#[test]
fn a_passphrase_that_needs_too_much_memory_is_refused_unless_allowed() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.tar.zst.age");
    let with_passphrase: AskPassphrase = with_passphrase("passphrase");
    let tried = |factor: u32, most: u8| {
        let forged = with_work_factor(factor);
        fs::write(&path, &forged).expect("it is written");
        let identity = [Identity::passphrase_with_max_work_factor("passphrase".into(), most)];
        let parse =
            || Identity::parse_file_with_max_work_factor(&forged, "key", &with_passphrase, most);
        let (_, peak, errors) = COUNTED.of(|| {
            let verified = verify(&path, &identity, &VerifyOptions::default(), &());
            [
                verified.map(drop).expect_err("no archive"),
                parse().map(drop).expect_err("no identity"),
            ]
        });
        (peak, errors)
    };
    for (factor, most) in [(20, 19), (22, 19), (11, 10), (31, 30)] {
        let (peak, errors) = tried(factor, most);
        for error in errors {
            let is_reported = error.to_string();
            assert!(is_reported.contains(&format!("work factor of {factor}")), "{is_reported}");
            assert!(is_reported.contains(&format!("the limit is {most}")), "{is_reported}");
            let hint = error.hint().expect("there is a hint");
            assert!(hint.contains("a higher work factor"), "{hint}");
        }
        assert!(peak < 4 << 20, "{factor}: {peak} bytes of memory are used");
    }
    // With the limit raised, decryption is tried and fails because the passphrase differs.
    let (peak, [archive, identity]) = tried(10, 10);
    assert!(matches!(archive.kind(), ErrorKind::WrongPassphrase), "{archive}");
    assert_eq!(identity.to_string(), "the passphrase does not open key");
    assert!(peak >= 1 << 20, "nothing was tried");
    let most = backup_core::archive::MAX_WORK_FACTOR;
    assert_eq!(most, 19, "the default differs");
    let Err(error) = Identity::parse_file(&with_work_factor(20), "key", &with_passphrase) else {
        panic!("it is taken");
    };
    assert!(matches!(error.kind(), ErrorKind::WorkFactor { found: 20, most: 19 }), "{error}");
}

#[test]
fn passphrase_archives_use_a_work_factor_that_readers_allow() {
    let _alone = ALONE.lock();
    let encrypted =
        encrypted_for(&[Recipient::passphrase("passphrase".into())]).expect("it is encrypted");
    let header = String::from_utf8_lossy(&encrypted[..200]);
    let stanza = header.lines().nth(1).expect("a stanza");
    assert!(stanza.starts_with("-> scrypt ") && stanza.ends_with(" 18"), "{stanza}");
}

/// Names that become one name after they are made safe.
fn colliding(count: usize) -> impl Iterator<Item = String> {
    let odd: Vec<char> = "\\:*?\"<>|".chars().collect();
    (0..count).map(move |number| {
        let odd = (0..5).map(|digit| odd[number >> (3 * digit) & 7]).collect::<String>();
        format!("folder/{odd}.txt")
    })
}

#[test]
fn colliding_names_are_restored_in_linear_time() {
    let _alone = ALONE.lock();
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.expect("a temporary folder");
    let keys = Keys::generate();
    let path = folder.path().join("a.tar.zst.age");
    let output = folder.path().join("out");
    let restored = |make: &dyn Fn(usize) -> Vec<String>, count: usize| {
        let files: Vec<_> = make(count).into_iter().map(|name| (name, Vec::new())).collect();
        fs::write(&path, write_archive(&keys, WriterOptions::default(), &[], &files).1)
            .expect("it is written");
        let options = RestoreOptions::default().verify(VerifyOptions::default().threads(1));
        let restore = || restore_folder(&path, &keys.identities, &output, &options, &());
        let (calls, _, report) = COUNTED.of(restore);
        assert_eq!(report.expect("it is restored").contents().files.len(), count);
        calls
    };
    type Names<'a> = &'a dyn Fn(usize) -> Vec<String>;
    let several: [(&str, Names<'_>); 2] = [
        ("names that collide", &|count| colliding(count).collect()),
        ("names below files, and numbers that are files", &|count| {
            let numbers = (2..count / 3).map(|number| format!("{number}/files/x"));
            let below = (0..count).map(|number| format!("x/{number}"));
            let names = std::iter::once("x".to_owned()).chain(below).chain(numbers);
            names.take(count).collect()
        }),
    ];
    for (what, make) in several {
        grows_in_proportion(what, 400, |count| {
            let calls = restored(make, count);
            fs::remove_dir_all(&output).expect("it is removed");
            calls
        });
    }
    // The names must stay the same in every version.
    restored(&|count| colliding(count).collect(), 4);
    let names = crm_backup_tests::files_below(&output.join("files"));
    let mut names: Vec<_> =
        names.iter().map(|path| path.strip_prefix(&output).expect("below it")).collect();
    names.sort();
    let twice = output.join("2/files/folder/_____.txt");
    assert!(twice.is_file(), "{names:?}");
    let expected = ["_____.txt", "______2.txt", "______3.txt"];
    let expected: Vec<_> =
        expected.iter().map(|name| Path::new("files/folder").join(name)).collect();
    assert_eq!(names, expected);
}

#[test]
fn archives_of_many_tables_are_read_in_linear_time() {
    let _alone = ALONE.lock();
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.expect("a temporary folder");
    let path = folder.path().join("a.tar.zst.age");
    let keys = Keys::generate();
    let counted = |count: usize| -> Vec<(&'static str, usize)> {
        let table = |number| {
            let table = awkward::table(&format!("Table {number}"), ["id", "parent_id", "name"]);
            let record = awkward::texts(&[Some("1"), Some("1"), Some("x")]);
            (table, vec![record])
        };
        let tables: Vec<_> = (0..count).map(table).collect();
        let write = || write_archive(&keys, WriterOptions::default().threads(1), &tables, &[]);
        let (written, _, (_, encrypted)) = COUNTED.of(write);
        fs::write(&path, encrypted).expect("it is written");
        let mut counts = vec![("export", written)];
        let options = VerifyOptions::default().threads(1);
        let restoring = RestoreOptions::default().verify(options.clone());
        let output = path.with_file_name("out");
        let identities = &keys.identities;
        let mut count_of = |verb, work: &dyn Fn() -> Result<Report>| {
            let (calls, _, report) = COUNTED.of(work);
            assert_eq!(report.expect(verb).contents().tables.len(), count, "{verb}");
            counts.push((verb, calls));
            let _ = fs::remove_dir_all(&output);
        };
        count_of("inspect", &|| inspect(&path, identities));
        count_of("verify", &|| verify(&path, identities, &options, &()));
        count_of("restore-test", &|| {
            let mut scratch = SqliteScratch::in_memory()?;
            restore_test(&path, identities, &mut scratch, &options, &())
        });
        count_of("restore", &|| restore_folder(&path, identities, &output, &restoring, &()));
        let salvaging = restoring.clone().salvage(true);
        count_of("salvage", &|| restore_folder(&path, identities, &output, &salvaging, &()));
        counts
    };
    counted(100);
    let counts: Vec<_> = [250, 500, 1000, 2000].map(counted).into();
    for at in 0..counts[0].len() {
        let of_verb: Vec<_> = counts.iter().map(|counts| counts[at].1).collect();
        let verb = counts[0][at].0;
        println!("{verb}: {of_verb:?} allocations");
        for pair in of_verb.windows(2) {
            let grown = pair[1] as f64 / pair[0] as f64;
            assert!(grown < DOUBLED, "{verb}: twice as many take {grown:.2} times: {of_verb:?}");
        }
    }
}
