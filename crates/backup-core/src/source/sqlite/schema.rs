//! What a database defines: which tables are read, in which order, and what they declare.

use rusqlite::Connection;

use super::open::{failed, limit_values};
use super::shape::{Shape, ask};
use super::{counts, quoted, rows};
use crate::error::{Error, Result};
use crate::ledger_code::LedgerCode;
use crate::model::{Key, LedgerEntry, Provenance, Reference};
use crate::source::in_mib;
use crate::sqlite::Counted;

/// How a database keeps its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16le",
            Self::Utf16Be => "UTF-16be",
        }
    }

    /// The encoding that `PRAGMA encoding` calls this.
    fn named(text: &str) -> Option<Self> {
        let mut all = [Self::Utf8, Self::Utf16Le, Self::Utf16Be].into_iter();
        all.find(|encoding| encoding.as_str() == text)
    }
}

/// How long a value may be that a generated column computes, or computes with: a few bytes of SQL have SQLite
/// compute as long as it likes, and longer values take longer.
const MAX_COMPUTED_BYTES: u64 = 16 << 20;

/// Everything that is known before the first record.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) encoding: Encoding,
    pub(super) page_size: i64,
    pub(super) user_version: i64,
    pub(super) application_id: i64,
    pub(super) tables: Vec<TablePlan>,
    pub(super) ledger: Vec<LedgerEntry>,
    /// The definitions, as SQL.
    pub(super) definitions: Vec<u8>,
}

/// A table that will be read.
#[derive(Debug)]
pub(super) struct TablePlan {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// What `ORDER BY` says; empty if there is nothing to order by.
    pub(super) order: String,
    pub(super) keys: Vec<Key>,
    pub(super) references: Vec<Reference>,
    pub(super) counts: Vec<Counted>,
    /// How many bytes a record may take.
    pub(super) max_record_bytes: u64,
}

impl Schema {
    /// Reads all definitions, and asks for the counts of every table: what cannot be read shows
    /// before anything is carried.
    pub(super) fn read(connection: &Connection, max_record_bytes: u64) -> Result<Self> {
        let number = |pragma: &str| -> Result<i64> {
            let sql = format!("PRAGMA main.{pragma}");
            ask(connection, &sql, |row| row.get(0))?.pop().ok_or_else(|| unanswered(pragma))
        };
        let encoding: String = ask(connection, "PRAGMA main.encoding", |row| row.get(0))?
            .pop()
            .ok_or_else(|| unanswered("encoding"))?;
        let mut schema = Self {
            encoding: Encoding::named(&encoding).ok_or_else(|| {
                Error::source(format!("the text encoding {encoding} is unknown"), "")
            })?,
            page_size: number("page_size")?,
            user_version: number("user_version")?,
            application_id: number("application_id")?,
            tables: Vec::new(),
            ledger: Vec::new(),
            definitions: Vec::new(),
        };
        schema.definitions = schema.definitions(connection, max_record_bytes)?;
        schema.plan_tables(connection, max_record_bytes)?;
        Ok(schema)
    }

