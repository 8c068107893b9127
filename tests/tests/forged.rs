//! Archives forged by someone who knows the public key: the result of each command, its memory, and that it
//! writes nothing outside of its folder.
//!
//! Each is a file in `tests/vectors` whose head states the expected result; `forge-vectors` writes them. A
//! file that the generator does not list fails the suite, and so does a missing one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use backup_core::archive::Identity;
use backup_core::scratch::SqliteScratch;
use backup_core::{
    ErrorKind, Finding, Report, RestoreOptions, Result, Verdict, VerifyOptions, inspect,
    restore_database, restore_folder, restore_test, verify,
};
use crm_backup_tests::counting::Counting;
use crm_backup_tests::forge::{List, StoredVector, VERBS, folder, key};
use crm_backup_tests::own_process::alone;
use crm_backup_tests::{failures, files_below, names_in, no_passphrase};
use tempfile::TempDir;

#[global_allocator]
static MEMORY: Counting = Counting::new();

/// The memory limit for an archive in megabytes, unless its head states another: some frames of two megabytes
/// pass through the threads, whatever the archive claims.
const MEMORY_BOUND: usize = 64;

/// Names that forged archives try to write outside of the folder that they are restored into.
const OUTSIDE_NAMES: &str = "crm-backup-forged";

/// The folder of a test: deep enough that a path with `..` stays in the temporary folder.
struct TestFolder {
    root: TempDir,
    archive: PathBuf,
    output: PathBuf,
    identities: Vec<Identity>,
}

/// The outcome of a command, and its findings.
struct CommandResult {
    outcome: String,
    findings: Vec<Finding>,
}

impl TestFolder {
    fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let root = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let root = root.expect("a temporary folder");
        let below = root.path().join("a/b/c/d/e/f");
        fs::create_dir_all(below.join("out")).expect("folders are made");
        let identities = Identity::parse_file(key().as_bytes(), "key.txt", &no_passphrase());
        Self {
            archive: below.join("a.tar.zst.age"),
            output: below.join("out"),
            identities: identities.expect("it is an identity file"),
            root,
        }
    }

    fn ask(&self, verb: &str) -> CommandResult {
        let (archive, identities) = (self.archive.as_path(), self.identities.as_slice());
        let options = VerifyOptions::default().threads(2);
        let restoring = RestoreOptions::default().verify(options.clone());
        let folder = self.output.join("folder");
        let command_result = match verb {
            "inspect" => inspect(archive, identities),
            "verify" => verify(archive, identities, &options, &()),
            "restore-test" => {
                let mut scratch = SqliteScratch::in_memory().expect("a database");
                restore_test(archive, identities, &mut scratch, &options, &())
            }
            "restore" => restore_folder(archive, identities, &folder, &restoring, &()),
            "originals" => {
                restore_folder(archive, identities, &folder, &restoring.originals(true), &())
            }
            "salvage" => {
                restore_folder(archive, identities, &folder, &restoring.salvage(true), &())
            }
            "database" => {
                let output = self.output.join("out.sqlite");
                restore_database(archive, identities, &output, &restoring, &())
            }
            _ => panic!("{verb} is a verb"),
        };
        command_result_of(command_result)
    }

    /// Checks that the temporary folder holds only the archive and the restored files; returns the latter.
    fn restored(&self, what: &str) -> Vec<PathBuf> {
        let outside = [Path::new("/").join(OUTSIDE_NAMES), PathBuf::from(OUTSIDE_NAMES)];
        for path in outside {
            assert!(path.symlink_metadata().is_err(), "{what}: it made {}", path.display());
        }
        let (within, outside): (Vec<_>, Vec<_>) = files_below(self.root.path())
            .into_iter()
            .partition(|path| path.starts_with(&self.output));
        assert_eq!(
            outside,
            std::slice::from_ref(&self.archive),
            "{what}: something is written elsewhere"
        );
        let plain = |path: &PathBuf| path.symlink_metadata().is_ok_and(|data| data.is_file());
        assert!(within.iter().all(plain), "{what}: something else than a file is restored");
        within
    }

    fn clear(&self) {
        fs::remove_dir_all(&self.output).expect("the restored files are removed");
        fs::create_dir(&self.output).expect("the folder is made again");
    }
}

