//! The page that `--report` writes, and the language of what people read.

use serde_json::Value;

use crate::bench::{Bench, Ran, fixture};

const TEST: [&str; 4] = ["restore-test", "crm.tar.zst.age", "-i", "key.txt"];
const PAGE: [&str; 2] = ["--report", "page.html"];

fn page(bench: &Bench) -> String {
    let html = String::from_utf8(bench.read("page.html")).expect("a page is UTF-8");
    assert!(html.starts_with("<!DOCTYPE html>\n"), "it is no page:\n{html}");
    assert!(html.ends_with("</html>\n"), "it is cut short:\n{html}");
    for never in ["http:", "https:", "<script", "src="] {
        assert!(!html.contains(never), "the page has {never}");
    }
    html
}

/// Demands a page with these texts.
fn shows(bench: &Bench, texts: &[&str]) {
    let html = page(bench);
    for text in texts {
        assert!(html.contains(text), "{text:?} is not on the page:\n{html}");
    }
}

fn damage(bench: &Bench) {
    let mut bytes = bench.read("crm.tar.zst.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bench.write("crm.tar.zst.age", bytes);
}

#[test]
fn export_verify_and_restore_test_write_an_html_report() {
    let bench = Bench::new();
    let csv = fixture("csv-utf8");
    bench.export("crm.tar.zst.age", &[&[csv.as_str()], &PAGE[..]].concat()).exits(0);
    shows(&bench, &["Report of an export", "Read back from the disk", "accounts", "by-hand"]);
    let verify = ["verify", "crm.tar.zst.age"];
    let ran = bench.run(&[&verify[..], &["-i", "key.txt", "--json"], &PAGE].concat()).exits(0);
    let id = ran.json()["content_id"].as_str().expect("there is a content id").to_owned();
    shows(&bench, &["Report of a verification", "Every byte, digest and count", &id]);
    bench.run(&[&verify[..], &["--sealed"], &PAGE].concat()).exits(0);
    shows(&bench, &["intact", "Its contents were not checked", "the archive was not opened"]);
    let ran = bench.run(&[&TEST[..], &PAGE].concat()).exits(0);
    shows(&bench, &["Report of a restore-test", "Loaded into a database and read back"]);
    assert!(ran.stderr.contains("Report: page.html"), "nobody is told:\n{}", ran.stderr);
    let names = bench.names();
    assert_eq!(names.len(), 5, "a draft is left, or another file: {names:?}");
}

#[test]
fn an_html_report_is_written_for_every_outcome() {
    let bench = Bench::with_archive();
    bench.run(&[&TEST[..], &PAGE].concat()).exits(0);
    let error = ["restore-test", "crm.tar.zst.age", "-i", "nowhere.txt"];
    bench.run(&[&error[..], &PAGE].concat()).exits(1);
    shows(&bench, &["no verdict (error)", "nowhere.txt", "The test could not be carried out"]);
    let unverified = "class=\"verdict unverified\"";
    assert!(!page(&bench).contains(unverified), "an error is said to be a verdict");
    assert!(
        !page(&bench).contains("Loaded into a database"),
        "yesterday's page is left to be believed"
    );

    bench.write("src/broken.xlsx", "this is no workbook");
    let args = [&["src", "--force"], &PAGE[..]].concat();
    bench.export("odd.tar.zst.age", &args).exits(4);
    shows(&bench, &["unverified", "neither a pass nor a failure", "broken.xlsx"]);
    bench.run(&["restore-test", "odd.tar.zst.age", "-i", "key.txt", "--report", "page.html"]);
    let reason = "broken.xlsx could not be read as a table when it was exported";
    shows(&bench, &["unverified", reason]);

    damage(&bench);
    let several = ["verify", "crm.tar.zst.age", "odd.tar.zst.age", "nowhere.age", "-i", "key.txt"];
    bench.run(&[&several[..], &PAGE].concat()).exits(3);
    shows(&bench, &["All archives", "href=\"#archive-3\"", "cannot open nowhere.age"]);
    bench.run(&[&TEST[..], &PAGE].concat()).exits(3);
    shows(&bench, &["failed", "Do not rely on this archive", "1 thing is wrong", "is cut short"]);
}

#[test]
fn the_html_and_json_reports_record_the_options_of_the_run() {
    let bench = Bench::with_archive();
    bench.write("my totals.csv", "table,rows\naccounts,40\n");
    let id = bench.run(&[&TEST[..], &["--json"]].concat()).exits(0).json()["content_id"].clone();
    let id = id.as_str().expect("there is a content id").to_owned();
    let asked: [&[&str]; 5] = [
        &["--expect-id", &id],
        &["--expect", "my totals.csv"],
        &["--max-age", "90d", "--max-restore-time", "4h"],
        &["--no-keys", "--scratch", "memory"],
        &["--history", "h.jsonl", "--operator", "Wei", "--reviewer", "Osei", "--ticket", "OPS-7"],
    ];
    let asked = asked.concat();
    let shown = ["--json", "--report", "page.html", "--lang", "en", "--metrics", "m.prom"];
    let document = bench.run(&[&TEST[..], &asked, &shown].concat()).exits(0).json();
    for text in ["--expect 'my totals.csv'", "checked: it is this one", "OPS-7", "90 d"] {
        assert!(page(&bench).contains(text), "{text:?} is not on the page");
    }
    assert_eq!(document["expected_id"], id.as_str());
    for table in document["tables"].as_array().expect("there are tables") {
        let name = table["name"].as_str().expect("a name");
        let folder = table["folder"].as_str().expect("the archive has a folder of it");
        let named = folder.starts_with("data/tables/") && folder.ends_with(&format!("-{name}"));
        assert!(named, "{name} is in {folder}");
    }
    let limits = document["limits"].as_array().expect("there are limits");
    let held: Vec<_> = limits.iter().map(|one| (&one["what"], &one["holds"])).collect();
    assert_eq!(held, [(&"age".into(), &true.into()), (&"restore-time".into(), &true.into())]);
    assert_eq!(limits[0]["limit_seconds"], 90.0 * 86_400.0);
    let run = &document["run"];
    let people = ["operator", "reviewer", "ticket"].map(|name| &run[name]);
    assert_eq!(people, ["Wei", "Osei", "OPS-7"]);
    let arguments = run["arguments"].as_array().expect("there are arguments").iter();
    let arguments: Vec<&str> = arguments.filter_map(Value::as_str).collect();
    for argument in &asked {
        assert!(arguments.contains(argument), "{argument} is missing: {arguments:?}");
    }
    assert_eq!(arguments, [&TEST[..], &asked, &shown].concat(), "they are as they were given");
    let again = bench.run(&arguments).exits(0).json();
    assert_eq!(again["run"], *run, "what is to be repeated is another run");

    let other = "0".repeat(64);
    let args = [&TEST[..], &["--expect-id", &other, "--max-age", "0s"], &PAGE].concat();
    bench.run(&args).exits(3);
    shows(&bench, &["checked: it is another one", &other]);
}

#[test]
fn an_html_report_replaces_only_an_html_report() {
    let bench = Bench::with_archive();
    bench.write("empty.html", "");
    bench.run(&[&TEST[..], &["--report", "empty.html"]].concat()).exits(0);
    let key = bench.read("key.txt");
    let csv = fixture("csv-utf8");
    for file in ["key.txt", "crm.tar.zst.age.sha256", "crm.README.txt"] {
        let was = bench.read(file);
        let ran = bench.run(&[&TEST[..], &["--report", file]].concat()).exits(1);
        ran.complains("is no report");
        assert_eq!(bench.read(file), was, "{file} was replaced");
    }
    for path in ["crm.tar.zst.age", ".", "-"] {
        bench.run(&[&TEST[..], &["--report", path]].concat()).exits(2).complains("not the name");
    }
    for path in ["new.age", "nowhere/page.html", "key.txt"] {
        let ran = bench.export("new.age", &[&csv, "--report", path]);
        assert!(matches!(ran.exit, 1 | 2), "--report {path}: {}", ran.stderr);
        assert!(!bench.path("new.age").exists(), "--report {path} is said only after the work");
    }
    let ran = bench.export("new.age", &[&csv, "--report", "new.age.sha256"]).exits(4);
    ran.complains("the page was not written: new.age.sha256 is there already, and is no report");
    let sum = String::from_utf8(bench.read("new.age.sha256")).expect("a sidecar is text");
    assert!(sum.ends_with("  new.age\n"), "the sidecar was replaced by the page: {sum}");
    bench.run(&["export", &csv, "--dry-run", "--report", "page.html"]).exits(2);
    assert_eq!(bench.read("key.txt"), key, "the key was replaced");
    let left: Vec<_> = bench.names().into_iter().filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "drafts are left: {left:?}");
}

