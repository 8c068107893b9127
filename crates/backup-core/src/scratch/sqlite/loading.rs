//! A thread that loads the databases while records are decoded.

use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use super::batch::Batch;
use super::databases::Databases;
use crate::error::{Error, Result};
use crate::record::{Digest, Table};
use crate::threads::{self, Refused};

/// How many batches may wait, beside one that is filled and one that is inserted.
const WAITING: usize = 1;

pub(super) enum Task {
    Table(usize, Table),
    Batch(Batch),
    File(String, u64, Digest),
}

/// The thread, and the way to it.
///
/// Dropped, it waits for the thread, so that nobody works on the databases any more.
pub(super) struct Loading {
    tasks: Option<Sender<Task>>,
    thread: Option<JoinHandle<Result<Databases>>>,
}

impl Loading {
    /// Loads from now on what is sent; gives the databases back if no thread can be started.
    pub(super) fn start(databases: Databases) -> Result<Self, Refused<Databases>> {
        let (tasks, queue) = bounded(WAITING);
        let thread = threads::spawn(databases, move |mut databases| {
            queue.into_iter().try_for_each(|task| databases.take(task))?;
            Ok(databases)
        })?;
        Ok(Self { tasks: Some(tasks), thread: Some(thread) })
    }

    /// Hands something on; if the thread has stopped, gives the error that it stopped with.
    pub(super) fn send(&mut self, task: Task) -> Result<()> {
        let sent = self.tasks.as_ref().is_some_and(|tasks| tasks.send(task).is_ok());
        if sent { Ok(()) } else { self.join().and(Err(Error::panicked("loading"))) }
    }

    /// Waits until everything is in the databases.
    pub(super) fn join(&mut self) -> Result<Databases> {
        self.tasks = None;
        let ended = self.thread.take().map(JoinHandle::join);
        ended.and_then(|result| result.ok()).unwrap_or_else(|| Err(Error::panicked("loading")))
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        // Whoever wanted the databases has asked for them.
        let _ = self.join();
    }
}
