//! Thresholds of a restore-test: the age of the archive, and the time of a restore.

use std::time::{Duration, SystemTime};

use crate::command::Step;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::model::{LimitReport, Limited};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::report::Report;

/// The maximum difference between two clocks. An archive dated further ahead is reported as from
/// the future.
const MAX_CLOCK_DIFFERENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// The thresholds of a restore-test.
///
/// ```
/// use std::time::Duration;
///
/// use backup_core::{Limits, Report, Verdict};
///
/// const DAY: Duration = Duration::from_secs(24 * 60 * 60);
///
/// /// Checks the report of a `restore_test`.
/// fn is_good(mut report: Report) -> bool {
///     Limits::default().max_age(DAY * 90).max_restore_time(DAY / 24).check(&mut report);
///     report.verdict() == Some(Verdict::Proven)
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The maximum age of an archive.
    pub max_age: Option<Duration>,
    /// The maximum time for loading the scratch database.
    pub max_restore_time: Option<Duration>,
    /// The current time. By default, the time of the system clock.
    pub now: Option<SystemTime>,
}

impl Limits {
    /// Sets the maximum age of an archive.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Sets the maximum time for loading the scratch database.
    pub fn max_restore_time(mut self, time: Duration) -> Self {
        self.max_restore_time = Some(time);
        self
    }

    /// Sets the current time.
    pub fn now(mut self, now: SystemTime) -> Self {
        self.now = Some(now);
        self
    }

    /// Checks the report of a [`restore_test`](crate::restore_test), and adds findings to it.
    ///
    /// An archive that is dated more than a day in the future is reported as a failure if `max_age`
    /// is set, and as a remark otherwise.
    pub fn check(&self, report: &mut Report) {
        let now = self.now.unwrap_or_else(SystemTime::now);
        let age = report.archive.created_at().map(|created| now.duration_since(created));
        match (age, self.max_age) {
            (Some(Err(ahead)), limit) if ahead.duration() > MAX_CLOCK_DIFFERENCE => {
                report.findings.push(from_the_future(ahead.duration(), limit.is_some()));
                let row = |limit| LimitReport::new(Limited::Age, limit, None, Some(false));
                report.results.limits.extend(limit.map(row));
            }
            (age, Some(limit)) => {
                let age = age.map(|age| whole_seconds(age.unwrap_or_default()));
                check(Limited::Age, limit, age, report);
            }
            (_, None) => {}
        }
        if let Some(limit) = self.max_restore_time {
            let restore = report.run.timings.iter().find(|(step, _)| *step == Step::Restore);
            check(Limited::RestoreTime, limit, restore.map(|(_, took)| *took), report);
        }
        let held =
            report.results.limits.iter().filter(|limit| limit.holds == Some(true)).count() as u64;
        if held > 0 {
            report.results.checks.push(Check { kind: CheckKind::Limits, count: held });
        }
    }
}

fn check(what: Limited, limit: Duration, measured: Option<Duration>, report: &mut Report) {
    let (code, message, skipped) = match what {
        Limited::Age => (Code::Age, message!("archive-too-old"), SkippedCheck::Age),
        Limited::RestoreTime => {
            (Code::RestoreTime, message!("restore-too-slow"), SkippedCheck::RestoreTime)
        }
    };
    match measured {
        None => report.skipped.push(skipped),
        Some(measured) if measured > limit => {
            let limit = format!("≤ {}", format_duration(limit));
            let finding = Finding::failure(code, message);
            report.findings.push(finding.expected(limit, format_duration(rounded_up(measured))));
        }
        Some(_) => {}
    }
    let holds = measured.map(|measured| measured <= limit);
    report.results.limits.push(LimitReport::new(what, limit, measured, holds));
}

fn from_the_future(ahead: Duration, limited: bool) -> Finding {
    let message = message!("archive-from-the-future");
    let finding = match limited {
        true => Finding::failure(Code::Age, message),
        false => Finding::remark(Code::Age, message),
    };
    finding.expected("≤ 0 s", format!("+{}", format_duration(whole_seconds(ahead))))
}

