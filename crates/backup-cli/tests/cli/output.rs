//! The complete output. `UPDATE_SNAPSHOTS=1 cargo test` writes the snapshots again.

use std::fs;
use std::path::Path;

use crate::workspace::{RunResult, Workspace, fixture};

/// Compares the output of a run with `snapshots/NAME.txt`, without the parts that vary between
/// runs.
pub(crate) fn snapshot(name: &str, result: &RunResult) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/snapshots");
    let path = folder.join(name).with_extension("txt");
    let RunResult { command, exit, stdout, stderr } = result;
    let actual = format!(
        "$ crm-backup {command}\n{}--- standard error\n{stderr}--- exit {exit}\n",
        stdout.lines().map(without_varying_parts).collect::<String>()
    );
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::create_dir_all(&folder).expect("the folder is made");
        fs::write(&path, &actual).expect("the snapshot is written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == actual,
        "{name} differs from its snapshot. Expected:\n{expected}\nActual:\n{actual}"
    );
}

/// A line without times, dates and what depends on them, such as an encrypted size.
fn without_varying_parts(line: &str) -> String {
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
    let workspace = Workspace::with_archive();
    snapshot("verify", &workspace.run(&["verify", "crm.tar.zst.age", "-i", "key.txt"]));
    snapshot("restore-test", &workspace.run(&["restore-test", "crm.tar.zst.age", "-i", "key.txt"]));
    let all = [&fixture("workbook"), &fixture("sqlite"), &fixture("attachments")];
    workspace.export("all.tar.zst.age", &all.map(String::as_str)).expect_exit(0);
    snapshot("inspect", &workspace.run(&["inspect", "all.tar.zst.age", "-i", "key.txt"]));
    let mut bytes = workspace.read("crm.tar.zst.age");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    workspace.write("crm.tar.zst.age", bytes);
    snapshot("verify-failed", &workspace.run(&["verify", "crm.tar.zst.age", "-i", "key.txt"]));
    snapshot("verify-missing", &workspace.run(&["verify", "nowhere.age", "-i", "key.txt"]));
}

#[test]
fn keys_are_counted_and_violated_keys_are_named() {
    let workspace = Workspace::new();
    workspace.write("src/deals.csv", "id,name\n1,a\n1,b\n,c\n2,d\n");
    workspace.write("src/leads.csv", "id,name\n1,a\n2,b\n");
    workspace.export("a.age", &["src"]).expect_exit(0);
    let test = ["restore-test", "a.age", "-i", "key.txt"];
    let english = workspace.run(&test).expect_exit(0).stdout;
    let keys = "\n2 keys\n  Key       Repeated  Missing  Records  Basis\n  \
                deals.id         1        1        4  inferred\n  \
                leads.id         0        0        2  inferred\n";
    assert!(english.contains(keys), "the keys are not shown:\n{english}");
    let chinese = workspace.run(&[&test[..], &["--lang", "zh"]].concat()).expect_exit(0).stdout;
    let keys = "\n2 个主键\n  主键      重复  缺失  记录数  依据\n  \
                deals.id     1     1       4  推断\n  leads.id     0     0       2  推断\n";
    assert!(chinese.contains(keys), "the keys are not shown:\n{chinese}");
    let none = workspace.run(&[&test[..], &["--no-keys"]].concat()).expect_exit(0).stdout;
    assert!(!none.contains(" keys\n"), "keys were not checked:\n{none}");

    let package = r#"{"resources": [{"name": "leads", "schema": {"primaryKey": ["name"]}}]}"#;
    workspace.write("datapackage.json", package);
    let given = workspace.run(&[&test[..], &["--schema", "datapackage.json"]].concat()).stdout;
    assert!(given.contains("  leads.name  "), "the given key is not shown:\n{given}");
    assert!(given.contains("  given\n"), "the basis of the key is not shown:\n{given}");
}

#[test]
fn quiet_prints_nothing_but_the_verdict() {
    let workspace = Workspace::with_archive();
    let archive = ["crm.tar.zst.age", "-i", "key.txt", "-q"];
    for command in ["verify", "restore-test"] {
        let result = workspace.run(&[&[command], &archive[..]].concat()).expect_exit(0);
        assert_eq!(
            (result.stdout.as_str(), result.stderr.as_str()),
            ("proven\n", ""),
            "{command} -q"
        );
    }
    let result = workspace.export("b.tar.zst.age", &[&fixture("attachments"), "-q"]).expect_exit(0);
    let without_records = "proven, no records, 5 files\n";
    assert_eq!((result.stdout.as_str(), result.stderr.as_str()), (without_records, ""));
    let result = workspace.run(&[&["inspect"], &archive[..]].concat()).expect_exit(0);
    assert_eq!(result.stdout, "", "inspect has no verdict to print");
}

