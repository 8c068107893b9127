//! Tests of small pages, and properties of every page.

use std::time::Duration;

use super::verdicts::meaning;
use super::{Document, Language, outcome_word};
use crate::command::{Command, Step};
use crate::finding::{Code, Finding};
use crate::history::{Entry, RunKind};
use crate::limits::Limits;
use crate::model::{
    AgainstReport, FileReport, LedgerEntry, RecoveryMethod, Role, Run, ScratchServer,
    SourceMetadata, TableReport,
};
use crate::outcome::{Check, CheckKind, SkippedCheck};
use crate::record::Digest;
use crate::report::{Extent, Report, RunOutcome, Verdict};

mod completeness;
mod opening;

const MADE: &str = "2026-01-02T03:04:05.678Z";

/// Elements that have no end tag.
const VOID: [&str; 1] = ["meta"];

fn digest() -> Digest {
    "ab".repeat(32).parse().expect("64 hexadecimal digits are a digest")
}

fn table(name: &str) -> TableReport {
    TableReport {
        name: name.into(),
        rows: 1234,
        digest: digest(),
        columns: 5,
        bytes: 6789,
        parts: 1,
        source: None,
        sheet: None,
        folder: None,
        nulls: Vec::new(),
    }
}

/// A report of a restore-test without failures.
fn proven() -> Report {
    let mut report = unproven();
    report.prove(Extent::Restored);
    report
}

/// The same report without a proof.
fn unproven() -> Report {
    let mut report = Report::new(Command::RestoreTest);
    report.archive.name = Some("crm.tar.zst.age".into());
    report.archive.bytes = Some(1_048_576);
    report.archive.id = Some(digest());
    report.archive.content_id = Some(digest());
    report.archive.created = Some("2025-12-31T23:59:59Z".into());
    report.results.checks = vec![Check { kind: CheckKind::Records, count: 1234 }];
    report.contents.tables = vec![table("accounts")];
    report.contents.files = vec![FileReport {
        path: "contract.pdf".into(),
        bytes: 10,
        sha256: digest(),
        modified: None,
        role: Role::Attachment,
        within: None,
    }];
    report.contents.sources = vec![SourceMetadata {
        name: "accounts.csv".into(),
        kind: "stdin".into(),
        bytes: Some(10),
        sha256: Some(digest()),
        modified: None,
        original: RecoveryMethod::Lost("it was a stream".into()),
        details: serde_json::Map::new(),
    }];
    report.contents.ledger = vec![LedgerEntry::new("blank-lines", "blank lines are not stored")];
    report.run.timings =
        vec![(Step::Restore, Duration::from_secs(2)), (Step::Prove, Duration::from_secs(1))];
    report
}

fn page(report: &Report, language: Language) -> String {
    let html = Document::new(report.command, MADE, language).report(report).html();
    well_formed(&html);
    html
}

/// A restore-test in a history.
fn test(when: &str, archive: &str, seconds: Option<u64>, verdict: RunOutcome) -> Entry {
    let when: jiff::Timestamp = when.parse().expect("it is a time");
    Entry {
        version: 1,
        what: RunKind::RestoreTest,
        when: when.into(),
        archive: archive.into(),
        folder: None,
        archive_id: None,
        content_id: None,
        verdict,
        seconds: seconds.map(|took| ("restore".into(), took as f64)).into_iter().collect(),
        records: None,
        tables: None,
        files: None,
        shrunk: None,
        sealed_bytes: None,
        tool: crate::model::TOOL.into(),
        opened_by: None,
        operator: None,
        reviewer: None,
        ticket: Some(archive.into()),
        previous: digest(),
    }
}

/// Checks that every element is closed in order, and that nothing is loaded or executed.
fn well_formed(html: &str) {
    for never in ["http:", "https:", "<script", "src=", "@import", "url(", "<link", "<iframe"] {
        assert!(!html.contains(never), "the page has {never}");
    }
    assert!(html.starts_with(Document::PAGE_BEGINS), "it is not known for a page");
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html[Document::PAGE_BEGINS.len()..].trim_start();
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').map(|end| start + end).expect("a tag has an end");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "</{closed}> closes another, at:\n{rest}");
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
        if name == "style" && !tag.starts_with('/') {
            let end = rest.find("</style>").expect("the style has an end");
            rest = &rest[end..];
        }
    }
    assert!(open.is_empty(), "these are not closed: {open:?}");
    assert!(!html.contains('\u{202e}'), "text may turn the direction of reading");
}

