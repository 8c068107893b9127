//! What a person sees, whole. `UPDATE_SNAPSHOTS=1 cargo test` writes the snapshots again.

use std::fs;
use std::path::Path;

use crate::bench::{Bench, Ran, fixture};

/// Compares with `snapshots/NAME.txt` what a run printed, without what differs from run to run.
pub(crate) fn snapshot(name: &str, ran: &Ran) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/snapshots");
    let path = folder.join(name).with_extension("txt");
    let Ran { command, exit, stdout, stderr } = ran;
    let seen = format!(
        "$ crm-backup {command}\n{}--- standard error\n{stderr}--- exit {exit}\n",
        stdout.lines().map(steady).collect::<String>()
    );
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::create_dir_all(&folder).expect("the folder is made");
        fs::write(&path, &seen).expect("the snapshot is written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == seen, "{name} looks different now. Kept:\n{kept}\nSeen:\n{seen}");
}

/// A line, without times, dates and what depends on them, as a sealed size does.
fn steady(line: &str) -> String {
    if let (true, Some((name, _))) = (line.starts_with("Archive    "), line.split_once("  (")) {
        return format!("{name}  (…)\n");
    }
    let volatile = ["Created    ", "Took       ", "    expected ", "    actual   "];
    match volatile.iter().find(|start| line.starts_with(**start)) {
        Some(start) => format!("{start}…\n"),
        None => format!("{line}\n"),
    }
}

