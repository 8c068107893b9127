//! MySQL or MariaDB as the scratch database.
//!
//! The database is made on the server that the user names, and dropped afterwards. Records are
//! loaded with `INSERT` on a thread, and read back over new connections in the binary protocol, in
//! which floating-point numbers are exact.

mod failure;
mod reading;
mod statements;

use std::collections::HashMap;

use self::failure::execute;
use self::reading::OwnRow;
use self::statements::{Inserts, fits, piece_name, push_bytes, push_cell};
use super::layout::{Layout, ValueKind};
use super::server::{
    LIKE_SCRATCH, Loading, MadeDatabase, already_loaded, made_names, new_name, still_loading,
    tables, unknown_table, unreachable,
};
use super::{Scratch, server};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::model::{ColumnCounts, ScratchServer};
use crate::record::{Cell, Digest, Record, Table};
use crate::server::ServerAddress;
use crate::server::mysql::{Connection, quoted};

/// The maximum number of columns in a piece of a table. InnoDB stores up to 40 bytes of each text
/// in the row itself, and a row must be shorter than half a page of 16 KiB.
const WIDEST: usize = 180;

/// The most bytes of statements in a transaction.
const TRANSACTION_BYTES: usize = 32 << 20;

/// What a statement may have less than `max_allowed_packet`.
const PACKET_HEAD: usize = 64;

/// Settings of the connection that loads. Values that do not fit are errors.
const LOADING: &str = "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES', \
     unique_checks = 0, foreign_key_checks = 0, autocommit = 0";

/// What is stored beside the user's tables.
const OWN_TABLES: [&str; 4] = [
    "CREATE TABLE backup_tables(id BIGINT PRIMARY KEY, name LONGBLOB) ENGINE = InnoDB",
    "CREATE TABLE backup_columns(tab BIGINT, position BIGINT, label LONGBLOB, kind LONGTEXT, \
     PRIMARY KEY(tab, position)) ENGINE = InnoDB",
    "CREATE TABLE backup_files(n BIGINT PRIMARY KEY, path LONGBLOB, bytes BIGINT, \
     sha256 LONGTEXT) ENGINE = InnoDB",
    "CREATE TABLE backup_rest(tab BIGINT, n BIGINT, position BIGINT, is_real BIGINT, \
     value LONGBLOB, PRIMARY KEY(tab, n, position)) ENGINE = InnoDB",
];

/// A database of its own on a server of MySQL or MariaDB.
///
/// The user of the address must be allowed to create databases. The database in the address is not
/// read or changed. The scratch database is dropped by [`Scratch::remove`], or when this value is
/// dropped.
pub struct MysqlScratch {
    address: ServerAddress,
    server: ScratchServer,
    /// The name of the scratch database.
    name: String,
    /// The most bytes of a statement.
    most: usize,
    loading: Option<Loading<String>>,
    /// The connection that reads what this program stored beside the tables.
    reading: Option<Connection>,
    tables: HashMap<usize, ScratchTable>,
    counts: Option<Vec<ColumnCounts>>,
    /// The table to which records are added.
    current: usize,
    files: i64,
    /// Dropped last, after all connections.
    made: MadeDatabase,
}

struct ScratchTable {
    layout: Layout,
    rows: i64,
    /// Records that were not sent to the loading thread, for each piece.
    waiting: Vec<Inserts>,
    /// Cells that no column can hold.
    rest: Inserts,
    has_rest: bool,
}

impl MysqlScratch {
    /// Creates the database.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Scratch`](crate::ErrorKind::Scratch) if there is no connection, or if the server
    /// refuses to create a database.
    pub fn create(address: ServerAddress) -> Result<Self> {
        let open = |address: &ServerAddress| Connection::open(address).map_err(unreachable);
        let mut connection = open(&address)?;
        let server = server_of(&address, &mut connection);
        let name = new_name();
        let create =
            format!("CREATE DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", quoted(&name));
        execute(&mut connection, &create, message!("scratch-create-database"))?;
        let made = MadeDatabase::new(&name, {
            let (address, name) = (address.clone(), name.clone());
            move || drop_database(&address, &name)
        });
        let mut scratch = Self {
            name,
            address,
            server,
            most: 0,
            loading: None,
            reading: None,
            tables: HashMap::new(),
            counts: None,
            current: 0,
            files: 0,
            made,
        };
        let mut connection = open(&scratch.own_address())?;
        scratch.check_empty(&mut connection)?;
        let most = reading::number(&mut connection, "SELECT @@max_allowed_packet")?;
        scratch.most = usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(PACKET_HEAD);
        for sql in OWN_TABLES.into_iter().chain([LOADING]) {
            execute(&mut connection, sql, message!("scratch-prepare"))?;
        }
        scratch.loading = Some(Loading::start(connection, load)?);
        Ok(scratch)
    }

    fn own_address(&self) -> ServerAddress {
        self.address.with_database(&self.name)
    }

