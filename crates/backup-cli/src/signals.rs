//! Signals: an interrupt ends a run cleanly, and a file size limit is an error.

use std::io::{self, IsTerminal, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use backup_core::render::Language;

use crate::exit::INTERRUPTED;
use crate::i18n::fl;

/// How long a command has to end by itself after an interrupt. Most code checks for interrupts
/// often, but trying a passphrase and listing a folder of a million files do not.
const PATIENCE: Duration = Duration::from_millis(600);

/// The language of the messages about signals.
pub(crate) static LANGUAGE: OnceLock<Language> = OnceLock::new();

fn language() -> Language {
    LANGUAGE.get().copied().unwrap_or_default()
}

/// The first interrupt asks the command to stop without partial output, and ends the process if
/// that takes too long. A second interrupt ends the process at once.
pub(crate) fn watch_interrupts(cancel: Arc<AtomicBool>) {
    let terminal = Terminal::now();
    let result = ctrlc::set_handler(move || {
        if cancel.swap(true, Ordering::SeqCst) {
            terminal.restore();
            print(&format!("\n{}", fl!(language(), "stopped-at-once")));
            std::process::exit(i32::from(INTERRUPTED));
        }
        if io::stderr().is_terminal() {
            print(&format!("\n{}", fl!(language(), "stopping")));
        }
        let thread_terminal = terminal.clone();
        let started = thread::Builder::new().spawn(move || end_soon(&thread_terminal));
        if started.is_err() {
            // Then a second interrupt is not noticed, but the process ends just as soon.
            end_soon(&terminal);
        }
    });
    // Without a handler an interrupt ends the process and may leave drafts, which is acceptable.
    if result.is_err() {
        end_at_interrupts();
    }
}

/// If the thread that handles signals cannot be started, signals would be caught and have no
/// effect.
#[cfg(unix)]
#[allow(unsafe_code, reason = "there is no other way to take a signal handler back")]
fn end_at_interrupts() {
    use nix::sys::signal::{SigHandler, Signal, signal};
    for interrupt in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        // SAFETY: the default action runs no code of this process.
        let _ = unsafe { signal(interrupt, SigHandler::SigDfl) };
    }
}

#[cfg(not(unix))]
fn end_at_interrupts() {}

fn end_soon(terminal: &Terminal) {
    thread::sleep(PATIENCE);
    backup_core::cleanup_all();
    terminal.restore();
    let language = language();
    let error = fl!(language, "error") + &fl!(language, "gap");
    print(&(error + &fl!(language, "interrupted")));
    std::process::exit(i32::from(INTERRUPTED));
}

/// Prints a line. If nobody reads it any more, for example after the same Ctrl-C, the process must
/// still end.
fn print(what: &str) {
    let _ = writeln!(io::stderr(), "{what}");
}

/// The state of the terminal before a prompt switched echo off.
#[derive(Clone)]
struct Terminal {
    #[cfg(unix)]
    state: Option<rustix::termios::Termios>,
}

#[cfg(unix)]
impl Terminal {
    fn now() -> Self {
        Self { state: rustix::termios::tcgetattr(io::stderr()).ok() }
    }

    fn restore(&self) {
        use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
        let Some(state) = &self.state else { return };
        // A terminal stops a background process that changes it, so change it only if needed.
        let changed = tcgetattr(io::stderr()).is_ok_and(|now| now.local_modes != state.local_modes);
        if changed {
            let _ = tcsetattr(io::stderr(), OptionalActions::Now, state);
        }
    }
}

#[cfg(not(unix))]
impl Terminal {
    fn now() -> Self {
        Self {}
    }

    fn restore(&self) {}
}

/// Makes writing beyond the file size limit an error, as on a full disk. By default the system
/// would end the process without a message, and leave a draft behind.
#[cfg(unix)]
#[allow(unsafe_code, reason = "there is no other way to ignore a signal")]
pub(crate) fn fail_at_file_size_limit() {
    use nix::sys::signal::{SigHandler, Signal, signal};
    // SAFETY: ignoring a signal runs no code, unlike a handler.
    let ignored = unsafe { signal(Signal::SIGXFSZ, SigHandler::SigIgn) };
    // If that fails, the process ends at the limit, like any other.
    let _ = ignored;
}

#[cfg(not(unix))]
pub(crate) fn fail_at_file_size_limit() {}
