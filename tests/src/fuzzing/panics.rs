//! Panics that must not be, and those that may.
//!
//! The library that reads workbooks panics on some damaged files; the reader catches that, and says
//! that it cannot read the file. A panic of this project's own code is a defect, also where something
//! catches it.

use std::mem::take;
use std::panic::{self, Location, UnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// Whether a target runs, on whichever threads.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// The panics of the run: whether they are of own code, and what they say.
static SEEN: Mutex<Vec<(bool, String)>> = Mutex::new(Vec::new());

fn seen() -> MutexGuard<'static, Vec<(bool, String)>> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_own(place: Option<&Location<'_>>) -> bool {
    let own = ["backup-core", "tests/src", "tests/tests", "fixtures/src"];
    place.is_none_or(|place| own.iter().any(|own| place.file().contains(own)))
}

/// Keeps panics of a run from being printed, as most are caught; they are said after it.
fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !RUNNING.load(Ordering::Relaxed) {
                return before(info);
            }
            let own = is_own(info.location());
            let mut seen = seen();
            if own || seen.len() < 8 {
                seen.push((own, info.to_string()));
            }
        }));
    });
}

/// Runs `run`; panics if something in it did that nothing caught, or that was this project's own.
pub(super) fn watched(run: impl FnOnce() + UnwindSafe) {
    watch();
    seen().clear();
    RUNNING.store(true, Ordering::Relaxed);
    let outcome = panic::catch_unwind(run);
    RUNNING.store(false, Ordering::Relaxed);
    let seen = take(&mut *seen());
    if outcome.is_err() || seen.iter().any(|(own, _)| *own) {
        let said: Vec<_> = seen.into_iter().map(|(_, said)| said).collect();
        panic!("{}", said.join("\n"));
    }
}
