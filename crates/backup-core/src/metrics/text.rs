//! The text format, written.

use std::fmt::Write as _;

use super::sample::Sample;
use crate::report::RunOutcome;

/// The one that is no whole number.
pub(super) const DURATION: &str = "crm_backup_restore_duration_seconds";

/// The metrics, in the order in which they stand in a file, and what each says.
pub(super) const ALL: [(&str, &str); 8] = [
    ("crm_backup_last_run_timestamp_seconds", "When the last run ended."),
    ("crm_backup_last_proven_timestamp_seconds", "When the last run ended that was proven."),
    ("crm_backup_verdict", "How the last run ended: 1 for the verdict that it had."),
    (DURATION, "How long loading the scratch database took."),
    ("crm_backup_archive_size_bytes", "The length of the archive's file."),
    ("crm_backup_archive_created_timestamp_seconds", "When the archive was made."),
    ("crm_backup_records", "The number of records in the archive."),
    ("crm_backup_findings", "The number of findings of the last run."),
];

/// A series of a sample: its label beyond archive and command, and its value.
type Series = (Option<(&'static str, &'static str)>, String);

pub(super) fn text<'a>(samples: impl Iterator<Item = &'a Sample> + Clone) -> String {
    let mut text = String::new();
    for (name, help) in ALL {
        let mut head = format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
        for sample in samples.clone() {
            for (label, value) in series(name, sample) {
                text.push_str(&std::mem::take(&mut head));
                let (archive, command) = (escaped(&sample.archive), escaped(&sample.command));
                let _ = write!(text, "{name}{{archive=\"{archive}\",command=\"{command}\"");
                if let Some((name, value)) = label {
                    let _ = write!(text, ",{name}=\"{value}\"");
                }
                let _ = writeln!(text, "}} {value}");
            }
        }
    }
    text
}

fn series(name: &str, sample: &Sample) -> Vec<Series> {
    let number = |value: Option<u64>| value.map(|value| (None, value.to_string()));
    let one = match name.trim_start_matches("crm_backup_") {
        "last_run_timestamp_seconds" => number(Some(sample.last_run)),
        "last_proven_timestamp_seconds" => number(sample.last_proven),
        "restore_duration_seconds" => sample
            .restore_millis
            .map(|millis| (None, format!("{}.{:03}", millis / 1000, millis % 1000))),
        "archive_size_bytes" => number(sample.archive_bytes),
        "archive_created_timestamp_seconds" => number(sample.created),
        "records" => number(sample.records),
        "verdict" => {
            let of = |outcome: RunOutcome| {
                let is = u8::from(outcome == sample.outcome).to_string();
                (Some(("verdict", outcome.as_str())), is)
            };
            return RunOutcome::ALL.map(of).into();
        }
        _ => {
            let both = [("failure", sample.failures), ("remark", sample.remarks)];
            let of = |(severity, count): (_, Option<u64>)| {
                Some((Some(("severity", severity)), count?.to_string()))
            };
            return both.into_iter().filter_map(of).collect();
        }
    };
    one.into_iter().collect()
}

/// A label's value, as it stands between quotes.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
