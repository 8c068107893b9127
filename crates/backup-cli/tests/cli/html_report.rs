//! The HTML report that `--report` writes, and its language.

use serde_json::Value;

use crate::workspace::{RunResult, Workspace, fixture};

const TEST: [&str; 4] = ["restore-test", "crm.tar.zst.age", "-i", "key.txt"];
const PAGE: [&str; 2] = ["--report", "page.html"];

fn page(workspace: &Workspace) -> String {
    let html = String::from_utf8(workspace.read("page.html")).expect("a page is UTF-8");
    assert!(html.starts_with("<!DOCTYPE html>\n"), "it is not an HTML report:\n{html}");
    assert!(html.ends_with("</html>\n"), "it is truncated:\n{html}");
    for never in ["http:", "https:", "<script", "src="] {
        assert!(!html.contains(never), "the report contains {never}");
    }
    html
}

/// Fails unless the HTML report contains these texts.
fn assert_shows(workspace: &Workspace, texts: &[&str]) {
    let html = page(workspace);
    for text in texts {
        assert!(html.contains(text), "{text:?} is not in the report:\n{html}");
    }
}

fn damage(workspace: &Workspace) {
    let mut bytes = workspace.read("crm.tar.zst.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    workspace.write("crm.tar.zst.age", bytes);
}

#[test]
fn export_verify_and_restore_test_write_an_html_report() {
    let workspace = Workspace::new();
    let csv = fixture("csv-utf8");
    workspace.export("crm.tar.zst.age", &[&[csv.as_str()], &PAGE[..]].concat()).expect_exit(0);
    assert_shows(
        &workspace,
        &["Report of an export", "Read back from the disk", "accounts", "by-hand"],
    );
    let verify = ["verify", "crm.tar.zst.age"];
    let result =
        workspace.run(&[&verify[..], &["-i", "key.txt", "--json"], &PAGE].concat()).expect_exit(0);
    let id = result.json()["content_id"].as_str().expect("there is a content id").to_owned();
    assert_shows(&workspace, &["Report of a verification", "Every byte, digest and count", &id]);
    workspace.run(&[&verify[..], &["--sealed"], &PAGE].concat()).expect_exit(0);
    assert_shows(
        &workspace,
        &["intact", "Its contents were not checked", "the archive was not opened"],
    );
    let result = workspace.run(&[&TEST[..], &PAGE].concat()).expect_exit(0);
    assert_shows(&workspace, &["Report of a restore-test", "Loaded into a database and read back"]);
    assert!(
        result.stderr.contains("Report: page.html"),
        "the path of the report is not printed:\n{}",
        result.stderr
    );
    let names = workspace.names();
    assert_eq!(names.len(), 5, "a draft is left, or another file: {names:?}");
}

#[test]
fn an_html_report_is_written_for_every_outcome() {
    let workspace = Workspace::with_archive();
    workspace.run(&[&TEST[..], &PAGE].concat()).expect_exit(0);
    let error = ["restore-test", "crm.tar.zst.age", "-i", "nowhere.txt"];
    workspace.run(&[&error[..], &PAGE].concat()).expect_exit(1);
    assert_shows(
        &workspace,
        &["no verdict (error)", "nowhere.txt", "The test could not be carried out"],
    );
    let unverified = "class=\"verdict unverified\"";
    assert!(!page(&workspace).contains(unverified), "an error is shown as a verdict");
    assert!(
        !page(&workspace).contains("Loaded into a database"),
        "the report of an earlier run is left"
    );

    workspace.write("src/broken.xlsx", "this is no workbook");
    let args = [&["src", "--force"], &PAGE[..]].concat();
    workspace.export("odd.tar.zst.age", &args).expect_exit(4);
    assert_shows(&workspace, &["unverified", "neither a success nor a failure", "broken.xlsx"]);
    workspace.run(&["restore-test", "odd.tar.zst.age", "-i", "key.txt", "--report", "page.html"]);
    let reason = "broken.xlsx: the export could not read it as a table";
    assert_shows(&workspace, &["unverified", reason]);

    damage(&workspace);
    let several = ["verify", "crm.tar.zst.age", "odd.tar.zst.age", "nowhere.age", "-i", "key.txt"];
    workspace.run(&[&several[..], &PAGE].concat()).expect_exit(3);
    assert_shows(&workspace, &["All archives", "href=\"#archive-3\"", "cannot open nowhere.age"]);
    workspace.run(&[&TEST[..], &PAGE].concat()).expect_exit(3);
    assert_shows(
        &workspace,
        &["failed", "Do not rely on this archive", "1 failure", "is truncated"],
    );
}

#[test]
fn the_html_and_json_reports_record_the_options_of_the_run() {
    let workspace = Workspace::with_archive();
    workspace.write("my totals.csv", "table,rows\naccounts,40\n");
    let id = workspace.run(&[&TEST[..], &["--json"]].concat()).expect_exit(0).json()["content_id"]
        .clone();
    let id = id.as_str().expect("there is a content id").to_owned();
    let options: [&[&str]; 5] = [
        &["--expect-id", &id],
        &["--expect", "my totals.csv"],
        &["--max-age", "90d", "--max-restore-time", "4h"],
        &["--no-keys", "--scratch", "memory"],
        &["--history", "h.jsonl", "--operator", "Wei", "--reviewer", "Osei", "--ticket", "OPS-7"],
    ];
    let options = options.concat();
    let shown = ["--json", "--report", "page.html", "--lang", "en", "--metrics", "m.prom"];
    let document = workspace.run(&[&TEST[..], &options, &shown].concat()).expect_exit(0).json();
    for text in ["--expect 'my totals.csv'", "checked: equal", "OPS-7", "90 d"] {
        assert!(page(&workspace).contains(text), "{text:?} is not in the report");
    }
    assert_eq!(document["expected_id"], id.as_str());
    for table in document["tables"].as_array().expect("there are tables") {
        let name = table["name"].as_str().expect("a name");
        let folder = table["folder"].as_str().expect("the archive has a folder of it");
        let named = folder.starts_with("data/tables/") && folder.ends_with(&format!("-{name}"));
        assert!(named, "{name} is in {folder}");
    }
    let limits = document["limits"].as_array().expect("there are limits");
    let checked_limits: Vec<_> = limits.iter().map(|one| (&one["what"], &one["holds"])).collect();
    assert_eq!(
        checked_limits,
        [(&"age".into(), &true.into()), (&"restore-time".into(), &true.into())]
    );
    assert_eq!(limits[0]["limit_seconds"], 90.0 * 86_400.0);
    let run = &document["run"];
    let people = ["operator", "reviewer", "ticket"].map(|name| &run[name]);
    assert_eq!(people, ["Wei", "Osei", "OPS-7"]);
    let arguments = run["arguments"].as_array().expect("there are arguments").iter();
    let arguments: Vec<&str> = arguments.filter_map(Value::as_str).collect();
    for argument in &options {
        assert!(arguments.contains(argument), "{argument} is missing: {arguments:?}");
    }
    assert_eq!(
        arguments,
        [&TEST[..], &options, &shown].concat(),
        "the arguments differ from those given"
    );
    let again = workspace.run(&arguments).expect_exit(0).json();
    assert_eq!(again["run"], *run, "the command to repeat differs from the run");

    let other = "0".repeat(64);
    let args = [&TEST[..], &["--expect-id", &other, "--max-age", "0s"], &PAGE].concat();
    workspace.run(&args).expect_exit(3);
    assert_shows(&workspace, &["checked: different", &other]);
}

#[test]
fn an_html_report_replaces_only_an_html_report() {
    let workspace = Workspace::with_archive();
    workspace.write("empty.html", "");
    workspace.run(&[&TEST[..], &["--report", "empty.html"]].concat()).expect_exit(0);
    let key = workspace.read("key.txt");
    let csv = fixture("csv-utf8");
    for file in ["key.txt", "crm.tar.zst.age.sha256", "crm.README.txt"] {
        let was = workspace.read(file);
        let result = workspace.run(&[&TEST[..], &["--report", file]].concat()).expect_exit(1);
        result.fails_with("is not a report");
        assert_eq!(workspace.read(file), was, "{file} was replaced");
    }
    for path in ["crm.tar.zst.age", ".", "-"] {
        workspace
            .run(&[&TEST[..], &["--report", path]].concat())
            .expect_exit(2)
            .fails_with("not the name");
    }
    for path in ["new.age", "nowhere/page.html", "key.txt"] {
        let result = workspace.export("new.age", &[&csv, "--report", path]);
        assert!(matches!(result.exit, 1 | 2), "--report {path}: {}", result.stderr);
        assert!(
            !workspace.path("new.age").exists(),
            "--report {path} is refused only after the work"
        );
    }
    let result = workspace.export("new.age", &[&csv, "--report", "new.age.sha256"]).expect_exit(4);
    result
        .fails_with("the page was not written: new.age.sha256 already exists and is not a report");
    let sum = String::from_utf8(workspace.read("new.age.sha256")).expect("a sidecar is text");
    assert!(sum.ends_with("  new.age\n"), "the sidecar was replaced by the report: {sum}");
    workspace.run(&["export", &csv, "--dry-run", "--report", "page.html"]).expect_exit(2);
    assert_eq!(workspace.read("key.txt"), key, "the key was replaced");
    let left: Vec<_> = workspace.names().into_iter().filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "drafts are left: {left:?}");
}

