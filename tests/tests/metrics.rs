//! The metrics for a monitoring system, byte for byte. A failure never changes the time of the last proof,
//! and nothing loses it.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use backup_core::metrics::{Metric, Metrics, Sample};
use backup_core::{ErrorKind, ErrorOutcome, Report, RunOutcome};
use crm_backup_tests::drill::{Drills, day};
use crm_backup_tests::names_in;
use crm_backup_tests::samples::{full_sample, sample};

const NAME: &str = "crm.tar.zst.age";

#[test]
fn the_metrics_text_is_exact() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("crm-backup.prom");
    let missing = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_400_000);
    let missing =
        Sample::of_error("restore-test", "gone.age".as_ref(), ErrorOutcome::Error, missing);
    let runs = [full_sample(NAME, RunOutcome::Proven, 1_767_312_000), missing];
    Metrics::add_to_file(&path, runs, &()).expect("they are written");
    let text = fs::read_to_string(&path).expect("they are read");
    assert_eq!(text, include_str!("data/metrics.prom"));
    assert_eq!(names_in(folder.path()), ["crm-backup.prom"], "a draft is left");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = path.metadata().expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o644, "the collector of metrics is another user");
    }
}

#[test]
fn written_metrics_are_read_again() {
    let odd = ["a\"b.age", "a\\b.age", "a\nb.age", "合同 2026.age", "a\\\"}\r{=,.age", "", "\\n"];
    let mut metrics = Metrics::default();
    for (number, archive) in odd.into_iter().enumerate() {
        let outcome = RunOutcome::ALL[number % 5];
        metrics.add(sample(archive, "verify", outcome, number as u64));
        metrics.add(full_sample(archive, outcome, number as u64));
    }
    let text = metrics.to_text();
    let read = Metrics::parse(&text).expect("it is its own text");
    assert_eq!(read, metrics, "it differs from what was written:\n{text}");
    assert_eq!(read.samples().count(), 2 * odd.len(), "archives were confused");
    assert_eq!(Metrics::parse("").map(|it| it.samples().count()).ok(), Some(0), "an empty file");
}

fn written_sample(path: &Path, archive: &str) -> Sample {
    let text = fs::read_to_string(path).expect("the metrics are read");
    let metrics = Metrics::parse(&text).expect("they are metrics");
    let mut of_archive = metrics.samples().filter(|it| it.archive() == archive);
    of_archive.next().cloned().unwrap_or_else(|| panic!("{archive} is missing:\n{text}"))
}

#[test]
fn a_failure_keeps_the_time_of_the_last_proof() {
    let drills = Drills::new();
    let path = drills.path("crm-backup.prom");
    let exported = drills.export(NAME, 0);
    let add = |report: &Report, number: u32| {
        let sample = Sample::of(report, day(number));
        Metrics::add_to_file(&path, [sample], &()).expect("they are written");
        written_sample(&path, NAME)
    };
    let seconds = |number: u32| {
        let since = day(number).duration_since(SystemTime::UNIX_EPOCH);
        Some(since.expect("it is after 1970").as_secs())
    };
    let proven = drills.test(NAME);
    let encrypted = fs::read(drills.path(NAME)).expect("the archive is read");
    let mut damaged = encrypted.clone();
    damaged[encrypted.len() / 2] ^= 1;
    fs::write(drills.path(NAME), damaged).expect("it is damaged");
    let failed = drills.test(NAME);

    let first = add(&failed, 1);
    assert_eq!(
        (first.outcome(), first.get(Metric::LastProven)),
        (RunOutcome::Failed, None),
        "it never was proven"
    );
    assert!(first.get(Metric::Failures) > Some(0), "the findings are not counted: {first:?}");
    let second = add(&proven, 2);
    assert_eq!(
        (second.outcome(), second.get(Metric::LastProven)),
        (RunOutcome::Proven, seconds(2))
    );
    assert_eq!((second.get(Metric::Created), second.get(Metric::Records)), (seconds(0), Some(1)));
    assert_eq!(second.get(Metric::ArchiveBytes), exported.archive().bytes);
    assert!(second.get(Metric::RestoreTime).is_some(), "its duration: {second:?}");
    let third = add(&failed, 3);
    assert_eq!(
        (third.get(Metric::LastRun), third.get(Metric::LastProven)),
        (seconds(3), seconds(2)),
        "it failed"
    );
    let error = Sample::of_error("restore-test", NAME.as_ref(), ErrorOutcome::Error, day(4));
    Metrics::add_to_file(&path, [error], &()).expect("they are written");
    let fourth = written_sample(&path, NAME);
    assert_eq!(
        (fourth.get(Metric::LastRun), fourth.get(Metric::LastProven)),
        (seconds(4), seconds(2)),
        "an error"
    );
    assert_eq!(fourth.get(Metric::Records), None, "the number of records is not known");

    let other = Sample::of_error("restore-test", "b.age".as_ref(), ErrorOutcome::Error, day(5));
    Metrics::add_to_file(&path, [other], &()).expect("they are written");
    assert_eq!(
        written_sample(&path, NAME),
        fourth,
        "a run on another archive changes the metrics of this"
    );
}

