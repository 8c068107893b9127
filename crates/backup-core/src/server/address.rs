//! Addresses of databases, as they are written: `postgres://user@host:5432/database`.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::i18n::{Message, message};

/// The kind of a database server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerKind {
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
}

impl ServerKind {
    /// The beginning of an address.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::Mysql => 3306,
        }
    }

    fn of(scheme: &str) -> Option<Self> {
        match scheme.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" => Some(Self::Postgres),
            "mysql" | "mariadb" => Some(Self::Mysql),
            _ => None,
        }
    }
}

/// Whether a connection is encrypted, and whether the server's certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tls {
    /// It is not encrypted.
    Off,
    /// It is encrypted if the server can do so. The certificate is not checked.
    Prefer,
    /// It is encrypted. The certificate is not checked.
    Require,
    /// It is encrypted, and the certificate must be valid for the host.
    Verify,
}

/// The address of a database on a server.
///
/// It is written as `postgres://user@host:port/database` or `mysql://user@host:port/database`, with
/// these parameters after a `?`: `sslmode` (`disable`, `prefer`, `require` or `verify-full`),
/// `sslrootcert` (a file of certificates in PEM), and `socket` (the folder of PostgreSQL's Unix
/// socket, or the file of MySQL's). Without `sslmode`, connections to other hosts are encrypted and
/// the certificate is checked; those to this machine are not encrypted.
///
/// It never contains a password: [`ServerAddress::password`] sets that, and nothing prints it.
///
/// ```
/// use backup_core::server::{ServerAddress, ServerKind, Tls};
///
/// let address: ServerAddress = "postgres://reader@db.example.com/crm".parse()?;
/// assert_eq!(address.kind(), ServerKind::Postgres);
/// assert_eq!(address.tls(), Tls::Verify);
/// assert_eq!(address.to_string(), "postgres://reader@db.example.com/crm");
/// # Ok::<(), backup_core::Error>(())
/// ```
#[derive(Clone)]
pub struct ServerAddress {
    kind: ServerKind,
    user: Option<String>,
    host: String,
    port: Option<u16>,
    database: String,
    tls: Option<Tls>,
    root_certificates: Option<PathBuf>,
    socket: Option<PathBuf>,
    password: Option<Zeroizing<String>>,
}

impl ServerAddress {
    /// Whether a text begins as an address of a server does.
    pub fn is_address(text: &str) -> bool {
        text.split_once("://").is_some_and(|(scheme, _)| ServerKind::of(scheme).is_some())
    }

    /// The kind of the server.
    pub fn kind(&self) -> ServerKind {
        self.kind
    }

