//! Any change to a history is detected: the report names its first wrong line, and nothing is
//! appended. An unchanged history shows the result of every restore test.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use backup_core::history::{History, Occasion, RunKind, Summary, record, record_error};
use backup_core::record::Digest;
use backup_core::{Code, ErrorKind, ErrorOutcome, Finding, Report, RunOutcome, Severity, Verdict};
use crm_backup_tests::drill::{DAY, Drills, day};
use serde_json::{Value, json};

const NAME: &str = "crm.tar.zst.age";
const HISTORY: &str = "history.jsonl";

fn on(number: u32) -> Occasion {
    Occasion::default().now(day(number))
}

/// A folder with an archive, and a history of its export and three restore tests.
fn four_lines() -> Drills {
    let drills = Drills::new();
    let mut exported = drills.export(NAME, 0);
    record(&mut exported, &drills.path(HISTORY), &on(0), &()).expect("the export is recorded");
    for number in 1..4 {
        drill(&drills, &on(number));
    }
    drills
}

fn drill(drills: &Drills, occasion: &Occasion) -> Report {
    let mut report = drills.test(NAME);
    record(&mut report, &drills.path(HISTORY), occasion, &())
        .expect("the restore test is recorded");
    report
}

fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("the history is read");
    text.lines().map(str::to_owned).collect()
}

fn failures(report: &Report) -> Vec<&Finding> {
    crm_backup_tests::failures(report)
}

/// A line of a history with this content; its digest covers everything before it.
fn line(mut value: Value, previous: Option<&str>) -> String {
    let previous = previous.map_or("0".repeat(64), |line| Digest::of(line.as_bytes()).to_string());
    value["previous"] = previous.into();
    let mut line = value.to_string();
    line.pop();
    format!("{line},\"digest\":\"{}\"}}", Digest::of(line.as_bytes()))
}

#[test]
fn a_history_line_holds_the_result_and_not_the_recipients() {
    let drills = four_lines();
    let occasion = on(4).operator("Ann").reviewer("Bo").ticket("OPS-7");
    let tested = drill(&drills, &occasion);
    let lines = lines(&drills.path(HISTORY));
    assert_eq!(lines.len(), 5, "an export and four restore tests");
    let parsed = |line: &str| -> Value { serde_json::from_str(line).expect("a line is JSON") };

    let exported = parsed(&lines[0]);
    assert_eq!(exported["what"], "export");
    assert_eq!(exported["previous"], "0".repeat(64), "there is nothing before the first");
    assert!(exported["seconds"]["export"].is_number(), "its duration: {exported}");
    let names = lines[0].contains(&drills.keys.recipient);
    assert!(!names, "an export names its recipients:\n{}", lines[0]);

    let mut last = parsed(&lines[4]);
    let before = Digest::of(lines[3].as_bytes()).to_string();
    let own = lines[4].split(",\"digest\"").next().map(|text| Digest::of(text.as_bytes()));
    assert!(last["seconds"]["restore"].is_number(), "its duration: {last}");
    last["seconds"] = Value::Null;
    let expected = json!({
        "version": 1,
        "what": "restore-test",
        "when": "2026-01-05T00:00:00Z",
        "archive": NAME,
        "archive_id": tested.archive().id,
        "content_id": tested.archive().content_id,
        "verdict": "proven",
        "seconds": null,
        "records": 1,
        "sealed_bytes": tested.archive().bytes,
        "tool": concat!("crm-backup ", env!("CARGO_PKG_VERSION")),
        "opened_by": drills.keys.recipient,
        "operator": "Ann",
        "reviewer": "Bo",
        "ticket": "OPS-7",
        "previous": before,
        "digest": own,
    });
    assert_eq!(last, expected);
    let history = History::read(&drills.path(HISTORY), &()).expect("it is read");
    assert_eq!(history.head(), Digest::of(lines[4].as_bytes()), "the digest for the next line");
}

