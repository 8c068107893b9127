//! Random tables written in every form of dump are read as they were, and have the same digests as
//! in a SQLite database.
#![cfg(feature = "sqlite")]

use std::fmt::Write as _;
use std::fs;

use backup_core::dry_run;
use backup_core::source::{DiscoverOptions, discover};
use proptest::prelude::*;
use rusqlite::Connection;

use super::{mysql, postgres, read_dump, sqlite};
use crate::recording::{Owned, real, text};

/// Columns of integers, reals, text and bytes.
const KINDS: usize = 4;

fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        3 => prop::char::range(' ', '~'),
        3 => prop::sample::select(vec![
            '\t', '\n', '\r', '\'', '"', '\\', '`', ';', ',', '(', ')', '$', '-', '/', '*', '#', '%',
            '_', 'n', 'N', '.', '\u{8}', '\u{b}', '\u{c}', '\u{1a}',
        ]),
        1 => prop::char::range('\u{80}', '\u{d7ff}'),
        1 => prop::char::range('\u{10000}', '\u{10ffff}'),
    ]
}

fn cell(kind: usize) -> BoxedStrategy<Owned> {
    let number = any::<f64>().prop_filter("finite", |number| number.is_finite());
    let value = match kind {
        0 => any::<i64>().prop_map(Owned::Integer).boxed(),
        // SQLite stores negative zero as zero.
        1 => number.prop_map(|number| real(if number == 0.0 { 0.0 } else { number })).boxed(),
        2 => prop_oneof![
            8 => prop::collection::vec(character(), 0..12).prop_map(String::from_iter),
            1 => prop::sample::select(vec!["NULL", "\\N", "\\.", "--", "/*", "*/", "');", "$$"])
                .prop_map(str::to_owned),
        ]
        .prop_map(|value| text(&value))
        .boxed(),
        _ => prop::collection::vec(any::<u8>(), 0..12).prop_map(Owned::Blob).boxed(),
    };
    prop_oneof![1 => Just(Owned::Null), 6 => value].boxed()
}

