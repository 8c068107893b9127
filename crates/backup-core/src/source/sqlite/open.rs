//! Opening a database without changing a byte of it, and without trusting it.
//!
//! A database whose last transactions stand in a write-ahead log, or that has to be rolled back
//! from a journal, cannot be read without writing beside it. Such a one is copied to a private
//! folder, together with its log, and the copy is read. Any other is opened as immutable, so that
//! SQLite neither locks it nor creates a `-shm` file in its folder. One in a ZIP file is unpacked.
//!
//! SQLite opens files by name, and records in clear must never stand on the disk under one. So the
//! names of a copy are taken away once SQLite has its files open, before a byte of the source is in
//! them. Until then a small database of our own with an empty log stands in their place (an immutable
//! file, or one without a log, SQLite would measure too early or open too late). A journal, which it
//! would open too late as well, is taken back by us.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::super::file::DATABASE_SIDECARS;
use super::super::location::FileLocation;
use super::super::opening::{DiskFile, identity};
use super::super::stable_file::StableFile;
use super::super::zip::{Beside, Member};
use super::journal::roll_back;
use crate::error::{Error, Result};
use crate::files::{TempGuard, create_private};
use crate::finding::{Code, Finding};
use crate::monitor::{Monitor, checkpoint};
use crate::record::Digest;
use crate::source::in_mib;
use crate::sqlite::{quoted, words};
use crate::uninterrupted::uninterrupted;

const MAGIC: &[u8; 16] = b"SQLite format 3\0";

pub(super) const WAL: &str = "-wal";
pub(super) const JOURNAL: &str = "-journal";

/// How long a definition, or a question of ours about a table, may be.
const MAX_SQL_BYTES: i32 = 16 << 20;

/// Two headers of 48 bytes begin the index of a log (`-shm`).
const LOG_INDEX_HEADERS: usize = 96;

/// The files that make up a database.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) main: StableFile,
    /// Where the file was named or found, and where it is, links followed: SQLite opens it by name. A file of
    /// a ZIP file is nowhere.
    real: Option<(DiskFile, PathBuf)>,
    /// The log and the journal, where they hold anything.
    sidecars: Vec<(&'static str, StableFile)>,
}

impl Files {
    pub(super) fn find(file: &DiskFile) -> Result<Self> {
        let main = StableFile::at(&file.clone().into())?;
        let failed = |error| Error::reading(file.path(), error);
        let beside = file.real().map_err(failed)?;
        let real = std::fs::canonicalize(beside.path()).map_err(failed)?;
        let mut sidecars = Vec::new();
        for suffix in DATABASE_SIDECARS {
            match StableFile::find(beside.beside(suffix))? {
                Some(file) if file.bytes > 0 => sidecars.push((suffix, file)),
                _ => {}
            }
        }
        Ok(Self { main, real: Some((file.clone(), real)), sidecars })
    }

    /// A database in a ZIP file, and what lies beside it there.
    pub(super) fn zipped(main: &Arc<Member>, beside: &[Beside]) -> Result<Self> {
        let file = |member: &Arc<Member>| StableFile::at(&FileLocation::Member(member.clone()));
        let holds_something = |(_, member): &&Beside| member.bytes > 0;
        let sidecars = beside.iter().filter(holds_something);
        let sidecars = sidecars.map(|(suffix, member)| Ok((*suffix, file(member)?)));
        Ok(Self { main: file(main)?, real: None, sidecars: sidecars.collect::<Result<_>>()? })
    }

    /// The database file, then its log and journal, with what is appended to the name of each.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &StableFile)> {
        let sidecars = self.sidecars.iter().map(|(suffix, file)| (*suffix, file));
        std::iter::once(("", &self.main)).chain(sidecars)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.all().map(|(_, file)| file.bytes).sum()
    }

    /// The SHA-256 of each of [`Files::all`].
    pub(super) fn digests(&self, monitor: &dyn Monitor) -> Result<Vec<Digest>> {
        self.all().map(|(_, file)| file.digest(monitor)).collect()
    }

    /// An error if a file is not any more as it was found, or there are others now.
    pub(super) fn check_unchanged(&self) -> Result<()> {
        if let Some((file, _)) = &self.real {
            // A file that is gone is found out below.
            let now = Self::find(file).map(|now| now.sidecars.len());
            if now.is_ok_and(|now| now != self.sidecars.len()) {
                return Err(self.main.changed());
            }
        }
        self.all().try_for_each(|(_, file)| file.check_unchanged())
    }
}

/// The file beside a database that has this suffix.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// What the first bytes of the file say.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) wal: bool,
    version: u32,
}

impl Header {
    pub(super) fn of(files: &Files) -> Result<Self> {
        let head = files.main.begins(100)?;
        let (Some(magic), Some(version)) = (head.get(..16), head.get(96..100)) else {
            return Err(Error::source(
                "the file is too short to be a SQLite database",
                "Export it again; until then it can be carried as a file.",
            ));
        };
        if magic != MAGIC {
            return Err(Error::source(
                "the file is encrypted, or is no SQLite database: it does not begin as one",
                "If the program that wrote it can save an unencrypted copy, export that; until \
                 then it can be carried as a file.",
            ));
        }
        let version = version.iter().fold(0, |version, byte| version << 8 | u32::from(*byte));
        Ok(Self { wal: head[18] == 2, version })
    }

