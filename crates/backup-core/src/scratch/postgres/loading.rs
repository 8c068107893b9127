//! The thread that loads the database.

use crossbeam_channel::Receiver;

use super::binary::{HEADER, TRAILER};
use super::failure::failed;
use crate::error::Result;
use crate::i18n::message;
use crate::server::postgres::Connection;

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

/// The name of a piece of a table, as it is written in SQL.
pub(super) fn piece_name(table: usize, piece: usize) -> String {
    format!("public.t{table}_{piece}")
}

/// Loads all items. Consecutive tuples of one target are one `COPY`.
///
/// A table is created and filled in one transaction, so PostgreSQL appends every record behind the
/// one before, and a read returns them in this order.
pub(super) fn load(mut connection: Connection, tasks: Receiver<Task>) -> Result<()> {
    let connection = &mut connection;
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
            Task::Tuples(target, tuples) => copy(connection, target, tuples, &tasks)?,
        };
    }
    execute(connection, "COMMIT", message!("scratch-insert"))
}

/// Loads tuples, and those that follow with the same target. Returns the next item.
fn copy(
    connection: &mut Connection,
    target: Target,
    tuples: Vec<u8>,
    tasks: &Receiver<Task>,
) -> Result<Option<Task>> {
    let refused = |error| failed(message!("scratch-insert"), &error);
    let copy = format!("COPY {} FROM STDIN (FORMAT binary)", target.table());
    let mut copy = connection.copy_in(&copy).map_err(refused)?;
    copy.send(HEADER.to_vec()).map_err(refused)?;
    copy.send(tuples).map_err(refused)?;
    let next = loop {
        match tasks.recv() {
            Ok(Task::Tuples(same, tuples)) if same == target => {
                copy.send(tuples).map_err(refused)?;
            }
            other => break other.ok(),
        }
    };
    copy.send(TRAILER.to_vec()).map_err(refused)?;
    copy.finish().map_err(refused)?;
    Ok(next)
}
