//! The databases that tables are spread over: each table is whole in one of them.

use std::cmp::Reverse;
use std::collections::HashMap;

use rusqlite::Connection;

use super::database::Database;
use super::loading::Task;
use super::{failed, unknown_table};
use crate::error::Result;
use crate::record::Table;

/// More tables than this are kept in small pages.
const MANY_TABLES: usize = 256;

pub(super) struct Databases {
    pub(super) all: Vec<Database>,
    /// By a table's index: the database that it is in, or will be.
    places: HashMap<usize, usize>,
    /// How another database is made.
    make: fn() -> rusqlite::Result<Connection>,
    many_tables: bool,
}

impl Databases {
    /// One database, which is there already.
    pub(super) fn one(database: Database) -> Self {
        let make = Connection::open_in_memory;
        Self { all: vec![database], places: HashMap::new(), make, many_tables: false }
    }

    /// None yet, to be made when they are needed.
    pub(super) fn made_by(make: fn() -> rusqlite::Result<Connection>) -> Self {
        Self { all: Vec::new(), places: HashMap::new(), make, many_tables: false }
    }

    /// Spreads tables of these sizes over at most so many databases, the largest first.
    pub(super) fn spread(&mut self, bytes: &[u64], most: usize) {
        self.many_tables = bytes.len() > MANY_TABLES;
        let mut largest: Vec<usize> = (0..bytes.len()).collect();
        largest.sort_by_key(|table| Reverse(bytes[*table]));
        let mut filled = vec![0; most];
        for table in largest {
            let least = (0..most).min_by_key(|at| filled[*at]).unwrap_or(0);
            // Tables without a record are spread as well.
            filled[least] += bytes[table].max(1);
            self.places.insert(table, least);
        }
    }

    /// Does what was sent to the thread that loads, or would have been.
    pub(super) fn take(&mut self, task: Task) -> Result<()> {
        match task {
            Task::Table(index, table) => self.create_table(index, &table),
            Task::Batch(batch) => self.of(batch.table)?.insert(&batch),
            Task::File(path, bytes, sha256) => self.at(0)?.add_file(&path, bytes, sha256),
        }
    }

    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        let place = *self.places.entry(index).or_insert(0);
        self.at(place)?.create_table(index, table)
    }

    /// The database of this number, which is made if it is not there yet.
    pub(super) fn at(&mut self, place: usize) -> Result<&mut Database> {
        while self.all.len() <= place {
            let connection = (self.make)().map_err(|error| failed("be made", error))?;
            self.all.push(Database::nameless(connection, self.many_tables)?);
        }
        Ok(&mut self.all[place])
    }

    /// The database that a table is in.
    pub(super) fn of(&mut self, table: usize) -> Result<&mut Database> {
        let place = *self.places.get(&table).ok_or_else(unknown_table)?;
        self.all.get_mut(place).ok_or_else(unknown_table)
    }
}
