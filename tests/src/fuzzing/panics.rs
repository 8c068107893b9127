//! Forbidden and allowed panics.
//!
//! The library that reads workbooks panics on some damaged files. The reader catches that, and reports that
//! it cannot read the file. A panic of this project's own code is a defect, even where it is caught.

use std::mem::take;
use std::panic::{self, Location, UnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// Whether a target runs, on any thread.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// The panics of the run: whether they are of this project's code, and their messages.
static SEEN: Mutex<Vec<(bool, String)>> = Mutex::new(Vec::new());

fn recorded() -> MutexGuard<'static, Vec<(bool, String)>> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_own(place: Option<&Location<'_>>) -> bool {
    let own = ["backup-core", "tests/src", "tests/tests", "fixtures/src"];
    place.is_none_or(|place| own.iter().any(|own| place.file().contains(own)))
}

/// Keeps panics of a run from being printed at once, because most are caught; they are reported after it.
fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !RUNNING.load(Ordering::Relaxed) {
                return before(info);
            }
            let own = is_own(info.location());
            let mut recorded = recorded();
            if own || recorded.len() < 8 {
                recorded.push((own, info.to_string()));
            }
        }));
    });
}

/// Calls `run`; panics if a panic in it was not caught, or came from this project's code.
pub(super) fn catch_panics(run: impl FnOnce() + UnwindSafe) {
    watch();
    recorded().clear();
    RUNNING.store(true, Ordering::Relaxed);
    let outcome = panic::catch_unwind(run);
    RUNNING.store(false, Ordering::Relaxed);
    let recorded = take(&mut *recorded());
    if outcome.is_err() || recorded.iter().any(|(own, _)| *own) {
        let message: Vec<_> = recorded.into_iter().map(|(_, message)| message).collect();
        panic!("{}", message.join("\n"));
    }
}
