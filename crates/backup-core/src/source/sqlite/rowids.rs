//! The rowids of a table where they say more than the order of its records: as runs, first and
//! last, one a line.
//!
//! Most tables have 1, 2, 3 …, or a column that is the rowid; nothing is carried of those. What is
//! carried is written while it is read, so that it takes no memory however scattered rowids are.

use std::io::{self, BufRead, Read};

use rusqlite::{Connection, Rows, Statement};

use super::failed;
use super::schema::TablePlan;
use crate::error::{Error, Result};
use crate::monitor::{Monitor, checkpoint};

const HEADER: &str = "first,last\n";

/// How many rowids go by before the monitor is asked whether to go on.
const BETWEEN_CHECKS: u64 = 65_536;

/// Where the rowids of a source's table are carried.
pub(crate) fn path(source: &str, table: &str) -> String {
    format!("{source}.rowids/{table}.csv")
}

/// What asks for the rowids of a table, if they can be asked for.
pub(crate) fn statement<'c>(
    connection: &'c Connection,
    table: &TablePlan,
) -> Result<Option<Statement<'c>>> {
    let Some(rowid) = table.rowid else { return Ok(None) };
    let sql = format!("SELECT {rowid} FROM {} ORDER BY {rowid}", table.from());
    connection.prepare(&sql).map(Some).map_err(|error| failed("read the table", &error))
}

/// How many bytes the runs of a table take; nothing if its rowids say no more than the order does.
pub(crate) fn measure(runs: &mut Runs<'_>, monitor: &dyn Monitor) -> Result<Option<u64>> {
    let mut bytes = HEADER.len() as u64;
    let (mut count, mut begins) = (0u64, 1);
    while let Some((first, last)) = runs.next(monitor)? {
        bytes += line(first, last).len() as u64;
        count += 1;
        begins = if count == 1 { first } else { begins };
    }
    Ok((count > 1 || begins != 1).then_some(bytes))
}

fn line(first: i64, last: i64) -> String {
    format!("{first},{last}\n")
}

/// The runs of a table: one by one, or as the text that is carried.
pub(crate) struct Runs<'s> {
    rows: Rows<'s>,
    /// The run that has begun.
    open: Option<(i64, i64)>,
    text: Vec<u8>,
    at: usize,
}

impl<'s> Runs<'s> {
    pub(crate) fn of(statement: &'s mut Statement<'_>) -> Result<Self> {
        let rows = statement.query([]).map_err(|error| failed("read the table", &error))?;
        Ok(Self { rows, open: None, text: HEADER.into(), at: 0 })
    }

    fn next(&mut self, monitor: &dyn Monitor) -> Result<Option<(i64, i64)>> {
        let mut seen = 0u64;
        loop {
            seen += 1;
            if seen.is_multiple_of(BETWEEN_CHECKS) {
                checkpoint(monitor)?;
            }
            let row = self.rows.next().and_then(|row| row.map(|row| row.get(0)).transpose());
            let rowid: Option<i64> = row.map_err(|error| failed("read the table", &error))?;
            match (self.open, rowid) {
                (open, None) => {
                    self.open = None;
                    return Ok(open);
                }
                (Some((first, last)), Some(rowid)) if last.checked_add(1) == Some(rowid) => {
                    self.open = Some((first, rowid));
                }
                (open, Some(rowid)) => {
                    self.open = Some((rowid, rowid));
                    if open.is_some() {
                        return Ok(open);
                    }
                }
            }
        }
    }
}

impl Read for Runs<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() {
            match self.next(&()).map_err(io::Error::other)? {
                Some((first, last)) => self.text = line(first, last).into_bytes(),
                None => return Ok(0),
            }
            self.at = 0;
        }
        let count = (&self.text[self.at..]).read(buffer)?;
        self.at += count;
        Ok(count)
    }
}

/// Reads what [`Runs`] wrote, and gives the rowids one by one. It is somebody else's: whatever is
/// no run after the last one is an error.
pub(crate) struct Rowids<R> {
    text: R,
    run: Option<(i64, i64)>,
    header: bool,
}

impl<R: BufRead> Rowids<R> {
    pub(crate) fn new(text: R) -> Self {
        Self { text, run: None, header: false }
    }

    /// The next rowid; nothing after the last.
    pub(crate) fn next(&mut self) -> io::Result<Option<i64>> {
        if !self.header {
            self.header = true;
            if self.line()?.as_deref() != Some(HEADER.trim_end()) {
                return Err(malformed());
            }
        }
        self.run = match self.run {
            Some((next, last)) if next < last => Some((next + 1, last)),
            _ => self.next_run()?,
        };
        Ok(self.run.map(|(rowid, _)| rowid))
    }

    fn next_run(&mut self) -> io::Result<Option<(i64, i64)>> {
        let Some(line) = self.line()? else { return Ok(None) };
        let (first, last) = line.split_once(',').ok_or_else(malformed)?;
        let number = |text: &str| text.parse::<i64>().map_err(|_| malformed());
        let (first, last) = (number(first)?, number(last)?);
        if first > last || self.run.is_some_and(|(_, before)| before >= first) {
            return Err(malformed());
        }
        Ok(Some((first, last)))
    }

    /// The next line, which is never longer than two numbers are.
    fn line(&mut self) -> io::Result<Option<String>> {
        const LONGEST: u64 = 64;
        let mut line = String::new();
        (&mut self.text).take(LONGEST).read_line(&mut line)?;
        match line.strip_suffix('\n') {
            Some(line) => Ok(Some(line.to_owned())),
            None if line.is_empty() => Ok(None),
            None => Err(malformed()),
        }
    }
}

fn malformed() -> io::Error {
    let why = "the list of rowids is not in its form";
    io::Error::new(io::ErrorKind::InvalidData, Error::record(why))
}
