//! Which tables the database has, with their columns, keys and references.

use std::collections::HashMap;

use crate::error::Result;
use crate::i18n::{Message, message};
use crate::server::mysql::{Connection, code, failed, quoted};
use crate::source::discover::matches;
use crate::source::server::{ServerColumn, ServerOptions, ServerReference, ServerTable};
use crate::source::sql_types::SqlType;

/// The only engine whose records are from the moment at which the transaction began.
const ENGINE_WITH_SNAPSHOTS: &str = "InnoDB";

/// An engine whose records are on another server.
const ENGINE_OF_OTHERS: &str = "FEDERATED";

/// The user may not read a table, or a column.
const DENIED: [u16; 3] = [1142, 1143, 1370];

/// What is read from a database.
pub(super) struct Catalog {
    pub(super) tables: Vec<MysqlTable>,
    /// Tables that are not read, and why.
    pub(super) unread: Vec<(String, Message)>,
    /// Tables that the patterns do not name.
    pub(super) left_out: Vec<String>,
    /// An estimate of the number of all records, and of their size on the server's disk in bytes.
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

pub(super) struct MysqlTable {
    pub(super) table: ServerTable,
    /// Whether its records are from the moment at which the transaction began.
    pub(super) is_in_snapshot: bool,
    /// For each column, whether it is computed from others.
    generated: Vec<bool>,
}

impl MysqlTable {
    /// Leaves out generated columns, as dumps of MariaDB do for tables without records.
    pub(super) fn omit_generated(&mut self) {
        let mut generated = std::mem::take(&mut self.generated).into_iter();
        let before = self.table.columns.len();
        self.table.columns.retain(|_| !generated.next().unwrap_or_default());
        self.table.computed += (before - self.table.columns.len()) as u64;
        let columns = &self.table.columns;
        let has = |name: &String| columns.iter().any(|column| column.name == *name);
        self.table.keys.retain(|key| key.iter().all(has));
    }
}

impl Catalog {
    /// Finds the tables, without their columns.
    pub(super) fn find(connection: &mut Connection, options: &ServerOptions) -> Result<Self> {
        let rows = ask(
            connection,
            "SELECT TABLE_SCHEMA, TABLE_NAME, ENGINE, TABLE_ROWS, DATA_LENGTH \
             FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') \
             ORDER BY TABLE_NAME",
        )?;
        options.check(rows.iter().map(|row| (row[0].as_str(), row[1].as_str())))?;
        let (tables, unread, left_out) = (Vec::new(), Vec::new(), Vec::new());
        let mut catalog = Self { tables, unread, left_out, rows: 0, bytes: 0 };
        if options.tables.is_empty() && !sees_all_tables(connection)? {
            catalog.unread.push(("*".into(), message!("server-hidden-tables")));
        }
        for row in rows {
            let [schema, title, engine, rows, bytes]: [String; 5] =
                row.try_into().unwrap_or_default();
            if !options.includes(&schema, &title) {
                catalog.left_out.push(title);
                continue;
            }
            if engine.eq_ignore_ascii_case(ENGINE_OF_OTHERS) {
                catalog.unread.push((title, message!("server-foreign-table")));
                continue;
            }
            catalog.rows = catalog.rows.saturating_add(rows.parse().unwrap_or(0));
            catalog.bytes = catalog.bytes.saturating_add(bytes.parse().unwrap_or(0));
            let sql = quoted(&title);
            catalog.tables.push(MysqlTable {
                table: ServerTable {
                    title,
                    sql,
                    columns: Vec::new(),
                    computed: 0,
                    keys: Vec::new(),
                    references: Vec::new(),
                },
                is_in_snapshot: engine.eq_ignore_ascii_case(ENGINE_WITH_SNAPSHOTS),
                generated: Vec::new(),
            });
        }
        Ok(catalog)
    }

    /// Takes the metadata lock of every table, so that no other session can drop or change it
    /// before the transaction ends. Leaves out tables that the user may not read.
    pub(super) fn lock(&mut self, connection: &mut Connection) -> Result<()> {
        let mut locked = Vec::new();
        for table in std::mem::take(&mut self.tables) {
            match connection.execute(&format!("SELECT * FROM {} LIMIT 0", table.table.sql)) {
                Ok(()) => locked.push(table),
                Err(error) if code(&error).is_some_and(|code| DENIED.contains(&code)) => {
                    self.unread.push((table.table.title, message!("server-may-not-read")));
                }
                Err(error) => return Err(failed(&error).in_table(table.table.title)),
            }
        }
        self.tables = locked;
        Ok(())
    }

    /// Reads the columns, keys and references of the tables.
    pub(super) fn describe(&mut self, connection: &mut Connection) -> Result<()> {
        let tables = self.tables.iter().enumerate();
        let places: HashMap<String, usize> =
            tables.map(|(at, table)| (table.table.title.clone(), at)).collect();
        self.find_columns(connection, &places)?;
        self.find_keys(connection, &places)?;
        self.find_references(connection, &places)?;
        self.refuse_wide();
        Ok(())
    }

