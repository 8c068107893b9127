//! Opens a database without changing it and without trusting it.
//!
//! If the last transactions are in a write-ahead log, or if the database must be rolled back with a
//! journal, SQLite cannot read it without writing files next to it. Such a database is copied to a
//! private folder together with its log, and the copy is read. Any other database is opened as
//! immutable, so that SQLite neither locks it nor creates a `-shm` file. A database in a ZIP file
//! is unpacked first.
//!
//! SQLite opens files by name, but plaintext records must never be on the disk under a name. So
//! SQLite first opens a small, separate database with an empty log. Then the names of these files
//! are removed, and only then the bytes of the source are written into them. This order is needed
//! because SQLite would read the size of an immutable file too early, and would open a log too
//! late. It would open a journal too late as well, so `journal.rs` rolls it back.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::super::opening::identity;
use super::super::stable_file::StableFile;
use super::errors::{damaged, is_damage, unreadable};
use super::files::{Files, WAL, beside};
use super::journal::roll_back;
use super::table::ask;
use crate::error::{Error, Result};
use crate::files::{TempGuard, create_private};
use crate::finding::{Code, Finding};
use crate::i18n::{Message, message};
use crate::monitor::{Monitor, checkpoint};
use crate::sqlite::{quoted, words};
use crate::uninterrupted::uninterrupted;

/// The maximum length of a definition, or of a query of this program, in bytes.
const MAX_SQL_BYTES: i32 = 16 << 20;

/// How often a database is opened until it is certain that this is the file that was hashed.
const ATTEMPTS: usize = 20;

/// The length of the two headers at the beginning of a log's index (`-shm`).
const LOG_INDEX_HEADERS: usize = 96;

/// The beginnings of messages of the integrity check that concern only constraints and indexes.
/// Records are read from the b-tree of the table, so they are complete nevertheless. Every other
/// message means damage. SQLite returns these messages only as text.
const OF_RULES_AND_INDEXES: [&str; 10] = [
    "NULL value in ",
    "NUMERIC value in ",
    "TEXT value in ",
    "non-",
    "CHECK constraint failed in ",
    "wrong # of entries in index ",
    "malformed inverted index for ",
    "unable to validate the inverted index for ",
    "index ",
    "rowid not at end-of-record for row ",
];

/// An open database. One read transaction lasts from the first query to the last.
pub(super) struct Database {
    pub(super) connection: Connection,
    /// The copy, if its names cannot be removed while its files are open. It is removed after the
    /// connection is closed, because fields are dropped in this order.
    _copy: Option<TempGuard>,
}

impl Database {
    /// Opens the database. A value may have at most `max_bytes` bytes.
    pub(super) fn open(files: &Files, max_bytes: u64, monitor: &dyn Monitor) -> Result<Self> {
        let (connection, copy) = match &files.real {
            Some((_, real)) if files.sidecars.is_empty() => {
                (open_immutable(real, &files.main)?, None)
            }
            _ => Self::open_copy(files, monitor)?,
        };
        let database = Self { connection, _copy: copy };
        database.harden(max_bytes).map_err(|error| unreadable(&error))?;
        Ok(database)
    }

    /// Copies the database to a private folder, and opens the copy.
    fn open_copy(files: &Files, monitor: &dyn Monitor) -> Result<(Connection, Option<TempGuard>)> {
        let in_folder = |error| Error::writing_to(std::env::temp_dir(), error);
        let folder = TempGuard::private().map_err(in_folder)?;
        let path = folder.path().join("copy.sqlite");
        let mut main = create_private(&path).map_err(in_folder)?;
        let connection = open_with_log(&path)?;
        let reopen = |suffix| reopen(&beside(&path, suffix)).map_err(in_folder);
        let (mut log, mut index) = (reopen(WAL)?, reopen("-shm")?);
        let held = nameless(folder).map_err(in_folder)?;
        main.set_len(0).map_err(in_folder)?;
        copy(&files.main, &mut main, monitor)?;
        for (suffix, file) in &files.sidecars {
            if *suffix == WAL {
                copy(file, &mut log, monitor)?;
                continue;
            }
            let mut journal = tempfile::tempfile().map_err(in_folder)?;
            copy(file, &mut journal, monitor)?;
            let rolled_back = roll_back(&mut main, &mut journal);
            rolled_back.map_err(|error| error.downcast().unwrap_or_else(in_folder))?;
        }
        // Without a valid header in the index of the log, SQLite reads the log again.
        index.write_all(&[0; LOG_INDEX_HEADERS]).map_err(in_folder)?;
        Ok((connection, held))
    }

    fn harden(&self, max_bytes: u64) -> rusqlite::Result<()> {
        restrict(&self.connection, max_bytes)?;
        // SQLite must not sort in a temporary file, because the file would contain plaintext. The
        // transaction begins last, so that all later queries see the same data.
        self.connection.execute_batch(
            "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA query_only = ON; BEGIN;",
        )
    }

