//! Definitions of tables: columns with their types, keys and references.

use super::dialect::Dialect;
use super::table::DumpColumn;
use super::tokens::{Cursor, Kind, Tok};
use crate::i18n::{Message, message};
use crate::source::sql_types::{SqlType, declared};

/// What `CREATE TABLE` or `ALTER TABLE` says. Names of tables are still in parts.
#[derive(Debug, Default)]
pub(super) struct Definition {
    pub(super) name: Vec<String>,
    pub(super) columns: Vec<DumpColumn>,
    /// Primary keys and unique constraints.
    pub(super) keys: Vec<Vec<String>>,
    pub(super) references: Vec<ForeignKey>,
    /// The tables whose columns come first.
    pub(super) parents: Vec<Vec<String>>,
    /// Whether the records are in partitions, which are tables of their own.
    pub(super) is_partitioned: bool,
    /// Why the table cannot be read.
    pub(super) problem: Option<Message>,
}

#[derive(Debug)]
pub(super) struct ForeignKey {
    pub(super) columns: Vec<String>,
    pub(super) table: Vec<String>,
    /// Empty if it is the primary key of the table.
    pub(super) target: Vec<String>,
}

/// Reads `CREATE TABLE` after `CREATE`; `None` if the statement creates something else.
pub(super) fn create_table(mut cursor: Cursor<'_>, dialect: Dialect) -> Option<Definition> {
    const WORDS: [&str; 7] = ["or", "replace", "global", "local", "temporary", "temp", "unlogged"];
    while WORDS.iter().any(|word| cursor.take(word)) {}
    if !cursor.take("table") {
        return None;
    }
    cursor.take_all(&["if", "not", "exists"]);
    let mut definition = Definition { name: cursor.full_name()?, ..Definition::default() };
    if cursor.take_all(&["partition", "of"]) {
        definition.parents.extend(cursor.full_name());
    }
    match cursor.group() {
        Some(group) => {
            for part in group.parts() {
                definition.element(part, dialect);
            }
        }
        None if definition.parents.is_empty() => {
            definition.problem = Some(message!("dump-table-form"));
        }
        None => {}
    }
    while let Some(tok) = cursor.next() {
        if tok.is_word("inherits") {
            let parents = cursor.group().map(Cursor::parts).unwrap_or_default();
            definition.parents.extend(parents.into_iter().filter_map(|mut name| name.full_name()));
        } else if tok.is_word("partition") && dialect == Dialect::Postgres {
            definition.is_partitioned |= cursor.take("by");
        } else if tok.is_word("select") || tok.is_word("like") {
            definition.problem = Some(message!("dump-table-form"));
        }
    }
    Some(definition)
}

/// Reads `ALTER TABLE` after these words.
pub(super) fn alter_table(mut cursor: Cursor<'_>, dialect: Dialect) -> Option<Definition> {
    cursor.take_all(&["if", "exists"]);
    cursor.take("only");
    let mut definition = Definition { name: cursor.full_name()?, ..Definition::default() };
    for mut action in cursor.parts() {
        if action.take("add") {
            if definition.constraint(action.clone(), dialect) {
                continue;
            }
            let is_partition = action.take("partition") && dialect == Dialect::Mysql;
            if !is_partition {
                definition.problem = Some(message!("dump-changed-columns"));
            }
        } else if changes_columns(action) {
            definition.problem = Some(message!("dump-changed-columns"));
        }
    }
    Some(definition)
}

/// Whether an action of `ALTER TABLE` renames or removes columns, or changes the type of one.
fn changes_columns(mut action: Cursor<'_>) -> bool {
    const KEPT: [&str; 6] = ["constraint", "primary", "index", "key", "foreign", "check"];
    if action.take("drop") {
        return !KEPT.iter().any(|word| action.take(word));
    }
    if action.take("alter") {
        action.take("column");
        action.name();
        return action.take("type") || action.take_all(&["set", "data"]);
    }
    action.take("change") || action.take("rename")
}

impl Definition {
    /// Reads a column or a constraint.
    fn element(&mut self, part: Cursor<'_>, dialect: Dialect) {
        if !self.constraint(part.clone(), dialect) {
            self.column(part, dialect);
        }
    }

    /// Reads a constraint of a table. Returns whether it is one.
    fn constraint(&mut self, mut part: Cursor<'_>, dialect: Dialect) -> bool {
        const WORDS: [&str; 5] = ["primary", "unique", "foreign", "check", "exclude"];
        let is_named = part.take("constraint");
        if is_named && !WORDS.iter().any(|word| is_next(&part, word)) {
            part.name();
        }
        if part.take_all(&["primary", "key"]) || part.take("unique") {
            let is_word = |tok: &Tok| !tok.is(b'(');
            while part.peek().is_some_and(is_word) {
                part.next();
            }
            self.keys.extend(part.names());
        } else if part.take_all(&["foreign", "key"]) {
            if !part.peek().is_some_and(|tok| tok.is(b'(')) {
                part.name();
            }
            let columns = part.names();
            if part.take("references") {
                self.reference(columns.unwrap_or_default(), &mut part);
            }
        } else if is_next(&part, "like") {
            self.problem = Some(message!("dump-table-form"));
        } else {
            return is_named || is_other_constraint(&part, dialect);
        }
        true
    }