/// The text of a page, without its markup.
fn text(html: &str) -> String {
    let body = html.split_once("<body>").expect("there is a body").1;
    let mut text = String::new();
    for piece in body.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    text
}

#[test]
fn a_proven_page_shows_what_an_auditor_needs() {
    let report = proven();
    let html = page(&report, Language::English);
    let seen = text(&html);
    let id = digest().to_string();
    for part in [
        "Report of a restore-test",
        "proven",
        "Loaded into a database and read back: every cell and file is identical to the export.",
        "records read",
        "All requested checks ran.",
        "The current source",
        "2025-12-31 23:59:59 UTC",
        "2026-01-02 03:04:05 UTC",
        "(1.0 MiB, 1,048,576 B)",
        "1 table, 1,234 records",
        "contract.pdf",
        "not possible",
        "blank lines are not stored",
        "None: the checks found nothing wrong",
        "2.00 s",
        "age -d -i key.txt crm.tar.zst.age | zstd -d | tar x -C opened --strip-components=1",
        "sha256sum -c crm.tar.zst.age.sha256",
        crate::model::TOOL,
        &id,
    ] {
        assert!(seen.contains(part), "{part:?} is missing:\n{seen}");
    }
    assert!(!seen.contains("own manifest"), "a proven page says that it is unconfirmed:\n{seen}");
    let attention = ["findings", "skipped", "not-covered"];
    let rest = ["identity", "run", "tables", "files", "sources", "ledger", "checked", "by-hand"];
    let order = attention.into_iter().chain(rest);
    let places: Vec<_> = order.map(|id| html.find(&format!("id=\"{id}\""))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "the order: {places:?}");
}

#[test]
fn each_verdict_has_a_sentence_in_each_language() {
    let with = |extent, change: fn(&mut Report)| {
        let mut report = proven();
        change(&mut report);
        report.prove(extent);
        report
    };
    let cases = [
        (
            with(Extent::Restored, |_| ()),
            Verdict::Proven,
            "Loaded into a database and read back: every cell and file is identical to the export.",
            "已载入数据库并重新读出：每个单元格和文件都与导出时一致。",
        ),
        (
            with(Extent::Archive, |report| report.command = Command::Verify),
            Verdict::Proven,
            "Every byte, digest and count is as it was written.",
            "每个字节、摘要和计数都与写出时一致。",
        ),
        (
            with(Extent::Archive, |report| report.command = Command::Export),
            Verdict::Proven,
            "Read back from the disk: every byte, digest and count is as it was written.",
            "已从磁盘重新读出：每个字节、摘要和计数都与写出时一致。",
        ),
        (
            with(Extent::Sealed, |report| report.archive.content_id = None),
            Verdict::Intact,
            "The encrypted file is unchanged since it was written. Its contents were not checked.",
            "加密文件自写出以来未改动；未检查其中内容。",
        ),
        (
            with(Extent::Archive, |report| report.skipped.push(SkippedCheck::Age)),
            Verdict::Unverified,
            "No failure was found, but not all checks ran.",
            "未发现问题，但并非所有内容都已检查。",
        ),
        (
            with(Extent::Archive, |report| {
                report.findings.push(Finding::failure(Code::Seal, "it was changed"));
            }),
            Verdict::Failed,
            "A check failed; see the findings.",
            "存在问题；具体见发现事项。",
        ),
    ];
    for (report, verdict, english, chinese) in cases {
        assert_eq!(report.verdict(), Some(verdict), "the case is another");
        for (language, sentence) in [(Language::English, english), (Language::Chinese, chinese)] {
            assert_eq!(meaning(&report, verdict, language), sentence, "{verdict}, {language:?}");
            let seen = text(&page(&report, language));
            assert!(seen.contains(sentence), "{sentence} is not on the page:\n{seen}");
            assert!(
                seen.contains(&outcome_word(verdict.into(), language)),
                "the word is not on the page:\n{seen}"
            );
        }
    }
}