    /// Runs the integrity check of SQLite. Returns remarks about problems that do not prevent
    /// reading the rows.
    pub(super) fn check(&self, name: &str) -> Result<Vec<Finding>> {
        let remark = |message: Message| Finding::remark(Code::Source, message).path(name);
        // This query reads only the header, so that damage of the header is not reported as a
        // problem of the definitions.
        let header = self.connection.pragma_query_value(None, "user_version", |_| Ok(()));
        header.map_err(|error| unreadable(&error))?;
        // Definitions that cannot be read are not damage either.
        let mut tables = tables(&self.connection)?;
        let (mut remarks, mut messages) = (Vec::new(), Vec::new());
        // The whole file at once. If a collation, a function or a module is missing, table by
        // table.
        let mut waiting: Vec<Option<String>> = vec![None];
        while let Some(table) = waiting.pop() {
            match self.integrity_messages(table.as_deref()) {
                Ok(found) => messages.extend(found),
                Err(error) if is_damage(&error) => return Err(unreadable(&error)),
                Err(error) => remarks.push(remark(match table {
                    Some(table) => {
                        message!("database-table-not-checked", table = table, error = words(&error))
                    }
                    None => {
                        waiting = tables.drain(..).rev().map(Some).collect();
                        message!("database-not-checked", error = words(&error))
                    }
                })),
            }
        }
        for message in messages.into_iter().filter(|message| message != "ok") {
            let of_index = message.starts_with("row ")
                && [" missing from index ", " values differ from index "]
                    .iter()
                    .any(|words| message.contains(words));
            if !of_index && !OF_RULES_AND_INDEXES.iter().any(|begins| message.starts_with(begins)) {
                return Err(damaged(message));
            }
            remarks.push(remark(message!("database-broken-rule", detail = message)));
        }
        Ok(remarks)
    }

    /// The messages of SQLite about the whole file (at most 100), or about one table.
    fn integrity_messages(&self, table: Option<&str>) -> rusqlite::Result<Vec<String>> {
        let what = table.map_or("100".to_owned(), quoted);
        let check = format!("PRAGMA main.integrity_check({what})");
        self.connection.prepare(&check)?.query_map([], |row| row.get(0))?.collect()
    }
}

/// The names of all tables with their own records.
fn tables(connection: &Connection) -> Result<Vec<String>> {
    const TABLES: &str =
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0";
    ask(connection, TABLES, |row| row.get(0))
}

/// Restricts a connection, because the definitions are untrusted: nothing in them may be executed,
/// write, or load anything.
pub(super) fn restrict(connection: &Connection, max_bytes: u64) -> rusqlite::Result<()> {
    limit_values(connection, max_bytes)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    for (config, on) in [
        // It would restrict this program only, and refuses databases with triggers on tables of
        // FTS.
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        // A misspelled column must be an error, instead of its own name as text.
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    ] {
        connection.set_db_config(config, on)?;
    }
    connection.execute_batch("PRAGMA mmap_size = 0;")
}

/// Sets the maximum length of a value, in bytes.
pub(super) fn limit_values(connection: &Connection, max_bytes: u64) -> rusqlite::Result<()> {
    let most = i32::try_from(max_bytes).unwrap_or(i32::MAX);
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, most).map(drop)
}

/// Opens a small database with a log at `path`, and its log.
fn open_with_log(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let first = Connection::open_with_flags(path, flags)?;
        first.pragma_update(None, "journal_mode", "WAL")?;
        drop(first);
        // This connection must not know anything that differs in another database. Reading this
        // number opens the log, but does not read the tables.
        let connection = Connection::open_with_flags(path, flags)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_query_value(None, "user_version", |_| Ok(()))?;
        Ok(connection)
    };
    open().map_err(|error| unreadable(&error))
}

/// Opens `real`, which must be the same file as `main`. SQLite opens it by name, and another file
/// may have this name now.
fn open_immutable(real: &Path, main: &StableFile) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let uri = format!("file:{}?immutable=1", uri_path(real));
    // Another thread may close the same file in the meantime, so that the count does not grow.
    for _ in 0..ATTEMPTS {
        let before = times_open(main);
        let opened = Connection::open_with_flags(&uri, flags);
        let is_main = times_open(main) > before || before.is_none();
        let now = std::fs::metadata(real);
        if !now.is_ok_and(|now| identity(&now) == main.identity()) {
            break;
        }
        if is_main {
            return opened.map_err(|error| unreadable(&error));
        }
    }
    Err(main.changed())
}

/// The number of times that this process has opened the file; `None` if the system does not provide
/// this.
fn times_open(file: &StableFile) -> Option<usize> {
    let is_it = |entry: io::Result<std::fs::DirEntry>| {
        let open = entry.and_then(|entry| std::fs::metadata(entry.path()));
        open.is_ok_and(|open| identity(&open) == file.identity())
    };
    let open = cfg!(target_os = "linux")
        .then(|| uninterrupted(|| std::fs::read_dir("/proc/self/fd")).ok())??;
    Some(open.map(is_it).filter(|is_it| *is_it).count())
}

fn reopen(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).open(path)
}

/// Removes the names of the open files in a folder, if the system supports this.
fn nameless(folder: TempGuard) -> io::Result<Option<TempGuard>> {
    if cfg!(unix) { folder.remove().map(|()| None) } else { Ok(Some(folder)) }
}

fn copy(from: &StableFile, to: &mut File, monitor: &dyn Monitor) -> Result<()> {
    let mut content = from.open()?;
    let mut buffer = vec![0; 1 << 20];
    let mut copied = 0;
    loop {
        checkpoint(monitor)?;
        let count =
            content.read(&mut buffer).map_err(|error| Error::read(error, Some(from.path())))?;
        if count == 0 {
            break;
        }
        to.write_all(&buffer[..count])
            .map_err(|error| Error::writing_to(std::env::temp_dir(), error))?;
        copied += count as u64;
    }
    if copied == from.bytes { Ok(()) } else { Err(from.changed()) }
}

/// The path in a URI. Every byte is percent-encoded.
#[cfg(unix)]
fn uri_path(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    percent(path.as_os_str().as_bytes())
}

#[cfg(not(unix))]
fn uri_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    // On Windows, `canonicalize` returns a prefix that is not allowed in URIs.
    let text = text.strip_prefix(r"\\?\").unwrap_or(&text).replace('\\', "/");
    format!("/{}", percent(text.as_bytes()))
}

fn percent(path: &[u8]) -> String {
    path.iter().map(|byte| format!("%{byte:02X}")).collect()
}
