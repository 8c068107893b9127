//! Samples of metrics in their text form: only a report can create one that is `proven`.

use backup_core::RunOutcome;
use backup_core::metrics::{Metrics, Sample};

/// A sample with the fields that every sample has.
pub fn sample(archive: &str, command: &str, outcome: RunOutcome, last_run: u64) -> Sample {
    read(archive, command, outcome, last_run, &[])
}

/// A sample of a restore-test with every possible field.
pub fn full_sample(archive: &str, outcome: RunOutcome, last_run: u64) -> Sample {
    let values = [
        ("restore_duration_seconds", "", "61.005"),
        ("archive_size_bytes", "", "123456789"),
        ("archive_created_timestamp_seconds", "", "1767225600"),
        ("records", "", "340"),
        ("findings", ",severity=\"failure\"", "0"),
        ("findings", ",severity=\"remark\"", "2"),
    ];
    read(archive, "restore-test", outcome, last_run, &values)
}

fn read(
    archive: &str,
    command: &str,
    outcome: RunOutcome,
    last_run: u64,
    values: &[(&str, &str, &str)],
) -> Sample {
    let archive = archive.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let time = last_run.to_string();
    let verdicts = RunOutcome::ALL.map(|one| {
        let value = if one == outcome { "1" } else { "0" };
        (format!(",verdict=\"{}\"", one.as_str()), value)
    });
    let mut series = vec![("last_run_timestamp_seconds", "", time.as_str())];
    if outcome == RunOutcome::Proven {
        series.push(("last_proven_timestamp_seconds", "", &time));
    }
    series.extend(verdicts.iter().map(|(label, value)| ("verdict", label.as_str(), *value)));
    series.extend_from_slice(values);
    let line = |(name, label, value): &(&str, &str, &str)| {
        format!("crm_backup_{name}{{archive=\"{archive}\",command=\"{command}\"{label}}} {value}\n")
    };
    let text: String = series.iter().map(line).collect();
    let metrics = Metrics::parse(&text).expect("it is the text of a sample");
    metrics.samples().next().expect("there is one").clone()
}
