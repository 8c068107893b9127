//! A database without records, in memory, in which the definitions of an archive are tried.
//!
//! Whoever has the public key can make an archive, so its definitions are somebody else's code.
//! Each statement may define one object of its database and nothing else: SQLite is asked, before
//! anything of it runs, what it would do. What was made is asked for with pragmas afterwards, so
//! that no SQL is taken apart here.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::statements::first_words;
use crate::sqlite::{quoted, words};

/// A definition that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The table that it belongs to; a table's and a view's is its own name.
    pub(super) table: String,
    /// The definition, as it will stand in the restored database.
    pub(super) sql: String,
    /// What makes it; an index as one that does not mind if two records are equal.
    pub(super) make: String,
    /// A table's definition calls functions that SQLite itself does not have.
    pub(super) calls_others: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Table,
    Virtual,
    Index,
    View,
    Trigger,
}

impl Kind {
    /// As `sqlite_schema` calls it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Table | Self::Virtual => "table",
            Self::Index => "index",
            Self::View => "view",
            Self::Trigger => "trigger",
        }
    }
}

/// What a statement turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tried {
    Object(Object),
    /// A virtual table needs this module.
    Virtual(Object, String),
    /// It sets the counters of `AUTOINCREMENT`.
    Counters,
}

/// What SQLite said that a statement would do.
#[derive(Default)]
struct Intent {
    /// What it would create, with the name, and the table or the module that goes with it.
    creates: Vec<(Kind, String, String)>,
    /// It would change the counters.
    counts: bool,
    calls: bool,
    refused: bool,
    /// It was asked and may run; what SQLite asks itself meanwhile is its own affair.
    runs: bool,
}

pub(super) struct Model {
    connection: Connection,
    intent: Arc<Mutex<Intent>>,
}

const COUNTERS: &str = "sqlite_sequence";

