//! The summary of a history.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use serde::{Serialize, Serializer};

use super::entry::{Entry, What};
use super::time;
use crate::report::RunOutcome;

/// Thirty years.
const MOST_SECONDS: f64 = 1e9;

/// The summary of a history.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// How many exports there were.
    pub exports: u64,
    /// How many drills there were.
    pub drills: u64,
    /// How many of the drills ended `proven`.
    pub proven: u64,
    /// The longest time between two drills that ended `proven`, one after the other.
    pub longest_gap: Option<Gap>,
    /// The time since the last drill that ended `proven`.
    pub since_last_proven: Option<Gap>,
    /// How long restoring took in the drills that ended `proven`.
    pub restore_times: Option<RestoreTimes>,
    /// Which key opened which archive.
    pub keys: Vec<KeyUse>,
}

/// A time without a drill that ended `proven`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Gap {
    /// When the drill before it was.
    #[serde(serialize_with = "time::serialize")]
    pub from: SystemTime,
    /// When it ended, or now.
    #[serde(serialize_with = "time::serialize")]
    pub to: SystemTime,
    /// How long it was.
    #[serde(rename = "seconds", serialize_with = "whole_seconds")]
    pub long: Duration,
}

/// How long restoring took, in seconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RestoreTimes {
    /// The shortest time.
    pub least: f64,
    /// The time that half of the drills stayed below; between the two in the middle if there is no
    /// middle one.
    pub median: f64,
    /// The last time.
    pub last: f64,
    /// Each time, in the order of the drills.
    pub all: Vec<f64>,
}

/// A key, and an archive that it opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyUse {
    /// The key's public name.
    pub key: String,
    /// The archive's file name.
    pub archive: String,
    /// How often it was opened with it.
    pub times: u64,
    /// When it was first.
    #[serde(serialize_with = "time::serialize")]
    pub first: SystemTime,
    /// When it was last.
    #[serde(serialize_with = "time::serialize")]
    pub last: SystemTime,
}

impl Summary {
    /// The summary of these lines; `now` is the current time.
    pub fn of(entries: &[Entry], now: SystemTime) -> Self {
        let drills = || entries.iter().filter(|entry| entry.what == What::RestoreTest);
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
    /// How long restoring took, in seconds, if there was a restore. Impossible times are ignored.
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
