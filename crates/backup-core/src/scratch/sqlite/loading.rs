//! A database, and the thread that inserts records while other records are decoded.

use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use super::batch::Task;
use super::database::Database;
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::threads;

/// The number of batches that may wait, in addition to the one that is being filled and the one
/// that is being inserted.
const WAITING: usize = 1;

/// A database, which the loading thread owns while it runs. Dropping this waits for the thread.
pub(super) struct Loading {
    database: Option<Database>,
    tasks: Option<Sender<Task>>,
    thread: Option<JoinHandle<Result<Database>>>,
}

impl Loading {
    pub(super) fn new(database: Database) -> Self {
        Self { database: Some(database), tasks: None, thread: None }
    }

    /// The database, if the thread has ended.
    pub(super) fn database(&self) -> Result<&Database> {
        self.database.as_ref().ok_or_else(still_loading)
    }

    /// Inserts an item into the database, or sends it to the thread. If the thread has stopped,
    /// returns its error.
    pub(super) fn put(&mut self, task: Task) -> Result<()> {
        match &self.tasks {
            None => self.database.as_mut().ok_or_else(still_loading)?.put(task),
            Some(tasks) if tasks.send(task).is_ok() => Ok(()),
            Some(_) => self.join().and(Err(Error::panicked("loading"))),
        }
    }

    /// Starts the thread, if the system allows one.
    pub(super) fn start(&mut self) {
        let Some(database) = self.database.take() else { return };
        let (tasks, queue) = bounded::<Task>(WAITING);
        let thread = threads::spawn(database, move |mut database| {
            queue.into_iter().try_for_each(|task| database.put(task))?;
            Ok(database)
        });
        match thread {
            Ok(thread) => (self.tasks, self.thread) = (Some(tasks), Some(thread)),
            Err(refused) => self.database = Some(*refused.state),
        }
    }

    /// Waits until all items are inserted.
    pub(super) fn join(&mut self) -> Result<&mut Database> {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            self.database = Some(thread.join().map_err(|_| Error::panicked("loading"))??);
        }
        self.database.as_mut().ok_or_else(still_loading)
    }
}

fn still_loading() -> Error {
    Error::scratch(message!("scratch-read"), message!("scratch-still-loading"))
}

impl Drop for Loading {
    fn drop(&mut self) {
        // The database is dropped too, so its errors no longer matter.
        let _ = self.join();
    }
}
