//! A restore test fails if the archive is too old or the restore took too long, and reports by how
//! much.

use std::time::Duration;

use backup_core::{CheckKind, Code, Finding, Limits, Report, Severity, Verdict};
use crm_backup_tests::drill::{DAY, Drills, day};

const SECOND: Duration = Duration::from_secs(1);

fn test_with_limits(drills: &Drills, limits: &Limits) -> Report {
    let mut report = drills.test("crm.tar.zst.age");
    limits.check(&mut report);
    report
}

/// The only finding of the report.
fn only_finding(report: &Report) -> &Finding {
    let [finding] = report.findings() else {
        panic!("there is not one finding: {:?}", report.findings())
    };
    finding
}

fn expected_and_actual(finding: &Finding) -> (&str, &str) {
    let expected_and_actual = (finding.expected.as_deref(), finding.actual.as_deref());
    (
        expected_and_actual.0.expect("the expected value is reported"),
        expected_and_actual.1.expect("the actual value is reported"),
    )
}

#[test]
fn an_archive_is_too_old_one_second_after_its_maximum_age() {
    let drills = Drills::new();
    drills.export("crm.tar.zst.age", 0);
    let limits = Limits::default().max_age(DAY * 90);
    let report = test_with_limits(&drills, &limits.clone().now(day(90)));
    assert_eq!(report.verdict(), Some(Verdict::Proven), "an archive that is just young enough");
    assert!(
        report
            .results()
            .checks
            .iter()
            .any(|check| check.kind == CheckKind::Limits && check.count == 1)
    );

    let report = test_with_limits(&drills, &limits.now(day(90) + SECOND));
    assert_eq!(report.verdict(), Some(Verdict::Failed), "an archive that is too old");
    assert_eq!(
        (only_finding(&report).code, only_finding(&report).severity),
        (Code::Age, Severity::Failure)
    );
    assert_eq!(expected_and_actual(only_finding(&report)), ("≤ 90 d", "90 d 1 s"));
    assert!(report.proof().is_some(), "the restore was checked nevertheless");
    assert!(
        !report.results().checks.iter().any(|check| check.kind == CheckKind::Limits),
        "the limit is exceeded"
    );
}

#[test]
fn an_archive_dated_within_the_next_day_is_accepted() {
    let drills = Drills::new();
    drills.export("crm.tar.zst.age", 10);
    let limits = Limits::default().max_age(DAY);
    let report = test_with_limits(&drills, &limits.clone().now(day(9)));
    assert_eq!(report.verdict(), Some(Verdict::Proven), "clocks may be a day apart");

    let report = test_with_limits(&drills, &limits.now(day(9) - SECOND));
    assert_eq!(report.verdict(), Some(Verdict::Failed), "it is from the future");
    assert_eq!(only_finding(&report).code, Code::Age);
    assert_eq!(expected_and_actual(only_finding(&report)), ("≤ 0 s", "+1 d 1 s"));

    let report = test_with_limits(&drills, &Limits::default().now(day(8)));
    assert_eq!(report.verdict(), Some(Verdict::Proven), "no maximum age was given");
    assert_eq!(
        (only_finding(&report).code, only_finding(&report).severity),
        (Code::Age, Severity::Remark)
    );
}
