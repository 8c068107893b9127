//! An export that is much smaller than the last one in the history is noted.

use std::fs;
use std::path::PathBuf;

use backup_core::history::{History, Occasion, Shrunk, record};
use backup_core::source::{DiscoverOptions, discover};
use backup_core::{Code, ExportOptions, Report, Severity, Verdict, export};
use crm_backup_tests::Keys;
use crm_backup_tests::drill::day;

/// Files of a source, with their names.
type Files<'a> = &'a [(&'a str, String)];

struct Case {
    folder: tempfile::TempDir,
    keys: Keys,
}

impl Case {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), keys: Keys::generate() }
    }

    fn history(&self) -> PathBuf {
        self.folder.path().join("history.jsonl")
    }

    /// Exports these files alone, and records that.
    fn export_as(&self, archive: &str, files: Files<'_>, occasion: &Occasion) -> Report {
        let source = tempfile::tempdir().expect("a folder");
        for (name, content) in files {
            fs::write(source.path().join(name), content).expect("a file");
        }
        let found = discover(&[source.path().to_path_buf()], &DiscoverOptions::default());
        let (found, path) = (found.expect("sources"), self.folder.path().join(archive));
        let options = ExportOptions::default().replace(true);
        let mut report =
            export(found, &self.keys.recipients, &path, &options, &()).expect("it is exported");
        record(&mut report, &self.history(), occasion, &()).expect("it is recorded");
        report
    }

    fn export(&self, files: Files<'_>) -> Report {
        self.export_as("crm.tar.zst.age", files, &Occasion::default().now(day(0)))
    }

    /// What the last line of the history says about a smaller export.
    fn last_shrunk(&self) -> Option<Shrunk> {
        let history = History::read(&self.history(), &()).expect("it is read");
        assert!(history.broken().is_none(), "the chain is whole");
        history.entries().last().expect("an entry").shrunk
    }
}

/// A table with this many records, whose notes are empty from this record on.
fn table(records: usize, notes: usize) -> String {
    let record = |at| format!("{at},{}\n", if at < notes { "note" } else { "" });
    std::iter::once("id,note\n".to_owned()).chain((0..records).map(record)).collect()
}

/// The table, the expected and the actual value of each note.
fn notes(report: &Report) -> Vec<[&str; 3]> {
    let shrunk = report.findings().iter().filter(|finding| finding.code == Code::Shrunk);
    let notes = shrunk.map(|it| {
        assert_eq!(it.severity, Severity::Remark, "{it:?}");
        [&it.table, &it.expected, &it.actual].map(|it| it.as_deref().unwrap_or_default())
    });
    notes.collect()
}

const NONE: [[&str; 3]; 0] = [];

/// The message of the first note.
fn message(report: &Report) -> String {
    let mut findings = report.findings().iter();
    findings.find(|it| it.code == Code::Shrunk).map(|it| it.message.to_string()).unwrap_or_default()
}

#[test]
fn a_table_with_less_than_half_of_its_records_is_noted() {
    let case = Case::new();
    case.export(&[("deals.csv", table(10, 10))]);
    assert_eq!(notes(&case.export(&[("deals.csv", table(5, 5))])), NONE, "half is enough");
    let report = case.export(&[("deals.csv", table(2, 2))]);
    assert_eq!(notes(&report), [["deals", "5", "2"]]);
    assert_eq!(report.verdict(), Some(Verdict::Proven), "it is a note");
    assert!(message(&report).contains("2026-01-01T00:00:00Z"));
}

#[test]
fn the_limit_can_be_set() {
    let case = Case::new();
    case.export(&[("deals.csv", table(100, 100))]);
    let strict = Occasion::default().now(day(1)).shrink_limit(95);
    let files = [("deals.csv", table(94, 94))];
    let report = case.export_as("crm.tar.zst.age", &files, &strict);
    assert_eq!(notes(&report), [["deals", "100", "94"]]);
    assert!(message(&report).contains("less than 95 %"));
}

#[test]
fn a_missing_table_is_noted_and_the_date_in_its_name_does_not_matter() {
    let case = Case::new();
    let both = [("deals-2026-01-01.csv", table(3, 3)), ("leads-2026-01-01.csv", table(2, 2))];
    case.export(&both);
    let report = case.export(&[("deals-2026-02-01.csv", table(3, 3)), ("new.csv", table(1, 1))]);
    assert_eq!(notes(&report), [["leads-2026-01-01", "2", "0"]]);
}

