//! What scratch databases on servers have in common.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::ops::Range;
use std::sync::Arc;
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::layout::{Layout, ValueKind};
use crate::error::{Error, ErrorKind, Result, ScratchCause};
use crate::files::AtEnd;
use crate::i18n::message;
use crate::model::ColumnCounts;
use crate::record::{Column, Kind, Record, Table};
use crate::threads;

/// The number of items that may wait to be loaded.
const WAITING: usize = 4;

/// How long the server may take to answer again before the database is given up that has to be
/// dropped. A server that lost a process takes a moment to recover.
const RECOVERY: Duration = Duration::from_secs(20);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// The beginning of the names of scratch databases.
const PREFIX: &str = "crm_backup_scratch_";

/// The pattern of [`new_name`] for `LIKE`.
pub(super) const LIKE_SCRATCH: &str = r"crm\_backup\_scratch\_%";

/// A name that no other database has.
pub(super) fn new_name() -> String {
    format!("{PREFIX}{:016x}", RandomState::new().build_hasher().finish())
}

/// Those of these names that [`new_name`] makes. Others may be anybody's.
pub(super) fn made_names(names: Vec<String>) -> Vec<String> {
    let is_made = |name: &String| {
        let number = name.strip_prefix(PREFIX).unwrap_or_default();
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        number.len() == 16 && number.bytes().all(is_digit)
    };
    names.into_iter().filter(is_made).collect()
}

/// A database that this program made on a server. It is dropped in the end, unless it is kept.
pub(super) struct MadeDatabase {
    name: String,
    /// Tries to drop it; `None` if it is dropped or kept.
    attempt: Option<Arc<dyn Fn() -> Result<()> + Send + Sync>>,
    /// Tries to drop it if the process ends early.
    at_end: Option<AtEnd>,
}

impl MadeDatabase {
    /// The database of this name, which `attempt` tries to drop over a connection of its own.
    pub(super) fn new(
        name: &str,
        attempt: impl Fn() -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        let attempt: Arc<dyn Fn() -> Result<()> + Send + Sync> = Arc::new(attempt);
        let at_end = AtEnd::new({
            let attempt = attempt.clone();
            // The process ends, so nobody can be told.
            move || drop(attempt())
        });
        Self { name: name.to_owned(), attempt: Some(attempt), at_end: Some(at_end) }
    }

    /// Leaves the database on the server.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code))]
    pub(super) fn keep(&mut self) {
        (self.attempt, self.at_end) = (None, None);
    }

    /// Drops the database, and tries again while the server recovers.
    pub(super) fn remove(&mut self) -> Result<()> {
        let Some(attempt) = self.attempt.take() else { return Ok(()) };
        let began = Instant::now();
        let removed = loop {
            match attempt() {
                Ok(()) => break Ok(()),
                Err(_) if began.elapsed() < RECOVERY => sleep(BETWEEN_ATTEMPTS),
                Err(error) => {
                    let name = self.name.as_str();
                    let why = message!("scratch-remains", database = name, why = error.to_string());
                    break Err(Error::scratch(message!("scratch-drop"), why));
                }
            }
        };
        self.at_end = None;
        removed
    }
}

impl Drop for MadeDatabase {
    fn drop(&mut self) {
        // There is nobody to tell; `remove` returns the error.
        let _ = self.remove();
    }
}

/// The error for a server to which there is no connection.
pub(super) fn unreachable(error: Error) -> Error {
    match error.into_kind() {
        ErrorKind::Source { why, hint, .. } => {
            let (doing, cause) = (message!("scratch-open"), ScratchCause::Unreachable);
            Error::new(ErrorKind::Scratch { doing, cause, why, hint: Some(hint) })
        }
        other => Error::new(other),
    }
}

pub(super) fn already_loaded() -> Error {
    Error::scratch(message!("scratch-insert"), message!("scratch-already-loaded"))
}

pub(super) fn still_loading() -> Error {
    Error::scratch(message!("scratch-read"), message!("scratch-still-loading"))
}

pub(super) fn unknown_table() -> Error {
    Error::scratch(message!("scratch-find-table"), message!("scratch-not-created"))
}

/// The server answered something else than was asked.
pub(super) fn wrong_answer() -> Error {
    Error::scratch(message!("scratch-read"), message!("scratch-server-answer"))
}

/// A thread that loads items.
pub(super) struct Loading<T> {
    tasks: Option<Sender<T>>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl<T: Send + 'static> Loading<T> {
    /// Starts the thread, which loads all items that it receives with `load`.
    pub(super) fn start<S: Send + 'static>(
        connection: S,
        load: impl FnOnce(S, Receiver<T>) -> Result<()> + Send + 'static,
    ) -> Result<Self> {
        let (tasks, queue) = bounded(WAITING);
        let thread = threads::spawn(connection, move |connection| load(connection, queue));
        Ok(Self { tasks: Some(tasks), thread: Some(thread.map_err(Error::from)?) })
    }

    /// Sends an item to the thread. If the thread has stopped, returns its error.
    pub(super) fn put(&mut self, task: T) -> Result<()> {
        match &self.tasks {
            Some(tasks) if tasks.send(task).is_ok() => Ok(()),
            _ => self.join().and(Err(Error::panicked("loading"))),
        }
    }

    /// Waits until all items are loaded.
    pub(super) fn finish(mut self) -> Result<()> {
        self.join()
    }
}

