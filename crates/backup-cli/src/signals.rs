//! Signals: an interrupt ends a run cleanly, and a file size limit is an error.

use std::io::{self, IsTerminal, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::exit::INTERRUPTED;

/// How long a command has to end by itself once it was interrupted. Nearly all of it asks often;
/// but not a passphrase that is being tried, nor a folder of a million files that is listed.
const PATIENCE: Duration = Duration::from_millis(600);

/// The first interrupt asks the command to stop, which leaves nothing half-made, and soon ends the
/// process if it does not; a second one, from somebody who will not wait at all, ends it at once.
pub(crate) fn watch_interrupts(cancel: Arc<AtomicBool>) {
    let terminal = Terminal::now();
    let result = ctrlc::set_handler(move || {
        if cancel.swap(true, Ordering::SeqCst) {
            terminal.restore();
            print(
                "\nstopped at once; a folder named .NAME.….partial may be left, until the next run that writes NAME",
            );
            std::process::exit(i32::from(INTERRUPTED));
        }
        if io::stderr().is_terminal() {
            print("\nstopping; press Ctrl-C again to stop at once");
        }
        let thread_terminal = terminal.clone();
        let started = thread::Builder::new().spawn(move || end_soon(&thread_terminal));
        if started.is_err() {
            // A second interrupt is not heard then, but the process ends as soon.
            end_soon(&terminal);
        }
    });
    // Without a handler an interrupt ends the process, and drafts may be left: no reason to refuse.
    if result.is_err() {
        end_at_interrupts();
    }
}

/// Where the thread that handles signals cannot be started, they would be caught and never heard.
#[cfg(unix)]
#[allow(unsafe_code, reason = "there is no other way to take a signal handler back")]
fn end_at_interrupts() {
    use nix::sys::signal::{SigHandler, Signal, signal};
    for interrupt in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        // SAFETY: the default is no code of this process.
        let _ = unsafe { signal(interrupt, SigHandler::SigDfl) };
    }
}

#[cfg(not(unix))]
fn end_at_interrupts() {}

fn end_soon(terminal: &Terminal) {
    thread::sleep(PATIENCE);
    backup_core::cleanup_all();
    terminal.restore();
    print("error: interrupted; nothing half-made is left");
    std::process::exit(i32::from(INTERRUPTED));
}

/// Prints a line; a reader that is gone, perhaps by the same Ctrl-C, must not keep the process from ending.
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

/// Makes writing beyond the file size limit an error, as on a full disk. By default the system would end the
/// process without a message, and leave a draft behind.
#[cfg(unix)]
#[allow(unsafe_code, reason = "there is no other way to ignore a signal")]
pub(crate) fn fail_at_file_size_limit() {
    use nix::sys::signal::{SigHandler, Signal, signal};
    // SAFETY: a handler could do what must not be done within a signal; ignoring does nothing.
    let ignored = unsafe { signal(Signal::SIGXFSZ, SigHandler::SigIgn) };
    // Without it the process ends there, as any other would.
    let _ = ignored;
}

#[cfg(not(unix))]
pub(crate) fn fail_at_file_size_limit() {}
