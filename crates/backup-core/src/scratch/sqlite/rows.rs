//! The records of a table as a database gives them, one after the other.

use std::collections::HashSet;

use rusqlite::Statement;
use rusqlite::types::ValueRef;

use super::failed;
use crate::error::Result;
use crate::record::Record;
use crate::sqlite::push_value;

/// Which cells of which records are not numbers: numbers of records, counted from 1, and positions.
pub(super) type Nans = HashSet<(i64, i64)>;

/// What is asked of a table.
pub(super) struct Selection<'c> {
    /// A statement for each SQLite table that it is split over, and where the columns stand that it
    /// gives.
    pub(super) pieces: Vec<(Statement<'c>, Vec<usize>)>,
    pub(super) nans: Nans,
}

impl Selection<'_> {
    /// Gives all records, in order.
    pub(super) fn read(&mut self, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()> {
        let not_given = |error| failed("give its records back", error);
        let mut pieces = Vec::new();
        for (statement, positions) in &mut self.pieces {
            pieces.push((statement.query([]).map_err(not_given)?, positions));
        }
        let (mut record, mut number) = (Record::new(), 0);
        loop {
            record.clear();
            number += 1;
            let mut is_there = false;
            for (rows, positions) in &mut pieces {
                let Some(row) = rows.next().map_err(not_given)? else { continue };
                is_there = true;
                for (column, position) in positions.iter().enumerate() {
                    match row.get_ref(column).map_err(not_given)? {
                        ValueRef::Null if self.nans.contains(&(number, *position as i64)) => {
                            record.push_real(f64::NAN);
                        }
                        value => push_value(&mut record, value),
                    }
                }
            }
            if !is_there {
                return Ok(());
            }
            each(&record)?;
        }
    }
}
