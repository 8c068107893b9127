//! Files in a folder that are replaced by links, pipes or other files during the export. The target
//! of a link is never read, and a pipe never blocks the export.
#![cfg(all(unix, feature = "sqlite", feature = "workbook"))]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use backup_core::source::{DiscoverOptions, Discovered, discover};
use backup_core::{Monitor, Report, dry_run};
use tempfile::TempDir;

/// A folder that is exported, and files of the same names elsewhere, which must not be read.
struct Folders {
    folder: TempDir,
}

/// The names of files of every kind.
const NAMES: [&str; 5] = ["t.csv", "t.sqlite", "t.xlsx", "t.zip", "t.txt"];

impl Folders {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, cell) in [("asked", "mine"), ("secret", "them")] {
            let below = folder.path().join(name).join("sub");
            fs::create_dir_all(&below).expect("a folder");
            let csv = format!("a,b\n{cell},1\n");
            fs::write(below.join("t.csv"), &csv).expect("a file");
            fs::write(below.join("t.txt"), cell).expect("a file");
            fs::write(below.join("t.zip"), zip("in.csv", csv.as_bytes())).expect("a file");
            rusqlite::Connection::open(below.join("t.sqlite"))
                .and_then(|base| {
                    base.execute_batch(&format!(
                        "CREATE TABLE t (a); INSERT INTO t VALUES ('{cell}')"
                    ))
                })
                .expect("a database");
            let mut book = rust_xlsxwriter::Workbook::new();
            let sheet = book.add_worksheet();
            sheet.write(0, 0, "a").and_then(|sheet| sheet.write(1, 0, cell)).expect("cells");
            book.save(below.join("t.xlsx")).expect("a workbook");
        }
        Self { folder }
    }

    fn source_path(&self) -> PathBuf {
        self.folder.path().join("asked")
    }

    /// Replaces a file or folder by a link to the other one.
    fn swap(&self, below: &str) {
        let source_path = self.source_path().join(below);
        fs::rename(&source_path, self.folder.path().join("aside")).expect("it is moved");
        symlink(self.folder.path().join("secret").join(below), source_path).expect("a link");
    }

    fn swap_back(&self, below: &str) {
        let source_path = self.source_path().join(below);
        fs::remove_file(&source_path).expect("the link is removed");
        fs::rename(self.folder.path().join("aside"), source_path).expect("it is moved back");
    }

    /// What the export of this file alone contains.
    fn only(&self, name: &str) {
        for other in NAMES.iter().filter(|other| **other != name) {
            fs::remove_file(self.source_path().join("sub").join(other)).expect("it is removed");
        }
    }
}

fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("a member");
    std::io::Write::write_all(&mut writer, content).expect("its bytes");
    writer.finish().expect("a ZIP file").into_inner()
}

fn found(folder: &Path) -> Discovered {
    discover(&[folder.to_path_buf()], &DiscoverOptions::default()).expect("it is found")
}

/// What distinguishes the contents: the digests of tables and files.
fn digests(report: &Report) -> BTreeSet<String> {
    let tables = report.contents().tables.iter().map(|table| table.digest.to_string());
    tables.chain(report.contents().files.iter().map(|file| file.sha256.to_string())).collect()
}

/// What is read from a folder; an error if an export of it would fail.
fn read(found: Discovered, monitor: &dyn Monitor) -> Result<BTreeSet<String>, String> {
    let report = dry_run(found, monitor).map_err(|error| {
        format!("{}: {error}", error.location().source.as_deref().unwrap_or_default())
    })?;
    match report
        .contents()
        .ledger
        .iter()
        .find(|entry| entry.message.contains("an export would stop here"))
    {
        Some(entry) => Err(entry.message.clone()),
        None => Ok(digests(&report)),
    }
}

#[test]
fn a_file_replaced_by_a_link_is_not_read() {
    for name in NAMES {
        for below in [format!("sub/{name}"), "sub".into()] {
            let folders = Folders::new();
            folders.only(name);
            let found = found(&folders.source_path());
            folders.swap(&below);
            let error = read(found, &()).expect_err(&format!("{name}: {below} is a link now"));
            assert!(error.contains(name), "{name}: {error}");
        }
    }
}

