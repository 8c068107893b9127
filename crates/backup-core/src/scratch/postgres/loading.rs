//! The thread that loads the database.

use std::io::Write as _;

use crossbeam_channel::Receiver;

use super::binary::{HEADER, TRAILER};
use super::failure::{failed, stream_failed};
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
            Task::Tuples(target, tuples) => copy(connection, target, &tuples, &tasks)?,
        };
    }
    execute(connection, "COMMIT", message!("scratch-insert"))
}

/// Loads tuples, and those that follow with the same target. Returns the next item.
fn copy(
    connection: &mut Connection,
    target: Target,
    tuples: &[u8],
    tasks: &Receiver<Task>,
) -> Result<Option<Task>> {
    let doing = || message!("scratch-insert");
    let copy = format!("COPY {} FROM STDIN (FORMAT binary)", target.table());
    let writer = connection.client().copy_in(&copy);
    let mut writer = writer.map_err(|error| failed(doing(), &error))?;
    let stream_failed = |error| stream_failed(doing(), error);
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