    /// The version of SQLite that wrote the file last, if it says so.
    pub(super) fn written_by(&self) -> Option<String> {
        let version = self.version;
        (version > 0).then(|| {
            format!("{}.{}.{}", version / 1_000_000, version / 1_000 % 1_000, version % 1_000)
        })
    }
}

/// An open database: one read transaction, from the first question to the last.
pub(super) struct Database {
    pub(super) connection: Connection,
    /// Where the copy has names that cannot be taken away from open files. Removed after the
    /// connection is closed: fields are dropped in this order.
    _copy: Option<TempGuard>,
}

impl Database {
    /// Opens the database, of which no value may take more than `max_bytes`.
    pub(super) fn open(files: &Files, max_bytes: u64, monitor: &dyn Monitor) -> Result<Self> {
        let (connection, copy) = match &files.real {
            Some((_, real)) if files.sidecars.is_empty() => {
                (open_immutable(real, &files.main)?, None)
            }
            _ => Self::open_copy(files, monitor)?,
        };
        let database = Self { connection, _copy: copy };
        database.harden(max_bytes).map_err(|error| failed("open it", &error))?;
        Ok(database)
    }

    /// Reads a copy in a private folder.
    fn open_copy(files: &Files, monitor: &dyn Monitor) -> Result<(Connection, Option<TempGuard>)> {
        let in_folder = |error| Error::writing_to(std::env::temp_dir(), error);
        let folder = TempGuard::private().map_err(in_folder)?;
        let path = folder.path().join("copy.sqlite");
        let mut main = create_private(&path).map_err(in_folder)?;
        let sidecar = |wanted| {
            files.sidecars.iter().find(|(suffix, _)| *suffix == wanted).map(|(_, file)| file)
        };
        let connection = open_with_log(&path)?;
        let reopen = |suffix| reopen(&beside(&path, suffix)).map_err(in_folder);
        let (mut log, mut index) = (reopen(WAL)?, reopen("-shm")?);
        let held = nameless(folder).map_err(in_folder)?;
        main.set_len(0).map_err(in_folder)?;
        copy(&files.main, &mut main, monitor)?;
        if let Some(file) = sidecar(JOURNAL) {
            let mut journal = tempfile::tempfile().map_err(in_folder)?;
            copy(file, &mut journal, monitor)?;
            let rolled_back = roll_back(&mut main, &mut journal);
            rolled_back.map_err(|error| error.downcast().unwrap_or_else(in_folder))?;
        }
        if let Some(file) = sidecar(WAL) {
            copy(file, &mut log, monitor)?;
        }
        // An index of the log that does not say that it is one makes SQLite read everything anew.
        index.write_all(&[0; LOG_INDEX_HEADERS]).map_err(in_folder)?;
        Ok((connection, held))
    }

    fn harden(&self, max_bytes: u64) -> rusqlite::Result<()> {
        restrict(&self.connection, max_bytes)?;
        // What is sorted must not be spilled to a file in clear. The transaction comes last: it
        // makes everything that is asked from now on one view of the data.
        self.connection.execute_batch(
            "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA query_only = ON; BEGIN;",
        )
    }

    /// Lets SQLite check the file, and returns what it has to say that keeps nobody from reading.
    pub(super) fn check(&self, name: &str) -> Result<Vec<Finding>> {
        let remark = |message: String| Finding::remark(Code::Source, message).path(name);
        let mut remarks = Vec::new();
        let mut messages = Vec::new();
        match self.integrity_messages("100") {
            Ok(said) => messages = said,
            Err(error) if is_damage(&error) => return Err(failed("read it", &error)),
            // A collation, a function or a module that this SQLite does not have.
            Err(error) => {
                let error = words(&error);
                remarks.push(remark(format!("SQLite cannot check the whole file: {error}")));
                for table in self.tables().map_err(|error| failed("read it", &error))? {
                    match self.integrity_messages(&quoted(&table)) {
                        Ok(said) => messages.extend(said),
                        Err(error) if is_damage(&error) => return Err(failed("read it", &error)),
                        Err(error) => {
                            let error = words(&error);
                            let message = format!("SQLite cannot check table {table}: {error}");
                            remarks.push(remark(message));
                        }
                    }
                }
            }
        }
        for message in messages.iter().filter(|message| *message != "ok") {
            if !keeps_rows_readable(message) {
                return Err(damaged(message));
            }
            let repair = if is_of_an_index(message) { "; REINDEX repairs it" } else { "" };
            remarks.push(remark(format!("SQLite's integrity check says: {message}{repair}")));
        }
        Ok(remarks)
    }

    /// `what` is how many messages at most, or one table.
    fn integrity_messages(&self, what: &str) -> rusqlite::Result<Vec<String>> {
        let check = format!("PRAGMA main.integrity_check({what})");
        self.connection.prepare(&check)?.query_map([], |row| row.get(0))?.collect()
    }