#[test]
fn reports_are_translated_and_json_is_not() {
    let workspace = Workspace::with_archive();
    let chinese: [&[(&str, &str)]; 2] = [&[("LC_ALL", "zh_CN.UTF-8")], &[]];
    for (variables, lang) in chinese.into_iter().zip([&[][..], &["--lang", "zh"]]) {
        let args = [&TEST[..], lang, &PAGE].concat();
        let result = workspace.run_with(&args, variables, b"").expect_exit(0);
        for text in ["4 张表", "已检查", "内容标识", "已证实（proven）", "已载入数据库并重新读出"]
        {
            assert!(result.stdout.contains(text), "{text} is missing:\n{}", result.stdout);
        }
        assert_shows(&workspace, &["lang=\"zh-CN\"", "恢复测试报告", "如何手工复核"]);
    }
    let english = workspace.run_with(&[&TEST[..], &["--lang", "en"]].concat(), chinese[0], b"");
    assert!(english.stdout.contains("\nproven\n"), "--lang decides:\n{}", english.stdout);
    let quiet = workspace.run_with(&[&TEST[..], &["-q"]].concat(), chinese[0], b"").expect_exit(0);
    assert_eq!(quiet.stdout, "proven\n", "scripts read one word");

    damage(&workspace);
    let failed = workspace.run(&[&TEST[..], &["--lang", "zh"]].concat()).expect_exit(3);
    for text in ["问题", "归档被截断、末尾有多余的字节，或末尾被改动", "未通过（failed）"]
    {
        assert!(failed.stdout.contains(text), "{text} is missing:\n{}", failed.stdout);
    }
    let document = |result: RunResult| {
        let mut document = result.json();
        document["timings_seconds"] = Value::Null;
        // The arguments name the language.
        document["run"]["arguments"] = Value::Null;
        document
    };
    let json = |lang| document(workspace.run(&[&TEST[..], &["--json", "--lang", lang]].concat()));
    assert_eq!(json("en"), json("zh"), "a document is the same in every language");
}