fn whole_seconds(duration: Duration) -> Duration {
    Duration::from_secs(duration.as_secs())
}

/// Rounds up to whole milliseconds. A duration over a limit stays over it.
pub(crate) fn rounded_up(duration: Duration) -> Duration {
    let over = u64::from(duration.subsec_nanos() % 1_000_000);
    let missing = if over > 0 { 1_000_000 - over } else { 0 };
    duration.saturating_add(Duration::from_nanos(missing))
}

/// A duration without its zero units: `90 d 4 h`, `3 min 0.25 s`.
pub(crate) fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [("d", 86_400, u64::MAX), ("h", 3600, 24), ("min", 60, 60)];
    let mut parts: Vec<String> = units
        .iter()
        .map(|(unit, long, most)| (unit, seconds / long % most))
        .filter(|(_, count)| *count > 0)
        .map(|(unit, count)| format!("{count} {unit}"))
        .collect();
    // A duration over a limit must also look longer than the limit.
    let rest = Duration::new(seconds % 60, duration.subsec_nanos());
    if !rest.is_zero() || parts.is_empty() {
        parts.push(format!("{} s", rest.as_secs_f64()));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::report::{Extent, RunOutcome, Verdict};

    #[test]
    fn durations_are_formatted_without_zero_units() {
        let format_duration = |seconds, nanos| format_duration(Duration::new(seconds, nanos));
        assert_eq!(format_duration(0, 0), "0 s");
        assert_eq!(format_duration(0, 250_000_000), "0.25 s");
        assert_eq!(format_duration(90 * 86_400, 0), "90 d");
        assert_eq!(format_duration(90 * 86_400 + 2, 0), "90 d 2 s");
        let long = rounded_up(Duration::from_nanos(5_539_209));
        assert_eq!(super::format_duration(long), "0.006 s", "nanoseconds are rounded up");
        assert_eq!(rounded_up(Duration::from_millis(5)), Duration::from_millis(5));
        assert_eq!(format_duration(4 * 3600 + 180, 1_000_000), "4 h 3 min 0.001 s");
    }

    #[test]
    fn a_restore_that_takes_too_long_fails() {
        const SECOND: Duration = Duration::from_secs(1);
        let mut report = Report::new(Command::RestoreTest);
        report.prove(Extent::Restored);
        report.run.timings = vec![(Step::Restore, SECOND * 60), (Step::Prove, SECOND * 3600)];
        Limits::default().max_restore_time(SECOND * 60).check(&mut report);
        assert_eq!(report.verdict(), Some(Verdict::Proven), "it took exactly the limit");

        report.run.timings[0].1 += Duration::from_millis(1);
        Limits::default().max_restore_time(SECOND * 60).check(&mut report);
        assert_eq!(report.verdict(), Some(Verdict::Failed), "it took longer than the limit");
        assert_eq!(RunOutcome::from(&report), RunOutcome::Failed);
        let [finding] = &report.findings[..] else { panic!("{:?}", report.findings) };
        assert_eq!(finding.code, Code::RestoreTime);
        assert_eq!(finding.expected.as_deref(), Some("≤ 1 min"));
        assert_eq!(finding.actual.as_deref(), Some("1 min 0.001 s"));
    }

    #[test]
    fn limits_of_unknown_values_are_skipped_checks() {
        let limits = Limits::default().max_age(Duration::from_secs(1));
        let limits = limits.max_restore_time(Duration::from_secs(1)).now(SystemTime::UNIX_EPOCH);
        for created in [None, Some("yesterday".to_owned())] {
            let mut report = Report::default();
            report.archive.created = created;
            limits.check(&mut report);
            assert_eq!(report.verdict(), Some(Verdict::Unverified), "nothing was measured");
            assert_eq!(report.skipped.len(), 2, "both are listed: {:?}", report.skipped);
        }
        let mut report = Report::default();
        Limits::default().now(SystemTime::UNIX_EPOCH).check(&mut report);
        assert_eq!(report.verdict(), None, "no limit was given");
    }
}
