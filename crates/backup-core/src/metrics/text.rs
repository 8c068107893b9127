//! The text format of Prometheus, written, and read only as this program writes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::sample::{Metric, Sample};
use crate::report::RunOutcome;

/// A series of a metric: its label beside archive and command, and the figure.
type Series = (&'static str, Metric);

/// The metrics in the order of a file: name, help and series.
const FORMAT: [(&str, &str, &[Series]); 8] = [
    ("crm_backup_last_run_timestamp_seconds", "When the last run ended.", &[("", Metric::LastRun)]),
    (
        "crm_backup_last_proven_timestamp_seconds",
        "When the last run ended that was proven.",
        &[("", Metric::LastProven)],
    ),
    (
        "crm_backup_verdict",
        "How the last run ended: 1 for the verdict that it had.",
        &[
            (",verdict=\"proven\"", Metric::Verdict(RunOutcome::Proven)),
            (",verdict=\"intact\"", Metric::Verdict(RunOutcome::Intact)),
            (",verdict=\"unverified\"", Metric::Verdict(RunOutcome::Unverified)),
            (",verdict=\"failed\"", Metric::Verdict(RunOutcome::Failed)),
            (",verdict=\"error\"", Metric::Verdict(RunOutcome::Error)),
        ],
    ),
    (
        "crm_backup_restore_duration_seconds",
        "How long loading the scratch database took.",
        &[("", Metric::RestoreTime)],
    ),
    (
        "crm_backup_archive_size_bytes",
        "The length of the archive's file.",
        &[("", Metric::ArchiveBytes)],
    ),
    (
        "crm_backup_archive_created_timestamp_seconds",
        "When the archive was made.",
        &[("", Metric::Created)],
    ),
    ("crm_backup_records", "The number of records in the archive.", &[("", Metric::Records)]),
    (
        "crm_backup_findings",
        "The number of findings of the last run.",
        &[(",severity=\"failure\"", Metric::Failures), (",severity=\"remark\"", Metric::Notes)],
    ),
];

pub(super) type Samples = BTreeMap<(String, String), Sample>;

pub(super) fn write(samples: &Samples) -> String {
    let mut text = String::new();
    for (name, help, series) in FORMAT {
        let mut head = format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
        for sample in samples.values() {
            let (archive, command) = (escaped(&sample.archive), escaped(&sample.command));
            for (label, metric) in series {
                let Some(value) = sample.get(*metric) else { continue };
                text.push_str(&std::mem::take(&mut head));
                let value = match metric {
                    Metric::RestoreTime => format!("{}.{:03}", value / 1000, value % 1000),
                    _ => value.to_string(),
                };
                let labels = format!("archive=\"{archive}\",command=\"{command}\"{label}");
                let _ = writeln!(text, "{name}{{{labels}}} {value}");
            }
        }
    }
    text
}

/// Reads a text, or gives the number of the first line that is not as it has to be.
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

/// Reads `NAME{archive="…",command="…"} VALUE`, or with one more label.
fn series(line: &str) -> Option<(String, String, Metric, u64)> {
    let (name, rest) = line.split_once('{')?;
    let (_, _, series) = FORMAT.iter().find(|(known, ..)| *known == name)?;
    let (archive, rest) = label(rest.strip_prefix("archive=\"")?)?;
    let (command, rest) = label(rest.strip_prefix(",command=\"")?)?;
    let (third, value) = rest.split_once("} ")?;
    let (_, metric) = series.iter().find(|(label, _)| *label == third)?;
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

/// The value of a label, as between quotes.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Reads a label's value behind its opening quote; gives what follows the closing one too.
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
