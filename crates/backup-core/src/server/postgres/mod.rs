//! Connections to PostgreSQL.

mod copy;
mod link;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::{
    CancelToken, Client, Config, Error as ServerError, NoTls, SimpleQueryMessage, SimpleQueryRow,
};
use tokio_postgres_rustls::MakeRustlsConnect;

pub(crate) use self::copy::{CopyIn, CopyOut};
use self::link::Link;

use super::address::{ServerAddress, Tls};
use super::{CONNECT_SECONDS, NoConnection, no_connection, on_one_line, tls};
use crate::error::{Error, Result};
use crate::i18n::message;

/// Settings of a session that decide how values are written, and that nothing ends it early. They
/// are those of `pg_dump`.
const SETTINGS: &str = "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; \
     SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; \
     SET synchronize_seqscans = off; SET statement_timeout = 0; SET lock_timeout = 0; \
     SET idle_in_transaction_session_timeout = 0; SET row_security = off; \
     SET bytea_output = 'hex'; SET xmloption = 'content'; SET search_path = '';";

/// A connection.
pub(crate) struct Connection {
    // Dropped before the link, which then tells the server that the session ends.
    client: Client,
    link: Link,
    tls: Option<MakeRustlsConnect>,
}

/// Ends the statement that a connection is executing.
pub(crate) struct Canceller {
    token: CancelToken,
    tls: Option<MakeRustlsConnect>,
}

impl Connection {
    /// Connects to the database of this address.
    pub(crate) fn open(address: &ServerAddress) -> Result<Self> {
        let mut config = Config::new();
        config.port(address.port()).application_name("crm-backup");
        config.connect_timeout(Duration::from_secs(CONNECT_SECONDS));
        match address.socket() {
            Some(folder) => config.host_path(folder),
            #[cfg(unix)]
            None if address.host().is_empty() => config.host_path("/var/run/postgresql"),
            None => config.host(address.host()),
        };
        config.user(address.user().unwrap_or("postgres"));
        if !address.database().is_empty() {
            config.dbname(address.database());
        }
        if let Some(password) = address.secret() {
            config.password(password);
        }
        let tls = match address.tls() {
            Tls::Off => None,
            _ => Some(MakeRustlsConnect::new(tls::config(address)?)),
        };
        config.ssl_mode(match address.tls() {
            Tls::Off => SslMode::Disable,
            Tls::Prefer => SslMode::Prefer,
            Tls::Require | Tls::Verify => SslMode::Require,
        });
        let runtime = link::runtime().map_err(|error| {
            no_connection(address, NoConnection::Other, on_one_line(&error.to_string()))
        })?;
        let opened = Link::open(runtime, &config, tls.as_ref());
        let (client, link) =
            opened.map_err(|error| no_connection(address, cause(&error), words(&error)))?;
        let mut connection = Self { client, link, tls };
        connection.execute(SETTINGS).map_err(|error| failed(&error))?;
        // `transaction_timeout` exists since version 17. `jit` exists since version 11: compiling a query
        // that counts takes longer than it saves.
        for setting in ["SET transaction_timeout = 0", "SET jit = off"] {
            let _ = connection.execute(setting);
        }
        Ok(connection)
    }

    /// Executes statements without results.
    pub(crate) fn execute(&mut self, sql: &str) -> Result<(), ServerError> {
        self.link.wait(self.client.batch_execute(sql))
    }

    /// The rows of a query, whose values are text.
    pub(crate) fn rows(&mut self, sql: &str) -> Result<Vec<SimpleQueryRow>, ServerError> {
        let messages = self.link.wait(self.client.simple_query(sql))?.into_iter();
        Ok(messages
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(row),
                _ => None,
            })
            .collect())
    }

    /// Executes a `COPY … TO STDOUT`.
    pub(crate) fn copy_out(&mut self, sql: &str) -> Result<CopyOut<'_>, ServerError> {
        let stream = self.link.wait(self.client.copy_out(sql))?;
        Ok(CopyOut::new(&mut self.link, stream))
    }

    /// Executes a `COPY … FROM STDIN`.
    pub(crate) fn copy_in(&mut self, sql: &str) -> Result<CopyIn<'_>, ServerError> {
        let sink = self.link.wait(self.client.copy_in(sql))?;
        Ok(CopyIn::new(&mut self.link, sink))
    }

    pub(crate) fn canceller(&self) -> Arc<Canceller> {
        Arc::new(Canceller { token: self.client.cancel_token(), tls: self.tls.clone() })
    }
}

impl Canceller {
    /// Asks the server to end the statement.
    pub(crate) fn cancel(&self) {
        // The statement goes on if the server cannot be asked. Its result is then discarded.
        let Ok(runtime) = link::runtime() else { return };
        let _ = match &self.tls {
            None => runtime.block_on(self.token.cancel_query(NoTls)),
            Some(tls) => runtime.block_on(self.token.cancel_query(tls.clone())),
        };
    }
}

/// Why there is no connection.
fn cause(error: &ServerError) -> NoConnection {
    const LOGIN: [&SqlState; 1] = [&SqlState::INVALID_PASSWORD];
    const ACCESS: [&SqlState; 2] =
        [&SqlState::INVALID_AUTHORIZATION_SPECIFICATION, &SqlState::INSUFFICIENT_PRIVILEGE];
    match error.code() {
        Some(code) if LOGIN.contains(&code) => NoConnection::Login,
        Some(code) if ACCESS.contains(&code) => NoConnection::Access,
        Some(code) if *code == SqlState::INVALID_CATALOG_NAME => NoConnection::NoDatabase,
        Some(_) => NoConnection::Other,
        // The library shows the kinds of its own errors only in their texts. What it calls a
        // configuration is here that the server asks for a password and there is none.
        None => match error.to_string().as_str() {
            "invalid configuration" | "authentication error" => NoConnection::Login,
            "error performing TLS handshake" => NoConnection::Encryption,
            _ => NoConnection::NoAnswer,
        },
    }
}

/// The server's message, without the values of its details.
pub(crate) fn words(error: &ServerError) -> String {
    if let Some(error) = error.as_db_error() {
        return on_one_line(error.message());
    }
    let cause = std::error::Error::source(error);
    on_one_line(&cause.map_or_else(|| error.to_string(), |cause| cause.to_string()))
}

/// The error of a source whose server refused a statement or went away.
pub(crate) fn failed(error: &ServerError) -> Error {
    let why = message!("server-failed", why = words(error));
    Error::source(why, message!("hint-server-failed"))
}

/// As [`failed`], for an error of a stream of rows.
pub(crate) fn stream_failed(error: &io::Error) -> Error {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<ServerError>());
    match cause {
        Some(error) => failed(error),
        None => {
            let why = message!("server-failed", why = on_one_line(&error.to_string()));
            Error::source(why, message!("hint-server-failed"))
        }
    }
}

/// A name quoted for SQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text quoted for SQL.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
