//! PostgreSQL as the scratch database.
//!
//! The database is made on the server that the user names, and dropped afterwards. Records are
//! loaded with `COPY` on a thread, and read back over a new connection.

mod binary;
mod loading;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use postgres::error::SqlState;

use self::binary::Tuples;
use self::loading::{Loading, Target, Task};
use super::Scratch;
use super::layout::{Layout, ValueKind};
use crate::error::{Error, ErrorKind, Result, ScratchCause};
use crate::i18n::{Message, message};
use crate::model::ColumnCounts;
use crate::record::{Cell, Column, Digest, Kind, Record, Table};
use crate::server::ServerAddress;
use crate::server::postgres::{Connection, literal, quoted, words};

/// The maximum number of columns in a piece of a table. PostgreSQL allows 1,600, but the values of
/// a row, of which long ones take 18 bytes, must fit into a page of 8 KiB.
const WIDEST: usize = 400;

/// Records are sent to the loading thread when they have this many bytes.
const BATCH_BYTES: usize = 256 << 10;

/// How long the server may take to answer again before the database is given up that has to be
/// dropped. A server that lost a process takes a moment to recover.
const RECOVERY: Duration = Duration::from_secs(20);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// What is stored beside the user's tables.
const OWN_TABLES: &str = "CREATE UNLOGGED TABLE backup_tables(id bigint, name bytea); \
     CREATE UNLOGGED TABLE backup_columns(tab bigint, position bigint, label bytea, kind text); \
     CREATE UNLOGGED TABLE backup_files(n bigint, path bytea, bytes bigint, sha256 text); \
     CREATE UNLOGGED TABLE backup_rest(tab bigint, n bigint, position bigint, value bytea);";

/// A database of its own on a PostgreSQL server.
///
/// The user of the address must be allowed to create databases. The database in the address is only
/// used to connect; nothing in it is read or changed. The scratch database is dropped by
/// [`Scratch::remove`], or when this value is dropped.
pub struct PostgresScratch {
    address: ServerAddress,
    /// The name of the scratch database.
    name: String,
    loading: Option<Loading>,
    /// The connection that reads the database back.
    reading: Option<Connection>,
    tables: HashMap<usize, ScratchTable>,
    counts: Option<Vec<ColumnCounts>>,
    /// The table to which records are added.
    current: usize,
    files: i64,
    is_removed: bool,
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
    /// [`ErrorKind::Scratch`] if there is no connection, or if the server refuses to create a
    /// database.
    pub fn create(address: ServerAddress) -> Result<Self> {
        let address = match address.database() {
            "" => address.with_database("postgres"),
            _ => address,
        };
        let name =
            format!("crm_backup_scratch_{:016x}", RandomState::new().build_hasher().finish());
        let open = |address: &ServerAddress| {
            Connection::open(address).map_err(|error| unreachable(address, &error))
        };
        let create = format!(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
            quoted(&name)
        );
        open(&address)?
            .execute(&create)
            .map_err(|error| failed(message!("scratch-create-database"), &error))?;
        let mut scratch = Self {
            name,
            address,
            loading: None,
            reading: None,
            tables: HashMap::new(),
            counts: None,
            current: 0,
            files: 0,
            is_removed: false,
        };
        let mut connection = open(&scratch.own_address())?;
        scratch.check_empty(&mut connection)?;
        let prepared = connection.execute(OWN_TABLES);
        prepared.map_err(|error| failed(message!("scratch-prepare"), &error))?;
        scratch.loading = Some(Loading::start(connection)?);
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
        match number(connection, OBJECTS)? {
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
        self.reading.as_mut().ok_or_else(|| {
            Error::scratch(message!("scratch-read"), message!("scratch-still-loading"))
        })
    }

    /// The tuples of a table of this program.
    fn own_tuples<T>(
        &mut self,
        query: &str,
        mut each: impl FnMut(&Tuples<postgres::CopyOutReader<'_>>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let copy = format!("COPY ({query}) TO STDOUT (FORMAT binary)");
        let mut tuples = tuples(self.reading()?, &copy)?;
        let mut all = Vec::new();
        while tuples.next()? {
            all.push(each(&tuples)?);
        }
        Ok(all)
    }

    /// Drops the database, and tries again while the server recovers.
    fn drop_database(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.is_removed, true) {
            return Ok(());
        }
        // The thread, if it still runs, ends with its connection.
        (self.loading, self.reading) = (None, None);
        let end_others = format!(
            "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity \
             WHERE datname = {}",
            literal(&self.name)
        );
        let drop = format!("DROP DATABASE IF EXISTS {}", quoted(&self.name));
        let began = Instant::now();
        loop {
            let dropped = Connection::open(&self.address).and_then(|mut connection| {
                let _ = connection.rows(&end_others);
                connection.execute(&drop).map_err(|error| failed(message!("scratch-drop"), &error))
            });
            match dropped {
                Ok(()) => return Ok(()),
                Err(_) if began.elapsed() < RECOVERY => sleep(BETWEEN_ATTEMPTS),
                Err(error) => {
                    let why = error.to_string();
                    let why = message!("scratch-remains", database = &*self.name, why = why);
                    return Err(Error::scratch(message!("scratch-drop"), why));
                }
            }
        }
    }
}

impl Scratch for PostgresScratch {
    fn expect(&mut self, counts: &[ColumnCounts]) {
        self.counts = Some(counts.to_vec());
    }

