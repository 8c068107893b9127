//! PostgreSQL as the scratch database.
//!
//! The database is made on the server that the user names, and dropped afterwards. Records are
//! loaded with `COPY` on a thread, and read back over a new connection.

mod binary;
mod failure;
mod keeping;
mod loading;
mod reading;
mod savepoint;
mod types;
mod typing;

use std::collections::HashMap;

use tokio_postgres::error::SqlState;

use self::binary::Tuples;
use self::failure::{exists, failed};
pub(crate) use self::keeping::{LONGEST_NAME, OWN_COLUMNS};
use self::loading::{Target, Task, load, piece_name};
use super::layout::Layout;
use super::server::{
    LIKE_SCRATCH, Loading, MadeDatabase, already_loaded, made_names, new_name, still_loading,
    tables, unknown_table, unreachable,
};
use super::{Scratch, server};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::model::{ColumnCounts, ScratchServer};
use crate::record::{Cell, Column, Digest, Record, Table};
use crate::server::ServerAddress;
use crate::server::postgres::{Connection, CopyOut, literal, quoted};

/// The maximum number of columns in a piece of a table. PostgreSQL allows 1,600, but a row must fit
/// into a page of 8 KiB, and values of up to 24 bytes always stay in the row.
const WIDEST: usize = 320;

/// The maximum number of columns of all pieces. PostgreSQL returns at most 1,664 at once, one of
/// which is the number of the record.
const MOST_COLUMNS: usize = 1663;

/// Records are sent to the loading thread when they have this many bytes.
const BATCH_BYTES: usize = 256 << 10;

/// What is stored beside the user's tables.
const OWN_TABLES: &str = "CREATE UNLOGGED TABLE public.backup_tables(id bigint, name bytea); \
     CREATE UNLOGGED TABLE public.backup_columns(tab bigint, position bigint, label bytea, kind text); \
     CREATE UNLOGGED TABLE public.backup_files(n bigint, path bytea, bytes bigint, sha256 text); \
     CREATE UNLOGGED TABLE public.backup_rest(tab bigint, n bigint, position bigint, value bytea, \
     PRIMARY KEY (tab, n, position));";

/// A database of its own on a PostgreSQL server.
///
/// The user of the address must be allowed to create databases. The database in the address is only
/// used to connect; nothing in it is read or changed. The scratch database is dropped by
/// [`Scratch::remove`], or when this value is dropped.
///
/// It waits on a runtime of Tokio of its own, which panics within an asynchronous task: use it on
/// another thread, such as that of `spawn_blocking`.
pub struct PostgresScratch {
    address: ServerAddress,
    server: ScratchServer,
    /// The name of the scratch database.
    name: String,
    loading: Option<Loading<Task>>,
    /// The connection that reads the database back.
    reading: Option<Connection>,
    tables: HashMap<usize, ScratchTable>,
    counts: Option<Vec<ColumnCounts>>,
    /// The table to which records are added.
    current: usize,
    /// `UNLOGGED`, for tables that are dropped again.
    logged: &'static str,
    files: i64,
    /// Dropped last, after all connections.
    made: MadeDatabase,
}

struct ScratchTable {
    layout: Layout,
    rows: i64,
    /// Encoded records that were not sent to the loading thread, for each piece.
    waiting: Vec<Vec<u8>>,
    /// Encoded cells that no column can hold.
    rest: Vec<u8>,
    has_rest: bool,
}

impl PostgresScratch {
    /// Creates the database.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Scratch`](crate::ErrorKind::Scratch) if there is no connection, or if the server
    /// refuses to create a database.
    pub fn create(address: ServerAddress) -> Result<Self> {
        let address = match address.database() {
            "" => address.with_database("postgres"),
            _ => address,
        };
        Self::named(address, new_name(), "UNLOGGED")
    }

    /// Creates the database of this address, which must not exist. It is dropped too, unless it is
    /// kept.
    pub(crate) fn restoring(address: &ServerAddress) -> Result<Self> {
        let name = address.database().to_owned();
        Self::named(address.with_database("postgres"), name, "")
    }

    fn named(address: ServerAddress, name: String, logged: &'static str) -> Result<Self> {
        let open = |address: &ServerAddress| Connection::open(address).map_err(unreachable);
        // The collation of a database that is kept is the server's.
        let collation = if logged.is_empty() { "" } else { "LC_COLLATE 'C' LC_CTYPE 'C'" };
        let create = format!(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' {collation}",
            quoted(&name)
        );
        let mut connection = open(&address)?;
        let server = server_of(&address, &mut connection);
        connection.execute(&create).map_err(|error| match error.code() {
            Some(code) if *code == SqlState::DUPLICATE_DATABASE => exists(&name),
            _ => failed(message!("scratch-create-database"), &error),
        })?;
        let made = MadeDatabase::new(&name, {
            let (address, name) = (address.clone(), name.clone());
            move || drop_database(&address, &name)
        });
        let mut scratch = Self {
            name,
            address,
            server,
            loading: None,
            reading: None,
            tables: HashMap::new(),
            counts: None,
            current: 0,
            logged,
            files: 0,
            made,
        };
        let mut connection = open(&scratch.own_address())?;
        scratch.check_empty(&mut connection)?;
        let prepared = connection.execute(OWN_TABLES);
        prepared.map_err(|error| failed(message!("scratch-prepare"), &error))?;
        scratch.loading = Some(Loading::start(connection, load)?);
        Ok(scratch)
    }

