//! Tables that come back as they were defined.
//!
//! Records may break every rule of their table: a rule can be newer than they are. So they are
//! loaded into a table that has the same records in the same form and no rules, and the definition
//! is put in its place at the end, as if the database had been opened with it. Indexes are made
//! over what is there, as ones that let records be equal, and get their definitions after. Views
//! and triggers come last, and nothing in a definition runs while records are loaded.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, ToSql, params};

use super::model::{Kind, MAKE_COUNTERS, Object, Schema, harden};
use super::plan::{Carried, DefinedTable, Definitions, column};
use super::room::is_about_the_disk;
use crate::archive::package::ColumnCounts;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Code, Detail, Finding};
use crate::monitor::Monitor;
use crate::outcome::{Check, CheckKind};
use crate::record::{Cell, Record, Sha256Writer, Table};
use crate::report::Report;
use crate::scratch::sqlite::{Bound, failed};
use crate::source::sqlite::counts;
use crate::source::sqlite::rowids::{self, Runs};
use crate::source::sqlite::rows::{self, Tally, utf16_units};
use crate::source::sqlite::schema::Encoding;
use crate::source::sqlite::shape::index_columns;
use crate::sqlite::{quoted, words};

/// The tables of a source's database, while they are loaded and when they are read again.
pub(super) struct Defined {
    pub(super) definitions: Definitions,
    /// By the index of the table: where it stands, and what puts a record into it.
    by_index: HashMap<usize, (usize, String)>,
    /// Those that had records, or none, in the order in which they came.
    created: Vec<usize>,
    /// A table, by its index, that does not come as it is defined, and why.
    pub(super) refused: Option<(usize, String)>,
    /// Definitions that could not be given back, by their names.
    missing: HashSet<String>,
    pub(super) notes: Vec<String>,
    fresh: Option<Connection>,
    tallies: HashMap<usize, Option<Vec<Tally>>>,
}

/// What holds the trees of constraints' indexes until their tables have their definitions.
const HELPER: &str = "backup_helper";

impl Defined {
    /// Makes a table without rules for each.
    pub(super) fn begin(definitions: Definitions, connection: &Connection) -> Result<Self> {
        let make = || -> rusqlite::Result<()> {
            harden(connection)?;
            for table in &definitions.tables {
                connection.execute_batch(&table.neutral)?;
            }
            Ok(())
        };
        make().map_err(|error| failed("make the tables", error))?;
        let inserts = definitions.tables.iter().enumerate().map(|(at, table)| {
            let insert = insert(table, definitions.encoding);
            (table.index, (at, insert))
        });
        let by_index = inserts.collect();
        Ok(Self {
            definitions,
            by_index,
            created: Vec::new(),
            refused: None,
            missing: HashSet::new(),
            notes: Vec::new(),
            fresh: None,
            tallies: HashMap::new(),
        })
    }

    pub(super) fn has(&self, index: usize) -> bool {
        self.by_index.contains_key(&index)
    }

    pub(super) fn create(&mut self, index: usize) {
        self.created.push(index);
    }

    pub(super) fn table(&self, index: usize) -> Result<&DefinedTable> {
        let unknown = || Error::scratch("find a table", "it is not there");
        let (at, _) = self.by_index.get(&index).ok_or_else(unknown)?;
        Ok(&self.definitions.tables[*at])
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = (usize, Table)> {
        let table = |index: &usize| Some((*index, self.table(*index).ok()?.archived.clone()));
        self.created.iter().filter_map(table)
    }

    pub(super) fn insert(
        &mut self,
        connection: &Connection,
        index: usize,
        record: &Record,
    ) -> Result<()> {
        let encoding = self.definitions.encoding;
        let Some((at, insert)) = self.by_index.get(&index) else { return Ok(()) };
        let table = &mut self.definitions.tables[*at];
        let inserted = connection
            .prepare_cached(insert)
            .map_err(|error| words(&error))
            .and_then(|mut insert| add(&mut insert, table, encoding, record));
        inserted.map_err(|why| {
            let error = Error::scratch("take a record", why.clone());
            self.refused = Some((index, why));
            error.in_table(&table.archived.name)
        })
    }

    /// Puts the definitions in their places.
    pub(super) fn finish(&mut self, connection: &Connection, path: &Path) -> Result<()> {
        for table in &mut self.definitions.tables {
            if let Carried::Runs(rowids, _) = &mut table.rowids
                && !matches!(rowids.next(), Ok(None))
            {
                let why = "it has fewer records than rowids".to_owned();
                let error = Error::scratch("number its records", why.clone());
                self.refused = Some((table.index, why));
                return Err(error);
            }
        }
        self.define(connection).map_err(|error| failed("take its definitions", error))?;
        let fresh = open_fresh(path).and_then(|fresh| {
            // A generated column is computed here, and may be made to take any length.
            let longest = connection.limit(Limit::SQLITE_LIMIT_LENGTH)?;
            fresh.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)?;
            Ok(fresh)
        });
        self.fresh = Some(fresh.map_err(|error| failed("be opened again", error))?);
        Ok(())
    }