    /// The user; `None` if the address has none.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The host; empty if only a Unix socket is given.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(self.kind.port())
    }

    /// The name of the database; empty if the address has none.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Whether connections are encrypted.
    pub fn tls(&self) -> Tls {
        let is_plain = self.is_local() && self.root_certificates.is_none();
        self.tls.unwrap_or(if is_plain { Tls::Off } else { Tls::Verify })
    }

    /// Sets the password.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(Zeroizing::new(password.into()));
        self
    }

    /// Sets the user, unless the address has one.
    pub fn default_user(mut self, user: impl Into<String>) -> Self {
        self.user.get_or_insert_with(|| user.into());
        self
    }

    /// The host and the port, or the socket.
    pub(crate) fn place(&self) -> String {
        match &self.socket {
            Some(socket) => socket.display().to_string(),
            None if self.host.is_empty() => "/var/run/postgresql".into(),
            None if self.host.contains(':') => format!("[{}]:{}", self.host, self.port()),
            None => format!("{}:{}", self.host, self.port()),
        }
    }

    /// Checks that the address names a database.
    pub(crate) fn check_database(&self) -> Result<()> {
        match self.database.is_empty() {
            true => Err(wrong(message!("address-database"))),
            false => Ok(()),
        }
    }

    /// The address of another database on the same server.
    pub(crate) fn with_database(&self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self.clone() }
    }

    pub(crate) fn secret(&self) -> Option<&str> {
        self.password.as_ref().map(|password| password.as_str())
    }

    pub(crate) fn root_certificates(&self) -> Option<&PathBuf> {
        self.root_certificates.as_ref()
    }

    pub(crate) fn socket(&self) -> Option<&PathBuf> {
        self.socket.as_ref()
    }

    fn is_local(&self) -> bool {
        let is_loopback = |host: &str| {
            host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        };
        self.host.is_empty() || self.host == "localhost" || is_loopback(&self.host)
    }

    fn parameter(&mut self, name: &str, value: &str) -> Result<()> {
        match name {
            "sslmode" | "ssl-mode" => {
                self.tls = Some(match value.to_ascii_lowercase().as_str() {
                    "disable" | "disabled" => Tls::Off,
                    "allow" | "prefer" | "preferred" => Tls::Prefer,
                    "require" | "required" => Tls::Require,
                    "verify-full" | "verify-ca" | "verify_identity" | "verify_ca" => Tls::Verify,
                    _ => return Err(wrong(message!("address-sslmode", value = value))),
                });
            }
            "sslrootcert" | "ssl-ca" => self.root_certificates = Some(value.into()),
            "socket" => self.socket = Some(value.into()),
            "host" if value.starts_with('/') => self.socket = Some(value.into()),
            "password" => return Err(with_password()),
            _ => return Err(wrong(message!("address-parameter"))),
        }
        Ok(())
    }
}

impl std::str::FromStr for ServerAddress {
    type Err = Error;

    /// Reads an address.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Option`] if it is not an address of a server, or contains a password.
    fn from_str(text: &str) -> Result<Self> {
        let unknown = || wrong(message!("address-scheme"));
        let (scheme, rest) = text.split_once("://").ok_or_else(unknown)?;
        let kind = ServerKind::of(scheme).ok_or_else(unknown)?;
        let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let (server, database) = place.split_once('/').unwrap_or((place, ""));
        let (user, server) = match server.rsplit_once('@') {
            Some((user, server)) => (Some(user), server),
            None => (None, server),
        };
        // A password may contain a question mark, too.
        let before_host = rest.rsplit_once('@').map_or("", |(user, _)| user);
        if user.is_some_and(|user| user.contains(':')) || before_host.contains(':') {
            return Err(with_password());
        }
        let (host, port) = host_and_port(server)?;
        let mut address = Self {
            kind,
            user: user.filter(|user| !user.is_empty()).map(decoded).transpose()?,
            host,
            port,
            database: decoded(database)?,
            tls: None,
            root_certificates: None,
            socket: None,
            password: None,
        };
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            address.parameter(&decoded(name)?, &decoded(value)?)?;
        }
        let checks = |tls: &Tls| *tls == Tls::Verify;
        if address.root_certificates.is_some() && !address.tls.as_ref().is_none_or(checks) {
            return Err(wrong(message!("address-sslrootcert")));
        }
        Ok(address)
    }
}

/// The host and port in `host:port`. An IPv6 address is in brackets.
fn host_and_port(text: &str) -> Result<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) =
                rest.split_once(']').ok_or_else(|| wrong(message!("address-brackets")))?;
            match rest.strip_prefix(':') {
                Some(port) => (host.to_owned(), port),
                None if rest.is_empty() => (host.to_owned(), ""),
                None => return Err(wrong(message!("address-port"))),
            }
        }
        None => {
            let (host, port) = text.split_once(':').unwrap_or((text, ""));
            (decoded(host)?, port)
        }
    };
    let port = match port {
        "" => None,
        port => {
            let number = port.parse().ok().filter(|port| *port > 0);
            Some(number.ok_or_else(|| wrong(message!("address-port")))?)
        }
    };
    Ok((host, port))
}