    /// Nothing may be in the database that this program did not put there.
    fn check_empty(&self, connection: &mut Connection) -> Result<()> {
        const OBJECTS: &str =
            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()";
        match reading::number(connection, OBJECTS)? {
            0 => Ok(()),
            _ => Err(Error::scratch(message!("scratch-prepare"), message!("scratch-not-empty"))),
        }
    }

    fn put(&mut self, statement: String) -> Result<()> {
        self.loading.as_mut().ok_or_else(already_loaded)?.put(statement)
    }

    /// Sends the records of the table before, if this is another one.
    fn go_to(&mut self, index: usize) -> Result<()> {
        match std::mem::replace(&mut self.current, index) {
            before if before == index => Ok(()),
            before => self.flush(before),
        }
    }

    /// Sends the waiting records of a table to the loading thread.
    fn flush(&mut self, index: usize) -> Result<()> {
        let Some(table) = self.tables.get_mut(&index) else { return Ok(()) };
        let waiting = table.waiting.iter_mut().chain([&mut table.rest]);
        let statements: Vec<_> = waiting.filter_map(Inserts::take).collect();
        statements.into_iter().try_for_each(|statement| self.put(statement))
    }

    fn reading(&mut self) -> Result<&mut Connection> {
        self.reading.as_mut().ok_or_else(still_loading)
    }

    /// The statements that create a table.
    fn definitions(&self, index: usize, table: &Table, layout: &Layout) -> Result<Vec<String>> {
        let mut statements = Vec::new();
        for (piece, columns) in layout.pieces.iter().enumerate() {
            let columns = columns.clone().map(|at| {
                let kind = match layout.columns[at].kind {
                    ValueKind::Integer => "BIGINT",
                    ValueKind::Real => "DOUBLE",
                    ValueKind::Text => "LONGTEXT",
                    ValueKind::Blob => "LONGBLOB",
                };
                format!(", c{at} {kind}")
            });
            let (name, columns) = (piece_name(index, piece), columns.collect::<String>());
            statements.push(format!(
                "CREATE TABLE {name}(n BIGINT PRIMARY KEY{columns}) ENGINE = InnoDB \
                 ROW_FORMAT = DYNAMIC"
            ));
        }
        let name = hexadecimal(&table.name);
        statements.push(format!("INSERT INTO backup_tables VALUES ({index}, {name})"));
        let mut inserts = Inserts::new("backup_columns", self.most);
        for (position, column) in table.columns.iter().enumerate() {
            let (label, kind) = (hexadecimal(&column.label), column.kind.as_str());
            let values = format!("{index}, {position}, {label}, '{kind}'");
            statements.extend(inserts.push(|statement| statement.push_str(&values))?);
        }
        statements.extend(inserts.take());
        Ok(statements)
    }
}

/// The server, and the databases that earlier runs left there.
fn server_of(address: &ServerAddress, connection: &mut Connection) -> ScratchServer {
    let unused = format!(
        "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA \
         WHERE SCHEMA_NAME LIKE '{LIKE_SCRATCH}' AND SCHEMA_NAME NOT IN \
         (SELECT DB FROM information_schema.PROCESSLIST WHERE DB IS NOT NULL) ORDER BY SCHEMA_NAME"
    );
    // These are for the report only: the test goes on if the server does not answer.
    let mut values = |sql: &str| connection.rows(sql).unwrap_or_default().concat();
    let version = values("SELECT VERSION()").concat();
    let product = if version.contains("MariaDB") { "MariaDB" } else { "MySQL" };
    let left_behind = made_names(values(&unused));
    ScratchServer { left_behind, ..ScratchServer::new(product, version, address.place()) }
}

impl Scratch for MysqlScratch {
    fn server(&self) -> Option<ScratchServer> {
        Some(self.server.clone())
    }

