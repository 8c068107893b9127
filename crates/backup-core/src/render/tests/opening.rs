//! Tests of what is shown next to the verdict, and of how a run can be repeated.

use super::*;
use crate::i18n::message;

/// The text of a page before its parts.
fn opening(html: &str) -> (&str, String) {
    let (begins, _) = html.split_once("<nav").unwrap_or((html, ""));
    (begins, text(begins))
}

fn compared(equal: bool) -> AgainstReport {
    AgainstReport {
        table: "accounts".into(),
        equal,
        other_order: false,
        only_in: None,
        columns: None,
        added: (!equal).then_some(2),
        removed: None,
        changed: None,
        by_key: true,
    }
}

#[test]
fn an_error_has_its_message_and_its_hint_in_the_language_of_the_page() {
    for refused in [false, true] {
        let page = Document::new(Command::RestoreTest, MADE, Language::Chinese);
        let (message, hint) = ("无法读取 key.txt：找不到文件或文件夹", Some("请检查名称。"));
        let html = page.error("crm.age", refused, message, hint, None).html();
        well_formed(&html);
        let seen = text(&html);
        for part in [message, "建议：请检查名称。"] {
            assert!(seen.contains(part), "{part} is missing:\n{seen}");
        }
    }
}

#[test]
fn the_comparison_with_the_source_is_shown_beside_the_verdict() {
    let mut report = proven();
    report.results.checks.push(Check { kind: CheckKind::Sources, count: 1 });
    report.results.against = vec![compared(true)];
    let check = |report: &Report, english: &str, chinese: &str, link: &str| {
        for (language, part) in [(Language::English, english), (Language::Chinese, chinese)] {
            let html = page(report, language);
            let (begins, seen) = opening(&html);
            assert!(seen.contains(part), "{part:?} is not beside the verdict:\n{seen}");
            assert!(begins.contains(&format!("href=\"#{link}\"")), "no link to {link}");
            assert_eq!(html.matches(&format!("id=\"{link}\"")).count(), 1, "no place {link}");
        }
    };
    let equal = "The current source is equal to the archive.";
    check(&report, equal, "数据源的当前状态与归档一致。", "against");
    report.results.against.push(compared(false));
    let differs = Finding::remark(Code::Against, "it differs").table("accounts");
    report.findings = vec![differs];
    let moved = "The current source differs from the archive in 1 place.";
    check(&report, moved, "数据源的当前状态与归档有 1 处差异。", "against");
    report.skipped.push(SkippedCheck::part(
        CheckKind::Sources,
        message!("skipped-other-columns", table = "a"),
    ));
    check(&report, moved, "数据源的当前状态与归档有 1 处差异。", "against");
    report.findings[0] = Finding::remark(Code::Against, "file a").path("a");
    check(&report, moved, "数据源的当前状态与归档有 1 处差异。", "findings");
    report.findings.clear();
    let part = "The compared parts of the current source are equal to the archive.";
    check(&report, part, "已比对的部分与归档一致。", "against");
    let without = page(&proven(), Language::English);
    assert!(
        !opening(&without).1.contains("current source is equal"),
        "what nobody compared is equal"
    );
}

#[test]
fn remarks_are_counted_beside_the_verdict() {
    let mut report = proven();
    for (number, part) in [(1, "1 note on the data"), (2, "2 notes on the data")] {
        report.findings.push(Finding::remark(Code::Key, "a key is repeated"));
        let html = page(&report, Language::English);
        let (begins, seen) = opening(&html);
        assert!(seen.contains(part), "{number} are not counted:\n{seen}");
        assert!(begins.contains("href=\"#notes\"") && html.contains("id=\"notes\""));
    }
    report.findings.push(Finding::remark(Code::History, "unknown to the history"));
    let seen = text(&page(&report, Language::Chinese));
    assert!(seen.contains("2 条关于数据的说明，1 条关于归档的说明"), "{seen}");
    let seen = text(&page(&proven(), Language::English));
    assert!(!seen.contains("note on"), "there are none:\n{seen}");
}

#[test]
fn the_command_that_repeats_a_run_has_no_names_of_people() {
    let mut report = proven();
    let people = ["--history", "h.jsonl", "--operator", "Wei", "--ticket", "OPS-7"];
    let arguments = ["restore-test", "crm.age", "-i", "key.txt"].into_iter().chain(people);
    let repeated = ["restore-test", "crm.age", "-i", "key.txt"];
    report.run.request = Some(Run::new(arguments).repeat(repeated).operator("Wei").ticket("OPS-7"));
    let html = page(&report, Language::English);
    let (before, by_hand) = html.split_once("id=\"by-hand\"").expect("how to repeat it");
    assert!(text(before).contains("--history h.jsonl"), "the command of the run is not whole");
    for never in ["h.jsonl", "Wei", "OPS-7"] {
        assert!(!by_hand.contains(never), "{never} is to be repeated:\n{by_hand}");
    }
    assert!(by_hand.contains("crm-backup restore-test crm.age -i key.txt"), "{by_hand}");
    assert!(by_hand.contains("are omitted"), "nobody is told:\n{by_hand}");
}

#[test]
fn a_table_whose_folder_has_another_name_says_its_folder() {
    let mut report = proven();
    let in_folder = |name: &str, folder: &str| {
        let folder = Some(format!("data/tables/{folder}"));
        TableReport { folder, ..table(name) }
    };
    report.contents.tables =
        vec![in_folder("Accounts", "0001-accounts"), in_folder("产品", "0003-table")];
    let html = page(&report, Language::English);
    assert!(html.contains("Folder: <code>data/tables/0003-table</code>"), "{html}");
    assert!(!html.contains("0001-accounts"), "what the name shows is said again:\n{html}");
}

#[test]
fn a_database_on_a_server_is_shown_with_its_version_and_moment_and_no_size() {
    let mut report = proven();
    let details = [
        ("address", "db.example.com:3306"),
        ("server", "10.11.6-MariaDB"),
        ("snapshot", "2026-11-30T08:00:00Z"),
    ];
    let details = details.map(|(key, value)| (key.to_owned(), value.into()));
    report.contents.sources = vec![SourceMetadata {
        kind: "mysql".into(),
        details: details.into_iter().collect(),
        ..SourceMetadata::api("crm")
    }];
    report.run.scratch = Some(ScratchServer::new("PostgreSQL", "15.14", "127.0.0.1:5433"));
    let seen = text(&page(&report, Language::English));
    let source = "MariaDB 10.11.6-MariaDB at db.example.com:3306, as of 2026-11-30T08:00:00Z";
    assert!(seen.contains(source), "{seen}");
    assert!(seen.contains("PostgreSQL 15.14 at 127.0.0.1:5433"), "{seen}");
    assert!(text(&page(&report, Language::Chinese)).contains("位于 127.0.0.1:5433"));
    let json = serde_json::to_value(&report.contents.sources[0]).expect("JSON");
    assert!(json.get("bytes").is_none() && json.get("sha256").is_none(), "{json}");
    let old = r#"{"name":"crm","kind":"api","bytes":0,"sha256":"HASH","original":{"lost":"so"}}"#;
    let old = old.replace("HASH", &Digest::of(b"").to_string());
    let old: SourceMetadata = serde_json::from_str(&old).expect("it is read");
    assert_eq!(old.bytes, Some(0));
}
