//! Starts threads. If the system refuses one, the caller gets the thread's state back, and works without
//! the thread or reports an error; it never panics.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle};

use crate::error::{Error, ErrorKind, Operation};

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
    let handed = Handed::new(state);
    let theirs = handed.clone();
    Builder::new()
        .spawn(move || work(theirs.take()))
        .map_err(|source| Refused { state: Box::new(handed.take()), source })
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
    let handed = Handed::new(state);
    let theirs = handed.clone();
    Builder::new()
        .spawn_scoped(scope, move || work(theirs.take()))
        .map_err(|source| Refused { state: Box::new(handed.take()), source })
}

/// The state of a thread: either the thread takes it, or its creator takes it back. The standard library
/// drops the closure of a thread that does not start, so the state cannot be in there.
struct Handed<S>(Arc<Mutex<Option<S>>>);

impl<S> Handed<S> {
    fn new(state: S) -> Self {
        Self(Arc::new(Mutex::new(Some(state))))
    }

    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }

    fn take(self) -> S {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        state.expect("either the thread starts or it does not")
    }
}