    fn plan_tables(&mut self, connection: &Connection, max_record_bytes: u64) -> Result<()> {
        const TABLES: &str = "SELECT name, coalesce(rootpage, 0) = 0, sql FROM main.sqlite_schema \
                              WHERE type = 'table' ORDER BY rowid";
        let tables = ask(connection, TABLES, |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, Option<String>>(2)?))
        })?;
        let modules: Vec<String> = ask(connection, "PRAGMA module_list", |row| row.get(0))?;
        for (name, is_virtual, sql) in tables {
            if is_internal(&name) {
                let message = if name.eq_ignore_ascii_case(SEQUENCE) {
                    "SQLite's own table of counters is carried with the definitions"
                } else {
                    "SQLite's own table is kept in the database file alone"
                };
                self.ledger.push(LedgerEntry::new(LedgerCode::InternalTable, message).table(name));
            } else if is_virtual {
                let module = sql.as_deref().and_then(module);
                let message = about_virtual_table(module, &modules);
                self.ledger.push(LedgerEntry::new(LedgerCode::VirtualTable, message).table(name));
            } else {
                let plan = self
                    .plan_table(connection, name.clone(), max_record_bytes)
                    .map_err(|error| error.in_table(name))?;
                self.tables.push(plan);
            }
        }
        Ok(())
    }

    fn plan_table(
        &mut self,
        connection: &Connection,
        name: String,
        max_record_bytes: u64,
    ) -> Result<TablePlan> {
        let shape = Shape::of(connection, &name)?;
        let references = references(connection, &name)?;
        let keys = keys(&shape);
        let mut plan = TablePlan { keys, references, max_record_bytes, ..shape.plan(name) };
        if plan.order.is_empty() {
            let message = "nothing in the table gives its records an order; they come as SQLite \
                           keeps them";
            self.ledger.push(LedgerEntry::new(LedgerCode::NoOrder, message).table(&plan.name));
        }
        let computed = shape.columns.iter().filter(|column| column.computed).count();
        if computed > 0 {
            // What takes no more now does not later either, as it is the same that is computed.
            limit_values(connection, max_record_bytes.min(MAX_COMPUTED_BYTES))
                .map_err(|error| failed("read its definitions", &error))?;
        }
        let counted = plan.ask_counts(connection, self.encoding);
        limit_values(connection, max_record_bytes)
            .map_err(|error| failed("read its definitions", &error))?;
        if let Err(error) = counted {
            // A computed column may call for a function that only its own program has, or for too much.
            let stored = shape.columns.iter().filter(|column| !column.computed);
            plan.columns = stored.map(|column| column.name.clone()).collect();
            if computed == 0 || plan.ask_counts(connection, self.encoding).is_err() {
                return Err(error);
            }
            let message = "generated columns that this SQLite cannot compute are left out";
            let entry = LedgerEntry::new(LedgerCode::GeneratedColumn, message).table(&plan.name);
            self.ledger.push(entry.count(computed as u64));
        }
        Ok(plan)
    }

    /// The definitions as SQL that can be run. SQLite's own tables it makes by itself.
    fn definitions(&self, connection: &Connection, most: u64) -> Result<Vec<u8>> {
        const DEFINITIONS: &str = "SELECT name, sql FROM main.sqlite_schema \
                                   WHERE sql IS NOT NULL ORDER BY rowid";
        let mut text = format!(
            "PRAGMA user_version={};\nPRAGMA application_id={};\nPRAGMA encoding=\"{}\";\n",
            self.user_version,
            self.application_id,
            self.encoding.as_str()
        )
        .into_bytes();
        let mut room = Room { left: most };
        ask(connection, DEFINITIONS, |row| {
            let (name, sql) = (row.get_ref(0)?.as_bytes()?, row.get_ref(1)?.as_bytes()?);
            if !is_internal(&String::from_utf8_lossy(name)) && room.take(sql) {
                text.extend_from_slice(sql);
                // A comment at the end would swallow the semicolon.
                let last = sql.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
                let commented = last.windows(2).any(|two| two == b"--");
                text.extend_from_slice(if commented { b"\n;\n" } else { b";\n" });
            }
            Ok(())
        })?;
        counters(connection, &mut room, &mut text)?;
        if room.left == 0 {
            return Err(Error::source(
                format!(
                    "the definitions are longer than {}, the most that may be read",
                    in_mib(most)
                ),
                "Until they are shorter it can be carried as a file.",
            ));
        }
        Ok(text)
    }
}

/// How much more may be kept of what a database defines; nothing once something did not fit.
struct Room {
    left: u64,
}

impl Room {
    fn take(&mut self, text: &[u8]) -> bool {
        self.left = self.left.saturating_sub(text.len() as u64);
        self.left > 0
    }
}

/// The counters of `AUTOINCREMENT`, as statements that set them.
fn counters(connection: &Connection, room: &mut Room, text: &mut Vec<u8>) -> Result<()> {
    const IS_THERE: &str = "SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'";
    const COUNTERS: &str = "SELECT 'INSERT INTO sqlite_sequence VALUES(' || quote(name) || ',' \
                            || quote(seq) || ');' || char(10) FROM main.sqlite_sequence \
                            ORDER BY rowid";
    if ask(connection, IS_THERE, |row| row.get::<_, i64>(0))?.is_empty() {
        return Ok(());
    }
    text.extend_from_slice(b"DELETE FROM sqlite_sequence;\n");
    ask(connection, COUNTERS, |row| {
        let set = row.get_ref(0)?.as_bytes()?;
        if room.take(set) {
            text.extend_from_slice(set);
        }
        Ok(())
    })?;
    Ok(())
}