/// Replaces a file by a link at one call of the monitor, and restores it at a later call.
struct Swapping<'a> {
    folders: &'a Folders,
    below: String,
    calls: AtomicU32,
    at: (u32, u32),
}

impl Swapping<'_> {
    fn called(&self) {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if call == self.at.0 {
            self.folders.swap(&self.below);
        } else if call == self.at.1 {
            self.folders.swap_back(&self.below);
        }
    }
}

impl Monitor for Swapping<'_> {
    fn working_on(&self, _: &str) {
        self.called();
    }

    fn advance(&self, _: u64) {
        self.called();
    }

    fn should_continue(&self) -> bool {
        self.called();
        true
    }
}

#[test]
fn a_file_briefly_replaced_by_a_link_is_never_read_through_the_link() {
    for name in NAMES {
        let folders = Folders::new();
        folders.only(name);
        let others =
            read(found(&folders.folder.path().join("secret")), &()).expect("they are read");
        let run = |at: (u32, u32)| {
            let (below, calls) = (format!("sub/{name}"), AtomicU32::new(0));
            let monitor = Swapping { folders: &folders, below: below.clone(), calls, at };
            let read = read(found(&folders.source_path()), &monitor);
            let calls = monitor.calls.into_inner();
            if (at.0.saturating_add(1)..=at.1).contains(&calls) {
                folders.swap_back(&below);
            }
            (read, calls)
        };
        let (expected, calls) = run((u32::MAX, u32::MAX));
        let expected = expected.expect("it is read");
        // The definitions of both databases are the same.
        let others = &others - &expected;
        assert!(calls > 2 && calls < 60, "{name}: the monitor is called {calls} times");
        let (mut itself, mut refused) = (0, 0);
        for from in 0..calls {
            for to in from + 1..calls + 1 {
                match run((from, to)).0 {
                    Ok(read) => {
                        let foreign: Vec<_> = read.intersection(&others).collect();
                        assert!(foreign.is_empty(), "{name}, a link from call {from} to {to}");
                        // Something that is not a table at that moment may be archived as a file.
                        let is_itself = read.is_subset(&expected);
                        assert!(
                            is_itself,
                            "{name}, a link from call {from} to {to}: {read:?}, {expected:?}"
                        );
                        itself += 1;
                    }
                    Err(_) => refused += 1,
                }
            }
        }
        println!("{name}: {calls} calls; read itself {itself} times, and refused {refused} times");
    }
}

#[test]
fn a_file_replaced_by_a_pipe_does_not_block() {
    for name in NAMES {
        let folders = Folders::new();
        folders.only(name);
        let found = found(&folders.source_path());
        let path = folders.source_path().join("sub").join(name);
        fs::remove_file(&path).expect("it is removed");
        let status = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
        assert!(status.success(), "a pipe is made");
        read(found, &()).expect_err("a pipe is not a regular file");
    }
}

#[test]
fn a_link_named_as_a_source_is_followed() {
    let folders = Folders::new();
    for name in NAMES {
        let link = folders.folder.path().join(name);
        symlink(folders.source_path().join("sub").join(name), &link).expect("a link");
        let named = discover(std::slice::from_ref(&link), &DiscoverOptions::default());
        let read = read(named.expect("it is found"), &()).expect("it is read");
        assert!(!read.is_empty(), "{name}");
    }
    let link = folders.folder.path().join("folder");
    symlink(folders.source_path(), &link).expect("a link");
    assert_eq!(found(&link).sources.len(), found(&folders.source_path()).sources.len());
}

#[test]
fn a_folder_replaced_by_a_link_is_not_entered() {
    let folders = Folders::new();
    let inner = folders.source_path().join("sub");
    fs::rename(&inner, folders.folder.path().join("aside")).expect("it is moved");
    symlink(folders.folder.path().join("secret/sub"), &inner).expect("a link");
    fs::write(folders.source_path().join("a.csv"), "a\n1\n").expect("a file");
    let found = found(&folders.source_path());
    let names: Vec<_> = found.sources.iter().map(|source| source.name()).collect();
    assert_eq!(names, ["a.csv"]);
    assert!(found.ledger.iter().any(|entry| entry.code == "link".into()), "{:?}", found.ledger);
}
