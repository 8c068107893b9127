//! Databases of MySQL and MariaDB.
//!
//! Everything is read in one transaction that sees one moment of the database. Records are sent as
//! text, in the form that `mysqldump` and `mariadb-dump` write, so a dump of the same moment gives
//! the same tables, except that numbers of single precision are read exactly. The server counts
//! every column itself, beside the records.

mod catalog;
mod definitions;
mod rows;

use serde_json::json;

use self::catalog::{Catalog, value};
use super::server::{ServerOptions, left_out, unread};
use super::stable_file::Spread;
use super::{FileHead, Sink, Source};
use crate::error::{Error, Result};
use crate::i18n::message;
use crate::ledger_code::LedgerCode;
use crate::model::{LedgerEntry, RecoveryMethod, Role, SourceMetadata};
use crate::monitor::checkpoint;
use crate::server::ServerAddress;
use crate::server::mysql::{Connection, failed};
use crate::threads::interruptible;

/// A database of MySQL, version 5.7 or later, or of MariaDB, version 10.2 or later.
///
/// Its tables are read, with their declared keys and references. The name of a table is that of the
/// table. Views, triggers, routines and events are stored as SQL, with the definitions of the
/// tables. Tables that the user may not read are listed in the ledger, and so are tables whose
/// engine has no transactions: their records are not from the moment of the others.
#[derive(Debug, Clone)]
pub struct MysqlSource {
    address: ServerAddress,
    options: ServerOptions,
    name: String,
    bytes: u64,
}

impl MysqlSource {
    /// Connects to the database once, to find out whether it can be read, and how large it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Option`](crate::ErrorKind::Option) if the address names no database,
    /// [`ErrorKind::Source`](crate::ErrorKind::Source) if there is no connection, or if a pattern
    /// of [`ServerOptions::tables`] matches no table.
    pub fn connect(address: ServerAddress, options: ServerOptions) -> Result<Self> {
        address.check_database()?;
        let mut connection = Connection::open(&address)?;
        let name = address.database().replace('/', "_");
        let located = |error: Error| error.in_source(name.as_str());
        let catalog = Catalog::find(&mut connection, &options).map_err(located)?;
        Ok(Self { address, options, name, bytes: catalog.bytes })
    }

    fn read_all(&self, sink: &mut dyn Sink) -> Result<()> {
        let mut connection = Connection::open(&self.address)?;
        let canceller = connection.canceller();
        let monitor = sink.monitor();
        monitor.working_on(&self.name);
        let cancel = move || canceller.cancel();
        let (moment, mut catalog) = interruptible(monitor, cancel, || {
            let moment = begin(&mut connection)?;
            let mut catalog = Catalog::find(&mut connection, &self.options)?;
            catalog.lock(&mut connection)?;
            catalog.describe(&mut connection)?;
            Ok::<_, Error>((moment, catalog))
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
        for at in 0..catalog.tables.len() {
            let title = catalog.tables[at].table.title.clone();
            self.store(&mut connection, &mut catalog, at, &mut spread, sink)
                .map_err(|error| error.in_table(title))?;
        }
        let schema = definitions::read(&mut connection, &catalog)?;
        let path = format!("{}.schema.sql", self.name);
        sink.file(&FileHead::new(path, schema.len() as u64, Role::Schema), &mut &*schema)?;
        spread.finish(sink.monitor());
        sink.source(self.metadata(&mut connection, moment, catalog.tables.len())?);
        // Nothing was changed; this only tells the server that the end is regular.
        connection.execute("COMMIT").map_err(|error| failed(&error))
    }

    /// Stores a table.
    fn store(
        &self,
        connection: &mut Connection,
        catalog: &mut Catalog,
        at: usize,
        spread: &mut Spread,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let canceller = connection.canceller();
        let cancel = move || canceller.cancel();
        let table = &mut catalog.tables[at];
        let counted = interruptible(sink.monitor(), cancel, || rows::count(connection, table))?;
        if counted.rows == 0 {
            table.omit_generated();
        }
        let counts = counted.counts.get(..table.table.columns.len());
        let most = self.options.max_record_bytes;
        let (table, is_in_snapshot) = (&table.table, table.is_in_snapshot);
        let read = |sink: &mut dyn Sink| rows::send(connection, table, most, spread, sink);
        // Without a snapshot, others may add records between the counts and the reading.
        table.store(&self.name, counts.filter(|_| is_in_snapshot), sink, read)?;
        if !is_in_snapshot {
            let entry = LedgerEntry::of(LedgerCode::NotInSnapshot).source(&self.name);
            sink.ledger(entry.table(&table.title));
        }
        Ok(())
    }

    fn metadata(
        &self,
        connection: &mut Connection,
        moment: String,
        tables: usize,
    ) -> Result<SourceMetadata> {
        let details = [
            ("address", json!(self.address.place())),
            ("server", json!(value(connection, "SELECT VERSION()")?)),
            ("encoding", json!(value(connection, "SELECT @@character_set_database")?)),
            ("snapshot", json!(moment)),
            ("tables", json!(tables)),
        ];
        Ok(SourceMetadata {
            kind: "mysql".into(),
            original: RecoveryMethod::Lost(message!("source-server").to_string()),
            details: details.map(|(key, value)| (key.to_owned(), value)).into_iter().collect(),
            ..SourceMetadata::api(&self.name)
        })
    }
}

/// Begins a transaction that sees one moment. Returns that moment in UTC.
fn begin(connection: &mut Connection) -> Result<String> {
    for statement in [
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ] {
        connection.execute(statement).map_err(|error| failed(&error))?;
    }
    value(connection, "SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:%sZ')")
}

impl Source for MysqlSource {
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
