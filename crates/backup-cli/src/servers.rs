//! Databases on servers: their addresses, with the passwords that files and the environment hold.

use std::path::{Path, PathBuf};

use backup_core::Error;
use backup_core::scratch::{MysqlScratch, PostgresScratch, Scratch};
use backup_core::server::{ServerAddress, ServerKind};
use backup_core::source::mysql::MysqlSource;
use backup_core::source::postgres::PostgresSource;
use backup_core::source::{ServerOptions, Source};

use crate::cli::ServerArgs;
use crate::exit::Failure;
use crate::i18n::text;
use crate::keys;
use crate::session::Session;

/// The address in an argument, if it is one.
pub(crate) fn address_in(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| ServerAddress::is_address(text))
}

/// The address with the user and the password of this run.
pub(crate) fn with_password(
    address: ServerAddress,
    args: &ServerArgs,
    session: &mut Session<'_>,
) -> Result<ServerAddress, Failure> {
    let variable = |name: &str| (session.context.variable)(name).filter(|it| !it.is_empty());
    let names: [&str; 2] = match address.kind() {
        ServerKind::Postgres => ["PGUSER", "PGPASSWORD"],
        _ => ["MYSQL_USER", "MYSQL_PWD"],
    };
    let address = match variable(names[0]).or_else(|| variable("USER")) {
        Some(user) => address.default_user(user),
        None => address,
    };
    if let Some(path) = &args.password_file {
        let password = keys::password(path, session)?;
        return Ok(address.password(&*password));
    }
    if let Some(password) = variable(names[1]) {
        return Ok(address.password(password));
    }
    if address.kind() != ServerKind::Postgres {
        return Ok(address);
    }
    // Where PostgreSQL's own programs look, too.
    let usual = || variable("HOME").map(|home| Path::new(&home).join(".pgpass"));
    let file = variable("PGPASSFILE").map(PathBuf::from);
    let is_given = file.is_some();
    let Some(path) = file.or_else(usual) else { return Ok(address) };
    match std::fs::read_to_string(&path) {
        Ok(lines) => Ok(match lines.lines().find_map(|line| password_in(line, &address)) {
            Some(password) => address.password(password),
            None => address,
        }),
        Err(error) if is_given => Err(Error::reading(&path, error).into()),
        Err(_) => Ok(address),
    }
}

/// The password in a line of PostgreSQL's password file, `host:port:database:user:password`, if the
/// line is about this address.
fn password_in(line: &str, address: &ServerAddress) -> Option<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match c {
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut()?.extend(characters.next()),
            c => fields.last_mut()?.push(c),
        }
    }
    let port = address.port().to_string();
    let host = if address.host().is_empty() { "localhost" } else { address.host() };
    let user = address.user().unwrap_or_default();
    // Where only a server is named, this is the database to connect to.
    let database = if address.database().is_empty() { "postgres" } else { address.database() };
    let is_of = |field: &str, value: &str| field == "*" || field == value;
    let [of_host, of_port, of_database, of_user, password] =
        <[String; 5]>::try_from(fields).ok()?;
    let is_for = is_of(&of_host, host)
        && is_of(&of_port, &port)
        && is_of(&of_database, database)
        && is_of(&of_user, user);
    (is_for && !line.starts_with('#')).then_some(password)
}

/// Connects to the databases of these addresses.
pub(crate) fn sources(
    addresses: Vec<ServerAddress>,
    tables: &[String],
    args: &ServerArgs,
    session: &mut Session<'_>,
) -> Result<Vec<Box<dyn Source + Send>>, Failure> {
    let mut sources: Vec<Box<dyn Source + Send>> = Vec::new();
    for address in addresses {
        let address = with_password(address, args, session)?;
        let options = tables.iter().fold(ServerOptions::default(), ServerOptions::table);
        let source: Box<dyn Source + Send> = match address.kind() {
            ServerKind::Postgres => Box::new(PostgresSource::connect(address, options)?),
            _ => Box::new(MysqlSource::connect(address, options)?),
        };
        // Tables are told apart by the names of their sources.
        if sources.iter().any(|other| other.name() == source.name()) {
            let message = text!("same-database", name = source.name());
            return Err(Failure::usage(message, text!("same-database-hint")));
        }
        sources.push(source);
    }
    Ok(sources)
}

/// A scratch database on a server.
pub(crate) fn scratch(address: &ServerAddress) -> backup_core::Result<Box<dyn Scratch>> {
    Ok(match address.kind() {
        ServerKind::Postgres => Box::new(PostgresScratch::create(address.clone())?),
        _ => Box::new(MysqlScratch::create(address.clone())?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_password_file_is_for_its_server_only() {
        let address: ServerAddress = "postgres://ann@db:5433/crm".parse().expect("an address");
        for (line, password) in [
            ("db:5433:crm:ann:secret", Some("secret")),
            ("*:*:*:*:se\\:cr\\\\et", Some("se:cr\\et")),
            ("db:5433:crm:ann:a:b", Some("a:b")),
            ("db:5432:crm:ann:secret", None),
            ("other:*:*:*:secret", None),
            ("#*:*:*:*:secret", None),
            ("*:*:*:*", None),
            ("", None),
        ] {
            assert_eq!(password_in(line, &address).as_deref(), password, "{line}");
        }
    }
}