/// A change to the lines of a history, and the number of the first line that is then wrong.
type Change = (&'static str, fn(&mut Vec<String>), usize);

#[test]
fn any_change_to_a_history_is_detected_and_blocks_appending() {
    let changes: [Change; 14] = [
        ("the first line is edited", |it| it[0] = it[0].replace("proven", "failed"), 1),
        ("a line is edited", |it| it[2] = it[2].replace("proven", "failed"), 3),
        ("the last line is edited", |it| it[3] = it[3].replace("proven", "failed"), 4),
        ("the first line is removed", |it| drop(it.remove(0)), 1),
        ("a line is removed", |it| drop(it.remove(2)), 3),
        ("two lines change places", |it| it.swap(1, 2), 2),
        ("a line is repeated", |it| it.insert(2, it[1].clone()), 3),
        ("a line was replaced, with a matching digest", |it| forged_in_the_middle(it), 3),
        ("the last line is torn", |it| it[3].truncate(100), 4),
        ("a line is of another format", |it| it.insert(1, "{\"level\":\"info\"}".into()), 2),
        ("a line is empty", |it| it.insert(1, String::new()), 2),
        ("lines end as on Windows", |it| it.iter_mut().for_each(|line| line.push('\r')), 1),
        ("a line is of a later version", |it| of_a_later_version(it), 1),
        ("a line is longer than any", |it| it[1] = "x".repeat(70_000), 2),
    ];
    let drills = four_lines();
    let path = drills.path(HISTORY);
    let whole = lines(&path);
    for (what, change, wrong) in changes {
        let mut changed = whole.clone();
        change(&mut changed);
        let mut text = changed.join("\n");
        // A torn line has no end.
        if !what.contains("torn") {
            text.push('\n');
        }
        fs::write(&path, &text).expect("the history is changed");
        let history = History::read(&path, &()).expect("it is read");
        let broken = history.broken().unwrap_or_else(|| panic!("{what}: it is not detected"));
        let named = broken.message.to_string().contains(&format!("line {wrong} of the history"));
        assert!(named, "{what}: the wrong line is named: {}", broken.message);
        assert_eq!(history.entries().len(), wrong - 1, "{what}: the lines before it");

        let report = drill(&drills, &on(9));
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{what}: the restore test");
        assert_eq!(failures(&report), [broken], "{what}: the finding of the restore test");
        assert_eq!(broken.code, Code::History, "{what}");
        let kept = record_error(
            RunKind::RestoreTest,
            NAME.as_ref(),
            ErrorOutcome::Error,
            &path,
            &on(9),
            &(),
        );
        let refused = kept.expect_err("an error is added to a broken history");
        assert!(matches!(refused.kind(), ErrorKind::Refused(_)), "{what}: {refused}");
        assert_eq!(fs::read_to_string(&path).ok(), Some(text), "{what}: something was added");
    }
}

/// Anyone who knows the format can replace a line, but the next line reveals it.
fn forged_in_the_middle(lines: &mut [String]) {
    let mut value: Value = serde_json::from_str(&lines[1]).expect("a line is JSON");
    value.as_object_mut().expect("it is an object").remove("digest");
    value["verdict"] = "failed".into();
    lines[1] = line(value, Some(&lines[0]));
}

fn of_a_later_version(lines: &mut [String]) {
    lines[0] = line(json!({ "version": 2 }), None);
}

#[test]
fn a_truncated_history_is_detected_only_by_its_recorded_head() {
    let drills = four_lines();
    let path = drills.path(HISTORY);
    let kept = History::read(&path, &()).expect("it is read").head();
    let mut shorter = lines(&path);
    shorter.pop();
    fs::write(&path, shorter.join("\n") + "\n").expect("the history is changed");
    let history = History::read(&path, &()).expect("it is read");
    assert!(history.broken().is_none(), "a chain cannot show what followed it");
    assert_ne!(history.head(), kept, "the recorded head does not reveal it");
}

#[test]
fn a_file_that_is_not_a_history_is_refused_and_unchanged() {
    let drills = Drills::new();
    drills.export(NAME, 0);
    let contents: [&[u8]; 4] = [b"id,name\n1,Ada\n", b"[]\n", b"\xff\xfe\x00\n", b"{}"];
    for content in contents {
        fs::write(drills.path(HISTORY), content).expect("a file is written");
        let report = drill(&drills, &on(1));
        assert_eq!(report.verdict(), Some(Verdict::Failed), "{content:?} is accepted as a history");
        assert_eq!(fs::read(drills.path(HISTORY)).ok().as_deref(), Some(content), "it was changed");
    }
    // An archive that is given as a history by mistake.
    let encrypted = fs::read(drills.path(NAME)).expect("the archive is read");
    let mut report = drills.test(NAME);
    record(&mut report, &drills.path(NAME), &on(1), &()).expect("it is checked");
    assert_eq!(report.verdict(), Some(Verdict::Failed), "an archive is accepted as a history");
    assert_eq!(fs::read(drills.path(NAME)).ok(), Some(encrypted), "an archive was changed");
}

#[test]
fn a_substituted_archive_fails_and_is_recorded() {
    let drills = four_lines();
    let (was, is) = (drills.test(NAME), drills.export("other.tar.zst.age", 1));
    fs::rename(drills.path("other.tar.zst.age"), drills.path(NAME)).expect("they are swapped");
    let report = drill(&drills, &on(5));
    assert_eq!(report.verdict(), Some(Verdict::Failed), "another archive is proven");
    let [finding] = failures(&report)[..] else { panic!("{:?}", report.findings()) };
    assert_eq!(finding.code, Code::History);
    let id = |report: &Report| report.archive().id.map(|id| id.to_string());
    assert_eq!((&finding.expected, &finding.actual), (&id(&was), &id(&is)));
    let history = History::read(&drills.path(HISTORY), &()).expect("it is read");
    let last = history.entries().last().expect("it has lines");
    assert_eq!(
        (last.verdict, last.archive_id),
        (RunOutcome::Failed, is.archive().id),
        "the recorded lines"
    );
}

#[test]
fn an_archive_unknown_to_the_history_is_a_note() {
    let drills = Drills::new();
    let mut exported = drills.export(NAME, 0);
    let report = drill(&drills, &on(1));
    remarks(&report, "contains no export of this archive");
    record(&mut exported, &drills.path(HISTORY), &on(2), &()).expect("it is recorded");
    assert_eq!(drill(&drills, &on(3)).findings(), [], "it knows this one");

    fs::rename(drills.path(NAME), drills.path("renamed.tar.zst.age")).expect("it is renamed");
    let mut report = drills.test("renamed.tar.zst.age");
    record(&mut report, &drills.path(HISTORY), &on(4), &()).expect("it is recorded");
    remarks(&report, &format!("with the name {NAME}"));

    let (checksum, readme) =
        (drills.path(&format!("{NAME}.sha256")), drills.path("crm.README.txt"));
    for path in [checksum, readme] {
        fs::remove_file(path).expect("it is removed");
    }
    let mut later = drills.export(NAME, 5);
    record(&mut later, &drills.path(HISTORY), &on(5), &()).expect("it is recorded");
    fs::rename(drills.path("renamed.tar.zst.age"), drills.path(NAME)).expect("it is renamed back");
    let stale = drill(&drills, &on(6));
    let last = stale.findings().last().expect("a stale copy is found");
    assert_eq!((stale.verdict(), last.code), (Some(Verdict::Failed), Code::History), "{last:?}");
    assert!(last.message.to_string().contains("a later export with this archive name"), "{last:?}");
}

fn remarks(report: &Report, words: &str) {
    assert_eq!(report.verdict(), Some(Verdict::Proven), "it is not a fault of the archive");
    let [finding] = report.findings() else { panic!("{words}: {:?}", report.findings()) };
    assert_eq!((finding.code, finding.severity), (Code::History, Severity::Remark));
    assert!(
        finding.message.to_string().contains(words),
        "“{words}” is missing: {}",
        finding.message
    );
}

#[test]
fn failures_and_unreadable_archives_are_recorded() {
    let drills = four_lines();
    let path = drills.path(HISTORY);
    let mut encrypted = fs::read(drills.path(NAME)).expect("the archive is read");
    *encrypted.last_mut().expect("it is not empty") ^= 1;
    fs::write(drills.path(NAME), encrypted).expect("it is damaged");
    assert_eq!(drill(&drills, &on(5)).verdict(), Some(Verdict::Failed), "a damaged archive");
    record_error(
        RunKind::RestoreTest,
        "gone.age".as_ref(),
        ErrorOutcome::Error,
        &path,
        &on(6),
        &(),
    )
    .expect("it is recorded");
    let history = History::read(&path, &()).expect("it is read");
    assert!(history.broken().is_none(), "{:?}", history.broken());
    let endings: Vec<_> = history.entries()[4..].iter().map(|it| it.verdict).collect();
    assert_eq!(endings, [RunOutcome::Failed, RunOutcome::Error]);
    assert_eq!(history.entries()[5].archive, "gone.age", "the unreadable archive is named");
}

#[test]
fn history_statistics_count_proven_restore_tests() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let drill = |when: &str, verdict: &str, restore: f64, key: &str| {
        json!({
            "version": 1, "what": "restore-test", "when": when, "archive": "a.age",
            "verdict": verdict, "seconds": { "restore": restore }, "tool": "t", "opened_by": key,
        })
    };
    let values = [
        json!({ "version": 1, "what": "export", "when": "2026-01-01T00:00:00Z", "archive": "a.age",
                "verdict": "proven", "tool": "t" }),
        drill("2026-01-02T00:00:00Z", "proven", 4.0, "age1one"),
        // It failed, so it ends no gap and its time does not count.
        drill("2026-03-01T00:00:00Z", "failed", 900.0, "age1one"),
        drill("2026-04-12T00:00:00Z", "proven", 2.0, "age1two"),
        drill("2026-04-13T00:00:00Z", "proven", 5.0, "age1one"),
        drill("2026-04-14T00:00:00Z", "proven", 3.0, "age1one"),
    ];
    let path = written(folder.path(), &values);
    let history = History::read(&path, &()).expect("it is read");
    assert!(history.broken().is_none(), "{:?}", history.broken());
    let summary = Summary::of(history.entries(), day(113) + Duration::from_secs(1));
    assert_eq!((summary.exports, summary.drills, summary.proven), (1, 5, 4));
    let gap = summary.longest_gap.expect("there are two proven restore tests");
    assert_eq!((gap.from, gap.to, gap.long), (day(1), day(101), DAY * 100));
    let since = summary.since_last_proven.expect("there is a proven restore test");
    assert_eq!((since.from, since.long), (day(103), DAY * 10 + Duration::from_secs(1)));
    let times = summary.restore_times.expect("there are times");
    assert_eq!((times.least, times.median, times.last), (2.0, 3.5, 3.0));
    assert_eq!(times.all, [4.0, 2.0, 5.0, 3.0]);
    let keys: Vec<_> =
        summary.keys.iter().map(|it| (it.key.as_str(), it.times, it.first, it.last)).collect();
    assert_eq!(keys, [("age1one", 4, day(1), day(103)), ("age1two", 1, day(101), day(101))]);
}

