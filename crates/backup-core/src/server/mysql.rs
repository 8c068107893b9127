//! Connections to MySQL and MariaDB.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use mysql::prelude::{Protocol, Queryable as _};
use mysql::{Binary, Conn, DriverError, OptsBuilder, QueryResult, Row, SslOpts, Text, Value};

use super::address::{ServerAddress, Tls};
use super::{CONNECT_SECONDS, NoConnection, no_connection, on_one_line};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::threads::spawn;

/// The maximum length of a message of the server in bytes: the most that any server allows.
const MAX_PACKET: usize = 1 << 30;

/// An idle connection asks after this time whether the server is still there, in milliseconds.
const KEEPALIVE: u32 = 30_000;

/// Settings of a session that decide how values are written, and that nothing ends it early. They
/// are those of `mysqldump`.
const SETTINGS: [&str; 2] = [
    "SET NAMES utf8mb4",
    "SET SESSION time_zone = '+00:00', sql_mode = '', sql_quote_show_create = 1, \
     sql_select_limit = 18446744073709551615, net_read_timeout = 86400, \
     net_write_timeout = 86400, wait_timeout = 86400",
];

/// Settings that only some servers have.
const SETTINGS_OF_SOME: [&str; 4] = [
    "SET SESSION max_statement_time = 0",
    "SET SESSION max_execution_time = 0",
    "SET SESSION idle_transaction_timeout = 0",
    "SET SESSION idle_readonly_transaction_timeout = 0",
];

/// The server does not have a setting.
const UNKNOWN_SETTING: u16 = 1193;

/// Errors whose messages repeat values, or a part of the statement.
const REPEATING: [u16; 6] = [1062, 1064, 1292, 1366, 1367, 1411];

/// A connection.
pub(crate) struct Connection {
    conn: Conn,
    canceller: Arc<Canceller>,
}

/// Ends the statement that a connection is executing.
pub(crate) struct Canceller {
    address: ServerAddress,
    id: u32,
}

impl Connection {
    /// Connects to the database of this address.
    pub(crate) fn open(address: &ServerAddress) -> Result<Self> {
        let conn = connect(address);
        let mut conn =
            conn.map_err(|error| no_connection(address, cause(&error), words(&error)))?;
        for setting in SETTINGS {
            conn.query_drop(setting).map_err(|error| failed(&error))?;
        }
        for setting in SETTINGS_OF_SOME {
            match conn.query_drop(setting) {
                Err(error) if code(&error) != Some(UNKNOWN_SETTING) => return Err(failed(&error)),
                _ => {}
            }
        }
        let canceller = Canceller { address: address.clone(), id: conn.connection_id() };
        Ok(Self { conn, canceller: Arc::new(canceller) })
    }

    /// Executes a statement without results.
    pub(crate) fn execute(&mut self, sql: &str) -> Result<(), mysql::Error> {
        self.conn.query_drop(sql)
    }

    /// The rows of a query, whose values are text. Null is an empty text.
    pub(crate) fn rows(&mut self, sql: &str) -> Result<Vec<Vec<String>>, mysql::Error> {
        let mut rows = Vec::new();
        for row in self.conn.query_iter(sql)? {
            let values = row?.unwrap().into_iter().map(|value| match value {
                Value::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                _ => String::new(),
            });
            rows.push(values.collect());
        }
        Ok(rows)
    }

    /// Begins a query whose values are sent as text.
    pub(crate) fn query(&mut self, sql: &str) -> Result<Rows<'_, Text>, mysql::Error> {
        let canceller = self.canceller();
        Ok(Rows { result: self.conn.query_iter(sql)?, canceller, is_open: true })
    }

    /// Begins a query whose values are sent in their binary form.
    pub(crate) fn binary_query(&mut self, sql: &str) -> Result<Rows<'_, Binary>, mysql::Error> {
        let canceller = self.canceller();
        Ok(Rows { result: self.conn.exec_iter(sql, ())?, canceller, is_open: true })
    }

    pub(crate) fn canceller(&self) -> Arc<Canceller> {
        self.canceller.clone()
    }
}

impl Canceller {
    /// Asks the server to end the statement.
    pub(crate) fn cancel(&self) {
        // The statement goes on if the server cannot be asked. Its result is then discarded.
        if let Ok(mut conn) = connect(&self.address) {
            let _ = conn.query_drop(format!("KILL QUERY {}", self.id));
        }
    }
}

/// The rows of a query, which are received one by one. If they are dropped before the last one, the
/// query is cancelled: the connection would otherwise receive all the others first.
pub(crate) struct Rows<'c, P: Protocol> {
    result: QueryResult<'c, 'c, 'c, P>,
    canceller: Arc<Canceller>,
    is_open: bool,
}

impl<P: Protocol> Rows<'_, P> {
    /// The next row; `None` after the last one.
    pub(crate) fn next(&mut self) -> Result<Option<Row>, mysql::Error> {
        let row = self.result.next().transpose();
        self.is_open = matches!(row, Ok(Some(_)));
        row
    }
}

