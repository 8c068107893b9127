//! Tests of connections that fail.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};

use super::*;

/// The port of a server that sends this answer to the first message, or at once.
fn server(answer: Vec<u8>, waits: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        if waits {
            let _ = stream.read(&mut [0; 1024]);
        }
        let _ = stream.write_all(&answer);
        let _ = stream.shutdown(Shutdown::Write);
        // Until the other side has read it.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    port
}

/// An error message of PostgreSQL.
fn postgres_error(code: &str) -> Vec<u8> {
    let fields = format!("SFATAL\0C{code}\0Mno\0\0");
    let length = u32::try_from(fields.len() + 4).expect("it is short").to_be_bytes();
    [&b"E"[..], &length, fields.as_bytes()].concat()
}

/// An error message of MySQL.
fn mysql_error(code: u16) -> Vec<u8> {
    let body = [&[0xff][..], &code.to_le_bytes(), b"no"].concat();
    [&[u8::try_from(body.len()).expect("it is short"), 0, 0, 0][..], &body].concat()
}

fn hint(address: String) -> String {
    let address: ServerAddress = address.parse().expect("an address");
    let error = match address.kind() {
        ServerKind::Postgres => postgres::Connection::open(&address).err(),
        ServerKind::Mysql => mysql::Connection::open(&address).err(),
    };
    let error = error.expect("no connection");
    assert!(error.to_string().contains("no connection to"), "{error}");
    error.hint().expect("a hint")
}

#[test]
fn a_connection_that_fails_has_a_hint_that_fits_its_cause() {
    // The server asks for a password.
    let asks = [&b"R"[..], &8u32.to_be_bytes(), &3u32.to_be_bytes()].concat();
    for (mode, answer, words) in [
        ("disable", asks, "PGPASSFILE"),
        ("disable", postgres_error("28P01"), "PGPASSFILE"),
        ("disable", postgres_error("28000"), "pg_hba.conf"),
        ("disable", postgres_error("3D000"), "name of the database"),
        ("disable", postgres_error("53300"), "Check the address"),
        ("disable", b"HTTP/1.1 400 Bad Request".to_vec(), "host and the port"),
        ("require", b"N".to_vec(), "sslrootcert"),
        ("require", b"SHTTP/1.1 400 Bad Request".to_vec(), "sslrootcert"),
    ] {
        let port = server(answer, true);
        let hint = hint(format!("postgres://127.0.0.1:{port}/crm?sslmode={mode}"));
        assert!(hint.contains(words), "{words}: {hint}");
    }
    for (answer, words) in [
        (mysql_error(1045), "MYSQL_PWD"),
        (mysql_error(1130), "GRANT"),
        (mysql_error(1049), "name of the database"),
        (mysql_error(3159), "sslrootcert"),
        (mysql_error(1040), "Check the address"),
        (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), "host and the port"),
    ] {
        let port = server(answer, false);
        let hint = hint(format!("mysql://127.0.0.1:{port}/crm"));
        assert!(hint.contains(words), "{words}: {hint}");
    }
    for scheme in ["postgres", "mysql"] {
        // The port of a server that has ended.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let hint = hint(format!("{scheme}://127.0.0.1:{port}/crm"));
        assert!(hint.contains(&format!("127.0.0.1:{port}")), "{hint}");
    }
}
