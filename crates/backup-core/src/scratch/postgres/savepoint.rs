//! Statements of the transaction in which a loaded database gets its final form.

use super::failure::failed;
use crate::error::Result;
use crate::i18n::message;
use crate::server::postgres::{Connection, words};

pub(super) fn execute(connection: &mut Connection, sql: &str) -> Result<()> {
    let executed = connection.execute(sql);
    executed.map_err(|error| failed(message!("scratch-finish"), &error))
}

/// Tries something within the transaction. If the server refuses it, returns the server's words;
/// everything before it stays.
pub(super) fn attempt<T>(
    connection: &mut Connection,
    what: impl FnOnce(&mut Connection) -> std::result::Result<T, tokio_postgres::Error>,
) -> Result<std::result::Result<T, String>> {
    execute(connection, "SAVEPOINT before")?;
    match what(connection) {
        Ok(done) => {
            execute(connection, "RELEASE before")?;
            Ok(Ok(done))
        }
        Err(refused) if refused.is_closed() => Err(failed(message!("scratch-finish"), &refused)),
        Err(refused) => {
            execute(connection, "ROLLBACK TO before")?;
            Ok(Err(words(&refused)))
        }
    }
}
