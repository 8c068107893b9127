//! Database servers: where they are, and how connections to them are made. The sources and the
//! scratch databases on servers share this.

mod address;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "postgres")]
mod tls;

pub use self::address::{ServerAddress, ServerKind, Tls};

/// The time after which a connection that is not answered is given up, in seconds.
const CONNECT_SECONDS: u64 = 30;

/// An error message of a server on one line, as other messages are.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
