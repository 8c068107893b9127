//! Runs a test in processes of its own.
//!
//! How much memory is in use can only be told of a whole process, and a test binary runs several tests
//! side by side. In a process of its own a test is alone, so that what is counted is what it takes,
//! however busy the machine is and whatever else is tested.

use std::env;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Set for the processes that are started here: which share of the cases each of them tries, and the folder
/// that they have in common.
const SHARE: &str = "CRM_BACKUP_TEST_SHARE";

/// Which of a test's cases a process tries.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    number: usize,
    of: usize,
}

impl Share {
    /// The numbers of its cases, of so many.
    pub fn of(self, cases: usize) -> impl Iterator<Item = usize> {
        (self.number..cases).step_by(self.of)
    }

    /// How many cases it has, of so many.
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

/// Does `work` in a process in which no other test runs. `test` is the name of the test that calls
/// this.
pub fn alone(test: &str, work: impl FnOnce()) {
    in_processes(test, 1, |_| (), |_, _| work());
}

/// Does `work` in as many processes as there are cores, each of which has a share of the cases. What they
/// all need is put into a folder by `prepare`, once.
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
    // One test at a time has the cores.
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
        // What a process says of how much it tried is to be seen, and why it fails.
        let _ = std::io::stderr().write_all(&stderr);
        assert!(passed, "{test}: {status} in a process of its own:\n{printed}");
    }
}