/// Writes a history with these lines.
fn written(folder: &Path, values: &[Value]) -> PathBuf {
    let mut lines: Vec<String> = Vec::new();
    for value in values {
        lines.push(line(value.clone(), lines.last().map(String::as_str)));
    }
    let path = folder.join(HISTORY);
    fs::write(&path, lines.join("\n") + "\n").expect("the history is written");
    path
}

#[test]
fn concurrent_runs_wait_for_each_other() {
    let drills = Drills::new();
    let path = drills.path(HISTORY);
    std::thread::scope(|scope| {
        for runner in 0..8 {
            let path = &path;
            scope.spawn(move || {
                for number in 0..10 {
                    let name = PathBuf::from(format!("{runner}-{number}.age"));
                    record_error(
                        RunKind::RestoreTest,
                        &name,
                        ErrorOutcome::Error,
                        path,
                        &on(number),
                        &(),
                    )
                    .expect("it is recorded");
                }
            });
        }
    });
    let history = History::read(&path, &()).expect("it is read");
    assert_eq!(history.broken(), None, "the chain of lines is broken");
    assert_eq!(history.entries().len(), 80, "lines were lost");
}

#[test]
fn a_history_that_cannot_be_written_is_an_error_and_leaves_no_files() {
    let drills = Drills::new();
    drills.export(NAME, 0);
    for (path, what) in [("nowhere/history.jsonl", "no such folder"), ("", "a folder")] {
        let mut report = drills.test(NAME);
        let error = record(&mut report, &drills.path(path), &on(1), &()).expect_err(what);
        assert!(matches!(error.kind(), ErrorKind::Io { .. }), "{what}: {error}");
        assert_eq!(report.verdict(), Some(Verdict::Proven), "{what}: no fault was found");
    }
    // A line that could not be read again is not written.
    let mut report = drills.test(NAME);
    let occasion = on(1).ticket("x".repeat(70_000));
    let error = record(&mut report, &drills.path(HISTORY), &occasion, &()).expect_err("too long");
    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}");
    assert_eq!(fs::read(drills.path(HISTORY)).expect("it was begun"), b"", "a file was written");
    drill(&drills, &on(2));
    assert_eq!(lines(&drills.path(HISTORY)).len(), 1, "it can be used");
}

