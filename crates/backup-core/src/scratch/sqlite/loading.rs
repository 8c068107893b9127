//! A thread that loads the database while records are decoded.

use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use super::batch::Batch;
use super::database::Database;
use crate::error::{Error, Result};
use crate::record::{Digest, Table};
use crate::threads::{self, Refused};

/// How many batches may wait, beside one that is filled and one that is inserted.
const WAITING: usize = 1;

/// What is put into a database, in the order in which it comes.
pub(super) enum Task {
    Table(usize, Table),
    Batch(Batch),
    File(String, u64, Digest),
}

/// The thread that loads a database.
///
/// When it is dropped, it waits until the thread has ended.
pub(super) struct Loading {
    tasks: Option<Sender<Task>>,
    thread: Option<JoinHandle<Result<Database>>>,
}

impl Loading {
    /// Starts the thread; gives the database back if the system refuses one.
    pub(super) fn start(database: Database) -> Result<Self, Refused<Database>> {
        let (tasks, queue) = bounded(WAITING);
        let thread = threads::spawn(database, move |mut database| {
            queue.into_iter().try_for_each(|task| database.put(task))?;
            Ok(database)
        })?;
        Ok(Self { tasks: Some(tasks), thread: Some(thread) })
    }

    /// Sends a task; if the thread has stopped, returns the error that stopped it.
    pub(super) fn send(&mut self, task: Task) -> Result<()> {
        let sent = self.tasks.as_ref().is_some_and(|tasks| tasks.send(task).is_ok());
        if sent { Ok(()) } else { self.join().and(Err(Error::panicked("loading"))) }
    }

    /// Waits until everything is in the database.
    pub(super) fn join(&mut self) -> Result<Database> {
        self.tasks = None;
        let ended = self.thread.take().map(JoinHandle::join);
        ended.and_then(Result::ok).unwrap_or_else(|| Err(Error::panicked("loading")))
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        // The database is dropped as well, so its errors matter to nobody.
        let _ = self.join();
    }
}
