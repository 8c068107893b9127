//! Database servers: where they are, and how connections to them are made. The sources and the
//! scratch databases on servers share this.

mod address;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(all(test, feature = "mysql", feature = "postgres"))]
mod tests;
#[cfg(feature = "postgres")]
mod tls;

use crate::error::Error;
use crate::i18n::message;

pub use self::address::{ServerAddress, ServerKind, Tls};

/// The time after which a connection that is not answered is given up, in seconds.
const CONNECT_SECONDS: u64 = 30;

/// Why there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoConnection {
    /// The password is missing or wrong, or there is no such user.
    Login,
    /// The server does not let this user in from this machine, or not into this database.
    Access,
    /// There is no database with this name.
    NoDatabase,
    /// Encryption failed, or only one side requires it.
    Encryption,
    /// No server of this kind answers.
    NoAnswer,
    /// Anything else.
    Other,
}

/// The error for a server to which there is no connection.
fn no_connection(address: &ServerAddress, cause: NoConnection, why: String) -> Error {
    let hint = match cause {
        NoConnection::Login => message!("hint-server-login"),
        NoConnection::Access => message!("hint-server-access"),
        NoConnection::NoDatabase => message!("hint-server-no-database"),
        NoConnection::Encryption => message!("hint-server-encryption"),
        NoConnection::NoAnswer => message!("hint-server-no-answer", place = address.place()),
        NoConnection::Other => message!("hint-server-no-connection"),
    };
    Error::source(message!("server-no-connection", server = address.to_string(), why = why), hint)
}

/// An error message of a server on one line, as other messages are.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