fn command_result_of(command_result: Result<Report>) -> CommandResult {
    let word = |of: &dyn std::fmt::Debug, value: serde_json::Value| {
        value.as_str().map_or_else(|| format!("{of:?}"), str::to_owned)
    };
    let code = |finding: &Finding| {
        let value = serde_json::to_value(finding.code).expect("a code is a word");
        format!("failed {}", word(&finding.code, value))
    };
    match command_result {
        Ok(report) => {
            let findings: Vec<_> = failures(&report).into_iter().cloned().collect();
            let outcome = match (findings.first(), report.verdict()) {
                (Some(first), verdict) => {
                    assert_eq!(verdict, Some(Verdict::Failed), "findings make it fail");
                    assert!(report.proof().is_none(), "a failed archive has a proof");
                    code(first)
                }
                (None, Some(Verdict::Unverified)) => "unverified".into(),
                (None, Some(Verdict::Failed)) => "failed for no reason".into(),
                (None, _) => "good".into(),
            };
            CommandResult { outcome, findings }
        }
        Err(error) => {
            let outcome = match error.kind() {
                ErrorKind::Refused(finding) => code(finding),
                ErrorKind::NotAnArchive { .. } => "error not-an-archive".into(),
                ErrorKind::NoKeyFits { .. } => "error no-key-fits".into(),
                kind => format!("error {kind:?}"),
            };
            let findings = match error.into_kind() {
                ErrorKind::Refused(finding) => vec![finding],
                _ => Vec::new(),
            };
            CommandResult { outcome, findings }
        }
    }
}

/// The result that its head expects of a command.
fn expected<'h>(head: &'h BTreeMap<String, String>, verb: &str) -> &'h str {
    head.get(verb).unwrap_or(&head["expect"])
}

/// Runs one command; returns what is wrong.
fn check_command(
    test_folder: &TestFolder,
    head: &BTreeMap<String, String>,
    name: &str,
    verb: &str,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let before = MEMORY.reset_peak();
    let command_result = test_folder.ask(verb);
    let megabytes = MEMORY.peak().saturating_sub(before) >> 20;
    let limit = head.get("memory").map_or(MEMORY_BOUND, |text| text.parse().expect("a number"));
    if megabytes > limit {
        wrong.push(format!("{megabytes} MB of memory are used, more than {limit}"));
    }
    let expected = expected(head, verb);
    // Intact members are salvaged one by one, so another finding may come first.
    let same = match verb {
        "salvage" if expected.starts_with("failed") => command_result.outcome.starts_with("failed"),
        _ => command_result.outcome == expected,
    };
    let found = || {
        let words: Vec<_> =
            command_result.findings.iter().map(|finding| finding.message.clone()).collect();
        words
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ")
            .chars()
            .take(300)
            .collect::<String>()
    };
    if !same {
        wrong.push(format!("{}, and not {expected}: {}", command_result.outcome, found()));
    }
    let prints_findings = ["inspect", "verify", "restore-test", "restore"].contains(&verb);
    if same && prints_findings && expected.starts_with("failed") {
        let has_finding = |key: &str, of: &dyn Fn(&Finding) -> bool| {
            head.get(key).filter(|_| !command_result.findings.iter().any(of)).cloned()
        };
        let missing = [
            has_finding("says", &|finding| finding.message.to_string().contains(&head["says"])),
            has_finding("path", &|finding| finding.path.as_ref() == Some(&head["path"])),
            has_finding("table", &|finding| finding.table.as_ref() == Some(&head["table"])),
        ];
        for missing in missing.into_iter().flatten() {
            wrong.push(format!("no finding contains {missing:?}: {}", found()));
        }
    }
    let restored = test_folder.restored(&format!("{name}: {verb}"));
    let given_back = matches!(command_result.outcome.as_str(), "good" | "unverified");
    match verb {
        "inspect" | "verify" | "restore-test" if restored.is_empty() => {}
        "salvage" => {}
        "restore" | "originals" if given_back => {}
        "database" if given_back && restored == [test_folder.output.join("out.sqlite")] => {
            wrong.extend(in_database(&restored[0], name));
        }
        _ if !given_back && restored.is_empty() => {}
        _ => wrong.push(format!("this is left: {restored:?}")),
    }
    test_folder.clear();
    wrong.into_iter().map(|wrong| format!("{name}: {verb}: {wrong}")).collect()
}

