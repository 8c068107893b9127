//! Concurrent runs that use the same names.

use std::fs;
use std::path::Path;
use std::thread;

use backup_core::archive::WriterOptions;
use backup_core::metrics::{Metric, Metrics};
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{ExportOptions, RunOutcome, Verdict, export, inspect, verify_sealed};
use crm_backup_tests::samples::sample;
use crm_backup_tests::{Keys, names_in, tried};

/// In memory where the system offers it, because a round writes much and keeps nothing.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder")
}

/// Two exports replace one archive at once, for this many rounds.
fn exports_to_one_name(rounds: usize) {
    let (folder, keys) = (folder(), Keys::generate());
    let path = folder.path().join("crm.tar.zst.age");
    let sources = ["first", "second"].map(|name| {
        let source = folder.path().join(format!("{name}.csv"));
        fs::write(&source, format!("id,name\n1,{name}\n")).expect("it is written");
        source
    });
    for round in 0..rounds {
        thread::scope(|scope| {
            for source in &sources {
                scope.spawn(|| {
                    let found = discover(std::slice::from_ref(source), &DiscoverOptions::default());
                    let writer = WriterOptions::default().threads(1);
                    let options = ExportOptions::default().writer(writer).replace(true);
                    let found = found.expect("it is found");
                    let report = export(found, &keys.recipients, &path, &options, &());
                    let verdict = report.expect("the export succeeds").verdict();
                    assert_eq!(verdict, Some(Verdict::Proven), "round {round}");
                });
            }
        });
        let encrypted = verify_sealed(&path, &()).expect("it is compared");
        assert_eq!(
            encrypted.verdict(),
            Some(Verdict::Intact),
            "round {round}: the checksum belongs to another archive"
        );
        let inside = inspect(&path, &keys.identities).expect("it opens");
        let id = inside.archive().content_id.expect("it has one").to_string();
        let readme = fs::read_to_string(folder.path().join("crm.README.txt")).expect("it is read");
        assert!(readme.contains(&id), "round {round}: the README belongs to another archive");
    }
    let left: Vec<_> =
        names_in(folder.path()).into_iter().filter(|it| it.starts_with('.')).collect();
    assert_eq!(left, [""; 0], "what is left");
    tried!("two exports to one name at once, {rounds} rounds");
}

/// Eight restore tests, one of which fails, write one metrics file at once, for this many rounds.
fn drills_with_one_file_of_metrics(rounds: u64) {
    const DRILLS: u64 = 8;
    let folder = folder();
    let path = folder.path().join("crm-backup.prom");
    let name = |number: u64| format!("{number}.tar.zst.age");
    for round in 0..rounds {
        let failed = round % DRILLS;
        thread::scope(|scope| {
            for number in 0..DRILLS {
                let path = &path;
                scope.spawn(move || {
                    let archive = name(number);
                    let failed = number == failed;
                    let outcome = if failed { RunOutcome::Failed } else { RunOutcome::Proven };
                    let sample = sample(&archive, "restore-test", outcome, round + 1);
                    Metrics::add_to_file(path, [sample], &()).expect("it is written");
                });
            }
        });
        let text = fs::read_to_string(&path).expect("it is read");
        let metrics = Metrics::parse(&text).expect("it is whole");
        assert_eq!(metrics.samples().count() as u64, DRILLS, "round {round}: samples are lost");
        for (number, sample) in metrics.samples().enumerate() {
            let outcome =
                if number as u64 == failed { RunOutcome::Failed } else { RunOutcome::Proven };
            let expected = (name(number as u64), outcome, Some(round + 1));
            let shown =
                (sample.archive().to_owned(), sample.outcome(), sample.get(Metric::LastRun));
            assert_eq!(shown, expected, "round {round}");
        }
    }
    assert_eq!(names_in(folder.path()), ["crm-backup.prom"], "what is left");
    tried!("{DRILLS} restore tests with one metrics file at once, {rounds} rounds");
}

#[test]
fn concurrent_exports_to_one_name_never_mix_their_files() {
    exports_to_one_name(10);
}

#[test]
fn concurrent_restore_tests_lose_no_metrics() {
    drills_with_one_file_of_metrics(20);
}

#[test]
#[ignore = "a thousand rounds; tests/run runs it"]
fn exhaustive_concurrent_exports_to_one_name() {
    exports_to_one_name(1_000);
}

#[test]
#[ignore = "a thousand rounds; tests/run runs it"]
fn exhaustive_concurrent_restore_tests_with_one_metrics_file() {
    drills_with_one_file_of_metrics(1_000);
}
