//! Whole archives: arbitrary encrypted bytes, or arbitrary plaintext, encrypted. Only an archive
//! that the program wrote may be proven.

use std::fs;
use std::path::{Path, PathBuf};

use backup_core::scratch::SqliteScratch;
use backup_core::{
    Code, ErrorKind, Report, RestoreOptions, Result, Verdict, VerifyOptions, inspect,
    restore_folder, restore_test, verify,
};
use tempfile::TempDir;

use super::{Input, Seed, samples, tar};
use crate::{failures, layers};

thread_local! {
    static FOLDER: TempDir = tempfile::tempdir().expect("a temporary folder");
}

/// Calls `run` with the path of a file of these bytes.
pub(super) fn with_file<T>(name: &str, bytes: &[u8], run: impl FnOnce(&Path) -> T) -> T {
    FOLDER.with(|folder| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("a file is written");
        run(&path)
    })
}

/// Checks the result of a reader against what is allowed; returns the report, if there is one.
fn report_of(what: &str, result: Result<Report>) -> Option<Report> {
    match result {
        Ok(report) => {
            if report.has_failure() {
                assert_eq!(
                    report.verdict(),
                    Some(Verdict::Failed),
                    "{what}: failures are not reported"
                );
                assert!(report.proof().is_none(), "{what}: a failed archive has a proof");
            }
            Some(report)
        }
        Err(error) => {
            let expected = matches!(
                error.kind(),
                ErrorKind::NotAnArchive { .. }
                    | ErrorKind::NoKeyFits { .. }
                    | ErrorKind::Key { .. }
                    | ErrorKind::Refused(_)
            );
            assert!(expected, "{what}: it ends with {error:?}");
            None
        }
    }
}

/// Opens, verifies and salvages an archive; returns the report of the verification if it found
/// nothing.
pub(super) fn verify_all(archive: &[u8]) -> Option<Report> {
    let identities = &samples::keys().identities;
    let options = VerifyOptions::default().threads(1);
    with_file("a.tar.zst.age", archive, |path| {
        report_of("inspect", inspect(path, identities));
        let verified = report_of("verify", verify(path, identities, &options, &()));
        let good = verified.filter(|report| !report.has_failure());
        let output = path.with_file_name("out");
        let salvaging = RestoreOptions::default().verify(options.clone()).salvage(true);
        let salvaged = restore_folder(path, identities, &output, &salvaging, &());
        if let Some(salvaged) = report_of("salvage", salvaged) {
            let whole = !salvaged.has_failure() && salvaged.skipped().is_empty();
            assert!(!whole || good.is_some(), "more is salvaged than can be verified");
        }
        remove(&output);
        if good.is_some() {
            let mut scratch = SqliteScratch::in_memory().expect("a database");
            let tested = restore_test(path, identities, &mut scratch, &options, &());
            let tested = report_of("restore-test", tested).expect("a proven archive can be tested");
            // Recipes are followed only by a restore-test: a forger may give one that does not
            // work.
            let failed =
                failures(&tested).into_iter().any(|finding| finding.code != Code::FileDigest);
            assert!(!failed, "a proven archive fails its test: {:?}", tested.findings());
        }
        good
    })
}

fn remove(output: &PathBuf) {
    if output.exists() {
        fs::remove_dir_all(output).expect("the restored files are removed");
    }
}

/// A tar in frames, the last of which holds the last member and the end.
pub(super) fn framed(tar: &[u8]) -> Vec<u8> {
    let at = tar::find(tar, "/bag-info.txt").unwrap_or(0);
    let (first, last) = tar.split_at(at);
    let mut frames: Vec<_> = first.chunks(2 << 20).map(layers::packed).collect();
    if !last.is_empty() {
        frames.push(layers::packed(last));
    }
    layers::with_table(&frames)
}

pub(super) fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let encrypted = match input.byte() % 4 {
        0 => input.0.to_vec(),
        1 => samples::key().encrypt(input.0),
        2 => samples::key().encrypt(&framed(input.0)),
        _ => samples::key().encrypt(&framed(&tar::with_checksums(input.0))),
    };
    if let Some(report) = verify_all(&encrypted) {
        let written =
            samples::all().any(|(_, sample)| Some(sample.archive_id) == report.archive().id);
        assert!(written, "another archive than was written is proven");
    }
}

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (name, sample) in samples::all() {
        let compressed = layers::with_table(&sample.frames);
        let tar = sample.tar();
        let layers = [(0, &sample.encrypted), (1, &compressed), (2, &tar), (3, &tar)];
        for (mode, bytes) in layers {
            seeds.push((format!("{name}-{mode}"), [&[mode], &bytes[..]].concat()));
        }
    }
    seeds
}