/// A valid history of restore tests with these durations, in a folder.
fn history_of(seconds: &[&str], keys: usize) -> (tempfile::TempDir, History) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(HISTORY);
    let (mut text, mut before) = (String::new(), Digest::of(b""));
    for (number, seconds) in seconds.iter().enumerate() {
        let previous = if number == 0 { "0".repeat(64) } else { before.to_string() };
        let line = format!(
            "{{\"version\":1,\"what\":\"restore-test\",\"when\":\"2026-01-01T00:00:00Z\",\
             \"archive\":\"{}.age\",\"verdict\":\"proven\",\"seconds\":{{\"restore\":{seconds}}},\
             \"tool\":\"t\",\"opened_by\":\"age1\",\"previous\":\"{previous}\"",
            number % keys
        );
        let line = format!("{line},\"digest\":\"{}\"}}", Digest::of(line.as_bytes()));
        before = Digest::of(line.as_bytes());
        text += &line;
        text.push('\n');
    }
    fs::write(&path, text).expect("it is written");
    let history = History::read(&path, &()).expect("it is read");
    (folder, history)
}

#[test]
fn implausible_durations_are_left_out_of_the_trend() {
    let odd = ["2.0", "-1", "1e308", "-1e308", "1e308", "1e10", "-0.001", "4.0", "0"];
    let (_folder, history) = history_of(&odd, 1);
    assert!(history.broken().is_none(), "{:?}", history.broken());
    let summary = Summary::of(history.entries(), day(0));
    assert_eq!((summary.drills, summary.proven), (9, 9), "they are still restore tests");
    let times = summary.restore_times.expect("some of them have a time");
    assert_eq!(times.all, [2.0, 4.0, 0.0]);
    assert_eq!((times.least, times.median, times.last), (0.0, 2.0, 0.0));

    let (_folder, history) = history_of(&["1.0", "1e999"], 1);
    assert!(history.broken().is_some(), "a line without a valid number is refused");
    let (_folder, history) = history_of(&["-5"], 1);
    assert_eq!(Summary::of(history.entries(), day(0)).restore_times, None);
}

