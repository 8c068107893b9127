//! The thread that loads the database.

use std::io::Write as _;
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};

use super::binary::{HEADER, TRAILER};
use super::{failed, piece_name};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::server::postgres::Connection;
use crate::threads;

/// The number of batches that may wait.
const WAITING: usize = 4;

/// Where tuples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A piece of a table.
    Piece(usize, usize),
    Rest,
    Files,
}

impl Target {
    fn table(self) -> String {
        match self {
            Self::Piece(table, piece) => piece_name(table, piece),
            Self::Rest => "public.backup_rest".into(),
            Self::Files => "public.backup_files".into(),
        }
    }
}

/// An item to load. The order matters.
pub(super) enum Task {
    /// Statements that create a table.
    Create(String),
    /// Tuples in the binary form of `COPY`.
    Tuples(Target, Vec<u8>),
}

/// A connection that loads items on a thread of its own.
pub(super) struct Loading {
    tasks: Option<Sender<Task>>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Loading {
    pub(super) fn start(connection: Connection) -> Result<Self> {
        let (tasks, queue) = bounded(WAITING);
        let thread =
            threads::spawn(connection, move |mut connection| load(&mut connection, &queue));
        Ok(Self { tasks: Some(tasks), thread: Some(thread.map_err(Error::from)?) })
    }

    /// Sends an item to the thread. If the thread has stopped, returns its error.
    pub(super) fn put(&mut self, task: Task) -> Result<()> {
        match &self.tasks {
            Some(tasks) if tasks.send(task).is_ok() => Ok(()),
            _ => self.join().and(Err(Error::panicked("loading"))),
        }
    }

    /// Waits until all items are loaded.
    pub(super) fn finish(mut self) -> Result<()> {
        self.join()
    }

    fn join(&mut self) -> Result<()> {
        self.tasks = None;
        match self.thread.take() {
            Some(thread) => thread.join().map_err(|_| Error::panicked("loading"))?,
            None => Ok(()),
        }
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        // The database is dropped too, so its errors no longer matter.
        let _ = self.join();
    }
}

/// Loads all items. Consecutive tuples of one target are one `COPY`.
///
/// A table is created and filled in one transaction, so PostgreSQL appends every record behind the
/// one before, and a read returns them in this order.
fn load(connection: &mut Connection, tasks: &crossbeam_channel::Receiver<Task>) -> Result<()> {
    let execute = |connection: &mut Connection, sql: &str, doing| {
        connection.execute(sql).map_err(|error| failed(doing, &error))
    };
    execute(connection, "BEGIN", message!("scratch-prepare"))?;
    let mut next = tasks.recv().ok();
    while let Some(task) = next.take() {
        next = match task {
            Task::Create(sql) => {
                let sql = format!("COMMIT; BEGIN; {sql}");
                execute(connection, &sql, message!("scratch-create-table"))?;
                tasks.recv().ok()
            }
            Task::Tuples(target, tuples) => copy(connection, target, &tuples, tasks)?,
        };
    }
    execute(connection, "COMMIT", message!("scratch-insert"))
}

/// Loads tuples, and those that follow with the same target. Returns the next item.
fn copy(
    connection: &mut Connection,
    target: Target,
    tuples: &[u8],
    tasks: &crossbeam_channel::Receiver<Task>,
) -> Result<Option<Task>> {
    let doing = || message!("scratch-insert");
    let copy = format!("COPY {} FROM STDIN (FORMAT binary)", target.table());
    let writer = connection.client().copy_in(&copy);
    let mut writer = writer.map_err(|error| failed(doing(), &error))?;
    let stream_failed = |error: std::io::Error| {
        let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<postgres::Error>());
        match cause {
            Some(error) => failed(doing(), error),
            None => Error::scratch(doing(), error.to_string()),
        }
    };
    writer.write_all(HEADER).map_err(stream_failed)?;
    writer.write_all(tuples).map_err(stream_failed)?;
    let next = loop {
        match tasks.recv() {
            Ok(Task::Tuples(same, tuples)) if same == target => {
                writer.write_all(&tuples).map_err(stream_failed)?;
            }
            other => break other.ok(),
        }
    };
    writer.write_all(TRAILER).map_err(stream_failed)?;
    writer.finish().map_err(|error| failed(doing(), &error))?;
    Ok(next)
}