    fn own_address(&self) -> ServerAddress {
        self.address.with_database(&self.name)
    }

    /// Nothing may be in the database that this program did not put there.
    fn check_empty(&self, connection: &mut Connection) -> Result<()> {
        const OBJECTS: &str = "SELECT count(*) FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";
        match reading::number(connection, OBJECTS)? {
            0 => Ok(()),
            _ => Err(Error::scratch(message!("scratch-prepare"), message!("scratch-not-empty"))),
        }
    }

    fn put(&mut self, task: Task) -> Result<()> {
        self.loading.as_mut().ok_or_else(already_loaded)?.put(task)
    }

    /// Sends the records of the table before, if this is another one.
    fn go_to(&mut self, index: usize) -> Result<()> {
        match std::mem::replace(&mut self.current, index) {
            before if before == index => Ok(()),
            before => self.flush(before),
        }
    }

    /// Sends the encoded records of a table to the loading thread.
    fn flush(&mut self, index: usize) -> Result<()> {
        let Some(table) = self.tables.get_mut(&index) else { return Ok(()) };
        let mut tasks = Vec::new();
        for (piece, waiting) in table.waiting.iter_mut().enumerate() {
            if !waiting.is_empty() {
                let tuples = std::mem::take(waiting);
                tasks.push(Task::Tuples(Target::Piece(index, piece), tuples));
            }
        }
        if !table.rest.is_empty() {
            tasks.push(Task::Tuples(Target::Rest, std::mem::take(&mut table.rest)));
        }
        tasks.into_iter().try_for_each(|task| self.put(task))
    }

    fn reading(&mut self) -> Result<&mut Connection> {
        self.reading.as_mut().ok_or_else(still_loading)
    }

    /// The tuples of a table of this program.
    fn own_tuples<T>(
        &mut self,
        query: &str,
        mut each: impl FnMut(&Tuples<CopyOut<'_>>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let copy = format!("COPY ({query}) TO STDOUT (FORMAT binary)");
        let mut tuples = reading::tuples(self.reading()?, &copy)?;
        let mut all = Vec::new();
        while tuples.next()? {
            all.push(each(&tuples)?);
        }
        Ok(all)
    }
}

/// The server, and the databases that earlier runs left there.
fn server_of(address: &ServerAddress, connection: &mut Connection) -> ScratchServer {
    let unused = format!(
        "SELECT datname FROM pg_catalog.pg_database d WHERE datname LIKE '{LIKE_SCRATCH}' \
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid) \
         ORDER BY datname"
    );
    // These are for the report only: the test goes on if the server does not answer.
    let mut values = |sql: &str| -> Vec<String> {
        let rows = connection.rows(sql).unwrap_or_default();
        rows.iter().filter_map(|row| row.get(0)).map(str::to_owned).collect()
    };
    let version = values("SHOW server_version").concat();
    let left_behind = made_names(values(&unused));
    ScratchServer { left_behind, ..ScratchServer::new("PostgreSQL", version, address.place()) }
}

impl Scratch for PostgresScratch {
    fn server(&self) -> Option<ScratchServer> {
        Some(self.server.clone())
    }

    fn expect(&mut self, counts: &[ColumnCounts]) {
        self.counts = Some(counts.to_vec());
    }

    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        self.go_to(index)?;
        // A database that is kept is logged, and has all columns.
        let is_kept = self.logged.is_empty();
        let (width, counts) = (table.columns.len(), self.counts.take());
        let layout = Layout::new(width, counts.as_deref(), WIDEST, is_kept);
        if layout.columns.len() > MOST_COLUMNS {
            let why = message!("scratch-wide", most = MOST_COLUMNS as u64);
            let error = Error::scratch(message!("scratch-create-table"), why);
            return Err(error.in_table(&table.name));
        }
        let (mut sql, logged) = (String::new(), self.logged);
        for (piece, columns) in layout.pieces.iter().enumerate() {
            let columns = columns.clone().map(|at| {
                let kind = types::loaded(layout.columns[at].kind);
                format!(", c{at} {kind}")
            });
            let (name, columns) = (piece_name(index, piece), columns.collect::<String>());
            sql.push_str(&format!("CREATE {logged} TABLE {name}(n bigint{columns});"));
        }
        let name = bytea(&table.name);
        sql.push_str(&format!("INSERT INTO public.backup_tables VALUES ({index}, {name});"));
        for (position, Column { label, kind }) in table.columns.iter().enumerate() {
            let (label, kind) = (bytea(label), literal(kind.as_str()));
            sql.push_str(&format!(
                "INSERT INTO public.backup_columns VALUES ({index}, {position}, {label}, {kind});"
            ));
        }
        let waiting = vec![Vec::new(); layout.pieces.len()];
        let (rest, has_rest) = (Vec::new(), false);
        self.tables.insert(index, ScratchTable { layout, rows: 0, waiting, rest, has_rest });
        self.put(Task::Create(sql)).map_err(|error| error.in_table(&table.name))
    }