/// The records must be in the database, whatever its definitions.
fn in_database(path: &Path, name: &str) -> Option<String> {
    if !["defin", "rowids", "detail"].iter().any(|begins| name.starts_with(begins)) {
        return None;
    }
    let database = rusqlite::Connection::open(path).expect("the database opens");
    let of_all = "SELECT count(*), sum(id), max(CAST(note AS TEXT)) FROM main.contacts";
    let got: rusqlite::Result<(i64, i64, String)> =
        database.query_row(of_all, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    match got {
        Ok((3, -38, _)) => None,
        other => Some(format!("the records are missing: {other:?}")),
    }
}

fn vectors() -> Vec<(String, PathBuf)> {
    let name = |file: String| {
        let name = file.strip_suffix(".vector")?.to_owned();
        Some((name, folder().join(file)))
    };
    names_in(&folder()).into_iter().filter_map(name).collect()
}

#[test]
fn every_forged_archive_is_detected() {
    alone("every_forged_archive_is_detected", try_every_vector);
}

fn try_every_vector() {
    let test_folder = TestFolder::new();
    let (mut cases, mut wrong) = (0, Vec::new());
    let vectors = vectors();
    for (name, path) in &vectors {
        let head = {
            let stored = StoredVector::parse(&fs::read(path).expect("the vector is read"));
            fs::write(&test_folder.archive, &stored.encrypted).expect("the archive is written");
            stored.head
        };
        let tried = |verb: &&str| head.get("verbs").is_none_or(|verbs| verbs.contains(verb));
        for verb in VERBS.into_iter().filter(tried) {
            wrong.extend(check_command(&test_folder, &head, name, verb));
            cases += 1;
        }
    }
    assert!(cases > 0, "nothing was tried");
    crm_backup_tests::tried!("{} forged archives, {cases} cases tried", vectors.len());
    let failure_list = wrong.join("\n");
    assert!(wrong.is_empty(), "{} of {cases} cases are wrong:\n{failure_list}", wrong.len());
}

#[test]
fn every_test_vector_is_listed_and_matches_the_generator() {
    let listed = List::all();
    let names: Vec<_> = listed.iter().map(|vector| vector.name.clone()).collect();
    let mut stored = names_in(&folder());
    stored.retain(|name| name != "key.txt");
    let mut files: Vec<_> = names.iter().map(|name| format!("{name}.vector")).collect();
    files.sort();
    let again = "cargo run -p crm-backup-tests --bin forge-vectors writes them again";
    assert_eq!(stored, files, "the vectors are not the ones that are listed; {again}");
    for vector in listed {
        let name = vector.name.clone();
        let path = folder().join(format!("{name}.vector"));
        let stored = StoredVector::parse(&fs::read(path).expect("the vector is read"));
        assert_eq!(stored.text, vector.head(), "{name} has a different head; {again}");
        if let Some(plain) = vector.plain() {
            assert!(stored.plain() == plain, "{name} has a different archive; {again}");
        }
    }
}

#[test]
fn test_vectors_have_unique_names_and_expectations() {
    let listed = List::all();
    for pair in listed.windows(2) {
        assert_ne!(pair[0].name, pair[1].name, "two vectors of one name");
    }
    for vector in &listed {
        let known = ["what", "expect", "says", "path", "table", "memory", "verbs"];
        let odd = vector.head.keys().find(|key| !known.contains(key) && !VERBS.contains(key));
        assert_eq!(odd, None, "{}: its head has a key that is not checked", vector.name);
        let lines = vector.head.values().all(|value| !value.contains('\n') && !value.is_empty());
        assert!(lines, "{}: a value is not one line", vector.name);
    }
}