    fn tables(&self) -> rusqlite::Result<Vec<String>> {
        const TABLES: &str =
            "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0";
        self.connection.prepare(TABLES)?.query_map([], |row| row.get(0))?.collect()
    }
}

/// The definitions are somebody else's: nothing in them may run, write or load anything.
pub(super) fn restrict(connection: &Connection, max_bytes: u64) -> rusqlite::Result<()> {
    limit_values(connection, max_bytes)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        // A misspelled column must be an error and not its own name as text.
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    ] {
        connection.set_db_config(config, on)?;
    }
    connection.execute_batch("PRAGMA mmap_size = 0;")
}

/// Sets how long a value may be.
pub(super) fn limit_values(connection: &Connection, max_bytes: u64) -> rusqlite::Result<()> {
    let most = i32::try_from(max_bytes).unwrap_or(i32::MAX);
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, most).map(drop)
}

/// Opens a small database at `path` that has a log, and the log with it.
fn open_with_log(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let first = Connection::open_with_flags(path, flags)?;
        first.pragma_update(None, "journal_mode", "WAL")?;
        drop(first);
        // The connection that stays knows nothing yet that was not so in another database: asking
        // for this number opens the log, and does not look at the tables.
        let connection = Connection::open_with_flags(path, flags)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_query_value(None, "user_version", |_| Ok(()))?;
        Ok(connection)
    };
    open().map_err(|error| failed("open a copy of it", &error))
}

/// Opens `real`, which must be `main`: SQLite opens it by name, and somebody may have put another there.
fn open_immutable(real: &Path, main: &StableFile) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let uri = format!("file:{}?immutable=1", uri_path(real));
    let before = times_open(main);
    let opened = Connection::open_with_flags(uri, flags);
    let is_main = times_open(main) > before || before.is_none();
    match std::fs::metadata(real) {
        Ok(now) if is_main && identity(&now) == main.identity() => {
            opened.map_err(|error| failed("open it", &error))
        }
        _ => Err(main.changed()),
    }
}

/// How many times this process has the file open, where the system tells.
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

/// Takes the names away from what is open in a folder, where that can be done.
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

/// The path as a URI has it, byte for byte.
#[cfg(unix)]
fn uri_path(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    percent(path.as_os_str().as_bytes())
}

#[cfg(not(unix))]
fn uri_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    // What `canonicalize` returns on Windows begins with a prefix that URIs do not have.
    let text = text.strip_prefix(r"\\?\").unwrap_or(&text).replace('\\', "/");
    format!("/{}", percent(text.as_bytes()))
}

fn percent(path: &[u8]) -> String {
    path.iter().map(|byte| format!("%{byte:02X}")).collect()
}

/// Whether a message of the integrity check is about rules and indexes alone. The rows are read
/// from the table's own tree, so all of them are there; anything else is damage. (A connection
/// that cannot write does not know of `CHECK` rules, so those are said of copies only.)
fn keeps_rows_readable(message: &str) -> bool {
    const BEGINNINGS: [&str; 9] = [
        "NULL value in ",
        "NUMERIC value in ",
        "TEXT value in ",
        "non-",
        "CHECK constraint failed in ",
        "wrong # of entries in index ",
        "malformed inverted index for ",
        "unable to validate the inverted index for ",
        "index ",
    ];
    BEGINNINGS.iter().any(|beginning| message.starts_with(beginning))
        || (message.starts_with("row ") && message.contains(" missing from index "))
}

/// Whether the index alone is not what its table says.
fn is_of_an_index(message: &str) -> bool {
    message.starts_with("wrong # of entries in index ") || message.contains(" missing from index ")
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure)
    )
}

fn damaged(message: &str) -> Error {
    Error::source(
        format!("the database is damaged: {message}"),
        "Restore it from a copy, or save what is left with sqlite3's .recover; until then it can \
         be carried as a file.",
    )
}

/// Whether SQLite would need more memory than it may take, or a value is longer than it may be.
pub(super) fn is_too_large(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::OutOfMemory | ErrorCode::TooBig))
}

/// The error for a record that is longer than `most`, or cannot be told from one.
pub(super) fn too_large(most: u64) -> Error {
    Error::source(
        format!(
            "a record, or what SQLite needs to compute one, takes more than the {} that may be read of \
             one",
            in_mib(most)
        ),
        "Drop generated columns and indexes that compute so much; until then it can be carried as a file.",
    )
}

/// SQLite's refusal as an error of this crate.
pub(super) fn failed(doing: &str, error: &rusqlite::Error) -> Error {
    let words = words(error);
    // SQLite calls the definition malformed, but another build of it made the table.
    if words.contains("too many columns") {
        return Error::source(
            format!("a table has more columns than this build of SQLite can read: {words}"),
            "Export it from the program that wrote it, as CSV for example; until then it can be \
             carried as a file.",
        );
    }
    if is_damage(error) {
        return damaged(&words);
    }
    Error::source(
        format!("SQLite cannot {doing}: {words}"),
        "Open it in the program that wrote it and export again; until then it can be carried as \
         a file.",
    )
}