#[test]
fn a_wrong_clock_hides_no_failure() {
    let mut metrics = Metrics::default();
    let of = |outcome, last_run| sample(NAME, "restore-test", outcome, last_run);
    let written_sample = |metrics: &Metrics| {
        let sample = metrics.samples().next().expect("it is there");
        (
            sample.outcome(),
            sample.get(Metric::LastRun).expect("it is known"),
            sample.get(Metric::LastProven),
        )
    };
    metrics.add(of(RunOutcome::Proven, 2_000_000_000));
    metrics.add(of(RunOutcome::Failed, 1_800_000_000));
    assert_eq!(written_sample(&metrics), (RunOutcome::Failed, 1_800_000_000, None));
    // If runs wait for each other, the one that ended last counts, whichever is added first.
    metrics.add(of(RunOutcome::Proven, 1_800_000_020));
    metrics.add(of(RunOutcome::Failed, 1_800_000_010));
    assert_eq!(written_sample(&metrics), (RunOutcome::Proven, 1_800_000_020, Some(1_800_000_020)));
    metrics.add(of(RunOutcome::Failed, 1_800_000_020));
    assert_eq!(written_sample(&metrics), (RunOutcome::Failed, 1_800_000_020, Some(1_800_000_020)));
}

#[test]
fn a_foreign_metrics_file_is_not_changed() {
    let own = include_str!("data/metrics.prom");
    let changed = |from: &str, to: &str| {
        assert!(own.contains(from), "{from:?} is missing in it");
        own.replacen(from, to, 1).into_bytes()
    };
    let verdict =
        "crm_backup_verdict{archive=\"gone.age\",command=\"restore-test\",verdict=\"error\"} 1\n";
    let last_run = "crm_backup_last_run_timestamp_seconds{archive=\"gone.age\",command=\"restore-test\"} 1767400000\n";
    let files: [(&str, Vec<u8>); 11] = [
        ("a file of another program", b"node_load1 0.5\n".to_vec()),
        ("a comment by hand", changed("# HELP", "# by hand\n# HELP")),
        ("no text", b"\xff\xfe\x00".to_vec()),
        ("a table", b"id,name\n".to_vec()),
        ("a truncated file", own.as_bytes()[..own.len() - 1].to_vec()),
        ("an unknown metric", changed("records{", "record{")),
        ("a value that is not a number", changed("} 340\n", "} many\n")),
        ("an unknown label", changed("{archive=", "{job=")),
        ("a repeated sample", changed(last_run, &last_run.repeat(2))),
        ("a missing verdict", changed(verdict, "")),
        ("a missing time", changed(last_run, "")),
    ];
    for (what, content) in files {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("crm-backup.prom");
        fs::write(&path, &content).expect("a file is written");
        let error = Metrics::add_to_file(&path, [full_sample(NAME, RunOutcome::Failed, 9)], &());
        let error = error.expect_err(what);
        assert!(matches!(error.kind(), ErrorKind::Source { .. }), "{what}: {error}");
        assert!(error.to_string().contains("crm-backup.prom"), "{what}: it is not named: {error}");
        assert_eq!(fs::read(&path).ok(), Some(content), "{what}: it was replaced");
        assert_eq!(names_in(folder.path()), ["crm-backup.prom"], "{what}: a draft is left");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for path in [folder.path().to_path_buf(), folder.path().join("nowhere/a.prom")] {
        let error = Metrics::add_to_file(&path, [full_sample(NAME, RunOutcome::Failed, 9)], &());
        let error = error.expect_err("it cannot be written");
        assert!(matches!(error.kind(), ErrorKind::Io { .. }), "{}: {error}", path.display());
    }
}

#[test]
fn an_oversized_metrics_file_is_not_changed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("m.prom");
    let sample = full_sample(NAME, RunOutcome::Proven, 1_767_312_000);
    Metrics::add_to_file(&path, [sample.clone()], &()).expect("they are written");
    // Whole lines without content: a file cut off at the end of a line could not be recognized.
    let head = "# HELP crm_backup_records .\n";
    let mut text = fs::read_to_string(&path).expect("they are read");
    text.insert_str(0, &head.repeat((64 << 20) / head.len() + 1));
    fs::write(&path, &text).expect("it is written");
    let error = Metrics::add_to_file(&path, [sample], &()).expect_err("it is too long");
    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}");
    assert!(error.to_string().contains("m.prom"), "it is not named: {error}");
    assert!(fs::read_to_string(&path).expect("it is read") == text, "it was changed");
}