    fn create_table(&mut self, index: usize, table: &Table) -> Result<()> {
        self.go_to(index)?;
        let layout = Layout::new(table.columns.len(), self.counts.take().as_deref(), WIDEST);
        let mut sql = String::new();
        for (piece, columns) in layout.pieces.iter().enumerate() {
            let columns = columns.clone().map(|at| {
                let kind = match layout.columns[at].kind {
                    ValueKind::Integer => "bigint",
                    ValueKind::Real => "double precision",
                    ValueKind::Text => "text",
                    ValueKind::Blob => "bytea",
                };
                format!(", c{at} {kind}")
            });
            let (name, columns) = (piece_name(index, piece), columns.collect::<String>());
            sql.push_str(&format!("CREATE UNLOGGED TABLE {name}(n bigint{columns});"));
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
        let unknown =
            || Error::scratch(message!("scratch-find-table"), message!("scratch-not-created"));
        self.go_to(index)?;
        let table = self.tables.get_mut(&index).ok_or_else(unknown)?;
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
        let mut connection =
            connection.map_err(|error| unreachable(&self.own_address(), &error))?;
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
            let is_text = text(tuple.field(3)) == Kind::Text.as_str();
            let kind = if is_text { Kind::Text } else { Kind::Any };
            Ok((tuple.integer(0)?, Column { label: text(tuple.field(2)), kind }))
        })?;
        let mut columns = columns.into_iter().peekable();
        let table = |(id, name): (i64, String)| {
            let mut own = Vec::new();
            while let Some((_, column)) = columns.next_if(|(table, _)| *table == id) {
                own.push(column);
            }
            (id as usize, Table::new(name, own))
        };
        Ok(names.into_iter().map(table).collect())
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
        let unknown =
            || Error::scratch(message!("scratch-find-table"), message!("scratch-not-created"));
        let ScratchTable { layout, has_rest, .. } = self.tables.get(&table).ok_or_else(unknown)?;
        let (layout, has_rest) = (layout.clone(), *has_rest);
        let mut rest = match has_rest {
            false => None,
            true => Some(Rest::open(&self.own_address(), table)?),
        };
        let connection = self.reading()?;
        let counts = count(connection, table, &layout, has_rest)?;
        read_records(connection, table, &layout, &mut rest, each)?;
        Ok(counts)
    }

    fn remove(&mut self) -> Result<()> {
        self.drop_database()
    }
}

impl Drop for PostgresScratch {
    fn drop(&mut self) {
        // There is nobody to tell; `remove` returns the error.
        let _ = self.drop_database();
    }
}

