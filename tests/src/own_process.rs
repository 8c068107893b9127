//! Runs a test in separate processes.
//!
//! Memory in use can only be measured for a whole process, and a test binary runs several tests in
//! parallel. In a separate process a test is alone, so that only its own memory is counted, however busy
//! the machine is.

use std::env;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Set for the processes that are started here: the share of the cases that each tries, and the folder
/// that they share.
const SHARE: &str = "CRM_BACKUP_TEST_SHARE";

/// Which of a test's cases a process tries.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    number: usize,
    of: usize,
}

impl Share {
    /// The numbers of its cases, out of this many.
    pub fn of(self, cases: usize) -> impl Iterator<Item = usize> {
        (self.number..cases).step_by(self.of)
    }

    /// How many cases it has, out of this many.
    pub fn count(self, cases: usize) -> usize {
        self.of(cases).count()
    }

    /// The share, and the folder.
    fn from_variable(text: &str) -> Option<(Self, &Path)> {
        let (number, rest) = text.split_once('/')?;
        let (of, folder) = rest.split_once(':')?;
        Some((Self { number: number.parse().ok()?, of: of.parse().ok()? }, Path::new(folder)))
    }
}

/// Runs `work` in a process in which no other test runs. `test` is the name of the test that calls
/// this.
pub fn alone(test: &str, work: impl FnOnce()) {
    in_processes(test, 1, |_| (), |_, _| work());
}

/// Runs `work` in as many processes as there are cores, each with a share of the cases. `prepare` fills
/// the shared folder once.
pub fn shared(test: &str, prepare: impl FnOnce(&Path), work: impl FnOnce(Share, &Path)) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    in_processes(test, cores, prepare, work);
}

fn in_processes(
    test: &str,
    processes: usize,
    prepare: impl FnOnce(&Path),
    work: impl FnOnce(Share, &Path),
) {
    if let Ok(share) = env::var(SHARE) {
        let (share, folder) = Share::from_variable(&share).expect("it is a share and a folder");
        return work(share, folder);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    prepare(folder.path());
    // One test at a time uses the cores.
    static CORES: Mutex<()> = Mutex::new(());
    let _cores = CORES.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder.path().display();
    let run = |number| {
        let mut command = Command::new(env::current_exe().expect("a test has a program"));
        command.args([test, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"]);
        command.env(SHARE, format!("{number}/{processes}:{folder}"));
        command.output().expect("the test is started again")
    };
    let outputs: Vec<Output> = thread::scope(|scope| {
        let run = &run;
        let started: Vec<_> =
            (0..processes).map(|number| scope.spawn(move || run(number))).collect();
        started.into_iter().map(|one| one.join().expect("it is waited for")).collect()
    });
    for Output { status, stdout, stderr } in outputs {
        let printed = String::from_utf8_lossy(&stdout);
        let passed = status.success() && printed.contains("test result: ok. 1 passed");
        // Shows how many cases a process tried, and why it failed.
        let _ = std::io::stderr().write_all(&stderr);
        assert!(passed, "{test}: {status} in a process of its own:\n{printed}");
    }
}