    fn define(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        connection.execute_batch("PRAGMA journal_mode = MEMORY")?;
        self.define_tables(connection)?;
        self.define_others(connection)?;
        if let Some(counters) = &self.definitions.counters {
            connection.execute_batch(MAKE_COUNTERS)?;
            let mut insert =
                connection.prepare("INSERT INTO main.sqlite_sequence VALUES(?1, ?2)")?;
            for (name, counter) in counters {
                insert.execute(params![name, counter])?;
            }
        }
        connection.pragma_update(None, "user_version", self.definitions.user_version)?;
        connection.pragma_update(None, "application_id", self.definitions.application_id)?;
        // The file is opened by another connection next.
        connection.execute_batch("PRAGMA locking_mode = NORMAL; SELECT 1 FROM main.sqlite_schema")
    }

    fn define_tables(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let indexes: Vec<(String, String)> = self
            .definitions
            .tables
            .iter()
            .flat_map(|table| {
                table.indexes.iter().map(|index| (table.plan.name.clone(), index.clone()))
            })
            .collect();
        let mut names = self.free_names();
        let helper = quoted(&names.next(HELPER));
        connection.execute_batch(&format!("CREATE TABLE main.{helper}(a)"))?;
        let mut trees = Vec::new();
        for _ in &indexes {
            let tree = names.next(HELPER);
            let make = format!("CREATE INDEX main.{} ON {helper}(a)", quoted(&tree));
            connection.execute_batch(&make)?;
            trees.push(tree);
        }
        Schema(connection).change(|schema| {
            for table in &self.definitions.tables {
                let define = "UPDATE sqlite_schema SET sql = ?1 WHERE type = 'table' AND name = ?2";
                schema.execute(define, params![table.sql, table.plan.name])?;
            }
            for ((table, index), tree) in indexes.iter().zip(&trees) {
                let give = "UPDATE sqlite_schema SET name = ?1, tbl_name = ?2, sql = NULL \
                            WHERE type = 'index' AND name = ?3";
                schema.execute(give, params![index, table, tree])?;
            }
            Ok(())
        })?;
        connection.execute_batch(&format!("DROP TABLE main.{helper}"))?;
        for (table, index) in &indexes {
            if let Err(error) = fill_index(connection, table, index, &names.next(HELPER)) {
                // A database whose index lacks records would find nothing, and say nothing.
                let why = format!("SQLite cannot fill its index {index} ({error})");
                let mut tables = self.definitions.tables.iter();
                let of = tables.find(|defined| defined.plan.name == *table);
                self.refused = of.map(|defined| (defined.index, why.clone()));
                return Err(rusqlite::Error::InvalidParameterName(why));
            }
        }
        Ok(())
    }

