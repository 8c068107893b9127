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
    /// The record's number here, and in the whole table.
    here: u64,
    number: u64,
}

impl Selection<'_> {
    /// Asks, from the first record on.
    pub(super) fn rows(&mut self) -> Result<Rows<'_>> {
        let Self { pieces, nans, blocks } = self;
        let mut rows = Vec::new();
        for (statement, positions) in pieces {
            rows.push((statement.query([]).map_err(not_given)?, positions.as_slice()));
        }
        Ok(Rows { pieces: rows, nans, blocks: *blocks, record: Record::new(), here: 0, number: 0 })
    }
}

impl Rows<'_> {
    /// Goes to the next record; `false` if there is none.
    pub(super) fn next(&mut self) -> Result<bool> {
        self.record.clear();
        self.number = match self.blocks.is_first_of_block(self.here + 1) {
            true => self.blocks.number(self.here + 1),
            false => self.number + 1,
        };
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
        self.number
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
    let least = |rows: &[Rows<'_>]| (0..rows.len()).min_by_key(|at| rows[*at].number());
    while let Some(at) = least(&databases) {
        let rows = &mut databases[at];
        // The rest of its block is there as well.
        let mut next = rows.number();
        while rows.number() == next {
            each(rows.record())?;
            next += 1;
            if !rows.next()? {
                drop(databases.remove(at));
                break;
            }
        }
    }
    Ok(())
}

fn not_given(error: rusqlite::Error) -> crate::error::Error {
    failed("give its records back", error)
}