    fn insert(&mut self, index: usize, record: &Record) -> Result<()> {
        self.go_to(index)?;
        let table = self.tables.get_mut(&index).ok_or_else(unknown_table)?;
        if record.len() != table.layout.width {
            return Err(Error::scratch(message!("scratch-insert"), message!("scratch-cells")));
        }
        table.rows += 1;
        let mut bytes = 0;
        for (piece, tuples) in table.layout.pieces.iter().zip(&mut table.waiting) {
            binary::begin(tuples, piece.len() + 1);
            binary::push_integer(tuples, table.rows);
            for column in &table.layout.columns[piece.clone()] {
                let cell = record.get(column.position).unwrap_or(Cell::Null);
                binary::push_cell(tuples, column.kind, cell);
            }
            bytes += tuples.len();
        }
        for (position, cell) in record.iter().enumerate() {
            if let Cell::Text(text) = cell
                && !binary::fits(cell)
            {
                table.has_rest = true;
                binary::begin(&mut table.rest, 4);
                for number in [index as i64, table.rows, position as i64] {
                    binary::push_integer(&mut table.rest, number);
                }
                binary::push_bytes(&mut table.rest, text.as_bytes());
            }
        }
        match bytes + table.rest.len() >= BATCH_BYTES {
            true => self.flush(index),
            false => Ok(()),
        }
    }

    fn add_file(&mut self, path: &str, bytes: u64, sha256: Digest) -> Result<()> {
        self.files += 1;
        let mut tuple = Vec::new();
        binary::begin(&mut tuple, 4);
        binary::push_integer(&mut tuple, self.files);
        binary::push_bytes(&mut tuple, path.as_bytes());
        binary::push_integer(&mut tuple, bytes as i64);
        binary::push_bytes(&mut tuple, sha256.to_string().as_bytes());
        self.put(Task::Tuples(Target::Files, tuple))
    }

    fn loaded(&mut self) -> Result<()> {
        self.flush(self.current)?;
        self.loading.take().ok_or_else(already_loaded)?.finish()?;
        let connection = Connection::open(&self.own_address());
        let mut connection = connection.map_err(unreachable)?;
        let begun = connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        begun.map_err(|error| failed(message!("scratch-read"), &error))?;
        self.reading = Some(connection);
        Ok(())
    }

    fn tables(&mut self) -> Result<Vec<(usize, Table)>> {
        let text =
            |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let names = self.own_tuples("SELECT * FROM public.backup_tables ORDER BY id", |tuple| {
            Ok((tuple.integer(0)?, text(tuple.field(1))))
        })?;
        let query = "SELECT * FROM public.backup_columns ORDER BY tab, position";
        let columns = self.own_tuples(query, |tuple| {
            let column = server::column(text(tuple.field(2)), &text(tuple.field(3)));
            Ok((tuple.integer(0)?, column))
        })?;
        Ok(tables(names, columns))
    }

    fn files(&mut self) -> Result<Vec<(String, u64, Digest)>> {
        self.own_tuples("SELECT * FROM public.backup_files ORDER BY n", |tuple| {
            let text = |at| String::from_utf8_lossy(tuple.field(at).unwrap_or_default());
            let digest = text(3).parse().map_err(|_| {
                Error::scratch(message!("scratch-list-files"), message!("scratch-digest"))
            })?;
            Ok((text(1).into_owned(), tuple.integer(2)? as u64, digest))
        })
    }

    fn read(
        &mut self,
        table: usize,
        each: &mut dyn FnMut(&Record) -> Result<()>,
    ) -> Result<Vec<ColumnCounts>> {
        let ScratchTable { layout, has_rest, .. } =
            self.tables.get(&table).ok_or_else(unknown_table)?;
        let (layout, has_rest, address) = (layout.clone(), *has_rest, self.own_address());
        // The connection that reads the records can execute nothing else meanwhile.
        let rest = match has_rest {
            false => None,
            true => {
                let connection = Connection::open(&address);
                Some(connection.map_err(unreachable)?)
            }
        };
        let connection = self.reading()?;
        let counts = reading::count(connection, table, &layout, has_rest)?;
        reading::records(connection, table, &layout, rest, each)?;
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
    let name_literal = literal(name);
    // If another connection remains, the server refuses to drop the database.
    let _ = connection.rows(&format!(
        "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity \
         WHERE datname = {name_literal} AND pid <> pg_catalog.pg_backend_pid()"
    ));
    let drop = format!("DROP DATABASE IF EXISTS {}", quoted(name));
    connection.execute(&drop).map_err(|error| failed(message!("scratch-drop"), &error))
}

fn bytea(text: &str) -> String {
    let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("'\\x{digits}'")
}