impl TablePlan {
    fn ask_counts(&mut self, connection: &Connection, encoding: Encoding) -> Result<()> {
        rows::prepare(connection, self, encoding)?;
        self.counts = counts::ask(connection, self)?;
        Ok(())
    }

    /// How many records SQLite counted.
    pub(super) fn records(&self) -> u64 {
        self.counts.first().map_or(0, Counted::records)
    }

    /// What is selected from, as SQL.
    pub(super) fn from(&self) -> String {
        format!("main.{}", quoted(&self.name))
    }
}

const SEQUENCE: &str = "sqlite_sequence";

fn is_internal(name: &str) -> bool {
    name.get(..7).is_some_and(|beginning| beginning.eq_ignore_ascii_case("sqlite_"))
}

/// What the ledger says of a virtual table of this module; `known` are those that there are.
fn about_virtual_table(module: Option<&str>, known: &[String]) -> String {
    let which = match module {
        None => String::new(),
        Some(module) if known.iter().any(|one| one.eq_ignore_ascii_case(module)) => {
            format!(" of the module {module}")
        }
        Some(module) => format!(" of the module {module}, which is missing here,"),
    };
    format!(
        "a virtual table{which} is kept in the database file and, if it stores anything there, in the \
         tables behind it"
    )
}

/// The module that a definition names: `CREATE VIRTUAL TABLE name USING module(…)`. SQLite keeps
/// the text from the name on as it was written, so a comment may hide it.
fn module(sql: &str) -> Option<&str> {
    let (head, _) = sql.split_once('(').unwrap_or((sql, ""));
    let mut words = head.split_whitespace().rev();
    let module = words.next()?.trim_matches(['"', '`', '\'', '[', ']']);
    words.next()?.eq_ignore_ascii_case("USING").then_some(module)
}

fn keys(shape: &Shape) -> Vec<Key> {
    let columns: Vec<_> = shape.key_columns().into_iter().map(str::to_owned).collect();
    if columns.is_empty() { Vec::new() } else { vec![Key { columns, known: Provenance::Declared }] }
}

fn references(connection: &Connection, table: &str) -> Result<Vec<Reference>> {
    let sql = format!("PRAGMA main.foreign_key_list({})", quoted(table));
    let mut parts = ask(connection, &sql, |row| {
        let at: (i64, i64) = (row.get("id")?, row.get("seq")?);
        let ends: (String, Option<String>) = (row.get("from")?, row.get("to")?);
        Ok((at, row.get::<_, String>("table")?, ends))
    })?;
    // SQLite numbers references from the last one declared to the first.
    parts.sort_by_key(|((id, seq), ..)| (-id, *seq));
    let mut references: Vec<(i64, Reference)> = Vec::new();
    for ((id, _), table, (from, to)) in parts {
        if references.last().is_none_or(|(last, _)| *last != id) {
            let (columns, target) = (Vec::new(), Vec::new());
            references
                .push((id, Reference { columns, table, target, known: Provenance::Declared }));
        }
        if let Some((_, reference)) = references.last_mut() {
            reference.columns.push(from);
            reference.target.extend(to);
        }
    }
    Ok(references.into_iter().map(|(_, reference)| reference).collect())
}

fn unanswered(what: &str) -> Error {
    Error::source(format!("SQLite does not say the {what} of the database"), "")
}

#[cfg(test)]
mod tests {
    use super::module;

    #[test]
    fn modules_are_found_behind_names_of_any_kind() {
        let cases = [
            ("CREATE VIRTUAL TABLE docs USING fts5 (body)", Some("fts5")),
            ("CREATE VIRTUAL TABLE \"a \"\" using b\"  using FTS3", Some("FTS3")),
            ("CREATE VIRTUAL TABLE [a'b]\nUSING\n\"module\"('x')", Some("module")),
            ("CREATE VIRTUAL TABLE 客户 USING rtree(id)", Some("rtree")),
            ("CREATE VIRTUAL TABLE a USING /* of b */ c", None),
            ("CREATE VIRTUAL TABLE \"a", None),
            ("CREATE TABLE a (b)", None),
        ];
        for (sql, expected) in cases {
            assert_eq!(module(sql), expected, "{sql}");
        }
    }
}
