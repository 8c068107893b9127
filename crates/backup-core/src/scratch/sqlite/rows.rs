//! The records of a table as one database gives them, one after the other.

use std::collections::HashSet;

use rusqlite::Statement;
use rusqlite::types::ValueRef;

use super::blocks::Blocks;
use super::failed;
use crate::error::Result;
use crate::record::Record;
use crate::sqlite::push_value;

/// Which cells of which records are not numbers: numbers of records here, counted from 1, and
/// positions.
pub(super) type Nans = HashSet<(i64, i64)>;

/// What is asked of a table.
pub(super) struct Selection<'c> {
    /// A statement for each SQLite table that it is split over, and where the columns stand that it
    /// gives.
    pub(super) pieces: Vec<(Statement<'c>, Vec<usize>)>,
    pub(super) nans: Nans,
    pub(super) blocks: Blocks,
}

/// Records, one at a time.
pub(super) struct Rows<'s> {
    pieces: Vec<(rusqlite::Rows<'s>, &'s [usize])>,
    nans: &'s Nans,
    blocks: Blocks,
    record: Record,
    here: u64,
}

impl Selection<'_> {
    /// Asks, from the first record on.
    pub(super) fn rows(&mut self) -> Result<Rows<'_>> {
        let Self { pieces, nans, blocks } = self;
        let mut rows = Vec::new();
        for (statement, positions) in pieces {
            rows.push((statement.query([]).map_err(not_given)?, positions.as_slice()));
        }
        Ok(Rows { pieces: rows, nans, blocks: *blocks, record: Record::new(), here: 0 })
    }
}

impl Rows<'_> {
    /// Goes to the next record; `false` if there is none.
    pub(super) fn next(&mut self) -> Result<bool> {
        self.record.clear();
        self.here += 1;
        let mut is_there = false;
        for (rows, positions) in &mut self.pieces {
            let Some(row) = rows.next().map_err(not_given)? else { continue };
            is_there = true;
            for (column, position) in positions.iter().enumerate() {
                match row.get_ref(column).map_err(not_given)? {
                    ValueRef::Null if self.nans.contains(&(self.here as i64, *position as i64)) => {
                        self.record.push_real(f64::NAN);
                    }
                    // All texts of a record are looked at together.
                    ValueRef::Text(text) => self.record.push_unknown_text(text),
                    value => push_value(&mut self.record, value),
                }
            }
        }
        self.record.tell_utf8();
        Ok(is_there)
    }

    /// The record's number in the whole table, counted from 1.
    pub(super) fn number(&self) -> u64 {
        self.blocks.number(self.here)
    }

    pub(super) fn record(&self) -> &Record {
        &self.record
    }
}

/// Gives the records of a table that lies in several databases, in its order.
pub(super) fn in_order(
    mut databases: Vec<Rows<'_>>,
    each: &mut dyn FnMut(&Record) -> Result<()>,
) -> Result<()> {
    let mut at = 0;
    while at < databases.len() {
        match databases[at].next()? {
            true => at += 1,
            false => drop(databases.remove(at)),
        }
    }
    while let Some((at, rows)) = databases.iter_mut().enumerate().min_by_key(|(_, it)| it.number())
    {
        each(rows.record())?;
        if !rows.next()? {
            drop(databases.remove(at));
        }
    }
    Ok(())
}

fn not_given(error: rusqlite::Error) -> crate::error::Error {
    failed("give its records back", error)
}
