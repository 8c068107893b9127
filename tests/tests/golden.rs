//! Archives that an old version of the program wrote, which every later version must read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use backup_core::archive::Identity;
use backup_core::record::Digest;
use backup_core::scratch::SqliteScratch;
use backup_core::{
    Report, RestoreOptions, Verdict, VerifyOptions, restore_database, restore_folder, restore_test,
    verify, verify_sealed,
};
use crm_backup_tests::{files_below, no_passphrase};

/// Each version's folder, and the SHA-256 of its archive, which must never be written again.
const GOLDEN: [(&str, &str); 1] =
    [("v1", "29755746b2fb1933562c59c63d21a598af1c2ebc817819509d34655d9e146354")];

/// The required files of each folder.
const FILES: [&str; 5] =
    ["crm.README.txt", "crm.tar.zst.age", "crm.tar.zst.age.sha256", "expected.txt", "key.txt"];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

struct Golden {
    archive: PathBuf,
    identities: Vec<Identity>,
    expected: BTreeSet<String>,
    ids: BTreeSet<String>,
}

impl Golden {
    fn open(version: &str) -> Self {
        let folder = fixtures().join("golden").join(version);
        let read = |name: &str| {
            let text = fs::read_to_string(folder.join(name));
            text.unwrap_or_else(|error| panic!("{version}/{name}: {error}"))
        };
        let text = read("expected.txt");
        let lines = text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned);
        let (ids, expected): (BTreeSet<_>, BTreeSet<_>) = lines
            .partition(|line| line.starts_with("content-id ") || line.starts_with("archive-id "));
        let identities =
            Identity::parse_file(read("key.txt").as_bytes(), "key.txt", &no_passphrase());
        Self {
            archive: folder.join("crm.tar.zst.age"),
            identities: identities.expect("the key is read"),
            expected,
            ids,
        }
    }

    /// The expected results of this kind.
    fn of(&self, kind: &str) -> BTreeSet<String> {
        let kind = format!("{kind} ");
        self.expected.iter().filter(|line| line.starts_with(&kind)).cloned().collect()
    }

    fn agrees(&self, report: &Report, verdict: Option<Verdict>, what: &str) {
        assert_eq!(report.verdict(), verdict, "{what}: the verdict");
        let id = |digest: Option<Digest>| digest.expect("a report has its ids").to_string();
        let ids = BTreeSet::from([
            format!("content-id {}", id(report.archive().content_id)),
            format!("archive-id {}", id(report.archive().id)),
        ]);
        assert_eq!(self.ids, ids, "{what}: the ids");
    }

    /// Compares the files that were restored into a folder.
    fn compare(&self, kind: &str, folder: &Path) -> usize {
        let lines: BTreeSet<String> = files_below(folder)
            .iter()
            .map(|path| {
                let bytes = fs::read(path).expect("it is read");
                let name = path.strip_prefix(folder).expect("it is below").to_string_lossy();
                format!("{kind} {} {} {name}", bytes.len(), Digest::of(&bytes))
            })
            .collect();
        assert_eq!(lines, self.of(kind), "the files restored as {kind}");
        lines.len()
    }
}

#[test]
fn golden_archives_are_unchanged() {
    for (version, sha256) in GOLDEN {
        let bytes = fs::read(Golden::open(version).archive).expect("the archive is read");
        let now = Digest::of(&bytes).to_string();
        assert_eq!(
            now, sha256,
            "the golden archive {version} was changed: restore it from history"
        );
    }
}