#[test]
fn an_error_is_reported_in_the_language_of_the_html_report() {
    let workspace = Workspace::with_archive();
    workspace.run(&["keygen", "-o", "other.txt"]).expect_exit(0);
    let other = ["restore-test", "crm.tar.zst.age", "-i", "other.txt"];
    let zh = "原因：<bdi>crm.tar.zst.age：给出的密钥都不能解开本归档";
    for (lang, words) in [
        ("zh", [zh, "未能得知该归档能否恢复", "归档本身与写出时一致"]),
        (
            "en",
            [
                "Reason: <bdi",
                "This run does not show whether",
                "The archive itself has not changed",
            ],
        ),
    ] {
        workspace.run(&[&other[..], &["--lang", lang], &PAGE].concat()).expect_exit(1);
        assert_shows(&workspace, &words);
    }
    let zh = ["--lang", "zh"];
    workspace.run(&[&other[..], &zh, &PAGE].concat()).expect_exit(1);
    assert_shows(&workspace, &["建议：<bdi>请用 -i 给出"]);

    workspace.write("h.jsonl", "this is no history\n");
    let history = ["--history", "h.jsonl", "--force"];
    let csv = fixture("csv-utf8");
    let args = [&[csv.as_str()], &history[..], &zh, &PAGE].concat();
    workspace.export("crm.tar.zst.age", &args).expect_exit(3);
    assert_shows(&workspace, &["历史记录 h.jsonl 第 1 行不是历史记录的行"]);
}

/// Runs the commands that an HTML report shows, like a person who follows it.
#[cfg(unix)]
pub(crate) fn run_commands_of_report() {
    use crm_backup_tests::stock::bash;

    let workspace = Workspace::new();
    let name = "-it's \"odd\" <&> \u{202e}合同.tar.zst.age";
    let here = format!("./{name}");
    workspace.export(&here, &[&fixture("csv-utf8"), &fixture("workbook")]).expect_exit(0);
    let args = ["restore-test", &here, "-i", "key.txt", "--json", "--report", "page.html"];
    let document = workspace.run(&args).expect_exit(0).json();
    let html = page(&workspace);
    let blocks = html.split("<pre>").skip(1).filter_map(|rest| rest.split("</pre>").next());
    let plain = |block: &str| {
        let without = block.replace("<code>", "").replace("</code>", "");
        let quotes = without.replace("&quot;", "\"").replace("&#39;", "'");
        quotes.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    };
    let commands: Vec<String> = blocks.map(plain).collect();
    let [sum, open, bag, ids, table, _again] = commands.as_slice() else {
        panic!("the report shows other commands: {commands:#?}");
    };
    let script = format!(
        "set -eo pipefail\n{sum} >&2\n{open}\n{bag} >/dev/null\n{ids}\ncd data/tables/*-accounts\n{table}"
    );
    // `sha256sum` prints its confirmation to standard error here.
    let words = bash(&script, &workspace.path(""), &[]).expect("the commands of the page");
    let sums: Vec<&str> = words.out.lines().filter_map(|line| line.split(' ').next()).collect();
    let accounts = document["tables"].as_array().into_iter().flatten();
    let digest = accounts.filter(|table| table["name"] == "accounts").map(|table| &table["digest"]);
    let ids = [&document["content_id"], &document["archive_id"]];
    let expected: Vec<_> = ids.into_iter().chain(digest).filter_map(Value::as_str).collect();
    assert_eq!(sums, expected, "the checksums in the report and those of stock tools");
}
