//! A thread that loads one database.

use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::batch::Batch;
use super::blocks::Blocks;
use super::database::Database;
use crate::error::{Error, Result};
use crate::record::{Digest, Table};
use crate::threads::{self, Refused};

/// How many batches there are: being filled, waiting, being inserted.
const BATCHES: usize = 3;

enum Task {
    Table(usize, Table, Blocks),
    Batch(Batch),
    File(String, u64, Digest),
}

/// The thread, and the way to it.
///
/// Dropped, it waits for the thread, so that nobody works on the database any more.
pub(super) struct Loading {
    tasks: Option<Sender<Task>>,
    /// Batches whose records are in the database.
    empty: Receiver<Batch>,
    spare: Vec<Batch>,
    thread: Option<JoinHandle<Result<Database>>>,
}

impl Loading {
    /// Loads from now on what the database is sent; gives it back if no thread can be started.
    pub(super) fn start(database: Database) -> Result<Self, Refused<Database>> {
        let (tasks, queue) = bounded(BATCHES);
        let (done, empty) = bounded(BATCHES);
        for _ in 1..BATCHES {
            done.try_send(Batch::default()).expect("there is room for every batch");
        }
        let thread = threads::spawn(database, move |mut database| {
            for task in queue {
                match task {
                    Task::Table(index, table, blocks) => {
                        database.create_table(index, &table, blocks)?;
                    }
                    Task::File(path, bytes, sha256) => database.add_file(&path, bytes, sha256)?,
                    Task::Batch(mut batch) => {
                        database.insert(&batch)?;
                        batch.clear();
                        // Nobody takes it any more once a run was given up.
                        let _ = done.send(batch);
                    }
                }
            }
            Ok(database)
        })?;
        Ok(Self { tasks: Some(tasks), empty, spare: Vec::new(), thread: Some(thread) })
    }

    pub(super) fn create_table(
        &mut self,
        index: usize,
        table: &Table,
        blocks: Blocks,
    ) -> Result<()> {
        self.send(Task::Table(index, table.clone(), blocks))
    }

    pub(super) fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.send(Task::File(path.to_owned(), bytes, sha256))
    }

    /// Hands the batch on and puts an empty one in its place.
    pub(super) fn insert(&mut self, batch: &mut Batch) -> Result<()> {
        let huge = batch.is_huge();
        self.send(Task::Batch(std::mem::take(batch)))?;
        // Of records as large as can be, one at a time is enough to hold.
        let wanted = if huge { BATCHES } else { 1 };
        while self.spare.len() < wanted {
            match self.empty.recv() {
                Ok(batch) => self.spare.push(batch),
                Err(_) => return self.join().and(Err(Error::panicked("loading"))),
            }
        }
        *batch = self.spare.pop().unwrap_or_default();
        Ok(())
    }

    /// Hands something on; if the thread has stopped, gives the error that it stopped with.
    fn send(&mut self, task: Task) -> Result<()> {
        let sent = self.tasks.as_ref().is_some_and(|tasks| tasks.send(task).is_ok());
        if sent { Ok(()) } else { self.join().and(Err(Error::panicked("loading"))) }
    }

    /// Waits until everything is in the database.
    pub(super) fn join(&mut self) -> Result<Database> {
        self.tasks = None;
        let ended = self.thread.take().map(JoinHandle::join);
        ended.and_then(|result| result.ok()).unwrap_or_else(|| Err(Error::panicked("loading")))
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            // Whoever wanted the database has asked for it.
            let _ = thread.join();
        }
    }
}