#[test]
fn colour_is_printed_on_request_and_never_into_a_pipe() {
    let workspace = Workspace::with_archive();
    let args = ["verify", "crm.tar.zst.age", "-i", "key.txt"];
    let plain = workspace.run(&args).expect_exit(0);
    assert!(!plain.stdout.contains('\x1b'), "colour in a pipe:\n{}", plain.stdout);
    let always = workspace.run(&[&args[..], &["--color", "always"]].concat()).expect_exit(0);
    assert!(always.stdout.contains("\x1b[1;32mproven\x1b[0m"), "no colour:\n{}", always.stdout);
    assert!(!always.stderr.contains('\x1b'), "progress is printed into a pipe:\n{}", always.stderr);
}

#[test]
fn help_gives_an_example_of_each_command() {
    let workspace = Workspace::new();
    let commands =
        ["keygen", "export", "verify", "restore-test", "restore", "inspect", "history", "demo"];
    for command in commands {
        let result = workspace.run(&[command, "--help"]).expect_exit(0);
        let example = format!("\n  crm-backup {command}");
        assert!(result.stdout.contains(&example), "{command} has no example:\n{}", result.stdout);
        assert_eq!(result.stderr, "", "help is not an error");
    }
    assert!(workspace.run(&["--version"]).expect_exit(0).stdout.starts_with("crm-backup "));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_an_error() {
    use std::process::{Command, Stdio};

    let workspace = Workspace::with_archive();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has /dev/full");
    let status = Command::new(env!("CARGO_BIN_EXE_crm-backup"))
        .args(["inspect", "crm.tar.zst.age", "-i", "key.txt"])
        .current_dir(workspace.path(""))
        .stdout(full)
        .stderr(Stdio::null())
        .status()
        .expect("the binary runs");
    assert_eq!(status.code(), Some(1), "a lost report is not a success");
}

#[test]
fn completions_are_printed_for_each_shell() {
    let workspace = Workspace::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = workspace.run(&["completions", shell]).expect_exit(0).stdout;
        for word in ["restore-test", "--max-restore-time", "completions"] {
            let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
        assert!(!script.contains("--read-workbook"), "{shell} completes an internal command");
    }
    let script = workspace.path("completions.bash");
    std::fs::write(&script, workspace.run(&["completions", "bash"]).stdout).expect("it is written");
    if let Ok(status) = std::process::Command::new("bash").arg("-n").arg(&script).status() {
        assert!(status.success(), "bash does not read the script");
    }
    workspace.run(&["completions", "tcsh"]).expect_exit(2);
}

#[test]
fn each_command_has_a_man_page() {
    let workspace = Workspace::new();
    let page = |name: &str| {
        let name = format!("man1/{name}.1");
        String::from_utf8(workspace.read(&name)).expect("a man page is UTF-8")
    };
    assert_eq!(workspace.run(&["man", "man1"]).expect_exit(0).stdout, "");
    assert!(page("crm-backup").contains("restore\\-test"), "the program's page names its commands");
    let restore_test = page("crm-backup-restore-test");
    for part in [".TH", "Prove that an archive restores", "\\-\\-max\\-age", "disk"] {
        assert!(restore_test.contains(part), "{part} is missing:\n{restore_test}");
    }
    workspace.run(&["man", "zh", "--lang", "zh"]).expect_exit(0);
    let chinese = workspace.read("zh/crm-backup-verify.1");
    assert!(String::from_utf8_lossy(&chinese).contains("检查归档是否完好"), "it is not in Chinese");
}

#[test]
fn an_intact_history_is_reported_as_intact() {
    let workspace = Workspace::new();
    let csv = fixture("csv-utf8");
    workspace.export("a.age", &[&csv, "--history", "h.jsonl"]).expect_exit(0);
    let result = workspace.run(&["history", "h.jsonl"]).expect_exit(0);
    assert!(
        result.stdout.ends_with("\nThe only line of the history is valid.\n"),
        "{}",
        result.stdout
    );
    workspace
        .run(&["restore-test", "a.age", "-i", "key.txt", "--history", "h.jsonl"])
        .expect_exit(0);
    let result = workspace.run(&["history", "h.jsonl"]).expect_exit(0);
    assert!(
        result.stdout.ends_with("\nAll 2 lines of the history are valid.\n"),
        "{}",
        result.stdout
    );
}

#[test]
fn the_next_command_is_quoted_for_a_shell() {
    let workspace = Workspace::new();
    let result = workspace.export("my crm.age", &[&fixture("csv-utf8")]).expect_exit(0);
    let next = "\n  crm-backup restore-test 'my crm.age' -i KEY\n";
    assert!(result.stdout.ends_with(next), "{}", result.stdout);
}
