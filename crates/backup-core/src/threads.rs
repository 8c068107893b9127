//! Starts threads. The system may refuse one, and that is an error or a reason to do without, never a
//! panic: what the thread was to have comes back with the refusal.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle};

use crate::error::{Error, ErrorKind, Operation};

/// What the system said when it refused a thread, and what the thread was to have.
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

/// Gives `state` to `work` on a new thread.
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

/// The same for a thread that ends before its scope does.
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

/// What a thread is to have: the thread takes it, or whoever could not start one takes it back, as the
/// standard library drops the closure of a thread that does not start.
type Handed<S> = Arc<Mutex<Option<S>>>;

fn take<S>(handed: Handed<S>) -> S {
    let state = handed.lock().unwrap_or_else(PoisonError::into_inner).take();
    state.expect("either the thread starts or it does not")
}
