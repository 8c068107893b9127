//! Streams, environment and terminal of a process as one value, which a test can replace.

use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use backup_core::Monitor;
use backup_core::archive::Secret;
use backup_core::scratch::Scratch;

use crate::signals;

/// Makes the database that a restore-test loads.
pub type ScratchFactory = Box<dyn FnMut() -> backup_core::Result<Box<dyn Scratch>>>;

/// Asks the user for a secret, without showing it; `None` if no one can be asked.
pub type AskSecret = Arc<dyn Fn(&str) -> Option<Secret> + Send + Sync>;

/// Looks up a variable of the environment.
pub type Variables = Box<dyn Fn(&str) -> Option<String>>;

/// Shows a line to the user at once, from any thread.
pub type Notify = Arc<dyn Fn(&str) + Send + Sync>;

/// How long to wait for data from a pipe. The user may have to unlock its writer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything that a command takes from its process.
pub struct Context {
    /// Standard input; `None` after a reader has taken it.
    pub stdin: Option<Box<dyn Read + Send>>,
    /// Where results go.
    pub stdout: Box<dyn Write + Send>,
    /// Where errors, warnings and notes go.
    pub stderr: Box<dyn Write>,
    /// Shows messages while the command works.
    pub notify: Notify,
    /// Whether `stdout` is a terminal.
    pub stdout_terminal: bool,
    /// Whether `stdout` is a file that others can read.
    pub stdout_exposed: bool,
    /// Whether `stderr` is a terminal: only there is progress shown.
    pub stderr_terminal: bool,
    /// How wide the terminal is, if there is one.
    pub width: Option<usize>,
    /// Whether the environment requests no colour.
    pub no_color: bool,
    /// Looks up a variable of the environment, for `--passphrase-env` and `--identity-env`.
    pub variable: Variables,
    /// Asks for passphrases.
    pub ask: AskSecret,
    /// Creates the scratch database, instead of `--scratch`.
    pub scratch: Option<ScratchFactory>,
    /// The program that is started to read workbooks, usually this one; `None` reads them in this
    /// process, without a memory limit.
    pub workbook_reader: Option<PathBuf>,
    /// The current time, instead of that of the system's clock.
    pub now: Option<SystemTime>,
    /// How long to wait for a pipe that is named as a file while nothing is written to it.
    pub patience: Duration,
    /// A second monitor.
    pub monitor: Option<Arc<dyn Monitor>>,
    /// Once set, the command ends at the next opportunity, with exit code 130.
    pub cancel: Arc<AtomicBool>,
}

impl Context {
    /// The context of this process. An interrupt (Ctrl-C) sets [`Context::cancel`], and ends the
    /// process if the command does not end soon; files that exceed the size limit are errors.
    pub fn of_process() -> Self {
        let cancel = Arc::new(AtomicBool::new(false));
        signals::watch_interrupts(cancel.clone());
        signals::fail_at_file_size_limit();
        let variable = |name: &str| std::env::var(name).ok();
        Self {
            stdin: Some(Box::new(io::stdin())),
            stdout: Box::new(io::stdout()),
            stderr: Box::new(io::stderr()),
            // Standard error may be closed; the line is then lost.
            notify: Arc::new(|line| drop(writeln!(io::stderr(), "{line}"))),
            stdout_terminal: io::stdout().is_terminal(),
            stdout_exposed: is_exposed(&io::stdout()),
            stderr_terminal: io::stderr().is_terminal(),
            width: terminal_size::terminal_size().map(|(width, _)| width.0.into()),
            no_color: variable("NO_COLOR").is_some_and(|value| !value.is_empty())
                || variable("TERM").is_some_and(|value| value == "dumb"),
            variable: Box::new(variable),
            ask: ask_on_terminal(cancel.clone()),
            scratch: None,
            workbook_reader: crate::workbook::program(),
            now: None,
            patience: PATIENCE,
            monitor: None,
            cancel,
        }
    }

    /// A context without input, output, terminal or environment, for tests.
    pub fn detached() -> Self {
        Self {
            stdin: Some(Box::new(io::empty())),
            stdout: Box::new(io::sink()),
            stderr: Box::new(io::sink()),
            notify: Arc::new(|_| ()),
            stdout_terminal: false,
            stdout_exposed: false,
            stderr_terminal: false,
            width: None,
            no_color: true,
            variable: Box::new(|_| None),
            ask: Arc::new(|_| None),
            scratch: None,
            workbook_reader: None,
            now: None,
            patience: PATIENCE,
            monitor: None,
            cancel: Arc::default(),
        }
    }
}

/// Whether a stream is a regular file that users other than its owner can read.
#[cfg(unix)]
fn is_exposed(stream: &impl std::os::fd::AsFd) -> bool {
    let stat = rustix::fs::fstat(stream).ok();
    stat.is_some_and(|stat| {
        let kind = rustix::fs::FileType::from_raw_mode(stat.st_mode);
        kind == rustix::fs::FileType::RegularFile && stat.st_mode & 0o077 != 0
    })
}

#[cfg(not(unix))]
fn is_exposed<T>(_: &T) -> bool {
    false
}

fn ask_on_terminal(cancel: Arc<AtomicBool>) -> AskSecret {
    // The prompt goes to the terminal itself; if standard error is not one, nobody would see it.
    let has_terminal = io::stderr().is_terminal();
    Arc::new(move |what| {
        if !has_terminal || cancel.load(Ordering::SeqCst) {
            return None;
        }
        match rpassword::prompt_password(format!("{what}: ")) {
            Ok(secret) => Some(secret.into()),
            Err(error) => {
                if error.kind() == io::ErrorKind::Interrupted {
                    cancel.store(true, Ordering::SeqCst);
                }
                None
            }
        }
    })
}

/// A stream that collects what is written to it, for tests; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    /// What was written so far.
    pub fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