#[test]
fn reports_are_translated_and_json_is_not() {
    let bench = Bench::with_archive();
    let chinese: [&[(&str, &str)]; 2] = [&[("LC_ALL", "zh_CN.UTF-8")], &[]];
    for (variables, lang) in chinese.into_iter().zip([&[][..], &["--lang", "zh"]]) {
        let args = [&TEST[..], lang, &PAGE].concat();
        let ran = bench.run_with(&args, variables, b"").exits(0);
        for text in ["4 张表", "已检查", "内容标识", "已证实（proven）", "已载入数据库并重新读出"]
        {
            assert!(ran.stdout.contains(text), "{text} is missing:\n{}", ran.stdout);
        }
        shows(&bench, &["lang=\"zh-CN\"", "恢复测试报告", "如何手工复核"]);
    }
    let english = bench.run_with(&[&TEST[..], &["--lang", "en"]].concat(), chinese[0], b"");
    assert!(english.stdout.contains("\nproven\n"), "--lang decides:\n{}", english.stdout);
    let quiet = bench.run_with(&[&TEST[..], &["-q"]].concat(), chinese[0], b"").exits(0);
    assert_eq!(quiet.stdout, "proven\n", "scripts read one word");

    damage(&bench);
    let failed = bench.run(&[&TEST[..], &["--lang", "zh"]].concat()).exits(3);
    for text in ["问题", "归档被截断、末尾有多余的字节，或末尾被改动", "未通过（failed）"]
    {
        assert!(failed.stdout.contains(text), "{text} is missing:\n{}", failed.stdout);
    }
    let document = |ran: Ran| {
        let mut document = ran.json();
        document["timings_seconds"] = Value::Null;
        // The arguments name the language.
        document["run"]["arguments"] = Value::Null;
        document
    };
    let json = |lang| document(bench.run(&[&TEST[..], &["--json", "--lang", lang]].concat()));
    assert_eq!(json("en"), json("zh"), "a document is the same in every language");
}