    fn define_others(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut made = Vec::new();
        for object in &self.definitions.others {
            if object.kind != Kind::Virtual
                && let Err(error) = connection.execute_batch(&object.make)
            {
                if is_about_the_disk(connection, &error.to_string()) {
                    return Err(error);
                }
                let (kind, name) = (object.kind.as_str(), &object.name);
                self.notes.push(format!("the {kind} {name} is left out: {}", words(&error)));
                self.missing.insert(name.clone());
                continue;
            }
            made.push(object);
        }
        Schema(connection).change(|schema| {
            for Object { kind, name, sql, .. } in made {
                if *kind == Kind::Virtual {
                    let insert = "INSERT INTO sqlite_schema VALUES('table', ?1, ?1, 0, ?2)";
                    schema.execute(insert, [name, sql])?;
                } else {
                    let define = "UPDATE sqlite_schema SET sql = ?1 WHERE type = ?2 AND name = ?3";
                    schema.execute(define, params![sql, kind.as_str(), name])?;
                }
            }
            Ok(())
        })?;
        // Whether SQLite takes all of it for definitions shows when it reads them.
        connection.execute_batch("SELECT 1 FROM main.sqlite_schema")
    }

    fn free_names(&self) -> FreeNames {
        let tables = self.definitions.tables.iter().map(|table| &table.plan.name);
        let names = tables.chain(self.definitions.others.iter().map(|other| &other.name));
        FreeNames { taken: names.map(|name| name.to_lowercase()).collect(), number: 0 }
    }

    fn fresh(&self) -> Result<&Connection> {
        let closed = || Error::scratch("be read", "it is still being loaded");
        self.fresh.as_ref().ok_or_else(closed)
    }

    /// Gives a table's records, as a source gives them.
    pub(super) fn read(
        &mut self,
        index: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        let (table, encoding) = (self.table(index)?, self.definitions.encoding);
        let tallies = rows::each(self.fresh()?, &table.plan, encoding, each).map_err(unread)?;
        self.tallies.insert(index, tallies);
        Ok(())
    }

    /// What SQLite counts, of a table that was read.
    pub(super) fn counts(&mut self, index: usize) -> Result<Vec<ColumnCounts>> {
        let counted = counts::ask(self.fresh()?, &self.table(index)?.plan).map_err(unread)?;
        let tallies = self.tallies.get(&index).and_then(Option::as_deref);
        counts::reconcile(&counted, tallies).map_err(unread)
    }

    /// Compares the definitions and the rowids that the finished file has with those that were
    /// carried.
    pub(super) fn prove(&self, monitor: &dyn Monitor, report: &mut Report) -> Result<()> {
        let tables = self.definitions.tables.iter();
        let tables = tables.map(|table| ("table", &table.plan.name, &table.sql));
        let others = self.definitions.others.iter();
        let others = others
            .filter(|other| !self.missing.contains(&other.name))
            .map(|other| (other.kind.as_str(), &other.name, &other.sql));
        let fresh = self.fresh()?;
        let mut compared = 0;
        for (kind, name, sql) in tables.chain(others) {
            let same = "SELECT count(*) FROM main.sqlite_schema \
                        WHERE type = ?1 AND name = ?2 AND sql = ?3";
            let same: bool = fresh
                .query_row(same, params![kind, name, sql], |row| row.get(0))
                .map_err(|error| failed("give its definitions back", error))?;
            if !same {
                let message = format!("the restored database defines the {kind} {name} otherwise");
                report.findings.push(Finding::failure(Code::Contents, message));
            }
            compared += 1;
        }
        report.checks.push(Check { kind: CheckKind::Definitions, count: compared });
        self.prove_rowids(monitor, report)
    }

