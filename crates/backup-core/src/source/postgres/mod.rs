//! Databases of PostgreSQL.
//!
//! Everything is read in one transaction that sees one moment of the database. Records come from
//! `COPY` as text, in the form that `pg_dump` writes, so a dump of the same moment gives the same
//! tables. PostgreSQL counts every column itself, beside the records.

mod catalog;
mod definitions;
mod rows;

use serde_json::json;

use self::catalog::Catalog;
use super::server::{ServerOptions, left_out, unread};
use super::stable_file::Spread;
use super::{FileHead, Sink, Source};
use crate::error::Result;
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, RecoveryMethod, Role, SourceMetadata};
use crate::monitor::checkpoint;
use crate::server::ServerAddress;
use crate::server::postgres::{Connection, failed};
use crate::threads::interruptible;

/// A database of PostgreSQL, version 10 or later.
///
/// Ordinary tables and partitions are read, with their declared keys and references. The name of a
/// table is that of the table, with its schema in front unless that is `public`. Foreign tables,
/// and tables that the user may not read, are listed in the ledger; definitions are stored as SQL.
///
/// It waits on a runtime of Tokio of its own, which panics within an asynchronous task: use it on
/// another thread, such as that of `spawn_blocking`.
#[derive(Debug, Clone)]
pub struct PostgresSource {
    address: ServerAddress,
    options: ServerOptions,
    name: String,
    bytes: u64,
}

impl PostgresSource {
    /// Connects to the database once, to find out whether it can be read, and how large it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Option`](crate::ErrorKind::Option) if the address names no database,
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if there is no connection, or if a pattern
    /// of [`ServerOptions::tables`] matches no table.
    pub fn connect(address: ServerAddress, options: ServerOptions) -> Result<Self> {
        address.check_database()?;
        let mut connection = begin(&address)?;
        let database = value(&mut connection, "SELECT current_database()")?;
        let name = database.replace('/', "_");
        let located = |error: crate::Error| error.in_source(name.as_str());
        let catalog = Catalog::read(&mut connection, &options).map_err(located)?;
        Ok(Self { address, options, name, bytes: catalog.bytes })
    }

    fn read_all(&self, sink: &mut dyn Sink) -> Result<()> {
        let mut connection = begin(&self.address)?;
        let canceller = connection.canceller();
        let monitor = sink.monitor();
        monitor.working_on(&self.name);
        let cancel = move || canceller.cancel();
        let mut catalog = interruptible(monitor, cancel, || {
            let catalog = Catalog::read(&mut connection, &self.options)?;
            catalog.lock(&mut connection)?;
            Ok(catalog)
        })?;
        for (table, why) in catalog.unread.drain(..) {
            sink.ledger(unread(&self.name, &table, why));
        }
        for table in &catalog.left_out {
            sink.ledger(left_out(&self.name, table));
        }
        if catalog.tables.is_empty() {
            sink.ledger(LedgerEntry::of(LedgerCode::EmptyDatabase).source(&self.name));
        }
        let mut spread = Spread::new(self.bytes, catalog.rows);
        for table in &catalog.tables {
            let located = |error: crate::Error| error.in_table(&table.title);
            let canceller = connection.canceller();
            let cancel = move || canceller.cancel();
            let counts = interruptible(sink.monitor(), cancel, || {
                rows::count(&mut connection, table, catalog.encoding == "UTF8")
            });
            let most = self.options.max_record_bytes;
            let read =
                |sink: &mut dyn Sink| rows::send(&mut connection, table, most, &mut spread, sink);
            let counts = counts.map_err(located)?;
            table.store(&self.name, Some(&counts), sink, read).map_err(located)?;
        }
        let schema = definitions::read(&mut connection, &catalog)?;
        let path = format!("{}.schema.sql", self.name);
        sink.file(&FileHead::new(path, schema.len() as u64, Role::Schema), &mut &*schema)?;
        spread.finish(sink.monitor());
        sink.source(self.metadata(&mut connection, &catalog)?);
        // Nothing was changed; this only tells the server that the end is regular.
        connection.execute("COMMIT").map_err(|error| failed(&error))
    }

    fn metadata(&self, connection: &mut Connection, catalog: &Catalog) -> Result<SourceMetadata> {
        let version = value(connection, "SHOW server_version")?;
        let zone = value(connection, "SHOW TimeZone")?;
        let moment = value(
            connection,
            "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
        )?;
        let details = [
            ("server", json!(version)),
            ("address", json!(self.address.place())),
            ("encoding", json!(catalog.encoding)),
            ("time_zone", json!(zone)),
            ("snapshot", json!(moment)),
            ("tables", json!(catalog.tables.len())),
        ];
        Ok(SourceMetadata {
            kind: "postgres".into(),
            original: RecoveryMethod::Lost(message!("source-server").to_string()),
            details: details.map(|(key, value)| (key.to_owned(), value)).into_iter().collect(),
            ..SourceMetadata::api(&self.name)
        })
    }
}

/// A connection in a transaction that sees one moment.
fn begin(address: &ServerAddress) -> Result<Connection> {
    let mut connection = Connection::open(address)?;
    let begun = connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    begun.map_err(|error| failed(&error))?;
    Ok(connection)
}

/// The only value that a query returns.
fn value(connection: &mut Connection, sql: &str) -> Result<String> {
    let rows = connection.rows(sql).map_err(|error| failed(&error))?;
    Ok(rows.first().and_then(|row| row.get(0)).unwrap_or_default().to_owned())
}

impl Source for PostgresSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> Option<u64> {
        Some(self.bytes)
    }

    fn read(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let read = self.read_all(sink);
        // An interrupted statement is not an error of the server.
        checkpoint(sink.monitor())?;
        read.map_err(|error| error.in_source(self.name.as_str()))
    }
}
