//! No plaintext on disk: while a command runs, and after it was killed, no named file holds a
//! record. This applies to the temporary folder, the working folder and the output folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::marked;
use crate::workspace::Workspace;

/// The form of a secret text that the test searches for.
struct Marker(Vec<Vec<u8>>);

impl Marker {
    fn of(text: &str) -> Self {
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
        Self(vec![text.into(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)])
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|form| memchr::memmem::find(bytes, form).is_some())
    }
}

/// What has been checked so far.
#[derive(Default)]
struct Checked {
    checks: usize,
    files: usize,
    /// The names found, without their random parts.
    names: BTreeSet<String>,
}

impl Checked {
    /// Checks everything below `folder`.
    fn check(&mut self, folder: &Path, marker: &Marker) {
        self.checks += 1;
        let mut folders = vec![folder.to_path_buf()];
        while let Some(folder) = folders.pop() {
            // A file may disappear meanwhile.
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let name = entry.file_name().to_string_lossy().into_owned();
                assert!(!marker.is_in(name.as_bytes()), "the name of {}", path.display());
                if path.is_dir() {
                    self.name(&name);
                    folders.push(path);
                    continue;
                }
                let Ok(bytes) = fs::read(&path) else { continue };
                assert!(!marker.is_in(&bytes), "{} holds a record in clear", path.display());
                self.expected(&path, &name, bytes.len());
                self.files += 1;
            }
        }
    }

    /// Only encrypted files may be of any size: a compressed copy of a source would not show the
    /// marker.
    fn expected(&mut self, path: &Path, name: &str, bytes: usize) {
        let is_sealed = fs::read(path)
            .is_ok_and(|bytes| bytes.is_empty() || bytes.starts_with(b"age-encryption.org/v1\n"));
        // The small database that reserves the place of a copy, with an empty log and its index of
        // 32 KiB.
        let most = if name.ends_with("-shm") { 32_768 } else { 8192 };
        assert!(is_sealed || bytes <= most, "{} has {bytes} bytes", path.display());
        self.name(name);
    }

    fn name(&mut self, name: &str) {
        let kind = match name {
            _ if name.starts_with("crm-backup-") => "crm-backup-…",
            _ if name.starts_with("etilqs_") => "etilqs_…",
            _ if name.ends_with(".partial") => ".….partial",
            _ if name.ends_with(".crm-backup-lock") => ".….crm-backup-lock",
            _ => name,
        };
        self.names.insert(kind.into());
    }
}

/// The folders, and the commands that work in them.
struct Setup {
    workspace: Workspace,
    sources: tempfile::TempDir,
    marker: Marker,
    _writer: rusqlite::Connection,
}

impl Setup {
    fn new() -> Self {
        let workspace = Workspace::new();
        // The second half of a public key is as random as anything.
        let text = format!("Mk{}", &workspace.public[30..54]);
        let sources = tempfile::tempdir().expect("a folder");
        let writer = marked::sources(sources.path(), &text);
        fs::create_dir(workspace.path("tmp")).expect("a folder is made");
        Self { workspace, sources, marker: Marker::of(&text), _writer: writer }
    }