impl Model {
    pub(super) fn new() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        harden(&connection)?;
        Ok(Self { connection, intent: Arc::default() })
    }

    /// What SQLite makes of the definitions that were tried.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Tries a statement; says why if it is not one that defines something here.
    pub(super) fn try_statement(&mut self, statement: &[u8]) -> Result<Tried, String> {
        let sql = std::str::from_utf8(statement).map_err(|_| "it is not UTF-8".to_owned())?;
        let words = |error: rusqlite::Error| words(&error);
        *lock(&self.intent) = Intent::default();
        let noted = Arc::clone(&self.intent);
        let note = move |context: AuthContext<'_>| lock(&noted).note(&context);
        self.connection.authorizer(Some(note)).map_err(words)?;
        let tried = self.try_sql(sql);
        // What runs from here on is this program's own.
        let none = None::<fn(AuthContext<'_>) -> Authorization>;
        self.connection.authorizer(none).map_err(words)?;
        match tried {
            Err(Refusal::Unknown(object, why)) => {
                let counts = object.sql.to_ascii_uppercase().contains("AUTOINCREMENT");
                if counts && !self.has_counters().map_err(words)? {
                    self.connection.execute_batch(MAKE_COUNTERS).map_err(words)?;
                }
                self.load(&object).map_err(|_| why)?;
                Ok(Tried::Object(*object))
            }
            Err(Refusal::Other(why)) => Err(why),
            Ok(Tried::Virtual(object, module)) => {
                self.load(&object).map_err(words)?;
                Ok(Tried::Virtual(object, module))
            }
            Ok(tried) => Ok(tried),
        }
    }

    /// Asks what the statement would do, and lets it if that is all right.
    fn try_sql(&self, sql: &str) -> Result<Tried, Refusal> {
        let prepared = self.connection.prepare(sql);
        let intent = std::mem::take(&mut *lock(&self.intent));
        let no_definition = || Refusal::Other("it is no definition".into());
        if intent.refused || !intent.counts && first_words(sql.as_bytes(), 1) != ["CREATE"] {
            return Err(no_definition());
        }
        let mut creates = intent.creates.into_iter();
        let (kind, name, with) = match (creates.next(), creates.next()) {
            (Some(only), None) if !intent.counts => only,
            (None, None) if intent.counts && !intent.calls => {
                lock(&self.intent).runs = true;
                prepared.and_then(|mut sets| sets.raw_execute()).map_err(Refusal::from)?;
                return Ok(Tried::Counters);
            }
            (None, None) if !intent.counts => match prepared {
                Err(error) => return Err(Refusal::from(error)),
                Ok(_) => return Err(no_definition()),
            },
            _ => return Err(no_definition()),
        };
        let table = if matches!(kind, Kind::Virtual) { name.clone() } else { with.clone() };
        let (text, make) = (sql.to_owned(), String::new());
        let mut object = Object { kind, name, table, sql: text, make, calls_others: false };
        let mut prepared = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                let why = words(&error);
                // What SQLite reads in a database, it does not make anew: the program that made
                // this table knows more.
                let unknown = ["no such function", "no such collation"];
                let unknown = unknown.iter().any(|words| why.contains(words));
                let unknown = unknown && kind == Kind::Table;
                object.calls_others = why.contains("no such function");
                return Err(match unknown {
                    true => Refusal::Unknown(Box::new(object), why),
                    false => named(&object, error),
                });
            }
        };
        if kind == Kind::Virtual {
            // Running it would run the module.
            return Ok(Tried::Virtual(object, with));
        }
        lock(&self.intent).runs = true;
        prepared.raw_execute().map_err(|error| named(&object, error))?;
        let own = "SELECT sql FROM main.sqlite_schema WHERE type = ?1 AND name = ?2";
        let own = self
            .connection
            .query_row(own, params![kind.as_str(), object.name], |row| row.get::<_, String>(0));
        let own = own.map_err(Refusal::from)?;
        object.sql = kept_text(sql, &own);
        object.make = match own.strip_prefix("CREATE UNIQUE INDEX ") {
            Some(index) => format!("CREATE INDEX {index}"),
            None => own,
        };
        Ok(Tried::Object(object))
    }

    /// Whether there is a table of counters.
    pub(super) fn has_counters(&self) -> rusqlite::Result<bool> {
        let counters = "SELECT count(*) FROM main.sqlite_schema WHERE name = 'sqlite_sequence'";
        self.connection.query_row(counters, [], |row| row.get(0))
    }

    /// Puts a table's definition where SQLite reads it as that of a database, which runs nothing.
    fn load(&self, object: &Object) -> rusqlite::Result<()> {
        let Object { kind, name, sql, .. } = object;
        let schema = Schema(&self.connection);
        let mut root: i64 = 0;
        if *kind == Kind::Table {
            // A page for it.
            let table = quoted(name);
            self.connection.execute_batch(&format!("CREATE TABLE {table}(a)"))?;
            let page = "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?1";
            root = self.connection.query_row(page, [name], |row| row.get(0))?;
        }
        let delete = "DELETE FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        let insert = "INSERT INTO sqlite_schema VALUES('table', ?1, ?1, ?2, ?3)";
        schema.change(|schema| {
            schema.execute(delete, [name])?;
            schema.execute(insert, params![name, root, sql])
        })?;
        let asked = self.connection.query_row("SELECT 1 FROM main.sqlite_schema", [], |_| Ok(()));
        if asked.is_err() {
            schema.change(|schema| schema.execute(delete, [name]))?;
        }
        asked
    }

    /// The counters that were set.
    pub(super) fn counters(&self) -> rusqlite::Result<Vec<(Value, Value)>> {
        self.connection
            .prepare("SELECT name, seq FROM main.sqlite_sequence ORDER BY rowid")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }
}

/// Makes the table of counters, which SQLite keeps as soon as there was one.
pub(super) const MAKE_COUNTERS: &str =
    "CREATE TABLE main.\"backup: what counts\"(a INTEGER PRIMARY KEY AUTOINCREMENT);
     DROP TABLE main.\"backup: what counts\";";

/// Definitions are somebody else's: nothing in them may run, write or load anything.
pub(super) fn harden(connection: &Connection) -> rusqlite::Result<()> {
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false),
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
    ] {
        connection.set_db_config(config, on)?;
    }
    Ok(())
}