#[test]
fn a_failed_page_shows_its_findings_and_an_unverified_one_its_reason() {
    let mut report = Report::new(Command::Verify);
    report.archive.name = Some("crm.tar.zst.age".into());
    report.findings.push(Finding::remark(Code::Source, "a remark"));
    report.findings.push(
        Finding::failure(Code::TableRows, "another number of records")
            .table("合同")
            .expected("1700", "1699"),
    );
    let seen = text(&page(&report, Language::English));
    for part in ["1 failure", "table 合同: another number of records", "1700", "1699"] {
        assert!(seen.contains(part), "{part:?} is missing:\n{seen}");
    }
    assert!(seen.contains("may have stopped at the failure"), "it says it saw all:\n{seen}");
    assert!(!seen.contains("All requested checks"), "it says it saw all:\n{seen}");
    assert!(seen.find("Failures") < seen.find("Notes"), "remarks come first:\n{seen}");
    let seen = text(&page(&report, Language::Chinese));
    let part = "表 合同：another number of records";
    assert!(seen.contains(part), "an embedder's text is in another language:\n{seen}");

    let mut report = unproven();
    report.skipped.push(SkippedCheck::ReadBack);
    let seen = text(&page(&report, Language::English));
    assert!(seen.contains("the archive was not read back from disk"), "no reason:\n{seen}");
    assert!(seen.contains("own manifest"), "an unproven page does not say so:\n{seen}");
    let seen = text(&page(&report, Language::Chinese));
    assert!(seen.contains("归档写出后未从磁盘读回"), "no reason:\n{seen}");
}

#[test]
fn hostile_names_are_escaped() {
    let odd = [
        "<script>alert(1)</script>",
        "\"'><img src=x onerror=alert(1)>",
        "a\nb\r\t\0\u{1b}[31m",
        "invoice\u{202e}gpj.exe",
        "</bdi></td></table></main></html>",
        "&lt;&#0;",
    ];
    let long = "好".repeat(70_000);
    for name in odd.into_iter().chain([long.as_str()]) {
        let mut report = proven();
        report.archive.name = Some(name.into());
        report.archive.created = Some(name.into());
        report.contents.tables = vec![table(name)];
        report.contents.files[0].path = name.into();
        report.contents.sources[0].name = name.into();
        report.contents.sources[0].kind = name.into();
        report.contents.ledger = vec![LedgerEntry::new(name, name).table(name)];
        report.run.written = vec![name.into()];
        report.run.removed = vec![name.into()];
        report.skipped = vec![SkippedCheck::part(
            CheckKind::Originals,
            crate::i18n::message!("skipped-not-rebuilt", source = name),
        )];
        report.findings = vec![
            Finding::failure(Code::Against, name).table(name).path(name).expected(name, name),
            Finding::remark(Code::Source, name),
        ];
        for language in Language::ALL {
            let run = Run::new([name]).operator(name).reviewer(name).ticket(name);
            report.run.request = Some(run.clone());
            let html = Document::new(Command::Verify, name, language)
                .report(&report)
                .error(name, false, name, Some(name), Some(&run))
                .with_history(&[test(MADE, name, Some(1), RunOutcome::Failed)])
                .html();
            // In escaped text, an attribute is harmless. This checks for a real one.
            well_formed(&html.replace("src=x", ""));
            assert!(!html.contains("<img"), "a name became an element");
            assert!(html.len() < 200_000, "a long name is shown whole");
        }
    }
}

#[test]
fn a_page_of_several_archives_counts_the_worst_verdict_first() {
    let (good, archive) = (proven(), "other.tar.zst.age");
    let html = Document::new(Command::RestoreTest, MADE, Language::English)
        .report(&good)
        .error(archive, false, "cannot open it", Some("Check the name."), None)
        .error("third", true, "it was refused", None, None)
        .html();
    well_formed(&html);
    let seen = text(&html);
    let begins = seen.split("All archives").next().unwrap_or_default();
    assert!(begins.contains("3 archives: 1 failed, 1 no verdict (error), 1 proven"), "{begins}");
    for part in
        ["cannot open it", "Check the name.", "does not show whether the archive can be restored"]
    {
        assert!(seen.contains(part), "{part:?} is missing:\n{seen}");
    }
    for id in ["archive-1", "archive-3", "a1-tables"] {
        assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "the anchor {id}");
    }
}

