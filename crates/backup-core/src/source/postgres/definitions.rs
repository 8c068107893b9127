//! The definitions of a database as SQL: what is needed to create its tables again, and what is no
//! data. They are for people; a restore does not execute them.

use std::fmt::Write as _;

use super::catalog::{Catalog, ask};
use crate::error::Result;
use crate::server::postgres::{Connection, quoted};

/// The SQL of all definitions.
pub(super) fn read(connection: &mut Connection, catalog: &Catalog) -> Result<Vec<u8>> {
    let mut sql = String::new();
    enums(connection, &mut sql)?;
    for (table, id) in catalog.tables.iter().zip(&catalog.ids) {
        columns(connection, id, &table.sql, &mut sql)?;
    }
    // Keys come before the references to them.
    for (query, end) in [
        (CONSTRAINTS, ";"),
        (INDEXES, ";"),
        (REFERENCES, ";"),
        (SEQUENCES, ";"),
        (VIEWS, ""),
        (FUNCTIONS, ";"),
        (TRIGGERS, ";"),
    ] {
        for row in ask(connection, &query.replace("OWN", OWN))? {
            let _ = writeln!(sql, "{}{end}", row[0]);
        }
    }
    Ok(sql.into_bytes())
}

const OWN: &str = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";

const CONSTRAINTS: &str = "SELECT format('ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s', \
     n.nspname, c.relname, o.conname, pg_catalog.pg_get_constraintdef(o.oid)) \
     FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = o.conrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE o.contype IN ('p', 'u', 'c', 'x') AND c.relkind = 'r' AND o.conislocal AND OWN \
     ORDER BY n.nspname, c.relname, o.contype <> 'p', o.conname";

const INDEXES: &str = "SELECT pg_catalog.pg_get_indexdef(i.indexrelid) \
     FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE OWN AND c.relkind = 'r' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint o \
         WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x')) \
     ORDER BY n.nspname, c.relname, i.indexrelid";

const REFERENCES: &str = "SELECT format('ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s', \
     n.nspname, c.relname, o.conname, pg_catalog.pg_get_constraintdef(o.oid)) \
     FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = o.conrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE o.contype = 'f' AND c.relkind = 'r' AND OWN \
     AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class t \
         WHERE t.oid = o.confrelid AND t.relispartition) ORDER BY n.nspname, c.relname, o.conname";

const SEQUENCES: &str = "SELECT format('-- sequence %I.%I: last value %s', \
     schemaname, sequencename, coalesce(last_value::text, 'none')) \
     FROM pg_catalog.pg_sequences ORDER BY schemaname, sequencename";

const VIEWS: &str = "SELECT format(CASE c.relkind WHEN 'm' THEN 'CREATE MATERIALIZED VIEW %I.%I AS %s' \
     ELSE 'CREATE VIEW %I.%I AS %s' END, n.nspname, c.relname, pg_catalog.pg_get_viewdef(c.oid)) \
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE c.relkind IN ('v', 'm') AND OWN ORDER BY c.oid";

const FUNCTIONS: &str = "SELECT pg_catalog.pg_get_functiondef(p.oid) FROM pg_catalog.pg_proc p \
     JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
     JOIN pg_catalog.pg_language l ON l.oid = p.prolang \
     WHERE OWN AND l.lanname NOT IN ('c', 'internal') \
     AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_aggregate a WHERE a.aggfnoid = p.oid) \
     ORDER BY p.oid";

const TRIGGERS: &str = "SELECT pg_catalog.pg_get_triggerdef(t.oid) FROM pg_catalog.pg_trigger t \
     JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     WHERE OWN AND NOT t.tgisinternal ORDER BY n.nspname, c.relname, t.tgname";

fn enums(connection: &mut Connection, sql: &mut String) -> Result<()> {
    let query = format!(
        "SELECT format('CREATE TYPE %I.%I AS ENUM (%s);', n.nspname, t.typname, \
         (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) \
         FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)) \
         FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
         WHERE t.typtype = 'e' AND {OWN} ORDER BY t.oid"
    );
    for row in ask(connection, &query)? {
        let _ = writeln!(sql, "{}", row[0]);
    }
    Ok(())
}

fn columns(connection: &mut Connection, id: &str, table: &str, sql: &mut String) -> Result<()> {
    let query = format!(
        "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, \
         pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attidentity, \
         coalesce(pg_catalog.to_jsonb(a) ->> 'attgenerated', '') \
         FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d \
         ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
         WHERE a.attrelid = {id} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    );
    let mut columns = Vec::new();
    for row in ask(connection, &query)? {
        let mut column = format!("    {} {}", quoted(&row[0]), row[1]);
        match (row[3].as_str(), row[4].as_str(), row[5].as_str()) {
            (value, _, kind @ ("s" | "v")) => {
                let stored = if kind == "s" { "STORED" } else { "VIRTUAL" };
                let _ = write!(column, " GENERATED ALWAYS AS ({value}) {stored}");
            }
            (_, "a", _) => column.push_str(" GENERATED ALWAYS AS IDENTITY"),
            (_, "d", _) => column.push_str(" GENERATED BY DEFAULT AS IDENTITY"),
            ("", ..) => {}
            (value, ..) => {
                let _ = write!(column, " DEFAULT {value}");
            }
        }
        if row[2] == "t" {
            column.push_str(" NOT NULL");
        }
        columns.push(column);
    }
    let _ = writeln!(sql, "CREATE TABLE {table} (\n{}\n);", columns.join(",\n"));
    Ok(())
}
