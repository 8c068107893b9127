//! Writes and parses the text format of Prometheus. The parser accepts only what the writer writes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::sample::{Metric, Sample};
use crate::report::RunOutcome;

/// The prefix of the names of all metrics.
const PREFIX: &str = "crm_backup_";
const VERDICT: &str = "The outcome of the last run: 1 for its verdict, 0 for all others.";
const FINDINGS: &str = "The number of findings of the last run.";

/// The series in the order of the file: the metric, its name, its additional label, and its help
/// text.
const SERIES: [(Metric, &str, &str, &str); 13] = {
    use Metric::*;
    use RunOutcome::*;
    [
        (LastRun, "last_run_timestamp_seconds", "", "When the last run ended."),
        (LastProven, "last_proven_timestamp_seconds", "", "When the last proven run ended."),
        (Verdict(Proven), "verdict", ",verdict=\"proven\"", VERDICT),
        (Verdict(Intact), "verdict", ",verdict=\"intact\"", VERDICT),
        (Verdict(Unverified), "verdict", ",verdict=\"unverified\"", VERDICT),
        (Verdict(Failed), "verdict", ",verdict=\"failed\"", VERDICT),
        (Verdict(Error), "verdict", ",verdict=\"error\"", VERDICT),
        (
            RestoreTime,
            "restore_duration_seconds",
            "",
            "How long loading the scratch database took.",
        ),
        (ArchiveBytes, "archive_size_bytes", "", "The length of the archive's file."),
        (Created, "archive_created_timestamp_seconds", "", "When the archive was created."),
        (Records, "records", "", "The number of records in the archive."),
        (Failures, "findings", ",severity=\"failure\"", FINDINGS),
        (Notes, "findings", ",severity=\"remark\"", FINDINGS),
    ]
};

pub(super) type Samples = BTreeMap<(String, String), Sample>;

pub(super) fn write(samples: &Samples) -> String {
    let mut text = String::new();
    for series in SERIES.chunk_by(|(_, one, ..), (_, other, ..)| one == other) {
        let (_, name, _, help) = series[0];
        let mut head = format!("# HELP {PREFIX}{name} {help}\n# TYPE {PREFIX}{name} gauge\n");
        for sample in samples.values() {
            let (archive, command) = (escaped(&sample.archive), escaped(&sample.command));
            for (metric, _, label, _) in series {
                let Some(value) = sample.get(*metric) else { continue };
                text.push_str(&std::mem::take(&mut head));
                let value = match metric {
                    Metric::RestoreTime => format!("{}.{:03}", value / 1000, value % 1000),
                    _ => value.to_string(),
                };
                let labels = format!("archive=\"{archive}\",command=\"{command}\"{label}");
                let _ = writeln!(text, "{PREFIX}{name}{{{labels}}} {value}");
            }
        }
    }
    text
}

/// Parses a text, or returns the number of the first invalid line.
pub(super) fn parse(text: &str) -> Result<Samples, u64> {
    let mut samples = Samples::new();
    let mut number = 0;
    for line in text.split_terminator('\n') {
        number += 1;
        if ["# HELP crm_backup_", "# TYPE crm_backup_"].iter().any(|head| line.starts_with(head)) {
            continue;
        }
        let (archive, command, metric, value) = series(line).ok_or(number)?;
        let values = BTreeMap::new();
        let sample = Sample { archive: archive.clone(), command: command.clone(), values };
        let sample = samples.entry((archive, command)).or_insert(sample);
        if sample.values.insert(metric, value).is_some() {
            return Err(number);
        }
    }
    let has_outcome = |sample: &Sample| {
        sample.get(Metric::LastRun).is_some()
            && RunOutcome::ALL.iter().any(|one| sample.get(Metric::Verdict(*one)) == Some(1))
    };
    let ends = text.is_empty() || text.ends_with('\n');
    (ends && samples.values().all(has_outcome)).then_some(samples).ok_or(number)
}

/// Parses `NAME{archive="…",command="…"} VALUE`. There may be a third label.
fn series(line: &str) -> Option<(String, String, Metric, u64)> {
    let (name, rest) = line.strip_prefix(PREFIX)?.split_once('{')?;
    let (archive, rest) = label(rest.strip_prefix("archive=\"")?)?;
    let (command, rest) = label(rest.strip_prefix(",command=\"")?)?;
    let (third, value) = rest.split_once("} ")?;
    let is_this = |(_, known, label, _): &&(_, &str, &str, _)| *known == name && *label == third;
    let (metric, ..) = SERIES.iter().find(is_this)?;
    let value = match metric {
        Metric::RestoreTime => {
            let (seconds, millis) =
                value.split_once('.').filter(|(_, millis)| millis.len() == 3)?;
            whole(seconds)?.checked_mul(1000)?.checked_add(whole(millis)?)?
        }
        _ => whole(value)?,
    };
    Some((archive, command, *metric, value))
}

fn whole(digits: &str) -> Option<u64> {
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Escapes the value of a label.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Parses the value of a label after its opening quote. Returns the value, and the text after its
/// closing quote.
fn label(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(match characters.next()?.1 {
                'n' => '\n',
                escaped @ ('\\' | '"') => escaped,
                _ => return None,
            }),
            plain => value.push(plain),
        }
    }
    None
}
