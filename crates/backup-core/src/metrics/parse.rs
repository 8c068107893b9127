//! The text format, read: only as this program writes it.

use std::collections::BTreeMap;

use super::sample::Sample;
use super::text::{ALL, DURATION};
use crate::report::RunOutcome;

/// A metric's name, the label that its series has beyond archive and command, and its value.
type Series = (String, Option<String>, u64);

type Samples = BTreeMap<(String, String), Sample>;

/// Gives the number of the first line that is not as it has to be, if there is one.
pub(super) fn parse(text: &str) -> Result<Samples, u64> {
    let mut found: BTreeMap<_, Vec<Series>> = BTreeMap::new();
    let mut number = 0;
    for line in text.split_terminator('\n') {
        number += 1;
        if is_head(line) {
            continue;
        }
        let (archive, command, series) = series(line).ok_or(number)?;
        let of_sample = found.entry((archive, command)).or_default();
        let twice = |other: &Series| (&other.0, &other.1) == (&series.0, &series.1);
        if of_sample.iter().any(twice) {
            return Err(number);
        }
        of_sample.push(series);
    }
    if !text.is_empty() && !text.ends_with('\n') {
        return Err(number);
    }
    let sample =
        |(key, series): ((String, String), Vec<_>)| Some((key.clone(), sample(key, &series)?));
    found.into_iter().map(sample).collect::<Option<_>>().ok_or(number)
}

fn is_head(line: &str) -> bool {
    let heads = ["# HELP crm_backup_", "# TYPE crm_backup_"];
    heads.iter().any(|head| line.starts_with(head))
}

/// `NAME{archive="…",command="…"} VALUE`, or with one more label. Durations are in milliseconds.
fn series(line: &str) -> Option<(String, String, Series)> {
    let (name, rest) = line.split_once('{')?;
    let name = ALL.iter().find(|(known, _)| *known == name)?.0;
    let (archive, rest) = label("archive", rest)?;
    let (command, mut rest) = label("command", rest.strip_prefix(',')?)?;
    let mut third = None;
    if let Some(more) = rest.strip_prefix(',') {
        let (value, after) = label("verdict", more).or_else(|| label("severity", more))?;
        (third, rest) = (Some(value), after);
    }
    let value = rest.strip_prefix("} ")?;
    let value = if name == DURATION {
        let (seconds, millis) = value.split_once('.').filter(|(_, millis)| millis.len() == 3)?;
        whole(seconds)?.checked_mul(1000)?.checked_add(whole(millis)?)?
    } else {
        whole(value)?
    };
    Some((archive, command, (name.to_owned(), third, value)))
}

fn whole(digits: &str) -> Option<u64> {
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A label of this name that a text begins with; gives its value, and what follows.
fn label<'a>(name: &str, text: &'a str) -> Option<(String, &'a str)> {
    let text = text.strip_prefix(name)?.strip_prefix("=\"")?;
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

/// The sample that has these series.
fn sample(key: (String, String), series: &[Series]) -> Option<Sample> {
    let of = |name: &str, label: Option<&str>| {
        let name = format!("crm_backup_{name}");
        let mut found =
            series.iter().filter(|(known, third, _)| *known == name && third.as_deref() == label);
        found.next().map(|(_, _, value)| *value)
    };
    let is_set = |outcome: &&RunOutcome| of("verdict", Some(outcome.as_str())) == Some(1);
    let (archive, command) = key;
    let sample = Sample {
        archive,
        command,
        last_run: of("last_run_timestamp_seconds", None)?,
        last_proven: of("last_proven_timestamp_seconds", None),
        outcome: *RunOutcome::ALL.iter().find(is_set)?,
        restore_millis: of("restore_duration_seconds", None),
        archive_bytes: of("archive_size_bytes", None),
        created: of("archive_created_timestamp_seconds", None),
        records: of("records", None),
        failures: of("findings", Some("failure")),
        remarks: of("findings", Some("remark")),
    };
    Some(sample)
}