impl<T> Loading<T> {
    fn join(&mut self) -> Result<()> {
        self.tasks = None;
        match self.thread.take() {
            Some(thread) => thread.join().map_err(|_| Error::panicked("loading"))?,
            None => Ok(()),
        }
    }
}

impl<T> Drop for Loading<T> {
    fn drop(&mut self) {
        // The database is dropped too, so its errors no longer matter.
        let _ = self.join();
    }
}

/// Makes tables of their ids and names, and of their columns, in the order of the tables.
pub(super) fn tables(
    names: Vec<(i64, String)>,
    columns: Vec<(i64, Column)>,
) -> Vec<(usize, Table)> {
    let mut columns = columns.into_iter().peekable();
    let table = |(id, name): (i64, String)| {
        let mut own = Vec::new();
        while let Some((_, column)) = columns.next_if(|(table, _)| *table == id) {
            own.push(column);
        }
        (id as usize, Table::new(name, own))
    };
    names.into_iter().map(table).collect()
}

/// A column with the name of its kind.
pub(super) fn column(label: String, kind: &str) -> Column {
    let is_text = kind == Kind::Text.as_str();
    Column { label, kind: if is_text { Kind::Text } else { Kind::Any } }
}

/// A cell that no column of the server can hold.
pub(super) struct RestCell {
    /// The number of the record, from 1.
    pub(super) number: i64,
    pub(super) position: usize,
    pub(super) kind: ValueKind,
    /// The bytes of a text, or those of a real, with the most significant one first.
    pub(super) value: Vec<u8>,
}

impl RestCell {
    fn push_to(&self, record: &mut Record) {
        match (self.kind, self.value.as_slice().try_into()) {
            (ValueKind::Real, Ok(bytes)) => record.push_real(f64::from_be_bytes(bytes)),
            _ => record.push_text_bytes(&self.value),
        }
    }
}

/// The cells of a table that no column can hold.
#[derive(Default)]
pub(super) struct Rest {
    /// The next ones, in descending order.
    next: Vec<RestCell>,
    /// The last record whose cells were fetched.
    fetched: i64,
}

impl Rest {
    /// The number of records whose cells are fetched at once. They may be long.
    const AT_ONCE: i64 = 64;

    /// Puts the cells of a record into their places. `fetch` returns those of some records, in
    /// descending order of records and positions.
    pub(super) fn put_back(
        &mut self,
        number: i64,
        record: &mut Record,
        fetch: impl FnOnce(Range<i64>) -> Result<Vec<RestCell>>,
    ) -> Result<()> {
        if number > self.fetched {
            self.next = fetch(number..number + Self::AT_ONCE)?;
            self.fetched = number + Self::AT_ONCE - 1;
        }
        if self.next.last().is_none_or(|cell| cell.number != number) {
            return Ok(());
        }
        let mut whole = Record::new();
        for (position, cell) in record.iter().enumerate() {
            let is_this = |cell: &mut RestCell| cell.number == number && cell.position == position;
            match self.next.pop_if(is_this) {
                Some(rest) => rest.push_to(&mut whole),
                None => whole.push(cell),
            }
        }
        *record = whole;
        Ok(())
    }
}

/// Lets the server count the columns of a table, whose pieces have these names. `rest` is a query
/// about the cells that no column can hold: for each position its number, whether they are reals,
/// how many there are, and the bytes of all and of the longest. `ask` returns the numbers of a query.
pub(super) fn count(
    layout: &Layout,
    piece_name: impl Fn(usize) -> String,
    rest: Option<String>,
    mut ask: impl FnMut(&str) -> Result<Vec<Vec<u64>>>,
) -> Result<Vec<ColumnCounts>> {
    let mut counts = vec![ColumnCounts::default(); layout.width];
    let mut rows = 0;
    for (piece, columns) in layout.pieces.iter().enumerate() {
        let answers = columns.clone().map(|at| match layout.columns[at].kind.has_length() {
            true => format!(
                ", COUNT(c{at}), COALESCE(SUM(OCTET_LENGTH(c{at})), 0), \
                 COALESCE(MAX(OCTET_LENGTH(c{at})), 0)"
            ),
            false => format!(", COUNT(c{at}), 0, 0"),
        });
        let answers = answers.collect::<String>();
        let sql = format!("SELECT COUNT(*){answers} FROM {}", piece_name(piece));
        let row = ask(&sql)?.concat();
        let (count, answers) = row.split_first().ok_or_else(wrong_answer)?;
        if piece == 0 {
            rows = *count;
        }
        let (answers, _) = answers.as_chunks::<3>();
        for (at, [values, bytes, longest]) in columns.clone().zip(answers) {
            let column = layout.columns[at];
            column.kind.count(&mut counts[column.position], *values, *bytes, *longest);
        }
    }
    for row in rest.map(|sql| ask(&sql)).transpose()?.unwrap_or_default() {
        let [position, is_real, values, bytes, longest] =
            <[u64; 5]>::try_from(row).map_err(|_| wrong_answer())?;
        let counts = counts.get_mut(position as usize).ok_or_else(wrong_answer)?;
        match is_real {
            0 => ValueKind::Text.count(counts, values, bytes, longest),
            _ => ValueKind::Real.count(counts, values, 0, 0),
        }
    }
    for counts in &mut counts {
        let values = counts.integers + counts.reals + counts.texts + counts.blobs;
        counts.nulls = rows.saturating_sub(values);
    }
    Ok(counts)
}