#[test]
fn an_error_is_reported_in_the_language_of_the_html_report() {
    let bench = Bench::with_archive();
    bench.run(&["keygen", "-o", "other.txt"]).exits(0);
    let other = ["restore-test", "crm.tar.zst.age", "-i", "other.txt"];
    for (lang, said) in
        [("zh", "原因：<bdi>crm.tar.zst.age：给出的密钥都不能解开本归档"), ("en", "Reason: <bdi")]
    {
        bench.run(&[&other[..], &["--lang", lang], &PAGE].concat()).exits(1);
        shows(&bench, &[said]);
        assert!(!page(&bench).contains("Nothing is known"), "its checksum is known to agree");
    }
    let zh = ["--lang", "zh"];
    bench.run(&[&other[..], &zh, &PAGE].concat()).exits(1);
    shows(&bench, &["建议：<bdi>请用 -i 给出", "归档本身与写出时一致", "未能得知该归档能否恢复"]);

    bench.write("h.jsonl", "this is no history\n");
    let history = ["--history", "h.jsonl", "--force"];
    let csv = fixture("csv-utf8");
    let args = [&[csv.as_str()], &history[..], &zh, &PAGE].concat();
    bench.export("crm.tar.zst.age", &args).exits(3);
    shows(&bench, &["历史记录 h.jsonl 第 1 行不是历史记录的行"]);
}

/// Runs the commands that a page gives, as somebody who reads it would.
#[cfg(unix)]
pub(crate) fn follow_by_hand() {
    use crm_backup_tests::stock::bash;

    let bench = Bench::new();
    let name = "-it's \"odd\" <&> \u{202e}合同.tar.zst.age";
    let here = format!("./{name}");
    bench.export(&here, &[&fixture("csv-utf8"), &fixture("workbook")]).exits(0);
    let args = ["restore-test", &here, "-i", "key.txt", "--json", "--report", "page.html"];
    let document = bench.run(&args).exits(0).json();
    let html = page(&bench);
    let blocks = html.split("<pre>").skip(1).filter_map(|rest| rest.split("</pre>").next());
    let plain = |block: &str| {
        let without = block.replace("<code>", "").replace("</code>", "");
        let quotes = without.replace("&quot;", "\"").replace("&#39;", "'");
        quotes.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    };
    let commands: Vec<String> = blocks.map(plain).collect();
    let [sum, open, bag, ids, table, _again] = commands.as_slice() else {
        panic!("the page has other commands: {commands:#?}");
    };
    let script = format!(
        "set -eo pipefail\n{sum} >&2\n{open}\n{bag} >/dev/null\n{ids}\ncd data/tables/*-accounts\n{table}"
    );
    // What sha256sum says of files that are right goes to standard error here.
    let said = bash(&script, &bench.path(""), &[]).expect("the commands of the page");
    let sums: Vec<&str> = said.out.lines().filter_map(|line| line.split(' ').next()).collect();
    let accounts = document["tables"].as_array().into_iter().flatten();
    let digest = accounts.filter(|table| table["name"] == "accounts").map(|table| &table["digest"]);
    let ids = [&document["content_id"], &document["archive_id"]];
    let expected: Vec<_> = ids.into_iter().chain(digest).filter_map(Value::as_str).collect();
    assert_eq!(sums, expected, "the sums that the page says, and those of stock tools");
}