    fn start(&self, args: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crm-backup"));
        command
            .args(args)
            .current_dir(self.workspace.path(""))
            .env("TMPDIR", self.workspace.path("tmp"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the binary runs")
    }

    fn check(&self, checked: &mut Checked) {
        checked.check(&self.workspace.path(""), &self.marker);
    }

    /// Runs a command to its end and stops it again and again to check it.
    fn check_while_stopped(&self, args: &[&str], every: Duration, checked: &mut Checked) {
        let mut child = self.start(args);
        loop {
            std::thread::sleep(every);
            if !stopped(&child) {
                break;
            }
            self.check(checked);
            signal(&child, "CONT");
        }
        let status = child.wait().expect("the binary ends");
        assert!(status.success(), "{args:?} does not end well: {status}");
        self.check(checked);
    }

    /// Runs a command to its end; returns its duration.
    fn run(&self, args: &[&str]) -> Duration {
        let started = Instant::now();
        let status = self.start(args).wait().expect("the binary ends");
        assert!(status.success(), "{args:?} does not end well: {status}");
        started.elapsed()
    }

    /// Kills a command at many moments, each later than the one before, so that each part of its
    /// work is hit. Returns how often it was still running.
    fn kill_often_and_check(&self, args: &[&str], times: u32, checked: &mut Checked) -> u32 {
        let mut length = self.run(args);
        let mut killed = 0;
        for time in 0..times {
            let after = length * (time * 7 % times + 1) / (times + 1);
            match self.kill_and_check(args, after, checked) {
                true => killed += 1,
                // It runs faster than before because the machine is less busy.
                false => length = after,
            }
        }
        killed
    }

    /// Kills a command after a while and checks what it left. Returns whether it was still running.
    fn kill_and_check(&self, args: &[&str], after: Duration, checked: &mut Checked) -> bool {
        let mut child = self.start(args);
        std::thread::sleep(after);
        child.kill().expect("the binary is killed");
        let killed = child.wait().expect("the binary ends").code().is_none();
        self.check(checked);
        killed
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.is_ok(), "no signal can be sent");
}

/// Stops a process; `false` if it has ended.
fn stopped(child: &Child) -> bool {
    signal(child, "STOP");
    loop {
        match state(child) {
            'T' => return true,
            'Z' | 'X' => return false,
            _ => std::thread::yield_now(),
        }
    }
}

/// The letter that Linux has for what a process does.
fn state(child: &Child) -> char {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
    stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()).unwrap_or('X')
}

#[test]
fn no_named_file_holds_plaintext_records() {
    let setup = Setup::new();
    let source = setup.sources.path().to_str().expect("the path is UTF-8");
    let public = setup.workspace.public.as_str();
    let export = ["export", source, "-o", "a.tar.zst.age", "-r", public, "--force"];
    let key = ["a.tar.zst.age", "-i", "key.txt"];
    let mut checked = Checked::default();
    let commands: [Vec<&str>; 4] = [
        [&["verify"], &key[..]].concat(),
        [&["restore-test", "--scratch", "disk"], &key[..]].concat(),
        [&["restore-test", "--scratch", "memory"], &key[..]].concat(),
        [&["restore-test"], &key[..], &["--against", source]].concat(),
    ];
    // On a faster machine it is stopped more often.
    let mut every = Duration::from_millis(20);
    while checked.checks <= 40 {
        setup.check_while_stopped(&export, every / 2, &mut checked);
        for args in &commands {
            setup.check_while_stopped(args, every, &mut checked);
        }
        every /= 2;
    }
    crm_backup_tests::tried!(
        "checks while stopped: {}, at {} files",
        checked.checks,
        checked.files
    );

    let before = checked.checks;
    let mut killed = setup.kill_often_and_check(&export, 24, &mut checked);
    for args in &commands {
        killed += setup.kill_often_and_check(args, 3, &mut checked);
    }
    crm_backup_tests::tried!(
        "checks after kill -9: {}, of which {killed} were still running",
        checked.checks - before
    );
    crm_backup_tests::tried!("names found: {:?}", checked.names);
    assert!(killed > 0, "nothing was killed");
    let known: BTreeSet<String> = [
        "tmp",
        "key.txt",
        "a.tar.zst.age",
        "a.tar.zst.age.sha256",
        "a.README.txt",
        ".….partial",
        ".….crm-backup-lock",
        "content",
        "crm-backup.lock",
        "crm-backup.new",
        "crm-backup-…",
        "etilqs_…",
        "copy.sqlite",
        "copy.sqlite-wal",
        "copy.sqlite-shm",
        "copy.sqlite-journal",
    ]
    .map(str::to_owned)
    .into();
    let unknown: Vec<_> = checked.names.difference(&known).collect();
    assert!(unknown.is_empty(), "these files are not expected: {unknown:?}");

    // The next run cleans up.
    setup.run(&export);
    setup.check(&mut checked);
    // Except for folders that were killed before they held anything: their owner cannot be proven.
    let has_lock = |folder: &Path, name: &str| folder.join(name).join("crm-backup.lock").exists();
    let temporary = setup.workspace.path("tmp");
    let left = crm_backup_tests::names_in(&temporary);
    // SQLite removes the names of its files as soon as they are open, so a remaining one is empty.
    let holds = |name: &String| temporary.join(name).metadata().is_ok_and(|it| it.len() > 0);
    let is_left = |name: &&String| match temporary.join(name).is_dir() {
        true => has_lock(&temporary, name),
        false => holds(name),
    };
    let left: Vec<_> = left.iter().filter(is_left).collect();
    assert_eq!(left, [""; 0], "something is left in the temporary folder");
    let mut names = setup.workspace.names();
    names.retain(|name| !name.ends_with(".partial") || has_lock(&setup.workspace.path(""), name));
    let expected = ["a.README.txt", "a.tar.zst.age", "a.tar.zst.age.sha256", "key.txt", "tmp"];
    assert_eq!(names, expected, "something is left beside the archive");
}

/// The soft and the hard limit for the size of a core dump.
fn core_limits(process: u32) -> Option<(String, String)> {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size"))?;
    let mut words = line.split_whitespace();
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

/// The processes that a process has started.
fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads.map(|thread| fs::read_to_string(thread.path().join("children")));
    let lists: Vec<String> = lists.filter_map(Result::ok).collect();
    lists
        .iter()
        .flat_map(|list| list.split_whitespace())
        .filter_map(|one| one.parse().ok())
        .collect()
}

#[test]
fn a_crashed_process_leaves_no_core_dump() {
    let workspace = Workspace::new();
    let script = r#"ulimit -c unlimited || true; exec "$@""#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_crm-backup")]);
    command.args(["export", "-", "-o", "a.age", "-r", &workspace.public]);
    command.current_dir(workspace.path("")).stdin(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the shell runs");
    // A draft file shows that the export has begun.
    while workspace.names().len() == 1 && state(&child) != 'Z' {
        std::thread::sleep(Duration::from_millis(2));
    }
    let (soft, hard) = core_limits(child.id()).expect("Linux shows the limits of a process");
    assert!(["0", "1"].contains(&soft.as_str()), "it may leave a core dump of {soft} bytes");
    assert_eq!(soft, hard, "it could raise the limit again");
    signal(&child, "ABRT");
    let status = child.wait().expect("the binary ends");
    assert!(!status.success(), "it was not aborted");
    let left: Vec<PathBuf> = fs::read_dir(workspace.path(""))
        .expect("the folder is listed")
        .map(|entry| entry.expect("it is listed").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains("core")))
        .collect();
    assert!(left.is_empty(), "a core dump is left: {left:?}");
}

#[test]
fn a_crashed_workbook_reader_leaves_no_core_dump() {
    let workspace = Workspace::new();
    // The process exists only while it reads the text, so it is usually found, but not always.
    workspace.write("book.xlsx", crate::workbooks::memory_hungry());
    let met = (0..50).find_map(|_| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_crm-backup"))
            .args(["export", "book.xlsx", "--dry-run"])
            .current_dir(workspace.path(""))
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary runs");
        let mut met = None;
        while met.is_none() && state(&child) != 'Z' {
            let reads = |child: &u32| {
                let line = fs::read(format!("/proc/{child}/cmdline")).unwrap_or_default();
                memchr::memmem::find(&line, b"--read-workbook").is_some()
            };
            // The process sets the limit first; until then it has the limit of its parent.
            met = children(child.id()).into_iter().find(reads).and_then(core_limits);
        }
        child.wait().expect("the binary ends");
        met
    });
    let (soft, hard) = met.expect("the process that reads the workbook was found");
    assert!(["0", "1"].contains(&soft.as_str()), "it may leave a core dump of {soft} bytes");
    assert_eq!(soft, hard, "it could raise the limit again");
}
