//! Reads the definitions of a database: the tables to read, and the SQL.

use rusqlite::Connection;
use rusqlite::types::FromSql;
use serde_json::{Value as Json, json};

use super::errors::unreadable_definitions;
use super::open::limit_values;
use super::rows::{self, Encoding};
use super::table::{TablePlan, ask};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::LedgerEntry;
use crate::source::in_mib;

/// The maximum length of values in the computation of a generated column, in bytes. A few bytes of
/// SQL can make SQLite compute for any time, and longer values take longer.
const MAX_COMPUTED_BYTES: u64 = 16 << 20;

/// Everything that is known before the first record is read.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) encoding: Encoding,
    /// Details for the metadata of the source.
    pub(super) details: Vec<(&'static str, Json)>,
    pub(super) tables: Vec<TablePlan>,
    pub(super) ledger: Vec<LedgerEntry>,
    /// The definitions, as SQL.
    pub(super) definitions: Vec<u8>,
}

impl Schema {
    /// Reads all definitions, and counts every table. So problems are found before anything is
    /// stored.
    pub(super) fn read(connection: &Connection, max_record_bytes: u64) -> Result<Self> {
        let number = |name: &str| pragma::<i64>(connection, name);
        let encoding: String = pragma(connection, "encoding")?;
        let (version, id) = (number("user_version")?, number("application_id")?);
        let head = format!(
            "PRAGMA user_version={version};\nPRAGMA application_id={id};\n\
             PRAGMA encoding=\"{encoding}\";\n"
        );
        let mut schema = Self {
            encoding: match encoding.as_str() {
                "UTF-16le" => Encoding::Utf16Le,
                "UTF-16be" => Encoding::Utf16Be,
                _ => Encoding::Utf8,
            },
            details: vec![
                ("encoding", json!(encoding)),
                ("page_size", json!(number("page_size")?)),
                ("user_version", json!(version)),
                ("application_id", json!(id)),
            ],
            tables: Vec::new(),
            ledger: Vec::new(),
            definitions: definitions(connection, head.into_bytes(), max_record_bytes)?,
        };
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
                self.ledger.push(LedgerEntry::of(LedgerCode::InternalTable).table(name));
            } else if is_virtual {
                let module = sql.as_deref().and_then(module);
                self.ledger.push(virtual_table(module, &modules).table(name));
            } else {
                let planned = self.plan_table(connection, name.clone(), max_record_bytes);
                self.tables.push(planned.map_err(|error| error.in_table(name))?);
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
        let mut plan = TablePlan::new(connection, name, max_record_bytes)?;
        if plan.order.is_empty() {
            self.ledger.push(LedgerEntry::of(LedgerCode::NoOrder).table(&plan.name));
        }
        let limit =
            |bytes| limit_values(connection, bytes).map_err(|error| unreadable_definitions(&error));
        let computed = plan.columns.iter().filter(|column| column.computed).count();
        if computed > 0 {
            // The same is computed when the records are read. With this limit, it needs no more
            // then.
            limit(max_record_bytes.min(MAX_COMPUTED_BYTES))?;
        }
        let counted = rows::count(connection, &plan);
        limit(max_record_bytes)?;
        plan.counts = match counted {
            // A computed column may need a function that only another program has, or too much
            // memory.
            Err(_) if computed > 0 => {
                plan.columns.retain(|column| !column.computed);
                let entry = LedgerEntry::of(LedgerCode::GeneratedColumn).table(&plan.name);
                self.ledger.push(entry.count(computed as u64));
                rows::count(connection, &plan)?
            }
            counted => counted?,
        };
        Ok(plan)
    }
}

/// Appends the definitions to `text` as executable SQL, with statements that set the counters of
/// `AUTOINCREMENT`. The result may have at most `most` bytes. Definitions of SQLite's own tables
/// are left out, because SQLite creates these tables itself.
fn definitions(connection: &Connection, mut text: Vec<u8>, most: u64) -> Result<Vec<u8>> {
    const DEFINITIONS: &str = "SELECT name, sql FROM main.sqlite_schema \
                               WHERE sql IS NOT NULL ORDER BY rowid";
    const COUNTERS: &str = "SELECT 'INSERT INTO sqlite_sequence VALUES(' || quote(name) || ',' \
                            || quote(seq) || ')' FROM main.sqlite_sequence ORDER BY rowid";
    let mut add = |sql: &[u8]| {
        if text.len() as u64 <= most {
            text.extend_from_slice(sql);
            // If the definition ends with a comment, the semicolon must be on a new line.
            let last = sql.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            let commented = last.windows(2).any(|two| two == b"--");
            text.extend_from_slice(if commented { b"\n;\n" } else { b";\n" });
        }
    };
    let mut has_counters = false;
    ask(connection, DEFINITIONS, |row| {
        let name = String::from_utf8_lossy(row.get_ref(0)?.as_bytes()?);
        has_counters |= name == "sqlite_sequence";
        if !is_internal(&name) {
            add(row.get_ref(1)?.as_bytes()?);
        }
        Ok(())
    })?;
    if has_counters {
        add(b"DELETE FROM sqlite_sequence");
        ask(connection, COUNTERS, |row| {
            add(row.get_ref(0)?.as_bytes()?);
            Ok(())
        })?;
    }
    if text.len() as u64 > most {
        let why = message!("database-long-definitions", most = in_mib(most));
        return Err(Error::source(why, message!("hint-store-as-file")));
    }
    Ok(text)
}

fn pragma<T: FromSql>(connection: &Connection, name: &str) -> Result<T> {
    let value = connection.pragma_query_value(Some("main"), name, |row| row.get(0));
    value.map_err(|error| unreadable_definitions(&error))
}

fn is_internal(name: &str) -> bool {
    name.get(..7).is_some_and(|beginning| beginning.eq_ignore_ascii_case("sqlite_"))
}

/// The ledger entry for a virtual table with this module. `known` are the available modules.
fn virtual_table(module: Option<&str>, known: &[String]) -> LedgerEntry {
    let Some(module) = module else { return LedgerEntry::of(LedgerCode::VirtualTable) };
    let message = match known.iter().any(|one| one.eq_ignore_ascii_case(module)) {
        true => message!("virtual-table-of-module", module = module),
        false => message!("virtual-table-of-missing-module", module = module),
    };
    LedgerEntry::new(LedgerCode::VirtualTable, message.to_string())
}

/// The module in a definition: `CREATE VIRTUAL TABLE name USING module(…)`. SQLite stores the text
/// from the name on as it was written, so a comment may hide the module.
fn module(sql: &str) -> Option<&str> {
    let (head, _) = sql.split_once('(').unwrap_or((sql, ""));
    let mut words = head.split_whitespace().rev();
    let module = words.next()?.trim_matches(['"', '`', '\'', '[', ']']);
    words.next()?.eq_ignore_ascii_case("USING").then_some(module)
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