    /// A remark on what SQLite runs when somebody uses the database. Whoever has the public key can make
    /// an archive, so it may have been made to do harm. What tables and indexes compute is left out: it
    /// was made here without trust in it, so it calls nothing that can, but for functions that only
    /// another program has.
    pub(super) fn what_runs(&self) -> Option<Finding> {
        let others = &self.definitions.others;
        let count = |kind: Kind| {
            let of_kind = others.iter().filter(|other| other.kind == kind);
            of_kind.filter(|other| !self.missing.contains(&other.name)).count() as u64
        };
        let calling = self.definitions.tables.iter().filter(|table| table.calls_others).count();
        let calling = calling + others.iter().filter(|other| other.calls_others).count();
        let counts = [Kind::Trigger, Kind::View, Kind::Virtual].map(count);
        let [triggers, views, virtual_tables] = counts;
        let detail = Detail::Runs { triggers, views, virtual_tables, calling: calling as u64 };
        let names = [
            ("trigger", "triggers"),
            ("view", "views"),
            ("virtual table", "virtual tables"),
            (
                "definition that calls functions of another program",
                "definitions that call functions of another program",
            ),
        ];
        let counts = counts.into_iter().chain([calling as u64]).zip(names);
        let some: Vec<_> = counts
            .filter(|(count, _)| *count > 0)
            .map(|(count, (one, many))| format!("{count} {}", if count == 1 { one } else { many }))
            .collect();
        let message = format!(
            "this database has {}, as its source had: SQLite runs them when it is used, and what they do \
             was not checked; open it with PRAGMA trusted_schema=OFF, and read sqlite_schema before you \
             change anything",
            some.join(", ")
        );
        let remark = Finding::remark(Code::Source, message).detail(detail);
        (!some.is_empty()).then_some(remark)
    }

    fn prove_rowids(&self, monitor: &dyn Monitor, report: &mut Report) -> Result<()> {
        let (mut compared, mut unknown) = (0, 0);
        for table in &self.definitions.tables {
            let Some(mut statement) = rowids::statement(self.fresh()?, &table.plan)? else {
                continue;
            };
            let mut runs = Runs::of(&mut statement)?;
            let same = match &table.rowids {
                Carried::Not => true,
                Carried::Unknown => {
                    unknown += 1;
                    continue;
                }
                Carried::Ordinal => rowids::measure(&mut runs, monitor)?.is_none(),
                Carried::Runs(_, carried) => {
                    let mut hash = Sha256Writer::new(std::io::sink());
                    std::io::copy(&mut runs, &mut hash)
                        .map_err(|error| Error::reading(&table.plan.name, error))?;
                    hash.finish().0 == *carried
                }
            };
            if !same {
                let name = &table.archived.name;
                let message = format!("the restored table {name} has other rowids");
                report.findings.push(Finding::failure(Code::TableRows, message).table(name));
            }
            compared += 1;
        }
        report.checks.push(Check { kind: CheckKind::Rowids, count: compared });
        if unknown > 0 {
            let tables = if unknown == 1 { "table" } else { "tables" };
            report.findings.push(Finding::remark(
                Code::Source,
                format!(
                    "the archive does not say which rowids the records of {unknown} {tables} had: \
                     they are numbered in order"
                ),
            ));
        }
        Ok(())
    }
}

/// What the file's own reader says is not about a source here.
fn unread(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Source { why, .. } => {
            let why = why.clone();
            Error::scratch("give its records back", why)
        }
        _ => error,
    }
}

fn open_fresh(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    harden(&connection)?;
    // A misspelled column must be an error and not its own name as text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    Ok(connection)
}

/// Names that nothing in the database has.
struct FreeNames {
    taken: HashSet<String>,
    number: u64,
}

impl FreeNames {
    fn next(&mut self, like: &str) -> String {
        loop {
            self.number += 1;
            let name = format!("{like}_{}", self.number);
            if !self.taken.contains(&name) {
                return name;
            }
        }
    }
}

/// Fills the index of a constraint, which need not hold: another index of the same columns is made,
/// and they exchange their trees.
fn fill_index(connection: &Connection, table: &str, index: &str, twin: &str) -> Result<(), String> {
    let columns = |of_key| {
        let columns = index_columns(connection, index, of_key);
        columns.map_err(|error| error.to_string())
    };
    // In a table without rowids, a constraint's index leads to the key in ascending order always,
    // and another index in that of the key: so it is told of all columns.
    let columns = [columns(true)?, columns(false)?].concat();
    let columns: Vec<_> = columns.iter().flatten().map(|part| part.sql(&part.column)).collect();
    let (quoted_twin, of) = (quoted(twin), quoted(table));
    let make = format!("CREATE INDEX main.{quoted_twin} ON {of}({})", columns.join(","));
    let exchange = || -> rusqlite::Result<()> {
        connection.execute_batch(&make)?;
        Schema(connection).change(|schema| {
            let root = |name: &str| -> rusqlite::Result<i64> {
                let root = "SELECT rootpage FROM sqlite_schema WHERE type = 'index' AND name = ?1";
                schema.query_row(root, [name], |row| row.get(0))
            };
            let roots = [(root(index)?, twin), (root(twin)?, index)];
            for (root, name) in roots {
                let give = "UPDATE sqlite_schema SET rootpage = ?1 \
                            WHERE type = 'index' AND name = ?2";
                schema.execute(give, params![root, name])?;
            }
            Ok(())
        })?;
        connection.execute_batch(&format!("DROP INDEX main.{quoted_twin}"))
    };
    exchange().map_err(|error| words(&error))
}

