//! The command line run within this process, where a test can change the scratch database, replace
//! the terminal and simulate Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use backup_cli::{Capture, Context, run};
use backup_core::model::ColumnCounts;
use backup_core::record::{Digest, Record, Table};
use backup_core::scratch::{Scratch, SqliteScratch};
use backup_core::{Monitor, Phase, Result};
use serde_json::Value;

use crate::workspace::{Workspace, fixture};

/// A database in which the first cell of one table changes before it is read back.
struct Tampered {
    inner: SqliteScratch,
    table: &'static str,
}

impl Scratch for Tampered {
    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        self.inner.create_table(index, table)
    }

    fn insert(&mut self, table: usize, record: &Record) -> Result<()> {
        self.inner.insert(table, record)
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.inner.add_file(path, bytes, sha256)
    }

    fn loaded(&mut self) -> Result<()> {
        self.inner.loaded()
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        self.inner.tables()
    }

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        self.inner.files()
    }

    fn read(
        &mut self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>> {
        let tables = self.inner.tables()?;
        let tampered = tables.iter().any(|(index, it)| *index == table && it.name == self.table);
        let mut first = tampered;
        self.inner.read(table, &mut |record| {
            if !std::mem::take(&mut first) {
                return each(record);
            }
            let mut other = Record::new();
            other.push_text("another");
            record.iter().skip(1).for_each(|cell| other.push(cell));
            each(&other)
        })
    }
}

pub(crate) fn run_in_process(workspace: &Workspace, context: &mut Context, args: &[&str]) -> u8 {
    let real = args.iter().map(|arg| match arg.strip_prefix('@') {
        Some(name) => workspace.path(name).into_os_string(),
        None => arg.into(),
    });
    run(std::iter::once("crm-backup".into()).chain(real), context)
}

#[test]
fn a_cell_changed_in_the_scratch_database_fails_the_restore_test() {
    let workspace = Workspace::with_archive();
    let (stdout, stderr) = (Capture::default(), Capture::default());
    let mut context = Context {
        stdout: Box::new(stdout.clone()),
        stderr: Box::new(stderr.clone()),
        scratch: Some(Box::new(|| {
            Ok(Box::new(Tampered { inner: SqliteScratch::in_memory()?, table: "contacts" }))
        })),
        ..Context::detached()
    };
    let args = ["restore-test", "@crm.tar.zst.age", "-i", "@key.txt", "--json"];
    assert_eq!(run_in_process(&workspace, &mut context, &args), 3, "the change was not detected");
    let document: Value = serde_json::from_str(&stdout.text()).expect("it is one document");
    assert_eq!(document["verdict"], "failed");
    assert_eq!(document["findings"][0]["table"], "contacts", "the table is not named");
    assert!(stderr.text().contains("contacts"), "the report does not name it:\n{}", stderr.text());
}

/// Simulates Ctrl-C when a phase begins.
struct InterruptAt {
    phase: Phase,
    cancel: Arc<std::sync::atomic::AtomicBool>,
}

impl Monitor for InterruptAt {
    fn phase(&self, phase: Phase, _: Option<u64>) {
        if phase == self.phase {
            self.cancel.store(true, Ordering::SeqCst);
        }
    }
}

#[test]
fn an_interrupt_leaves_no_partial_output() {
    let workspace = Workspace::with_archive();
    let before = workspace.names();
    let source = fixture("csv-utf8");
    let key = ["-i", "@key.txt", "--json"];
    let cases: [(Phase, Vec<&str>); 6] = [
        (
            Phase::Exporting,
            vec!["export", &source, "-o", "@b.age", "-r", &workspace.public, "--json"],
        ),
        (
            Phase::ReadingBack,
            vec!["export", &source, "-o", "@b.age", "-r", &workspace.public, "--json"],
        ),
        (Phase::Verifying, [&["verify", "@crm.tar.zst.age"], &key[..]].concat()),
        (Phase::Loading, [&["restore-test", "@crm.tar.zst.age"], &key[..]].concat()),
        (
            Phase::Comparing,
            [&["restore-test", "@crm.tar.zst.age", "--against", &source], &key[..]].concat(),
        ),
        (Phase::Restoring, [&["restore", "@crm.tar.zst.age", "-o", "@back"], &key[..]].concat()),
    ];
    for (phase, args) in cases {
        let (stdout, stderr) = (Capture::default(), Capture::default());
        let mut context = Context {
            stdout: Box::new(stdout.clone()),
            stderr: Box::new(stderr.clone()),
            ..Context::detached()
        };
        let cancel = context.cancel.clone();
        context.monitor = Some(Arc::new(InterruptAt { phase, cancel }));
        assert_eq!(
            run_in_process(&workspace, &mut context, &args),
            130,
            "{phase:?}: the exit code"
        );
        assert_eq!(stderr.text(), "error: interrupted; no partial output is left\n", "{phase:?}");
        let document: Value = serde_json::from_str(&stdout.text()).expect("it is one document");
        assert_eq!(document["error"]["exit"], 130, "{phase:?}: the exit code in the document");
        assert_eq!(workspace.names(), before, "{phase:?}: something is left");
    }
}