    /// Reads a reference after `REFERENCES`.
    fn reference(&mut self, columns: Vec<String>, part: &mut Cursor<'_>) {
        let Some(table) = part.full_name() else { return };
        let target = if part.peek().is_some_and(|tok| tok.is(b'(')) { part.names() } else { None };
        self.references.push(ForeignKey { columns, table, target: target.unwrap_or_default() });
    }

    fn column(&mut self, mut part: Cursor<'_>, dialect: Dialect) {
        let Some(name) = part.name() else {
            self.problem = Some(message!("dump-table-form"));
            return;
        };
        let declared = declared_type(part.rest(), dialect);
        let kind = column_type(&mut part, dialect);
        let mut is_generated = false;
        while let Some(tok) = part.peek() {
            if tok.is(b'(') {
                part.group();
            } else if part.take_all(&["primary", "key"]) || part.take("unique") {
                self.keys.push(vec![name.clone()]);
            } else if part.take("references") {
                self.reference(vec![name.clone()], &mut part);
            } else if part.take("as") {
                is_generated |= part.peek().is_some_and(|tok| tok.is(b'('));
            } else {
                part.next();
            }
        }
        self.columns.push(DumpColumn { name, kind, declared, is_generated });
    }
}

fn is_next(part: &Cursor<'_>, word: &str) -> bool {
    part.peek().is_some_and(|tok| tok.is_word(word))
}

/// Whether this is an index or a condition. These words may name columns in other dialects.
fn is_other_constraint(part: &Cursor<'_>, dialect: Dialect) -> bool {
    const OF_MYSQL: [&str; 5] = ["key", "index", "fulltext", "spatial", "period"];
    let second = part.rest().get(1);
    let is_condition = is_next(part, "check") && second.is_some_and(|tok| tok.is(b'('));
    let is_exclusion = is_next(part, "exclude") && second.is_some_and(|tok| tok.is_word("using"));
    is_condition
        || is_exclusion
        || dialect == Dialect::Mysql && OF_MYSQL.iter().any(|word| is_next(part, word))
}

/// The words after which a column of PostgreSQL has no more words of its type.
const ENDS: [&str; 11] = [
    "default",
    "not",
    "null",
    "constraint",
    "generated",
    "collate",
    "primary",
    "unique",
    "references",
    "check",
    "storage",
];

/// The type of a column as it is written, after its name. Columns of SQLite have no types: their
/// values have.
fn declared_type(rest: &[Tok], dialect: Dialect) -> String {
    let is_name = |tok: &Tok| matches!(tok.kind, Kind::Word | Kind::Quoted);
    if dialect == Dialect::Sqlite || !rest.first().is_some_and(is_name) {
        return String::new();
    }
    let ends = |tok: &Tok| match dialect {
        Dialect::Mysql => {
            let is_number = tok.text.first().is_some_and(u8::is_ascii_digit);
            let is_sign = tok.is_word("unsigned") || tok.is_word("zerofill");
            tok.kind == Kind::Word && !is_sign && !is_number
        }
        _ => ENDS.iter().any(|word| tok.is_word(word)),
    };
    let end = rest[1..].iter().position(ends).map_or(rest.len(), |at| at + 1);
    let mut type_name = String::new();
    for tok in &rest[..end] {
        let is_word = tok.kind == Kind::Word;
        if is_word && !type_name.is_empty() && !type_name.ends_with(['(', ',', '.']) {
            type_name.push(' ');
        }
        match tok.kind {
            Kind::Text => type_name.push('\''),
            Kind::Quoted => type_name.push_str(&format!("\"{}\"", tok.lower())),
            Kind::Word | Kind::Symbol => type_name.push_str(&tok.lower()),
        }
    }
    declared(&type_name)
}

/// The kind of the values of a column, after its name.
fn column_type(part: &mut Cursor<'_>, dialect: Dialect) -> SqlType {
    if dialect == Dialect::Sqlite {
        return SqlType::Own;
    }
    let Some(first) = part.peek() else { return SqlType::Unknown };
    if first.kind != Kind::Word {
        return SqlType::Text;
    }
    let rest = part.rest();
    let name = first.lower();
    if dialect == Dialect::Mysql {
        let is_bytes = |tok: &Tok| tok.is_word("byte") || tok.is_word("varbinary");
        // CHAR(3) BYTE, LONG VARBINARY.
        let is_binary = matches!(name.as_str(), "char" | "varchar" | "long" | "text")
            && rest.iter().skip(1).take(4).any(is_bytes);
        return if is_binary { SqlType::Blob } else { SqlType::mysql(&name) };
    }
    let ends = |tok: &&Tok| !ENDS.iter().any(|word| tok.is_word(word));
    let is_array = |tok: &Tok| tok.is(b'[') || tok.is_word("array");
    if rest.iter().take_while(ends).any(is_array) {
        return SqlType::Text;
    }
    match (name.as_str(), rest.get(1), rest.get(2)) {
        ("double", Some(second), _) if second.is_word("precision") => {
            SqlType::postgres("double precision")
        }
        ("pg_catalog", Some(dot), Some(name)) if dot.is(b'.') && name.kind == Kind::Word => {
            SqlType::postgres(&name.lower())
        }
        (_, Some(dot), _) if dot.is(b'.') => SqlType::Text,
        (name, ..) => SqlType::postgres(name),
    }
}
