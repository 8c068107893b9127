//! Statements of the transaction in which a loaded database gets its final form.

use super::failure::failed;
use crate::error::Result;
use crate::i18n::message;
use crate::server::postgres::{Connection, words};

pub(super) fn execute(connection: &mut Connection, sql: &str) -> Result<()> {
    let executed = connection.execute(sql);
    executed.map_err(|error| failed(message!("scratch-finish"), &error))
}

/// Classes of SQLSTATE: not supported, a wrong value, records that do not fulfil a constraint, a
/// definition that does not fit, a limit of the server.
const REFUSED: [&str; 5] = ["0A", "22", "23", "42", "54"];

/// Tries something within the transaction. If the server refuses it because of the records or of the
/// definition, returns the server's words; everything before it stays.
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
        Err(refused) if is_refused(&refused) => {
            execute(connection, "ROLLBACK TO before")?;
            Ok(Err(words(&refused)))
        }
        Err(error) => Err(failed(message!("scratch-finish"), &error)),
    }
}

fn is_refused(error: &tokio_postgres::Error) -> bool {
    let code = error.code().map(tokio_postgres::error::SqlState::code);
    code.is_some_and(|code| REFUSED.iter().any(|class| code.starts_with(class)))
}