/// Reads the records of a table, in the order in which they were inserted.
fn read_records(
    connection: &mut Connection,
    table: usize,
    layout: &Layout,
    rest: &mut Option<Rest>,
    each: &mut dyn FnMut(&Record) -> Result<()>,
) -> Result<()> {
    let columns: String = (0..layout.columns.len()).map(|at| format!(", c{at}")).collect();
    let first = piece_name(table, 0);
    // A copy of a table has the order in which it is stored.
    let copied = match layout.pieces.len() {
        1 => format!("{first} (n{columns})"),
        pieces => {
            let others =
                (1..pieces).map(|piece| format!(" JOIN {} USING (n)", piece_name(table, piece)));
            format!("(SELECT n{columns} FROM {first}{} ORDER BY n)", others.collect::<String>())
        }
    };
    let mut tuples = tuples(connection, &format!("COPY {copied} TO STDOUT (FORMAT binary)"))?;
    let (mut record, mut cells) = (Record::new(), Vec::new());
    let mut number = 0;
    while tuples.next()? {
        number += 1;
        if tuples.integer(0)? != number {
            let why = message!("scratch-order");
            return Err(Error::scratch(message!("scratch-read"), why).at_record(number as u64));
        }
        let kinds = (1..).zip(&layout.columns);
        record.clear();
        if rest.is_none() && layout.columns.len() == layout.width {
            for (at, column) in kinds {
                record.push(tuples.cell(at, column.kind)?);
            }
        } else {
            let read = kinds.map(|(at, column)| tuples.cell(at, column.kind));
            let mut values = read.collect::<Result<Vec<_>>>()?;
            layout.assemble(&values, &mut record);
            values.clear();
            if let Some(rest) = rest {
                rest.put_back(number, &mut record, &mut cells)?;
            }
        }
        each(&record)?;
    }
    Ok(())
}

/// Cells that no column can hold, in the order of their records.
struct Rest {
    connection: Connection,
    table: usize,
    /// The next ones, by record and position, in descending order.
    next: Vec<(i64, i64, Vec<u8>)>,
    /// The last record whose cells were read.
    read: i64,
}

impl Rest {
    /// The number of records whose cells are read at once.
    const AT_ONCE: i64 = 1 << 16;

    fn open(address: &ServerAddress, table: usize) -> Result<Self> {
        let connection = Connection::open(address).map_err(|error| unreachable(address, &error))?;
        Ok(Self { connection, table, next: Vec::new(), read: 0 })
    }

    /// Puts the cells of a record into their places.
    fn put_back(
        &mut self,
        number: i64,
        record: &mut Record,
        cells: &mut Vec<(usize, Vec<u8>)>,
    ) -> Result<()> {
        if number > self.read {
            self.fetch(number)?;
        }
        cells.clear();
        while let Some((_, position, value)) = self.next.pop_if(|(n, ..)| *n == number) {
            cells.push((position as usize, value));
        }
        if cells.is_empty() {
            return Ok(());
        }
        let mut whole = Record::new();
        for (position, cell) in record.iter().enumerate() {
            match cells.iter().find(|(at, _)| *at == position) {
                Some((_, text)) => whole.push_text_bytes(text),
                None => whole.push(cell),
            }
        }
        *record = whole;
        Ok(())
    }

    fn fetch(&mut self, from: i64) -> Result<()> {
        let (table, to) = (self.table, from + Self::AT_ONCE);
        let query = format!(
            "COPY (SELECT n, position, value FROM public.backup_rest WHERE tab = {table} \
             AND n >= {from} AND n < {to} ORDER BY n DESC, position DESC) \
             TO STDOUT (FORMAT binary)"
        );
        let mut tuples = tuples(&mut self.connection, &query)?;
        while tuples.next()? {
            let value = tuples.field(2).unwrap_or_default().to_vec();
            self.next.push((tuples.integer(0)?, tuples.integer(1)?, value));
        }
        self.read = to - 1;
        Ok(())
    }
}