fn insert(table: &DefinedTable, encoding: Encoding) -> String {
    let stored = table.stored.iter().flatten().count();
    let numbered = numbers(table);
    let mut columns: Vec<String> = (0..stored).map(column).collect();
    let value = |at: usize| match encoding {
        Encoding::Utf8 => format!("?{}", at + 1 + numbered),
        // Text that is bound as UTF-8 would lose what is not valid on its way to UTF-16.
        Encoding::Utf16Le | Encoding::Utf16Be => {
            let (value, is_text) = (at + 1 + numbered, at + 1 + numbered + stored);
            format!("CASE WHEN ?{is_text} THEN CAST(?{value} AS TEXT) ELSE ?{value} END")
        }
    };
    let mut values: Vec<String> = (0..stored).map(value).collect();
    if numbered == 1 {
        columns.insert(0, "rowid".into());
        values.insert(0, "?1".into());
    }
    let (name, columns) = (quoted(&table.plan.name), columns.join(","));
    format!("INSERT INTO main.{name}({columns}) VALUES({})", values.join(","))
}

/// How many parameters are rowids.
fn numbers(table: &DefinedTable) -> usize {
    usize::from(matches!(table.rowids, Carried::Runs(..)))
}

/// Adds a record; says why if the table does not take it.
fn add(
    insert: &mut Statement<'_>,
    table: &mut DefinedTable,
    encoding: Encoding,
    record: &Record,
) -> Result<(), String> {
    let words = |error: rusqlite::Error| words(&error);
    let numbered = numbers(table);
    if let Carried::Runs(rowids, _) = &mut table.rowids {
        let rowid = rowids.next().map_err(|error| error.to_string())?;
        let rowid = rowid.ok_or("it has more records than rowids")?;
        insert.raw_bind_parameter(1, rowid).map_err(words)?;
    }
    let stored = table.stored.iter().flatten().count();
    for (cell, at) in record.iter().zip(&table.stored) {
        let Some(at) = at else { continue };
        let position = at + 1 + numbered;
        if encoding == Encoding::Utf8 {
            insert.raw_bind_parameter(position, Bound(cell)).map_err(words)?;
            continue;
        }
        let text = match cell {
            Cell::Text(text) => {
                let units = utf16_units(text.as_bytes());
                Some(units.ok_or("it holds text that UTF-16 cannot hold")?)
            }
            _ => None,
        };
        insert.raw_bind_parameter(position + stored, text.is_some()).map_err(words)?;
        match text {
            Some(units) => insert.raw_bind_parameter(position, stored_text(&units, encoding)),
            None => insert.raw_bind_parameter(position, Bound(cell)),
        }
        .map_err(words)?;
    }
    insert.raw_execute().map(drop).map_err(words)
}

/// Bytes, as SQLite takes a blob.
struct Bytes(Vec<u8>);

impl ToSql for Bytes {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }
}

/// The bytes of UTF-16 text, in the order in which the database keeps them.
fn stored_text(units: &[u16], encoding: Encoding) -> Bytes {
    let bytes = units.iter().flat_map(|unit| match encoding {
        Encoding::Utf16Be => unit.to_be_bytes(),
        Encoding::Utf16Le | Encoding::Utf8 => unit.to_le_bytes(),
    });
    Bytes(bytes.collect())
}