/// Text without percent-encoding.
fn decoded(text: &str) -> Result<String> {
    let wrong_encoding = || wrong(message!("address-encoding"));
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let digits = rest.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(value.ok_or_else(wrong_encoding)?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).map_err(|_| wrong_encoding())
}

fn encoded(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for byte in text.bytes() {
        match byte {
            b'%' | b'@' | b':' | b'/' | b'?' | b'#' | b'&' | b' ' | 0..0x20 | 0x7f => {
                write!(f, "%{byte:02X}")?;
            }
            _ if byte.is_ascii() => write!(f, "{}", char::from(byte))?,
            _ => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}

fn wrong(why: Message) -> Error {
    Error::new(ErrorKind::Option { why, hint: message!("hint-address") })
}

fn with_password() -> Error {
    let (why, hint) = (message!("address-password"), message!("hint-address-password"));
    Error::new(ErrorKind::Option { why, hint })
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.kind.scheme())?;
        if let Some(user) = &self.user {
            encoded(user, f)?;
            f.write_str("@")?;
        }
        match self.host.contains(':') {
            true => write!(f, "[{}]", self.host)?,
            false => encoded(&self.host, f)?,
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str("/")?;
        encoded(&self.database, f)
    }
}

impl fmt::Debug for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> ServerAddress {
        text.parse().expect(text)
    }

    #[test]
    fn all_parts_of_an_address_are_read() {
        let address = parsed("postgresql://a%40b@[::1]:5433/客%20户?sslmode=require&socket=/run/x");
        assert_eq!(address.kind(), ServerKind::Postgres);
        assert_eq!(address.user(), Some("a@b"));
        assert_eq!((address.host(), address.port()), ("::1", 5433));
        assert_eq!(address.database(), "客 户");
        assert_eq!(address.tls(), Tls::Require);
        assert_eq!(address.socket(), Some(&"/run/x".into()));
        assert_eq!(address.to_string(), "postgres://a%40b@[::1]:5433/%E5%AE%A2%20%E6%88%B7");
    }

    #[test]
    fn connections_to_other_hosts_are_verified_by_default() {
        for (text, tls) in [
            ("mysql://db.example.com/crm", Tls::Verify),
            ("mariadb://10.0.0.7/crm", Tls::Verify),
            ("mysql://localhost/crm", Tls::Off),
            ("postgres://127.0.0.1/crm", Tls::Off),
            ("postgres:///crm", Tls::Off),
            ("postgres://db.example.com/crm?sslmode=disable", Tls::Off),
            ("mysql://localhost/crm?ssl-mode=VERIFY_IDENTITY", Tls::Verify),
            ("postgres://localhost/crm?sslrootcert=ca.pem", Tls::Verify),
            ("postgres://localhost/crm?sslrootcert=ca.pem&sslmode=verify-full", Tls::Verify),
        ] {
            assert_eq!(parsed(text).tls(), tls, "{text}");
        }
    }

    #[test]
    fn wrong_addresses_are_refused_and_a_password_is_never_repeated() {
        for text in [
            "postgres",
            "oracle://host/db",
            "postgres://u:secret@host/db",
            "postgres://host/db?password=secret",
            "postgres://u:secret?@host/db",
            "Postgres://u:secret@host/db",
            "postgres://[::1]5433/db",
            "postgres://host:0/db",
            "postgres://host:99999/db",
            "postgres://[::1/db",
            "postgres://host/%zz",
            "postgres://host/db?sslmode=secret-mode",
            "postgres://host/db?connect=1",
            "postgres://host/db?sslrootcert=ca.pem&sslmode=require",
        ] {
            let error = text.parse::<ServerAddress>().expect_err(text);
            assert!(matches!(error.kind(), ErrorKind::Option { .. }), "{text}");
            let is_mode = text.contains("secret-mode");
            assert!(is_mode || !error.to_string().contains("secret"), "{error}");
        }
        let address = parsed("postgres://u@host/db").password("secret");
        assert!(!format!("{address} {address:?}").contains("secret"));
    }
}
