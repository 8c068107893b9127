//! The definitions of a database as SQL, as the server writes them. They are for people; a restore
//! does not execute them.

use std::fmt::Write as _;

use super::catalog::{Catalog, ask};
use crate::error::Result;
use crate::server::mysql::{Connection, code, failed, quoted, words};

/// Kinds of objects beside tables: the word in `SHOW CREATE`, the column of its answer with the
/// definition, and the query for their names.
const OBJECTS: [(&str, usize, &str); 7] = [
    (
        "SEQUENCE",
        1,
        "SELECT TABLE_NAME FROM information_schema.TABLES \
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SEQUENCE' ORDER BY TABLE_NAME",
    ),
    (
        "VIEW",
        1,
        "SELECT TABLE_NAME FROM information_schema.TABLES \
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'VIEW' ORDER BY TABLE_NAME",
    ),
    (
        "PROCEDURE",
        2,
        "SELECT ROUTINE_NAME FROM information_schema.ROUTINES \
         WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'PROCEDURE' ORDER BY ROUTINE_NAME",
    ),
    (
        "FUNCTION",
        2,
        "SELECT ROUTINE_NAME FROM information_schema.ROUTINES \
         WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'FUNCTION' ORDER BY ROUTINE_NAME",
    ),
    (
        "PACKAGE",
        2,
        "SELECT ROUTINE_NAME FROM information_schema.ROUTINES \
         WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = 'PACKAGE' ORDER BY ROUTINE_NAME",
    ),
    (
        "TRIGGER",
        2,
        "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS \
         WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY EVENT_OBJECT_TABLE, TRIGGER_NAME",
    ),
    (
        "EVENT",
        3,
        "SELECT EVENT_NAME FROM information_schema.EVENTS \
         WHERE EVENT_SCHEMA = DATABASE() ORDER BY EVENT_NAME",
    ),
];

/// The SQL of all definitions.
pub(super) fn read(connection: &mut Connection, catalog: &Catalog) -> Result<Vec<u8>> {
    let mut sql = String::new();
    for table in &catalog.tables {
        definition(connection, "TABLE", 1, &table.table.title, &mut sql)?;
    }
    for (kind, column, names) in OBJECTS {
        for row in ask(connection, names)? {
            definition(connection, kind, column, &row[0], &mut sql)?;
        }
    }
    Ok(sql.into_bytes())
}

/// Appends the definition of an object, or a comment if the user may not read it.
fn definition(
    connection: &mut Connection,
    kind: &str,
    column: usize,
    name: &str,
    sql: &mut String,
) -> Result<()> {
    let name = quoted(name);
    let answer = connection.rows(&format!("SHOW CREATE {kind} {name}"));
    let (text, why) = match answer {
        Ok(rows) => (rows.into_iter().next().and_then(|row| row.into_iter().nth(column)), None),
        Err(error) if code(&error).is_some() => (None, Some(words(&error))),
        Err(error) => return Err(failed(&error)),
    };
    let is_code = matches!(kind, "PROCEDURE" | "FUNCTION" | "PACKAGE" | "TRIGGER" | "EVENT");
    let _ = match text.filter(|text| !text.is_empty()) {
        Some(text) if is_code => writeln!(sql, "DELIMITER ;;\n{text};;\nDELIMITER ;"),
        Some(text) => writeln!(sql, "{text};"),
        None => writeln!(sql, "-- {kind} {name}: {}", why.unwrap_or_default()),
    };
    Ok(())
}