    fn expect(&mut self, counts: &[ColumnCounts]) {
        self.counts = Some(counts.to_vec());
    }

    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        self.go_to(index)?;
        let layout = Layout::new(table.columns.len(), self.counts.take().as_deref(), WIDEST, false);
        let statements = self.definitions(index, table, &layout)?;
        let pieces = (0..layout.pieces.len()).map(|piece| piece_name(index, piece));
        let waiting = pieces.map(|name| Inserts::new(&name, self.most)).collect();
        let rest = Inserts::new("backup_rest", self.most);
        self.tables.insert(index, ScratchTable { layout, rows: 0, waiting, rest, has_rest: false });
        let mut statements = statements.into_iter();
        statements
            .try_for_each(|statement| self.put(statement))
            .map_err(|error| error.in_table(&table.name))
    }

    fn insert(&mut self, index: usize, record: &Record) -> Result<()> {
        self.go_to(index)?;
        let table = self.tables.get_mut(&index).ok_or_else(unknown_table)?;
        if record.len() != table.layout.width {
            return Err(Error::scratch(message!("scratch-insert"), message!("scratch-cells")));
        }
        table.rows += 1;
        table.encode(index, record)?.into_iter().try_for_each(|statement| self.put(statement))
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.files += 1;
        let (number, path) = (self.files, hexadecimal(path));
        self.put(format!("INSERT INTO backup_files VALUES ({number}, {path}, {bytes}, '{sha256}')"))
    }

    fn loaded(&mut self) -> Result<()> {
        self.flush(self.current)?;
        self.loading.take().ok_or_else(already_loaded)?.finish()?;
        let address = self.own_address();
        let connection = Connection::open(&address);
        self.reading = Some(connection.map_err(unreachable)?);
        Ok(())
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        let connection = self.reading()?;
        let names = reading::own_rows(connection, "SELECT * FROM backup_tables ORDER BY id")?;
        let name = |row: &OwnRow| -> Result<_> { Ok((row.integer(0)?, row.text(1)?)) };
        let names = names.iter().map(name).collect::<Result<_>>()?;
        let query = "SELECT * FROM backup_columns ORDER BY tab, position";
        let columns = reading::own_rows(connection, query)?;
        let column = |row: &OwnRow| -> Result<_> {
            Ok((row.integer(0)?, server::column(row.text(2)?, &row.text(3)?)))
        };
        Ok(tables(names, columns.iter().map(column).collect::<Result<_>>()?))
    }

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        let query = "SELECT * FROM backup_files ORDER BY n";
        let rows = reading::own_rows(self.reading()?, query)?;
        let file = |row: &OwnRow| -> Result<_> {
            let digest = row.text(3)?.parse().map_err(|_| {
                Error::scratch(message!("scratch-list-files"), message!("scratch-digest"))
            })?;
            Ok((row.text(1)?, row.integer(2)? as u64, digest))
        };
        rows.iter().map(file).collect()
    }

    fn read(
        &mut self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>> {
        let ScratchTable { layout, has_rest, .. } =
            self.tables.get(&table).ok_or_else(unknown_table)?;
        let (layout, has_rest, address) = (layout.clone(), *has_rest, self.own_address());
        let connection = self.reading()?;
        let counts = reading::count(connection, table, &layout, has_rest)?;
        let rest = has_rest.then_some(connection);
        reading::records(&address, table, &layout, rest, each)?;
        Ok(counts)
    }

    fn remove(&mut self) -> Result<()> {
        (self.loading, self.reading) = (None, None);
        self.made.remove()
    }
}

/// Drops the database of this name over a connection of its own.
fn drop_database(address: &ServerAddress, name: &str) -> Result<()> {
    let mut connection = Connection::open(address)?;
    let others = format!(
        "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = {} AND ID <> CONNECTION_ID()",
        hexadecimal(name)
    );
    // Another connection may hold a lock on a table.
    for other in connection.rows(&others).unwrap_or_default() {
        let _ = connection.execute(&format!("KILL {}", other[0]));
    }
    let drop = format!("DROP DATABASE IF EXISTS {}", quoted(name));
    execute(&mut connection, &drop, message!("scratch-drop"))
}

impl ScratchTable {
    /// Adds a record to the waiting ones. Returns statements to send.
    fn encode(&mut self, index: usize, record: &Record) -> Result<Vec<String>> {
        let (layout, number) = (&self.layout, self.rows);
        let mut full = Vec::new();
        for (piece, inserts) in layout.pieces.iter().zip(&mut self.waiting) {
            full.extend(inserts.push(|statement| {
                statement.push_str(&number.to_string());
                for column in &layout.columns[piece.clone()] {
                    statement.push(',');
                    let cell = record.get(column.position).unwrap_or(Cell::Null);
                    push_cell(statement, column.kind, cell);
                }
            })?);
        }
        for (position, cell) in record.iter().enumerate().filter(|(_, cell)| !fits(*cell)) {
            self.has_rest = true;
            full.extend(self.rest.push(|statement| {
                let is_real = u8::from(matches!(cell, Cell::Real(_)));
                statement.push_str(&format!("{index},{number},{position},{is_real},"));
                match cell {
                    Cell::Real(value) => push_bytes(statement, &value.to_be_bytes()),
                    Cell::Text(text) => push_bytes(statement, text.as_bytes()),
                    _ => statement.push_str("NULL"),
                }
            })?);
        }
        Ok(full)
    }
}

/// Executes all statements, in transactions of some megabytes.
fn load(mut connection: Connection, statements: crossbeam_channel::Receiver<String>) -> Result<()> {
    let mut bytes = 0;
    for statement in statements {
        let doing = match statement.starts_with("CREATE") {
            true => message!("scratch-create-table"),
            false => message!("scratch-insert"),
        };
        execute(&mut connection, &statement, doing)?;
        bytes += statement.len();
        if bytes >= TRANSACTION_BYTES {
            execute(&mut connection, "COMMIT", message!("scratch-insert"))?;
            bytes = 0;
        }
    }
    execute(&mut connection, "COMMIT", message!("scratch-finish"))
}

/// Text as a literal of its bytes.
fn hexadecimal(text: &str) -> String {
    let mut literal = String::new();
    push_bytes(&mut literal, text.as_bytes());
    literal
}