#[test]
fn a_new_passphrase_is_typed_twice() {
    let workspace = Workspace::new();
    let source = fixture("attachments");
    let answers = |answers: &'static [&'static str]| {
        let left = std::sync::Mutex::new(answers.iter());
        let ask = move |_: &str| left.lock().ok()?.next().map(|answer| (*answer).into());
        Context { ask: Arc::new(ask), ..Context::detached() }
    };
    let args = ["export", &source, "-o", "@p.age", "-p"];
    assert_eq!(run_in_process(&workspace, &mut answers(&["one", "two"]), &args), 1, "they differ");
    assert_eq!(run_in_process(&workspace, &mut answers(&["", ""]), &args), 1, "it is empty");
    assert_eq!(workspace.names(), ["key.txt"], "something is left");
    assert_eq!(
        run_in_process(&workspace, &mut answers(&["one", "one"]), &args),
        0,
        "they are the same"
    );
    let args = ["verify", "@p.age", "-p"];
    assert_eq!(run_in_process(&workspace, &mut answers(&["one"]), &args), 0, "it does not open");
}

#[test]
fn the_passphrase_of_an_ssh_key_is_asked_once() {
    let workspace = Workspace::new();
    workspace.write("id", include_str!("ssh/sealed_key"));
    workspace.write("id.pub", include_str!("ssh/sealed_key.pub"));
    let source = fixture("attachments");
    let args = ["export", &source, "-o", "a.age", "-r", &workspace.public, "-R", "id.pub"];
    workspace.run(&args).expect_exit(0);
    let prompts = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = prompts.clone();
    let ask = move |what: &str| {
        log.lock().expect("no test panics here").push(what.to_owned());
        Some("for tests only".into())
    };
    let mut context = Context { ask: Arc::new(ask), ..Context::detached() };
    let verify = ["verify", "@a.age", "@a.age", "-i", "@id"];
    assert_eq!(
        run_in_process(&workspace, &mut context, &verify),
        0,
        "the SSH key does not open it"
    );
    let prompts = prompts.lock().expect("no test panics here");
    assert_eq!(prompts.len(), 1, "it was asked for more than once: {prompts:?}");
    let names_key = prompts[0].contains("id'") && !prompts[0].contains('\u{2068}');
    assert!(names_key, "the prompt does not name the key plainly: {:?}", prompts[0]);
    workspace.run(&verify.map(|arg| arg.trim_start_matches('@'))).expect_exit(1);
}

/// A reader that closes the pipe early.
struct Closed;

impl std::io::Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_ends_the_run_without_an_error() {
    let workspace = Workspace::with_archive();
    let stderr = Capture::default();
    let mut context = Context {
        stdout: Box::new(Closed),
        stderr: Box::new(stderr.clone()),
        ..Context::detached()
    };
    assert_eq!(
        run_in_process(
            &workspace,
            &mut context,
            &["inspect", "@crm.tar.zst.age", "-i", "@key.txt"]
        ),
        0
    );
    assert_eq!(stderr.text(), "", "an error is printed about a closed pipe");
}

/// On a terminal, one person sees both streams.
#[test]
fn a_problem_is_printed_once_on_a_terminal() {
    let workspace = Workspace::with_archive();
    let bytes = workspace.read("crm.tar.zst.age");
    workspace.write("cut.age", &bytes[..bytes.len() - 1]);
    for terminal in [true, false] {
        let (stdout, stderr) = (Capture::default(), Capture::default());
        let mut context = Context {
            stdout: Box::new(stdout.clone()),
            stderr: Box::new(stderr.clone()),
            stdout_terminal: terminal,
            stderr_terminal: true,
            ..Context::detached()
        };
        let args = ["verify", "@cut.age", "-i", "@key.txt"];
        assert_eq!(run_in_process(&workspace, &mut context, &args), 3, "{}", stderr.text());
        assert!(stdout.text().contains("is truncated"), "the report: {}", stdout.text());
        let again = stderr.text().contains("is truncated");
        assert_eq!(again, !terminal, "terminal: {terminal}: {}", stderr.text());
        assert!(stderr.text().contains("cut.age"), "the archive is not named: {}", stderr.text());
        assert!(stderr.text().contains("hint: "), "the hint is missing: {}", stderr.text());
    }
}
