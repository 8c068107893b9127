//! Starts threads. If the system refuses to start one, the caller gets the thread's state back, and
//! works without the thread or reports an error. Starting never panics.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle};
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;

use crate::error::{Error, ErrorKind, Operation};
use crate::monitor::Monitor;

/// The time between two checks for cancellation while a database executes a statement.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(100);

/// A thread that could not be started: its state, and the system's error.
pub(crate) struct Refused<S> {
    pub(crate) state: Box<S>,
    source: io::Error,
}

impl<S> From<Refused<S>> for Error {
    fn from(refused: Refused<S>) -> Self {
        let (doing, source) = (Operation::StartThread, refused.source);
        Self::new(ErrorKind::Io { doing, path: None, source })
    }
}

/// Runs `work` with `state` on a new thread.
pub(crate) fn spawn<S, T>(
    state: S,
    work: impl FnOnce(S) -> T + Send + 'static,
) -> Result<JoinHandle<T>, Refused<S>>
where
    S: Send + 'static,
    T: Send + 'static,
{
    let handed = Arc::new(Mutex::new(Some(state)));
    let theirs = handed.clone();
    Builder::new()
        .spawn(move || work(take(theirs)))
        .map_err(|source| Refused { state: Box::new(take(handed)), source })
}

/// Runs `work` with `state` on a new thread that ends before its scope does.
pub(crate) fn spawn_scoped<'scope, S, T>(
    scope: &'scope Scope<'scope, '_>,
    state: S,
    work: impl FnOnce(S) -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, Refused<S>>
where
    S: Send + 'scope,
    T: Send + 'scope,
{
    let handed = Arc::new(Mutex::new(Some(state)));
    let theirs = handed.clone();
    Builder::new()
        .spawn_scoped(scope, move || work(take(theirs)))
        .map_err(|source| Refused { state: Box::new(take(handed)), source })
}

/// Runs `work`, and calls `interrupt` again and again while the monitor cancels the run. This is
/// needed where a database counts or checks a large table in a single statement.
#[cfg_attr(not(any(feature = "mysql", feature = "postgres", feature = "sqlite")), allow(dead_code))]
pub(crate) fn interruptible<T>(
    monitor: &dyn Monitor,
    interrupt: impl Fn() + Send,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let (working, done) = crossbeam_channel::bounded::<()>(0);
    std::thread::scope(|scope| {
        // Without the thread, the work is done nevertheless, but cancellation is checked less
        // often.
        let _ = spawn_scoped(scope, (), move |()| {
            while done.recv_timeout(BETWEEN_QUESTIONS) == Err(RecvTimeoutError::Timeout) {
                if !monitor.should_continue() {
                    interrupt();
                }
            }
        });
        let _working = working;
        work()
    })
}

/// The state of a thread. Either the thread takes it, or its creator takes it back. The standard
/// library drops the closure of a thread that does not start, so the closure cannot own the state.
type Handed<S> = Arc<Mutex<Option<S>>>;

fn take<S>(handed: Handed<S>) -> S {
    let state = handed.lock().unwrap_or_else(PoisonError::into_inner).take();
    state.expect("only one side takes the state")
}
