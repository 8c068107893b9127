//! Databases made by SQL, archived and restored, and queries to compare two of them.
#![allow(unreachable_pub, reason = "it is a module of tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backup_core::archive::{AskPassphrase, Identity, KeyPair, Recipient};
use backup_core::source::{DiscoverOptions, Discovered, Source, discover};
use backup_core::{ExportOptions, Report, RestoreOptions, Severity, export, restore_database};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tempfile::TempDir;

/// A folder with a key, for archives and restored files.
pub struct RoundTrip {
    pub folder: TempDir,
    recipients: Vec<Recipient>,
    identities: Vec<Identity>,
}

impl RoundTrip {
    pub fn new() -> Self {
        let key = KeyPair::generate();
        let no_passphrase: AskPassphrase = Arc::new(|_| None);
        let file = key.identity_file(std::time::SystemTime::UNIX_EPOCH);
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            recipients: vec![key.recipient().parse().expect("a recipient")],
            identities: Identity::parse_file(file.as_bytes(), "key", &no_passphrase)
                .expect("a key"),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A database made by these statements, and its path.
    pub fn database(&self, name: &str, sql: &str) -> PathBuf {
        let path = self.path(name);
        let database = Connection::open(&path).expect("the fixture opens");
        database.execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
        path
    }

    /// Archives files.
    pub fn export(&self, files: &[PathBuf]) -> (PathBuf, Report) {
        let found = discover(files, &DiscoverOptions::default()).expect("they are found");
        let archive = self.path("a.tar.zst.age");
        let options = ExportOptions::default().replace(true);
        let report = export(found, &self.recipients, &archive, &options, &())
            .unwrap_or_else(|error| panic!("the export fails: {error}"));
        (archive, report)
    }

    /// Archives a source that the test supplies.
    pub fn export_source(&self, source: impl Source + Send + 'static) -> PathBuf {
        let found = Discovered { sources: vec![Box::new(source)], ..Discovered::default() };
        let archive = self.path("a.tar.zst.age");
        export(found, &self.recipients, &archive, &ExportOptions::default(), &())
            .unwrap_or_else(|error| panic!("the export fails: {error}"));
        archive
    }

    pub fn restore(&self, archive: &Path, tables: &[&str]) -> (PathBuf, Report) {
        let report = self.try_restore(archive, tables);
        let failures: Vec<_> =
            report.findings().iter().filter(|f| f.severity == Severity::Failure).collect();
        assert!(failures.is_empty(), "the restore reports {failures:#?}");
        (self.path("out.sqlite"), report)
    }

    /// The same, whatever the restore reports.
    pub fn try_restore(&self, archive: &Path, tables: &[&str]) -> Report {
        let out = self.path("out.sqlite");
        let _ = std::fs::remove_file(&out);
        let options = tables.iter().fold(RestoreOptions::default(), |o, table| o.table(*table));
        restore_database(archive, &self.identities, &out, &options, &())
            .unwrap_or_else(|error| panic!("the restore fails: {error}"))
    }

    /// The names in the folder.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("the folder lists");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("it lists").file_name().into_string().expect("UTF-8")
        };
        let mut names: Vec<_> = entries.map(name).collect();
        names.sort();
        names
    }

    /// Exports and restores.
    pub fn round(&self, source: &Path) -> (PathBuf, Report) {
        let (archive, exported) = self.export(&[source.to_path_buf()]);
        assert_eq!(exported.skipped(), [""; 0], "the database is not read as one");
        self.restore(&archive, &[])
    }
}

/// The messages of a report that hold `words`.
pub fn messages_containing(report: &Report, words: &str) -> Vec<String> {
    let messages = report.findings().iter().map(|finding| finding.message.to_string());
    messages.filter(|message| message.contains(words)).collect()
}

/// Everything that can be queried in a database.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub schema: BTreeSet<[String; 4]>,
    pub pragmas: Vec<String>,
    pub rows: Vec<(String, Vec<String>)>,
    pub integrity: Vec<String>,
    pub foreign_keys: Vec<String>,
}

pub fn snapshot(path: &Path) -> Snapshot {
    let database = Connection::open(path).expect("the database opens");
    // Statistics are not data.
    let schema = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema \
                  WHERE tbl_name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'";
    let schema: BTreeSet<[String; 4]> = database
        .prepare(schema)
        .and_then(|mut statement| {
            let row =
                |row: &rusqlite::Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]);
            statement.query_map([], row)?.collect()
        })
        .expect("the schema is read");
    let pragmas = ["user_version", "application_id", "encoding"];
    let pragmas = pragmas.map(|pragma| lines(&database, &format!("PRAGMA {pragma}"))).concat();
    let rows = schema
        .iter()
        .filter(|[kind, _, _, sql]| kind == "table" && !sql.starts_with("CREATE VIRTUAL"))
        .map(|[_, name, ..]| (name.clone(), records(&database, name)))
        .collect();
    let mut integrity = lines(&database, "PRAGMA integrity_check");
    integrity.sort();
    let foreign_keys = lines(&database, "PRAGMA foreign_key_check");
    Snapshot { schema, pragmas, rows, integrity, foreign_keys }
}

/// Every record of a table with its rowid, each cell with its storage class and its bytes.
fn records(database: &Connection, table: &str) -> Vec<String> {
    let table = table.replace('"', "\"\"");
    let names: Vec<String> = database
        .prepare(&format!("PRAGMA table_xinfo(\"{table}\")"))
        .and_then(|mut names| names.query_map([], |row| row.get("name"))?.collect())
        .expect("its columns");
    let is_taken = |alias: &&&str| names.iter().any(|name| name.eq_ignore_ascii_case(alias));
    let rowid = ["rowid", "oid", "_rowid_"];
    let rowid = rowid.iter().find(|alias| !is_taken(alias)).copied();
    let rowid =
        rowid.filter(|rowid| database.prepare(&format!("SELECT {rowid} FROM \"{table}\"")).is_ok());
    let cells = names.iter().map(|name| {
        let name = name.replace('"', "\"\"");
        format!("\"{name}\", CAST(\"{name}\" AS BLOB)")
    });
    let cells: Vec<_> = rowid.map(str::to_owned).into_iter().chain(cells).collect();
    let order = rowid.map(|rowid| format!("ORDER BY {rowid}")).unwrap_or_default();
    let mut rows = lines(
        database,
        &format!("SELECT {} FROM \"{table}\" NOT INDEXED {order}", cells.join(", ")),
    );
    if rowid.is_none() {
        rows.sort();
    }
    rows
}

/// The result of a query, a line for each row.
pub fn lines(database: &Connection, sql: &str) -> Vec<String> {
    let mut statement = match database.prepare(sql) {
        Ok(statement) => statement,
        Err(error) => return vec![format!("error: {error}")],
    };
    let count = statement.column_count();
    let mut rows = statement.query([]).expect("it runs");
    let mut lines = Vec::new();
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return lines,
            Err(error) => {
                lines.push(format!("error: {error}"));
                return lines;
            }
        };
        let cells = (0..count).map(|index| match row.get_ref(index).expect("a cell") {
            ValueRef::Null => "null".to_owned(),
            ValueRef::Integer(value) => format!("integer {value}"),
            ValueRef::Real(value) => format!("real {:016x}", value.to_bits()),
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => format!("text {text}"),
                Err(_) => format!("text {bytes:02x?}"),
            },
            ValueRef::Blob(bytes) => format!("blob {bytes:02x?}"),
        });
        lines.push(cells.collect::<Vec<_>>().join("|"));
    }
}
