//! Which tables the database has, with their columns, keys and references.

use std::collections::HashMap;

use crate::error::Result;
use crate::i18n::{Message, message};
use crate::server::postgres::{Connection, failed, quoted};
use crate::source::server::{ServerColumn, ServerOptions, ServerReference, ServerTable};
use crate::source::sql_types::SqlType;

/// Schemas of the server itself, and temporary ones of all sessions.
const OWN_SCHEMAS: &str = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";

/// Whether a table belongs to an extension, which creates it again. The extension says which of its
/// tables have records of the user.
const OF_EXTENSION: &str = "(EXISTS (SELECT 1 FROM pg_catalog.pg_depend d \
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid \
     AND d.deptype = 'e') AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_extension e \
     WHERE c.oid = ANY (e.extconfig)))";

/// Whether a reference is to a partition: the server adds one for each partition of the table that
/// was declared as the target.
const OF_PARTITION: &str = "EXISTS (SELECT 1 FROM pg_catalog.pg_class t \
     WHERE t.oid = c.confrelid AND t.relispartition)";

/// The number of tables that one statement locks.
const LOCKED_AT_ONCE: usize = 500;

/// What is read from a database.
pub(super) struct Catalog {
    pub(super) tables: Vec<ServerTable>,
    /// The object ids of the tables.
    pub(super) ids: Vec<String>,
    /// Tables that are not read, and why.
    pub(super) unread: Vec<(String, Message)>,
    /// Tables that the patterns do not name.
    pub(super) left_out: Vec<String>,
    /// An estimate of the number of all records, and of their size on the server's disk in bytes.
    pub(super) rows: u64,
    pub(super) bytes: u64,
    /// The encoding of the database.
    pub(super) encoding: String,
}

impl Catalog {
    pub(super) fn read(connection: &mut Connection, options: &ServerOptions) -> Result<Self> {
        let encoding = ask(connection, "SHOW server_encoding")?.pop().unwrap_or_default().concat();
        let mut catalog = Self {
            encoding,
            tables: Vec::new(),
            ids: Vec::new(),
            unread: Vec::new(),
            left_out: Vec::new(),
            rows: 0,
            bytes: 0,
        };
        catalog.find_tables(connection, options)?;
        let by_id: HashMap<String, usize> =
            catalog.ids.iter().enumerate().map(|(at, id)| (id.clone(), at)).collect();
        catalog.find_columns(connection, &by_id)?;
        catalog.find_constraints(connection, &by_id)?;
        catalog.refuse_wide();
        let large_objects = "SELECT 1 FROM pg_catalog.pg_largeobject_metadata LIMIT 1";
        if options.tables.is_empty() && !ask(connection, large_objects)?.is_empty() {
            catalog.unread.push(("pg_largeobject".into(), message!("dump-large-objects")));
        }
        Ok(catalog)
    }

    fn find_tables(&mut self, connection: &mut Connection, options: &ServerOptions) -> Result<()> {
        let rows = ask(
            connection,
            &format!(
                "SELECT c.oid, n.nspname, c.relname, c.relkind, \
                 pg_catalog.has_table_privilege(c.oid, 'SELECT') \
                     AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'), \
                 greatest(c.reltuples, 0)::bigint, pg_catalog.pg_table_size(c.oid), \
                 pg_catalog.row_security_active(c.oid) \
                 FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind IN ('r', 'f') AND {OWN_SCHEMAS} AND NOT {OF_EXTENSION} \
                 ORDER BY n.nspname, c.relname"
            ),
        )?;
        options.check(rows.iter().map(|row| (row[1].as_str(), row[2].as_str())))?;
        for row in rows {
            let [id, schema, name, kind, may_read, rows, bytes, is_filtered] =
                row.try_into().unwrap_or_default();
            let title = title(&schema, &name);
            if !options.includes(&schema, &name) {
                self.left_out.push(title);
                continue;
            }
            if kind == "f" {
                self.unread.push((title, message!("server-foreign-table")));
            } else if may_read != "t" {
                self.unread.push((title, message!("server-may-not-read")));
            } else if is_filtered == "t" {
                self.unread.push((title, message!("server-row-security")));
            } else {
                self.rows = self.rows.saturating_add(rows.parse().unwrap_or(0));
                self.bytes = self.bytes.saturating_add(bytes.parse().unwrap_or(0));
                let sql = format!("{}.{}", quoted(&schema), quoted(&name));
                self.tables.push(ServerTable {
                    title,
                    sql,
                    columns: Vec::new(),
                    computed: 0,
                    keys: Vec::new(),
                    references: Vec::new(),
                });
                self.ids.push(id);
            }
        }
        Ok(())
    }

