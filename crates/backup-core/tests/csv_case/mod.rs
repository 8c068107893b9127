//! Shared by the tests of CSV files: reading one, and comparing it with its canonical form.
#![allow(unreachable_pub, reason = "it is a module of tests")]

use std::fs;
use std::sync::Arc;

use backup_core::archive::{Identity, KeyPair};
use backup_core::model::RecoveryMethod;
use backup_core::record::Digest;
use backup_core::scratch::SqliteScratch;
use backup_core::source::csv::{CsvOptions, CsvSource};
use backup_core::source::{DiscoverOptions, Discovered, discover};
use backup_core::{
    ExportOptions, Report, RestoreOptions, SkippedCheck, VerifyOptions, dry_run, export,
    restore_folder, restore_test,
};

/// How a file has to be restored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Back {
    /// Rebuilt from its table.
    Rebuilt,
    /// Kept whole beside it.
    Kept,
}

pub fn read(bytes: &[u8], options: CsvOptions) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("t.csv");
    fs::write(&path, bytes).expect("the folder takes a file");
    let found = discover(&[path], &DiscoverOptions::default().csv(options)).expect("it is found");
    dry_run(found, &()).expect("it is read")
}

/// Reads `bytes` and compares the table's digest with that of this canonical CSV.
pub fn check(name: &str, bytes: &[u8], options: CsvOptions, canonical: &str, back: Back) -> Report {
    let report = read(bytes, options.clone());
    assert_eq!(report.skipped(), [""; 0], "{name}: it is read as a table");
    assert_eq!(report.contents().tables.len(), 1, "{name}: one table");
    assert_eq!(
        report.contents().tables[0].bytes,
        canonical.len() as u64,
        "{name}: the canonical length"
    );
    assert_eq!(
        report.contents().tables[0].digest,
        Digest::of(canonical.as_bytes()),
        "{name}: the table is not {canonical:?}"
    );
    let original = match report.contents().sources[0].original {
        RecoveryMethod::Recipe(_) => Back::Rebuilt,
        _ => Back::Kept,
    };
    assert_eq!(
        original,
        back,
        "{name}: how it is restored; ledger: {:?}",
        report.contents().ledger
    );
    assert_eq!(
        report.contents().sources[0].sha256,
        Some(Digest::of(bytes)),
        "{name}: the source's own digest"
    );
    assert_eq!(assert_restored(name, bytes, options), bytes, "{name}: the restored bytes");
    report
}

/// The file after a full cycle, including a restore-test of its recipe.
fn assert_restored(name: &str, bytes: &[u8], options: CsvOptions) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (path, archive) = (folder.path().join("t.csv"), folder.path().join("a.age"));
    fs::write(&path, bytes).expect("the folder takes a file");
    let pair = KeyPair::generate();
    let recipients = [pair.recipient().parse().expect("a recipient")];
    let file = pair.identity_file(std::time::SystemTime::UNIX_EPOCH);
    let identities = Identity::parse_file(file.as_bytes(), "key", &(Arc::new(|_: &str| None) as _))
        .expect("an identity");
    let found = discover(&[path], &DiscoverOptions::default().csv(options)).expect("it is found");
    export(found, &recipients, &archive, &ExportOptions::default(), &())
        .unwrap_or_else(|error| panic!("{name}: the export fails: {error}"));
    let mut scratch = SqliteScratch::in_memory().expect("a database");
    let tested = restore_test(&archive, &identities, &mut scratch, VerifyOptions::default(), &())
        .unwrap_or_else(|error| panic!("{name}: it cannot be tested: {error}"));
    assert!(!tested.has_failure(), "{name}: the test reports {:?}", tested.findings());
    let (out, options) = (folder.path().join("out"), RestoreOptions::default().originals(true));
    let restored = restore_folder(&archive, &identities, &out, &options, &())
        .unwrap_or_else(|error| panic!("{name}: nothing is restored: {error}"));
    assert!(
        !restored.has_failure(),
        "{name}: the restored file differs: {:?}",
        restored.findings()
    );
    fs::read(out.join("t.csv")).unwrap_or_else(|error| panic!("{name}: it is missing: {error}"))
}

/// Reads a file that is not a table: it is archived byte for byte, and the reason holds all
/// `words`.
pub fn check_refused(name: &str, bytes: &[u8], options: CsvOptions, words: &[&str]) {
    let report = read(bytes, options);
    assert_eq!(report.contents().tables.len(), 0, "{name}: no table");
    assert_eq!(report.contents().files.len(), 1, "{name}: the file is archived");
    assert_eq!(report.contents().files[0].sha256, Digest::of(bytes), "{name}: byte for byte");
    let explanation = &report.skipped()[0];
    for word in words {
        assert!(explanation.contains(word), "{name}: “{explanation}” does not contain “{word}”");
    }
    let unread =
        report.contents().ledger.iter().filter(|entry| entry.code == "unread".into()).count();
    assert_eq!(unread, 1, "{name}: the ledger notes it too: {:?}", report.contents().ledger);
}

/// How often the ledger holds `code`.
pub fn ledger_count(report: &Report, code: &str) -> u64 {
    report
        .contents()
        .ledger
        .iter()
        .filter(|entry| entry.code == code.into())
        .map(|entry| entry.count)
        .sum()
}

/// Text in an encoding of that name.
pub fn encoded(encoding: &str, text: &str) -> Vec<u8> {
    match encoding {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-32le" => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        "utf-32be" => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        _ => {
            let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes());
            let (bytes, _, unmappable) = encoding.expect("a known encoding").encode(text);
            assert!(!unmappable, "the test's text fits the encoding");
            bytes.into_owned()
        }
    }
}

pub fn auto() -> CsvOptions {
    CsvOptions::default()
}

pub fn notes(report: &Report) -> String {
    let texts = report.findings().iter().map(|finding| finding.message.to_string());
    texts.collect::<Vec<_>>().join("\n")
}

/// A detail of the only source.
pub fn detail(report: &Report, key: &str) -> serde_json::Value {
    let details = &report.contents().sources[0].details();
    serde_json::from_str::<serde_json::Value>(details).expect("details are JSON")[key].clone()
}

pub fn is_unclear(report: &Report) -> bool {
    let mut skipped = report.skipped_checks().iter();
    skipped.any(|skipped| matches!(skipped, SkippedCheck::UnclearEncoding { .. }))
}

/// Reads a stream.
pub fn read_stream(bytes: &[u8]) -> Result<Report, backup_core::Error> {
    let mut found = Discovered::default();
    let stream = Box::new(std::io::Cursor::new(bytes.to_vec()));
    found.sources.push(Box::new(CsvSource::from_reader(stream, "s.csv", auto())));
    dry_run(found, &())
}