#[test]
fn the_restore_times_of_earlier_tests_are_shown() {
    let report = proven();
    let with = |tests: &[Entry]| {
        let document = Document::new(Command::RestoreTest, MADE, Language::English);
        let html = document.report(&report).with_history(tests).html();
        well_formed(&html);
        html
    };
    let archive = "crm.tar.zst.age";
    let html = with(&[
        test("2025-06-01T00:00:00Z", archive, Some(60), RunOutcome::Proven),
        test("2025-09-01T00:00:00Z", archive, None, RunOutcome::Error),
    ]);
    for part in [
        "<svg class=\"drills\"",
        "role=\"img\"",
        "2025-06-01 00:00",
        "The tallest bar is 60 s",
        "no verdict (error)",
    ] {
        assert!(html.contains(part), "{part:?} is missing");
    }
    let day = |day: i64| {
        let when: jiff::Timestamp = MADE.parse().expect("it is a time");
        (when + Duration::from_secs(86_400) * day as u32).to_string()
    };
    let many = (0..150).map(|index| test(&day(index), archive, Some(1), RunOutcome::Proven));
    let html = with(&many.collect::<Vec<_>>());
    let seen = text(&html);
    assert!(seen.contains("50 earlier restore-tests are not shown here"), "{seen}");
    let shown = |index| seen.contains(&day(index)[..10]);
    assert!(!shown(49) && shown(50) && shown(149), "the last ones are to be shown");
    let without = page(&report, Language::English);
    assert!(!without.contains("id=\"history\""), "an empty history has a place");
}

#[test]
fn colour_is_never_alone_and_headers_have_their_scope() {
    let html = page(&proven(), Language::English);
    assert_eq!(
        html.matches("<th").count() - html.matches("<thead").count(),
        html.matches("<th scope=").count(),
        "a header without its scope"
    );
    assert!(html.contains("<svg class=\"mark\""), "the verdict has no mark of its own form");
    assert!(html.contains("<html lang=\"en\">"), "the language is not said");
    assert!(page(&proven(), Language::Chinese).contains("<html lang=\"zh-CN\">"));
}

#[test]
fn a_page_has_all_that_is_needed_to_repeat_the_run() {
    let id = digest().to_string();
    let mut report = proven();
    let arguments = ["restore-test", "my crm.age", "--expect-id", &id, "--max-age", "90d"];
    let more = ["--max-restore-time", "1s", "--against", "crm-export", "-i", "key.txt"];
    let run = Run::new(arguments.into_iter().chain(more));
    report.run.request = Some(run.operator("Wei").reviewer("Osei").ticket("OPS-7"));
    report.archive.expected_id = Some(digest());
    report.results.checks.push(Check { kind: CheckKind::ExpectedId, count: 1 });
    let day = Duration::from_secs(24 * 60 * 60);
    let created: jiff::Timestamp = "2025-12-31T23:59:59Z".parse().expect("it is a time");
    let now = std::time::SystemTime::from(created) + day * 3;
    Limits::default()
        .max_age(day * 90)
        .max_restore_time(Duration::from_secs(1))
        .now(now)
        .check(&mut report);
    let html = page(&report, Language::English);
    let seen = text(&html);
    let platform = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    for part in [
        "crm-backup restore-test 'my crm.age' \\",
        "--max-restore-time 1s \\",
        "--against crm-export \\",
        "checked: equal",
        "age of the archive",
        "90 d",
        "3 d",
        "restore time",
        "2 s",
        "Run by",
        "Wei",
        "Osei",
        "OPS-7",
        &platform,
    ] {
        assert!(seen.contains(part), "{part:?} is missing:\n{seen}");
    }
    let again = seen.split_once("in the same folder (");
    let (_, last) = again.expect("the same test again");
    assert!(last.contains("--max-age 90d"), "the test that is to be repeated is another:\n{last}");
    let seen = text(&page(&report, Language::Chinese));
    for part in ["运行方式", "操作人", "已核对：一致", "归档的存在时间", "--max-age 90d"]
    {
        assert!(seen.contains(part), "{part:?} is missing:\n{seen}");
    }
    report.results.checks.clear();
    let seen = text(&page(&report, Language::English));
    assert!(!seen.contains("checked: equal"), "an unchecked id is shown as equal:\n{seen}");
}