    fn find_columns(
        &mut self,
        connection: &mut Connection,
        by_id: &HashMap<String, usize>,
    ) -> Result<()> {
        // Generated columns exist since version 12.
        let columns = format!(
            "SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, NULL), \
             pg_catalog.format_type(a.atttypid, a.atttypmod), \
             coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '') \
             FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind = 'r' AND {OWN_SCHEMAS} AND a.attnum > 0 AND NOT a.attisdropped \
             ORDER BY a.attrelid, a.attnum"
        );
        for row in ask(connection, &columns)? {
            let Some(table) = by_id.get(&row[0]).map(|at| &mut self.tables[*at]) else { continue };
            if !row[4].is_empty() {
                table.computed += 1;
                continue;
            }
            let kind = SqlType::postgres(&row[2]);
            let (name, type_name) = (row[1].clone(), row[3].clone());
            table.columns.push(ServerColumn { name, type_name, kind });
        }
        Ok(())
    }

    fn find_constraints(
        &mut self,
        connection: &mut Connection,
        by_id: &HashMap<String, usize>,
    ) -> Result<()> {
        // Names of columns, in the order of the key, as a list in JSON.
        let names = |of: &str, keys: &str| {
            format!(
                "(SELECT coalesce(pg_catalog.json_agg(a.attname ORDER BY k.at), '[]') \
                 FROM pg_catalog.unnest({keys}) WITH ORDINALITY k(number, at) \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = {of} AND a.attnum = k.number)"
            )
        };
        let constraints = format!(
            "SELECT c.contype, c.conrelid, {}, c.confrelid, {} \
             FROM pg_catalog.pg_constraint c WHERE c.contype IN ('p', 'u', 'f') \
             AND NOT (c.contype = 'f' AND {OF_PARTITION}) \
             ORDER BY c.conrelid, c.contype <> 'p', c.conname",
            names("c.conrelid", "c.conkey"),
            names("c.confrelid", "c.confkey"),
        );
        for row in ask(connection, &constraints)? {
            let Some(at) = by_id.get(&row[1]) else { continue };
            let columns = names_of(&row[2]);
            if row[0] != "f" {
                self.tables[*at].keys.push(columns);
            } else if let Some(target) = by_id.get(&row[3]) {
                let table = self.tables[*target].title.clone();
                let target = names_of(&row[4]);
                self.tables[*at].references.push(ServerReference { columns, table, target });
            }
        }
        Ok(())
    }

    /// Leaves out tables with more columns than an archive can hold, or with none.
    fn refuse_wide(&mut self) {
        let tables = std::mem::take(&mut self.tables).into_iter();
        for (table, id) in tables.zip(std::mem::take(&mut self.ids)) {
            if table.fits() {
                self.tables.push(table);
                self.ids.push(id);
            } else {
                let count = table.columns.len() as u64;
                let why = message!("dump-number-of-columns", count = count);
                self.unread.push((table.title, why));
            }
        }
    }

    /// Locks the tables, so that no other session can drop or change them before the transaction
    /// ends.
    pub(super) fn lock(&self, connection: &mut Connection) -> Result<()> {
        for tables in self.tables.chunks(LOCKED_AT_ONCE) {
            let tables: Vec<_> = tables.iter().map(|table| table.sql.as_str()).collect();
            let lock = format!("LOCK TABLE {} IN ACCESS SHARE MODE", tables.join(", "));
            connection.execute(&lock).map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}

/// The name of a table in the archive.
fn title(schema: &str, name: &str) -> String {
    match schema {
        "public" => name.to_owned(),
        _ => format!("{schema}.{name}"),
    }
}

/// The rows of a query about the catalog.
pub(super) fn ask(connection: &mut Connection, sql: &str) -> Result<Vec<Vec<String>>> {
    let rows = connection.rows(sql).map_err(|error| failed(&error))?;
    let values = |row: tokio_postgres::SimpleQueryRow| {
        (0..row.len()).map(|at| row.get(at).unwrap_or_default().to_owned()).collect()
    };
    Ok(rows.into_iter().map(values).collect())
}

fn names_of(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_default()
}
