//! A database, and the thread that loads it while records are decoded.

use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use super::batch::Task;
use super::database::Database;
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::threads;

/// How many batches may wait, beside one that is filled and one that is inserted.
const WAITING: usize = 1;

/// A database, which a thread has while it loads it.
///
/// When it is dropped, it waits until the thread has ended.
pub(super) struct Loading {
    database: Option<Database>,
    tasks: Option<Sender<Task>>,
    thread: Option<JoinHandle<Result<Database>>>,
}

impl Loading {
    pub(super) fn new(database: Database) -> Self {
        Self { database: Some(database), tasks: None, thread: None }
    }

    /// The database, if no thread has it.
    pub(super) fn database(&self) -> Result<&Database> {
        self.database.as_ref().ok_or_else(still_loading)
    }

    /// Puts something into the database, or sends it to the thread. If that has stopped, returns the error
    /// that stopped it.
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

    /// Waits until everything is in the database.
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
        // The database is dropped as well, so its errors matter to nobody.
        let _ = self.join();
    }
}