#[test]
fn the_parts_of_a_table_are_compared_as_one() {
    let case = Case::new();
    let part = |number: usize, records: usize| {
        (["x_001.csv", "x_002.csv", "x_003.csv"][number - 1], table(records, records))
    };
    case.export(&[part(1, 100), part(2, 100), part(3, 5)]);
    assert_eq!(notes(&case.export(&[part(1, 100), part(2, 99)])), NONE, "200 of 205 are there");
    let report = case.export(&[part(1, 60), part(2, 30)]);
    assert_eq!(notes(&report), [["x", "199", "90"]]);
    // One file is no part of a table that is known to have several.
    let report = case.export(&[part(1, 90)]);
    assert_eq!(notes(&report), [["x_001", "199", "90"]]);
    let empty = [("x_001.csv", table(100, 100)), ("x_002.csv", table(99, 0))];
    assert_eq!(notes(&case.export(&empty)), NONE, "half of the notes are there");
    let empty = [("x_001.csv", table(100, 20)), ("x_002.csv", table(99, 0))];
    assert_eq!(notes(&case.export(&empty)), [["x", "99", "179"]]);
}

#[test]
fn a_lack_of_files_is_noted() {
    let case = Case::new();
    let file = |name| (name, "\u{1}\u{2}".to_owned());
    let all = ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"].map(file);
    case.export(&all);
    assert_eq!(notes(&case.export(&all[..2])), [["", "5", "2"]]);
}

#[test]
fn a_column_that_lost_most_of_its_values_is_noted() {
    let case = Case::new();
    case.export(&[("deals.csv", table(100, 90))]);
    assert_eq!(
        notes(&case.export(&[("deals.csv", table(60, 33))])),
        NONE,
        "more than more than half of its share"
    );
    let report = case.export(&[("deals.csv", table(60, 10))]);
    assert_eq!(notes(&report), [["deals", "27", "50"]]);
    assert!(message(&report).contains("column \"note\""));
    let other = table(60, 10).replace("note\n", "remark\n");
    assert_eq!(notes(&case.export(&[("deals.csv", other)])), NONE, "other columns");
}

#[test]
fn the_last_complete_export_is_compared_until_a_smaller_one_is_allowed() {
    let case = Case::new();
    case.export(&[("deals.csv", table(100, 100))]);
    let small = [("deals.csv", table(10, 10))];
    for _ in 0..2 {
        assert_eq!(notes(&case.export(&small)), [["deals", "100", "10"]], "reported each time");
        assert_eq!(case.last_shrunk(), Some(Shrunk::Reported));
    }
    let allowed = Occasion::default().now(day(1)).allow_shrink(true);
    assert_eq!(notes(&case.export_as("crm.tar.zst.age", &small, &allowed)), NONE);
    assert_eq!(case.last_shrunk(), Some(Shrunk::Allowed));
    assert_eq!(notes(&case.export(&small)), NONE, "compared with the one that was allowed");
    assert_eq!(case.last_shrunk(), None);
}

#[test]
fn exports_of_other_data_in_the_same_history_are_not_compared() {
    let case = Case::new();
    let on = |number| Occasion::default().now(day(number));
    let sales = [("deals.csv", table(100, 100)), ("leads.csv", table(50, 50))];
    case.export_as("sales-2026-01-01.tar.zst.age", &sales, &on(0));
    let support = [("tickets.csv", table(10, 10))];
    assert_eq!(notes(&case.export_as("support.tar.zst.age", &support, &on(1))), NONE);
    let deals = [("deals.csv", table(100, 100))];
    let report = case.export_as("sales-2026-02-01.tar.zst.age", &deals, &on(2));
    assert_eq!(notes(&report), [["leads", "50", "0"]], "the same name but for its date");
    let report = case.export_as("final.tar.zst.age", &deals, &on(3));
    assert_eq!(notes(&report), [["leads", "50", "0"]], "half of the tables in common");
}

#[test]
fn lines_of_earlier_versions_hold_no_tables_and_are_still_valid() {
    let case = Case::new();
    let golden = include_str!("../../crates/backup-cli/tests/cli/history/history.jsonl");
    fs::write(case.history(), golden).expect("a history");
    assert_eq!(notes(&case.export(&[("deals.csv", table(1, 1))])), NONE);
    assert_eq!(case.last_shrunk(), None);
}

#[test]
fn tables_that_would_make_a_line_too_long_are_left_out_with_a_note() {
    let case = Case::new();
    let names: Vec<String> = (0..300).map(|at| format!("{at:0200}.csv")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), table(1, 1))).collect();
    let report = case.export(&files);
    let is_about_it = |it: &&backup_core::Finding| it.code == Code::History;
    assert_eq!(report.findings().iter().filter(is_about_it).count(), 1);
    assert_eq!(notes(&case.export(&files[..1])), NONE);
}