#[test]
fn a_long_history_of_many_archives_is_summarised_correctly() {
    // So many that quadratic work would not end in time.
    const LINES: usize = 30_000;
    let (_folder, history) = history_of(&["1.5"; LINES], LINES / 2);
    let summary = Summary::of(history.entries(), day(0));
    assert_eq!(summary.keys.len(), LINES / 2);
    assert!(summary.keys.iter().all(|key| key.times == 2), "each was used twice");
    assert_eq!(summary.keys[0].archive, "0.age", "in the order of the first uses");
}

#[test]
fn archives_of_one_name_in_two_folders_share_a_history() {
    let drills = Drills::new();
    for folder in ["one", "two", "moved"] {
        fs::create_dir(drills.path(folder)).expect("a folder");
    }
    let (history, names) = (drills.path(HISTORY), [format!("one/{NAME}"), format!("two/{NAME}")]);
    for (number, name) in (0..).zip(&names) {
        let mut exported = drills.export(name, number);
        record(&mut exported, &history, &on(number), &()).expect("the export is recorded");
    }
    let test = |name: &str| {
        let mut report = drills.test(name);
        record(&mut report, &history, &on(3), &()).expect("the restore test is recorded");
        report
    };
    for name in &names {
        assert_eq!(failures(&test(name)), Vec::<&Finding>::new(), "{name}");
    }
    // A moved archive may be either of them.
    let moved = format!("moved/{NAME}");
    fs::copy(drills.path(&names[0]), drills.path(&moved)).expect("it is copied");
    assert_eq!(failures(&test(&moved)), Vec::<&Finding>::new(), "moved");
    // Another archive in the place of one of them is wrong.
    fs::copy(drills.path(&names[0]), drills.path(&names[1])).expect("it is copied");
    assert_eq!(failures(&test(&names[1])).len(), 1, "replaced");
}