/// Lets the server count the columns of a table.
fn count(
    connection: &mut Connection,
    table: usize,
    layout: &Layout,
    has_rest: bool,
) -> Result<Vec<ColumnCounts>> {
    let rows = number(connection, &format!("SELECT count(*) FROM {}", piece_name(table, 0)))?;
    let mut counts = vec![ColumnCounts::default(); layout.width];
    for (piece, columns) in layout.pieces.iter().enumerate() {
        let mut answers = vec!["count(*)".to_owned()];
        for at in columns.clone() {
            answers.push(format!("count(c{at})"));
            if layout.columns[at].kind.has_length() {
                answers.push(format!("coalesce(sum(octet_length(c{at})), 0)"));
                answers.push(format!("coalesce(max(octet_length(c{at})), 0)"));
            }
        }
        let sql = format!("SELECT {} FROM {}", answers.join(", "), piece_name(table, piece));
        let mut answers = numbers(connection, &sql)?.into_iter().skip(1);
        let mut next = || answers.next().unwrap_or_default();
        for at in columns.clone() {
            let column = layout.columns[at];
            let values = next();
            let (bytes, longest) = match column.kind.has_length() {
                true => (next(), next()),
                false => (0, 0),
            };
            column.kind.count(&mut counts[column.position], values, bytes, longest);
        }
    }
    if has_rest {
        let sql = format!(
            "SELECT position, count(*), sum(octet_length(value)), max(octet_length(value)) \
             FROM public.backup_rest WHERE tab = {table} GROUP BY position"
        );
        let rows = connection.rows(&sql);
        for row in rows.map_err(|error| failed(message!("scratch-read"), &error))? {
            let value = |at| row.get(at).and_then(|text| text.parse().ok()).unwrap_or_default();
            if let Some(counts) = counts.get_mut(value(0) as usize) {
                ValueKind::Text.count(counts, value(1), value(2), value(3));
            }
        }
    }
    for counts in &mut counts {
        let values = counts.integers + counts.reals + counts.texts + counts.blobs;
        counts.nulls = rows.saturating_sub(values);
    }
    Ok(counts)
}

fn tuples<'c>(
    connection: &'c mut Connection,
    copy: &str,
) -> Result<Tuples<postgres::CopyOutReader<'c>>> {
    let reader = connection.client().copy_out(copy);
    Tuples::new(reader.map_err(|error| failed(message!("scratch-read"), &error))?)
}

/// The only number that a query returns.
fn number(connection: &mut Connection, sql: &str) -> Result<u64> {
    Ok(numbers(connection, sql)?.first().copied().unwrap_or_default())
}

/// The numbers in the only row that a query returns.
fn numbers(connection: &mut Connection, sql: &str) -> Result<Vec<u64>> {
    let rows = connection.rows(sql).map_err(|error| failed(message!("scratch-read"), &error))?;
    let Some(row) = rows.first() else { return Ok(Vec::new()) };
    let value = |at| row.get(at).and_then(|text| text.parse().ok()).unwrap_or_default();
    Ok((0..row.len()).map(value).collect())
}

/// The name of a piece of a table, as it is written in SQL.
fn piece_name(table: usize, piece: usize) -> String {
    format!("public.t{table}_{piece}")
}

fn bytea(text: &str) -> String {
    let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("'\\x{digits}'")
}

fn already_loaded() -> Error {
    Error::scratch(message!("scratch-insert"), message!("scratch-already-loaded"))
}

/// Converts an error of the server. `doing` is the operation that failed.
fn failed(doing: Message, error: &postgres::Error) -> Error {
    let cause = match error.code() {
        Some(code) if *code == SqlState::DISK_FULL => ScratchCause::DiskFull,
        _ => ScratchCause::Refused,
    };
    Error::new(ErrorKind::Scratch { doing, cause, why: words(error).into() })
}

fn stream_failed(error: io::Error) -> Error {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<postgres::Error>());
    match cause {
        Some(error) => failed(message!("scratch-read"), error),
        None => Error::scratch(message!("scratch-read"), error.to_string()),
    }
}

/// The server cannot be reached.
fn unreachable(address: &ServerAddress, error: &Error) -> Error {
    let ErrorKind::Source { why, .. } = error.kind() else {
        return Error::scratch(message!("scratch-open"), error.to_string());
    };
    Error::scratch(message!("scratch-open"), why.clone()).in_source(address.to_string())
}