/// The table of definitions, which can be written only while this program does so.
pub(super) struct Schema<'c>(pub(super) &'c Connection);

impl Schema<'_> {
    /// Lets `change` write definitions; SQLite reads them afterwards as if it opened the database.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let connection = self.0;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)?;
        connection.execute_batch("PRAGMA writable_schema = ON")?;
        let changed = change(connection);
        connection.execute_batch("PRAGMA writable_schema = RESET")?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        changed
    }
}

fn lock(intent: &Mutex<Intent>) -> std::sync::MutexGuard<'_, Intent> {
    intent.lock().unwrap_or_else(PoisonError::into_inner)
}

enum Refusal {
    /// A table that this SQLite can read and not make.
    Unknown(Box<Object>, String),
    Other(String),
}

fn named(object: &Object, error: rusqlite::Error) -> Refusal {
    let (kind, name) = (object.kind.as_str(), &object.name);
    match Refusal::from(error) {
        Refusal::Other(why) => Refusal::Other(format!("{kind} {name}: {why}")),
        unknown => unknown,
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::MultipleStatement => Self::Other("it is more than one".into()),
            rusqlite::Error::SqlInputError { msg, .. } => Self::Other(msg),
            error => Self::Other(words(&error)),
        }
    }
}

impl Intent {
    /// Notes what a statement would do, and says whether it may.
    fn note(&mut self, context: &AuthContext<'_>) -> Authorization {
        if self.runs {
            return Authorization::Allow;
        }
        let internal =
            |name: &str| name.get(..7).is_some_and(|begins| begins.eq_ignore_ascii_case("sqlite_"));
        let schema = |name: &str| matches!(name, "sqlite_master" | "sqlite_schema");
        let create = |kind, name: &str, with: &str| Some((kind, name.to_owned(), with.to_owned()));
        let main = context.database_name.is_none_or(|database| database == "main");
        let (allowed, creates) = match context.action {
            AuthAction::CreateTable { table_name: name } => (main, create(Kind::Table, name, name)),
            AuthAction::CreateIndex { index_name, table_name } => {
                (main, create(Kind::Index, index_name, table_name))
            }
            AuthAction::CreateView { view_name } => {
                (main, create(Kind::View, view_name, view_name))
            }
            AuthAction::CreateTrigger { trigger_name, table_name } => {
                (main, create(Kind::Trigger, trigger_name, table_name))
            }
            AuthAction::CreateVtable { table_name, module_name } => {
                (main, create(Kind::Virtual, table_name, module_name))
            }
            AuthAction::Insert { table_name } | AuthAction::Delete { table_name }
                if table_name == COUNTERS =>
            {
                self.counts = true;
                (main, None)
            }
            AuthAction::Insert { table_name }
            | AuthAction::Delete { table_name }
            | AuthAction::Update { table_name, .. } => (main && schema(table_name), None),
            AuthAction::Read { .. } | AuthAction::Reindex { .. } => (main, None),
            AuthAction::Function { function_name } => {
                self.calls = true;
                (!function_name.eq_ignore_ascii_case("load_extension"), None)
            }
            _ => (false, None),
        };
        // What SQLite makes for a constraint or a counter is no definition of its own.
        self.creates.extend(creates.filter(|(_, name, _)| !internal(name)));
        self.refused |= !allowed;
        if allowed { Authorization::Allow } else { Authorization::Deny }
    }
}

/// The text as it came, if it is what SQLite has made of it but for the case of its first words;
/// else what SQLite has made of it.
fn kept_text(sql: &str, own: &str) -> String {
    let heads =
        ["TABLE", "UNIQUE INDEX", "INDEX", "VIEW", "TRIGGER"].map(|of| format!("CREATE {of} "));
    let head = heads.iter().find(|head| own.starts_with(head.as_str()));
    let came = head.and_then(|head| Some((head, sql.strip_suffix(&own[head.len()..])?)));
    let same = came.is_some_and(|(head, came)| {
        let came = came.split_ascii_whitespace().map(str::to_ascii_uppercase);
        came.eq(head.split_ascii_whitespace())
    });
    if same { sql.to_owned() } else { own.to_owned() }
}