    fn find_columns(
        &mut self,
        connection: &mut Connection,
        places: &HashMap<String, usize>,
    ) -> Result<()> {
        let is_mariadb = value(connection, "SELECT VERSION()")?.contains("MariaDB");
        let rows = ask(
            connection,
            "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_SET_NAME, EXTRA, \
             GENERATION_EXPRESSION \
             FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() \
             ORDER BY TABLE_NAME, ORDINAL_POSITION",
        )?;
        for row in rows {
            let [table, name, kind, mut type_name, charset, extra, expression]: [String; 7] =
                row.try_into().unwrap_or_default();
            let Some(table) = places.get(&table).map(|at| &mut self.tables[*at]) else { continue };
            // The period in which a row is valid is set by the server, and not computed.
            let is_generated = extra.to_ascii_uppercase().contains("GENERATED")
                && !extra.contains("DEFAULT_GENERATED")
                && !matches!(expression.as_str(), "ROW START" | "ROW END");
            // Dumps of MySQL do not contain generated columns.
            if is_generated && !is_mariadb {
                table.table.computed += 1;
                continue;
            }
            if !charset.is_empty() {
                type_name = format!("{type_name} CHARACTER SET {charset}");
            }
            let kind = SqlType::mysql(&kind.to_ascii_lowercase());
            table.table.columns.push(ServerColumn { name, type_name, kind });
            table.generated.push(is_generated);
        }
        Ok(())
    }

    fn find_keys(
        &mut self,
        connection: &mut Connection,
        places: &HashMap<String, usize>,
    ) -> Result<()> {
        let rows = ask(
            connection,
            "SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS \
             WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0 \
             ORDER BY BINARY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX",
        )?;
        for parts in rows.chunk_by(|one, next| one[..2] == next[..2]) {
            let Some(at) = places.get(&parts[0][0]) else { continue };
            let table = &mut self.tables[*at].table;
            let columns: Vec<_> = parts.iter().map(|row| row[2].clone()).collect();
            // A part of a key may be an expression, which is no column.
            if columns.iter().all(|name| table.columns.iter().any(|column| column.name == *name)) {
                table.keys.push(columns);
            }
        }
        Ok(())
    }

    fn find_references(
        &mut self,
        connection: &mut Connection,
        places: &HashMap<String, usize>,
    ) -> Result<()> {
        let rows = ask(
            connection,
            "SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, COLUMN_NAME, \
             REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE \
             WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE() \
             ORDER BY BINARY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION",
        )?;
        for parts in rows.chunk_by(|one, next| one[..2] == next[..2]) {
            let (Some(at), Some(target)) = (places.get(&parts[0][0]), places.get(&parts[0][2]))
            else {
                continue;
            };
            let table = self.tables[*target].table.title.clone();
            let names = |at: usize| parts.iter().map(|row| row[at].clone()).collect();
            let (columns, target) = (names(3), names(4));
            self.tables[*at].table.references.push(ServerReference { columns, table, target });
        }
        Ok(())
    }

    /// Leaves out tables with more columns than an archive can hold, or with none.
    fn refuse_wide(&mut self) {
        for table in std::mem::take(&mut self.tables) {
            if table.table.fits() {
                self.tables.push(table);
            } else {
                let count = table.table.columns.len() as u64;
                let why = message!("dump-number-of-columns", count = count);
                self.unread.push((table.table.title, why));
            }
        }
    }
}

/// Whether the user may read all tables. The server does not list a table on which the user has no
/// privilege.
fn sees_all_tables(connection: &mut Connection) -> Result<bool> {
    let database = value(connection, "SELECT DATABASE()")?;
    let grants = ask(connection, "SHOW GRANTS")?;
    Ok(grants.iter().flatten().any(|grant| allows_all_tables(grant, &database)))
}

/// Whether a grant, as `SHOW GRANTS` writes it, allows to read all tables of a database.
fn allows_all_tables(grant: &str, database: &str) -> bool {
    let Some((privileges, rest)) = grant.split_once(" ON ") else { return false };
    let Some((object, _)) = rest.split_once(".* TO ") else { return false };
    let (mut pattern, mut characters) = (String::new(), object.trim_matches('`').chars());
    while let Some(c) = characters.next() {
        match c {
            '\\' => pattern.extend(characters.next()),
            '%' => pattern.push('*'),
            '_' => pattern.push('?'),
            c => pattern.push(c),
        }
    }
    let is_it = matches(&pattern, database);
    is_it && ["SELECT", "ALL PRIVILEGES"].iter().any(|word| privileges.contains(word))
}

/// The rows of a query about the catalog.
pub(super) fn ask(connection: &mut Connection, sql: &str) -> Result<Vec<Vec<String>>> {
    connection.rows(sql).map_err(|error| failed(&error))
}

/// The only value that a query returns.
pub(super) fn value(connection: &mut Connection, sql: &str) -> Result<String> {
    Ok(ask(connection, sql)?.pop().and_then(|mut row| row.pop()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::allows_all_tables;

    #[test]
    fn a_grant_for_the_database_or_for_all_shows_all_tables() {
        for (grant, expected) in [
            ("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION", true),
            ("GRANT SELECT, SHOW VIEW ON `my_crm`.* TO `a`@`%`", true),
            ("GRANT SELECT ON `my\\_crm`.* TO `a`@`%`", true),
            ("GRANT SELECT ON `my%`.* TO `a`@`%`", true),
            ("GRANT SELECT ON `my%test`.* TO `a`@`%`", false),
            ("GRANT SELECT ON `%\\_archive`.* TO `a`@`%`", false),
            ("GRANT USAGE ON *.* TO `a`@`%`", false),
            ("GRANT SELECT ON `other`.* TO `a`@`%`", false),
            ("GRANT SELECT ON `my_crm`.`accounts` TO `a`@`%`", false),
            ("GRANT INSERT ON `my_crm`.* TO `a`@`%`", false),
        ] {
            assert_eq!(allows_all_tables(grant, "my_crm"), expected, "{grant}");
        }
    }
}