#[test]
fn golden_archives_give_their_recorded_results() {
    let mut cases = 0;
    for (version, _) in GOLDEN {
        let golden = Golden::open(version);
        let (archive, keys) = (&golden.archive, golden.identities.as_slice());
        let options = VerifyOptions::default();
        let encrypted = verify_sealed(archive, &()).expect("it is checked");
        assert_eq!(encrypted.verdict(), Some(Verdict::Intact), "{version}: its checksum");

        let report = verify(archive, keys, &options, &()).expect("it is checked");
        golden.agrees(&report, Some(Verdict::Proven), "verify");
        let tables: BTreeSet<_> = report
            .contents()
            .tables
            .iter()
            .map(|table| format!("table {} {} {}", table.rows, table.digest, table.name))
            .collect();
        assert_eq!(tables, golden.of("table"), "{version}: the tables");
        let files: BTreeSet<_> = report
            .contents()
            .files
            .iter()
            .map(|file| format!("file {} {} {}", file.bytes, file.sha256, file.path))
            .collect();
        assert_eq!(files, golden.of("file"), "{version}: the files");
        let parts = report.contents().tables.iter().map(|table| table.parts).max();
        assert!(parts > Some(5), "{version}: a table of several parts is missing");

        let mut scratch = SqliteScratch::in_memory().expect("a database");
        let report =
            restore_test(archive, keys, &mut scratch, &options, &()).expect("it is tested");
        golden.agrees(&report, Some(Verdict::Proven), "restore-test");

        let folder = tempfile::tempdir().expect("a folder");
        let restored = |name: &str, options: &RestoreOptions| {
            let out = folder.path().join(name);
            let report = restore_folder(archive, keys, &out, options, &()).expect("it is restored");
            golden.agrees(&report, None, name);
            out
        };
        let plain = RestoreOptions::default();
        cases += golden.compare("restored", &restored("restored", &plain));
        cases += golden.compare("original", &restored("original", &plain.clone().originals(true)));
        let out = folder.path().join("crm.sqlite");
        let report = restore_database(archive, keys, &out, &plain, &()).expect("it is restored");
        golden.agrees(&report, None, "a database");
        let database = rusqlite::Connection::open(&out).expect("the database opens");
        let count = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'leads'";
        let leads: i64 = database.query_row(count, [], |row| row.get(0)).expect("it is asked");
        assert_eq!(leads, 1, "{version}: a table of the database is missing");
        cases += tables.len() + files.len() + 4;
    }
    crm_backup_tests::tried!("parts of golden archives compared: {cases}");
    assert!(cases > 80, "too little was compared");
}

/// The text of every test and of the shared code, except this file.
fn tests_text() -> String {
    let root = fixtures().join("..");
    let folders = [
        "crates/backup-core/tests",
        "crates/backup-cli/tests",
        "fixtures/tests",
        "tests/tests",
        "tests/src",
    ];
    let files = folders.iter().flat_map(|folder| files_below(&root.join(folder)));
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter(|path| !path.ends_with("tests/tests/golden.rs"))
        .map(|path| fs::read_to_string(path).expect("a test is text"))
        .collect()
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names = crm_backup_tests::names_in(folder);
    names.retain(|name| name != "README.md");
    names
}

#[test]
fn every_fixture_is_named_by_a_test() {
    let text = tests_text();
    let mut named = 0;
    for shape in names_in(&fixtures().join("../crates/backup-cli/sample")) {
        assert!(text.contains(&format!("\"{shape}\"")), "no test names the sample {shape}");
        named += 1;
    }
    let versions = names_in(&fixtures().join("golden"));
    assert_eq!(versions, GOLDEN.map(|(version, _)| version), "golden archives, and those tested");
    for version in versions {
        let files = names_in(&fixtures().join("golden").join(&version));
        assert_eq!(files, FILES, "{version}: unknown or missing files");
        named += files.len();
    }
    let known = ["golden", "src", "tests", "Cargo.toml", ".gitattributes"];
    for name in names_in(&fixtures()) {
        assert!(known.contains(&name.as_str()), "fixtures/{name} is unknown");
    }
    for (folder, text) in [
        ("crates/backup-cli/tests/cli/ssh", &text),
        ("crates/backup-cli/tests/cli/snapshots", &text),
    ] {
        for name in names_in(&fixtures().join("..").join(folder)) {
            let stem = name.trim_end_matches(".txt");
            assert!(text.contains(stem), "no test names {folder}/{name}");
            named += 1;
        }
    }
    crm_backup_tests::tried!("fixtures that a test names: {named}");
    assert!(named > 15, "too few fixtures were checked");
}
