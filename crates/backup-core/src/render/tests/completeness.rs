//! Tests of what a page shows about completeness.

use super::{Language, MADE, page, proven, text};
use crate::command::Command;
use crate::finding::{Code, Finding};
use crate::i18n::message;
use crate::render::document::{Content, Document};
use crate::report::{Extent, ProfileReport, RecognisedBy, Report, Scope, Undecided};
use crate::report::{UndecidedReason, Verdict};

fn with_profile() -> Report {
    let mut report = proven();
    let recognised_by = vec![RecognisedBy {
        pattern: "data/*.csv".into(),
        first: "data/accounts.csv".into(),
        count: 7,
    }];
    let profile = ProfileReport {
        name: "some-crm".into(),
        title: "Some CRM".into(),
        recognised_by,
        assumed: vec!["rows-per-file".into()],
        ..ProfileReport::default()
    };
    report.scope = Some(Scope { profile: Some(profile), ..Scope::default() });
    report
}

fn not_read(names: impl Iterator<Item = usize>) -> Undecided {
    let message = message!("undecided-references");
    Undecided::new(UndecidedReason::NotRead, message).names(names.map(|at| format!("name-{at}.x")))
}

#[test]
fn a_page_answers_whether_the_export_is_complete_below_the_verdict() {
    let mut report = with_profile();
    let banner = |report: &Report, class: &str| {
        for language in Language::ALL {
            let html = page(report, language);
            let verdict = html.find("<div class=\"verdict proven\">").expect("there is a verdict");
            let answer = html.find(&format!("<div class=\"verdict {class}\">"));
            assert!(answer.is_some_and(|at| at > verdict), "no banner {class}:\n{html}");
        }
    };
    banner(&report, "complete");
    report.scope.as_mut().expect("there is one").undecided.push(not_read(0..1));
    banner(&report, "unknown");
    report.findings.push(Finding::remark(Code::Limit, message!("gap-no-records")).gap());
    banner(&report, "gaps");
}

#[test]
fn a_page_of_several_archives_shows_the_answer_of_each_that_has_one() {
    let (asked, not_asked) = (with_profile(), proven());
    let summary = |reports: [&Report; 2], language| {
        let document = Document::new(Command::RestoreTest, MADE, language);
        let document = reports.into_iter().fold(document, Document::report);
        let mut parts = document.summary().expect("there are several").sections;
        let Content::Table(table) = parts.remove(0).blocks.remove(0).content else {
            panic!("the summary is a table")
        };
        table
    };
    for (language, words) in
        Language::ALL.into_iter().zip([["Completeness", "complete"], ["完整性", "完整"]])
    {
        let table = summary([&asked, &not_asked], language);
        assert_eq!(table.columns[2].title, words[0]);
        let cells = table.rows.iter().map(|row| format!("{:?}", row[2]));
        let has_word: Vec<_> = cells.map(|cell| cell.contains(words[1])).collect();
        assert_eq!(has_word, [true, false]);
        let titles = summary([&not_asked, &not_asked], language).columns.into_iter();
        assert!(titles.map(|column| column.title).all(|title| title != words[0]));
    }
}

#[test]
fn gaps_are_listed_before_other_findings() {
    let mut report = with_profile();
    report.findings = vec![
        Finding::remark(Code::Limit, "an ordinary note"),
        Finding::failure(Code::Limit, "an ordinary failure"),
        Finding::failure(Code::Limit, "a failure that is a gap").gap(),
        Finding::remark(Code::Limit, "a note that is a gap").gap(),
    ];
    report.prove(Extent::Restored);
    assert_eq!(report.verdict(), Some(Verdict::Failed));
    let seen = text(&page(&report, Language::English));
    let order = [
        "a note that is a gap",
        "a failure that is a gap",
        "an ordinary failure",
        "an ordinary note",
    ];
    let places: Vec<_> = order.map(|one| seen.find(one)).into();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}:\n{seen}");
}

#[test]
fn a_page_names_everything_that_is_not_decided() {
    let mut report = with_profile();
    report.scope.as_mut().expect("there is one").undecided.push(not_read(0..900));
    let html = page(&report, Language::English);
    let missing = (0..900).find(|at| !html.contains(&format!("<bdi>name-{at}.x</bdi>")));
    assert_eq!(missing, None, "a name is left out");
    assert!(html.contains("and 895 more"), "a terminal does not show how many there are");
}

#[test]
fn a_page_shows_the_profile_and_every_pattern_that_was_recognised() {
    let mut report = with_profile();
    let profile = report.scope.as_mut().and_then(|scope| scope.profile.as_mut());
    let by = &mut profile.expect("there is one").recognised_by;
    by.extend((0..40).map(|at| RecognisedBy {
        pattern: format!("folder-{at}/*.csv"),
        first: format!("folder-{at}/a.csv"),
        count: 2,
    }));
    let seen = text(&page(&report, Language::English));
    for part in ["Some CRM", "(some-crm)", "data/*.csv: data/accounts.csv (7)", "rows-per-file"] {
        assert!(seen.contains(part), "{part:?} is missing:\n{seen}");
    }
    let missing = (0..40).find(|at| !seen.contains(&format!("folder-{at}/*.csv: ")));
    assert_eq!(missing, None, "a pattern is left out");
    report.scope = Some(Scope::default());
    let seen = text(&page(&report, Language::English));
    assert!(seen.contains("No profile was used."), "{seen}");
}
