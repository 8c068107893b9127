//! The summary of a history.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use serde::{Serialize, Serializer};

use super::entry::{Entry, RunKind};
use super::time;
use crate::report::RunOutcome;

/// The longest valid time of a restore: about 30 years.
const MOST_SECONDS: f64 = 1e9;

/// The summary of a history.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The number of exports.
    pub exports: u64,
    /// The number of drills.
    pub drills: u64,
    /// The number of drills that ended `proven`.
    pub proven: u64,
    /// The longest time between two consecutive drills that ended `proven`.
    pub longest_gap: Option<Gap>,
    /// The time since the last drill that ended `proven`.
    pub since_last_proven: Option<Gap>,
    /// The times of restoring in the drills that ended `proven`.
    pub restore_times: Option<RestoreTimes>,
    /// The archives that each key opened.
    pub keys: Vec<KeyUse>,
}

/// A time without a drill that ended `proven`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Gap {
    /// The time of the proven drill before it.
    #[serde(serialize_with = "time::serialize")]
    pub from: SystemTime,
    /// The time of the next proven drill, or now.
    #[serde(serialize_with = "time::serialize")]
    pub to: SystemTime,
    /// The length.
    #[serde(rename = "seconds", serialize_with = "whole_seconds")]
    pub long: Duration,
}

/// The times of restoring, in seconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RestoreTimes {
    /// The shortest time.
    pub least: f64,
    /// The median. With an even number of drills, it is the mean of the two in the middle.
    pub median: f64,
    /// How long the last one took.
    pub last: f64,
    /// All times, in the order of the drills.
    pub all: Vec<f64>,
}

/// A key, and an archive that it opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyUse {
    /// The public name of the key.
    pub key: String,
    /// The archive's file name.
    pub archive: String,
    /// The number of runs in which the key opened the archive.
    pub times: u64,
    /// The time of the first of these runs.
    #[serde(serialize_with = "time::serialize")]
    pub first: SystemTime,
    /// The time of the last of these runs.
    #[serde(serialize_with = "time::serialize")]
    pub last: SystemTime,
}

impl Summary {
    /// The summary of these entries. `now` is the current time.
    pub fn of(entries: &[Entry], now: SystemTime) -> Self {
        let drills = || entries.iter().filter(|entry| entry.what == RunKind::RestoreTest);
        let proven = || drills().filter(|entry| entry.verdict == RunOutcome::Proven);
        let mut times: Vec<SystemTime> = proven().map(|entry| entry.when).collect();
        times.sort();
        let gaps = times.windows(2).map(|pair| Gap::between(pair[0], pair[1]));
        Self {
            exports: (entries.len() - drills().count()) as u64,
            drills: drills().count() as u64,
            proven: times.len() as u64,
            longest_gap: gaps.max_by_key(|gap| gap.long),
            since_last_proven: times.last().map(|last| Gap::between(*last, now)),
            restore_times: RestoreTimes::of(proven().filter_map(Entry::restore_seconds).collect()),
            keys: keys(entries),
        }
    }
}

impl Entry {
    /// The time of restoring in seconds, if there was a restore. An invalid time is ignored.
    pub fn restore_seconds(&self) -> Option<f64> {
        self.seconds.get("restore").copied().filter(|took| (0.0..=MOST_SECONDS).contains(took))
    }
}

impl Gap {
    fn between(from: SystemTime, to: SystemTime) -> Self {
        Self { from, to, long: to.duration_since(from).unwrap_or_default() }
    }
}

impl RestoreTimes {
    fn of(all: Vec<f64>) -> Option<Self> {
        let mut sorted = all.clone();
        sorted.sort_by(f64::total_cmp);
        let (least, last) = (*sorted.first()?, *all.last()?);
        let middle = |before: usize| sorted[(sorted.len() - before) / 2];
        let median = (middle(0) + middle(1)) / 2.0;
        Some(Self { least, median, last, all })
    }
}

fn keys(entries: &[Entry]) -> Vec<KeyUse> {
    let mut keys: Vec<KeyUse> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for entry in entries {
        let Some(key) = &entry.opened_by else { continue };
        let place = *places.entry((key, &entry.archive)).or_insert_with(|| {
            keys.push(KeyUse {
                key: key.clone(),
                archive: entry.archive.clone(),
                times: 0,
                first: entry.when,
                last: entry.when,
            });
            keys.len() - 1
        });
        let known = &mut keys[place];
        known.times += 1;
        known.first = known.first.min(entry.when);
        known.last = known.last.max(entry.when);
    }
    keys
}

fn whole_seconds<S: Serializer>(long: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(long.as_secs())
}