impl<P: Protocol> Drop for Rows<'_, P> {
    fn drop(&mut self) {
        if self.is_open {
            self.canceller.cancel();
        }
    }
}

fn connect(address: &ServerAddress) -> Result<Conn, mysql::Error> {
    if address.tls() != Tls::Off {
        // The library takes the provider of the process. If there is none, it is this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    match (address.tls(), connect_in_time(options(address, true))) {
        (Tls::Prefer, Err(error)) if is_of_tls(&error) => connect_in_time(options(address, false)),
        (_, conn) => conn,
    }
}

/// Connects, on another thread: the library waits for ever for a server that accepts a connection
/// and then says nothing, such as one of PostgreSQL.
fn connect_in_time(options: OptsBuilder) -> Result<Conn, mysql::Error> {
    let (connected, connection) = crossbeam_channel::bounded(1);
    let started = spawn(options, move |options| {
        // After the time, nobody waits for it any more.
        let _ = connected.send(Conn::new(options));
    });
    match started {
        Ok(_) => {
            let connection = connection.recv_timeout(Duration::from_secs(CONNECT_SECONDS));
            connection.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
        }
        Err(refused) => Conn::new(*refused.state),
    }
}

/// Why there is no connection.
fn cause(error: &mysql::Error) -> NoConnection {
    use mysql::Error as E;
    let of_io = |error: &io::Error| match error.get_ref() {
        Some(inner) if inner.is::<rustls::Error>() => NoConnection::Encryption,
        _ => NoConnection::NoAnswer,
    };
    match error {
        E::MySqlError(error) => match error.code {
            1045 | 1698 => NoConnection::Login,
            1044 | 1130 => NoConnection::Access,
            1049 => NoConnection::NoDatabase,
            3159 => NoConnection::Encryption,
            _ => NoConnection::Other,
        },
        E::TlsError(_) | E::DriverError(DriverError::TlsNotSupported) => NoConnection::Encryption,
        E::IoError(error) => of_io(error),
        E::CodecError(error) => {
            let cause = std::error::Error::source(error);
            cause.and_then(|it| it.downcast_ref()).map_or(NoConnection::NoAnswer, of_io)
        }
        _ => NoConnection::NoAnswer,
    }
}

/// Whether a connection may have failed because of its encryption.
fn is_of_tls(error: &mysql::Error) -> bool {
    use mysql::Error as E;
    match error {
        E::TlsError(_) | E::IoError(_) | E::CodecError(_) => true,
        E::DriverError(error) => *error == DriverError::TlsNotSupported,
        _ => false,
    }
}

fn options(address: &ServerAddress, encrypts: bool) -> OptsBuilder {
    let any_certificate = || {
        let options = SslOpts::default().with_danger_accept_invalid_certs(true);
        options.with_danger_skip_domain_validation(true)
    };
    let tls = match address.tls() {
        _ if !encrypts => None,
        Tls::Off => None,
        Tls::Prefer | Tls::Require => Some(any_certificate()),
        Tls::Verify => {
            let root = address.root_certificates().cloned();
            Some(SslOpts::default().with_root_cert_path(root))
        }
    };
    let host = if address.host().is_empty() { "localhost" } else { address.host() };
    let database = Some(address.database()).filter(|name| !name.is_empty());
    let socket = address.socket().map(|path| path.to_string_lossy().into_owned());
    OptsBuilder::new()
        .ip_or_hostname(Some(host))
        .tcp_port(address.port())
        .socket(socket)
        .prefer_socket(false)
        .user(Some(address.user().unwrap_or("root")))
        .pass(address.secret())
        .db_name(database)
        .ssl_opts(tls)
        .max_allowed_packet(Some(MAX_PACKET))
        .tcp_keepalive_time_ms(Some(KEEPALIVE))
        .tcp_connect_timeout(Some(Duration::from_secs(CONNECT_SECONDS)))
}

/// The number of the server's error.
pub(crate) fn code(error: &mysql::Error) -> Option<u16> {
    match error {
        mysql::Error::MySqlError(error) => Some(error.code),
        _ => None,
    }
}

/// The server's message, without values.
pub(crate) fn words(error: &mysql::Error) -> String {
    let text = match error {
        mysql::Error::MySqlError(error) if REPEATING.contains(&error.code) => {
            error.message.split('\'').next().unwrap_or_default().trim_end().to_owned() + " …"
        }
        mysql::Error::MySqlError(error) => error.message.clone(),
        mysql::Error::DriverError(DriverError::CouldNotConnect(Some((_, why, _)))) => why.clone(),
        mysql::Error::DriverError(error) => error.to_string(),
        mysql::Error::IoError(error) => error.to_string(),
        mysql::Error::CodecError(error) => {
            let cause = std::error::Error::source(error);
            cause.map_or_else(|| error.to_string(), |cause| cause.to_string())
        }
        error => error.to_string(),
    };
    on_one_line(&text)
}

/// The error of a source whose server refused a statement or went away.
pub(crate) fn failed(error: &mysql::Error) -> Error {
    let why = message!("server-failed", why = words(error));
    Error::source(why, message!("hint-server-failed"))
}

/// A name quoted for SQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