#[test]
fn an_error_is_no_verdict_in_each_language() {
    let run = Run::new(["restore-test", "crm.age", "-i", "key.txt"]);
    let cases = [
        (Language::English, ["no verdict (error)", "The test could not be carried out"]),
        (Language::Chinese, ["没有结论（error）", "测试未能进行，因此没有结论"]),
    ];
    for (language, parts) in cases {
        let page = Document::new(Command::RestoreTest, MADE, language);
        let html = page.error("crm.age", false, "no such file", None, Some(&run)).html();
        well_formed(&html);
        let seen = text(&html);
        for part in parts.into_iter().chain(["no such file", "restore-test crm.age -i key.txt"]) {
            assert!(seen.contains(part), "{part:?} is missing:\n{seen}");
        }
        let unverified = outcome_word(RunOutcome::Unverified, language);
        assert!(!seen.contains(&unverified), "an error has the verdict {unverified}:\n{seen}");
    }
}

#[test]
fn tables_with_failures_come_first_and_are_linked_from_the_verdict() {
    let mut report = proven();
    report.contents.tables = (0..300).map(|index| table(&format!("table_{index}"))).collect();
    let wrong = |name: &str| Finding::failure(Code::TableRows, "it differs").table(name);
    report.findings = vec![wrong("table_200"), wrong("table_200"), wrong("table_299")];
    let html = page(&report, Language::English);
    let (begins, rest) = html.split_once("<nav").expect("the parts are named");
    let seen = text(begins);
    for part in ["2 tables have findings: table_200, table_299", "3 failures"] {
        assert!(seen.contains(part), "{part:?} is not beside the verdict:\n{seen}");
    }
    for anchor in ["finding-1", "finding-3"] {
        assert!(begins.contains(&format!("href=\"#{anchor}\"")), "no link to {anchor}:\n{begins}");
        assert!(rest.contains(&format!("id=\"{anchor}\"")), "there is no {anchor}");
    }
    let tables = rest.split_once("id=\"tables\"").expect("there are tables").1;
    let places =
        ["table_200<", "table_299<", "table_0<", "table_298<"].map(|name| tables.find(name));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "the order: {places:?}");
    for link in html.split("href=\"#").skip(1) {
        let anchor = link.split('"').next().unwrap_or_default();
        assert_eq!(html.matches(&format!("id=\"{anchor}\"")).count(), 1, "the anchor {anchor}");
    }
}

#[test]
fn a_page_limits_the_findings_that_it_shows_and_counts_all() {
    let mut report = proven();
    let wrong = |index| {
        Finding::failure(Code::Total, "another sum").table(format!("t{index}")).expected("1", "2")
    };
    report.findings = (0..10_000).map(wrong).collect();
    for (language, part) in [
        (Language::English, "… 9,000 more are not shown here"),
        (Language::Chinese, "… 9,000 项未在此列出"),
    ] {
        let html = page(&report, language);
        assert!(text(&html).contains(part), "nobody is told what is left out");
        assert!(text(&html).contains("10,000"), "they are not counted");
        assert!(html.len() < 600_000, "the page has {} bytes", html.len());
    }
    report.findings.truncate(1001);
    let seen = text(&page(&report, Language::English));
    assert!(seen.contains("… 1 more is not shown here"), "one is several");
}

#[test]
fn cells_of_wide_tables_have_labels_for_narrow_screens() {
    let html = page(&proven(), Language::Chinese);
    for label in ["记录数", "列数", "大小", "SHA-256"] {
        assert!(html.contains(&format!("data-label=\"{label}\"")), "no cell says {label}");
    }
    let cards = html.matches("<table class=\"cards\">").count();
    let plain = html.matches("<table>").count();
    assert!(cards >= 3 && plain >= 2, "{cards} tables of many columns, {plain} of few");
    let row = html.split("<table>").nth(1).and_then(|rest| rest.split("</table>").next());
    assert!(!row.expect("a table of few columns").contains("data-label"), "bytes for nothing");
}