#[test]
fn a_full_cycle_matches_its_snapshots() {
    let bench = Bench::with_archive();
    snapshot("verify", &bench.run(&["verify", "crm.tar.zst.age", "-i", "key.txt"]));
    snapshot("restore-test", &bench.run(&["restore-test", "crm.tar.zst.age", "-i", "key.txt"]));
    let all = [&fixture("workbook"), &fixture("sqlite"), &fixture("attachments")];
    bench.export("all.tar.zst.age", &all.map(String::as_str)).exits(0);
    snapshot("inspect", &bench.run(&["inspect", "all.tar.zst.age", "-i", "key.txt"]));
    let mut bytes = bench.read("crm.tar.zst.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bench.write("crm.tar.zst.age", bytes);
    snapshot("verify-failed", &bench.run(&["verify", "crm.tar.zst.age", "-i", "key.txt"]));
    snapshot("verify-missing", &bench.run(&["verify", "nowhere.age", "-i", "key.txt"]));
}

#[test]
fn keys_are_counted_and_violated_keys_are_named() {
    let bench = Bench::new();
    bench.write("src/deals.csv", "id,name\n1,a\n1,b\n,c\n2,d\n");
    bench.write("src/leads.csv", "id,name\n1,a\n2,b\n");
    bench.export("a.age", &["src"]).exits(0);
    let test = ["restore-test", "a.age", "-i", "key.txt"];
    let english = bench.run(&test).exits(0).stdout;
    let keys = "\n2 keys\n  Key       Repeated  Missing  Records  Basis\n  \
                deals.id         1        1        4  inferred\n  \
                leads.id         0        0        2  inferred\n";
    assert!(english.contains(keys), "the keys are not shown:\n{english}");
    let chinese = bench.run(&[&test[..], &["--lang", "zh"]].concat()).exits(0).stdout;
    let keys = "\n2 个主键\n  主键      重复  缺失  记录数  依据\n  \
                deals.id     1     1       4  推断\n  leads.id     0     0       2  推断\n";
    assert!(chinese.contains(keys), "the keys are not shown:\n{chinese}");
    let none = bench.run(&[&test[..], &["--no-keys"]].concat()).exits(0).stdout;
    assert!(!none.contains(" keys\n"), "nobody looked at keys:\n{none}");

    let package = r#"{"resources": [{"name": "leads", "schema": {"primaryKey": ["name"]}}]}"#;
    bench.write("datapackage.json", package);
    let given = bench.run(&[&test[..], &["--schema", "datapackage.json"]].concat()).stdout;
    assert!(given.contains("  leads.name  "), "the key that was given:\n{given}");
    assert!(given.contains("  given\n"), "how a key is known:\n{given}");
}

#[test]
fn quiet_prints_nothing_but_the_verdict() {
    let bench = Bench::with_archive();
    let archive = ["crm.tar.zst.age", "-i", "key.txt", "-q"];
    for command in ["verify", "restore-test"] {
        let ran = bench.run(&[&[command], &archive[..]].concat()).exits(0);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("proven\n", ""), "{command} -q");
    }
    let ran = bench.export("b.tar.zst.age", &[&fixture("attachments"), "-q"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("proven\n", ""), "export -q");
    let ran = bench.run(&[&["inspect"], &archive[..]].concat()).exits(0);
    assert_eq!(ran.stdout, "", "inspect has no verdict to print");
}

#[test]
fn colour_is_printed_on_request_and_never_into_a_pipe() {
    let bench = Bench::with_archive();
    let args = ["verify", "crm.tar.zst.age", "-i", "key.txt"];
    let plain = bench.run(&args).exits(0);
    assert!(!plain.stdout.contains('\x1b'), "colour in a pipe:\n{}", plain.stdout);
    let always = bench.run(&[&args[..], &["--color", "always"]].concat()).exits(0);
    assert!(always.stdout.contains("\x1b[1;32mproven\x1b[0m"), "no colour:\n{}", always.stdout);
    assert!(!always.stderr.contains('\x1b'), "progress in a pipe:\n{}", always.stderr);
}

#[test]
fn help_gives_an_example_of_each_command() {
    let bench = Bench::new();
    let commands =
        ["keygen", "export", "verify", "restore-test", "restore", "inspect", "history", "demo"];
    for command in commands {
        let ran = bench.run(&[command, "--help"]).exits(0);
        let example = format!("\n  crm-backup {command}");
        assert!(ran.stdout.contains(&example), "{command} has no example:\n{}", ran.stdout);
        assert_eq!(ran.stderr, "", "help is no error");
    }
    assert!(bench.run(&["--version"]).exits(0).stdout.starts_with("crm-backup "));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    use std::process::{Command, Stdio};

    let bench = Bench::with_archive();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has /dev/full");
    let status = Command::new(env!("CARGO_BIN_EXE_crm-backup"))
        .args(["inspect", "crm.tar.zst.age", "-i", "key.txt"])
        .current_dir(bench.path(""))
        .stdout(full)
        .stderr(Stdio::null())
        .status()
        .expect("the binary runs");
    assert_eq!(status.code(), Some(1), "a report that was lost is no success");
}

#[test]
fn completions_are_printed_for_each_shell() {
    let bench = Bench::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = bench.run(&["completions", shell]).exits(0).stdout;
        for word in ["restore-test", "--max-restore-time", "completions"] {
            let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
        assert!(!script.contains("--read-workbook"), "{shell} completes what is internal");
    }
    let script = bench.path("completions.bash");
    std::fs::write(&script, bench.run(&["completions", "bash"]).stdout).expect("it is written");
    if let Ok(status) = std::process::Command::new("bash").arg("-n").arg(&script).status() {
        assert!(status.success(), "bash does not read the script");
    }
    bench.run(&["completions", "tcsh"]).exits(2);
}

#[test]
fn each_command_has_a_man_page() {
    let bench = Bench::new();
    let page = |name: &str| {
        let name = format!("man1/{name}.1");
        String::from_utf8(bench.read(&name)).expect("a man page is UTF-8")
    };
    assert_eq!(bench.run(&["man", "man1"]).exits(0).stdout, "");
    assert!(page("crm-backup").contains("restore\\-test"), "the program's page names its commands");
    let restore_test = page("crm-backup-restore-test");
    for part in [".TH", "Prove that an archive restores", "\\-\\-max\\-age", "disk"] {
        assert!(restore_test.contains(part), "{part} is missing:\n{restore_test}");
    }
    bench.run(&["man", "zh", "--lang", "zh"]).exits(0);
    let chinese = bench.read("zh/crm-backup-verify.1");
    assert!(String::from_utf8_lossy(&chinese).contains("检查归档是否完好"), "it is not in Chinese");
}

#[test]
fn an_intact_history_is_reported_as_intact() {
    let bench = Bench::new();
    let csv = fixture("csv-utf8");
    bench.export("a.age", &[&csv, "--history", "h.jsonl"]).exits(0);
    let ran = bench.run(&["history", "h.jsonl"]).exits(0);
    assert!(ran.stdout.ends_with("\nThe history's only line is in order.\n"), "{}", ran.stdout);
    bench.run(&["restore-test", "a.age", "-i", "key.txt", "--history", "h.jsonl"]).exits(0);
    let ran = bench.run(&["history", "h.jsonl"]).exits(0);
    assert!(ran.stdout.ends_with("\nAll 2 lines of the history are in order.\n"), "{}", ran.stdout);
}

#[test]
fn the_next_command_is_quoted_for_a_shell() {
    let bench = Bench::new();
    let ran = bench.export("my crm.age", &[&fixture("csv-utf8")]).exits(0);
    let next = "\n  crm-backup restore-test 'my crm.age' -i KEY\n";
    assert!(ran.stdout.ends_with(next), "{}", ran.stdout);
}