fn rows() -> impl Strategy<Value = Vec<Vec<Owned>>> {
    let row = (0..KINDS).map(cell).collect::<Vec<_>>();
    prop::collection::vec(row, 1..8)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn number(bits: u64) -> String {
    format!("{:?}", f64::from_bits(bits))
}

fn utf8(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

/// A field of `COPY`.
fn field(cell: &Owned) -> String {
    match cell {
        Owned::Null => "\\N".into(),
        Owned::Integer(value) => value.to_string(),
        Owned::Real(bits) => number(*bits),
        Owned::Blob(bytes) => format!("\\\\x{}", hex(bytes)),
        Owned::Text(bytes) => utf8(bytes)
            .replace('\\', "\\\\")
            .replace('\t', "\\t")
            .replace('\n', "\\n")
            .replace('\r', "\\r")
            .replace('\u{8}', "\\b"),
    }
}

/// A string without escapes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A string as MySQL escapes it.
fn escaped(bytes: &[u8]) -> Vec<u8> {
    let mut escaped = vec![b'\''];
    for byte in bytes {
        match byte {
            0 => escaped.extend(b"\\0"),
            b'\n' => escaped.extend(b"\\n"),
            b'\r' => escaped.extend(b"\\r"),
            0x1a => escaped.extend(b"\\Z"),
            b'\\' | b'\'' | b'"' => escaped.extend([b'\\', *byte]),
            _ => escaped.push(*byte),
        }
    }
    escaped.push(b'\'');
    escaped
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Postgres,
    Mysql,
    MysqlHex,
    Sqlite,
    SqliteReplace,
}

fn literal(cell: &Owned, form: Form) -> Vec<u8> {
    match (cell, form) {
        (Owned::Null, _) => b"NULL".to_vec(),
        (Owned::Integer(value), _) => value.to_string().into_bytes(),
        (Owned::Real(bits), _) => number(*bits).into_bytes(),
        (Owned::Text(bytes), Form::Mysql | Form::MysqlHex) => escaped(bytes),
        (Owned::Text(bytes), Form::SqliteReplace) if bytes.contains(&b'\n') => {
            let text = utf8(bytes);
            let mark = ["\\n", "\\012", "\\n1", "\\n2", "\\n3"];
            let mark = mark.into_iter().find(|mark| !text.contains(mark)).expect("a free mark");
            let literal = quoted(&text.replace('\n', mark));
            format!("replace({literal},'{mark}',char(10))").into_bytes()
        }
        (Owned::Text(bytes), _) => quoted(utf8(bytes)).into_bytes(),
        (Owned::Blob(bytes), Form::Postgres) => format!("'\\x{}'", hex(bytes)).into_bytes(),
        (Owned::Blob(bytes), Form::Mysql) => [b"_binary ".to_vec(), escaped(bytes)].concat(),
        (Owned::Blob(bytes), Form::MysqlHex) if bytes.is_empty() => b"''".to_vec(),
        (Owned::Blob(bytes), Form::MysqlHex) => format!("0x{}", hex(bytes)).into_bytes(),
        (Owned::Blob(bytes), _) => format!("X'{}'", hex(bytes)).into_bytes(),
    }
}

fn tuple(row: &[Owned], form: Form) -> Vec<u8> {
    let cells: Vec<_> = row.iter().map(|cell| literal(cell, form)).collect();
    [b"(".to_vec(), cells.join(&b','), b")".to_vec()].concat()
}

/// Puts bytes into a dump.
fn within(dump: &str, bytes: &[u8]) -> Vec<u8> {
    let (before, after) = dump.split_once("@@RECORDS@@").expect("a place");
    [before.as_bytes(), bytes, after.as_bytes()].concat()
}

/// The table in every form.
fn dumps(rows: &[Vec<Owned>]) -> Vec<Vec<u8>> {
    let mut copy = "COPY public.t (i, r, t, b) FROM stdin;\n".to_owned();
    for row in rows {
        let fields: Vec<_> = row.iter().map(field).collect();
        copy.push_str(&fields.join("\t"));
        copy.push('\n');
    }
    copy.push_str("\\.\n");
    let separate = |form| {
        let statement =
            |row: &Vec<Owned>| [&b"INSERT INTO t VALUES"[..], &tuple(row, form), b";\n"].concat();
        rows.iter().map(statement).collect::<Vec<_>>().concat()
    };
    let extended = |form| {
        let tuples: Vec<_> = rows.iter().map(|row| tuple(row, form)).collect();
        [&b"INSERT INTO t VALUES "[..], &tuples.join(&b",\n"[..]), b";\n"].concat()
    };
    let of_postgres = "CREATE TABLE public.t (i bigint, r double precision, t text, b bytea);\n\
                       SET search_path = public;\n@@RECORDS@@";
    let of_mysql = "CREATE TABLE `t` (`i` bigint, `r` double, `t` text, `b` blob);\n@@RECORDS@@";
    let of_sqlite = "CREATE TABLE t(i INTEGER, r REAL, t TEXT, b BLOB);\n@@RECORDS@@";
    vec![
        within(&postgres(of_postgres), copy.as_bytes()),
        within(&postgres(of_postgres), &separate(Form::Postgres)),
        within(&mysql(of_mysql), &separate(Form::Mysql)),
        within(&mysql(of_mysql), &extended(Form::Mysql)),
        within(&mysql(of_mysql), &extended(Form::MysqlHex)),
        within(&sqlite(of_sqlite), &separate(Form::Sqlite)),
        within(&sqlite(of_sqlite), &separate(Form::SqliteReplace)),
    ]
}

/// A SQLite database with the table.
fn database(path: &std::path::Path, rows: &[Vec<Owned>]) {
    let connection = Connection::open(path).expect("a database");
    connection.execute_batch("CREATE TABLE t(i INTEGER, r REAL, t TEXT, b BLOB)").expect("a table");
    for row in rows {
        let values = row.iter().map(|cell| match cell {
            Owned::Null => rusqlite::types::Value::Null,
            Owned::Integer(value) => (*value).into(),
            Owned::Real(bits) => f64::from_bits(*bits).into(),
            Owned::Text(bytes) => utf8(bytes).to_owned().into(),
            Owned::Blob(bytes) => bytes.clone().into(),
        });
        let values = rusqlite::params_from_iter(values);
        connection.execute("INSERT INTO t VALUES (?, ?, ?, ?)", values).expect("a record");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_tables_are_read_as_they_were_written(rows in rows()) {
        for dump in dumps(&rows) {
            let recorder = read_dump(&dump);
            let shown = || String::from_utf8_lossy(&dump).into_owned();
            prop_assert!(recorder.tables.len() == 1, "{:?} of {}", recorder.ledger, shown());
            prop_assert_eq!(&recorder.tables[0].rows, &rows, "{}", shown());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn dumps_have_the_digests_of_the_same_tables_in_a_database(rows in rows()) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        database(&folder.path().join("crm.sqlite"), &rows);
        for (number, dump) in dumps(&rows).into_iter().enumerate() {
            fs::write(folder.path().join(format!("{number}.sql")), dump).expect("a file");
        }
        let found = discover(&[folder.path().to_path_buf()], &DiscoverOptions::default());
        let report = dry_run(found.expect("found"), &()).expect("it is read");
        let digests = report.contents().tables.iter().map(|table| table.digest);
        let digests: std::collections::BTreeSet<_> = digests.collect();
        prop_assert_eq!((report.contents().tables.len(), digests.len()), (8, 1));
    }
}
